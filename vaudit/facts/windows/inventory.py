"""Devices of a Windows that others wrote down, by the objects that they are made into.

All are named by the instances that the registry has, and so they are judged as the registry's are.
"""

from collections.abc import Iterator

from vaudit.evidence.source import Source
from vaudit.facts.values import Value
from vaudit.facts.windows.objects import (
    CONFIGURED,
    DRIVERS,
    ENTITY,
    INSTALLED,
    SIGNED,
    Values,
    first,
    number,
    objects,
)


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


_NETS = ("Win32_NetworkAdapter", "MSFT_NetAdapter", "Adapter", CONFIGURED)
_DISKS = ("Win32_DiskDrive", "MSFT_Disk", "MSFT_PhysicalDisk", "Disks")
_CONTROLLERS = ("Win32_SCSIController", "SCSI")
_IDE = ("Win32_IDEController", "IDE")
_OTHERS = (ENTITY, SIGNED, "Win32_VideoController", "Win32_SoundDevice", "Win32_USBController", "Display")
_NOT_THERE = ("22", "24", "45")
"""ConfigManagerErrorCode: switched off, not present, not connected (CM_PROB_DISABLED, _DEVICE_NOT_THERE,
_PHANTOM of cfg.h)."""


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
        name = first(values, *own, *_NAMES)
        if kind == CONFIGURED and (not values.get("ipaddress") or _is_known(name, found)):
            continue  # of a card that is told already, or of none
        if sort in ("disk", "network") and not instance and name:
            instance = f"{_bus(name) if sort == 'disk' else NAMED}\\{name}\\{len(found)}"
        if sort and "\\" in instance and not instance.upper().startswith(_NO_VENDOR):
            known = found.get(instance.lower())
            told = values.get("servicename", "") or values.get("service", "")
            service = told or (known.service if known else _file(values))
            name = known.name if known else name
            sort = known.sort if known and sort == "other" else sort
            size, index = number(values, "size"), number(values, "index", "number")
            found[instance.lower()] = Met(instance, name, service, sort, evidence, size, index)
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


def _of_path(path: str) -> str:
    r"""The instance in the path of a device: `\\?\scsi#disk&ven_red_hat&prod_virtio#4&2b8&0&000000#{…}`."""
    return path.partition("#{")[0].rpartition("?\\")[2].replace("#", "\\") if path.count("#") > 2 else ""


def _bus(disk: str) -> str:
    """What a disk without an instance hangs on, by the end that Windows gives its name."""
    if disk.endswith(" SCSI Disk Device"):
        return "SCSI"
    return "IDE" if disk.endswith((" ATA Device", " SATA Disk Device")) else "DISK"


def installed(source: Source) -> list[Met]:
    """What a log says was installed once, the newest last; whether it is still there, nobody knows."""
    return [
        Met(values["pnpdeviceid"], "", values["servicename"], "installed", evidence)
        for kind, values, evidence in objects(source)
        if kind == INSTALLED
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
        if kind == DRIVERS:
            yield Running(values["name"], values["start"], values["state"] == "Running", evidence)
        elif kind == INSTALLED and values["servicename"]:
            yield Running(values["servicename"], "", runs=False, evidence=evidence)


def _file(values: Values) -> str:
    """The name of the driver's file, where no service is told: `c:\\windows\\…\\xenvbd.sys (7.3.2.0, …)`."""
    path = first(values, "driver", "drivername").partition(" (")[0]
    return path.rpartition("\\")[2].lower().removesuffix(".sys")
