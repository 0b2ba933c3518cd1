"""The kernel's asynchronous interface: what is asked for comes back, and what does not is never freed."""

import itertools
import os
import platform
import subprocess
import sys
from itertools import repeat
from pathlib import Path

import msgspec
import pytest

from vaudit.bench.disk import aio, engine
from vaudit.bench.disk.recording import Job
from vaudit.bench.system.errors import BenchError
from vaudit.bench.units import BLOCK

ROOT = Path(__file__).parents[2]
READ = Job("disk.randread-qd32", "read", BLOCK, 32, 5.0, 64 << 20)
pytestmark = pytest.mark.skipif(not aio.usable(), reason="SKIPPED, NOT PASSED: io_setup is refused here")


def offsets(number: int = 256) -> list[int]:
    return [block * BLOCK for block in range(number)]


def plain(fd: int) -> bytes:
    """What the file holds, by another way."""
    with open(f"/proc/self/fd/{fd}", "rb") as same:
        return same.read()


def content(ring: aio.Ring, slot: int) -> bytes:
    return bytes(ring.memory[slot * ring.block : (slot + 1) * ring.block])


def test_a_request_brings_the_block_that_was_asked_for(file):
    ring, whole = aio.Ring(file, BLOCK, 4, fresh=False), plain(file)
    for slot, block in enumerate((200, 3, 255, 0)):
        ring.prepare(slot, block * BLOCK, write=False, stamp=0)
    assert ring.send([0, 1, 2, 3]) == 4
    done: list[int] = []
    while ring.flying:
        done += ring.returned(wait=True)
    assert sorted(done) == [0, 1, 2, 3]
    for slot, block in enumerate((200, 3, 255, 0)):
        assert content(ring, slot) == whole[block * BLOCK : (block + 1) * BLOCK]
    ring.close()


@pytest.mark.parametrize("block", [BLOCK, 16 * BLOCK])
def test_every_block_is_written_anew_and_no_two_are_the_same(file, block):
    before = plain(file)
    job = msgspec.structs.replace(READ, kind="write", block=block)
    timed = aio.run(file, job, iter(range(0, engine.CHUNK, block)), repeat(True))
    after = plain(file)
    pages = [after[at : at + BLOCK] for at in range(0, len(after), BLOCK)]
    assert timed.bytes == len(after) == len(before)
    assert len(set(pages)) == len(pages)
    assert not {before[at : at + BLOCK] for at in range(0, len(before), BLOCK)} & set(pages)


def test_every_request_is_timed_and_the_engines_own_share_is_told(file):
    timed = aio.run(file, READ, iter(offsets()), repeat(False))
    assert timed.count == len(timed.latencies) == 256
    assert timed.bytes == engine.CHUNK
    assert 0 < min(timed.latencies) <= max(timed.latencies) <= timed.seconds * 1e9
    assert 0 < timed.busy <= 1


def test_of_a_mixed_job_the_writes_are_counted(file):
    job = msgspec.structs.replace(READ, kind="mixed")
    timed = aio.run(file, job, iter(offsets()), itertools.cycle([True, False, False, False]))
    assert (timed.count, timed.writes) == (256, 64)
    assert 64 < engine.run_at(file, job, offsets()).writes < 192


def test_of_a_mixed_job_such_a_share_are_reads_as_is_asked(file):
    job = msgspec.structs.replace(READ, kind="mixed", reads=0.1)
    timed = engine.run_at(file, job, [0] * 4000)
    assert 0.85 < timed.writes / timed.count < 0.95


def test_the_time_is_kept_and_what_is_in_flight_comes_back(file):
    job = msgspec.structs.replace(READ, seconds=0.1)
    timed = aio.run(file, job, itertools.cycle(offsets()), repeat(False))
    assert 0.1 <= timed.seconds < 5
    assert timed.count == len(timed.latencies)


def test_a_request_that_fails_ends_the_job_with_its_reason(file):
    beyond = [*offsets(100), 512 * BLOCK, *offsets(100)]
    with pytest.raises(BenchError, match="reading the test file failed: the device reported an I/O error"):
        engine.run_at(file, READ, beyond)
    assert engine.run_at(file, READ, offsets()).count == 256  # and the next one is as good as any


