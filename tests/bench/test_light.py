"""A light look: what it asks of a disk, what it says of it, and what it leaves alone."""

import os
import time
from functools import cache
from pathlib import Path

import msgspec
import pytest

from tests.bench.runner import BORDERS, disk_of, measured
from tests.bench.virtual import Disk, Virtual
from vaudit.bench.disk import gently
from vaudit.bench.disk.judge.outcome import judge
from vaudit.bench.disk.measure import session_of
from vaudit.bench.disk.place import Place
from vaudit.bench.disk.plan import DiskPlan
from vaudit.bench.disk.recording import SYNC, Job, Recording
from vaudit.bench.disk.timed import Timed
from vaudit.bench.plan import describe, make
from vaudit.bench.system.guards import Change
from vaudit.bench.system.programs import Program
from vaudit.bench.units import MIB
from vaudit.model.benchmark import Benchmark

OLD = Disk(old=80)
HARD = Disk(hdd=1, old=12_000, fl=25_000, wcache=False)


class Counted(Virtual):
    """The same disk, which adds up how long it had something to do."""

    under_way = 0.0

    def run_at(self, job: Job, offsets: list[int]) -> Timed:
        timed = super().run_at(job, offsets)
        self.under_way += sum(timed.latencies) / 1e9
        return timed


@cache
def plan(raw: bool = False) -> DiskPlan:
    disk = make("light", "/", alone=True).disk
    assert disk
    place = Place("/dev/x" if raw else "/x", raw=raw)
    jobs = () if raw else disk.jobs
    return msgspec.structs.replace(
        disk, place=place, path=None, fio=Program(missing="not in this test"), jobs=jobs, size=MIB
    )


def looked(disk: Disk, raw: bool = False, seed: int = 1) -> tuple[Recording, list[Benchmark], Counted]:
    drive = Counted(disk, seed)
    recording = session_of(plan(raw), drive, BORDERS, lambda _told: None)
    return recording, judge(recording, BORDERS), drive


@pytest.mark.parametrize(
    ("disk", "word"),
    [
        (OLD, "soon"),
        (Disk(rd=570, wr=900, fl=900, old=600), "soon"),
        (Disk(old=80, fl=12_000), "slow"),
        (Disk(old=3000, rd=3000), "slow"),
        (Disk(old=80, fl=40_000), "very-slow"),
        (HARD, "very-slow"),
    ],
)
def test_single_requests_are_judged_by_how_long_they_take(disk: Disk, word: str) -> None:
    _, found, _ = looked(disk)
    assert (found[-1].id, found[-1].verdict) == ("disk.light", word), found[-1].reason


def test_200_reads_and_200_flushes_of_a_fast_disk_take_two_seconds() -> None:
    recording, found, _ = looked(OLD)
    assert (found[-1].details["reads"], found[-1].details["flushes"]) == (200, 200)
    assert recording.seconds < 2.2
    assert recording.written < 2 * MIB + 1
    assert found[-1].confidence == "medium"


@pytest.mark.parametrize("disk", [OLD, HARD, Disk(rd=570, wr=900, fl=900, old=600), Disk(fl=80e3, old=1)])
def test_a_disk_that_serves_one_at_a_time_is_left_to_others(disk: Disk) -> None:
    """Whatever it takes: nearly all of the time no request of ours is under way; of a very slow one a single
    request takes its share and more."""
    recording, _, drive = looked(disk)
    longest = max(waits.longest_us for waits in recording.waits.values()) / 1e6
    assert drive.under_way < gently.SHARE * drive.now() + 2 * longest
    assert recording.seconds < 2.8


def test_nothing_is_said_of_what_was_not_looked_at() -> None:
    _, found, _ = looked(Disk(riops=1000, wiops=1000, old=80))
    verdict = found[-1]
    assert verdict.verdict == "soon"  # a limit of 1,000 a second lets single requests pass
    assert "limits, throughput and many requests at once were not looked at" in verdict.reason
    assert {each.id for each in found} == {"disk.old-blocks", "disk.fdatasync", "disk.light"}


