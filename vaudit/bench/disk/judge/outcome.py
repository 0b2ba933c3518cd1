"""From a finished disk session to benchmarks: figures, the judgement of flushes, and the verdict."""

from statistics import median
from typing import Literal

import msgspec

from vaudit.bench.disk import engine
from vaudit.bench.disk.judge.classify import Verdict, classify, clean
from vaudit.bench.disk.place import MIB, SMALLEST
from vaudit.bench.disk.session import Session
from vaudit.bench.plan import Job, Plan
from vaudit.bench.stats import spread, widened
from vaudit.model.benchmark import Benchmark, Round

LIMITS = [
    "a burst allowance that lasts longer than this test",
    "whether a flush really reaches stable storage: that cannot be told from inside a guest",
    "a cache of the host that is larger than the test file",
    "slow first reads of a volume that is restored from a snapshot",
]


def failure(plan: Plan, reason: str) -> Benchmark:
    """The one entry that stands for a disk that could not be measured."""
    return Benchmark(
        id="disk.verdict",
        target=plan.folder,
        engine="vaudit",
        unit="",
        status="skipped" if plan.place.refusal else "error",
        reason=reason,
        device=plan.place.device.name if plan.place.device else None,
    )


def results(session: Session, problem: str, seconds: float) -> list[Benchmark]:
    """Everything that was measured as benchmarks; the verdict comes last."""
    found = [session.filled] if session.filled else []
    found += [_benchmark(session, job) for job in session.plan.jobs if session.rounds[job.id]]
    found += [_compared(session, job) for job in session.plan.jobs if job.id in session.checks]
    found += [each for each in (session.small, session.old) if each]
    verdict = classify(session.series(), session.context())
    return [*found, _conclude(session, verdict, problem, seconds)]


def _benchmark(session: Session, job: Job) -> Benchmark:
    held = {"disk.randread-qd32": session.hold, "disk.read": session.hold_read}
    rounds = session.rounds[job.id] + held.get(job.id, [])
    counted = clean(rounds)
    values = [each.value for each in counted or rounds]
    distribution = spread(session.latencies[job.id])
    disturbed = len(rounds) - len(counted)
    word, reason = (
        judge_sync(distribution, len(counted), len(session.latencies[job.id]))
        if job.kind == "sync"
        else ("", "")
    )
    if job.id == "disk.randread-qd32" and session.context().probe_limited:
        word, reason = "at-least", "the probe itself used up a CPU: the disk may serve more at once"
    return Benchmark(
        id=job.id, target=session.plan.folder, engine="embedded",
        unit="iops" if job.block == engine.BLOCK else "B/s",
        value=median(values), interval=widened(values), samples=rounds, verdict=word,
        confidence=_confidence(rounds, values),
        reason=reason or (f"{disturbed} of {len(rounds)} rounds were disturbed" if disturbed else ""),
        details={f"{name}_us": number for name, number in distribution.items()},
        device=session.device,
        command=[f"{job.kind} {job.block} bytes, {job.depth} at once, O_DIRECT, {job.seconds} s a round"],
        seconds=sum(each.seconds for each in rounds),
    )  # fmt: skip


def _confidence(rounds: list[Round], values: list[float]) -> Literal["high", "medium", "low", "none"]:
    """How far a figure can be trusted: by the rounds that count and how far they lie apart."""
    counted = len(clean(rounds))
    if counted < 3:
        return "low" if counted else "none"
    steady = counted == len(rounds) and max(values) < 1.5 * min(values)
    return "high" if steady else "medium"


ETCD_GOOD_US = 10_000.0
"""etcd's documentation: the 99th percentile of fdatasync should be under 10 ms (etcd.io, hardware, disks)."""
ETCD_BACKEND_US = 25_000.0
"""etcd's documentation, metrics: the 99th percentile of a backend commit should be under 25 ms."""


def judge_sync(distribution: dict[str, float], rounds: int, count: int = 1000) -> tuple[str, str]:
    """(word, reason) for `count` flushed writes; `inconclusive` with fewer than 2 undisturbed rounds."""
    if rounds < 2 or "p99" not in distribution:
        return "inconclusive", "too few undisturbed rounds to judge flushes"
    p99 = distribution["p99"]
    which = "99 % of flushed writes" if count >= 100 else f"all but the slowest of {count} flushed writes"
    said = f"{which} end within {p99 / 1000:.2g} ms"
    if p99 > ETCD_BACKEND_US:
        return "sync-very-slow", f"{said}; databases want 10 ms or less"
    if p99 > ETCD_GOOD_US:
        return "sync-slow", f"{said}; databases want 10 ms or less"
    return "sync-ok", f"{said}, as databases want it (10 ms or less)"


