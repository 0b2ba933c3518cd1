"""What a long queue costs (bufferbloat): round trips when the link is idle and when it is full.

Where no echo was possible, what the sending kernel saw of its own TCP connection takes its place (iperf3's
min_rtt and mean_rtt): a lowest round trip instead of an idle one, and only while sending. Which of the two
was used is told.

The longest queues are those whose answers are still on their way when the transfer ends: such an echo counts
as one that took at least as long as it was waited for.
"""

from statistics import median

import msgspec

from vaudit.bench.borders import Borders
from vaudit.bench.network.recording import Echo, IperfRun, Trips
from vaudit.bench.stats import spread, widened
from vaudit.model.benchmark import Benchmark, Round
from vaudit.words import latency, many

ENOUGH = 5
"""Echoes, to tell anything."""
LIMITED = 0.2
"""Share of idle echoes without an answer above which the peer is taken to limit its answers."""
LIMITS = [
    "which queue between the two hosts fills, and one that fills more slowly than this test ends",
    "routers that answer or pass ICMP more slowly than other packets",
]


def judge(
    trips: Trips, target: str, runs: list[IperfRun], disturbed: str, borders: Borders
) -> list[Benchmark]:
    """`network.latency` and `network.latency-loaded`; `disturbed`: what else went on on this machine."""
    if trips.problem:
        found = _from_tcp(target, runs, trips.problem, borders)
    else:
        found = [_idle(trips, target), _loaded(trips, target, borders)]
    if any(run.is_local for run in runs):
        return [_looped(each) for each in found]
    return [found[0], _doubted(found[1], runs, disturbed)] if not trips.problem else found


def _looped(each: Benchmark) -> Benchmark:
    if each.verdict == "inconclusive":
        return each
    return msgspec.structs.replace(each, verdict="loopback", confidence="none")


def _doubted(loaded: Benchmark, runs: list[IperfRun], disturbed: str) -> Benchmark:
    if disturbed and loaded.verdict == "bufferbloat":
        doubt = f"{loaded.reason}, but {disturbed} meanwhile"
        return msgspec.structs.replace(loaded, verdict="inconclusive", confidence="none", reason=doubt)
    if loaded.verdict == "short-queue" and any(run.congestion.startswith("bbr") for run in runs):
        limits = [*loaded.limits, "what another sender fills: bbr, which sent here, keeps queues short"]
        return msgspec.structs.replace(loaded, limits=limits)
    return loaded


def _quiet(trips: Trips) -> list[float]:
    """Microseconds of the idle echoes that were answered."""
    return [each.us for each in trips.idle if each.answered]


def _limited(trips: Trips) -> bool:
    """Whether the peer leaves echoes unanswered even when idle: there they say nothing of a queue."""
    longest = max(_quiet(trips))
    lost = [each for each in trips.idle if not each.answered and each.us > 2 * longest]
    return len(lost) > LIMITED * len(trips.idle)


def _idle(trips: Trips, target: str) -> Benchmark:
    return _benchmark("network.latency", target, _quiet(trips), "ICMP echo while nothing else went on")


def _loaded(trips: Trips, target: str, borders: Borders) -> Benchmark:
    """The worse of both ways."""
    limited = _limited(trips)
    halves = {name: second_half(sent, trips.seconds) for name, sent in trips.loaded.items()}
    filled = {name: [each for each in sent if each.answered or not limited] for name, sent in halves.items()}
    worst = max(filled, key=lambda name: _middle(filled[name]), default="")
    echoes = filled.get(worst, [])
    if len(echoes) < ENOUGH:
        return _too_few(target, echoes)
    how = f"ICMP echo beside the second half of TCP ({worst.removeprefix('network.')})"
    loaded = _benchmark("network.latency-loaded", target, [each.us for each in echoes], how)
    silent = {
        f"unanswered_{name.removeprefix('network.')}": sum(not each.answered for each in sent)
        for name, sent in halves.items()
    }
    return judged(
        loaded, median(_quiet(trips)), _middle(echoes), borders, at_least=_at_least(echoes), more=silent
    )


