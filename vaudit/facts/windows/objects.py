"""Windows as others wrote it down, as objects: values of WMI, JSON of Get-PnpDevice and ohai, msinfo32's and
other programs' texts, the log of its setup.

An object has a class, or the section that it stands in, and values. What they say of devices is read by
inventory.py, of the machine by machine.py.
"""

import itertools
from collections.abc import Callable, Iterator
from typing import Any
from weakref import WeakKeyDictionary

import msgspec

from vaudit import procfs, systeminfo
from vaudit.evidence.source import Source
from vaudit.facts.ask import output_id
from vaudit.facts.windows import printed
from vaudit.systeminfo import decoded

WMI, MSINFO, PNP, SETUP, OHAI = "wmi", "msinfo32", "Get-PnpDevice", "setupapi", "ohai"
MAX_OBJECTS, MAX_VALUES = 2000, 200
"""Objects that are looked at, and values of each."""
Values = printed.Values
"""Of one object: its properties, in lower case and without blanks."""
_MARK = "class: "
MOST, _HEAD = 8 << 20, 4096
"""Bytes that are looked at: of a log its head and its end, where the newest stands."""

_OBJECTS: WeakKeyDictionary[Source, list[tuple[str, Values, str]]] = WeakKeyDictionary()


def objects(source: Source) -> list[tuple[str, Values, str]]:
    """Each object by its class, or by the section of msinfo32 that it stands in, and the evidence."""
    found = _OBJECTS.get(source)
    if found is None:
        found = _OBJECTS[source] = list(itertools.islice(_read(source), MAX_OBJECTS))
    return found


def _read(source: Source) -> Iterator[tuple[str, Values, str]]:
    for program, reader in _READERS.items():
        entry = source.held("run", program)
        data = entry.data if entry else b""
        if isinstance(data, bytes) and data:
            if len(data) > MOST:
                data = data[:_HEAD] + data[-MOST + _HEAD :] if program == SETUP else data[:MOST]
            for kind, values in reader(decoded(data, MOST)):
                yield kind, values, output_id(program)


def _of_wmi(text: str) -> Iterator[tuple[str, Values]]:
    """`Property=Value` of wmic or `Property : Value` of Format-List, objects with blank lines between them,
    files with a line that names the class."""
    kind, values, depth = "", Values(), 0
    for line in [*procfs.lines(text), ""]:
        if line.startswith(_MARK):
            kind = line.removeprefix(_MARK).strip()
            continue
        before = len(line) - len(line.lstrip(" "))
        if values and line.strip() and before > depth:
            continue  # a long value goes on
        depth = before
        name, value = _property(line)
        if values and (not name or name in values):
            yield from _object(kind, values)
            values = Values()
        if name and len(values) < MAX_VALUES:
            values[name] = value.replace("&amp;", "&")[:1000]
    if values:
        yield from _object(kind, values)


def _property(line: str) -> tuple[str, str]:
    """Name in lower case and value; empty where the line is none."""
    first = min((at for at in (line.find("="), line.find(":")) if at > 0), default=0)
    name = line[:first].strip()
    return (name.lower(), line[first + 1 :].strip()) if name.isidentifier() else ("", "")


def _object(kind: str, values: Values) -> Iterator[tuple[str, Values]]:
    if kind == COMPUTER_INFO:
        yield from printed.of_computer_info(values)
    elif "instanceid" in values and "friendlyname" in values:
        if values.get("status", "").lower() != "unknown":
            renamed = {_RENAMED.get(key, key): text for key, text in values.items()}
            yield _CLASSES.get(values.get("class", "").lower(), ENTITY), renamed
    else:
        yield _class(kind, values), values


def _class(kind: str, values: Values) -> str:
    """As the object says itself, or what it has tells, else as its file was taken for."""
    told = values.get("creationclassname", "") or values.get("__class", "")
    if told.startswith(("Win32_", "MSFT_")):
        return told
    return next((name for name, has in _SHAPES if all(one in values for one in has)), kind)


COMPUTER_INFO = "ComputerInfo"
CONFIGURED = "Win32_NetworkAdapterConfiguration"
_SHAPES = (
    ("Win32_DiskDrive", ("model", "partitions")),
    ("Win32_NetworkAdapter", ("servicename", "adaptertype")),
    (CONFIGURED, ("servicename", "dhcpenabled", "description")),
    ("Win32_Processor", ("maxclockspeed", "socketdesignation")),
    ("Win32_BIOS", ("smbiosbiosversion", "manufacturer")),
    ("Win32_ComputerSystem", ("manufacturer", "model", "domain")),
)
"""What PowerShell shows of an object where nobody asks for more, which tells its class."""