def test_one_flush_of_a_few_that_took_long_accuses_nobody() -> None:
    recording, _, _ = looked(Disk(old=80, fl=2000))
    taken = recording.latencies[SYNC]
    assert taken.count < 100
    recording.latencies[SYNC] = msgspec.structs.replace(taken, us={**taken.us, "p99": 80e3, "max": 80e3})
    found = {each.id: each for each in judge(recording, BORDERS)}
    assert found["disk.light"].verdict == "soon"
    assert found[SYNC].confidence == "none"  # so that no check is asked of it


def test_its_figures_are_a_series_of_their_own() -> None:
    """They rest between two requests, as those of a quick run do not."""
    _, found, _ = looked(OLD)
    assert all(each.series.endswith(" lightly") for each in found)


def test_without_old_files_the_reads_are_said_not_to_be_looked_at() -> None:
    _, found, _ = looked(Disk())
    assert found[-1].verdict == "soon"
    assert "reads were not looked at" in found[-1].reason
    assert found[-1].details["reads"] == 0


def test_a_raw_device_is_read_and_never_written() -> None:
    recording, found, _ = looked(OLD, raw=True)
    assert recording.written == 0
    assert [each.id for each in found] == ["disk.old-blocks", "disk.light"]
    assert "single reads" in found[-1].reason
    assert "flush" not in found[-1].reason


def test_a_disk_that_fails_is_told_as_one() -> None:
    _, found, _ = looked(Disk(eio=1.2, old=80))
    assert (found[-1].id, found[-1].status, found[-1].details["failure"]) == (
        "disk.verdict",
        "error",
        "errors",
    )
    assert found[0].id == "disk.old-blocks"


def test_what_others_write_makes_single_requests_uncertain(monkeypatch: pytest.MonkeyPatch) -> None:
    calm = Virtual.since

    def since(drive: Virtual, before: object) -> Change:
        seen = calm(drive, before)  # type: ignore[arg-type]
        return msgspec.structs.replace(seen, written=int(50e6 * seen.seconds))

    monkeypatch.setattr(Virtual, "since", since)
    _, found, _ = looked(OLD)
    assert (found[-1].verdict, found[-1].confidence) == ("inconclusive", "none")
    assert "others moved 50 MB/s" in found[-1].reason


def test_a_full_disk_is_looked_at_too_as_hardly_anything_is_written() -> None:
    from vaudit.bench.disk.place import file_size

    total = 100_000 * MIB
    assert file_size(total, 2000 * MIB, 512 * MIB) == 0
    assert file_size(total, 2000 * MIB, MIB) == MIB
    assert file_size(total, 32 * MIB, MIB) == 0


def test_a_plan_says_what_is_left_alone() -> None:
    planned = make("light", "/", "peer.example")
    lines = describe(planned)
    assert lines[0].startswith("budget: at most 3 s and 32 MiB")
    assert "network: skipped: a light run leaves the network alone" in lines
    assert planned.memory is None
    assert not any("hash" in line or "cross-check" in line for line in lines)


def test_this_machine_is_looked_at_in_three_seconds_and_nothing_stays_behind(tmp_path: Path) -> None:
    planned = make("light", str(tmp_path))
    if disk_of(planned).place.refusal:
        pytest.skip(f"SKIPPED, NOT PASSED: {disk_of(planned).place.refusal}")
    began = time.monotonic()
    found = measured(planned)
    assert time.monotonic() - began < 3.5  # beside other tests
    [light] = [each for each in found if each.id == "disk.light"]
    flushes = next(each for each in found if each.id == SYNC)
    assert light.verdict
    assert light.details["written_bytes"] < 2 * MIB + 1  # type: ignore[operator]
    assert flushes.samples
    assert os.listdir(tmp_path) == []
