"""From rounds to a class: what kind of disk behaves like this, and how sure that is.

Pure: rounds and borders in, a verdict out; reasons.py says why. The signatures were measured on disks of
known behaviour. The two that matter most: a capped disk answers 32 readers no faster than one (ratio 1.0), a
slow one does (ratio 6 to 12); and a disk capped at 100 IOPS has a median latency of 0.05 ms, so the median
alone decides nothing. The borders between the classes stand in checks/thresholds.toml. What stands here
describes the shape of a series: how even is even, how near is near.
"""

from itertools import product
from statistics import median
from typing import Literal

import msgspec

from vaudit.bench.borders import Borders
from vaudit.bench.disk.judge import reasons
from vaudit.bench.disk.judge.reasons import ClassWord, Shape
from vaudit.bench.disk.recording import BURST, QD32, WRITE32, BlockDevice, Recording
from vaudit.bench.stats import below, find_cliff, trimmed, widened, within
from vaudit.bench.system.guards import QUOTA
from vaudit.bench.units import BLOCK
from vaudit.model.benchmark import Confidence, Round
from vaudit.words import latency, many

RATIO_WIDTH = 0.15
"""Least half-width of a ratio's interval: its two rounds followed each other, which spares them the drift."""
SOMEWHAT = 1.25
"""Three quarters so many times one quarter: they differ, if not much."""
SPREAD = 10
"""A 99th percentile so many times the first: no two reads had the same way to go."""
PACED = 1.5
"""A limit that paces requests makes most take equally long. A disk of 7200 turns a minute spreads them over
8 ms by turning alone: three quarters take at least so many times as long as one quarter."""
STEADY = 1.25
"""Highest over lowest value of rounds that a limit made."""
EVEN = 1.10
"""The same where there is no other sign of a limit."""
LEVEL, SAME_WAYS = 1.05, 0.03
"""Large reads and large writes that are so even, and so close to each other, meet one limit as well. On a
SATA disk they lie 6 % apart, on others far more."""
SAME_BYTES = 0.10
"""Small reads at depth 32 and large ones whose bytes a second lie this close meet a limit in bytes."""
NEAR_BYTES = 0.25
"""The same where a limit is proven and only its unit is in question: short rounds begin with a credit."""
NOISE = 1.2
"""Times by which noise may have slowed down what is called fast in spite of it: the interval of a median."""
SOLD_NEAR = 0.02
"""Share by which a plateau may lie beside a figure that providers sell."""
PROBE_BUSY = 0.9
"""CPUs that the probe itself uses at depth 32, above which the disk may do more than it was asked for."""
EXPLAINED = 0.5
"""Share of the requests in flight that rate times latency must reach to explain the rate."""
SLOW_RATE, SOONER = 1000.0, 0.97
"""Below this rate no noise of a CPU is seen: what an idle disk answers sooner by so little is held back."""
HEAD_US = 1000.0
"""Three of four single reads of a head take at least so long: of a turn of 4 ms a quarter has passed by then,
and the head had to move as well."""
SOME = 8
"""Values of which one may be an accident."""
MOSTLY = 0.8
"""Share of a time that rounds fill which follow each other at once."""
SHORT = 0.5
"""Seconds of a round, of which the pause before the next one is a share worth telling."""
LONGEST_US = 15_000.0
"""No device that takes one at a time needs longer for each: a platter of 7200 turns has turned and its head
moved all the way."""
NO_DEVICE_US = 50.0
"""What takes one at a time in so short a time is rather this machine's processor, or a link."""
AT_ONCE = 32
"""No depth brings more than so many times as many, but for what changed meanwhile."""
NEARLY_ALL = 0.8
"""Share of the turns in which reads close to each other are the faster ones, with a head."""
SLOWER = 2.0
"""Times as long as at first: the disk is no longer the one that was measured."""
TELLING = 1.6
"""Times as many that would come side by side as one after the other, which no noise makes."""
ALIKE = 0.1
"""By which rates may differ that one limit on both would make."""
SELDOM = 0.7
"""Requests in flight, on average, of what is held back even where one is taken at a time."""
OWN_WAY = 0.5
"""From here on reads go their own way beside writes."""
BOUNDED, FROM_NOTHING = 3.0, 2.0
"""How reads wait for a platter that turns: the longest waits less than so many times the median, and the
median is more than so many times the shortest."""
_SHAPING = ("p1", "p50", "p99", "p25", "p75")
_BY_LATENCY: set[ClassWord] = {"memory-speed", "local-flash", "network-block"}
ENOUGH = 3
"""Undisturbed rounds of each job that a certain verdict needs."""
Pairs = list[tuple[Round, Round]]


