"""The speed of the CPU and time withheld from it: who took the CPU is said only where it is known."""

import contextlib
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from tests.bench.runner import BORDERS, but, measured
from vaudit.bench import run as run_module
from vaudit.bench.cpu import speed as cpu
from vaudit.bench.cpu import steal
from vaudit.bench.cpu.judge.outcome import speed as judged
from vaudit.bench.cpu.judge.steal import ENOUGH_SECONDS, grade
from vaudit.bench.cpu.judge.steal import steal as judge_steal
from vaudit.bench.cpu.plan import ROUNDS
from vaudit.bench.figures import figure
from vaudit.bench.plan import make
from vaudit.bench.system import counters as counting
from vaudit.bench.system.guards import Change, held_up, why_held_up
from vaudit.model.benchmark import Benchmark, Round

ROOT = Path(__file__).parents[2]


def counters(at: float, own: float, **more: float) -> counting.Sample:
    empty = counting.Sample(at=0, busy=0, stolen=0, idle=0, own=0, delay=0, pressure=0)
    return msgspec.structs.replace(empty, at=at, own=own, **more)


def seen(own: float, **more: float) -> Change:
    """What the guards saw in 1 s in which this program had so many CPUs, on a machine with four."""
    return counting.change(counters(0, 0), counters(1, own, **more), 4)


def test_a_round_with_its_cpus_counts():
    assert held_up(seen(0.95)) == ""
    assert held_up(seen(3.6), threads=4) == ""


def test_a_round_without_them_does_not_and_nobody_is_blamed_without_proof():
    assert held_up(seen(0.4)) == "this program had a CPU only 40% of the time"
    assert held_up(seen(2.0), threads=4) == "this program had a CPU only 50% of the time"


@pytest.mark.parametrize(
    ("more", "cause"),
    [
        ({"throttled": 0.6}, "a CPU quota held this program back 60% of the time"),
        ({"stolen": 2.4}, "the hypervisor withheld 60% of all CPU time"),
        ({"busy": 3.9, "idle": 0.1}, "other programs used 88% of the CPUs"),
    ],
)
def test_the_cause_is_named_where_the_kernel_tells_it(more, cause):
    said = why_held_up(seen(0.4, **more))
    assert said.startswith("this program had a CPU only 40% of the time: ")
    assert cause in said


def test_a_little_steal_is_not_what_kept_many_threads_from_running():
    """On four vCPUs 0.18 s of steal are much for one thread, but not why four had half of their time."""
    assert "hypervisor" in why_held_up(seen(0.4, stolen=0.18))
    assert "hypervisor" not in why_held_up(seen(2.0, stolen=0.18), threads=4)


def test_without_a_cause_only_the_share_is_said():
    assert why_held_up(seen(0.4)) == "this program had a CPU only 40% of the time"


def test_the_speed_of_memory_is_doubted_by_the_same_rule():
    base = Benchmark(id="memory.latency", target="memory", engine="embedded", unit="us")
    rounds = [Round(1.0, disturbed=held_up(seen(0.4)))] * 6
    made = figure(base, rounds, seen(0.4, throttled=0.6))
    assert made.verdict == "inconclusive"
    assert made.reason == why_held_up(seen(0.4, throttled=0.6))


@pytest.mark.slow
def test_all_vcpus_together_are_busy_long_enough_to_judge_steal_by_that_alone():
    """On many vCPUs one busy thread is no busy machine, so nothing else of a quick run counts."""
    _single, everything, _plain = map(judged, cpu.speed(lambda: None))
    assert sum(each.seconds for each in everything.samples) >= ENOUGH_SECONDS
    assert 0 < ROUNDS * cpu.ALL_SECONDS - ENOUGH_SECONDS < 0.5  # and no longer than it takes


def test_steal_is_judged_on_a_machine_with_many_vcpus(monkeypatch):
    """A quick run on 16 vCPUs: single threads for some seconds, then all of them, as in `speed`."""
    whole = ROUNDS * cpu.ALL_SECONDS
    steps = [
        counters(0, 0), counters(20, 0, busy=20), counters(20 + whole, 0, busy=20 + 15 * whole, stolen=whole)
    ]  # fmt: skip
    monkeypatch.setattr(counting, "sample", lambda _device: steps.pop(0))
    meter = steal.Meter()
    meter.cpus = 16
    meter.tick()
    meter.tick()
    result = judge_steal(meter.stretches, BORDERS)
    assert (result.verdict, result.confidence) == ("steal-high", "low")
    assert result.value == pytest.approx(1 / 16)


def test_steal_and_gaps_use_one_scale():
    scale = BORDERS.steal_note, BORDERS.steal_warn, BORDERS.steal_fail
    assert [grade(share, *scale) for share in (0.0, 0.02, 0.05, 0.1)] == [
        "none", "noticeable", "high", "severe",
    ]  # fmt: skip
    assert BORDERS.gaps_fail == BORDERS.steal_warn


@contextlib.contextmanager
def few_threads(most: int) -> Iterator[None]:
    """Only so many further threads can be started, as where a container limits its processes (pids.max)."""
    start, begun = threading.Thread.start, [0]

    def limited(self: threading.Thread) -> None:
        begun[0] += 1
        if begun[0] > most:
            raise RuntimeError("can't start new thread")
        start(self)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(threading.Thread, "start", limited)
        yield


