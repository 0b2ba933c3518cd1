"""What a disk benchmark asks of Windows while it runs."""

import contextlib
import os
import random
import time
from collections.abc import Iterator

from vaudit.bench.disk import engine, gently, old_files
from vaudit.bench.disk.drive import Drive
from vaudit.bench.disk.engine import Blocks, Timed
from vaudit.bench.disk.mixing import Part
from vaudit.bench.disk.recording import Job, Mix
from vaudit.bench.disk.windows import file, left, ring
from vaudit.bench.system import win32
from vaudit.bench.system.errors import BenchError, sentence
from vaudit.bench.units import BLOCK

FOLDERS = ("%SystemRoot%\\System32", "%ProgramFiles%", "%SystemRoot%\\WinSxS")
"""Where big files lie that are there for long."""


class WindowsDrive(Drive):
    """An open test file of Windows'."""

    def __init__(self, target: file.Target, folder: str) -> None:
        super().__init__(target.handle)
        self._target = target
        self._fio_file = left.named(folder)

    @property
    def fio_file(self) -> str:
        """A file of fio's own: one that is gone with its handle nobody else may open as fio does."""
        return self._fio_file

    @property
    def direct(self) -> bool:
        return True

    def room(self, size: int) -> bool:
        return 4 * size <= (win32.free_memory() or 4 * size)

    def fill(self, size: int, seconds: float) -> Timed:
        return engine.filled(self._run, lambda _length: self._target.flush(), size, seconds)

    def run(self, job: Job, size: int, blocks: Blocks, budget: int) -> Timed:
        return engine.run_by(self._run, job, size, blocks, budget)

    def run_at(self, job: Job, offsets: list[int]) -> Timed:
        return self._run(job, iter(offsets))

    def mix(self, mix: Mix, size: int) -> list[Part]:
        """All jobs of a mix at once, in one ring: the disk has as many requests in flight."""
        places = range(0, size // mix.block * mix.block, mix.block)
        most = mix.jobs * mix.bytes
        offsets = random.sample(places, min(len(places), most // mix.block))
        timed = self.run_at(Job(mix.id, "mixed", mix.block, mix.jobs * mix.depth, mix.seconds, most), offsets)
        return [Part(timed.seconds, timed.count, timed.writes, timed.busy)]

    def read_old(self, folder: str, mount: str, seconds: float, rested: bool) -> tuple[int, list[int]]:
        folders = (*map(os.path.expandvars, FOLDERS), *([mount] if mount else []))
        searched, most = old_files.search(seconds, rested)
        files = old_files.old_files(folders, os.stat(folder).st_dev, searched, most)
        return len(files), list(_read_old(files, time.monotonic() + seconds - searched, rested))

    def _run(self, job: Job, offsets: Iterator[int]) -> Timed:
        try:
            return ring.run(self._target, job, offsets, engine.directions(job.kind, job.reads))
        except OSError as error:
            raise BenchError(sentence(error, engine.doing(job))) from None


def _read_old(files: list[tuple[str, int]], deadline: float, rested: bool) -> Iterator[int]:
    """Nanoseconds of single reads at random places of old files, each place at most once."""
    job, number = Job("old", "read", BLOCK, 1, 1.0, BLOCK), old_files.each(len(files), rested)
    for path, size in random.sample(files, len(files)):
        places = random.sample(range(size // BLOCK), min(number, size // BLOCK))
        with contextlib.suppress(OSError), file.opened_to_read(path) as target:
            for place in places:
                if time.monotonic() >= deadline:
                    return
                [taken] = ring.run(target, job, iter([place * BLOCK]), engine.directions("read")).latencies
                yield taken
                if rested:
                    time.sleep(max(0.0, min(gently.pause(taken / 1e9), deadline - time.monotonic())))


@contextlib.contextmanager
def opened(folder: str) -> Iterator[WindowsDrive]:
    """A test file in a folder, which is gone afterwards, as is fio's, and what killed ones left there.
    BenchError."""
    left.clear(folder)
    with file.opened(folder) as target:
        drive = WindowsDrive(target, folder)
        try:
            yield drive
        finally:
            with contextlib.suppress(OSError):
                os.unlink(drive.fio_file)
