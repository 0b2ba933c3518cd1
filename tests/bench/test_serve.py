"""`vaudit peer`: an iperf3 server that is bounded in time and leaves nothing behind."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
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
        [sys.executable, "-m", "vaudit", "peer", *options],
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
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=lambda each: each.name)
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


@pytest.mark.parametrize("options", [("--port", "0"), ("--port", "70000"), ("--minutes", "0")])
def test_impossible_options_are_usage_errors(options):
    with peer(*options) as child:
        assert child.wait(60) == 2


@pytest.mark.parametrize("bind", ["-R", "a b", "host.example", "1.2.3"])
def test_only_an_address_can_be_bound(bind):
    with pytest.raises(BenchError, match="--bind"):
        serve.command("iperf3", bind, 5201)
    assert serve.command("iperf3", "::1", 5201)[-2:] == ["-B", "::1"]


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
