"""A registry hive as Windows stores it on a disk: a key is walked to, and nothing else is read.

What is damaged is skipped, remembered and counted, never raised: a reader has to know that a key which is not
found may lie in what is broken. What a log holds of the last changes is put in by hive_log.py.

The format is not documented by its maker; it is described by M. Suhanov (github.com/msuhanov/regf, "Windows
registry file format specification") and J. Metz (libregf, "Windows NT Registry File (REGF) format").
"""

import mmap
import os
import stat
from collections.abc import Iterator
from io import BytesIO
from struct import Struct

from vaudit.evidence.errors import EvidenceError
from vaudit.evidence.paged import Paged
from vaudit.evidence.registry import RegistryKey, RegistryValue, decoded

MAGIC = b"regf"
BASE = 4096
"""Bytes of the base block; cells are counted from its end."""
CHECKED = 508
"""Bytes of the base block that its checksum covers."""
MAX_HIVE = 1 << 30
"""Bytes; Windows itself keeps SYSTEM below 400 MiB."""
MAX_UNPACKED, MAX_MEMORY = 128 << 20, 80 << 20
"""Bytes that a packed hive may hold, and that unpacking it may take."""
_PIECE = 1 << 20
MAX_VALUE = 1 << 20
"""Bytes of one value that are read; more is damage, or nothing that an audit needs."""
_ROOT = 0x20
"""Where the root's cell lies, unless the base block says otherwise: behind the header of the first bin."""
_NOWHERE = 0xFFFFFFFF
_DEEPEST = 4
"""Lists in lists of subkeys; Windows writes two."""
_SEGMENT = 16344
"""Bytes of a value in one segment; larger values are split since version 1.4."""
_NARROW_KEY, _NARROW_VALUE = 0x20, 1
"""Flags: the name is stored with one byte a character."""
_RESIDENT = 1 << 31
"""In a value's size: the data stands where its offset would."""

_WORD, _SHORT = Struct("<I"), Struct("<H")
_SIZE = Struct("<i")
_KEY = Struct("<2sH16xI4xI4xII28xH2x")
"""Signature, flags, number of subkeys, their list, number of values, their list, length of the name."""
_KEY_NAME = 76
_VALUE = Struct("<2sHIIIH2x")
"""Signature, length of the name, size, offset of the data, type, flags."""
_WORDS = Struct(f"<{CHECKED // 4}I")
_HEAD = Struct("<4sIIQ")
"""Signature, the two sequence numbers, FILETIME of the last write."""

Buffer = mmap.mmap | bytes | Paged


def _word(data: Buffer, at: int) -> int:
    """The 32 bits at a place."""
    found: int = _WORD.unpack(data[at : at + 4])[0]
    return found


class _Broken(ValueError):
    """A cell that is not what it should be."""


class Damaged(LookupError):
    """A key was not found, and may lie in what is broken."""


class Base:
    """The base block: what a hive says of itself."""

    def __init__(self, data: Buffer) -> None:
        self.magic, self.first, self.second, self.written = _HEAD.unpack(data[: _HEAD.size])
        self.root: int = _word(data, 36)
        self.size: int = _word(data, 40)
        """Bytes of the bins behind it."""
        (self.minor,) = data[24:25]
        self.whole = checksum(data[:CHECKED]) == _word(data, CHECKED)

    @property
    def dirty(self) -> bool:
        """Whether changes were under way: what is missing stands in a log."""
        return self.first != self.second or not self.whole


