"""What benchmarks call of Windows' kernel32 and ntdll, and what their errors mean as errno.

The functions are described at learn.microsoft.com/windows/win32/api. Nothing is loaded before it is called:
any system may import this, and only Windows has what is called.
"""

import ctypes
import errno
from ctypes import POINTER, c_int, c_int64, c_size_t, c_uint32, c_uint64, c_void_p, c_wchar_p
from functools import cache
from typing import Any

PENDING, TIMEOUT = 997, 258
"""ERROR_IO_PENDING, WAIT_TIMEOUT."""
_TOO_MANY = (8, 1450, 1784)
"""ERROR_NOT_ENOUGH_MEMORY, ERROR_NO_SYSTEM_RESOURCES, ERROR_INVALID_USER_BUFFER: of requests in flight."""
_ERRNO = {
    **dict.fromkeys((21, 23, 27, 483, 1117, 1167), errno.EIO),
    **dict.fromkeys((39, 112), errno.ENOSPC),
    **dict.fromkeys((1295, 1816), errno.EDQUOT),
    **dict.fromkeys((1, 50), errno.EOPNOTSUPP),
    19: errno.EROFS,
}  # fmt: skip
"""What Python's own table takes for something else: ERROR_NOT_READY, _CRC, _SECTOR_NOT_FOUND,
_DEVICE_HARDWARE_ERROR, _IO_DEVICE, _DEVICE_NOT_CONNECTED; _HANDLE_DISK_FULL, _DISK_FULL;
_DISK_QUOTA_EXCEEDED, _NOT_ENOUGH_QUOTA; _INVALID_FUNCTION, _NOT_SUPPORTED; _WRITE_PROTECT (winerror.h)."""
_COMMIT, _RELEASE, _READ_WRITE = 0x3000, 0x8000, 0x04
"""MEM_COMMIT | MEM_RESERVE, MEM_RELEASE, PAGE_READWRITE."""
_WRITABLE = 0x200
"""PyBUF_WRITE."""
_TICKS = 1e7
"""Of FILETIME in a second."""


class Overlapped(ctypes.Structure):
    """OVERLAPPED: where a request goes, and what became of it."""

    _fields_ = (
        ("status", c_size_t),
        ("moved", c_size_t),
        ("offset", c_uint32),
        ("offset_high", c_uint32),
        ("event", c_void_p),
    )


class Entry(ctypes.Structure):
    """OVERLAPPED_ENTRY: a request that came back."""

    _fields_ = (("key", c_size_t), ("request", c_void_p), ("status", c_size_t), ("moved", c_uint32))


class _Memory(ctypes.Structure):
    """MEMORYSTATUSEX."""

    _fields_ = (
        ("length", c_uint32),
        ("load", c_uint32),
        ("total", c_uint64),
        ("free", c_uint64),
        ("more", c_uint64 * 5),
    )


_SIGNATURES: dict[str, tuple[Any, list[Any]]] = {
    "CreateFileW": (c_void_p, [c_wchar_p, c_uint32, c_uint32, c_void_p, c_uint32, c_uint32, c_void_p]),
    "CloseHandle": (c_int, [c_void_p]),
    "CreateIoCompletionPort": (c_void_p, [c_void_p, c_void_p, c_size_t, c_uint32]),
    "GetQueuedCompletionStatusEx": (c_int, [c_void_p, c_void_p, c_uint32, c_void_p, c_uint32, c_int]),
    "ReadFile": (c_int, [c_void_p, c_void_p, c_uint32, c_void_p, c_void_p]),
    "WriteFile": (c_int, [c_void_p, c_void_p, c_uint32, c_void_p, c_void_p]),
    "FlushFileBuffers": (c_int, [c_void_p]),
    "CancelIoEx": (c_int, [c_void_p, c_void_p]),
    "GetFileSizeEx": (c_int, [c_void_p, POINTER(c_int64)]),
    "VirtualAlloc": (c_void_p, [c_void_p, c_size_t, c_uint32, c_uint32]),
    "VirtualFree": (c_int, [c_void_p, c_size_t, c_uint32]),
    "GetSystemTimes": (c_int, [c_void_p, c_void_p, c_void_p]),
    "GetVolumePathNameW": (c_int, [c_wchar_p, c_void_p, c_uint32]),
    "GetDriveTypeW": (c_uint32, [c_wchar_p]),
    "GetVolumeInformationW": (
        c_int, [c_wchar_p, c_void_p, c_uint32, c_void_p, c_void_p, c_void_p, c_void_p, c_uint32],
    ),
    "GetDiskFreeSpaceW": (c_int, [c_wchar_p, c_void_p, c_void_p, c_void_p, c_void_p]),
    "GlobalMemoryStatusEx": (c_int, [c_void_p]),
}  # fmt: skip


@cache
def kernel() -> Any:
    """kernel32, whose functions know their types. OSError where this is no Windows."""
    if not hasattr(ctypes, "WinDLL"):
        raise OSError(errno.ENOSYS, "this is no Windows")
    found = ctypes.WinDLL("kernel32", use_last_error=True)
    for name, (result, arguments) in _SIGNATURES.items():
        function = getattr(found, name)
        function.restype, function.argtypes = result, arguments
    return found


def last() -> int:
    """The number of the error of the call before."""
    found: int = getattr(ctypes, "get_last_error", lambda: 0)()
    return found


def error(number: int | None = None) -> OSError:
    """What a call that failed left behind, or the error of this number."""
    code = last() if number is None else number
    if code in _TOO_MANY:
        return BlockingIOError(errno.EAGAIN, "too many requests are in flight")
    made: OSError = getattr(ctypes, "WinError", OSError)(code)
    return OSError(_ERRNO[code], made.strerror) if code in _ERRNO else made


def of_status(status: int) -> OSError:
    """The error of an NTSTATUS, with which a request came back."""
    return error(getattr(ctypes, "windll").ntdll.RtlNtStatusToDosError(c_uint32(status & 0xFFFFFFFF)))  # noqa: B009


def is_wine() -> bool:
    """Whether this Windows is Wine, whose file systems are those of what lies beneath."""
    return hasattr(getattr(ctypes, "windll").ntdll, "wine_get_version")  # noqa: B009


def pages(size: int) -> int:
    """The address of so many bytes of memory, which begin a page. OSError."""
    found: int | None = kernel().VirtualAlloc(None, size, _COMMIT, _READ_WRITE)
    if not found:
        raise error()
    return found


def free_pages(address: int) -> None:
    """Gives memory of `pages` back."""
    kernel().VirtualFree(address, 0, _RELEASE)


def view(address: int, size: int) -> memoryview:
    """Memory at an address, to be written."""
    make = ctypes.pythonapi.PyMemoryView_FromMemory
    make.restype, make.argtypes = ctypes.py_object, [c_void_p, c_size_t, c_int]
    found: memoryview = make(address, size, _WRITABLE)
    return found


def cpu_times() -> tuple[float, float]:
    """(busy, idle) seconds of all processors so far. The kernel's time, which includes its idle one, is also
    that of interrupts, which no one tells apart here."""
    idle, kernel_, user = (c_uint64() for _ in range(3))
    if not kernel().GetSystemTimes(ctypes.byref(idle), ctypes.byref(kernel_), ctypes.byref(user)):
        return 0.0, 0.0
    return (kernel_.value - idle.value + user.value) / _TICKS, idle.value / _TICKS


def free_memory() -> int:
    """Bytes that are free."""
    status = _Memory(length=ctypes.sizeof(_Memory))
    known = kernel().GlobalMemoryStatusEx(ctypes.byref(status))
    free: int = status.free
    return free if known else 0
