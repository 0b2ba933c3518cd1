"""From a network's recording to benchmarks: the rates both ways, what was lost, delays, and the verdict."""

from typing import Literal

from vaudit.bench.borders import Borders
from vaudit.bench.network.judge import delay
from vaudit.bench.network.judge.card import remarks
from vaudit.bench.network.judge.loss import loss
from vaudit.bench.network.recording import Attempt, IperfRun, Recording
from vaudit.bench.series import keyed
from vaudit.bench.stats import below, find_cliff, widened, within
from vaudit.model.benchmark import Benchmark

LIMITS = [
    "the peer, and every link between, may be what is slow",
    "a burst allowance that lasts longer than the test is not seen",
]
AT_CEILING = 0.95
"""Share of the byte budget's rate above which the budget was the limit, not the network."""
LEVEL = 1.25
"""Highest over lowest second after the end of a credit. A limit keeps a level, a crowded path none."""
LEVEL_SECONDS = 3
"""So many seconds at that level, at least."""


def judge(recording: Recording, borders: Borders) -> list[Benchmark]:
    """Everything that was measured, as benchmarks; the verdict comes last."""
    target = recording.peer.address if recording.peer else ""
    if not recording.streams:
        return keyed([_unmeasured_at_all(recording)], target)
    streams = [_stream(recording, test, target) for test in recording.streams]
    runs = [test.run for test in recording.streams if test.run]
    verdict = _verdict(recording, streams, runs, target, borders)
    found = streams + [_datagrams(recording, test, target, borders) for test in recording.datagrams]
    if recording.trips and runs:
        disturbed = next((test.disturbed for test in recording.streams if test.disturbed), "")
        found += delay.judge(recording.trips, target, runs, disturbed, borders)
    return keyed([*found, verdict], target)


def _unmeasured_at_all(recording: Recording) -> Benchmark:
    """The one entry that stands for a network that was not measured."""
    return Benchmark(
        id="network.verdict",
        target=recording.peer.host if recording.peer else "",
        engine="iperf3" if not recording.problem else "vaudit",
        unit="",
        status="error" if recording.problem else "skipped",
        reason=recording.problem or recording.refusal,
    )


def _unmeasured(recording: Recording, test: Attempt, target: str, unit: str) -> Benchmark:
    return Benchmark(
        id=test.name,
        target=target,
        engine="iperf3",
        unit=unit,
        status=test.status,
        reason=test.reason,
        command=test.command,
        version=recording.version,
    )


def _datagrams(recording: Recording, test: Attempt, target: str, borders: Borders) -> Benchmark:
    return (
        loss(test, test.run, target, borders) if test.run else _unmeasured(recording, test, target, "share")
    )


def _stream(recording: Recording, test: Attempt, target: str) -> Benchmark:
    run = test.run
    if run is None:
        return _unmeasured(recording, test, target, "bit/s")
    samples = [test.round(each.bits_per_second, each.start, each.seconds) for each in run.intervals]
    low, high = widened([each.value for each in samples] or [run.bits_per_second], run.bits_per_second)
    limited = recording.ceiling > 0 and run.bits_per_second > AT_CEILING * recording.ceiling
    doubtful = run.is_local or bool(test.disturbed)
    return Benchmark(
        id=test.name,
        target=target,
        engine="iperf3",
        unit="bit/s",
        value=run.bits_per_second,
        interval=(low, high),
        samples=samples,
        verdict="loopback" if run.is_local else "at-least" if limited or test.disturbed else "",
        confidence="none" if doubtful else "low" if recording.mode == "quick" else "medium",
        reason=_reason(run, limited, test.disturbed),
        limits=LIMITS,
        details={
            "retransmits": run.retransmits,
            "min_rtt_us": run.min_rtt_us,
            "mean_rtt_us": run.mean_rtt_us,
            "congestion": run.congestion,
            "cpu_percent": run.cpu_here,
            "peer_cpu_percent": run.cpu_there,
            "cpu_seconds_per_gbit": _cost(run),
            "local_address_is_peer": run.is_local,
        },
        device=test.device,
        command=test.command,
        version=run.version,
        seconds=test.seconds,
        evidence=[f"run:iperf3 {test.name}"],
    )


def _cost(run: IperfRun) -> float | None:
    gigabits = run.bits_per_second * run.seconds / 1e9
    return run.cpu_here / 100 * run.seconds / gigabits if gigabits > 0 else None


def bucket(run: IperfRun) -> tuple[float, float] | None:
    """(before, after) in bits a second where a credit ended; None where the rate did not fall, or not to a
    level that it kept."""
    rates = [each.bits_per_second for each in run.intervals]
    cliff = find_cliff(rates)
    if cliff is None:
        return None
    low = below(rates, cliff)
    return cliff if len(low) >= LEVEL_SECONDS and within(low, LEVEL) else None


def _reason(run: IperfRun, limited: bool, disturbed: str) -> str:
    rate = f"{run.bits_per_second / 1e6:,.0f} Mbit/s arrived"
    if run.is_local:
        return f"{rate}, but the peer is this host itself: that measures the CPU and is not judged"
    if limited:
        return f"{rate}: the limit of this test's byte budget, the network may be faster"
    if disturbed:
        return f"{rate} or more: {disturbed} meanwhile"
    cliff = bucket(run)
    if cliff:
        fell = f"from {cliff[0] / 1e6:,.0f} to {cliff[1] / 1e6:,.0f} Mbit/s"
        return f"{rate}, but the rate fell {fell} and stayed low"
    if run.retransmits:
        return f"{rate}; {run.retransmits} segments were sent again"
    return rate


def _verdict(
    recording: Recording, streams: list[Benchmark], runs: list[IperfRun], target: str, borders: Borders
) -> Benchmark:
    failed = [each.reason for each in streams if each.status == "error"]
    status: Literal["ok", "error"] = "ok" if runs else "error"
    word, device = _word(streams, runs), next((each.device for each in streams if each.device), None)
    said = [f"{each.id.removeprefix('network.')}: {each.reason}" for each in streams]
    if device and word != "loopback":
        said += remarks(recording.cards, device, recording.offloads, recording.cpus, borders)
    return Benchmark(
        id="network.verdict",
        target=target,
        engine="vaudit",
        unit="",
        status=status,
        verdict=word,
        confidence="none" if word in ("", "loopback", "inconclusive") else "low",
        reason=failed[0] if not runs else "; ".join(said),
        limits=LIMITS,
        device=device,
    )


def _word(streams: list[Benchmark], runs: list[IperfRun]) -> str:
    if not runs:
        return ""
    if any(run.is_local for run in runs):
        return "loopback"
    if len(runs) < len(streams):
        return "inconclusive"
    calm = [run for run, each in zip(runs, streams, strict=True) if each.confidence != "none"]
    if any(bucket(run) for run in calm):
        return "burst-bucket"
    return "at-least" if any(each.verdict == "at-least" for each in streams) else "measured"
