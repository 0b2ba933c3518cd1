"""The little statistics that short, noisy runs deserve: no means, no normal distribution, no false digits."""

from math import comb
from statistics import median

NARROWEST = 0.20
"""No interval is narrower than this share on each side: windows of 1 to 5 s of one and the same disk lay up
to 26 % from its value over 60 s, so a narrower interval would be a claim that was not measured."""


def widened(
    values: list[float], center: float | None = None, least: float = NARROWEST
) -> tuple[float, float]:
    """An interval for the median that assumes no distribution: lowest to highest value, never too narrow.

    Lowest to highest of n values covers the median with probability 1 - 2**(1-n) if the values are
    independent (3: 75 %, 6: 97 %). They are not quite, hence the widening. Raises ValueError without values.
    """
    middle = median(values) if center is None else center
    return min([*values, middle * (1 - least)]), max([*values, middle * (1 + least)])


COVERAGE = 0.75
"""Lowest to highest of three values covers their median with this probability; more rounds need no more."""


def trimmed(values: list[float]) -> list[float]:
    """The values without the lowest and highest few: what is left still covers the median with COVERAGE.

    So that one strange round in six does not undo what the five others say. From order statistics: all but
    the k lowest and k highest of n cover with probability 1 - 2 * (C(n,0) + … + C(n,k)) / 2**n.
    """
    number, cut, missed = len(values), 0, 2 / 2 ** len(values)
    while cut + 1 < number / 2 and (more := missed + 2 * comb(number, cut + 1) / 2**number) <= 1 - COVERAGE:
        cut, missed = cut + 1, more
    return sorted(values)[cut : number - cut]


def percentile(ordered: list[int], share: float) -> float:
    """The value below which `share` (0 to 1) of an ordered list lies; nearest rank. 0.0 for an empty list."""
    if not ordered:
        return 0.0
    return float(ordered[min(len(ordered) - 1, int(share * len(ordered)))])


def spread(latencies: list[int]) -> dict[str, float]:
    """Nanoseconds to a distribution in microseconds: mean, p1, p10, p25, p50, p75, p90, p99, p99.9, max."""
    if not latencies:
        return {}
    ordered = sorted(latencies)
    shares = {
        "p1": 0.01,
        "p10": 0.1,
        "p25": 0.25,
        "p50": 0.5,
        "p75": 0.75,
        "p90": 0.9,
        "p99": 0.99,
        "p99.9": 0.999,
    }
    found = {"mean": sum(ordered) / len(ordered) / 1000}
    found |= {name: percentile(ordered, share) / 1000 for name, share in shares.items()}
    return found | {"max": ordered[-1] / 1000}


def within(values: list[float], factor: float) -> bool:
    """Whether the highest is at most so many times the lowest."""
    return max(values) <= factor * min(values)


def below(values: list[float], cliff: tuple[float, float]) -> list[float]:
    """The values that lie nearer to the lower level of a cliff (see find_cliff), by their ratio."""
    return [value for value in values if value < (cliff[0] * cliff[1]) ** 0.5]


def find_cliff(values: list[float], factor: float = 2.0) -> tuple[float, float] | None:
    """(before, after) medians where a series falls once by more than `factor` and stays low; else None.

    At least two values must follow the fall: one low value is an accident, not a plateau.
    """
    for cut in range(1, len(values) - 1):
        before, after = values[:cut], values[cut:]
        if min(before) > factor * max(after) and max(after) > 0:
            return median(before), median(after)
    return None
