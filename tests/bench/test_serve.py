"""`vaudit peer`: an iperf3 server that is bounded in time and leaves nothing behind."""

import contextlib
import os
import pwd
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from benchmarks import network_truth
from tests.bench.runner import but, network_of, nothing, quiet
from tests.bench.test_kill import left, left_in_the_end
from vaudit.bench.network import measure as network
from vaudit.bench.network import serve
from vaudit.bench.plan import make
from vaudit.bench.system.errors import BenchError

ROOT = Path(__file__).parents[2]


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


@contextlib.contextmanager
def peer(*options: str, mark: str = "vaudit-test-peer") -> Iterator["subprocess.Popen[str]"]:
    child = subprocess.Popen(
        ["env", "--default-signal=HUP", sys.executable, "-m", "vaudit", "peer", *options],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=ROOT,
        env={**os.environ, "VAUDIT_TEST_MARK": mark},
    )
    with child:
        try:
            yield child
        finally:
            child.kill()


@pytest.mark.outer("iperf3")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP], ids=lambda each: each.name)
def test_it_says_how_to_use_it_serves_and_ends_cleanly(tmp_path, number):
    port = free_port()
    with peer("--bind", "127.0.0.1", "--port", str(port), mark=f"vaudit-test-{port}") as child:
        assert child.stdout is not None
        said = [child.stdout.readline() for _ in range(3)]
        assert f"vaudit bench network --peer 127.0.0.1:{port}" in said[1]
        assert "30 minutes" in said[0]
        if number == signal.SIGTERM:
            plan = but(make("quick", None, f"127.0.0.1:{port}"), network={"bytes": 16 << 20, "seconds": 1.0})
            send, *_rest = network.measure(network_of(plan), quiet, nothing).streams
            assert send.status == "ok"
        child.send_signal(number)
        assert child.wait(60) == 0
        assert child.stdout.read() == "stopped\n"
    assert left(f"vaudit-test-{port}") == []


@pytest.mark.outer("iperf3")
def test_a_killed_peer_leaves_no_server():
    port = free_port()
    with peer("--bind", "127.0.0.1", "--port", str(port), mark=f"vaudit-test-{port}") as child:
        assert child.stdout is not None
        child.stdout.readline()
        child.kill()
        child.wait(60)
    assert left_in_the_end(f"vaudit-test-{port}") == []


@pytest.mark.outer("iperf3")
def test_it_ends_by_itself():
    with peer("--bind", "127.0.0.1", "--port", str(free_port()), "--minutes", "0.02") as child:
        assert child.wait(60) == 0
        assert child.stdout is not None
        assert "stopped after 0.02 minutes" in child.stdout.read()


@pytest.mark.outer("iperf3")
def test_a_port_that_is_taken_is_one_clear_line():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with peer("--bind", "127.0.0.1", "--port", str(port)) as child:
            assert child.wait(60) == 3
            assert child.stderr is not None
            assert child.stderr.read().splitlines() == [
                f"vaudit: port {port} is already in use: choose another one with --port"
            ]


@pytest.mark.outer("iperf3", "ip", "tc")
@pytest.mark.skipif(os.geteuid() != 0, reason="SKIPPED, NOT PASSED: network namespaces need root")
def test_vaudit_peer_serves_another_host_until_it_is_stopped():
    """The other host is a network namespace; the server listens on one address and ends with SIGTERM."""
    with network_truth.link(network_truth.Truth(queue=network_truth.TRUTHS["100-Mbit/s"].queue)) as here:
        there = here.replace("vaudit-a-", "vaudit-b-")
        program = [sys.executable, "-m", "vaudit", "peer", "--bind", network_truth.SERVER]
        argv = ["ip", "netns", "exec", there, *program, "--port", "5299", "--minutes", "1"]
        with subprocess.Popen(argv, stdout=subprocess.PIPE, text=True) as peer:
            try:
                assert peer.stdout is not None
                assert f"listens on {network_truth.SERVER}, port 5299" in peer.stdout.readline()
                found = network_truth.measure(here, 1.0, port=5299)
            finally:
                peer.terminate()
            assert peer.wait(60) == 0
    assert found["network.send"].status == "ok"
    assert found["network.receive"].status == "ok"
    assert found["network.verdict"].verdict != "loopback"


def listening(port: int) -> list[str]:
    """Local addresses, as /proc/net/tcp writes them, on which somebody listens."""
    lines = [
        line.split() for name in ("tcp", "tcp6") for line in Path("/proc/net", name).read_text().splitlines()
    ]
    return [words[1] for words in lines if words[1].endswith(f":{port:04X}") and words[3] == "0A"]


@pytest.mark.outer("iperf3")
def test_where_nothing_is_named_it_listens_on_this_host_alone_and_says_so():
    port = free_port()
    with peer("--port", str(port)) as child:
        assert child.stdout is not None
        said = [child.stdout.readline() for _ in range(2)]
        assert f"listens on 127.0.0.1, port {port}" in said[0]
        assert "only this host reaches it: name the address that others use with --bind" in said[1]
        assert listening(port) == [f"0100007F:{port:04X}"]


@pytest.mark.outer("iperf3")
def test_all_addresses_are_had_by_naming_them_and_are_warned_of():
    port = free_port()
    with peer("--bind", "0.0.0.0", "--port", str(port)) as child:  # noqa: S104
        assert child.stdout is not None
        said = [child.stdout.readline() for _ in range(3)]
        assert f"listens on every address of this host, port {port}" in said[0]
        assert f"--peer ADDRESS:{port}" in said[1]
        assert "let a firewall admit the other host only" in said[2]
        assert listening(port) == [f"00000000:{port:04X}"]


