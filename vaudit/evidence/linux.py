"""This machine, running Linux. Reads only regular files, folders and links; runs no program but tool.py's.

What may never be answered (doubts.py) is asked by a process of its own (apart.py), and only that: on a
healthy machine nothing is in doubt, and the price is a look at its mounts, which are read anyway.
"""

import errno
import os
import stat
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from typing import TYPE_CHECKING

from vaudit import procfs
from vaudit.evidence import cpuid, doubts
from vaudit.evidence.source import (
    MAX_FILE,
    MAX_NAMES,
    SMBIOS_FILE,
    Cut,
    Entry,
    EntryKind,
    EntryStatus,
    Source,
    answered,
    decodable,
    most,
    whole_or_cut,
)

if TYPE_CHECKING:
    from vaudit.evidence.apart import Reader

_ABSENT = {errno.ENOENT, errno.ENOTDIR, errno.ELOOP, errno.ENAMETOOLONG, errno.ESRCH}
"""ESRCH: the process ended between the opening of its file and the reading."""
_DENIED = {errno.EACCES, errno.EPERM}

_ANYTHING: tuple[EntryKind, ...] = ("file", "dir")
"""What tells of a path whether anything answers there."""
_MOUNTS = "/proc/self/mountinfo"
_TABLES = {"SMBIOS": SMBIOS_FILE}
"""Where Linux shows raw firmware tables."""

_DEVICES = {"msr": "/dev/cpu/0/msr", "dmesg": "/dev/kmsg", "interrupts": "/proc/interrupts"}
"""Which devices answer questions that name none."""

LOG = ("balloon", "tmem", "i/o error", "microcode", "tsc: ", "clocksource: switched")
"""What lines of the kernel log hold, in lower case, that are kept beyond those that this version's collectors
look for: later ones will want them, as what worth.py asks for."""
_PAGE = 4096
"""What sysfs gives at once, if it has as much (fs/kernfs/file.c); of less there is no more to be read."""
MAX_LOG_LINES = 1000
"""Lines that are kept of the kernel log."""
MAX_INTERRUPTS = 512
"""Lines that are kept of /proc/interrupts."""


class Machine(Source):
    """The machine that this process runs on. `close` ends the CPUID child if nobody asked for it."""

    kind = "machine"

    def __init__(self, asking: cpuid.Child | None) -> None:
        self.name = os.uname().nodename or "this machine"
        self.taken = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
        self._cpuid = asking
        self._cpuid_xen: cpuid.Child | None = None
        self._mounts = read("file", _MOUNTS)
        mounts = self._mounts.data if isinstance(self._mounts.data, bytes) else b""
        self._doubts = doubts.of(mounts, _names_or_none, _file_or_none)
        self._reader: Reader | None = None
        self._heard: Sequence[str] = ()

    def listen(self, words: Sequence[str]) -> None:
        self._heard = [*words, *LOG] if words else ()

    def close(self) -> None:
        for child in (self._cpuid, self._cpuid_xen, self._reader):
            if child:
                child.close()

    def entry(self, kind: EntryKind, key: str) -> Entry:
        if kind in ("cpuid", "cpuid-xen"):
            try:
                return self._registers(kind, key)
            except (OSError, ValueError) as error:
                return _failed(kind, key, error)
        if kind == "tool":
            from vaudit.evidence import tool

            return tool.entry(key)
        if self._doubts and self._doubts.about(_place(kind, key)):
            return self._apart(kind, key)
        return self._mounts if key == _MOUNTS and kind == "file" else self._read(kind, key)

    def _read(self, kind: EntryKind, key: str) -> Entry:
        return read(kind, key, self._heard)

    def silent(self) -> list[str]:
        asked = ((point, self._apart(kind, point)) for point in self._doubts.foreign for kind in _ANYTHING)
        return list(dict.fromkeys(point for point, answer in asked if answer.is_unanswered))

    def _apart(self, kind: EntryKind, key: str) -> Entry:
        if self._reader is None:
            from vaudit.evidence.apart import Reader

            self._reader = Reader(self._read)
        return self._reader.entry(kind, key)

    def _registers(self, kind: EntryKind, key: str) -> Entry:
        child = self._cpuid
        if kind == "cpuid-xen" and child:
            child = self._cpuid_xen = self._cpuid_xen or cpuid.Child(xen=True)
        if child is None:
            return Entry(kind, key, "absent", reason="this architecture has no CPUID instruction")
        answers = child.answers()
        leaf, sub = (procfs.bits(word) or 0 for word in key.split())
        if (leaf, sub) in answers:
            return Entry(kind, key, "read", answers[leaf, sub])
        if answers:
            return Entry(kind, key, "absent", reason="the processor has no such leaf")
        return self._from_device(kind, key, leaf, sub, child.reason)

    @staticmethod
    def _from_device(kind: EntryKind, key: str, leaf: int, sub: int, reason: str) -> Entry:
        """/dev/cpu/0/cpuid: a Xen PV kernel's view, which is Xen's; elsewhere what the instruction says."""
        if kind == "cpuid-xen" and not os.path.isdir("/proc/xen"):
            return Entry(kind, key, "absent", reason=reason)
        try:
            device = os.open("/dev/cpu/0/cpuid", os.O_RDONLY | os.O_CLOEXEC)
        except OSError as error:
            return Entry(kind, key, "denied", reason=f"{reason}; /dev/cpu/0/cpuid: {error.strerror}")
        try:
            found = cpuid.from_bytes(os.pread(device, 16, leaf | sub << 32))
        finally:
            os.close(device)
        return Entry(kind, key, "read", found) if found else Entry(kind, key, "error", reason="short answer")


