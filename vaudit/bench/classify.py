"""From rounds to a class: what kind of disk behaves like this, how sure that is, and why.

Pure: rounds in, a verdict out. The signatures were measured on disks of known behaviour. The two that
matter most: a capped disk answers 32 readers no faster than one (ratio 1.0), a slow one does (ratio 6 to
12); and a disk capped at 100 IOPS has a median latency of 0.05 ms, so the median alone decides nothing.
The borders between latency classes (15 µs, 250 µs, 2 ms) are our own, fitted to published figures of HDDs,
SSDs, EBS and Ceph; they are no standard.
"""

from itertools import product
from statistics import median
from typing import Literal

import msgspec

from vaudit.bench.place import Device
from vaudit.bench.samples import Round
from vaudit.bench.stats import find_cliff, trimmed, widened

Word = Literal[
    "memory-speed", "local-flash", "network-block", "spinning", "capped", "burst-bucket",
    "emulated-no-queueing", "contended", "inconclusive",
]  # fmt: skip

MEMORY_US = 15.0
FLASH_US = 250.0
NETWORK_US = 2000.0
NO_SCALING = 1.4
"""IOPS at depth 32 over IOPS at depth 1: below it, more requests at once bring nothing. A limit gives 1.0 to
1.2 (it lets the first slice of each round pass), what is slow by latency 6 and more."""
SCALING = 3.0
RATIO_WIDTH = 0.15
"""Least half-width of a ratio's interval: its two rounds followed each other, which spares them the drift."""
EVEN = 1.25
"""A limit that paces requests: three quarters of them take at most so many times as long as one quarter. On
a disk of 7200 turns a minute the turning alone spreads them over 8 ms."""
_SHAPING = ("p1", "p50", "p99", "p25", "p75")
ENOUGH = 3
"""Undisturbed rounds of each job that a certain verdict needs."""


class Series(msgspec.Struct, frozen=True):
    """The rounds of the jobs that decide. Values: IOPS for random jobs, bytes per second for sequential."""

    qd1: list[Round]
    qd32: list[Round]
    read: list[Round] = []
    write: list[Round] = []
    hold: list[Round] = []
    """Depth 32 again, second after second, when the disk looked capped."""
    hold_read: list[Round] = []
    """The same with large reads, when it looked capped in bytes."""


class Context(msgspec.Struct, frozen=True):
    """What else is known of the disk."""

    device: Device | None = None
    path: str | None = None
    """As in the facts: paravirtual, emulated, …"""
    probe_limited: bool = False
    """The probe itself used up a CPU at depth 32, so the disk may do more."""


class Verdict(msgspec.Struct, frozen=True):
    """What the disk is, and why."""

    word: Word
    confidence: Literal["high", "medium", "low", "none"]
    reason: str
    certain: bool = False
    """All that the rounds allow gives the same word: no more rounds are needed."""
    cap_iops: float | None = None
    cap_bytes: float | None = None
    """Bytes per second."""
    mean_us: float | None = None
    ratio: float | None = None


class Shape(msgspec.Struct, frozen=True):
    """One point in the space that the classes divide: what the latencies look like."""

    mean: float
    """Microseconds, depth 1."""
    ratio: float
    p1: float
    p50: float
    p99: float
    p25: float
    p75: float


def clean(rounds: list[Round]) -> list[Round]:
    """The rounds that count."""
    return [each for each in rounds if not each.disturbed]


def classify(series: Series, context: Context) -> Verdict:
    """The verdict over all rounds so far. Never `slow` because of our own machine: then `inconclusive`."""
    pairs = _pairs(series, must_be_clean=True)
    if len(pairs) >= ENOUGH:
        return _decide(series, context, pairs)
    everything = _pairs(series, must_be_clean=False)
    if everything:
        return _despite_noise(series, context, everything)
    return Verdict("inconclusive", "none", "no round was finished")


def _pairs(series: Series, must_be_clean: bool) -> list[tuple[Round, Round]]:
    """Rounds of depth 1 and 32 that followed each other."""
    return [
        (one, many)
        for one, many in zip(series.qd1, series.qd32, strict=False)
        if one.percentiles and one.value > 0 and not (must_be_clean and (one.disturbed or many.disturbed))
    ]


