"""Rank statistics over a series: how sure a split is. No distribution is assumed."""

from itertools import pairwise
from math import sqrt
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


def line(values: list[float]) -> list[float]:
    """What is left when a straight line is taken away (least squares)."""
    middle, mean = (len(values) - 1) / 2, sum(values) / len(values)
    slope = sum((place - middle) * value for place, value in enumerate(values))
    slope /= max(1, (len(values) ** 3 - len(values)) / 12)  # the sum of squares of the places
    return [value - mean - slope * (place - middle) for place, value in enumerate(values)]


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
