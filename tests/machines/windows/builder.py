r"""Makes the registry of a Windows machine of its few words, as a hive, a .reg file and a dump.

All three are written from the same keys. What Windows writes for every device alike stands here, what differs
in devices.py and made.py. Dates are those of a machine that started once, and that lost some devices before.
"""

from collections.abc import Iterator

from tests.machines.windows import hives
from tests.machines.windows.broken import ALL
from tests.machines.windows.devices import DRIVERS, FILTERS, FIRMWARE, INBOX, NET, STORE, Device, Driver
from tests.machines.windows.made import Made
from vaudit.evidence import dump
from vaudit.evidence.hive import Hive
from vaudit.evidence.offline import Offline
from vaudit.evidence.recorder import Recorder
from vaudit.evidence.registry import BINARY, DWORD, EXPAND_SZ, MULTI_SZ, NAMES, SZ, RegistryValue, encoded
from vaudit.facts.collect import collect

Keys = dict[str, list[RegistryValue]]
SET, UUID = "ControlSet001", "{9f2b8a52-7f0c-4a43-9a56-0c2f4f1d7e11}"
_FILETIME, _TEXT = 0xFFFF0010, 0xFFFF0012
_DATES = "Properties\\{83da6326-97a6-4088-9453-a1923f573b29}"
START, DAY = hives.WRITTEN - 10**12, 864_000_000_000
"""FILETIME of the last start, and a day."""


def keys(name: str) -> Keys:
    """All keys of a machine of made.py, below HKLM\\SYSTEM."""
    made = ALL[name]
    found: Keys = {
        "Select": [_number("Current", 1), _number("Default", 1), _number("LastKnownGood", 1)],
        f"{SET}\\Control": [_text("SystemStartOptions", made.options or "NOEXECUTE=OPTIN")],
        f"{SET}\\Control\\Session Manager\\Environment": [_text("PROCESSOR_ARCHITECTURE", "AMD64")],
        f"{SET}\\Control\\Session Manager\\Power": [_number("HiberbootEnabled", 1)],
        f"{SET}\\Control\\Power": [_number("HibernateEnabled", 0)],
        f"{SET}\\Services\\partmgr\\Parameters": [_number("SanPolicy", 1)],
        **dict(_firmware(made)),
        **dict(_class_filters(made)),
        **dict(_store(made)),
        "MountedDevices": [_mounted(made)],
    }
    instances = {one.id: _instance(one) for one in made.devices}
    found.update(
        _device(
            Device("ACPI\\PNP0A03\\0", "pci", name="PCI Bus"), "ACPI\\PNP0A03\\0", {}, 9000, DRIVERS["pci"]
        )
    )
    for number, one in enumerate(made.devices):
        driver = made.packages.get(one.service) or DRIVERS.get(one.service)
        found.update(_device(one, instances[one.id], instances, number, driver))
    for service in dict.fromkeys([*INBOX, *made.also, *(one.service for one in made.devices if one.service)]):
        found.update(_service(service, made))
    for number, one in enumerate(one for one in made.devices if one.class_ == NET):
        found.update(_connection(instances[one.id], number, one.id in made.static))
    for path, numbers in made.also_keys.items():
        kept = [one for one in found.get(f"{SET}\\{path}", []) if one.name not in numbers]
        found[f"{SET}\\{path}"] = [*kept, *(_number(name, number) for name, number in numbers.items())]
    return found


def _class_filters(made: Made) -> Iterator[tuple[str, list[RegistryValue]]]:
    """By class: those of every Windows, and this one's own behind them."""
    classes: dict[str, list[RegistryValue]] = {}
    own = {tuple(name.split("\\")): services for name, services in made.filters.items()}
    for class_, place in dict.fromkeys([*FILTERS, *own]):
        services = [*FILTERS.get((class_, place), ()), *own.get((class_, place), ())]
        classes.setdefault(class_, []).append(RegistryValue(place, MULTI_SZ, services))
    for class_, values in classes.items():
        yield f"{SET}\\Control\\Class\\{class_}", values


