"""The embedded disk engine: direct reads and writes on an open file, each of them timed.

O_DIRECT and page-aligned buffers. One request at a time is a plain os.preadv or os.pwritev: beside fio 3.33
on one virtio disk it read 0.96 to 0.98 times as many blocks a second. Of several at a time the kernel's
asynchronous interface takes care (aio.py), or as many threads where it is refused (threads.py). A file that
could not be opened with O_DIRECT is measured through the cache, which is told wherever its figures are.
"""

import os
import random
import time
from collections.abc import Callable, Iterator
from itertools import chain, repeat

from vaudit.bench.disk import aio, threads
from vaudit.bench.disk.recording import Job
from vaudit.bench.disk.testfile import is_direct
from vaudit.bench.disk.timed import Timed as Timed  # noqa: PLC0414 - what this module gives
from vaudit.bench.system.errors import BenchError, sentence
from vaudit.bench.units import BLOCK, MIB

CHUNK = MIB
"""Bytes of a request in sequence."""
Run = Callable[[Job, Iterator[int]], Timed]
"""Runs a job at these offsets, by whatever this system has. Raises BenchError."""


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

    def end(length: int) -> None:
        os.ftruncate(fd, length)
        os.fsync(fd)

    # io_submit waits where a file grows
    return filled(lambda job, offsets: _run(fd, job, offsets, threaded=True), end, size, seconds)


def filled(run_: Run, end: Callable[[int], None], size: int, seconds: float) -> Timed:
    """A file that `run_` fills; `end` makes it as long as it was filled, and flushes it."""
    job = Job(id="disk.fill", kind="write", block=CHUNK, depth=8, seconds=seconds, bytes=size)
    timed = run_(job, iter(range(0, size, CHUNK)))
    try:
        end(timed.bytes)
    except OSError as error:
        raise BenchError(sentence(error, "writing the test file")) from None
    timed.seconds = time.monotonic() - timed.start  # with the flush: data in a cache is not yet written
    return timed


def run(fd: int, job: Job, size: int, blocks: Blocks, budget: int) -> Timed:
    """Run one job on a file of `size` bytes, moving at most `budget` bytes. Raises BenchError."""
    return run_by(lambda job, offsets: _run(fd, job, offsets), job, size, blocks, budget)


def run_by(run_: Run, job: Job, size: int, blocks: Blocks, budget: int) -> Timed:
    """The same by `run_`."""
    number = max(1, budget // job.block)
    if job.block == BLOCK:
        offsets = blocks.take(number)
        timed = run_(job, iter(offsets))
        blocks.give_back(offsets[timed.count :])
        return timed
    chunks = size // CHUNK
    first = random.randrange(chunks)  # noqa: S311
    return run_(job, iter([(first + step) % chunks * CHUNK for step in range(min(number, chunks))]))


def run_at(fd: int, job: Job, offsets: list[int]) -> Timed:
    """Run one job at just these byte offsets, in this order. Raises BenchError."""
    return _run(fd, job, iter(offsets))


def _run(fd: int, job: Job, offsets: Iterator[int], threaded: bool = False) -> Timed:
    """One run of a job, by whichever engine can. Raises BenchError."""
    writes = directions(job.kind, job.reads)
    try:
        if not is_direct(fd):
            return _buffered(fd, job, offsets, writes)
        if job.depth == 1 or threaded:
            return threads.run(fd, job, offsets, writes)
        try:
            return aio.run(fd, job, offsets, writes)
        except aio.Refused as refused:
            return _resumed(refused.done, threads.run(fd, job, chain(refused.unused, offsets), writes))
    except OSError as error:
        raise BenchError(sentence(error, doing(job))) from None


def _buffered(fd: int, job: Job, offsets: Iterator[int], writes: Iterator[bool]) -> Timed:
    """A run through this machine's cache, which is emptied before reads and flushed in the time of writes.

    Caches beneath (of the file systems that a union lies on) keep what they have.
    """
    if job.kind == "read":
        os.fdatasync(fd)
        os.posix_fadvise(fd, 0, 0, os.POSIX_FADV_DONTNEED)
        advice = os.POSIX_FADV_RANDOM if job.block == BLOCK else os.POSIX_FADV_SEQUENTIAL
        os.posix_fadvise(fd, 0, 0, advice)
    timed = threads.run(fd, job, offsets, writes)
    if job.kind in ("write", "mixed"):
        os.fdatasync(fd)
        timed.seconds = time.monotonic() - timed.start
    return timed


def doing(job: Job) -> str:
    """What a job does, as the beginning of a sentence about its failure."""
    return "reading the test file" if job.kind == "read" else "writing the test file"


def directions(kind: str, reads: float = 0.5) -> Iterator[bool]:
    """Of each request of a job, whether it is a write; of mixed ones such a share are reads."""
    if kind == "mixed" and reads != 0.5:
        return (random.random() >= reads for _ in repeat(None))  # noqa: S311 - a coin, no secret
    if kind == "mixed":
        return map(bool, map(random.getrandbits, repeat(1)))
    return repeat(kind != "read")


def _resumed(before: Timed | None, then: Timed) -> Timed:
    """What two engines did one after the other."""
    if before is None:
        return then
    return Timed(
        before.start,
        before.seconds + then.seconds,
        before.count + then.count,
        before.bytes + then.bytes,
        before.latencies + then.latencies,
        then.busy,
        before.writes + then.writes,
    )
