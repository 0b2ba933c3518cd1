"""Time that vanishes: one thread that only reads the clock sees every moment in which it did not run.

Some of these gaps are our own kernel's doing: it let another thread run. It keeps account of that
(/proc/thread-self/schedstat, second field; kernel, scheduler/sched-stats.rst). What is left was taken beneath
this kernel: by a hypervisor, or on bare metal by the firmware. So the probe sees stolen time even where the
hypervisor does not report any. (For 3 s beside other load 128 gaps above 1 ms were seen on one guest, and
every one was its own scheduler's: without the account they would have been blamed on the host.)
"""

import contextlib
import gc
import os
import time
from collections.abc import Iterator
from statistics import mean, median

import msgspec

from vaudit.bench import guards
from vaudit.bench.samples import Benchmark, Round

GAP_NS = 200_000
"""Interrupts that this kernel serves take less, as a rule; a time slice that a hypervisor gives away more."""
SLICE_SECONDS = 0.1
ENOUGH = 5
"""Slices that count, for a verdict."""
STARVED = 0.5
"""Share of a slice that our own scheduler withheld, above which the slice says nothing."""


class Gap(msgspec.Struct, frozen=True):
    """One moment in which the spinning thread did not run."""

    at: int
    """Nanoseconds since the slice began."""
    length: int
    """Nanoseconds."""
    delay: int | None
    """Nanoseconds of it in which our scheduler let others run; None where the kernel keeps no account."""

    @property
    def beneath(self) -> int:
        """Nanoseconds that our scheduler does not explain."""
        return max(0, self.length - (self.delay or 0))


class Slice(msgspec.Struct, frozen=True):
    """One short spin on one CPU."""

    cpu: int | None
    start: float
    """time.monotonic()"""
    nanoseconds: int
    gaps: list[Gap]
    steps: int
    """How often the clock was read."""

    @property
    def own(self) -> float:
        """Share that our scheduler withheld."""
        return sum(min(gap.delay or 0, gap.length) for gap in self.gaps) / self.nanoseconds

    @property
    def beneath(self) -> float:
        """Share that vanished beneath this kernel, of the time that our scheduler gave us."""
        given = self.nanoseconds * (1 - self.own)
        lost = sum(gap.beneath for gap in self.gaps if gap.beneath > GAP_NS // 2)
        return lost / given if given > 0 else 0.0


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
        return int(words[1]) if len(words) > 1 else None

    def close(self) -> None:
        if self._fd is not None:
            os.close(self._fd)


def spin(seconds: float, delays: RunDelay, cpu: int | None = None) -> Slice:
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


def measure(seconds: float, bare_metal: bool) -> Benchmark:
    """The benchmark `cpu.gaps`: spin on every CPU in turn, as long as the time allows."""
    delays, began = RunDelay(), time.monotonic()
    before = guards.sample(None)
    try:
        with _quiet(), _anywhere() as cpus:
            slices = [
                _on(cpus[turn % len(cpus)] if cpus else None, delays)
                for turn in range(max(ENOUGH, round(seconds / SLICE_SECONDS)))
            ]
    finally:
        delays.close()
    stolen = guards.sample(None).stolen - before.stolen
    return judge(slices, stolen, began, bare_metal)


def _on(cpu: int | None, delays: RunDelay) -> Slice:
    if cpu is not None:
        with contextlib.suppress(OSError):
            os.sched_setaffinity(0, {cpu})
    return spin(SLICE_SECONDS, delays, cpu)


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


WORDS = ((0.10, "gaps-severe"), (0.05, "gaps-high"), (0.02, "gaps-noticeable"), (0.0, "gaps-none"))
"""Lowest share, verdict: the same steps as for steal."""
LIMITS = [
    "who took the time: other guests, the host itself, or firmware",
    "whether it lasts: this was a look of a second or so",
    f"gaps under {GAP_NS / 1000:.0f} µs, which interrupts of this machine make as well",
]


def judge(slices: list[Slice], stolen: float, began: float, bare_metal: bool) -> Benchmark:
    """From slices to a benchmark; `stolen` is what the kernel reported as steal meanwhile, in seconds."""
    samples = [
        Round(each.beneath, each.start - began, each.nanoseconds / 1e9, disturbed=_disturbed(each))
        for each in slices
    ]
    counted = [each for each, sample in zip(slices, samples, strict=True) if not sample.disturbed]
    gaps = [gap for each in counted for gap in each.gaps if gap.beneath > GAP_NS // 2]
    spun = sum(each.nanoseconds for each in slices) / 1e9
    share = mean(each.beneath for each in counted) if len(counted) >= ENOUGH else None
    word = "inconclusive" if share is None else next(word for least, word in WORDS if share >= least)
    values = [each.beneath for each in counted] if share is not None else []
    return Benchmark(
        id="cpu.gaps",
        target="all vCPUs",
        engine="embedded",
        unit="share",
        value=share,
        interval=(min(values), max(values)) if values else None,
        samples=samples,
        verdict=word,
        confidence="none" if share is None else "low" if len(counted) < 30 else "medium",
        reason=_reason(share, slices, gaps, stolen, bare_metal),
        limits=LIMITS,
        details={
            "gaps": len(gaps),
            "longest_gap_us": max((gap.beneath for gap in gaps), default=0) / 1000,
            "own_scheduler_share": sum(each.own for each in slices) / len(slices),
            "reported_steal_seconds": stolen,
            "clock_read_ns": median(each.nanoseconds / max(1, each.steps) for each in slices),
            "cpus": len({each.cpu for each in slices}),
        },
        command=[f"read the clock for {spun:.1f} s, {SLICE_SECONDS} s on each CPU in turn"],
        seconds=time.monotonic() - began,
    )


def _disturbed(each: Slice) -> str:
    if any(gap.delay is None for gap in each.gaps):
        return "this kernel does not account for its own scheduler's delays (no schedstat)"
    return f"our own scheduler ran others for {each.own:.0%} of it" if each.own > STARVED else ""


def _reason(
    share: float | None, slices: list[Slice], gaps: list[Gap], stolen: float, bare_metal: bool
) -> str:
    if share is None:
        return next(iter(filter(None, map(_disturbed, slices))), "no time to spin was left")
    own = sum(each.own for each in slices) / len(slices)
    ours = f"our own scheduler ran others for {own:.0%} of the time" if own >= 0.005 else ""
    if not gaps:
        quiet = "no moment vanished beneath this kernel while one thread read the clock"
        return f"{quiet} ({ours})" if ours else quiet
    longest = max(gap.beneath for gap in gaps) / 1e6
    who = "the firmware or hardware" if bare_metal else "the hypervisor"
    said = f"{share:.1%} of the time vanished beneath this kernel, up to {longest:.1f} ms at once"
    if share >= 0.02:
        said += f": {who} took it" + ("" if stolen > 0 or bare_metal else " and does not report it as steal")
    return f"{said}; {ours}" if ours else said
