"""Which disks and network interfaces are there, and what lies on the buses that hypervisors bring along?"""

from vaudit.evidence.source import Source
from vaudit.facts.ask import first
from vaudit.facts.linux import block, net, sysfs
from vaudit.facts.paths import Platform
from vaudit.facts.values import Devices
from vaudit.model.facts import Block, Net

DISKS = (block.collect,)
CARDS = (net.collect,)
BUSES = (sysfs.buses,)


def disks(source: Source, platform: Platform) -> list[Block]:
    """Whole disks that hold something, each with how it is served."""
    return first(DISKS, source, platform) or []


def cards(source: Source, platform: Platform) -> list[Net]:
    """Network interfaces but loopback, each with how it is served."""
    return first(CARDS, source, platform) or []


def buses(source: Source) -> dict[str, Devices]:
    """The devices on each bus that a hypervisor brings along: vmbus, xen, virtio, fw_cfg."""
    return first(BUSES, source) or {}
