"""From what was recorded of the memory to benchmarks, and the verdict over them.

Memory overcommit is a property of the host; a guest sees at most its effects. The words go no further.
"""

from typing import Literal

import msgspec

from vaudit.bench.borders import Borders
from vaudit.bench.figures import figure
from vaudit.bench.memory.judge import pages
from vaudit.bench.memory.recording import CHASE_STEPS, Balloon, Recording, Speed
from vaudit.bench.series import keyed
from vaudit.bench.units import MIB
from vaudit.model.benchmark import Benchmark, Details


def judge(recording: Recording, borders: Borders) -> list[Benchmark]:
    """Everything that was measured, as benchmarks; the verdict comes last."""
    reread = pages.reread(recording.reread, borders) if recording.reread else None
    merging = pages.merging(recording.merging, borders) if recording.merging else None
    speeds = [
        bandwidth(recording.bandwidth) if recording.bandwidth else None,
        latency(recording.latency) if recording.latency else None,
    ]
    verdict = _conclude(recording, reread, merging, borders)
    return keyed([each for each in (reread, merging, *speeds, verdict) if each])


def moved(before: Balloon, after: Balloon) -> int | None:
    """Bytes by which a balloon moved between two looks, either way; None where nothing is counted.

    Balloons without counters (Xen, Hyper-V, VMware) show in MemTotal, or not at all.
    """
    pairs = [
        (before.inflated, after.inflated), (before.deflated, after.deflated),
        (before.held, after.held), (before.total, after.total),
    ]  # fmt: skip
    known = [abs(new - old) for old, new in pairs if old is not None and new is not None]
    return max(known) if known else None


_STREAM = "a loop, which moves about half as much where the compiler makes no library's copy of it"


def bandwidth(made: Speed) -> Benchmark:
    """The benchmark `memory.bandwidth`. Python copies by the C library's memmove, as the program mbw does; in
    CPU time the best rounds of both lay 1 % apart (19.3 and 19.1 GB/s as STREAM counts), and the loop of
    STREAM, of which gcc 12 made no such call, moved 10.4."""
    base = Benchmark(
        id="memory.bandwidth", target="memory", engine="embedded", unit="B/s",
        limits=["several threads together may move more", f"STREAM's Copy: {_STREAM}"],
        command=[f"copy {made.bytes // MIB} MiB, one thread; STREAM's Copy counts it twice"],
        seconds=made.seconds,
    )  # fmt: skip
    found = figure(base, made.rounds, made.seen)
    as_stream = 2 * (found.value or 0.0)  # STREAM counts what is read and what is written
    details: Details = {
        "bytes": made.bytes,
        "stream_copy_bytes_per_second": as_stream,
        "same_as": f"mbw -t0 {made.bytes // MIB}",
    }
    return msgspec.structs.replace(found, details=details)


def latency(made: Speed) -> Benchmark:
    """The benchmark `memory.latency`."""
    base = Benchmark(
        id="memory.latency", target="memory", engine="embedded", unit="us",
        limits=["a last-level cache as large as this answers part of it", "page table walks are included"],
        details={"bytes": made.bytes}, seconds=made.seconds,
        command=[f"follow {CHASE_STEPS} references through {made.bytes // MIB} MiB"],
    )  # fmt: skip
    return figure(base, made.rounds, made.seen)


def _conclude(
    recording: Recording, reread: Benchmark | None, merging: Benchmark | None, borders: Borders
) -> Benchmark:
    """The benchmark `memory.verdict`: what was seen of a balloon and of slow pages."""
    went = moved(recording.before, recording.after) if recording.before and recording.after else None
    words, reasons = [], []
    if went is not None and went >= borders.balloon_moved:
        words.append("balloon-moved")
        reasons.append(f"a balloon moved by {went / MIB:,.0f} MiB while this ran")
    if merging is not None and merging.verdict == "pages-merged":
        words.append("pages-merged")
        reasons.append(merging.reason)
    if reread is not None:
        words.append({"reread-fast": "no-sign"}.get(reread.verdict, reread.verdict))
        reasons.append(reread.reason)
    if went == 0:
        reasons.append("no balloon moved")
    failed = recording.refusal or recording.problem
    status: Literal["skipped", "error", "ok"] = (
        "skipped" if recording.refusal else "error" if failed else "ok"
    )
    word = next((each for each in ("reread-slow", *words) if each in words), "inconclusive")
    return Benchmark(
        id="memory.verdict",
        target="memory",
        engine="vaudit",
        unit="",
        status=status,
        verdict="" if failed else word,
        confidence="none" if failed or reread is None or word == "inconclusive" else reread.confidence,
        reason=failed or "; ".join(reasons),
        limits=pages.LIMITS,
        details={
            "balloon_moved_bytes": went,
            "balloon_held_bytes": recording.after.held if recording.after else None,
        },
    )
