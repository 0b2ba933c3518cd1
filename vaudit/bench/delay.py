"""Round trips when the link is idle and when it is full: what a long queue in between costs (bufferbloat).

ICMP echoes run beside the TCP transfers. Where ICMP is not possible or not answered, what the sending kernel
saw of its own TCP connection takes its place (iperf3's min_rtt and mean_rtt): a lowest round trip instead of
an idle one, and only while sending. Which of the two was used is told.

The longest queues are those whose answers are still on their way when the transfer ends: such an echo counts
as one that took at least as long as it was waited for.
"""

import contextlib
from collections.abc import Iterator
from functools import partial
from statistics import median

import msgspec

from vaudit.bench import echo
from vaudit.bench.child import beside
from vaudit.bench.echo import Echo
from vaudit.bench.errors import BenchError, sentence
from vaudit.bench.iperf3 import IperfRun, is_local
from vaudit.bench.stats import spread, widened
from vaudit.model.benchmark import Benchmark, Round
from vaudit.words import latency

BLOATED_US = 100_000.0
"""CoDel takes 100 ms for a usual longest round trip (RFC 8289): a queue that adds as much doubles it."""
ENOUGH = 5
LIMITED = 0.2
"""Share of idle echoes without an answer above which the peer is taken to limit its answers."""
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
        self.busy: dict[str, list[Echo]] = {}
        """Those beside the second half of each transfer."""
        self.limited = False
        """The peer leaves echoes unanswered even when idle: there they say nothing of a queue."""
        self.problem = ""

    def idle(self, seconds: float) -> None:
        """Echo while nothing else goes on; if that fails, nothing more is echoed."""
        try:
            found = echo.ping_within(self.host, seconds, PATIENCE)
        except BenchError as error:
            self.problem = str(error)
            return
        except OSError as error:
            self.problem = sentence(error, "sending ICMP echoes")
            return
        self.quiet = [each.us for each in found if each.answered]
        if not self.quiet:
            self.problem = "the peer does not answer ICMP echo"
            return
        lost = [each for each in found if not each.answered and each.us > 2 * max(self.quiet)]
        self.limited = len(lost) > LIMITED * len(found)

    @contextlib.contextmanager
    def loaded(self, name: str, seconds: float) -> Iterator[None]:
        """Echo beside the transfer of so many seconds that is done in this context."""
        if self.problem:
            yield
            return
        with contextlib.ExitStack() as undo:
            finish = None
            with contextlib.suppress(BenchError, OSError):
                finish = undo.enter_context(beside(partial(echo.beside, self.host), 60.0))
            yield
            if finish is not None:
                with contextlib.suppress(BenchError, OSError):
                    self.busy[name] = second_half(echo.answers(finish()), seconds)

    def benchmarks(self, runs: list[IperfRun], disturbed: str = "") -> list[Benchmark]:
        """`network.latency` and `network.latency-loaded`; `disturbed`: what else went on on this machine."""
        local = any(is_local(run) for run in runs)
        own = msgspec.structs.replace
        if self.problem:
            told = _from_tcp(self.target, runs, self.problem)
            return [own(each, verdict="loopback", confidence="none") for each in told] if local else told
        idle = _benchmark("network.latency", self.target, self.quiet, "ICMP echo while nothing else went on")
        filled = {
            name: [each for each in found if each.answered or not self.limited]
            for name, found in self.busy.items()
        }
        worst = max(filled, key=lambda name: _middle(filled[name]), default="")
        echoes = filled.get(worst, [])
        if len(echoes) < ENOUGH:
            return [idle, _too_few(self.target, echoes)]
        how = f"ICMP echo beside the second half of TCP ({worst.removeprefix('network.')})"
        loaded = _benchmark("network.latency-loaded", self.target, [each.us for each in echoes], how)
        if local:
            return [own(each, verdict="loopback", confidence="none") for each in (idle, loaded)]
        judged = _judged(loaded, median(self.quiet), _middle(echoes), _at_least(echoes), self._unanswered())
        if disturbed and judged.verdict == "bufferbloat":
            doubt = f"{judged.reason}, but {disturbed} meanwhile"
            doubted = msgspec.structs.replace(judged, verdict="inconclusive", confidence="none", reason=doubt)
            return [idle, doubted]
        if judged.verdict == "short-queue" and any(run.congestion.startswith("bbr") for run in runs):
            limits = [*judged.limits, "what another sender fills: bbr, which sent here, keeps queues short"]
            judged = msgspec.structs.replace(judged, limits=limits)
        return [idle, judged]

    def _unanswered(self) -> dict[str, int]:
        return {
            f"unanswered_{name.removeprefix('network.')}": sum(not each.answered for each in found)
            for name, found in self.busy.items()
        }


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
    return Benchmark(
        id="network.latency-loaded", target=target, engine="embedded", unit="us",
        verdict="inconclusive", limits=LIMITS, command=["ICMP echo beside the second half of TCP"],
        reason=f"only {len(echoes)} echoes were sent or answered while the link was full: too few to tell",
    )  # fmt: skip


def _benchmark(name: str, target: str, times: list[float], how: str) -> Benchmark:
    distribution = spread([int(each * 1000) for each in times])
    middle = median(times)
    return Benchmark(
        id=name, target=target, engine="embedded", unit="us", value=middle,
        interval=(min(middle, distribution["p10"]), max(middle, distribution["p90"])),
        samples=[Round(middle, percentiles=distribution)],
        confidence="medium" if len(times) >= ENOUGH else "low",
        reason=f"{len(times)} round trips, half of them under {latency(middle)}",
        limits=LIMITS, details={"method": how, "echoes": len(times),
                                **{f"{key}_us": value for key, value in distribution.items()}},
        command=[how],
    )  # fmt: skip


def _judged(
    loaded: Benchmark,
    idle_us: float,
    loaded_us: float,
    at_least: bool = False,
    more: dict[str, int] | None = None,
) -> Benchmark:
    """`at_least`: some echoes were still without an answer after so long."""
    added = max(0.0, loaded_us - idle_us)
    bloated, least = added > BLOATED_US, "at least " if at_least else ""
    reason = f"a round trip takes {latency(idle_us)} when idle and {least}{latency(loaded_us)} under load"
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
    lowest = change(pair[0], reason=f"the lowest round trip took {latency(sent.min_rtt_us)} ({how})")
    return [lowest, _judged(pair[1], sent.min_rtt_us, sent.mean_rtt_us)]
