"""The table that buyers compare: random reads and writes of four sizes, as YABS mixes them.

Two jobs of depth 64, half of the requests reads; by fio with the options of YABS where it is installed, else
by the embedded engine in two processes. A full run has YABS's sizes and times; a quick one is shortened to
what is left of its bytes and seconds, and says so.
"""

from statistics import median

import msgspec

from vaudit.bench.disk import fio, yabs
from vaudit.bench.disk.recording import QD32, READ, WRITE, WRITE32, Mix, Mixed, Way
from vaudit.bench.disk.session import SPARE_SECONDS, Session
from vaudit.bench.system import guards
from vaudit.bench.system.errors import BenchError
from vaudit.bench.units import MIB, Effort
from vaudit.words import size as sized

_SHARES = (1, 1, 2, 4)
"""Of those bytes, by block size: a run of few requests of 1 MiB would be over before 128 are in flight."""
LEAST_SECONDS, LEAST_BYTES = 0.2, 8 * MIB
"""With less a line would say nothing."""
HELD_BYTES = 128 * MIB
"""A quick run keeps so much for what follows, if the table is in no danger: for a limit's figure, or the end
of a burst."""
_LONGEST_DRAIN = {"quick": 1.0, "full": 20.0}
"""Seconds that what is in flight at the end of a run may take."""
_START_SECONDS = 0.5
"""That fio, or another process, takes to begin and end."""


def reserved(mode: Effort) -> float:
    """Seconds that all lines take."""
    return len(yabs.BLOCKS) * (_START_SECONDS + yabs.seconds(mode))


def measure(session: Session) -> None:
    """All lines, into the recording; why one is missing goes there too."""
    for number, (id, block) in enumerate(yabs.BLOCKS):
        session.say(f"mixed reads and writes of {sized(block)}")
        try:
            if session.recording.where.buffered:
                raise BenchError("this file system refuses direct I/O, without which nothing is comparable")
            session.recording.mixed.append(_measured(session, _mix(session, number, id, block)))
        except (BenchError, OSError) as error:
            session.recording.mixed_missing[id] = str(error)


def _mix(session: Session, number: int, id: str, block: int) -> Mix:
    """What the budgets leave for one line. Raises BenchError where that is too little."""
    left, shares = session.seconds_left - SPARE_SECONDS, _SHARES[number:]
    lines = min(len(shares), int(left / (LEAST_SECONDS + _START_SECONDS)))  # the last ones are given up first
    if lines < 1:
        raise BenchError("the time of this run was used up")
    seconds = left / lines - _START_SECONDS
    if session.plan.mode == "full":
        most = session.bytes_left // lines
    else:
        free = max(session.bytes_left - HELD_BYTES, min(session.bytes_left, LEAST_BYTES * sum(shares)))
        part = min(yabs.SHORT_BYTES * sum(shares) // sum(_SHARES), free)
        most = part * shares[0] // sum(shares)
    seconds = min(seconds, yabs.seconds(session.plan.mode))
    mix = Mix(id, block, seconds, 0)
    needed = mix.jobs * mix.depth * block
    if most < LEAST_BYTES:
        raise BenchError("the bytes of this run were used up")
    if not session.drive.room(needed):
        raise BenchError(f"too little memory is free for requests of {needed // MIB} MiB in flight")
    if _drain(session, mix) > _LONGEST_DRAIN[session.plan.mode]:
        raise BenchError(f"this disk is too slow for {mix.jobs * mix.depth} such requests at once")
    each = min(yabs.SIZE, most // mix.jobs) // block * block
    return msgspec.structs.replace(mix, bytes=each)


def _drain(session: Session, mix: Mix) -> float:
    """Seconds that all requests in flight take, by what was measured before: no run can be shorter."""
    requests, rounds = mix.jobs * mix.depth, session.recording.rounds
    speeds = [(QD32, 1.0), (WRITE32, 1.0), (READ, 1 / mix.block), (WRITE, 1 / mix.block)]
    seen = [median(each.value for each in rounds[name]) * by for name, by in speeds if rounds.get(name)]
    slowest = min(seen, default=0.0)
    return requests / slowest if slowest > 0 else 0.0


def _measured(session: Session, mix: Mix) -> Mixed:
    before, began = session.drive.sample(), session.drive.now()
    made = _by_fio(session, mix) or _by_us(session, mix)
    seen = session.drive.since(before)
    read = int(made.read.bytes_per_second * made.seconds)
    written = made.moved - read
    session.account("read", read)
    session.account("write", written)
    return msgspec.structs.replace(
        made,
        start=began - session.began,
        whole=mix.bytes >= yabs.SIZE <= session.recording.size and mix.seconds >= yabs.SECONDS,
        disturbed=guards.disturbed(seen, read, written, busy_ok=session.plan.busy_ok),
        guards=guards.figures(seen),
    )


def _by_fio(session: Session, mix: Mix) -> Mixed | None:
    """None where there is no fio, or it cannot do this: it may lack the engine."""
    path, size = session.plan.fio.path, session.recording.size
    if path is None:
        return None
    try:
        run, raw = fio.run_mixed(path, mix, session.drive.fio_file, size)
    except BenchError as error:
        session.recording.check_errors[mix.id] = str(error)
        return None
    key = f"fio {mix.id}"
    session.show(key, raw)
    [read, write] = [run.jobs[0].read, run.jobs[0].write]
    return Mixed(
        mix=mix, engine="fio", version=run.version,
        command=fio.mixed_command(path, mix, session.drive.fio_file, size),
        read=Way(read.bytes_per_second, read.iops), write=Way(write.bytes_per_second, write.iops),
        seconds=max(read.seconds, write.seconds), start=0.0, whole=False, evidence=[f"run:{key}"],
        moved=(read.total_ios + write.total_ios) * mix.block,
    )  # fmt: skip


def _by_us(session: Session, mix: Mix) -> Mixed:
    parts = session.drive.mix(mix, session.recording.size)
    seconds = max(part.seconds for part in parts)
    writes, count = sum(part.writes for part in parts), sum(part.count for part in parts)
    return Mixed(
        mix=mix, engine="embedded", seconds=seconds, start=0.0, whole=False, moved=count * mix.block,
        busy=min(part.busy for part in parts),
        command=[f"read and write {mix.block} bytes in random order, half of each, {mix.jobs} jobs of "
                 f"{mix.depth} at once, O_DIRECT, at most {mix.seconds:.1f} s and {mix.bytes} bytes each"],
        read=Way((count - writes) * mix.block / seconds, (count - writes) / seconds),
        write=Way(writes * mix.block / seconds, writes / seconds),
    )  # fmt: skip
