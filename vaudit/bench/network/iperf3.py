"""iperf3: its command lines, its JSON and its errors.

iperf3 3.12 exits 0 on every error with -J (esnet/iperf #1405), later versions differ in what a signal does to
the exit code (#1009): so only `.error` in the JSON decides. `sum_sent` counts what lies in socket buffers;
`sum_received` is what arrived. Of UDP, versions up to 3.10 give `sum` alone (esnet/iperf #1174).
"""

import json
import re
import time
from typing import Any

import msgspec

from vaudit.bench.network.recording import Attempt, Interval, IperfRun, Peer, Stream
from vaudit.bench.system import counters, guards
from vaudit.bench.system.errors import BenchError
from vaudit.bench.system.printed import dig, number, table
from vaudit.bench.system.programs import Program, run_program
from vaudit.bench.system.programs import find as find_program
from vaudit.bench.units import Record

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
    ("the client has terminated", "iperf3 to {peer} did not end in time and was stopped"),
    ("the server has terminated", "the iperf3 server on {peer} was stopped during the test"),
    (
        "unable to receive parameters",
        "{peer} did not speak as an iperf3 server should: is it another program?",
    ),
    ("unable to receive control message", "{peer} closed the connection: is it an iperf3 server?"),
    (
        "unable to send control message: Bad file descriptor",  # of 3.9, whatever kept it from connecting
        "no connection to {peer} came about: nothing listens there, or it cannot be reached",
    ),
    ("unrecognized option", "this iperf3 does not know an option that is needed: update it"),
)


def explain(error: str, peer: str) -> str:
    """One clear sentence for what iperf3 said."""
    for known, sentence in _ERRORS:
        if known in error:
            return sentence.format(peer=peer)
    return f"iperf3 to {peer} failed: {' '.join(error.split())[:200]}"


def parse_iperf3(text: str, peer: str = "the peer", errors: str = "") -> IperfRun:
    """The JSON of `iperf3 -J`. Raises BenchError only: with a clear sentence where `.error` is set, or where
    there is no figure and `errors` (of stderr, where 3.9 puts them) tells why."""
    start = text.find("{")
    if start < 0:
        raise BenchError(explain(text, peer) if text.strip() else f"iperf3 to {peer} printed nothing")
    try:
        document = first_object(text[start:])
    except (ValueError, RecursionError):
        raise BenchError(f"the JSON of iperf3 to {peer} is incomplete: it was cut off") from None
    if document.get("error"):
        raise BenchError(explain(str(document["error"]), peer))
    received = _received(document)
    if not received:
        said = errors.strip().removeprefix("iperf3: error - ")
        raise BenchError(explain(said, peer) if said else f"iperf3 to {peer} reported nothing received")
    return _run_of(document, received)


def first_object(text: str) -> dict[str, Any]:
    """The JSON object with which the text begins. Raises ValueError where it does not end.

    iperf3 prints nan where nothing was counted (esnet/iperf #613), text after the JSON (#1143), and some
    builds of 3.16 and 3.17 the whole of it twice (#1688, #1716).
    """
    plain = re.sub(r"(:\s*)-?(?:nan|inf)\b", r"\1null", text)
    found: dict[str, Any] = json.JSONDecoder().raw_decode(plain)[0]
    return found


def _is_udp(document: dict[str, Any]) -> bool:
    return bool(dig(document, "start", "test_start", "protocol") == "UDP")


def _received(document: dict[str, Any]) -> dict[str, Any]:
    """What arrived; from old versions' `sum` of UDP, whose rate is the sender's, without what was lost."""
    end = table(document.get("end"))
    received, both = table(end.get("sum_received")), table(end.get("sum"))
    if received or not both or not _is_udp(document):
        return received
    arrived = max(0.0, 1 - number(both.get("lost_percent")) / 100)
    return {**both, "bits_per_second": number(both.get("bits_per_second")) * arrived}