class Hive:
    """The keys of a hive. `damaged` counts what could not be read of all that was asked for."""

    def __init__(self, data: Buffer, root: int | None = None) -> None:
        """`root`: where the first key lies, if the base block does not say it any more."""
        if len(data) < BASE + _ROOT or data[:4] != MAGIC:
            raise EvidenceError("no registry hive")
        self._data = data
        self._end = len(data)
        self._broken: set[int] = set()
        self._children: dict[int, tuple[dict[str, tuple[str, int]], int]] = {}
        self.base = Base(data)
        self._root = self._root_cell(root)

    @property
    def damaged(self) -> int:
        """Cells, lists and values that were broken."""
        return len(self._broken)

    def key(self, path: str) -> tuple[RegistryKey, int] | None:
        r"""A key such as `ControlSet001\Services`, without regard to case, and how much of it could not be
        read; None where there is none, and Damaged where what is broken may have held it."""
        at = self._find(path)
        if at is None:
            return None
        subkeys, lost = self._subkeys(at)
        values, less = self._values(at)
        return RegistryKey([name for name, _ in subkeys.values()], values), lost + less

    def walk(self) -> Iterator[str]:
        """The paths of all keys, each once."""
        waiting, seen = [("", self._root)], {self._root}
        while waiting:
            path, at = waiting.pop()
            yield path
            for name, cell in self._subkeys(at)[0].values():
                if cell not in seen:
                    seen.add(cell)
                    waiting.append((f"{path}\\{name}" if path else name, cell))

    def _find(self, path: str) -> int | None:
        at = self._root
        for name in path.split("\\") if path else ():
            subkeys, lost = self._subkeys(at)
            found = subkeys.get(name.lower())
            if not found and lost:
                raise Damaged(path)
            if not found:
                return None
            at = found[1]
        return at

    # cells

    def _cell(self, offset: int, least: int) -> tuple[int, int]:
        """Where the content of a cell begins and ends. _Broken where it does not hold so many bytes."""
        at = BASE + offset
        if offset > self._end or at + 4 > self._end:
            raise _Broken
        (size,) = _SIZE.unpack(self._data[at : at + 4])
        end = min(at + abs(size), self._end)
        if end - at - 4 < least:
            raise _Broken
        return at + 4, end

    def _root_cell(self, root: int | None) -> int:
        for offset in (root, self.base.root, _ROOT):
            if offset is None:
                continue
            try:
                self._key_at(offset)
            except _Broken:
                continue
            return offset
        raise EvidenceError("damaged: its first key cannot be found")

    def _key_at(self, offset: int) -> tuple[int, int, int, int, int, str]:
        """Number of subkeys and their list, number of values and their list, flags, and the key's name."""
        at, end = self._cell(offset, _KEY_NAME)
        sign, flags, subkeys, list_, values, value_list, length = _KEY.unpack(self._data[at : at + _KEY_NAME])
        if sign != b"nk" or at + _KEY_NAME + length > end:
            raise _Broken
        name = self._data[at + _KEY_NAME : at + _KEY_NAME + length]
        return subkeys, list_, values, value_list, flags, _name(name, flags & _NARROW_KEY)

    # subkeys

    def _subkeys(self, offset: int) -> tuple[dict[str, tuple[str, int]], int]:
        """The subkeys by their names in lower case, and how many could not be read."""
        found = self._children.get(offset)
        if found is None:
            found = self._children[offset] = self._read_subkeys(offset)
        return found

    def _read_subkeys(self, offset: int) -> tuple[dict[str, tuple[str, int]], int]:
        named: dict[str, tuple[str, int]] = {}
        before = len(self._broken)
        try:
            count, list_, *_ = self._key_at(offset)
        except _Broken:
            self._broken.add(offset)
            return named, 1
        listed = 0
        for cell in self._listed(list_, 0, set()) if count else ():
            listed += 1
            try:
                name = self._key_at(cell)[5]
            except _Broken:
                self._broken.add(cell)
                continue
            named.setdefault(name.lower(), (name, cell))
        if listed < count and before == len(self._broken):
            self._broken.add(list_)  # fewer are listed than the key has
        return named, len(self._broken) - before

    def _listed(self, offset: int, depth: int, seen: set[int]) -> Iterator[int]:
        """The cells that a list of subkeys names; a list may be one of lists."""
        try:
            at, end = self._cell(offset, 4)
            sign = self._data[at : at + 2]
            width = _WIDTHS.get(sign, 0)
            (count,) = _SHORT.unpack(self._data[at + 2 : at + 4])
            if not width or offset in seen or depth > _DEEPEST:
                raise _Broken
        except _Broken:
            self._broken.add(offset)
            return
        seen.add(offset)
        room = (end - at - 4) // width
        if room < count:
            self._broken.add(offset)
        for number in range(min(count, room)):
            inner = _word(self._data, at + 4 + number * width)
            if sign == b"ri":
                yield from self._listed(inner, depth + 1, seen)
            else:
                yield inner

    # values

    def _values(self, offset: int) -> tuple[list[RegistryValue], int]:
        found: list[RegistryValue] = []
        before = len(self._broken)
        for cell in self._value_cells(offset):
            try:
                found.append(self._value(cell))
            except _Broken:
                self._broken.add(cell)
        return found, len(self._broken) - before

    def _value_cells(self, offset: int) -> Iterator[int]:
        try:
            _, _, count, list_, *_ = self._key_at(offset)
            if not count:
                return
            at, end = self._cell(list_, 4)
        except _Broken:
            self._broken.add(offset)
            return
        room = (end - at) // 4
        if room < count:
            self._broken.add(list_)
        for number in range(min(count, room)):
            yield _word(self._data, at + number * 4)

    def _value(self, offset: int) -> RegistryValue:
        at, end = self._cell(offset, _VALUE.size)
        sign, length, size, where, type_, flags = _VALUE.unpack(self._data[at : at + _VALUE.size])
        start = at + _VALUE.size
        if sign != b"vk" or start + length > end:
            raise _Broken
        name = _name(self._data[start : start + length], flags & _NARROW_VALUE)
        return RegistryValue(name, type_, decoded(type_, self._content(at, size, where)))

    def _content(self, at: int, size: int, where: int) -> bytes:
        """The bytes of the value at `at`."""
        if size & _RESIDENT:
            size &= ~_RESIDENT
            if size > 4:
                raise _Broken
            return self._data[at + 8 : at + 8 + size]
        if not size:
            return b""
        if size > MAX_VALUE:
            raise _Broken
        if size > _SEGMENT and self.base.minor >= 4:
            return self._segments(where, size)
        start, _ = self._cell(where, size)
        return self._data[start : start + size]

    def _segments(self, where: int, size: int) -> bytes:
        """A value that is too large for one cell, in pieces."""
        at, _ = self._cell(where, 8)
        if self._data[at : at + 2] != b"db":
            start, _ = self._cell(where, size)
            return self._data[start : start + size]
        (count,) = _SHORT.unpack(self._data[at + 2 : at + 4])
        list_ = _word(self._data, at + 4)
        start, _ = self._cell(list_, 4 * count)
        found = bytearray()
        for number in range(count):
            piece = min(_SEGMENT, size - len(found))
            if piece <= 0:
                break
            begin, _ = self._cell(_word(self._data, start + 4 * number), piece)
            found += self._data[begin : begin + piece]
        if len(found) != size:
            raise _Broken
        return bytes(found)


