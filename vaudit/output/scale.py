"""Where a disk stands: its average random read on one axis with the classes and with what others measured.

Their figures and sources are in reports/storage.toml. The borders are those by which the disk was judged, as
its verdict tells them; for a report of version 0.1.0, which did not, those of checks/thresholds.toml.
"""

from typing import Any

import msgspec

from vaudit.model.benchmark import Benchmark
from vaudit.output.outline import Target
from vaudit.resources import folder


class Reference(msgspec.Struct, frozen=True):
    """Some storage that somebody measured. `us` in microseconds."""

    name: str
    us: float
    by: str
    source: str


class Scale(msgspec.Struct, frozen=True):
    """All in microseconds; the axis is logarithmic."""

    us: float
    low: float
    high: float
    """The interval of `us`."""
    bands: list[tuple[str, float, float]]
    """Name, lower and upper end; together the whole axis."""
    references: list[Reference]
    """Fastest first."""


LEAST, MOST = 1.0, 100_000.0
"""The ends of the axis; a disk beyond them stands at its end."""


def scale(target: Target) -> Scale | None:
    """The disk on the scale; None where no random read was measured."""
    read = next((b for b in target.measured if b.id == "disk.randread-qd1" and b.engine != "fio"), None)
    judged = target.verdict.details.get("mean_us") if target.verdict else None
    us = judged or (read.details.get("mean_us") if read else None)
    if read is None or not read.value or read.value <= 0 or not isinstance(us, int | float) or us <= 0:
        return None
    least, most = (max(end, 1e-9) for end in read.interval or (read.value, read.value))
    data = _read(f"{folder('reports')}/storage.toml")
    ends = [LEAST, *_borders([one["above"] for one in data["class"][1:]], target.verdict), MOST]
    bands = [(one["name"], low, high) for one, low, high in zip(data["class"], ends, ends[1:], strict=False)]
    known = sorted((Reference(**one) for one in data["reference"]), key=lambda one: one.us)
    # with one read at a time the time of a read is one over their rate, and so are the ends of the interval
    low, high = (_drawable(us * (read.value / end)) for end in (most, least))
    return Scale(_drawable(us), low, high, bands, known)


def _drawable(us: float) -> float:
    """Where it lies, or so far beyond the axis that it is at its end: anybody may write a report."""
    return min(max(us, LEAST / 1e9), MOST * 1e9)


def _borders(names: list[str], verdict: Benchmark | None) -> list[float]:
    """Microseconds."""
    told = [verdict.details.get(f"border_{name}") if verdict else None for name in names]
    known = [float(each) for each in told if isinstance(each, int | float)]
    if len(known) == len(names) and [LEAST, *known, MOST] == sorted({LEAST, *known, MOST}):
        return known
    limits = _read(f"{folder('checks')}/thresholds.toml")
    return [limits[name]["value"] for name in names]


def _read(path: str) -> dict[str, Any]:
    from vaudit import toml  # not for a page without a measured disk

    with open(path, "rb") as file:
        return toml.load(file)
