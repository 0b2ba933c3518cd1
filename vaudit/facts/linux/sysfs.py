"""Walks sysfs: the functions on the PCI bus, and from a disk or card up to what it hangs on.

Where the files are and mean: Documentation/ABI/testing/sysfs-bus-pci, Documentation/filesystems/sysfs.rst.
"""

import posixpath

from msgspec import structs

from vaudit import procfs
from vaudit.evidence.source import Source
from vaudit.facts.linux import shown
from vaudit.facts.values import BusDevices, Function, Node

SOFTWARE_DISKS = (
    "loop", "ram", "zram", "dm-", "md", "nbd", "rbd", "drbd", "bcache", "zd", "nullb", "pmem", "ubi", "mtd",
    "fd",
)  # fmt: skip
"""How the names of disks begin that this kernel makes itself."""
MODULE_NAMES: dict[tuple[str, str], str] = {
    ("xen", "vbd"): "xen-blkfront",
    ("xen", "vif"): "xen-netfront",
    ("xen", "scsifront"): "xen-scsifront",
}
"""Drivers that sysfs shows under another name than that of their module, by their bus."""


def uevent(source: Source, folder: str) -> dict[str, str]:
    """The KEY=value lines of a device's uevent file; empty when it cannot be read."""
    text = source.read(f"{folder}/uevent") or ""
    return dict(line.split("=", 1) for line in text.splitlines() if "=" in line)


def functions(source: Source) -> list[Function]:
    """All PCI functions in the order of their addresses."""
    root = "/sys/bus/pci/devices"
    folders = [f"{root}/{address}" for address in source.names(root)]
    if not folders and source.status("dir", root) == "unrecorded":
        folders = sorted(
            (one for one in shown.tree(source) if is_address(posixpath.basename(one))), key=posixpath.basename
        )
    found = (function(source, folder) for folder in folders)
    return [one for one in found if one]


def udev_functions(source: Source) -> list[Function]:
    """All PCI functions that udev listed."""
    found = [
        _of_uevent(posixpath.basename(folder), properties, shown.UDEV_ID)
        for folder, properties in shown.udev(source).items()
        if properties.get("SUBSYSTEM") == "pci" and "PCI_ID" in properties
    ]
    return sorted(found, key=lambda one: one.address)


def function(source: Source, folder: str) -> Function | None:
    """The PCI function whose sysfs folder this is; None where its ids are not known."""
    address = posixpath.basename(folder)
    event = uevent(source, folder)
    if "PCI_ID" in event:
        return _of_uevent(address, event, f"file:{folder}/uevent")
    vendor, device, subvendor, subdevice, class_ = (
        (source.line(f"{folder}/{name}") or "").removeprefix("0x").lower()
        for name in ("vendor", "device", "subsystem_vendor", "subsystem_device", "class")
    )
    if not vendor:
        return None
    driver, evidence = driver_of(source, folder), f"file:{folder}/vendor"
    return Function(address, vendor, device, subvendor, subdevice, class_, driver, evidence)


def _of_uevent(address: str, event: dict[str, str], evidence: str) -> Function:
    vendor, _, device = event["PCI_ID"].lower().partition(":")
    subvendor, _, subdevice = event.get("PCI_SUBSYS_ID", ":").lower().partition(":")
    class_ = event.get("PCI_CLASS", "").lower().rjust(6, "0")
    return Function(address, vendor, device, subvendor, subdevice, class_, event.get("DRIVER"), evidence)


def driver_of(source: Source, folder: str) -> str | None:
    """The name of the driver bound to a device; None when none is, or it is not known."""
    target = source.link(f"{folder}/driver")
    return posixpath.basename(target) if target else uevent(source, folder).get("DRIVER")


def old_functions(source: Source) -> list[Function]:
    """/proc/bus/pci/devices: bus and function, vendor and device in hex, …, the driver last (proc(5))."""
    path = "/proc/bus/pci/devices"
    lines = [line.split() for line in (source.read(path) or "").splitlines()]
    return [_old_function(words, f"file:{path}") for words in lines if _is_old_function(words)]


def _is_old_function(words: list[str]) -> bool:
    return len(words) > 2 and [len(word) for word in words[:2]] == [4, 8] and _is_hex(words[0] + words[1])


def _is_hex(text: str) -> bool:
    return not text.strip("0123456789abcdef")


def _old_function(words: list[str], evidence: str) -> Function:
    bus, slot = procfs.bits(words[0][:2]) or 0, procfs.bits(words[0][2:]) or 0
    address = f"0000:{bus:02x}:{slot >> 3:02x}.{slot & 7}"
    driver = words[-1] if not _is_hex(words[-1]) else None
    return Function(address, words[1][:4], words[1][4:], "", "", "", driver, evidence)


def ancestors(source: Source, real: str) -> list[Node]:
    """The devices from a class device's own folder (`/sys/devices/…/block/vda`) upwards, itself first.

    Where a record holds no link to a device's bus, the path itself names it.
    """
    chain: list[Node] = []
    folder = real
    while folder.startswith("/sys/devices/"):
        link = source.entry("link", f"{folder}/subsystem")
        subsystem = link.data if isinstance(link.data, str) else None
        told = None if subsystem or link.status != "unrecorded" else _told(source, folder, chain)
        if told:
            chain.append(told)
        elif subsystem or chain:
            target = source.link(f"{folder}/driver") if chain else None
            if subsystem or target:
                chain.append(_node(source, folder, subsystem, target))
        folder = posixpath.dirname(folder)
    return chain


