"""Pages that came back slowly, and pages of equal content that something had merged."""

from vaudit.bench.borders import Borders
from vaudit.bench.memory.recording import SLOW_NS, Merging, Pass, Reread
from vaudit.bench.stats import widened
from vaudit.model.benchmark import Benchmark, Round

LIMITS = [
    "whether the host has promised more memory than it has: that is a property of the host",
    "swapping by the host of pages that lie idle for longer than this test",
    "memory beyond the few pages that were touched",
]
ENOUGH_PAGES = 1000
"""Resident pages, to tell anything."""
OF_CONTROL = 4
"""Times the slow pages of the control that are taken for what this machine does itself."""
WITHHELD = 0.5
"""Share of the time of slow pages that steal may explain."""
SURE_SECONDS = 10.0
"""Of rest, below which the confidence is low."""


def reread(made: Reread, borders: Borders) -> Benchmark:
    """The benchmark `memory.reread`: slow pages after the rest against slow pages right afterwards."""
    again, control = made.again, made.control
    word, reason = _word(made, borders)
    enough, value = word != "inconclusive", again.us.get("mean")
    return Benchmark(
        id="memory.reread",
        target="memory",
        engine="embedded",
        unit="us",
        value=value,
        interval=widened([value]) if value is not None else None,
        samples=[Round(each.us.get("mean", 0.0), 0.0, each.seconds, each.us) for each in (again, control)],
        verdict=word,
        confidence="none" if not enough else "medium" if made.rested >= SURE_SECONDS else "low",
        reason=reason,
        limits=LIMITS,
        details={
            "pages": made.touched,
            "resident_pages": again.count,
            "slow_pages": again.slow,
            "control_slow_pages": control.slow,
            "own_scheduler_pages": again.explained,
            "stolen_seconds": made.stolen,
            "rested_seconds": made.rested,
            "first_touch_p50_us": made.touch_us.get("p50"),
            "first_touch_p99.9_us": made.touch_us.get("p99.9"),
            **{f"{name}_us": number for name, number in again.us.items()},
        },
        command=[
            f"touch {made.touched} pages, wait {made.rested:.0f} s, "
            "read the resident ones twice in random order"
        ],
        seconds=again.seconds + control.seconds,
    )


def _word(made: Reread, borders: Borders) -> tuple[str, str]:
    again, control, rested = made.again, made.control, made.rested
    if again.count < ENOUGH_PAGES:
        return "inconclusive", f"only {again.count} of the touched pages stayed resident"
    slow = f"{again.slow} of {again.count:,} resident pages took over {SLOW_NS / 1000:.0f} µs"
    if again.slow <= borders.reread_pages + OF_CONTROL * control.slow:
        return "reread-fast", f"after {rested:.0f} s of rest {slow}, right afterwards {control.slow}"
    if _withheld(again, made.stolen):
        return "inconclusive", f"{slow}, but CPU time was withheld from this program meanwhile"
    return "reread-slow", (
        f"{slow} after {rested:.0f} s of rest and {control.slow} right afterwards, without CPU time being "
        "withheld: something beneath this kernel had to fetch them, as a host does that swaps its guests out"
    )


def _withheld(again: Pass, stolen: float) -> bool:
    return stolen >= WITHHELD * again.slow_seconds or again.explained > again.slow


def merging(made: Merging, borders: Borders) -> Benchmark:
    """The benchmark `memory.merging`."""
    equal, unequal = made.equal_us, made.unequal_us
    ratio = equal["p50"] / max(unequal["p50"], 1e-3)
    merged = ratio > borders.merged_ratio and equal["p25"] > unequal["p75"]
    pages = f"{made.equal} pages of equal and {made.unequal} of unequal content"
    compared = (
        f"the first write to pages of equal content takes {equal['p50']:.2f} µs, "
        f"to others {unequal['p50']:.2f} µs"
    )
    return Benchmark(
        id="memory.merging",
        target="memory",
        engine="embedded",
        unit="us",
        value=equal["p50"],
        interval=widened([equal["p50"]]),
        verdict="pages-merged" if merged else "no-sign",
        confidence="medium" if merged else "low",
        reason=f"{compared}: something beneath had merged them" if merged else compared,
        limits=["that nothing is merged: a host may take many minutes for it"],
        details={"equal_p50_us": equal["p50"], "unequal_p50_us": unequal["p50"], "ratio": ratio},
        command=[f"write one byte to each of {pages}"],
        seconds=made.seconds,
    )
