"""What disturbs a round, told from counters of the kernel."""

import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.bench.runner import BORDERS
from tests.bench.seen import BUSY, QUIET
from vaudit.bench.cpu import speed as cpu
from vaudit.bench.cpu import steal
from vaudit.bench.cpu.judge.outcome import speed as judged
from vaudit.bench.cpu.judge.steal import steal as judge_steal
from vaudit.bench.cpu.plan import ROUNDS
from vaudit.bench.cpu.recording import Speed
from vaudit.bench.system import counters as counting
from vaudit.bench.system import guards
from vaudit.bench.system.counters import Sample, parse_diskstats, parse_pressure, parse_stat
from vaudit.bench.system.guards import Change, disturbed
from vaudit.model.benchmark import Benchmark, Round

STAT = "cpu  1000 100 500 8000 300 10 20 70 0 0\ncpu0 500 0 0 0\n"
DISKSTATS = """   7       0 loop0 1 2 3 4 5 6 7 8 9 10 11 0 0 0 0 0 0
 254       0 vda 32031 9310 2498826 9389 12940 28373 2274968 4050 0 5352 13782 4023 69 86600 283 1718 58
 254       1 vda1 1 1 8 1 1 1 8 1 0 1 1
"""


def but(**changes: float) -> Change:
    return msgspec.structs.replace(QUIET, **changes)


def test_counters_are_read_as_the_kernel_documents_them():
    busy, stolen, idle = parse_stat(STAT)
    assert (busy, stolen, idle) == (16.0, 0.7, 83.0)  # at 100 ticks a second
    assert parse_diskstats(DISKSTATS, "vda") == (2498826 * 512, 2274968 * 512)
    assert parse_diskstats(DISKSTATS, "vdb") is None
    assert parse_pressure("some avg10=0.28 avg60=0.31 avg300=0.16 total=5602713\nfull …\n") == 5.602713


@given(st.text(max_size=200))
def test_any_text_is_read_as_counters_or_zeros(text):
    assert parse_stat(text) >= (0.0, 0.0, 0.0)
    assert (parse_diskstats(text, "vda") or (0, 0)) >= (0, 0)
    assert parse_pressure(text) >= 0.0


def test_a_quiet_round_counts():
    assert disturbed(QUIET, 1_000_000, 0) == ""


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (but(foreign=0.5, idle=0.02), "other programs used 50% of the CPUs"),
        (but(foreign=0.8, idle=0.2), "other programs used 80% of the CPUs"),
        (but(stolen=0.12), "the hypervisor withheld 12%"),
        (but(stolen=0.044, stolen_cpus=0.7), "the hypervisor withheld 70% of a CPU"),
        (but(throttled=0.6), "a CPU quota held this program back 60%"),
        (but(delay=0.3, foreign=0.1), "this program waited for a CPU 30%"),
        (but(pressure=0.2), "tasks waited for memory 20%"),
        (but(read=1_500_000), "others moved 33% of the bytes"),
        (but(written=2_000_000), "others moved 67% of the bytes"),
    ],
)
def test_each_disturbance_has_its_sentence(change, words):
    assert words in disturbed(change, 1_000_000, 0)


def test_busy_cpus_are_no_reason_where_that_is_allowed_and_all_else_is():
    assert disturbed(BUSY, 1_000_000, 0)
    assert disturbed(BUSY, 1_000_000, 0, busy_ok=True) == ""
    stolen = msgspec.structs.replace(BUSY, stolen=0.2)
    assert "the hypervisor withheld" in disturbed(stolen, 1_000_000, 0, busy_ok=True)
    foreign = msgspec.structs.replace(BUSY, read=9_000_000)
    assert "others moved" in disturbed(foreign, 1_000_000, 0, busy_ok=True)


def test_work_of_others_with_cpus_to_spare_does_not_disturb():
    assert disturbed(but(foreign=0.4, idle=0.5), 1_000_000, 0) == ""


def test_threads_of_our_own_that_wait_for_each_other_do_not_disturb():
    """One CPU, 32 readers at once: all of its time is ours."""
    assert disturbed(but(busy=0.9, foreign=0.01, own=0.9, idle=0.02, delay=0.4), 1_000_000, 0) == ""


def test_a_few_blocks_of_others_do_not_disturb():
    assert disturbed(but(read=1_050_000), 1_000_000, 0) == ""


def test_journal_writes_of_flushes_are_our_own():
    assert disturbed(but(read=0, written=3_000_000), 0, 240_000, syncs=True) == ""
    assert disturbed(but(read=0, written=50_000_000), 0, 240_000, syncs=True) != ""


def test_a_file_system_writes_its_tables_beside_our_writes_but_not_beside_our_reads():
    assert disturbed(but(read=0, written=1_500_000), 0, 1_000_000) == ""
    assert disturbed(but(read=0, written=9_000_000), 0, 1_000_000) != ""
    assert disturbed(but(written=500_000), 1_000_000, 0) != ""


def test_a_device_that_the_kernel_does_not_count_is_not_watched():
    assert counting.watched(None) is None
    assert counting.watched("no-such-disk") is None


@dataclass
class Fake:
    """Counters as a script: each call gives the next sample."""

    samples: list[Sample]

    def __call__(self, _device: str | None) -> Sample:
        return self.samples.pop(0)


