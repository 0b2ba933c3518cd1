"""iperf3's output: recorded from 3.12, good and bad, then a real server on this host."""

import contextlib
import json
import math
import socket
import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.bench.runner import BORDERS, network_of, nothing, quiet
from vaudit.bench.network import delay, echo, nic
from vaudit.bench.network import measure as network
from vaudit.bench.network.iperf3 import Shape, ceiling, explain, parse_iperf3, tcp
from vaudit.bench.network.judge import delay as judging
from vaudit.bench.network.judge import loss as losing
from vaudit.bench.network.judge.card import remarks
from vaudit.bench.network.judge.loss import share_interval
from vaudit.bench.network.judge.outcome import judge
from vaudit.bench.network.judge.stream import bucket
from vaudit.bench.network.plan import NetworkPlan, parse_peer
from vaudit.bench.network.recording import Attempt, Card, Echo, Interval, IperfRun, Peer, Trips
from vaudit.bench.plan import describe, make
from vaudit.bench.stats import find_cliff
from vaudit.bench.system.errors import BenchError
from vaudit.model.benchmark import Benchmark

SAMPLES = Path(__file__).parent / "samples" / "net"


def text(name: str) -> str:
    return (SAMPLES / name).read_text("utf-8", "replace")


def test_what_arrived_counts_and_not_what_was_sent():
    """10 Mbit/s through a token bucket for 2 s: the sender counts 12.4, of which 8.3 arrived."""
    run = parse_iperf3(text("tbf_10_t2.json"))
    assert run.min_rtt_us is not None
    assert run.bits_per_second / 1e6 == pytest.approx(8.3, abs=0.3)
    sent = json.loads(text("tbf_10_t2.json"))["end"]["sum_sent"]["bits_per_second"]
    assert sent > 1.3 * run.bits_per_second


@pytest.mark.parametrize(
    ("name", "megabits", "reverse", "retransmits"),
    [
        ("tbf_100_t5.json", 95.7, False, True),
        ("tcp_rev.json", 6578, True, True),
        ("tcp_p4.json", None, False, True),
    ],
)
def test_tcp_runs(name, megabits, reverse, retransmits):
    run = parse_iperf3(text(name))
    assert run.reverse == reverse
    assert run.version == "iperf 3.12"
    assert run.cpu_here > 0
    assert (run.retransmits is not None) == retransmits
    assert len(run.intervals) >= 2
    if megabits:
        assert run.bits_per_second / 1e6 == pytest.approx(megabits, rel=0.01)


def test_udp_runs_tell_loss_and_jitter():
    run = parse_iperf3(text("loss_50permille_udp.json"))
    assert (run.lost_packets, run.packets) == (825, 17262)
    assert run.jitter_ms is not None


def test_old_versions_sum_up_udp_in_one_place():
    """iperf3 3.10 and older know no `sum_received` of UDP, and their `sum` has the rate that was sent."""
    document = json.loads(text("loss_50permille_udp.json"))
    for key in ("sum_received", "sum_sent"):
        del document["end"][key]
    new, old = parse_iperf3(text("loss_50permille_udp.json")), parse_iperf3(json.dumps(document))
    assert (old.lost_packets, old.packets, old.jitter_ms) == (825, 17262, new.jitter_ms)
    assert old.bits_per_second == pytest.approx(new.bits_per_second, rel=0.001)


def test_old_versions_sum_up_nothing_of_tcp_in_that_place():
    document = json.loads(text("tcp.json"))
    document["end"]["sum"] = document["end"].pop("sum_received")
    with pytest.raises(BenchError, match="nothing received"):
        parse_iperf3(json.dumps(document))


def test_a_token_bucket_shows_as_a_cliff():
    run = parse_iperf3(text("burst_50M_20MB.json"))
    rates = [each.bits_per_second for each in run.intervals]
    assert find_cliff(rates) is not None
    assert bucket(run) is not None


@pytest.mark.parametrize(
    ("rates", "kept"),
    [
        ((200, 50, 50, 49), True),
        ((161, 58, 35, 52), False),  # a path that jitters, and TCP that takes it for congestion
        ((200, 50, 50), False),  # two seconds are no level
    ],
)
def test_only_a_level_that_is_kept_is_the_end_of_a_credit(rates, kept):
    run = parse_iperf3(text("burst_50M_20MB.json"))
    seconds = [Interval(float(at), 1.0, rate * 1e6) for at, rate in enumerate(rates)]
    assert (bucket(msgspec.structs.replace(run, intervals=seconds)) is not None) == kept


