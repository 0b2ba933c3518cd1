"""What does a neighbour lose while a light look is taken? Under 5 % is what is claimed of one.

    python benchmarks/light_truth.py [--mode light|quick] [--pairs N] [--folder DIR] [DISK …]

Needs a machine at rest, and what benchmarks/disk_truth.py needs for all disks but `this-disk`. About 3
minutes a disk with 7 pairs, and nothing is left behind.

A neighbour is a process that asks for the next block as soon as it has the last: one reader, sixteen at once,
or one that writes and flushes. Of each look the time from its beginning to its end is held against as much
time before and after it, in which the neighbour was alone; the loss is the median over the looks, with the
quarters beside it. The same is done with looks that do nothing: how far this machine's own unrest goes.

    holds     the median loss is under the border
    FAILS     it is not
    unsure    neither can be said: where nothing was looked at the rate swung as much. Let the machine rest

Exit code 1 where one fails, 2 where one is unsure, 0 where all hold.
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
from benchmarks.ends import tidily
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


def word(lost: list[float], unrest: list[float]) -> str:
    """holds, unsure or FAILS: of the losses with looks, and with looks that do nothing."""
    if max(map(abs, _quarters(unrest))) > LOSS:
        return "unsure"
    return "holds" if statistics.median(lost) <= LOSS else "FAILS"


def _quarters(lost: list[float]) -> tuple[float, float]:
    return lost[len(lost) // 4], lost[3 * len(lost) // 4]


def _line(name: str, kind: str, make: Callable[[str], tuple[list[float], float, float]], mode: str) -> str:
    """Measures one neighbour on one disk, tells it, and gives the word."""
    unrest, _, _ = make("none")
    lost, alone, seconds = make(mode)
    said = word(lost, unrest)
    low, high = _quarters(lost)
    print(
        f"{said:6} {name:10} {kind:10} {alone:8,.0f} requests a second alone; "
        f"loses {statistics.median(lost):6.1%} ({low:.1%} to {high:.1%}) for {seconds:.1f} s, "
        f"and {statistics.median(unrest):.1%} where nothing is looked at",
        flush=True,
    )
    return said


def main() -> int:
    """A line for each disk and neighbour, and what to make of all of them."""
    text = __doc__ or ""
    parser = argparse.ArgumentParser(description=text, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--mode", choices=("light", "quick"), default="light", help="which look [light]")
    parser.add_argument("--pairs", type=int, default=7, help="looks at each disk [7]")
    parser.add_argument("--folder", type=Path, default=Path(), help="where disks are built [.]")
    parser.add_argument("disks", nargs="*", metavar="DISK", help=f"{', '.join(DISKS)} [all]")
    options = parser.parse_args()
    tidily()
    if unknown := [name for name in options.disks if name not in DISKS]:
        parser.error(f"no disk {', '.join(unknown)}; there are {', '.join(DISKS)}")
    busy, cpus = os.getloadavg()[0], os.cpu_count() or 1
    print(f"load {busy:.2f} on {cpus} processors{': NOT AT REST, what follows is unsure' * (busy > 0.3)}")
    words = list[str]()
    for name in options.disks or DISKS:
        if name != "this-disk" and (reason := why_not()):
            print(f"SKIPPED {name}: {reason}")
            continue
        for kind in NEIGHBOURS:

            def make(mode: str, name: str = name, kind: str = kind) -> tuple[list[float], float, float]:
                with DISKS[name](options.folder.resolve()) as folder:
                    return loss(folder, kind, mode, options.pairs)

            words.append(_line(name, kind, make, options.mode))
    told = ", ".join(f"{words.count(one)} {one}" for one in ("holds", "unsure", "FAILS"))
    print(f"\nA neighbour loses at most {LOSS:.0%} in a {options.mode} look: {told} of {len(words)}")
    return 1 if "FAILS" in words else 2 if "unsure" in words else 0


if __name__ == "__main__":
    sys.exit(main())
