"""What does a neighbour lose while a light look is taken? Somebody else reads or writes on the same disk,
all the time, and is counted with it and without.

    python benchmarks/light_truth.py [--mode light|quick|none] [--pairs N] [--folder DIR] [DISK …]

Needs what benchmarks/disk_truth.py needs, for all disks but `this-disk`. A neighbour is a process that asks
for the next block as soon as it has the last: one reader, sixteen at once, or one that writes and flushes. Of
each look the time from its beginning to its end is held against as much time before and after it, in which
the neighbour was alone; the loss is the median over the looks, with the quarters beside it. How far this
machine's own unrest goes `--mode none` tells, in which nothing is looked at.
"""

import argparse
import contextlib
import mmap
import os
import random
import signal
import statistics
import sys
import threading
import time
from array import array
from bisect import bisect_left
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))  # run as a program, this folder alone is on it

from benchmarks.disk_truth import Truth, capped, own_borders, plain, remote, why_not
from vaudit.bench.plan import make
from vaudit.bench.run import run
from vaudit.bench.units import Effort

LOSS = 0.05
"""That a neighbour may lose in a light look."""
BLOCK, SIZE = 4096, 64 << 20
DISKS: dict[str, Truth] = {
    "this-disk": plain,
    "iops-1000": partial(capped, unit="iops", limit=1000, megabytes=400),
    "iops-3000": partial(capped, unit="iops", limit=3000, megabytes=400),
    "20-MB/s": partial(capped, unit="bps", limit=20_000_000, megabytes=400),
    "nbd-5-ms": partial(remote, milliseconds=5),
}
NEIGHBOURS: dict[str, tuple[int, bool]] = {"reader": (1, False), "16 readers": (16, False), "log": (1, True)}
"""How many ask at once, and whether they write and flush."""


def _ask(fd: int, flush: bool, done: "array[float]", stop: threading.Event) -> None:
    buffer = mmap.mmap(-1, BLOCK)
    buffer.write(os.urandom(BLOCK))
    places = random.Random(os.urandom(8))  # noqa: S311 - offsets, not secrets
    while not stop.is_set():
        offset = places.randrange(SIZE // BLOCK) * BLOCK
        if flush:
            os.pwritev(fd, [buffer], offset)
            os.fdatasync(fd)
        else:
            os.preadv(fd, [buffer], offset)
        done.append(time.monotonic())


def _live(path: Path, neighbour: str, telling: int) -> None:
    """The neighbour's whole life: until SIGTERM, when it tells the moments of all its requests."""
    depth, flush = NEIGHBOURS[neighbour]
    stop, done = threading.Event(), [array("d") for _ in range(depth)]
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    fd = os.open(path, os.O_RDWR | os.O_DIRECT)
    threads = [threading.Thread(target=_ask, args=(fd, flush, each, stop)) for each in done]
    for each in threads:
        each.start()
    while not stop.wait(0.1):
        pass
    for each in threads:
        each.join()
    with os.fdopen(telling, "wb") as pipe:
        pipe.write(b"".join(each.tobytes() for each in done))


def _made(path: Path) -> Path:
    """A file of random bytes that are on the disk."""
    with path.open("wb") as file:
        for _ in range(SIZE >> 20):
            file.write(os.urandom(1 << 20))
        file.flush()
        os.fsync(file.fileno())
    return path


@contextlib.contextmanager
def _old(folder: Path) -> Iterator[None]:
    """With a file that has lain there for a week, as there is on every machine at work."""
    path = _made(folder / "old")
    os.utime(path, (time.time() - 7 * 86400,) * 2)
    try:
        yield
    finally:
        path.unlink()


@contextlib.contextmanager
def neighbour(folder: Path, kind: str) -> Iterator[Callable[[], list[float]]]:
    """Somebody else at work in a folder; gives the function that ends that, and tells when each request of
    his was answered."""
    path = _made(folder / "neighbour")
    reading, writing = os.pipe()
    pid = os.fork()
    if pid == 0:
        try:
            os.close(reading)
            _live(path, kind, writing)
        finally:
            os._exit(0)
    os.close(writing)
    told = array("d")

    def ended() -> list[float]:
        os.kill(pid, signal.SIGTERM)
        with os.fdopen(os.dup(reading), "rb") as pipe:
            told.frombytes(pipe.read())
        return sorted(told)

    try:
        yield ended
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
        os.close(reading)
        path.unlink()


def _look(folder: Path, mode: str) -> None:
    if mode == "none":
        time.sleep(3.0)
    else:
        effort: Effort = "light" if mode == "light" else "quick"
        run(make(effort, str(folder)), own_borders(), lambda _line: None)


def loss(folder: Path, kind: str, mode: str, pairs: int) -> tuple[list[float], float, float]:
    """(shares that the neighbour loses, his requests a second alone, seconds of a look)."""
    looks = list[tuple[float, float]]()
    with _old(folder), neighbour(folder, kind) as ended:
        time.sleep(4.0)
        for _ in range(pairs):
            began = time.monotonic()
            _look(folder, mode)
            looks.append((began, time.monotonic()))
            time.sleep(looks[-1][1] - began + 0.5)
        moments = ended()

    def rate(start: float, end: float) -> float:
        return (bisect_left(moments, end) - bisect_left(moments, start)) / (end - start)

    lost, alone = [], []
    for start, end in looks:
        before = max(start - (end - start), moments[0])
        around = (rate(before, start) + rate(end, end + end - start)) / 2
        lost.append(1 - rate(start, end) / around)
        alone.append(around)
    seconds = statistics.median(end - start for start, end in looks)
    return sorted(lost), statistics.median(alone), seconds


def main() -> int:
    """A line for each disk and neighbour; 1 where one loses more than LOSS in a light look."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0] if __doc__ else None)
    parser.add_argument("--mode", choices=("light", "quick", "none"), default="light", help="[light]")
    parser.add_argument("--pairs", type=int, default=7, help="looks at each disk [7]")
    parser.add_argument("--folder", type=Path, default=Path(), help="where disks are built [.]")
    parser.add_argument("disks", nargs="*", metavar="DISK", help=", ".join(DISKS))
    options = parser.parse_args()
    worst = 0.0
    for name in options.disks or DISKS:
        if name != "this-disk" and (reason := why_not()):
            print(f"{name:10} SKIPPED {reason}")
            continue
        for kind in NEIGHBOURS:
            with DISKS[name](options.folder.resolve()) as folder:
                lost, alone, seconds = loss(folder, kind, options.mode, options.pairs)
            middle = statistics.median(lost)
            worst = max(worst, middle)
            span = f"({lost[len(lost) // 4]:.1%} to {lost[3 * len(lost) // 4]:.1%})"
            told = f"{alone:8,.0f} a second alone, loses {middle:6.1%} {span:20} for {seconds:.1f} s"
            print(f"{name:10} {kind:10} {told}", flush=True)
    return 1 if worst > LOSS else 0


if __name__ == "__main__":
    sys.exit(main())