def test_what_the_kernel_takes_from_nobody_is_told_by_the_other_engine(file):
    reader = os.open(f"/proc/self/fd/{file}", os.O_RDONLY | os.O_DIRECT)
    try:
        with pytest.raises(BenchError, match="writing the test file failed: Bad file descriptor"):
            engine.run_at(reader, msgspec.structs.replace(READ, kind="write"), offsets())
    finally:
        os.close(reader)


def test_where_sending_means_waiting_threads_go_on(file, monkeypatch):
    """A file system that does its work in io_submit would make of 32 requests one after the other."""
    monkeypatch.setattr(aio, "_slept", itertools.count().__next__)
    real = aio.Ring.returned
    monkeypatch.setattr(aio.Ring, "returned", lambda ring, wait: real(ring, wait=True))
    with pytest.raises(aio.Refused) as refused:
        aio.run(file, READ, iter(offsets()), repeat(False))
    assert refused.value.done is not None
    assert refused.value.done.count == 4
    timed = engine.run_at(file, READ, offsets())
    assert timed.count == len(timed.latencies) == 256


def test_where_no_context_can_be_had_threads_do_it(file, monkeypatch):
    def none() -> None:
        raise OSError(11, "fs.aio-max-nr is reached")

    monkeypatch.setattr(aio, "_context", none)
    assert engine.run_at(file, READ, offsets()).count == 256


@pytest.mark.parametrize("machine", ["armv7l", "s390x"])
def test_where_the_numbers_of_the_calls_are_not_known_none_is_made(monkeypatch, machine):
    monkeypatch.setattr(platform, "machine", lambda: machine)
    assert not aio.usable.__wrapped__()


def test_what_never_comes_back_keeps_its_memory_and_its_context(file, monkeypatch):
    monkeypatch.setattr(aio, "_GOODBYE_SECONDS", 0.05)
    ring = aio.Ring(file, BLOCK, 1, fresh=False)
    ring.prepare(0, 0, write=False, stamp=0)
    ring.send([0])
    monkeypatch.setattr(ring, "_wait", lambda: 0)  # nothing has come back yet
    ring.close()
    assert any(kept is ring for kept in aio._KEPT)
    others = [aio.Ring(file, BLOCK, 1, fresh=False) for _ in range(3)]
    assert all(other._context.value != ring._context.value for other in others)
    for other in others:
        other.close()


def test_contexts_are_used_again(file):
    for _ in range(50):
        engine.run_at(file, READ, offsets(8))
    assert len(aio._SPARE[os.getpid()]) <= 5


FILTERED = """
import ctypes, platform, struct, sys
from vaudit.bench.disk import aio, engine
from vaudit.bench.disk.recording import Job
from vaudit.bench.disk.testfile import nameless_file

answer, number = int(sys.argv[2]), aio._NUMBERS[platform.machine()][0]
program = b"".join(struct.pack("HBBI", *each) for each in (
    (0x20, 0, 0, 0),            # load the number of the system call
    (0x15, 0, 1, number),       # io_setup?
    (0x06, 0, 0, answer),
    (0x06, 0, 0, 0x7FFF0000),   # else let it pass
))
code = ctypes.create_string_buffer(program)
head = struct.pack("HxxxxxxQ", len(program) // 8, ctypes.addressof(code))
libc = ctypes.CDLL(None)
assert libc.prctl(38, 1, 0, 0, 0) == 0  # PR_SET_NO_NEW_PRIVS
assert libc.prctl(22, 2, head, 0, 0) == 0  # PR_SET_SECCOMP, SECCOMP_MODE_FILTER
with nameless_file(sys.argv[1]) as fd:
    engine.fill(fd, engine.CHUNK, 10.0)
    job = Job("disk.randread-qd32", "read", 4096, 32, 5.0, 64 << 20)
    print(aio.usable(), engine.run_at(fd, job, [block * 4096 for block in range(256)]).count)
"""


@pytest.mark.parametrize("answer", [0x80000000, 0x00050001], ids=["kills", "refuses"])
def test_where_a_filter_forbids_it_threads_do_it(tmp_path, answer):
    """seccomp(2): SECCOMP_RET_KILL_PROCESS, as systemd's SystemCallFilter= says; EPERM, as containers do."""
    done = subprocess.run(
        [sys.executable, "-c", FILTERED, str(tmp_path), str(answer)],
        check=False, capture_output=True, text=True, cwd=ROOT,
    )  # fmt: skip
    assert (done.stdout, done.stderr, done.returncode) == ("False 256\n", "", 0)
