"""The network as iperf3 sees it: TCP in both directions to a peer that the user named.

iperf3 3.12 exits 0 on every error with -J (esnet/iperf #1405), later versions differ in what a signal does to
the exit code (#1009): so only `.error` in the JSON decides. `sum_sent` counts what lies in socket buffers;
`sum_received` is what arrived.
"""

import re
import time
from collections.abc import Callable
from typing import Any, Literal

import msgspec

from vaudit.bench.child import run_program
from vaudit.bench.errors import BenchError
from vaudit.bench.plan import Peer, Plan
from vaudit.bench.samples import Benchmark, Round
from vaudit.bench.stats import find_cliff, widened


class Interval(msgspec.Struct, frozen=True):
    """One second of an iperf3 run."""

    start: float
    seconds: float
    bits_per_second: float


class IperfRun(msgspec.Struct, frozen=True):
    """What one iperf3 client run found."""

    version: str
    protocol: str
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
    lost_percent: float | None = None
    """UDP only."""


_ERRORS = (
    ("busy running a test", "the iperf3 server on {peer} is busy with another test: try again later"),
    ("Connection refused", "nothing listens on {peer}: start `iperf3 -s` there, or name another port"),
    ("Network is unreachable", "this host has no route to {peer}"),
    ("No route to host", "{peer} cannot be reached: it is down, or a firewall refuses"),
    ("Connection timed out", "{peer} does not answer: it is down, or a firewall drops the packets"),
    ("Resource temporarily unavailable", "the name of {peer} could not be resolved"),
    ("Name or service not known", "the name of {peer} could not be resolved"),
    ("Temporary failure in name resolution", "the name of {peer} could not be resolved"),
    ("control socket has closed unexpectedly", "the iperf3 server on {peer} went away during the test"),
    ("Connection reset by peer", "the iperf3 server on {peer} went away during the test"),
    ("Broken pipe", "the iperf3 server on {peer} went away during the test"),
    ("interrupt - the client has terminated", "iperf3 to {peer} did not end in time and was stopped"),
    ("interrupt - the server has terminated", "the iperf3 server on {peer} was stopped during the test"),
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
    received = _dict(_dict(document.get("end")).get("sum_received"))
    if not received:
        raise BenchError(f"iperf3 to {peer} reported nothing received")
    return _run_of(document, received)


def _run_of(document: dict[str, Any], received: dict[str, Any]) -> IperfRun:
    start, end = _dict(document.get("start")), _dict(document.get("end"))
    test = _dict(start.get("test_start"))
    links = start.get("connected")
    link = _dict(links[0]) if isinstance(links, list) and links else {}
    sent, streams = _dict(end.get("sum_sent")), end.get("streams")
    sender = _dict(_dict(streams[0]).get("sender")) if isinstance(streams, list) and streams else {}
    cpu = _dict(end.get("cpu_utilization_percent"))
    udp = test.get("protocol") == "UDP"
    counted = _dict(end.get("sum")) if udp else {}
    return IperfRun(
        version=str(start.get("version", "")),
        protocol=str(test.get("protocol", "")),
        reverse=bool(_number(test.get("reverse"))),
        bits_per_second=_number(received.get("bits_per_second")),
        seconds=_number(received.get("seconds")),
        retransmits=int(_number(sent["retransmits"])) if "retransmits" in sent else None,
        local_host=str(link.get("local_host", "")),
        remote_host=str(link.get("remote_host", "")),
        congestion=str(end.get("sender_tcp_congestion", "")),
        cpu_here=_number(cpu.get("host_total")),
        cpu_there=_number(cpu.get("remote_total")),
        intervals=_intervals(document.get("intervals")),
        min_rtt_us=_number(sender.get("min_rtt")) or None,
        mean_rtt_us=_number(sender.get("mean_rtt")) or None,
        jitter_ms=_number(counted.get("jitter_ms")) if udp else None,
        lost_percent=_number(counted.get("lost_percent")) if udp else None,
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
    if plan.peer is None or plan.iperf3.path is None:
        raise BenchError("no peer or no iperf3")
    argv = [plan.iperf3.path, "-J", "-c", plan.peer.host, "-p", str(plan.peer.port)]
    argv += ["-t", f"{plan.net_seconds:.0f}", "--connect-timeout", "3000"]
    if plan.net_bytes:
        argv += ["-b", str(_ceiling(plan))]
    return [*argv, "-R"] if reverse else argv


def _ceiling(plan: Plan) -> int:
    """Bits per second at which the byte budget of one direction lasts just as long as the test."""
    return int(plan.net_bytes * 8 / plan.net_seconds)


def skipped(plan: Plan, reason: str) -> Benchmark:
    """The one entry that stands for a network that was not measured."""
    target = str(plan.peer.host) if plan.peer else ""
    return Benchmark(
        id="network.verdict", target=target, engine="iperf3", unit="", status="skipped", reason=reason
    )


def measure(plan: Plan, say: Callable[[str], None], record: Callable[[str, str], None]) -> list[Benchmark]:
    """Both directions, then the verdict; each failure is an entry of its own and the rest goes on."""
    if plan.peer is None:
        return [skipped(plan, plan.peer_refusal)]
    if plan.iperf3.path is None:
        return [skipped(plan, plan.iperf3.missing)]
    results: list[Benchmark] = []
    runs: list[IperfRun] = []
    for reverse, name in ((False, "network.send"), (True, "network.receive")):
        if results and not runs:  # whatever kept the first from connecting keeps the second as well
            results.append(_unmeasured(plan, plan.peer, name, "skipped", "not tried, because sending failed"))
            continue
        say(f"network: {'receiving from' if reverse else 'sending to'} {plan.peer.host}")
        benchmark, run = _one_way(plan, plan.peer, reverse, record)
        results.append(benchmark)
        runs += [run] if run else []
    return [*results, _verdict(plan.peer, results, runs)]


def _unmeasured(
    plan: Plan, peer: Peer, name: str, status: Literal["skipped", "error"], reason: str
) -> Benchmark:
    return Benchmark(
        id=name,
        target=address(peer),
        engine="iperf3",
        unit="bit/s",
        status=status,
        reason=reason,
        command=command(plan, name == "network.receive"),
        version=plan.iperf3.version,
    )


def _one_way(
    plan: Plan, peer: Peer, reverse: bool, record: Callable[[str, str], None]
) -> tuple[Benchmark, IperfRun | None]:
    name = "network.receive" if reverse else "network.send"
    argv, began = command(plan, reverse), time.monotonic()
    try:
        output = run_program(argv, plan.net_seconds + 5.0)
        record(f"iperf3 {name}", output.out)
        run = parse_iperf3(output.out or output.err, address(peer))
    except BenchError as error:
        return _unmeasured(plan, peer, name, "error", str(error)), None
    return _benchmark(plan, peer, name, run, time.monotonic() - began), run


def _benchmark(plan: Plan, peer: Peer, name: str, run: IperfRun, seconds: float) -> Benchmark:
    samples = [Round(each.bits_per_second, each.start, each.seconds) for each in run.intervals]
    low, high = widened([each.value for each in samples] or [run.bits_per_second], run.bits_per_second)
    limited = bool(plan.net_bytes) and run.bits_per_second > 0.95 * _ceiling(plan)
    return Benchmark(
        id=name,
        target=address(peer),
        engine="iperf3",
        unit="bit/s",
        value=run.bits_per_second,
        interval=(low, high),
        samples=samples,
        verdict="loopback" if is_local(run) else "at-least" if limited else "",
        confidence="none" if is_local(run) else "low" if plan.mode == "quick" else "medium",
        reason=_reason(run, limited),
        limits=_LIMITS,
        details={
            "retransmits": run.retransmits,
            "min_rtt_us": run.min_rtt_us,
            "mean_rtt_us": run.mean_rtt_us,
            "congestion": run.congestion,
            "cpu_percent": run.cpu_here,
            "peer_cpu_percent": run.cpu_there,
            "cpu_seconds_per_gbit": _cost(run),
            "local_address_is_peer": is_local(run),
        },
        device=None if is_local(run) else interface_of(run.local_host),
        command=command(plan, run.reverse),
        version=run.version,
        seconds=seconds,
        evidence=[f"run:iperf3 {name}"],
    )


_LIMITS = [
    "the peer, and every link between, may be what is slow",
    "a burst allowance that lasts longer than the test is not seen",
]


def _cost(run: IperfRun) -> float | None:
    gigabits = run.bits_per_second * run.seconds / 1e9
    return run.cpu_here / 100 * run.seconds / gigabits if gigabits > 0 else None


def _reason(run: IperfRun, limited: bool) -> str:
    rate = f"{run.bits_per_second / 1e6:,.0f} Mbit/s arrived"
    if is_local(run):
        return f"{rate}, but the peer is this host itself: that measures the CPU and is not judged"
    if limited:
        return f"{rate}: the limit of this test's byte budget, the network may be faster"
    cliff = find_cliff([each.bits_per_second for each in run.intervals])
    if cliff:
        fell = f"from {cliff[0] / 1e6:,.0f} to {cliff[1] / 1e6:,.0f} Mbit/s"
        return f"{rate}, but the rate fell {fell} and stayed low"
    if run.retransmits:
        return f"{rate}; {run.retransmits} segments were sent again"
    return rate


def _verdict(peer: Peer, results: list[Benchmark], runs: list[IperfRun]) -> Benchmark:
    failed = [result.reason for result in results if result.status == "error"]
    status: Literal["ok", "error"] = "ok" if runs else "error"
    word = _word(results, runs)
    rates = "; ".join(f"{result.id.removeprefix('network.')}: {result.reason}" for result in results)
    return Benchmark(
        id="network.verdict",
        target=address(peer),
        engine="vaudit",
        unit="",
        status=status,
        verdict=word,
        confidence="none" if word in ("", "loopback", "inconclusive") else "low",
        reason=failed[0] if not runs else rates,
        limits=_LIMITS,
        device=next((result.device for result in results if result.device), None),
    )


def _word(results: list[Benchmark], runs: list[IperfRun]) -> str:
    if not runs:
        return ""
    if any(is_local(run) for run in runs):
        return "loopback"
    if len(runs) < len(results):
        return "inconclusive"
    if any(find_cliff([each.bits_per_second for each in run.intervals]) for run in runs):
        return "burst-bucket"
    return "at-least" if any(result.verdict == "at-least" for result in results) else "measured"


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
