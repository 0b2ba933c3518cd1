"""Walks sysfs: the functions on the PCI bus, and from a disk or card up to what it hangs on.

Where the files are and mean: Documentation/ABI/testing/sysfs-bus-pci, Documentation/filesystems/sysfs.rst.
"""

import posixpath
from typing import NamedTuple

from vaudit.evidence.source import Source


class Function(NamedTuple):
    """A PCI function. Ids are lower-case hex without 0x: vendor 1af4, device 1001, class 010802."""

    address: str
    vendor: str
    device: str
    subvendor: str
    subdevice: str
    class_: str
    driver: str | None
    evidence: str

    @property
    def id(self) -> str:
        return f"{self.vendor}:{self.device}"

    @property
    def subsystem(self) -> str:
        return f"{self.subvendor}:{self.subdevice}"


class Node(NamedTuple):
    """One device on the way from a disk or card up to the root of sysfs."""

    path: str
    name: str
    subsystem: str | None
    driver: str | None
    evidence: str
    vendor: str | None = None
    """Of a USB device: its vendor id in hex."""


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


def ancestors(source: Source, real: str) -> list[Node]:
    """The devices from a class device's own folder (`/sys/devices/…/block/vda`) upwards, itself first."""
    chain: list[Node] = []
    folder = real
    while folder.startswith("/sys/devices/"):
        subsystem = source.link(f"{folder}/subsystem")
        if subsystem or chain:
            target = source.link(f"{folder}/driver") if chain else None
            if subsystem or target:
                node = _node(folder, subsystem, target)
                usb = node.subsystem == "usb" and ":" not in node.name
                chain.append(node._replace(vendor=source.line(f"{folder}/idVendor")) if usb else node)
        folder = posixpath.dirname(folder)
    return chain


def _node(folder: str, subsystem: str | None, driver: str | None) -> Node:
    return Node(
        folder,
        posixpath.basename(folder),
        posixpath.basename(subsystem) if subsystem else None,
        posixpath.basename(driver) if driver else None,
        f"link:{folder}/driver" if driver else f"link:{folder}/subsystem",
    )
