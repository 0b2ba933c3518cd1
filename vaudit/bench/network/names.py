"""By which of IPv4 and IPv6 a peer can be reached: a name may have addresses of both."""

import ipaddress
import socket

from vaudit.bench.network.recording import Peer
from vaudit.bench.system.errors import BenchError
from vaudit.bench.system.worker import Tell, isolate, result, results

PATIENCE = 4.0
"""Seconds for resolving a name."""
_FAMILIES = {socket.AF_INET: "IPv4", socket.AF_INET6: "IPv6"}


def by_family(peer: Peer) -> list[Peer]:
    """The peer once for each family by which this host has a route to it, in the system's order of
    preference; as it is where there is but one, or where its name cannot be resolved."""
    if _is_address(peer.host):
        return [peer]

    def work(tell: Tell) -> None:
        tell(result(routed(peer)))

    try:
        found = results(
            list(isolate(work, PATIENCE, f"the name service, asked for {peer.host},")), list[Peer]
        )
    except (BenchError, OSError):
        return [peer]
    return found[0] if found and len(found[0]) > 1 else [peer]


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def routed(peer: Peer) -> list[Peer]:
    """The peer by each family of its addresses to which there is a route; nothing is sent."""
    found: dict[str, Peer] = {}
    for family, _kind, _protocol, _name, address in socket.getaddrinfo(
        peer.host, peer.port, type=socket.SOCK_DGRAM
    ):
        if family in _FAMILIES and _has_route(family, address):
            name = _FAMILIES[family]
            found.setdefault(name, Peer(peer.host, peer.port, name))  # type: ignore[arg-type]
    return list(found.values())


def _has_route(family: int, address: tuple[object, ...]) -> bool:
    """Connecting a datagram socket only looks the route up (udp(7))."""
    try:
        with socket.socket(family, socket.SOCK_DGRAM) as any_socket:
            any_socket.connect(address)
    except OSError:
        return False
    return True
