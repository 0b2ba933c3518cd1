"""A disk without a clock: how long each request takes is worked out, not waited for.

It stands in the place of the open file (vaudit/bench/disk/drive.py), so that the session, the plan and the
judgement are those of the program. Of a run of many alike requests some are played one by one, and the rest
is as the last of them were: a whole quick benchmark takes a hundredth of a second. What happens is decided
by the seed alone.
"""

from __future__ import annotations

import heapq
import math
import random
from collections.abc import Callable
from dataclasses import dataclass

from vaudit.bench.disk import gently
from vaudit.bench.disk.drive import Drive
from vaudit.bench.disk.engine import CHUNK, Blocks, Timed
from vaudit.bench.disk.mixing import Part
from vaudit.bench.disk.recording import Job, Mix
from vaudit.bench.system.counters import Sample
from vaudit.bench.system.errors import BenchError
from vaudit.bench.system.guards import Change
from vaudit.bench.units import BLOCK, IO_ERROR

LAST, MANY = 32, 256
"""Requests of a stretch that show how it goes on: those before them, twice as many as are in flight, fill
the lines. These are played one by one; many where each goes one of two ways."""
MIXED = 32
"""Mixed requests in flight: until the slower ones fill all lines takes the longer the more there are."""
REPEATED = 512
"""Latencies that are kept of the rest."""
NEVER = 1e18


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
    grow: float = 0
    """By so many times it becomes slower in 30 s."""
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
    big: str = "both"
    """Which of the large requests are held: `read`, `write` or both."""
    unit: int = 0
    """A request counts once for each so many bytes of it; 0: once."""
    slice: float = 2000
    """Microseconds of credit that a limit gives after a pause."""
    tick: float = 0
    """A limit lets all requests of so many microseconds pass at once."""
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
    wturns: int = 1
    """How often a head moves for a write without a cache: RAID 5 reads and writes data and parity."""
    hit: float = 0
    """Share of the reads that a cache in front answers."""
    cachemb: float = 0
    cold: float = 0
    lru: bool = False
    """That cache answers what was written or read lately, and nothing else."""
    old: float = -1
    """What reading an old block takes; -1: there are no old files."""
    fresh: float = 0
    """Bytes a second at which blocks are written for the first time."""
    slowone: int = 0
    slowus: float = 0
    wslowone: int = 0
    wslowus: float = 0
    after: float = 0
    """Limits begin after so many seconds."""
    credit: float = 0
    """Limits begin after so many requests."""
    creditmb: float = 0
    nbon: float = 0
    nboff: float = 0
    nbus: float = 0
    other: float = 0
    """A second neighbour, whose periods are so many times as long."""
    hang: float = 0
    hangfor: float = 0
    again: float = 0
    """It stands still again each so many seconds."""
    eio: float = 0


