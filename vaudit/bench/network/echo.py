"""Round trips by ICMP echo (RFC 792, RFC 4443), beside whatever else the network does.

The kernel's own echo socket (SOCK_DGRAM, icmp(7), ping_group_range) needs no privilege; root may use a raw
one. Where neither is allowed, or the peer does not answer, the caller uses what TCP saw.
"""

import os
import select
import socket
import struct
import time

from vaudit.bench.network.recording import Echo, Peer, Sized
from vaudit.bench.system.errors import BenchError
from vaudit.bench.system.worker import Tell, Told, Wait, isolate, result, results

EVERY_SECONDS = 0.04
PATIENCE = 1.0
"""Seconds in which a host that answers at all answers its first echo."""
_REQUEST = {socket.AF_INET: 8, socket.AF_INET6: 128}
_REPLY = {socket.AF_INET: 0, socket.AF_INET6: 129}


def checksum(data: bytes) -> int:
    """The internet checksum of RFC 1071."""
    total: int = sum(struct.unpack(f">{(len(data) + 1) // 2}H", data + bytes(len(data) % 2)))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


def request(family: int, ident: int, number: int, payload: int = 16) -> bytes:
    """An echo request with so many bytes of payload; for IPv6 the kernel fills the checksum in."""
    kind = _REQUEST[family]  # type: ignore[index]
    plain = struct.pack(">BBHHH", kind, 0, 0, ident, number) + b"vaudit echo test".ljust(payload, b"\0")
    right = checksum(plain) if family == socket.AF_INET else 0
    return plain[:2] + struct.pack(">H", right) + plain[4:]


def reply_number(family: int, raw: bool, ident: int, data: bytes) -> int | None:
    """The sequence number of an echo reply to us; None for anything else."""
    if raw and family == socket.AF_INET and data:
        data = data[(data[0] & 15) * 4 :]  # a raw IPv4 socket gives the IP header too
    if len(data) < 8:
        return None
    kind, _code, _sum, theirs, number = struct.unpack(">BBHHH", data[:8])
    # the unprivileged socket has an identifier of its own, and only sees its own replies
    return number if kind == _REPLY[family] and (theirs == ident or not raw) else None  # type: ignore[index]


class Pinger:
    """Sends echoes at a steady pace and matches the answers. Raises BenchError when it cannot be opened."""

    def __init__(self, peer: Peer) -> None:
        family = {"IPv4": socket.AF_INET, "IPv6": socket.AF_INET6}.get(peer.family, socket.AF_UNSPEC)
        try:
            found = socket.getaddrinfo(peer.host, None, family, type=socket.SOCK_DGRAM)
        except OSError:
            raise BenchError(f"the name of {peer.host} could not be resolved") from None
        self.family, self.address = found[0][0], found[0][4]
        self.ident = os.getpid() & 0xFFFF
        self.socket, self.raw = self._open()
        self.echoes: list[Echo] = []
        """Those that were answered."""
        self.answered: set[int] = set()
        self._open_since: dict[int, float] = {}
        self._number = 0
        self.began = time.monotonic()

    def _open(self) -> tuple[socket.socket, bool]:
        protocol = socket.IPPROTO_ICMP if self.family == socket.AF_INET else socket.IPPROTO_ICMPV6
        for kind in (socket.SOCK_DGRAM, socket.SOCK_RAW):
            try:
                made = socket.socket(self.family, kind, protocol)
            except OSError:
                continue
            made.setblocking(False)
            return made, kind == socket.SOCK_RAW
        raise BenchError("this user may send no ICMP echo")

    def step(self) -> None:
        """Send one echo, then take answers until the next one is due."""
        self._number = (self._number + 1) & 0xFFFF
        now = time.monotonic()
        try:
            self.socket.sendto(request(self.family, self.ident, self._number), self.address)
            self._open_since[self._number] = now
        except BlockingIOError:
            pass
        except OSError as error:
            raise BenchError(f"no ICMP echo could be sent: {error.strerror}") from None
        self.collect(now + EVERY_SECONDS)

    def sized(self, payload: int) -> int | None:
        """Send an echo with so many bytes of payload, in one piece; its number, None if it is too large."""
        self._number = (self._number + 1) & 0xFFFF
        now = time.monotonic()
        try:
            self.socket.sendto(request(self.family, self.ident, self._number, payload), self.address)
        except OSError:
            return None
        self._open_since[self._number] = now
        return self._number

    def collect(self, until: float) -> None:
        """Take answers until a moment (time.monotonic)."""
        while (left := until - time.monotonic()) > 0:
            if not select.select([self.socket], [], [], left)[0]:
                return
            try:
                data = self.socket.recv(65536)
            except OSError:  # an ICMP error that came back for one of ours
                continue
            now, number = time.monotonic(), reply_number(self.family, self.raw, self.ident, data)
            sent = self._open_since.pop(number, None) if number is not None else None
            if sent is not None and number is not None:
                self.answered.add(number)
                self.echoes.append(Echo(sent, (now - sent) * 1e6))

    def settle(self, seconds: float) -> None:
        """Wait at most so long for what is still on its way."""
        until = time.monotonic() + seconds
        while self._open_since and (now := time.monotonic()) < until:
            self.collect(min(until, now + EVERY_SECONDS))

    def all(self) -> list[Echo]:
        """Every echo in the order of sending, those without an answer so far too."""
        now = time.monotonic()
        waiting = [Echo(sent, (now - sent) * 1e6, answered=False) for sent in self._open_since.values()]
        return sorted([*self.echoes, *waiting], key=lambda each: each.at)

    def close(self) -> None:
        self.socket.close()


