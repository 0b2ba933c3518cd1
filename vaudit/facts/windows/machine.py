"""What a Windows says of its machine where others wrote it down: firmware, processor, memory, release.

Read from the objects that the texts are made into (objects.py).
"""

from msgspec import structs

from vaudit import procfs
from vaudit.evidence.source import MEMORY, Source
from vaudit.facts.values import Processor
from vaudit.facts.windows import printed
from vaudit.facts.windows.objects import LONGEST, Values, first, number, objects
from vaudit.model.facts import Cpu, HwVirt, Memory

_BIOS, _COMPUTER = ("Win32_BIOS",), ("Win32_ComputerSystem", printed.PAGE)
_BOARD, _PRODUCT = ("Win32_BaseBoard",), ("Win32_ComputerSystemProduct",)
_SYSTEM = ("Win32_OperatingSystem",)


def names(source: Source) -> tuple[Values, str]:
    """SMBIOS' fields, and the evidence; empty where none is told."""
    found: Values = {}
    where = ""
    for kind, values, evidence in objects(source):
        told: Values = {}
        if kind in _COMPUTER:
            told = {
                "sys_vendor": first(values, "systemmanufacturer", "manufacturer"),
                "product_name": first(values, "systemmodel", "model"),
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
        [number(each, name) for each, _ in sockets] for name in ("numberofcores", "numberoflogicalprocessors")
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
    return {"TRUE": True, "YES": True, "FALSE": False, "NO": False}.get(first(values, *names).upper())


_SEEN = "hyper-v-vmmonitormodeextensions"
_SWITCH = ("hyper-v-virtualizationenabledinfirmware", "hyper-v-virtualisationenabledinfirmware")
"""How msinfo32 calls the lines about what guests need."""


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
    runs = any(key.startswith(printed.RUNS_ALREADY) for key in every)
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
        if size := _bytes(told):
            return Memory(total=size, evidence=[evidence])
    return None


def _bytes(told: str) -> int | None:
    """`7.99 GB`, `7,99 Go`, `16 777 216 Ko`, or bytes alone; None where it is no size."""
    told = told.replace("\xa0", " ").replace(",", ".")
    digits, _, unit = told.rpartition(" ") if told.rpartition(" ")[2] in _UNITS else (told, "", "")
    plain = "".join(digits.replace("'", "").replace("’", "").split())
    if not unit:
        return procfs.whole(plain.replace(".", "")) if len(plain) < LONGEST else None
    whole, _, hundredths = plain.rpartition(".") if "." in plain else (plain, "", "")
    size = procfs.whole(whole.replace(".", "")) if len(whole) < LONGEST else None
    rest = procfs.whole(hundredths.ljust(2, "0")[:2]) or 0
    return None if size is None else (size * 100 + rest) * (1 << _UNITS[unit]) // 100


def release(source: Source) -> tuple[str, str, str, str]:
    """Name, version, build, and the evidence; empty where they are not told."""
    for kind, values, evidence in objects(source):
        if kind in (*_SYSTEM, *_COMPUTER):
            version = values.get("version", "").partition(" ")[0].split(".")
            name = first(values, "osname", "caption") if kind in _SYSTEM else values.get("osname", "")
            if len(version) == 3 and all(procfs.whole(one) is not None for one in version):
                return name, ".".join(version[:2]), version[2], evidence
    return "", "", "", ""
