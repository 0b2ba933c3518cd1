"""The table that buyers hold against that of YABS: its budgets, its figures, what is said of it."""

from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from benchmarks.bench_cost import YABS_JOBS
from tests.bench.runner import BORDERS, disk_of
from vaudit.bench.disk import fio, mixed, yabs
from vaudit.bench.disk.drive import Drive
from vaudit.bench.disk.engine import fill
from vaudit.bench.disk.judge.outcome import judge
from vaudit.bench.disk.plan import DiskPlan
from vaudit.bench.disk.recording import Mix, Mixed, Recording, Way, Where
from vaudit.bench.disk.session import SPARE_SECONDS, Session
from vaudit.bench.disk.testfile import nameless_file
from vaudit.bench.plan import make
from vaudit.bench.system.errors import BenchError
from vaudit.bench.system.programs import Program
from vaudit.bench.units import MIB
from vaudit.model.benchmark import Round
from vaudit.model.catalogue import MIXED

GIB = 1024 * MIB


def session_of(plan: DiskPlan, fd: int, seconds: float, left: int, size: int) -> Session:
    session = Session(msgspec.structs.replace(plan, seconds=seconds), Drive(fd), lambda _told: None)
    session.bytes_left = left
    session.use(size)
    return session


@pytest.fixture
def file(tmp_path: Path) -> Iterator[int]:
    with nameless_file(str(tmp_path)) as fd:
        try:
            fill(fd, 16 * MIB, 10.0)
        except BenchError as error:
            pytest.skip(f"SKIPPED, NOT PASSED: {error}")
        yield fd


@pytest.fixture
def plan(tmp_path: Path) -> DiskPlan:
    return msgspec.structs.replace(disk_of(make("quick", str(tmp_path))), fio=Program(missing="not wanted"))


def test_fio_is_asked_what_yabs_asks():
    """But for the file, which has no name here, and for offsets that are not those of the run before."""
    for words, (id, block) in zip(YABS_JOBS, yabs.BLOCKS, strict=True):
        ours = set(fio.mixed_command("fio", Mix(id, block, 30.0, 2 * GIB), 3, 2 * GIB))
        same = {
            f"--bs={MIXED[id]}": f"--bs={block}",
            "--runtime=30": "--runtime=30000ms",
            "--size=2G": f"--size={2 * GIB}",
        }
        assert not {same.get(word, word) for word in words[1:]} - ours


def test_a_full_run_has_the_sizes_and_times_of_yabs(plan, file):
    full = msgspec.structs.replace(plan, mode="full")
    session = session_of(full, file, 240.0, 24 * GIB, 2 * GIB)
    mix = mixed._mix(session, 0, "disk.mixed-4k", 4096)
    assert (mix.bytes, mix.seconds, mix.jobs, mix.depth) == (2 * GIB, 30.0, 2, 64)


def test_a_full_run_with_less_time_shares_it(plan, file):
    full = msgspec.structs.replace(plan, mode="full")
    mix = mixed._mix(session_of(full, file, 63.0, 24 * GIB, 2 * GIB), 0, "disk.mixed-4k", 4096)
    assert 14 < mix.seconds < 15.5


def test_where_time_is_short_the_first_lines_are_measured(plan, file):
    session = session_of(plan, file, SPARE_SECONDS + 1.5, GIB, 512 * MIB)
    assert mixed._mix(session, 0, "disk.mixed-4k", 4096).seconds > mixed.LEAST_SECONDS
    session.deadline -= 1.4
    with pytest.raises(BenchError, match="time of this run was used up"):
        mixed._mix(session, 1, "disk.mixed-64k", 65536)


@pytest.mark.parametrize("left", [2 * GIB, 300 * MIB, 100 * MIB])
def test_a_quick_run_keeps_within_its_bytes(plan, file, left):
    session, taken = session_of(plan, file, 28.0, left, 512 * MIB), 0
    for number, (id, block) in enumerate(yabs.BLOCKS):
        mix = mixed._mix(session, number, id, block)
        assert mix.seconds <= yabs.SHORT_SECONDS
        session.account("write", mix.jobs * mix.bytes)
        taken += mix.jobs * mix.bytes
    assert taken <= min(left, yabs.SHORT_BYTES)


