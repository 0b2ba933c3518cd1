"""What a finished session says: flushes, disagreement between engines, old blocks, what was not seen."""

import msgspec
import pytest

from tests.bench.runner import BORDERS
from vaudit.bench.disk.judge.conclude import classify
from vaudit.bench.disk.judge.figures import judge_sync
from vaudit.bench.disk.judge.outcome import WINE, judge
from vaudit.bench.disk.plan import JOBS
from vaudit.bench.disk.recording import (
    BlockDevice,
    FioRound,
    Latencies,
    OldBlocks,
    Pass,
    Recording,
    Where,
)
from vaudit.model.benchmark import Benchmark, Round

FAST = {"mean": 60.0, "p1": 40.0, "p50": 58.0, "p99": 120.0}


@pytest.fixture
def session() -> Recording:
    """A fast disk, three clean rounds of each job, every read seen by the device."""
    made = Recording(Where("/x", "/", BlockDevice("vda"), watched=True), jobs=list(JOBS), fio_missing="none")
    made.asked, made.reached, made.size = 1000, 1000, 512 << 20
    made.rounds["disk.randread-qd1"] = [Round(15_000.0, percentiles=FAST)] * 3
    made.rounds["disk.randread-qd32"] = [Round(90_000.0)] * 3
    assert classify(made, BORDERS).word == "local-flash"
    return made


def verdict(session: Recording) -> Benchmark:
    return judge(session, BORDERS)[-1]


def checked(session: Recording, job: str, value: float, disturbed: str = "") -> None:
    session.checks[job] = FioRound(Round(value, disturbed=disturbed), "fio-3", [], 0.5, [])


def sync(p99: float, rounds: int, count: int = 1000) -> tuple[str, str]:
    return judge_sync(Latencies(count, {"p99": p99}), rounds, BORDERS)


@pytest.mark.parametrize(
    ("p99_ms", "word"), [(0.2, "sync-ok"), (9.9, "sync-ok"), (10.1, "sync-slow"), (26, "sync-very-slow")]
)
def test_flushes_are_judged_by_what_databases_ask_for(p99_ms, word):
    assert sync(p99_ms * 1000, 3)[0] == word


def test_flushes_are_not_judged_from_disturbed_rounds():
    assert sync(90_000.0, 1)[0] == "inconclusive"


def test_engines_that_agree_leave_the_confidence_high(session):
    checked(session, "disk.randread-qd1", 14_000.0)
    assert (verdict(session).verdict, verdict(session).confidence) == ("local-flash", "high")


def test_engines_that_disagree_by_more_than_a_quarter_are_told(session):
    checked(session, "disk.randread-qd1", 9_000.0)
    assert verdict(session).confidence == "medium"
    assert "fio disagrees on disk.randread-qd1: 0.60 times" in verdict(session).reason


@pytest.mark.parametrize(
    ("value", "apart"), [(15_000.0, 1.0), (16_000.0, 16 / 15), (30_000.0, 2.0), (5_000.0, 3.0)]
)
def test_how_far_fio_lies_outside_of_our_rounds_is_a_figure(session, value, apart):
    checked(session, "disk.randread-qd1", value)
    fio = next(each for each in judge(session, BORDERS) if each.engine == "fio")
    assert fio.details["apart"] == pytest.approx(apart)
    assert ("within" in fio.reason) == (apart == 1.0)


def test_all_jobs_are_compared_but_only_those_that_decide_touch_the_verdict(session):
    session.rounds["disk.fdatasync"] = [Round(4_000.0)] * 3
    checked(session, "disk.fdatasync", 1_000.0)
    fio = next(each for each in judge(session, BORDERS) if each.engine == "fio")
    assert fio.details["apart"] == pytest.approx(4.0)
    assert "disagrees" not in verdict(session).reason


def test_a_test_file_that_grew_too_small_proves_little(session):
    session.size = 6 << 20
    assert verdict(session).confidence == "low"
    assert "grew to 6 MiB only, which any cache holds" in verdict(session).reason


def test_a_disk_that_nobody_watches_is_told(session):
    session.where = Where("/x", "/", BlockDevice("md0"))
    assert any("no single disk lies beneath" in limit for limit in verdict(session).limits)


def test_the_slowest_of_few_flushes_is_no_percentile():
    assert "all but the slowest of 40" in sync(12_000.0, 3, 40)[1]
    assert "99 % of flushed writes" in sync(12_000.0, 3, 400)[1]


def test_a_disturbed_cross_check_says_nothing(session):
    checked(session, "disk.randread-qd1", 900.0, disturbed="busy")
    assert "disagrees" not in verdict(session).reason


def test_a_faster_fio_is_no_disagreement_where_our_probe_is_at_its_ceiling(session):
    checked(session, "disk.randread-qd32", 150_000.0)
    assert "disagrees" in verdict(session).reason
    session.own_cpu = [0.8, 0.9, 1.2]  # their median is what a CPU gives at most
    assert "disagrees" in verdict(session).reason
    session.own_cpu = [1.0, 1.1, 1.2]
    assert "disagrees" not in verdict(session).reason
    assert any("probe itself used up a CPU" in limit for limit in verdict(session).limits)


def test_slow_old_blocks_cast_doubt_on_a_fast_fresh_file(session):
    read = Pass(9.0, 2.0, Latencies(500, {"mean": 900.0}))
    session.old = OldBlocks(7, read, "", {}, 3.0)
    assert verdict(session).confidence == "low"
    assert "old blocks take 900 µs on average, the fresh file's 60 µs" in verdict(session).reason


def test_reads_that_never_reached_the_device_are_told(session):
    session.reached = 300
    assert verdict(session).limits[0].startswith("the device: a cache of this machine answered 70%")


def test_an_error_leaves_no_verdict(session):
    session.problem = "the device reported an I/O error"
    found = verdict(session)
    assert (found.status, found.verdict, found.confidence) == ("error", "", "none")
    assert found.reason == "the device reported an I/O error"


def test_what_was_not_measured_is_always_said(session):
    said = " ".join(verdict(session).limits)
    for word in ("burst", "flush", "cache", "snapshot", "fio"):
        assert word in said


def on(session: Recording, system: str) -> list[Benchmark]:
    session.where = msgspec.structs.replace(session.where, system=system)
    return judge(session, BORDERS)


def test_what_windows_measured_is_judged_like_linux_in_its_own_words(session):
    here, there = judge(session, BORDERS), on(session, "windows")
    assert [(one.id, one.verdict, one.confidence, one.value) for one in there] == [
        (one.id, one.verdict, one.confidence, one.value) for one in here
    ]
    assert not any("O_DIRECT" in word for one in there for word in one.command)
    assert any("Windows is not asked" in limit for limit in there[-1].limits)


def test_no_figure_of_wine_counts(session):
    found = on(session, "wine")
    assert {(one.confidence, one.reason) for one in found} == {("none", WINE)}
    assert {one.verdict for one in found} == {"", "inconclusive"}
