"""fio beside the embedded engine: the same jobs on the same file, each once, between the rounds."""

import time

from vaudit.bench.disk import fio
from vaudit.bench.disk.recording import FioRound, Job
from vaudit.bench.disk.session import SPARE_SECONDS, Session
from vaudit.bench.system import guards
from vaudit.bench.system.errors import BenchError
from vaudit.bench.units import BLOCK
from vaudit.model.benchmark import Round

SECONDS = 1.5
"""That must be left for one check."""


def cross_check(session: Session, number: int) -> None:
    """After each round let fio do two of the jobs, so that each is checked once in three rounds."""
    jobs, recording = session.plan.jobs, session.recording
    for job in [jobs[(2 * number - 2) % len(jobs)], jobs[(2 * number - 1) % len(jobs)]]:
        enough = session.seconds_left > SPARE_SECONDS + SECONDS and session.bytes_left > job.bytes
        if enough and job.id not in recording.checks and job.id not in recording.check_errors:
            _check(session, job)


def _check(session: Session, job: Job) -> None:
    path, recording, key = session.plan.fio.path or "fio", session.recording, f"fio {job.id}"
    before, began = session.drive.sample(), time.monotonic()
    try:
        run, raw = fio.run(path, job, session.drive.fio_file, recording.size)
    except BenchError as error:
        recording.check_errors[job.id] = str(error)
        return
    seen = session.drive.since(before)
    session.show(key, raw)
    figures = run.jobs[0].read if job.kind == "read" else run.jobs[0].write
    session.account(job.kind, figures.total_ios * job.block)
    recording.checks[job.id] = FioRound(
        round=_round(session, job, figures, began, seen),
        version=run.version,
        command=fio.command(path, job, session.drive.fio_file, recording.size),
        seconds=time.monotonic() - began,
        evidence=[f"run:{key}"],
    )


def _round(session: Session, job: Job, figures: fio.Figures, began: float, seen: guards.Change) -> Round:
    latencies = dict(figures.percentiles)
    if figures.mean_us is not None:
        latencies["mean"] = figures.mean_us
    return Round(
        value=figures.iops if job.block == BLOCK else figures.bytes_per_second,
        start=began - session.began,
        seconds=figures.seconds,
        percentiles=latencies,
        disturbed=session.why_not(job, figures.total_ios * job.block, seen),
        guards=guards.figures(seen),
    )
