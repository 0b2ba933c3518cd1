"""Time that the hypervisor withheld and reported as such.

Steal only shows while the vCPUs want to run: a zero from an idle guest proves nothing. So it is judged on
the busy part of the run. On many vCPUs that is the speed probe alone, which keeps every vCPU busy for a
little longer than ENOUGH_SECONDS.
"""

from msgspec import structs

from vaudit.bench.borders import Borders
from vaudit.bench.cpu.recording import Stretch
from vaudit.bench.system.guards import Change
from vaudit.model.benchmark import Benchmark, Round

BUSY = 0.20
"""Share of all vCPUs above which a stretch of the run counts for steal."""
ENOUGH_SECONDS = 1.0
"""Busy seconds below which a share of steal is not told."""
SURE_SECONDS = 20.0
"""Busy seconds below which the confidence in a share of steal is low."""
LIMITS = [
    "some hypervisors never report stolen time: a zero may mean that it is hidden",
    "whether it lasts: the rule of thumb speaks of 10 % over 20 minutes",
    "a limit that only bites after minutes of load (CPU credits)",
]


def steal(stretches: list[Stretch], borders: Borders) -> Benchmark:
    """The benchmark `cpu.steal`: the share of wanted time that was withheld, over the busy stretches."""
    busy = [each.seen for each in stretches if _is_busy(each.seen)]
    seconds = sum(seen.seconds for seen in busy)
    if seconds < ENOUGH_SECONDS:
        said = "the vCPUs were not busy long enough to tell"
        return _steal(stretches, None, "inconclusive", said, seconds)
    wanted = sum((seen.busy + seen.stolen) * seen.seconds for seen in busy)
    share = sum(seen.stolen * seen.seconds for seen in busy) / wanted
    word = f"steal-{grade(share, borders.steal_note, borders.steal_warn, borders.steal_fail)}"
    said = f"{share:.1%} of the CPU time that this machine wanted in {seconds:.0f} busy seconds was withheld"
    return _steal(stretches, share, word, said, seconds)


def without(found: Benchmark, because: str) -> Benchmark:
    """A steal of 0 where something else tells that nobody measures it, `because`: no praise for it."""
    if found.id != "cpu.steal" or found.value != 0 or not because:
        return found
    return structs.replace(
        found,
        value=None,
        interval=None,
        verdict="inconclusive",
        confidence="none",
        reason=f"steal is {because}",
        details={**found.details, "busy_seconds": 0.0},
    )


def _is_busy(seen: Change) -> bool:
    return seen.busy + seen.stolen > BUSY


def grade(share: float, *borders: float) -> str:
    """A word for a share of time that was withheld, as steal or in gaps, by the borders of the words after
    the first, each of which counts only where all before it are reached."""
    words = ("none", "noticeable", "high", "severe")
    reached = next((number for number, border in enumerate(borders) if share < border), len(borders))
    return words[reached]


def _steal(stretches: list[Stretch], share: float | None, word: str, said: str, seconds: float) -> Benchmark:
    samples = [
        Round(
            each.seen.steal, each.at, each.seen.seconds, disturbed="" if _is_busy(each.seen) else "vCPUs idle"
        )
        for each in stretches
    ]
    counted = [each.value for each in samples if not each.disturbed]
    return Benchmark(
        id="cpu.steal",
        target="all vCPUs",
        engine="vaudit",
        unit="share",
        value=share,
        interval=(min(counted), max(counted)) if share is not None and counted else None,
        samples=samples,
        verdict=word,
        confidence="none" if share is None else "medium" if seconds >= SURE_SECONDS else "low",
        reason=said,
        limits=LIMITS,
        details={"busy_seconds": seconds},
        command=["/proc/stat between the steps of the run"],
        seconds=sum(each.seconds for each in samples),
    )
