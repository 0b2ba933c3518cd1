"""The kernel's counters around a round: what everyone did with the CPUs, the memory and the watched disk."""

import os
import sys
import time
from pathlib import Path

import msgspec

from vaudit import procfs
from vaudit.bench.system import cgroups
from vaudit.bench.system.guards import Change


class Sample(msgspec.Struct, frozen=True):
    """Counters at one moment. Times in seconds, summed over all CPUs where they are CPU times."""

    at: float
    busy: float
    """User, nice and system time of everyone; interrupts are left out: they serve the I/O itself."""
    stolen: float
    idle: float
    """Idle time, waiting for I/O included."""
    own: float
    """User and system time of this process and its ended children."""
    delay: float
    """Time that the calling thread was ready but had no CPU (proc/self/schedstat, second field)."""
    pressure: float
    """Time that some task waited for memory (/proc/pressure/memory)."""
    throttled: float = 0.0
    """Time in which a CPU quota held the control group of this process back."""
    read: int = 0
    """Bytes that the watched device read."""
    written: int = 0


def text(path: str) -> str:
    """A small file of the kernel's; empty where it cannot be read."""
    try:
        return Path(path).read_text("ascii", "replace")
    except OSError:
        return ""


def parse_stat(text: str) -> tuple[float, float, float]:
    """(busy, stolen, idle) in seconds from /proc/stat's first line; zeros when it is not there."""
    ticks, hertz = procfs.stat(text), os.sysconf("SC_CLK_TCK")
    if ticks is None:
        return 0.0, 0.0, 0.0
    busy = ticks.user + ticks.nice + ticks.system
    return busy / hertz, (ticks.stolen or 0) / hertz, (ticks.idle + ticks.waiting) / hertz


def parse_diskstats(text: str, name: str) -> tuple[int, int] | None:
    """Bytes (read, written) of a device so far (kernel, admin-guide/iostats.rst); None if it is not listed.

    The sectors of /proc/diskstats have always 512 bytes.
    """
    for line in text.splitlines():
        words = line.split()
        if len(words) >= 11 and words[2] == name:
            read, written = procfs.whole(words[5]), procfs.whole(words[9])
            return None if read is None or written is None else (read * 512, written * 512)
    return None


def watched(name: str | None) -> str | None:
    """The device's name, if the kernel counts what it moves; else None."""
    return name if name and parse_diskstats(text("/proc/diskstats"), name) else None


def parse_pressure(text: str) -> float:
    """Seconds in which some task was held up, from a file in /proc/pressure (accounting/psi.rst)."""
    return (procfs.whole(text.split("\n", 1)[0].partition("total=")[2]) or 0) / 1e6


def sample(device: str | None) -> Sample:
    """The counters now. What the kernel does not offer stays 0 and thereby unchanged."""
    busy, stolen, idle = _cpu_times()
    ended = os.times()
    delay = text("/proc/thread-self/schedstat").split()
    read, written = (device and parse_diskstats(text("/proc/diskstats"), device)) or (0, 0)
    return Sample(
        at=time.monotonic(),
        busy=busy,
        stolen=stolen,
        idle=idle,
        own=time.process_time() + ended.children_user + ended.children_system,
        delay=(procfs.whole(delay[1]) or 0) / 1e9 if len(delay) > 1 else 0.0,
        pressure=parse_pressure(text("/proc/pressure/memory")),
        throttled=cgroups.throttled(),
        read=read,
        written=written,
    )


def _cpu_times() -> tuple[float, float, float]:
    """(busy, stolen, idle) in seconds so far."""
    if sys.platform != "win32":
        return parse_stat(text("/proc/stat"))
    from vaudit.bench.system import win32

    busy, idle = win32.cpu_times()
    return busy, 0.0, idle


def change(before: Sample, after: Sample, cpus: int) -> Change:
    """What happened between two samples."""
    seconds = max(after.at - before.at, 1e-9)
    busy, stolen = after.busy - before.busy, max(0.0, after.stolen - before.stolen)
    own = after.own - before.own
    return Change(
        seconds=seconds,
        busy=busy / (seconds * cpus),
        foreign=max(0.0, busy - own) / (seconds * cpus),
        idle=(after.idle - before.idle) / (seconds * cpus),
        own=own / seconds,
        stolen=stolen / (seconds * cpus),
        steal=stolen / (busy + stolen) if busy + stolen > 0 else 0.0,
        delay=(after.delay - before.delay) / seconds,
        pressure=(after.pressure - before.pressure) / seconds,
        read=after.read - before.read,
        written=after.written - before.written,
        throttled=(after.throttled - before.throttled) / seconds,
        stolen_cpus=stolen / seconds,
    )


def since(before: Sample, device: str | None = None) -> Change:
    """What happened from a sample until now; `device` as for that sample."""
    return change(before, sample(device), os.cpu_count() or 1)


def cpus() -> int:
    """How many this machine has."""
    return os.cpu_count() or 1


class RunDelay:
    """This thread's account of waiting for a CPU, in nanoseconds; None where the kernel keeps none."""

    def __init__(self) -> None:
        try:
            self._fd: int | None = os.open("/proc/thread-self/schedstat", os.O_RDONLY | os.O_CLOEXEC)
        except OSError:
            self._fd = None

    def read(self) -> int | None:
        if self._fd is None:
            return None
        words = os.pread(self._fd, 100, 0).split()
        return procfs.whole(words[1].decode("latin-1")) if len(words) > 1 else None

    def close(self) -> None:
        if self._fd is not None:
            os.close(self._fd)
