"""Are the network figures true? Two network namespaces, a link of known behaviour, and `vaudit` measures.

    python benchmarks/network_truth.py [--runs N] [TRUTH …]

Needs root, ip, tc, iperf3, and nft for the losses. The namespaces have no way out; they and all in them are
removed again. Rates come from a token bucket (tbf) at both ends, losses from a rule that drops at random and
counts what it dropped: the share that was lost this time is the truth, not the share that was asked for;
delay, jitter and a long queue from a line of our own between two TUN devices (a queue on the sender's own
card never grows long: its TCP sees it and waits). `busy` is said where vaudit itself says that this machine
was too busy to tell: that is not wrong, but no proof either.
"""

import argparse
import contextlib
import ctypes
import fcntl
import heapq
import os
import random
import re
import select
import shutil
import struct
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import msgspec

from benchmarks.ends import tidily
from vaudit.model.benchmark import Benchmark

ROOT = Path(__file__).resolve().parent.parent
CLIENT, SERVER, PORT = "10.123.0.1", "10.123.0.2", 5201
GOODPUT = 0.957
"""Of a link's rate arrives as TCP payload: headers take the rest (1448 of 1514 bytes)."""


class Truth(msgspec.Struct, frozen=True):
    """A link, and what must be found of it; None is not looked at."""

    queue: tuple[str, ...] = ()
    """What tc puts at both ends."""
    drop: int = 0
    """Datagrams of 1000 that are dropped at random, each way."""
    drop_all: int = 0
    """The same of packets of every kind."""
    udp: bool = True
    """Whether datagrams pass at all."""
    largest: tuple[int, int] = (0, 0)
    """Bytes above which packets vanish: to the peer, and back; 0 is no limit."""
    delay: float | None = None
    """Seconds each way, over a TUN line instead of a veth pair."""
    jitter: float = 0.0
    """Seconds: each packet waits a further random time between 0 and this."""
    serial: float = 0.0
    """bit/s of that line; 0 is no limit."""
    wait: float = 0.8
    """Seconds that its queue is long, if it has a limit."""
    words: tuple[str, ...] = ("measured", "at-least")
    rate: float | None = None
    """bit/s"""
    seconds: float = 3.0
    latency: str | None = None
    """The word for round trips under load."""
    says: str = ""
    """What the verdict's reason must hold, as a regular expression."""
    whole: bool = False
    """Measured as the program does it, with its bytes and its time; else as `seconds` says."""


def _tbf(rate: str, burst: str, latency: str = "50ms") -> tuple[str, ...]:
    return ("tbf", "rate", rate, "burst", burst, "latency", latency)


TRUTHS = {
    "10-Mbit/s": Truth(_tbf("10mbit", "16kb"), rate=10e6, seconds=5.0),
    "100-Mbit/s": Truth(_tbf("100mbit", "64kb"), rate=100e6, seconds=5.0),
    "1000-Mbit/s": Truth(_tbf("1000mbit", "512kb"), rate=1000e6, seconds=5.0),
    "20-MB-bucket": Truth(_tbf("50mbit", "20mb"), words=("burst-bucket",), seconds=8.0),
    "short-queue": Truth(_tbf("20mbit", "16kb", "20ms"), latency="short-queue"),
    "bufferbloat": Truth(delay=0.002, serial=5e6, latency="bufferbloat", seconds=8.0),
    "bufferbloat-2s": Truth(delay=0.002, serial=5e6, wait=2.0, latency="bufferbloat", seconds=8.0),
    "loss-1%": Truth(_tbf("100mbit", "64kb"), drop=10),
    "loss-5%": Truth(_tbf("100mbit", "64kb"), drop=50),
    "delay-5ms": Truth(delay=0.005),
    "delay-20ms-jitter": Truth(delay=0.020, jitter=0.010),
    "loss-30%-of-all": Truth(
        _tbf("100mbit", "64kb"), drop_all=300, words=("lossy",), says="lost|sent again|echo"
    ),
    "udp-blocked": Truth(_tbf("100mbit", "64kb"), udp=False, rate=100e6, says="UDP is blocked"),
    "black-hole": Truth(largest=(1000, 1000), words=("mtu-black-hole",), says="large packets .* both ways"),
    "black-hole-sending": Truth(largest=(1000, 0), words=("mtu-black-hole",), says="on the way to the peer"),
    "black-hole-receiving": Truth(largest=(0, 1400), words=("mtu-black-hole",), says="on the way back"),
    "0.3-Mbit/s": Truth(_tbf("300kbit", "4kb", "200ms"), rate=0.3e6, seconds=5.0, says="kbit/s"),
    "50-Mbit/s-200ms": Truth(
        delay=0.1, serial=50e6, wait=0.2, rate=50e6, says="round trip of 20", whole=True
    ),
    "10-Gbit/s": Truth(_tbf("10gbit", "4mb"), rate=10e9, whole=True),
}
"""Name: the link and what is true of it."""

