"""Where the kernel's devices lie, from whatever a record holds of that: links of classes, the tree of devices
itself, or udev's list of them.

A sosreport keeps /sys/class/net as links and nothing behind them, or no sysfs at all but the output of
`udevadm info --export-db`; others keep /sys/devices without /sys/bus and /sys/class.
"""

import posixpath
from collections.abc import Iterator
from functools import lru_cache
from typing import Literal

from vaudit.evidence.source import Source
from vaudit.facts.ask import output_id

Class = Literal["block", "net"]
UDEV = "udevadm info --export-db"
UDEV_ID = output_id(UDEV)
DEVICES = "/sys/devices"
_ROOTS: dict[Class, tuple[str, ...]] = {
    "block": ("/sys/class/block", "/sys/block"),
    "net": ("/sys/class/net",),
}
_MAX_FOLDERS = 20_000
_MAX_DEPTH = 24
_WORDS = ("block", "net", "nvme", "nvme-subsystem", "virtual", "platform", "vio", "soc", "mmc_host")
"""The folders below a device without a digit in their name that hold devices."""
_NOT_DEVICES = ("system", "software", "breakpoint", "tracepoint")


def of_class(source: Source, name: Class) -> dict[str, str]:
    """Each device of a class, partitions too, and its folder below /sys/devices where that is known."""
    for root in _ROOTS[name]:
        names = source.names(root)
        if names:
            udev = {} if all(source.link(f"{root}/{one}") for one in names) else _listed(source, name)
            return {one: source.resolve(f"{root}/{one}") or udev.get(one) or f"{root}/{one}" for one in names}
    if source.status("dir", _ROOTS[name][0]) != "unrecorded":
        return {}
    return _in_tree(source, name) or _listed(source, name)


def all_shown(source: Source) -> list[str]:
    """The lists of devices that this record shows as a whole: the folder and each link in it."""
    places = (
        ("block", "/sys/class/block"),
        ("net", "/sys/class/net"),
        ("controllers", "/sys/bus/pci/devices"),
    )
    return [name for name, folder in places if _is_whole(source, folder, links=name != "controllers")]


def _is_whole(source: Source, folder: str, *, links: bool) -> bool:
    entry = source.entry("dir", folder)
    if entry.status != "read" or entry.is_cut:
        return entry.status == "absent"
    return not links or all(source.link(f"{folder}/{name}") for name in source.names(folder))


def evidence_of(source: Source, name: Class, device: str, real: str) -> str:
    """The id of the evidence by which a device is known."""
    for root in _ROOTS[name]:
        if source.held("link", f"{root}/{device}") or source.names(root):
            return f"link:/sys/class/{name}/{device}"
    return UDEV_ID if real in udev(source) else f"dir:{posixpath.dirname(real)}"


def _in_tree(source: Source, name: Class) -> dict[str, str]:
    """The devices of a class in the tree of all devices."""
    found: dict[str, str] = {}
    for folder in tree(source):
        above, device = posixpath.split(folder)
        if posixpath.basename(above) == name or (name == "block" and _is_nvme_disk(device)):
            found[device] = folder
            if name == "block":
                inside = [one for one in _folder(source, folder) if one.startswith(device)]
                found.update({one: f"{folder}/{one}" for one in inside})
    return found


def _is_nvme_disk(name: str) -> bool:
    """nvme0n1, which lies in no folder `block`; its hidden paths have a c in their name."""
    number, n, space = name.removeprefix("nvme").partition("n")
    return name.startswith("nvme") and number.isdigit() and n == "n" and space.isdigit()


def tree(source: Source) -> Iterator[str]:
    """The folders below /sys/devices that can be devices, where no bus and no class was recorded."""
    pending = [f"{DEVICES}/{name}" for name in _folder(source, DEVICES) if name not in _NOT_DEVICES]
    seen = 0
    while pending and seen < _MAX_FOLDERS:
        folder = pending.pop()
        seen += 1
        yield folder
        above, here = (posixpath.basename(one) for one in (posixpath.dirname(folder), folder))
        if above in _ROOTS or folder.count("/") > _MAX_DEPTH:
            continue
        for name in _folder(source, folder):
            path = f"{folder}/{name}"
            if (
                (here in _ROOTS or _may_hold(name))
                and not source.held("link", path)
                and source.held("dir", path)
            ):
                pending.append(path)


def _may_hold(name: str) -> bool:
    return name in _WORDS or any(char.isdigit() for char in name)


def _folder(source: Source, path: str) -> list[str]:
    found = source.held("dir", path)
    return found.data if found and isinstance(found.data, list) else []


def known_paths(source: Source) -> Iterator[tuple[str, str]]:
    """The folder of each known device of a class, and the evidence: its ancestors' names stand in it."""
    for name in _ROOTS:
        for device, real in of_class(source, name).items():
            if real.startswith(DEVICES):
                yield real, evidence_of(source, name, device, real)


# what udev listed


def udev(source: Source) -> dict[str, dict[str, str]]:
    """Folder below /sys/devices -> the properties that udev has of the device there."""
    text = source.output(UDEV)
    return _database(text) if text else {}


@lru_cache(maxsize=1)
def _database(text: str) -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = {}
    properties: dict[str, str] = {}
    for line in text.splitlines():
        mark, value = line[:3], line[3:]
        if mark == "P: ":
            if len(found) >= _MAX_FOLDERS:
                break
            properties = found.setdefault(f"/sys{value.strip()}", {})
        elif mark == "E: ":
            key, _, rest = value.partition("=")
            properties[key] = rest.strip()
    return found


def _listed(source: Source, name: Class) -> dict[str, str]:
    """The devices of a class in udev's list."""
    return {
        posixpath.basename(folder): folder
        for folder, properties in udev(source).items()
        if properties.get("SUBSYSTEM") == name
    }