def _conclude(session: Session, verdict: Verdict, problem: str, seconds: float) -> Benchmark:
    everything = [each for rounds in session.rounds.values() for each in rounds]
    everything += session.hold + session.hold_read
    reason, confidence = verdict.reason, verdict.confidence
    disagreement = _disagreement(session)
    if disagreement and verdict.word != "inconclusive":
        reason, confidence = f"{reason}; {disagreement}", "medium" if confidence == "high" else confidence
    if session.size < SMALLEST and verdict.word != "inconclusive":
        small = f"the test file grew to {session.size // MIB} MiB only, which any cache holds"
        reason, confidence = f"{reason}; but {small}", "low"
    if session.old and session.old.verdict == "old-blocks-slow" and verdict.word != "inconclusive":
        reason, confidence = f"{reason}; but {session.old.reason}", "low"
    if session.small and session.small.verdict == "cache-beneath" and verdict.word != "inconclusive":
        reason, confidence = f"{reason}; but {session.small.reason}", "low"
    return Benchmark(
        id="disk.verdict",
        target=session.plan.folder,
        engine="vaudit",
        unit="",
        status="error" if problem else "ok",
        verdict="" if problem else verdict.word,
        confidence="none" if problem else confidence,
        reason=problem or reason,
        limits=_limits(session),
        details={
            "cap_iops": verdict.cap_iops,
            "cap_bytes_per_second": verdict.cap_bytes,
            "mean_us": verdict.mean_us,
            "ratio": verdict.ratio,
            "rounds": len(everything),
            "disturbed": sum(bool(each.disturbed) for each in everything),
            "file_bytes": session.size,
            "written_bytes": session.written,
            "read_bytes": session.read,
            "reached_device": session.reached / session.asked if session.watched and session.asked else None,
        },
        device=session.device,
        seconds=seconds,
    )


def _limits(session: Session) -> list[str]:
    limits = list(LIMITS)
    if session.plan.place.raw:
        limits[1:2] = ["writes: a raw device is only read", "blocks that were never written: a thin volume "
                       "answers for them without reading anything"]  # fmt: skip
    if session.context().probe_limited:
        limits.append("how many reads at once the disk could serve: the probe itself used up a CPU")
    if session.watched is None:
        limits.append("what others did to the same disk meanwhile: no single disk lies beneath this folder")
    elif session.reached < 0.9 * session.asked:
        share = 1 - session.reached / session.asked
        limits.insert(0, f"the device: a cache of this machine answered {share:.0%} of the reads")
    if session.check_errors:
        limits.append(f"whether fio agrees: {next(iter(session.check_errors.values()))}")
    elif not session.plan.fio.path:
        limits.append(f"whether fio agrees: {session.plan.fio.missing}")
    return limits


APART = 1.25
"""Times by which fio may lie outside of what our own rounds span (checks/thresholds.toml: engines_apart)."""


def _compared(session: Session, job: Job) -> Benchmark:
    """fio's benchmark of a job with `apart`: how many times it lies outside of what our own rounds span (1.0:
    within); None where the two cannot be compared."""
    made, ours = session.checks[job.id], [each.value for each in clean(session.rounds[job.id])]
    value, said, apart = made.value or 0.0, made.reason, None
    ceiling = session.context().probe_limited and job.depth > 1 and value > max(ours, default=0)
    if len(ours) > 1 and value > 0 and clean(made.samples) and not ceiling:  # ours, told in the limits
        apart = max(1.0, value / max(ours), min(ours) / value)
    if apart is not None:
        said = f"{apart:.2f} times outside of" if apart > 1 else "within"
        said = f"fio lies {said} what the rounds of the embedded engine span"
    return msgspec.structs.replace(made, reason=said, details={**made.details, "apart": apart})


def _disagreement(session: Session) -> str:
    """What fio sees clearly different of the jobs that decide; empty when it agrees."""
    for job in session.plan.jobs:
        if job.id not in session.checks or job.kind != "read" or job.block != engine.BLOCK:
            continue
        apart = _compared(session, job).details["apart"]
        if isinstance(apart, float) and apart > APART:
            ours = median(each.value for each in clean(session.rounds[job.id]))
            value = session.checks[job.id].value or 0.0
            return f"fio disagrees on {job.id}: {value / ours:.2f} times our figure"
    return ""
