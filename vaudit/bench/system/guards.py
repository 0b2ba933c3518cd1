"""What else happened on this machine while a round was measured: the reason why a round does not count.

Pure: counters.py takes the samples. The borders here are not those of a verdict: they say which rounds are
fit to be judged at all, and a round keeps both the reason and the figures.
"""

import msgspec

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
QUOTA = "a CPU quota"
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
BESIDE_SINGLE = 8 << 20
"""Bytes a second that others may move beside single requests, which are meant for machines at work: what a
small database or a log writes, and far less than any disk carries."""
HAD = 0.85
"""Share of a round for which the threads of a round that only computes must have had a CPU."""


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


def disturbed(seen: Change, read: int, written: int, syncs: bool = False, busy_ok: bool = False) -> str:
    """Why a round that itself read and wrote so many bytes does not count; empty when it does.

    With `syncs` the file system adds journal writes of its own, so only many foreign writes can be told. With
    `busy_ok` other programs may use the CPUs as they like.
    """
    if seen.stolen > STEAL:
        return f"the hypervisor withheld {seen.stolen:.0%} of all CPU time"
    if seen.stolen_cpus > STEAL_ONE:
        return f"the hypervisor withheld {seen.stolen_cpus:.0%} of a CPU"
    if seen.throttled > THROTTLED:
        return f"{QUOTA} held this program back {min(seen.throttled, 1.0):.0%} of the time"
    if not busy_ok and (busy := _kept_busy(seen)):
        return busy
    if seen.pressure > MEMORY_PRESSURE:
        return f"tasks waited for memory {seen.pressure:.0%} of the time"
    own, reads, writes = read + written, max(0, seen.read - read), max(0, seen.written - written)
    few = max(FOREIGN_IO * own, SOME)
    beside = (BESIDE_SYNCS if syncs else BESIDE_WRITES) * own + SOME_BESIDE
    if reads > few or writes > (beside if written or syncs else few):
        return f"others moved {(reads + writes) / (own + reads + writes):.0%} of the bytes on this disk"
    return ""


def disturbed_single(seen: Change, read: int, written: int, *, busy_ok: bool = False) -> str:
    """The same for single requests with pauses, which move next to nothing themselves: here it counts how
    much others moved in a second."""
    alone = msgspec.structs.replace(seen, read=0, written=0)
    if said := disturbed(alone, read, written, syncs=True, busy_ok=busy_ok):
        return said
    others = max(0, seen.read - read) + max(0, seen.written - (1 + BESIDE_SYNCS) * written)
    if others > BESIDE_SINGLE * seen.seconds:
        return f"others moved {others / seen.seconds / 1e6:,.0f} MB/s on this disk"
    return ""


def _kept_busy(seen: Change) -> str:
    """How others on the CPUs were in the way; empty where they were not."""
    if seen.foreign > FOREIGN_ALONE or (seen.foreign > FOREIGN_CPU and seen.idle < FEW_IDLE):
        return f"other programs used {seen.foreign:.0%} of the CPUs"
    if seen.delay > RUN_DELAY and seen.foreign > FOREIGN_AT_ALL:
        return f"this program waited for a CPU {seen.delay:.0%} of the time"
    return ""


def _had(seen: Change, threads: int) -> float:
    """Share of the time for which so many threads of ours had a CPU."""
    return max(0.0, seen.own / threads)


def held_up(seen: Change, threads: int = 1) -> str:
    """Why a round in which so many threads of ours only computed does not count; empty when it does.

    /proc/stat counts in ticks of 10 ms, too coarse for a round; what we wanted and did not get tells more.
    """
    had = _had(seen, threads)
    return f"this program had a CPU only {had:.0%} of the time" if had < HAD else ""


def why_held_up(seen: Change, threads: int = 1) -> str:
    """The same over all rounds, with its cause where the kernel tells one: a CPU quota, steal, others."""
    said = f"this program had a CPU only {_had(seen, threads):.0%} of the time"
    each = msgspec.structs.replace(seen, stolen_cpus=seen.stolen_cpus / threads)
    cause = disturbed(each, 0, 0, syncs=True)
    return f"{said}: {cause}" if cause else said