def slowed(name: str, factor: float) -> str:
    """A recording as it would be on a slower link, where the socket buffer holds just as many bytes."""
    document = json.loads(text(name))
    bits = [each["sum"]["bits_per_second"] for each in document["intervals"]]
    end, seconds = document["end"], sum(each["sum"]["seconds"] for each in document["intervals"])
    held = sum(bits) - end["sum_received"]["bits_per_second"] * seconds
    for number, each in enumerate(document["intervals"]):
        each["sum"]["bits_per_second"] = (bits[number] - held * (not number)) * factor + held * (not number)
    end["sum_received"]["bits_per_second"] *= factor
    return json.dumps(document)


@pytest.mark.parametrize("factor", [1.0, 0.5, 0.2])
def test_what_fills_the_senders_buffer_is_no_burst_of_the_link(factor):
    """A plain link of 10 Mbit/s, and slower: what iperf3 sends in the first second has not arrived then."""
    whole = slowed("tbf_10_t5.json", factor)
    sent = [each["sum"]["bits_per_second"] for each in json.loads(whole)["intervals"]]
    run = parse_iperf3(whole)
    rates = [each.bits_per_second for each in run.intervals]
    assert sent[0] > 1.9 * run.bits_per_second
    assert max(rates) < 1.3 * run.bits_per_second
    assert find_cliff(rates) is None
    assert sum(rates) / len(rates) == pytest.approx(run.bits_per_second, rel=0.01)


def test_what_a_receiver_counts_has_arrived_and_stays_as_it_is():
    rates = [each.bits_per_second for each in parse_iperf3(text("tcp_rev.json")).intervals]
    assert rates == [each["sum"]["bits_per_second"] for each in json.loads(text("tcp_rev.json"))["intervals"]]


@pytest.mark.parametrize("seconds", [1.0, 1.5, 2.4, 2.5, 3.0, 0.3])
def test_the_byte_budget_holds_for_as_long_as_iperf3_runs(seconds):
    argv = tcp("iperf3", parse_peer("192.0.2.1"), Shape(seconds, ceiling(512 << 20, seconds)), False)
    runs, rate = int(argv[argv.index("-t") + 1]), int(argv[argv.index("-b") + 1])
    assert runs >= 1  # 0 would never end
    assert runs * rate / 8 <= 512 << 20


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("err_busy.json", "the iperf3 server on h:1 is busy with another test: try again later"),
        ("err_refused.json", "nothing listens on h:1: start `iperf3 -s` there, or name another port"),
        ("err_refused_text.stderr", "nothing listens on h:1: start `iperf3 -s` there, or name another port"),
        ("err_noroute.json", "this host has no route to h:1"),
        ("err_blackhole.json", "h:1 cannot be reached: it is down, or a firewall refuses"),
        ("err_blackhole_ct.json", "h:1 does not answer: it is down, or a firewall drops the packets"),
        ("err_dns.json", "the name of h:1 could not be resolved"),
        ("err_serverKILL.json", "the iperf3 server on h:1 went away during the test"),
        ("err_clientTERM.json", "iperf3 to h:1 did not end in time and was stopped"),
        ("err_clientINT.json", "iperf3 to h:1 did not end in time and was stopped"),
        ("err_badopt.stderr", "this iperf3 does not know an option that is needed: update it"),
        ("err_jsonstream.stderr", "this iperf3 does not know an option that is needed: update it"),
    ],
)
def test_every_recorded_error_becomes_one_clear_sentence(name, sentence):
    with pytest.raises(BenchError) as caught:
        parse_iperf3(text(name), "h:1")
    assert str(caught.value) == sentence


def test_a_run_after_a_killed_one_is_fine():
    assert parse_iperf3(text("err_after_kill.json")).bits_per_second > 0


def test_an_unknown_error_is_quoted_on_one_line():
    assert explain("something\nnew\x00", "h:1").startswith("iperf3 to h:1 failed: something new")


