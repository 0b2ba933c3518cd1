"""Time that vanished beneath this kernel while one thread read the clock: cpu/gaps.py tells what is seen."""

from statistics import mean, median

from vaudit.bench.borders import Borders
from vaudit.bench.cpu.judge.steal import grade
from vaudit.bench.cpu.recording import ENOUGH, GAP_NS, SLICE_SECONDS, Gap, Gaps, Slice
from vaudit.bench.system.guards import THROTTLED
from vaudit.model.benchmark import Benchmark, Round

STARVED = 0.5
"""Share of a slice that our own scheduler withheld, above which the slice says nothing."""
SERVED = 0.01
"""Share of the time in interrupts above which they may be the gaps; less is one tick in a second."""
TOLD = 0.005
"""Share that our own scheduler withheld, from which on it is worth telling."""
SURE_SLICES = 30
"""That count, below which the confidence is low."""
LIMITS = [
    "who took the time: other guests, the host itself, or firmware",
    "whether it lasts: this was a look of a second or so",
    f"gaps under {GAP_NS / 1000:.0f} µs, which interrupts of this machine make as well",
]


def gaps(made: Gaps, borders: Borders) -> Benchmark:
    """The benchmark `cpu.gaps`."""
    slices = made.slices
    samples = [
        Round(each.beneath, each.start, each.nanoseconds / 1e9, disturbed=_disturbed(each, made.throttled))
        for each in slices
    ]
    counted = [each for each, sample in zip(slices, samples, strict=True) if not sample.disturbed]
    beneath = [gap for each in counted for gap in each.gaps if gap.beneath > GAP_NS // 2]
    spun = sum(each.nanoseconds for each in slices) / 1e9
    served = sum(each.served for each in slices) / spun
    vanished = mean(each.beneath for each in counted) if counted else 0.0
    doubt = _doubt(made, len(counted), vanished, served, borders)
    values = [] if doubt else [each.beneath for each in counted]
    return Benchmark(
        id="cpu.gaps",
        target="all vCPUs",
        engine="embedded",
        unit="share",
        value=vanished if values else None,
        interval=(min(values), max(values)) if values else None,
        samples=samples,
        verdict=f"gaps-{_grade(vanished, borders)}" if values else "inconclusive",
        confidence="none" if not values else "low" if len(counted) < SURE_SLICES else "medium",
        reason=doubt or _reason(made, vanished, beneath, borders),
        limits=LIMITS,
        details={
            "gaps": len(beneath),
            "longest_gap_us": max((gap.beneath for gap in beneath), default=0) / 1000,
            "own_scheduler_share": _own(made),
            "interrupts_share": served,
            "reported_steal_seconds": made.stolen,
            "clock_read_ns": median(each.nanoseconds / max(1, each.steps) for each in slices),
            "cpus": len({each.cpu for each in slices}),
        },
        command=[f"read the clock for {spun:.1f} s, {SLICE_SECONDS} s on each CPU in turn"],
        seconds=made.seconds,
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
    return said + (held if throttled > THROTTLED else "")


def _doubt(made: Gaps, counted: int, vanished: float, served: float, borders: Borders) -> str:
    """Why nothing can be told; empty where it can.

    Slices that have no gap need no account. To keep them alone would be a choice of the best moments.
    """
    if any(map(_unaccounted, made.slices)):
        return f"moments vanished, but {_NO_ACCOUNT}, so they may have been its own"
    if counted < ENOUGH:
        return f"{_waited(_own(made), made.throttled)}: too little is left to tell"
    if served > SERVED and _grade(vanished, borders) != _grade(max(0.0, vanished - served), borders):
        return (
            f"{vanished:.1%} of the time vanished, but the CPUs served interrupts for {served:.1%} of it: "
            "measure again while the network and the disks rest"
        )
    return ""


def _grade(share: float, borders: Borders) -> str:
    """By the scale of steal, but for the border that a check asks about."""
    return grade(share, borders.steal_note, borders.gaps_fail, borders.steal_fail)


def _own(made: Gaps) -> float:
    """Share of all slices that our own scheduler withheld."""
    return sum(each.own for each in made.slices) / len(made.slices)


def _taker(made: Gaps) -> str:
    """Who took time beneath this kernel, as far as it is known."""
    if made.stolen > 0:
        return f"the hypervisor took it, and reports {made.stolen:.2f} s of steal"
    if made.bare_metal:
        return "the firmware or hardware took it"
    return "a hypervisor that does not report it as steal, or firmware, took it"


def _reason(made: Gaps, vanished: float, beneath: list[Gap], borders: Borders) -> str:
    own = _own(made)
    ours = _waited(own, made.throttled) if own >= TOLD else ""
    if not beneath:
        quiet = "no moment vanished beneath this kernel while one thread read the clock"
        return f"{quiet} ({ours})" if ours else quiet
    longest = max(gap.beneath for gap in beneath) / 1e6
    said = f"{vanished:.1%} of the time vanished beneath this kernel, up to {longest:.1f} ms at once"
    said += f": {_taker(made)}" if _grade(vanished, borders) != "none" else ""
    return f"{said}; {ours}" if ours else said
