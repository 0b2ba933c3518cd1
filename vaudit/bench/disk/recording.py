"""What a disk benchmark recorded: rounds, latencies, checks and what they were taken on. Plain data.

All that the judgement needs is here, and nothing that lives: no descriptor, no clock, no budget. So a record
is judged as often as anybody likes, by the borders of the day.
"""

from typing import Literal

import msgspec

from vaudit.bench.units import MIB, Effort
from vaudit.model.benchmark import Round

SMALLEST = 64 * MIB
"""A smaller test file says little: any cache holds it. None is begun, but a slow disk may not fill more."""
QD1, QD32, SYNC = "disk.randread-qd1", "disk.randread-qd32", "disk.fdatasync"
WRITE32 = "disk.randwrite-qd32"
READ, WRITE = "disk.read", "disk.write"
"""The ids of the jobs. The first two decide what class a disk belongs to."""
SMALL_SET, OLD_BLOCKS = "disk.small-set", "disk.old-blocks"
"""The ids of what only a full run looks at."""


BURST = 16
"""Requests that come at once after a pause."""


class Job(msgspec.Struct, frozen=True, omit_defaults=True):
    """One kind of disk access, for the embedded engine and for fio alike."""

    id: str
    kind: Literal["read", "write", "sync", "mixed"]
    """`sync` is a write followed by fdatasync; `mixed` are reads and writes, as a coin falls."""
    block: int
    """Bytes of a request: 4096 in random order, 1 MiB in sequence."""
    depth: int
    """Requests in flight."""
    seconds: float
    """At most so long in one round."""
    bytes: int
    """At most so much in one round."""
    reads: float = 0.5
    """Share of them among mixed requests."""


class BlockDevice(msgspec.Struct, frozen=True, omit_defaults=True):
    """The block device under a folder, no partition, and what the kernel says of the disk beneath it."""

    name: str
    disk: str = ""
    """The one whole disk beneath a volume (LVM, LUKS); else `name` again, as for a RAID of several disks."""
    rotational: bool | None = None
    queue_depth: int | None = None
    """SCSI and ATA disks: commands that the disk takes at once; 1 means no queueing."""


class Where(msgspec.Struct, frozen=True, omit_defaults=True):
    """What was measured."""

    target: str
    """The folder or device, as an absolute path."""
    mount: str = ""
    """Where the file system of a folder is mounted; empty for a raw device and where it is not known."""
    device: BlockDevice | None = None
    path: str | None = None
    """How the device is served, as in the facts: paravirtual, emulated, …; None when not known."""
    raw: bool = False
    """`target` is a block device, which was only read."""
    watched: bool = False
    """The kernel counts what others move on the same disk."""
    system: Literal["", "windows", "wine"] = ""
    """Where it was not Linux that measured."""
    buffered: bool = False
    """The file system refuses direct I/O: all went through this machine's cache, flushed after writes and
    emptied before reads."""


class Latencies(msgspec.Struct, frozen=True):
    """Of every request in the rounds that count."""

    count: int
    us: dict[str, float]
    """Microseconds: mean, p1, p10, …, p99.9, max; empty without requests."""


class Waits(msgspec.Struct):
    """The slow requests of one job, over all its rounds: those that do not count as well, for a disk that
    stands still makes others wait too."""

    count: int = 0
    """Requests in all."""
    over_100ms: int = 0
    over_1s: int = 0
    longest_us: float = 0.0
    at: float = 0.0
    """Seconds since the benchmark began when the round with the longest began."""


class Rested(msgspec.Struct, frozen=True):
    """Single requests, each after a pause: what an idle disk answers, before any limit is felt."""

    block: int
    """Bytes."""
    us: list[float]
    """Latencies in their order, in microseconds."""


class Fill(msgspec.Struct, frozen=True):
    """The first write of the test file."""

    bytes: int
    round: Round
    """Bytes a second, flush included."""


class FioRound(msgspec.Struct, frozen=True):
    """What fio said of a job, in one round of its own."""

    round: Round
    """IOPS for random jobs, bytes a second for the others."""
    version: str
    command: list[str]
    seconds: float
    """With its start and end."""
    evidence: list[str]


class Pass(msgspec.Struct, frozen=True):
    """One reading of some blocks, each once."""

    start: float
    """Seconds since the benchmark began."""
    seconds: float
    latencies: Latencies


class WorkingSet(msgspec.Struct, frozen=True):
    """A small part of the test file, read twice."""

    once: Pass
    again: Pass
    """The same blocks in another order."""
    disturbed: str
    guards: dict[str, float]
    seconds: float


class OldBlocks(msgspec.Struct, frozen=True):
    """Blocks of files that have been there for days."""

    files: int
    read: Pass
    disturbed: str
    guards: dict[str, float]
    seconds: float
    """With the search for such files."""


class Mix(msgspec.Struct, frozen=True):
    """One line of the table of YABS: random reads and writes of one size, half of each."""

    id: str
    block: int
    """Bytes of a request."""
    seconds: float
    """At most so long."""
    bytes: int
    """At most so much in each job."""
    jobs: int = 2
    """At the same time."""
    depth: int = 64
    """Requests of each job in flight."""


