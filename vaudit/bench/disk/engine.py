"""The embedded disk engine: direct reads and writes on an open file, timed one by one.

os.preadv and os.pwritev with O_DIRECT and page-aligned buffers. They release the interpreter's lock while
the kernel works, so 32 threads keep 32 requests in flight. Beside fio 3.33 on one virtio disk it read 0.96
to 0.98 times as many blocks a second at depth 1; at depth 32 it reaches 70,000 to 80,000 a second on two
CPUs, which is its own ceiling.
"""

import mmap
import os
import random
import threading
import time
from collections.abc import Callable, Iterator

import msgspec

from vaudit.bench.disk.recording import Job
from vaudit.bench.system.buffers import page_aligned, stamp
from vaudit.bench.system.errors import NO_MORE, BenchError, sentence
from vaudit.bench.units import BLOCK, MIB

CHUNK = MIB
"""Bytes of a request in sequence."""


class Timed(msgspec.Struct):
    """What one run of a job gave."""

    start: float
    """time.monotonic() at the first request."""
    seconds: float
    """Until the last request came back."""
    count: int
    bytes: int
    latencies: list[int]
    """Nanoseconds of each request, in no certain order where the depth is above 1."""

    @property
    def per_second(self) -> float:
        return self.count / self.seconds if self.seconds > 0 else 0.0

    @property
    def bytes_per_second(self) -> float:
        return self.bytes / self.seconds if self.seconds > 0 else 0.0


class Blocks:
    """The file's 4 KiB blocks in random order, each once, then again in a new order.

    Reading the same offsets twice measures somebody's cache (+11 % IOPS, -33 % p99 with a fixed seed).
    Of what is larger than 2 GiB (a raw device) that many random blocks are drawn at a time.
    """

    MOST = (2 << 30) // BLOCK

    def __init__(self, size: int) -> None:
        self._count = size // BLOCK
        self._random = random.Random(os.urandom(16))  # noqa: S311 - offsets, not secrets
        self._left: list[int] = []

    def take(self, number: int) -> list[int]:
        """`number` byte offsets: what is left of this order, then of a new one; at most a whole file's."""
        number = min(number, self._count)
        while len(self._left) < number:
            order = range(0, self._count * BLOCK, BLOCK)
            self._left += self._random.sample(order, min(self._count, self.MOST))
        taken, self._left = self._left[:number], self._left[number:]
        return taken

    def give_back(self, offsets: list[int]) -> None:
        """Taken, but not used: these come first the next time."""
        self._left = offsets + self._left


def fill(fd: int, size: int, seconds: float) -> Timed:
    """Write fresh random data from the start: the figure for a first write.

    No request begins after `seconds`; the flush after the last one takes as long as the disk needs for what
    the file system kept back (all of it where O_DIRECT is accepted but not heeded, as by ZFS before 2.3), and
    only the deadline of the worker ends it. The file is as long as `bytes` says, in whole MiB.
    """
    job = Job(id="disk.fill", kind="write", block=CHUNK, depth=8, seconds=seconds, bytes=size)
    timed = _run(fd, job, iter(range(0, size, CHUNK)))
    try:
        os.ftruncate(fd, timed.bytes)
        os.fsync(fd)
    except OSError as error:
        raise BenchError(sentence(error, "writing the test file")) from None
    timed.seconds = time.monotonic() - timed.start  # with the flush: data in a cache is not yet written
    return timed


def run(fd: int, job: Job, size: int, blocks: Blocks, budget: int) -> Timed:
    """Run one job on a file of `size` bytes, moving at most `budget` bytes. Raises BenchError."""
    number = max(1, budget // job.block)
    if job.block == BLOCK:
        offsets = blocks.take(number)
        timed = _run(fd, job, iter(offsets))
        blocks.give_back(offsets[timed.count :])
        return timed
    chunks = size // CHUNK
    first = random.randrange(chunks)  # noqa: S311
    return _run(fd, job, iter([(first + step) % chunks * CHUNK for step in range(min(number, chunks))]))


def run_at(fd: int, job: Job, offsets: list[int]) -> Timed:
    """Run one job at just these byte offsets, in this order. Raises BenchError."""
    return _run(fd, job, iter(offsets))


def _run(fd: int, job: Job, offsets: Iterator[int]) -> Timed:
    buffers = [page_aligned(job.block, job.kind != "read") for _ in range(job.depth)]
    latencies: list[list[int]] = [[] for _ in buffers]
    failures: list[OSError] = []
    one = {"read": _read, "write": _write, "sync": _write_sync}[job.kind]
    start = time.monotonic()
    deadline = time.perf_counter_ns() + int(job.seconds * 1e9)

    def work(buffer: mmap.mmap, out: list[int]) -> None:
        try:
            out += _loop(fd, buffer, offsets, deadline, one)
        except OSError as error:
            failures.append(error)

    if job.depth == 1:
        work(buffers[0], latencies[0])
    else:
        _side_by_side(work, list(zip(buffers, latencies, strict=True)), offsets)
    seconds = time.monotonic() - start
    for buffer in buffers:
        buffer.close()
    if failures:
        doing = "reading the test file" if job.kind == "read" else "writing the test file"
        raise BenchError(sentence(failures[0], doing))
    merged = [latency for each in latencies for latency in each]
    return Timed(start, seconds, len(merged), len(merged) * job.block, merged)


Work = Callable[[mmap.mmap, list[int]], None]


def _side_by_side(work: Work, shares: list[tuple[mmap.mmap, list[int]]], offsets: Iterator[int]) -> None:
    """One thread for each share. If one may not be started, those that run end, and BenchError is raised."""
    threads: list[threading.Thread] = []
    for share in shares:
        thread = threading.Thread(target=work, args=share, daemon=True)
        try:
            thread.start()
        except RuntimeError:  # all that Python says when clone(2) is refused
            break
        threads.append(thread)
    if len(threads) < len(shares):
        for _ in offsets:  # without offsets the others stop
            pass
    for thread in threads:
        thread.join()
    if len(threads) < len(shares):
        raise BenchError(f"{NO_MORE}; {len(shares)} requests at once need as many threads")


Action = Callable[[int, mmap.mmap, int], int]


def _read(fd: int, buffer: mmap.mmap, offset: int) -> int:
    return os.preadv(fd, [buffer], offset)


def _write(fd: int, buffer: mmap.mmap, offset: int) -> int:
    return os.pwritev(fd, [buffer], offset)


def _write_sync(fd: int, buffer: mmap.mmap, offset: int) -> int:
    done = os.pwritev(fd, [buffer], offset)
    os.fdatasync(fd)
    return done


def _loop(fd: int, buffer: mmap.mmap, offsets: Iterator[int], deadline: int, one: Action) -> list[int]:
    """Requests one after the other until the offsets or the time are used up; gives their latencies."""
    clock, size, writes, out = time.perf_counter_ns, len(buffer), one is not _read, []
    while clock() < deadline:  # asked before an offset is taken: a fill must not have gaps
        offset = next(offsets, None)
        if offset is None:
            break
        if writes:
            stamp(buffer, offset ^ clock())
        start = clock()
        if one(fd, buffer, offset) != size:
            raise OSError(5, "short transfer")
        out.append(clock() - start)
    return out