@dataclass
class Lane:
    """A limit: each request waits until those before it are paid for, less a credit."""

    name: str
    rate: float
    in_bytes: bool
    reads: bool
    writes: bool
    credit: float = 0.0
    """Microseconds that it saves up."""
    tick: float = 0.0
    unit: int = 0
    least: int = 0
    """Bytes of the smallest request that it counts."""
    free: float = -NEVER

    def cost(self, write: bool, size: int) -> float:
        """Microseconds that a request takes of it; 0 where it does not count."""
        if not (self.writes if write else self.reads) or size < self.least:
            return 0.0
        number = size if self.in_bytes else -(-size // self.unit) if self.unit else 1
        return number * 1e6 / self.rate

    def of(self, job: Job) -> float:
        """The same of one request of a job, of those that are mixed on average."""
        reads, writes = (self.cost(write, job.block) for write in (False, True))
        if job.kind == "mixed":
            return reads * job.reads + writes * (1 - job.reads)
        return reads if job.kind == "read" else writes

    def pass_at(self, now: float, cost: float) -> float:
        """Microseconds at which a request of this cost has passed."""
        free = max(self.free, now - self.credit) + cost
        self.free = free
        return free - free % self.tick if self.tick else free

    def lasts(self, now: float, cost: float, each: float) -> float:
        """How many requests, one in each so many microseconds, until its credit is used up."""
        if not cost or self.free >= now or cost <= each:
            return NEVER
        return min(now - self.free, self.credit) / (cost - each)

    def shift(self, now: float, number: float, cost: float) -> None:
        """So many more have passed by now."""
        self.free = max(self.free, now - self.credit - number * cost) + number * cost


Changes = Callable[[float, bool], float]


@dataclass
class Virtual(Drive):
    """The drive; time in microseconds within, in seconds outside."""

    disk: Disk
    seed: int = 0
    t: float = 0.0
    requests: float = 0
    moved: float = 0
    written: int = 0
    """Writes among what was played."""
    cpu_free: float = 0.0
    filled: float = 0.0
    """Requests that wrote the file."""
    began_at: float | None = None
    """Seconds, when limits began that begin later."""

    def __post_init__(self) -> None:
        self.fd, self.watched = -1, None
        self.random = random.Random(self.seed)  # noqa: S311
        self.chance = self.random.random
        self.heads = [0.0] * max(1, self.disk.hdd)
        self.servers: dict[bool, list[float]] = {}
        one = self.disk
        if one.lanes:
            self.servers[False] = [0.0] * one.lanes
        if one.wlanes:
            self.servers[True] = [0.0] * one.wlanes
        if one.lanes == 1:
            self.servers[True] = self.servers[False]  # one for all
        self.limits = [
            Lane(name, rate, in_bytes, reads, writes, one.slice, one.tick, one.unit, least)
            for name, rate, in_bytes, reads, writes, least in (
                ("riops", one.riops, False, True, False, 0),
                ("wiops", one.wiops, False, False, True, 0),
                ("iops", one.iops, False, True, True, 0),
                ("rbps", one.rbps, True, True, False, 0),
                ("wbps", one.wbps, True, False, True, 0),
                ("bps", one.bps, True, True, True, 0),
                ("bigbps", one.bigbps, True, one.big != "write", one.big != "read", one.bigsize),
            )
            if rate
        ]
        self.wires = {False: Lane("read", one.rlink, True, True, False)} if one.rlink else {}
        self.wires |= {True: Lane("write", one.wlink, True, False, True)} if one.wlink else {}
        self.stills = [one.hang * 1e6] if one.hang else []
        while one.again and self.stills[-1] < 120e6:
            self.stills.append(self.stills[-1] + one.again * 1e6)
        self.longer = [make for make, is_so in (
            (self._tail, one.slowone), (self._write_tail, one.wslowone),
            (self._neighbours, one.nbus), (self._missed, one.cachemb),
        ) if is_so]  # fmt: skip
        self.troubled = bool(self.stills or self.longer or one.eio)
        self.begins = bool(one.after or one.credit or one.creditmb)

    @property
    def direct(self) -> bool:
        return True

    def now(self) -> float:
        return self.t / 1e6

    def rest(self, seconds: float) -> None:
        self.t += seconds * 1e6

    def room(self, size: int) -> bool:
        return True

    def sample(self) -> Sample:
        return Sample(self.now(), 0, 0, 0, 0, 0, 0)

    def since(self, before: Sample) -> Change:
        return Change(self.now() - before.at, 0.3, 0.0, 0.7, 0.5, 0.0, 0.0, 0.0, 0.0, 0, 0)

    def fill(self, size: int, seconds: float) -> Timed:
        job = Job("disk.fill", "write", CHUNK, 8, seconds, size)
        lane = Lane("fresh", self.disk.fresh, True, False, True, self.disk.slice)
        held = [lane] if self.disk.fresh else []
        self.limits += held
        timed = self._play(job, size // CHUNK)
        self.limits = self.limits[: len(self.limits) - len(held)]
        self.t += self.disk.fl
        self.filled = self.requests
        timed.seconds = self.now() - timed.start
        return timed

    def run(self, job: Job, size: int, blocks: Blocks, budget: int) -> Timed:
        number = max(1, budget // job.block)
        return self._play(job, number if job.block == BLOCK else min(number, size // CHUNK))

    def run_at(self, job: Job, offsets: list[int]) -> Timed:
        return self._play(job, len(offsets), near=job.id == "near")

    def mix(self, mix: Mix, size: int) -> list[Part]:
        depth, number = MIXED, mix.jobs * mix.bytes // mix.block
        timed = self._play(Job(mix.id, "mixed", mix.block, depth, mix.seconds, mix.jobs * mix.bytes), number)
        return [Part(timed.seconds, timed.count, timed.writes)]

    def read_old(self, folder: str, mount: str, seconds: float, rested: bool) -> tuple[int, list[int]]:
        if self.disk.old < 0:
            return 0, []
        each = self.disk.old + 1 + (1e6 * gently.pause(self.disk.old / 1e6) if rested else 0)
        number = min(200, int((gently.SECONDS * 1e6 if rested else seconds * 0.6e6) / each))
        took = [self.disk.old * self.random.uniform(0.9, 1.3) for _ in range(number)]
        self.t += number * each if rested else sum(took)
        return 3, [int(each * 1000) for each in took]

    def _play(self, job: Job, number: int, near: bool = False) -> Timed:
        """Stretches of alike requests until the time or the number is used up."""
        begin, deadline = self.t, self.t + job.seconds * 1e6
        slots, latencies, done = [self.t] * job.depth, list[int](), 0.0
        mixed = job.kind == "mixed"
        several = mixed or self.disk.hit or self.disk.cachemb or self.disk.slowone in range(1, 100)
        last = MANY if several else LAST
        uneven = mixed and job.reads != 0.5  # of some hardly one would be among a few
        stretch = number if self.disk.tick or uneven else last + job.depth + job.depth // 4
        written = self.written
        speed = math.exp(self.random.gauss(0, self.disk.drift))
        serve, replace = self._serve, heapq.heapreplace
        while done < number and slots[0] < deadline:
            speed_now = speed * (1 + self.disk.grow * slots[0] / 30e6)
            played = list[float]()
            half = slots[0]
            for at in range(min(stretch, number - int(done))):
                start = slots[0]
                if start >= deadline:
                    break
                if at == stretch - last:
                    half = start
                end = serve(start, job, speed_now, near)
                replace(slots, end)
                played.append(end - start)
            done += len(played)
            latencies += [int(took * 1000) for took in played]
            if len(played) < stretch or done >= number:
                continue
            each = max(max(1.0, slots[0] - half) / last, *self._held(slots[0], job))
            more = min(number - done, (min(deadline, self._changes(slots[0])) - slots[0]) / each)
            more = min(more, self._credit_left(job), *self._lanes_left(slots[0], each, job))
            if more < stretch:
                continue
            latencies += self._repeated(latencies[-last:], int(more), job.kind)
            shift = more * each
            slots = [at + shift for at in slots]
            self._shift(slots[0], shift, more, job)
            done += more
        self.t = max(*slots, begin + 1) if done else self.t
        made = int(done)
        writes = (self.written - written if uneven else made // 2) if job.kind == "mixed" else 0
        return Timed(begin / 1e6, (self.t - begin) / 1e6, made, made * job.block, latencies, 0.0, writes)

    def _repeated(self, played: list[int], more: int, kind: str) -> list[int]:
        kept = min(more, REPEATED)
        one = (played * (kept // len(played) + 1))[:kept]
        rare, long = (self.disk.slowone, self.disk.slowus) if kind == "read" else (
            self.disk.wslowone, self.disk.wslowus)  # fmt: skip
        if rare:
            plain = sorted(played)[len(played) // 2]
            share = kept // rare + (self.chance() < kept % rare / rare)
            share = max(share, min(20, more // rare))  # few are kept of many, but those that tell
            one = [min(each, 3 * plain) for each in one]
            one[:share] = [plain + int(long * 1000)] * share
        return one

    def _shift(self, now: float, by: float, more: float, job: Job) -> None:
        for lane in (*self._counting(now - by), *self.wires.values()):
            lane.shift(now, more, lane.of(job))
        self.heads = [each + by for each in self.heads]
        for free in {id(free): free for free in self.servers.values()}.values():
            free[:] = [each + by for each in free]
        self.cpu_free += by
        self.requests += more
        self.moved += more * job.block

    def _lanes_left(self, now: float, each: float, job: Job) -> list[float]:
        """How many more requests the limits let pass as these."""
        return [lane.lasts(now, lane.of(job), each) for lane in self._counting(now)] or [NEVER]

    def _held(self, now: float, job: Job) -> list[float]:
        """What each request costs where no credit is left."""
        return [lane.of(job) for lane in self._counting(now) if lane.free >= now] or [0.0]

    def _counting(self, now: float) -> list[Lane]:
        return self.limits if not self.begins or self._begun(now) else []

    def _changes(self, now: float) -> float:
        """When the disk changes next."""
        disk, ends = self.disk, [NEVER]
        ends += [at * 1e6 for at in (disk.after, disk.eio) if at and at * 1e6 > now]
        ends += [at for at in self.stills if at > now]
        if disk.grow:
            ends.append(now + 0.2e6)
        if disk.nbus:
            for period in (1.0, disk.other or 1.0):
                on, round_ = disk.nbon * period * 1e6, (disk.nbon + disk.nboff) * period * 1e6
                within = now % round_
                ends.append(now - within + (on if within < on else round_))
        return min(ends)

    def _credit_left(self, job: Job) -> float:
        disk, left = self.disk, NEVER
        if disk.credit and self.requests <= disk.credit:
            left = disk.credit - self.requests
        if disk.creditmb and self.moved <= disk.creditmb * 1e6:
            left = min(left, (disk.creditmb * 1e6 - self.moved) / job.block)
        if disk.lru and (until := self.filled + disk.cachemb * 256) >= self.requests:
            left = min(left, until - self.requests)
        return left

    def _serve(self, start: float, job: Job, speed: float, near: bool) -> float:
        """When a request that begins now has ended."""
        disk, size, chance = self.disk, job.block, self.chance
        write = job.kind != "read" and (job.kind != "mixed" or chance() >= job.reads)
        self.requests += 1
        self.written += write
        self.moved += size
        noise = chance()
        now = start if start > self.cpu_free else self.cpu_free
        now += (disk.cpu + size / disk.copy * 1e6) * speed * (0.8 + 0.4 * noise)
        self.cpu_free = now
        base = (disk.wr if write else disk.rd) * speed * (1 + disk.jitter * (2 * chance() - 1))
        if self.troubled:  # what few disks have
            now, base = self._in_its_way(start, now, base, write)
        end = now + base
        if free := self.servers.get(write):
            end = (now if now > free[0] else free[0]) + base
            heapq.heapreplace(free, end)
        if wire := self.wires.get(write):
            end = max(end, wire.pass_at(now, wire.cost(write, size)) + base)
        if self.limits:
            for lane in self._counting(now):
                if cost := lane.cost(write, size):
                    end = max(end, lane.pass_at(now, cost))
        if disk.hdd:
            end = max(end, self._spun(now, job, write, near))
        if job.kind == "sync":
            end += disk.fl if not disk.fl2 else self.random.uniform(disk.fl, disk.fl2)
        return end + disk.way * (1.3 - 0.4 * noise)

    def _in_its_way(self, start: float, now: float, base: float, write: bool) -> tuple[float, float]:
        """(when it begins, what it takes) where it stands still, fails, or where some take longer."""
        if self.disk.eio and start > self.disk.eio * 1e6:
            raise BenchError(f"{'writing' if write else 'reading'} the test file failed: {IO_ERROR}")
        for still in self.stills:
            if still < now < still + self.disk.hangfor * 1e6:
                now = still + self.disk.hangfor * 1e6
        for more in self.longer:
            base += more(now, write)
        return now, base

    def _tail(self, _now: float, write: bool) -> float:
        return self.disk.slowus if not write and self.chance() < 1 / self.disk.slowone else 0.0

    def _write_tail(self, _now: float, write: bool) -> float:
        return self.disk.wslowus if write and self.chance() < 1 / self.disk.wslowone else 0.0

    def _neighbours(self, now: float, _write: bool) -> float:
        disk, took = self.disk, 0.0
        for period in (1.0, disk.other):
            if period and now / 1e6 % ((disk.nbon + disk.nboff) * period) < disk.nbon * period:
                took += disk.nbus * (0.5 + self.chance())
        return took

    def _missed(self, _now: float, write: bool) -> float:
        """Of a file of 512 MiB the cache holds a part; what was just written it holds for a while."""
        disk = self.disk
        if write:
            return 0.0
        if disk.lru:
            return disk.cold if self.requests > self.filled + disk.cachemb * 256 else 0.0
        share = min(1.0, disk.cachemb / 512)
        held = self.requests * BLOCK <= disk.cachemb * 2**20 or self.chance() <= share
        return 0.0 if held else disk.cold

    def _begun(self, now: float) -> bool:
        """Whether the limits count by now."""
        disk = self.disk
        begun = bool(
            (disk.after and now > disk.after * 1e6)
            or (disk.credit and self.requests > disk.credit)
            or (disk.creditmb and self.moved > disk.creditmb * 1e6)
        )
        if begun and self.began_at is None:
            self.began_at = now / 1e6
        return begun

    def _spun(self, now: float, job: Job, write: bool, near: bool) -> float:
        """When the platters have it, unless a cache takes it."""
        disk = self.disk
        if (disk.wcache and write) or (disk.hit and not write and self.chance() < disk.hit):
            return now
        return max(self._turned(now, job, near) for _ in range(disk.wturns if write else 1))

    def _turned(self, now: float, job: Job, near: bool) -> float:
        """A head moves and the platter turns; of several that wait the nearest comes first."""
        disk, turn = self.disk, 60e6 / self.disk.rpm
        if job.block > BLOCK * 4 and job.id != "single":  # in sequence
            at = min(range(disk.hdd), key=self.heads.__getitem__)
            self.heads[at] = max(now, self.heads[at]) + job.block / 170e6 * 1e6
            return self.heads[at]
        at = self.random.randrange(disk.hdd)
        queue = max(1.0, job.depth / disk.hdd) if disk.ncq else 1.0
        far = 500 + 1.4 * disk.seek * math.sqrt(disk.span * self.chance())
        seek = 0.0 if near else far / math.sqrt(queue)
        wait = min(self.chance() for _ in range(max(1, round(queue / 2)))) * turn
        if near:
            wait = 0.02 * turn
        self.heads[at] = max(now, self.heads[at]) + seek + wait + 60
        return self.heads[at]
