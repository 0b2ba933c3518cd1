"""From a disk's recording to benchmarks: its figures, and the verdict over all of them."""

from statistics import median

from vaudit.bench.borders import Borders
from vaudit.bench.disk.judge import again
from vaudit.bench.disk.judge.classify import DiskClass, classify, clean, context
from vaudit.bench.disk.judge.figures import apart, checked, figure, first_write
from vaudit.bench.disk.recording import SMALLEST, Recording
from vaudit.bench.series import keyed, on_disk
from vaudit.bench.units import BLOCK, MIB
from vaudit.model.benchmark import Benchmark, Confidence

LIMITS = [
    "a burst allowance that lasts longer than this test",
    "whether a flush really reaches stable storage: that cannot be told from inside a guest",
    "a cache of the host that is larger than the test file",
    "slow first reads of a volume that is restored from a snapshot",
]
RAW_LIMITS = [
    "writes: a raw device is only read",
    "blocks that were never written: a thin volume answers for them without reading anything",
]
"""Instead of the second of LIMITS where nothing was written."""
REACHED = 0.9
"""Share of the reads that must have reached the device; a few are answered from what this machine holds."""


def judge(kept: Recording, borders: Borders) -> list[Benchmark]:
    """Everything that was measured, as benchmarks; the verdict comes last."""
    where = on_disk(kept.where.device.name if kept.where.device else None, kept.where.mount)
    if not kept.size:
        return keyed([_failure(kept)], where)
    verdict = classify(kept, borders)
    small, old = again.small_set(kept, borders), again.old_blocks(kept, verdict.mean_us, borders)
    found = [first_write(kept, kept.filled)] if kept.filled else []
    found += [figure(kept, job, borders) for job in kept.jobs if kept.rounds.get(job.id)]
    found += [checked(kept, job, kept.checks[job.id]) for job in kept.jobs if job.id in kept.checks]
    doubts = [each for each in (small, old) if each]
    return keyed([*found, *doubts, _conclude(kept, verdict, doubts, borders)], where)


def _failure(kept: Recording) -> Benchmark:
    """The one entry that stands for a disk that could not be measured."""
    return Benchmark(
        id="disk.verdict",
        target=kept.where.target,
        engine="vaudit",
        unit="",
        status="skipped" if kept.refusal else "error",
        reason=kept.refusal or kept.problem,
        device=kept.where.device.name if kept.where.device else None,
        seconds=kept.seconds,
    )


def _conclude(kept: Recording, verdict: DiskClass, doubts: list[Benchmark], borders: Borders) -> Benchmark:
    everything = kept.everything
    reason, confidence = _doubted(kept, verdict, doubts, borders)
    return Benchmark(
        id="disk.verdict",
        target=kept.where.target,
        engine="vaudit",
        unit="",
        status="error" if kept.problem else "ok",
        verdict="" if kept.problem else verdict.word,
        confidence="none" if kept.problem else confidence,
        reason=kept.problem or reason,
        limits=_limits(kept),
        details={
            "cap_iops": verdict.cap_iops,
            "cap_bytes_per_second": verdict.cap_bytes,
            "mean_us": verdict.mean_us,
            "ratio": verdict.ratio,
            "rounds": len(everything),
            "disturbed": sum(bool(each.disturbed) for each in everything),
            "file_bytes": kept.size,
            "written_bytes": kept.written,
            "read_bytes": kept.read,
            "reached_device": kept.reached / kept.asked if kept.where.watched and kept.asked else None,
            "border_memory_us": borders.memory_us,
            "border_flash_us": borders.flash_us,
            "border_network_us": borders.network_us,
        },
        device=kept.where.device.name if kept.where.device else None,
        seconds=kept.seconds,
    )


def _doubted(
    kept: Recording, verdict: DiskClass, doubts: list[Benchmark], borders: Borders
) -> tuple[str, Confidence]:
    """(reason, confidence) of a class, with all that speaks against it."""
    reason, confidence = verdict.reason, verdict.confidence
    if verdict.word == "inconclusive":
        return reason, confidence
    disagreement = _disagreement(kept, borders)
    if disagreement:
        reason, confidence = f"{reason}; {disagreement}", "medium" if confidence == "high" else confidence
    if kept.size < SMALLEST:
        small = f"the test file grew to {kept.size // MIB} MiB only, which any cache holds"
        reason, confidence = f"{reason}; but {small}", "low"
    for each in reversed(doubts):
        if each.verdict in again.DOUBT:
            reason, confidence = f"{reason}; but {each.reason}", "low"
    return reason, confidence


def _limits(kept: Recording) -> list[str]:
    limits = list(LIMITS)
    if kept.where.raw:
        limits[1:2] = RAW_LIMITS
    if context(kept).probe_limited:
        limits.append("how many reads at once the disk could serve: the probe itself used up a CPU")
    if not kept.where.watched:
        limits.append("what others did to the same disk meanwhile: no single disk lies beneath this folder")
    elif kept.reached < REACHED * kept.asked:
        share = 1 - kept.reached / kept.asked
        limits.insert(0, f"the device: a cache of this machine answered {share:.0%} of the reads")
    if kept.check_errors:
        limits.append(f"whether fio agrees: {next(iter(kept.check_errors.values()))}")
    elif kept.fio_missing:
        limits.append(f"whether fio agrees: {kept.fio_missing}")
    return limits


def _disagreement(kept: Recording, borders: Borders) -> str:
    """What fio sees clearly different of the jobs that decide; empty when it agrees."""
    for job in kept.jobs:
        if job.kind != "read" or job.block != BLOCK or job.id not in kept.checks:
            continue
        times = apart(kept, job, kept.checks[job.id])
        if times is not None and times > borders.engines_apart:
            ratio = kept.checks[job.id].round.value / median(
                each.value for each in clean(kept.rounds[job.id])
            )
            return f"fio disagrees on {job.id}: {ratio:.2f} times our figure"
    return ""
