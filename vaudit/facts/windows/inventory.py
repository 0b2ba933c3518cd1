"""Windows by values of WMI that others wrote down, by JSON of Get-PnpDevice and ohai, by msinfo32's text.

All name devices by the instances that the registry has, and so they are judged as the registry's are.
"""

import itertools
from collections.abc import Callable, Iterator
from typing import Any
from weakref import WeakKeyDictionary

import msgspec
from msgspec import structs

from vaudit import procfs, systeminfo
from vaudit.evidence.source import MEMORY, Source
from vaudit.facts.ask import output_id
from vaudit.facts.values import Processor, Value
from vaudit.facts.windows import printed
from vaudit.model.facts import Cpu, HwVirt, Memory
from vaudit.systeminfo import decoded

WMI, MSINFO, PNP, SETUP, OHAI = "wmi", "msinfo32", "Get-PnpDevice", "setupapi", "ohai"
MAX_OBJECTS, MAX_VALUES = 2000, 200
"""Objects that are looked at, and values of each."""
Values = dict[str, str]
"""Of one object: its properties, in lower case and without blanks."""
_MARK = "class: "
MOST, _HEAD = 8 << 20, 4096
"""Bytes that are looked at: of a log its head and its end, where the newest stands."""


class Met(Value, frozen=True):
    """A device that was written down."""

    instance: str
    name: str
    service: str
    sort: str
    """disk, network, controller, ide or other."""
    evidence: str
    size: int | None = None
    """Bytes, of a disk."""
    number: int | None = None
    """Of a disk, as Windows counts them."""


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
            yield _CLASSES.get(values.get("class", "").lower(), _ENTITY), renamed
    else:
        yield _class(kind, values), values


def _class(kind: str, values: Values) -> str:
    """As the object says itself, or what it has tells, else as its file was taken for."""
    told = values.get("creationclassname", "") or values.get("__class", "")
    if told.startswith(("Win32_", "MSFT_")):
        return told
    return next((name for name, has in _SHAPES if all(one in values for one in has)), kind)


