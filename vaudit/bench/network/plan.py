"""What a network benchmark will do, against whom; or why it cannot be done."""

import ipaddress
import re
from typing import TYPE_CHECKING

import msgspec

from vaudit.bench.network import iperf3
from vaudit.bench.network.recording import Card, Peer
from vaudit.bench.system.errors import BenchError
from vaudit.bench.system.programs import Program
from vaudit.bench.units import MIB, Effort

if TYPE_CHECKING:
    from vaudit.model.facts import Facts

IPERF3_PORT = 5201
NO_PEER = "no --peer HOST was given, and a network is only measured against another host"
IDLE_PINGS_SECONDS = 0.8
STARTING = 0.4
"""Seconds that one iperf3 test takes beyond its own time."""


class NetworkPlan(msgspec.Struct, frozen=True):
    """All that a network benchmark needs to know."""

    mode: Effort
    peer: Peer | None
    refusal: str
    """Why there is no peer; empty where there is one."""
    iperf3: Program
    seconds: float
    """Of a TCP test in one direction."""
    bytes: int
    """Of a TCP test in one direction; 0 is no limit."""
    udp_seconds: float
    """Of the loss test in one direction."""
    cards: tuple[Card, ...] = ()

    @property
    def total_seconds(self) -> float:
        """That all tests take; 0 where none can be made."""
        return _total(self.seconds, self.udp_seconds) if self.peer and self.iperf3.path else 0.0

    @property
    def total_bytes(self) -> int:
        """That all tests move at most, as far as they are limited."""
        return 2 * (self.bytes + int(self.udp_seconds * iperf3.UDP_CEILING / 8)) if self.peer else 0

    @property
    def reserved_seconds(self) -> float:
        """That are kept for a peer, be it measured or not."""
        return _total(self.seconds, self.udp_seconds) if self.peer else 0.0


def _total(seconds: float, udp_seconds: float) -> float:
    return IDLE_PINGS_SECONDS + 2 * (seconds + udp_seconds + 2 * STARTING)


def make(mode: Effort, peer: str | None, facts: "Facts | None") -> NetworkPlan:
    """Plan the benchmark against a peer, HOST or HOST:PORT. Never raises: what cannot be is a refusal."""
    target, refusal = None, NO_PEER
    if peer is not None:
        try:
            target, refusal = parse_peer(peer), ""
        except BenchError as error:
            refusal = str(error)
    quick = mode == "quick"
    return NetworkPlan(
        mode=mode,
        peer=target,
        refusal=refusal,
        iperf3=iperf3.find() if target else Program(missing="no network benchmark is run"),
        seconds=3.0 if quick else 10.0,
        bytes=512 * MIB if quick and target else 0,
        udp_seconds=1.0 if quick else 5.0,
        cards=_cards(facts),
    )


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
    peer, path = plan.peer, plan.iperf3.path
    if peer is None or path is None:
        return [f"network: skipped: {plan.refusal or plan.iperf3.missing}"]
    ceiling = iperf3.ceiling(plan.bytes, plan.seconds)
    tests = [iperf3.tcp(path, peer, plan.seconds, ceiling, back) for back in (False, True)]
    tests += [iperf3.udp(path, peer, plan.udp_seconds, iperf3.UDP_CEILING, back) for back in (False, True)]
    return [f"network: {' '.join(argv)}" for argv in tests]
