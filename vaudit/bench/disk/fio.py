"""fio as the cross-check: its command line, its run and its JSON.

The traps, all met with fio 3.33: text lines before the JSON (axboe/fio #731, #1685, #2048); without
`--thread` a killed fio leaves a worker that keeps the disk busy; `randrepeat=1` reads the same blocks in
each run; `clat_ns` leaves the submission out, so `lat_ns` is compared; `bw` is in KiB/s, so `bw_bytes`.
"""

import os
import re
from typing import Any

import msgspec

from vaudit.bench.disk.recording import SMALLEST, Job, Mix
from vaudit.bench.system.errors import BenchError
from vaudit.bench.system.printed import dig, number, table
from vaudit.bench.system.programs import Program, run_program
from vaudit.bench.system.programs import find as find_program
from vaudit.bench.units import BLOCK

SECONDS = 0.3
"""Of one cross-check; fio needs another 0.3 s to start and stop."""


class Figures(msgspec.Struct, frozen=True):
    """One direction (or the flushes) of one fio job."""

    iops: float
    bytes_per_second: float
    total_ios: int
    seconds: float
    mean_us: float | None = None
    percentiles: dict[str, float] = {}
    """Microseconds: p50, p99, p99.9, max."""


class FioJob(msgspec.Struct, frozen=True):
    """One job of a fio run."""

    name: str
    error: int
    """An errno; 0 when all went well."""
    read: Figures
    write: Figures
    sync_p99_us: float | None = None


class FioRun(msgspec.Struct, frozen=True):
    """What one fio run printed."""

    version: str
    jobs: list[FioJob]
    notes: list[str] = []
    """The text lines before the JSON."""


def find() -> Program:
    """The I/O tester named fio; Fiona's command for maps bears the same name (YABS issue #27)."""
    return find_program("fio", r"^fio-(\d\S*)")


File = int | str
"""A file that this process holds open, as its descriptor: fio opens it by /proc/self/fd, so it needs no name
and cannot be left behind. On Windows the path of one that fio makes itself."""


def _named(file: File) -> str:
    """As fio wants it, for which a colon stands between two files."""
    if isinstance(file, int):
        return f"--filename=/proc/self/fd/{file}"
    return "--filename=" + file.replace(":", "\\:")


def _engine(file: File) -> str:
    """What keeps several requests in flight."""
    return "windowsaio" if isinstance(file, str) else "libaio"


def _own_size(file: File, size: int) -> int:
    """What fio makes itself is no larger than it must be."""
    return min(size, SMALLEST) if isinstance(file, str) else size


def command(path: str, job: Job, file: File, size: int) -> list[str]:
    """The fio command for one of our jobs."""
    direction = "read" if job.kind == "read" else "write"
    rw = f"rand{direction}" if job.block == BLOCK else direction
    engine = "psync" if job.depth == 1 and isinstance(file, int) else _engine(file)
    argv = [
        path,
        f"--name={job.id}",
        _named(file),
        f"--size={_own_size(file, size)}",
        f"--rw={rw}",
        f"--bs={job.block}",
        f"--ioengine={engine}",
        f"--iodepth={job.depth}",
        f"--runtime={int(SECONDS * 1000)}ms",
        f"--io_size={job.bytes}",
        "--direct=1",
        "--thread",
        "--randrepeat=0",
        "--norandommap",
        "--refill_buffers",
        "--fallocate=none",
        "--output-format=json",
    ]
    if job.kind == "read" and isinstance(file, int):
        argv.append("--readonly")  # the file may be a raw device
    return [*argv, "--fdatasync=1"] if job.kind == "sync" else argv


def mixed_command(path: str, mix: Mix, file: File, size: int) -> list[str]:
    """The fio command for one line of the table of YABS (masonr/yet-another-bench-script, 1d20bd9)."""
    return [
        path,
        f"--name={mix.id}",
        _named(file),
        f"--size={_own_size(file, size)}",
        f"--io_size={mix.bytes}",
        f"--runtime={int(mix.seconds * 1000)}ms",
        "--rw=randrw",
        "--rwmixread=50",
        f"--bs={mix.block}",
        f"--numjobs={mix.jobs}",
        f"--iodepth={mix.depth}",
        f"--ioengine={_engine(file)}",
        "--direct=1",
        "--gtod_reduce=1",
        "--randrepeat=0",
        "--fallocate=none",
        "--thread",
        "--group_reporting",
        "--output-format=json",
    ]


def run_mixed(path: str, mix: Mix, file: File, size: int) -> tuple[FioRun, str]:
    """Run one line of that table; gives the figures and the raw output. Raises BenchError."""
    return _run(mixed_command(path, mix, file, size), mix.seconds + 10.0, file)


def run(path: str, job: Job, file: File, size: int) -> tuple[FioRun, str]:
    """Run one job; gives the figures and the raw output. Raises BenchError with one clear sentence."""
    return _run(command(path, job, file, size), SECONDS + 5.0, file)


