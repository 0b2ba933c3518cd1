"""The light look at a disk: single reads of blocks that have lain there for long, and single flushed writes,
each followed by a pause (gently.py). It may run every day, or every ten minutes, beside whatever works.

A file of 1 MiB is all that is written, and parts of it over again. Nothing is asked at once, so nothing is
learnt of limits, of throughput or of queues; what is learnt is how long a program waits that reads one block,
or makes one record safe.
"""

import errno

from vaudit.bench.disk import gently, old_blocks
from vaudit.bench.disk.engine import Timed
from vaudit.bench.disk.recording import Job, Latencies, OldBlocks, Pass
from vaudit.bench.disk.session import Session
from vaudit.bench.stats import spread
from vaudit.bench.system import guards
from vaudit.bench.system.errors import BenchError, sentence
from vaudit.bench.units import BLOCK, MIB

SIZE = MIB
"""Bytes of the file in which is written; each place of it is written once."""
FILL_SECONDS = 0.5


def measure(session: Session) -> None:
    """Reads of old blocks; then, on no raw device, flushed writes. Raises BenchError."""
    if session.plan.place.raw:
        session.use(session.plan.size)
        session.say("single reads")
        session.recording.old = _anywhere(session)
        return
    session.say("single reads of old blocks")
    _read_old(session)
    session.keep()
    session.say("single flushed writes")
    _fill(session)
    _flushes(session)


def _read_old(session: Session) -> None:
    """Into the recording; what hinders these costs the flushed writes nothing."""
    try:
        session.recording.old = old_blocks.measure(
            session, gently.SEARCH_SECONDS + gently.SECONDS, rested=True
        )
    except OSError as error:
        if error.errno == errno.EIO:
            raise BenchError(sentence(error, "reading old blocks")) from None
        session.recording.missed["reading old blocks"] = str(error)


def _anywhere(session: Session) -> OldBlocks:
    """Reads at random places of a raw device, whose blocks are as old as they are."""
    drive, job = session.drive, Job("light", "read", BLOCK, 1, gently.SECONDS, BLOCK)
    began, before = drive.now(), drive.sample()
    places = session.places(BLOCK, gently.WANTED)
    taken = _singles(session, job, places, began + gently.SECONDS)
    seen = drive.since(before)
    return OldBlocks(
        files=0,
        read=Pass(began - session.began, sum(taken) / 1e9, Latencies(len(taken), spread(taken))),
        disturbed=guards.disturbed_single(seen, len(taken) * BLOCK, 0, busy_ok=session.plan.busy_ok),
        guards=guards.figures(seen),
        seconds=drive.now() - began,
    )


def _singles(session: Session, job: Job, places: list[int], until: float) -> list[int]:
    """Nanoseconds of single requests at these places, each followed by its pause, until the time is up."""
    drive, taken = session.drive, list[int]()
    for place in places:
        if drive.now() >= until:
            break
        taken += session.at(job, [place]).latencies
        drive.rest(max(0.0, min(gently.pause(taken[-1] / 1e9), until - drive.now())))
    return taken


def _fill(session: Session) -> None:
    """Write the small file, in one request and a flush: what is written over later must be there."""
    timed = session.drive.fill(session.plan.size, FILL_SECONDS)
    if timed.bytes < session.plan.size:
        raise BenchError("not even 1 MiB could be written")
    session.account("write", timed.bytes)
    session.waited("disk.fill", timed)
    session.use(timed.bytes)


def _flushes(session: Session) -> None:
    """Rounds of single flushed writes, each to a place of its own."""
    [job] = session.jobs
    places, until = session.places(BLOCK, gently.WANTED), session.drive.now() + gently.SECONDS
    for first in range(0, len(places), gently.PART):
        if session.drive.now() < until:
            _round(session, job, places[first : first + gently.PART], until)
            session.keep()


def _round(session: Session, job: Job, places: list[int], until: float) -> None:
    drive, began = session.drive, session.drive.now()
    before = drive.sample()
    taken = _singles(session, job, places, until)
    seen, moved = drive.since(before), len(taken) * BLOCK
    timed = Timed(began, max(sum(taken), 1) / 1e9, len(taken), moved, taken)
    reason = guards.disturbed_single(seen, 0, moved, busy_ok=session.plan.busy_ok)
    session.add(job, timed, session.round(timed, timed.per_second, reason, seen))
