"""Windows' own lists of its machine, as people paste them: dxdiag, pnputil, Get-ComputerInfo, tables.

Each is made into objects as WMI and msinfo32 have them, and so judged as theirs are.
"""

from collections.abc import Iterator

from vaudit import procfs

PAGE = "System Summary"
"""What the first page of msinfo32 is called, which tells of the system."""
RUNS_ALREADY = "ahypervisorhasbeendetected."
"""What msinfo32 prints in the place of its lines about what guests need, where a hypervisor runs."""
ENTITY, DISK, BIOS = "Win32_PnPEntity", "Win32_DiskDrive", "Win32_BIOS"
Values = dict[str, str]
Objects = Iterator[tuple[str, Values]]
_QUOTED = " \t>|*`"
_LONGEST = 400

# dxdiag: DirectX's diagnostic tool; "Save All Information" writes English labels in every language

_SYSTEM = {
    "system manufacturer": "systemmanufacturer",
    "system model": "systemmodel",
    "processor": "processor",
    "memory": "totalphysicalmemory",
    "operating system": "osname",
    "bios": "bios",
}
_ONE = ("system manufacturer", "system model")
_OF_CARDS = (
    "ethernet", "network adapter", "network connection", "gigabit", "gbe family", "fe family", "wireless",
    "wi-fi", "wifi", "wlan", "802.11", "fast ethernet", "vmxnet",
)  # fmt: skip
"""Words in the names of network cards, whose class dxdiag does not tell."""
_NO_CARDS = ("bluetooth", "audio", "bridge", "root port", "switch")
_ATA = (
    "intelide", "pciide", "atapi", "storahci", "msahci", "amd_sata", "amdsata", "amdide", "viaide", "iastor",
    "iastora", "iastorv", "iastorac", "iastoravc", "ahcix64s", "nvstor",
)  # fmt: skip
_SCSI = (
    "stornvme", "nvme", "secnvme", "iastorvd", "viostor", "vioscsi", "pvscsi", "pvscsii", "lsi_sas",
    "lsi_scsi", "lsi_sas2", "lsi_sas3", "lsi_sas3i", "megasas", "megasas2", "megasas35i", "storvsc", "xenvbd",
    "symmpi", "vmscsi", "awsnvme",
)  # fmt: skip
"""Drivers of controllers of disks, by Windows' classes for those."""


def of_dxdiag(text: str) -> Objects:
    """The system, its displays, disks and devices. Drives are letters: a disk stands once for each model."""
    pairs = list(_of_one_machine(_pairs(text)))
    page: Values = {}
    for label, value in pairs:
        if label in _SYSTEM:
            page.setdefault(_SYSTEM[label], value)
    yield from _system(page)
    every = list(_groups(pairs))
    devices = [one for one in every if "name" in one and "\\" in one.get("device id", "")]
    known = tuple(one["device id"].upper() for one in devices)
    for key in (one.get("device key", "").removeprefix("Enum\\") for one in every):
        if "VEN_" in key and not any(one.startswith(key.upper()) for one in known):
            yield "Win32_VideoController", {"pnpdeviceid": key, "name": "display"}
    disks = (one.get("model", "n/a") for one in every if "drive" in one and one.get("driver") != "cdrom")
    for model in dict.fromkeys(disks):
        if model != "n/a":
            yield DISK, {"model": model}
    for one in devices:
        driver = one.get("driver", "")
        yield _kind(one), {"pnpdeviceid": one["device id"], "name": one["name"], "servicename": driver}


def _pairs(text: str) -> Iterator[tuple[str, str]]:
    """Labels in lower case, and what stands behind them."""
    for line in procfs.lines(text):
        label, colon, value = line.strip(_QUOTED + "\r")[:_LONGEST].partition(": ")
        if colon:
            yield label.strip().lower(), value.strip()