class Way(msgspec.Struct, frozen=True):
    """What was read, or written, in a mixed run."""

    bytes_per_second: float
    iops: float


class Mixed(msgspec.Struct, frozen=True, omit_defaults=True):
    """What became of a mix."""

    mix: Mix
    engine: Literal["fio", "embedded"]
    read: Way
    write: Way
    seconds: float
    """Until the slowest job had ended."""
    start: float
    """Seconds since the benchmark began."""
    moved: int
    """Bytes, both ways."""
    whole: bool
    """As large and as long as YABS has it; else shortened."""
    command: list[str]
    busy: float = 0.0
    """Share of the time in which the embedded engine, not the disk, was the limit."""
    version: str = ""
    disturbed: str = ""
    guards: dict[str, float] = {}
    evidence: list[str] = []


class Among(msgspec.Struct, frozen=True):
    """Random reads among writes, in such shares that each kind takes half of the time if one waits for all
    before it."""

    share: float
    """Of reads, in all requests."""
    reads: float
    """A second."""
    writes: float
    disturbed: str


class Recording(msgspec.Struct, omit_defaults=True):
    """One disk benchmark, as far as it came; filled while it runs."""

    where: Where
    mode: Effort = "quick"
    jobs: list[Job] = []
    refusal: str = ""
    """Why nothing was measured: this folder must not be written to, this device does not exist, …"""
    problem: str = ""
    """What ended it early; what was measured until then stays."""
    seconds: float = 0.0
    size: int = 0
    """Bytes of the test file, or of the raw device as far as it was used."""
    written: int = 0
    read: int = 0
    """Bytes in all."""
    asked: int = 0
    reached: int = 0
    """Bytes that read jobs asked for, and those of them that the device read."""
    filled: Fill | None = None
    rounds: dict[str, list[Round]] = {}
    """By the id of their job. Values: IOPS for random jobs, bytes a second for sequential ones."""
    latencies: dict[str, Latencies] = {}
    """By the id of their job, over the rounds that count."""
    hold: list[Round] = []
    """Depth 32 again, second after second, when the disk looked capped."""
    hold_read: list[Round] = []
    """The same with large reads, when it looked capped in bytes."""
    hold_write: list[Round] = []
    """Random writes at depth 32, second after second, in between."""
    hold_written: list[Round] = []
    """Large writes, second after second, when they looked capped in bytes."""
    waits: dict[str, Waits] = {}
    """By the id of their job; that of the first write is `disk.fill`."""
    rested_read: list[Rested] = []
    rested_write: list[Rested] = []
    """By size; empty where nobody looked."""
    bursts_read: list[float] = []
    bursts_write: list[float] = []
    """Seconds in which an idle disk answered BURST requests of 4 KiB at once, each time after a pause."""
    wider_read: list[Round] = []
    wider_write: list[Round] = []
    """Requests a second at depth 32 with blocks four times as large: a limit on requests does not mind."""
    among: Among | None = None
    """Whether reads wait for writes, where 32 at once bring no more than one at a time."""
    late_read: list[Rested] = []
    """Single reads after the rate of reads fell for good: whether each takes longer now, or is held back."""
    late_write: list[Rested] = []
    """The same of writes."""
    late_wider_read: list[Round] = []
    late_wider_write: list[Round] = []
    """Requests four times as large after that rate fell: whether the bytes or the requests are held."""
    late_large_read: list[Round] = []
    late_large_write: list[Round] = []
    """Large requests at the end of a run, where small ones alone were made for long."""
    near_us: float | None = None
    """Mean latency of a read that follows one close by, where a head may have to move (older recordings)."""
    turns: list[tuple[float, float]] = []
    """The same, and that of reads far apart, by turns: mean latencies of a few of each."""
    missed: dict[str, str] = {}
    """By a late step's name why it failed."""
    busy_ok: bool = False
    """Other programs on the CPUs were no reason to leave a round out: the user knew of them."""
    own_cpu: list[float] = []
    """In each round at depth 32: the share of the time in which the engine itself had something to do (see
    timed.py); CPUs that it used in recordings of 0.1.0."""
    checks: dict[str, FioRound] = {}
    """What fio said, by the id of the job."""
    check_errors: dict[str, str] = {}
    fio_missing: str = ""
    """Why fio was not asked; empty where it was."""
    small: WorkingSet | None = None
    old: OldBlocks | None = None
    mixed: list[Mixed] = []
    mixed_missing: dict[str, str] = {}
    """Why there is no line, by its id; it costs itself alone."""

    @property
    def longest(self) -> int:
        """Rounds of the longest series."""
        rounds = [*self.rounds.values(), self.hold, self.hold_read, self.hold_write, self.hold_written]
        looked = [len(self.rested_read), len(self.rested_write)]
        return max([*map(len, [*rounds, self.wider_read, self.wider_write]), *looked])

    @property
    def everything(self) -> list[Round]:
        """All rounds of all jobs."""
        return [
            *(each for rounds in self.rounds.values() for each in rounds),
            *self.hold, *self.hold_read, *self.hold_write, *self.hold_written,
        ]  # fmt: skip
