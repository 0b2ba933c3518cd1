"""This machine, where it runs Windows: registry, firmware tables, processor, asked by its own libraries.

No program, no driver and no administrator is needed, and nothing is written. Functions of kernel32 and ntdll
are described at learn.microsoft.com/windows/win32/api.
"""

import os
import sys
import time
from collections.abc import Callable
from typing import Any

from vaudit import procfs
from vaudit.evidence import cpuid, offline
from vaudit.evidence.identity import Identity
from vaudit.evidence.registry import RegistryKey, RegistryValue, kept
from vaudit.evidence.source import (
    ADMIN,
    COUNTER,
    DEVICES,
    DRIVERS,
    MEMORY,
    WINE,
    Cut,
    Entry,
    EntryKind,
    Registers,
    Source,
    answered,
    cut_names,
)

ROOTS = ("HKLM",)
MAX_VALUE = 1 << 20
"""Bytes of one value that are kept; the same as of a hive's."""
MAX_KEYS = 16_000
_NOT_WINDOWS = "Windows has none"
_RSMB = int.from_bytes(b"RSMB", "big")
_HEADER = 8
"""Bytes before the SMBIOS table: how it was called for, its version and its length (RawSMBIOSData)."""
# Windows x64 ABI, ecx=leaf, edx=subleaf, r8=four words out. RBX belongs to the caller and is saved:
# push rbx; mov eax,ecx; mov ecx,edx; cpuid; mov [r8..r8+12],eax,ebx,ecx,edx; pop rbx; ret
_STUB = bytes.fromhex("5389c889d10fa24189004189580441894808418950 0c5bc3".replace(" ", ""))
_COMMIT, _RELEASE, _READ_WRITE, _READ_RUN = 0x3000, 0x8000, 0x04, 0x20
"""MEM_COMMIT | MEM_RESERVE, MEM_RELEASE, PAGE_READWRITE, PAGE_EXECUTE_READ."""


class Machine(Source):
    """The machine that this process runs on."""

    kind = "machine"

    def __init__(self) -> None:
        self.name = os.environ.get("COMPUTERNAME") or "this machine"
        self.taken = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
        self._answers: cpuid.Answers | None = None

    def entry(self, kind: EntryKind, key: str) -> Entry:
        ask = _ASKED.get(kind)
        try:
            if kind == "cpuid":
                return self._registers(key)
            return ask(key) if ask else Entry(kind, key, "unrecorded", reason=_NOT_WINDOWS)
        except FileNotFoundError:
            return Entry(kind, key, "absent")
        except PermissionError as error:
            return Entry(kind, key, "denied", reason=error.strerror or "denied")
        except OSError as error:
            return Entry(kind, key, "error", reason=error.strerror or str(error))

    def identity(self) -> Identity:
        return offline.identity_of(self)

    def _registers(self, key: str) -> Entry:
        if self._answers is None:
            self._answers = dict(_all_leaves())
        leaf, sub = (procfs.bits(word) or 0 for word in key.split())
        if (leaf, sub) in self._answers:
            return Entry("cpuid", key, "read", self._answers[leaf, sub])
        reason = "the processor has no such leaf" if self._answers else "this architecture has no CPUID"
        return Entry("cpuid", key, "absent", reason=reason)


def _registry(key: str) -> Entry:
    if sys.platform != "win32":
        return Entry("registry", key, "unrecorded", reason=_NOT_WINDOWS)
    import winreg

    root, _, path = key.partition("\\")
    if root.upper() not in ROOTS:
        return Entry("registry", key, "unrecorded", reason="it is not looked at")
    access = winreg.KEY_READ | winreg.KEY_WOW64_64KEY
    with winreg.OpenKey(winreg.HKEY_LOCAL_MACHINE, path, 0, access) as opened:
        subkeys, values, _ = winreg.QueryInfoKey(opened)
        names = [winreg.EnumKey(opened, number) for number in range(min(subkeys, MAX_KEYS))]
        found = [_value(*winreg.EnumValue(opened, number)) for number in range(min(values, MAX_KEYS))]
    cut = f"cut at {MAX_KEYS} entries" if max(subkeys, values) > MAX_KEYS else ""
    return Entry("registry", key, "read", RegistryKey(names, found), cut)


def _value(name: str, data: Any, type_: int) -> RegistryValue:
    """A value as winreg gives it: of texts and numbers decoded, else bytes, or None for none; its type
    with a sign, which a device's properties (0xffff0012) have none of."""
    type_ &= 0xFFFFFFFF
    if isinstance(data, bytes) and len(data) > MAX_VALUE:
        return RegistryValue(name, type_, None)
    return RegistryValue(name, type_, kept(type_, data))


def _firmware(key: str) -> Entry:
    if sys.platform != "win32" or key != "SMBIOS":
        return Entry("firmware", key, "unrecorded", reason=_NOT_WINDOWS)
    import ctypes

    get = ctypes.windll.kernel32.GetSystemFirmwareTable
    get.restype = ctypes.c_uint32
    size = get(_RSMB, 0, None, 0)
    data = ctypes.create_string_buffer(size)
    if not size or not get(_RSMB, 0, data, size):
        return Entry("firmware", key, "absent")
    return Entry("firmware", key, "read", data.raw[_HEADER:])