def _node(source: Source, folder: str, subsystem: str | None, target: str | None) -> Node:
    name = posixpath.basename(folder)
    bus = posixpath.basename(subsystem) if subsystem else None
    driver = posixpath.basename(target) if target else None
    evidence = f"link:{folder}/driver" if driver else f"link:{folder}/subsystem"
    if bus == "usb" and ":" not in name:
        return Node(name, bus, driver, evidence, source.line(f"{folder}/idVendor"), f"file:{folder}/idVendor")
    if bus == "usb":
        bus = "usb-interface"  # a part of the device above it
    elif driver and driver.startswith("uml-"):
        bus = "uml"
    return Node(name, bus, MODULE_NAMES.get((bus or "", driver or ""), driver), evidence)


def _told(source: Source, folder: str, below: list[Node]) -> Node | None:
    """What udev listed of a device, else what its name says."""
    properties = shown.udev(source).get(folder, {})
    bus, driver = properties.get("SUBSYSTEM"), properties.get("DRIVER")
    node = named(folder, below)
    if bus:
        node = Node(posixpath.basename(folder), node.bus if node else bus, driver, shown.UDEV_ID)
    elif node and not driver and (driver := uevent(source, folder).get("DRIVER")):
        return structs.replace(node, driver=driver, evidence=f"file:{folder}/uevent")
    if not node:
        return None
    known = MODULE_NAMES.get((node.bus or "", driver or ""), driver)
    return structs.replace(node, driver=known or (named(folder, below) or node).driver)


def named(folder: str, below: list[Node]) -> Node | None:
    """What the kernel's name for a device says of it; None where the name says nothing.

    drivers/virtio/virtio.c, drivers/xen/xenbus, drivers/hv/vmbus_drv.c and the like give the names.
    """
    name, above = posixpath.basename(folder), posixpath.basename(posixpath.dirname(folder))
    if above in ("block", "net") or (not below and above.startswith("nvme")):
        return Node(name, above if above in ("block", "net") else "block", None, "")
    bus = _bus_named(name, above)
    return Node(name, bus, _driver_named(bus, below), "") if bus else None


def _bus_named(name: str, above: str) -> str | None:
    """The bus on which a device has such a name."""
    digits = name.translate(_NO_DIGITS)
    if digits == "virtio" and name != digits:
        return "virtio"
    if is_address(name):
        return "pci"
    if digits in ("vbd-", "vif-") and name != digits:
        return "xen"
    if digits in ("vbd--", "vif--"):
        return "xen-backend"  # by its domain and its number
    if digits.rstrip("_") == "vmbus" or (len(name) == _GUID and above.startswith(("VMBUS:", "MSFT1000:"))):
        return "vmbus"
    if digits == "usb" or (digits.strip(".:") == "-" and name[0].isdigit()):
        return "usb-interface" if ":" in name else "usb"
    if name.startswith("uml-"):
        return "uml"
    return {"platform": "platform", "vio": "vio"}.get(above)


_NO_DIGITS = {ord(digit): None for digit in "0123456789"}
_GUID = 36
_SERVED_BY: dict[tuple[str, str], str] = {
    ("virtio", "vd"): "virtio_blk",
    ("virtio", "sd"): "virtio_scsi",
    ("virtio", "sr"): "virtio_scsi",
    ("virtio", "net"): "virtio_net",
    ("xen", "net"): "xen-netfront",
    ("xen", "xvd"): "xen-blkfront",
    ("vmbus", "sd"): "hv_storvsc",
    ("vmbus", "sr"): "hv_storvsc",
    ("vmbus", "net"): "hv_netvsc",
}
"""The one driver of Linux by which such a disk or card hangs on a bus: disks by how their names begin."""


def _driver_named(bus: str | None, below: list[Node]) -> str | None:
    if not bus or not below:
        return None
    first = below[0]
    what = "net" if first.bus == "net" else first.name[: 3 if first.name.startswith("xvd") else 2]
    return _SERVED_BY.get((bus, what))


def is_address(name: str) -> bool:
    """Whether a name is a PCI address: 0000:00:03.0."""
    parts = name.replace(".", ":").split(":")
    return [len(part) for part in parts[-3:]] == [2, 2, 1] and len(parts) == 4 and _is_hex("".join(parts))


BUSES = {
    "vmbus": "/sys/bus/vmbus/devices",
    "xen": "/sys/bus/xen/devices",
    "virtio": "/sys/bus/virtio/devices",
    "fw_cfg": "/sys/firmware/qemu_fw_cfg",
}
"""The buses that hypervisors bring along; fw_cfg is one device, with its folder of files."""


def buses(source: Source) -> dict[str, BusDevices]:
    """What lies on them, by the name of the bus; a bus with nothing on it is left out."""
    found = {bus: BusDevices(source.names(folder), f"dir:{folder}") for bus, folder in BUSES.items()}
    if any(source.status("dir", BUSES[bus]) == "unrecorded" for bus in ("vmbus", "xen", "virtio")):
        found = {**_buses_on_the_way(source), **{bus: one for bus, one in found.items() if one.names}}
    return {bus: devices for bus, devices in found.items() if devices.names}


def _buses_on_the_way(source: Source) -> dict[str, BusDevices]:
    """The devices on such buses that stand in the paths of disks and cards."""
    found: dict[str, BusDevices] = {}
    for real, evidence in shown.known_paths(source):
        folder = real
        while folder not in (shown.DEVICES, "/"):
            above, name = posixpath.split(folder)
            bus = _bus_named(name, posixpath.basename(above))
            if bus in BUSES and name not in found.get(bus or "", BusDevices()).names:
                names = found.get(bus or "", BusDevices()).names
                found[bus or ""] = BusDevices([*names, name], evidence)
            folder = above
    return found