def test_what_is_left_out_says_why_and_costs_nothing_else(plan, file, monkeypatch):
    session = session_of(plan, file, 28.0, 4 * MIB, 16 * MIB)
    mixed.measure(session)
    assert session.recording.mixed == []
    assert {*session.recording.mixed_missing.values()} == {"the bytes of this run were used up"}
    monkeypatch.setattr(session.drive, "room", lambda _bytes: False)
    session.bytes_left = GIB
    mixed.measure(session)
    assert "too little memory is free" in session.recording.mixed_missing["disk.mixed-1m"]
    session.recording.where = Where("/x")
    skipped = [each for each in judge(session.recording, BORDERS) if each.id.startswith("disk.mixed-")]
    assert [each.status for each in skipped] == ["skipped"] * 4


def test_on_a_slow_disk_a_line_that_could_not_end_is_left_out(plan, file):
    """1 MB/s: 128 requests of 1 MiB in flight would take two minutes to come back."""
    session = session_of(plan, file, 28.0, GIB, 16 * MIB)
    session.recording.rounds["disk.write"] = [Round(1e6)]
    session.recording.rounds["disk.randread-qd32"] = [Round(240.0)]
    assert mixed._mix(session, 0, "disk.mixed-4k", 4096).bytes
    with pytest.raises(BenchError, match="too slow for 128 such requests"):
        mixed._mix(session, 3, "disk.mixed-1m", MIB)


def test_two_jobs_of_ours_read_and_write_about_as_much(plan, file):
    session = session_of(plan, file, 28.0, GIB, 16 * MIB)
    mixed.measure(session)
    assert session.recording.mixed_missing == {}
    small = session.recording.mixed[0]
    assert (small.engine, small.mix.id, small.whole) == ("embedded", "disk.mixed-4k", False)
    assert 0 < small.moved <= 2 * 16 * MIB
    assert 0.45 < small.read.iops / (small.read.iops + small.write.iops) < 0.55
    told = session.recording.written + session.recording.read
    assert told == pytest.approx(sum(each.moved for each in session.recording.mixed), rel=0.01)


def test_where_the_engine_was_the_limit_a_line_is_at_least_so():
    recording = recorded(True)
    recording.mixed[0] = msgspec.structs.replace(recording.mixed[0], engine="embedded", busy=0.95)
    found = {each.id: each for each in judge(recording, BORDERS)}
    assert found["disk.mixed-4k"].verdict == "at-least"
    assert "the disk may do more" in found["disk.mixed-4k"].reason
    assert found["disk.mixed-64k"].verdict == ""


def recorded(whole: bool, disturbed: str = "") -> Recording:
    recording = Recording(Where("/x"), "full", size=2 * GIB)
    for number, (id, block) in enumerate(yabs.BLOCKS):
        way = Way(1e8 * (number + 1), 1e8 * (number + 1) / block)
        recording.mixed.append(
            Mixed(Mix(id, block, 30.0, 2 * GIB), "fio", way, way, 30.0, 9.0, 4 * GIB, whole, ["fio"],
                  disturbed=disturbed)
        )  # fmt: skip
    return recording


@pytest.mark.parametrize(
    ("whole", "disturbed", "confidence", "said"),
    [
        (True, "", "medium", "half of the requests reads"),
        (False, "", "low", "shortened to 30 s and 4096 MiB"),
        (True, "the CPUs were busy", "none", "the CPUs were busy"),
    ],
)
def test_a_line_is_a_benchmark_of_its_own(whole, disturbed, confidence, said):
    made = next(b for b in judge(recorded(whole, disturbed), BORDERS) if b.id == "disk.mixed-64k")
    assert (made.value, made.unit, made.confidence, made.engine) == (4e8, "B/s", confidence, "fio")
    assert said in made.reason
    assert made.details["read_bytes_per_second"] == made.details["write_bytes_per_second"] == 2e8
    assert made.details["iops"] == pytest.approx(4e8 / 65536)
    assert made.details["shortened"] is not whole
