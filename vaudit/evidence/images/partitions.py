"""The volumes of a disk: by GPT, by MBR with its logical ones, or the disk itself.

GPT: UEFI specification 2.10, chapter 5; MBR: the same, 5.2, and Microsoft's "Disk partition".
"""

from collections.abc import Iterator
from struct import Struct
from typing import NamedTuple

from vaudit.evidence.images.disk import Disk, Part

MAX_VOLUMES = 128
_SECTOR_SIZES = (512, 4096)
_SIGNATURE = b"\x55\xaa"
_GPT = b"EFI PART"
_GPT_HEAD = Struct("<72xQII")
_GPT_ENTRY = Struct("<16s16xQQ")
_MAX_ENTRY = 4096
_MBR_ENTRY = Struct("<4xB3xII")
_EXTENDED = (0x05, 0x0F, 0x85)
_PROTECTIVE = 0xEE
_FILE_SYSTEMS = (b"NTFS    ", b"-FVE-FS-", b"ReFS\0\0\0\0", b"EXFAT   ")


class Volume(NamedTuple):
    """A volume by its number on the disk, from 1; 0 where the disk is one."""

    number: int
    part: Disk


def volumes(disk: Disk) -> list[Volume]:
    """The volumes of a disk; of a damaged table those that can be told."""
    start = disk.read(0, 512)
    if is_file_system(start):
        return [Volume(0, disk)]
    found = [Volume(number, part) for number, part in enumerate(_gpt(disk), 1)]
    if not found and start[510:] == _SIGNATURE:
        found = [Volume(number, part) for number, part in enumerate(_mbr(disk, start), 1)]
    return found[:MAX_VOLUMES]


def is_file_system(start: bytes) -> bool:
    """Whether these are the first bytes of a volume of Windows, and no table of partitions."""
    return start[3:11] in _FILE_SYSTEMS


def has_table(start: bytes) -> bool:
    """Whether the first 520 bytes of a file are those of a disk."""
    return start[510:512] == _SIGNATURE or start[512:520] == _GPT


def _gpt(disk: Disk) -> Iterator[Disk]:
    for sector in _SECTOR_SIZES:
        head = disk.read(sector, 92)
        if head[:8] == _GPT and len(head) == 92:
            at, count, size = _GPT_HEAD.unpack_from(head)
            if size < _GPT_ENTRY.size or size > _MAX_ENTRY:
                return
            table = disk.read(at * sector, min(count, MAX_VOLUMES) * size)
            for offset in range(0, len(table) - _GPT_ENTRY.size + 1, size):
                kind, first, last = _GPT_ENTRY.unpack_from(table, offset)
                if kind != bytes(16) and last >= first:
                    yield Part(disk, first * sector, (last - first + 1) * sector)
            return


def _mbr(disk: Disk, start: bytes) -> Iterator[Disk]:
    """The primary ones, and behind them the logical ones."""
    extended = []
    for kind, first, count in _entries(start):
        if kind in _EXTENDED:
            extended.append(first)
        elif kind and kind != _PROTECTIVE and count:
            yield Part(disk, first * 512, count * 512)
    for base in extended[:1]:
        yield from _logical(disk, base)


def _logical(disk: Disk, base: int) -> Iterator[Disk]:
    """The chain of tables in an extended partition, each with one volume and the place of the next."""
    at = base
    seen: set[int] = set()
    while at not in seen and len(seen) < MAX_VOLUMES:
        seen.add(at)
        table = disk.read(at * 512, 512)
        if table[510:] != _SIGNATURE:
            return
        following = 0
        for kind, first, count in _entries(table):
            if kind in _EXTENDED:
                following = base + first
            elif kind and count:
                yield Part(disk, (at + first) * 512, count * 512)
        if not following:
            return
        at = following


def _entries(table: bytes) -> list[tuple[int, int, int]]:
    return [_MBR_ENTRY.unpack_from(table, at) for at in range(446, 510, 16)]
