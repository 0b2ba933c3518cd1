"""Bytes at places: a disk, a part of one, and the file that libraries want to read."""

import os
import stat
from abc import ABC, abstractmethod

from vaudit.evidence.errors import EvidenceError

SECTOR = 512
_FLAGS = os.O_RDONLY
for _flag in ("O_NONBLOCK", "O_CLOEXEC", "O_NOCTTY", "O_BINARY", "O_NOINHERIT"):
    _FLAGS |= getattr(os, _flag, 0)


class Disk(ABC):
    """What a guest sees as a disk."""

    size: int
    """Bytes."""
    notes: tuple[str, ...] = ()
    """What is to be said of what is read from it."""

    @abstractmethod
    def read(self, at: int, count: int) -> bytes:
        """As many bytes as lie there, `count` at most. EvidenceError where they cannot be had."""

    def whole(self, at: int, count: int) -> bytes:
        """Just so many bytes. EvidenceError where there are fewer."""
        data = self.read(at, count) if 0 <= at <= self.size else b""
        if len(data) != count:
            raise EvidenceError(f"cut off: {count} bytes should lie at {at}")
        return data


class File(Disk):
    """A regular file; as a disk, what is called raw."""

    def __init__(self, path: str) -> None:
        """EvidenceError where it cannot be opened, or is none."""
        try:
            self._number = os.open(path, _FLAGS)
            status = os.fstat(self._number)
        except OSError as error:
            raise EvidenceError(f"{path}: cannot be read: {error.strerror}") from error
        if not stat.S_ISREG(status.st_mode):
            os.close(self._number)
            raise EvidenceError(f"{path}: is no file")
        self.size = status.st_size

    def read(self, at: int, count: int) -> bytes:
        found = bytearray()
        try:
            while len(found) < count and (piece := self._piece(at + len(found), count - len(found))):
                found += piece
        except OSError as error:
            raise EvidenceError(f"cannot be read: {error.strerror}") from error
        return bytes(found)

    def _piece(self, at: int, count: int) -> bytes:
        if hasattr(os, "pread"):
            return os.pread(self._number, count, at)
        os.lseek(self._number, at, os.SEEK_SET)
        return os.read(self._number, count)

    def __del__(self) -> None:
        if hasattr(self, "_number"):
            try:
                os.close(self._number)
            except OSError:
                return


class Part(Disk):
    """A piece of a disk."""

    def __init__(self, disk: Disk, start: int, size: int) -> None:
        self._disk = disk
        self.start = start
        self.size = min(size, max(0, disk.size - start))

    def read(self, at: int, count: int) -> bytes:
        return self._disk.read(self.start + at, max(0, min(count, self.size - at)))


class Stream:
    """A disk as an open file that is only read: what the libraries want (read, seek, tell, get_size)."""

    def __init__(self, disk: Disk) -> None:
        self._disk = disk
        self._at = 0

    def read(self, count: int = -1) -> bytes:
        left = max(0, self._disk.size - self._at)
        data = self._disk.read(self._at, left if count < 0 else min(count, left))
        self._at += len(data)
        return data

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        begin = {os.SEEK_SET: 0, os.SEEK_CUR: self._at, os.SEEK_END: self._disk.size}[whence]
        self._at = begin + offset
        return self._at

    def tell(self) -> int:
        return self._at

    def get_size(self) -> int:
        return self._disk.size
