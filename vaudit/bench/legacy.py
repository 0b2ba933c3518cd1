"""What version 0.1.0 kept of a run: its conclusions, as one JSON list of benchmarks.

Of a disk it kept every round as well, so its recording can be put together again and judged anew. The rounds
in search of a burst's end lie behind those of depth 32 and of large reads; what the classifier knew besides
is told by the facts of the same record, and by what it then concluded. Of the network, the CPUs and the
memory too little was recorded: what was concluded is shown as it stands.
"""

import re

from vaudit.bench.disk.recording import (
    OLD_BLOCKS,
    QD1,
    QD32,
    READ,
    SMALL_SET,
    BlockDevice,
    Fill,
    FioRound,
    Job,
    Latencies,
    OldBlocks,
    Pass,
    Recording,
    Where,
    WorkingSet,
)
from vaudit.bench.series import keyed, on_disk
from vaudit.model.benchmark import Benchmark
from vaudit.model.facts import Block, Facts
from vaudit.words import many

MAX_BENCHMARKS = 200
"""A run of version 0.1.0 kept about 20."""


def read(data: bytes) -> tuple[list[Benchmark], list[str]]:
    """The benchmarks, and in words what of them is not understood here.

    Raises msgspec.MsgspecError or RecursionError where it is no list of benchmarks at all.
    """
    from vaudit.model.versions import tolerant

    found, notes = tolerant(data, list[Benchmark], "benchmarks")
    more = len(found) - MAX_BENCHMARKS
    said = many(more, "benchmark more was left out", "benchmarks more were left out")
    return found[:MAX_BENCHMARKS], [*notes, said] if more > 0 else notes


def split(found: list[Benchmark], facts: Facts) -> tuple[Recording | None, list[Benchmark]]:
    """The disk's recording, where it can be put together again, and all benchmarks but those it replaces."""
    disk = [each for each in found if each.id.startswith("disk.")]
    try:
        recording = _disk(disk, facts)
    except (ArithmeticError, LookupError, TypeError, ValueError):  # no vaudit wrote figures like these
        recording = None
    return recording, as_kept(
        [each for each in found if recording is None or each not in disk or _unmeasured(each)]
    )


def as_kept(found: list[Benchmark]) -> list[Benchmark]:
    """The benchmarks as they stand, with the keys of their series."""
    return [_keyed(each) for each in found]


def _unmeasured(each: Benchmark) -> bool:
    """Old blocks or a working set of which too little was read: that is told, nothing is there to judge."""
    return each.id in (OLD_BLOCKS, SMALL_SET) and not each.samples


def _keyed(each: Benchmark) -> Benchmark:
    area = each.id.partition(".")[0]
    where = {"disk": on_disk(each.device, ""), "network": each.target}.get(area, "")
    return keyed([each], where)[0]


def _disk(found: list[Benchmark], facts: Facts) -> Recording | None:
    """None where too little is known to judge as it was judged then."""
    ours = {each.id: each for each in found if each.engine in ("embedded", "vaudit")}
    verdict = ours.get("disk.verdict")
    if verdict is None or verdict.status != "ok" or not {QD1, QD32} <= ours.keys():
        return None
    where = _where(verdict, facts)
    jobs = {name: _job(each) for name, each in ours.items() if each.unit in ("iops", "B/s")}
    jobs.pop("disk.fill", None)
    if where is None or None in jobs.values():
        return None
    return _put_together(verdict, where, [job for job in jobs.values() if job], ours, found)


def _where(verdict: Benchmark, facts: Facts) -> Where | None:
    """None for a volume: which disk lay beneath was not kept."""
    watched = not any(limit.startswith("what others did to the same disk") for limit in verdict.limits)
    raw = any(limit.startswith("writes: a raw device") for limit in verdict.limits)
    if verdict.device is None:
        return Where(verdict.target, watched=watched, raw=raw)
    disk = next((each for each in facts.block if each.name == verdict.device.replace("/", "!")), None)
    if disk is None or disk.path == "software":
        return None
    under = "" if raw else _mount(verdict.target, disk)
    device = BlockDevice(verdict.device, verdict.device, disk.rotational, _queue_depth(verdict, disk))
    return Where(verdict.target, under, device, disk.path, raw, watched)


