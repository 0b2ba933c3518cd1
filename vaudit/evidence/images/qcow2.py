"""QEMU's qcow2, versions 2 and 3: clusters by a table of tables, compressed or not, over a backing file.

docs/interop/qcow2.rst in QEMU's source. Snapshots inside the image are not looked at. The packaged reader
(libqcow) gives zeros for compressed clusters without an error, so this is read here.
"""

import zlib
from collections import OrderedDict
from collections.abc import Callable
from struct import Struct
from typing import NamedTuple

from vaudit.evidence.errors import EvidenceError
from vaudit.evidence.images.disk import SECTOR, Disk

MAGIC = b"QFI\xfb"
MAX_SIZE = 1 << 60
"""Bytes of a disk; nothing real is larger."""
MAX_TABLE = 32 << 20
"""Bytes of the first table (QEMU: QCOW_MAX_L1_SIZE)."""
MAX_NAME = 1023
"""Bytes of a backing file's name, as the specification has it."""
_HEADER = Struct(">4sIQIIQIIQQIIQ")
_FEATURES = Struct(">QQQIIB")
_CLUSTER_BITS = range(9, 22)
_DIRTY, _CORRUPT, _EXTERNAL, _TYPED, _EXTENDED = (1 << bit for bit in range(5))
_KNOWN = _DIRTY | _CORRUPT | _EXTERNAL | _TYPED | _EXTENDED
_OFFSET = (1 << 56) - SECTOR
"""Bits 9 to 55."""
_COMPRESSED, _ZERO = 1 << 62, 1
_SUBCLUSTERS = 32
_WINDOW = -12
"""Of raw deflate, in bits: what QEMU compresses with (block/qcow2-threads.c)."""
_KEPT_TABLES, _KEPT_BYTES = 64, 8 << 20


class Header(NamedTuple):
    """What is needed of the first bytes."""

    size: int
    cluster_bits: int
    table: int
    entries: int
    backing: str
    backing_format: str
    features: int
    zstd: bool