_MEASURE = """
import sys, msgspec
from vaudit.bench.borders import borders
from vaudit.bench.network.judge.outcome import judge
from vaudit.bench.network.measure import measure
from vaudit.bench.network.plan import make
from vaudit.judge.checks import load
seconds, udp_seconds = float(sys.argv[2]), float(sys.argv[3])
plan = make("quick", [sys.argv[1]], None, alone=True)
if seconds:
    plan = msgspec.structs.replace(plan, seconds=seconds, bytes=0, udp_seconds=udp_seconds)
limits = load().borders
found = judge(measure(plan, lambda _line: None, lambda _key, _text: None), borders(limits))
print(msgspec.json.encode(found).decode())
"""


def why_not() -> str:
    """Why no link of known behaviour can be made here; empty when it can."""
    if os.geteuid() != 0:
        return "network namespaces need root"
    missing = [tool for tool in ("ip", "tc", "iperf3") if shutil.which(tool) is None]
    return f"not installed: {', '.join(missing)}" if missing else ""


def why_not_this(truth: Truth) -> str:
    """Why one link cannot be made here; empty when it can."""
    if (truth.drop or truth.drop_all or any(truth.largest) or not truth.udp) and shutil.which("nft") is None:
        return "not installed: nft"
    return "no /dev/net/tun here" if truth.delay is not None and not Path("/dev/net/tun").exists() else ""


def _run(*argv: str) -> str:
    """In the checkout: Python code that is given as text looks for its modules there first."""
    return subprocess.run(argv, check=True, capture_output=True, text=True, timeout=90, cwd=ROOT).stdout


def peer_of(namespace: str) -> str:
    """The namespace at the other end of the link."""
    return namespace.replace("vaudit-a-", "vaudit-b-")


@contextlib.contextmanager
def link(truth: Truth) -> Iterator[str]:
    """Two namespaces, a link between them, an iperf3 server; gives the client's namespace."""
    here = f"vaudit-a-{os.getpid()}"
    there = peer_of(here)
    with contextlib.ExitStack() as undo:
        for name in (here, there):
            _run("ip", "netns", "add", name)
            undo.callback(subprocess.run, ["ip", "netns", "delete", name], check=False)
        ends = undo.enter_context(
            _line(truth, here, there) if truth.delay is not None else _veth(here, there)
        )
        for name, end, address in ((here, ends[0], CLIENT), (there, ends[1], SERVER)):
            _run("ip", "-n", name, "address", "add", f"{address}/24", "dev", end)
            _run("ip", "-n", name, "link", "set", end, "up")
            # bbr, where it is the default, keeps queues short of itself; reno is always there
            _run("ip", "netns", "exec", name, "sysctl", "-qw", "net.ipv4.tcp_congestion_control=reno")
            if truth.queue:
                _run("ip", "netns", "exec", name, "tc", "qdisc", "replace", "dev", end, "root", *truth.queue)
            rules = _drop_rules(truth, truth.largest[1] if name == here else truth.largest[0])
            if rules:
                _run("ip", "netns", "exec", name, "nft", "; ".join([_CHAIN, *rules]))
            if any(truth.largest):  # the stack would hand over many segments as one packet
                _run("ip", "-n", name, "link", "set", end, "gso_max_segs", "1")
        undo.enter_context(_server(there))
        yield here


_CHAIN = "add table inet t; add chain inet t in { type filter hook input priority 0; }"


def _drop_rules(truth: Truth, largest: int) -> list[str]:
    """What one end does not let in."""
    rules = {
        f"meta l4proto udp counter numgen random mod 1000 < {truth.drop} counter": truth.drop,
        f"numgen random mod 1000 < {truth.drop_all}": truth.drop_all,
        "meta l4proto udp": not truth.udp,
        f"meta length > {largest}": largest,
    }
    return [f"add rule inet t in {rule} drop" for rule, wanted in rules.items() if wanted]


def dropped(namespace: str) -> float:
    """The share of the datagrams to this end that its rule dropped; 0 where there was none."""
    rules = _run("ip", "netns", "exec", namespace, "nft", "list", "table", "inet", "t")
    seen, lost = (int(number) for number in re.findall(r"counter packets (\d+)", rules))
    return lost / seen if seen else 0.0


@contextlib.contextmanager
def _veth(here: str, there: str) -> Iterator[tuple[str, str]]:
    _run("ip", "-n", here, "link", "add", "va", "type", "veth", "peer", "name", "vb", "netns", there)
    yield "va", "vb"


