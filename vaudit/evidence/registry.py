r"""A key of the Windows registry: its subkeys and typed values, and how a dump writes them.

    @registry HKLM\SYSTEM\CurrentControlSet\Services\viostor
    |Parameters\
    |@ REG_SZ the default value
    |Group REG_SZ SCSI miniport
    |Start REG_DWORD 0
    |Owners REG_MULTI_SZ oem2.inf oem3.inf
    |Key REG_BINARY =AQIDBA==
    |Secret REG_BINARY -

A subkey ends with a backslash. Behind a value's name and type stands its text, its number, its words, or `=`
and base64; `-` says that the value is there but was left out of this record. Data that its type cannot hold
(text of an odd length, say) is kept as the bytes that they are.
"""

from collections.abc import Iterable, Iterator

import msgspec

from vaudit import procfs
from vaudit.evidence import escape

SZ, EXPAND_SZ, BINARY, DWORD, MULTI_SZ, QWORD = 1, 2, 3, 4, 7, 11
NAMES = {
    0: "REG_NONE", SZ: "REG_SZ", EXPAND_SZ: "REG_EXPAND_SZ", BINARY: "REG_BINARY", DWORD: "REG_DWORD",
    5: "REG_DWORD_BIG_ENDIAN", 6: "REG_LINK", MULTI_SZ: "REG_MULTI_SZ", 8: "REG_RESOURCE_LIST",
    9: "REG_FULL_RESOURCE_DESCRIPTOR", 10: "REG_RESOURCE_REQUIREMENTS_LIST", QWORD: "REG_QWORD",
}  # fmt: skip
"""winnt.h; other types are written as numbers: `0xffff0012` is a device property's."""
_NUMBERS = {name: number for number, name in NAMES.items()}
TEXTS = (SZ, EXPAND_SZ)
_SIZES = {DWORD: 4, QWORD: 8}
_DEFAULT, _LEFT_OUT = "@", "-"

Data = str | int | list[str] | bytes | None


class RegistryValue(msgspec.Struct, frozen=True):
    """One value. Its name is empty for a key's default value."""

    name: str
    type: int
    data: Data
    """str, list of str and int where the type says so and the bytes agree; else bytes. None: left out."""


class RegistryKey(msgspec.Struct, frozen=True):
    """What one key holds, in the order of the registry."""

    subkeys: list[str] = []
    values: list[RegistryValue] = []

    def value(self, name: str) -> Data:
        """A value's data; None where it is not there (or was left out). Names are compared without case."""
        folded = name.lower()
        return next((one.data for one in self.values if one.name.lower() == folded), None)


def decoded(type_: int, raw: bytes) -> Data:
    """A value's data as the registry stores it, typed only where `encoded` gives the same bytes again."""
    if type_ in _SIZES and len(raw) == _SIZES[type_]:
        return int.from_bytes(raw, "little")
    if type_ not in (*TEXTS, MULTI_SZ) or len(raw) % 2 or not raw.endswith(b"\0\0"):
        return raw
    text = raw[:-2].decode("utf-16-le", "surrogatepass")
    if type_ != MULTI_SZ:
        return raw if "\0" in text else text
    return text.split("\0")[:-1] if text.endswith("\0") or not text else raw


def kept(type_: int, data: Data) -> Data:
    """A value's data as Windows' own functions give it, typed as `decoded` types it."""
    return decoded(type_, data) if isinstance(data, bytes) else data


def encoded(type_: int, data: Data) -> bytes:
    """The bytes that the registry stores."""
    if isinstance(data, int):
        return data.to_bytes(_SIZES[type_], "little")
    if isinstance(data, list):
        data = "".join(f"{item}\0" for item in data)
    return f"{data}\0".encode("utf-16-le", "surrogatepass") if isinstance(data, str) else data or b""


def lines(key: RegistryKey) -> Iterator[str]:
    """The content lines of a key."""
    for name in key.subkeys:
        yield "|" + escape.word(name).replace("\\", "%5C") + "\\"
    for value in key.values:
        type_ = NAMES.get(value.type) or f"{value.type:#x}"
        yield f"|{_name(value.name)} {type_} {_written(value.data)}".rstrip(" ")


def text(key: RegistryKey) -> str:
    """A key as a person reads it."""
    return "\n".join(line[1:] for line in lines(key))


def parse(rows: Iterable[str]) -> RegistryKey:
    """The key that content lines describe. ValueError says what is wrong with them."""
    subkeys: list[str] = []
    values: list[RegistryValue] = []
    for row in rows:
        name, type_, data = (*row[1:].split(" ", 2), "", "")[:3]
        if type_:
            values.append(_value(name, type_, data))
        elif name.endswith("\\"):
            subkeys.append(escape.plain(name[:-1]))
        else:
            raise ValueError(f"{name} is neither a subkey nor a value with its type")
    return RegistryKey(subkeys, values)


def _name(name: str) -> str:
    if name == _DEFAULT:
        return "%40"
    return escape.word(name) if name else _DEFAULT


def _written(data: Data) -> str:
    if data is None:
        return _LEFT_OUT
    if isinstance(data, bytes):
        return "=" + escape.packed(data)
    if isinstance(data, int):
        return str(data)
    text = " ".join(map(escape.word, data)) if isinstance(data, list) else escape.line(data) if data else ""
    return f"%{ord(text[0]):X}{text[1:]}" if text[:1] == "=" or text == _LEFT_OUT else text


def _value(name: str, type_: str, data: str) -> RegistryValue:
    number = _NUMBERS[type_] if type_ in _NUMBERS else procfs.bits(type_.removeprefix("0x"), 32)
    if number is None:
        raise ValueError(f"{type_[:40]} is no type of a registry value")
    return RegistryValue("" if name == _DEFAULT else escape.plain(name), number, _read(number, data))


def _read(type_: int, data: str) -> Data:
    if data == _LEFT_OUT:
        return None
    if data.startswith("="):
        return escape.unpacked(data[1:])
    if type_ in TEXTS:
        return escape.plain(data)
    if type_ == MULTI_SZ:
        return [escape.plain(word) for word in data.split(" ")] if data else []
    held = procfs.whole(data)
    if type_ in _SIZES and held is not None and held >> 8 * _SIZES[type_] == 0:
        return held
    raise ValueError(f"{data[:40]!r} is no data of its type")
