"""From what was recorded of the CPUs to benchmarks: stolen time, gaps, and speed."""

from vaudit.bench.borders import Borders
from vaudit.bench.cpu.judge.clock import clock
from vaudit.bench.cpu.judge.gaps import gaps
from vaudit.bench.cpu.judge.scaling import scaling
from vaudit.bench.cpu.judge.steal import steal
from vaudit.bench.cpu.recording import Advertised, Recording, Speed
from vaudit.bench.figures import ENOUGH_ROUNDS, figure
from vaudit.bench.series import keyed
from vaudit.model.benchmark import Benchmark


def judge(recording: Recording, borders: Borders) -> list[Benchmark]:
    """Everything that was measured, as benchmarks. Where a disk or network alone was asked for, and nothing
    of it could be measured, there was nothing during which time could have been stolen."""
    found = [steal(recording.stretches, borders)] if recording != Recording() else []
    found += [gaps(recording.gaps, borders)] if recording.gaps else []
    found += [clock(recording.clock, borders)] if recording.clock and recording.clock.ns else []
    together = scaling(recording.speeds, recording.gaps, borders)
    found += [_failed(name, reason) for name, reason in recording.problems.items()]
    found += [speed(each, recording.advertised) for each in recording.speeds]
    return keyed([*found, together] if together else found)


def _failed(name: str, reason: str) -> Benchmark:
    return Benchmark(name, "all vCPUs", "vaudit", "", status="error", reason=reason)


def _sold(advertised: Advertised | None) -> dict[str, float | None]:
    if advertised is None:
        return {}
    return {
        "advertised_mhz": advertised.mhz,
        "l1_data_bytes": advertised.l1_data,
        "l2_bytes": advertised.l2,
        "l3_bytes": advertised.l3,
    }


_NAMES = {"sha256": "SHA-256", "sha512": "SHA-512"}


def _same_as(made: Speed) -> str | None:
    """The public program whose figure can be held against this one; None where not the same code hashes."""
    if made.library != "OpenSSL":
        return None
    several = f" -multi {made.threads}" if made.threads > 1 else ""
    return f"openssl speed -elapsed -evp {made.algorithm} -bytes 1048576{several}"


def speed(made: Speed, advertised: Advertised | None = None) -> Benchmark:
    """A figure of speed, beside what the processor is sold as; told if fewer threads ran than were wanted."""
    limits = ["speed at anything but hashing"]
    if made.algorithm == "sha256":
        limits[0] += "; processors with SHA instructions look several times faster"
    target = "one vCPU" if made.wanted == 1 else f"{made.wanted} vCPUs"
    if made.threads < made.wanted:
        target = f"{made.threads} of {made.wanted} vCPUs"
        ran = f"{made.threads} thread{'s' * (made.threads > 1)}"
        limits.append(f"all vCPUs together: no more than {ran} could run, as a limit on processes is reached")
    base = Benchmark(
        id=made.name,
        target=target,
        engine="embedded",
        unit="B/s",
        limits=limits,
        details={
            "threads": made.threads,
            "mhz": made.mhz,
            "clocksource": made.clocksource,
            "library": made.library or None,
            "same_as": _same_as(made),
            **_sold(advertised),
        },
        command=[f"{_NAMES.get(made.algorithm, made.algorithm)} over 1 MiB pieces"],
        seconds=sum(each.seconds for each in made.rounds),
    )
    enough = min(ENOUGH_ROUNDS, len(made.rounds))
    return figure(base, made.rounds, made.seen, made.threads, enough)