def test_nan_and_text_around_the_json_are_survived():
    whole = text("tcp.json").replace('"host_total":', '"nonsense": -nan, "host_total":')
    assert parse_iperf3("warning: old kernel\n" + whole + "\niperf3: bye\n").bits_per_second > 0


@given(st.integers(min_value=0, max_value=3400))
def test_a_run_cut_off_anywhere_is_a_clear_error(length):
    whole = text("tcp_rev.json").rstrip()
    with pytest.raises(BenchError):
        parse_iperf3(whole[: min(length, len(whole) - 1)])


_KEYS = [
    "start",
    "end",
    "intervals",
    "sum",
    "sum_received",
    "sum_sent",
    "connected",
    "test_start",
    "protocol",
]
_KEYS += ["bits_per_second", "retransmits", "error", "cpu_utilization_percent", "seconds"]
_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(_KEYS), inner, max_size=5),
    max_leaves=25,
)


@given(st.dictionaries(st.sampled_from(_KEYS), _JSON, max_size=5))
def test_json_of_any_shape_gives_figures_or_the_documented_error(value):
    with contextlib.suppress(BenchError):
        assert parse_iperf3(json.dumps(value)).bits_per_second >= 0


@given(st.text(max_size=200))
def test_any_text_gives_the_documented_error(noise):
    with pytest.raises(BenchError):
        parse_iperf3(noise)


@pytest.mark.parametrize(
    ("given_text", "peer"),
    [
        ("example.org", Peer("example.org", 5201)),
        ("example.org:5555", Peer("example.org", 5555)),
        ("192.0.2.7:80", Peer("192.0.2.7", 80)),
        ("[2001:db8::1]", Peer("2001:db8::1", 5201)),
        ("[2001:db8::1]:5555", Peer("2001:db8::1", 5555)),
    ],
)
def test_peers(given_text, peer):
    assert parse_peer(given_text) == peer


@pytest.mark.parametrize(
    "wrong",
    ["", "2001:db8::1", "host:0", "host:70000", "host:x", "[zz]", "a b", "-R", "host:", "[::1", "h/x"],
)
def test_wrong_peers_are_a_clear_refusal(wrong, tmp_path):
    with pytest.raises(BenchError, match="--peer"):
        parse_peer(wrong)
    [only] = found_by(network_of(make("quick", str(tmp_path), wrong)))
    assert (only.id, only.status) == ("network.verdict", "skipped")
    assert "--peer" in only.reason


def test_without_a_peer_the_network_is_skipped_with_the_reason(tmp_path):
    plan = make("quick", str(tmp_path))
    [only] = found_by(network_of(plan))
    assert only.series == "network.verdict iperf3"
    assert only.status == "skipped"
    assert "--peer" in only.reason
    assert any("network: skipped" in line and "--peer" in line for line in describe(plan))


def found_by(plan: NetworkPlan, record: Callable[[str, str], None] = nothing) -> list[Benchmark]:
    """Measured and judged."""
    return judge(network.measure(plan, quiet, record), BORDERS)


def _quick(folder: Path, peer: str) -> NetworkPlan:
    plan = network_of(make("quick", str(folder), peer))
    return msgspec.structs.replace(plan, seconds=1.0, bytes=64 << 20)


