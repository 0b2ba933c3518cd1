"""The other end of a network benchmark: an iperf3 server that ends by itself.

It listens where it was told to, without root's rights, and one client that says nothing does not keep it from
others: iperf3 serves one after the other, and waits for what each has to say (esnet/iperf, iperf_accept).
"""

import ipaddress
import os
import select
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from vaudit.bench.network import iperf3
from vaudit.bench.system import privileges
from vaudit.bench.system.errors import BenchError
from vaudit.bench.system.privileges import User
from vaudit.bench.system.process import stoppable
from vaudit.bench.system.programs import start_program, stop_program
from vaudit.procfs import whole

LOOPBACK = "127.0.0.1"
MOST_MINUTES = 1440.0
STARTING = 0.4
"""Seconds in which a server that cannot listen says so."""
PATIENCE = 2.5
"""Seconds for which a client may say nothing: iperf3 speaks at once, and moves data in each second."""
LOOKING = 0.25
"""Seconds between two looks at who is connected."""
_NOTHING_MOVED = " 0.00 Bytes "
"""How iperf3 reports a second of a test in which nothing came or went."""
_CONNECTED = ("01", "08")
"""TCP_ESTABLISHED and TCP_CLOSE_WAIT, include/net/tcp_states.h."""
_ERRORS = (
    ("Address already in use", "port {port} is already in use: choose another one with --port"),
    ("Permission denied", "this user may not listen on port {port}: choose one above 1023 with --port"),
    ("Cannot assign requested address", "{bind} is no address of this host: choose another one with --bind"),
    ("Name or service not known", "{bind} is no address of this host: choose another one with --bind"),
)


def command(path: str, bind: str, port: int) -> list[str]:
    """The iperf3 server's command line. Raises BenchError for a bind address that is none."""
    try:
        address = str(ipaddress.ip_address(bind))
    except ValueError:
        raise BenchError(f"--bind {bind[:80]!r} is not an IP address of this host") from None
    return [path, "-s", "-p", str(port), "-B", address, "--forceflush"]


class Server(NamedTuple):
    """What is served, where, as whom and for how long."""

    argv: list[str]
    user: User | None
    bind: str
    port: int
    seconds: float


def serve(bind: str, port: int, seconds: float, say: Callable[[str], None]) -> None:
    """Serve for so long; Ctrl-C and SIGTERM end it as well, and nothing is left. Raises BenchError.

    Where `bind` is empty this host alone is served, which is said.
    """
    program = iperf3.find()
    if program.path is None:
        raise BenchError(program.missing)
    user = None if _takes_root(port) else privileges.lesser()
    server = Server(command(program.path, bind or LOOPBACK, port), user, bind, port, seconds)
    try:
        with stoppable():
            _serve(server, say)
    except KeyboardInterrupt:
        say("stopped")


def _takes_root(port: int) -> bool:
    """Whether root alone may listen on a port: ip_unprivileged_port_start of ip(7)."""
    try:
        first = whole(
            Path("/proc/sys/net/ipv4/ip_unprivileged_port_start").read_text("ascii", "replace").strip()
        )
    except OSError:
        first = None
    return port < (1024 if first is None else first)


def _serve(server: Server, say: Callable[[str], None]) -> None:
    """One iperf3 after another: where a client keeps one waiting, the next takes its place."""
    until, is_first = time.monotonic() + server.seconds, True
    while True:
        child, server = _started(server)
        try:
            said = _drained(child, min(STARTING, until - time.monotonic()))
            if is_first and child.poll() is None:
                for line in _usage(server):
                    say(line)
            said += _drained(child, until - time.monotonic(), Silence(server.port))
            if child.poll() is not None:
                raise BenchError(explain(said, server.bind or LOOPBACK, server.port))
        finally:
            stop_program(child)
        if time.monotonic() >= until:
            say(f"stopped after {_minutes(server)}")
            return
        if is_first:
            say("a client said nothing and was sent away, as others will be that do so")
        is_first = False