def _run(argv: list[str], seconds: float, file: File) -> tuple[FioRun, str]:
    output = run_program(argv, seconds, (file,) if isinstance(file, int) else ())
    if output.stopped:
        raise BenchError("fio did not end in time and was stopped")
    try:
        figures = parse_fio(output.out)
    except BenchError as error:
        said = explain(output.out + "\n" + output.err)
        raise BenchError(said or str(error)) from None
    for each in figures.jobs:
        if each.error:
            raise BenchError(explain(output.out + "\n" + output.err) or _errno_sentence(each.error))
    return figures, output.out


def parse_fio(text: str) -> FioRun:
    """fio's JSON (json or json+), salvaged from the first line that is `{`. Raises BenchError only.

    Several documents in a row (from --status-interval) are cumulative: the last complete one is taken.
    """
    notes, document = _salvage(text)
    jobs = document.get("jobs")
    if not isinstance(jobs, list) or not jobs:
        raise BenchError("fio printed JSON without any job")
    return FioRun(
        version=str(document.get("fio version", "")),
        jobs=[_job(job) for job in jobs if isinstance(job, dict)],
        notes=notes,
    )


_MOST_ENDS = 64
"""Lines that could end a document and do not: fio indents all but the last. Each costs as much as all."""


def _salvage(text: str) -> tuple[list[str], dict[str, Any]]:
    lines = text.split("\n")
    first = next((at for at, line in enumerate(lines) if line.rstrip() == "{"), None)
    if first is None:
        raise BenchError("fio printed no JSON")
    notes = [line.strip() for line in lines[:first] if line.strip()]
    found: dict[str, Any] | None = None
    begin, left = first, _MOST_ENDS
    for at in range(first, len(lines)):
        if lines[at].rstrip() != "}" or at < begin:
            continue
        if not left:
            break
        try:
            decoded = msgspec.json.decode("\n".join(lines[begin : at + 1]))
        except (msgspec.DecodeError, UnicodeEncodeError, RecursionError):
            left -= 1
            continue
        if isinstance(decoded, dict):
            found = decoded
        begin = next((n for n in range(at + 1, len(lines)) if lines[n].rstrip() == "{"), len(lines))
    if found is None:
        raise BenchError("fio's JSON is incomplete: it was cut off")
    return notes, found


def _job(job: dict[str, Any]) -> FioJob:
    sync = dig(job, "sync", "lat_ns", "percentile", "99.000000")
    return FioJob(
        name=str(job.get("jobname", "")),
        error=int(number(job.get("error"))),
        read=_figures(job.get("read")),
        write=_figures(job.get("write")),
        sync_p99_us=number(sync) / 1000 if isinstance(sync, int | float) else None,
    )


def _figures(side: Any) -> Figures:
    side = table(side)
    latency = table(side.get("lat_ns"))
    completion = table(dig(side, "clat_ns", "percentile"))
    percentiles = {
        name: number(completion[key]) / 1000
        for name, key in (("p50", "50.000000"), ("p99", "99.000000"), ("p99.9", "99.900000"))
        if isinstance(completion.get(key), int | float)
    }
    count = int(number(latency.get("N")))
    if count:
        percentiles["max"] = number(latency.get("max")) / 1000
    return Figures(
        iops=number(side.get("iops")),
        bytes_per_second=number(side.get("bw_bytes")),
        total_ios=int(number(side.get("total_ios"))),
        seconds=number(side.get("runtime")) / 1000,
        mean_us=number(latency.get("mean")) / 1000 if count else None,
        percentiles=percentiles,
    )


_SENTENCES = (
    (r"No space left on device", "the file system ran full while fio wrote"),
    (r"Read-only file system", "fio found the file system read-only"),
    (r"Permission denied", "fio was not allowed to open the test file"),
    (r"does not support O_DIRECT|does not support direct", "the file system refuses direct I/O (O_DIRECT)"),
    (r"engine (\S+) not loadable", "this fio lacks the I/O engine {0}"),
    (r"unrecognized option '([^']+)'", "this fio does not know the option {0}"),
    (r"(?<!\S)(\S+) is not a directory", "fio did not find the folder {0}"),
    (r"No such file or directory", "fio did not find the test file"),
    (r"Input/output error", "the device reported an I/O error to fio: look into the kernel log"),
    (r"Invalid argument", "the file system refused what fio asked of it (Invalid argument)"),
)


def explain(text: str) -> str:
    """One clear sentence for a known fio error in its output; empty when none is known."""
    for pattern, sentence in _SENTENCES:
        match = re.search(pattern, text)
        if match:
            return sentence.format(*(group[:100] for group in match.groups()))
    return ""


def _errno_sentence(number: int) -> str:
    return f"fio failed: {os.strerror(number)}"
