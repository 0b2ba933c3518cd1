"""A rate that fell for good while it was measured: a credit of requests or bytes that ended, or a cache."""

from statistics import median
from typing import Literal

import msgspec

from vaudit.bench.disk.judge import reasons
from vaudit.bench.disk.judge.classify import DiskClass, clean, held_evenly, telling
from vaudit.bench.disk.recording import QD1, QD32, READ, WRITE, WRITE32, Recording, Rested
from vaudit.bench.stats import find_cliff
from vaudit.bench.units import BLOCK
from vaudit.model.benchmark import Confidence, Round
from vaudit.words import latency, rate

ENOUGH = 3
STEADY = 1.25
"""Highest over lowest value of rounds that a limit made."""
EXPLAINED = 16.0
"""Of 32 requests in flight so many, each as long as one alone takes, explain a rate."""
LONGER, SEEN_RATE = 2.0, 10.0
"""Times as long as before; and a rate at which a pause is long enough for any limit to let one pass."""
SEVERAL = 4.0
"""Requests that pass under a limit while one takes so long."""
SLOWED = 1.2
"""Times as long as three of four before: no limit does that to half of the single writes."""
NO_LIMIT = 1.25
"""Times as long as a request waits for the next one to pass under a limit that saves nothing up."""
WIDE, SAME = 4, 0.25
"""Requests so many times as large; by how much rates may differ and be the same."""


def reads(recording: Recording) -> list[float]:
    """Random reads a second at depth 32, in all rounds that count."""
    return [each.value for each in telling(recording.rounds.get(QD32, []) + recording.hold)]


def writes(recording: Recording) -> list[float]:
    """The same of writes."""
    return [each.value for each in telling(recording.rounds.get(WRITE32, []) + recording.hold_write)]


def ended(made: DiskClass, recording: Recording) -> DiskClass:
    """The verdict where the rate of reads fell, by what was looked at afterwards."""
    low = made.cap_iops
    late, wider = recording.late_read, recording.late_wider_read
    if find_cliff([each.value for each in clean(recording.rounds.get(QD32, []))]):  # before those looks
        late, wider = late or recording.rested_read, wider or recording.wider_read
    if not low or not late or not late[0].us:
        return made
    alone = sum(late[0].us) / len(late[0].us)
    if low * alone / 1e6 > EXPLAINED:
        return _cache(made, alone)
    before = [us for each in recording.rested_read if each.block == BLOCK for us in each.us]
    usual = _usual(recording)
    longer = _longer_now(usual, late[0].us, low) or _longer_now(usual, late[0].us + before, low)
    if low > SEEN_RATE and longer:
        if longer * low > NO_LIMIT * 1e6:
            return _cache(made, longer)
        if longer * low > 1e6 / NO_LIMIT and not find_cliff(writes(recording)):  # no cache slows both
            return _either(made, longer)
    if _by_bytes(wider, low):
        said = reasons.bucket(_rate(recording, low), rate(low * BLOCK, "B/s"), "of reads")
        return msgspec.structs.replace(made, cap_iops=None, cap_bytes=low * BLOCK, reason=said)
    return made


def _usual(recording: Recording) -> float:
    """What three quarters of single reads took at most, at first."""
    first = [each.percentiles["p75"] for each in recording.rounds.get(QD1, [])[:1] if each.percentiles]
    return min([*first, *_most(recording.rested_read)], default=0.0)