def _started(server: Server) -> "tuple[subprocess.Popen[str], Server]":
    """An iperf3 without root's rights; with them where a container does not let them be given up."""
    try:
        return start_program(server.argv, user=server.user), server
    except BenchError:
        if server.user is None:
            raise
        return start_program(server.argv), server._replace(user=None)


class Silence:
    """For how long there have been connections to a port, and no sign of life of them."""

    def __init__(self, port: int, patience: float = PATIENCE) -> None:
        self._port, self._patience = port, patience
        self._since: float | None = None

    def hear(self, text: str) -> None:
        """What the server prints: of each client that comes, of each second of its test."""
        if any(line.strip() and _NOTHING_MOVED not in line for line in text.splitlines()):
            self._since = None

    def is_too_long(self) -> bool:
        now = time.monotonic()
        if not _is_connected(self._port):
            self._since = None
            return False
        self._since = now if self._since is None else self._since
        return now - self._since >= self._patience


def _is_connected(port: int) -> bool:
    """Whether anybody is connected to a port of this host (proc(5), /proc/net/tcp)."""
    for name in ("tcp", "tcp6"):
        try:
            lines = Path("/proc/net", name).read_text("ascii", "replace").splitlines()[1:]
        except OSError:
            continue
        fields = (line.split(maxsplit=4) for line in lines)
        if any(words[1].endswith(f":{port:04X}") and words[3] in _CONNECTED for words in fields):
            return True
    return False


def _drained(child: "subprocess.Popen[str]", seconds: float, silence: Silence | None = None) -> str:
    """The last of its errors in so many seconds, or until there is silence for too long. Its output is
    thrown away: a full pipe would block it."""
    until, last = time.monotonic() + seconds, ""
    errors = child.stderr.fileno() if child.stderr else -1
    streams = [each.fileno() for each in (child.stdout, child.stderr) if each]
    while streams and (left := until - time.monotonic()) > 0:
        for stream in select.select(streams, [], [], min(left, LOOKING) if silence else left)[0]:
            text = os.read(stream, 4096).decode("utf-8", "replace")
            if stream == errors:
                last = (last + text)[-2000:]
            if silence:
                silence.hear(text)
            if not text:
                streams.remove(stream)
        if silence and silence.is_too_long():
            break
    if not streams:
        child.wait(5)
    return last


def _minutes(server: Server) -> str:
    minutes = f"{server.seconds / 60:g}"
    return f"{minutes} minute" if minutes == "1" else f"{minutes} minutes"


def _usage(server: Server) -> list[str]:
    address = ipaddress.ip_address(server.bind or LOOPBACK)
    here = "every address of this host" if address.is_unspecified else str(address)
    where = "ADDRESS" if address.is_unspecified else f"[{address}]" if address.version == 6 else str(address)
    peer = where if server.port == 5201 else f"{where}:{server.port}"
    lasts = f"for {_minutes(server)}"
    first = f"iperf3 listens on {here}, port {server.port}, {_rights(server)}{lasts}; Ctrl-C ends it"
    if not server.bind:
        only = (
            "only this host reaches it: name the address that others use with --bind (0.0.0.0: all of them)"
        )
        return [first, only]
    return [
        first,
        f"on the other host: vaudit bench network --peer {peer}",
        "whoever reaches this port can use this host's bandwidth: let a firewall admit the other host only",
    ]


def _rights(server: Server) -> str:
    if server.user:
        return f"as {server.user.name}, "
    if os.geteuid() != 0:
        return ""
    return f"as root, which port {server.port} takes, " if _takes_root(server.port) else "as root, "


def explain(said: str, bind: str, port: int) -> str:
    """One clear sentence for a server that ended by itself."""
    for known, sentence in _ERRORS:
        if known in said:
            return sentence.format(bind=bind, port=port)
    return f"iperf3 ended by itself: {' '.join(said.split())[:200] or 'it said nothing'}"
