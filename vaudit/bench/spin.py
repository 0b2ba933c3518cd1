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
from statistics import mean, median

import msgspec

from vaudit import procfs
from vaudit.bench import guards
from vaudit.model.benchmark import Benchmark, Round

GAP_NS = 200_000
"""Interrupts that this kernel serves take less, as a rule; a time slice that a hypervisor gives away more."""
SLICE_SECONDS = 0.1
ENOUGH = 5
"""Slices that count, for a verdict."""
STARVED = 0.5
"""Share of a slice that our own scheduler withheld, above which the slice says nothing."""
SERVED = 0.01
"""Share of the time in interrupts above which they may be the gaps; less is one tick in a second."""


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
    served: float = 0.0
    """Seconds in which this CPU served interrupts and softirqs, in ticks of 10 ms as a rule."""

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


def interrupts(stat: str, cpu: int) -> float:
    """Seconds that a CPU has served interrupts and softirqs so far, from /proc/stat; 0.0 where it
    does not tell."""
    ticks = procfs.stat(stat, f"cpu{cpu}")
    return (ticks.irq + ticks.softirq) / os.sysconf("SC_CLK_TCK") if ticks else 0.0


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
    after = guards.sample(None)
    seen = guards.change(before, after, os.cpu_count() or 1)
    return judge(slices, after.stolen - before.stolen, began, bare_metal, seen.throttled)


def _on(cpu: int | None, delays: RunDelay) -> Slice:
    if cpu is not None:
        with contextlib.suppress(OSError):
            os.sched_setaffinity(0, {cpu})
    if cpu is None:
        return spin(SLICE_SECONDS, delays)
    before = interrupts(guards.text("/proc/stat"), cpu)
    made = spin(SLICE_SECONDS, delays, cpu)
    after = interrupts(guards.text("/proc/stat"), cpu)
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


_GRADES = ((0.10, "severe"), (0.05, "high"), (0.02, "noticeable"))


def grade(share: float) -> str:
    """A word for a share of time that was withheld, as steal or in gaps: none, noticeable, high or severe.

    10 % over minutes is a rule of thumb for a degraded guest; the other steps are ours.
    """
    return next((word for least, word in _GRADES if share >= least), "none")


LIMITS = [
    "who took the time: other guests, the host itself, or firmware",
    "whether it lasts: this was a look of a second or so",
    f"gaps under {GAP_NS / 1000:.0f} µs, which interrupts of this machine make as well",
]


def judge(
    slices: list[Slice], stolen: float, began: float, bare_metal: bool, throttled: float = 0.0
) -> Benchmark:
    """From slices to a benchmark; `stolen` is what the kernel reported as steal meanwhile, in seconds, and
    `throttled` the share of the time in which a CPU quota held this program back."""
    samples = [
        Round(each.beneath, each.start - began, each.nanoseconds / 1e9, disturbed=_disturbed(each, throttled))
        for each in slices
    ]
    counted = [each for each, sample in zip(slices, samples, strict=True) if not sample.disturbed]
    gaps = [gap for each in counted for gap in each.gaps if gap.beneath > GAP_NS // 2]
    spun = sum(each.nanoseconds for each in slices) / 1e9
    served = sum(each.served for each in slices) / spun
    vanished = mean(each.beneath for each in counted) if counted else 0.0
    doubt = _doubt(slices, len(counted), vanished, served, throttled)
    values = [] if doubt else [each.beneath for each in counted]
    return Benchmark(
        id="cpu.gaps",
        target="all vCPUs",
        engine="embedded",
        unit="share",
        value=vanished if values else None,
        interval=(min(values), max(values)) if values else None,
        samples=samples,
        verdict=f"gaps-{grade(vanished)}" if values else "inconclusive",
        confidence="none" if not values else "low" if len(counted) < 30 else "medium",
        reason=doubt or _reason(vanished, slices, gaps, _taker(stolen, bare_metal), throttled),
        limits=LIMITS,
        details={
            "gaps": len(gaps),
            "longest_gap_us": max((gap.beneath for gap in gaps), default=0) / 1000,
            "own_scheduler_share": sum(each.own for each in slices) / len(slices),
            "interrupts_share": served,
            "reported_steal_seconds": stolen,
            "clock_read_ns": median(each.nanoseconds / max(1, each.steps) for each in slices),
            "cpus": len({each.cpu for each in slices}),
        },
        command=[f"read the clock for {spun:.1f} s, {SLICE_SECONDS} s on each CPU in turn"],
        seconds=time.monotonic() - began,
    )


_NO_ACCOUNT = "this kernel does not account for its own scheduler's delays (no schedstat)"


def _unaccounted(each: Slice) -> bool:
    return any(gap.delay is None for gap in each.gaps)


def _disturbed(each: Slice, throttled: float) -> str:
    if _unaccounted(each):
        return _NO_ACCOUNT
    return _waited(each.own, throttled) if each.own > STARVED else ""


def _waited(own: float, throttled: float) -> str:
    said = f"our own scheduler let this thread wait for {own:.0%} of the time"
    held = f", as a CPU quota held this program back {min(throttled, 1.0):.0%} of it"
    return said + (held if throttled > guards.THROTTLED else "")


def _doubt(slices: list[Slice], counted: int, vanished: float, served: float, throttled: float) -> str:
    """Why nothing can be told; empty where it can.

    Slices that have no gap need no account. To keep them alone would be a choice of the best moments.
    """
    if any(map(_unaccounted, slices)):
        return f"moments vanished, but {_NO_ACCOUNT}, so they may have been its own"
    if counted < ENOUGH:
        own = sum(each.own for each in slices) / len(slices)
        return f"{_waited(own, throttled)}: too little is left to tell"
    if served > SERVED and grade(vanished) != grade(max(0.0, vanished - served)):
        return (
            f"{vanished:.1%} of the time vanished, but the CPUs served interrupts for {served:.1%} of it: "
            "measure again while the network and the disks rest"
        )
    return ""


def _taker(stolen: float, bare_metal: bool) -> str:
    """Who took time beneath this kernel, as far as it is known."""
    if stolen > 0:
        return f"the hypervisor took it, and reports {stolen:.2f} s of steal"
    if bare_metal:
        return "the firmware or hardware took it"
    return "a hypervisor that does not report it as steal, or firmware, took it"


def _reason(vanished: float, slices: list[Slice], gaps: list[Gap], taker: str, throttled: float) -> str:
    own = sum(each.own for each in slices) / len(slices)
    ours = _waited(own, throttled) if own >= 0.005 else ""
    if not gaps:
        quiet = "no moment vanished beneath this kernel while one thread read the clock"
        return f"{quiet} ({ours})" if ours else quiet
    longest = max(gap.beneath for gap in gaps) / 1e6
    said = f"{vanished:.1%} of the time vanished beneath this kernel, up to {longest:.1f} ms at once"
    said += f": {taker}" if grade(vanished) != "none" else ""
    return f"{said}; {ours}" if ours else said