def _of_msinfo(text: str) -> Iterator[tuple[str, Values]]:
    """`Item<tab>Value` in sections; what begins anew with a property that was there is another object."""
    kind, values = "", Values()
    is_elsewhere, told = systeminfo.is_msinfo_elsewhere(text), False
    for raw in [*systeminfo.first_page(text), "[]"]:
        line = raw.lstrip(_QUOTED)
        if kind in ("", printed.PAGE):
            line = systeminfo.of_msinfo(line) if is_elsewhere else systeminfo.with_tab(line)
        if line.startswith("["):
            if values:
                yield kind, values
            kind, values = line.strip("[] \r"), Values()
            if is_elsewhere and kind not in _SECTIONS:
                kind = _ELSEWHERE if told else ""  # the first section is the first page, whatever its name
            continue
        if not kind and line.startswith(_FIRST_OF_MSINFO):
            kind, told = printed.PAGE, True  # people copy the first page alone, without its heading
        if kind not in _SECTIONS:
            continue
        if kind == DRIVERS:
            cells = [cell.strip() for cell in line.split("\t")]
            if len(cells) > _STATE_AT and cells[0] != "Name":
                yield kind, {"name": cells[0], "start": cells[_START_AT], "state": cells[_STATE_AT]}
            continue
        name, sign, value = line.partition("\t")
        key = "".join(name.lower().split())
        if values and (not line.strip() or key in values):
            yield kind, values
            values = Values()
        if (sign or key.startswith(printed.RUNS_ALREADY)) and key and len(values) < MAX_VALUES:
            values[key] = value.strip()[:1000]


_QUOTED = " >|*`"
"""What a mail or a page puts before a line; tabs stand between its cells."""
_ELSEWHERE = "a section in another language"
_FIRST_OF_MSINFO = ("OS Name\t", "System Manufacturer\t", "System Model\t")


ENTITY, SIGNED = printed.ENTITY, "Win32_PnPSignedDriver"
_CLASSES = {
    **printed.CLASSES, "drives": "Win32_DiskDrive", "disks": "Win32_DiskDrive",
    "win32_diskdrive": "Win32_DiskDrive", "win32_networkadapter": "Win32_NetworkAdapter",
    "win32_computersystem": "Win32_ComputerSystem", "computersystem": "Win32_ComputerSystem",
    "win32_bios": "Win32_BIOS", "bios": "Win32_BIOS", "win32_operatingsystem": "Win32_OperatingSystem",
    "os": "Win32_OperatingSystem", "operatingsystem": "Win32_OperatingSystem",
    **dict.fromkeys(("networkadapters", "network_adapters", "nics"), "Win32_NetworkAdapter"),
    **dict.fromkeys(("baseboard", "motherboard"), "Win32_BaseBoard"),
    **dict.fromkeys(("win32_processor", "processor", "processors", "cpu", "cpus"), "Win32_Processor"),
}  # fmt: skip
"""Device classes, and how scripts that ask WMI call what they write."""
_RENAMED = {"instanceid": "pnpdeviceid", "friendlyname": "name", "service": "servicename"}
"""Get-PnpDevice's properties, and WMI's."""
_TOLD_BY = {
    "interfacedescription": "Win32_NetworkAdapter", "partitionstyle": "Win32_DiskDrive",
    "instanceid": ENTITY, "pnpdeviceid": ENTITY,
}  # fmt: skip
"""Properties that tell what an object is whose class has no name here: the first that is there counts."""
_FIRMWARE = {
    "bios_vendor": ("Win32_BIOS", "manufacturer"), "bios_version": ("Win32_BIOS", "smbiosbiosversion"),
    "product_name": ("Win32_ComputerSystem", "model"),
    "sys_vendor": ("Win32_ComputerSystem", "manufacturer"),
}  # fmt: skip
"""SMBIOS' fields as inventories call them."""
MAX_DEPTH = 8


def _of_json(text: str) -> Iterator[tuple[str, Values]]:
    """The objects in JSON, by their class or the name that they stand under."""
    try:
        pending: list[tuple[str, Any, int]] = [("", msgspec.json.decode(text.lstrip("\ufeff")), 0)]
    except (msgspec.DecodeError, RecursionError):
        return
    while pending:
        name, found, depth = pending.pop()
        if isinstance(found, list) and depth < MAX_DEPTH:
            pending += [(name, one, depth + 1) for one in found[:MAX_OBJECTS]]
        elif isinstance(found, dict):
            pending += [
                (str(key), one, depth + 1)
                for key, one in found.items()
                if isinstance(one, dict | list) and depth < MAX_DEPTH
            ]
            yield from _of_object(name, found)


