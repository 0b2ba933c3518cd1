"""A disk without a clock: how long each request takes is worked out, not waited for.

It stands in the place of the open file (vaudit/bench/disk/drive.py), so that the session, the plan and the
judgement are those of the program. Of a run of many alike requests some are played one by one, and the rest
is as the last of them were: a whole quick benchmark takes some hundredths of a second. What happens is
decided by the seed alone.
"""

from __future__ import annotations

import heapq
import math
import random
from dataclasses import dataclass, field

from vaudit.bench.disk.drive import Drive
from vaudit.bench.disk.engine import CHUNK, Blocks, Timed
from vaudit.bench.disk.mixing import Part
from vaudit.bench.disk.recording import Job, Mix
from vaudit.bench.system.counters import Sample
from vaudit.bench.system.errors import BenchError
from vaudit.bench.system.guards import Change
from vaudit.bench.units import BLOCK, IO_ERROR

PLAYED, ALONE = 256, 96
"""Requests of a stretch that are played one by one: at depth, and one at a time."""
LAST = 32
"""Of those, the last show how it goes on."""
REPEATED = 1024
"""Latencies that are kept of the rest."""


@dataclass
class Disk:
    """What it is; times in microseconds, rates a second, 0 for none."""

    rd: float = 60
    wr: float = 40
    fl: float = 100
    fl2: float = 0
    """Flushes take from `fl` to so long."""
    jitter: float = 0.05
    """Share by which each request differs."""
    drift: float = 0.03
    """The same of whole runs."""
    cpu: float = 15
    """What each request costs this machine's CPUs, one after the other."""
    copy: float = 5e9
    """Bytes a second that are copied."""
    way: float = 30
    """What each request costs on its way, side by side."""
    riops: float = 0
    wiops: float = 0
    rbps: float = 0
    wbps: float = 0
    iops: float = 0
    """Of reads and writes together."""
    bps: float = 0
    bigbps: float = 0
    bigsize: int = 65536
    slice: float = 2000
    """Microseconds of credit that a limit gives after a pause."""
    rlink: float = 0
    wlink: float = 0
    """Bytes a second of the wire or interface, without any credit."""
    lanes: int = 0
    """Requests that it serves at once."""
    wlanes: int = 1
    """The same for writes: those to one file often go one after the other."""
    hdd: int = 0
    rpm: float = 7200
    seek: float = 9000
    span: float = 0.025
    """Share of the stroke that the test file takes."""
    ncq: bool = True
    wcache: bool = True
    cachemb: float = 0
    cold: float = 0
    old: float = -1
    """What reading an old block takes; -1: there are no old files."""
    slowone: int = 0
    slowus: float = 0
    after: float = 0
    """Limits begin after so many seconds."""
    credit: float = 0
    """Limits begin after so many requests."""
    creditmb: float = 0
    nbon: float = 0
    nboff: float = 0
    nbus: float = 0
    hang: float = 0
    hangfor: float = 0
    eio: float = 0


@dataclass
class Lane:
    """A limit: each request waits until those before it are paid for, less a credit."""

    rate: float
    free: float = -1e18

    def pass_at(self, now: float, cost: float, credit: float) -> float:
        """Microseconds at which a request of this cost has passed."""
        self.free = max(self.free, now - credit) + cost * 1e6 / self.rate
        return self.free


