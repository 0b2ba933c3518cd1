"""iperf3: its command lines, its JSON and its errors.

iperf3 3.12 exits 0 on every error with -J (esnet/iperf #1405), later versions differ in what a signal does to
the exit code (#1009): so only `.error` in the JSON decides. `sum_sent` counts what lies in socket buffers;
`sum_received` is what arrived. Of UDP, versions up to 3.10 give `sum` alone (esnet/iperf #1174).
"""

import re
import time
from collections.abc import Callable
from typing import Any

import msgspec

from vaudit.bench.plan import Peer, Plan
from vaudit.bench.system import guards
from vaudit.bench.system.errors import BenchError
from vaudit.bench.system.worker import run_program
from vaudit.model.benchmark import Round


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


_ERRORS = (
    ("busy running a test", "the iperf3 server on {peer} is busy with another test: try again later"),
    ("Connection refused", "nothing listens on {peer}: start `iperf3 -s` there, or name another port"),
    ("Network is unreachable", "this host has no route to {peer}"),
    ("No route to host", "{peer} cannot be reached: it is down, or a firewall refuses"),
    ("Connection timed out", "{peer} does not answer: it is down, or a firewall drops the packets"),
    ("unable to read from stream socket", "{peer} did not answer to UDP: a firewall may drop it"),
    ("Resource temporarily unavailable", "the name of {peer} could not be resolved"),
    ("Name or service not known", "the name of {peer} could not be resolved"),
    ("Temporary failure in name resolution", "the name of {peer} could not be resolved"),
    ("control socket has closed unexpectedly", "the iperf3 server on {peer} went away during the test"),
    ("Connection reset by peer", "the iperf3 server on {peer} went away during the test"),
    ("Broken pipe", "the iperf3 server on {peer} went away during the test"),
    ("interrupt - the client has terminated", "iperf3 to {peer} did not end in time and was stopped"),
    ("the server has terminated", "the iperf3 server on {peer} was stopped during the test"),
    (
        "unable to receive parameters",
        "{peer} did not speak as an iperf3 server should: is it another program?",
    ),
    ("unable to receive control message", "{peer} closed the connection: is it an iperf3 server?"),
    ("unrecognized option", "this iperf3 does not know an option that is needed: update it"),
)


def explain(error: str, peer: str) -> str:
    """One clear sentence for what iperf3 said."""
    for known, sentence in _ERRORS:
        if known in error:
            return sentence.format(peer=peer)
    return f"iperf3 to {peer} failed: {' '.join(error.split())[:200]}"


def parse_iperf3(text: str, peer: str = "the peer") -> IperfRun:
    """The JSON of `iperf3 -J`. Raises BenchError only: with a clear sentence where `.error` is set."""
    start = text.find("{")
    if start < 0:
        raise BenchError(explain(text, peer) if text.strip() else f"iperf3 to {peer} printed nothing")
    try:
        # iperf3 prints nan where nothing was counted (esnet/iperf #613), and text after the JSON (#1143)
        body = re.sub(r"(:\s*)-?nan\b", r"\1null", text[start : text.rfind("}") + 1])
        document = msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeEncodeError):
        raise BenchError(f"the JSON of iperf3 to {peer} is incomplete: it was cut off") from None
    if not isinstance(document, dict):
        raise BenchError(f"the JSON of iperf3 to {peer} is not an object")
    if document.get("error"):
        raise BenchError(explain(str(document["error"]), peer))
    received = _received(document)
    if not received:
        raise BenchError(f"iperf3 to {peer} reported nothing received")
    return _run_of(document, received)


def _is_udp(document: dict[str, Any]) -> bool:
    return _dict(_dict(document.get("start")).get("test_start")).get("protocol") == "UDP"


def _received(document: dict[str, Any]) -> dict[str, Any]:
    """What arrived; from old versions' `sum` of UDP, whose rate is the sender's, without what was lost."""
    end = _dict(document.get("end"))
    received, both = _dict(end.get("sum_received")), _dict(end.get("sum"))
    if received or not both or not _is_udp(document):
        return received
    arrived = max(0.0, 1 - _number(both.get("lost_percent")) / 100)
    return {**both, "bits_per_second": _number(both.get("bits_per_second")) * arrived}


def _run_of(document: dict[str, Any], received: dict[str, Any]) -> IperfRun:
    start, end = _dict(document.get("start")), _dict(document.get("end"))
    test = _dict(start.get("test_start"))
    links = start.get("connected")
    link = _dict(links[0]) if isinstance(links, list) and links else {}
    sent, streams = _dict(end.get("sum_sent")), end.get("streams")
    sender = _dict(_dict(streams[0]).get("sender")) if isinstance(streams, list) and streams else {}
    cpu = _dict(end.get("cpu_utilization_percent"))
    udp, reverse = _is_udp(document), bool(_number(test.get("reverse")))
    rate, intervals = _number(received.get("bits_per_second")), _intervals(document.get("intervals"))
    counted = (received if "packets" in received else _dict(end.get("sum"))) if udp else {}
    return IperfRun(
        version=str(start.get("version", "")),
        reverse=reverse,
        bits_per_second=rate,
        seconds=_number(received.get("seconds")),
        retransmits=int(_number(sent["retransmits"])) if "retransmits" in sent else None,
        local_host=str(link.get("local_host", "")),
        remote_host=str(link.get("remote_host", "")),
        congestion=str(end.get("sender_tcp_congestion", "")),
        cpu_here=_number(cpu.get("host_total")),
        cpu_there=_number(cpu.get("remote_total")),
        intervals=intervals if reverse else _arrived(intervals, rate),
        min_rtt_us=_number(sender.get("min_rtt")) or None,
        mean_rtt_us=_number(sender.get("mean_rtt")) or None,
        jitter_ms=_number(counted.get("jitter_ms")) if udp else None,
        packets=int(_number(counted.get("packets"))) if udp else None,
        lost_packets=int(_number(counted.get("lost_packets"))) if udp else None,
    )


