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

from vaudit.bench import run as run_module
from vaudit.bench.cpu import speed as cpu
from vaudit.bench.cpu import spin
from vaudit.bench.plan import make
from vaudit.bench.system import guards
from vaudit.model.benchmark import Benchmark, Round

ROOT = Path(__file__).parents[2]


def counters(at: float, own: float, **more: float) -> guards.Sample:
    empty = guards.Sample(at=0, busy=0, stolen=0, idle=0, own=0, delay=0, pressure=0)
    return msgspec.structs.replace(empty, at=at, own=own, **more)


def seen(own: float, **more: float) -> guards.Change:
    """What the guards saw in 1 s in which this program had so many CPUs, on a machine with four."""
    return guards.change(counters(0, 0), counters(1, own, **more), 4)


def test_a_round_with_its_cpus_counts():
    assert cpu.held_up(seen(0.95)) == ""
    assert cpu.held_up(seen(3.6), threads=4) == ""


def test_a_round_without_them_does_not_and_nobody_is_blamed_without_proof():
    assert cpu.held_up(seen(0.4)) == "this program had a CPU only 40% of the time"
    assert cpu.held_up(seen(2.0), threads=4) == "this program had a CPU only 50% of the time"


@pytest.mark.parametrize(
    ("more", "cause"),
    [
        ({"throttled": 0.6}, "a CPU quota held this program back 60% of the time"),
        ({"stolen": 2.4}, "the hypervisor withheld 60% of all CPU time"),
        ({"busy": 3.9, "idle": 0.1}, "other programs used 88% of the CPUs"),
    ],
)
def test_the_cause_is_named_where_the_kernel_tells_it(more, cause):
    said = cpu.why_held_up(seen(0.4, **more))
    assert said.startswith("this program had a CPU only 40% of the time: ")
    assert cause in said


def test_a_little_steal_is_not_what_kept_many_threads_from_running():
    """On four vCPUs 0.18 s of steal are much for one thread, but not why four had half of their time."""
    assert "hypervisor" in cpu.why_held_up(seen(0.4, stolen=0.18))
    assert "hypervisor" not in cpu.why_held_up(seen(2.0, stolen=0.18), threads=4)


def test_without_a_cause_only_the_share_is_said():
    assert cpu.why_held_up(seen(0.4)) == "this program had a CPU only 40% of the time"


def test_the_speed_of_memory_is_doubted_by_the_same_rule():
    base = Benchmark(id="memory.latency", target="memory", engine="embedded", unit="us")
    rounds = [Round(1.0, disturbed=cpu.held_up(seen(0.4)))] * 6
    made = cpu.figure(base, rounds, seen(0.4, throttled=0.6))
    assert made.verdict == "inconclusive"
    assert made.reason == cpu.why_held_up(seen(0.4, throttled=0.6))


def test_all_vcpus_together_are_busy_long_enough_to_judge_steal_by_that_alone():
    """On many vCPUs one busy thread is no busy machine, so nothing else of a quick run counts."""
    _single, everything = cpu.speed(lambda: None)
    assert sum(each.seconds for each in everything.samples) >= cpu.ENOUGH_SECONDS
    assert everything.seconds - cpu.ENOUGH_SECONDS < 0.5


def test_steal_is_judged_on_a_machine_with_many_vcpus(monkeypatch):
    """A quick run on 16 vCPUs: single threads for some seconds, then all of them, as in `speed`."""
    whole = cpu.ROUNDS * cpu.ALL_SECONDS
    steps = [
        counters(0, 0), counters(20, 0, busy=20), counters(20 + whole, 0, busy=20 + 15 * whole, stolen=whole)
    ]  # fmt: skip
    monkeypatch.setattr(guards, "sample", lambda _device: steps.pop(0))
    meter = cpu.Meter()
    meter.cpus = 16
    meter.tick()
    meter.tick()
    result = meter.result()
    assert (result.verdict, result.confidence) == ("steal-high", "low")
    assert result.value == pytest.approx(1 / 16)


def test_steal_and_gaps_use_one_scale():
    assert [spin.grade(share) for share in (0.0, 0.02, 0.05, 0.1)] == ["none", "noticeable", "high", "severe"]


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


def test_where_no_thread_can_be_started_one_cpu_is_measured_and_that_is_said(monkeypatch):
    monkeypatch.setattr(os, "sched_getaffinity", lambda _pid: {0, 1, 2, 3})
    with few_threads(0):
        single, everything = cpu.speed(lambda: None, 3)
    assert single.status == everything.status == "ok"
    assert everything.target == "1 of 4 vCPUs"
    assert "no more than 1 thread could run" in everything.limits[-1]
    assert everything.details["threads"] == 1


_LIMITED = """
import sys, msgspec, resource, os
# that user may not be allowed to read this Python's modules
from vaudit.bench.system import worker as child
from vaudit.bench.cpu import speed as cpu
from vaudit.bench.disk import measure as disk
from vaudit.bench.memory import measure as memory
from vaudit.bench.network import measure as network
from vaudit.bench.disk.judge import outcome
from vaudit.bench.cpu import spin
from vaudit.bench.plan import make
from vaudit.bench.run import run
plan = make("quick", None)
plan = msgspec.structs.replace(plan, spin_seconds=0.2, memory_bytes=16 << 20)
os.setuid(int(sys.argv[1]))
resource.setrlimit(resource.RLIMIT_NPROC, (1, 1))
found = run(plan, lambda line: None)
print(msgspec.json.encode(found).decode())
"""


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


@pytest.mark.parametrize(
    "error",
    [OSError(11, "Resource temporarily unavailable"), RuntimeError("can't start new thread"), MemoryError()],
)
@pytest.mark.parametrize(
    ("call", "entry"),
    [
        ("vaudit.bench.network.measure.measure", "network.verdict"),
        ("vaudit.bench.cpu.speed.speed", "cpu.all"),
        ("vaudit.bench.cpu.spin.measure", "cpu.gaps"),
        ("vaudit.bench.memory.measure.conclude", "memory.verdict"),
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
    plan = msgspec.structs.replace(plan, spin_seconds=0.1, memory_bytes=0, memory_refusal="not now")
    monkeypatch.setattr(call, refuse)
    monkeypatch.setattr(cpu, "ROUNDS", 1)
    found = run_module.run(plan, lambda _line: None)
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
    assert cut.net_seconds in (1.0, 2.0)
    assert cut.udp_seconds == 0


QUOTA = Path("/sys/fs/cgroup/cpu")
_HELD = """
import msgspec
from vaudit.bench.cpu import speed as cpu
from vaudit.bench.cpu import spin
print(msgspec.json.encode([*cpu.speed(lambda: None, 3), spin.measure(1.0, False)]).decode())
"""


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
