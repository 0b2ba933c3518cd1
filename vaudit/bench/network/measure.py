"""The network as iperf3 sees it: TCP and UDP in both directions to a peer that the user named.

Round trips are taken when the link is idle and beside the transfers (delay.py), lost datagrams are counted
(loss.py), and what the facts say of the card is put beside the figures (nic.py).
"""

import os
from collections.abc import Callable
from typing import Literal

import msgspec

from vaudit.bench.network import delay, nic
from vaudit.bench.network.iperf3 import (
    IperfRun,
    Ran,
    address,
    ceiling,
    client,
    command,
    interface_of,
    is_local,
    udp_command,
)
from vaudit.bench.network.loss import loss
from vaudit.bench.plan import IDLE_PINGS_SECONDS, UDP_CEILING, Peer, Plan
from vaudit.bench.stats import below, find_cliff, widened, within
from vaudit.bench.system.errors import BenchError
from vaudit.model.benchmark import Benchmark


def skipped(plan: Plan, reason: str) -> Benchmark:
    """The one entry that stands for a network that was not measured."""
    target = str(plan.peer.host) if plan.peer else ""
    return Benchmark(
        id="network.verdict", target=target, engine="iperf3", unit="", status="skipped", reason=reason
    )


def measure(plan: Plan, say: Callable[[str], None], record: Callable[[str, str], None]) -> list[Benchmark]:
    """Round trips, TCP and UDP both ways, then the verdict; each failure is an entry and the rest goes on."""
    if plan.peer is None:
        return [skipped(plan, plan.peer_refusal)]
    if plan.iperf3.path is None:
        return [skipped(plan, plan.iperf3.missing)]
    results: list[Benchmark] = []
    runs: list[IperfRun] = []
    say(f"network: round trips to {plan.peer.host}")
    trips = delay.Trips(plan.peer.host, address(plan.peer))
    trips.idle(IDLE_PINGS_SECONDS)
    for reverse, name in ((False, "network.send"), (True, "network.receive")):
        if results and not runs:  # whatever kept the first from connecting keeps the second as well
            results.append(_unmeasured(plan, plan.peer, name, "skipped", "not tried, because sending failed"))
            continue
        say(f"network: {'receiving from' if reverse else 'sending to'} {plan.peer.host}")
        with trips.loaded(name, plan.net_seconds):
            benchmark, run = _one_way(plan, plan.peer, reverse, record)
        results.append(benchmark)
        runs += [run] if run else []
    verdict = _verdict(plan, plan.peer, results, runs)
    if runs:
        say(f"network: loss of datagrams to and from {plan.peer.host}")
        disturbed = next((each.disturbed for result in results for each in result.samples), "")
        results += _losses(plan, plan.peer, runs, record)
        results += trips.benchmarks(runs, disturbed)
    return [*results, verdict]


def _losses(
    plan: Plan, peer: Peer, runs: list[IperfRun], record: Callable[[str, str], None]
) -> list[Benchmark]:
    """UDP both ways at half of the rate that TCP reached, at most UDP_CEILING."""
    found = []
    for tcp in runs:
        name = "network.udp-receive" if tcp.reverse else "network.udp-send"
        if not plan.udp_seconds:
            late = _unmeasured(plan, peer, name, "skipped", "this machine was so busy that no time was left")
            found.append(msgspec.structs.replace(late, unit="share", command=[]))
            continue
        argv = udp_command(plan, tcp.reverse, max(1e5, min(UDP_CEILING, tcp.bits_per_second / 2)))
        try:
            found.append(loss(client(name, address(peer), argv, plan.udp_seconds, record)))
        except BenchError as error:
            failed = _unmeasured(plan, peer, name, "error", str(error))
            found.append(msgspec.structs.replace(failed, unit="share", command=argv))
    return found


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
    try:
        ran = client(name, address(peer), command(plan, reverse), plan.net_seconds, record)
    except BenchError as error:
        return _unmeasured(plan, peer, name, "error", str(error)), None
    return _benchmark(plan, ran), ran.run