STOOD = "stood still"
"""Why a round does not count in which the disk itself answered nothing for long."""


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

    device: BlockDevice | None = None
    path: str | None = None
    """As in the facts: paravirtual, emulated, …"""
    probe_limited: bool = False
    """The probe itself used up a CPU at depth 32, so the disk may do more."""
    idle_us: float = 0.0
    """Microseconds in which it answers a single read after a pause; 0 where nobody looked."""
    burst: float = 0.0
    """Requests a second that it answers when some come at once after a pause; 0 where nobody looked."""
    idle_most_us: float = 0.0
    """The same of three quarters of such reads."""
    near_us: float = 0.0
    """The same of reads close to each other, where a head may have to move; 0 where they are no faster."""
    turns: list[tuple[float, float]] = []
    """The same and that of reads far apart, by turns; empty where nobody looked."""
    apart: float | None = None
    """How far reads go their own way beside as many writes: 0 where each waits for all before it, 1 where a
    read does not mind them; None where nobody looked, or where writes are too fast to tell."""
    alike: bool = False
    """As many writes as reads pass at depth 32: one limit on both would look so as well."""


class DiskClass(msgspec.Struct, frozen=True):
    """What the disk is, and why."""

    word: ClassWord
    confidence: Confidence
    reason: str
    certain: bool = False
    """All that the rounds allow gives the same word: no more rounds are needed."""
    cap_iops: float | None = None
    """Of reads, as the next."""
    cap_bytes: float | None = None
    """Bytes per second."""
    mean_us: float | None = None
    ratio: float | None = None
    cap_write_iops: float | None = None
    cap_write_bytes: float | None = None
    but: str = ""
    """What the class alone does not tell, in few words for a headline: `writes are held to 200 a second`."""


