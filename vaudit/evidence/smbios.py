"""The raw SMBIOS table without what identifies one machine, structure by structure (DMTF DSP0134).

Each structure has a body of fixed fields, some of which number the strings that follow it. Strings stay where
a field that is evidence names them and no serial does; all others are replaced. A type that is not in the
tables below loses its strings and its body: only that it was there stays.
"""

from collections.abc import Iterator

import msgspec

from vaudit.masking.pseudonyms import Pseudonyms

_END = 127
STRINGS = {
    0: (0x04, 0x05, 0x08),  # BIOS: vendor, version, date
    1: (0x04, 0x05, 0x06, 0x19, 0x1A),  # system: maker, product, version, SKU, family; not 0x07, its serial
    2: (0x04, 0x05, 0x06),  # board: maker, product, version
    3: (0x04, 0x06),  # chassis: maker, version
    4: (0x04, 0x07, 0x10),  # processor: socket, maker, version
    7: (0x04,),  # cache: socket
    9: (0x04,),  # slot: designation
    16: (),  # memory array
    17: (0x10, 0x11, 0x17, 0x1A),  # memory device: locator, bank, maker, part number
    19: (),  # memory array's addresses
    20: (),  # memory device's addresses
    32: (),  # how the machine booted
    _END: (),
}
"""The types whose bodies say what a machine is, and where in them the numbers of strings stand that stay."""
SERIALS = {1: (0x07,), 2: (0x07, 0x08), 3: (0x07, 0x08), 4: (0x20, 0x21), 17: (0x18, 0x19)}
"""Where the numbers of serials and asset tags stand: what these name is replaced, whatever else names it."""
_UUID = slice(0x08, 0x18)


class Structure(msgspec.Struct, frozen=True):
    """One structure of a table."""

    type: int
    body: bytes
    """From its type to its last fixed field."""
    strings: list[str]


def structures(table: bytes) -> Iterator[Structure]:
    """The structures up to the end of the table, or to where it is damaged or cut."""
    at = 0
    while at + 4 <= len(table):
        kind, length = table[at], table[at + 1]
        end = table.find(b"\0\0", at + length)
        if length < 4 or end < 0:
            return
        texts = table[at + length : end].decode("latin-1")
        yield Structure(kind, table[at : at + length], texts.split("\0") if texts else [])
        at = end + 2
        if kind == _END:
            return


def identities(one: Structure) -> list[str]:
    """The strings of a structure that are no maker's or product's, and the UUID in both of its spellings."""
    kept = _numbered(one, STRINGS.get(one.type, ())) - _numbered(one, SERIALS.get(one.type, ()))
    found = [text for number, text in enumerate(one.strings, start=1) if number not in kept]
    raw = one.body[_UUID]
    if one.type == 1 and len(raw) == 16:
        turned = raw[3::-1] + raw[5:3:-1] + raw[7:5:-1] + raw[8:]
        for digits in (raw.hex(), turned.hex()):
            found.append(f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}")
    return found


def masked(names: Pseudonyms, table: bytes) -> bytes | None:
    """The table without identities; None when not even its first structure can be read."""
    return b"".join(_packed(_masked(names, one)) for one in structures(table)) or None


def _masked(names: Pseudonyms, one: Structure) -> Structure:
    if one.type not in STRINGS:
        return Structure(one.type, one.body[:4] + bytes(len(one.body) - 4), [])
    kept = _numbered(one, STRINGS[one.type]) - _numbered(one, SERIALS.get(one.type, ()))
    strings = [
        names.text(text) if number in kept else names.serial(text)
        for number, text in enumerate(one.strings, start=1)
    ]
    return Structure(one.type, _without_uuid(names, one), strings)


def _numbered(one: Structure, offsets: tuple[int, ...]) -> set[int]:
    return {one.body[offset] for offset in offsets if offset < len(one.body)}


def _without_uuid(names: Pseudonyms, one: Structure) -> bytes:
    """The UUID's first three fields are little-endian since SMBIOS 2.6, before they were not."""
    raw = one.body[_UUID]
    if one.type != 1 or len(raw) < 16 or not raw.strip(b"\0") or not raw.strip(b"\xff"):
        return one.body
    # three digits stay, as in every UUID: they tell EC2
    plain = raw[0] == 0xEC and raw[1] >> 4 == 2
    first = bytes([raw[0], raw[1] & 0xF0, 0, 0] if plain else [0, 0, raw[2] & 0xF0, raw[3]])
    hidden = bytes.fromhex(names.hidden("uuid", raw.hex(), 24))
    return one.body[: _UUID.start] + first + hidden + one.body[_UUID.stop :]


def _packed(one: Structure) -> bytes:
    strings = b"\0".join(
        text.encode("latin-1", "replace").replace(b"\0", b" ") or b" " for text in one.strings
    )
    return one.body + (strings + b"\0\0" if strings else b"\0\0")
