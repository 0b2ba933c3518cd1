"""What a disk benchmark asks of the world while it runs: the open file, the clock, the kernel's counters.

A session asks here and nowhere else, so that a test can put a disk of known behaviour, and a clock of its
own, in the place of this one.
"""

import time

from vaudit.bench.disk import engine, fio, mixing, old_files
from vaudit.bench.disk.engine import Blocks, Timed
from vaudit.bench.disk.mixing import Part
from vaudit.bench.disk.recording import Job, Mix
from vaudit.bench.disk.testfile import is_direct
from vaudit.bench.system import counters
from vaudit.bench.system.counters import Sample
from vaudit.bench.system.guards import Change
from vaudit.bench.system.room import room_for


class Drive:
    """The open file `fd`, on a disk whose I/O the kernel counts under the name `watched`."""

    def __init__(self, fd: int, watched: str | None = None) -> None:
        self.fd, self.watched = fd, watched

    @property
    def fio_file(self) -> fio.File:
        """What fio measures beside us."""
        return self.fd

    @property
    def direct(self) -> bool:
        """Whether it is read and written past this machine's cache."""
        return is_direct(self.fd)

    def now(self) -> float:
        """Seconds since any time."""
        return time.monotonic()

    def rest(self, seconds: float) -> None:
        """Let it idle."""
        time.sleep(seconds)

    def sample(self) -> Sample:
        """The counters now."""
        return counters.sample(self.watched)

    def since(self, before: Sample) -> Change:
        """What happened since."""
        return counters.since(before, self.watched)

    def room(self, size: int) -> bool:
        """Whether there is memory for buffers of so many bytes."""
        return room_for(size)

    def fill(self, size: int, seconds: float) -> Timed:
        """Write fresh data from the start; see engine.fill."""
        return engine.fill(self.fd, size, seconds)

    def run(self, job: Job, size: int, blocks: Blocks, budget: int) -> Timed:
        """One run of a job; see engine.run."""
        return engine.run(self.fd, job, size, blocks, budget)

    def run_at(self, job: Job, offsets: list[int]) -> Timed:
        """The same at just these offsets."""
        return engine.run_at(self.fd, job, offsets)

    def mix(self, mix: Mix, size: int) -> list[Part]:
        """Jobs of mixed reads and writes at the same time; see mixing.run."""
        return mixing.run(self.fd, mix, size)

    def read_old(self, folder: str, mount: str, seconds: float, rested: bool) -> tuple[int, list[int]]:
        """How many old files the file system of `folder` has, and latencies (ns) of some of their blocks;
        `rested`: with pauses."""
        return old_files.read(folder, mount, seconds, rested)
