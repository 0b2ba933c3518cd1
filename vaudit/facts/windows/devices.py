"""Disks and network cards, each with what is bound to it, what it hangs on, and how it is so served.

The driver that is bound decides, then the parent, then the hardware id; the name of a disk never does.
"""

from collections.abc import Iterator

from msgspec import structs

from vaudit.evidence.source import Source
from vaudit.facts import paths
from vaudit.facts.better import better
from vaudit.facts.paths import Platform
from vaudit.facts.windows.addresses import written_down
from vaudit.facts.windows.inventory import NAMED
from vaudit.facts.windows.keys import CONTROL, read
from vaudit.facts.windows.known import BY_NAME, PARAVIRTUAL_BUSES, SOFTWARE
from vaudit.facts.windows.tree import DISK, IDE, NET, SCSI, Device, Tree, only_controller, package, tree
from vaudit.model.facts import Block, Net, Path, Phantom, Served

_HIDDEN = 8
"""NCF_HIDDEN in a card's Characteristics: Windows' own plumbing."""
_TRUNK = ("ACPI", "ACPI_HAL", "ROOT", "HTREE")
_OF_LINUX = {"VMBUS": "vmbus", "XENBUS": "xen", "XENVIF": "xen", "XENVBD": "xen", "XEN": "xen"}
"""Buses by the words that other systems' devices have."""


def disks(source: Source, platform: Platform) -> list[Block] | None:
    """The disks that are there; those that other systems call CD-ROMs are none."""
    found = tree(source)
    names: dict[str, int] = {}
    result = []
    for disk in found.of_class(DISK):
        if not _is_hidden(found, disk):
            served = _served(source, found, disk, platform)
            served = better(served, "disk", platform.hypervisor, platform.drivers)
            name = disk.name if disk.number is None else f"disk {disk.number}: {disk.name}"
            removable = _removable(disk)
            result.append(
                Block(_name(names, name), **structs.asdict(served), size=disk.size, removable=removable)
            )
    return sorted(result, key=lambda one: one.bus == "usb") or None


def cards(source: Source, platform: Platform) -> list[Net] | None:
    """The network cards that are there, without those of Windows' own plumbing."""
    found, fixed = tree(source), written_down(source)
    names: dict[str, int] = {}
    result = []
    for card in found.of_class(NET):
        if not _is_hidden(found, card) and not _is_plumbing(source, card):
            served = _named(card, platform) or _served(source, found, card, platform)
            served = better(served, "network", platform.hypervisor, platform.drivers)
            given = None if fixed is None else card.instance.lower() in fixed
            result.append(Net(_name(names, card.name), **structs.asdict(served), static=given))
    return result or None


def all_shown(source: Source) -> list[str] | None:
    """A device tree that was read whole holds every disk, card and function."""
    found = tree(source)
    return ["block", "net", "controllers"] if found.all and not found.cut else None


def _name(names: dict[str, int], name: str) -> str:
    names[name] = names.get(name, 0) + 1
    return name if names[name] == 1 else f"{name} ({names[name]})"


def _removable(disk: Device) -> bool | None:
    return True if disk.bus == "USBSTOR" or disk.removable else None


def _is_hidden(found: Tree, device: Device) -> bool:
    """Whether nothing tells that it is plugged in: before Windows 8 every stick ever met looks alike."""
    line = [device, *found.above(device)]
    usb = any(one.bus in ("USB", "USBSTOR") for one in line)
    return (usb and not device.shown) or any(one.gone in ("removed", "replaced") for one in line[1:])


def _is_plumbing(source: Source, card: Device) -> bool:
    key = read(source, f"{CONTROL}\\Class\\{card.key}") if card.key else None
    return bool(
        ((key.number("Characteristics") if key else None) or 0) & _HIDDEN
    ) or card.instance.upper().startswith(("ROOT\\*", "ROOT\\MS_", "SW\\"))


def _served(source: Source, found: Tree, device: Device, platform: Platform) -> Served:
    """How the first on the way up from a device that tells it serves it."""
    line = [device, *found.above(device)]
    if only := only_controller(found, line[-1]):
        line.append(only)
    if _is_virtual_ide(device) and platform.guest and (served := _accelerated(device)):
        return served
    for one in line:
        if one.class_ == DISK:
            continue
        served = _by_driver(one, platform.guest) or _by_place(one, platform)
        if served:
            evidence = list(dict.fromkeys([device.evidence, one.evidence]))
            model = served.model or (one.name if one is not device else None)
            return structs.replace(served, model=model, package=package(source, one), evidence=evidence)
    where = "a bus that says nothing" if len(line) == 1 else line[-1].id
    because = f"no controller of it is shown beyond {where}"
    return Served(because=because, evidence=[device.evidence])


_ACCELERATOR = "storflt"
"""Windows' own filter below the disks of Hyper-V's IDE, "Hyper-V Accelerated Disk Drive" (wstorflt.inf)."""


def _is_virtual_ide(disk: Device) -> bool:
    return disk.instance.upper().startswith("IDE\\DISKVIRTUAL_HD")


