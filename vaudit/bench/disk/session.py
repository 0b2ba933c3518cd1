"""One disk benchmark while it runs: the open file, what is left of the budgets, the recording that grows."""

import random

import msgspec

from vaudit.bench.disk import engine
from vaudit.bench.disk.drive import Drive
from vaudit.bench.disk.plan import DiskPlan, where
from vaudit.bench.disk.recording import QD1, QD32, WRITE32, Job, Latencies, Recording, Waits
from vaudit.bench.stats import spread
from vaudit.bench.system import guards
from vaudit.bench.system.worker import Tell, Told, result
from vaudit.bench.units import BLOCK
from vaudit.model.benchmark import Round

SMALL_WRITE, SMALL_SECONDS = 64 * 1024, 0.25
SLOW_RATE = 30.0
"""Requests a second, below which those at once wait for seconds, and large ones may."""
LARGE_SECONDS = 1.0
"""A round of large requests on such a disk takes about as long."""
FEW = 8
"""Of so many times as many places some are drawn all at once."""
SLOW_US = 1e5
"""A request that took longer is counted."""
SPARE_SECONDS = 1.0
"""Kept back at the end for closing and telling."""
_SHOWN = ("mean", "p1", "p25", "p50", "p75", "p99", "p99.9", "max")
"""What a round keeps of its latencies."""