class Qcow2(Disk):
    """A qcow2 file as the guest sees it."""

    def __init__(self, file: Disk, backing: Callable[[str, str], Disk]) -> None:
        """`backing` opens the file of a name and format. EvidenceError where it is damaged, or encrypted."""
        self._file = file
        self._head = head = header(file)
        self.size = head.size
        self._cluster = 1 << head.cluster_bits
        self._width = 16 if head.features & _EXTENDED else 8
        self._entries = self._cluster // self._width
        self._first = file.whole(head.table, head.entries * 8)
        self._backing = backing(head.backing, head.backing_format) if head.backing else None
        self._tables: OrderedDict[int, bytes] = OrderedDict()
        self._unpacked: OrderedDict[int, bytes] = OrderedDict()
        damaged = head.features & _CORRUPT
        own = ("the image is marked as damaged (qemu-img check)",) if damaged else ()
        self.notes = (*own, *(self._backing.notes if self._backing else ()))

    def read(self, at: int, count: int) -> bytes:
        count = max(0, min(count, self.size - at))
        found = bytearray()
        while len(found) < count:
            place = at + len(found)
            inside = place % self._cluster
            found += self._piece(place, inside, min(count - len(found), self._cluster - inside))
        return bytes(found)

    def _piece(self, at: int, inside: int, count: int) -> bytes:
        """Bytes of one cluster."""
        entry, bitmap = self._entry(at // self._cluster)
        if entry & _COMPRESSED:
            return self._compressed(entry)[inside : inside + count]
        if self._width == 16:
            return self._subclusters(at, entry & _OFFSET, bitmap, count)
        if entry & _ZERO:
            return bytes(count)
        if entry & _OFFSET:
            return self._file.whole((entry & _OFFSET) + inside, count)
        return self._below(at, count)

    def _below(self, at: int, count: int) -> bytes:
        """What lies in the backing file, and nothing behind its end."""
        data = self._backing.read(at, count) if self._backing and at < self._backing.size else b""
        return data + bytes(count - len(data))

    def _subclusters(self, at: int, offset: int, bitmap: int, count: int) -> bytes:
        """Of an extended entry, which says of each 32nd of its cluster where it is."""
        size = self._cluster // _SUBCLUSTERS
        found = bytearray()
        while len(found) < count:
            place = at + len(found)
            inside = place % self._cluster
            piece = min(count - len(found), size - inside % size)
            which = inside // size
            if bitmap >> 32 + which & 1:
                found += bytes(piece)
            elif bitmap >> which & 1:
                found += self._file.whole(offset + inside, piece)
            else:
                found += self._below(place, piece)
        return bytes(found)

    def _entry(self, cluster: int) -> tuple[int, int]:
        """The entry of a cluster, and its bitmap where entries are extended."""
        table, number = divmod(cluster, self._entries)
        offset = int.from_bytes(self._first[table * 8 : table * 8 + 8], "big") & _OFFSET
        if not offset:
            return 0, 0
        data = self._table(offset)
        at = number * self._width
        entry = int.from_bytes(data[at : at + 8], "big")
        return entry, int.from_bytes(data[at + 8 : at + 16], "big") if self._width == 16 else 0

    def _table(self, offset: int) -> bytes:
        if offset not in self._tables:
            self._tables[offset] = self._file.whole(offset, self._cluster)
            if len(self._tables) > _KEPT_TABLES:
                self._tables.popitem(last=False)
        return self._tables[offset]

    def _compressed(self, entry: int) -> bytes:
        """A cluster that was packed, at any byte."""
        if entry not in self._unpacked:
            self._unpacked[entry] = self._unpack(entry)
            if len(self._unpacked) * self._cluster > _KEPT_BYTES:
                self._unpacked.popitem(last=False)
        return self._unpacked[entry]

    def _unpack(self, entry: int) -> bytes:
        bits = 62 - (self._head.cluster_bits - 8)
        offset = entry & (1 << bits) - 1
        sectors = (entry & _COMPRESSED - 1) >> bits
        packed = self._file.read(offset, (sectors + 1) * SECTOR - offset % SECTOR)
        data = (_unzstd if self._head.zstd else _inflate)(packed, self._cluster)
        if len(data) != self._cluster:
            raise EvidenceError("damaged: a compressed cluster cannot be unpacked")
        return data


def _inflate(packed: bytes, size: int) -> bytes:
    try:
        return zlib.decompressobj(_WINDOW).decompress(packed, size)
    except zlib.error as error:
        raise EvidenceError("damaged: a compressed cluster cannot be unpacked") from error


def _unzstd(packed: bytes, size: int) -> bytes:
    try:
        from compression import zstd  # Python 3.14
    except ImportError as error:
        raise EvidenceError(
            "compressed by zstd, which Python reads since 3.14: `qemu-img convert -O qcow2` it without"
        ) from error
    try:
        return bytes(zstd.ZstdDecompressor().decompress(packed, size))
    except zstd.ZstdError as error:
        raise EvidenceError("damaged: a compressed cluster cannot be unpacked") from error


def header(file: Disk) -> Header:
    """What a file says of itself. EvidenceError for what cannot be read or is not to be believed."""
    fields = _HEADER.unpack(file.whole(0, _HEADER.size))
    _, version, name_at, name_size, bits, size, encrypted, entries, table, *_ = fields
    if version not in (2, 3):
        raise EvidenceError(f"qcow of version {version} is not read: `qemu-img convert -O qcow2` it")
    features, zstd, length = 0, False, _HEADER.size
    if version == 3:
        features, _, _, _, length, kind = _FEATURES.unpack(file.whole(_HEADER.size, _FEATURES.size))
        zstd = bool(features & _TYPED and length > 104 and kind)
    _refuse(features, encrypted)
    cluster = 1 << bits if bits in _CLUSTER_BITS else 0
    entry = 16 if features & _EXTENDED else 8
    if not cluster or size > MAX_SIZE or entries * 8 > MAX_TABLE or name_size > MAX_NAME:
        raise EvidenceError("damaged: what its header says cannot be")
    if entries * (cluster // entry) * cluster < size:
        raise EvidenceError("damaged: its table does not cover the disk")
    name = file.whole(name_at, name_size).decode("utf-8", "replace") if name_at and name_size else ""
    return Header(size, bits, table, entries, name, _extension(file, length, name_at), features, zstd)


def _refuse(features: int, encrypted: int) -> None:
    if encrypted:
        raise EvidenceError("encrypted: name the disk after it was opened (qemu-img convert)")
    if features & _EXTERNAL:
        raise EvidenceError("its data lies in another file: `qemu-img convert -O qcow2` it into one")
    if features & ~_KNOWN:
        raise EvidenceError("made by a newer QEMU, with something that is not known here")


_FORMAT = 0xE2792ACA
"""The header extension with the backing file's format."""


def _extension(file: Disk, at: int, end: int) -> str:
    """The format of the backing file, if the extensions behind the header tell it."""
    while at + 8 <= end:
        kind, size = Struct(">II").unpack(file.whole(at, 8))
        if not kind or size > MAX_NAME:
            return ""
        if kind == _FORMAT:
            return file.whole(at + 8, size).decode("ascii", "replace")
        at += 8 + (size + 7) // 8 * 8
    return ""
