"""Real short runs on the file system of the tests. No figure is judged: this machine may be busy."""

import errno
import itertools
import os
import signal
import subprocess
import sys
import threading
import time
from types import SimpleNamespace

import pytest

from tests.bench.runner import BORDERS, but, disk_of, measured, network_of, nothing, quiet, small
from vaudit.bench import run as run_module
from vaudit.bench.borders import Borders
from vaudit.bench.disk import engine
from vaudit.bench.disk import old_files as old
from vaudit.bench.disk.fio import parse_fio
from vaudit.bench.disk.plan import JOBS, DiskPlan
from vaudit.bench.disk.session import blank
from vaudit.bench.disk.testfile import nameless_file
from vaudit.bench.plan import BUDGETS, Plan, Wanted, describe, make, wanted
from vaudit.bench.system import buffers, process, worker
from vaudit.bench.system.errors import BenchError, Stopped
from vaudit.bench.system.programs import Program, run_program, start_program, stop_program
from vaudit.bench.system.worker import Silent, Starved, Thread, Told, isolate, starved
from vaudit.bench.units import BLOCK
from vaudit.model.benchmark import Benchmark

IDS = ["disk.fill", "disk.randread-qd1", "disk.randread-qd32", "disk.fdatasync", "disk.read", "disk.write"]


@pytest.fixture
def plan(tmp_path) -> Plan:
    made = make("quick", str(tmp_path))
    place = disk_of(made).place
    if place.refusal:
        pytest.skip(f"SKIPPED, NOT PASSED: {place.refusal}")
    try:
        with nameless_file(place.folder):
            pass
    except BenchError as error:
        pytest.skip(f"SKIPPED, NOT PASSED: {error}")
    return small(made)


@pytest.fixture
def alone(plan: Plan) -> Plan:
    return but(plan, disk={"fio": Program(missing="fio is left out of this test")})


def by_id(found: list[Benchmark], engine_name: str = "embedded") -> dict[str, Benchmark]:
    return {each.id: each for each in found if each.engine == engine_name}


@pytest.mark.slow
def test_a_run_gives_each_figure_with_its_rounds_and_leaves_nothing(alone, tmp_path):
    lines: list[str] = []
    found = measured(alone, lines.append)
    assert list(tmp_path.iterdir()) == []
    figures = by_id(found)
    assert set(IDS) <= set(figures)
    for name in IDS:
        each = figures[name]
        assert each.status == "ok"
        assert each.value is not None
        assert all("foreign_cpu" in one.guards for one in each.samples)
        assert each.interval is not None
        assert each.interval[0] <= 0.8 * each.value
        assert each.interval[1] >= 1.2 * each.value
        assert each.samples
    assert len(figures["disk.randread-qd1"].samples) == 3
    assert figures["disk.randread-qd1"].unit == "iops"
    assert figures["disk.read"].unit == "B/s"
    verdict = next(each for each in found if each.id == "disk.verdict")
    assert verdict.verdict
    assert verdict.reason
    assert verdict.limits
    assert [each.status for each in found if each.id == "network.verdict"] == ["skipped"]
    assert any(each.id == "cpu.steal" for each in found)
    assert lines


@pytest.mark.slow
def test_bytes_stay_within_the_plan(alone):
    tight = but(alone, disk={"bytes": 96 << 20, "rounds": (3, 1000)})
    verdict = next(each for each in measured(tight) if each.id == "disk.verdict")
    moved = sum(int(verdict.details[name] or 0) for name in ("written_bytes", "read_bytes"))
    assert 0 < moved <= 96 << 20


@pytest.mark.slow
def test_rounds_end_with_the_seconds_of_the_plan(alone):
    """A thousand rounds would take ten minutes."""
    short = but(alone, disk={"rounds": (1000, 1000), "seconds": 3.0})
    verdict = next(each for each in measured(short) if each.id == "disk.verdict")
    assert verdict.seconds < 60


