"""The figures of a disk: each job's, the first write's, and fio's beside them."""

from statistics import median

from vaudit.bench.borders import Borders
from vaudit.bench.disk.judge.classify import clean, context
from vaudit.bench.disk.recording import QD32, READ, WRITE, WRITE32, Fill, FioRound, Job, Latencies, Recording
from vaudit.bench.stats import widened
from vaudit.bench.units import BLOCK
from vaudit.model.benchmark import Benchmark, Confidence, Details, Round
from vaudit.words import many, were

ENOUGH_ROUNDS = 3
"""Rounds that count, for a figure that can be trusted."""
STEADY = 1.5
"""Highest over lowest round of a figure that can be trusted fully."""
ENOUGH_FLUSHES = 100
"""Below so many the slowest of all stands where the 99th percentile would."""
_FILL = "first write of fresh random data, flush included"
_CHECK = "cross-check of the embedded engine"


def _device(recording: Recording) -> str | None:
    return recording.where.device.name if recording.where.device else None


def first_write(recording: Recording, filled: Fill) -> Benchmark:
    """The benchmark `disk.fill`."""
    one = filled.round
    return Benchmark(
        id="disk.fill",
        target=recording.where.target,
        engine="embedded",
        unit="B/s",
        value=one.value,
        interval=widened([one.value]),
        samples=[one],
        confidence="none" if one.disturbed else "low",
        reason=one.disturbed or _FILL,
        details={"bytes": filled.bytes},
        device=_device(recording),
        command=[f"write {filled.bytes} bytes in 1 MiB blocks, 8 at once"],
        seconds=one.seconds,
    )


def figure(recording: Recording, job: Job, borders: Borders) -> Benchmark:
    """The benchmark of one job over all its rounds, those in search of a burst's end included."""
    held = {
        QD32: recording.hold,
        READ: recording.hold_read,
        WRITE32: recording.hold_write,
        WRITE: recording.hold_written,
    }
    rounds = recording.rounds[job.id] + held.get(job.id, [])
    counted = clean(rounds)
    values = [each.value for each in counted or rounds]
    latencies = recording.latencies.get(job.id, Latencies(0, {}))
    word, reason = _word(recording, job, len(counted), latencies, borders)
    disturbed = len(rounds) - len(counted)
    of = f"{disturbed} of {many(len(rounds), 'round')}"
    return Benchmark(
        id=job.id,
        target=recording.where.target,
        engine="embedded",
        unit="iops" if job.block == BLOCK else "B/s",
        value=median(values),
        interval=widened(values),
        samples=rounds,
        verdict=word,
        confidence=_confidence(rounds, values),
        reason=reason or (f"{of} {were(disturbed)} disturbed" if disturbed else ""),
        details=named(latencies.us) | _waits(recording, job.id),
        device=_device(recording),
        command=[f"{job.kind} {job.block} bytes, {job.depth} at once, O_DIRECT, {job.seconds} s a round"],
        seconds=sum(each.seconds for each in rounds),
    )


def _waits(recording: Recording, name: str) -> Details:
    """The slow requests of a job, in rounds that do not count as well."""
    found = recording.waits.get(name)
    if found is None:
        return {}
    return {
        "over_100ms": found.over_100ms, "over_1s": found.over_1s, "longest_us": found.longest_us,
    }  # fmt: skip


def named(us: dict[str, float]) -> Details:
    """Latencies as a benchmark's details: `p99` becomes `p99_us`."""
    return {f"{name}_us": number for name, number in us.items()}


def _word(
    recording: Recording, job: Job, counted: int, latencies: Latencies, borders: Borders
) -> tuple[str, str]:
    """(word, reason) of a job's own: of flushes, and where the probe was at its ceiling."""
    if job.kind == "sync":
        return judge_sync(latencies, counted, borders)
    if job.id == QD32 and context(recording).probe_limited:
        return "at-least", "the probe itself used up a CPU: the disk may serve more at once"
    return "", ""


def _confidence(rounds: list[Round], values: list[float]) -> Confidence:
    """How far a figure can be trusted: by the rounds that count and how far they lie apart."""
    counted = len(clean(rounds))
    if counted < ENOUGH_ROUNDS:
        return "low" if counted else "none"
    return "high" if counted == len(rounds) and max(values) < STEADY * min(values) else "medium"


def judge_sync(latencies: Latencies, rounds: int, borders: Borders) -> tuple[str, str]:
    """(word, reason) for flushed writes; `inconclusive` with fewer than 2 undisturbed rounds."""
    if rounds < 2 or "p99" not in latencies.us:
        return "inconclusive", "too few undisturbed rounds to judge flushes"
    p99, count = latencies.us["p99"], latencies.count
    which = "99 % of flushed writes"
    if count < ENOUGH_FLUSHES:
        which = f"all but the slowest of {count} flushed writes"
    said, wanted = f"{which} end within {p99 / 1000:.2g} ms", f"{borders.fdatasync_p99 / 1000:g} ms or less"
    if p99 > borders.fdatasync_slow:
        return "sync-very-slow", f"{said}; databases want {wanted}"
    if p99 > borders.fdatasync_p99:
        return "sync-slow", f"{said}; databases want {wanted}"
    return "sync-ok", f"{said}, as databases want it ({wanted})"


def checked(recording: Recording, job: Job, check: FioRound) -> Benchmark:
    """fio's benchmark of a job, with how far it lies outside of what our own rounds span (`apart`)."""
    one, times = check.round, apart(recording, job, check)
    said = one.disturbed or _CHECK
    if times is not None:
        lies = f"{times:.2f} times outside of" if times > 1 else "within"
        said = f"fio lies {lies} what the rounds of the embedded engine span"
    return Benchmark(
        id=job.id,
        target=recording.where.target,
        engine="fio",
        unit="iops" if job.block == BLOCK else "B/s",
        value=one.value,
        interval=widened([one.value]),
        samples=[one],
        confidence="none" if one.disturbed else "low",
        reason=said,
        details={**named(one.percentiles), "apart": times},
        device=_device(recording),
        command=check.command,
        version=check.version,
        seconds=check.seconds,
        evidence=check.evidence,
    )


def apart(recording: Recording, job: Job, check: FioRound) -> float | None:
    """How many times fio lies outside of what our own rounds span; 1.0 within; None where the two cannot be
    compared: too few rounds count, or our own probe was at its ceiling, which is told elsewhere."""
    ours, value = [each.value for each in clean(recording.rounds.get(job.id, []))], check.round.value
    ceiling = context(recording).probe_limited and job.depth > 1 and value > max(ours, default=0)
    if len(ours) < 2 or value <= 0 or check.round.disturbed or ceiling:
        return None
    return max(1.0, value / max(ours), min(ours) / value)
