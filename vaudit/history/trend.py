"""What a series says of itself: its changes, what the last scans say, and both in words for people."""

from collections.abc import Iterator, Sequence
from itertools import pairwise

import msgspec

from vaudit.history.borders import Borders
from vaudit.history.changes import Change, Point, changes
from vaudit.history.figures import cause, label
from vaudit.history.lately import Lately, lately
from vaudit.model import catalogue
from vaudit.words import joined, quantity


class Series(msgspec.Struct, frozen=True):
    """One figure over all kept scans, the oldest first."""

    name: str
    benchmark: str
    unit: str
    points: list[Point]


def by_plan(series: Series) -> list[Series]:
    """The series; or one for each plan where they take turns, as a light look every day and a quick one every
    week do: a plan that comes back is no change."""
    plans = [one.context.get("plan", "") for one in series.points]
    turns = sum(one != other for one, other in pairwise(plans))
    distinct = list(dict.fromkeys(plans))
    if turns < len(distinct):
        return [series]
    found = []
    for number, plan in enumerate(distinct, 1):
        points = [one for one, own in zip(series.points, plans, strict=True) if own == plan]
        found.append(Series(f"{series.name} plan {number}", series.benchmark, series.unit, points))
    return found


class Told(msgspec.Struct, frozen=True):
    """A change, or what the last scans say, in words."""

    series: str
    benchmark: str
    index: int
    """The first point of the new level."""
    taken: str
    """When that was."""
    word: str
    """better, worse or other."""
    text: str
    is_proven: bool
    """Else it is a first word, which is proven or taken back by later scans."""
    is_accepted: bool = False


class Trend(msgspec.Struct, frozen=True):
    """A series, and what is told of it."""

    series: Series
    changes: list[Change]
    lately: Lately | None
    told: list[Told]

    @property
    def news(self) -> list[Told]:
        """What is worse or another, and was not accepted."""
        return [one for one in self.told if one.word != "better" and not one.is_accepted]


def trend(series: Series, limits: Borders, accepted: str = "") -> Trend:
    """What the points say. What began up to the moment `accepted` (ISO 8601 UTC) is no news."""
    found = changes(series.points, limits)
    last = lately(series.points, found, limits)
    return Trend(series, found, last, list(_told(series, found, last, accepted)))


def _told(series: Series, found: Sequence[Change], last: Lately | None, accepted: str) -> Iterator[Told]:
    for one in found:
        taken = series.points[one.index].taken
        word, verb = _words(series, one.after / one.before)
        text = f"{label(series.benchmark, series.name)}: {_sentence(series, one, verb)}"
        yield Told(series.name, series.benchmark, one.index, taken, word, text, True, taken <= accepted)
    if last:
        taken = series.points[last.index].taken
        word, verb = _words(series, last.ratio)
        what, times = label(series.benchmark, series.name), f"{last.ratio:.2f} times what was usual"
        text = f"{what}: {verb} now, since {day(taken)}: {times} (a first word: three scans)"
        yield Told(series.name, series.benchmark, last.index, taken, word, text, False, taken <= accepted)


def _sentence(series: Series, one: Change, verb: str) -> str:
    levels = f"{quantity(one.before, series.unit)} → {quantity(one.after, series.unit)}"
    when = day(series.points[one.index].taken)
    if one.explained:
        causes = joined([cause(name, *pair) for name, pair in _first(one.explained)])
        return f"{verb} since {causes} on {when}, {levels}"
    if one.shape == "drift":
        return f"{verb} bit by bit, around {when}, {levels}; nothing else is known to have changed"
    return f"{verb} since {when}, {levels}; nothing else is known to have changed"


_CAUSES = ("machine", "processor", "hypervisor", "device", "kernel", "plan", "vaudit")
"""What explains a change, the most telling first."""


def _first(explained: dict[str, tuple[str, str]]) -> list[tuple[str, tuple[str, str]]]:
    return sorted(explained.items(), key=lambda item: _CAUSES.index(item[0]))


def _words(series: Series, ratio: float) -> tuple[str, str]:
    """Whether so many times as much is better, worse or neither; and how that is called."""
    better = catalogue.of(series.benchmark).better
    if series.unit == "share":
        verb = "more" if ratio > 1 else "less"
    elif better == "neither":
        verb = "otherwise"
    else:
        verb = "faster" if (ratio > 1) == (better == "more") else "slower"
    word = "other" if better == "neither" else "better" if (ratio > 1) == (better == "more") else "worse"
    return word, verb


def day(taken: str) -> str:
    """The day of a moment: 2026-05-03."""
    return taken[:10]


def marks(points: Sequence[Point]) -> list[tuple[int, dict[str, tuple[str, str]]]]:
    """Where something else changed: the point, and what it was before and after."""
    found, before = [], dict[str, str]()
    for index, one in enumerate(points):
        if one.context is not before:
            differs = {
                name: (before[name], one.context[name])
                for name in _CAUSES
                if name in before and name in one.context and before[name] != one.context[name]
            }
            if differs:
                found.append((index, differs))
            before = {**before, **one.context} if before else one.context
    return found


_TICKS = "▁▂▃▄▅▆▇█"


def sparkline(points: Sequence[Point], width: int = 24) -> str:
    """The figures as a row of blocks, from the least to the most; disturbed ones left out."""
    values = [one.value for one in points if not one.disturbed]
    if len(values) < 2:
        return ""
    cut = [len(values) * at // min(width, len(values)) for at in range(min(width, len(values)) + 1)]
    parts = [sorted(values[start:end]) for start, end in pairwise(cut)]
    middle = [part[len(part) // 2] for part in parts]
    low, high = min(middle), max(middle)
    if high - low <= 0.02 * high:  # a level line is one, that of zeros too
        return _TICKS[3] * len(middle)
    return "".join(_TICKS[min(7, int(8 * (value - low) / (high - low)))] for value in middle)
