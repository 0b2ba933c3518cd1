"""The SMBIOS table, which describes a machine in its firmware's words, whatever system shows it.

SMBIOS Reference Specification (DMTF DSP0134), types 0 to 3 and 17.
"""

from vaudit.facts.values import Smbios

# type -> (offset of the string number in the structure, field)
_STRINGS = {
    0: ((0x04, "bios_vendor"), (0x05, "bios_version")),
    1: ((0x04, "sys_vendor"), (0x05, "product_name"), (0x06, "product_version"), (0x1A, "family")),
    2: ((0x04, "board_vendor"), (0x05, "board_name")),
    3: ((0x04, "chassis_vendor"), (0x08, "chassis_asset_tag")),
}

_ENTRY_POINT = 0x20
"""Bytes before the table in a file that `dmidecode --dump-bin` wrote: the entry point, padded."""


def parse(table: bytes, evidence: str) -> Smbios:
    """A raw SMBIOS table, and where it came from; what is damaged is left out."""
    table = table[_ENTRY_POINT:] if table.startswith((b"_SM_", b"_SM3_")) else table
    values: dict[str, str] = {}
    virtual: bool | None = None
    memory, at = 0, 0
    while at + 4 <= len(table):
        kind, length = table[at], table[at + 1]
        end = table.find(b"\0\0", at + length)
        if length < 4 or end < 0:
            break
        body = table[at : at + length]
        texts = [text.decode("latin-1").strip() for text in table[at + length : end].split(b"\0")]
        for offset, name in _STRINGS.get(kind, ()):
            number = body[offset] if offset < length else 0
            if 0 < number <= len(texts) and name not in values and texts[number - 1]:
                values[name] = texts[number - 1]
        if kind == 0 and length >= 0x14 and virtual is None:
            virtual = bool(body[0x13] & 0x10)
        memory += _memory_device(body) if kind == 17 else 0
        at = end + 2
        if kind == 127:
            break
    ids = dict.fromkeys(values, evidence)
    return Smbios(values, ids, virtual, evidence if virtual else "", memory or None)


def _memory_device(body: bytes) -> int:
    """Bytes of one memory device: the word at 0x0C, or the double word at 0x1C when that is 0x7FFF."""
    if len(body) < 0x0E:
        return 0
    size = int.from_bytes(body[0x0C:0x0E], "little")
    if size in (0, 0xFFFF):
        return 0
    if size == 0x7FFF and len(body) >= 0x20:
        return (int.from_bytes(body[0x1C:0x20], "little") & 0x7FFFFFFF) << 20
    return (size & 0x7FFF) << (10 if size & 0x8000 else 20)
