"""The words of a disk's verdict: why it is called what it is called."""

from typing import Literal

import msgspec

from vaudit.words import latency, rate

SLICED = 3
"""A median so many times below the mean: most requests pass at once, and some wait long."""

LARGE = 5e6
"""Bytes a second that are told in whole megabytes."""
ClassWord = Literal[
    "memory-speed", "local-flash", "network-block", "spinning", "capped", "burst-bucket",
    "emulated-no-queueing", "contended", "inconclusive",
]  # fmt: skip


class Shape(msgspec.Struct, frozen=True):
    """One point in the space that the classes divide: what the latencies look like."""

    mean: float
    """Microseconds, depth 1."""
    ratio: float
    """IOPS at depth 32 over IOPS at depth 1."""
    p1: float
    p50: float
    p99: float
    p25: float
    p75: float

    @property
    def sliced(self) -> bool:
        """Most requests pass at once, and some wait long: as under a limit that is kept in slices."""
        return self.p50 < self.mean / SLICED


def explain(
    word: ClassWord, shape: Shape, iops: float | None, size: float | None, one_at_a_time: bool
) -> str:
    """The reason for a class. `iops` and `size` (bytes a second): the limit, where one was seen;
    `one_at_a_time`: the device takes no second request before it answered the first."""
    both = f"{took(shape)} and {scaling(shape)}"
    plateau = f"; 32 at once stay within 5 % of {iops:,.0f} a second, as under a limit" if iops else ""
    spread = f"{took(shape)} (1 % under {latency(shape.p1)}, 1 % over {latency(shape.p99)})"
    reasons: dict[ClassWord, str] = {
        "memory-speed": f"{took(shape)}: few disks are that fast, memory or a cache answers",
        "local-flash": f"{both}: flash in or near the host{plateau}",
        "network-block": f"{both}: each read waits, but many wait together, as on a network{plateau}",
        "spinning": f"{spread} and {scaling(shape)}: a head that moves",
        "capped": _limit(shape, iops, size, one_at_a_time),
        "emulated-no-queueing": f"{both}: {ONE}",
        "contended": f"half of the reads take under {latency(shape.p50)}, but the average is "
        f"{latency(shape.mean)} and {scaling(shape)}: others use the same storage",
    }
    return reasons[word]


def _limit(shape: Shape, iops: float | None, size: float | None, one_at_a_time: bool) -> str:
    kind = "most reads return at once and some wait" if shape.sliced else "each read is delayed alike"
    bytes_ = f"{(size or 0) / 1e6:,.0f} MB/s" if (size or 0) > LARGE else rate(size or 0, "B/s")
    limit = f"{iops:,.0f} IOPS" if iops else bytes_
    or_so = ", or by a device that takes one at a time" if one_at_a_time else ""
    return f"32 reads at once bring no more than one at a time: limited to {limit}{or_so} ({kind})"


ONE = "the emulated controller serves one request at a time"


def one_at_a_time(shape: Shape, idle_us: float, emulated: bool, perhaps: bool) -> str:
    """The reason for a device that takes the next request when it has answered the one before; `perhaps`: a
    limit that saves nothing up would look the same."""
    both = f"{took(shape)} and {scaling(shape)}"
    alone = f"an idle disk answers in {latency(idle_us)} and no sooner"
    if perhaps:
        return f"{both}: it takes one at a time, or a limit without any credit lets no more pass ({alone})"
    return f"{both}: {ONE if emulated else 'it takes one at a time'} ({alone}, so this is no sign of a limit)"


def byte_limit(size: float, others: str) -> str:
    """The reason for a limit in bytes a second that one reader does not reach."""
    return f"large reads and {others} move the same, evenly: limited to {size / 1e6:,.0f} MB/s"


def cache(size: float) -> str:
    """What to add where large reads move more bytes a second than most flash disks."""
    return f"; large reads move {size / 1e9:.1f} GB/s: a cache of the host may answer, or a very fast disk"


def bucket(before: str, after: str, unit: str) -> str:
    """The reason for a burst that ended."""
    return f"it began with {before} and fell to {after} {unit} when its credit ended"


def took(shape: Shape) -> str:
    """The average latency."""
    return f"a random read takes {latency(shape.mean)} on average"


def scaling(shape: Shape) -> str:
    """What depth brings."""
    return f"32 at once bring {shape.ratio:.1f} times as many"
