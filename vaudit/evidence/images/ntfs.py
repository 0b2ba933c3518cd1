"""Files on an NTFS volume, by libfsntfs (`pip install 'vaudit[images]'`)."""

from typing import Any

from vaudit.evidence.errors import EvidenceError
from vaudit.evidence.images.disk import Disk, Stream
from vaudit.evidence.images.formats import EXTRA

MAGIC = b"NTFS    "
_VOLUME_FILE = 3
"""$Volume, in the master file table."""
_VOLUME_INFORMATION = 0x70
_DIRTY = 1
_DAMAGED = "damaged: a folder of its NTFS cannot be read"
_BROKEN = (OSError, MemoryError, ValueError, OverflowError)


class Volume:
    """An NTFS volume. EvidenceError where it cannot be read."""

    def __init__(self, disk: Disk) -> None:
        try:
            import pyfsntfs
        except ImportError as error:
            raise EvidenceError(f"reading NTFS {EXTRA}") from error
        self._volume: Any = pyfsntfs.volume()
        try:
            self._volume.open_file_object(Stream(disk))
        except _BROKEN as error:
            raise EvidenceError("damaged: its NTFS cannot be read") from error

    def file(self, path: str) -> "NtfsFile | None":
        r"""A file such as `\Windows\System32`; None where there is none. EvidenceError where that cannot be
        read."""
        entry = self._entry(path)
        return NtfsFile(entry) if entry and not entry.has_directory_entries_index() else None

    def names(self, path: str) -> list[str] | None:
        """The names in a folder; None where there is none. EvidenceError where that cannot be read."""
        entry = self._entry(path)
        if not entry or not entry.has_directory_entries_index():
            return None
        try:
            return sorted(one.get_name() or "" for one in entry.sub_file_entries)
        except _BROKEN as error:
            raise EvidenceError(_DAMAGED) from error

    @property
    def is_dirty(self) -> bool | None:
        """Whether it was not closed; None where that cannot be read."""
        try:
            entry = self._volume.get_file_entry(_VOLUME_FILE)
            for number in range(entry.get_number_of_attributes()):
                attribute = entry.get_attribute(number)
                if attribute.get_attribute_type() == _VOLUME_INFORMATION:
                    return bool(attribute.get_flags() & _DIRTY)
        except (*_BROKEN, AttributeError):
            return None
        return None

    def _entry(self, path: str) -> Any:
        try:
            return self._volume.get_file_entry_by_path(path)
        except _BROKEN as error:
            raise EvidenceError(_DAMAGED) from error


class NtfsFile(Disk):
    """What a file holds."""

    def __init__(self, entry: Any) -> None:
        self._entry = entry
        self.size = entry.get_size()

    def read(self, at: int, count: int) -> bytes:
        try:
            return bytes(self._entry.read_buffer_at_offset(max(0, min(count, self.size - at)), at))
        except _BROKEN as error:
            raise EvidenceError("damaged: a file of it cannot be read") from error
