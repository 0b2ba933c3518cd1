"""fio beside the embedded engine: the same jobs on the same file, each once, between the rounds."""

import time

import msgspec

from vaudit.bench.disk import engine, fio
from vaudit.bench.disk.session import SPARE_SECONDS, Session
from vaudit.bench.plan import Job
from vaudit.bench.stats import widened
from vaudit.bench.system import guards
from vaudit.bench.system.errors import BenchError
from vaudit.bench.system.worker import Message
from vaudit.model.benchmark import Benchmark, Round


def cross_check(session: Session, number: int) -> None:
    """After each round let fio do two of the jobs, so that each is checked once in three rounds."""
    jobs, path = session.plan.jobs, session.plan.fio.path
    for job in [jobs[(2 * number - 2) % len(jobs)], jobs[(2 * number - 1) % len(jobs)]]:
        enough = session.seconds_left > SPARE_SECONDS + 1.5 and session.bytes_left > job.bytes
        if path is None or job.id in session.checks or job.id in session.check_errors or not enough:
            continue
        before, began = guards.sample(session.watched), time.monotonic()
        try:
            run, raw = fio.run(path, job, session.fd, session.size)
        except BenchError as error:
            session.check_errors[job.id] = str(error)
            continue
        seen = guards.since(before, session.watched)
        key = f"fio {job.id}"
        session.tell(Message(evidence=(key, raw)))
        figures = run.jobs[0].read if job.kind == "read" else run.jobs[0].write
        session.account(job.kind, figures.total_ios * job.block)
        benchmark = _benchmark(session, job, figures, began, seen)
        session.checks[job.id] = msgspec.structs.replace(
            benchmark, version=run.version, evidence=[f"run:{key}"]
        )


def _benchmark(
    session: Session, job: Job, figures: fio.Figures, began: float, seen: guards.Change
) -> Benchmark:
    random, moved = job.block == engine.BLOCK, figures.total_ios * job.block
    value = figures.iops if random else figures.bytes_per_second
    latencies = dict(figures.percentiles)
    if figures.mean_us is not None:
        latencies["mean"] = figures.mean_us
    disturbed = session.disturbed(job, moved, seen)
    measured = Round(
        value, began - session.began, figures.seconds, latencies, disturbed, guards.figures(seen)
    )
    return Benchmark(
        id=job.id, target=session.plan.folder, engine="fio", unit="iops" if random else "B/s", value=value,
        interval=widened([value]),
        samples=[measured],
        confidence="none" if disturbed else "low", reason=disturbed or "cross-check of the embedded engine",
        details={f"{name}_us": number for name, number in latencies.items()}, device=session.device,
        command=fio.command(session.plan.fio.path or "fio", job, session.fd, session.size),
        seconds=time.monotonic() - began,
    )  # fmt: skip
