"""The embedded engine: which blocks it asks for, and what happens where no more threads may be started."""

import itertools
import os
import resource
import threading
import time
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import msgspec
import pytest

from vaudit.bench.disk import aio, engine, place, threads
from vaudit.bench.disk.recording import Job
from vaudit.bench.disk.testfile import nameless_file
from vaudit.bench.system import programs
from vaudit.bench.system import worker as child
from vaudit.bench.system.errors import BenchError
from vaudit.bench.units import BLOCK

READ_1 = Job("disk.randread-qd1", "read", BLOCK, 1, 5.0, 64 << 20)
READ_32 = Job("disk.randread-qd32", "read", BLOCK, 32, 5.0, 64 << 20)


def test_what_is_left_of_an_order_is_given_before_the_next_begins():
    blocks = engine.Blocks(100 * BLOCK)
    taken = [offset for number in (60, 60, 60, 20) for offset in blocks.take(number)]
    everything = [number * BLOCK for number in range(100)]
    assert sorted(taken[:100]) == everything
    assert sorted(taken[100:]) == everything
    assert taken[:100] != taken[100:]


def test_blocks_that_were_not_read_come_first_the_next_time():
    blocks = engine.Blocks(100 * BLOCK)
    first = blocks.take(80)
    blocks.give_back(first[10:])
    assert sorted(first[:10] + blocks.take(90)) == [number * BLOCK for number in range(100)]


@pytest.fixture
def threaded(monkeypatch: pytest.MonkeyPatch) -> None:
    """A kernel that refuses its asynchronous interface."""
    monkeypatch.setattr(aio, "usable", lambda: False)


@pytest.mark.usefixtures("threaded")
@pytest.mark.parametrize(("job", "rounds"), [(READ_1, 60), (READ_32, 2)], ids=["depth 1", "depth 32"])
def test_a_job_that_ends_early_uses_up_only_what_it_read(file, monkeypatch, job, rounds):
    """A slow disk reads a few blocks of each round: none of them comes again before all were read."""
    read: list[int] = []
    real = os.preadv

    def noted(fd: int, buffers: list[bytearray], offset: int) -> int:
        read.append(offset)
        return real(fd, buffers, offset)

    # each look at the clock finds it 2 ms later
    clock = SimpleNamespace(
        monotonic=time.monotonic,
        process_time=time.process_time,
        perf_counter_ns=itertools.count(0, 2_000_000).__next__,
    )
    monkeypatch.setattr(threads, "time", clock)
    monkeypatch.setattr(os, "preadv", noted)
    blocks, short = engine.Blocks(engine.CHUNK), msgspec.structs.replace(job, seconds=0.01)
    for _ in range(rounds):
        engine.run(file, short, engine.CHUNK, blocks, 200 * BLOCK)
    assert rounds <= len(read) <= 256
    assert len(set(read)) == len(read)


@pytest.mark.usefixtures("threaded")
def test_a_refused_thread_is_one_clear_sentence_and_ends_those_that_run(file, monkeypatch):
    left, real = iter(range(5)), threading.Thread.start

    def start(self: threading.Thread) -> None:
        if next(left, None) is None:
            raise RuntimeError("can't start new thread")
        real(self)

    monkeypatch.setattr(threading.Thread, "start", start)
    before, began = threading.active_count(), time.monotonic()
    with pytest.raises(BenchError, match="no more threads or processes"):
        engine.run_at(file, msgspec.structs.replace(READ_32, seconds=60.0), [0] * 1_000_000)
    assert threading.active_count() <= before  # another test's last thread may end meanwhile
    assert time.monotonic() - began < 30


def forbidden(work: Callable[[], object], threads: int = 0) -> str:
    """What `work` says in a process that may start only so many more threads, as setrlimit(2) limits them.

    The limit counts everything of one user, so root becomes a user that nobody else is.
    """
    reading, writing = os.pipe()
    pid = os.fork()
    if pid == 0:
        said = "an end without any exception"
        try:
            resource.setrlimit(resource.RLIMIT_NPROC, (1 + threads,) * 2 if os.geteuid() == 0 else (1, 1))
            if os.geteuid() == 0:
                os.setuid(54321)
            said = f"it was allowed: {work()}"
        except BenchError as error:
            said = f"BenchError: {error}"
        except BaseException as error:
            said = repr(error)
        finally:
            os.write(writing, said.encode())
            os._exit(0)
    os.close(writing)
    os.waitpid(pid, 0)
    with open(reading, encoding="utf-8") as file:
        return file.read()


@pytest.mark.usefixtures("threaded")
@pytest.mark.parametrize("number", [0, 4])
def test_a_limit_on_threads_is_one_clear_sentence(file, number):
    job = msgspec.structs.replace(READ_32, seconds=60.0)
    began = time.monotonic()
    said = forbidden(
        lambda: engine.run_at(file, job, [0] * 1_000_000), number
    )  # so many that none of the first threads is through before the last is wanted
    assert said.startswith("BenchError: no more threads or processes may be started here")
    assert "\n" not in said
    assert time.monotonic() - began < 30


def test_where_no_thread_may_be_started_one_request_at_a_time_still_works(file):
    job = msgspec.structs.replace(READ_1, seconds=0.1)
    said = forbidden(lambda: engine.run(file, job, engine.CHUNK, engine.Blocks(engine.CHUNK), 1 << 20).count)
    assert said.startswith("it was allowed")


def test_a_limit_on_processes_is_one_clear_sentence_and_leaves_no_pipe_open():
    def work() -> str:
        before = sorted(os.listdir("/proc/self/fd"))
        try:
            return str(list(child.isolate(lambda _tell: None, 5.0)))
        finally:
            assert sorted(os.listdir("/proc/self/fd")) == before

    assert forbidden(work).startswith("BenchError: no more threads or processes may be started here")


def test_a_program_that_may_not_be_started_says_why():
    said = forbidden(lambda: programs.run_program(["true"], 5.0))
    assert said.startswith("BenchError: true could not be started: no more threads or processes")


def test_a_folder_that_could_not_be_looked_at_is_not_called_dead(tmp_path):
    said = forbidden(lambda: place.look_within(5.0, str(tmp_path), None, 1 << 20).refusal)
    assert "no more threads or processes may be started here" in said
    assert "dead" not in said


def test_a_limit_on_the_size_of_files_is_named(tmp_path: Path) -> None:
    """It cuts the first request that reaches it, and only the next one is told why."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    with nameless_file(str(tmp_path)) as fd:
        resource.setrlimit(resource.RLIMIT_FSIZE, (1000 << 10, before[1]))
        try:
            with pytest.raises(BenchError, match="RLIMIT_FSIZE"):
                engine.fill(fd, 4 << 20, 5.0)
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_threads_that_never_wait_for_a_disk_are_the_limit() -> None:
    """/dev/zero answers at once."""
    fd = os.open("/dev/zero", os.O_RDONLY)
    job = Job("disk.randread-qd32", "read", 4096, 8, 0.3, 1 << 30)
    timed = threads.run(fd, job, iter([0] * 2_000_000), itertools.repeat(False))
    os.close(fd)
    assert timed.busy > 0.9


@pytest.mark.parametrize(("state", "waits"), [("D", True), ("S", False), ("R", False)])
def test_a_thread_that_sleeps_uninterruptibly_waits_for_a_device(
    tmp_path: Path, state: str, waits: bool
) -> None:
    (tmp_path / "stat").write_text(f"12 (a) D (b) {state} 1 12 12 0 -1\n")
    fd = os.open(tmp_path / "stat", os.O_RDONLY)
    assert threads._waits(fd) is waits
    os.close(fd)
