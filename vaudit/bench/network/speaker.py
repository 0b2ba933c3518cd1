"""What it is that answers at a port, where it did not speak as an iperf3 server does.

Asked only after a test has failed: whoever connects to an iperf3 server keeps others from it meanwhile.
"""

import socket

from vaudit.bench.network.recording import Peer

SECONDS = 2.0
"""For connecting, and for an answer."""
_COOKIE = 37
"""Bytes with which a client begins (esnet/iperf, COOKIE_SIZE); an iperf3 server answers with one byte."""
QUESTION = b"GET / HTTP/1.0\r\n\r\n".ljust(_COOKIE, b"\n")
_GREETINGS = (
    (b"HTTP/", "a web server"),
    (b"SSH-", "an SSH server"),
    (b"220 ", "a mail or FTP server"),
    (b"* OK", "a mail server"),
)
_STATES = bytes((9, 255))
"""What an iperf3 server says at once: PARAM_EXCHANGE, or ACCESS_DENIED (-1) where it is busy."""


def who(peer: Peer) -> str:
    """What answers at the peer's port, as a phrase; empty where that cannot be told, or where iperf3 does."""
    try:
        said = _answer(peer)
    except OSError:
        return ""
    if not said or said[:1] in (_STATES[:1], _STATES[1:]):
        return ""
    return next((name for start, name in _GREETINGS if said.startswith(start)), "another program")


def _answer(peer: Peer) -> bytes:
    """The beginning of what is said, unasked or as an answer. OSError where nobody is there or answers."""
    with socket.create_connection((peer.host, peer.port), SECONDS) as link:
        link.settimeout(SECONDS)
        link.sendall(QUESTION)
        return link.recv(64)