def second_half(echoes: list[Echo], seconds: float) -> list[Echo]:
    """What was sent while the second half of a transfer of so many seconds went on: by then queues are full.

    What was sent after it, while its last bytes drained, is left out.
    """
    return [each for each in echoes if seconds / 2 <= each.at <= seconds]


def _middle(echoes: list[Echo]) -> float:
    return median(each.us for each in echoes) if len(echoes) >= ENOUGH else -1.0


def _at_least(echoes: list[Echo]) -> bool:
    """Whether echoes that may have taken longer than we waited could move the median up."""
    return any(not each.answered and each.us <= _middle(echoes) for each in echoes)


def _too_few(target: str, echoes: list[Echo]) -> Benchmark:
    sent = f"only {many(len(echoes), 'echo was', 'echoes were')}" if echoes else "no echo was"
    return Benchmark(
        id="network.latency-loaded", target=target, engine="embedded", unit="us",
        verdict="inconclusive", limits=LIMITS, command=["ICMP echo beside the second half of TCP"],
        reason=f"{sent} sent or answered while the link was full: too few to tell",
    )  # fmt: skip


def _benchmark(name: str, target: str, times: list[float], how: str) -> Benchmark:
    distribution = spread([int(each * 1000) for each in times])
    middle = median(times)
    return Benchmark(
        id=name, target=target, engine="embedded", unit="us", value=middle,
        interval=(min(middle, distribution["p10"]), max(middle, distribution["p90"])),
        samples=[Round(middle, percentiles=distribution)],
        confidence="medium" if len(times) >= ENOUGH else "low",
        reason=f"{many(len(times), 'round trip')}, half of them under {latency(middle)}",
        limits=LIMITS, details={"method": how, "echoes": len(times),
                                **{f"{key}_us": value for key, value in distribution.items()}},
        command=[how],
    )  # fmt: skip


def judged(
    loaded: Benchmark,
    idle_us: float,
    loaded_us: float,
    borders: Borders,
    *,
    at_least: bool = False,
    more: dict[str, int] | None = None,
) -> Benchmark:
    """Round trips under load with their word. `at_least`: some echoes were still without an answer after so
    long; `more`: further details."""
    added = max(0.0, loaded_us - idle_us)
    bloated, least = added > borders.bloat_added, "at least " if at_least else ""
    reason = f"a round trip takes {latency(idle_us)} when idle and {least}{latency(loaded_us)} under load"
    if bloated:
        reason += ": a long queue fills up in between (bufferbloat)"
    return msgspec.structs.replace(
        loaded,
        verdict="bufferbloat" if bloated else "short-queue",
        reason=reason,
        details={**loaded.details, "idle_us": idle_us, "added_us": added, **(more or {})},
    )


def _from_tcp(target: str, runs: list[IperfRun], problem: str, borders: Borders) -> list[Benchmark]:
    """What the sending kernel saw, where no echo was possible."""
    sent = next((run for run in runs if run.min_rtt_us and run.mean_rtt_us), None)
    if sent is None or sent.min_rtt_us is None or sent.mean_rtt_us is None:
        return []
    how = f"TCP's own account while sending, as {problem}"
    change = msgspec.structs.replace
    pair = [
        Benchmark(
            id=name, target=target, engine="iperf3", unit="us", value=value, interval=widened([value]),
            confidence="low", limits=[*LIMITS, "an idle round trip: the lowest one under load stands for it"],
            details={"method": how}, command=[how], version=sent.version,
        )
        for name, value in (
            ("network.latency", sent.min_rtt_us), ("network.latency-loaded", sent.mean_rtt_us),
        )
    ]  # fmt: skip
    lowest = change(pair[0], reason=f"the lowest round trip took {latency(sent.min_rtt_us)} ({how})")
    return [lowest, judged(pair[1], sent.min_rtt_us, sent.mean_rtt_us, borders)]
