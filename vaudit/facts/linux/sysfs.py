"""Walks sysfs: the functions on the PCI bus, and from a disk or card up to what it hangs on.

Where the files are and mean: Documentation/ABI/testing/sysfs-bus-pci, Documentation/filesystems/sysfs.rst.
"""

import posixpath

from vaudit.evidence.source import Source
from vaudit.facts.values import BusDevices, Function, Node

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
    found = (function(source, f"{root}/{address}") for address in source.names(root))
    return [one for one in found if one]


def function(source: Source, folder: str) -> Function | None:
    """The PCI function whose sysfs folder this is; None where its ids are not known."""
    address = posixpath.basename(folder)
    event = uevent(source, folder)
    if "PCI_ID" in event:
        vendor, _, device = event["PCI_ID"].lower().partition(":")
        subvendor, _, subdevice = event.get("PCI_SUBSYS_ID", ":").lower().partition(":")
        class_ = event.get("PCI_CLASS", "").lower().rjust(6, "0")
        driver, evidence = event.get("DRIVER"), f"file:{folder}/uevent"
    else:
        vendor, device, subvendor, subdevice, class_ = (
            (source.line(f"{folder}/{name}") or "").removeprefix("0x").lower()
            for name in ("vendor", "device", "subsystem_vendor", "subsystem_device", "class")
        )
        driver, evidence = driver_of(source, folder), f"file:{folder}/vendor"
    if not vendor:
        return None
    return Function(address, vendor, device, subvendor, subdevice, class_, driver, evidence)


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
    bus, slot = int(words[0][:2], 16), int(words[0][2:], 16)
    address = f"0000:{bus:02x}:{slot >> 3:02x}.{slot & 7}"
    driver = words[-1] if not _is_hex(words[-1]) else None
    return Function(address, words[1][:4], words[1][4:], "", "", "", driver, evidence)


def ancestors(source: Source, real: str) -> list[Node]:
    """The devices from a class device's own folder (`/sys/devices/…/block/vda`) upwards, itself first."""
    chain: list[Node] = []
    folder = real
    while folder.startswith("/sys/devices/"):
        subsystem = source.link(f"{folder}/subsystem")
        if subsystem or chain:
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
    return {bus: devices for bus, devices in found.items() if devices.names}
