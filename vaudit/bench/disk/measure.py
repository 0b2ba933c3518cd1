"""The disk benchmark: a file of fresh random data, short rounds of every job in turn, and what they call for.

Rounds spread over time beat one long run: for the same 5 s of a noisy disk, five 1-s pieces missed its 60-s
value by at most 11 % in 95 of 100 tries, one 5-s piece by 16 %. Each round is guarded (see guards.py); those
that something disturbed are shown but do not count. Runs in a worker process (see worker.py) and gives a
recording; judged meanwhile is only whether more rounds are needed.
"""

import errno
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import msgspec

from vaudit.bench.borders import Borders
from vaudit.bench.disk import engine, light, looks, mixed, old_blocks, workset
from vaudit.bench.disk.crosscheck import cross_check
from vaudit.bench.disk.drive import Drive
from vaudit.bench.disk.judge import fallen
from vaudit.bench.disk.judge.classify import DiskClass, context, passed
from vaudit.bench.disk.judge.conclude import classify
from vaudit.bench.disk.judge.limits import looked
from vaudit.bench.disk.judge.waits import calm
from vaudit.bench.disk.plan import DiskPlan
from vaudit.bench.disk.recording import QD32, READ, WRITE, WRITE32, Fill, Job, Recording
from vaudit.bench.disk.session import SPARE_SECONDS, Session, blank
from vaudit.bench.disk.testfile import opened
from vaudit.bench.stats import find_cliff
from vaudit.bench.system import counters, guards
from vaudit.bench.system.errors import BenchError
from vaudit.bench.system.programs import Program
from vaudit.bench.system.worker import Tell, result
from vaudit.bench.units import BLOCK, IO_ERROR, MIB
from vaudit.model.benchmark import Round

FILL_SECONDS = 3.0
LEFT_OF_BYTES = 4
"""No round begins when less than this fraction of the bytes is left: they are kept for what follows."""
LOOK_SECONDS = 2.0
"""Of the single requests after pauses, about."""
HOLD_CAPPED_SECONDS = 6.0
"""For how long a disk that is held to a limit is kept busy: its figure is known then."""
OLD_BYTES = 64 * MIB
"""Blocks of many files may be as much."""
OLD_SECONDS = {"quick": 1.2, "full": 4.0}
LONG_READ_US = 2000.0
"""From here on a head may have to move."""
_MAY_END = (
    "local-flash",
    "capped",
    "network-block",
    "contended",
    "inconclusive",
    "memory-speed",
    "emulated-no-queueing",
)
"""What is called so may be fast for a while only."""
LATE_WIDER = 8 * MIB
SLOT, SLOT_BYTES = 1.0, 12 * MIB
"""While the end of a burst is waited for: every so many seconds at least so many bytes."""
WATCH_SECONDS = 0.04
"""Between single reads in the rest of such a second."""
LATE_SECONDS, LATE_BYTES = 3.0, 32 * MIB
"""Kept back for a look at what a burst ended in."""
LARGE_SECONDS, LARGE_SHARE = 1.0, 0.2
"""The same for large requests, of the bytes that are left."""
LEAST_OF_A_ROUND = 4
"""A round that follows another has at least this fraction of its bytes: crumbs are a limit's credit."""


def measure(plan: DiskPlan, borders: Borders, tell: Tell) -> None:
    """Measure and tell the recording. What the machine does to us ends in its `problem`."""
    beneath = plan.place.device
    watched = counters.watched((beneath.disk or beneath.name) if beneath else None)
    try:
        with _drive(plan, watched) as drive:
            tell(result(session_of(plan, drive, borders, tell)))
    except BenchError as error:
        recording = blank(plan)
        recording.problem = str(error)
        tell(result(recording))


@contextmanager
def _drive(plan: DiskPlan, watched: str | None) -> Iterator[Drive]:
    """What is measured, opened by what this system has. BenchError."""
    if plan.place.system:
        from vaudit.bench.disk.windows import drive

        with drive.opened(plan.place.folder) as found:
            yield found
        return
    with opened(plan.place.folder, plan.place.raw) as fd:
        yield Drive(fd, watched)


def session_of(plan: DiskPlan, drive: Drive, borders: Borders, tell: Tell) -> Recording:
    """The recording of one session on an open drive; a failure ends in its `problem`."""
    if not drive.direct:
        without = Program(missing="this file system refuses direct I/O, with which fio would measure")
        plan = msgspec.structs.replace(plan, fio=without)
    session = Session(plan, drive, tell)
    session.recording.where = msgspec.structs.replace(session.recording.where, buffered=not drive.direct)
    problem = ""
    try:
        _go(session, borders)
    except BenchError as error:
        problem = str(error)
    except Exception as error:  # what was measured until then is worth telling
        problem = f"{type(error).__name__}: {error}"
    return session.finished(problem, drive.now() - session.began)