@contextlib.contextmanager
def server() -> Iterator[int]:
    """A real iperf3 server on a free port of the loopback interface."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    child = subprocess.Popen(
        ["iperf3", "-s", "-B", "127.0.0.1", "-p", str(port)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        for _ in range(1200):
            listening = f"0100007F:{port:04X} 00000000:0000 0A"
            if listening in Path("/proc/net/tcp").read_text():
                break
            time.sleep(0.05)
        yield port
    finally:
        child.terminate()
        child.wait(5)


@pytest.mark.outer("iperf3")
def test_a_real_server_on_this_host_is_measured_both_ways_but_never_judged(tmp_path):
    raw: dict[str, str] = {}
    with server() as port:
        plan = _quick(tmp_path, f"127.0.0.1:{port}")
        plan = msgspec.structs.replace(plan, udp_seconds=1.0)
        found = {each.id: each for each in found_by(plan, raw.__setitem__)}
    verdict, send, receive = (found[f"network.{name}"] for name in ("verdict", "send", "receive"))
    udp = [found[f"network.udp-{way}"] for way in ("send", "receive")]
    assert all(each.confidence == "none" and each.verdict == "loopback" for each in udp)
    assert all(float(each.details["packets"] or 0) > 100 for each in udp)
    assert found["network.latency"].verdict == found["network.latency-loaded"].verdict == "loopback"
    for each in (send, receive):
        assert each.status == "ok"
        assert each.value is not None
        outputs = [parse_iperf3(said) for key, said in raw.items() if each.id in key]
        moved = sum(run.bits_per_second * run.seconds / 8 for run in outputs)
        assert 0 < moved < 1.1 * (64 << 20)  # the byte budget holds
        assert each.confidence == "none"
        assert "not judged" in each.reason
        replayed = parse_iperf3(raw[each.evidence[0].removeprefix("run:")])
        assert each.value in (replayed.bits_per_second, *(one.bits_per_second for one in replayed.intervals))
    assert verdict.verdict == "loopback"
    assert verdict.confidence == "none"


@pytest.mark.outer("iperf3")
def test_nobody_listening_is_said_once_and_the_other_direction_is_not_tried(tmp_path):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # bound, not listening: connections are refused
        plan = _quick(tmp_path, f"127.0.0.1:{taken.getsockname()[1]}")
        send, receive, verdict = found_by(plan)
    assert (send.status, receive.status, verdict.status) == ("error", "skipped", "error")
    assert send.series == f"network.send iperf3 {send.target}"
    assert verdict.series == f"network.verdict vaudit {send.target}"
    assert "nothing listens on" in verdict.reason


@pytest.mark.outer("iperf3")
def test_a_peer_that_accepts_and_says_nothing_ends_in_bounded_time(tmp_path):
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        plan = _quick(tmp_path, f"127.0.0.1:{silent.getsockname()[1]}")
        send, _receive, _verdict = found_by(plan)
    assert send.status == "error"
    assert "did not end in time and was stopped" in send.reason


def test_loopback_is_told_by_the_addresses():
    run = parse_iperf3(text("tcp.json"))
    assert not run.is_local
    assert msgspec.structs.replace(run, remote_host=run.local_host).is_local
    assert msgspec.structs.replace(run, local_host="127.0.0.1", remote_host="127.0.0.2").is_local


def loss_of(run: IperfRun, seconds: float, disturbed: str = "") -> Benchmark:
    test = Attempt("network.udp-send", ["iperf3"], run=run, seconds=seconds, disturbed=disturbed)
    return losing.loss(test, run, "h:1", BORDERS)


def test_the_interval_of_the_loss_holds_the_truth():
    """A rule that dropped 5 % at random, of 17,262 datagrams."""
    run = parse_iperf3(text("loss_50permille_udp.json"))
    made = loss_of(run, 4.2)
    assert made.value == pytest.approx(825 / 17262)
    assert made.interval is not None
    assert made.interval[0] <= 0.05 <= made.interval[1]
    assert made.verdict == "lossy"
    assert made.details["jitter_ms"] == run.jitter_ms


@pytest.mark.parametrize(
    ("lost", "word"), [(0, "no-loss"), (3, "little-loss"), (10, "little-loss"), (40, "lossy")]
)
def test_few_lost_datagrams_of_few_are_no_verdict(lost, word):
    run = msgspec.structs.replace(
        parse_iperf3(text("loss_50permille_udp.json")), packets=2000, lost_packets=lost
    )
    assert loss_of(run, 1.2).verdict == word


def test_loss_on_a_busy_machine_is_not_blamed_on_the_network():
    run = parse_iperf3(text("loss_50permille_udp.json"))
    made = loss_of(run, 4.2, "other programs used 90% of the CPUs")
    assert (made.verdict, made.confidence) == ("inconclusive", "none")
    assert "other programs" in made.reason


@given(st.integers(0, 10**6), st.integers(0, 10**6))
def test_the_interval_of_a_share_is_one_and_holds_it(one, other):
    part, whole = min(one, other), max(one, other)
    low, high = share_interval(part, whole)
    assert 0 <= low <= high <= 1
    if whole:
        assert low <= part / whole + 1e-12
        assert high >= part / whole - 1e-12


def test_what_the_facts_say_of_the_card_stands_beside_its_figures():
    card = Card("ens3", path="emulated", driver="e1000", mtu=1200, queues=1)
    off = {"segmentation (TSO)": False, "checksums": True}
    said = "; ".join(remarks([card], "ens3", off, 8, BORDERS))
    for words in (
        "emulated (e1000)",
        "single queue for 8 CPUs",
        "MTU of ens3 is 1200",
        "without segmentation",
    ):
        assert words in said
    assert remarks([Card("ens3", path="paravirtual", mtu=1500, queues=4)], "ens3", {}, 4, BORDERS) == []
    assert remarks([], "ens3", {}, 64, BORDERS) == []


def test_a_card_is_remarked_upon_by_the_borders_of_the_checks():
    """Fewer CPUs, or an MTU that a tunnel leaves, are no fault of it: network.single-queue, small-mtu."""
    card = Card("ens3", path="paravirtual", mtu=1450, queues=1)
    assert remarks([card], "ens3", {}, 4, BORDERS) == []
    assert remarks([card], "ens3", {}, 8, BORDERS) == ["ens3 has a single queue for 8 CPUs"]
    strict = msgspec.structs.replace(BORDERS, mtu_min=1500.0, queue_threads=4.0)
    assert len(remarks([card], "ens3", {}, 4, strict)) == 2


def test_offloads_of_the_loopback_are_told_by_the_kernel():
    assert set(nic.offloads("lo")) <= {"checksums", "segmentation (TSO)", "receive merging (GRO)"}
    assert nic.offloads("no-such-card") == {}


@pytest.mark.parametrize("family", [socket.AF_INET, socket.AF_INET6])
def test_an_echo_is_matched_with_its_reply(family):
    sent = echo.request(family, 77, 5)
    kind = 0 if family == socket.AF_INET else 129
    reply = bytes([kind]) + sent[1:]
    if family == socket.AF_INET:
        assert echo.checksum(sent) == 0  # a packet with its right checksum sums up to zero
        in_ip = bytes([0x45]) + bytes(19) + reply
        assert echo.reply_number(family, True, 77, in_ip) == 5
        assert echo.reply_number(family, True, 78, in_ip) is None
    assert echo.reply_number(family, False, 77, reply) == 5
    assert echo.reply_number(family, False, 77, sent) is None


@given(st.binary(max_size=80), st.booleans())
def test_any_packet_is_a_reply_or_none(data, raw):
    assert echo.reply_number(socket.AF_INET, raw, 1, data) is None or len(data) >= 8


def test_round_trips_to_this_host():
    try:
        found = echo.ping(Peer("127.0.0.1", 0), 0.2)
    except BenchError as error:
        pytest.skip(f"SKIPPED, NOT PASSED: {error}")
    assert [each for each in found if each.answered]


def test_a_name_that_is_never_resolved_ends_in_bounded_time(monkeypatch):
    monkeypatch.setattr(delay, "PATIENCE", 0.3)
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_all, **_named: time.sleep(60))
    trips = delay.idle(Peer("hangs.example", 1), 0.1)
    assert "the name service, asked for hangs.example, did not answer in time" in trips.problem


def test_without_icmp_the_round_trips_are_those_that_tcp_saw(monkeypatch):
    def refuse(_peer: Peer) -> None:
        raise BenchError("this user may send no ICMP echo")

    monkeypatch.setattr(echo, "Pinger", refuse)
    trips = delay.idle(Peer("192.0.2.1", 1), 0.1)
    with delay.loaded(Peer("192.0.2.1", 1), trips, "network.send"):
        pass
    assert trips.loaded == {}
    idle, loaded = judged(trips, [parse_iperf3(text("tbf_100_t5.json"))])
    assert (idle.engine, loaded.engine) == ("iperf3", "iperf3")
    assert "no ICMP echo" in str(loaded.details["method"])
    assert idle.confidence == loaded.confidence == "low"
    assert (idle.value or 0) <= (loaded.value or 0)


def echoes(us: float, number: int = 20, answered: bool = True, since: float = 1.5) -> list[Echo]:
    """So many echoes, 40 ms apart, of which each took or waited so long."""
    return [Echo(since + 0.04 * n, us, answered) for n in range(number)]


def trips_of(**busy: list[Echo]) -> Trips:
    """Round trips of 10 ms when idle, and these beside transfers of 3 s."""
    loaded = {f"network.{way}": found for way, found in busy.items()}
    return Trips(echoes(10_000.0, since=0.0), loaded, 3.0)


def judged(trips: Trips, runs: Sequence[IperfRun] = (), disturbed: str = "") -> list[Benchmark]:
    return judging.judge(trips, "192.0.2.1:5201", list(runs), disturbed, BORDERS)


def test_a_queue_that_adds_more_than_100_ms_is_bufferbloat():
    trips = trips_of(send=echoes(15e4), receive=echoes(9e3))
    idle, loaded = judged(trips)
    assert (idle.value, loaded.value) == (10_000.0, 150_000.0)
    assert loaded.verdict == "bufferbloat"
    assert "(send)" in str(loaded.details["method"])
    busy = judged(trips, disturbed="other programs used 90% of the CPUs")[1]
    assert (busy.verdict, busy.confidence) == ("inconclusive", "none")
    assert judged(trips_of(send=echoes(90_000.0)))[1].verdict == "short-queue"


def test_echoes_without_an_answer_took_at_least_as_long_as_was_waited():
    """A queue so long that most of what was sent is still in it when the transfer ends."""
    _idle, loaded = judged(trips_of(send=[*echoes(1.4e6, 8), *echoes(2e6, 30, answered=False)]))
    assert loaded.verdict == "bufferbloat"
    assert (loaded.value or 0) >= 1.4e6
    assert "at least 2 s under load" in loaded.reason
    assert loaded.details["unanswered_send"] == 30


def test_a_few_lost_echoes_change_nothing():
    _idle, loaded = judged(trips_of(send=[*echoes(12_000.0, 35), *echoes(2e6, 3, answered=False)]))
    assert (loaded.value, loaded.verdict) == (12_000.0, "short-queue")
    assert "at least" not in loaded.reason


def test_a_peer_that_answers_not_every_echo_when_idle_is_not_called_slow():
    """It limits its answers: then an echo without one says nothing of a queue."""
    trips = trips_of(send=[*echoes(12_000.0, 15), *echoes(2e6, 23, answered=False)])
    trips.idle += echoes(25_000.0, 6, answered=False)
    _idle, loaded = judged(trips)
    assert (loaded.value, loaded.verdict) == (12_000.0, "short-queue")


def test_too_few_echoes_under_load_are_told():
    _idle, loaded = judged(trips_of(send=echoes(12_000.0, judging.ENOUGH - 1)))
    assert (loaded.id, loaded.verdict, loaded.confidence) == (
        "network.latency-loaded", "inconclusive", "none",
    )  # fmt: skip
    assert "4 echoes" in loaded.reason


def test_the_second_half_of_the_transfer_counts_and_not_what_came_after_it():
    sent = [Echo(0.1 * n, 1000.0 * n) for n in range(60)]
    assert [each.at for each in judging.second_half(sent, 4.0)] == [each.at for each in sent[20:41]]


class LatePeer:
    """Sends each echo back as its reply, so many seconds late: a socket and a clock of its own in one."""

    def __init__(self, delay: float) -> None:
        self.now, self.delay = 0.0, delay
        self.waiting: list[tuple[float, bytes]] = []

    def monotonic(self) -> float:
        return self.now

    def sendto(self, data: bytes, _address: object) -> None:
        self.waiting.append((self.now + self.delay, b"\0" + data[1:]))

    def select(self, reading: list[object], _writing: object, _failing: object, seconds: float) -> Any:
        due = self.waiting[0][0] if self.waiting else math.inf
        self.now = max(self.now, min(due, self.now + seconds))
        return (reading if due <= self.now else []), [], []

    def recv(self, _size: int) -> bytes:
        return self.waiting.pop(0)[1]


def test_answers_later_than_a_second_are_taken(monkeypatch):
    peer = LatePeer(1.25)
    monkeypatch.setattr(echo, "time", peer)
    monkeypatch.setattr(echo, "select", peer)
    monkeypatch.setattr(echo.Pinger, "_open", lambda _self: (peer, False))
    pinger = echo.Pinger(Peer("127.0.0.1", 1))
    while peer.now < 2.0:
        pinger.step()
    found = pinger.all()
    answered = [each.us for each in found if each.answered]
    assert len(answered) > 10
    assert min(answered) >= 1.2e6
    assert len(found) - len(answered) > 10  # the younger ones are still on their way
    assert all(each.us < 1.5e6 for each in found)
