"""What a network benchmark recorded: runs of iperf3, echoes, and the card beneath. Plain data."""

from typing import Literal

import msgspec

from vaudit.bench.units import Effort
from vaudit.model.benchmark import Round


class Peer(msgspec.Struct, frozen=True):
    """The other end of a network benchmark."""

    host: str
    port: int
    family: Literal["", "IPv4", "IPv6"] = ""
    """By which it is measured, where its name has addresses of both."""

    @property
    def address(self) -> str:
        """HOST:PORT, with brackets around an IPv6 address."""
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"

    @property
    def target(self) -> str:
        """The same, and by which family it was measured where that was chosen."""
        return f"{self.address} {self.family}".rstrip()


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


class Stream(msgspec.Struct, frozen=True, omit_defaults=True):
    """One TCP connection of a run. What only the sending kernel knows is None where the peer sent."""

    bits_per_second: float
    """What arrived through it."""
    window: int | None = None
    """Bytes that its sender had under way at most: the largest congestion window."""
    peer_window: int | None = None
    """Bytes that its receiver allowed at most. iperf3 knows it from version 3.10 on."""
    rtt_us: float | None = None
    """Mean round trip under load."""


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
    streams: list[Stream] = []
    """TCP only."""
    sent_bytes: float = 0.0
    """That the sender put into its sockets."""

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
    ceiling: int = 0
    """Bits a second to which it was limited; 0 is no limit."""
    key: str = ""
    """Of its raw output among the evidence."""
    stopped: bool = False
    """It did not end in time."""
    unanswered: bool = False
    """The test's first datagram was never answered, though the peer took part over TCP."""

    @property
    def source(self) -> str:
        """The id of its raw output."""
        return f"run:{self.key or f'iperf3 {self.name}'}"

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


class Sized(msgspec.Struct, frozen=True, array_like=True):
    """Echoes of one size that may not be cut into fragments on their way."""

    bytes: int
    """Of the whole IP packet."""
    sent: int
    answered: int
    refused: int = 0
    """The kernel or a router said that it is too large, as it should."""


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
    sizes: list[Sized] = []
    """Which sizes come through, smallest first; both ways, since an answer is as large as its echo."""


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
    more: list[Attempt] = []
    """Further TCP tests of the same names: in a burst without a limit, or with more streams."""
    small: list[Attempt] = []
    """TCP tests in small segments, where nothing arrived in usual ones."""
    datagrams: list[Attempt] = []
    """UDP, the same ways."""
    trips: Trips | None = None
    cards: list[Card] = []
    offloads: dict[str, bool] = {}
    """Of the interface that was used: which are on; what the kernel does not tell is left out."""
    cpus: int = 1
    others: "list[Recording]" = []
    """Of further peers, and of this one by the other of IPv4 and IPv6."""

    def tests(self, name: str) -> list[Attempt]:
        """All TCP tests of one direction in usual segments."""
        return [test for test in (*self.streams, *self.more) if test.name == name]

    @property
    def longest(self) -> int:
        """The longest series of it: intervals, echoes, streams, or peers."""
        runs = [test.run for test in (*self.streams, *self.more, *self.small, *self.datagrams) if test.run]
        lengths = [len(run.intervals) for run in runs] + [len(run.streams) for run in runs]
        return max([len(self.others), *lengths, *(each.longest for each in self.others)])