def counters(at: float, busy: float, stolen: float) -> Sample:
    return Sample(at=at, busy=busy, stolen=stolen, idle=0, own=0, delay=0, pressure=0)


def metered(monkeypatch, *samples: Sample) -> Benchmark:
    monkeypatch.setattr(counting, "sample", Fake(list(samples)))
    meter = steal.Meter()
    meter.cpus = 2
    for _ in samples[1:]:
        meter.tick()
    return judge_steal(meter.stretches, BORDERS)


def test_steal_is_the_share_of_wanted_time_while_the_vcpus_were_busy(monkeypatch):
    """25 s with both vCPUs wanted: 40 s of CPU time got, 10 s withheld."""
    result = metered(monkeypatch, counters(0, 0, 0), counters(25, 40, 10))
    assert result.id == "cpu.steal"
    assert result.value == pytest.approx(0.2)
    assert result.verdict == "steal-severe"
    assert result.confidence == "medium"


def test_an_idle_guest_proves_nothing(monkeypatch):
    result = metered(monkeypatch, counters(0, 0, 0), counters(30, 1, 0))
    assert (result.value, result.verdict, result.confidence) == (None, "inconclusive", "none")


def test_idle_stretches_do_not_dilute_steal(monkeypatch):
    steps = [counters(0, 0, 0), counters(100, 1, 0), counters(105, 9, 2)]
    assert metered(monkeypatch, *steps).value == pytest.approx(0.2)


@pytest.mark.parametrize(
    ("stolen", "word"),
    [(0.0, "steal-none"), (0.3, "steal-noticeable"), (0.6, "steal-high"), (1.5, "steal-severe")],
)
def test_words_for_steal(monkeypatch, stolen, word):
    result = metered(monkeypatch, counters(0, 0, 0), counters(5, 10 - stolen, stolen))
    assert result.verdict == word
    assert any("never report stolen time" in limit for limit in result.limits)


@pytest.mark.slow
def test_the_speed_probe_runs_on_one_and_on_all_vcpus():
    ticks: list[int] = []
    single, everything, plain = map(judged, cpu.speed(lambda: ticks.append(1)))
    assert (single.id, everything.id, plain.id) == ("cpu.single", "cpu.all", "cpu.plain")
    for each in (single, everything, plain):
        assert each.value is not None
        assert each.interval is not None
        assert each.interval[0] < each.value < each.interval[1]
        assert len(each.samples) == ROUNDS
        assert each.verdict in ("", "inconclusive")
    assert len(ticks) == 6


@pytest.mark.parametrize(
    ("library", "threads", "same"),
    [
        ("OpenSSL", 1, "openssl speed -elapsed -evp sha512 -bytes 1048576"),
        ("OpenSSL", 4, "openssl speed -elapsed -evp sha512 -bytes 1048576 -multi 4"),
        ("Python", 1, None),
        ("", 1, None),
    ],
)
def test_a_figure_names_the_program_that_computes_the_same(library, threads, same):
    made = Speed("cpu.plain", threads, threads, [Round(1e9)] * 5, QUIET, algorithm="sha512", library=library)
    found = judged(made)
    assert found.details["same_as"] == same
    assert found.command == ["SHA-512 over 1 MiB pieces"]
    assert "SHA instructions" not in found.limits[0]


def test_a_round_keeps_what_the_guards_saw():
    kept = guards.figures(BUSY)
    assert (kept["foreign_cpu"], kept["idle_cpu"], kept["device_read"]) == (0.9, 0.0, 1_000_000)
    assert guards.disturbed(BUSY, 1_000_000, 0) == "other programs used 90% of the CPUs"
    assert set(kept) == set(guards.figures(QUIET))


_UNDER_QUOTA = """
import sys, time
from pathlib import Path
from vaudit.bench.system import counters, guards
Path(sys.argv[1], "cgroup.procs").write_text("0")
before, until = counters.sample(None), time.monotonic() + 1.0
while time.monotonic() < until:
    pass
print(guards.disturbed(counters.change(before, counters.sample(None), 1), 0, 0))
"""


@pytest.fixture
def quota() -> Iterator[Path]:
    """A control group that may use a fiftieth of one CPU: even on a busy machine it would have more."""
    old, new = Path("/sys/fs/cgroup/cpu"), Path("/sys/fs/cgroup")
    group = (
        old if (old / "cpu.cfs_quota_us").exists() or (old / "tasks").exists() else new
    ) / f"vaudit-test-{os.getpid()}"
    try:
        group.mkdir()
        try:
            if (group / "cpu.max").exists():
                (group / "cpu.max").write_text("2000 100000")
            else:
                (group / "cpu.cfs_quota_us").write_text("2000")
            yield group
        finally:
            group.rmdir()
    except OSError as error:
        pytest.skip(f"SKIPPED, NOT PASSED: no CPU quota can be set here: {error}")


@pytest.mark.slow
def test_a_real_cpu_quota_disturbs_and_is_named(quota):
    argv = [sys.executable, "-c", _UNDER_QUOTA, str(quota)]
    said = subprocess.run(argv, capture_output=True, text=True, check=True, timeout=60).stdout
    assert "a CPU quota held this program back" in said or "the hypervisor withheld" in said