def _of_ohai(text: str) -> Iterator[tuple[str, Values]]:
    """WMI's objects in ohai's JSON, whose properties it writes as `pnp_device_id`."""
    try:
        found = msgspec.json.decode(text)
    except (msgspec.DecodeError, RecursionError):
        return
    found = _inner(found, "automatic") or found  # as Chef keeps it of a node
    kernel = _inner(found, "kernel")
    yield "Win32_ComputerSystem", _renamed(_inner(kernel, "cs_info"))
    yield "Win32_OperatingSystem", _renamed(_inner(kernel, "os_info"))
    for one in _inner(kernel, "pnp_drivers").values():
        values = _renamed(one)
        values["pnpdeviceid"] = values.pop("deviceid", "")
        yield SIGNED, values
    for one in _inner(_inner(found, "network"), "interfaces").values():
        yield "Win32_NetworkAdapter", _renamed(_inner(one, "instance"))


def _inner(found: Any, name: str) -> dict[str, Any]:
    """An object in an object; empty where there is none."""
    inner = found.get(name) if isinstance(found, dict) else None
    return inner if isinstance(inner, dict) else {}


def _renamed(found: Any) -> Values:
    """The texts and numbers of an object, by the names that WMI has for them."""
    told = found.items() if isinstance(found, dict) else ()
    return {
        str(key).replace("_", "").lower(): str(one)[:1000]
        for key, one in told
        if isinstance(one, str) or type(one) is int
    }


_NUMBERS = (
    "Size", "Number", "Index", "TotalPhysicalMemory", "ConfigManagerErrorCode", "NumberOfCores",
    "NumberOfLogicalProcessors", "Architecture",
)  # fmt: skip
"""Properties that JSON has as numbers."""


_SWITCHES = ("VMMonitorModeExtensions",)


def _of_object(name: str, found: dict[str, Any]) -> Iterator[tuple[str, Values]]:
    """None of a device that is not there."""
    texts = {str(key).lower(): one.strip()[:1000] for key, one in found.items() if isinstance(one, str)}
    texts.update({key.lower(): str(found[key]) for key in _NUMBERS if type(found.get(key)) is int})
    texts.update({key.lower(): str(found[key]) for key in _SWITCHES if type(found.get(key)) is bool})
    if found.get("Present") is False or texts.get("status") == "Unknown":
        return
    for field, (kind, theirs) in _FIRMWARE.items():
        if field in texts:
            yield kind, {theirs: texts[field]}
    class_ = texts.get("class") or texts.get("pnpclass") or texts.get("creationclassname") or name
    kind = _CLASSES.get(class_.lower(), "") or next(
        (kind for key, kind in _TOLD_BY.items() if key in texts), ""
    )
    if kind:
        yield kind, {_RENAMED.get(key, key): text for key, text in texts.items()}


DRIVERS = "System Drivers"
_START_AT, _STATE_AT = 5, 6
"""Columns: Name, Description, File, Type, Started, Start Mode, State."""
_SECTIONS = (printed.PAGE, "Adapter", "Disks", "SCSI", "IDE", DRIVERS)


def first(values: Values, *names: str) -> str:
    return next((values[name] for name in names if values.get(name)), "")


LONGEST = 17
"""Digits of a number from which on it is none that Windows counts."""


def number(values: Values, *names: str) -> int | None:
    text = first(values, *names)
    return procfs.whole(text) if len(text) < LONGEST else None


INSTALLED = "setupapi"


def _of_log(text: str) -> Iterator[tuple[str, Values]]:
    """setupapi.dev.log: every device for which a driver was installed, and the system's version."""
    instance, service = "", ""
    for line in procfs.lines(text):
        told = line.strip()
        if told.startswith("OS Version = "):
            yield "Win32_OperatingSystem", {"version": told.removeprefix("OS Version = ").strip()}
        elif told.startswith(">>>  [Device Install"):
            instance, service = told.partition(" - ")[2].rstrip("]"), ""
        elif told.startswith("<<<  [Exit status: "):
            if instance and "SUCCESS" in told:
                yield INSTALLED, {"pnpdeviceid": instance[:400], "servicename": service[:100]}
            instance, service = "", ""
        elif instance and not service:
            service = _service(told)


_READERS: dict[str, Callable[[str], Iterator[tuple[str, Values]]]] = {
    WMI: _of_wmi, MSINFO: _of_msinfo, PNP: _of_json, OHAI: _of_ohai, SETUP: _of_log,
    "dxdiag": printed.of_dxdiag, "pnputil": printed.of_pnputil, "tables": printed.of_tables,
    "ipconfig": printed.of_ipconfig,
}  # fmt: skip
"""The program, and who reads what it wrote."""


def _service(line: str) -> str:
    """`Service Name  = x`, `AddService=x,0x2,…`, `{Add Service: x}`, `Created new service 'x'.`: each version
    of Windows writes another; empty where none is named."""
    for before, after in (("Service Name  = ", ""), (" AddService=", ","), ("{Add Service: ", "}")):
        _, mark, rest = line.partition(before)
        if mark and (name := (rest.partition(after)[0] if after else rest).strip()) != "<none>":
            return name
    created = "Created" in line or "Updated" in line
    return line.partition("service '")[2].partition("'")[0].strip() if created else ""
