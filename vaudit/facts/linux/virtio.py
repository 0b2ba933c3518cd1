"""A virtio device as Linux shows it (Documentation/ABI/testing/sysfs-bus-virtio, drivers/virtio/virtio.c)."""

import posixpath

from msgspec import structs

from vaudit import procfs
from vaudit.evidence.source import Source
from vaudit.facts import virtio
from vaudit.facts.linux.kernel import version
from vaudit.model.facts import Served, Virtio

_BUS = "/sys/bus/virtio/devices"


def of(source: Source, real: str, served: Served) -> Virtio | None:
    """What the device beneath a disk or card agreed on. `real`: its own folder in /sys/devices."""
    if served.bus != "virtio" or served.driver not in virtio.TABLES:  # the driver says what the bits mean
        return None
    place = _place(source, real)
    bits = source.line(f"{place}/features") if place and source.is_whole(f"{place}/features") else None
    if not place or not bits:
        return None
    status = procfs.hexadecimal(source.line(f"{place}/status") or "")
    taken = {name: _is_off(source, name) for name in virtio.suspects(served.driver, bits)}
    found = virtio.device(served.driver, bits, status, version(source), taken)
    evidence = [f"file:{place}/features", f"file:{place}/status"]
    return structs.replace(found, evidence=evidence) if found else None


def _place(source: Source, real: str) -> str | None:
    """Its folder on the bus; where a record holds only the device's own, that."""
    folder = real
    while len(folder) > 1:
        folder, name = posixpath.split(folder)
        if name.startswith("virtio") and procfs.whole(name[6:]) is not None:
            on_bus = f"{_BUS}/{name}"
            if source.status("file", f"{on_bus}/features") != "unrecorded":
                return on_bus
            return f"{folder}/{name}"
    return None


def _is_off(source: Source, parameter: str) -> bool | None:
    """Whether a module's parameter takes something away: force_legacy where it is on, others where off."""
    module, _, name = parameter.partition(".")
    path = f"/sys/module/{module}/parameters/{name}"
    value, status = source.line(path), source.status("file", path)
    if value is None:
        return False if status == "absent" else None
    return value in (("Y", "1") if name == "force_legacy" else ("N", "0"))
