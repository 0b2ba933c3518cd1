"""One scan held against those before it: better, worse, the same, or nothing that can be said."""

from random import Random

import pytest

from tests.history.series import scan
from vaudit.history.borders import borders
from vaudit.history.compare import expected, word
from vaudit.judge.checks import load

LIMITS = borders(load().borders)


def said(ratio: float, history: int, seed: int) -> str:
    rng = Random(seed)  # noqa: S311
    earlier = [scan(1000, rng, 0.08) for _ in range(history)]
    return word(
        earlier, scan(1000, rng, 0.08), scan(1000 * ratio, rng, 0.08), lower_is_better=False, limits=LIMITS
    )


@pytest.mark.parametrize("history", [0, 3, 8, 20])
def test_an_unchanged_machine_is_called_the_same_in_19_of_20_pairs(history: int) -> None:
    assert sum(said(1, history, seed) == "same" for seed in range(200)) >= 190


@pytest.mark.parametrize("history", [0, 3, 8, 20])
@pytest.mark.parametrize(("ratio", "true"), [(2.0, "better"), (0.5, "worse")])
def test_twice_and_half_are_told_in_19_of_20_pairs_and_never_the_wrong_way_round(
    ratio: float, true: str, history: int
) -> None:
    words = [said(ratio, history, seed) for seed in range(200)]
    assert words.count(true) >= 190
    assert set(words) <= {true, "same"}


def test_of_a_latency_less_is_better() -> None:
    assert word([], [100.0] * 6, [50.0] * 6, lower_is_better=True, limits=LIMITS) == "better"


def test_rounds_that_overlap_are_the_same_however_far_apart_their_medians() -> None:
    assert word([], [90, 100, 110, 250], [240, 245, 260, 270], lower_is_better=False, limits=LIMITS) == "same"


@pytest.mark.parametrize("after", [[], [0.0, 1.0], [-1.0]])
def test_what_was_not_measured_cannot_be_told(after: list[float]) -> None:
    assert word([], [100.0], after, lower_is_better=False, limits=LIMITS) == "cannot tell"


def test_the_interval_of_the_next_scan_needs_eight_and_holds_99_of_100() -> None:
    rng = Random(1)  # noqa: S311
    assert expected([1000.0] * 7, LIMITS) is None
    held = 0
    for _ in range(500):
        usual = expected([rng.lognormvariate(0, 0.1) for _ in range(10)], LIMITS)
        assert usual is not None
        held += usual.low <= rng.lognormvariate(0, 0.1) <= usual.high
    assert held >= 485
