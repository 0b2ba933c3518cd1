"""What a network benchmark will do, against whom; or why it cannot be done."""

import ipaddress
import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

import msgspec

from vaudit.bench.network import iperf3
from vaudit.bench.network.iperf3 import Shape
from vaudit.bench.network.recording import Card, Peer
from vaudit.bench.system.errors import BenchError
from vaudit.bench.system.programs import Program
from vaudit.bench.units import MIB, Effort

if TYPE_CHECKING:
    from vaudit.model.facts import Facts

IPERF3_PORT = 5201
NO_PEER = "no --peer HOST was given, and a network is only measured against another host"
IDLE_PINGS_SECONDS = 0.8
SIZES_SECONDS = 0.2
"""For echoes of all sizes; those that vanish are waited for a little longer."""
STARTING = 0.4
"""Seconds that one iperf3 test takes beyond its own time."""
BURST = 0.25
"""Share of one direction's bytes that is kept for a burst without a limit, where the limit was reached."""
LIGHT = "a light run leaves the network alone"
TCP_SECONDS: dict[Effort, float] = {"light": 0.0, "quick": 3.0, "full": 10.0}
UDP_SECONDS: dict[Effort, float] = {"light": 0.0, "quick": 1.0, "full": 5.0}
WITH_DISK, ALONE = 512 * MIB, 1000 * MIB
"""Bytes in one direction of a quick run: half of what the whole run may move, or nearly all."""


class NetworkPlan(msgspec.Struct, frozen=True):
    """All that a network benchmark needs to know."""

    mode: Effort
    peers: tuple[Peer, ...]
    refusal: str
    """Why there is no peer; empty where there is one."""
    iperf3: Program
    seconds: float
    """Of a TCP test in one direction."""
    bytes: int
    """Of the TCP tests in one direction with one peer; 0 is no limit."""
    udp_seconds: float
    """Of the loss test in one direction."""
    cards: tuple[Card, ...] = ()

    @property
    def peer(self) -> Peer | None:
        """The first one."""
        return self.peers[0] if self.peers else None

    @property
    def steady(self) -> int:
        """Bytes of the test that lasts for so many seconds; the rest is for a burst."""
        return int(self.bytes * (1 - BURST))

    @property
    def ceiling(self) -> int:
        """Bits a second to which that test is limited; 0 is no limit."""
        return iperf3.ceiling(self.steady, self.seconds)

    @property
    def seconds_for_one(self) -> float:
        """That all tests with one peer take."""
        return _for_one(self.seconds, self.udp_seconds)

    @property
    def total_seconds(self) -> float:
        """That all tests take; 0 where none can be made."""
        return self.reserved_seconds if self.iperf3.path else 0.0

    @property
    def total_bytes(self) -> int:
        """That all tests move at most, as far as they are limited."""
        datagrams = int(self.udp_seconds * iperf3.UDP_CEILING / 8)
        return len(self.peers) * 2 * (self.bytes + datagrams)

    @property
    def reserved_seconds(self) -> float:
        """That are kept for the peers, be they measured or not."""
        return len(self.peers) * self.seconds_for_one


def _for_one(seconds: float, udp_seconds: float) -> float:
    return IDLE_PINGS_SECONDS + SIZES_SECONDS + 2 * (seconds + udp_seconds + 2 * STARTING)


def further_seconds(mode: Effort, peers: int) -> float:
    """By which the peers after the first make a run longer."""
    return 0.0 if mode == "light" else max(0, peers - 1) * _for_one(TCP_SECONDS[mode], UDP_SECONDS[mode])


def make(mode: Effort, peers: Sequence[str], facts: "Facts | None", *, alone: bool = False) -> NetworkPlan:
    """Plan the benchmark against peers, each HOST or HOST:PORT. Never raises: what cannot be is a refusal.

    `alone`: nothing else is measured, so the bytes of a whole run are the network's.
    """
    targets, refusal = _parsed(peers)
    if mode == "light" and targets:
        targets, refusal = (), LIGHT
    bytes_ = ALONE if alone else WITH_DISK
    return NetworkPlan(
        mode=mode,
        peers=targets,
        refusal=refusal,
        iperf3=iperf3.find() if targets else Program(missing="no network benchmark is run"),
        seconds=TCP_SECONDS[mode],
        bytes=bytes_ // len(targets) if mode == "quick" and targets else 0,
        udp_seconds=UDP_SECONDS[mode],
        cards=_cards(facts),
    )


def _parsed(peers: Sequence[str]) -> tuple[tuple[Peer, ...], str]:
    """The peers, each once; none, and why, where one is no address."""
    try:
        found = tuple(dict.fromkeys(parse_peer(peer) for peer in peers))
    except BenchError as error:
        return (), str(error)
    return found, "" if found else NO_PEER


def parse_peer(text: str) -> Peer:
    """HOST, HOST:PORT, [IPV6] or [IPV6]:PORT. Raises BenchError."""
    match = re.fullmatch(r"(?:\[([0-9A-Fa-f:.%\w]+)\]|([^\s:\[\]/-][^\s:\[\]/]*))(?::(\d{1,5}))?", text)
    if match is None:
        bare = _is_ipv6(text)
        hint = f"write [{text}] or [{text}]:PORT" if bare else "write HOST, HOST:PORT or [IPV6]:PORT"
        raise BenchError(f"--peer {text[:80]!r} is not an address: {hint}")
    port = int(match[3] or IPERF3_PORT)
    if not 0 < port < 65536:
        raise BenchError(f"--peer: port {port} is not between 1 and 65535")
    if match[1] and not _is_ipv6(match[1]):
        raise BenchError(f"--peer: {match[1]!r} in brackets is not an IPv6 address")
    return Peer(match[1] or match[2], port)


def _is_ipv6(text: str) -> bool:
    try:
        return ipaddress.ip_address(text).version == 6
    except ValueError:
        return False


def _cards(facts: "Facts | None") -> tuple[Card, ...]:
    return tuple(
        Card(net.name, net.path, net.driver, net.mtu, _least(net.rx_queues, net.tx_queues), net.speed)
        for net in (facts.net if facts else [])
    )


def _least(*numbers: int | None) -> int | None:
    known = [number for number in numbers if number is not None]
    return min(known) if known else None


def describe(plan: NetworkPlan) -> list[str]:
    """What would be done, one line each."""
    path = plan.iperf3.path
    if not plan.peers or path is None:
        return [f"network: skipped: {plan.refusal or plan.iperf3.missing}"]
    return [f"network: {' '.join(argv)}" for peer in plan.peers for argv in _commands(plan, peer, path)]


def _commands(plan: NetworkPlan, peer: Peer, path: str) -> list[list[str]]:
    """As they are where the path is neither long nor faster than the bytes allow."""
    shape = Shape(plan.seconds, plan.ceiling)
    tests = [iperf3.tcp(path, peer, shape, back) for back in (False, True)]
    return tests + [
        iperf3.udp(path, peer, plan.udp_seconds, iperf3.UDP_CEILING, back) for back in (False, True)
    ]
