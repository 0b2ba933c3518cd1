"""How many requests a second can the disk engine make at all? Beside fio, on disks that are memory.

    python benchmarks/disk_ceiling.py [--seconds S] [--rounds N] [--realtime] [DISK …]

Needs root, fio and losetup; the disks are `zram` and `loop` (a loop device over a file in /dev/shm), made for
this and undone again. By turns, each in N rounds of S seconds, random requests of 4 KiB with 32 in flight:
our engine by the kernel's asynchronous interface (aio.py), by threads (threads.py), and fio's libaio. The
median of the rounds is printed, and the share of the time in which the engine itself was the limit. On a
machine that other programs use too `--realtime` (SCHED_FIFO 1) keeps them off; the kernel's own threads, that
serve a loop device, then wait for a CPU as well.
"""

import argparse
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from statistics import median
from typing import Literal, NamedTuple

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))  # run as a program, this folder alone is on it

from benchmarks.disk_truth import loop, why_not, zram
from benchmarks.ends import tidily
from vaudit.bench.disk import aio, engine, threads
from vaudit.bench.disk.fio import find, parse_fio
from vaudit.bench.disk.recording import Job
from vaudit.bench.disk.testfile import nameless_file
from vaudit.bench.units import BLOCK, MIB

SIZE, DEPTH = 384 * MIB, 32
MEMORY = Path("/dev/shm")  # noqa: S108 - a file in memory is what is wanted
Kind = Literal["read", "write"]


class Made(NamedTuple):
    """One round."""

    per_second: float
    busy: float | None
    """Share of the time in which the engine was the limit; None for fio, which does not tell."""


@contextmanager
def over_memory() -> Iterator[Path]:
    """A file system on a loop device over a file in memory."""
    with tempfile.TemporaryDirectory(dir=MEMORY) as home, loop(Path(home), 600, direct=False) as (point, _):
        yield point


DISKS: dict[str, Callable[[], AbstractContextManager[Path]]] = {
    "zram": lambda: zram(Path()),
    "loop": over_memory,
}


def by_us(run: Callable[..., engine.Timed]) -> Callable[[int, Kind, float], Made]:
    """A round of one of our engines."""

    def made(fd: int, kind: Kind, seconds: float) -> Made:
        offsets = engine.Blocks(SIZE).take(SIZE // BLOCK) * 20
        job = Job("ceiling", kind, BLOCK, DEPTH, seconds, len(offsets) * BLOCK)
        timed = run(fd, job, iter(offsets), iter([kind == "write"] * len(offsets)))
        return Made(timed.per_second, timed.busy)

    return made


def by_fio(fd: int, kind: Kind, seconds: float) -> Made:
    """A round of fio."""
    argv = [
        find().path or "fio", "--name=ceiling", f"--filename=/proc/self/fd/{fd}", f"--size={SIZE}",
        f"--rw=rand{kind}", f"--bs={BLOCK}", "--ioengine=libaio", f"--iodepth={DEPTH}", "--time_based",
        f"--runtime={int(seconds * 1000)}ms", "--direct=1", "--thread", "--randrepeat=0", "--norandommap",
        "--fallocate=none", "--output-format=json",
    ]  # fmt: skip
    out = subprocess.run(argv, check=True, capture_output=True, text=True, pass_fds=[fd], timeout=120).stdout
    job = parse_fio(out).jobs[0]
    return Made((job.read if kind == "read" else job.write).iops, None)


ENGINES = {"aio": by_us(aio.run), "threads": by_us(threads.run), "fio": by_fio}


def compare(folder: Path, rounds: int, seconds: float) -> Iterator[tuple[Kind, str, Made]]:
    """The median round of each engine, reading and writing."""
    kinds: tuple[Kind, ...] = ("read", "write")
    with nameless_file(str(folder)) as fd:
        engine.fill(fd, SIZE, 60.0)
        for kind in kinds:
            made = [{name: run(fd, kind, seconds) for name, run in ENGINES.items()} for _ in range(rounds)]
            for name in ENGINES:
                yield kind, name, _middle([each[name] for each in made])


def _middle(made: list[Made]) -> Made:
    busy = [each.busy for each in made if each.busy is not None]
    return Made(median(each.per_second for each in made), median(busy) if busy else None)


def main() -> int:
    """Print requests a second of each engine on each disk."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("disks", nargs="*", metavar="DISK", help="zram, loop [both]")
    parser.add_argument("--seconds", type=float, default=1.0, help="of each round [1]")
    parser.add_argument("--rounds", type=int, default=5, help="of each engine [5]")
    parser.add_argument("--realtime", action="store_true", help="keep other programs off the CPUs")
    options = parser.parse_args()
    tidily()
    reason = why_not() or find().missing or ("" if aio.usable() else "io_setup is refused here")
    if reason:
        print(f"disk_ceiling: {reason}", file=sys.stderr)
        return 3
    if options.realtime:
        os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(1))
    for name in options.disks or DISKS:
        with DISKS[name]() as folder:
            for kind, by, made in compare(folder, options.rounds, options.seconds):
                busy = "" if made.busy is None else f", itself the limit {made.busy:.0%} of the time"
                print(f"{name:5} {kind:6} {by:8} {made.per_second:9,.0f} a second{busy}", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
