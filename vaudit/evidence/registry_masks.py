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
    "dhcpnameserver", "networkaddress",
}  # fmt: skip
"""The names, in lower case, of values that hold nothing but an identity."""
VERSIONS = {"driverversion", "version", "productversion"}
"""Values that look like addresses and are none."""
HARDWARE = "\\hardwareconfig"
"""Below this key stands the UUID of the firmware."""
SERIAL_BUSES = ("USB", "USBSTOR", "SCSI", "IDE", "HID", "WPDBUSENUMROOT")
"""Buses whose devices are told apart by their serial numbers, if they have one: an instance id that Windows
made up has `&` as its second character (learn.microsoft.com, "Instance IDs")."""
HARMLESS = ("\\driverdatabase\\deviceids\\",)
"""Keys whose binary data holds no identity."""
_FILETIME, _PROPERTY_TEXT = 0x10, 0x12
"""Types of device properties (devpropdef.h); the registry adds 0xffff0000 to them."""
_INSTANCE = rf"(?i)\b((?:{'|'.join(SERIAL_BUSES)})([\\#])[^\\#\s]+\2)([^\\#\s\"]+)"
_SID = r"\bS-1-5-21(?:-\d+)+"


def of_key(names: Pseudonyms, key: str) -> str:
    r"""A key's path, such as HKLM\SYSTEM\CurrentControlSet\Enum\USB\VID_0781&PID_5581\4C530001."""
    parts = _text(names, key, key).split("\\")
    return "\\".join(map(names.own_host, parts))


def of_registry(names: Pseudonyms, key: str, found: RegistryKey) -> RegistryKey:
    """A key's content."""
    subkeys = [of_key(names, f"{key}\\{name}").rpartition("\\")[2] for name in found.subkeys]
    return RegistryKey(subkeys, [_value(names, key, value) for value in found.values])


def _value(names: Pseudonyms, key: str, value: RegistryValue) -> RegistryValue:
    return RegistryValue(_text(names, value.name, key), value.type, _data(names, key, value))


def _data(names: Pseudonyms, key: str, value: RegistryValue) -> Data:
    data = value.data
    if value.name.lower() in IDENTITIES:
        return _hidden(names, data)
    if isinstance(data, str) and value.name.lower() in VERSIONS:
        return data
    if isinstance(data, str):
        return names.own_host(_text(names, data, key))
    if isinstance(data, list):
        return [names.own_host(_text(names, item, key)) for item in data]
    return _binary(names, key, value.type, data) if isinstance(data, bytes) else data


def _hidden(names: Pseudonyms, data: Data) -> Data:
    if isinstance(data, str):
        return names.mask("registry", data, 8) if data else data
    return [names.mask("registry", item, 8) for item in data] if isinstance(data, list) else None


def _binary(names: Pseudonyms, key: str, type_: int, data: bytes) -> bytes | None:
    kind = type_ & 0xFFFF if type_ > MULTI_SZ else 0
    if kind == _FILETIME and len(data) == 8:
        return data
    if kind == _PROPERTY_TEXT and len(data) % 2 == 0:
        text = data.decode("utf-16-le", "surrogatepass")
        return names.own_host(_text(names, text, key)).encode("utf-16-le", "surrogatepass")
    return data if any(part in key.lower() for part in HARMLESS) else None


def _text(names: Pseudonyms, text: str, key: str) -> str:
    text = names.text(text, but=() if HARDWARE in key.lower() else (UUID,))
    text = re.sub(_INSTANCE, lambda m: m[1] + _serial(names, m[3]), text)
    return re.sub(_SID, lambda m: names.mask("account", m[0], 8), text)


def _serial(names: Pseudonyms, instance: str) -> str:
    return instance if instance[1:2] == "&" else names.serial(instance.upper())
