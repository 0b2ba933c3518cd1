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
from array import array
from collections.abc import Callable, Iterator

import msgspec

from vaudit.bench.errors import BenchError, sentence
from vaudit.bench.plan import Job

BLOCK = 4096
CHUNK = 1 << 20


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
        """Up to `number` byte offsets; fewer only where the whole file has fewer blocks."""
        number = min(number, self._count)
        if len(self._left) < number:
            self._left = self._random.sample(range(self._count), min(self._count, self.MOST))
        taken, self._left = self._left[:number], self._left[number:]
        return [block * BLOCK for block in taken]


def page_aligned(size: int, fresh: bool) -> mmap.mmap:
    """Page-aligned memory, touched; with `fresh` full of random bytes. The caller closes it."""
    buffer = mmap.mmap(-1, size)
    buffer.write(os.urandom(size) if fresh else bytes(size))
    return buffer


def stamp(buffer: mmap.mmap, number: int) -> None:
    """Make each 4 KiB of a random buffer differ from every other that was written.

    So the data can be neither deduplicated nor compressed, at a fraction of the price of new random bytes.
    """
    first = number % (1 << 62)
    with memoryview(buffer) as view, view.cast("Q") as words:
        words[:: BLOCK // 8] = array("Q", range(first, first + len(buffer) // BLOCK))


def fill(fd: int, size: int, seconds: float) -> Timed:
    """Write fresh random data from the start: the figure for a first write. Stops after `seconds`.

    The file is as long as `bytes` says, in whole MiB.
    """
    job = Job(id="disk.fill", kind="write", block=CHUNK, depth=8, seconds=seconds)
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
        return _run(fd, job, iter(blocks.take(number)))
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
        threads = [
            threading.Thread(target=work, args=pair, daemon=True)
            for pair in zip(buffers, latencies, strict=True)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    seconds = time.monotonic() - start
    for buffer in buffers:
        buffer.close()
    if failures:
        doing = "reading the test file" if job.kind == "read" else "writing the test file"
        raise BenchError(sentence(failures[0], doing))
    merged = [latency for each in latencies for latency in each]
    return Timed(start, seconds, len(merged), len(merged) * job.block, merged)


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