def _go(session: Session, borders: Borders) -> None:
    plan = session.plan
    if plan.mode == "light":
        light.measure(session)
        return
    if plan.place.raw:
        session.use(plan.size)
    else:
        _fill(session)
    _rounds(session, borders)
    verdict = classify(session.recording, borders)
    _optional(session, "single requests after pauses", lambda: _look(session, verdict))
    if not plan.place.raw:
        _optional(session, "mixed reads and writes", lambda: mixed.measure(session))
        _optional(session, "reads among writes", lambda: _look_among(session, borders))
    if plan.mode == "full":
        _optional(session, "reading a small part again", lambda: _read_again(session))
    if not plan.place.raw:
        _optional(session, "reading old blocks", lambda: _read_old(session))
    _optional(session, "looking for the end of a burst", lambda: _wait_for_the_end(session, borders))


def _optional(session: Session, what: str, step: Callable[[], None]) -> None:
    """A late step, whose failure costs nothing but itself; unless the disk failed, which is what counts."""
    session.say(what)
    try:
        step()
    except (BenchError, OSError) as error:
        if IO_ERROR in str(error) or getattr(error, "errno", None) == errno.EIO:
            raise
        session.recording.missed[what] = str(error)
    session.summarize()
    session.keep()


def _look(session: Session, verdict: DiskClass) -> None:
    recording = session.recording
    recording.rested_read = looks.rested(session, "read")
    recording.bursts_read = looks.bursts(session, "read")
    recording.wider_read = looks.wider(session, "read")
    if verdict.mean_us and verdict.mean_us > LONG_READ_US:
        recording.turns = looks.near(session)
    if not session.plan.place.raw:
        recording.rested_write = looks.rested(session, "write")
        recording.bursts_write = looks.bursts(session, "write")
        recording.wider_write = looks.wider(session, "write")


def _look_among(session: Session, borders: Borders) -> None:
    """Whether reads wait for writes: only where one may be taken at a time, and nothing else tells it."""
    recording = session.recording
    if context(recording).apart is not None or not recording.rested_write:
        return
    reads = looked(calm(recording), "read", borders)
    if (reads and reads.single) or classify(recording, borders).word == "emulated-no-queueing":
        recording.among = looks.among(session, *passed(recording))


def _read_again(session: Session) -> None:
    session.recording.small = workset.measure(session)


def _read_old(session: Session) -> None:
    if session.enough(OLD_SECONDS[session.plan.mode], OLD_BYTES):
        session.recording.old = old_blocks.measure(session, OLD_SECONDS[session.plan.mode])


def _rounds(session: Session, borders: Borders) -> None:
    """Rounds of all jobs until the class is certain, or the budgets are used up."""
    plan = session.plan
    low, high = plan.rounds
    for number in range(1, high + 1):
        session.say(f"round {number}, {max(0, session.seconds_left):.0f} s left")
        began = session.drive.now()
        for job in session.jobs:
            session.take(job)
        if plan.fio.path:
            cross_check(session, number)
        session.summarize()
        session.keep()
        if number >= low and classify(session.recording, borders).certain:
            return
        later = 0.0 if plan.place.raw else LOOK_SECONDS + mixed.reserved(plan.mode)
        if session.seconds_left < SPARE_SECONDS + later + session.drive.now() - began:
            return
        if session.bytes_left < plan.bytes // LEFT_OF_BYTES:
            return


def _fill(session: Session) -> None:
    plan = session.plan
    session.say(f"writing a test file of {plan.size // MIB} MiB in {plan.place.folder}")
    before = session.drive.sample()
    size = min(plan.size, session.writable_in(FILL_SECONDS))
    timed = session.drive.fill(size, FILL_SECONDS)
    seen = session.drive.since(before)
    if timed.bytes < engine.CHUNK:
        raise BenchError(f"not even 1 MiB was written in {FILL_SECONDS:.0f} s: this disk is too slow to test")
    session.account("write", timed.bytes)
    session.waited("disk.fill", timed)
    session.use(timed.bytes, timed.bytes_per_second)
    reason = guards.disturbed(seen, 0, timed.bytes, syncs=True, busy_ok=plan.busy_ok)
    session.recording.filled = Fill(timed.bytes, session.round(timed, timed.bytes_per_second, reason, seen))
    session.keep()


