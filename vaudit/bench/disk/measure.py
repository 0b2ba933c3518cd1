"""The disk benchmark: a file of fresh random data, short rounds of every job in turn, and what they call for.

Rounds spread over time beat one long run: for the same 5 s of a noisy disk, five 1-s pieces missed its 60-s
value by at most 11 % in 95 of 100 tries, one 5-s piece by 16 %. Each round is guarded (see guards.py); those
that something disturbed are shown but do not count. Runs in a worker process (see worker.py) and gives a
recording; judged meanwhile is only whether more rounds are needed.
"""

import time

import msgspec

from vaudit.bench.borders import Borders
from vaudit.bench.disk import engine, mixed, old_blocks, workset
from vaudit.bench.disk.crosscheck import cross_check
from vaudit.bench.disk.judge.classify import DiskClass, classify
from vaudit.bench.disk.plan import DiskPlan
from vaudit.bench.disk.recording import QD32, READ, Fill
from vaudit.bench.disk.session import SPARE_SECONDS, Session, blank
from vaudit.bench.disk.testfile import opened
from vaudit.bench.system import counters, guards
from vaudit.bench.system.errors import BenchError
from vaudit.bench.system.worker import Tell, result
from vaudit.bench.units import MIB
from vaudit.model.benchmark import Round

FILL_SECONDS = 3.0
LEFT_OF_BYTES = 4
"""No round begins when less than this fraction of the bytes is left: they are kept for what follows."""


def measure(plan: DiskPlan, borders: Borders, tell: Tell) -> None:
    """Measure and tell the recording. What the machine does to us ends in its `problem`."""
    began = time.monotonic()
    try:
        with opened(plan.place.folder, plan.place.raw) as fd:
            session = Session(plan, fd, tell)
            problem = ""
            try:
                _go(session, borders)
            except BenchError as error:
                problem = str(error)
            except Exception as error:  # what was measured until then is worth telling
                problem = f"{type(error).__name__}: {error}"
            tell(result(session.finished(problem, time.monotonic() - began)))
    except BenchError as error:
        recording = blank(plan)
        recording.problem = str(error)
        tell(result(recording))


def _go(session: Session, borders: Borders) -> None:
    plan = session.plan
    if plan.place.raw:
        session.use(plan.size)
    else:
        _fill(session)
    _rounds(session, borders)
    verdict = classify(session.recording, borders)
    if not plan.place.raw:
        mixed.measure(session)
    if plan.mode == "full":
        session.say("reading a small part again")
        session.recording.small = workset.measure(session)
    if plan.mode == "full" and not plan.place.raw:
        session.say("reading old blocks")
        session.recording.old = old_blocks.measure(session)
    _look_for_the_end_of_a_burst(session, verdict)


def _rounds(session: Session, borders: Borders) -> None:
    """Rounds of all jobs until the class is certain, or the budgets are used up."""
    plan = session.plan
    low, high = plan.rounds
    for number in range(1, high + 1):
        session.say(f"round {number}, {max(0, session.seconds_left):.0f} s left")
        for job in plan.jobs:
            session.take(job)
        if plan.fio.path:
            cross_check(session, number)
        if number >= low and classify(session.recording, borders).certain:
            return
        if session.seconds_left < SPARE_SECONDS + sum(job.seconds for job in plan.jobs):
            return
        if session.bytes_left < plan.bytes // LEFT_OF_BYTES:
            return


def _fill(session: Session) -> None:
    plan = session.plan
    session.say(f"writing a test file of {plan.size // MIB} MiB in {plan.place.folder}")
    before = counters.sample(session.watched)
    timed = engine.fill(session.fd, plan.size, FILL_SECONDS)
    seen = counters.since(before, session.watched)
    if timed.bytes < engine.CHUNK:
        raise BenchError(f"not even 1 MiB was written in {FILL_SECONDS:.0f} s: this disk is too slow to test")
    session.account("write", timed.bytes)
    session.use(timed.bytes)
    reason = guards.disturbed(seen, 0, timed.bytes, syncs=True)
    session.recording.filled = Fill(timed.bytes, session.round(timed, timed.bytes_per_second, reason, seen))


def _look_for_the_end_of_a_burst(session: Session, verdict: DiskClass) -> None:
    if verdict.cap_bytes:
        _hold(session, READ, session.recording.hold_read)
    elif session.plan.mode == "full" or verdict.word in ("capped", "burst-bucket"):
        _hold(session, QD32, session.recording.hold)


def _hold(session: Session, name: str, rounds: list[Round]) -> None:
    """Keep the disk busy with one job, second after second: a burst allowance ends sometime."""
    job = next(job for job in session.plan.jobs if job.id == name)
    longer = msgspec.structs.replace(job, seconds=1.0)
    session.say("looking for the end of a burst")
    until = min(session.deadline - SPARE_SECONDS, time.monotonic() + session.plan.hold_seconds)
    while time.monotonic() + longer.seconds < until and session.bytes_left > job.bytes:
        rounds.append(session.run(longer)[1])