def quarter(values: list[float]) -> float:
    """The value that a quarter of them do not exceed."""
    return sorted(values)[len(values) // 4]


def telling(rounds: list[Round]) -> list[Round]:
    """Those that count, but for short ones that lasted until one request of a long tail had ended: they tell
    of that one and of no rate."""
    return [each for each in clean(rounds) if not _waited_for_one(each)]


def _waited_for_one(each: Round) -> bool:
    longest, usual = each.percentiles.get("max", 0.0), each.percentiles.get("p75", 0.0)
    return longest > 1e6 * each.seconds / 3 and usual < longest / SPREAD


def clean(rounds: list[Round]) -> list[Round]:
    """The rounds that count."""
    return [each for each in rounds if not each.disturbed]


def context(recording: Recording) -> Context:
    """What else is known of the disk."""
    limited = bool(recording.own_cpu) and median(recording.own_cpu) > PROBE_BUSY
    alone = [each for each in recording.rested_read if each.block == BLOCK and each.us]
    idle = quarter(alone[0].us) if alone else 0.0
    burst = BURST / median(recording.bursts_read) if recording.bursts_read else 0.0
    where, turns = recording.where, recording.turns
    near = median(close for close, _ in turns) if turns else recording.near_us or 0.0
    most = sorted(alone[0].us)[3 * len(alone[0].us) // 4] if alone else 0.0
    reads, writes = passed(recording)
    alike = bool(reads) and abs(writes / reads - 1) < ALIKE
    return Context(
        where.device, where.path, limited, idle, burst, most, near, turns, _apart(recording), alike
    )


def passed(recording: Recording) -> tuple[float, float]:
    """(reads, writes) a second at depth 32, in rounds that count; 0 where there are none."""
    both = (clean(recording.rounds.get(name, [])) for name in (QD32, WRITE32))
    reads, writes = (median(each.value for each in rounds) if rounds else 0.0 for rounds in both)
    return reads, writes


def _apart(recording: Recording) -> float | None:
    """How far reads go their own way beside writes, by what each gets alone and what both get together."""
    reads, writes = passed(recording)
    for share, read, write in _together(recording):
        if reads and writes:
            free = min(reads / share, writes / (1 - share))
            most = free * (share / reads + (1 - share) / writes)
            if most > TELLING:  # of what waits for each other the shares of the time add up to 1
                own = (read / reads + write / writes - 1) / (most - 1)
                return None if own > OWN_WAY and _seldom(recording, writes) else own
    return None


def _seldom(recording: Recording, writes: float) -> bool:
    """Whether so many writes a second are far fewer than fit in one after the other: held back, they leave
    reads their time, whoever takes one at a time."""
    alone = next((quarter(each.us) for each in recording.rested_write if each.block == BLOCK and each.us), 0)
    return writes * alone < SELDOM * 1e6


def _together(recording: Recording) -> list[tuple[float, float, float]]:
    """(share of reads, reads, writes a second) of mixed runs that count; the most telling one first."""
    among, lines = recording.among, recording.mixed
    found = [(among.share, among.reads, among.writes)] if among and not among.disturbed else []
    mixed = next((each for each in lines if each.mix.block == BLOCK and not each.disturbed), None)
    return [*found, *([(0.5, mixed.read.iops, mixed.write.iops)] if mixed else [])]


def decide(series: Series, context: Context, borders: Borders, enough: int = ENOUGH) -> DiskClass:
    """The verdict over all rounds so far. Never `slow` because of our own machine: then `inconclusive`."""
    pairs = _pairs(series, must_be_clean=True)
    if len(pairs) >= enough:
        return _decide(series, context, pairs, borders)
    everything = _pairs(series, must_be_clean=False)
    if everything:
        return _despite_noise(series, everything, borders)
    return DiskClass("inconclusive", "none", "no round was finished")


def _pairs(series: Series, must_be_clean: bool) -> Pairs:
    """Rounds of depth 1 and 32 that followed each other."""
    return [
        (one, many)
        for one, many in zip(series.qd1, series.qd32, strict=False)
        if one.percentiles and one.value > 0 and not (must_be_clean and (one.disturbed or many.disturbed))
    ]


def _decide(series: Series, context: Context, pairs: Pairs, borders: Borders) -> DiskClass:
    ones = [one for one, _ in pairs]
    means = trimmed([one.percentiles["mean"] for one in ones])
    ratios = trimmed([many.value / one.value for one, many in pairs])
    middle = {name: median(one.percentiles.get(name, 0.0) for one in ones) for name in _SHAPING}
    shape = Shape(median(means), median(ratios), **middle)
    nearby = _sooner_nearby(context, borders)
    if context.near_us * borders.local >= shape.mean or (nearby is not None and nearby < NEARLY_ALL):
        context = msgspec.structs.replace(context, near_us=0.0)
    bucket = _bucket(series, pairs, shape, borders)
    if bucket:
        return bucket
    if _serves_one(shape, context, borders):
        unknown = context.apart is None or context.alike or shape.mean < NO_DEVICE_US
        perhaps = unknown and context.path != "emulated"
        said = reasons.one_at_a_time(shape, context.idle_us, context.path == "emulated", perhaps)
        sure: Confidence = "low" if perhaps else "medium"
        return DiskClass("emulated-no-queueing", sure, said, True, mean_us=shape.mean, ratio=shape.ratio)
    word = word_of(shape, context, borders)
    limit = None if context.idle_us or word not in _BY_LATENCY else _byte_limit(series, pairs, context)
    if limit:
        size, sure, said = limit
        return DiskClass("capped", sure, said, True, None, size, shape.mean, shape.ratio)
    corners = product((shape.mean, *widened(means)), (shape.ratio, *widened(ratios, least=RATIO_WIDTH)))
    words = {word_of(Shape(mean, ratio, **middle), context, borders) for mean, ratio in corners} | {word}
    if len(words) > 1:
        steady = within(means, STEADY) and within(ratios, STEADY)
        return _between(words, word, shape, steady, context.idle_us > 0)
    return _explain(word, shape, series, pairs, context, borders=borders)


def word_of(shape: Shape, context: Context, borders: Borders) -> ClassWord:
    """The class of one shape; read it as a table from top to bottom."""
    if shape.mean < borders.memory_us:
        return "memory-speed"
    if context.path == "physical" and context.device is not None:  # nobody limits a machine's own disk
        if context.device.rotational and shape.mean >= borders.network_us:
            return "spinning"
        if context.device.rotational is False and shape.mean < borders.network_us:
            return "local-flash"
    if shape.ratio < borders.no_scaling and not context.probe_limited:
        if shape.sliced:
            return "capped"
        if shape.mean >= borders.network_us and _wide(shape) and not _quick_when_idle(context):
            return "spinning"
        return "emulated-no-queueing" if _one_at_a_time(context) else "capped"
    if shape.mean < borders.flash_us:
        return "local-flash"
    if shape.sliced and shape.p50 < borders.flash_us:
        return "contended"
    if shape.mean < borders.network_us:
        return "network-block"
    narrow = shape.ratio < borders.spinning_scaling and not _quick_when_idle(context)
    if (narrow and _wide(shape)) or _turns(shape, context):
        return "spinning"
    two_ways = 0 < shape.p25 < borders.flash_us and shape.p75 > SPREAD * shape.p25
    return "contended" if two_ways or shape.ratio < borders.scaling else "network-block"


def _sooner_nearby(context: Context, borders: Borders) -> float | None:
    """Share of the turns in which reads close to each other are sooner answered; None where nobody looked."""
    sooner = [close * borders.local < apart for close, apart in context.turns]
    return sum(sooner) / len(sooner) if sooner else None


def _wide(shape: Shape) -> bool:
    """Reads take as different times as a head that moves over a disk that turns makes them take."""
    if shape.p25 and shape.p75:
        return shape.p75 >= PACED * shape.p25
    return shape.p99 > SPREAD * max(shape.p1, 1e-3)


def _quick_when_idle(context: Context) -> bool:
    """A single read after a pause comes back sooner than any head gets to its place."""
    return 0 < context.idle_us < HEAD_US


def _turns(shape: Shape, context: Context) -> bool:
    """Reads wait for a platter, of which there may be many side by side: they take evenly between hardly any
    time and one turn with a long way, and what lies close takes less. A network has a shortest way that most
    take, and a long tail."""
    if _quick_when_idle(context):
        return False
    apart = shape.p99 > FROM_NOTHING * shape.p1
    if shape.p25 and shape.p75 > SOMEWHAT * shape.p25 and apart and context.near_us:
        return True
    if not (shape.p25 and shape.p75 and _wide(shape)) or shape.ratio > AT_ONCE * SOMEWHAT:
        return False
    return shape.p99 < BOUNDED * shape.p50 and shape.p50 > FROM_NOTHING * shape.p1


def _serves_one(shape: Shape, context: Context, borders: Borders) -> bool:
    """32 at once get as much as one after the other, each as fast as an idle disk answers: rate times latency
    is one. Whatever limits a rate lets an idle disk answer faster than that."""
    if not context.idle_us or context.probe_limited or shape.sliced or shape.mean < borders.memory_us:
        return False
    if context.path == "physical" or (shape.mean >= borders.network_us and _wide(shape)):
        return False
    usual = shape.p50 if 0 < shape.p75 < SOMEWHAT * shape.p50 else shape.mean  # but for a tail of few
    if context.idle_us > SLOWER * shape.p50:  # it became slower meanwhile
        return False
    idle, rate = min(context.idle_us, shape.p50), shape.ratio * 1e6 / usual
    used = rate * idle / 1e6
    if (context.apart or 0.0) > OWN_WAY:
        return False
    sooner = rate < SLOW_RATE and 0 < context.idle_most_us < SOONER * 1e6 / rate
    if sooner or context.burst > borders.burst * rate or idle > LONGEST_US:
        return False
    return shape.ratio < borders.one_at_a_time and borders.at_rest <= used < borders.one_at_a_time


def _one_at_a_time(context: Context) -> bool:
    """An emulated controller without a queue, as far as is known."""
    depth = context.device.queue_depth if context.device else None
    if context.path == "emulated":
        return depth in (None, 1)
    return context.path in (None, "unknown") and depth == 1


def _byte_limit(
    series: Series, pairs: Pairs, context: Context
) -> tuple[float, Literal["high", "medium"], str] | None:
    """(bytes a second, how sure, why) where large reads move no more than small ones, or just as much as
    large writes; else None. Where the probe used up a CPU at depth 32, small reads alone prove nothing."""
    small = [many.value * BLOCK for _, many in pairs]
    large, written = ([each.value for each in clean(rounds)] for rounds in (series.read, series.write))
    if len(large) < ENOUGH:
        return None
    limit = kept_up(series.hold_read) or median(large)
    writes = _alike(large, written, STEADY, 2 * SAME_BYTES)
    if _alike(large, small, EVEN, SAME_BYTES) and (writes or not context.probe_limited):
        said = reasons.byte_limit(limit, "small ones, 32 at once,")
        return limit, "high" if writes else "medium", said
    bound = median(small) < (1 + SAME_BYTES) * median(large)  # both with the credit of a short round
    if bound and context.path != "physical" and _alike(large, written, LEVEL, SAME_WAYS):
        return limit, "medium", reasons.byte_limit(limit, "large writes")
    return None


def _alike(one: list[float], other: list[float], factor: float, apart: float) -> bool:
    """Whether enough rounds of two kinds are each within a factor, and their medians so close together."""
    if min(len(one), len(other)) < ENOUGH or not (within(one, factor) and within(other, factor)):
        return False
    return abs(median(other) / median(one) - 1) < apart


def _bucket(series: Series, pairs: Pairs, shape: Shape, borders: Borders) -> DiskClass | None:
    """The verdict where a credit of requests, or one of bytes, ended while it was measured; else None."""
    held = [each.value for each in telling(series.hold)]
    values = [many.value for _, many in pairs] + held
    small = find_cliff(values)
    proven = held or _limited_after(pairs, small, borders) or _level_after(values, small) if small else False
    if small and proven and _held_after(values, small):
        says = reasons.bucket(f"{small[0]:,.0f}", f"{small[1]:,.0f}", "reads a second")
        sure: Literal["high", "medium"] = "high" if held else "medium"
        return DiskClass("burst-bucket", sure, says, True, small[1], None, shape.mean, shape.ratio)
    values = [each.value for each in clean(series.read + series.hold_read)]
    large = find_cliff(values)
    if large and series.hold_read and _held_after(values, large):
        says = reasons.bucket(f"{large[0] / 1e6:,.0f}", f"{large[1] / 1e6:,.0f}", "MB/s")
        return DiskClass("burst-bucket", "high", says, True, None, large[1], shape.mean, shape.ratio)
    return None


def _held_after(values: list[float], cliff: tuple[float, float]) -> bool:
    """Whether the lower level is held as evenly as a limit holds it; the value of the fall itself may lie
    between, and a neighbour's load moves up and down."""
    low = below(values, cliff)
    return held_evenly(low[1:] if len(low) > ENOUGH else low)


def held_evenly(values: list[float]) -> bool:
    """Whether a limit may have made them: one of some may be lower, as when the disk paused."""
    return within(sorted(values)[len(values) // SOME :], STEADY)


def _level_after(values: list[float], cliff: tuple[float, float]) -> bool:
    """Whether several rounds after the fall lie at one level, as under a limit."""
    low = below(values, cliff)[1:]
    return len(low) >= ENOUGH and within(low, LEVEL)


def _limited_after(pairs: Pairs, cliff: tuple[float, float], borders: Borders) -> bool:
    """Whether after the fall 32 readers got no more than one."""
    low = [many.value / one.value for one, many in pairs if below([many.value], cliff)]
    return median(low) < borders.no_scaling


def _between(words: set[ClassWord], word: ClassWord, shape: Shape, steady: bool, looked: bool) -> DiskClass:
    """Rounds on both sides of a border; where they are steady, the disk simply stands at it. `looked`: at
    what an idle disk answers, too."""
    listed = " and ".join(sorted(words)) if len(words) == 2 else ", ".join(sorted(words))
    said = f"the rounds differ too much to tell between {listed} ({reasons.took(shape)})"
    if steady:
        said = f"{reasons.took(shape)} and {reasons.scaling(shape)}: at the border between {listed}"
    if steady and words <= _BY_LATENCY | ({"capped"} if looked else set()):
        free = word if word in _BY_LATENCY else min(words - {"capped"})  # of a limit more would be seen
        return DiskClass(free, "low", said, mean_us=shape.mean, ratio=shape.ratio)
    return DiskClass("inconclusive", "none", said, mean_us=shape.mean, ratio=shape.ratio)


def _despite_noise(series: Series, pairs: Pairs, borders: Borders) -> DiskClass:
    """Too few rounds count. Noise only ever slows a disk down, so a fast one is fast all the same."""
    disturbed = [each.disturbed for each in (*series.qd1, *series.qd32) if each.disturbed]
    often = dict.fromkeys(disturbed)  # in their order: of two equally often it is always the same
    why = max(often, key=disturbed.count) if often else "too few rounds were finished in time"
    mean = median(one.percentiles["mean"] for one, _ in pairs)
    ratio = median(many.value / one.value for one, many in pairs)
    took = f"a random read takes {latency(mean)} on average although {why}"
    if mean * NOISE < borders.memory_us:
        said = f"{took}: few disks are that fast"
        sure: Confidence = "medium" if disturbed and STOOD not in disturbed else "low"
        return DiskClass("memory-speed", sure, said, mean_us=mean, ratio=ratio)
    if mean * NOISE < borders.flash_us and ratio >= borders.scaling:
        said = f"{took}; it may be faster still"
        return DiskClass("local-flash", "low", said, mean_us=mean, ratio=ratio)
    counted = sum(not (one.disturbed or many.disturbed) for one, many in pairs)
    said = f"only {counted} of {many(len(pairs), 'round')} counted: {why}"
    when = "without it" if why.startswith(QUOTA) else "when the machine is idle"
    again = "" if why == STOOD else f"; run it again {when}"
    return DiskClass("inconclusive", "none", said + again, mean_us=mean, ratio=ratio)


def _explain(
    word: ClassWord, shape: Shape, series: Series, pairs: Pairs, context: Context, *, borders: Borders
) -> DiskClass:
    iops, size = _cap(series, pairs) if word == "capped" else (None, None)
    plateau = _plateau(pairs, context, shape) if word in ("local-flash", "network-block") else None
    one_at_a_time = context.device is not None and context.device.queue_depth == 1
    reason = reasons.explain(word, shape, iops or plateau, size, one_at_a_time)
    large = [each.value for each in clean(series.read)]
    own = context.path in ("physical", "passthrough")
    cached = word == "local-flash" and not own and bool(large) and median(large) > borders.cache_rate
    reason += reasons.cache(median(large)) if cached else ""
    # a guest's virtual disk is often called rotational whatever lies beneath it
    turning = context.path == "physical" and context.device is not None and bool(context.device.rotational)
    nearby = _sooner_nearby(context, borders)
    doubtful = word == "spinning" and not turning and nearby is not None and nearby < NEARLY_ALL
    doubtful |= word == "network-block" and nearby is not None and nearby > 1 - NEARLY_ALL
    doubtful |= word == "contended" and 0 < shape.mean < SOMEWHAT * shape.p50  # few at once, no more is seen
    unsure = (
        cached
        or word == "contended"
        or (word == "spinning" and not turning and shape.p99 < SPREAD * shape.p1)
    )
    sure: Confidence = "low" if doubtful else "medium" if unsure else "high"
    return DiskClass(word, sure, reason, True, iops or plateau, size, shape.mean, shape.ratio)


_SOLD = [500, 1000, 1500, 2000, 3000, 4000, 5000, 6000, 7500, 8000, 10_000, 12_000, 15_000, 16_000, 20_000]
_SOLD += [25_000, 30_000, 40_000, 50_000, 64_000, 80_000, 100_000]


def _plateau(pairs: Pairs, context: Context, shape: Shape) -> float | None:
    """A rate at depth 32 that hardly moves and lies within 2 % of a figure that providers sell; else None.
    Also where the latency explains the rate, and where more is known than that (see limits.py)."""
    rates = [many.value for _, many in pairs]
    if context.probe_limited or context.idle_us or not within(rates, LEVEL):
        return None
    if EXPLAINED * 32 < shape.ratio <= 32:
        return None
    return next((float(sold) for sold in _SOLD if abs(median(rates) / sold - 1) < SOLD_NEAR), None)


def _cap(series: Series, pairs: Pairs) -> tuple[float | None, float | None]:
    """(IOPS, None) or (None, bytes per second).

    Where small and large reads move the same bytes a second, the bytes are what is capped. A limit gives
    credit for the pause before a round (QEMU's for 0.1 s: +20 % in a round of 0.5 s), so that the figure
    comes from the rounds without pauses, if there are such.
    """
    iops = median([many.value for _, many in pairs])
    large = [each.value for each in clean(series.read)]
    if large and abs(iops * BLOCK / median(large) - 1) < NEAR_BYTES:
        return None, kept_up(series.hold_read) or median(large)
    return kept_up(series.hold) or iops, None


def kept_up(rounds: list[Round]) -> float | None:
    """The rate over rounds that followed each other at once, from the first to the end of the last: a limit
    that is kept in slices gives some rounds more and others less. The median where some do not count, and of
    short ones that are even: what might have passed between two of them is lost then, not saved up. None
    without rounds, and where the disk idled between them."""
    counted = clean(rounds)
    if not counted or _with_rests(rounds):
        return None
    short = [each.value for each in counted if each.seconds < SHORT]
    even = len(short) == len(counted) and within(short, LEVEL)
    if even or len(counted) < len(rounds) or rounds[-1].start <= rounds[0].start:
        return median(each.value for each in counted)
    if len(rounds) > 1 and rounds[0].value > STEADY * max(each.value for each in rounds[1:]):
        rounds = rounds[1:]  # the first has what was saved up before it
    moved = sum(each.value * each.seconds for each in rounds)
    kept = moved / (rounds[-1].start + rounds[-1].seconds - rounds[0].start)
    usual = median(each.value for each in rounds)
    most = [each for each in rounds if abs(each.value / usual - 1) < SAME_WAYS]
    slowed = usual > LEVEL * kept and len(most) > MOSTLY * len(rounds)  # a few, by what is no limit
    return usual if slowed else kept


def _with_rests(rounds: list[Round]) -> bool:
    """Whether the disk idled between them."""
    whole = rounds[-1].start + rounds[-1].seconds - rounds[0].start
    return sum(each.seconds for each in rounds) < MOSTLY * whole
