"""Rank statistics over a series: where it splits best, and how sure that is. No distribution is assumed."""

from itertools import accumulate, pairwise
from math import sqrt
from statistics import linear_regression, median
from typing import NamedTuple


class Split(NamedTuple):
    """A place in a series, and how far its two sides lie apart."""

    z: float
    """Mann and Whitney's U in standard deviations from what chance gives (normal approximation, ties and
    continuity corrected: Mann & Whitney 1947)."""
    cut: int
    """The first value of the right side."""


def ranks(values: list[float]) -> tuple[list[float], float]:
    """The rank of each value from 1 on, equal ones sharing theirs; and the sum of t³ - t over ties of t."""
    order = sorted(range(len(values)), key=values.__getitem__)
    found, ties, start = [0.0] * len(values), 0.0, 0
    while start < len(order):
        end = start + 1
        while end < len(order) and values[order[end]] == values[order[start]]:
            end += 1
        for place in order[start:end]:
            found[place] = (start + 1 + end) / 2
        ties += (end - start) ** 3 - (end - start)
        start = end
    return found, ties


def best(values: list[float], side: int) -> Split:
    """The cut that splits best of those that leave at least so many values on both sides; a z of 0 where
    there is none."""
    number = len(values)
    placed, ties = ranks(values)
    spread = _spread(number, ties)
    if number < 2 * side or spread <= 0:
        return Split(0.0, 0)
    left, middle = list(accumulate(placed)), (number + 1) / 2
    # the square of z without what is the same at each cut: many are asked
    worth = [
        (abs(left[cut - 1] - cut * middle) - 0.5) ** 2 / (cut * (number - cut))
        for cut in range(side, number - side + 1)
    ]
    cut = side + max(range(len(worth)), key=worth.__getitem__)
    return Split(_apart(left[cut - 1] - cut * middle, cut * (number - cut) / 12 * spread), cut)


def split(values: list[float], cut: int) -> Split:
    """How far the two sides of one cut lie apart."""
    number = len(values)
    placed, ties = ranks(values)
    excess = sum(placed[:cut]) - cut * (number + 1) / 2
    return Split(_apart(excess, cut * (number - cut) / 12 * _spread(number, ties)), cut)


def _spread(number: int, ties: float) -> float:
    return (number + 1) - ties / (number * (number - 1)) if number > 1 else 0.0


def _apart(excess: float, variance: float) -> float:
    return (abs(excess) - 0.5) / sqrt(variance) if variance > 0 else 0.0


def step(values: list[float], cut: int) -> list[float]:
    """What is left of each value when two levels, the medians of both sides, are taken away."""
    left, right = median(values[:cut]), median(values[cut:])
    return [value - (left if place < cut else right) for place, value in enumerate(values)]


def line(values: list[float]) -> list[float]:
    """What is left when a straight line is taken away (least squares)."""
    slope, start = linear_regression(range(len(values)), values)
    return [value - start - slope * place for place, value in enumerate(values)]


def size(rest: list[float]) -> float:
    """How much is left, in all."""
    return sum(map(abs, rest))


def carried(rest: list[float]) -> float:
    """How much of what is left one value hands on to the next: 0 to 0.8 (lag-1 autocorrelation).

    The largest tenth is clipped, since single accidents would hide it.
    """
    most = sorted(map(abs, rest))[int(len(rest) * 0.9)]
    clipped = [max(-most, min(most, value)) for value in rest]
    whole = sum(value * value for value in clipped)
    both = sum(one * next_one for one, next_one in pairwise(clipped))
    return min(0.8, max(0.0, both / whole)) if whole else 0.0
