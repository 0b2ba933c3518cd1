"""Drivers of hypervisors and clouds: which serve a device, which lie ready, which were left behind."""

import re
from collections.abc import Iterator

from vaudit import procfs
from vaudit.evidence.source import Source
from vaudit.facts.windows.keys import CONTROL, SERVICES, SYSTEM, read
from vaudit.facts.windows.known import KNOWN, LEFT_BY, Known
from vaudit.facts.windows.services import Service, services
from vaudit.facts.windows.tree import Device, package, tree
from vaudit.model.facts import Driver, DriverState, Hypervisor, Package

STORE = f"{SYSTEM}\\DriverDatabase\\DeviceIds"
OLD_STORE = f"{CONTROL}\\CriticalDeviceDatabase"
"""Until Windows 7: which service a device is started by before its driver was ever installed for it."""
_VIRTIO_WIN = re.compile(r"(\d\d|100)\.\d{1,4}\.104\.(\d{3,5})$")
"""How virtio-win counts: the Windows that it was built for, a number, RHEL's 104, and the build times 100:
100.85.104.20800 is 0.1.208 (of its releases' numbers and those of the drivers in them)."""


def collect(source: Source, hypervisor: Hypervisor) -> list[Driver] | None:
    """Those that are installed, and of those for disks and cards the absent ones too."""
    installed = services(source)
    if not installed:
        return None
    bound, met = _by_service(tree(source).there), _by_service(tree(source).all)
    found = (
        _driver(source, known, installed.get(known.name), bound.get(known.name), met.get(known.name),
                hypervisor=hypervisor)
        for known in KNOWN
    )  # fmt: skip
    return [one for one in found if one]


def _by_service(devices: list[Device]) -> dict[str, Device]:
    """The first device of each service."""
    return {one.service.lower(): one for one in reversed(devices)}


def _driver(
    source: Source, known: Known, service: Service | None, device: Device | None, met: Device | None,
    *, hypervisor: Hypervisor,
) -> Driver | None:  # fmt: skip
    inf = in_store(source, known)
    if not service and not inf and not (known.ids and known.serves in ("disk", "network")):
        return None
    evidence = [one.evidence for one in (service, device) if one]
    installed_for = device or met
    came_from = package(source, installed_for) if installed_for else None
    counted = _VIRTIO_WIN.match(came_from.version or "") if came_from and known.family == "virtio" else None
    return Driver(
        service.name if service else known.name,
        known.family,
        _state(source, known, service, device, hypervisor=hypervisor, staged=inf),
        serves=known.serves,
        cdrom=known.cdrom,
        evidence=evidence or ([f"registry:{STORE}\\PCI"] if inf else []),
        start=service.start if service else None,
        package=came_from,
        version=came_from.version if came_from else None,
        staged=inf,
        inbox=known.inbox,
        belongs=_belongs(known, hypervisor) if hypervisor.kind in LEFT_BY else None,
        release=(procfs.whole(counted[2]) or 0) // 100 if counted else None,
        made_for=_RELEASES.get(counted[1]) if counted else None,
        age=_age(came_from, source.taken) if came_from else None,
    )


_RELEASES = {
    "51": "5.1", "52": "5.2", "60": "6.0", "61": "6.1", "62": "6.2", "63": "6.3", "100": "10.0",
}  # fmt: skip
"""The version of Windows by the first number of a version of virtio-win's."""


def _age(came_from: Package, taken: str) -> float | None:
    """Years. Microsoft's drivers bear the date of Windows Vista's, whenever they were made."""
    if not came_from.date or (came_from.provider or "").startswith("Microsoft"):
        return None
    made, read_on = _in_years(came_from.date), _in_years(taken[:10])
    return None if made is None or read_on is None else round(max(read_on - made, 0), 1)


def _in_years(date: str) -> float | None:
    """Of an ISO date: exact to a few days, where a tenth of a year is told."""
    parts = [procfs.whole(one) for one in date.split("-")]
    if len(parts) != 3 or None in parts:
        return None
    year, month, day = (one or 0 for one in parts)
    return year + (month - 1) / 12 + (day - 1) / 365


def _state(
    source: Source,
    known: Known,
    service: Service | None,
    device: Device | None,
    *,
    hypervisor: Hypervisor,
    staged: str | None,
) -> DriverState:
    if service and device and not (known.inbox and device.bus == "ROOT"):
        return "in-use"
    if not service:
        looked = source.status("registry", f"{SERVICES}\\{known.name}") == "absent"
        return "available" if staged else "absent" if looked else "unknown"
    starts = service.start in ("boot", "system", "auto")
    alone = known.name in _WITHOUT_DEVICE and starts
    if (alone or (service.runs and not known.inbox)) and _belongs(known, hypervisor):
        return "in-use"
    # what runs guests brings the drivers of its own guests along
    foreign = hypervisor.kind in LEFT_BY and hypervisor.role != "host" and not _belongs(known, hypervisor)
    return "left-over" if foreign and starts and not known.inbox else "available"


_WITHOUT_DEVICE = (
    "vmmemctl",
    "vmhgfs",
    "vgauthservice",
    "vmtools",
    "vboxsf",
    "vboxservice",
    "xenfilt",
    "vsock",
)
"""Services that serve no device of their own."""


def _belongs(known: Known, hypervisor: Hypervisor) -> bool:
    return known.family in LEFT_BY.get(hypervisor.kind, ())


def in_store(source: Source, known: Known) -> str | None:
    """The INF by which the driver store knows a device that it serves."""
    for id_ in known.ids:
        bus = "VMBUS" if id_.startswith("{") else "ACPI" if "&" not in id_ else "PCI"
        if inf := next(_infs(source, bus, id_), None):
            return inf
    return None


def is_critical(source: Source, known: Known) -> bool:
    """Whether an older Windows starts a device of it before its driver was ever installed."""
    folder = read(source, OLD_STORE)
    begins = tuple(f"pci#{id_}" for id_ in known.ids)
    return bool(begins) and any(
        name.lower().startswith(begins) for name in (folder.subkeys if folder else ())
    )


def is_store_read(source: Source) -> bool:
    """Whether the store was there to be looked at, the newer one or the older."""
    return any(read(source, path) for path in (f"{STORE}\\PCI", OLD_STORE))


def _infs(source: Source, bus: str, id_: str) -> Iterator[str]:
    folder = read(source, f"{STORE}\\{bus}")
    for name in folder.subkeys if folder else ():
        if name.lower().startswith(id_) and (key := read(source, f"{STORE}\\{bus}\\{name}")):
            yield from (value for value in key.values if value.endswith(".inf"))
