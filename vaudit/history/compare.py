"""Whether one scan's figure is better, worse or the same, held against the scans before it."""

from math import exp, fsum, log, sqrt
from statistics import median
from typing import Literal, NamedTuple

from vaudit.history.borders import Borders

Word = Literal["better", "worse", "same", "cannot tell"]
STUDENT = (
    (7, 3.499), (8, 3.355), (9, 3.250), (10, 3.169), (11, 3.106), (12, 3.055), (13, 3.012), (14, 2.977),
    (15, 2.947), (16, 2.921), (18, 2.878), (20, 2.845), (24, 2.797), (30, 2.750), (40, 2.704), (60, 2.660),
    (120, 2.617),
)  # fmt: skip
"""Degrees of freedom, and the 99.5 % quantile of Student's t (NIST/SEMATECH e-Handbook, 1.3.6.7.2)."""


class Expected(NamedTuple):
    """Where the next scan's median falls with 99 % probability if nothing changed."""

    low: float
    middle: float
    high: float


def expected(medians: list[float], limits: Borders) -> Expected | None:
    """The prediction interval, on logarithms; None from fewer scans than say anything."""
    if len(medians) < limits.pair_history:
        return None
    logs = [log(value) for value in medians]
    number, middle = len(logs), fsum(logs) / len(logs)
    quantile = next(t for freedom, t in reversed(STUDENT) if freedom <= number - 1)
    spread = sqrt(fsum((one - middle) ** 2 for one in logs) / (number - 1))
    reach = quantile * spread * sqrt(1 + 1 / number)
    return Expected(exp(middle - reach), exp(middle), exp(middle + reach))


def word(
    history: list[list[float]],
    before: list[float],
    after: list[float],
    lower_is_better: bool,
    limits: Borders,
) -> Word:
    """`history` and `before` are rounds of earlier undisturbed scans, oldest first; `after` is the new one.

    With a history: outside the prediction interval of the scans' medians. With or without one: no round of
    the new scan lies among those of the last, and the medians are far apart, since two scans an hour apart
    differ by a quarter on many a host on which nothing changed. An interval of few scans may be wider.
    """
    if not before or not after or min(map(min, [*history, before, after])) <= 0:
        return "cannot tell"
    medians = [median(rounds) for rounds in [*history, before]]
    ratio = _ratio(medians, before, after, limits)
    if ratio is None:
        return "same"
    return "better" if (ratio < 1) == lower_is_better else "worse"


def _ratio(medians: list[float], before: list[float], after: list[float], limits: Borders) -> float | None:
    """How many times as much it is; None for what is not told from no change."""
    now = median(after)
    usual = expected(medians, limits) if len(medians) > limits.pair_history else None
    ratio = now / (usual.middle if usual else median(medians))
    far = max(ratio, 1 / ratio)
    if usual and not usual.low <= now <= usual.high and far >= limits.pair_least:
        return ratio
    is_apart = min(after) > max(before) or max(after) < min(before)
    return ratio if is_apart and far >= limits.pair_few else None