def _store(made: Made) -> Iterator[tuple[str, list[RegistryValue]]]:
    """The driver store: which INF serves which id, and whether somebody signed it."""
    known = STORE | dict(made.store)
    for one in made.devices:
        if one.slot and one.service and one.service not in INBOX:
            vendor, device, *_ = one.id.split(":")
            known.setdefault(f"PCI\\VEN_{vendor}&DEV_{device}".upper(), DRIVERS[one.service].inf)
    for place, inf in known.items():
        found = RegistryValue(inf, BINARY, b"\x01\xff\0\0")
        yield f"DriverDatabase\\DeviceIds\\{place}", [found]
    for inf in sorted({inf for inf in known.values() if inf.startswith("oem")} | set(made.unsigned)):
        package = f"{inf}_amd64_0123456789abcdef"
        yield f"DriverDatabase\\DriverInfFiles\\{inf}", [_text("Active", package)]
        score = 0x80000000 if inf in made.unsigned else 0x0D000005
        yield f"DriverDatabase\\DriverPackages\\{package}", [_number("SignerScore", score)]


def _mounted(made: Made) -> RegistryValue:
    """Where drive C lies: of GPT the id of its partition, of MBR the disk's signature and an offset."""
    gpt = made.gpt or made.firmware == "hyperv"
    note = b"DMIO:ID:" + bytes(range(16)) if gpt else b"\x3e\xa0\xbe\x5c" + (1 << 20).to_bytes(8, "little")
    return RegistryValue("\\DosDevices\\C:", BINARY, note)


def _connection(instance: str, number: int, fixed: bool) -> Iterator[tuple[str, list[RegistryValue]]]:
    """What Windows keeps of a card: its name, and whether it asks for its address."""
    guid = f"{{C1795443-FD81-4EF2-A1E0-565057BB89{number:02X}}}"
    yield (
        f"{SET}\\Control\\Network\\{NET.upper()}\\{guid}\\Connection",
        [_text("Name", f"Ethernet {number}"), _text("PnPInstanceId", instance.lower())],
    )
    yield (
        f"{SET}\\Services\\Tcpip\\Parameters\\Interfaces\\{guid}",
        [
            _number("EnableDHCP", 0 if fixed else 1),
            *([RegistryValue("IPAddress", MULTI_SZ, [f"192.0.2.{7 + number}"])] if fixed else []),
        ],
    )


def _firmware(made: Made) -> Iterator[tuple[str, list[RegistryValue]]]:
    values = dict(FIRMWARE[made.firmware])
    bios = values.pop("bios")
    yield "HardwareConfig", [_text("LastConfig", UUID), _number("LastId", 0)]
    yield (
        f"HardwareConfig\\{UUID}",
        [
            _number("Id", 0),
            RegistryValue("SystemBiosVersion", MULTI_SZ, [bios, values["BIOSVersion"]]),
            *(_text(name, value) for name, value in values.items()),
        ],
    )


def _instance(one: Device) -> str:
    """Where a device lies below Enum."""
    if one.slot is None:
        return one.id
    vendor, device, subvendor, subdevice, _ = one.id.split(":")
    id_ = f"PCI\\VEN_{vendor}&DEV_{device}&SUBSYS_{subdevice}{subvendor}&REV_00".upper()
    return f"{id_}\\3&13c0b0c5&0&{one.slot[1] << 3 | one.slot[2]:02X}"


