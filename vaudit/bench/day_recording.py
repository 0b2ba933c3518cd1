"""What was recorded over a day: one light look after another, each in a few figures. Plain data."""

import msgspec

from vaudit.bench.disk.recording import Latencies
from vaudit.bench.system.guards import Change


class Probe(msgspec.Struct, frozen=True, omit_defaults=True):
    """One light look."""

    clock: str
    """When it began: `2026-11-27T14:20:05Z`."""
    at: float
    """Seconds since the first one began."""
    reads: Latencies | None = None
    """Single reads of old blocks; None where none count."""
    flushes: Latencies | None = None
    """The same of single flushed writes."""
    gaps: float | None = None
    """Share of the time that vanished while one thread spun; None where that cannot be told."""
    since: Change | None = None
    """What everybody did with the CPUs since the look before it."""
    problem: str = ""
    """Why there are no figures of the disk."""


class Recording(msgspec.Struct, omit_defaults=True):
    """All looks, as far as they came; filled while time goes on."""

    target: str = ""
    """The folder whose disk was looked at."""
    device: str | None = None
    mount: str = ""
    every: float = 0.0
    """Seconds from one look to the next."""
    wanted: int = 0
    """Looks that were meant to be taken."""
    probes: list[Probe] = []

    @property
    def longest(self) -> int:
        return len(self.probes)