def _accelerated(disk: Device) -> Served | None:
    """A disk of Hyper-V's IDE: with the filter its requests go over vmbus, past the chip that is imitated.
    None where the filter is not there; records without filters do not tell."""
    there = _ACCELERATOR in (name.lower() for name in disk.lower)
    if disk.key and not there:
        return None
    because = "storflt hands its requests to Hyper-V over vmbus, past the emulated IDE"
    if not there:
        because = "on Hyper-V's IDE, and whether storflt goes past it is not shown"
    path: Path = "paravirtual" if there else "unknown"
    driver = _ACCELERATOR if there else None
    return Served(path=path, driver=driver, bus="ide", because=because, evidence=[disk.evidence])


def _named(card: Device, platform: Platform) -> Served | None:
    """How a card is served of which only its name is known; None of another."""
    if card.bus != NAMED:
        return None
    from vaudit.facts.windows import systeminfo

    return structs.replace(systeminfo.served_by_name(card.name, platform.guest), evidence=[card.evidence])


def _by_driver(one: Device, guest: bool | None) -> Served | None:
    service = one.service.lower()
    if service in SOFTWARE:
        return _of(one, "software", SOFTWARE[service])
    known = BY_NAME.get(service)
    if known and known.path == "passthrough" and guest is False:
        return _of(one, "physical", f"{one.service} is bound to {one.id}, on a machine that is no guest")
    if known and known.path and known.serves in ("disk", "network"):
        words = {
            "paravirtual": "a paravirtual driver",
            "passthrough": "the driver of the cloud's own hardware",
        }
        what = words.get(known.path, "the driver of an emulated device")
        return _of(one, known.path, f"{one.service} is bound to {one.id}: {what}")
    return None


def _by_place(one: Device, platform: Platform) -> Served | None:
    if one.bus in PARAVIRTUAL_BUSES:
        return _of(one, "paravirtual", f"{PARAVIRTUAL_BUSES[one.bus]}, served by {one.service or 'nobody'}")
    function = platform.functions.get(one.address or one.instance)
    if one.bus == "PCI" and one.service.lower() == "pci":
        return None  # a bridge on the way
    if one.bus == "PCI" and function:
        served = paths.of_function(function, platform.guest)
        return structs.replace(served, driver=one.service or None, controller=one.id, at=function.address)
    if one.bus == "USB":
        return _on_usb(one, platform.guest)
    if one.bus in ("ROOT", "SW", "{5D624F94-8850-40C3-A3FA-A4FD2080BAF3}"):
        return _of(one, "software", "made by software on this system, not a device")
    if one.bus in ("SD", "PCMCIA", "1394", "SBP2", "UFS", "ACPI", "SCM"):
        path: Path = "physical" if platform.guest is False else "unknown"
        return _of(one, path, f"on the bus {one.bus}")
    return None


def _on_usb(one: Device, guest: bool | None) -> Served | None:
    """USB devices by their vendor, hubs by nothing."""
    _, mark, rest = one.instance.upper().partition("VID_")
    vendor = rest[:4].lower()
    maker = paths.EMULATED_USB.get(vendor)
    if not mark:
        return None
    if maker:
        return _of(one, "emulated", f"a USB device with {maker}'s vendor id {vendor}")
    path: Path = "physical" if guest is False else "passthrough" if guest else "unknown"
    return _of(one, path, "on USB")


def _of(one: Device, path: Path, because: str) -> Served:
    return Served(
        path=path,
        because=because,
        driver=one.service or None,
        bus=_OF_LINUX.get(one.bus, one.bus.lower()) if len(one.bus) < 12 else "virtual",
        controller=one.id,
        at=one.address or None,
    )


_SORTS_OF_PCI = {"01": "controller", "02": "network"}
"""Of what was never installed, and has no class of Windows': by the PCI specification's."""
_SORTS = {DISK: "disk", NET: "network", SCSI: "controller", IDE: "controller"}
_WHY = {
    "removed": "it was removed, or did not arrive when Windows last started",
    "replaced": "another device is in its place since",
    "not-installed": "Windows met it, and no driver was ever installed for it",
    "disabled": "it is switched off (ConfigFlags)",
}


def phantoms(source: Source) -> Iterator[Phantom]:
    """Disks, cards and controllers that serve nothing, and the others that hypervisors brought."""
    found = tree(source)
    for one in found.all:
        sort = _SORTS.get(one.class_) or _SORTS_OF_PCI.get(one.pci_class[:2], "other")
        known = one.service.lower() in BY_NAME
        if one.gone and (sort != "other" or known) and not (sort == "network" and _is_plumbing(source, one)):
            yield _phantom(one, sort, one.gone, _WHY[one.gone])
        elif not one.gone and one.class_ == DISK and _is_hidden(found, one):
            yield _phantom(one, sort, "not-shown", "nothing tells whether it is plugged in")


def _phantom(one: Device, sort: str, state: str, because: str) -> Phantom:
    return Phantom(
        name=one.name,
        sort=sort,  # type: ignore[arg-type]
        id=one.id,
        driver=one.service or None,
        state=state,  # type: ignore[arg-type]
        because=because,
        evidence=[one.evidence],
    )
