"""Drivers that stand above or below others: of all devices of a class, or of one."""

from collections.abc import Iterator

from vaudit.evidence.source import Source
from vaudit.facts.windows.keys import CONTROL, SERVICES, is_whole, read
from vaudit.facts.windows.known import BY_NAME
from vaudit.facts.windows.left import has_file
from vaudit.facts.windows.services import services
from vaudit.facts.windows.tree import DISK, IDE, NET, SCSI, SYSTEM_CLASS, VOLUME, tree
from vaudit.model.facts import ClassFilter

_CLASSES = {
    "DiskDrive": DISK, "hdc": IDE, "SCSIAdapter": SCSI, "System": SYSTEM_CLASS, "Volume": VOLUME, "Net": NET,
}  # fmt: skip
"""Those without which a system does not start, and the cards'."""
_BOOTING = {DISK: "DiskDrive", IDE: "hdc", SCSI: "SCSIAdapter"}


def filters(source: Source) -> list[ClassFilter] | None:
    """Of classes, then of single disks and controllers, each service once; None where no key was there."""
    keys = {name: read(source, f"{CONTROL}\\Class\\{guid}") for name, guid in _CLASSES.items()}
    if not any(keys.values()):
        return None
    found = [
        _filter(source, name, place, service, key.id)
        for name, key in keys.items()
        if key
        for place in ("upper", "lower")
        for service in key.texts(f"{place}Filters")
    ]
    return [*found, *_of_devices(source)]


def _of_devices(source: Source) -> Iterator[ClassFilter]:
    said = set()
    for one in tree(source).of_class(*_BOOTING):
        for place, names in (("upper", one.upper), ("lower", one.lower)):
            for service in names:
                if (one.class_, place, service.lower()) not in said:
                    said.add((one.class_, place, service.lower()))
                    yield _filter(source, _BOOTING[one.class_], place, service, one.evidence, device=one.name)


def _filter(
    source: Source, name: str, place: str, service: str, evidence: str, *, device: str | None = None
) -> ClassFilter:
    found = services(source).get(service.lower())
    known = BY_NAME.get(service.lower())
    return ClassFilter(
        device_class=name,
        place=place,  # type: ignore[arg-type]
        service=service,
        installed=True if found else False if is_whole(source, SERVICES) else None,
        start=found.start if found else None,
        file=has_file(source, found) if found else None,
        device=device,
        family=known.family if known else None,
        evidence=[evidence, found.evidence if found else f"registry:{SERVICES}"],
    )
