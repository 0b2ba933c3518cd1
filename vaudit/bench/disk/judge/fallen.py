"""A rate that fell for good while it was measured: a credit of requests or bytes that ended, or a cache."""

from statistics import median
from typing import Literal

import msgspec

from vaudit.bench.disk.judge import reasons
from vaudit.bench.disk.judge.classify import DiskClass, clean, quarter
from vaudit.bench.disk.recording import QD32, WRITE32, Recording
from vaudit.bench.stats import find_cliff, within
from vaudit.bench.units import BLOCK
from vaudit.model.benchmark import Round
from vaudit.words import latency, rate

ENOUGH = 3
STEADY = 1.25
"""Highest over lowest value of rounds that a limit made."""
EXPLAINED = 16.0
"""Of 32 requests in flight so many, each as long as one alone takes, explain a rate."""
WIDE, SAME = 4, 0.25
"""Requests so many times as large; by how much rates may differ and be the same."""


def reads(recording: Recording) -> list[float]:
    """Random reads a second at depth 32, in all rounds that count."""
    return [each.value for each in clean(recording.rounds.get(QD32, []) + recording.hold)]


def writes(recording: Recording) -> list[float]:
    """The same of writes."""
    return [each.value for each in clean(recording.rounds.get(WRITE32, []) + recording.hold_write)]


def ended(made: DiskClass, recording: Recording) -> DiskClass:
    """The verdict where the rate of reads fell, by what was looked at afterwards."""
    low = made.cap_iops
    alone = quarter(recording.late_read[0].us) if recording.late_read and recording.late_read[0].us else 0.0
    if not low or not recording.late_read:
        return made
    if low * alone / 1e6 > EXPLAINED:
        return _cache(made, alone)
    if _by_bytes(recording.late_wider_read, low):
        said = reasons.bucket(_rate(recording, low), rate(low * BLOCK, "B/s"), "of reads")
        return msgspec.structs.replace(made, cap_iops=None, cap_bytes=low * BLOCK, reason=said)
    return made


def _cache(made: DiskClass, alone: float) -> DiskClass:
    """The rate fell because each read takes longer: nothing holds them back."""
    said = (
        f"reads were fast at first, and then each takes {latency(alone)}, also one after a pause: "
        "a cache in front of slower storage was used up"
    )
    word: Literal["contended"] = "contended"
    return msgspec.structs.replace(
        made, word=word, confidence="low", reason=said, cap_iops=None, cap_bytes=None, mean_us=alone
    )


def _by_bytes(wider: list[Round], low: float) -> bool:
    """Whether requests four times as large come a quarter as often: bytes are held then."""
    values = [each.value for each in clean(wider)]
    return bool(values) and abs(WIDE * min(values) / low - 1) < SAME


def _rate(recording: Recording, low: float) -> str:
    """The rate of reads before it fell, in bytes."""
    first = [value for value in reads(recording) if value > 2 * low]
    return rate(median(first or [low]) * BLOCK, "B/s")


def writes_fell(made: DiskClass, recording: Recording) -> DiskClass | None:
    """The verdict where a credit of writes ended."""
    values = writes(recording)
    cliff = find_cliff(values)
    if not cliff or not recording.rested_write:
        return None
    before, after = cliff
    low = [value for value in values if value < (before * after) ** 0.5]
    if len(low) < ENOUGH or not within(low[1:], STEADY):
        return None
    figures: dict[str, float | None] = {"cap_write_iops": after}
    fell = f"{before:,.0f} and fell to {after:,.0f} a second"
    if _by_bytes(recording.late_wider_write, after):
        figures = {"cap_write_iops": None, "cap_write_bytes": after * BLOCK}
        fell = f"{rate(before * BLOCK, 'B/s')} and fell to {rate(after * BLOCK, 'B/s')}"
    word: Literal["burst-bucket"] = "burst-bucket"
    said = f"writes began with {fell} when their credit ended"
    made = msgspec.structs.replace(made, word=word, confidence="medium", reason=said, certain=True)
    return msgspec.structs.replace(made, **figures)
