"""From a network's recording to benchmarks: the rates both ways, what was lost, delays, and the verdict."""

from statistics import median
from typing import Literal

from vaudit.bench.borders import Borders
from vaudit.bench.network.judge import delay
from vaudit.bench.network.judge.card import remarks
from vaudit.bench.network.judge.loss import blocked, loss
from vaudit.bench.network.judge.path import black_hole, heavy_loss, stood_still, vanishing
from vaudit.bench.network.judge.stream import LIMITS, best, bucket, stream, unmeasured
from vaudit.bench.network.recording import Attempt, IperfRun, Recording
from vaudit.bench.series import keyed
from vaudit.model.benchmark import Benchmark, Confidence


def judge(recording: Recording, borders: Borders) -> list[Benchmark]:
    """Everything that was measured, peer by peer, as benchmarks; the verdict over each comes last."""
    return [made for each in (recording, *recording.others) for made in _judge(each, borders)]


def _judge(recording: Recording, borders: Borders) -> list[Benchmark]:
    target = recording.peer.target if recording.peer else ""
    if not recording.streams:
        return keyed([_unmeasured_at_all(recording)], target)
    trip = _trip(recording)
    streams = [stream(recording, test, target, trip) for test in recording.streams]
    tests = [best(recording, test) for test in recording.streams]
    runs = [test.run for test in tests if test.run]
    found = streams + [_datagrams(recording, test, target, borders) for test in recording.datagrams]
    verdict = _verdict(recording, found, tests, target, borders)
    if recording.trips and runs:
        disturbed = next((test.disturbed for test in recording.streams if test.disturbed), "")
        found += delay.judge(recording.trips, target, runs, disturbed, borders)
    return keyed([*found, verdict], target)


def _trip(recording: Recording) -> float:
    """Microseconds of an idle round trip: of echoes, else the lowest that TCP saw; 0 if neither is known."""
    idle = [each.us for each in recording.trips.idle if each.answered] if recording.trips else []
    seen = [test.run.min_rtt_us for test in recording.streams if test.run and test.run.min_rtt_us]
    return median(idle) if idle else min(seen, default=0.0)


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


def _datagrams(recording: Recording, test: Attempt, target: str, borders: Borders) -> Benchmark:
    if test.run:
        return loss(test, test.run, target, borders)
    if test.unanswered:
        still = bool(heavy_loss(recording, borders)) or any(stood_still(each) for each in recording.streams)
        return blocked(test, target, recording.version, still)
    return unmeasured(recording, test, target, "share")


def _verdict(
    recording: Recording, found: list[Benchmark], tests: list[Attempt], target: str, borders: Borders
) -> Benchmark:
    streams = found[: len(tests)]
    hole, lost = black_hole(recording, borders), heavy_loss(recording, borders)
    word = _word(streams, tests, hole, lost)
    failed = [each.reason for each in streams if each.status == "error"]
    device = next((each.device for each in streams if each.device), None)
    if not word:
        return _made(target, "", failed[0], device, "error")
    causes = [hole] if hole else [lost] if lost else []
    said = [*causes, *(f"{each.id.removeprefix('network.')}: {each.reason}" for each in streams)]
    said += [each.reason for each in found if each.verdict == "udp-blocked"]
    if device and word != "loopback":
        said += remarks(recording.cards, device, recording.offloads, recording.cpus, borders)
        said += [] if hole else _large_echoes(recording)
    return _made(target, word, "; ".join(said), device)


_SURE: dict[str, Confidence] = {
    "": "none", "loopback": "none", "inconclusive": "none", "mtu-black-hole": "medium", "lossy": "medium",
}  # fmt: skip
"""How sure a verdict is, where that is not low: one peer alone says little of a network."""


def _made(
    target: str, word: str, reason: str, device: str | None, status: Literal["ok", "error"] = "ok"
) -> Benchmark:
    return Benchmark(
        id="network.verdict",
        target=target,
        engine="vaudit",
        unit="",
        status=status,
        verdict=word,
        confidence=_SURE.get(word, "low"),
        reason=reason,
        limits=LIMITS,
        device=device,
    )


def _large_echoes(recording: Recording) -> list[str]:
    """A remark only: TCP works, so it may be a firewall that keeps large echoes back, or only them."""
    edge = vanishing(recording)
    return [f"echoes of {edge[1]:,} bytes and more are not answered, though smaller ones are"] if edge else []


def _word(streams: list[Benchmark], tests: list[Attempt], hole: str, lost: str) -> str:
    runs: list[IperfRun] = [test.run for test in tests if test.run]
    if any(run.is_local for run in runs):
        return "loopback"
    if hole:
        return "mtu-black-hole"
    if lost:
        return "lossy"
    if not runs:
        return ""
    if any(stood_still(test) for test in tests):
        return "nothing-arrived"
    if len(runs) < len(streams):
        return "inconclusive"
    if any(test.run and bucket(test.run) for test in tests if not test.disturbed):
        return "burst-bucket"
    return "at-least" if any(each.verdict == "at-least" for each in streams) else "measured"
