"""Are the network figures true? Two network namespaces joined by a link of known rate, and `vaudit` measures.

    python benchmarks/network_truth.py [--runs N] [TRUTH …]

Needs root, ip, tc and iperf3. The namespaces have no way out; they and all in them are removed again.
"""

import argparse
import contextlib
import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

CLIENT, SERVER, PORT = "10.123.0.1", "10.123.0.2", 5201
GOODPUT = 0.957
"""Of a link's rate arrives as TCP payload: headers take the rest (1448 of 1514 bytes)."""
TRUTHS = {
    "10-Mbit/s": (["tbf", "rate", "10mbit", "burst", "16kb", "latency", "50ms"], 10e6, {"measured"}),
    "100-Mbit/s": (["tbf", "rate", "100mbit", "burst", "64kb", "latency", "50ms"], 100e6, {"measured"}),
    "1000-Mbit/s": (["tbf", "rate", "1000mbit", "burst", "512kb", "latency", "50ms"], 1000e6, {"measured"}),
    "20-MB-bucket": (["tbf", "rate", "50mbit", "burst", "20mb", "latency", "50ms"], None, {"burst-bucket"}),
}
"""Name: the queue at both ends, its rate in bit/s where the figure must show it, the words that are right."""

_MEASURE = """
import sys, msgspec
from vaudit.bench import network
from vaudit.bench.plan import make
plan = msgspec.structs.replace(make("quick", None, sys.argv[1]), net_seconds=float(sys.argv[2]), net_bytes=0)
found = network.measure(plan, lambda _line: None, lambda _key, _text: None)
print(msgspec.json.encode(found).decode())
"""


def why_not() -> str:
    """Why no link of known rate can be made here; empty when it can."""
    if os.geteuid() != 0:
        return "network namespaces need root"
    missing = [tool for tool in ("ip", "tc", "iperf3") if shutil.which(tool) is None]
    return f"not installed: {', '.join(missing)}" if missing else ""


def _run(*argv: str) -> str:
    return subprocess.run(argv, check=True, capture_output=True, text=True, timeout=60).stdout


@contextlib.contextmanager
def link(queue: list[str]) -> Iterator[str]:
    """Two namespaces, a link with this queue at both ends, an iperf3 server; gives the client's namespace."""
    here, there = f"vaudit-a-{os.getpid()}", f"vaudit-b-{os.getpid()}"
    with contextlib.ExitStack() as undo:
        for name in (here, there):
            _run("ip", "netns", "add", name)
            undo.callback(subprocess.run, ["ip", "netns", "delete", name], check=False)
        _run("ip", "-n", here, "link", "add", "va", "type", "veth", "peer", "name", "vb", "netns", there)
        for name, end, address in ((here, "va", CLIENT), (there, "vb", SERVER)):
            _run("ip", "-n", name, "address", "add", f"{address}/24", "dev", end)
            _run("ip", "-n", name, "link", "set", end, "up")
            _run("ip", "netns", "exec", name, "tc", "qdisc", "replace", "dev", end, "root", *queue)
        server = subprocess.Popen(
            ["ip", "netns", "exec", there, "iperf3", "-s", "-B", SERVER, "-p", str(PORT)],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        undo.callback(server.wait)
        undo.callback(server.terminate)
        for _ in range(100):
            if f":{PORT:04X} 00000000:0000 0A" in _run("ip", "netns", "exec", there, "cat", "/proc/net/tcp"):
                break
            time.sleep(0.05)
        yield here


def measure(namespace: str, seconds: float) -> dict[str, dict[str, object]]:
    """What `vaudit` finds from inside a namespace, by benchmark id; no byte budget."""
    root = str(Path(__file__).resolve().parents[1])
    argv = ["ip", "netns", "exec", namespace, "env", f"PYTHONPATH={root}", sys.executable, "-c", _MEASURE]
    return {each["id"]: each for each in json.loads(_run(*argv, f"{SERVER}:{PORT}", str(seconds)))}


def main() -> int:
    """Measure each truth `--runs` times and print how far off the figures are."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0] if __doc__ else None)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("truths", nargs="*", metavar="TRUTH", help=", ".join(TRUTHS))
    options = parser.parse_args()
    reason = why_not()
    if reason:
        print(f"network_truth: {reason}", file=sys.stderr)
        return 3
    wrong = 0
    for name in options.truths or TRUTHS:
        queue, rate, right = TRUTHS[name]
        for _ in range(options.runs):
            with link(queue) as namespace:
                found = measure(namespace, 8.0 if rate is None else 5.0)
            word = found["network.verdict"]["verdict"]
            values = [float(str(found[way]["value"])) for way in ("network.send", "network.receive")]
            off = [f"{value / (GOODPUT * rate) - 1:+.1%}" for value in values] if rate else []
            wrong += word not in right
            judged = "right" if word in right else "WRONG"
            print(
                f"{name:14} {judged} {word!s:14} {values[0] / 1e6:8.1f} {values[1] / 1e6:8.1f} Mbit/s", *off
            )
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
