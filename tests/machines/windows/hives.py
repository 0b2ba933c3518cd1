"""Writes registry hives as Windows lays them out, and logs of their last changes, for tests to read.

The layout is described by M. Suhanov (github.com/msuhanov/regf); it is written here from that description,
not from the reader.
"""

import struct
from collections.abc import Iterable, Mapping

from vaudit.evidence import hive_log
from vaudit.evidence.hive import checksum
from vaudit.evidence.registry import RegistryValue, encoded

Keys = Mapping[str, Iterable[RegistryValue]]
"""Path -> values; keys on the way to a path need not be named."""
BASE, PAGE, SEGMENT = 4096, 4096, 16344
WRITTEN = 134_040_000_000_000_000
"""FILETIME of the last write: June 2022."""
MOST_LISTED = 500
"""Subkeys in one list; more make lists in a list."""
NOWHERE = 0xFFFFFFFF


class _Bins:
    """Cells behind each other, in one bin."""

    def __init__(self) -> None:
        self.data = bytearray(32)

    def add(self, content: bytes) -> int:
        at = len(self.data)
        size = -(-(len(content) + 4) // 8) * 8
        self.data += struct.pack("<i", -size) + content.ljust(size - 4, b"\0")
        return at

    def whole(self) -> bytes:
        rest = -len(self.data) % PAGE
        if rest:
            self.data += struct.pack("<i", rest) + bytes(rest - 4)
        self.data[:32] = struct.pack("<4sII8xQ4x", b"hbin", 0, len(self.data), WRITTEN)
        return bytes(self.data)


def hive(keys: Keys, *, first: int = 7, second: int = 7) -> bytes:
    """A hive. With two numbers it was not closed."""
    tree: dict[str, dict[str, object]] = {}
    values: dict[str, list[RegistryValue]] = {}
    for path, held in keys.items():
        values.setdefault(path.lower(), []).extend(held)
        inner: dict[str, object] = tree  # type: ignore[assignment]
        for name in path.split("\\") if path else ():
            known = {one.lower(): one for one in inner}
            inner = inner.setdefault(known.get(name.lower(), name), {})  # type: ignore[assignment]
    bins = _Bins()
    root = _key(bins, "ROOT", tree, values, "")
    content = bins.whole()
    return _base(root, len(content), first, second, 0).ljust(BASE, b"\0") + content


def _base(root: int, size: int, first: int, second: int, type_: int) -> bytes:
    block = struct.pack("<4sIIQIIIIIII", b"regf", first, second, WRITTEN, 1, 5, type_, 1, root, size, 1)
    block = block.ljust(508, b"\0")
    return block + struct.pack("<I", checksum(block))


def _key(bins: _Bins, name: str, tree: Mapping[str, object], values: Mapping[str, object], path: str) -> int:
    inner = [
        _key(bins, one, below, values, f"{path}\\{one.lower()}".strip("\\"))  # type: ignore[arg-type]
        for one, below in sorted(tree.items(), key=lambda item: item[0].upper())
    ]
    names = sorted(tree, key=str.upper)
    held = values.get(path, [])
    cells = [_value(bins, one) for one in held]  # type: ignore[attr-defined]
    list_ = _listed(bins, names, inner) if inner else NOWHERE
    value_list = bins.add(struct.pack(f"<{len(cells)}I", *cells)) if cells else NOWHERE
    raw, narrow = _name(name)
    flags = (0x20 if narrow else 0) | (0x0C if not path else 0)
    node = struct.pack(
        "<2sHQIIIIIIIIIIIIIIIHH", b"nk", flags, WRITTEN, 0, 0, len(inner), 0, list_, NOWHERE, len(cells),
        value_list, NOWHERE, NOWHERE, 0, 0, 0, 0, 0, len(raw), 0,
    )  # fmt: skip
    return bins.add(node + raw)


def _listed(bins: _Bins, names: list[str], cells: list[int]) -> int:
    pairs = list(zip(names, cells, strict=True))
    lists = [
        bins.add(
            struct.pack("<2sH", b"lh", len(some))
            + b"".join(struct.pack("<II", cell, _hash(name)) for name, cell in some)
        )
        for some in (pairs[at : at + MOST_LISTED] for at in range(0, len(pairs), MOST_LISTED))
    ]
    if len(lists) == 1:
        return lists[0]
    return bins.add(struct.pack(f"<2sH{len(lists)}I", b"ri", len(lists), *lists))


def _hash(name: str) -> int:
    found = 0
    for letter in name.upper():
        found = (found * 37 + ord(letter)) & 0xFFFFFFFF
    return found


def _value(bins: _Bins, value: RegistryValue) -> int:
    data = encoded(value.type, value.data)
    raw, narrow = _name(value.name)
    if len(data) <= 4:
        size, where = len(data) | 1 << 31, struct.unpack("<I", data.ljust(4, b"\0"))[0]
    elif len(data) <= SEGMENT:
        size, where = len(data), bins.add(data)
    else:
        parts = [bins.add(data[at : at + SEGMENT]) for at in range(0, len(data), SEGMENT)]
        list_ = bins.add(struct.pack(f"<{len(parts)}I", *parts))
        size, where = len(data), bins.add(struct.pack("<2sHI", b"db", len(parts), list_))
    head = struct.pack("<2sHIIIHH", b"vk", len(raw), size, where, value.type, narrow, 0)
    return bins.add(head + raw)


def _name(name: str) -> tuple[bytes, int]:
    """The bytes of a name, and whether they are one a character."""
    try:
        return name.encode("latin-1"), 1
    except UnicodeEncodeError:
        return name.encode("utf-16-le"), 0


# logs


def _pages(old: bytes, new: bytes, size: int) -> list[tuple[int, bytes]]:
    """The pieces behind the base block in which two hives differ."""
    places = range(BASE, len(new), size)
    return [(at - BASE, new[at : at + size]) for at in places if old[at : at + size] != new[at : at + size]]


def log(old: bytes, new: bytes, number: int) -> bytes:
    """A log as Windows 8.1 and later write it: an entry that makes the new hive of the old one."""
    pages = _pages(old, new, PAGE)
    refs = b"".join(struct.pack("<II", at, len(page)) for at, page in pages)
    content = refs + b"".join(page for _, page in pages)
    size = -(-(40 + len(content)) // 512) * 512
    content = content.ljust(size - 40, b"\0")
    head = struct.pack(
        "<4sIIIIIQ", b"HvLE", size, 0, number, len(new) - BASE, len(pages), hive_log.marvin(content)
    )
    entry = head + struct.pack("<Q", hive_log.marvin(head)) + content
    root = struct.unpack_from("<I", new, 36)[0]
    return _base(root, len(new) - BASE, number, number, 6) + entry


def old_log(old: bytes, new: bytes, number: int) -> bytes:
    """A log as Windows wrote it until 8: a bitmap of the sectors that differ, and the sectors."""
    bits = bytearray(-(-(len(new) - BASE) // 512 // 8))
    sectors = _pages(old, new, 512)
    for at, _ in sectors:
        bits[at // 512 // 8] |= 1 << at // 512 % 8
    head = b"DIRT" + bytes(bits)
    root = struct.unpack_from("<I", new, 36)[0]
    base = _base(root, len(new) - BASE, number, number, 1)
    return base + head.ljust(-(-len(head) // 512) * 512, b"\0") + b"".join(page for _, page in sectors)