def read(kind: EntryKind, key: str, heard: Sequence[str] = ()) -> Entry:
    """The answer to what is no register; whoever asks waits until it comes. `heard`: what the lines of the
    kernel log hold that are kept."""
    reader = _READERS.get(kind)
    if reader is None:
        return _nowhere(kind, key)
    try:
        found = _kernel_log(heard) if key == "dmesg" and kind == "call" else reader(key)
    except (OSError, ValueError) as error:
        return _failed(kind, key, error)
    return answered(kind, key, found)


def _failed(kind: EntryKind, key: str, error: OSError | ValueError) -> Entry:
    if isinstance(error, ValueError):
        return Entry(kind, key, "error", reason=str(error))
    status = _status(error)
    # "no such file" and "permission denied" say no more than the status does
    return Entry(kind, key, status, reason=error.strerror or "" if status == "error" else "")


def _place(kind: EntryKind, key: str) -> str:
    """The path at which a question is answered; anything else for one that has none."""
    return _TABLES.get(key, key) if kind == "firmware" else _DEVICES.get(kind, _DEVICES.get(key, key))


def _names_or_none(path: str) -> Iterable[str]:
    found = read("dir", path).data
    return found if isinstance(found, list) else ()


def _file_or_none(path: str) -> bytes | None:
    found = read("file", path).data
    return found if isinstance(found, bytes) else None


def _nowhere(kind: EntryKind, key: str) -> Entry:
    """What a running Linux cannot be asked."""
    if kind == "registry":
        return Entry(kind, key, "absent", reason="Linux has no registry")
    if kind == "run":
        return Entry(kind, key, "error", reason="this machine is not asked to run programs")
    return Entry(kind, key, "unrecorded", reason="nothing was measured")


def _status(error: OSError) -> EntryStatus:
    if error.errno in _ABSENT:
        return "absent"
    return "denied" if error.errno in _DENIED else "error"


def _file(path: str) -> bytes | Cut:
    """A regular file, at most as much as is kept of it; a `.gz` file's content."""
    limit = most(path)
    handle = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK | os.O_NOCTTY)
    try:
        if not stat.S_ISREG(os.fstat(handle).st_mode):
            raise ValueError("not a regular file")
        data = os.read(handle, 1 << 16)
        if data and not (len(data) < _PAGE and path.startswith("/sys/")):
            chunks, size = [data], len(data)
            while size <= limit and (more := os.read(handle, 1 << 16)):
                chunks.append(more)
                size += len(more)
            data = b"".join(chunks)
    finally:
        os.close(handle)
    return _gunzip(data) if path.endswith(".gz") else whole_or_cut(data, limit)


def _gunzip(data: bytes) -> bytes | Cut:
    import zlib

    try:
        plain = zlib.decompressobj(zlib.MAX_WBITS | 16).decompress(data, MAX_FILE + 1)
    except zlib.error as error:
        raise ValueError(f"not gzip: {error}") from error
    return whole_or_cut(plain, MAX_FILE)


def _names(path: str) -> list[str] | Cut:
    """The names in a folder, at most MAX_NAMES of them, whichever the kernel gives first."""
    with os.scandir(path) as found:
        names = sorted(decodable(entry.name) for entry in islice(found, MAX_NAMES))
        cut = len(names) == MAX_NAMES and next(found, None) is not None
    return Cut(names, f"cut at {MAX_NAMES} names") if cut else names


