"""What was read twice, and what had lain there for long: a cache beneath, and blocks that come from afar."""

import msgspec

from vaudit.bench.borders import Borders
from vaudit.bench.disk.judge.figures import named
from vaudit.bench.disk.recording import OLD_BLOCKS, SMALL_SET, OldBlocks, Pass, Recording, WorkingSet
from vaudit.bench.stats import widened
from vaudit.model.benchmark import Benchmark, Round

DOUBT = ("cache-beneath", "old-blocks-slow")
"""Words that cast doubt on what the fresh test file showed."""
ENOUGH_READS = 50
"""Of each pass over a small part of the file."""
ENOUGH_OLD = 12
"""Where they come from afar a quick run has no time for many."""


def small_set(recording: Recording, borders: Borders) -> Benchmark | None:
    """The benchmark `disk.small-set`: the average latency of repeated reads in 64 MiB, at depth 1."""
    if recording.small is None:
        return None
    made = recording.small
    base = Benchmark(
        id=SMALL_SET,
        target=recording.where.target,
        engine="embedded",
        unit="us",
        limits=["a cache that already held the blocks at the first read, having seen them written"],
        device=recording.where.device.name if recording.where.device else None,
        seconds=made.seconds,
    )
    if min(made.once.latencies.count, made.again.latencies.count) < ENOUGH_READS:
        return msgspec.structs.replace(base, status="skipped", reason="too few blocks were read in time")
    return _small_set(base, made, borders)


def _small_set(base: Benchmark, made: WorkingSet, borders: Borders) -> Benchmark:
    first, second = made.once.latencies.us["mean"], made.again.latencies.us["mean"]
    cached = first > borders.cache_faster * second and first - second > borders.cache_gain
    said = f"a read within 64 MiB takes {first:.0f} µs on average, the same blocks again {second:.0f} µs"
    if cached:
        said += ": a cache beneath this machine keeps what was read"
    blocks = made.once.latencies.count
    figures = msgspec.structs.replace(
        base,
        value=second,
        interval=widened([second]),
        samples=[_round(each, made) for each in (made.once, made.again)],
        details={"first_us": first, **named(made.again.latencies.us)},
        command=[f"read {blocks} blocks of 4096 bytes in 64 MiB at random, then again, O_DIRECT"],
    )
    return _judged(figures, "cache-beneath" if cached else "same-speed", said, made.disturbed)


def _round(each: Pass, made: WorkingSet) -> Round:
    us = each.latencies.us
    return Round(us["mean"], each.start, each.seconds, us, made.disturbed, made.guards)


def old_blocks(recording: Recording, fresh_us: float | None, borders: Borders) -> Benchmark | None:
    """The benchmark `disk.old-blocks`; `fresh_us` is the test file's average latency at depth 1."""
    if recording.old is None:
        return None
    made = recording.old
    base = Benchmark(
        id=OLD_BLOCKS,
        target=recording.where.target,
        engine="embedded",
        unit="us",
        device=recording.where.device.name if recording.where.device else None,
        seconds=made.seconds,
    )
    if made.read.latencies.count < ENOUGH_OLD or fresh_us is None:
        reason = f"only {made.files} old big files lie on this file system"
        return msgspec.structs.replace(base, status="skipped", reason=reason)
    return _old_blocks(base, made, fresh_us, borders)


def _old_blocks(base: Benchmark, made: OldBlocks, fresh_us: float, borders: Borders) -> Benchmark:
    value, read = made.read.latencies.us["mean"], made.read
    some = read.latencies.us.get("p90", value)  # a tenth and more of them: not one that waited for long
    slow = min(value, some) > borders.old_slower * fresh_us
    said = f"old blocks take {value:.0f} µs on average, the fresh file's {fresh_us:.0f} µs"
    if slow:
        said += ": they are fetched from farther away, or the host's cache answers for the fresh file"
    blocks = read.latencies.count
    figures = msgspec.structs.replace(
        base,
        value=value,
        interval=widened([value]),
        samples=[Round(value, read.start, read.seconds, disturbed=made.disturbed, guards=made.guards)],
        details=named(read.latencies.us),
        command=[f"read {blocks} blocks of 4096 bytes of {made.files} old files, O_DIRECT"],
    )
    return _judged(figures, "old-blocks-slow" if slow else "old-blocks-ok", said, made.disturbed)


def _judged(benchmark: Benchmark, word: str, said: str, disturbed: str) -> Benchmark:
    """The benchmark of a single look with its word and reason; of a disturbed one nothing certain is said."""
    if disturbed:
        word, said = "inconclusive", f"{said}; {disturbed}"
    sure = "none" if disturbed else "medium"
    return msgspec.structs.replace(benchmark, verdict=word, confidence=sure, reason=said)