_WIDTHS = {b"lf": 8, b"lh": 8, b"li": 4, b"ri": 4}
"""Bytes of an entry in the lists of subkeys: the first two keep a hash beside the offset."""


def _name(raw: bytes, narrow: int) -> str:
    return raw.decode("latin-1" if narrow else "utf-16-le", "replace")


def checksum(block: bytes) -> int:
    """What the base block's last four bytes are: its words, each XORed to the others."""
    found = 0
    for word in _WORDS.unpack(block):
        found ^= word
    return {0: 1, _NOWHERE: _NOWHERE - 1}.get(found, found)


def mapped(path: str) -> mmap.mmap:
    """A file in memory, as it is read; what is changed there never reaches the disk. EvidenceError where it
    cannot be."""
    try:
        number = os.open(path, _FLAGS)
        try:
            status = os.fstat(number)
            if not stat.S_ISREG(status.st_mode):
                raise EvidenceError(f"{path}: is no file")
            if status.st_size > MAX_HIVE:
                raise EvidenceError(f"{path}: larger than {MAX_HIVE >> 20} MiB, so no registry hive")
            if not status.st_size:
                raise EvidenceError(f"{path}: is empty")
            return mmap.mmap(number, 0, access=mmap.ACCESS_COPY)
        finally:
            os.close(number)
    except OSError as error:
        raise EvidenceError(f"{path}: cannot be read: {error.strerror}") from error


def unpacked(path: str) -> mmap.mmap:
    """What an xz file holds, in memory. EvidenceError where it is damaged or too large."""
    return unpacked_of(mapped(path), path)


def unpacked_of(packed: mmap.mmap | BytesIO, path: str) -> mmap.mmap:
    """As `unpacked`, of what was opened already; `path` is how it is called."""
    import lzma

    unpacker, found = lzma.LZMADecompressor(lzma.FORMAT_XZ, MAX_MEMORY), bytearray()
    try:
        while not unpacker.eof:
            piece = packed.read(_PIECE) if unpacker.needs_input else b""
            if unpacker.needs_input and not piece:
                raise EvidenceError(f"{path}: cut off")
            found += unpacker.decompress(piece, _PIECE)
            if len(found) > MAX_UNPACKED:
                raise EvidenceError(f"{path}: holds more than {MAX_UNPACKED >> 20} MiB")
    except lzma.LZMAError as error:
        raise EvidenceError(f"{path}: cannot be unpacked: {error}") from error
    if not found:
        raise EvidenceError(f"{path}: is empty")
    held = mmap.mmap(-1, len(found))
    held.write(found)
    return held


_FLAGS = os.O_RDONLY
for _flag in ("O_NONBLOCK", "O_CLOEXEC", "O_NOCTTY", "O_BINARY", "O_NOINHERIT"):
    _FLAGS |= getattr(os, _flag, 0)
