"""Steps and drifts in a series of scans: found, placed, explained, and not invented."""

import timeit
from itertools import pairwise
from time import process_time

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.history.series import quiet, series, stepped, two_levels, weekly
from vaudit.history.borders import borders
from vaudit.history.changes import Point, changes
from vaudit.history.lately import lately
from vaudit.judge.checks import load

LIMITS = borders(load().borders)
SEEDS = range(40)


def alarms(points: list[Point]) -> bool:
    """Whether any look at the series, from the tenth scan on, told a change."""
    return any(changes(points[:end], LIMITS) for end in range(10, len(points) + 1))


def with_context(points: list[Point], start: int, **context: str) -> list[Point]:
    """The series of a machine whose context was another before `start`."""
    before = dict.fromkeys(context, "as it was")
    return [
        msgspec.structs.replace(one, context=before if at < start else context)
        for at, one in enumerate(points)
    ]


@pytest.mark.parametrize("shape", [quiet, weekly])
def test_a_quiet_series_never_alarms_however_often_it_is_asked(shape: object) -> None:
    assert sum(alarms(series(shape(60), seed, 0.08)) for seed in SEEDS) <= 1  # type: ignore[operator]


def test_two_levels_that_alternate_are_no_change() -> None:
    assert sum(alarms(series(two_levels(60, seed), seed)) for seed in SEEDS) <= 2


@pytest.mark.parametrize("ratio", [0.5, 0.67, 1.5, 2.0])
def test_a_large_step_is_found_in_its_place(ratio: float) -> None:
    for seed in SEEDS:
        (change,) = changes(series(stepped(30, 16, ratio), seed, 0.08), LIMITS)
        assert abs(change.index - 30) <= 2
        assert change.after / change.before == pytest.approx(ratio, rel=0.2)
        assert (change.shape, change.explained) == ("step", {})


def test_a_step_by_half_is_mostly_found_after_ten_scans() -> None:
    assert sum(bool(changes(series(stepped(30, 10, 1.5), seed, 0.08), LIMITS)) for seed in SEEDS) >= 32


def test_a_step_of_20_percent_is_found_in_nine_of_ten_series() -> None:
    found = [changes(series(stepped(35, 25, 0.833), seed, 0.07), LIMITS) for seed in SEEDS]
    assert sum(any(abs(one.index - 35) <= 3 for one in each) for each in found) >= 36


def test_a_drift_is_told_from_a_step() -> None:
    levels = quiet(15) + [1000 * 0.99**day for day in range(45)]
    shapes = [{one.shape for one in changes(series(levels, seed, 0.04), LIMITS)} for seed in SEEDS]
    assert sum("drift" in each for each in shapes) >= 32
    steps = [changes(series(stepped(30, 30, 0.7), seed, 0.04), LIMITS) for seed in SEEDS]
    assert not any(one.shape == "drift" for each in steps for one in each)


@pytest.mark.parametrize(
    "levels", [(1, 1.2, 1.44), (1, 1.5, 2.25), (1, 0.7, 0.5), (1, 1.3, 1), (1, 0.8, 1.1)]
)
@pytest.mark.parametrize("each", [14, 30])
def test_three_levels_are_two_steps(levels: tuple[float, ...], each: int) -> None:
    points = [1000.0 * level for level in levels for _ in range(each)]
    found = [changes(series(points, seed, 0.03), LIMITS) for seed in SEEDS]
    places = [[round(one.index / each, 1) for one in told if one.shape == "step"] for told in found]
    near = [len(told) == 2 and abs(told[0] - 1) <= 0.2 and abs(told[1] - 2) <= 0.2 for told in places]
    assert sum(near) >= 36


def test_what_was_slow_for_a_while_stays_told_when_it_is_over() -> None:
    points = quiet(30) + [1000 * 0.6] * 12 + quiet(60)
    told = [[one.index for one in changes(series(points, seed, 0.06), LIMITS)] for seed in SEEDS]
    assert sum(len(one) == 2 and abs(one[0] - 30) <= 2 and abs(one[1] - 42) <= 2 for one in told) >= 36


def test_500_scans_take_less_than_5_ms() -> None:
    levels = [1000 * level for level in (1, 1.3, 1, 1.4, 0.8) for _ in range(100)]
    points = series(levels, 1, 0.08)
    assert min(timeit.repeat(lambda: changes(points, LIMITS), number=1, repeat=20, timer=process_time)) < 0.02


def test_a_move_to_another_host_explains_a_change_after_four_scans() -> None:
    for seed in SEEDS:
        points = with_context(series(stepped(20, 4, 0.7), seed), 20, processor="Xeon E5")
        (change,) = changes(points, LIMITS)
        assert (change.index, change.explained) == (20, {"processor": ("as it was", "Xeon E5")})


def test_a_move_that_changes_nothing_is_no_change() -> None:
    moved = [with_context(series(quiet(40), seed), 20, machine="another") for seed in SEEDS]
    assert sum(bool(changes(each, LIMITS)) for each in moved) <= 2


def test_what_is_not_known_of_one_side_explains_nothing() -> None:
    points = with_context(series(stepped(20, 20, 0.5), 1), 20, kernel="6.1")
    unknown = [msgspec.structs.replace(one, context={}) if at < 20 else one for at, one in enumerate(points)]
    (change,) = changes(unknown, LIMITS)
    assert not change.explained


def test_disturbed_scans_count_for_nothing() -> None:
    points = series(quiet(40), 3)
    low = [msgspec.structs.replace(one, value=one.value / 3, disturbed=True) for one in points[:10]]
    assert not changes(points + low, LIMITS)


def test_three_slow_scans_in_a_row_are_told_before_they_are_proven() -> None:
    for seed in SEEDS:
        points = series(stepped(20, 3, 0.5), seed, 0.07)
        assert not changes(points, LIMITS)
        said = lately(points, [], LIMITS)
        assert said and said.index == 20 and said.ratio == pytest.approx(0.5, rel=0.25)


def test_the_early_word_is_not_spoken_of_what_is_usual_or_proven() -> None:
    assert not any(lately(series(quiet(23), seed, 0.08), [], LIMITS) for seed in SEEDS)
    points = series(stepped(20, 20, 0.5), 1)
    assert lately(points, changes(points, LIMITS), LIMITS) is None


@given(
    st.lists(st.floats(allow_nan=False, allow_infinity=False, min_value=-1e300, max_value=1e300), max_size=60)
)
def test_any_figures_give_changes_in_order_with_four_scans_between(values: list[float]) -> None:
    points = [Point(value) for value in values]
    found = [one.index for one in changes(points, LIMITS)]
    assert found == sorted(found)
    assert all(
        later - earlier >= 4
        for earlier, later in pairwise([0, *found, len(points)][: len(found) + 2])
        if found
    )


@given(st.integers(0, 1000), st.floats(0.001, 1000))
def test_the_unit_of_a_figure_changes_nothing(seed: int, unit: float) -> None:
    points = series(stepped(20, 20, 0.6), seed)
    scaled = [msgspec.structs.replace(one, value=one.value * unit) for one in points]
    assert [one.index for one in changes(points, LIMITS)] == [one.index for one in changes(scaled, LIMITS)]