def ping(peer: Peer, seconds: float) -> list[Echo]:
    """Echoes for so long. Raises BenchError when none can be sent."""
    pinger = Pinger(peer)
    try:
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            pinger.step()
        pinger.settle(0.0 if pinger.echoes else PATIENCE)
        return pinger.all()
    finally:
        pinger.close()


def beside(peer: Peer, tell: Tell, wait: Wait) -> None:
    """A worker's life: echo until the parent calls, then tell what came back (see `answers`)."""
    pinger = Pinger(peer)
    try:
        tell(Told(progress="echo"))
        while not wait(0.0):
            pinger.step()
        pinger.settle(0.3)
        tell(result(since(pinger.began, pinger.all())))
    finally:
        pinger.close()


def since(began: float, echoes: list[Echo]) -> list[Echo]:
    """The echoes by the seconds since a moment (time.monotonic)."""
    return [Echo(each.at - began, each.us, each.answered) for each in echoes]


def ping_within(peer: Peer, seconds: float, patience: float) -> list[Echo]:
    """`ping` in a worker, for a name that is never resolved. Raises BenchError."""

    def work(tell: Tell) -> None:
        tell(result(ping(peer, seconds)))

    return answers(list(isolate(work, seconds + patience, f"the name service, asked for {peer.host},")))


def answers(messages: list[Told]) -> list[Echo]:
    """The echoes, in the order of sending, from what a worker told."""
    return [each for told in results(messages, list[Echo]) for each in told]


SIZES = (128, 576, 800, 1000, 1100, 1200, 1280, 1350, 1400, 1420, 1460, 1480, 1492, 1500)
"""Bytes of whole IP packets: what tunnels leave of 1500, and what every host takes."""
EACH = 3
"""Echoes of each size."""
APART = 0.003
"""Seconds between two of them, so that no burst is lost for its speed."""
_HEADERS = {socket.AF_INET: 28, socket.AF_INET6: 48}
_DISCOVER = {socket.AF_INET: (socket.IPPROTO_IP, 10), socket.AF_INET6: (socket.IPPROTO_IPV6, 23)}
_MTU = {socket.AF_INET: (socket.IPPROTO_IP, 14), socket.AF_INET6: (socket.IPPROTO_IPV6, 24)}
_PROBE = 3
"""IP_MTU_DISCOVER, IPV6_MTU_DISCOVER, IP_MTU, IPV6_MTU, IP_PMTUDISC_PROBE of linux/in.h and linux/in6.h: no
fragments, whatever is believed of the path."""


def sizes(peer: Peer, patience: float) -> list[Sized]:
    """Which sizes are answered, waiting for so many seconds. Raises BenchError when none can be sent."""
    pinger = Pinger(peer)
    try:
        pinger.socket.setsockopt(*_DISCOVER[pinger.family], _PROBE)
        sent: dict[int, list[int | None]] = {}
        for _ in range(EACH):
            for size in _up_to(_mtu(pinger)):
                number = pinger.sized(size - _HEADERS[pinger.family])
                sent.setdefault(size, []).append(number)
                pinger.collect(time.monotonic() + APART)
        pinger.settle(patience)
        return [_sized(size, numbers, pinger.answered) for size, numbers in sent.items()]
    finally:
        pinger.close()


def _mtu(pinger: Pinger) -> int:
    """Of the interface by which the peer is reached; 1500 where that is not told."""
    try:
        with socket.socket(pinger.family, socket.SOCK_DGRAM) as any_socket:
            any_socket.connect((pinger.address[0], 9, *pinger.address[2:]))
            return any_socket.getsockopt(*_MTU[pinger.family])
    except OSError:
        return SIZES[-1]


def _up_to(mtu: int) -> list[int]:
    """The sizes that the interface takes; of jumbo frames its own largest one too."""
    return [*(size for size in SIZES if size <= mtu), *([min(mtu, 9000)] if mtu > SIZES[-1] else [])]


def _sized(size: int, numbers: list[int | None], answered: set[int]) -> Sized:
    return Sized(
        size, len(numbers), sum(number in answered for number in numbers), sum(n is None for n in numbers)
    )
