"""Round trips when the link is idle and when it is full: what a long queue in between costs (bufferbloat).

ICMP echoes run beside the TCP transfers. Where ICMP is not possible or not answered, what the sending kernel
saw of its own TCP connection takes its place (iperf3's min_rtt and mean_rtt): a lowest round trip instead of
an idle one, and only while sending. Which of the two was used is told.
"""

import contextlib
from collections.abc import Iterator
from functools import partial
from statistics import median

import msgspec

from vaudit.bench import echo
from vaudit.bench.child import beside
from vaudit.bench.errors import BenchError
from vaudit.bench.iperf3 import IperfRun, is_local
from vaudit.bench.samples import Benchmark, Round
from vaudit.bench.stats import spread, widened

BLOATED_US = 100_000.0
"""CoDel takes 100 ms for a usual longest round trip (RFC 8289): a queue that adds as much doubles it."""
ENOUGH = 5
PATIENCE = 4.0
"""Seconds beyond the echoes for resolving the peer's name."""
LIMITS = [
    "which queue between the two hosts fills, and one that fills more slowly than this test ends",
    "routers that answer or pass ICMP more slowly than other packets",
]


class Trips:
    """Round trips to one host: idle, and beside each transfer."""

    def __init__(self, host: str, target: str) -> None:
        self.host, self.target = host, target
        self.quiet: list[float] = []
        """Microseconds."""
        self.busy: dict[str, list[float]] = {}
        self.lost: dict[str, int] = {}
        self.problem = ""

    def idle(self, seconds: float) -> None:
        """Echo while nothing else goes on; if that fails, nothing more is echoed."""
        try:
            self.quiet = echo.ping_within(self.host, seconds, PATIENCE)
        except BenchError as error:
            self.problem = str(error)
            return
        if not self.quiet:
            self.problem = "the peer does not answer ICMP echo"

    @contextlib.contextmanager
    def loaded(self, name: str) -> Iterator[None]:
        """Echo beside what is done in this context."""
        if self.problem:
            yield
            return
        with contextlib.ExitStack() as undo:
            finish = None
            with contextlib.suppress(BenchError):
                finish = undo.enter_context(beside(partial(echo.beside, self.host), 60.0))
            yield
            if finish is not None:
                with contextlib.suppress(BenchError):
                    self.busy[name], self.lost[name] = echo.answers(finish())

    def benchmarks(self, runs: list[IperfRun], disturbed: str = "") -> list[Benchmark]:
        """`network.latency` and `network.latency-loaded`; `disturbed`: what else went on on this machine."""
        local = any(is_local(run) for run in runs)
        own = msgspec.structs.replace
        if self.problem:
            told = _from_tcp(self.target, runs, self.problem)
            return [own(each, verdict="loopback", confidence="none") for each in told] if local else told
        idle = _benchmark("network.latency", self.target, self.quiet, "ICMP echo while nothing else went on")
        filled = {name: times[len(times) // 2 :] for name, times in self.busy.items()}
        worst = max(filled, key=lambda name: _middle(filled[name]), default="")
        times = filled.get(worst, [])
        if len(times) < ENOUGH:
            return [idle]
        how = f"ICMP echo beside the second half of TCP ({worst.removeprefix('network.')})"
        loaded = _benchmark("network.latency-loaded", self.target, times, how)
        lost = {f"lost_{name.removeprefix('network.')}": number for name, number in self.lost.items()}
        if local:
            return [own(each, verdict="loopback", confidence="none") for each in (idle, loaded)]
        judged = _judged(loaded, median(self.quiet), median(times), lost)
        if disturbed and judged.verdict == "bufferbloat":
            doubt = f"{judged.reason}, but {disturbed} meanwhile"
            doubted = msgspec.structs.replace(judged, verdict="inconclusive", confidence="none", reason=doubt)
            return [idle, doubted]
        if judged.verdict == "short-queue" and any(run.congestion.startswith("bbr") for run in runs):
            limits = [*judged.limits, "what another sender fills: bbr, which sent here, keeps queues short"]
            judged = msgspec.structs.replace(judged, limits=limits)
        return [idle, judged]


def _middle(times: list[float]) -> float:
    return median(times) if len(times) >= ENOUGH else -1.0


def _benchmark(name: str, target: str, times: list[float], how: str) -> Benchmark:
    distribution = spread([int(each * 1000) for each in times])
    middle = median(times)
    return Benchmark(
        id=name, target=target, engine="embedded", unit="us", value=middle,
        interval=(min(middle, distribution["p10"]), max(middle, distribution["p90"])),
        samples=[Round(middle, percentiles=distribution)],
        confidence="medium" if len(times) >= ENOUGH else "low",
        reason=f"{len(times)} round trips, half of them under {_time(middle)}",
        limits=LIMITS, details={"method": how, "echoes": len(times),
                                **{f"{key}_us": value for key, value in distribution.items()}},
        command=[how],
    )  # fmt: skip


def _judged(
    loaded: Benchmark, idle_us: float, loaded_us: float, more: dict[str, int] | None = None
) -> Benchmark:
    added = max(0.0, loaded_us - idle_us)
    bloated = added > BLOATED_US
    reason = f"a round trip takes {_time(idle_us)} when idle and {_time(loaded_us)} under load"
    if bloated:
        reason += ": a long queue fills up in between (bufferbloat)"
    return msgspec.structs.replace(
        loaded,
        verdict="bufferbloat" if bloated else "short-queue",
        reason=reason,
        details={**loaded.details, "idle_us": idle_us, "added_us": added, **(more or {})},
    )


def _from_tcp(target: str, runs: list[IperfRun], problem: str) -> list[Benchmark]:
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
    lowest = change(pair[0], reason=f"the lowest round trip took {_time(sent.min_rtt_us)} ({how})")
    return [lowest, _judged(pair[1], sent.min_rtt_us, sent.mean_rtt_us)]


def _time(us: float) -> str:

    return f"{us:.0f} µs" if us < 1000 else f"{us / 1000:.1f} ms"