def _run_of(document: dict[str, Any], received: dict[str, Any]) -> IperfRun:
    start, end = table(document.get("start")), table(document.get("end"))
    test = table(start.get("test_start"))
    links = start.get("connected")
    link = table(links[0]) if isinstance(links, list) and links else {}
    sent, streams = table(end.get("sum_sent")), end.get("streams")
    sender = table(table(streams[0]).get("sender")) if isinstance(streams, list) and streams else {}
    cpu = table(end.get("cpu_utilization_percent"))
    udp, reverse = _is_udp(document), bool(number(test.get("reverse")))
    rate, intervals = number(received.get("bits_per_second")), _intervals(document.get("intervals"))
    counted = (received if "packets" in received else table(end.get("sum"))) if udp else {}
    return IperfRun(
        version=str(start.get("version", "")),
        reverse=reverse,
        bits_per_second=rate,
        seconds=number(received.get("seconds")),
        retransmits=int(number(sent["retransmits"])) if "retransmits" in sent else None,
        local_host=str(link.get("local_host", "")),
        remote_host=str(link.get("remote_host", "")),
        congestion=str(end.get("sender_tcp_congestion", "")),
        cpu_here=number(cpu.get("host_total")),
        cpu_there=number(cpu.get("remote_total")),
        intervals=intervals if reverse else _arrived(intervals, rate),
        min_rtt_us=number(sender.get("min_rtt")) or None,
        mean_rtt_us=number(sender.get("mean_rtt")) or None,
        jitter_ms=number(counted.get("jitter_ms")) if udp else None,
        packets=int(number(counted.get("packets"))) if udp else None,
        lost_packets=int(number(counted.get("lost_packets"))) if udp else None,
        streams=[] if udp else _streams(streams),
        sent_bytes=number(sent.get("bytes")),
    )


def _streams(value: Any) -> list[Stream]:
    """Each connection of a run. Of what the other end sent its kernel told nothing: there zeros stand, and
    before version 3.13 the same object twice (esnet/iperf #1491)."""
    pairs = [
        (table(dig(each, "sender")), table(dig(each, "receiver")))
        for each in (value if isinstance(value, list) else [])
    ]
    return [
        Stream(
            bits_per_second=number(receiver.get("bits_per_second")),
            window=int(number(sender.get("max_snd_cwnd"))) or None,
            peer_window=int(number(sender.get("max_snd_wnd"))) or None,
            rtt_us=number(sender.get("mean_rtt")) or None,
        )
        for sender, receiver in pairs
    ]


