"""What was recorded of the memory: pages read again, equal pages, speed, a balloon. Plain data."""

import msgspec

from vaudit.bench.system.guards import Change
from vaudit.model.benchmark import Round

SLOW_NS = 100_000
"""A read of a resident page takes under 1 µs; a read from a host's swap at least as long as flash."""

CHASE_STEPS = 100_000
"""References that one round of waiting for memory follows."""


class Balloon(msgspec.Struct, frozen=True):
    """One look at what a balloon changes. Bytes; None where the kernel does not count it."""

    total: int | None
    held: int | None
    """Pages that the balloon holds (nr_balloon_pages)."""
    inflated: int | None
    """Ever given to the balloon (balloon_inflate, in pages)."""
    deflated: int | None


class Pass(msgspec.Struct, frozen=True):
    """One pass over all resident pages."""

    count: int
    us: dict[str, float]
    """Microseconds of a read: mean, p1, …, max; empty without pages."""
    slow: int
    """Pages over SLOW_NS that our own scheduler does not explain."""
    explained: int
    """Pages over SLOW_NS in whose time our own scheduler ran others."""
    slow_seconds: float
    """That the pages over SLOW_NS took together."""
    seconds: float


class Reread(msgspec.Struct, frozen=True):
    """Pages that were touched, left alone and read again, twice."""

    again: Pass
    control: Pass
    """Right afterwards."""
    rested: float
    """Seconds."""
    stolen: float
    """Seconds of steal while they were read."""
    touched: int
    """Pages."""
    touch_us: dict[str, float]
    """Microseconds of the first touch."""


class Merging(msgspec.Struct, frozen=True):
    """The first write after a rest, to pages that had equal content and to others."""

    equal: int
    unequal: int
    """Pages."""
    equal_us: dict[str, float]
    unequal_us: dict[str, float]
    seconds: float


class Speed(msgspec.Struct, frozen=True):
    """Rounds of copying (bytes a second) or of waiting for a cache line (microseconds)."""

    bytes: int
    """That were copied in a round, or through which the chase went."""
    rounds: list[Round]
    seen: Change
    """Over all rounds."""
    seconds: float


class Recording(msgspec.Struct, omit_defaults=True):
    """One look at the memory, as far as it came."""

    refusal: str = ""
    """Why nothing was measured: too little memory is free, …"""
    problem: str = ""
    """What ended it early."""
    before: Balloon | None = None
    after: Balloon | None = None
    reread: Reread | None = None
    merging: Merging | None = None
    bandwidth: Speed | None = None
    latency: Speed | None = None

    @property
    def longest(self) -> int:
        """Rounds of the longer figure of speed."""
        return max((len(speed.rounds) for speed in (self.bandwidth, self.latency) if speed), default=0)