@pytest.mark.outer("fio")
def test_fio_cross_checks_the_same_jobs_and_its_output_can_be_replayed(plan):
    raw: dict[str, str] = {}
    found = by_id(measured(plan, quiet, raw.__setitem__), "fio")
    mixed = {id for id in found if id.startswith("disk.mixed-")}
    assert set(found) - mixed == {job.id for job in JOBS}
    for each in found.values():
        assert each.version
        assert each.version.startswith("fio-")
        assert "/proc/self/fd/" in " ".join(each.command)
        if each.id not in mixed:  # those have two rates
            assert each.value == pytest.approx(_replayed(raw[each.evidence[0].removeprefix("run:")], each))


def _replayed(text: str, benchmark: Benchmark) -> float:
    [job] = parse_fio(text).jobs
    side = job.read if job.read.total_ios else job.write
    return side.iops if benchmark.unit == "iops" else side.bytes_per_second


def test_the_quick_plan_keeps_its_promise(tmp_path):
    for peer in (None, "192.0.2.1"):
        plan = make("quick", str(tmp_path), peer)
        assert plan.seconds <= 30
        assert plan.bytes <= 2 << 30
        disk, net = disk_of(plan), network_of(plan)
        assert disk.bytes + 2 * net.bytes <= plan.bytes
        network = 2 * (net.seconds + net.udp_seconds) if peer else 0
        assert 10 <= disk.seconds <= plan.seconds - network - BUDGETS["quick"].last_seconds
        assert plan.memory
        assert plan.memory.bytes <= 256 << 20
        assert disk.size <= 512 << 20


@pytest.mark.slow
def test_a_disk_alone_is_measured_without_the_rest_of_the_machine(tmp_path):
    plan = make("quick", str(tmp_path), alone=True)
    assert not [line for line in describe(plan) if line.startswith(("network", "memory", "cpu"))]
    if disk_of(plan).place.refusal:
        pytest.skip(f"SKIPPED, NOT PASSED: {disk_of(plan).place.refusal}")
    found = measured(small(plan))
    assert {each.id.partition(".")[0] for each in found} == {"disk", "cpu"}
    assert [each.id for each in found if not each.id.startswith("disk.")] == ["cpu.steal"]


def test_a_network_alone_is_measured_without_the_disk():
    plan = make("quick", None, "192.0.2.1", alone=True)
    assert plan.memory is None
    assert not [line for line in describe(plan) if line.startswith(("disk", "memory", "cpu"))]


def test_a_dry_run_tells_commands_bytes_and_seconds_and_writes_nothing(plan, tmp_path):
    lines = describe(plan)
    assert any("at most 30 s" in line and "2 GiB" in line for line in lines)
    assert all(any(job.id in line for line in lines) for job in JOBS)
    if disk_of(plan).fio.path:
        assert any(line.startswith("cross-check: /") and "--thread" in line for line in lines)
    assert list(tmp_path.iterdir()) == []


def test_of_a_refused_folder_alone_nothing_else_is_said(tmp_path):
    found = measured(wanted(Wanted("quick", str(tmp_path / "missing"), alone=True)))
    assert [each.id for each in found] == ["disk.verdict"]


@pytest.mark.slow
def test_a_refused_folder_is_one_skipped_entry_and_the_rest_goes_on(tmp_path):
    plan = small(make("quick", str(tmp_path / "missing")))
    assert any("disk: skipped: " in line for line in describe(plan))
    found = measured(plan)
    disk = [each for each in found if each.id.startswith("disk.")]
    assert [(each.id, each.status) for each in disk] == [("disk.verdict", "skipped")]
    assert "is not an existing folder" in disk[0].reason
    assert any(each.id == "cpu.steal" for each in found)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("number", "words"), [(errno.ENOSPC, "is full"), (errno.EIO, "I/O error"), (errno.EINVAL, "O_DIRECT")]
)
def test_a_failing_write_is_one_clear_sentence(alone, tmp_path, monkeypatch, number, words):
    def fail(*_arguments):
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(os, "pwritev", fail)
    found = [each for each in measured(alone) if each.id.startswith("disk.")]
    assert [(each.id, each.status, each.verdict) for each in found] == [("disk.verdict", "error", "")]
    assert words in found[0].reason
    assert list(tmp_path.iterdir()) == []


