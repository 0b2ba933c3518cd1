"""What a network benchmark recorded: runs of iperf3, echoes, and the card beneath. Plain data."""

from typing import Literal

import msgspec

from vaudit.bench.units import Effort
from vaudit.model.benchmark import Round


class Peer(msgspec.Struct, frozen=True):
    """The other end of a network benchmark."""

    host: str
    port: int

    @property
    def address(self) -> str:
        """HOST:PORT, with brackets around an IPv6 address."""
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


class Card(msgspec.Struct, frozen=True):
    """What the facts say of a network card and what matters for its figures."""

    name: str
    path: str = "unknown"
    driver: str | None = None
    mtu: int | None = None
    queues: int | None = None
    """The smaller number of receive and transmit queues."""
    speed: int | None = None
    """Mbit/s."""


class Interval(msgspec.Struct, frozen=True):
    """One second of an iperf3 run, and the rate at which data arrived in it."""

    start: float
    seconds: float
    bits_per_second: float


class IperfRun(msgspec.Struct, frozen=True):
    """What one iperf3 client run found."""

    version: str
    reverse: bool
    bits_per_second: float
    """What arrived, at whichever end received."""
    seconds: float
    retransmits: int | None
    local_host: str
    remote_host: str
    congestion: str
    cpu_here: float
    """Percent of one CPU that iperf3 used on this host."""
    cpu_there: float
    intervals: list[Interval]
    min_rtt_us: float | None = None
    """Round trip under load as the sending kernel saw it; only where this host sent."""
    mean_rtt_us: float | None = None
    jitter_ms: float | None = None
    """UDP only."""
    packets: int | None = None
    """UDP only: datagrams that should have arrived."""
    lost_packets: int | None = None
    """UDP only."""

    @property
    def is_local(self) -> bool:
        """Whether both ends are this host; such a figure says nothing about a network."""
        here, there = self.local_host, self.remote_host
        return bool(here) and (here == there or here.startswith("127.") or here == "::1")


class Attempt(msgspec.Struct, frozen=True, omit_defaults=True):
    """One run of iperf3 against the peer, or why there is none."""

    name: str
    """The benchmark's id."""
    command: list[str] = []
    status: Literal["ok", "skipped", "error"] = "ok"
    reason: str = ""
    run: IperfRun | None = None
    seconds: float = 0.0
    """With its start and end."""
    disturbed: str = ""
    guards: dict[str, float] = {}
    device: str | None = None
    """The interface that bears the run's local address."""

    def round(self, value: float, start: float, seconds: float) -> Round:
        """A part of the run, with what was seen over all of it."""
        return Round(value, start, seconds, disturbed=self.disturbed, guards=self.guards)


class Echo(msgspec.Struct, frozen=True, array_like=True):
    """One ICMP echo: when it was sent, and what it took."""

    at: float
    """Seconds since the first echo."""
    us: float
    """Microseconds until the answer; without one, for how long it was waited for: it took at least that."""
    answered: bool = True


class Trips(msgspec.Struct, omit_defaults=True):
    """Round trips to the peer."""

    idle: list[Echo] = []
    """While nothing else went on."""
    loaded: dict[str, list[Echo]] = {}
    """Beside each transfer, by the transfer's benchmark id; since the transfer began."""
    seconds: float = 0.0
    """That each transfer lasted."""
    problem: str = ""
    """Why no echo says anything; then what TCP saw has to do."""


class Recording(msgspec.Struct, omit_defaults=True):
    """One network benchmark, as far as it came; filled while it runs."""

    peer: Peer | None = None
    refusal: str = ""
    """Why nothing was measured: no peer was named, iperf3 is not installed, …"""
    problem: str = ""
    """What ended it before anything was measured."""
    mode: Effort = "quick"
    version: str | None = None
    """Of iperf3."""
    ceiling: int = 0
    """Bits a second to which the byte budget limits a TCP test; 0 is no limit."""
    streams: list[Attempt] = []
    """TCP: sending, then receiving."""
    datagrams: list[Attempt] = []
    """UDP, the same ways."""
    trips: Trips | None = None
    cards: list[Card] = []
    offloads: dict[str, bool] = {}
    """Of the interface that was used: which are on; what the kernel does not tell is left out."""
    cpus: int = 1

    @property
    def longest(self) -> int:
        """Intervals of the longest run."""
        runs = [test.run for test in (*self.streams, *self.datagrams) if test.run]
        return max((len(run.intervals) for run in runs), default=0)
