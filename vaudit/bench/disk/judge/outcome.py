"""From a disk's recording to benchmarks: its figures, and the verdict over all of them."""

from statistics import median

import msgspec

from vaudit.bench.borders import Borders
from vaudit.bench.disk.judge import again, light, mixed
from vaudit.bench.disk.judge.classify import DiskClass, clean, context
from vaudit.bench.disk.judge.conclude import classify
from vaudit.bench.disk.judge.figures import apart, checked, figure, first_write
from vaudit.bench.disk.recording import SMALLEST, Recording
from vaudit.bench.series import keyed, on_disk
from vaudit.bench.units import BLOCK, IO_ERROR, MIB, SILENT
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
_FAST = ("local-flash", "memory-speed", "network-block")
"""What a cache may look like."""
_HELD = ("capped", "burst-bucket")
BUFFERED = (
    "this file system refuses direct I/O: reads and writes went through this machine's cache, which was "
    "flushed after writes and emptied before reads, so the figures are this file system's and judge no disk"
)
WINE = "this is Wine, which hands requests on to the system beneath it: no figure is a disk's, or Windows's"
REACHED = 0.9
"""Share of the reads that must have reached the device; a few are answered from what this machine holds."""


def judge(recording: Recording, borders: Borders) -> list[Benchmark]:
    """Everything that was measured, as benchmarks; the verdict comes last."""
    where = on_disk(recording.where.device.name if recording.where.device else None, recording.where.mount)
    if recording.mode == "light" and not recording.refusal:
        return keyed(_lightly(recording, borders), f"{where} lightly".strip())
    if not recording.size:
        return keyed([_failure(recording)], where)
    verdict = classify(recording, borders)
    if recording.where.buffered:
        verdict = msgspec.structs.replace(verdict, word="inconclusive", confidence="none", reason=BUFFERED)
    if recording.where.system == "wine":
        verdict = msgspec.structs.replace(verdict, word="inconclusive", confidence="none", reason=WINE)
    small, old = again.small_set(recording, borders), again.old_blocks(recording, verdict.mean_us, borders)
    found = [first_write(recording, recording.filled)] if recording.filled else []
    found += [figure(recording, job, borders) for job in recording.jobs if recording.rounds.get(job.id)]
    found += [
        checked(recording, job, recording.checks[job.id])
        for job in recording.jobs
        if job.id in recording.checks
    ]
    found += mixed.table(recording)
    doubts = [each for each in (small, old) if each]
    if recording.where.buffered:
        found, doubts = [_buffered(each) for each in found], [_buffered(each) for each in doubts]
    found, doubts = ([_on(recording, each) for each in some] for some in (found, doubts))
    return keyed([*found, *doubts, _conclude(recording, verdict, doubts, borders)], where)


def _lightly(recording: Recording, borders: Borders) -> list[Benchmark]:
    """What a light look told; where it ended early, why."""
    found = light.figures(recording, borders)
    if recording.where.buffered:
        found = [_buffered(each) for each in found]
    found = [_on(recording, each) for each in found]
    return [*found, _failure(recording)] if recording.problem else found


def _buffered(measured: Benchmark) -> Benchmark:
    """A figure by its right name: it is compared with none that was measured past the cache."""
    if measured.engine != "embedded":
        return measured
    command = [word.replace("O_DIRECT", "through the cache, flushed") for word in measured.command]
    sure: Confidence = "none" if measured.confidence == "none" else "low"
    return msgspec.structs.replace(measured, engine="buffered", confidence=sure, command=command)


def _on(recording: Recording, measured: Benchmark) -> Benchmark:
    """A figure in the words of the system that it is from; one that Wine gave is none."""
    if not recording.where.system:
        return measured
    command = [word.replace("O_DIRECT", "FILE_FLAG_NO_BUFFERING") for word in measured.command]
    if recording.where.system == "wine":
        measured = msgspec.structs.replace(measured, confidence="none", verdict="", reason=WINE)
    return msgspec.structs.replace(measured, command=command)


def _failure(recording: Recording) -> Benchmark:
    """The one entry that stands for a disk that could not be measured."""
    return Benchmark(
        id="disk.verdict",
        target=recording.where.target,
        engine="vaudit",
        unit="",
        status="skipped" if recording.refusal else "error",
        reason=recording.refusal or recording.problem,
        details={"failure": failure(recording.problem)} if recording.problem else {},
        device=recording.where.device.name if recording.where.device else None,
        seconds=recording.seconds,
    )


