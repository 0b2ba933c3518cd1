"""One disk benchmark while it runs: the open file, what is left of the budgets, the recording that grows."""

import time

from vaudit.bench.disk import engine
from vaudit.bench.disk.plan import DiskPlan, where
from vaudit.bench.disk.recording import QD32, Job, Latencies, Recording
from vaudit.bench.stats import spread
from vaudit.bench.system import counters, guards
from vaudit.bench.system.worker import Tell, Told
from vaudit.bench.units import BLOCK
from vaudit.model.benchmark import Round

SPARE_SECONDS = 1.0
"""Kept back at the end for closing and telling."""
_SHOWN = ("mean", "p1", "p25", "p50", "p75", "p99", "p99.9", "max")
"""What a round keeps of its latencies."""


class Session:
    """What lives: descriptor, budgets, the way to tell. All that is measured goes into `recording`."""

    def __init__(self, plan: DiskPlan, fd: int, tell: Tell) -> None:
        self.plan, self.fd = plan, fd
        self.began = time.monotonic()
        self.deadline = self.began + plan.seconds
        self.bytes_left = plan.bytes
        self.blocks = engine.Blocks(0)
        beneath = plan.place.device
        self.watched = counters.watched((beneath.disk or beneath.name) if beneath else None)
        """The whole disk whose I/O of others is seen; None where there is no single one, as on a RAID."""
        self.recording = blank(plan, self.watched is not None)
        self._tell = tell
        self._latencies: dict[str, list[int]] = {job.id: [] for job in plan.jobs}

    @property
    def seconds_left(self) -> float:
        return self.deadline - time.monotonic()

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

    def use(self, size: int) -> None:
        """The test file, or the part of the device, has so many bytes."""
        self.recording.size, self.blocks = size, engine.Blocks(size)

    def run(self, job: Job) -> tuple[engine.Timed, Round, guards.Change]:
        """One guarded run of one job."""
        budget, before = min(job.bytes, self.bytes_left), counters.sample(self.watched)
        timed = engine.run(self.fd, job, self.recording.size, self.blocks, budget)
        seen = counters.since(before, self.watched)
        self.account(job.kind, timed.bytes)
        if job.kind == "read":
            self.recording.asked += timed.bytes
            self.recording.reached += min(timed.bytes, seen.read)
        value = timed.per_second if job.block == BLOCK else timed.bytes_per_second
        return timed, self.round(timed, value, disturbed(job, timed.bytes, seen), seen), seen

    def take(self, job: Job) -> None:
        """One round of a job, into the recording; nothing where the budgets are used up."""
        if self.seconds_left < SPARE_SECONDS or self.bytes_left < job.block * job.depth:
            return
        timed, measured, _seen = self.run(job)
        self.recording.rounds[job.id].append(measured)
        if not measured.disturbed:
            self._latencies[job.id] += timed.latencies
        if job.id == QD32:
            self.recording.own_cpu.append(timed.busy)

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
        self.recording.latencies = {
            name: Latencies(len(taken), spread(taken)) for name, taken in self._latencies.items()
        }
        return self.recording


def blank(plan: DiskPlan, watched: bool = False) -> Recording:
    """A recording before anything was measured."""
    return Recording(
        where=where(plan, watched),
        mode=plan.mode,
        jobs=list(plan.jobs),
        refusal=plan.place.refusal,
        rounds={job.id: [] for job in plan.jobs},
        fio_missing=plan.fio.missing,
    )


def disturbed(job: Job, moved: int, seen: guards.Change) -> str:
    """Why a round of a job that moved so many bytes does not count; empty when it does."""
    read, written = (moved, 0) if job.kind == "read" else (0, moved)
    return guards.disturbed(seen, read, written, syncs=job.kind == "sync")
