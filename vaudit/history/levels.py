"""Where a series stands on levels: the cuts between them, each as sure as asked for.

A series is cut in two where its sides lie farthest apart, or in three where a level comes and goes, and its
parts again: more cuts than are true. Then the least sure one goes, as long as chance could have made it. Only
with all of them is it known how much one value hands on to the next, by which a neighbour who stays for days
is told from a change: the steps of a staircase look like that as long as they are not cut.
"""

from itertools import accumulate, pairwise
from math import log, sqrt
from statistics import median

from vaudit.history.borders import Borders
from vaudit.history.ranks import carried, line, split

_WIDE = 3.0
"""Standard deviations beyond which a value is moved to that border: a single accident proves nothing."""
_SIGMA = 1.4826
"""Standard deviations in a median absolute deviation (normal distribution)."""
_PLACES = 24
"""Places at which a level that comes and goes is looked for; it is placed exactly afterwards."""


def levels(values: list[float], limits: Borders) -> list[int]:
    """The first value of each level but the first."""
    cuts = _cut(values, 0, limits)
    while cuts:
        sure = _sure(values, cuts, limits)
        least = min(range(len(cuts)), key=sure.__getitem__)
        if sure[least] >= 1:
            break
        del cuts[least]
    return cuts


def rest(values: list[float], cuts: list[int]) -> list[float]:
    """What is left of each value when the medians of all levels are taken away."""
    return [one - middle for part in _parts(values, cuts) for middle in [median(part)] for one in part]


def _parts(values: list[float], cuts: list[int]) -> list[list[float]]:
    return [values[start:end] for start, end in pairwise([0, *cuts, len(values)])]


def _cut(values: list[float], start: int, limits: Borders) -> list[int]:
    z, *cuts = _in_two(values, limits)
    if z < limits.change_z:
        z, *cuts = _in_three(values, limits)
        if z < limits.change_two_z:
            return []
    edges = [0, *cuts, len(values)]
    cuts = [
        before + _settled(values[before:after], cut - before, limits)
        for before, cut, after in zip(edges, edges[1:], edges[2:], strict=False)
    ]
    edges = [0, *cuts]
    inner = [_cut(part, start + edge, limits) for edge, part in zip(edges, _parts(values, cuts), strict=True)]
    return sorted([start + cut for cut in cuts] + [cut for each in inner for cut in each])


def _in_two(values: list[float], limits: Borders) -> tuple[float, int]:
    """The cut whose sides lie farthest apart, and how far. The two sides together are worth so many scans on
    each side that it is no episode."""
    number, side = len(values), int(limits.change_side)
    if number < 4 * side:
        return 0.0, 0
    sums, whole = _sums(values)
    between = [
        sums[cut] ** 2 * number / (cut * (number - cut)) if cut * (number - cut) >= side * number else 0.0
        for cut in range(side, number - side + 1)
    ]
    place = max(range(len(between)), key=between.__getitem__)
    return _apart(between[place], whole - between[place], number - 2), side + place


def _in_three(values: list[float], limits: Borders) -> tuple[float, int, int]:
    """The two cuts between which values lie farthest from all others, and how far."""
    number, side = len(values), int(limits.change_side)
    if number < 5 * side:
        return 0.0, 0, 0
    sums, whole = _sums(values)
    places = range(side, number - side + 1, max(1, number // _PLACES))
    most, first, last = 0.0, 0, 0
    for start in places:
        before = sums[start]
        for end in places:
            inside = end - start
            if inside >= side:
                between = (sums[end] - before) ** 2 / (inside * (number - inside))
                if between > most:
                    most, first, last = between, start, end
    return _apart(most * number, whole - most * number, number - 3), first, last


def _sums(values: list[float]) -> tuple[list[float], float]:
    """How far the first so many values are from the mean in all, accidents clipped; and the squares' sum."""
    near = _clipped(values)
    middle = sum(near) / len(near)
    off = [one - middle for one in near]
    return [0.0, *accumulate(off)], sum(one * one for one in off)


def _clipped(values: list[float]) -> list[float]:
    middle = median(values)
    reach = _WIDE * _SIGMA * median([abs(one - middle) for one in values])
    low, high = middle - reach, middle + reach
    return [low if one < low else high if one > high else one for one in values] if reach > 0 else values


def _apart(between: float, within: float, freedom: int) -> float:
    """Student's t of two means as standard deviations of a normal distribution (Wallace 1959)."""
    if between <= 0:
        return 0.0
    square = between / max(within, 1e-9 * between) * freedom
    return sqrt(freedom * log(1 + square / freedom)) * (8 * freedom + 1) / (8 * freedom + 3)


def _settled(values: list[float], cut: int, limits: Borders) -> int:
    """The cut nearby from which on values are nearer to the level on the right."""
    side, reach = int(limits.change_side), 2 * int(limits.change_side)
    first, last = max(side, cut - reach), min(len(values) - side, cut + reach)
    left, right = median(values[:cut]), median(values[cut:])
    most = (_WIDE * _SIGMA * median(map(abs, rest(values, [cut])))) ** 2
    nearer = (min((one - left) ** 2, most) - min((one - right) ** 2, most) for one in values[first:last])
    worth = list(accumulate(nearer, initial=0.0))
    return first + min(range(len(worth)), key=worth.__getitem__)


def _sure(values: list[float], cuts: list[int], limits: Borders) -> list[float]:
    """How sure each cut is, its neighbours given: of what is asked for, the least of means and of ranks. What
    values hand on weighs less on ranks, which say no more of sides that are wholly apart however far."""
    edges, weight = [0, *cuts, len(values)], _weight(values, cuts)
    found = []
    for start, cut, end in zip(edges, edges[1:], edges[2:], strict=False):
        left, right = values[start:cut], values[cut:end]
        if abs(median(left) - median(right)) < log(limits.change_least):
            found.append(0.0)
            continue
        ranked = split([*left, *right], len(left)).z / limits.change_rank_z
        found.append(min(_means(left, right) / (limits.change_z * weight), ranked / sqrt(weight)))
    return found


def _means(left: list[float], right: list[float]) -> float:
    """How far two sides lie apart, accidents clipped."""
    number = len(left) + len(right)
    sides = [_clipped(left), _clipped(right)]
    one, other = (sum(each) / len(each) for each in sides)
    within = sum((value - one) ** 2 for value in sides[0]) + sum((value - other) ** 2 for value in sides[1])
    return _apart((one - other) ** 2 * len(left) * len(right) / number, within, number - 2)


def _weight(values: list[float], cuts: list[int]) -> float:
    """By how much z is too large where each value hands on so much to the next (autoregression, order 1)."""
    carry = min(carried(rest(values, cuts)), carried(line(values)))
    return sqrt((1 + carry) / (1 - carry))
