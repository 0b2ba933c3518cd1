r"""The device tree that Windows keeps below HKLM\SYSTEM\CurrentControlSet\Enum: all devices it ever met.

Which of them are there a running Windows tells. Else it is told by dates since Windows 8
(DEVPKEY_Device_LastArrivalDate and DEVPKEY_Device_LastRemovalDate of devpkey.h), before that by what is in
whose place. A device's parent is told by DEVPKEY_Device_LastKnownParent, else by the controller whose
ParentIdPrefix its instance begins with.
"""

import re
from collections.abc import Iterable, Iterator
from typing import Literal
from weakref import WeakKeyDictionary

from msgspec import structs

from vaudit import procfs
from vaudit.evidence.source import DEVICES, Source
from vaudit.facts.values import Value
from vaudit.facts.windows import inventory
from vaudit.facts.windows.keys import CONTROL, CONTROL_SET, SERVICES, SYSTEM, Key, is_whole, read, words
from vaudit.model.facts import Package

ENUM = f"{CONTROL_SET}\\Enum"
PASSED_OVER = (
    "SWD", "HID", "BTH", "BTHENUM", "BTHLE", "DISPLAY", "FDC", "HDAUDIO", "HTREE", "LPTENUM", "STORAGE", "SW",
    "UMB", "WPDBUSENUMROOT", "PRINTENUM", "SERENUM", "USBPRINT", "INTELAUDIO",
)  # fmt: skip
"""Buses on which nothing lies that an audit speaks of, but names that people gave."""
MAX_DEVICES = 5000
"""Devices that are looked at; old machines remember some 1,000."""
DISK, NET = "{4d36e967-e325-11ce-bfc1-08002be10318}", "{4d36e972-e325-11ce-bfc1-08002be10318}"
SCSI, IDE = "{4d36e97b-e325-11ce-bfc1-08002be10318}", "{4d36e96a-e325-11ce-bfc1-08002be10318}"
SYSTEM_CLASS, DISPLAY = "{4d36e97d-e325-11ce-bfc1-08002be10318}", "{4d36e968-e325-11ce-bfc1-08002be10318}"
VOLUME = "{71a27cdd-812a-11d0-bec7-08002be2092f}"
_DATES = "{83da6326-97a6-4088-9453-a1923f573b29}"
_INSTALLED, _ARRIVAL, _REMOVAL, _PARENT = 0x64, 0x66, 0x67, 0x0A
_SLOTS = ("PCI", "SCSI", "IDE")
"""Buses on which two devices with one instance id can only have been there one after the other."""
_ROOT_BUS = ("ACPI\\PNP0A03\\", "ACPI\\PNP0A08\\", "ACPI_HAL\\")
_MINUTE = 60 * 10**7
"""Of FILETIME: the root bus itself arrives a moment later than the tree begins."""
_SOFT = ("ROOT", "SW")
"""Buses of software, on which nothing arrives anew."""
_NEVER = 0x20 | 0x40
"""CONFIGFLAG_NEEDS_FORCED_CONFIG, CONFIGFLAG_FAILEDINSTALL: it was met, and never installed."""
_DISABLED = 1
_PCI = re.compile(r"(?i)PCI\\VEN_([0-9A-F]{4})&DEV_([0-9A-F]{4})(?:&SUBSYS_([0-9A-F]{4})([0-9A-F]{4}))?")

Absence = Literal["", "removed", "replaced", "not-installed", "disabled"]


class Device(Value, frozen=True, kw_only=True):
    """An instance below Enum."""

    instance: str
    r"""PCI\VEN_8086&DEV_2922&SUBSYS_11001AF4&REV_02\3&13c0b0c5&0&FA"""
    bus: str
    """The first part of it, in capital letters."""
    name: str
    service: str
    """What is bound to it; empty where nothing is."""
    class_: str
    """The GUID of its class, in lower case."""
    ids: list[str]
    """Hardware ids and compatible ones, the most exact first."""
    key: str
    """Of the driver in its class: {class}\\0001."""
    address: str
    """On PCI: 0000:00:1f.2; else empty."""
    prefix: str
    """How the instances of its children begin."""
    parent: str
    """The instance of its parent as Windows noted it, in lower case; empty where it did not."""
    removable: bool
    upper: tuple[str, ...] = ()
    """Services above its driver."""
    lower: tuple[str, ...] = ()
    installed: int | None
    """FILETIME."""
    arrival: int = 0
    """FILETIME; 0 where it is not told."""
    gone: Absence = ""
    shown: bool = False
    """Whether its dates tell that it is there; else nothing tells."""
    size: int | None = None
    """Bytes, of a disk; the registry does not tell."""
    number: int | None = None
    """Of a disk, as Windows counts them while it runs."""
    evidence: str

    @property
    def id(self) -> str:
        r"""In short: PCI\VEN_8086&DEV_2922."""
        found = _PCI.match(self.instance)
        return (
            f"PCI\\VEN_{found[1].upper()}&DEV_{found[2].upper()}"
            if found
            else self.instance.rpartition("\\")[0]
        )

    @property
    def pci(self) -> tuple[str, str, str, str] | None:
        """Vendor, device, subsystem's vendor and device, in lower case."""
        found = _PCI.match(self.instance)
        if not found:
            return None
        return found[1].lower(), found[2].lower(), (found[4] or "").lower(), (found[3] or "").lower()

    @property
    def pci_class(self) -> str:
        r"""Six digits, from an id such as PCI\VEN_8086&DEV_2922&CC_010601; empty where none tells."""
        for one in self.ids:
            _, mark, digits = one.upper().rpartition("CC_")
            if mark and len(digits) >= 4:
                return digits[:6].ljust(6, "0").lower()
        return ""


