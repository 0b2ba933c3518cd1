"""Drivers of hypervisors and clouds: which serve a device, which lie ready, which were left behind."""

from collections.abc import Iterator

from vaudit.evidence.source import Source
from vaudit.facts.windows.keys import SERVICES, SYSTEM, read
from vaudit.facts.windows.known import KNOWN, LEFT_BY, Known
from vaudit.facts.windows.services import Service, services
from vaudit.facts.windows.tree import Device, package, tree
from vaudit.model.facts import Driver, DriverState, Hypervisor

STORE = f"{SYSTEM}\\DriverDatabase\\DeviceIds"
_OLD_STORE = f"{SYSTEM}\\CurrentControlSet\\Control\\CriticalDeviceDatabase"


def collect(source: Source, hypervisor: Hypervisor) -> list[Driver] | None:
    """Those that are installed, and of those for disks and cards the absent ones too."""
    installed = services(source)
    if not installed:
        return None
    bound: dict[str, Device] = {}
    for one in tree(source).there:
        bound.setdefault(one.service.lower(), one)
    found = (
        _driver(source, known, installed.get(known.name), bound.get(known.name), hypervisor)
        for known in KNOWN
    )
    return [one for one in found if one]


def _driver(
    source: Source, known: Known, service: Service | None, device: Device | None, hypervisor: Hypervisor
) -> Driver | None:
    staged = _staged(source, known)
    if not service and not staged and not (known.ids and known.serves in ("disk", "network")):
        return None
    evidence = [one.evidence for one in (service, device) if one]
    return Driver(
        service.name if service else known.name,
        known.family,
        _state(source, known, service, device, hypervisor=hypervisor, staged=staged),
        serves=known.serves,
        cdrom=known.cdrom,
        evidence=evidence or ([f"registry:{STORE}\\PCI"] if staged else []),
        start=service.start if service else None,
        package=package(source, device) if device else None,
        version=_version(source, device),
        staged=staged,
    )


def _version(source: Source, device: Device | None) -> str | None:
    found = package(source, device) if device else None
    return found.version if found else None


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


def _staged(source: Source, known: Known) -> str | None:
    """The INF by which the driver store knows a device that it serves."""
    for id_ in known.ids:
        bus = "VMBUS" if id_.startswith("{") else "ACPI" if "&" not in id_ else "PCI"
        if inf := next(_infs(source, bus, id_), None):
            return inf
    return None


def _infs(source: Source, bus: str, id_: str) -> Iterator[str]:
    folder = read(source, f"{STORE}\\{bus}")
    for name in folder.subkeys if folder else ():
        if name.lower().startswith(id_) and (key := read(source, f"{STORE}\\{bus}\\{name}")):
            yield from (value for value in key.values if value.endswith(".inf"))
