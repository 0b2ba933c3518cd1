"""Trends as lines to draw: one chart a series, over time, with marks where something else changed."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from datetime import datetime, timezone
from typing import NamedTuple

from vaudit.history.changes import Point
from vaudit.history.figures import cause, label
from vaudit.history.trend import Told, Trend, day, marks
from vaudit.words import joined, quantity

WIDTH, HEIGHT, TOP = 720, 120, 16
"""Of a chart, in units of the drawing; above `TOP` stand the numbers of the marks."""


class Mark(NamedTuple):
    """A moment at which something else changed."""

    x: float
    number: int
    taken: str
    text: str


class Chart(NamedTuple):
    """One series, drawn."""

    title: str
    last: str
    """The newest figure."""
    high: str
    low: str
    line: str
    """The points that count, as a path of SVG."""
    disturbed: str
    levels: str
    """The medians between changes."""
    marks: list[Mark]
    accepted: float | None
    """Where what came before was accepted."""
    told: list[Told]
    first_day: str
    last_day: str
    number: int


def chart(trend: Trend, when: Mapping[str, float], accepted: str) -> Chart | None:
    """A chart; None of a series with fewer than two points that count. `when` gives seconds for moments."""
    points = trend.series.points
    values = [one.value for one in points if not one.disturbed]
    if len(values) < 2:
        return None
    first, last = when[points[0].taken], when[points[-1].taken]
    low, high = min(values), max(values)
    if high - low < 0.1 * abs(high):  # what hardly moves is drawn so
        low, high = low - 0.05 * abs(high), high + 0.05 * abs(high)

    def x(one: Point) -> float:
        return round(WIDTH * (when[one.taken] - first) / ((last - first) or 1), 1)

    def y(value: float) -> float:
        share = (value - low) / ((high - low) or 1)
        return round(TOP + (HEIGHT - TOP) * (1 - min(1.0, max(0.0, share))), 1)

    unit = trend.series.unit
    counted = [one for one in points if not one.disturbed]
    return Chart(
        title=label(trend.series.benchmark, trend.series.name),
        last=quantity(counted[-1].value, unit),
        high=quantity(high, unit),
        low=quantity(low, unit),
        line="M" + "L".join(f"{x(one)} {y(one.value)}" for one in counted),
        disturbed="".join(f"M{x(one)} {y(one.value)}h0" for one in points if one.disturbed),
        levels=_levels(trend, x, y),
        marks=[
            Mark(x(points[at]), number, points[at].taken, _said(differs))
            for number, (at, differs) in enumerate(marks(points), 1)
        ],
        accepted=x(next(one for one in reversed(points) if one.taken <= accepted))
        if points[0].taken <= accepted
        else None,
        told=trend.told,
        first_day=day(points[0].taken),
        last_day=day(points[-1].taken),
        number=len(points),
    )


def _levels(trend: Trend, x: Callable[[Point], float], y: Callable[[float], float]) -> str:
    points, found = trend.series.points, []
    edges = [0, *(one.index for one in trend.changes), len(points) - 1]
    for number, one in enumerate(trend.changes):
        left, middle, right = points[edges[number]], points[one.index], points[edges[number + 2]]
        found.append(f"M{x(left)} {y(one.before)}H{x(middle)}M{x(middle)} {y(one.after)}H{x(right)}")
    return "".join(found)


def _said(differs: Mapping[str, tuple[str, str]]) -> str:
    return joined([cause(name, *pair) for name, pair in differs.items()])


def seconds(moments: Sequence[str]) -> dict[str, float]:
    """Seconds since 1970 of ISO 8601 UTC moments; of what is none, those of the one before it."""
    found: dict[str, float] = {}
    last = 0.0
    for one in moments:
        with suppress(ValueError):
            last = datetime.fromisoformat(one[:19]).replace(tzinfo=timezone.utc).timestamp()
        found[one] = last
    return found
