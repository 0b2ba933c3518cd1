r"""The registry without its machine and its owner.

Names, addresses, serials and binary data that no rule names go. Hardware ids, services, versions, the maker
and the model are evidence and stay, and so do GUIDs: nearly all of them name a class or an interface. The one
that names a machine stands under HardwareConfig.
"""

import re

from vaudit.evidence.registry import MULTI_SZ, Data, RegistryKey, RegistryValue
from vaudit.masking.pseudonyms import UUID, Pseudonyms

IDENTITIES = {
    "computername", "hostname", "nv hostname", "domain", "nv domain", "dhcpdomain", "searchlist",
    "registeredowner", "registeredorganization", "productid", "machineguid", "username", "defaultusername",
    "lastloggedonuser", "systemserialnumber", "baseboardserialnumber", "serialnumber", "systemuuid",
    "ipaddress", "dhcpipaddress", "defaultgateway", "dhcpdefaultgateway", "dhcpserver", "nameserver",
    "dhcpnameserver", "networkaddress", "currentuser", "oempath",
}  # fmt: skip
"""The names, in lower case, of values that hold nothing but an identity."""
VERSIONS = {"driverversion", "version", "productversion"}
"""Values that look like addresses and are none."""
SYSTEM_ACCOUNTS = ("localsystem", "nt authority\\", "nt service\\", "\\driver\\", "\\filesystem\\")
"""How the accounts begin under which Windows itself runs services and drivers; others are people's."""
HARDWARE = "\\hardwareconfig"
"""Below this key stands the UUID of the firmware."""
MOUNTED = "\\mounteddevices"
"""The key of volumes, whose names hold addresses of network cards and whose notes name disks."""
_GPT, _MBR, _SIGNATURE = b"DMIO:ID:", 12, 4
"""How the note of a volume on GPT begins, and the bytes of one on MBR and of the disk's signature in it."""
SERIAL_BUSES = ("USB", "USBSTOR", "SCSI", "IDE", "HID", "WPDBUSENUMROOT", "PCI", "VMBUS", "SD", "1394")
"""Buses whose devices are told apart by their serial numbers, if they have one: an instance id that Windows
made up has `&` as its second character (learn.microsoft.com, "Instance IDs")."""
HARDWARE_BUSES = (
    "USB", "USBSTOR", "SCSI", "IDE", "PCI", "VMBUS", "SD", "1394", "ACPI", "ACPI_HAL", "PCIIDE", "ROOT",
    "UEFI", "VIRTIO", "XEN", "XENBUS", "XENVBD", "XENVIF",
)  # fmt: skip
"""Buses whose devices are called by their hardware alone: `PCI\\VEN_1AF4&DEV_1001&SUBSYS_00021AF4&REV_00`."""
HARDWARE_VALUES = {
    "hardwareid", "compatibleids", "service", "classguid", "class", "driver", "mfg", "devicedesc",
    "driverdesc",
    "providername", "matchingdeviceid", "infpath", "infsection", "locationinformation", "parentidprefix",
    "upperfilters", "lowerfilters", "group", "owners", "systembiosversion", "systemmanufacturer",
    "systemproductname", "systemfamily", "systemversion", "systemsku", "biosvendor", "biosversion",
    "biosreleasedate", "baseboardmanufacturer", "baseboardproduct", "processor_architecture", "pnpinstanceid",
}  # fmt: skip
"""Values that makers of hardware and of drivers wrote, in lower case."""
NAMED_BY_MAKERS = ("PCI", "SCSI", "IDE", "USBSTOR", "ACPI", "VMBUS", "XENVIF", "XENBUS", "ROOT")
"""Buses on which a friendly name is the maker's too: a telephone on USB bears its owner's."""
_MAKERS = ("\\enum\\", "\\control\\class\\", "\\services\\", "\\hardwareconfig\\", "\\session manager\\",
           "\\control\\network\\")  # fmt: skip
_PROPERTIES = "\\properties\\{83da6326-97a6-4088-9453-a1923f573b29}\\"
"""Below it stand the dates of a device, and its parent."""
_ENUM = "\\enum\\"
HARMLESS = ("\\driverdatabase\\deviceids\\",)
"""Keys whose binary data holds no identity."""
_FILETIME, _PROPERTY_TEXT = 0x10, 0x12
"""Types of device properties (devpropdef.h); the registry adds 0xffff0000 to them."""
_INSTANCE = rf"(?i)\b(({'|'.join(SERIAL_BUSES)})([\\#])[^\\#\s]+\3)([^\\#\s\"\0]+)"
_SID = r"\bS-1-5-21(?:-\d+)+"


def of_key(names: Pseudonyms, key: str) -> str:
    r"""A key's path, such as HKLM\SYSTEM\CurrentControlSet\Enum\USB\VID_0781&PID_5581\4C530001."""
    at = key.lower().find(_ENUM)
    bus, *below = key[at + len(_ENUM) :].split("\\") if at >= 0 else [""]
    if bus.upper() in HARDWARE_BUSES:
        if len(below) > 1:
            below[1] = _instance(names, bus, below[1])
        return "\\".join([key[: at + len(_ENUM) - 1], bus, *(names.listed(part) for part in below)])
    parts = _text(names, key, key).split("\\")
    return "\\".join(map(names.own_host, parts))


