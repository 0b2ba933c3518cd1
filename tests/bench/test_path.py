"""A network's path: sizes that vanish, heavy loss, blocked UDP, long round trips, several peers; and iperf3's
other versions. Recordings made by hand, output of real programs, and real servers on this host."""

import contextlib
import functools
import http.server
import json
import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from benchmarks import network_truth
from tests import machines
from tests.bench.runner import BORDERS, network_of, nothing, quiet
from tests.bench.test_network import server, text
from tests.machines import our_checks
from vaudit.bench.network import measure as network
from vaudit.bench.network import names, speaker
from vaudit.bench.network.iperf3 import Shape, _connected, ends_by_bytes, parse_iperf3, tcp
from vaudit.bench.network.judge.outcome import judge
from vaudit.bench.network.judge.path import vanishing
from vaudit.bench.network.judge.stream import rising
from vaudit.bench.network.recording import (
    Attempt,
    Echo,
    Interval,
    IperfRun,
    Peer,
    Recording,
    Sized,
    Stream,
    Trips,
)
from vaudit.bench.plan import BUDGETS, describe, make
from vaudit.bench.system.errors import BenchError
from vaudit.commands import bench_network, scan
from vaudit.commands.measuring import missed
from vaudit.evidence.recorder import Recorder
from vaudit.model.benchmark import Benchmark
from vaudit.pipeline import scan as audit

VERSIONS = ("3.9", "3.18", "3.22")
"""Besides 3.12. From 3.16 on each stream has a thread of its own."""


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("way", ["p4", "p4rev"])
def test_every_version_tells_what_arrived_in_each_stream(version: str, way: str) -> None:
    run = parse_iperf3(text(f"versions/{version}-{way}.json"))
    assert run.version == f"iperf {version}"
    assert run.bits_per_second == pytest.approx(200e6, rel=0.05)
    assert len(run.streams) == 4
    assert all(each.bits_per_second == pytest.approx(50e6, rel=0.05) for each in run.streams)
    assert run.reverse == (way == "p4rev")
    sender = run.streams[0]
    assert (sender.window is None) == run.reverse  # of what the peer sent its kernel told nothing
    assert (sender.peer_window is None) == (run.reverse or version == "3.9")
    assert len(run.intervals) == 2  # the second that warms up is left out


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("way", ["udp", "udprev"])
def test_every_version_counts_datagrams(version: str, way: str) -> None:
    run = parse_iperf3(text(f"versions/{version}-{way}.json"))
    assert run.packets is not None
    assert run.packets > 5000
    assert run.jitter_ms is not None
    assert run.bits_per_second <= 51e6


@pytest.mark.parametrize("version", VERSIONS)
def test_a_first_datagram_without_an_answer_is_known_by_there_being_no_connection(version: str) -> None:
    said = text(f"versions/{version}-udpblocked.json")
    assert not _connected(said)
    assert _connected(text(f"versions/{version}-udp.json"))
    with pytest.raises(BenchError, match="did not end in time"):
        parse_iperf3(said)


def test_version_3_9_tells_on_stderr_that_there_is_no_connection() -> None:
    out, _, errors = text("versions/3.9-refused.txt").partition("}\n}\n")
    with pytest.raises(BenchError, match="no connection to h:1 came about"):
        parse_iperf3(f"{out}}}\n}}\n", "h:1", errors)