def _conclude(
    recording: Recording, verdict: DiskClass, doubts: list[Benchmark], borders: Borders
) -> Benchmark:
    everything = recording.everything
    reason, confidence = _doubted(recording, verdict, doubts, borders)
    return Benchmark(
        id="disk.verdict",
        target=recording.where.target,
        engine="vaudit",
        unit="",
        status="error" if recording.problem else "ok",
        verdict="" if recording.problem else verdict.word,
        confidence="none" if recording.problem else confidence,
        reason=recording.problem or reason,
        limits=_limits(recording),
        details={
            "cap_iops": verdict.cap_iops,
            "cap_bytes_per_second": verdict.cap_bytes,
            "cap_write_iops": verdict.cap_write_iops,
            "cap_write_bytes_per_second": verdict.cap_write_bytes,
            "but": verdict.but or None,
            **_slow(recording),
            "failure": failure(recording.problem),
            "mean_us": verdict.mean_us,
            "ratio": verdict.ratio,
            "rounds": len(everything),
            "disturbed": sum(bool(each.disturbed) for each in everything),
            "file_bytes": recording.size,
            "written_bytes": recording.written,
            "read_bytes": recording.read,
            "reached_device": recording.reached / recording.asked
            if recording.where.watched and recording.asked
            else None,
            "border_memory_us": borders.memory_us,
            "border_flash_us": borders.flash_us,
            "border_network_us": borders.network_us,
        },
        device=recording.where.device.name if recording.where.device else None,
        seconds=recording.seconds,
    )


def _slow(recording: Recording) -> dict[str, float | int | str | bool | None]:
    """The slow requests of all jobs together."""
    found = list(recording.waits.values())
    if not found:
        return {"over_100ms": None, "over_1s": None, "longest_us": None}
    return {
        "over_100ms": sum(each.over_100ms for each in found),
        "over_1s": sum(each.over_1s for each in found),
        "longest_us": max(each.longest_us for each in found),
    }


def failure(problem: str) -> str | None:
    """How the disk itself failed, if it did."""
    if IO_ERROR in problem:
        return "errors"
    return "silence" if SILENT in problem else None


def _doubted(
    recording: Recording, verdict: DiskClass, doubts: list[Benchmark], borders: Borders
) -> tuple[str, Confidence]:
    """(reason, confidence) of a class, with all that speaks against it."""
    reason, confidence = verdict.reason, verdict.confidence
    if verdict.word == "inconclusive":
        return reason, confidence
    disagreement = _disagreement(recording, borders)
    if disagreement:
        reason, confidence = f"{reason}; {disagreement}", "medium" if confidence == "high" else confidence
    if recording.size < SMALLEST and verdict.word in _FAST:
        small = f"the test file grew to {recording.size // MIB} MiB only, which any cache holds"
        reason, confidence = f"{reason}; but {small}", "low"
    for each in reversed(doubts):
        if each.verdict in again.DOUBT:
            kept = verdict.word in _HELD  # what a limit lets pass it lets pass of old blocks as well
            reason, confidence = f"{reason}; but {each.reason}", confidence if kept else "low"
    return reason, confidence


def _limits(recording: Recording) -> list[str]:
    limits = list(LIMITS)
    if recording.where.raw:
        limits[1:2] = RAW_LIMITS
    if context(recording).probe_limited:
        limits.append("how many reads at once the disk could serve: the probe itself used up a CPU")
    if recording.where.system:
        limits.append("what others did to the same disk meanwhile: Windows is not asked for it")
    elif not recording.where.watched:
        limits.append("what others did to the same disk meanwhile: no single disk lies beneath this folder")
    elif recording.reached < REACHED * recording.asked:
        share = 1 - recording.reached / recording.asked
        limits.insert(0, f"the device: a cache of this machine answered {share:.0%} of the reads")
    limits += [f"{what}: {why}" for what, why in recording.missed.items()]
    if recording.where.buffered:
        limits.append("whether a cache beneath this file system answered: only its own can be emptied")
    if recording.check_errors:
        limits.append(f"whether fio agrees: {next(iter(recording.check_errors.values()))}")
    elif recording.fio_missing:
        limits.append(f"whether fio agrees: {recording.fio_missing}")
    return limits


def _disagreement(recording: Recording, borders: Borders) -> str:
    """What fio sees clearly different of the jobs that decide; empty when it agrees."""
    for job in recording.jobs:
        if job.kind != "read" or job.block != BLOCK or job.id not in recording.checks:
            continue
        times = apart(recording, job, recording.checks[job.id])
        if times is not None and times > borders.engines_apart:
            ratio = recording.checks[job.id].round.value / median(
                each.value for each in clean(recording.rounds[job.id])
            )
            return f"fio disagrees on {job.id}: {ratio:.2f} times our figure"
    return ""