def _device(
    one: Device, instance: str, instances: dict[str, str], number: int, driver: Driver | None = None
) -> Iterator[tuple[str, list[RegistryValue]]]:
    place, key = f"{SET}\\Enum\\{instance}", f"{one.class_}\\{number:04}"
    values = [
        _text("DeviceDesc", f"@some.inf,%desc%;{one.name}"),
        _text("ClassGUID", one.class_),
        _number("ConfigFlags", 1 if one.state == "disabled" else 0),
    ]
    if driver:
        values += [_text("Service", one.service), _text("Driver", key)]
        yield (
            f"{SET}\\Control\\Class\\{key}",
            [
                _text("ProviderName", driver.provider), _text("DriverVersion", driver.version),
                _text("DriverDate", driver.date), _text("InfPath", driver.inf), _text("DriverDesc", one.name),
            ],
        )  # fmt: skip
    if one.lower:
        values.append(RegistryValue("LowerFilters", MULTI_SZ, list(one.lower)))
    if one.slot:
        ids = instance.split("\\")[1].rpartition("&REV")[0].rpartition("&SUBSYS")[0]
        bus = "@System32\\drivers\\pci.sys,#65536;PCI bus %1, device %2, function %3;"
        values += [
            _text("LocationInformation", f"{bus}({','.join(map(str, one.slot))})"),
            RegistryValue("CompatibleIDs", MULTI_SZ, [f"PCI\\{ids}", f"PCI\\CC_{one.id.split(':')[4]}"]),
        ]
    yield place, values
    arrived = START - 10 * DAY if one.state == "removed" else START + number
    yield f"{place}\\{_DATES}\\0064", [_time(START - 20 * DAY)]
    yield f"{place}\\{_DATES}\\0066", [_time(arrived)]
    if one.state == "removed":
        yield f"{place}\\{_DATES}\\0067", [_time(START - DAY)]
    if one.parent:
        yield (
            f"{place}\\{_DATES}\\000A",
            [RegistryValue("", _TEXT, f"{instances[one.parent]}\0".encode("utf-16-le"))],
        )


def _service(name: str, made: Made) -> Iterator[tuple[str, list[RegistryValue]]]:
    driver = DRIVERS[name]
    place, start = f"{SET}\\Services\\{name}", made.starts.get(name, driver.start)
    yield (
        place,
        [
            _number("Type", 1), _number("Start", start),
            RegistryValue("ImagePath", EXPAND_SZ, f"\\SystemRoot\\System32\\drivers\\{name}.sys"),
            *([_text("Group", driver.group)] if driver.group else []),
        ],
    )  # fmt: skip
    used = any(one.service == name for one in made.devices) or name not in INBOX or name in _NEEDED
    override = made.overrides.get(name, 3 if start == 0 and not used else None)
    if override is not None:
        yield f"{place}\\StartOverride", [_number("0", override)]


_NEEDED = tuple(name for services in FILTERS.values() for name in services)


def _text(name: str, text: str) -> RegistryValue:
    return RegistryValue(name, SZ, text)


def _number(name: str, number: int) -> RegistryValue:
    return RegistryValue(name, DWORD, number)


def _time(filetime: int) -> RegistryValue:
    return RegistryValue("", _FILETIME, filetime.to_bytes(8, "little"))


# the three forms


def hive(name: str) -> bytes:
    """As SYSTEM lies on a disk."""
    return hives.hive(keys(name))


def recorded(name: str) -> str:
    """As `vaudit record` writes what a scan asks of the hive."""
    recorder = Recorder(Offline(name, {"system": Hive(hive(name))}, []))
    collect(recorder)
    return dump.write(recorder.entries, {"time": recorder.taken})


def reg(name: str) -> str:
    """As `reg export HKLM\\SYSTEM` writes it."""
    lines = ["Windows Registry Editor Version 5.00", ""]
    held = keys(name)
    for key in list(held):
        parts = key.split("\\")
        for depth in range(1, len(parts)):  # keys without values stand in it too
            held.setdefault("\\".join(parts[:depth]), [])
    for path, values in sorted({"": [], **held}.items()):
        lines.append(f"[HKEY_LOCAL_MACHINE\\SYSTEM\\{path}".rstrip("\\") + "]")
        lines += [f"{_quoted(one.name)}={_written(one)}" for one in values]
        lines.append("")
    return "\r\n".join(lines)


def _quoted(name: str) -> str:
    return '"' + name.replace("\\", "\\\\").replace('"', '\\"') + '"' if name else "@"


def _written(value: RegistryValue) -> str:
    if value.type == SZ and isinstance(value.data, str):
        return _quoted(value.data) if value.data else '""'
    if value.type == DWORD and isinstance(value.data, int):
        return f"dword:{value.data:08x}"
    sort = "hex" if NAMES.get(value.type) == "REG_BINARY" else f"hex({value.type:x})"
    return f"{sort}:{encoded(value.type, value.data).hex(',')}"
