"""What else happened on this machine while a round was measured: the reason why a round does not count."""

import os
import time
from pathlib import Path

import msgspec

from vaudit import procfs
from vaudit.bench import cgroups

FOREIGN_CPU = 0.25
"""Share of all CPUs used by others above which a round is disturbed, if hardly any CPU was left idle."""
FEW_IDLE = 0.15
FOREIGN_ALONE = 0.70
"""The same, whatever is idle."""
RUN_DELAY = 0.15
"""Share of a round that its first thread waited for a CPU."""
FOREIGN_AT_ALL = 0.05
"""Share of all CPUs that others used. Below it the thread waited for others of its own: on one CPU 32 readers
at once wait for each other."""
STEAL = 0.05
"""Of all CPUs."""
STEAL_ONE = 0.15
"""In CPUs: on a machine with many, the one thread of a round may lose most of its time to the hypervisor."""
THROTTLED = 0.10
"""Share of a round in which a CPU quota held this process back."""
MEMORY_PRESSURE = 0.10
FOREIGN_IO = 0.10
"""Share of a round's own bytes."""
BESIDE_WRITES = 0.5
"""The same for what is written beside our writes: a file system writes its own tables."""
BESIDE_SYNCS = 16
"""Times a round's own bytes: each flush of 4 KiB may write a journal, or a branch of a tree (btrfs)."""
SOME, SOME_BESIDE = 64 * 1024, 4 << 20
"""Bytes that anybody may move, and that may be written beside our writes."""


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


class Change(msgspec.Struct, frozen=True):
    """What happened between two samples, as shares of the time between."""

    seconds: float
    busy: float
    """Of all CPUs, by everyone."""
    foreign: float
    """Of all CPUs, by others."""
    idle: float
    """Of all CPUs."""
    own: float
    """In CPUs: 1.0 is one CPU used fully by us."""
    stolen: float
    """Of all CPUs, by the hypervisor."""
    steal: float
    """Stolen of busy-or-stolen time."""
    delay: float
    pressure: float
    read: int
    written: int
    throttled: float = 0.0
    stolen_cpus: float = 0.0
    """In CPUs, by the hypervisor."""


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
            return int(words[5]) * 512, int(words[9]) * 512
    return None


def watched(name: str | None) -> str | None:
    """The device's name, if the kernel counts what it moves; else None."""
    return name if name and parse_diskstats(text("/proc/diskstats"), name) else None


def parse_pressure(text: str) -> float:
    """Seconds in which some task was held up, from a file in /proc/pressure (accounting/psi.rst)."""
    _, total, number = text.split("\n", 1)[0].partition("total=")
    return int(number) / 1e6 if total and number.isdecimal() else 0.0


def sample(device: str | None) -> Sample:
    """The counters now. What the kernel does not offer stays 0 and thereby unchanged."""
    busy, stolen, idle = parse_stat(text("/proc/stat"))
    ended = os.times()
    delay = text("/proc/thread-self/schedstat").split()
    read, written = (device and parse_diskstats(text("/proc/diskstats"), device)) or (0, 0)
    return Sample(
        at=time.monotonic(),
        busy=busy,
        stolen=stolen,
        idle=idle,
        own=time.process_time() + ended.children_user + ended.children_system,
        delay=int(delay[1]) / 1e9 if len(delay) > 1 else 0.0,
        pressure=parse_pressure(text("/proc/pressure/memory")),
        throttled=cgroups.throttled(),
        read=read,
        written=written,
    )


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


def figures(seen: Change) -> dict[str, float]:
    """What a round keeps of it: see Round.guards."""
    shares = {
        "foreign_cpu": seen.foreign, "idle_cpu": seen.idle, "stolen_cpu": seen.stolen,
        "run_delay": seen.delay, "throttled": seen.throttled, "memory_pressure": seen.pressure,
    }  # fmt: skip
    return {name: round(share, 4) for name, share in shares.items()} | {
        "device_read": seen.read,
        "device_written": seen.written,
    }


def disturbed(seen: Change, read: int, written: int, syncs: bool = False) -> str:
    """Why a round that itself read and wrote so many bytes does not count; empty when it does.

    With `syncs` the file system adds journal writes of its own, so only many foreign writes can be told.
    """
    if seen.stolen > STEAL:
        return f"the hypervisor withheld {seen.stolen:.0%} of all CPU time"
    if seen.stolen_cpus > STEAL_ONE:
        return f"the hypervisor withheld {seen.stolen_cpus:.0%} of a CPU"
    if seen.throttled > THROTTLED:
        return f"a CPU quota held this program back {min(seen.throttled, 1.0):.0%} of the time"
    if seen.foreign > FOREIGN_ALONE or (seen.foreign > FOREIGN_CPU and seen.idle < FEW_IDLE):
        return f"other programs used {seen.foreign:.0%} of the CPUs"
    if seen.delay > RUN_DELAY and seen.foreign > FOREIGN_AT_ALL:
        return f"this program waited for a CPU {seen.delay:.0%} of the time"
    if seen.pressure > MEMORY_PRESSURE:
        return f"tasks waited for memory {seen.pressure:.0%} of the time"
    own, reads, writes = read + written, max(0, seen.read - read), max(0, seen.written - written)
    few = max(FOREIGN_IO * own, SOME)
    beside = (BESIDE_SYNCS if syncs else BESIDE_WRITES) * own + SOME_BESIDE
    if reads > few or writes > (beside if written or syncs else few):
        return f"others moved {(reads + writes) / (own + reads + writes):.0%} of the bytes on this disk"
    return ""
