"""Working sets: is a small part of the test file faster when it is read again?

A host that caches for its guests answers repeated reads of a few megabytes from its memory, however slow the
storage is. So 64 MiB of the file are read at random, once, and then once more in another order. The same
blocks, the same jobs: what is faster the second time was kept by somebody beneath this machine.
"""

import random

from vaudit.bench.disk import engine
from vaudit.bench.disk.recording import SMALL_SET, Job, Latencies, Pass, WorkingSet
from vaudit.bench.disk.session import Session
from vaudit.bench.stats import spread
from vaudit.bench.system import guards
from vaudit.bench.units import BLOCK, MIB

SIZE = 64 * MIB
PASS_SECONDS = 2.0


def measure(session: Session) -> WorkingSet:
    """Two passes over random blocks of one region, at depth 1."""
    began, region = session.drive.now(), min(SIZE, session.recording.size)
    first_block = random.randrange(max(1, (session.recording.size - region) // MIB + 1)) * MIB  # noqa: S311
    offsets = [first_block + at for at in range(0, region, BLOCK)]
    random.shuffle(offsets)
    before = session.drive.sample()
    once = _pass(session, offsets)
    seen_once = offsets[: once.count]
    random.shuffle(seen_once)
    again = _pass(session, seen_once)
    seen = session.drive.since(before)
    moved = once.bytes + again.bytes
    session.account("read", moved)
    return WorkingSet(
        once=_taken(session, once),
        again=_taken(session, again),
        disturbed=guards.disturbed(seen, moved, 0, busy_ok=session.plan.busy_ok),
        guards=guards.figures(seen),
        seconds=session.drive.now() - began,
    )


def _pass(session: Session, offsets: list[int]) -> engine.Timed:
    most = len(offsets) * BLOCK
    job = Job(SMALL_SET, "read", BLOCK, 1, PASS_SECONDS, most)
    return session.drive.run_at(job, offsets)


def _taken(session: Session, timed: engine.Timed) -> Pass:
    latencies = Latencies(timed.count, spread(timed.latencies))
    return Pass(timed.start - session.began, timed.seconds, latencies)