@pytest.mark.slow
def test_where_no_thread_can_be_started_one_cpu_is_measured_and_that_is_said(monkeypatch):
    monkeypatch.setattr(os, "sched_getaffinity", lambda _pid: {0, 1, 2, 3})
    with few_threads(0):
        single, everything, _plain = map(judged, cpu.speed(lambda: None, 3))
    assert single.status == everything.status == "ok"
    assert everything.target == "1 of 4 vCPUs"
    assert "no more than 1 thread could run" in everything.limits[-1]
    assert everything.details["threads"] == 1


_LIMITED = """
import sys, msgspec, resource, os
# that user may not be allowed to read this Python's modules
from tests.bench.runner import but, measured
from vaudit.bench.plan import make
plan = but(make("quick", None), cpu={"spin_seconds": 0.2}, memory={"bytes": 16 << 20})
os.setuid(int(sys.argv[1]))
resource.setrlimit(resource.RLIMIT_NPROC, (1, 1))
found = measured(plan)
print(msgspec.json.encode(found).decode())
"""


@pytest.mark.slow
@pytest.mark.skipif(os.geteuid() != 0, reason="SKIPPED, NOT PASSED: only root can become another user")
def test_a_user_who_may_start_nothing_still_gets_a_report():
    """Ground truth: a real limit on processes (RLIMIT_NPROC), under which neither fork nor a thread works."""
    nobody = "64999"
    argv = [sys.executable, "-c", _LIMITED, nobody]
    made = subprocess.run(argv, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)
    assert made.returncode == 0, made.stderr
    found = {each.id: each for each in msgspec.json.decode(made.stdout, type=list[Benchmark])}
    assert found["memory.verdict"].status == "error"
    assert "\n" not in found["memory.verdict"].reason
    assert found["cpu.single"].value
    assert found["cpu.all"].value
    assert found["cpu.gaps"].status == "ok"


@pytest.mark.slow
@pytest.mark.parametrize(
    "error",
    [OSError(11, "Resource temporarily unavailable"), RuntimeError("can't start new thread"), MemoryError()],
)
@pytest.mark.parametrize(
    ("call", "entry"),
    [
        ("vaudit.bench.network.measure.measure", "network.verdict"),
        ("vaudit.bench.cpu.speed.speed", "cpu.all"),
        ("vaudit.bench.cpu.gaps.measure", "cpu.gaps"),
        ("vaudit.bench.memory.measure.Recording", "memory.verdict"),
        ("vaudit.bench.memory.measure.look", "memory.verdict"),
        ("vaudit.bench.system.worker.isolate", "disk.verdict"),
    ],
)
def test_whatever_a_machine_refuses_is_an_entry_and_the_rest_goes_on(
    monkeypatch, tmp_path, error, call, entry
):
    def refuse(*_all: object, **_named: object) -> None:
        raise error

    plan = make("quick", str(tmp_path) if entry == "disk.verdict" else None)
    plan = but(plan, cpu={"spin_seconds": 0.1, "rounds": 1}, memory={"bytes": 0, "refusal": "not now"})
    monkeypatch.setattr(call, refuse)
    found = measured(plan)
    [failed] = [each for each in found if each.id == entry]
    assert failed.status == "error"
    assert failed.reason
    assert "\n" not in failed.reason
    assert {"cpu.steal", "memory.verdict"} <= {each.id for each in found}


@pytest.mark.parametrize("late", [0.1, 1.0, 2.9, 3.0, 50.0])
def test_a_late_network_test_lasts_whole_seconds(late):
    """iperf3 takes only those, and the byte budget is divided by them."""
    plan = make("quick", None, "192.0.2.1")
    cut = run_module._in_time(plan, time.monotonic() + 10.0 + plan.last_seconds - late, 10.0)
    assert cut.network
    assert cut.network.seconds in (1.0, 2.0)
    assert cut.network.udp_seconds == 0


QUOTA = Path("/sys/fs/cgroup/cpu")
_HELD = """
import msgspec
from tests.bench.runner import BORDERS
from vaudit.bench.cpu import gaps
from vaudit.bench.cpu import speed as cpu
from vaudit.bench.cpu.judge.outcome import judge
from vaudit.bench.cpu.recording import Recording
kept = Recording(speeds=cpu.speed(lambda: None, 3), gaps=gaps.measure(1.0, False))
print(msgspec.json.encode(judge(kept, BORDERS)[1:]).decode())
"""


@pytest.mark.truth
@pytest.mark.skipif(
    os.geteuid() != 0 or not (QUOTA / "cpu.cfs_quota_us").exists(),
    reason="SKIPPED, NOT PASSED: a CPU quota needs root and a writable cpu control group",
)
def test_a_cpu_quota_is_called_by_its_name():
    """Ground truth: a control group that gives a fifth of one CPU (kernel, scheduler/sched-bwc.rst)."""
    group = QUOTA / f"vaudit-test-{os.getpid()}"
    group.mkdir()
    try:
        (group / "cpu.cfs_period_us").write_text("50000")
        (group / "cpu.cfs_quota_us").write_text("10000")
        shell = 'echo $$ > "$1/cgroup.procs"; exec "$2" -c "$3"'
        made = subprocess.run(
            ["sh", "-c", shell, "sh", str(group), sys.executable, _HELD],
            cwd=ROOT, capture_output=True, text=True, timeout=60, check=True,
        )  # fmt: skip
    finally:
        group.rmdir()
    for each in msgspec.json.decode(made.stdout, type=list[Benchmark]):
        assert each.verdict == "inconclusive"
        assert "a CPU quota held this program back" in each.reason
        assert "hypervisor" not in each.reason
        assert "other programs" not in each.reason