class Tree(Value, frozen=True):
    """All devices, and those that are there."""

    all: list[Device]
    there: list[Device]
    """Those of which nothing tells that they are gone or do not work."""
    parents: dict[str, Device]
    """By instance in lower case: the parent, where it is known."""
    cut: bool = False
    """Whether there may be more."""

    def above(self, device: Device) -> Iterator[Device]:
        """The devices on the way up from it."""
        seen = {device.instance.lower()}
        parent = self.parents.get(device.instance.lower())
        while parent and parent.instance.lower() not in seen:
            seen.add(parent.instance.lower())
            yield parent
            parent = self.parents.get(parent.instance.lower())

    def of_class(self, *classes: str) -> list[Device]:
        """Those that are there."""
        return [one for one in self.there if one.class_ in classes]


_TREES: WeakKeyDictionary[Source, Tree] = WeakKeyDictionary()
"""Made once of each source: every question about Windows goes to it."""


def tree(source: Source) -> Tree:
    """The devices of a machine; none where its registry does not tell."""
    found = _TREES.get(source)
    if found is None:
        found = _TREES[source] = _read(source)
    return found


def _read(source: Source) -> Tree:
    every: list[Device] = []
    lost: list[str] = []
    cut = False
    for key in _instances(source, lost):
        if len(every) == MAX_DEVICES:
            cut = True
            break
        every.append(_device(source, key))
    running = _running(source)
    if running:
        every = [_as_it_runs(one, running) for one in every]
    every = _numbered(source, every) or [_met(one) for one in inventory.met(source)]
    every = _one_in_a_place(_here_at_last_start(every))
    there = [one for one in every if not one.gone]
    return Tree(every, there, _parents(every, there), cut or bool(lost))


def _numbered(source: Source, every: list[Device]) -> list[Device]:
    """The disks with the numbers that a running Windows counts them by; its hives on the disk hold none."""
    counted = read(source, f"{SERVICES}\\disk\\Enum")
    numbers = {
        text.lower(): number
        for name, text in (counted.values.items() if counted else ())
        if isinstance(text, str) and (number := procfs.whole(name)) is not None
    }
    return [
        structs.replace(one, number=numbers[one.instance.lower()]) if one.instance.lower() in numbers else one
        for one in every
    ]


_HAS_PROBLEM = 0x400
"""DN_HAS_PROBLEM."""
_PROBLEMS: dict[int, Absence] = {1: "not-installed", 18: "not-installed", 28: "not-installed", 22: "disabled",
                                 29: "disabled", 45: "removed"}  # fmt: skip
"""CM_PROB_NOT_CONFIGURED, _REINSTALL, _FAILED_INSTALL; _DISABLED, _HARDWARE_DISABLED; _PHANTOM (cfg.h)."""


def _running(source: Source) -> dict[str, int]:
    """Of the devices that a running Windows has, by their instance in lower case: the problem, or 0."""
    found = {}
    for line in (source.call(DEVICES) or "").splitlines():
        instance, _, numbers = line.partition("\t")
        state, problem = (procfs.bits(word, 32) or 0 for word in f"{numbers}\t0".split("\t")[:2])
        found[instance.lower()] = problem if state & _HAS_PROBLEM else 0
    return found


def _as_it_runs(one: Device, running: dict[str, int]) -> Device:
    """What a running Windows says of its device, over what the registry remembers of it."""
    problem = running.get(one.instance.lower())
    if problem is None:
        return one if one.gone == "not-installed" else _gone(one, "removed")
    gone = _PROBLEMS.get(problem, "")
    return structs.replace(one, gone=gone, shown=not gone)


_CLASSES = {"disk": DISK, "network": NET, "controller": SCSI, "ide": IDE, "other": ""}


