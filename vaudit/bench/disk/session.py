"""One disk benchmark while it runs: what was measured so far, and what is left of the budgets."""

import time
from collections.abc import Callable
from statistics import median

from vaudit.bench.disk import engine
from vaudit.bench.disk.judge.classify import Context, Series
from vaudit.bench.plan import Job, Plan
from vaudit.bench.system import guards
from vaudit.bench.system.worker import Message
from vaudit.model.benchmark import Benchmark, Round

Tell = Callable[[Message], None]
SPARE_SECONDS = 1.0
"""Kept back at the end for closing and telling."""


class Session:
    """One run on one open test file: what was measured so far, and what is left of the budgets."""

    def __init__(self, plan: Plan, fd: int, tell: Tell) -> None:
        self.plan, self.fd, self.tell = plan, fd, tell
        self.began = time.monotonic()
        self.deadline = self.began + plan.disk_seconds
        self.bytes_left = plan.disk_bytes
        self.written = self.read = 0
        self.size = 0
        beneath = plan.place.device
        self.device = beneath.name if beneath else None
        self.watched = guards.watched((beneath.disk or beneath.name) if beneath else None)
        """The whole disk whose I/O of others is seen; None where there is no single one, as on a RAID."""
        self.rounds: dict[str, list[Round]] = {job.id: [] for job in plan.jobs}
        self.latencies: dict[str, list[int]] = {job.id: [] for job in plan.jobs}
        self.hold: list[Round] = []
        self.hold_read: list[Round] = []
        self.own_cpu: list[float] = []
        self.asked = self.reached = 0
        """Bytes that read jobs asked for, and those of them that the device read."""
        self.checks: dict[str, Benchmark] = {}
        """What fio said of each job, in one round."""
        self.check_errors: dict[str, str] = {}
        self.filled: Benchmark | None = None
        self.old: Benchmark | None = None
        self.small: Benchmark | None = None
        self.blocks = engine.Blocks(0)

    @property
    def seconds_left(self) -> float:
        return self.deadline - time.monotonic()

    def account(self, job_kind: str, moved: int) -> None:
        """Take moved bytes off the budget."""
        self.bytes_left -= moved
        if job_kind == "read":
            self.read += moved
        else:
            self.written += moved

    def disturbed(self, job: Job, moved: int, seen: guards.Change) -> str:
        """Why a round of a job that moved so many bytes does not count; empty when it does."""
        read, written = (moved, 0) if job.kind == "read" else (0, moved)
        return guards.disturbed(seen, read, written, syncs=job.kind == "sync")

    def series(self) -> Series:
        return Series(
            self.rounds["disk.randread-qd1"], self.rounds["disk.randread-qd32"],
            self.rounds["disk.read"], self.rounds.get("disk.write", []), self.hold, self.hold_read,
        )  # fmt: skip

    def context(self) -> Context:
        limited = bool(self.own_cpu) and median(self.own_cpu) > 0.9
        return Context(self.plan.place.device, self.plan.device_path, limited)