def _intervals(value: Any) -> list[Interval]:
    sums = [table(table(each).get("sum")) for each in value] if isinstance(value, list) else []
    return [
        Interval(number(each.get("start")), number(each.get("seconds")), number(each.get("bits_per_second")))
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


UDP_CEILING = 20e6
"""Bits per second of the loss test, or half of what TCP reached if that is less: not to overload anything."""
DATAGRAM = 1200
"""Bytes of a test datagram: fits unfragmented where IPv6 does (RFC 8200 wants 1280 with headers)."""
SMALL_SEGMENT = 500
"""Bytes of payload: with its headers it fits into the 576 that every IPv4 host takes (RFC 791)."""
ANSWER_SECONDS = 2.0
"""In which the peer answers the first datagram, beyond a test's own seconds; iperf3 would wait for 30."""


class Shape(msgspec.Struct, frozen=True):
    """How a TCP test is made."""

    seconds: float
    ceiling: int = 0
    """Bits a second, of all streams together, so that a byte budget holds; 0 is no limit."""
    streams: int = 1
    warm_up: int = 0
    """Whole seconds at its start that are not counted."""
    bytes: int = 0
    """To move instead of lasting for so many seconds."""
    segment: int = 0
    """Bytes of payload of a segment; 0 for what the path allows."""


def find() -> Program:
    """iperf3 itself; version 2 bears another name."""
    return find_program("iperf3", r"^iperf (3\S*)")


_ENDS_BY_BYTES = (3, 10)


def ends_by_bytes(version: str | None) -> bool:
    """Whether a test that receives ends after so many bytes (-n -R): with 3.9 it never does."""
    found = re.search(r"(\d+)\.(\d+)", version or "")
    return bool(found) and (int(found[1]), int(found[2])) >= _ENDS_BY_BYTES if found else False


def tcp(path: str, peer: Peer, shape: Shape, reverse: bool) -> list[str]:
    """The client command for one direction; `reverse`: the peer sends."""
    argv = _client(path, peer)
    # from 3.16 on the end of a test by bytes is only seen when an interval ends (measured: 3.18, 3.22)
    by_bytes = ["-n", str(shape.bytes), "-i", "0.1"]
    argv += by_bytes if shape.bytes else ["-t", str(_whole(shape.seconds))]
    for flag, value, usual in (
        ("-b", shape.ceiling // shape.streams, 0),  # of each stream
        ("-P", shape.streams, 1),
        ("-O", shape.warm_up, 0),
        ("-M", shape.segment, 0),
    ):
        argv += [flag, str(value)] if value != usual else []
    return [*argv, "-R"] if reverse else argv


def udp(path: str, peer: Peer, seconds: float, rate: float, reverse: bool) -> list[str]:
    """The client command for the loss of datagrams at `rate` bits per second."""
    argv = [*_client(path, peer), "-t", str(_whole(seconds))]
    argv += ["-u", "-b", f"{rate:.0f}", "-l", str(DATAGRAM)]
    return [*argv, "-R"] if reverse else argv


def _client(path: str, peer: Peer) -> list[str]:
    argv = [path, "-J", "-c", peer.host, "-p", str(peer.port), "--connect-timeout", "3000"]
    return [*argv, f"-{peer.family[-1]}"] if peer.family else argv


def _whole(seconds: float) -> int:
    """iperf3 takes whole seconds, and 0 for a test without end."""
    return max(1, round(seconds))


def ceiling(budget: int, seconds: float) -> int:
    """Bits per second at which a byte budget lasts just as long as the test; 0 for no budget."""
    return int(budget * 8 / _whole(seconds))


def interface_of(host: str) -> str | None:
    """The interface that bears a local address; None when none does."""
    import psutil

    for name, addresses in psutil.net_if_addrs().items():
        if any(each.address.split("%")[0] == host for each in addresses):
            return str(name)
    return None


_SENT_AWAY = "unable to receive control message: Connection reset by peer"
"""What a client says that waited behind a mute one, until `vaudit peer` put another server in its place."""
_AGAIN = 1.0
"""Seconds in which that one comes up."""


def run(name: str, peer: Peer, argv: list[str], seconds: float, record: Record, *, what: str = "") -> Attempt:
    """Run one client for at most so many seconds; what went wrong is the test's reason. `what` tells several
    runs of one name apart where their raw output is kept."""
    key, stopped, unanswered = f"iperf3 {name} {what}".rstrip(), False, False
    began, before = time.monotonic(), counters.sample(None)
    try:
        output = run_program(argv, seconds)
        if _SENT_AWAY in output.out:
            time.sleep(_AGAIN)
            began, before = time.monotonic(), counters.sample(None)
            output = run_program(argv, seconds)
        record(key, output.out)
        stopped = output.stopped
        unanswered = stopped and "-u" in argv and not _connected(output.out)
        found = parse_iperf3(output.out or output.err, peer.target, output.err)
    except BenchError as error:
        lasted = time.monotonic() - began
        return Attempt(
            name, argv, "error", str(error), seconds=lasted, stopped=stopped, unanswered=unanswered, key=key
        )
    seen = counters.since(before)
    return Attempt(
        name=name,
        command=argv,
        run=found,
        seconds=time.monotonic() - began,
        disturbed=guards.disturbed(seen, 0, 0, syncs=True),
        guards=guards.figures(seen),
        device=None if found.is_local else interface_of(found.local_host),
        key=key,
    )


def _connected(text: str) -> bool:
    """Whether a client came so far as to have connections for its data."""
    try:
        return bool(dig(first_object(text[max(0, text.find("{")) :]), "start", "connected"))
    except (ValueError, RecursionError):
        return False