def of_devices(names: Pseudonyms, data: bytes) -> bytes:
    """Lines that begin with an instance, masked as its key is; of hardware alone."""
    begin, found = "HKLM\\SYSTEM\\CurrentControlSet\\Enum\\", list[str]()
    for line in data.decode("utf-8", "replace").splitlines():
        instance, tab, rest = line.partition("\t")
        if instance.partition("\\")[0].upper() in HARDWARE_BUSES:
            found.append(f"{of_key(names, begin + instance)[len(begin) :]}{tab}{rest}\n")
    return "".join(found).encode()


def of_registry(names: Pseudonyms, key: str, found: RegistryKey) -> RegistryKey:
    """A key's content."""
    subkeys = [of_key(names, f"{key}\\{name}").rpartition("\\")[2] for name in found.subkeys]
    return RegistryKey(subkeys, [_value(names, key, value) for value in found.values])


def _value(names: Pseudonyms, key: str, value: RegistryValue) -> RegistryValue:
    return RegistryValue(_text(names, value.name, key), value.type, _data(names, key, value))


def _data(names: Pseudonyms, key: str, value: RegistryValue) -> Data:
    data, name, folded = value.data, value.name.lower(), key.lower()
    if name in IDENTITIES or (name == "name" and folded.endswith("\\connection")):
        return _hidden(names, data)
    if name == "objectname" and not str(data).lower().startswith(SYSTEM_ACCOUNTS):
        return _hidden(names, data)
    if _is_makers(name, folded, data):
        if isinstance(data, list):
            return [_plain(names, item) for item in data]
        return _plain(names, str(data))
    if isinstance(data, str) and value.name.lower() in VERSIONS:
        return data
    if isinstance(data, str):
        return names.own_host(_text(names, data, key))
    if isinstance(data, list):
        return [names.own_host(_text(names, item, key)) for item in data]
    return _binary(names, key, value.type, data) if isinstance(data, bytes) else data


def _is_makers(name: str, key: str, data: Data) -> bool:
    """Whether a text was written by those who made the hardware or its driver."""
    if not isinstance(data, str | list):
        return False
    if name == "friendlyname":
        bus = key.partition(_ENUM)[2].partition("\\")[0]
        return bus.upper() in NAMED_BY_MAKERS
    if name == "imagepath":
        return str(data).lower().startswith(("system32\\", "\\systemroot\\"))
    if key.endswith("\\computerids"):
        return True
    return name in HARDWARE_VALUES and any(part in f"{key}\\" for part in _MAKERS)


def _plain(names: Pseudonyms, text: str) -> str:
    """Without the serials of devices, accounts, and what is known to be this machine's own."""
    text = re.sub(_INSTANCE, lambda m: m[1] + _instance(names, m[2], m[4]), text)
    return names.listed(re.sub(_SID, lambda m: names.mask("account", m[0], 8), text))


def _hidden(names: Pseudonyms, data: Data) -> Data:
    if isinstance(data, str):
        return names.mask("registry", data, 8) if data else data
    return [names.mask("registry", item, 8) for item in data] if isinstance(data, list) else None


def _binary(names: Pseudonyms, key: str, type_: int, data: bytes) -> bytes | None:
    kind = type_ & 0xFFFF if type_ > MULTI_SZ else 0
    if kind == _FILETIME and len(data) == 8:
        return data
    if key.lower().endswith(MOUNTED):
        return _noted(data)
    dated = _PROPERTIES in key.lower()
    if dated and len(data) == 8:
        return data  # a date as Windows 7 keeps it
    if kind == _PROPERTY_TEXT and len(data) % 2 == 0:
        text = data.decode("utf-16-le", "surrogatepass")
        if dated:
            return _plain(names, text).encode("utf-16-le", "surrogatepass")
        return names.own_host(_text(names, text, key)).encode("utf-16-le", "surrogatepass")
    return data if any(part in key.lower() for part in HARMLESS) else None


def _noted(data: bytes) -> bytes | None:
    """On what sort of disk a volume lies, and where; not on which."""
    if data.startswith(_GPT):
        return _GPT + bytes(len(data) - len(_GPT))
    return bytes(_SIGNATURE) + data[_SIGNATURE:] if len(data) == _MBR else None


def _text(names: Pseudonyms, text: str, key: str) -> str:
    text = names.text(text, but=() if any(one in key.lower() for one in (HARDWARE, MOUNTED)) else (UUID,))
    text = re.sub(_INSTANCE, lambda m: m[1] + _instance(names, m[2], m[4]), text)
    return re.sub(_SID, lambda m: names.mask("account", m[0], 8), text)


def _instance(names: Pseudonyms, bus: str, instance: str) -> str:
    """What tells a device from its like: a serial number, unless Windows made it up."""
    if instance[1:2] == "&" or bus.upper() not in SERIAL_BUSES:
        return instance
    if instance.startswith("{") and instance.endswith("}"):
        return f"{{{names.serial(instance[1:-1].upper())}}}"
    return names.serial(instance.upper())