@pytest.mark.slow
def test_a_read_error_in_the_middle_keeps_what_was_measured(alone, monkeypatch):
    real, count = os.preadv, iter(range(10**9))

    def fail_later(*arguments):
        if next(count) > 50:
            raise OSError(errno.EIO, "x")
        return real(*arguments)

    monkeypatch.setattr(os, "preadv", fail_later)
    found = measured(alone)
    verdict = next(each for each in found if each.id == "disk.verdict")
    assert (verdict.status, verdict.verdict) == ("error", "")
    assert "reading the test file failed: the device reported an I/O error" in verdict.reason
    assert any(each.id == "disk.fill" and each.status == "ok" for each in found)


@pytest.mark.slow
@pytest.mark.parametrize("call", ["preadv", "pwritev"])
def test_a_disk_that_never_answers_ends_in_bounded_time(alone, monkeypatch, call):
    """Reads hang once the file was filled, which here takes no time, or the first write does."""
    filled = engine.Timed(start=0.0, seconds=1.0, count=8, bytes=8 << 20, latencies=[1] * 8)
    if call == "preadv":
        monkeypatch.setattr(engine, "fill", lambda *_arguments: filled)
    monkeypatch.setattr(os, call, lambda *_arguments: threading.Event().wait())
    monkeypatch.setattr(run_module, "PATIENCE", 0.5)
    short = but(alone, disk={"seconds": 2.0})
    verdict = next(each for each in measured(short) if each.id == "disk.verdict")
    assert verdict.status == "error"
    assert "did not answer in time" in verdict.reason


def test_a_dying_worker_is_one_clear_sentence():
    with pytest.raises(BenchError, match="worker died"):
        list(isolate(lambda _tell: os.kill(os.getpid(), 9), 5.0))


def test_a_fault_of_our_own_in_the_worker_is_one_clear_sentence():
    def work(_tell: worker.Tell) -> None:
        raise ZeroDivisionError

    with pytest.raises(BenchError, match="ZeroDivisionError"):
        list(isolate(work, 5.0))


def test_who_waits_for_a_processor_is_not_silent_because_of_a_disk():
    """One that is let run only where nobody else would, beside one who always would."""

    def work(_tell: worker.Tell) -> None:
        os.sched_setaffinity(0, {cpu})
        os.sched_setscheduler(0, os.SCHED_IDLE, os.sched_param(0))
        while True:
            pass

    cpu = min(os.sched_getaffinity(0))
    code = f"import os\nos.sched_setaffinity(0, {{{cpu}}})\nos.write(1, b'!')\nwhile True: pass"
    busy = subprocess.Popen([sys.executable, "-S", "-c", code], stdout=subprocess.PIPE)
    assert busy.stdout
    busy.stdout.read(1)
    try:
        with pytest.raises(Starved, match="waited for a CPU"):
            list(isolate(work, 1.0))
    finally:
        busy.kill()
        busy.wait()
    with pytest.raises(Silent, match="did not answer in time"):
        list(isolate(lambda _tell: time.sleep(60), 0.2))


def test_only_what_a_thread_waited_during_the_silence_counts():
    before, held = {"7": Thread(0.5, 9.0, False)}, Thread(0.6, 9.2, False)
    assert starved(before, {"7": held}, 2.0, still=True) is None
    assert starved(before, {"7": held, "8": Thread(0.1, 1.5, False)}, 2.0, still=False)
    assert starved({}, {}, 2.0, still=True) is None


def test_who_is_ready_and_does_not_run_waits_for_a_processor():
    """The kernel counts a wait when it is over."""
    before, now = {"7": Thread(0.5, 0.0, False)}, {"7": Thread(0.6, 0.1, True)}
    assert starved(before, now, 2.0, still=True)
    assert starved(before, now, 2.0, still=False) is None


def test_the_worker_ends_with_its_listener():
    def work(tell: worker.Tell) -> None:
        tell(Told(progress=str(os.getpid())))
        threading.Event().wait()

    messages = isolate(work, 30.0)
    pid = int(next(messages).progress)
    messages.close()
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