def _most(rested: list[Rested]) -> list[float]:
    """What three quarters of single requests of 4 KiB take at most; empty where nobody looked."""
    return [sorted(each.us)[3 * len(each.us) // 4] for each in rested if each.block == BLOCK and each.us]


def _longer_now(usual: float, taken: list[float], low: float) -> float:
    """What single requests after a pause take now, if several of them take far longer than before: a limit
    lets an idle disk answer at once, and after a pause none wait for several others. Else 0."""
    longer = [us for us in taken if us > LONGER * usual > 0]
    enough = ENOUGH if not longer or median(longer) * low < SEVERAL * 1e6 else ENOUGH - 1
    return median(longer) if len(longer) >= enough else 0.0


def _cache(made: DiskClass, alone: float) -> DiskClass:
    """The rate fell because each read takes longer: nothing holds them back."""
    said = (
        f"reads were fast at first, and then each takes {latency(alone)}, also one after a pause: "
        "a cache in front of slower storage was used up, or others began to use it"
    )
    word: Literal["contended"] = "contended"
    return msgspec.structs.replace(
        made, word=word, confidence="medium", reason=said, cap_iops=None, cap_bytes=None, mean_us=alone
    )


def _either(made: DiskClass, now: float) -> DiskClass:
    """A limit without any credit lets a single request wait as long as one of many."""
    said = f"{made.reason}, or a cache in front of slower storage was used up: each takes {latency(now)} now"
    return msgspec.structs.replace(made, confidence="low", reason=said)


def _by_bytes(wider: list[Round], low: float) -> bool:
    """Whether requests four times as large come a quarter as often: bytes are held then."""
    return any(abs(WIDE * each.value / low - 1) < SAME for each in clean(wider))


def _rate(recording: Recording, low: float) -> str:
    """The rate of reads before it fell, in bytes."""
    first = [value for value in reads(recording) if value > 2 * low]
    return rate(median(first or [low]) * BLOCK, "B/s")


def large_fell(made: DiskClass, recording: Recording) -> DiskClass | None:
    """With doubt where large requests became slower, while small ones did not: a credit of bytes ended, or
    something else did."""
    for kind, rounds, late in (
        ("read", recording.rounds.get(READ, []), recording.late_large_read),
        ("write", recording.rounds.get(WRITE, []), recording.late_large_write),
    ):
        first, then = ([each.value for each in clean(some)] for some in (rounds, late))
        if min(len(first), len(then)) < ENOUGH or not (cliff := find_cliff(first + then)):
            continue
        before, after = cliff
        fell = f"large {kind}s began with {rate(before, 'B/s')} and fell to {rate(after, 'B/s')}"
        sure: Confidence = "none" if made.confidence == "none" else "low"
        said = f"{made.reason}; but {fell}: a cache or a credit was used up, or others began"
        return msgspec.structs.replace(made, confidence=sure, reason=said, but=fell)
    return None


def _writes_take_longer(made: DiskClass, now: float) -> DiskClass:
    """The rate of writes fell because each takes longer."""
    brief = f"writes were fast at first, and then each takes {latency(now)}, also one after a pause"
    sure: Confidence = "none" if made.confidence == "none" else "low"
    return msgspec.structs.replace(made, confidence=sure, reason=f"{made.reason}; but {brief}", but=brief)


def writes_fell(made: DiskClass, recording: Recording) -> DiskClass | None:
    """The verdict where a credit of writes ended."""
    values = writes(recording)
    cliff = find_cliff(values)
    if not cliff or not recording.rested_write:
        return None
    before, after = cliff
    low = [value for value in values if value < (before * after) ** 0.5]
    if len(low) < ENOUGH or not held_evenly(low[1:]):
        return None
    late = recording.late_write and recording.late_write[0].us
    if after > SEEN_RATE and late and _most(recording.rested_write):
        now = median(late)
        longer = now if now > SLOWED * _most(recording.rested_write)[0] else 0.0
        if longer * after > 1e6 / NO_LIMIT:  # a limit that saves nothing up, at the most
            return _writes_take_longer(made, longer)
    figures: dict[str, float | None] = {"cap_write_iops": after}
    fell = f"{before:,.0f} and fell to {after:,.0f} a second"
    wider = recording.late_wider_write
    if find_cliff([each.value for each in clean(recording.rounds.get(WRITE32, []))]):
        wider = wider or recording.wider_write
    if _by_bytes(wider, after):
        figures = {"cap_write_iops": None, "cap_write_bytes": after * BLOCK}
        fell = f"{rate(before * BLOCK, 'B/s')} and fell to {rate(after * BLOCK, 'B/s')}"
    word: Literal["burst-bucket"] = "burst-bucket"
    said = f"writes began with {fell} when their credit ended"
    made = msgspec.structs.replace(made, word=word, confidence="medium", reason=said, certain=True)
    return msgspec.structs.replace(made, **figures)
