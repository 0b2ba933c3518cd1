"""Reading a small part of the file twice: whoever is faster the second time has a cache beneath."""

import pytest

from tests.bench.runner import BORDERS
from tests.bench.seen import BUSY, QUIET
from vaudit.bench.disk import workset
from vaudit.bench.disk.drive import Drive
from vaudit.bench.disk.engine import fill
from vaudit.bench.disk.judge.again import small_set
from vaudit.bench.disk.judge.outcome import judge
from vaudit.bench.disk.plan import JOBS
from vaudit.bench.disk.recording import Latencies, Pass, Recording, Where, WorkingSet
from vaudit.bench.disk.session import Session
from vaudit.bench.disk.testfile import nameless_file
from vaudit.bench.plan import make
from vaudit.bench.system.errors import BenchError
from vaudit.bench.system.guards import Change, disturbed, figures
from vaudit.bench.units import BLOCK
from vaudit.model.benchmark import Benchmark, Round


@pytest.fixture
def session() -> Recording:
    return Recording(Where("/x"), "full", jobs=list(JOBS), size=512 << 20)


def timed(us: float, number: int = 1000) -> Pass:
    return Pass(0.0, number * us / 1e6, Latencies(number, {"mean": us}))


def judged(session: Recording, once: Pass, again: Pass, seen: Change, seconds: float) -> Benchmark:
    moved = (once.latencies.count + again.latencies.count) * BLOCK
    session.small = WorkingSet(once, again, disturbed(seen, moved, 0), figures(seen), seconds)
    made = small_set(session, BORDERS)
    assert made
    return made


@pytest.mark.parametrize(
    ("first", "second", "word"),
    [
        (800, 30, "cache-beneath"),
        (800, 700, "same-speed"),
        (60, 50, "same-speed"),
        (25, 10, "same-speed"),  # faster by less than what noise does
        (10_000, 4_000, "cache-beneath"),
    ],
)
def test_only_a_clear_gain_is_called_a_cache(session, first, second, word):
    made = judged(session, timed(first), timed(second), QUIET, 4.0)
    assert made.verdict == word
    assert made.value == pytest.approx(second)


def test_a_disturbed_pass_says_nothing(session):
    made = judged(session, timed(800), timed(30), BUSY, 4.0)
    assert (made.verdict, made.confidence) == ("inconclusive", "none")


def test_too_few_reads_say_nothing(session):
    assert judged(session, timed(800, 20), timed(30, 20), QUIET, 4.0).status == "skipped"


def test_a_cache_beneath_casts_doubt_on_the_verdict(session):
    slow = {"mean": 800.0, "p1": 500.0, "p50": 780.0, "p99": 1500.0}
    session.rounds["disk.randread-qd1"] = [Round(1_250.0, percentiles=slow)] * 3
    session.rounds["disk.randread-qd32"] = [Round(12_000.0)] * 3
    judged(session, timed(800), timed(30), QUIET, 4.0)
    verdict = judge(session, BORDERS)[-1]
    assert (verdict.verdict, verdict.confidence) == ("network-block", "low")
    assert "a cache beneath this machine" in verdict.reason


@pytest.mark.slow
def test_a_real_file_is_read_twice_in_the_same_places(tmp_path, monkeypatch):
    monkeypatch.setattr(workset, "PASS_SECONDS", 0.3)
    plan = make("full", str(tmp_path)).disk
    assert plan
    try:
        with nameless_file(str(tmp_path)) as fd:
            session = Session(plan, Drive(fd), lambda _message: None)
            session.use(fill(fd, 32 << 20, 5.0).bytes)
            left = session.bytes_left
            session.recording.small = workset.measure(session)
            made = small_set(session.recording, BORDERS)
    except BenchError as error:
        pytest.skip(f"SKIPPED, NOT PASSED: {error}")
    assert made
    assert made.status in ("ok", "skipped")
    assert session.bytes_left < left
    assert list(tmp_path.iterdir()) == []