def test_a_program_is_stopped_by_sigterm_and_may_say_its_last_words():
    script = (
        "import signal, sys, time\n"
        "signal.signal(15, lambda *_: sys.exit(print('bye')))\n"
        "print('hi', flush=True)\n"
        "time.sleep(60)\n"
    )
    with start_program([sys.executable, "-c", script]) as child:
        assert child.stdout is not None
        assert child.stdout.readline() == "hi\n"
        assert stop_program(child) == ("bye\n", "")
    assert child.returncode == 0


def test_a_program_that_takes_too_long_is_stopped():
    output = run_program(["sleep", "60"], 0.1)
    assert output.stopped
    assert output.rc == -signal.SIGTERM


def test_a_missing_program_is_a_clear_error():
    with pytest.raises(BenchError, match="could not be started"):
        run_program(["/no/such/program"], 1.0)


@pytest.mark.parametrize(
    ("kind", "most", "name"), [("RLIMIT_AS", 120_000_000, "ulimit -v"), ("RLIMIT_NOFILE", 7, "ulimit -n")]
)
def test_a_limit_of_this_process_is_named_where_a_program_does_not_start(tmp_path, kind, most, name):
    """ld.so(8) has no room for its libraries, or no descriptor is left for a pipe."""
    program = tmp_path / "fio"
    program.write_text("#!/bin/sh\nexit 127\n")
    program.chmod(0o755)
    code = (
        "import os, resource; from vaudit.bench.system import programs; "
        f"os.environ['PATH'] = {str(tmp_path)!r} + ':' + os.environ['PATH']; "
        f"limit = resource.{kind}; resource.setrlimit(limit, ({most}, resource.getrlimit(limit)[1])); "
        "print(programs.find('fio', 'fio-(.*)').missing)"
    )
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert "could not be started: " in said
    assert name in said


def test_another_program_named_fio_is_not_used(tmp_path, monkeypatch):
    """Fiona's command for maps bears the same name."""
    imposter = tmp_path / "fio"
    imposter.write_text("#!/bin/sh\necho 'fio, version 1.9.5'\n")
    imposter.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    plan = make("quick", str(tmp_path))
    if not disk_of(plan).place.refusal:
        assert disk_of(plan).fio.path is None
        assert "another program of that name" in disk_of(plan).fio.missing


def test_sigterm_raises_stopped_only_while_benchmarks_run():
    before = signal.getsignal(signal.SIGTERM)
    with pytest.raises(Stopped) as stop, process.stoppable():
        os.kill(os.getpid(), signal.SIGTERM)
        threading.Event().wait(5)
    assert stop.value.code == 143
    assert signal.getsignal(signal.SIGTERM) == before


@pytest.fixture
def hangs_up():
    before = signal.signal(signal.SIGHUP, signal.SIG_DFL)
    yield
    signal.signal(signal.SIGHUP, before)


@pytest.mark.usefixtures("hangs_up")
def test_a_lost_connection_ends_it_once_whoever_tells_of_it():
    """The kernel and the shell both do, and what follows the first is the clearing up."""
    with pytest.raises(Stopped) as stop, process.stoppable():
        os.kill(os.getpid(), signal.SIGHUP)
        threading.Event().wait(5)
    assert stop.value.code == 129
    os.kill(os.getpid(), signal.SIGHUP)


@pytest.mark.usefixtures("hangs_up")
@pytest.mark.parametrize(
    "before", [signal.SIG_IGN, lambda _number, _frame: None], ids=["nohup", "a daemon's own"]
)
def test_who_minds_no_lost_connection_goes_on(before):
    signal.signal(signal.SIGHUP, before)
    with process.stoppable():
        assert signal.getsignal(signal.SIGHUP) == before
        os.kill(os.getpid(), signal.SIGHUP)
    assert signal.getsignal(signal.SIGHUP) == before


@pytest.mark.usefixtures("hangs_up")
def test_after_a_quiet_end_a_lost_connection_is_what_it_was():
    with process.stoppable():
        assert signal.getsignal(signal.SIGHUP) != signal.SIG_DFL
    assert signal.getsignal(signal.SIGHUP) == signal.SIG_DFL


def test_blocks_are_read_once_before_any_comes_again():
    blocks = engine.Blocks(100 * BLOCK)
    first = blocks.take(60) + blocks.take(40)
    assert sorted(first) == [number * BLOCK for number in range(100)]
    assert engine.Blocks(100 * BLOCK).take(100) != first
    assert len(blocks.take(1000)) == 100


