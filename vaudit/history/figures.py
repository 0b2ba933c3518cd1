"""What two scans measured, held against each other: like for like, and else it is said why not."""

from collections.abc import Iterator, Mapping, Sequence
from statistics import median
from typing import NamedTuple

from vaudit.history.borders import Borders
from vaudit.history.compare import Word, expected, word
from vaudit.history.measured import Figure, figures, series
from vaudit.model import catalogue
from vaudit.model.benchmark import Benchmark
from vaudit.model.report import Report
from vaudit.words import joined, many, quantity

FEW = 3
"""Rounds that each of two scans needs to be compared without a history: of fewer, all are easily apart."""
Earlier = Mapping[str, Sequence[Figure]]
"""Kept figures of scans before both, by their series, oldest first."""


class Compared(NamedTuple):
    """One figure, or why it cannot be compared."""

    series: str
    benchmark: str
    word: Word
    text: str


def compared(before: Report, after: Report, limits: Borders, earlier: Earlier) -> Iterator[Compared]:
    """Each figure that one of both has."""
    old, new = ({one.series: one for one in figures(each)} for each in (before, after))
    benches = {series(one): one for one in (*before.benchmarks, *after.benchmarks)}
    for name in dict.fromkeys([*old, *new]):
        one, other = old.get(name), new.get(name)
        if one and other:
            yield _one(one, other, limits, earlier.get(name, ()))
        elif before.benchmarks and after.benchmarks:
            yield _unlike(benches[name], after if one else before, is_before=bool(one))


def _one(one: Figure, other: Figure, limits: Borders, earlier: Sequence[Figure]) -> Compared:
    what = label(one.benchmark, one.series)
    unlike = one.context.get("plan") != other.context.get("plan")
    if unlike:
        return Compared(one.series, one.benchmark, "cannot tell", f"{what}: was measured in another way")
    if one.disturbed or other.disturbed:
        when = "both times" if one.disturbed and other.disturbed else "before" if one.disturbed else "now"
        return Compared(
            one.series, one.benchmark, "cannot tell", f"{what}: {when} something else was at work"
        )
    like = [
        each for each in earlier if not each.disturbed and each.context.get("plan") == one.context["plan"]
    ]
    if len(like) < limits.pair_history and min(len(one.rounds), len(other.rounds)) < FEW:
        text = f"{what}: too few rounds for two scans alone; {many(len(like), 'earlier scan')} to go by"
        return Compared(one.series, one.benchmark, "cannot tell", text)
    said = judged(one, other, [each.rounds for each in like], limits)
    return Compared(one.series, one.benchmark, said, _text(one, other, said, like, limits))


def judged(one: Figure, other: Figure, history: list[list[float]], limits: Borders) -> Word:
    """The word for two figures of one series, none of them disturbed."""
    about = catalogue.of(one.benchmark)
    if about.better == "neither":
        return "same" if one.value == other.value else "cannot tell"
    least = about.change.least if about.change else 0.0
    if abs(one.value - other.value) <= least:
        return "same"
    if least and min(one.value, other.value) <= 0:  # a share that was nothing, and is something that counts
        return "better" if (other.value < one.value) == (about.better == "less") else "worse"
    said = word(history, one.rounds, other.rounds, about.better == "less", limits)
    usual = expected([median(rounds) for rounds in history if min(rounds) > 0], limits)
    if usual and said in ("better", "worse") and not usual.low <= one.value <= usual.high:
        # the scan before was out of the usual already: these two stand alone
        return word([], one.rounds, other.rounds, about.better == "less", limits)
    return said


def _text(one: Figure, other: Figure, said: Word, like: list[Figure], limits: Borders) -> str:
    before, after = quantity(one.value, one.unit), quantity(other.value, one.unit)
    told = f"{label(one.benchmark, one.series)}: {said}, {before} → {after}"
    usual = expected([median(each.rounds) for each in [*like, one] if min(each.rounds) > 0], limits)
    if usual and said in ("better", "worse"):
        told += f" (usual: {quantity(usual.low, one.unit)} to {quantity(usual.high, one.unit)})"
    return told


def explained(one: Mapping[str, str], other: Mapping[str, str]) -> str:
    """What else changed between two scans, in words; empty for nothing that is known of both."""
    names = [name for name in one if name in other and one[name] != other[name] and name != "plan"]
    return joined([cause(name, one[name], other[name]) for name in names])


def cause(name: str, before: str, after: str) -> str:
    """One thing that changed."""
    if name == "machine":
        return "the move to another host"
    if name == "plan":
        return "the change of what is measured"
    return f"the change of the {name} from {before} to {after}" if name != "vaudit" else f"vaudit {after}"


def label(benchmark: str, key: str) -> str:
    """The figure for people: what was measured, by what, and where."""
    _, engine, *where = key.split(" ", 2)
    by = "" if engine in ("embedded", "vaudit") else f" by {engine}"
    return f"{catalogue.label(benchmark)}{by}{f' ({where[0]})' if where else ''}"


def _unlike(one: Benchmark, there: Report, *, is_before: bool) -> Compared:
    """Why a figure has no counterpart: the nearest one of the same kind differs in something."""
    what, when = label(one.id, series(one)), "now" if is_before else "before"
    same = [each for each in there.benchmarks if each.id == one.id]
    near = next((each for each in same if each.engine == one.engine), same[0] if same else None)
    if near is None or near.status == "skipped":
        why = f"was not measured {when}"
    elif near.value is None or near.status == "error":
        why = f"{when} it could not be measured"
    elif near.engine != one.engine:
        why = f"{when} {near.engine} measured it"
    elif near.device != one.device:
        why = f"{when} it was measured on {near.device or 'another device'}"
    else:
        why = f"{when} it was measured at another place"
    return Compared(series(one), one.id, "cannot tell", f"{what}: {why}")
