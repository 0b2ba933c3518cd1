"""What one direction of TCP reached, in how many streams, and whether that was all."""

from msgspec.structs import replace

from vaudit.bench.network.judge.path import stood_still
from vaudit.bench.network.recording import Attempt, IperfRun, Recording
from vaudit.bench.stats import below, find_cliff, widened, within
from vaudit.model.benchmark import Benchmark, Confidence, Details
from vaudit.words import latency, many, rate, size

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
RISING = 1.15
"""Last third of a test over its first, from which on it was still rising."""
NEAR_TOP = 0.95
"""Of the highest second: where the last one has fallen below it, the rate swings and does not rise."""
BURST_INTERVAL = 0.08
"""Seconds that an interval of a burst lasts at least; they are of a tenth of a second."""
LONG_US = 20_000
"""Round trip from which on the path is told beside a rate, and one stream does not fill it within a test: at
20 ms the usual window of 3 MB (half of tcp_rmem's 6 MB, tcp(7)) holds a stream to 1.2 Gbit/s."""
WARM_UP_TRIPS = 14
"""Round trips that TCP takes to get up to speed: it doubles from 10 segments (RFC 6928) to 25 MB in 11 of
them."""


def best(recording: Recording, test: Attempt) -> Attempt:
    """Of the tests of one direction the one that reached most; a disturbed one only where all were."""
    tests = [_counted(each) for each in recording.tests(test.name) if each.run]
    return max(tests, key=lambda each: each.run.bits_per_second if each.run else 0.0, default=test)


def _is_burst(test: Attempt) -> bool:
    return "-n" in test.command


def _counted(test: Attempt) -> Attempt:
    """A burst by its fastest interval: its end lies somewhere in its last one, and its seconds run on until
    then."""
    if not _is_burst(test) or test.run is None:
        return test
    whole = [each.bits_per_second for each in test.run.intervals if each.seconds > BURST_INTERVAL]
    most = max([test.run.bits_per_second, *whole])
    return replace(test, run=replace(test.run, bits_per_second=most))


def stream(recording: Recording, first: Attempt, target: str, trip_us: float) -> Benchmark:
    """The rate in one direction; `trip_us`: the idle round trip, 0 where it is not known."""
    test = best(recording, first)
    run = test.run
    if run is None:
        return unmeasured(recording, first, target, "bit/s")
    samples = [test.round(each.bits_per_second, each.start, each.seconds) for each in run.intervals]
    values = [each.value for each in samples] or [run.bits_per_second]
    held = _held_down(recording, test, trip_us)
    return Benchmark(
        id=test.name,
        target=target,
        engine="iperf3",
        unit="bit/s",
        value=run.bits_per_second,
        interval=widened(values, run.bits_per_second),
        samples=samples,
        verdict=_word(test, run, held),
        confidence=_confidence(recording, test, run, held),
        reason=_reason(test, run, held, trip_us),
        limits=LIMITS,
        details=_details(run, trip_us),
        device=test.device,
        command=test.command,
        version=run.version,
        seconds=test.seconds,
        evidence=[test.source],
    )


def unmeasured(recording: Recording, test: Attempt, target: str, unit: str) -> Benchmark:
    """The entry for a test that gave no figure."""
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


def _word(test: Attempt, run: IperfRun, held: str) -> str:
    if run.is_local:
        return "loopback"
    if stood_still(test):
        return "nothing-arrived"
    return "at-least" if held or test.disturbed else ""


def _confidence(recording: Recording, test: Attempt, run: IperfRun, held: str) -> Confidence:
    if run.is_local or test.disturbed:
        return "none"
    rates = [each.bits_per_second for each in run.intervals]
    steady = len(rates) >= LEVEL_SECONDS and min(rates) > 0 and within(rates, LEVEL) and not held
    return "medium" if steady or recording.mode == "full" else "low"


