"""Paravirtual drivers: in use, loaded, built in, available on disk, or absent from this kernel."""

from vaudit.evidence.source import Source
from vaudit.facts.linux import modules
from vaudit.facts.linux.kernel import release
from vaudit.facts.values import Value
from vaudit.model.facts import Driver, DriverState, Family, Hypervisor, Task


class Known(Value, frozen=True):
    """A driver of the Linux kernel, and where it shows."""

    name: str
    family: Family
    serves: Task
    bus: str
    """`BUS/DRIVER` below /sys/bus, `drivers` left out."""
    config: str
    """The kernel configuration symbol without CONFIG_."""
    folder: str
    """Where its module lies below /lib/modules/RELEASE/kernel/drivers."""
    cdrom: bool = False
    """It carries SCSI, so that CD-ROM drives can hang on it."""


# the better one stands first among those of one family for one task
KNOWN: tuple[Known, ...] = (
    Known("virtio_blk", "virtio", "disk", "virtio/virtio_blk", "VIRTIO_BLK", "block"),
    Known("virtio_scsi", "virtio", "disk", "virtio/virtio_scsi", "SCSI_VIRTIO", "scsi", True),
    Known("virtio_net", "virtio", "network", "virtio/virtio_net", "VIRTIO_NET", "net"),
    Known("virtio_balloon", "virtio", "memory", "virtio/virtio_balloon", "VIRTIO_BALLOON", "virtio"),
    Known("virtio_console", "virtio", "console", "virtio/virtio_console", "VIRTIO_CONSOLE", "char"),
    Known("virtio_rng", "virtio", "other", "virtio/virtio_rng", "HW_RANDOM_VIRTIO", "char/hw_random"),
    Known("virtio_pci", "virtio", "platform", "pci/virtio-pci", "VIRTIO_PCI", "virtio"),
    Known("virtio_mmio", "virtio", "platform", "platform/virtio-mmio", "VIRTIO_MMIO", "virtio"),
    Known("xen-blkfront", "xen", "disk", "xen/vbd", "XEN_BLKDEV_FRONTEND", "block"),
    Known("xen-netfront", "xen", "network", "xen/vif", "XEN_NETDEV_FRONTEND", "net"),
    Known("xen-platform-pci", "xen", "platform", "pci/xen-platform-pci", "XEN_PVHVM", "xen"),
    Known("hv_storvsc", "hyperv", "disk", "vmbus/hv_storvsc", "HYPERV_STORAGE", "scsi", True),
    Known("hv_netvsc", "hyperv", "network", "vmbus/hv_netvsc", "HYPERV_NET", "net/hyperv"),
    Known("hv_balloon", "hyperv", "memory", "vmbus/hv_balloon", "HYPERV_BALLOON", "hv"),
    Known("hv_utils", "hyperv", "platform", "vmbus/hv_utils", "HYPERV_UTILS", "hv"),
    Known("vmw_pvscsi", "vmware", "disk", "pci/vmw_pvscsi", "VMWARE_PVSCSI", "scsi", True),
    Known("vmxnet3", "vmware", "network", "pci/vmxnet3", "VMXNET3", "net/vmxnet3"),
    Known("vmw_balloon", "vmware", "memory", "", "VMWARE_BALLOON", "misc"),
    Known("vboxguest", "virtualbox", "platform", "pci/vboxguest", "VBOXGUEST", "virt/vboxguest"),
    Known("ena", "cloud", "network", "pci/ena", "ENA_ETHERNET", "net/ethernet/amazon/ena"),
    Known("gve", "cloud", "network", "pci/gvnic", "GVE", "net/ethernet/google/gve"),
    Known("mana", "cloud", "network", "pci/mana", "MICROSOFT_MANA", "net/ethernet/microsoft/mana"),
)  # fmt: skip

_FILES = {"xen-platform-pci": "platform-pci"}
"""Modules whose file is named otherwise than the driver that they register."""
_CONTROL_FILES = {"bind", "unbind", "new_id", "remove_id", "uevent", "module"}