def status_of(mark: str) -> dict[str, list[str]]:
    """/proc/PID/status of the iperf3 that bears the mark in its environment."""
    for path in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if (path / "comm").read_text() == "iperf3\n" and mark.encode() in (path / "environ").read_bytes():
                lines = (path / "status").read_text().splitlines()
                return {name: rest.split() for name, _, rest in (line.partition(":") for line in lines)}
    return {}


@pytest.mark.outer("iperf3")
@pytest.mark.skipif(os.geteuid() != 0, reason="SKIPPED, NOT PASSED: only root can be given up")
@pytest.mark.parametrize(
    "sudo", [{}, {"SUDO_UID": "12345", "SUDO_GID": "12346"}, {"SUDO_UID": "0", "SUDO_GID": "0"}]
)
def test_root_is_given_up(monkeypatch, sudo):
    for name in ("SUDO_UID", "SUDO_GID"):
        monkeypatch.delenv(name, raising=False)
    for name, value in sudo.items():
        monkeypatch.setenv(name, value)
    nobody = pwd.getpwnam("nobody")
    user, group = (12345, 12346) if sudo.get("SUDO_UID") == "12345" else (nobody.pw_uid, nobody.pw_gid)
    port = free_port()
    with peer("--port", str(port), mark=f"vaudit-test-{port}") as child:
        assert child.stdout is not None
        child.stdout.readline()
        found = status_of(f"vaudit-test-{port}")
        assert (found["Uid"], found["Gid"]) == ([str(user)] * 4, [str(group)] * 4)
        assert found["Groups"] == []
        assert found["CapEff"] == found["CapPrm"] == ["0000000000000000"]
    assert left_in_the_end(f"vaudit-test-{port}") == []


@pytest.mark.outer("iperf3")
@pytest.mark.skipif(os.geteuid() != 0, reason="SKIPPED, NOT PASSED: others may not use such a port")
def test_a_port_that_takes_root_keeps_root_and_says_so():
    if int(Path("/proc/sys/net/ipv4/ip_unprivileged_port_start").read_text()) <= 977:
        pytest.skip("SKIPPED, NOT PASSED: no port takes root here")
    with peer("--port", "977") as child:
        assert child.stdout is not None
        assert "as root, which port 977 takes" in child.stdout.readline()


MUTE = {"nothing": b"", "a part of a cookie": b"abc", "a cookie": b"a" * 36 + b"\0"}


@pytest.mark.outer("iperf3")
@pytest.mark.slow
@pytest.mark.parametrize("says", MUTE.values(), ids=MUTE.keys())
def test_a_mute_connection_does_not_hold_others_for_long(says):
    port = free_port()
    argv = ["iperf3", "-c", "127.0.0.1", "-p", str(port), "-n", "1M", "-J"]
    with peer("--port", str(port)) as child, contextlib.ExitStack() as undo:
        assert child.stdout is not None
        child.stdout.readline()
        for _ in range(2):
            mute = undo.enter_context(socket.create_connection(("127.0.0.1", port)))
            mute.sendall(says)
        began = time.monotonic()
        while subprocess.run(argv, check=False, capture_output=True, timeout=60).stdout.find(b'"error"') >= 0:
            time.sleep(0.05)
        assert time.monotonic() - began < 5.0
        assert child.poll() is None


@pytest.mark.outer("iperf3")
@pytest.mark.slow
def test_who_waited_behind_a_mute_one_is_measured_all_the_same():
    port = free_port()
    plan = but(make("quick", None, f"127.0.0.1:{port}"), network={"bytes": 16 << 20, "seconds": 1.0})
    with peer("--port", str(port)) as child:
        assert child.stdout is not None
        child.stdout.readline()
        with socket.create_connection(("127.0.0.1", port)):
            send, *_rest = network.measure(network_of(plan), quiet, nothing).streams
    assert (send.status, send.reason) == ("ok", "")


def test_a_client_that_moves_nothing_is_mute_and_one_that_waits_for_nobody_is_not():
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()
        port = server.getsockname()[1]
        silence = serve.Silence(port, patience=0.2)
        assert not silence.is_too_long()
        time.sleep(0.3)
        assert not silence.is_too_long()  # nobody is connected
        with socket.create_connection(("127.0.0.1", port)):
            assert not silence.is_too_long()
            silence.hear("[  5]   0.00-1.00   sec  1.25 MBytes  10.5 Mbits/sec\n")
            time.sleep(0.25)
            assert not silence.is_too_long()  # it begins to be counted
            silence.hear("[  5]   1.00-2.00   sec  0.00 Bytes  0.00 bits/sec\n")
            time.sleep(0.25)
            assert silence.is_too_long()


@pytest.mark.parametrize("options", [("--port", "0"), ("--port", "70000"), ("--minutes", "0")])
def test_impossible_options_are_usage_errors(options):
    with peer(*options) as child:
        assert child.wait(60) == 2


@pytest.mark.parametrize("bind", ["-R", "a b", "host.example", "1.2.3"])
def test_only_an_address_can_be_bound(bind):
    with pytest.raises(BenchError, match="--bind"):
        serve.command("iperf3", bind, 5201)
    argv = serve.command("iperf3", "::1", 5201)
    assert argv[argv.index("-B") + 1] == "::1"


def test_a_server_that_talks_a_lot_is_never_blocked():
    """A pipe holds 64 KiB; a server that is left running prints more."""
    child = subprocess.Popen(
        [sys.executable, "-c", "print('x' * 300000); raise SystemExit('Address already in use')"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    with child:
        said = serve._drained(child, 20.0)
    assert len(said) <= 2000
    assert "port 7 is already in use" in serve.explain(said, "", 7)
