"""Series of one figure over many scans, of known change: log-normal scans, as shared hosts show them."""

from math import exp, sin
from random import Random
from statistics import median

from vaudit.history.changes import Point


def scan(level: float, rng: Random, between: float, within: float = 0.08) -> list[float]:
    """The six rounds of a scan, which share its moment."""
    moment = level * exp(rng.gauss(0, between))
    return [moment * exp(rng.gauss(0, within)) for _ in range(6)]


def series(levels: list[float], seed: int, between: float = 0.05) -> list[Point]:
    """A point for each true level."""
    rng = Random(seed)  # noqa: S311
    return [Point(median(scan(level, rng, between))) for level in levels]


def quiet(number: int) -> list[float]:
    return [1000.0] * number


def stepped(before: int, after: int, ratio: float) -> list[float]:
    return [1000.0] * before + [1000.0 * ratio] * after


def weekly(number: int) -> list[float]:
    return [1000 * exp(0.1 * sin(day * 0.8976)) for day in range(number)]


def two_levels(number: int, seed: int) -> list[float]:
    """It stays on one of two levels for two or three scans."""
    rng, high, found = Random(seed), False, []  # noqa: S311
    for _ in range(number):
        high ^= rng.random() > 0.6
        found.append(1270.0 if high else 1000.0)
    return found