@dataclass
class Virtual(Drive):
    """The drive; time in microseconds within, in seconds outside."""

    disk: Disk
    seed: int = 0
    t: float = 0.0
    lanes: dict[str, Lane] = field(default_factory=dict)
    requests: float = 0
    moved: float = 0
    cpu_free: float = 0.0

    def __post_init__(self) -> None:
        self.fd, self.watched = -1, None
        self.random = random.Random(self.seed)  # noqa: S311
        self.heads = [0.0] * max(1, self.disk.hdd)
        self.servers: dict[str, list[float]] = {}
        self.reads = 0
        one = self.disk
        self.limits: list[tuple[str, float, bool, bool, bool]] = [
            (name, rate, in_bytes, reads, writes)
            for name, rate, in_bytes, reads, writes in (
                ("riops", one.riops, False, True, False),
                ("wiops", one.wiops, False, False, True),
                ("iops", one.iops, False, True, True),
                ("rbps", one.rbps, True, True, False),
                ("wbps", one.wbps, True, False, True),
                ("bps", one.bps, True, True, True),
                ("bigbps", one.bigbps, True, True, True),
            )
            if rate
        ]
        """Name, rate, whether in bytes, whether of reads, whether of writes."""

    @property
    def direct(self) -> bool:
        return True

    def now(self) -> float:
        return self.t / 1e6

    def rest(self, seconds: float) -> None:
        self.t += seconds * 1e6

    def sample(self) -> Sample:
        return Sample(self.now(), 0, 0, 0, 0, 0, 0)

    def since(self, before: Sample) -> Change:
        return Change(self.now() - before.at, 0.3, 0.0, 0.7, 0.5, 0.0, 0.0, 0.0, 0.0, 0, 0)

    def fill(self, size: int, seconds: float) -> Timed:
        job = Job("disk.fill", "write", CHUNK, 8, seconds, size)
        timed = self._play(job, size // CHUNK)
        self.t += self.disk.fl
        timed.seconds = self.now() - timed.start
        return timed

    def run(self, job: Job, size: int, blocks: Blocks, budget: int) -> Timed:
        number = max(1, budget // job.block)
        return self._play(job, number if job.block == BLOCK else min(number, size // CHUNK))

    def run_at(self, job: Job, offsets: list[int]) -> Timed:
        return self._play(job, len(offsets), near=job.id == "near")

    def mix(self, mix: Mix, size: int) -> list[Part]:
        depth, number = mix.jobs * mix.depth, mix.jobs * mix.bytes // mix.block
        timed = self._play(Job(mix.id, "mixed", mix.block, depth, mix.seconds, mix.jobs * mix.bytes), number)
        return [Part(timed.seconds, timed.count, timed.count // 2)]

    def read_old(self, folder: str, mount: str, seconds: float) -> tuple[int, list[int]]:
        if self.disk.old < 0:
            return 0, []
        number = min(200, int(seconds * 0.6e6 / (self.disk.old + 1)))
        took = [self.disk.old * self.random.uniform(0.9, 1.3) for _ in range(number)]
        self.t += sum(took)
        return 3, [int(each * 1000) for each in took]

    def _play(self, job: Job, number: int, near: bool = False) -> Timed:
        """Stretches of alike requests until the time or the number is used up."""
        begin, deadline, kind = self.t, self.t + job.seconds * 1e6, job.kind
        slots, latencies, done = [self.t] * job.depth, list[float](), 0.0
        stretch = PLAYED if job.depth > 1 else ALONE
        speed = math.exp(self.random.gauss(0, self.disk.drift))
        while done < number and slots[0] < deadline:
            played = list[float]()
            half = slots[0]
            for at in range(min(stretch, number - int(done))):
                if slots[0] >= deadline:
                    break
                if at == stretch - LAST:
                    half = slots[0]
                start = slots[0]
                end = self._serve(start, job, speed, near)
                heapq.heapreplace(slots, end)
                played.append(end - start)
            done += len(played)
            latencies += played
            if len(played) < stretch or done >= number:
                continue
            rate = LAST / max(1.0, slots[0] - half)
            until = min(deadline, self._boundary(slots[0]))
            more = min(number - done, (until - slots[0]) * rate, self._credit_left(job))
            if more < stretch:
                continue
            latencies += self._repeated(played[-LAST:], int(more), kind)
            shift = more / rate
            slots = [each + shift for each in slots]
            self._shift(shift, more, job)
            done += more
        self.t = max(*slots, begin + 1) if done else self.t
        taken = [int(each * 1000) for each in latencies]
        return Timed(begin / 1e6, (self.t - begin) / 1e6, int(done), int(done) * job.block, taken)

    def _repeated(self, played: list[float], more: int, kind: str) -> list[float]:
        one = (played * (min(more, REPEATED) // len(played) + 1))[: min(more, REPEATED)]
        disk = self.disk
        if disk.slowone and kind == "read":
            self.reads += more
            plain = sorted(played)[len(played) // 2]
            share = len(one) // disk.slowone + (self.random.random() < len(one) % disk.slowone / disk.slowone)
            share = max(share, min(20, more // disk.slowone))  # few are kept of many, but those that tell
            one = [min(each, 3 * plain) for each in one]
            one[:share] = [plain + disk.slowus] * share
        return one

    def _shift(self, by: float, more: float, job: Job) -> None:
        for lane in self.lanes.values():
            lane.free += by
        self.heads = [each + by for each in self.heads]
        self.servers = {name: [each + by for each in free] for name, free in self.servers.items()}
        self.cpu_free += by
        self.requests += more
        self.moved += more * job.block

    def _boundary(self, now: float) -> float:
        """When the disk changes next."""
        disk, ends = self.disk, [1e18]
        ends += [at * 1e6 for at in (disk.after, disk.hang, disk.eio) if at and at * 1e6 > now]
        if disk.nbus:
            round_ = (disk.nbon + disk.nboff) * 1e6
            within = now % round_
            ends.append(now - within + (disk.nbon * 1e6 if within < disk.nbon * 1e6 else round_))
        return min(ends)

    def _credit_left(self, job: Job) -> float:
        disk, left = self.disk, 1e18
        if disk.credit and self.requests <= disk.credit:
            left = disk.credit - self.requests
        if disk.creditmb and self.moved <= disk.creditmb * 1e6:
            left = min(left, (disk.creditmb * 1e6 - self.moved) / job.block)
        return left

    def _serve(self, start: float, job: Job, speed: float, near: bool) -> float:
        """When a request that begins now has ended."""
        disk, write, size = self.disk, job.kind != "read", job.block
        self.requests += 1
        self.moved += size
        if disk.eio and start > disk.eio * 1e6:
            raise BenchError(f"{'writing' if write else 'reading'} the test file failed: {IO_ERROR}")
        now = max(start, self.cpu_free)
        now += (disk.cpu + size / disk.copy * 1e6) * speed * self.random.uniform(0.8, 1.2)
        self.cpu_free = now
        if disk.hang and disk.hang * 1e6 < now < (disk.hang + disk.hangfor) * 1e6:
            now = (disk.hang + disk.hangfor) * 1e6
        base = (disk.wr if write else disk.rd) * speed
        base *= 1 + disk.jitter * self.random.uniform(-1, 1)
        if self._slow(write):
            base += disk.slowus
        if disk.nbus and now / 1e6 % (disk.nbon + disk.nboff) < disk.nbon:
            base += disk.nbus * self.random.uniform(0.5, 1.5)
        if disk.cachemb and not write and self._missed():
            base += disk.cold
        end = self._through(now, base, write, size)
        end = max(end, self._limited(now, write, size))
        if disk.hdd and not (write and disk.wcache):
            end = max(end, self._turned(now, job, near))
        if job.kind == "sync":
            end += disk.fl if not disk.fl2 else self.random.uniform(disk.fl, disk.fl2)
        return end + disk.way * self.random.uniform(0.9, 1.3)

    def _slow(self, write: bool) -> bool:
        if write or not self.disk.slowone:
            return False
        self.reads += 1
        return self.random.random() < 1 / self.disk.slowone

    def _missed(self) -> bool:
        """Of a file of 512 MiB the cache holds a part; what was just written it holds for a while."""
        share = min(1.0, self.disk.cachemb / 512)
        return self.requests * BLOCK > self.disk.cachemb * 2**20 and self.random.random() > share

    def _through(self, now: float, base: float, write: bool, size: int) -> float:
        """Through servers that take so many at once, and over the wire."""
        disk, number = self.disk, self.disk.wlanes if write else self.disk.lanes
        end = now + base
        if disk.lanes == 1:
            write = False  # one for all
            number = 1
        if number:
            free = self.servers.setdefault("w" if write else "r", [0.0] * number)
            end = max(now, free[0]) + base
            heapq.heapreplace(free, end)
        wire = disk.wlink if write else disk.rlink
        if wire:
            lane = self.lanes.setdefault("link w" if write else "link r", Lane(wire))
            end = max(end, lane.pass_at(now, size, 0.0) + base)
        return end

    def _limited(self, now: float, write: bool, size: int) -> float:
        """When the limits let it pass."""
        if not self.limits or not self._begun(now):
            return 0.0
        end = 0.0
        for name, rate, in_bytes, reads, writes in self.limits:
            if not (writes if write else reads) or (name == "bigbps" and size < self.disk.bigsize):
                continue
            lane = self.lanes.setdefault(name, Lane(rate))
            end = max(end, lane.pass_at(now, size if in_bytes else 1, self.disk.slice))
        return end

    def _begun(self, now: float) -> bool:
        """Whether the limits count by now."""
        disk = self.disk
        if not (disk.after or disk.credit or disk.creditmb):
            return True
        return bool(
            (disk.after and now > disk.after * 1e6)
            or (disk.credit and self.requests > disk.credit)
            or (disk.creditmb and self.moved > disk.creditmb * 1e6)
        )

    def _turned(self, now: float, job: Job, near: bool) -> float:
        """A head moves and the platter turns; of several that wait the nearest comes first."""
        disk, turn = self.disk, 60e6 / self.disk.rpm
        if job.block > BLOCK * 4:  # in sequence
            at = min(range(disk.hdd), key=self.heads.__getitem__)
            self.heads[at] = max(now, self.heads[at]) + job.block / 170e6 * 1e6
            return self.heads[at]
        at = self.random.randrange(disk.hdd)
        queue = max(1.0, job.depth / disk.hdd) if disk.ncq else 1.0
        far = 500 + 1.4 * disk.seek * math.sqrt(disk.span * self.random.random())
        seek = 0.0 if near else far / math.sqrt(queue)
        wait = min(self.random.random() for _ in range(max(1, round(queue / 2)))) * turn
        if near:
            wait = 0.02 * turn
        self.heads[at] = max(now, self.heads[at]) + seek + wait + 60
        return self.heads[at]