def _decide(series: Series, context: Context, pairs: list[tuple[Round, Round]]) -> Verdict:
    ones = [one for one, _ in pairs]
    means = [one.percentiles["mean"] for one in ones]
    ratios = [many.value / one.value for one, many in pairs]
    middle = {name: median(one.percentiles.get(name, 0.0) for one in ones) for name in _SHAPING}
    means, ratios = trimmed(means), trimmed(ratios)
    corners = product((median(means), *widened(means)), (median(ratios), *widened(ratios, least=RATIO_WIDTH)))
    words = {_word(Shape(mean, ratio, **middle), context) for mean, ratio in corners}
    shape = Shape(median(means), median(ratios), **middle)
    word = _word(shape, context)
    certain = len(words) == 1
    if not certain:
        return _between(words, shape)
    bucket = _bucket(series, [many for _, many in pairs], shape) if word == "capped" or series.hold else None
    return bucket or _explain(word, shape, series, pairs, context)


def _bucket(series: Series, many: list[Round], shape: Shape) -> Verdict | None:
    """The verdict where a credit of requests, or one of bytes, ended while it was measured; else None."""
    figures = {"mean_us": shape.mean, "ratio": shape.ratio}
    small = find_cliff([each.value for each in many + clean(series.hold)])
    if small:
        before, after = (f"{value:,.0f}" for value in small)
        says = f"it began with {before} reads a second and fell to {after} when its credit ended"
        sure: Literal["high", "medium"] = "high" if series.hold else "medium"
        return Verdict("burst-bucket", sure, says, True, cap_iops=small[1], **figures)
    large = find_cliff([each.value for each in clean(series.read + series.hold_read)])
    if large and series.hold_read:
        before, after = (f"{value / 1e6:,.0f}" for value in large)
        says = f"it began with {before} MB/s and fell to {after} MB/s when its credit ended"
        return Verdict("burst-bucket", "high", says, True, cap_bytes=large[1], **figures)
    return None


def _word(shape: Shape, context: Context) -> Word:
    """The class of one shape; read it as a table from top to bottom."""
    sliced = shape.p50 < shape.mean / 3  # most requests pass at once, some wait long
    # a head that moves over a disk that turns leaves no two reads alike; a limit that paces makes most alike
    wide = shape.p99 > 10 * max(shape.p1, 1e-3) and not shape.p75 < EVEN * shape.p25
    no_queue = context.path == "emulated" or (context.device is not None and context.device.queue_depth == 1)
    if shape.mean < MEMORY_US:
        return "memory-speed"
    if shape.ratio < NO_SCALING and not context.probe_limited:
        if sliced:
            return "capped"
        if shape.mean >= NETWORK_US and wide:
            return "spinning"
        return "emulated-no-queueing" if no_queue else "capped"
    if shape.mean < FLASH_US:
        return "local-flash"
    if sliced and shape.p50 < FLASH_US:
        return "contended"
    if shape.mean < NETWORK_US:
        return "network-block"
    if wide and shape.ratio < 4:
        return "spinning"
    return "network-block" if shape.ratio >= SCALING else "contended"


def _between(words: set[Word], shape: Shape) -> Verdict:
    listed = " and ".join(sorted(words)) if len(words) == 2 else ", ".join(sorted(words))
    return Verdict(
        "inconclusive", "none",
        f"the rounds differ too much to tell between {listed} (a read took {_time(shape.mean)} on average)",
        mean_us=shape.mean, ratio=shape.ratio,
    )  # fmt: skip