def test_written_blocks_are_all_different():
    buffer = buffers.page_aligned(engine.CHUNK, fresh=True)
    seen = set()
    for number in range(4):
        buffers.stamp(buffer, number * engine.CHUNK ^ 12345 << 30)
        seen |= {bytes(buffer[at : at + BLOCK]) for at in range(0, engine.CHUNK, BLOCK)}
    assert len(seen) == 4 * engine.CHUNK // BLOCK
    buffer.close()


def test_the_filled_file_has_no_holes(alone):
    with nameless_file(disk_of(alone).place.folder) as fd:
        timed = engine.fill(fd, 32 << 20, 5.0)
        assert os.fstat(fd).st_size == timed.bytes
        assert os.fstat(fd).st_blocks * 512 >= timed.bytes
        zeros = bytes(BLOCK)
        plain = os.open(f"/proc/self/fd/{fd}", os.O_RDONLY)
        try:
            assert all(os.pread(plain, BLOCK, at) != zeros for at in range(0, timed.bytes, engine.CHUNK))
        finally:
            os.close(plain)


def test_old_files_are_big_old_plain_and_on_the_same_file_system(tmp_path):
    names = {"old": 5 << 20, "small": 1 << 20, "new": 5 << 20}
    for name, size in names.items():
        (tmp_path / name).write_bytes(os.urandom(size))
        if name != "new":
            os.utime(tmp_path / name, (0, 0))
    (tmp_path / "link").symlink_to(tmp_path / "old")
    here = tmp_path.stat().st_dev
    assert old.old_files((str(tmp_path), "/nonexistent"), here, 5.0) == [(str(tmp_path / "old"), 5 << 20)]


def test_old_blocks_are_read_without_changing_anything(alone, tmp_path):
    (tmp_path / "old").write_bytes(os.urandom(8 << 20))
    before = (tmp_path / "old").stat()
    latencies = old.read_once([(str(tmp_path / "old"), 8 << 20), ("/nonexistent", 8 << 20)], 5.0)
    assert len(latencies) == 100  # of two files, 200 reads in all
    assert min(latencies) > 0
    assert (tmp_path / "old").stat().st_mtime_ns == before.st_mtime_ns


@pytest.mark.slow
def test_without_a_folder_no_disk_is_measured():
    plan = small(make("quick", None))
    assert disk_of(plan).size == 0
    found = [each for each in measured(plan) if each.id.startswith("disk.")]
    assert [(each.id, each.status, each.reason) for each in found] == [
        ("disk.verdict", "skipped", "not asked for")
    ]


def test_a_machine_that_is_late_cuts_the_rest_down_and_says_so():
    plan = make("quick", None, "192.0.2.1")
    now = time.monotonic()
    assert run_module._in_time(plan, now + 60, 10.0) is plan
    assert run_module._in_time(plan, now + 6, 0.0) is plan
    cut = run_module._in_time(plan, now + 6, 10.0)
    assert network_of(cut).udp_seconds == 0
    assert 1 <= network_of(cut).seconds < network_of(plan).seconds
    assert cut.cpu
    assert plan.cpu
    assert cut.cpu.spin_seconds < plan.cpu.spin_seconds


@pytest.mark.slow
def test_a_recording_that_was_told_stays_the_only_one_when_clearing_up_is_slow(alone, monkeypatch):
    told = blank(disk_of(alone))
    told.seconds = 1.5

    def slow(_plan: DiskPlan, _borders: Borders, tell: worker.Tell) -> None:
        tell(worker.result(told))
        threading.Event().wait()

    # the listener waits as long as it takes for the recording, and then finds that its time is up
    looks = itertools.chain([0.0, 0.0], itertools.count(1000.0))
    monkeypatch.setattr("vaudit.bench.disk.measure.measure", slow)
    monkeypatch.setattr(worker, "time", SimpleNamespace(monotonic=lambda: next(looks), sleep=time.sleep))
    found = run_module._isolated(disk_of(alone), BORDERS, quiet, nothing)
    assert found == told