def _benchmark(plan: Plan, ran: Ran) -> Benchmark:
    run, disturbed = ran.run, ran.disturbed
    samples = [ran.round(each.bits_per_second, each.start, each.seconds) for each in run.intervals]
    low, high = widened([each.value for each in samples] or [run.bits_per_second], run.bits_per_second)
    limited = bool(plan.net_bytes) and run.bits_per_second > 0.95 * ceiling(plan)
    return Benchmark(
        id=ran.name,
        target=ran.target,
        engine="iperf3",
        unit="bit/s",
        value=run.bits_per_second,
        interval=(low, high),
        samples=samples,
        verdict="loopback" if is_local(run) else "at-least" if limited or disturbed else "",
        confidence="none" if is_local(run) or disturbed else "low" if plan.mode == "quick" else "medium",
        reason=_reason(run, limited, disturbed),
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
        command=ran.argv,
        version=run.version,
        seconds=ran.seconds,
        evidence=[f"run:iperf3 {ran.name}"],
    )


_LIMITS = [
    "the peer, and every link between, may be what is slow",
    "a burst allowance that lasts longer than the test is not seen",
]


def _cost(run: IperfRun) -> float | None:
    gigabits = run.bits_per_second * run.seconds / 1e9
    return run.cpu_here / 100 * run.seconds / gigabits if gigabits > 0 else None


LEVEL = 1.25
"""Highest over lowest second after the end of a credit. A limit keeps a level, a crowded path none."""


def _bucket(run: IperfRun) -> tuple[float, float] | None:
    """(before, after) in bits a second where a credit ended; None where the rate did not fall, or not to a
    level that it kept for three seconds."""
    rates = [each.bits_per_second for each in run.intervals]
    cliff = find_cliff(rates)
    if cliff is None:
        return None
    low = below(rates, cliff)
    return cliff if len(low) >= 3 and within(low, LEVEL) else None


def _reason(run: IperfRun, limited: bool, disturbed: str) -> str:
    rate = f"{run.bits_per_second / 1e6:,.0f} Mbit/s arrived"
    if is_local(run):
        return f"{rate}, but the peer is this host itself: that measures the CPU and is not judged"
    if limited:
        return f"{rate}: the limit of this test's byte budget, the network may be faster"
    if disturbed:
        return f"{rate} or more: {disturbed} meanwhile"
    cliff = _bucket(run)
    if cliff:
        fell = f"from {cliff[0] / 1e6:,.0f} to {cliff[1] / 1e6:,.0f} Mbit/s"
        return f"{rate}, but the rate fell {fell} and stayed low"
    if run.retransmits:
        return f"{rate}; {run.retransmits} segments were sent again"
    return rate


def _verdict(plan: Plan, peer: Peer, results: list[Benchmark], runs: list[IperfRun]) -> Benchmark:
    failed = [result.reason for result in results if result.status == "error"]
    status: Literal["ok", "error"] = "ok" if runs else "error"
    word, device = _word(results, runs), next((each.device for each in results if each.device), None)
    said = [f"{result.id.removeprefix('network.')}: {result.reason}" for result in results]
    if device and word != "loopback":
        said += nic.remarks(plan.nics, device, nic.offloads(device), os.cpu_count() or 1)
    return Benchmark(
        id="network.verdict",
        target=address(peer),
        engine="vaudit",
        unit="",
        status=status,
        verdict=word,
        confidence="none" if word in ("", "loopback", "inconclusive") else "low",
        reason=failed[0] if not runs else "; ".join(said),
        limits=_LIMITS,
        device=device,
    )


def _word(results: list[Benchmark], runs: list[IperfRun]) -> str:
    if not runs:
        return ""
    if any(is_local(run) for run in runs):
        return "loopback"
    if len(runs) < len(results):
        return "inconclusive"
    calm = [run for run, result in zip(runs, results, strict=True) if result.confidence != "none"]
    if any(_bucket(run) for run in calm):
        return "burst-bucket"
    return "at-least" if any(result.verdict == "at-least" for result in results) else "measured"