def _met(one: inventory.Met) -> Device:
    """A device that others wrote down, who write nothing of its parent and its dates."""
    bus = one.instance.partition("\\")[0].upper()
    return Device(
        instance=one.instance,
        bus=bus,
        name=one.name or one.instance,
        service=one.service,
        class_=_CLASSES[one.sort],
        ids=[],
        key="",
        address=_root_bus(one.instance),
        prefix="",
        parent="",
        removable=False,
        installed=None,
        shown=True,
        size=one.size if one.sort == "disk" else None,
        number=one.number if one.sort == "disk" else None,
        evidence=one.evidence,
    )


def _instances(source: Source, lost: list[str]) -> Iterator[Key]:
    """Every instance; `lost` takes the keys of which a part could not be read."""
    for bus in _listed(source, ENUM, lost):
        if bus.upper() in PASSED_OVER:
            continue
        for device in _listed(source, f"{ENUM}\\{bus}", lost):
            if not device.upper().startswith("LEGACY_"):
                place = f"{ENUM}\\{bus}\\{device}"
                for instance in _listed(source, place, lost):
                    if found := read(source, f"{place}\\{instance}"):
                        yield found


def _listed(source: Source, path: str, lost: list[str]) -> list[str]:
    if not is_whole(source, path):
        lost.append(path)
    return _names(source, path)


def _names(source: Source, path: str) -> list[str]:
    found = read(source, path)
    return found.subkeys if found else []


def _device(source: Source, key: Key) -> Device:
    instance = key.path.removeprefix(f"{ENUM}\\")
    properties = _properties(source, key)
    arrival, removal = _time(properties.get(_ARRIVAL)), _time(properties.get(_REMOVAL))
    flags = key.number("ConfigFlags") or 0
    gone: Absence = ""
    if removal and removal > (arrival or 0):
        gone = "removed"
    elif flags & _NEVER and not key.text("Driver"):
        gone = "not-installed"
    elif flags & _DISABLED:
        gone = "disabled"
    bus = instance.partition("\\")[0].upper()
    parent = properties.get(_PARENT)
    return Device(
        instance=instance,
        bus=bus,
        name=words(key.text("FriendlyName")) or words(key.text("DeviceDesc")) or instance,
        service=key.text("Service"),
        class_=key.text("ClassGUID").lower(),
        ids=[*key.texts("HardwareID"), *key.texts("CompatibleIDs")],
        key=key.text("Driver"),
        address=_address(key.text("LocationInformation")) if bus == "PCI" else "",
        prefix=key.text("ParentIdPrefix"),
        parent=parent.text("").lower() if parent else "",
        removable=bool((key.number("Capabilities") or 0) & 4),
        upper=tuple(key.texts("UpperFilters")),
        lower=tuple(key.texts("LowerFilters")),
        installed=_time(properties.get(_INSTALLED)),
        arrival=arrival or 0,
        gone=gone,
        shown=arrival is not None and not gone,
        evidence=key.id,
    )


def _properties(source: Source, key: Key) -> dict[int, Key]:
    """The dates and the parent: in keys of their own since Windows 8, before that in a subkey of those."""
    if "properties" not in (name.lower() for name in key.subkeys):
        return {}
    place = f"{key.path}\\Properties\\{_DATES}"
    found = {}
    for name in _names(source, place):
        number = procfs.bits(name, 32)
        if number in (_INSTALLED, _ARRIVAL, _REMOVAL, _PARENT):
            inner = "\\00000000" if len(name) == 8 else ""
            if held := read(source, f"{place}\\{name}{inner}"):
                found[number] = held
    return found


def _time(key: Key | None) -> int | None:
    if not key:
        return None
    return key.number("") if "" in key.values else key.number("Data")


def _address(location: str) -> str:
    """`PCI bus 0, device 31, function 2` in whatever language, or `@…;PCI bus %1 …;(0,31,2)`."""
    numbers = re.findall(r"\d+", location.rpartition(";")[2])
    if len(numbers) < 3:
        return ""
    bus, device, function = (procfs.whole(one) or 0 for one in numbers[-3:])
    if bus > 0xFF or device > 0x1F or function > 7:
        return ""
    return f"0000:{bus:02x}:{device:02x}.{function}"


_ON_ROOT = re.compile(r"(?i)PCI\\[^\\]+\\3&[0-9a-f]+&\d+&([0-9a-f]{2})$")
"""An instance on the first bus of PCI: behind the bus, two digits for device and function."""


def _root_bus(instance: str) -> str:
    """The address on the first bus, from an instance alone; empty of devices behind bridges."""
    found = _ON_ROOT.match(instance)
    number = procfs.bits(found[1], 8) if found else None
    return "" if number is None else f"0000:00:{number >> 3:02x}.{number & 7}"