def _despite_noise(series: Series, context: Context, pairs: list[tuple[Round, Round]]) -> Verdict:
    """Too few rounds count. Noise only ever slows a disk down, so a fast one is fast all the same."""
    disturbed = [each.disturbed for each in (*series.qd1, *series.qd32) if each.disturbed]
    why = max(set(disturbed), key=disturbed.count) if disturbed else "too few rounds were finished in time"
    mean = median(one.percentiles["mean"] for one, _ in pairs)
    ratio = median(many.value / one.value for one, many in pairs)
    if mean * 1.2 < MEMORY_US:
        return Verdict(
            "memory-speed", "medium",
            f"a read took {_time(mean)} on average, although {why}: no disk is that fast",
            mean_us=mean, ratio=ratio,
        )  # fmt: skip
    if mean * 1.2 < FLASH_US and ratio >= SCALING:
        return Verdict(
            "local-flash", "low",
            f"a read took {_time(mean)} on average although {why}; it may be faster still",
            mean_us=mean, ratio=ratio,
        )  # fmt: skip
    count = len(clean(series.qd1))
    return Verdict(
        "inconclusive", "none",
        f"only {count} of {len(series.qd1)} rounds counted: {why}; run it again when the machine is idle",
        mean_us=mean, ratio=ratio,
    )  # fmt: skip


def _explain(
    word: Word, shape: Shape, series: Series, pairs: list[tuple[Round, Round]], context: Context
) -> Verdict:
    cap_iops, cap_bytes = _cap(series, pairs) if word == "capped" else (None, None)
    scaling = f"32 at once bring {shape.ratio:.1f} times as many"
    took = f"a random read takes {_time(shape.mean)} on average"
    limit = f"{cap_iops:,.0f} IOPS" if cap_iops else f"{(cap_bytes or 0) / 1e6:,.0f} MB/s"
    kind = (
        "most reads return at once and some wait"
        if shape.p50 < shape.mean / 3
        else "each read is delayed alike"
    )
    reasons: dict[Word, str] = {
        "memory-speed": f"{took}: no disk is that fast, memory or a cache answers",
        "local-flash": f"{took} and {scaling}: flash in or near the host, not throttled in this time",
        "network-block": f"{took} and {scaling}: each read waits for something far away, as on a network",
        "spinning": f"{took} (1 % under {_time(shape.p1)}, 1 % over {_time(shape.p99)}) and {scaling}: "
        "a head that moves",
        "capped": f"32 reads at once bring no more than one at a time: limited to {limit} ({kind})",
        "emulated-no-queueing": f"{took} and {scaling}: the emulated controller serves one request at a time",
        "contended": f"half of the reads take under {_time(shape.p50)}, but the average is "
        f"{_time(shape.mean)} and {scaling}: others use the same storage",
    }
    confidence: Literal["high", "medium"] = "medium" if word == "contended" else "high"
    reason, plateau = reasons[word], _plateau(pairs, context)
    if plateau and word in ("local-flash", "network-block"):
        cap_iops = plateau
        reason += f"; 32 at once stay within 5 % of {plateau:,.0f} a second, as under a limit"
    return Verdict(word, confidence, reason, True, cap_iops, cap_bytes, shape.mean, shape.ratio)


_SOLD = [500, 1000, 1500, 2000, 3000, 4000, 5000, 6000, 7500, 8000, 10_000, 12_000, 15_000, 16_000, 20_000]
_SOLD += [25_000, 30_000, 40_000, 50_000, 64_000, 80_000, 100_000]


def _plateau(pairs: list[tuple[Round, Round]], context: Context) -> float | None:
    """A rate at depth 32 that hardly moves and lies within 2 % of a figure that providers sell; else None."""
    rates = [many.value for _, many in pairs]
    if context.probe_limited or max(rates) > 1.05 * min(rates):
        return None
    return next((float(sold) for sold in _SOLD if abs(median(rates) / sold - 1) < 0.02), None)


def _cap(series: Series, pairs: list[tuple[Round, Round]]) -> tuple[float | None, float | None]:
    """(IOPS, None) or (None, bytes per second).

    Where small and large reads move the same bytes a second, the bytes are what is capped. A limit gives
    credit for the pause before a round (QEMU's for 0.1 s: +20 % in a round of 0.5 s), so that the figure
    comes from the rounds without pauses where there are such.
    """
    iops = median([many.value for _, many in pairs])
    large = [each.value for each in clean(series.read)]
    if large and abs(iops * 4096 / median(large) - 1) < 0.25:
        return None, median([each.value for each in clean(series.hold_read)] or large)
    return median([each.value for each in clean(series.hold)] or [iops]), None


def _time(us: float) -> str:
    return f"{us:.0f} µs" if us < 1000 else f"{us / 1000:.1f} ms"
