r"""A test file on Windows, which is gone with its last handle, whatever ends this process.

It is opened past the system's cache and through the disk's (FILE_FLAG_NO_BUFFERING, FILE_FLAG_WRITE_THROUGH),
which wants addresses, offsets and sizes of whole sectors; Wine does not mind, so we look ourselves.
"""

import contextlib
import os
from collections.abc import Iterator
from ctypes import byref, c_uint32, c_void_p, create_unicode_buffer

from vaudit.bench.system import win32
from vaudit.bench.system.errors import BenchError, sentence
from vaudit.bench.units import BLOCK

_READ, _WRITE, _DELETE = 0x80000000, 0x40000000, 0x10000
"""GENERIC_READ, GENERIC_WRITE, DELETE."""
_SHARED = 0x7
"""FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE."""
_NEW, _THERE = 1, 3
"""CREATE_NEW, OPEN_EXISTING."""
_NO_BUFFERING, _WRITE_THROUGH, _OVERLAPPED, _DELETE_ON_CLOSE = 0x20000000, 0x80000000, 0x40000000, 0x04000000
_HIDDEN = 0x2
"""FILE_ATTRIBUTE_HIDDEN."""
_NONE = c_void_p(-1).value
"""INVALID_HANDLE_VALUE."""


class Misaligned(ValueError):
    """A request that Windows would refuse, which is an error of ours."""


class Target:
    """An open file, the port where its requests come back, and the sectors of its disk."""

    def __init__(self, handle: int, sector: int) -> None:
        """OSError where no port is to be had; the handle is then closed."""
        self.handle, self.sector = handle, sector
        port: int | None = win32.kernel().CreateIoCompletionPort(handle, None, 0, 1)
        if not port:
            failed = win32.error()
            win32.kernel().CloseHandle(handle)
            raise failed
        self.port = port

    def refuse_misaligned(self, address: int, offset: int, size: int) -> None:
        """Raises Misaligned where one of them is no whole number of sectors."""
        for what, number in (("address", address), ("offset", offset), ("size", size)):
            if number % self.sector:
                raise Misaligned(f"the {what} {number} is no multiple of {self.sector} bytes")

    def flush(self) -> None:
        """Waits until all that was written lies on the disk. OSError."""
        if not win32.kernel().FlushFileBuffers(self.handle):
            raise win32.error()

    def close(self) -> None:
        """Lets go of it; a test file is gone then."""
        for handle in (self.handle, self.port):
            win32.kernel().CloseHandle(handle)


def sector_of(path: str) -> int:
    """Bytes of a sector of the volume that a path lies on, as programs must mind them. OSError."""
    words = [c_uint32() for _ in range(4)]
    if not win32.kernel().GetDiskFreeSpaceW(volume_of(path), *map(byref, words)):
        raise win32.error()
    return words[1].value or BLOCK


def volume_of(path: str) -> str:
    r"""The root of the volume that a path lies on: C:\. OSError."""
    found = create_unicode_buffer(len(path) + 300)
    if not win32.kernel().GetVolumePathNameW(path, found, len(found)):
        raise win32.error()
    return found.value


@contextlib.contextmanager
def opened(folder: str) -> Iterator[Target]:
    """A new file to read and write, which is gone afterwards. BenchError where none can be made."""
    path = long(os.path.join(folder, f".vaudit-{os.urandom(8).hex()}"))
    flags = _NO_BUFFERING | _WRITE_THROUGH | _OVERLAPPED | _DELETE_ON_CLOSE | _HIDDEN
    try:
        target = _target(path, _READ | _WRITE | _DELETE, _SHARED, _NEW, flags)
    except OSError as error:
        raise BenchError(sentence(error, f"making a test file in {folder}")) from None
    try:
        yield target
    finally:
        target.close()


@contextlib.contextmanager
def opened_to_read(path: str) -> Iterator[Target]:
    """A file of somebody's, for reading alone, past the system's cache. OSError."""
    target = _target(long(path), _READ, _SHARED, _THERE, _NO_BUFFERING | _OVERLAPPED)
    try:
        yield target
    finally:
        target.close()


def _target(path: str, access: int, share: int, how: int, flags: int) -> Target:
    handle = win32.kernel().CreateFileW(path, access, share, None, how, flags, None)
    if handle in (None, _NONE):
        raise win32.error()
    return Target(handle, sector_of(os.path.dirname(path)))


def long(path: str) -> str:
    r"""A path that may have more than 260 characters: \\?\C:\…, or \\?\UNC\server\share\…."""
    path = os.path.abspath(path)
    if path.startswith("\\\\?\\"):
        return path
    return f"\\\\?\\UNC{path[1:]}" if path.startswith("\\\\") else f"\\\\?\\{path}"