class KernelDrivers(Value, frozen=True):
    """What is known of the kernel's own drivers."""

    release: str | None
    builtin: frozenset[str] | None
    """The names in modules.builtin, with _ for -."""
    config: dict[str, str] | None
    """Symbol -> y or m, of the symbols in KNOWN; a symbol that is not there is not set."""
    config_id: str


def collect(source: Source, _beneath: Hypervisor) -> list[Driver]:
    """One entry for each driver in KNOWN, whatever lies beneath."""
    told = release(source)
    name = told.text if told else None
    builtin = modules.builtin(source, name)
    # the configuration is large; it is read only where the module folder does not answer
    found = modules.configuration(source, name) if builtin is None else None
    config, config_id = (_symbols(found[0]), f"file:{found[1]}") if found else (None, "")
    kernel = KernelDrivers(name, builtin, config, config_id)
    return [_driver(source, known, kernel) for known in KNOWN]


def _symbols(text: str) -> dict[str, str]:
    """The value of each symbol in KNOWN that is y or m."""
    found = {known.config: modules.configured(text, known.config) for known in KNOWN}
    return {symbol: value for symbol, value in found.items() if value in ("y", "m")}


def _driver(source: Source, known: Known, kernel: KernelDrivers) -> Driver:
    state, evidence = _registered(source, known, kernel)
    if state is None:
        state, evidence = _on_disk(source, known, kernel)
        if state == "absent" and not _was_looked_for(source, known, kernel):
            state = "unknown"
    module = known.name.replace("-", "_")
    version = source.line(f"/sys/module/{module}/version") if state in ("in-use", "loaded") else None
    seen = [evidence] if evidence else []
    return Driver(known.name, known.family, state, version, known.serves, known.cdrom, seen)


def _registered(source: Source, known: Known, kernel: KernelDrivers) -> tuple[DriverState | None, str]:
    """In use, loaded or built in, by the driver's folder on its bus; None when it is not registered."""
    bus, _, driver = known.bus.partition("/")
    folder = f"/sys/bus/{bus}/drivers/{driver}"
    if not bus or source.status("dir", folder) != "read":
        return None, ""
    names = source.names(folder)
    if any(name not in _CONTROL_FILES for name in names):
        return "in-use", f"dir:{folder}"
    if "module" not in names:
        # what cannot be a module has no such link, and no line in modules.builtin
        return "builtin", f"dir:{folder}"
    if kernel.builtin is not None:
        return ("builtin" if _file(known) in kernel.builtin else "loaded"), f"dir:{folder}"
    if kernel.config is not None:
        return ("builtin" if kernel.config.get(known.config) == "y" else "loaded"), f"dir:{folder}"
    return "loaded", f"dir:{folder}"


def _was_looked_for(source: Source, known: Known, kernel: KernelDrivers) -> bool:
    """Whether its folder is known not to be there (an initial ramdisk may have loaded it)."""
    lists = [f"/lib/modules/{kernel.release}/modules.builtin", kernel.config_id.partition(":")[2]]
    if any(source.entry("file", path).is_cut for path in lists if path):
        return False
    bus, _, driver = known.bus.partition("/")
    if not bus:
        return True
    names = source.entry("dir", f"/sys/bus/{bus}/drivers/{driver}")
    return names.status == "absent" or source.status("dir", f"/sys/bus/{bus}") == "absent"


def _on_disk(source: Source, known: Known, kernel: KernelDrivers) -> tuple[DriverState, str]:
    """Built in but not registered, available as a module, or absent."""
    if kernel.builtin is not None:
        if _file(known) in kernel.builtin:
            return "builtin", f"file:/lib/modules/{kernel.release}/modules.builtin"
        folder = f"/lib/modules/{kernel.release}/kernel/drivers/{known.folder}"
        entry = source.entry("dir", folder)
        if entry.status in ("read", "absent"):
            available = _file(known) in modules.names(source.names(folder))
            return ("available" if available else "unknown" if entry.is_cut else "absent"), entry.id
    if kernel.config is not None:
        value = kernel.config.get(known.config)
        # a module that no folder holds cannot be loaded
        return ("builtin" if value == "y" else "absent"), kernel.config_id
    return "unknown", ""


def _file(known: Known) -> str:
    """What the module's file is called, with _ for - and without its end."""
    return _FILES.get(known.name, known.name).replace("-", "_")
