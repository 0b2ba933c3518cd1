"""What a day of light looks says: each figure over all of them, its worst hour, and how far it swings."""

from collections.abc import Callable, Sequence
from statistics import median
from typing import NamedTuple

from vaudit.bench.day_recording import Probe, Recording
from vaudit.bench.series import keyed, on_disk
from vaudit.model.benchmark import Benchmark, Round
from vaudit.model.catalogue import Unit
from vaudit.words import figure, many, quantity

ENOUGH = 6
"""Looks with a figure, for a word: an hour of them, one every ten minutes."""
HOUR = 13
"""Characters of a moment that name its hour: `2026-11-27T14`."""
LIMITS = [
    "what happened between two looks: each takes three seconds",
    "limits, throughput and many requests at once",
]


def judge(recording: Recording, times: float, share: float) -> list[Benchmark]:
    """A benchmark for each figure that was seen at least once; where there is none of the disk, why. Its
    worst hour makes it uneven: so many `times` the middle, or that `share` of the time above it."""
    where = on_disk(recording.device, recording.mount)
    made = [
        (name, _figure(recording, name, told, _Border(unit, times, share))) for name, unit, told in _FIGURES
    ]
    disk = [each for name, each in made if each and name.startswith("disk.")]
    cpu = [each for name, each in made if each and name.startswith("cpu.")]
    return keyed(disk or [_nothing(recording)], where) + keyed(cpu)


def _read(one: Probe) -> float | None:
    return one.reads.us.get("p50") if one.reads else None


def _flush(one: Probe) -> float | None:
    return one.flushes.us.get("p50") if one.flushes else None


def _stolen(one: Probe) -> float | None:
    return one.since.stolen if one.since else None


def _vanished(one: Probe) -> float | None:
    return one.gaps


Told = Callable[[Probe], float | None]
_FIGURES: tuple[tuple[str, Unit, Told], ...] = (
    ("disk.day-read", "us", _read),
    ("disk.day-flush", "us", _flush),
    ("cpu.day-steal", "share", _stolen),
    ("cpu.day-gaps", "share", _vanished),
)


def _nothing(recording: Recording) -> Benchmark:
    """The entry that stands for a disk of which no look told anything."""
    told = [one.problem for one in recording.probes if one.problem]
    why = told[-1] if told else "this machine was too busy whenever it was looked at"
    reason = why if recording.probes else "it was ended before the first look was over"
    return Benchmark(
        "disk.day-flush",
        recording.target,
        "vaudit",
        "us",
        status="skipped",
        reason=reason,
        device=recording.device,
    )


def _figure(recording: Recording, name: str, told: Told, border: "_Border") -> Benchmark | None:
    unit = border.unit
    seen = [(one, value) for one in recording.probes if isinstance(value := told(one), (int, float))]
    if not seen:
        return None
    values = sorted(value for _, value in seen)
    middle, low, high = median(values), values[len(values) // 10], values[9 * len(values) // 10]
    hour, worst = _worst_hour(seen)
    word = border.word(middle, worst) if len(values) >= ENOUGH else "inconclusive"
    return Benchmark(
        id=name,
        target=recording.target if name.startswith("disk.") else "all vCPUs",
        engine="vaudit",
        unit=unit,
        value=middle,
        interval=(low, high),
        samples=[Round(value, one.at) for one, value in seen],
        verdict=word,
        confidence="none" if word == "inconclusive" else "medium",
        reason=f"{_swing(values, len(recording.probes), unit)}; worst in the hour from "
        f"{hour[11:]}:00 UTC on {hour[:10]}: {quantity(worst, unit)}",
        limits=LIMITS,
        details={
            "looks": len(values),
            "wanted_looks": recording.wanted,
            "worst_hour": f"{hour}:00Z",
            "worst_hour_value": worst,
            "worst_value": values[-1],
            "spread": round(high / low, 3) if low > 0 else None,
        },
        device=recording.device if name.startswith("disk.") else None,
        command=[f"a light look every {figure(recording.every)} s"],
        seconds=seen[-1][0].at,
    )


def _swing(values: Sequence[float], looks: int, unit: Unit) -> str:
    """The middle of what was seen, lowest first, and between what most of it lies."""
    middle, number = quantity(median(values), unit), len(values)
    of = f" of {looks}" if number < looks else ""
    if number == 1:
        return f"{middle} in 1 look{of}"
    low, high = quantity(values[number // 10], unit), quantity(values[9 * number // 10], unit)
    spread = "in 8 of 10 looks" if number >= 10 else "in all of them"
    return f"{middle} in the middle of {many(number, 'look')}{of}, {low} to {high} {spread}"


def _worst_hour(seen: list[tuple[Probe, float]]) -> tuple[str, float]:
    """(the hour of the clock, the median of its looks) of the highest."""
    hours: dict[str, list[float]] = {}
    for one, value in seen:
        hours.setdefault(one.clock[:HOUR], []).append(value)
    return max(((hour, median(values)) for hour, values in hours.items()), key=lambda item: item[1])


class _Border(NamedTuple):
    """From where on a figure is uneven."""

    unit: Unit
    times: float
    share: float

    def word(self, middle: float, worst: float) -> str:
        far = worst - middle > self.share if self.unit == "share" else worst > self.times * middle
        return "uneven" if far else "steady"
