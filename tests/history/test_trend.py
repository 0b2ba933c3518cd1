"""What a series says in words, and how it is drawn."""

import msgspec
import pytest

from tests.history.kept import day
from tests.history.series import quiet, series, stepped
from vaudit.history.borders import borders, shipped
from vaudit.history.changes import Point
from vaudit.history.charts import chart, seconds
from vaudit.history.trend import Series, by_plan, marks, sparkline, trend
from vaudit.judge.checks import load

LIMITS = borders(load().borders)


def dated(points: list[Point], moved: int = 0, **context: str) -> list[Point]:
    """A point a day; from `moved` on in another context."""
    before = dict.fromkeys(context, "EPYC 7443P")
    return [
        msgspec.structs.replace(one, taken=day(at), context=context if moved and at >= moved else before)
        for at, one in enumerate(points)
    ]


def of(points: list[Point], benchmark: str = "disk.read", unit: str = "B/s") -> Series:
    return Series(f"{benchmark} embedded vda:/", benchmark, unit, points)


def test_the_shipped_borders_are_those_that_judge() -> None:
    assert shipped() == LIMITS


def test_a_change_that_is_explained_is_named_so() -> None:
    points = dated(series(stepped(30, 20, 0.6), 1), 30, processor="Xeon E5", machine="b")
    (told,) = trend(of(points), LIMITS).told
    assert told.text.startswith(
        "sequential read (vda:/): slower since the move to another host and the change of the processor from "
        f"EPYC 7443P to Xeon E5 on {day(30)[:10]}, "
    )
    assert (told.word, told.is_proven, told.taken) == ("worse", True, day(30))


def test_a_change_that_nothing_explains_says_so() -> None:
    (told,) = trend(of(dated(series(stepped(30, 20, 0.6), 1))), LIMITS).told
    assert "slower since 2026-02-" in told.text
    assert told.text.endswith("; nothing else is known to have changed")


def test_a_drift_is_told_as_one() -> None:
    levels = quiet(15) + [1000 * 0.99**at for at in range(45)]
    told = trend(of(dated(series(levels, 1, 0.03))), LIMITS).told
    assert any("slower bit by bit, around 2026-" in one.text for one in told)


def test_three_slow_scans_are_a_first_word_that_is_taken_back() -> None:
    points = dated(series(stepped(20, 3, 0.5), 1))
    (told,) = trend(of(points), LIMITS).told
    assert not told.is_proven
    assert f"slower now, since {day(20)[:10]}: 0.5" in told.text
    back = dated(series([1000.0] * 20 + [500.0] * 3 + [1000.0] * 3, 1))
    assert not trend(of(back), LIMITS).told


@pytest.mark.parametrize(
    ("benchmark", "unit", "ratio", "word", "verb"),
    [
        ("disk.read", "B/s", 1.8, "better", "faster"),
        ("memory.latency", "us", 1.8, "worse", "slower"),
        ("memory.latency", "us", 0.5, "better", "faster"),
        ("cpu.steal", "share", 3.0, "worse", "more"),
    ],
)
def test_better_and_worse_follow_the_direction(
    benchmark: str, unit: str, ratio: float, word: str, verb: str
) -> None:
    (told,) = trend(of(dated(series(stepped(20, 20, ratio), 1)), benchmark, unit), LIMITS).told
    assert told.word == word
    assert f": {verb} since" in told.text


def test_what_was_accepted_stays_and_is_news_no_more() -> None:
    one = of(dated(series(stepped(30, 20, 0.6), 1)))
    assert len(trend(one, LIMITS).news) == 1
    assert len(trend(one, LIMITS, accepted=day(49)).told) == 1
    assert not trend(one, LIMITS, accepted=day(49)).news
    assert trend(one, LIMITS, accepted=day(10)).news


def test_what_came_before_the_acceptance_does_not_hide_what_comes_after() -> None:
    points = dated(series(stepped(20, 20, 0.6), 1) + series([300.0] * 15, 2), 20, kernel="6.9")
    told = trend(of(points), LIMITS, accepted=day(25))
    assert [one.is_accepted for one in told.told] == [True, False]


def test_a_sparkline_is_of_levels_and_leaves_disturbed_scans_out() -> None:
    points = [Point(1.0)] * 4 + [Point(100.0, disturbed=True)] + [Point(2.0)] * 4
    assert sparkline(points) == "▁▁▁▁████"
    assert sparkline([Point(5.0), Point(5.0)]) == "▄▄"
    assert sparkline([Point(0.0), Point(0.0), Point(0.0)]) == "▄▄▄"  # no time was lost, as it should be
    assert sparkline([Point(5.0)]) == ""
    assert len(sparkline([Point(float(at)) for at in range(1000)], 24)) == 24


def test_marks_stand_where_something_else_changed() -> None:
    points = dated(series(quiet(10), 1), 4, kernel="6.9", vaudit="0.3")
    assert marks(points) == [(4, {"kernel": ("EPYC 7443P", "6.9"), "vaudit": ("EPYC 7443P", "0.3")})]


def test_what_was_not_known_between_is_no_mark() -> None:
    points = dated(series(quiet(6), 1), kernel="6.9")
    points[3] = msgspec.structs.replace(points[3], context={})
    assert not marks(points)


def test_a_chart_draws_points_levels_and_marks() -> None:
    points = dated(series(stepped(30, 20, 0.6), 1), 30, machine="b")
    points[5] = msgspec.structs.replace(points[5], disturbed=True)
    drawn = chart(trend(of(points), LIMITS), seconds([one.taken for one in points]), day(40))
    assert drawn is not None
    assert drawn.line.count("L") == 48 and drawn.disturbed.count("M") == 1
    assert drawn.levels.count("M") == 2
    assert [(one.number, one.text) for one in drawn.marks] == [(1, "the move to another host")]
    assert drawn.accepted and drawn.accepted > drawn.marks[0].x
    assert chart(trend(of(points[:1]), LIMITS), seconds([points[0].taken]), "") is None


def test_plans_that_take_turns_are_series_of_their_own_and_one_that_follows_another_is_a_change() -> None:
    points = dated(series(quiet(12), 1))
    turns = [
        msgspec.structs.replace(one, context={"plan": "ab"[at % 4 == 0]}) for at, one in enumerate(points)
    ]
    apart = by_plan(of(turns))
    assert [(one.name[-6:], len(one.points)) for one in apart] == [("plan 1", 3), ("plan 2", 9)]
    followed = [msgspec.structs.replace(one, context={"plan": "ab"[at > 5]}) for at, one in enumerate(points)]
    assert by_plan(of(followed)) == [of(followed)]