def _intervals(value: Any) -> list[Interval]:
    sums = [_dict(_dict(each).get("sum")) for each in value] if isinstance(value, list) else []
    return [
        Interval(
            _number(each.get("start")), _number(each.get("seconds")), _number(each.get("bits_per_second"))
        )
        for each in sums
        if each and not each.get("omitted")
    ]


def _arrived(intervals: list[Interval], rate: float) -> list[Interval]:
    """A sender's intervals without what still lay in its buffer, or was lost, when the test ended.

    A sender counts what it has put into its socket. That buffer, and the queues behind it, fill at the
    beginning and then stay full: so what did not arrive is taken off the first intervals, of each as much as
    lies above the rate at which data arrived. On a plain link of 10 Mbit/s 17.6, 7.3, 10.9 become 9.3, 7.3,
    10.9; a burst that did arrive stays.
    """
    missing = sum((each.bits_per_second - rate) * each.seconds for each in intervals)
    found = []
    for each in intervals:
        above = max(0.0, each.bits_per_second - rate) * each.seconds
        taken = min(above, max(0.0, missing))
        missing -= taken
        less = taken / each.seconds if each.seconds else 0.0
        found.append(msgspec.structs.replace(each, bits_per_second=each.bits_per_second - less))
    return found


def _dict(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _number(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return 0.0
    return float(value) if 0 <= value < 1e18 else 0.0


def command(plan: Plan, reverse: bool) -> list[str]:
    """The iperf3 client command for one direction; `reverse`: the peer sends.

    With a byte budget the rate is limited so that the budget holds; the result then is "at least".
    """
    argv = _client(plan, plan.net_seconds)
    if plan.net_bytes:
        argv += ["-b", str(ceiling(plan))]
    return [*argv, "-R"] if reverse else argv


DATAGRAM = 1200
"""Bytes of a test datagram: fits unfragmented where IPv6 does (RFC 8200 wants 1280 with headers)."""


def udp_command(plan: Plan, reverse: bool, rate: float) -> list[str]:
    """The iperf3 client command for the loss of datagrams at `rate` bits per second."""
    argv = [*_client(plan, plan.udp_seconds), "-u", "-b", f"{rate:.0f}", "-l", str(DATAGRAM)]
    return [*argv, "-R"] if reverse else argv


def _client(plan: Plan, seconds: float) -> list[str]:
    if plan.peer is None or plan.iperf3.path is None:
        raise BenchError("no peer or no iperf3")
    argv = [plan.iperf3.path, "-J", "-c", plan.peer.host, "-p", str(plan.peer.port)]
    return [*argv, "-t", str(_whole(seconds)), "--connect-timeout", "3000"]


def _whole(seconds: float) -> int:
    """iperf3 takes whole seconds, and 0 for a test without end."""
    return max(1, round(seconds))


def ceiling(plan: Plan) -> int:
    """Bits per second at which the byte budget of one direction lasts just as long as the test."""
    return int(plan.net_bytes * 8 / _whole(plan.net_seconds))


def is_local(run: IperfRun) -> bool:
    """Whether both ends are this host; such a figure says nothing about a network."""
    return bool(run.local_host) and (
        run.local_host == run.remote_host or run.local_host.startswith("127.") or run.local_host == "::1"
    )


def interface_of(host: str) -> str | None:
    """The interface that bears a local address; None when none does."""
    import psutil

    for name, addresses in psutil.net_if_addrs().items():
        if any(each.address.split("%")[0] == host for each in addresses):
            return str(name)
    return None


def address(peer: Peer) -> str:
    """HOST:PORT, with brackets around an IPv6 address."""
    return f"[{peer.host}]:{peer.port}" if ":" in peer.host else f"{peer.host}:{peer.port}"


class Ran(msgspec.Struct, frozen=True):
    """One finished client run, and what disturbed it."""

    run: IperfRun
    name: str
    target: str
    argv: list[str]
    seconds: float
    """With its start and end."""
    disturbed: str
    seen: guards.Change

    def round(self, value: float, start: float, seconds: float) -> Round:
        """A part of the run, with what was seen over all of it."""
        return Round(value, start, seconds, disturbed=self.disturbed, guards=guards.figures(self.seen))


def client(
    name: str, target: str, argv: list[str], seconds: float, record: Callable[[str, str], None]
) -> Ran:
    """Run one client for at most `seconds` and 5 more. Raises BenchError."""
    began, before = time.monotonic(), guards.sample(None)
    output = run_program(argv, seconds + 5.0)
    record(f"iperf3 {name}", output.out)
    run = parse_iperf3(output.out or output.err, target)
    seen = guards.since(before)
    disturbed = guards.disturbed(seen, 0, 0, syncs=True)
    return Ran(run, name, target, argv, time.monotonic() - began, disturbed, seen)
