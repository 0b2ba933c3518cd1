"""Short looks after the rounds, each of which tells two things apart that the rounds show alike.

Single requests after pauses: what an idle disk answers. A limit with any credit lets them pass at once, so a
disk that answers them faster than its own rate allows is held back; one that does not just takes that long.
A wire never carries more than its speed, not even after a pause, and a limit does. Blocks four times as
large: a limit on requests does not mind them, and whatever has to move or to copy them does.
"""

import msgspec

from vaudit.bench.disk.recording import BURST, READ, WRITE32, Among, Job, Rested
from vaudit.bench.disk.session import Session
from vaudit.bench.system import guards
from vaudit.bench.units import BLOCK, MIB
from vaudit.model.benchmark import Round

SIZES = (BLOCK, 64 * 1024, 256 * 1024)
"""Bytes of single requests."""
SINGLES, ENOUGH = 12, 4
BURSTS = 8
SECONDS = 0.6
"""At most for the singles of one size."""
LEAST_PAUSE, MOST_PAUSE = 0.015, 0.15
"""Seconds: longer than the slices of most limits, and no longer than can be waited for."""
TURNS, TURN = 6, 4
"""Of reads close to each other and far apart: so many times so many."""
LARGE_SECONDS, LARGE_BYTES, LARGE_TIMES, LARGE_DEPTH = 0.4, 16 * MIB, 3, 8
AMONG_SECONDS, AMONG_BYTES, AMONG_DEPTH = 0.5, 8 * MIB, 32
MOST_OF_ONE = 0.97
"""Of reads among writes: with fewer of the other a short run would have none."""
WIDE = 4
WIDER_SECONDS, WIDER_BYTES, WIDER_TIMES = 0.25, 24 * MIB, 2


def rested(session: Session, kind: str, sizes: tuple[int, ...] = SIZES) -> list[Rested]:
    """Single requests of each size, each after a pause, at random places."""
    seconds = SECONDS + session.drain(kind, ENOUGH)
    return [_singles(session, kind, size) for size in sizes if session.enough(seconds, SINGLES * size)]


def _singles(session: Session, kind: str, size: int) -> Rested:
    job = Job("single", "read" if kind == "read" else "write", size, 1, SECONDS, size)
    until, pause, taken = session.drive.now() + SECONDS, LEAST_PAUSE, list[float]()
    for offset in session.places(size, SINGLES):
        if len(taken) >= ENOUGH and session.drive.now() > until:
            break
        session.drive.rest(pause)
        timed = session.at(job, [offset])
        taken += [each / 1000 for each in timed.latencies]
        pause = min(MOST_PAUSE, max(LEAST_PAUSE, 2 * timed.seconds))
    return Rested(size, taken)


def bursts(session: Session, kind: str) -> list[float]:
    """Seconds for some requests that come at once, each time after a pause."""
    job = Job("burst", "read" if kind == "read" else "write", BLOCK, BURST, SECONDS, BURST * BLOCK)
    until, pause, taken = session.drive.now() + SECONDS, LEAST_PAUSE, list[float]()
    seconds = session.drain(kind, BURST) + MOST_PAUSE
    while len(taken) < BURSTS and session.drive.now() < until and session.enough(seconds, job.bytes):
        session.drive.rest(pause)
        timed = session.at(job, session.places(BLOCK, BURST))
        taken.append(timed.seconds)
        pause = min(MOST_PAUSE, max(LEAST_PAUSE, 2 * timed.seconds))
    return taken


def wider(session: Session, kind: str, most: int = WIDER_BYTES) -> list[Round]:
    """Requests of 16 KiB at depth 32, a few short rounds, at random places."""
    made = []
    size = WIDE * BLOCK
    job = Job(WRITE32, "read" if kind == "read" else "write", size, 32, WIDER_SECONDS, most)
    for _ in range(WIDER_TIMES):
        if not session.enough(2 * WIDER_SECONDS + session.drain(kind, job.depth), most):
            break
        made.append(session.at_round(job, session.places(size, most // size)))
    return made


def large(session: Session, kind: str, most: int) -> list[Round]:
    """Large requests, a few short rounds that follow each other; fewer at a time where one takes long."""
    made, job = list[Round](), Job(READ, "read" if kind == "read" else "write", MIB, 1, LARGE_SECONDS, MIB)
    most = min(LARGE_BYTES, most // (LARGE_TIMES + 1))
    if most < LARGE_DEPTH * MIB or not session.enough(LARGE_SECONDS, LARGE_TIMES * most):
        return made
    taken = session.at(job, session.places(MIB, 1)).seconds
    number = max(1, min(most // MIB, int(LARGE_SECONDS / max(taken, 1e-6))))
    job = msgspec.structs.replace(job, depth=min(LARGE_DEPTH, number))
    while len(made) < LARGE_TIMES and session.enough(number * taken, number * MIB):
        one = session.at_round(job, session.places(MIB, number))
        made.append(msgspec.structs.replace(one, value=one.value * MIB))
    return made


def among(session: Session, reads: float, writes: float) -> Among | None:
    """Reads among writes, of which so many a second pass alone; None where there is no time for it."""
    share = min(MOST_OF_ONE, max(1 - MOST_OF_ONE, reads / (reads + writes)))
    most = int(min(AMONG_BYTES, session.bytes_left // 2))
    if not session.enough(2 * AMONG_SECONDS + AMONG_DEPTH / min(reads, writes), most):
        return None
    job = Job("among", "mixed", BLOCK, AMONG_DEPTH, AMONG_SECONDS, most, share)
    before = session.drive.sample()
    timed = session.at(job, session.places(BLOCK, most // BLOCK))
    seen = session.drive.since(before)
    written = timed.writes * BLOCK
    why = guards.disturbed(seen, timed.bytes - written, written, busy_ok=session.plan.busy_ok)
    rates = ((timed.count - timed.writes) / timed.seconds, timed.writes / timed.seconds)
    return Among(share, *rates, why)


def near(session: Session) -> list[tuple[float, float]]:
    """Mean latencies (µs) of reads close to each other and of reads far apart, one at a time, a few by turns:
    so whoever uses the same storage for a while slows down both."""
    made, until = list[tuple[float, float]](), session.drive.now() + 2 * SECONDS
    for first in session.places(MIB, TURNS):
        if not session.enough(SECONDS, MIB) or (len(made) > 2 and session.drive.now() > until):
            break
        offsets = [min(first + step * 9 * BLOCK, session.recording.size - BLOCK) for step in range(TURN + 1)]
        job = Job("near", "read", BLOCK, 1, SECONDS, MIB)
        close = _mean(session.at(job, offsets).latencies[1:])
        job = Job("far", "read", BLOCK, 1, SECONDS, MIB)
        apart = _mean(session.at(job, session.places(BLOCK, TURN)).latencies)
        made += [(close, apart)] if close and apart else []
    return made


def _mean(latencies: list[int]) -> float:
    return sum(latencies) / len(latencies) / 1000 if latencies else 0.0
