"""Round trips by ICMP echo (RFC 792, RFC 4443), beside whatever else the network does.

The kernel's own echo socket (SOCK_DGRAM, icmp(7), ping_group_range) needs no privilege; root may use a raw
one. Where neither is allowed, or the peer does not answer, the caller uses what TCP saw.
"""

import os
import select
import socket
import struct
import time

from vaudit.bench.network.recording import Echo
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


def request(family: int, ident: int, number: int) -> bytes:
    """An echo request with 16 bytes of payload; for IPv6 the kernel fills the checksum in."""
    kind = _REQUEST[family]  # type: ignore[index]
    plain = struct.pack(">BBHHH", kind, 0, 0, ident, number) + b"vaudit echo test"
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

    def __init__(self, host: str) -> None:
        try:
            found = socket.getaddrinfo(host, None, type=socket.SOCK_DGRAM)
        except OSError:
            raise BenchError(f"the name of {host} could not be resolved") from None
        self.family, self.address = found[0][0], found[0][4]
        self.ident = os.getpid() & 0xFFFF
        self.socket, self.raw = self._open()
        self.echoes: list[Echo] = []
        """Those that were answered."""
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

    def collect(self, until: float) -> None:
        """Take answers until a moment (time.monotonic)."""
        while (left := until - time.monotonic()) > 0:
            if not select.select([self.socket], [], [], left)[0]:
                return
            try:
                data = self.socket.recv(2048)
            except OSError:  # an ICMP error that came back for one of ours
                continue
            now, number = time.monotonic(), reply_number(self.family, self.raw, self.ident, data)
            sent = self._open_since.pop(number, None) if number is not None else None
            if sent is not None:
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


def ping(host: str, seconds: float) -> list[Echo]:
    """Echoes for so long. Raises BenchError when none can be sent."""
    pinger = Pinger(host)
    try:
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            pinger.step()
        pinger.settle(0.0 if pinger.echoes else PATIENCE)
        return pinger.all()
    finally:
        pinger.close()


def beside(host: str, tell: Tell, wait: Wait) -> None:
    """A worker's life: echo until the parent calls, then tell what came back (see `answers`)."""
    pinger = Pinger(host)
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


def ping_within(host: str, seconds: float, patience: float) -> list[Echo]:
    """`ping` in a worker, for a name that is never resolved. Raises BenchError."""

    def work(tell: Tell) -> None:
        tell(result(ping(host, seconds)))

    return answers(list(isolate(work, seconds + patience, f"the name service, asked for {host},")))


def answers(messages: list[Told]) -> list[Echo]:
    """The echoes, in the order of sending, from what a worker told."""
    return [each for told in results(messages, list[Echo]) for each in told]
