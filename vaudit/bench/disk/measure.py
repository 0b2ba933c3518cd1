"""The disk benchmark: a file of fresh random data, short rounds of every job in turn, then the verdict.

Rounds spread over time beat one long run: for the same 5 s of a noisy disk, five 1-s pieces missed its 60-s
value by at most 11 % in 95 of 100 tries, one 5-s piece by 16 %. Each round is guarded (see guards.py); those
that something disturbed are shown but do not count. Runs in a worker process (see child.py).
"""

import time

import msgspec

from vaudit.bench.disk import engine, workset
from vaudit.bench.disk import old_blocks as old
from vaudit.bench.disk.crosscheck import cross_check
from vaudit.bench.disk.judge.classify import classify
from vaudit.bench.disk.judge.outcome import failure, results
from vaudit.bench.disk.place import MIB, opened
from vaudit.bench.disk.session import SPARE_SECONDS, Session, Tell
from vaudit.bench.plan import Job, Plan
from vaudit.bench.stats import spread, widened
from vaudit.bench.system import guards
from vaudit.bench.system.errors import BenchError
from vaudit.bench.system.worker import Message
from vaudit.model.benchmark import Benchmark, Round

_SHOWN = ("mean", "p1", "p25", "p50", "p75", "p99", "p99.9", "max")
FILL_SECONDS = 3.0


def measure(plan: Plan, tell: Tell) -> None:
    """Measure and tell each benchmark. What the machine does to us ends in an entry with status `error`."""
    began = time.monotonic()
    try:
        with opened(plan.place) as fd:
            session = Session(plan, fd, tell)
            problem = ""
            try:
                _go(session)
            except BenchError as error:
                problem = str(error)
            except Exception as error:  # what was measured until then is worth telling
                problem = f"{type(error).__name__}: {error}"
            for benchmark in results(session, problem, time.monotonic() - began):
                tell(Message(benchmark=benchmark))
    except BenchError as error:
        tell(Message(benchmark=failure(plan, str(error))))


def _go(session: Session) -> None:
    plan = session.plan
    if plan.place.raw:
        session.size, session.blocks = plan.size, engine.Blocks(plan.size)
    else:
        _fill(session)
    low, high = plan.rounds
    for number in range(1, high + 1):
        session.tell(Message(progress=f"disk: round {number}, {max(0, session.seconds_left):.0f} s left"))
        for job in plan.jobs:
            _round(session, job)
        if plan.fio.path:
            cross_check(session, number)
        if number >= low and classify(session.series(), session.context()).certain:
            break
        if session.seconds_left < SPARE_SECONDS + sum(job.seconds for job in plan.jobs):
            break
        if session.bytes_left < plan.disk_bytes // 16:
            break
    verdict = classify(session.series(), session.context())
    if plan.mode == "full":
        session.tell(Message(progress="disk: reading a small part again"))
        session.small = workset.measure(session)
    if plan.mode == "full" and not plan.place.raw:
        session.tell(Message(progress="disk: reading old blocks"))
        session.old = old.measure(session, verdict.mean_us)
    if verdict.cap_bytes:
        _hold(session, "disk.read", session.hold_read)
    elif plan.mode == "full" or verdict.word in ("capped", "burst-bucket"):
        _hold(session, "disk.randread-qd32", session.hold)


def _fill(session: Session) -> None:
    plan = session.plan
    session.tell(Message(progress=f"disk: writing a test file of {plan.size // MIB} MiB in {plan.folder}"))
    before = guards.sample(session.watched)
    timed = engine.fill(session.fd, plan.size, FILL_SECONDS)
    seen = guards.since(before, session.watched)
    if timed.bytes < engine.CHUNK:
        raise BenchError(f"not even 1 MiB was written in {FILL_SECONDS:.0f} s: this disk is too slow to test")
    session.account("write", timed.bytes)
    session.size = timed.bytes
    session.blocks = engine.Blocks(timed.bytes)
    value = timed.bytes_per_second
    disturbed = guards.disturbed(seen, 0, timed.bytes, syncs=True)
    session.filled = Benchmark(
        id="disk.fill", target=plan.folder, engine="embedded", unit="B/s", value=value,
        interval=widened([value]), samples=[_as_round(timed, value, session.began, disturbed, seen)],
        confidence="none" if disturbed else "low",
        reason=disturbed or "first write of fresh random data, flush included", device=session.device,
        details={"bytes": timed.bytes}, command=[f"write {timed.bytes} bytes in 1 MiB blocks, 8 at once"],
        seconds=timed.seconds,
    )  # fmt: skip


def _as_round(timed: engine.Timed, value: float, began: float, disturbed: str, seen: guards.Change) -> Round:
    distribution = spread(timed.latencies)
    return Round(
        value=value,
        start=timed.start - began,
        seconds=timed.seconds,
        percentiles={name: distribution[name] for name in _SHOWN if name in distribution},
        disturbed=disturbed,
        guards=guards.figures(seen),
    )


def _measured(session: Session, job: Job) -> tuple[engine.Timed, Round, guards.Change]:
    """One guarded run of one job."""
    budget = min(job.bytes, session.bytes_left)
    before = guards.sample(session.watched)
    timed = engine.run(session.fd, job, session.size, session.blocks, budget)
    seen = guards.since(before, session.watched)
    session.account(job.kind, timed.bytes)
    if job.kind == "read":
        session.asked += timed.bytes
        session.reached += min(timed.bytes, seen.read)
    disturbed = session.disturbed(job, timed.bytes, seen)
    value = timed.per_second if job.block == engine.BLOCK else timed.bytes_per_second
    return timed, _as_round(timed, value, session.began, disturbed, seen), seen


def _round(session: Session, job: Job) -> None:
    if session.seconds_left < SPARE_SECONDS or session.bytes_left < job.block * job.depth:
        return
    timed, measured, seen = _measured(session, job)
    session.rounds[job.id].append(measured)
    if not measured.disturbed:
        session.latencies[job.id] += timed.latencies
    if job.id == "disk.randread-qd32":
        session.own_cpu.append(seen.own)


def _hold(session: Session, name: str, rounds: list[Round]) -> None:
    """Keep the disk busy with one job, second after second: a burst allowance ends sometime."""
    job = next(job for job in session.plan.jobs if job.id == name)
    longer = msgspec.structs.replace(job, seconds=1.0)
    session.tell(Message(progress="disk: looking for the end of a burst"))
    until = min(session.deadline - SPARE_SECONDS, time.monotonic() + session.plan.hold_seconds)
    while time.monotonic() + 1.0 < until and session.bytes_left > job.bytes:
        rounds.append(_measured(session, longer)[1])
