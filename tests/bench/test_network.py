"""iperf3's output: recorded from 3.12, good and bad, then a real server on this host."""

import contextlib
import json
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vaudit.bench import network
from vaudit.bench.errors import BenchError
from vaudit.bench.network import explain, is_local, parse_iperf3
from vaudit.bench.plan import Peer, Plan, describe, make, parse_peer
from vaudit.bench.stats import find_cliff

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
    assert run.protocol == "TCP"
    assert run.reverse == reverse
    assert run.version == "iperf 3.12"
    assert run.cpu_here > 0
    assert (run.retransmits is not None) == retransmits
    assert len(run.intervals) >= 2
    if megabits:
        assert run.bits_per_second / 1e6 == pytest.approx(megabits, rel=0.01)


def test_udp_runs_tell_loss_and_jitter():
    run = parse_iperf3(text("loss_50permille_udp.json"))
    assert run.protocol == "UDP"
    assert run.lost_percent == pytest.approx(4.78, abs=0.1)
    assert run.jitter_ms is not None


def test_a_token_bucket_shows_as_a_cliff():
    run = parse_iperf3(text("burst_50M_20MB.json"))
    rates = [each.bits_per_second for each in run.intervals]
    assert find_cliff(rates) is not None


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
    plan = make("quick", str(tmp_path), wrong)
    [only] = network.measure(plan, lambda _line: None, lambda _id, _text: None)
    assert (only.id, only.status) == ("network.verdict", "skipped")
    assert "--peer" in only.reason


def test_without_a_peer_the_network_is_skipped_with_the_reason(tmp_path):
    plan = make("quick", str(tmp_path))
    [only] = network.measure(plan, lambda _line: None, lambda _id, _text: None)
    assert only.status == "skipped"
    assert "--peer" in only.reason
    assert any("network: skipped" in line and "--peer" in line for line in describe(plan))


def _quick(folder: Path, peer: str) -> Plan:
    plan = make("quick", str(folder), peer)
    if plan.iperf3.path is None:
        pytest.skip(f"SKIPPED, NOT PASSED: {plan.iperf3.missing}")
    return msgspec.structs.replace(plan, net_seconds=1.0, net_bytes=64 << 20)


@contextlib.contextmanager
def server() -> Iterator[int]:
    """A real iperf3 server on a free port of the loopback interface."""
    program = shutil.which("iperf3")
    if program is None:
        pytest.skip("SKIPPED, NOT PASSED: iperf3 is not installed")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    child = subprocess.Popen(
        [program, "-s", "-B", "127.0.0.1", "-p", str(port)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        for _ in range(100):
            listening = f"0100007F:{port:04X} 00000000:0000 0A"
            if listening in Path("/proc/net/tcp").read_text():
                break
            time.sleep(0.05)
        yield port
    finally:
        child.terminate()
        child.wait(5)


def test_a_real_server_on_this_host_is_measured_both_ways_but_never_judged(tmp_path):
    raw: dict[str, str] = {}
    with server() as port:
        plan = _quick(tmp_path, f"127.0.0.1:{port}")
        send, receive, verdict = network.measure(plan, lambda _line: None, raw.__setitem__)
    assert [send.id, receive.id, verdict.id] == ["network.send", "network.receive", "network.verdict"]
    for each in (send, receive):
        assert each.status == "ok"
        assert each.value is not None
        assert 0 < each.value < 2 * (64 << 20) * 8  # the byte budget holds
        assert each.confidence == "none"
        assert "not judged" in each.reason
        assert (
            parse_iperf3(raw[each.evidence[0].removeprefix("run:")]).bits_per_second == each.value
        )  # replayable
    assert verdict.verdict == "loopback"
    assert verdict.confidence == "none"


def test_nobody_listening_is_said_once_and_the_other_direction_is_not_tried(tmp_path):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # bound, not listening: connections are refused
        plan = _quick(tmp_path, f"127.0.0.1:{taken.getsockname()[1]}")
        send, receive, verdict = network.measure(plan, lambda _line: None, lambda _id, _text: None)
    assert (send.status, receive.status, verdict.status) == ("error", "skipped", "error")
    assert "nothing listens on" in verdict.reason


def test_a_peer_that_accepts_and_says_nothing_ends_in_bounded_time(tmp_path):
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        plan = _quick(tmp_path, f"127.0.0.1:{silent.getsockname()[1]}")
        send, _receive, _verdict = network.measure(plan, lambda _line: None, lambda _id, _text: None)
    assert send.status == "error"
    assert "did not end in time and was stopped" in send.reason


def test_loopback_is_told_by_the_addresses():
    run = parse_iperf3(text("tcp.json"))
    assert not is_local(run)
    assert is_local(msgspec.structs.replace(run, remote_host=run.local_host))
    assert is_local(msgspec.structs.replace(run, local_host="127.0.0.1", remote_host="127.0.0.2"))
