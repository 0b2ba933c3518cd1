"""Time that vanishes: one thread that only reads the clock sees every moment in which it did not run.

Some of these gaps are our own kernel's doing: it let another thread run, or a CPU quota held this one back.
It keeps account of that (/proc/thread-self/schedstat, second field; kernel, scheduler/sched-stats.rst).
Others are interrupts, which are no thread and in no such account; /proc/stat counts them in ticks. What is
left was taken beneath this kernel: by a hypervisor, or on bare metal by the firmware. So the probe sees
stolen time even where the hypervisor does not report any. (For 3 s beside other load 128 gaps above 1 ms were
seen on one guest, and every one was its own scheduler's: without that account the host would be blamed.)
"""

import contextlib
import gc
import os
import time
from collections.abc import Iterator

import msgspec

from vaudit import procfs
from vaudit.bench.cpu.recording import ENOUGH, GAP_NS, SLICE_SECONDS, Gap, Gaps, Slice
from vaudit.bench.system import counters


def spin(seconds: float, delays: counters.RunDelay, cpu: int | None = None) -> Slice:
    """Read the clock for so long and note every gap."""
    clock, gaps, steps = time.perf_counter_ns, [], 0
    start, waited = time.monotonic(), delays.read()
    begin = last = clock()
    end = begin + int(seconds * 1e9)
    while last < end:
        now = clock()
        steps += 1
        if now - last > GAP_NS:
            after = delays.read()
            known = None if after is None or waited is None else after - waited
            gaps.append(Gap(last - begin, now - last, known))
            waited = after
            now = clock()
        last = now
    return Slice(cpu, start, last - begin, gaps, steps)


def interrupts(stat: str, cpu: int) -> float:
    """Seconds that a CPU has served interrupts and softirqs so far, from /proc/stat; 0.0 where it
    does not tell."""
    ticks = procfs.stat(stat, f"cpu{cpu}")
    return (ticks.irq + ticks.softirq) / os.sysconf("SC_CLK_TCK") if ticks else 0.0


def measure(seconds: float, bare_metal: bool) -> Gaps:
    """Spin on every CPU in turn, as long as the time allows."""
    delays, began = counters.RunDelay(), time.monotonic()
    before = counters.sample(None)
    try:
        with _quiet(), _anywhere() as cpus:
            slices = [
                _on(cpus[turn % len(cpus)] if cpus else None, delays)
                for turn in range(max(ENOUGH, round(seconds / SLICE_SECONDS)))
            ]
    finally:
        delays.close()
    after = counters.sample(None)
    seen = counters.change(before, after, os.cpu_count() or 1)
    return Gaps(
        slices=[msgspec.structs.replace(each, start=each.start - began) for each in slices],
        stolen=after.stolen - before.stolen,
        throttled=seen.throttled,
        bare_metal=bare_metal,
        seconds=time.monotonic() - began,
    )


def _on(cpu: int | None, delays: counters.RunDelay) -> Slice:
    if cpu is not None:
        with contextlib.suppress(OSError):
            os.sched_setaffinity(0, {cpu})
    if cpu is None:
        return spin(SLICE_SECONDS, delays)
    before = interrupts(counters.text("/proc/stat"), cpu)
    made = spin(SLICE_SECONDS, delays, cpu)
    after = interrupts(counters.text("/proc/stat"), cpu)
    return msgspec.structs.replace(made, served=max(0.0, after - before))


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """Without the interpreter's own pauses."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()


@contextlib.contextmanager
def _anywhere() -> Iterator[list[int]]:
    """The CPUs that this process may use; whatever happens, it may use them again afterwards."""
    allowed = os.sched_getaffinity(0)
    try:
        yield sorted(allowed)
    finally:
        with contextlib.suppress(OSError):
            os.sched_setaffinity(0, allowed)