def _wait_for_the_end(session: Session, borders: Borders) -> None:
    """Keep using the disk for a while: a burst allowance ends sometime."""
    verdict, recording = classify(session.recording, borders), session.recording
    held: list[tuple[str, list[Round]]] = [
        *([(READ, recording.hold_read)] if verdict.cap_bytes else []),
        *([(QD32, recording.hold)] if verdict.cap_iops or verdict.word == "burst-bucket" else []),
        *([(WRITE32, recording.hold_write)] if verdict.cap_write_iops else []),
        *([(WRITE, recording.hold_written)] if verdict.cap_write_bytes else []),
    ]
    if not held and session.plan.mode == "full":
        held = [(QD32, recording.hold)]
    for number, (name, rounds) in enumerate(held):
        _hold(session, name, rounds, len(held) - number)
    if not held and verdict.word in _MAY_END and session.plan.path != "physical":
        _spaced(session)
    _after_a_fall(session, borders)
    if not held and classify(recording, borders).word in _MAY_END:
        _large_at_last(session)


def _large_at_last(session: Session) -> None:
    """Large requests once more: small ones alone do not meet the end of a large credit of bytes."""
    recording = session.recording
    recording.late_large_read = looks.large(session, "read", session.bytes_left // 2)
    if recording.filled:
        recording.late_large_write = looks.large(session, "write", session.bytes_left)


def _after_a_fall(session: Session, borders: Borders) -> None:
    """Where a rate fell for good: does each request take longer now, are bytes held back, or requests?"""
    recording = session.recording
    if classify(recording, borders).word != "burst-bucket":
        return
    if find_cliff(fallen.reads(recording)):
        recording.late_read = looks.rested(session, "read", looks.SIZES[:1])
        recording.late_wider_read = looks.wider(session, "read", LATE_WIDER)
    if find_cliff(fallen.writes(recording)):
        recording.late_write = looks.rested(session, "write", looks.SIZES[:1])
        recording.late_wider_write = looks.wider(session, "write", LATE_WIDER)


def _hold(session: Session, name: str, rounds: list[Round], parts: int) -> None:
    """One job, second after second; `parts`: as many jobs share what is left, this one among them."""
    job = next(job for job in session.jobs if job.id == name)
    longer, most = msgspec.structs.replace(job, seconds=1.0), session.plan.hold_seconds
    seconds = most if session.plan.mode == "full" else min(most, HOLD_CAPPED_SECONDS)
    until = session.drive.now() + min(seconds, session.seconds_left - LATE_SECONDS) / parts
    least = session.bytes_left - (session.bytes_left - LATE_BYTES) // parts
    while session.drive.now() + longer.seconds < until and session.fits(longer):
        left = session.bytes_left - least
        if left < max(job.block * job.depth, job.bytes // LEAST_OF_A_ROUND):
            return
        rounds.append(session.run(msgspec.structs.replace(longer, bytes=min(job.bytes, left)))[1])
        session.keep()


def _spaced(session: Session) -> None:
    """A short round of random reads and one of random writes in each second, for as long as the time and the
    bytes last: limits that begin after so much time, or so many requests, are both met."""
    recording = session.recording
    series = [(QD32, recording.hold), *([(WRITE32, recording.hold_write)] if recording.filled else [])]
    spare = LATE_SECONDS + LARGE_SECONDS
    until = session.drive.now() + min(session.plan.hold_seconds, session.seconds_left - spare)
    kept = LATE_BYTES + int(LARGE_SHARE * session.bytes_left)
    while session.drive.now() + SLOT < until:
        slot = session.drive.now() + SLOT
        slots = max(1.0, min(until - slot, session.seconds_left) / SLOT)
        share = max(SLOT_BYTES, int((session.bytes_left - kept) / slots / len(series)))
        for name, rounds in series:
            job = next(job for job in session.jobs if job.id == name)
            job = msgspec.structs.replace(job, seconds=SLOT / 4, bytes=min(job.bytes, share))
            if not session.fits(job) or session.bytes_left < kept:
                return
            rounds.append(session.run(job)[1])
        session.keep()
        _watch(session, slot)


def _watch(session: Session, until: float) -> None:
    """A single read now and then, so that a pause of the disk is met where nothing else asks it."""
    job = Job("watch", "read", BLOCK, 1, SLOT, BLOCK)
    while session.drive.now() + WATCH_SECONDS < until and session.fits(job):
        session.drive.rest(WATCH_SECONDS)
        session.at(job, session.places(BLOCK, 1))
    session.drive.rest(max(0.0, until - session.drive.now()))
