"""What a light look says of a disk: how long single requests take, and that nothing else was looked at."""

import msgspec

from vaudit.bench.borders import Borders
from vaudit.bench.disk import gently
from vaudit.bench.disk.judge.figures import figure, named
from vaudit.bench.disk.recording import OLD_BLOCKS, SYNC, Latencies, OldBlocks, Recording
from vaudit.bench.stats import widened
from vaudit.bench.units import BLOCK
from vaudit.model.benchmark import Benchmark, Confidence, Round
from vaudit.words import joined, latency, many

ENOUGH, SURE = 2, 100
"""Requests, for any word at all and for one that is more than a guess. A hard disk is asked for four, and the
fewer there are, the more one of them may be an accident: of less than SURE the median is judged."""
WHAT = "limits, throughput and many requests at once were not looked at"
LIMITS = [
    "limits on requests and on bytes: they show under load, and a light look makes none",
    "throughput, and what many requests at once bring",
    "what kind of disk it is: single requests alone do not tell",
    "whether a flush really reaches stable storage: that cannot be told from inside a guest",
]
NO_OLD = "no big files lie on this file system that are older than two days: reads were not looked at"


def figures(recording: Recording, borders: Borders) -> list[Benchmark]:
    """Reads of old blocks and flushed writes, and the verdict `disk.light` over them, the last one."""
    found = [_reads(recording, recording.old)] if recording.old and recording.old.read.latencies.count else []
    if recording.rounds.get(SYNC):
        found += [_flushes(recording, borders)]
    return [*found, _verdict(recording, borders)] if not recording.problem else found


def _device(recording: Recording) -> str | None:
    return recording.where.device.name if recording.where.device else None


def _sure(count: int, disturbed: bool) -> Confidence:
    if disturbed or count < ENOUGH:
        return "none"
    return "medium" if count >= SURE else "low"


def _reads(recording: Recording, made: OldBlocks) -> Benchmark:
    """The benchmark `disk.old-blocks`, without fresh blocks beside it."""
    read, value = made.read, made.read.latencies.us["mean"]
    of = f"of {many(made.files, 'old file')}" if made.files else "of the device"
    return Benchmark(
        id=OLD_BLOCKS,
        target=recording.where.target,
        engine="embedded",
        unit="us",
        value=value,
        interval=widened([value]),
        samples=[Round(value, read.start, read.seconds, read.latencies.us, made.disturbed, made.guards)],
        confidence=_sure(read.latencies.count, bool(made.disturbed)),
        reason=made.disturbed,
        details=named(read.latencies.us),
        device=_device(recording),
        command=[f"read {read.latencies.count} blocks of {BLOCK} bytes {of}, {_PAUSED}, O_DIRECT"],
        seconds=made.seconds,
    )


_PAUSED = f"one at a time with pauses, under way for {gently.SHARE:.0%} of the time"


def _flushes(recording: Recording, borders: Borders) -> Benchmark:
    [job] = [job for job in recording.jobs if job.id == SYNC]
    made, taken = figure(recording, job, borders), recording.latencies.get(SYNC, Latencies(0, {}))
    accident = _told_by(taken) <= borders.fdatasync_p99 < taken.us.get("p99", 0.0)
    sure = _sure(taken.count, accident or made.confidence == "none")
    command = [f"write {BLOCK} bytes and flush them, {_PAUSED}, O_DIRECT"]
    return msgspec.structs.replace(made, command=command, confidence=sure)


def _verdict(recording: Recording, borders: Borders) -> Benchmark:
    word, reason, sure = _judged(recording, borders)
    return Benchmark(
        id="disk.light",
        target=recording.where.target,
        engine="vaudit",
        unit="",
        verdict=word,
        confidence=sure,
        reason=reason,
        limits=[*LIMITS, *(f"{what}: {why}" for what, why in recording.missed.items())],
        details={
            "read_p50_us": _us(_taken(recording, "read"), "p50"),
            "read_p99_us": _us(_taken(recording, "read"), "p99"),
            "flush_p50_us": _us(_taken(recording, "flush"), "p50"),
            "flush_p99_us": _us(_taken(recording, "flush"), "p99"),
            "reads": _taken(recording, "read").count,
            "flushes": _taken(recording, "flush").count,
            "written_bytes": recording.written,
            "read_bytes": recording.read,
        },
        device=_device(recording),
        seconds=recording.seconds,
    )


def _taken(recording: Recording, kind: str) -> Latencies:
    """Those that count, of which there may be none."""
    if kind == "flush":
        return recording.latencies.get(SYNC, Latencies(0, {}))
    counts = recording.old is not None and not recording.old.disturbed
    return recording.old.read.latencies if recording.old and counts else Latencies(0, {})


def _us(taken: Latencies, name: str) -> float | None:
    return taken.us.get(name)


def _judged(recording: Recording, borders: Borders) -> tuple[str, str, Confidence]:
    """(word, reason, how sure)."""
    reads, flushes = _taken(recording, "read"), _taken(recording, "flush")
    said = [
        _said(taken, what)
        for taken, what in ((reads, _old(recording)), (flushes, "flushed write"))
        if taken.count
    ]
    missing = _missing(recording)
    reads, flushes = (each if each.count >= ENOUGH else Latencies(0, {}) for each in (reads, flushes))
    if not (reads.count or flushes.count):
        why = joined([*said, *missing]) or "too few requests were made"
        return "inconclusive", f"{why}; {WHAT}", "none"
    least = min(each.count for each in (reads, flushes) if each.count)
    sure: Confidence = "medium" if least >= SURE else "low"
    return _word(reads, flushes, borders), "; ".join([", ".join(said), *missing, WHAT]), sure


def _old(recording: Recording) -> str:
    return "single read" if recording.where.raw else "read of an old block"


def _said(taken: Latencies, what: str) -> str:
    """`of 200 flushed writes half took up to 0.3 ms and 99 % up to 1.2 ms`."""
    usual, most = latency(taken.us["p50"]), latency(taken.us["p99"])
    which = "99 %" if taken.count >= SURE else "the slowest"
    return f"of {many(taken.count, what, _MANY[what])} half took up to {usual} and {which} up to {most}"


_MANY = {
    "single read": "single reads",
    "read of an old block": "reads of old blocks",
    "flushed write": "flushed writes",
}


def _missing(recording: Recording) -> list[str]:
    """What was wanted and not had, and why."""
    old = recording.old
    lines = [f"reads do not count: {old.disturbed}"] if old and old.disturbed else []
    if not recording.where.raw and old and not old.read.latencies.count:
        lines.append(NO_OLD)
    rounds = recording.rounds.get(SYNC, [])
    if rounds and all(each.disturbed for each in rounds):
        lines.append(f"flushed writes do not count: {rounds[0].disturbed}")
    return lines


def _word(reads: Latencies, flushes: Latencies, borders: Borders) -> str:
    """By the slower of both: flushes as databases want them, reads by what a network takes."""
    flushed = _told_by(flushes)
    if flushed > borders.fdatasync_slow:
        return "very-slow"
    slow = flushed > borders.fdatasync_p99 or reads.us.get("p50", 0.0) > borders.network_us
    return "slow" if slow else "soon"


def _told_by(flushes: Latencies) -> float:
    """The microseconds by which flushed writes are judged."""
    return flushes.us.get("p99" if flushes.count >= SURE else "p50", 0.0)