class Session:
    """What lives: the drive, budgets, the way to tell. All that is measured goes into `recording`."""

    def __init__(self, plan: DiskPlan, drive: Drive, tell: Tell) -> None:
        self.plan, self.drive = plan, drive
        self.began = drive.now()
        self.deadline = self.began + plan.seconds
        self.bytes_left = plan.bytes
        self.jobs = list(plan.jobs)
        """Cut down where the disk is slow."""
        self.blocks = engine.Blocks(0)
        self.recording = blank(plan, drive.watched is not None)
        self._tell = tell
        self._latencies: dict[str, list[int]] = {job.id: [] for job in plan.jobs}
        self._took: dict[str, float] = {}

    @property
    def seconds_left(self) -> float:
        return self.deadline - self.drive.now()

    def say(self, line: str) -> None:
        self._tell(Told(progress=f"disk: {line}"))

    def show(self, key: str, raw: str) -> None:
        """Hand over a program's raw output, as evidence `run:KEY`."""
        self._tell(Told(evidence=(key, raw)))

    def account(self, kind: str, moved: int) -> None:
        """Take bytes that a kind of job moved off the budget."""
        self.bytes_left -= moved
        if kind == "read":
            self.recording.read += moved
        else:
            self.recording.written += moved

    def use(self, size: int, rate: float = 0.0) -> None:
        """The test file, or the part of the device, has so many bytes; `rate`: it was written so fast, in
        bytes a second. Of a slow disk no round asks for more than it moves in a second."""
        self.recording.size, self.blocks = size, engine.Blocks(size)
        if rate:
            most = max(engine.CHUNK, int(rate) // engine.CHUNK * engine.CHUNK)
            self.jobs = [_at_most(job, most) if job.block > BLOCK else job for job in self.jobs]

    def writable_in(self, seconds: float) -> int:
        """About how many bytes are written in so many seconds, by a few small requests: a large one could
        take a slow disk longer than there is time."""
        job = Job("disk.fill", "write", SMALL_WRITE, 1, SMALL_SECONDS, engine.CHUNK)
        rate = self.at(job, list(range(0, engine.CHUNK, SMALL_WRITE))).bytes_per_second
        if rate * seconds < self.plan.size:  # it may be the requests that take long, not the bytes
            large = msgspec.structs.replace(job, block=engine.CHUNK)
            rate = max(rate, self.at(large, [0]).bytes_per_second)
        return max(engine.CHUNK, int(rate * seconds) // engine.CHUNK * engine.CHUNK)

    def run(self, job: Job) -> tuple[engine.Timed, Round, guards.Change]:
        """One guarded run of one job."""
        budget, before = min(job.bytes, self.bytes_left), self.drive.sample()
        timed = self.drive.run(job, self.recording.size, self.blocks, budget)
        seen = self.drive.since(before)
        self.account(job.kind, timed.bytes)
        self.waited(job.id, timed)
        self._took[job.id] = timed.seconds
        if job.kind == "read":
            self.recording.asked += timed.bytes
            self.recording.reached += min(timed.bytes, seen.read)
        value = timed.per_second if job.block == BLOCK else timed.bytes_per_second
        return timed, self.round(timed, value, self.why_not(job, timed.bytes, seen), seen), seen

    def take(self, job: Job) -> None:
        """One round of a job, into the recording; nothing where the budgets are used up."""
        if self.seconds_left < SPARE_SECONDS or self.bytes_left < job.block * job.depth:
            return
        timed, measured, _seen = self.run(self._bearable(job))
        self.add(job, timed, measured)
        if job.id == QD32:
            self.recording.own_cpu.append(timed.busy)
        self.keep()

    def add(self, job: Job, timed: engine.Timed, measured: Round) -> None:
        """A round of a job, into the recording."""
        self.recording.rounds[job.id].append(measured)
        if not measured.disturbed:
            self._latencies[job.id] += timed.latencies

    def _bearable(self, job: Job) -> Job:
        """The job, or just as many requests as stand in line at once where they take a second and more."""
        before = self.recording.rounds[job.id][-1:] or self.recording.rounds.get(QD1, [])[-1:]
        if job.block > BLOCK:
            return _at_most(job, self._large_in(job)) if before and before[0].value < SLOW_RATE else job
        slow = job.depth > 1 and bool(before) and before[0].value < SLOW_RATE
        return _at_most(job, job.depth * job.block) if slow else job

    def _large_in(self, job: Job) -> int:
        """Bytes of large requests that take about a second, by what one of them takes: on a disk that counts
        it as many, those of a whole round could take longer than there is time."""
        one = msgspec.structs.replace(job, depth=1, bytes=job.block)
        taken = self.at(one, self.places(job.block, 1)).seconds
        return job.block * max(1, int(LARGE_SECONDS / max(taken, 1e-6)))

    def fits(self, job: Job) -> bool:
        """Whether there is time and there are bytes for one more run."""
        return self.enough(max(job.seconds, self._took.get(job.id, 0.0)), job.block * job.depth)

    def drain(self, kind: str, number: int) -> float:
        """Seconds that so many requests at once take, by what was measured before."""
        seen = self.recording.rounds.get(QD32 if kind == "read" else WRITE32, [])[-1:]
        return number / seen[0].value if seen and seen[0].value > 0 else 0.0

    def enough(self, seconds: float, moved: int) -> bool:
        """Whether the budgets allow something that takes so long and moves so many bytes."""
        return self.seconds_left > SPARE_SECONDS + seconds and self.bytes_left > moved

    def keep(self) -> None:
        """Hand over what was measured so far: a disk that dies takes the rest with it, and not this."""
        self._tell(result(self.recording))

    def at(self, job: Job, offsets: list[int]) -> engine.Timed:
        """One run at just these offsets, which counts for nothing but itself."""
        timed = self.drive.run_at(job, offsets)
        self.account(job.kind, timed.bytes)
        self.waited(job.id, timed)
        return timed

    def at_round(self, job: Job, offsets: list[int]) -> Round:
        """The same as a guarded round of so many requests a second."""
        before = self.drive.sample()
        timed = self.at(job, offsets)
        seen = self.drive.since(before)
        return self.round(timed, timed.per_second, self.why_not(job, timed.bytes, seen), seen)

    def places(self, size: int, number: int) -> list[int]:
        """So many random offsets for requests of `size` bytes, no two the same where there are enough."""
        there = max(1, self.recording.size // size)
        if FEW * number > there:
            return [at * size for at in random.sample(range(there), min(number, there))]
        found = dict[int, None]()  # in their order; of few among many hardly one is drawn twice
        while len(found) < number:
            drawn = memoryview(random.randbytes(8 * (number - len(found)))).cast("Q")  # noqa: S311 - offsets
            found.update(dict.fromkeys([at % there for at in drawn]))
        return [at * size for at in found]

    def waited(self, name: str, timed: engine.Timed) -> None:
        """Keep account of slow requests; a job's other rounds stand in the same line."""
        into = self.recording.waits.setdefault(name, Waits())
        longest = max(timed.latencies, default=0) / 1000
        into.count += timed.count
        if longest > SLOW_US:
            into.over_100ms += sum(each > 1e8 for each in timed.latencies)
            into.over_1s += sum(each > 1e9 for each in timed.latencies)
        if longest > into.longest_us:
            into.longest_us, into.at = longest, timed.start - self.began

    def why_not(self, job: Job, moved: int, seen: guards.Change) -> str:
        """Why a round of a job that moved so many bytes does not count; empty when it does."""
        read, written = (moved, 0) if job.kind == "read" else (0, moved)
        busy_ok = self.plan.busy_ok
        return guards.disturbed(seen, read, written, syncs=job.kind == "sync", busy_ok=busy_ok)

    def round(self, timed: engine.Timed, value: float, reason: str, seen: guards.Change) -> Round:
        """A round of so many requests or bytes a second; `reason`: why it does not count."""
        distribution = spread(timed.latencies)
        return Round(
            value=value,
            start=timed.start - self.began,
            seconds=timed.seconds,
            percentiles={name: distribution[name] for name in _SHOWN if name in distribution},
            disturbed=reason,
            guards=guards.figures(seen),
        )

    def finished(self, problem: str, seconds: float) -> Recording:
        """The recording as it stands, with the latencies of all requests in rounds that count."""
        self.recording.problem, self.recording.seconds = problem, seconds
        self.summarize()
        return self.recording

    def summarize(self) -> None:
        """Bring the latencies of the recording up to date; those that are take no time."""
        known = self.recording.latencies
        for name, taken in self._latencies.items():
            if name not in known or known[name].count != len(taken):
                known[name] = Latencies(len(taken), spread(taken))


def _at_most(job: Job, moved: int) -> Job:
    return msgspec.structs.replace(job, bytes=min(job.bytes, moved))


def blank(plan: DiskPlan, watched: bool = False) -> Recording:
    """A recording before anything was measured."""
    return Recording(
        where=where(plan, watched),
        mode=plan.mode,
        jobs=list(plan.jobs),
        refusal=plan.place.refusal,
        rounds={job.id: [] for job in plan.jobs},
        fio_missing=plan.fio.missing,
        busy_ok=plan.busy_ok,
    )
