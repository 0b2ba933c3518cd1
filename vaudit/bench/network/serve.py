"""The other end of a network benchmark: an iperf3 server that ends by itself."""

import ipaddress
import os
import select
import subprocess
import time
from collections.abc import Callable

from vaudit.bench.network import iperf3
from vaudit.bench.system.errors import BenchError
from vaudit.bench.system.process import stoppable
from vaudit.bench.system.programs import start_program, stop_program

MOST_MINUTES = 1440.0
STARTING = 0.4
"""Seconds in which a server that cannot listen says so."""
_ERRORS = (
    ("Address already in use", "port {port} is already in use: choose another one with --port"),
    ("Permission denied", "this user may not listen on port {port}: choose one above 1023 with --port"),
    ("Cannot assign requested address", "{bind} is no address of this host: choose another one with --bind"),
    ("Name or service not known", "{bind} is no address of this host: choose another one with --bind"),
)


def command(path: str, bind: str, port: int) -> list[str]:
    """The iperf3 server's command line. Raises BenchError for a bind address that is none."""
    argv = [path, "-s", "-p", str(port)]
    if not bind:
        return argv
    try:
        return [*argv, "-B", str(ipaddress.ip_address(bind))]
    except ValueError:
        raise BenchError(f"--bind {bind[:80]!r} is not an IP address of this host") from None


def serve(bind: str, port: int, seconds: float, say: Callable[[str], None]) -> None:
    """Serve for so long; Ctrl-C and SIGTERM end it as well, and nothing is left. Raises BenchError."""
    program = iperf3.find()
    if program.path is None:
        raise BenchError(program.missing)
    argv = command(program.path, bind, port)
    try:
        with stoppable():
            child = start_program(argv)
            try:
                _watch(child, bind, port, seconds, say)
            finally:
                stop_program(child)
    except KeyboardInterrupt:
        say("stopped")


def _watch(
    child: "subprocess.Popen[str]", bind: str, port: int, seconds: float, say: Callable[[str], None]
) -> None:
    until, said = time.monotonic() + seconds, _drained(child, min(STARTING, seconds))
    if child.poll() is None:
        for line in _usage(bind, port, seconds):
            say(line)
        said += _drained(child, until - time.monotonic())
    if child.poll() is None:
        say(f"stopped after {seconds / 60:g} minutes")
        return
    raise BenchError(explain(said, bind, port))


def _drained(child: "subprocess.Popen[str]", seconds: float) -> str:
    """The last of its errors in so many seconds; its output is thrown away: a full pipe would block it."""
    until, last = time.monotonic() + seconds, ""
    errors = child.stderr.fileno() if child.stderr else -1
    streams = [each.fileno() for each in (child.stdout, child.stderr) if each]
    while streams and (left := until - time.monotonic()) > 0:
        for stream in select.select(streams, [], [], left)[0]:
            chunk = os.read(stream, 4096)
            if stream == errors:
                last = (last + chunk.decode("utf-8", "replace"))[-2000:]
            if not chunk:
                streams.remove(stream)
    if not streams:
        child.wait(5)
    return last


def _usage(bind: str, port: int, seconds: float) -> list[str]:
    where = f"[{bind}]" if ":" in bind else bind or "ADDRESS"
    here = bind or "every address of this host"
    option = where if port == 5201 else f"{where}:{port}"
    return [
        f"iperf3 listens on {here}, port {port}, for {seconds / 60:g} minutes; Ctrl-C ends it",
        f"on the other host: vaudit bench network --peer {option}",
        "whoever reaches this port can use this host's bandwidth: let a firewall admit the other host only",
    ]


def explain(said: str, bind: str, port: int) -> str:
    """One clear sentence for a server that ended by itself."""
    for known, sentence in _ERRORS:
        if known in said:
            return sentence.format(bind=bind, port=port)
    return f"iperf3 ended by itself: {' '.join(said.split())[:200] or 'it said nothing'}"