def _mount(target: str, disk: Block) -> str:
    above = [each for each in disk.mounts if target == each or target.startswith(each.rstrip("/") + "/")]
    return max(above, key=len, default="")


def _queue_depth(verdict: Benchmark, disk: Block) -> int | None:
    """1 where the verdict then rested on it, 2 where it can only rest on there being more; else not known."""
    if verdict.verdict == "emulated-no-queueing" or "takes one at a time" in verdict.reason:
        return 1
    return 2 if verdict.verdict == "capped" and disk.path == "emulated" else None


_JOB = re.compile(r"(read|write|sync) (\d+) bytes, (\d+) at once, O_DIRECT, ([\d.]+) s a round")
LONG_ROUND = 2.0
"""Seconds of a round in `full`."""


def _job(each: Benchmark) -> Job | None:
    match = _JOB.fullmatch(" ".join(each.command))
    if match is None:
        return None
    kind, block, depth, seconds = match.groups()
    return Job(each.id, kind, int(block), int(depth), float(seconds), 0)  # type: ignore[arg-type]


def _put_together(
    verdict: Benchmark, where: Where, jobs: list[Job], ours: dict[str, Benchmark], found: list[Benchmark]
) -> Recording:
    turns = len(ours[QD1].samples)  # each round of depth 32, or of large reads, followed one of depth 1
    told, share = verdict.details, verdict.details.get("reached_device")
    read = int(told.get("read_bytes") or 0)
    agrees = (limit.partition("whether fio agrees: ")[2] for limit in verdict.limits)
    limited = ours[QD32].verdict == "at-least"
    return Recording(
        where=where,
        mode="full" if any(job.seconds >= LONG_ROUND for job in jobs) else "quick",
        jobs=jobs,
        seconds=verdict.seconds,
        size=int(told.get("file_bytes") or 0),
        written=int(told.get("written_bytes") or 0),
        read=read,
        asked=read if isinstance(share, int | float) else 0,
        reached=round(share * read) if isinstance(share, int | float) else 0,
        filled=_fill(ours.get("disk.fill")),
        rounds={job.id: ours[job.id].samples[:turns] for job in jobs},
        latencies={job.id: _latencies(ours[job.id], turns) for job in jobs},
        hold=ours[QD32].samples[turns:],
        hold_read=ours[READ].samples[turns:] if READ in ours else [],
        own_cpu=[1.0] if limited else [],
        checks={each.id: _check(each) for each in found if each.engine == "fio" and each.samples},
        fio_missing=next((said for said in agrees if said), ""),
        small=_small(ours.get(SMALL_SET)),
        old=_old(ours.get(OLD_BLOCKS)),
    )


def _latencies(each: Benchmark, turns: int) -> Latencies:
    counted = [one for one in each.samples[:turns] if not one.disturbed]
    return Latencies(round(sum(one.value * one.seconds for one in counted)), _us(each))


def _us(each: Benchmark) -> dict[str, float]:
    known = {name.removesuffix("_us"): value for name, value in each.details.items() if name.endswith("_us")}
    return {name: float(value) for name, value in known.items() if isinstance(value, int | float)}


def _fill(each: Benchmark | None) -> Fill | None:
    return Fill(int(each.details.get("bytes") or 0), each.samples[0]) if each and each.samples else None


def _check(each: Benchmark) -> FioRound:
    return FioRound(each.samples[0], each.version or "", each.command, each.seconds, each.evidence)


def _small(each: Benchmark | None) -> WorkingSet | None:
    if each is None or len(each.samples) < 2:
        return None
    passes = [Pass(one.start, one.seconds, Latencies(_blocks(each), one.percentiles)) for one in each.samples]
    one = each.samples[0]
    return WorkingSet(passes[0], passes[1], one.disturbed, one.guards, each.seconds)


def _old(each: Benchmark | None) -> OldBlocks | None:
    if each is None or not each.samples:
        return None
    one, files = each.samples[0], re.search(r"of (\d+) old files", " ".join(each.command))
    read = Pass(one.start, one.seconds, Latencies(_blocks(each), _us(each)))
    return OldBlocks(int(files[1]) if files else 0, read, one.disturbed, one.guards, each.seconds)


def _blocks(each: Benchmark) -> int:
    match = re.match(r"read (\d+) blocks", " ".join(each.command))
    return int(match[1]) if match else 0