def _link(path: str) -> str:
    return decodable(os.readlink(path))


def _msr(key: str) -> str:
    """Eight bytes of /dev/cpu/0/msr at the register's number (arch/x86/kernel/msr.c); it is only read."""
    handle = os.open(_DEVICES["msr"], os.O_RDONLY | os.O_CLOEXEC)
    try:
        return f"{int.from_bytes(os.pread(handle, 8, procfs.bits(key) or 0), 'little'):x}"
    finally:
        os.close(handle)


def _device(path: str) -> str:
    handle = os.open(path, os.O_RDWR | os.O_CLOEXEC | os.O_NONBLOCK | os.O_NOCTTY)
    os.close(handle)
    return "openable"


_CALLS: dict[str, Callable[[], str]] = {
    "uname -m": lambda: os.uname().machine,
    "uname -r": lambda: os.uname().release,
    "uname -v": lambda: os.uname().version,
    "uname -s": lambda: os.uname().sysname,
    "id -u": lambda: str(os.geteuid()),
}


def _call(question: str) -> bytes | Cut:
    """The few questions whose answer is no file."""
    if question == "interrupts":
        return _interrupts()
    if question not in _CALLS:
        raise ValueError("no system call answers this")
    return _CALLS[question]().encode()


def _firmware(table: str) -> bytes | Cut:
    if table not in _TABLES:
        raise FileNotFoundError(errno.ENOENT, "Linux shows no such table")
    return _file(_TABLES[table])


def _kernel_log(words: Sequence[str]) -> bytes | Cut:
    """The kernel log's lines that hold one of `words`, the oldest first (Documentation/ABI/testing/dev-kmsg);
    where there are no words, all of them."""
    handle = os.open(_DEVICES["dmesg"], os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
    lines: list[str] = []
    try:
        while len(lines) <= MAX_LOG_LINES and (log := _records(handle)):
            lines += telling(log, words or ("",))
    finally:
        os.close(handle)
    kept = "".join(f"{line}\n" for line in lines[:MAX_LOG_LINES]).encode()
    return Cut(kept, f"cut at {MAX_LOG_LINES} lines") if len(lines) > MAX_LOG_LINES else kept


def _interrupts() -> bytes | Cut:
    """/proc/interrupts has a column for each processor, which may be many: only sums are kept."""
    text = _file("/proc/interrupts")
    data = text.data if isinstance(text, Cut) else text
    plain = data.decode("utf-8", "replace") if isinstance(data, bytes) else ""
    found = [*islice(procfs.interrupts(plain), MAX_INTERRUPTS + 1)]
    kept = "".join(f"{count} {name}\n" for count, name in found[:MAX_INTERRUPTS]).encode()
    if len(found) > MAX_INTERRUPTS:
        return Cut(kept, f"cut at {MAX_INTERRUPTS} lines")
    return Cut(kept, text.reason) if isinstance(text, Cut) else kept


def _records(handle: int) -> bytes:
    """The next records of the kernel log, some MiB at most; none at its end."""
    records, size = list[bytes](), 0
    while size < MAX_FILE:
        try:
            records.append(os.read(handle, 8192))
        except BlockingIOError:
            break
        except BrokenPipeError:  # a record was overwritten while we read
            continue
        size += len(records[-1])
    return b"".join(records)


def telling(log: bytes, words: Sequence[str]) -> Iterator[str]:
    """The kernel's own messages that hold one of `words`, which are in lower case.

    A word is looked for in all records at once, which takes half the time of looking at each of them.
    """
    folded = log.lower()
    for start in sorted({start for word in words for start in _lines_with(word.encode(), folded)}):
        prefix, _, message = log[start : log.find(b"\n", start)].partition(b";")
        priority = procfs.whole(prefix.split(b",", 1)[0].decode("latin-1"))
        if priority is not None and priority >> 3 == 0:
            yield message.decode("utf-8", "replace")


def _lines_with(word: bytes, log: bytes) -> Iterator[int]:
    """Where the lines begin that hold a word."""
    at = log.find(word)
    while 0 <= at < len(log):
        yield log.rfind(b"\n", 0, at) + 1
        end = log.find(b"\n", at)
        at = log.find(word, end + 1) if end >= 0 else -1


_READERS: dict[str, Callable[[str], bytes | list[str] | str | Cut]] = {
    "file": _file,
    "dir": _names,
    "link": _link,
    "device": _device,
    "call": _call,
    "firmware": _firmware,
    "msr": _msr,
}
