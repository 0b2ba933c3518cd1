"""How many queues a device has to offer, where sysfs shows it.

Of virtio: one, where it cannot have more. Of Hyper-V: its channels (drivers/hv). Of Xen: the front end takes
as many as the back end offers and its own parameter allows (drivers/block/xen-blkfront.c,
drivers/net/xen-netfront.c), so that those of a front end that could have taken more are all that there are.
NVMe, vmxnet3, ENA and gve show in sysfs what is used alone: what they offer takes an ioctl (ethtool -l).
"""

from vaudit.evidence.source import Source
from vaudit.facts.virtio import lacks
from vaudit.model.facts import Served, Virtio

_XEN = {
    "xen-blkfront": "/sys/module/xen_blkfront/parameters/max_queues",
    "xen-netfront": "/sys/module/xen_netfront/parameters/max_queues",
}
_OF_VIRTIO = ("virtio_blk", "virtio_net")


def offered(source: Source, real: str, served: Served, used: int | None, agreed: Virtio | None) -> int | None:
    """How many; None where that does not show. `real`: the device's own folder in /sys/devices."""
    if agreed and served.driver in _OF_VIRTIO:
        return 1 if lacks(agreed, "mq") else None
    if served.bus == "vmbus":
        return _channels(source, real)
    most = source.number(_XEN[served.driver]) if used and served.driver in _XEN else None
    return used if most is not None and used and used < most else None


def _channels(source: Source, real: str) -> int | None:
    """A channel is a ring between the guest and its host, and serves as a queue; the device on the bus has
    them, below which a card, or host, target and disk of SCSI lie."""
    parts = real.split("/")
    bus = next((at for at, part in enumerate(parts) if "vmbus" in part.lower()), len(parts))
    return len(source.names("/".join([*parts[: bus + 2], "channels"]))) or None