@pytest.mark.parametrize("name", ["tcp.json", "tcp_rev.json", "versions/3.18-p4.json"])
def test_json_that_is_printed_twice_is_read_once(name: str) -> None:
    once = parse_iperf3(text(name))
    assert parse_iperf3(f"{text(name)}\n{text(name)}\n") == once
    with pytest.raises(BenchError, match="cut off"):
        parse_iperf3(text(name)[: len(text(name)) // 2])


def test_a_test_that_ends_by_bytes_is_not_asked_of_a_version_that_never_ends_it() -> None:
    known = {"iperf3 3.9": False, "iperf3 3.10": True, "iperf3 3.12": True, "iperf3 3.22": True, None: False}
    assert {version: ends_by_bytes(version) for version in known} == known


def test_the_limit_of_bytes_holds_for_all_streams_together() -> None:
    argv = tcp("iperf3", Peer("h", 1, "IPv6"), Shape(3.0, 800_000_000, streams=8, warm_up=2), reverse=True)
    assert argv[argv.index("-b") + 1] == "100000000"
    assert argv[argv.index("-P") + 1] == "8"
    assert argv[argv.index("-O") + 1] == "2"
    assert {"-6", "-R"} <= set(argv)
    assert "-n" not in argv


# judged


def attempt(
    way: str,
    megabits: float,
    *,
    rates: tuple[float, ...] = (),
    streams: int = 1,
    again: int = 0,
    limit: int = 0,
) -> Attempt:
    """A TCP test of three seconds, or with these megabits in each of its seconds."""
    each = rates or (megabits,) * 3
    seconds = [Interval(float(at), 1.0, rate * 1e6) for at, rate in enumerate(each)]
    run = IperfRun(
        version="iperf 3.12", reverse=way == "receive", bits_per_second=megabits * 1e6, seconds=len(each),
        retransmits=again, local_host="192.0.2.1", remote_host="192.0.2.7", congestion="cubic", cpu_here=5.0,
        cpu_there=5.0, intervals=seconds, sent_bytes=megabits * 1e6 / 8 * len(each),
        streams=[Stream(megabits * 1e6 / streams, 3 << 20, 6 << 20, 200_000.0)] * streams,
    )  # fmt: skip
    return Attempt(f"network.{way}", ["iperf3"], run=run, seconds=3.4, device="eth0", ceiling=limit)


def trips(us: float = 400.0, *, lost: int = 0, largest: int = 1500) -> Trips:
    """Twenty idle echoes, of which some were lost, and echoes of three sizes, the larger of which vanish."""
    idle = [Echo(0.04 * n, us, answered=n >= lost) for n in range(20)]
    sizes = [Sized(size, 3, 3 * (size <= largest)) for size in (576, 1280, 1500)]
    return Trips(idle=idle, seconds=3.0, sizes=sizes)


def recorded(send: Attempt, receive: Attempt, **more: object) -> Recording:
    given: dict[str, object] = {"trips": trips(), **more}
    return Recording(peer=Peer("192.0.2.7", 5201), streams=[send, receive], **given)  # type: ignore[arg-type]


def said(recording: Recording) -> dict[str, Benchmark]:
    return {each.id: each for each in judge(recording, BORDERS)}


def test_large_packets_that_vanish_are_a_black_hole_in_the_way_in_which_tcp_stands_still() -> None:
    nothing_sent = attempt("send", 0.0, again=3)
    found = said(
        recorded(
            nothing_sent, attempt("receive", 400), small=[attempt("send", 90)], trips=trips(largest=1280)
        )
    )
    verdict = found["network.verdict"]
    assert (verdict.verdict, verdict.status, verdict.confidence) == ("mtu-black-hole", "ok", "medium")
    for words in ("more than about 1,280 bytes", "on the way to the peer", "in small segments 90 Mbit/s"):
        assert words in verdict.reason
    assert found["network.send"].verdict == "nothing-arrived"
    assert found["network.send"].reason.startswith("nothing arrived")
    assert found["network.receive"].verdict == ""


def test_a_black_hole_is_found_without_any_echo() -> None:
    """The peer answers no ICMP: that small segments arrive where usual ones do not tells as much."""
    silent = Trips(problem="the peer does not answer ICMP echo")
    still = [attempt(way, 0.0) for way in ("send", "receive")]
    small = [attempt("send", 90), attempt("receive", 80)]
    verdict = said(recorded(*still, small=small, trips=silent))["network.verdict"]
    assert verdict.verdict == "mtu-black-hole"
    assert "large packets vanish both ways" in verdict.reason


def test_large_echoes_that_are_not_answered_are_only_a_remark_where_tcp_works() -> None:
    fine = recorded(attempt("send", 400), attempt("receive", 400), trips=trips(largest=1280))
    verdict = said(fine)["network.verdict"]
    assert verdict.verdict == "measured"
    assert "echoes of 1,500 bytes and more are not answered" in verdict.reason


def test_a_size_that_a_router_names_as_too_large_vanishes_not() -> None:
    told = trips()
    told.sizes = [Sized(576, 3, 3), Sized(1280, 3, 3), Sized(1500, 3, 0, 3)]
    assert vanishing(recorded(attempt("send", 1), attempt("receive", 1), trips=told)) is None
    told.sizes = [Sized(576, 3, 0), Sized(1280, 3, 1), Sized(1500, 3, 0)]  # a lossy path
    assert vanishing(recorded(attempt("send", 1), attempt("receive", 1), trips=told)) is None


def test_nothing_that_arrives_in_small_segments_either_is_no_black_hole() -> None:
    still = [attempt(way, 0.0) for way in ("send", "receive")]
    verdict = said(recorded(*still, small=[attempt("send", 0.0)]))["network.verdict"]
    assert verdict.verdict == "nothing-arrived"


def test_heavy_loss_is_told_as_such_and_not_as_a_slow_network() -> None:
    sent_again = attempt("send", 0.2, again=40)
    verdict = said(recorded(sent_again, attempt("receive", 0.3), trips=trips(lost=10)))["network.verdict"]
    assert verdict.verdict == "lossy"
    assert "40 of about " in verdict.reason
    assert "segments had to be sent again" in verdict.reason
    stopped = Attempt("network.send", ["iperf3"], "error", "iperf3 did not end in time", stopped=True)
    skipped = Attempt("network.receive", ["iperf3"], "skipped", "not tried")
    lost = said(recorded(stopped, skipped, trips=trips(lost=10)))["network.verdict"]
    assert (lost.verdict, lost.status) == ("lossy", "ok")
    assert "10 of 20 echoes were not answered" in lost.reason
    calm = said(recorded(stopped, skipped))["network.verdict"]
    assert (calm.verdict, calm.status) == ("", "error")


def test_udp_that_is_blocked_is_told_as_such_and_its_other_way_is_not_tried() -> None:
    mute = Attempt(
        "network.udp-send", ["iperf3"], "error", "did not end in time", stopped=True, unanswered=True
    )
    skipped = Attempt("network.udp-receive", [], "skipped", network._BLOCKED)
    found = said(recorded(attempt("send", 90), attempt("receive", 90), datagrams=[mute, skipped]))
    udp = found["network.udp-send"]
    assert (udp.status, udp.verdict, udp.value) == ("ok", "udp-blocked", None)
    assert "UDP is blocked" in found["network.verdict"].reason
    assert found["network.udp-receive"].status == "skipped"
    still = said(recorded(attempt("send", 0.0), attempt("receive", 90), datagrams=[mute]))["network.udp-send"]
    assert (still.verdict, still.confidence) == ("inconclusive", "none")


def test_a_long_path_is_told_with_round_trip_window_and_each_stream() -> None:
    ways = [attempt(way, 640, streams=8) for way in ("send", "receive")]
    send = said(recorded(*ways, trips=trips(200_000.0)))["network.send"]
    for words in ("round trip of 200 ms", "in 8 streams", "80 Mbit/s each", "a window of up to 3 MiB"):
        assert words in send.reason.replace("(80 Mbit/s to ", "(")
    assert send.details["streams"] == 8
    assert send.details["window_bytes"] == 3 << 20
    assert send.details["idle_rtt_us"] == 200_000
    short = said(recorded(attempt("send", 640), attempt("receive", 640)))["network.send"]
    assert short.reason == "640 Mbit/s arrived"
    assert short.confidence == "medium"


def test_a_rate_that_still_rose_at_the_end_is_at_least() -> None:
    rose = attempt("send", 61, rates=(20, 60, 103))
    found = said(recorded(rose, attempt("receive", 90)))
    assert found["network.send"].verdict == found["network.verdict"].verdict == "at-least"
    assert "still rising (103 Mbit/s in the last second)" in found["network.send"].reason


@pytest.mark.parametrize(
    ("rates", "is_rising"),
    [
        ((20, 60, 100), True),
        ((95, 96, 95), False),
        ((60, 100, 80), False),
        ((100, 60, 20), False),
        ((1,), False),
    ],
)
def test_only_what_ends_at_its_top_was_rising(rates: tuple[float, ...], is_rising: bool) -> None:
    run = attempt("send", 1.0, rates=rates).run
    assert run is not None
    assert rising(run) == is_rising


@pytest.mark.parametrize(
    ("megabits", "words"),
    [(0.3, "300 kbit/s arrived"), (0.0, "nothing arrived"), (9134.9, "9.13 Gbit/s arrived")],
)
def test_rates_are_told_in_the_unit_that_suits(megabits: float, words: str) -> None:
    assert words in said(recorded(attempt("send", megabits), attempt("receive", 90)))["network.send"].reason


def test_a_burst_tells_more_than_the_limit_of_the_byte_budget() -> None:
    limited = attempt("send", 1430, limit=1_432_000_000)
    alone = said(recorded(limited, attempt("receive", 90)))["network.send"]
    assert alone.verdict == "at-least"
    assert "byte budget" in alone.reason
    burst = attempt("send", 4700, rates=(9300, 9400, 1))
    burst = msgspec.structs.replace(burst, command=["iperf3", "-n", "1"], run=_lasting(burst, 0.3))
    found = said(recorded(limited, attempt("receive", 90), more=[burst]))["network.send"]
    assert (found.value, found.verdict) == (9.4e9, "")
    far = msgspec.structs.replace(burst, run=_lasting(burst, 0.1))
    slow = said(recorded(limited, attempt("receive", 90), more=[far], trips=trips(15_000.0)))["network.send"]
    assert slow.verdict == "at-least"


def _lasting(test: Attempt, seconds: float) -> IperfRun:
    assert test.run is not None
    return msgspec.structs.replace(test.run, seconds=seconds)


def test_each_peer_has_a_verdict_of_its_own() -> None:
    first = recorded(attempt("send", 90), attempt("receive", 90))
    other = msgspec.structs.replace(first, peer=Peer("vps.example", 5201, "IPv6"))
    first.others = [other]
    targets = [each.target for each in judge(first, BORDERS) if each.id == "network.verdict"]
    assert targets == ["192.0.2.7:5201", "vps.example:5201 IPv6"]
    assert len({each.series for each in judge(first, BORDERS)}) == len(judge(first, BORDERS))


# planned


def test_peers_may_be_several_and_their_time_is_promised_and_their_bytes_shared(tmp_path: Path) -> None:
    one, two = (make("quick", str(tmp_path), peers) for peers in (["192.0.2.1"], ["192.0.2.1", "h:1", "h:1"]))
    assert [peer.host for peer in network_of(two).peers] == ["192.0.2.1", "h"]
    assert network_of(two).total_bytes == pytest.approx(network_of(one).total_bytes, rel=0.01)
    assert two.seconds == one.seconds + network_of(one).seconds_for_one
    assert two.disk is not None
    assert one.disk is not None
    assert two.disk.seconds == pytest.approx(one.disk.seconds)
    assert two.disk.bytes + network_of(two).total_bytes <= BUDGETS["quick"].bytes
    if network_of(two).iperf3.path:
        assert sum(" -c h " in line for line in describe(two)) == 4


def test_a_network_alone_has_the_bytes_of_a_whole_run() -> None:
    alone = make("quick", None, "192.0.2.1", alone=True)
    assert network_of(alone).bytes > network_of(make("quick", None, "192.0.2.1")).bytes
    assert network_of(alone).total_bytes <= BUDGETS["quick"].bytes
    assert network_of(alone).ceiling * network_of(alone).seconds / 8 <= network_of(alone).steady


def test_a_name_is_measured_by_each_family_that_leads_to_it(monkeypatch: pytest.MonkeyPatch) -> None:
    found = [
        (socket.AF_INET6, 0, 0, "", ("2001:db8::1", 5201, 0, 0)),
        (socket.AF_INET, 0, 0, "", ("192.0.2.1", 5201)),
        (socket.AF_INET, 0, 0, "", ("192.0.2.2", 5201)),
    ]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_all, **_named: found)
    monkeypatch.setattr(names, "_has_route", lambda _family, _address: True)
    both = names.by_family(Peer("vps.example", 5201))
    assert [peer.target for peer in both] == ["vps.example:5201 IPv6", "vps.example:5201 IPv4"]
    monkeypatch.setattr(names, "_has_route", lambda family, _address: family == socket.AF_INET)
    assert names.by_family(Peer("vps.example", 5201)) == [Peer("vps.example", 5201)]
    assert names.by_family(Peer("192.0.2.1", 5201)) == [Peer("192.0.2.1", 5201)]


# with real programs


@contextlib.contextmanager
def web_server() -> Iterator[int]:
    handler = functools.partial(http.server.SimpleHTTPRequestHandler, directory="/proc/self/fdinfo")
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as web:
        thread = threading.Thread(target=web.serve_forever, daemon=True)
        thread.start()
        try:
            yield web.server_address[1]
        finally:
            web.shutdown()


def test_a_web_server_is_known_by_its_answer() -> None:
    with web_server() as port:
        assert speaker.who(Peer("127.0.0.1", port)) == "a web server"
    assert speaker.who(Peer("127.0.0.1", port)) == ""  # nobody is there any more


@pytest.mark.outer("iperf3")
def test_an_iperf3_server_is_taken_for_nothing_else() -> None:
    with server() as port:
        assert speaker.who(Peer("127.0.0.1", port)) == ""


@pytest.mark.outer("iperf3")
@pytest.mark.slow
def test_a_web_server_in_the_place_of_a_peer_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(network, "GRACE", 0.0)
    plan = msgspec.structs.replace(network_of(make("quick", None, "127.0.0.1")), seconds=1.0)
    with web_server() as port:
        plan = msgspec.structs.replace(plan, peers=(Peer("127.0.0.1", port),))
        recording = network.measure(plan, quiet, nothing)
    reason = recording.streams[0].reason
    assert "answers, but is no iperf3 server and no vaudit peer: a web server is there" in reason
    assert recording.streams[1].status == "skipped"


@pytest.mark.outer("iperf3")
@pytest.mark.slow
def test_two_peers_are_measured_in_one_run_and_their_raw_outputs_kept_apart() -> None:
    raw: dict[str, str] = {}
    with server() as one, server() as other:
        plan = network_of(make("quick", None, [f"127.0.0.1:{one}", f"127.0.0.1:{other}"]))
        plan = msgspec.structs.replace(plan, seconds=1.0, bytes=16 << 20, udp_seconds=0.0)
        recording = network.measure(plan, quiet, raw.__setitem__)
    found = judge(recording, BORDERS)
    sent = [each for each in found if each.id == "network.send"]
    assert [each.target for each in sent] == [f"127.0.0.1:{port}" for port in (one, other)]
    for each in sent:
        assert parse_iperf3(raw[each.evidence[0].removeprefix("run:")]).bits_per_second == each.value
    assert len({each.evidence[0] for each in sent}) == 2
    assert json.loads(msgspec.json.encode(recording))["others"]


NO_LINK = network_truth.why_not()


@pytest.mark.slow
@pytest.mark.outer("iperf3", "ip", "tc", "nft")
@pytest.mark.skipif(bool(NO_LINK), reason=f"SKIPPED, NOT PASSED: {NO_LINK}")
@pytest.mark.parametrize(
    ("name", "word"),
    [
        ("black-hole-sending", "mtu-black-hole"),
        ("black-hole-receiving", "mtu-black-hole"),
        ("udp-blocked", ""),
    ],
)
def test_links_that_swallow_something_are_told_with_what_they_swallow(name: str, word: str) -> None:
    truth = network_truth.TRUTHS[name]
    with network_truth.link(truth) as namespace:
        found = network_truth.measure(namespace, 1.0)
    verdict = found["network.verdict"]
    assert verdict.verdict == word if word else "UDP is blocked" in verdict.reason
    assert verdict.status == "ok"


# the command's end


def verdict_of(target: str, status: str) -> Benchmark:
    return Benchmark("network.verdict", target, "vaudit", "", status=status, reason=f"{target}: {status}")  # type: ignore[arg-type]


def test_a_peer_is_missed_where_no_family_reached_it() -> None:
    both = [verdict_of("h:1 IPv6", "error"), verdict_of("h:1 IPv4", "ok"), verdict_of("g:1", "error")]
    assert missed(both, ("network",)) == ["g:1: error"]
    assert missed(both, ("disk",)) == []


@pytest.mark.outer("iperf3")
def test_a_dead_peer_fails_the_command() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # bound, not listening
        peer = f"127.0.0.1:{taken.getsockname()[1]}"
        assert bench_network.run(bench_network.Options((peer,))) == 3


@pytest.mark.parametrize(
    ("options", "code"),
    [
        ({"peer": ("192.0.2.7:5201",)}, 3),
        ({}, 0),  # nobody named what could not be measured
        ({"peer": ("192.0.2.7:5201",), "fail_on": "medium"}, 3),
    ],
)
def test_a_scan_fails_where_what_was_named_could_not_be_measured(
    options: dict[str, object], code: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    report = audit(Recorder(machines.source("synthetic-bench-no-peer")), our_checks())
    monkeypatch.setattr(scan, "_live", lambda *_given, **_named: report)
    assert scan.run(scan.Options(**options)) == code  # type: ignore[arg-type]
    assert ("not measured: nothing listens on" in capsys.readouterr().err) == bool(options)