@contextlib.contextmanager
def _server(namespace: str) -> Iterator[None]:
    argv = ["ip", "netns", "exec", namespace, "iperf3", "-s", "-B", SERVER, "-p", str(PORT)]
    server = subprocess.Popen(argv, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        for _ in range(100):
            listening = _run("ip", "netns", "exec", namespace, "cat", "/proc/net/tcp")
            if f":{PORT:04X} 00000000:0000 0A" in listening:
                break
            time.sleep(0.05)
        yield
    finally:
        server.terminate()
        server.wait()


@contextlib.contextmanager
def _line(truth: Truth, here: str, there: str) -> Iterator[tuple[str, str]]:
    """A process that carries packets between two TUN devices, each after its delay."""
    argv = [
        sys.executable,
        __file__,
        "--line",
        here,
        there,
        *map(str, (truth.delay, truth.jitter, truth.serial, truth.wait)),
    ]
    line = subprocess.Popen(argv, stdout=subprocess.PIPE, text=True)
    try:
        if line.stdout is None or line.stdout.readline() != "ready\n":
            raise subprocess.CalledProcessError(1, argv, stderr="the TUN line could not be made")
        yield "ta", "tb"
    finally:
        line.terminate()
        line.wait()


def carry(here: str, there: str, figures: list[float]) -> None:
    """The life of that process: packets of both ways wait in a heap until they are due. SIGTERM ends it.

    `figures` are a Truth's delay, jitter, serial and wait.
    """
    delay, jitter, serial, wait = figures
    ends = [_tun(here, "ta"), _tun(there, "tb")]
    print("ready", flush=True)
    waiting: list[tuple[float, int, int, bytes]] = []
    number, watch, free = 0, select.poll(), [0.0, 0.0]
    for end in ends:
        os.set_blocking(end, False)
        watch.register(end, select.POLLIN)
    while True:
        left = (waiting[0][0] - time.monotonic()) * 1000 if waiting else 1000.0
        watch.poll(0 if left < 1 else left - 0.5)
        for way, end in enumerate(ends):
            with contextlib.suppress(BlockingIOError):
                while True:
                    packet, now = os.read(end, 65536), time.monotonic()
                    begins = max(free[way], now)
                    if begins - now > wait:
                        continue  # the queue is full
                    free[way] = begins + (len(packet) * 8 / serial if serial else 0.0)
                    due = free[way] + delay + random.uniform(0, jitter)  # noqa: S311 - no secret
                    heapq.heappush(waiting, (due, number, ends[1 - way], packet))
                    number += 1
        while waiting and waiting[0][0] <= time.monotonic():
            _due, _number, end, packet = heapq.heappop(waiting)
            with contextlib.suppress(OSError):
                os.write(end, packet)


def _tun(namespace: str, name: str) -> int:
    """A TUN device in a namespace (kernel, networking/tuntap.rst); this process stays there."""
    with Path("/run/netns", namespace).open("rb") as file:
        if ctypes.CDLL(None, use_errno=True).setns(file.fileno(), 0x40000000):  # CLONE_NEWNET
            raise OSError(ctypes.get_errno(), "setns")
    device = os.open("/dev/net/tun", os.O_RDWR)
    fcntl.ioctl(device, 0x400454CA, struct.pack("16sH22x", name.encode(), 0x1001))  # IFF_TUN | IFF_NO_PI
    return device


def measure(
    namespace: str, seconds: float, udp_seconds: float = 1.0, port: int = PORT
) -> dict[str, Benchmark]:
    """What `vaudit` finds from inside a namespace, by benchmark id; no byte budget, or where `seconds` is 0
    that and the time of a quick run."""
    argv = ["ip", "netns", "exec", namespace, sys.executable, "-c", _MEASURE]
    made = _run(*argv, f"{SERVER}:{port}", str(seconds), str(udp_seconds))
    return {each.id: each for each in msgspec.json.decode(made, type=list[Benchmark])}


class Look(msgspec.Struct, frozen=True):
    """One comparison with the truth."""

    words: str
    right: bool
    told: bool = True
    """False: vaudit itself says that it could not tell."""

    @property
    def result(self) -> str:
        return "right" if self.right else "WRONG" if self.told else "busy"


def compare(truth: Truth, found: dict[str, Benchmark], lost: dict[str, float]) -> list[Look]:
    """Every figure of a link beside its truth; `lost`: the share of datagrams that was dropped each way."""
    verdict = found["network.verdict"]
    word = verdict.verdict
    calm = any(found[f"network.{way}"].confidence != "none" for way in ("send", "receive"))
    looks = [Look(word, word in truth.words, calm)]
    if truth.says:
        looks.append(Look(f"says {truth.says!r}", bool(re.search(truth.says, verdict.reason)), told=True))
    for way in ("send", "receive"):
        udp = found.get(f"network.udp-{way}", found[f"network.{way}"])
        looks += _compare_way(truth, found[f"network.{way}"], udp, lost.get(way, 0.0))
    latency = found.get("network.latency", verdict)
    idle = (latency.value or 0.0) / 1e6
    if truth.delay is not None and not truth.serial:
        expected = 2 * (truth.delay + truth.jitter / 2)
        looks.append(Look(f"round trip {idle * 1e3:.1f} ms", abs(idle - expected) < 0.1 * expected + 0.001))
    if truth.latency is not None:
        loaded = found["network.latency-loaded"]
        said = f"{loaded.verdict}: {idle * 1e3:.1f} ms, under load {(loaded.value or 0.0) / 1e3:.1f} ms"
        right = loaded.verdict == truth.latency and _long_enough(truth, loaded)
        looks.append(Look(said, right, loaded.verdict != "inconclusive"))
    return looks


def _long_enough(truth: Truth, loaded: Benchmark) -> bool:
    """A sender halves its rate when the queue is full: its length swings between half and all of it."""
    half, most = truth.wait / 2 * 1e6, (truth.wait + 0.3) * 1e6
    return not truth.serial or 0.8 * half <= (loaded.value or 0.0) <= most


JITTER_OFF = 0.4
"""RFC 3550's running mean knows the last 16 datagrams or so: one of three lies more than 13 % off."""
COUNTED = 0.001
"""Of all datagrams: those before and after the test may be among what was dropped."""


def _compare_way(truth: Truth, tcp: Benchmark, udp: Benchmark, lost: float) -> list[Look]:
    looks = []
    if truth.rate is not None and truth.whole and tcp.verdict == "at-least":
        value = tcp.value or 0.0
        looks.append(Look(f"at least {value / 1e6:.1f} Mbit/s", value <= 1.05 * truth.rate))
    elif truth.rate is not None:
        value = tcp.value or 0.0
        off, calm = value / (GOODPUT * truth.rate) - 1, tcp.confidence != "none"
        said = f"{tcp.id.removeprefix('network.')} {value / 1e6:.1f} Mbit/s ({off:+.1%})"
        looks.append(Look(said, abs(off) <= 0.1, calm or off > 0))  # noise never makes a link faster
    if truth.drop and udp.interval is None:
        looks.append(Look(f"{udp.id}: {udp.reason}", right=False, told=False))
    elif truth.drop and udp.interval:
        low, high = udp.interval
        said = f"{udp.id.removeprefix('network.')} loses {udp.value or 0:.2%} ({low:.2%} to {high:.2%})"
        said += f" of {lost:.2%} dropped"
        right = abs((udp.value or 0.0) - lost) <= COUNTED and low <= lost <= high
        looks.append(Look(said, right, udp.verdict != "inconclusive"))
    if truth.jitter and udp.details:
        jitter = float(udp.details["jitter_ms"] or 0)
        off, calm = jitter / (truth.jitter / 3 * 1000) - 1, not any(each.disturbed for each in udp.samples)
        looks.append(Look(f"jitter {jitter:.2f} ms", abs(off) < JITTER_OFF, calm))
    return looks


def main() -> int:
    """Measure each truth `--runs` times and print how far off the figures are."""
    if sys.argv[1:2] == ["--line"]:
        carry(sys.argv[2], sys.argv[3], [float(word) for word in sys.argv[4:8]])
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0] if __doc__ else None)
    parser.add_argument("--runs", type=int, default=3, help="of each truth [3]")
    parser.add_argument("--reasons", action="store_true", help="print what was said of each")
    parser.add_argument("truths", nargs="*", metavar="TRUTH", help=", ".join(TRUTHS).replace("%", "%%"))
    options = parser.parse_args()
    tidily()
    reason = why_not()
    if reason:
        print(f"network_truth: {reason}", file=sys.stderr)
        return 3
    failed = 0
    for name in options.truths or TRUTHS:
        truth = TRUTHS[name]
        if not_this := why_not_this(truth):
            print(f"{name:20} SKIPPED {not_this}")
            continue
        for _ in range(options.runs):
            with link(truth) as namespace:
                began = time.monotonic()
                seconds = 0.0 if truth.whole else truth.seconds
                found = measure(namespace, seconds, 3.0 if truth.drop or truth.jitter else 1.0)
                ends = {"send": peer_of(namespace), "receive": namespace}
                lost = {way: dropped(end) for way, end in ends.items()} if truth.drop else {}
            lasted = time.monotonic() - began
            looks = compare(truth, found, lost)
            results = {look.result for look in looks}
            failed += "WRONG" in results
            worst = next(each for each in ("WRONG", "busy", "right") if each in results)
            said = ", ".join(look.words + ("" if look.right else f" [{look.result}]") for look in looks)
            print(f"{name:20} {worst} {lasted:.0f} s: {said}", flush=True)
            if worst != "right" or options.reasons:
                print(f"{'':20} {found['network.verdict'].reason}", flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