def _here_at_last_start(every: list[Device]) -> list[Device]:
    """Every start makes hardware arrive anew, from the root of its bus on: what did not was not there."""
    roots = (one.arrival for one in every if one.instance.upper().startswith(_ROOT_BUS))
    started = max(roots, default=0) - _MINUTE
    return [
        _gone(one, "removed") if not one.gone and one.bus not in _SOFT and 0 < one.arrival < started else one
        for one in every
    ]


def _one_in_a_place(every: list[Device]) -> list[Device]:
    """Of several devices in one place the one that was installed last is there, if any is."""
    places: dict[tuple[str, str], list[Device]] = {}
    for one in every:
        instance = one.instance.rpartition("\\")[2].lower()
        if one.bus in _SLOTS and instance[1:2] == "&" and not one.gone:
            kind = one.instance.split("\\")[1][:4].lower() if one.bus != "PCI" else ""
            places.setdefault((one.bus + kind, instance), []).append(one)
    replaced = set()
    for rivals in places.values():
        last = max(rivals, key=lambda one: (one.shown, one.installed or 0, bool(one.service)))
        equal = [one for one in rivals if (one.shown, one.installed) == (last.shown, last.installed)]
        if len(equal) == 1 and (last.shown or last.installed):
            replaced |= {one.instance for one in rivals if one is not last}
    return [_gone(one, "replaced") if one.instance in replaced else one for one in every]


def _gone(one: Device, how: Absence) -> Device:
    return structs.replace(one, gone=how, shown=False)


def _parents(every: Iterable[Device], there: list[Device]) -> dict[str, Device]:
    by_instance = {one.instance.lower(): one for one in every}
    prefixes = {one.prefix.lower(): one for one in every if one.prefix}
    prefixes.update({one.prefix.lower(): one for one in there if one.prefix})
    found = {}
    for one in every:
        instance = one.instance.rpartition("\\")[2].lower()
        parent = by_instance.get(one.parent) or _by_prefix(prefixes, instance)
        if parent and parent is not one:
            found[one.instance.lower()] = parent
    return found


def _by_prefix(prefixes: dict[str, Device], instance: str) -> Device | None:
    """The longest prefix that an instance begins with, up to an ampersand."""
    while "&" in instance:
        instance = instance.rpartition("&")[0]
        if instance in prefixes:
            return prefixes[instance]
    return None


def only_controller(found: Tree, device: Device) -> Device | None:
    """Of disks that are told apart by serial numbers the only controller of their bus that there is.

    Disks of AHCI are on the bus SCSI too, and their controller is of the class of IDE's.
    """
    if device.bus not in ("IDE", "SCSI", "PCIIDE"):
        return None
    there = _controllers(found, IDE if device.bus in ("IDE", "PCIIDE") else SCSI)
    if not there and device.bus == "SCSI":
        there = _controllers(found, IDE)
    return there[0] if len(there) == 1 else None


def _controllers(found: Tree, class_: str) -> list[Device]:
    return [one for one in found.of_class(class_) if one.bus not in ("PCIIDE", "ROOT")]


def package(source: Source, device: Device) -> Package | None:
    """What the driver of a device was installed from."""
    if not device.key:
        return None
    found = read(source, f"{CONTROL}\\Class\\{device.key}")
    if not found:
        return None
    return Package(
        provider=words(found.text("ProviderName")) or None,
        version=found.text("DriverVersion") or None,
        date=_date(found.text("DriverDate")),
        inf=found.text("InfPath") or None,
        signed=_signed(source, found.text("InfPath")),
    )


_STORE = f"{SYSTEM}\\DriverDatabase"
_UNSIGNED = 0x80000000
"""SIGNERSCORE_UNSIGNED (setupapi.h); what is signed has a lower score."""


def _signed(source: Source, inf: str) -> bool | None:
    """Of what others than Microsoft brought, since Windows 8: whether its package in the store is signed."""
    if not inf.lower().startswith("oem"):
        return None
    listed = read(source, f"{_STORE}\\DriverInfFiles\\{inf}")
    name = (listed.text("Active") or listed.text("")) if listed else ""
    held = read(source, f"{_STORE}\\DriverPackages\\{name}") if name else None
    score = held.number("SignerScore") if held else None
    return None if score is None else score & 0xFFFFFFFF < _UNSIGNED


def _date(text: str) -> str | None:
    """Month-day-year, as INF files have it."""
    parts = [procfs.whole(one) for one in re.split(r"[-/]", text)]
    if len(parts) != 3 or None in parts:
        return None
    month, day, year = (one or 0 for one in parts)
    return (
        f"{year:04}-{month:02}-{day:02}" if 0 < month < 13 and 0 < day < 32 and 1980 < year < 2200 else None
    )