def _held_down(recording: Recording, test: Attempt, trip_us: float) -> str:
    """Why the network may be faster than was found; empty where nothing speaks for that."""
    run = test.run
    if run is None or run.is_local or stood_still(test):
        return ""
    limit = 0 if _is_burst(test) else test.ceiling or recording.ceiling
    if 0 < limit * AT_CEILING < run.bits_per_second:
        return "the limit of this test's byte budget, the network may be faster"
    if _is_burst(test) and run.seconds * 1e6 < WARM_UP_TRIPS * trip_us:
        return "the bytes were sent before TCP had got up to speed, the network may be faster"
    if rising(run) and not test.disturbed and not _is_burst(test):
        last = rate(run.intervals[-1].bits_per_second, "bit/s")
        return f"the rate was still rising ({last} in the last second), the network may be faster"
    return ""


def rising(run: IperfRun) -> bool:
    """Whether the rate had not reached its level when the test ended."""
    rates = [each.bits_per_second for each in run.intervals if each.seconds > 0.5]
    third = len(rates) // 3
    if not third:
        return False
    first, last = sum(rates[:third]), sum(rates[-third:])
    return last > RISING * first and rates[-1] >= NEAR_TOP * max(rates)


def bucket(run: IperfRun) -> tuple[float, float] | None:
    """(before, after) in bits a second where a credit ended; None where the rate did not fall, or not to a
    level that it kept."""
    rates = [each.bits_per_second for each in run.intervals]
    cliff = find_cliff(rates)
    if cliff is None:
        return None
    low = below(rates, cliff)
    return cliff if len(low) >= LEVEL_SECONDS and within(low, LEVEL) else None


def _reason(test: Attempt, run: IperfRun, held: str, trip_us: float) -> str:
    arrived = f"{rate(run.bits_per_second, 'bit/s')} arrived" if run.bits_per_second else "nothing arrived"
    said = arrived + _path(run, trip_us)
    if run.is_local:
        return f"{said}, but the peer is this host itself: that measures the CPU and is not judged"
    if test.disturbed and not stood_still(test):
        said = f"{said} or more: {test.disturbed} meanwhile"
        return f"{said}; {held}" if held else said
    if held:
        return f"{said}: {held}"
    cliff = bucket(run)
    if cliff:
        before, after = (rate(each, "bit/s") for each in cliff)
        return f"{said}, but the rate fell from {before} to {after} and stayed low"
    if run.retransmits:
        return f"{said}; {many(run.retransmits, 'segment was', 'segments were')} sent again"
    return said


def _path(run: IperfRun, trip_us: float) -> str:
    """On a long path: in how many streams, what each of them reached, its round trip and window."""
    if trip_us < LONG_US and len(run.streams) < 2:
        return ""
    said = f" over a round trip of {latency(trip_us)}" if trip_us else ""
    window = _window(run)
    held = f", with a window of up to {size(window)}" if window else ""
    if len(run.streams) < 2:
        return f"{said}, in one stream{held}" if said else ""
    each = sorted(one.bits_per_second for one in run.streams)
    low, high = rate(each[0], "bit/s"), rate(each[-1], "bit/s")
    return f"{said} in {many(len(each), 'stream')} ({low} to {high} each{held})"


def _window(run: IperfRun) -> int | None:
    """Bytes that a stream had under way at most: what its sender dared, or its receiver allowed if less."""
    known = [min(one.window, one.peer_window or one.window) for one in run.streams if one.window]
    return max(known, default=None)


def _details(run: IperfRun, trip_us: float) -> Details:
    each = [one.bits_per_second for one in run.streams]
    return {
        "retransmits": run.retransmits,
        "min_rtt_us": run.min_rtt_us,
        "mean_rtt_us": run.mean_rtt_us,
        "congestion": run.congestion,
        "cpu_percent": run.cpu_here,
        "peer_cpu_percent": run.cpu_there,
        "cpu_seconds_per_gbit": _cost(run),
        "local_address_is_peer": run.is_local,
        "streams": len(each) or None,
        "slowest_stream_bits": min(each) if len(each) > 1 else None,
        "fastest_stream_bits": max(each) if len(each) > 1 else None,
        "window_bytes": _window(run),
        "idle_rtt_us": trip_us or None,
    }


def _cost(run: IperfRun) -> float | None:
    gigabits = run.bits_per_second * run.seconds / 1e9
    return run.cpu_here / 100 * run.seconds / gigabits if gigabits > 0 else None
