"""Paravirtual drivers: in use, loaded, built in, available on disk, or absent from this kernel."""

from typing import Literal, NamedTuple

from vaudit.evidence.source import Source
from vaudit.model.facts import Driver, DriverState, Family

_Serves = Literal["disk", "network", "memory", "console", "platform", "other"]


class Known(NamedTuple):
    """A driver of the Linux kernel, and where it shows."""

    name: str
    family: Family
    serves: _Serves
    bus: str
    """`BUS/DRIVER` below /sys/bus, `drivers` left out."""
    config: str
    """The kernel configuration symbol without CONFIG_."""
    folder: str
    """Where its module lies below /lib/modules/RELEASE/kernel/drivers."""


KNOWN: tuple[Known, ...] = (
    Known("virtio_blk", "virtio", "disk", "virtio/virtio_blk", "VIRTIO_BLK", "block"),
    Known("virtio_scsi", "virtio", "disk", "virtio/virtio_scsi", "SCSI_VIRTIO", "scsi"),
    Known("virtio_net", "virtio", "network", "virtio/virtio_net", "VIRTIO_NET", "net"),
    Known("virtio_balloon", "virtio", "memory", "virtio/virtio_balloon", "VIRTIO_BALLOON", "virtio"),
    Known("virtio_console", "virtio", "console", "virtio/virtio_console", "VIRTIO_CONSOLE", "char"),
    Known("virtio_rng", "virtio", "other", "virtio/virtio_rng", "HW_RANDOM_VIRTIO", "char/hw_random"),
    Known("virtio_pci", "virtio", "platform", "pci/virtio-pci", "VIRTIO_PCI", "virtio"),
    Known("virtio_mmio", "virtio", "platform", "platform/virtio-mmio", "VIRTIO_MMIO", "virtio"),
    Known("xen-blkfront", "xen", "disk", "xen/vbd", "XEN_BLKDEV_FRONTEND", "block"),
    Known("xen-netfront", "xen", "network", "xen/vif", "XEN_NETDEV_FRONTEND", "net"),
    Known("xen-platform-pci", "xen", "platform", "pci/xen-platform-pci", "XEN_PVHVM", "xen"),
    Known("hv_storvsc", "hyperv", "disk", "vmbus/hv_storvsc", "HYPERV_STORAGE", "scsi"),
    Known("hv_netvsc", "hyperv", "network", "vmbus/hv_netvsc", "HYPERV_NET", "net/hyperv"),
    Known("hv_balloon", "hyperv", "memory", "vmbus/hv_balloon", "HYPERV_BALLOON", "hv"),
    Known("hv_utils", "hyperv", "platform", "vmbus/hv_utils", "HYPERV_UTILS", "hv"),
    Known("vmw_pvscsi", "vmware", "disk", "pci/vmw_pvscsi", "VMWARE_PVSCSI", "scsi"),
    Known("vmxnet3", "vmware", "network", "pci/vmxnet3", "VMXNET3", "net/vmxnet3"),
    Known("vmw_balloon", "vmware", "memory", "", "VMWARE_BALLOON", "misc"),
    Known("vboxguest", "virtualbox", "platform", "pci/vboxguest", "VBOXGUEST", "virt/vboxguest"),
    Known("ena", "cloud", "network", "pci/ena", "ENA_ETHERNET", "net/ethernet/amazon/ena"),
    Known("gve", "cloud", "network", "pci/gvnic", "GVE", "net/ethernet/google/gve"),
    Known("mana", "cloud", "network", "pci/mana", "MICROSOFT_MANA", "net/ethernet/microsoft/mana"),
)  # fmt: skip

_MODULES = {"xen-platform-pci": "platform-pci"}
"""Modules whose file is named otherwise than the driver that they register."""
_CONTROL_FILES = {"bind", "unbind", "new_id", "remove_id", "uevent", "module"}


class Kernel(NamedTuple):
    """What is known of the kernel's own drivers."""

    release: str | None
    builtin: str | None
    """The text of modules.builtin."""
    config: dict[str, str] | None
    """Symbol -> y or m, of the symbols in KNOWN; a symbol that is not there is not set."""
    config_id: str


def collect(source: Source, release: str | None) -> list[Driver]:
    """One entry for each driver in KNOWN."""
    builtin = source.read(f"/lib/modules/{release}/modules.builtin") if release else None
    # the configuration is large; it is read only where the module folder does not answer
    config, config_id = _config(source, release) if builtin is None else (None, "")
    kernel = Kernel(release, builtin, config, config_id)
    return [_driver(source, known, kernel) for known in KNOWN]


def _config(source: Source, release: str | None) -> tuple[dict[str, str] | None, str]:
    for path in ("/proc/config.gz", f"/boot/config-{release}"):
        text = source.read(path)
        if text:
            return _symbols(text), f"file:{path}"
    return None, ""


def _symbols(text: str) -> dict[str, str]:
    """The value of each symbol in KNOWN that is y or m."""
    found = {}
    for known in KNOWN:
        value = text.partition(f"\nCONFIG_{known.config}=")[2][:1]
        if value in ("y", "m"):
            found[known.config] = value
    return found


def _driver(source: Source, known: Known, kernel: Kernel) -> Driver:
    state, evidence = _registered(source, known, kernel)
    if state is None:
        state, evidence = _on_disk(source, known, kernel)
    module = known.name.replace("-", "_")
    version = source.line(f"/sys/module/{module}/version") if state in ("in-use", "loaded") else None
    return Driver(known.name, known.family, state, version, known.serves, [evidence] if evidence else [])


def _registered(source: Source, known: Known, kernel: Kernel) -> tuple[DriverState | None, str]:
    """In use, loaded or built in, by the driver's folder on its bus; None when it is not registered."""
    bus, _, driver = known.bus.partition("/")
    folder = f"/sys/bus/{bus}/drivers/{driver}"
    if not bus or source.status("dir", folder) != "read":
        return None, ""
    names = source.names(folder)
    if any(name not in _CONTROL_FILES for name in names):
        return "in-use", f"dir:{folder}"
    if "module" not in names:
        return (
            "builtin",
            f"dir:{folder}",
        )  # what cannot be a module has no such link, and no line in modules.builtin
    if kernel.builtin is not None:
        return ("builtin" if _has_module(kernel.builtin, known.name) else "loaded"), f"dir:{folder}"
    if kernel.config is not None:
        return ("builtin" if kernel.config.get(known.config) == "y" else "loaded"), f"dir:{folder}"
    return "loaded", f"dir:{folder}"


def _on_disk(source: Source, known: Known, kernel: Kernel) -> tuple[DriverState, str]:
    """Built in but not registered, available as a module, or absent."""
    if kernel.builtin is not None:
        if _has_module(kernel.builtin, known.name):
            return "builtin", f"file:/lib/modules/{kernel.release}/modules.builtin"
        folder = f"/lib/modules/{kernel.release}/kernel/drivers/{known.folder}"
        entry = source.entry("dir", folder)
        if entry.status in ("read", "absent"):
            found = any(_has_module(name, known.name) for name in source.names(folder))
            return ("available" if found else "absent"), entry.id
    if kernel.config is not None:
        value = kernel.config.get(known.config)
        # a module that no folder holds cannot be loaded
        return ("builtin" if value == "y" else "absent"), kernel.config_id
    return "unknown", ""


def _has_module(text: str, name: str) -> bool:
    """Whether a module's file is named; kernels write - and _ as they like."""
    folded = "/" + text.replace("-", "_").replace("\n", "\n/")
    return f"/{_MODULES.get(name, name).replace('-', '_')}.ko" in folded