def _of_one_machine(pairs: Iterator[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    """Up to where another machine's system begins."""
    told: Values = {}
    for label, value in pairs:
        if label in _ONE and told.setdefault(label, value) != value:
            return
        yield label, value


def _groups(pairs: list[tuple[str, str]]) -> Iterator[Values]:
    """What belongs to each drive, device and display; of several drivers the first."""
    values = Values()
    for label, value in pairs:
        if label in _BEGINS:
            yield values
            values = Values()
        values.setdefault(label, _file(value) if label == "driver" else value)
    yield values


_BEGINS = ("drive", "name", "card name")


def _file(driver: str) -> str:
    r"""The service by its file: `C:\Windows\system32\DRIVERS\storahci.sys, 6.02.9200 (English), …`."""
    name = driver.partition(",")[0].rpartition("\\")[2].lower()
    return name.removesuffix(".sys") if name.endswith(".sys") else ""


def _kind(device: Values) -> str:
    driver, name = device.get("driver", ""), device["name"].lower()
    if driver in _ATA:
        return "Win32_IDEController"
    if driver in _SCSI:
        return "Win32_SCSIController"
    if any(word in name for word in _OF_CARDS) and not any(word in name for word in _NO_CARDS):
        return "Win32_NetworkAdapter"
    return ENTITY


def _system(page: Values) -> Objects:
    """`Windows 10 Pro 64-bit (10.0, Build 19045) (…)`, `8192MB RAM`, `… CPU @ 2.90GHz (16 CPUs), ~2.9GHz`."""
    if not page:
        return
    release, _, numbers = page.pop("osname", "").partition(" (")
    version, _, build = numbers.partition(")")[0].partition(", Build ")
    name = release.removesuffix(" 64-bit").removesuffix(" 32-bit").replace("&#8482;", "")
    processor = page.get("processor", "").partition(", ~")[0]
    page["processor"] = processor.rpartition(" (")[0] if processor.endswith(" CPUs)") else processor
    amount = page.pop("totalphysicalmemory", "").partition("MB")[0].strip()
    size = procfs.whole(amount) if len(amount) < 10 else None
    firmware = page.pop("bios", "")
    page |= {"osname": name} if name else {}
    page |= {"version": f"{version}.{build}"} if version and build else {}
    page |= {"totalphysicalmemory": str(size << 20)} if size else {}
    page |= {"systemtype": _type(release, page["processor"])}
    yield PAGE, {key: one for key, one in page.items() if one}
    if firmware:
        yield BIOS, {"smbiosbiosversion": firmware.rpartition("Ver: ")[2]}


def _type(release: str, processor: str) -> str:
    """64-bit is what ARM's Windows calls itself too."""
    x86 = any(maker in processor.lower() for maker in ("intel", "amd"))
    return "x86" if release.endswith(" 32-bit") else "x64" if x86 and release.endswith(" 64-bit") else ""


# pnputil /enum-devices (learn.microsoft.com, "PnPUtil Command Syntax")

_ABSENT = {"disconnected": "24", "disabled": "22"}
"""Its states, and WMI's numbers for why a device does not serve."""


def of_pnputil(text: str) -> Objects:
    """Every device: its instance, name and class; no service, but the file of its driver's package."""
    values = Values()
    for line in [*procfs.lines(text), "Instance ID: "]:
        label, colon, value = line.strip(_QUOTED + "\r")[:_LONGEST].partition(":")
        if not colon:
            continue
        if label == "Instance ID":
            if "\\" in values.get("pnpdeviceid", ""):
                yield ENTITY, values
            values = {"pnpdeviceid": value.strip()}
        elif label == "Device Description":
            values["name"] = value.strip()
        elif label == "Class GUID":
            values["classguid"] = value.strip()
        elif label == "Status":
            values["configmanagererrorcode"] = _ABSENT.get(value.strip().lower(), "0")


# Get-ComputerInfo (learn.microsoft.com, Microsoft.PowerShell.Management)

_INFO = {
    "csmanufacturer": "systemmanufacturer", "csmodel": "systemmodel", "cssystemtype": "systemtype",
    "cstotalphysicalmemory": "totalphysicalmemory", "osname": "osname", "osversion": "version",
    "csprocessors": "processor",
    "hypervrequirementvmmonitormodeextensions": "hyper-v-vmmonitormodeextensions",
    "hypervrequirementvirtualizationfirmwareenabled": "hyper-v-virtualizationenabledinfirmware",
}  # fmt: skip
_SECURED = {"off": "Not enabled", "configured": "Enabled but not running", "running": "Running"}
"""DeviceGuardSmartStatus, and what msinfo32 calls that."""
_INFO_OF_BIOS = {"biosmanufacturer": "manufacturer", "biossmbiosbiosversion": "smbiosbiosversion"}


def of_computer_info(values: Values) -> Objects:
    page = {ours: values[theirs].strip("{}") for theirs, ours in _INFO.items() if values.get(theirs)}
    if "TRUE" in (values.get(one, "").upper() for one in ("hypervisorpresent", "cshypervisorpresent")):
        page[RUNS_ALREADY] = ""
    if status := _SECURED.get(values.get("deviceguardsmartstatus", "").lower()):
        page["virtualization-basedsecurity"] = status
    if page:
        yield PAGE, page
    firmware = {ours: values[theirs] for theirs, ours in _INFO_OF_BIOS.items() if values.get(theirs)}
    if firmware:
        yield BIOS, firmware


# tables as PowerShell draws them: Get-PnpDevice, Get-NetAdapter, Get-Disk, Get-PhysicalDisk


def of_tables(text: str) -> Objects:
    """The rows of every table that lists devices."""
    columns: list[tuple[str, int, int]] = []
    heads, row = ("", ""), Values()
    for line in [*procfs.lines(text), ""]:
        told = line.rstrip().lstrip(">")[:_LONGEST]
        if told.strip() and not told.strip("- "):
            columns = _columns(*heads, told)
        elif not columns or not _fits(told, columns):
            yield from _row(row)
            row, columns = Values(), []
        elif not (cells := _cells(told, columns)).get(columns[0][0]):
            row = {name: f"{row.get(name, '')} {cell}".strip() for name, cell in (row | cells).items()}
        else:
            yield from _row(row)
            row = cells
        heads = (heads[1], told)


def _columns(above: str, head: str, dashes: str) -> list[tuple[str, int, int]]:
    """Name, begin and end of each column. Where the last name was too long, its head stands in two lines."""
    begins = [at for at in range(len(dashes)) if dashes[at] == "-" and dashes[at - 1 : at] in ("", " ")]
    ends = [*begins[1:], _LONGEST]
    heads = (head,) if head[: ends[0]].strip() else (above, head)
    return [
        ("".join("".join(one[begin:end] for one in heads).lower().split()), begin, end)
        for begin, end in zip(begins, ends, strict=True)
    ]


def _fits(line: str, columns: list[tuple[str, int, int]]) -> bool:
    """Whether a line may be a row: a blank stands before its second cell. Numbers may begin before theirs."""
    begin = columns[1][1] if len(columns) > 1 else 0
    return bool(line.strip()) and line[begin - 1 : begin] == " "


def _cells(line: str, columns: list[tuple[str, int, int]]) -> Values:
    return {name: line[begin:end].strip() for name, begin, end in columns}


_CUT = ("...", "…")
"""How a cell ends for which its column was too narrow."""
CLASSES = {
    "net": "Win32_NetworkAdapter", "diskdrive": DISK, "scsiadapter": "Win32_SCSIController",
    "hdc": "Win32_IDEController",
}  # fmt: skip
"""Device classes, and WMI's classes for what is of them."""


def _row(row: Values) -> Objects:
    """What a row is of, by its columns; none of a device that is not there."""
    name, instance = row.get("friendlyname", ""), row.get("instanceid", "")
    if row.get("status", "").lower() in ("unknown", "not present") or name.endswith(_CUT):
        return
    if card := row.get("interfacedescription", ""):
        if not card.endswith(_CUT):
            yield "MSFT_NetAdapter", {"interfacedescription": card}
    elif "\\" in instance and not instance.endswith(_CUT):
        yield CLASSES.get(row.get("class", "").lower(), ENTITY), {"pnpdeviceid": instance, "name": name}
    elif name and row.get("class", "").lower() in ("net", "diskdrive"):
        yield CLASSES[row["class"].lower()], {"name": name}
    elif name and row.get("number", "").isdigit():
        yield DISK, {"model": name, "number": row["number"]}


# ipconfig /all, in English


def of_ipconfig(text: str) -> Objects:
    """The cards by their names, without the tunnels that Windows makes."""
    is_tunnel = False
    for line in procfs.lines(text):
        label, colon, value = line.rstrip()[:_LONGEST].partition(":")
        if colon and not value and "adapter" in label:
            is_tunnel = label.strip(_QUOTED).startswith("Tunnel ")
        elif colon and label.strip(_QUOTED).startswith("Description .") and not is_tunnel:
            yield "Win32_NetworkAdapter", {"name": value.strip()}
