"""How long and how much is kept: `400d`, `100M`."""

from typing import NamedTuple

AGES = {"d": 1, "w": 7, "m": 30, "y": 365}
"""Days."""
SIZES = {"K": 1 << 10, "M": 1 << 20, "G": 1 << 30}
"""Bytes."""
KEEP, SIZE = "400d", "100M"
"""Unless something else is configured: a year and what is needed to compare with it; some 8,000 reports."""


class Limits(NamedTuple):
    """What is kept at most; the newest report and pinned ones always are."""

    days: int
    bytes: int


def limits(keep: str = "", size: str = "") -> Limits:
    """From the words of the configuration. ValueError for one that cannot be meant."""
    days, count = read(keep or KEEP, AGES), read(size or SIZE, SIZES)
    if days is None:
        raise ValueError(f"{keep!r}: how long is wanted, such as 400d, 12w or 2y")
    if count is None:
        raise ValueError(f"{size!r}: how much is wanted, such as 100M or 1G")
    return Limits(days, count)


def read(text: str, units: dict[str, int]) -> int | None:
    """A whole number with one of the units; None for anything else."""
    number, unit = text[:-1], units.get(text[-1:])
    good = unit and number.isascii() and number.isdecimal() and int(number[:12]) > 0 and len(number) < 10
    return int(number) * unit if good and unit else None
