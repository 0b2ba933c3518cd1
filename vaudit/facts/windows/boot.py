"""Which storage drivers this Windows starts by."""

from vaudit.evidence.source import Source
from vaudit.facts.windows.known import BY_NAME
from vaudit.facts.windows.services import Service, services
from vaudit.facts.windows.tree import DISK, IDE, SCSI, Device, Tree, only_controller, tree

_STORAGE_GROUP = "scsi miniport"


def boots_by(source: Source) -> list[Service]:
    """Storage drivers that start at boot here: since Windows 8 those without an override, before that those
    that serve a disk."""
    there = services(source)
    found = tree(source)
    holding = {one.service.lower() for disk in found.of_class(DISK) for one in _line(found, disk)}
    boot = [one for one in there.values() if one.start == "boot"]
    if not any(one.has_overrides for one in there.values()):
        return [one for one in boot if one.name.lower() in holding and _is_storage(one, holding) and
                one.name.lower() not in ("pci", "acpi", "atapi")]  # fmt: skip
    serving = {one.service.lower() for one in found.of_class(SCSI, IDE)}
    return [one for one in boot if _is_storage(one, serving) and one.name.lower() != "spaceport"]


def _line(found: Tree, disk: Device) -> list[Device]:
    """What a disk hangs on."""
    above = list(found.above(disk))
    only = only_controller(found, above[-1] if above else disk)
    return [*above, *([only] if only else [])]


def _is_storage(service: Service, serving: set[str]) -> bool:
    name = service.name.lower()
    known = BY_NAME.get(name)
    return service.group == _STORAGE_GROUP or name in serving or bool(known and known.serves == "disk")
