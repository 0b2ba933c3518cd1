"""Requests by threads, each with one in flight: for one at a time, and where the kernel's asynchronous
interface is refused.

os.preadv and os.pwritev release the interpreter's lock while the kernel works, so 32 threads keep 32 requests
in flight. Handing that lock on costs more than holding it: on a disk in memory they stood still at 0.9 to 1.9
CPUs, of which 0.4 in Python, with 80,000 to 130,000 requests a second (CPython 3.11, two CPUs).
"""

import errno
import mmap
import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress

from vaudit.bench.disk.recording import Job
from vaudit.bench.disk.timed import Timed
from vaudit.bench.system.buffers import page_aligned, stamp
from vaudit.bench.system.errors import BenchError
from vaudit.bench.system.rlimits import no_more

_STACK = 256 << 10
"""Bytes of a thread's stack: the usual 8 MiB each are more than a limit on address space may allow."""
LOOK_SECONDS = 0.02
Action = Callable[[int, mmap.mmap, int], int]


def run(fd: int, job: Job, offsets: Iterator[int], writes: Iterator[bool]) -> Timed:
    """Keep `job.depth` requests in flight; `writes` says of each whether it is one.

    Raises OSError for a request that failed, BenchError where too few threads may be started.
    """
    buffers = [page_aligned(job.block, job.kind != "read") for _ in range(job.depth)]
    own = os.dup(fd)  # not closed while a thread may still use it
    shares = [_Share(own, buffer, offsets, writes, job) for buffer in buffers]
    if job.depth == 1:
        start, busy = time.monotonic(), 0.0
        shares[0].work()
    else:
        start, busy = _side_by_side(shares, offsets)
    seconds = time.monotonic() - start
    os.close(own)
    for buffer in buffers:
        buffer.close()
    for share in shares:
        if share.failure:
            raise share.failure
    latencies = [latency for share in shares for latency in share.latencies]
    written = sum(share.written for share in shares) if job.kind == "mixed" else 0
    return Timed(start, seconds, len(latencies), len(latencies) * job.block, latencies, busy, written)


class _Share:
    """What one thread does, and what came of it."""

    def __init__(
        self, fd: int, buffer: mmap.mmap, offsets: Iterator[int], writes: Iterator[bool], job: Job
    ) -> None:
        self._fd, self._buffer, self._offsets, self._writes = fd, buffer, offsets, writes
        self._write, self._seconds = _write_sync if job.kind == "sync" else _write, job.seconds
        self.latencies: list[int] = []
        self.written = 0
        self.failure: OSError | None = None

    def work(self, begin: threading.Event | None = None) -> None:
        """Requests one after the other until the offsets or the time are used up, or one fails."""
        if begin is not None:
            begin.wait()
        try:
            self._loop()
        except OSError as error:
            self.failure = error

    def _loop(self) -> None:
        clock, fd, buffer, latencies = time.perf_counter_ns, self._fd, self._buffer, self.latencies
        offsets, writes, size = self._offsets, self._writes, len(self._buffer)
        deadline = clock() + int(self._seconds * 1e9)
        while clock() < deadline:  # asked before an offset is taken: a fill must not have gaps
            offset = next(offsets, None)
            if offset is None:
                break
            act: Action = _read
            if next(writes):
                stamp(buffer, offset ^ clock())
                act, self.written = self._write, self.written + 1
            start = clock()
            done = act(fd, buffer, offset)
            if done != size:
                raise _why_short(fd, buffer, offset + done, done, act is not _read)
            latencies.append(clock() - start)


class _Looks(threading.Thread):
    """Looks now and then how many of some threads wait for the disk; the others work, or wait for each other.

    CPU seconds do not tell that: the kernel's part of a request is done by many threads side by side.
    """

    def __init__(self, watched: list[threading.Thread]) -> None:
        super().__init__(daemon=True)
        self._watched, self._ended = [f"/proc/self/task/{each.native_id}/stat" for each in watched], False
        self._seen = list[float]()

    def run(self) -> None:
        files = list[int]()
        try:
            files += (os.open(path, os.O_RDONLY | os.O_CLOEXEC) for path in self._watched)
            self._look(files)
        except OSError:  # no /proc, or no more files
            return
        finally:
            for file in files:
                os.close(file)

    def _look(self, files: list[int]) -> None:
        while not self._ended:
            time.sleep(LOOK_SECONDS)
            waiting = sum(_waits(file) for file in files)
            if not self._ended:
                self._seen.append(1 - waiting / len(files))

    def end(self) -> float | None:
        """The share of the threads that did not wait for the disk, on average; None if nothing was seen."""
        self._ended = True
        return sum(self._seen) / len(self._seen) if self._seen else None


def _waits(file: int) -> bool:
    """Whether a thread sleeps until a device answers: state D, see proc_pid_stat(5)."""
    try:
        return os.pread(file, 200, 0).rpartition(b")")[2][1:2] == b"D"
    except OSError:  # it has ended
        return False


def _side_by_side(shares: list[_Share], offsets: Iterator[int]) -> tuple[float, float]:
    """One thread for each share, all from one moment on; gives that, and how busy the engine was (Timed).

    If one may not be started, those that run end, and BenchError is raised.
    """
    begin, threads = threading.Event(), list[threading.Thread]()
    try:
        threads = _started(shares, begin)
        if len(threads) == len(shares):
            looks = _Looks(threads)
            start, before = time.monotonic(), time.process_time()
            begin.set()
            with suppress(RuntimeError):  # a limit on threads
                looks.start()
            threads[0].join()
            busy, used = looks.end(), time.process_time() - before
            for thread in threads:
                thread.join()
            return start, min(1.0, used / (time.monotonic() - start)) if busy is None else busy
    finally:
        for _ in offsets:  # without offsets they stop; in good order none, or no time, is left
            pass
        begin.set()
    for thread in threads:
        thread.join()
    raise BenchError(f"{no_more()}; {len(shares)} requests at once need as many threads")


def _started(shares: list[_Share], begin: threading.Event) -> list[threading.Thread]:
    """A thread for each share, as far as they could be started."""
    threads: list[threading.Thread] = []
    before = threading.stack_size(_STACK)
    try:
        for share in shares:
            thread = threading.Thread(target=share.work, args=(begin,), daemon=True)
            thread.start()
            threads.append(thread)
    except RuntimeError:  # all that Python says when clone(2) is refused
        pass
    finally:
        threading.stack_size(before)
    return threads


def _why_short(fd: int, buffer: mmap.mmap, offset: int, done: int, write: bool) -> OSError:
    """Why a request moved less than it was to: a limit on the size of files, or a full file system, is told
    only to who asks for the rest."""
    if write:
        try:
            with memoryview(buffer) as whole, whole[done:] as rest:
                os.pwritev(fd, [rest], offset)
        except OSError as error:
            return error
    return OSError(errno.EIO, "short transfer")


def _read(fd: int, buffer: mmap.mmap, offset: int) -> int:
    return os.preadv(fd, [buffer], offset)


def _write(fd: int, buffer: mmap.mmap, offset: int) -> int:
    return os.pwritev(fd, [buffer], offset)


def _write_sync(fd: int, buffer: mmap.mmap, offset: int) -> int:
    done = os.pwritev(fd, [buffer], offset)
    os.fdatasync(fd)
    return done
