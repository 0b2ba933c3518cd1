"""The systems of Windows on a disk: their registries, and the few files that tell how it was left."""

from collections.abc import Callable
from contextlib import suppress
from typing import NamedTuple

from vaudit.evidence import hive_log, offline
from vaudit.evidence.errors import EvidenceError
from vaudit.evidence.hive import MAX_HIVE, Hive
from vaudit.evidence.images import ntfs, partitions
from vaudit.evidence.images.disk import Disk
from vaudit.evidence.paged import PAGE, Paged
from vaudit.evidence.source import (
    DIRTY,
    DRIVERS,
    HIBERFIL,
    NOT_HELD,
    Cut,
    Entry,
    EntryKind,
    answered,
    cut_names,
)

ROOTS = (r"\Windows", r"\WINNT")
CONFIG = r"\System32\config"
FIRST = 4
"""Bytes that are read of what holds a machine's memory: its signature alone."""
_SIGNS: tuple[tuple[int, bytes, str], ...] = (
    (3, b"-FVE-FS-", "encrypted by BitLocker"),
    (3, b"ReFS\0\0\0\0", "ReFS, which is not read"),
    (3, b"EXFAT   ", "exFAT"),
    (82, b"FAT32   ", "FAT"),
    (54, b"FAT1", "FAT"),
    (1080, b"\x53\xef", "ext4 or alike, of Linux"),
    (0, b"XFSB", "XFS, of Linux"),
    (0x10040, b"_BHRfS_M", "btrfs, of Linux"),
    (0, b"LUKS\xba\xbe", "encrypted by LUKS"),
    (512, b"LABELONE", "LVM, of Linux"),
)
"""Where a file system has its name, and the words for it."""


class Found(NamedTuple):
    """What a disk holds."""

    systems: "list[System]"
    others: list[str]
    """The volumes without Windows, in words."""
    notes: list[str]


class System(offline.Offline):
    """One Windows: the registry that lies on its volume, and what the volume tells besides."""

    def __init__(self, number: int, volume: ntfs.Volume, root: str, hives: dict[str, Hive], notes: list[str]):
        super().__init__("", hives, notes)
        self.place = number
        self._volume = volume
        self._root_folder = root

    def entry(self, kind: EntryKind, key: str) -> Entry:
        asked = self._asked.get((kind, key.lower()))
        if not asked:
            return super().entry(kind, key)
        try:
            return asked(self, kind, key)
        except EvidenceError as error:
            return Entry(kind, key, "error", reason=str(error))

    def _drivers(self, kind: EntryKind, key: str) -> Entry:
        names = self._volume.names(self._root_folder + r"\System32\drivers")
        return Entry(kind, key, "absent") if names is None else answered(kind, key, cut_names(names))

    def _hiberfil(self, kind: EntryKind, key: str) -> Entry:
        found = self._volume.file(r"\hiberfil.sys")
        if not found:
            return Entry(kind, key, "absent")
        with suppress(EvidenceError):
            return answered(kind, key, Cut(found.read(0, FIRST), f"cut at {FIRST} bytes"))
        return Entry(kind, key, "error", reason="damaged")

    def _dirty(self, kind: EntryKind, key: str) -> Entry:
        dirty = self._volume.is_dirty
        if dirty is None:
            return Entry(kind, key, "unrecorded", reason=NOT_HELD)
        return Entry(kind, key, "read", b"dirty" if dirty else b"not dirty")

    _asked: "dict[tuple[str, str], Callable[[System, EntryKind, str], Entry]]" = {  # noqa: RUF012
        ("dir", DRIVERS.lower()): _drivers,
        ("file", HIBERFIL.lower()): _hiberfil,
        ("call", DIRTY.lower()): _dirty,
    }


def systems(disk: Disk) -> Found:
    """Every Windows on a disk. EvidenceError where its volumes cannot be looked into at all."""
    found = Found([], [], list(disk.notes))
    for number, part in partitions.volumes(disk):
        where = f"volume {number}" if number else "the volume"
        try:
            system, other = _system(number, part)
        except EvidenceError as error:
            system, other = None, str(error)
        if system:
            found.systems.append(system)
        else:
            found.others.append(f"{where}: {other}")
    return found


def _system(number: int, part: Disk) -> tuple[System | None, str]:
    """The Windows on a volume, or what lies there instead."""
    if part.read(3, 8) != ntfs.MAGIC:
        return None, _named(part)
    volume = ntfs.Volume(part)
    root = next((one for one in ROOTS if volume.file(rf"{one}{CONFIG}\SYSTEM")), "")
    if not root:
        return None, "NTFS without Windows"
    hives: dict[str, Hive] = {}
    notes: list[str] = []
    for name in offline.NAMES:
        try:
            hives[name.lower()], said = _hive(volume, root + CONFIG, name)
        except EvidenceError as error:
            if name == "SYSTEM":
                raise EvidenceError(f"Windows, whose registry is damaged: {error}") from error
            said = [f"{name}: {error}"]
        notes += said
    return System(number, volume, root, hives, notes), ""


def _hive(volume: ntfs.Volume, folder: str, name: str) -> tuple[Hive, list[str]]:
    file = volume.file(rf"{folder}\{name}")
    if not file:
        raise EvidenceError("is not there")
    if file.size > MAX_HIVE:
        raise EvidenceError(f"larger than {MAX_HIVE >> 20} MiB, so no registry hive")
    data = Paged(_reading(file), file.size)
    return offline.completed(data, name, lambda: _logs(volume, folder, name))


def _reading(file: Disk) -> Callable[[int, int], bytes]:
    """What cannot be read is zeros, which the hive's reader finds and counts as damage."""

    def read(at: int, count: int) -> bytes:
        try:
            return file.read(at, count)
        except EvidenceError:
            return bytes(min(count, PAGE))

    return read


def _logs(volume: ntfs.Volume, folder: str, name: str) -> dict[str, bytes]:
    found = {}
    for end in offline.LOGS:
        with suppress(EvidenceError):
            file = volume.file(rf"{folder}\{name}{end}")
            if file and 0 < file.size <= hive_log.MAX_LOG:
                found[name + end] = file.read(0, file.size)
    return found


def _named(part: Disk) -> str:
    """What lies on a volume that is not NTFS."""
    for at, sign, words in _SIGNS:
        if part.read(at, len(sign)) == sign:
            return words
    return "empty" if not part.read(0, 4096).strip(b"\0") else "a file system that is not known here"
