"""How much work all vCPUs do together, counted in vCPUs: hashing on all against hashing on one.

Four vCPUs that are two cores with two threads each do the work of two and a little; those that share a core
with a neighbour, or are held to a quota, do that of fewer. Which of these it is does not show in the figure.
"""

from statistics import median

from vaudit.bench.borders import Borders
from vaudit.bench.cpu.recording import Gaps, Speed
from vaudit.bench.figures import ENOUGH_ROUNDS
from vaudit.bench.system.guards import STEAL, why_held_up
from vaudit.model.benchmark import Benchmark, Round
from vaudit.words import figure, percent

LIMITS = [
    "why it is so few: threads of one core, a quota, neighbours, or a processor that slows down under load",
    "how much other work they would do: programs that wait for memory gain more from threads of one core",
]


def scaling(speeds: list[Speed], gaps: Gaps | None, borders: Borders) -> Benchmark | None:
    """The benchmark `cpu.scaling`; None with one vCPU, and where either was not measured."""
    by_name = {each.name: each for each in speeds if each.rounds}
    one, all_ = by_name.get("cpu.single"), by_name.get("cpu.all")
    if one is None or all_ is None or all_.wanted < 2 or all_.threads < all_.wanted:
        return None
    alone, together = _counted(one), _counted(all_)
    ratio = median(together) / median(alone)
    interval = (min(together) / max(alone), max(together) / min(alone))
    doubt = _doubt(one, all_)
    said = (
        f"{all_.wanted} vCPUs do the work of {figure(ratio)} ({figure(interval[0])} to {figure(interval[1])})"
    )
    return Benchmark(
        id="cpu.scaling",
        target=f"{all_.wanted} vCPUs",
        engine="embedded",
        unit="vCPUs",
        value=ratio,
        interval=interval,
        samples=[Round(each / median(alone)) for each in together],
        verdict="inconclusive" if doubt else _word(interval, all_.wanted, borders),
        confidence="none" if doubt else "low",
        reason="; ".join([doubt or said, *([] if doubt else _beside(all_, gaps))]),
        limits=LIMITS,
        details={
            "vcpus": all_.wanted,
            "share": ratio / all_.wanted,
            "stolen_share": all_.seen.stolen,
            "gaps_share": _vanished(gaps),
        },
        command=["cpu.all against cpu.single"],
        seconds=sum(each.seconds for each in (*one.rounds, *all_.rounds)),
    )


def _counted(made: Speed) -> list[float]:
    """The rounds that count; all of them where none does."""
    return [each.value for each in made.rounds if not each.disturbed] or [each.value for each in made.rounds]


def _doubt(one: Speed, all_: Speed) -> str:
    """Why the two cannot be held against each other. What the hypervisor withheld is no reason: it is what is
    asked for."""
    for made in (one, all_):
        counted = sum(not each.disturbed for each in made.rounds)
        withheld = made is all_ and made.seen.stolen > STEAL
        if counted < min(ENOUGH_ROUNDS, len(made.rounds)) and not withheld:
            return why_held_up(made.seen, made.threads)
    return ""


def _word(interval: tuple[float, float], vcpus: int, borders: Borders) -> str:
    """The whole interval has to lie below a border."""
    if interval[1] < borders.scaling_low * vcpus:
        return "scales-little"
    return "scales-partly" if interval[1] < borders.scaling_full * vcpus else "scales"


def _vanished(gaps: Gaps | None) -> float | None:
    """Share of the time that vanished while one thread spun."""
    if gaps is None or not gaps.slices:
        return None
    return sum(each.beneath for each in gaps.slices) / len(gaps.slices)


def _beside(all_: Speed, gaps: Gaps | None) -> list[str]:
    """The steal and the gaps, which may be why."""
    said = [f"{percent(all_.seen.stolen)} of all processor time was reported as stolen meanwhile"]
    vanished = _vanished(gaps)
    return said + ([] if vanished is None else [f"{percent(vanished)} vanished from a thread that spun"])
