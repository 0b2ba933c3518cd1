"""Where a disk stands: its average random read on one axis with the classes and with what others measured.

Their figures and sources are in reports/storage.toml.
"""

import tomllib
from typing import NamedTuple

from vaudit.output.outline import Target
from vaudit.resources import folder


class Reference(NamedTuple):
    """Some storage that somebody measured. `us` in microseconds."""

    name: str
    us: float
    by: str
    source: str


class Scale(NamedTuple):
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
    from vaudit.bench.classify import FLASH_US, MEMORY_US, NETWORK_US
    from vaudit.bench.stats import widened

    reads = [b for b in target.measured if b.id == "disk.randread-qd1" and b.engine != "fio"]
    judged = target.verdict.details if target.verdict else {}
    us = judged.get("mean_us") or (reads[0].details.get("mean_us") if reads else None)
    if not reads or not isinstance(us, int | float) or us <= 0:
        return None
    means = [r.percentiles["mean"] for r in reads[0].samples if "mean" in r.percentiles and not r.disturbed]
    low, high = widened(means or [us], center=us)
    ends = [LEAST, MEMORY_US, FLASH_US, NETWORK_US, MOST]
    names = ["memory", "local flash", "network", "slow"]
    with open(f"{folder('reports')}/storage.toml", "rb") as file:
        known = [Reference(**one) for one in tomllib.load(file)["reference"]]
    bands = list(zip(names, ends, ends[1:], strict=False))
    return Scale(us, low, high, bands, sorted(known, key=lambda one: one.us))