COMPUTER_INFO = "ComputerInfo"
_CONFIGURED = "Win32_NetworkAdapterConfiguration"
_SHAPES = (
    ("Win32_DiskDrive", ("model", "partitions")),
    ("Win32_NetworkAdapter", ("servicename", "adaptertype")),
    (_CONFIGURED, ("servicename", "dhcpenabled", "description")),
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
        if kind == _DRIVERS:
            cells = [cell.strip() for cell in line.split("\t")]
            if len(cells) > _STATE_AT and cells[0] != "Name":
                yield kind, {"name": cells[0], "start": cells[_START_AT], "state": cells[_STATE_AT]}
            continue
        name, sign, value = line.partition("\t")
        key = "".join(name.lower().split())
        if values and (not line.strip() or key in values):
            yield kind, values
            values = Values()
        if (sign or key.startswith(_RUNS_ALREADY)) and key and len(values) < MAX_VALUES:
            values[key] = value.strip()[:1000]


_QUOTED = " >|*`"
"""What a mail or a page puts before a line; tabs stand between its cells."""
_ELSEWHERE = "a section in another language"
_FIRST_OF_MSINFO = ("OS Name\t", "System Manufacturer\t", "System Model\t")


_ENTITY, _SIGNED = "Win32_PnPEntity", "Win32_PnPSignedDriver"
_CLASSES = {
    "diskdrive": "Win32_DiskDrive", "net": "Win32_NetworkAdapter", "scsiadapter": "Win32_SCSIController",
    "hdc": "Win32_IDEController", "drives": "Win32_DiskDrive", "disks": "Win32_DiskDrive",
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
    "instanceid": _ENTITY, "pnpdeviceid": _ENTITY,
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
        yield _SIGNED, values
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


_DRIVERS = "System Drivers"
_START_AT, _STATE_AT = 5, 6
"""Columns: Name, Description, File, Type, Started, Start Mode, State."""
_SECTIONS = (printed.PAGE, "Adapter", "Disks", "SCSI", "IDE", _DRIVERS)
_NETS = ("Win32_NetworkAdapter", "MSFT_NetAdapter", "Adapter", _CONFIGURED)
_DISKS = ("Win32_DiskDrive", "MSFT_Disk", "MSFT_PhysicalDisk", "Disks")
_CONTROLLERS = ("Win32_SCSIController", "SCSI")
_IDE = ("Win32_IDEController", "IDE")
_OTHERS = (_ENTITY, _SIGNED, "Win32_VideoController", "Win32_SoundDevice", "Win32_USBController", "Display")
_NOT_THERE = ("22", "24", "45")
"""ConfigManagerErrorCode: switched off, not present, not connected (CM_PROB_DISABLED, _DEVICE_NOT_THERE,
_PHANTOM of cfg.h)."""
_BIOS, _COMPUTER = ("Win32_BIOS",), ("Win32_ComputerSystem", printed.PAGE)
_BOARD, _PRODUCT = ("Win32_BaseBoard",), ("Win32_ComputerSystemProduct",)
_SYSTEM = ("Win32_OperatingSystem",)


_NAMES = (
    "interfacedescription", "producttype", "model", "devicename", "name", "productname", "caption",
    "description",
)  # fmt: skip


def met(source: Source) -> list[Met]:
    """Disks, cards and controllers, each instance once; those without one by their names."""
    found: dict[str, Met] = {}
    for kind, values, evidence in objects(source):
        sort = _sort(kind, values)
        instance = values.get("pnpdeviceid", "") or _of_path(values.get("path", "")) or _unique(values)
        own = ("friendlyname", "name") if "bustype" in values else ()  # Get-Disk's model lacks its maker
        name = _first(values, *own, *_NAMES)
        if kind == _CONFIGURED and (not values.get("ipaddress") or _is_known(name, found)):
            continue  # of a card that is told already, or of none
        if sort in ("disk", "network") and not instance and name:
            instance = f"{_bus(name) if sort == 'disk' else NAMED}\\{name}\\{len(found)}"
        if sort and "\\" in instance and not instance.upper().startswith(_NO_VENDOR):
            known = found.get(instance.lower())
            told = values.get("servicename", "") or values.get("service", "")
            service = told or (known.service if known else _file(values))
            name = known.name if known else name
            sort = known.sort if known and sort == "other" else sort
            size, number = _number(values, "size"), _number(values, "index", "number")
            found[instance.lower()] = Met(instance, name, service, sort, evidence, size, number)
    return list(found.values())


def _unique(values: Values) -> str:
    """MSFT_Disk's UniqueId, where it is an instance with the system's name behind it."""
    instance, colon, _ = values.get("uniqueid", "").rpartition(":")
    return instance if colon and instance.count("\\") == 2 else ""


def _is_known(name: str, found: dict[str, Met]) -> bool:
    return any(one.sort == "network" and one.name == name for one in found.values())


NAMED = "NAMED"
"""Stands for the bus of a card of which nothing but its name was written down."""
_NO_VENDOR = "PCI\\VEN_0000"
"""No maker has the id 0: an instance that somebody made up, or blotted out."""
_SORTS = {
    **dict.fromkeys(_NETS, "network"), **dict.fromkeys(_DISKS, "disk"), **dict.fromkeys(_IDE, "ide"),
    **dict.fromkeys(_CONTROLLERS, "controller"), **dict.fromkeys(_OTHERS, "other"),
}  # fmt: skip
_GUIDS = {"{4d36e967": "disk", "{4d36e972": "network", "{4d36e97b": "controller", "{4d36e96a": "ide"}
"""How the GUIDs of classes begin (devguid.h)."""


def _sort(kind: str, values: Values) -> str:
    """Of what it is; empty where it is no device, or none that is there."""
    if values.get("present", "").upper() == "FALSE" or values.get("configmanagererrorcode") in _NOT_THERE:
        return ""
    sort = _GUIDS.get(values.get("classguid", "").lower()[:9], "") or _SORTS.get(kind, "")
    instance = values.get("pnpdeviceid", "").upper() if sort == "other" else ""
    return next((one for begin, one in _BEGINS.items() if instance.startswith(begin)), sort)


_BEGINS = {
    "VMBUS\\{F8615163": "network", "XENVIF\\": "network", "SCSI\\DISK": "disk", "IDE\\DISK": "disk",
    "USBSTOR\\DISK": "disk",
}  # fmt: skip
"""How the instances of disks and cards begin, where no class is told."""


def _number(values: Values, *names: str) -> int | None:
    text = _first(values, *names)
    return procfs.whole(text) if len(text) < 17 else None


def _of_path(path: str) -> str:
    r"""The instance in the path of a device: `\\?\scsi#disk&ven_red_hat&prod_virtio#4&2b8&0&000000#{…}`."""
    return path.partition("#{")[0].rpartition("?\\")[2].replace("#", "\\") if path.count("#") > 2 else ""


def _bus(disk: str) -> str:
    """What a disk without an instance hangs on, by the end that Windows gives its name."""
    if disk.endswith(" SCSI Disk Device"):
        return "SCSI"
    return "IDE" if disk.endswith((" ATA Device", " SATA Disk Device")) else "DISK"


_INSTALLED = "setupapi"


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
                yield _INSTALLED, {"pnpdeviceid": instance[:400], "servicename": service[:100]}
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


def installed(source: Source) -> list[Met]:
    """What a log says was installed once, the newest last; whether it is still there, nobody knows."""
    return [
        Met(values["pnpdeviceid"], "", values["servicename"], "installed", evidence)
        for kind, values, evidence in objects(source)
        if kind == _INSTALLED
    ]


class Running(Value, frozen=True):
    """A driver, as msinfo32 lists it."""

    name: str
    start: str
    """Boot, System, Auto, Manual, Disabled; empty where it is not told."""
    runs: bool
    evidence: str


def drivers(source: Source) -> Iterator[Running]:
    for kind, values, evidence in objects(source):
        if kind == _DRIVERS:
            yield Running(values["name"], values["start"], values["state"] == "Running", evidence)
        elif kind == _INSTALLED and values["servicename"]:
            yield Running(values["servicename"], "", runs=False, evidence=evidence)


def _file(values: Values) -> str:
    """The name of the driver's file, where no service is told: `c:\\windows\\…\\xenvbd.sys (7.3.2.0, …)`."""
    path = _first(values, "driver", "drivername").partition(" (")[0]
    return path.rpartition("\\")[2].lower().removesuffix(".sys")


def _first(values: Values, *names: str) -> str:
    return next((values[name] for name in names if values.get(name)), "")


def names(source: Source) -> tuple[Values, str]:
    """SMBIOS' fields, and the evidence; empty where none is told."""
    found: Values = {}
    where = ""
    for kind, values, evidence in objects(source):
        told: Values = {}
        if kind in _COMPUTER:
            told = {
                "sys_vendor": _first(values, "systemmanufacturer", "manufacturer"),
                "product_name": _first(values, "systemmodel", "model"),
            }
            vendor, _, version = values.get("biosversion/date", "").rpartition(", ")[0].rpartition(" ")
            told |= {"bios_vendor": vendor, "bios_version": version}
        elif kind in _BOARD:
            told = {"board_vendor": values.get("manufacturer", ""), "board_name": values.get("product", "")}
        elif kind in _PRODUCT:
            told = {"sys_vendor": values.get("vendor", ""), "product_name": values.get("name", "")}
        elif kind in _BIOS and values.get("smbiospresent", "").upper() != "FALSE":
            told = {
                "bios_vendor": values.get("manufacturer", ""),
                "bios_version": values.get("smbiosbiosversion", ""),
            }
        for name, text in told.items():
            if text and name not in found:
                found[name], where = text, evidence
    return found, where


_PROCESSOR = "Win32_Processor"
_VENDORS = ("GenuineIntel", "AuthenticAMD", "HygonGenuine")
_MAKERS: dict[str, HwVirt] = {"intel": "vt-x", "amd": "amd-v", "hygon": "amd-v"}
"""Makers, as they stand in the names of processors, and what those have for guests."""
_OFF = "Windows sees VT-x or AMD-V in the processor, and that the firmware left it switched off"


OWN = "Windows runs a hypervisor of its own, which uses it"


def helped(shown: Processor, extension: bool | None, firmware: bool | None) -> Processor:
    """With what Windows says of the processor's help for guests, and of the firmware's switch for it."""
    named = f"{shown.known.vendor} {shown.known.model}".lower()
    has = next((one for maker, one in _MAKERS.items() if maker in named), None)
    return structs.replace(
        shown,
        extension=has if extension else None,
        tells_extension=extension is not None,
        switched_off=_OFF if has and extension and firmware is False else "",
    )


def secured(status: str) -> bool | None:
    """Whether virtualization-based security is on: `Status: Running`, `Not enabled`."""
    return _SECURED.get(status.removeprefix("Status:").strip().lower())


_SECURED = {"running": True, "enabled but not running": True, "not enabled": False}


def processor(source: Source) -> Processor | None:
    """Name, counts, and whether it shows what guests need, as WMI has them; of msinfo32 no counts."""
    sockets = [(values, evidence) for kind, values, evidence in objects(source) if kind == _PROCESSOR]
    if not sockets:
        return _on_first_page(source)
    values, evidence = sockets[0]
    counts = [
        [_number(each, name) for each, _ in sockets]
        for name in ("numberofcores", "numberoflogicalprocessors")
    ]
    cores, threads = (sum(filter(None, one)) if None not in one else None for one in counts)
    known = Cpu(
        vendor=next((one for one in _VENDORS if one in values.get("manufacturer", "")), None),
        model=" ".join(values.get("name", "").split()) or None, sockets=len(sockets),
        cores=cores, threads=threads,
    )  # fmt: skip
    shown = Processor(known=known, whole=False, lists_hypervisor=False, evidence=[evidence])
    # where a hypervisor runs, beneath a guest or beneath Windows' own, it hides what guests need: TRUE in
    # VirtualizationFirmwareEnabled says no more then
    return helped(shown, _is(values, "vmmonitormodeextensions"), _is(values, "virtualizationfirmwareenabled"))


def _is(values: Values, *names: str) -> bool | None:
    """Of TRUE, Yes, FALSE and No; None of anything else."""
    return {"TRUE": True, "YES": True, "FALSE": False, "NO": False}.get(_first(values, *names).upper())


_SEEN = "hyper-v-vmmonitormodeextensions"
_SWITCH = ("hyper-v-virtualizationenabledinfirmware", "hyper-v-virtualisationenabledinfirmware")
_RUNS_ALREADY = "ahypervisorhasbeendetected."
"""How msinfo32 calls the lines about what guests need, or what it prints in their place."""


def _on_first_page(source: Source) -> Processor | None:
    """As msinfo32 names it, and what it says of its help for guests."""
    pages = [(values, evidence) for kind, values, evidence in objects(source) if kind == printed.PAGE]
    found = [(values, evidence) for values, evidence in pages if "processor" in values]
    if not found:
        return None
    name, evidence = found[0][0]["processor"], found[0][1]
    known = Cpu(model=name.partition(",")[0].strip() or None, sockets=len(found))
    shown = Processor(known=known, whole=False, lists_hypervisor=False, evidence=[evidence])
    every = {key: value for values, _ in pages for key, value in values.items()}
    runs = any(key.startswith(_RUNS_ALREADY) for key in every)
    status = every.get("virtualization-basedsecurity", "")
    if runs or status == "Running":  # which no Windows does without a hypervisor
        return structs.replace(shown, tells_extension=runs, used=OWN if secured(status) else "")
    return helped(shown, _is(every, _SEEN), _is(every, *_SWITCH))


def vbs(source: Source) -> tuple[bool | None, str]:
    """Whether virtualization-based security is on, where msinfo32 says so, and the evidence."""
    for _, values, evidence in objects(source):
        if status := values.get("virtualization-basedsecurity", ""):
            return secured(status), evidence
    return None, ""


_TYPES = {"x64": "x86_64", "x86": "i686", "arm64": "aarch64"}


def architecture(source: Source) -> str | None:
    """By the type of the system, of which one word is written alike in all languages: `x64-based PC`."""
    for kind, values, _ in objects(source):
        told = values.get("systemtype", "") if kind in _COMPUTER else ""
        for word, architecture_ in _TYPES.items():
            if word in told.lower():
                return architecture_
        if kind == _PROCESSOR and values.get("architecture") in _ARCHITECTURES:
            return _ARCHITECTURES[values["architecture"]]
    return None


_ARCHITECTURES = {"0": "i686", "9": "x86_64", "12": "aarch64"}
"""PROCESSOR_ARCHITECTURE_INTEL, _AMD64 and _ARM64 (winnt.h)."""


def acpi(source: Source) -> tuple[str, str]:
    """`BOCHS  - 1`, the firmware's version where ACPI tells it, and the evidence."""
    for kind, values, evidence in objects(source):
        version = values.get("version", "") if kind in _BIOS else ""
        if " - " in version:
            return version, evidence
    return "", ""


_UNITS = {
    "KB": 10, "MB": 20, "GB": 30, "TB": 40, "Ko": 10, "Mo": 20, "Go": 30, "To": 40, "МБ": 20, "ГБ": 30,
}  # fmt: skip


def memory(source: Source) -> Memory | None:
    """Bytes, as Windows tells them, as WMI has them, or what msinfo32 makes of them: `7.99 GB`."""
    if total := procfs.whole(source.call(MEMORY) or ""):
        return Memory(total=total, evidence=[f"call:{MEMORY}"])
    for kind, values, evidence in objects(source):
        told = values.get("totalphysicalmemory", "") if kind in _COMPUTER else ""
        told = told.replace("\xa0", " ").replace(",", ".")
        number, _, unit = told.rpartition(" ") if told.rpartition(" ")[2] in _UNITS else (told, "", "")
        number, dot, hundredths = "".join(number.replace("'", "").replace("’", "").split()).rpartition(".")
        whole = number.replace(".", "") if dot else hundredths
        hundredths = hundredths if dot else ""
        size = procfs.whole(whole) if len(whole) < 17 else None
        if size is not None and unit in _UNITS:
            rest = procfs.whole(hundredths.ljust(2, "0")[:2]) or 0
            size = (size * 100 + rest) * (1 << _UNITS[unit]) // 100
        if size:
            return Memory(total=size, evidence=[evidence])
    return None


def release(source: Source) -> tuple[str, str, str, str]:
    """Name, version, build, and the evidence; empty where they are not told."""
    for kind, values, evidence in objects(source):
        if kind in (*_SYSTEM, *_COMPUTER):
            version = values.get("version", "").partition(" ")[0].split(".")
            name = _first(values, "osname", "caption") if kind in _SYSTEM else values.get("osname", "")
            if len(version) == 3 and all(procfs.whole(one) is not None for one in version):
                return name, ".".join(version[:2]), version[2], evidence
    return "", "", "", ""
