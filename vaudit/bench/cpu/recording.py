"""What was recorded of the CPUs: stretches of the run, gaps of a spinning thread, hashing. Plain data."""

import msgspec

from vaudit.bench.system.guards import Change
from vaudit.model.benchmark import Round

GAP_NS = 200_000
"""Interrupts that this kernel serves take less, as a rule; a time slice that a hypervisor gives away more."""
SLICE_SECONDS = 0.1
ENOUGH = 5
"""Slices that are spun at least, and that must count for a verdict."""


class Stretch(msgspec.Struct, frozen=True):
    """A part of the run between two steps, and what everyone did with the CPUs in it."""

    at: float
    """Seconds since the run began."""
    seen: Change


class Gap(msgspec.Struct, frozen=True, array_like=True):
    """One moment in which the spinning thread did not run."""

    at: int
    """Nanoseconds since the slice began."""
    length: int
    """Nanoseconds."""
    delay: int | None
    """Nanoseconds of it in which our scheduler let others run; None where the kernel keeps no account."""

    @property
    def beneath(self) -> int:
        """Nanoseconds that our scheduler does not explain."""
        return max(0, self.length - (self.delay or 0))


class Slice(msgspec.Struct, frozen=True):
    """One short spin on one CPU."""

    cpu: int | None
    start: float
    """Seconds since the spinning began."""
    nanoseconds: int
    gaps: list[Gap]
    steps: int
    """How often the clock was read."""
    served: float = 0.0
    """Seconds in which this CPU served interrupts and softirqs, in ticks of 10 ms as a rule."""

    @property
    def own(self) -> float:
        """Share that our scheduler withheld."""
        return sum(min(gap.delay or 0, gap.length) for gap in self.gaps) / self.nanoseconds

    @property
    def beneath(self) -> float:
        """Share that vanished beneath this kernel, of the time that our scheduler gave us."""
        given = self.nanoseconds * (1 - self.own)
        lost = sum(gap.beneath for gap in self.gaps if gap.beneath > GAP_NS // 2)
        return lost / given if given > 0 else 0.0


class Gaps(msgspec.Struct, frozen=True, omit_defaults=True):
    """All slices of one thread that only read the clock."""

    slices: list[Slice]
    stolen: float = 0.0
    """Seconds that the kernel reported as steal meanwhile."""
    throttled: float = 0.0
    """Share of the time in which a CPU quota held this program back."""
    bare_metal: bool = False
    """The facts found no hypervisor."""
    seconds: float = 0.0


class Speed(msgspec.Struct, frozen=True, omit_defaults=True):
    """Hashing on so many threads."""

    name: str
    """The benchmark's id."""
    wanted: int
    threads: int
    """That could be started."""
    rounds: list[Round]
    """Bytes a second."""
    seen: Change
    """Over all rounds."""
    mhz: float | None = None
    """The highest frequency that a CPU had just then."""
    clocksource: str | None = None
    algorithm: str = "sha256"
    library: str = ""
    """OpenSSL or Python; empty where nobody noted it."""


class ClockCost(msgspec.Struct, frozen=True, omit_defaults=True):
    """What one reading of the clock costs: of each batch the nanoseconds, without those of calling at all."""

    ns: list[float]
    calls: int
    """In a batch."""
    source: str | None = None
    """What the kernel reads."""


class Advertised(msgspec.Struct, frozen=True, omit_defaults=True):
    """What the processor is sold as; None for what nothing says."""

    mhz: float | None = None
    l1_data: int | None = None
    """Bytes of a CPU's first cache of data, as of the others; l3 is shared as a rule."""
    l2: int | None = None
    l3: int | None = None
    problem: str = ""
    """Why nothing is known."""


class Recording(msgspec.Struct, omit_defaults=True):
    """What was recorded of the CPUs, as far as it came; filled while a run goes on."""

    stretches: list[Stretch] = []
    gaps: Gaps | None = None
    speeds: list[Speed] = []
    clock: ClockCost | None = None
    """None where nobody asked, as before version 0.3."""
    advertised: Advertised | None = None
    """None where nobody asked, as version 0.1.0 did not."""
    problems: dict[str, str] = {}
    """Why there is no figure, by the benchmark's id."""

    @property
    def longest(self) -> int:
        """Stretches, slices or rounds, whichever are most."""
        slices = len(self.gaps.slices) if self.gaps else 0
        batches = len(self.clock.ns) if self.clock else 0
        return max(len(self.stretches), slices, batches, *(len(speed.rounds) for speed in self.speeds), 0)