def _call(key: str) -> Entry:
    if ask := {MEMORY: _memory, COUNTER: _counter, DEVICES: _devices, ADMIN: _admin}.get(key):
        return ask(key)
    if sys.platform != "win32" or key != WINE:
        return Entry("call", key, "unrecorded", reason=_NOT_WINDOWS)
    import ctypes

    version = getattr(ctypes.windll.ntdll, WINE, None)
    if version is None:
        return Entry("call", key, "absent")
    version.restype = ctypes.c_char_p
    return Entry("call", key, "read", version() or b"")


def _folder(key: str) -> Entry:
    if key.lower() != DRIVERS.lower():
        return Entry("dir", key, "unrecorded", reason=_NOT_WINDOWS)
    names: list[str] | Cut = cut_names(sorted(os.listdir(os.path.expandvars(DRIVERS))))
    return answered("dir", key, names)


def _memory(key: str) -> Entry:
    """Bytes of memory that Windows has (GlobalMemoryStatusEx)."""
    import ctypes
    from ctypes import c_uint32, c_uint64

    class Status(ctypes.Structure):
        _fields_ = (("length", c_uint32), ("load", c_uint32), ("total", c_uint64), ("more", c_uint64 * 6))

    status = Status(length=ctypes.sizeof(Status))
    if sys.platform != "win32" or not ctypes.windll.kernel32.GlobalMemoryStatusEx(ctypes.byref(status)):
        return Entry("call", key, "error", reason="it was not answered")
    return Entry("call", key, "read", b"%d" % status.total)


def _counter(key: str) -> Entry:
    """How often in a second the counter of QueryPerformanceCounter moves."""
    import ctypes

    hertz = ctypes.c_int64()
    if sys.platform != "win32" or not ctypes.windll.kernel32.QueryPerformanceFrequency(ctypes.byref(hertz)):
        return Entry("call", key, "error", reason="it was not answered")
    return Entry("call", key, "read", b"%d" % hertz.value)


def _admin(key: str) -> Entry:
    """Whether this process has an administrator's rights (shell32)."""
    if sys.platform != "win32":
        return Entry("call", key, "unrecorded", reason=_NOT_WINDOWS)
    import ctypes

    return Entry("call", key, "read", b"1" if ctypes.windll.shell32.IsUserAnAdmin() else b"0")


def _devices(key: str) -> Entry:
    """The devices that are there, by SetupAPI and cfgmgr32.

    The registry remembers every device that was ever met. Dates tell which of them are gone, in keys that
    Windows shows to nobody but itself while it runs; here it says so of its own.
    """
    if sys.platform != "win32":
        return Entry("call", key, "unrecorded", reason=_NOT_WINDOWS)
    from vaudit.evidence import setupapi

    lines = setupapi.present()
    if not lines:
        return Entry("call", key, "error", reason="it was not answered")
    return Entry("call", key, "read", "".join(f"{line}\n" for line in lines).encode())


_ASKED: dict[EntryKind, Callable[[str], Entry]] = {
    "registry": _registry,
    "firmware": _firmware,
    "call": _call,
    "dir": _folder,
}


def _all_leaves() -> "list[tuple[tuple[int, int], Registers]]":
    """What CPUID answers; nothing where this is no process for x64."""
    is_x64 = sys.maxsize > 1 << 32 and os.environ.get("PROCESSOR_ARCHITECTURE") == "AMD64"
    if sys.platform != "win32" or not is_x64:
        return []
    import ctypes
    from ctypes import c_size_t, c_uint32, c_void_p

    kernel = ctypes.windll.kernel32
    kernel.VirtualAlloc.restype = c_void_p
    kernel.VirtualAlloc.argtypes = [c_void_p, c_size_t, c_uint32, c_uint32]
    kernel.VirtualProtect.argtypes = [c_void_p, c_size_t, c_uint32, ctypes.POINTER(c_uint32)]
    kernel.VirtualFree.argtypes = [c_void_p, c_size_t, c_uint32]
    page = kernel.VirtualAlloc(None, len(_STUB), _COMMIT, _READ_WRITE)
    if not page:
        return []
    try:  # a page is never writable and executable at once
        ctypes.memmove(page, _STUB, len(_STUB))
        if not kernel.VirtualProtect(page, len(_STUB), _READ_RUN, ctypes.byref(c_uint32())):
            return []
        words = (c_uint32 * 4)()
        stub = ctypes.CFUNCTYPE(None, c_uint32, c_uint32, c_void_p)(page)

        def ask(leaf: int, sub: int) -> list[int]:
            stub(leaf, sub, ctypes.addressof(words))
            return list(words)

        return [((leaf, sub), Registers(*ask(leaf, sub))) for leaf, sub in cpuid.leaves(ask)]
    finally:
        kernel.VirtualFree(page, 0, _RELEASE)
