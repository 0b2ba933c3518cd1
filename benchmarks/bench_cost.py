"""What does a verdict cost, and are its figures those of YABS? Both on one file system.

    python benchmarks/bench_cost.py [--folder DIR] [--iops N | --bps N | --zram] [--full]
                                    [--order vaudit,yabs] [--json]

Needs fio. Seconds are of the clock, bytes are what the block device says that it read and wrote meanwhile
(/proc/diskstats; others' I/O on the same device counts too, so keep it quiet). YABS on GitHub
(masonr/yet-another-bench-script, commit 1d20bd9) lays out a 2 GiB file and then mixes random reads and writes
in four block sizes; its command lines stand below as data. It prints rates and judges nothing. With `--iops`
or `--bps` the disk is a loop device in that folder with a limit of so many requests or bytes a second, with
`--zram` a disk in memory (root, see disk_truth.py); on others the two are measured in different minutes, and
a disk that drifts shows in the ratio. `vaudit-without-fio` measures the table of mixed reads and writes with
its own engine; `--full` takes the sizes and times of YABS, a quick run shortens them.
"""

import argparse
import contextlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from contextlib import AbstractContextManager
from functools import partial
from pathlib import Path

import msgspec

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))  # run as a program, this folder alone is on it

from benchmarks.disk_truth import capped, own_borders, plain, zram
from benchmarks.disk_truth import why_not as no_limit
from benchmarks.ends import tidily
from vaudit.bench.disk import measure as measuring
from vaudit.bench.disk.devices import device_of
from vaudit.bench.disk.fio import find as find_fio
from vaudit.bench.disk.fio import parse_fio
from vaudit.bench.disk.judge.outcome import judge
from vaudit.bench.disk.plan import DiskPlan
from vaudit.bench.disk.recording import Recording
from vaudit.bench.plan import make
from vaudit.bench.system import counters, worker
from vaudit.bench.system.programs import Program
from vaudit.bench.units import Effort
from vaudit.model.catalogue import MIXED

_COMMON = ["--ioengine=libaio", "--iodepth=64", "--numjobs=2", "--size=2G", "--gtod_reduce=1", "--direct=1"]
YABS_SETUP = ["--name=setup", "--rw=read", "--bs=64k", "--runtime=1", *_COMMON]
YABS_JOBS = [
    [f"--name=rand_rw_{size}", "--rw=randrw", "--rwmixread=50", f"--bs={size}", "--runtime=30",
     "--group_reporting", *_COMMON]
    for size in ("4k", "64k", "512k", "1m")
]  # fmt: skip
YABS_SECONDS = 35
"""Each job runs under `timeout 35`."""


class Cost(msgspec.Struct, frozen=True):
    """What one tool took, and what it said."""

    tool: str
    seconds: float
    written: int
    """Bytes."""
    read: int
    said: str
    mixed: dict[str, float]
    """Bytes a second, reads and writes together, by block size as YABS calls it."""


def why_not(folder: Path) -> str:
    """Why nothing can be compared here; empty when it can."""
    program, refusal = find_fio(), planned(folder).place.refusal
    if program.path is None:
        return program.missing
    if refusal:
        return refusal
    free = shutil.disk_usage(folder).free
    return "" if free > 6 << 30 else f"{folder} has less than 6 GiB free: YABS needs 2 GiB, and room to spare"


def planned(folder: Path, mode: Effort = "quick") -> DiskPlan:
    """The disk benchmark of a folder."""
    plan = make(mode, str(folder)).disk
    assert plan is not None
    return plan


def _moved(device: str | None) -> tuple[int, int]:
    """(read, written) bytes of a device so far."""
    seen = counters.sample(device)
    return seen.read, seen.written


Said = tuple[str, dict[str, float]]
"""What a tool says, and its table of mixed reads and writes."""


def yabs(folder: Path, fio: str) -> Said:
    """Run YABS's disk jobs; gives what its table would say."""
    rows, mixed = [], {}
    with tempfile.TemporaryDirectory(prefix="bench-cost-", dir=folder) as home:
        file = f"--filename={home}/test.fio"
        _fio([fio, *YABS_SETUP, file])
        for job in YABS_JOBS:
            out = _fio(["timeout", str(YABS_SECONDS), fio, *job, file, "--output-format=json"])
            found = parse_fio(out).jobs[0]
            rate = found.read.bytes_per_second + found.write.bytes_per_second
            iops = found.read.iops + found.write.iops
            name = job[0].removeprefix("--name=rand_rw_")
            mixed[name] = rate
            rows.append(f"{name}: {rate / 1e6:,.0f} MB/s ({iops:,.0f} IOPS)")
    return ", ".join(rows), mixed


def _fio(argv: list[str]) -> str:
    return subprocess.run(argv, check=False, capture_output=True, text=True, timeout=YABS_SECONDS + 15).stdout


def ours(folder: Path, cross_check: bool, mode: Effort) -> Said:
    """The disk part of `vaudit bench disk`; gives its verdict."""
    plan, limits = planned(folder, mode), own_borders()
    if not cross_check:
        plan = msgspec.structs.replace(plan, fio=Program(missing="left out of this comparison"))
    told = list(worker.isolate(partial(measuring.measure, plan, limits), plan.seconds + 5.0))
    kept = worker.results(told, Recording)[-1]
    found = judge(kept, limits)
    mixed = {MIXED[each.id]: each.value for each in found if each.id in MIXED and each.value is not None}
    verdict = found[-1]
    return f"{verdict.verdict or verdict.status} ({verdict.confidence}): {verdict.reason}", mixed


def measure(tool: str, folder: Path, fio: str, mode: Effort) -> Cost:
    """Run one tool and count what it cost."""
    device = device_of(folder.stat().st_dev)
    os.sync()
    before, began = _moved(device.name if device else None), time.monotonic()
    said, mixed = yabs(folder, fio) if tool == "yabs" else ours(folder, tool == "vaudit", mode)
    os.sync()
    seconds, after = time.monotonic() - began, _moved(device.name if device else None)
    return Cost(tool, seconds, after[1] - before[1], after[0] - before[0], said, mixed)


def disk(options: argparse.Namespace, folder: Path) -> AbstractContextManager[Path]:
    """The disk that is measured."""
    if options.zram:
        return zram(folder)
    if options.iops:
        return capped(folder, "iops", options.iops, megabytes=5000)
    return capped(folder, "bps", options.bps, megabytes=5000) if options.bps else plain(folder)


def table(costs: list[Cost]) -> list[str]:
    """The tables of mixed reads and writes side by side, and how far each lies from that of YABS."""
    theirs = next((cost.mixed for cost in costs if cost.tool == "yabs"), {})
    lines = []
    for cost in costs:
        told = [f"{name} {rate / 1e6:8,.1f} MB/s" + _times(rate, theirs.get(name)) for name, rate in
                cost.mixed.items()]  # fmt: skip
        lines.append(f"{cost.tool:20} {', '.join(told) or 'no table'}")
    return lines


def _times(rate: float, theirs: float | None) -> str:
    return f" ({rate / theirs:.2f})" if theirs else ""


def main() -> int:
    """Run the tools by turns and print what each cost, and the ratios."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0] if __doc__ else None)
    parser.add_argument("--folder", type=Path, default=Path(), help="whose disk is measured [.]")
    limits = parser.add_mutually_exclusive_group()
    limits.add_argument("--iops", type=int, help="limit the disk to so many requests a second")
    limits.add_argument("--bps", type=int, help="limit the disk to so many bytes a second")
    limits.add_argument("--zram", action="store_true", help="measure a disk in memory, of 5 GiB")
    parser.add_argument("--full", action="store_true", help="vaudit's full benchmark instead of the quick")
    parser.add_argument(
        "--order", default="vaudit,yabs", help="vaudit, vaudit-without-fio and yabs, in any order"
    )
    parser.add_argument("--json", action="store_true", help="print the figures as JSON")
    options = parser.parse_args()
    tidily()
    folder = options.folder.resolve()
    made = options.iops or options.bps or options.zram
    reason, fio = why_not(folder) or (no_limit() if made else ""), find_fio().path
    if reason or fio is None:
        print(f"bench_cost: {reason}", file=sys.stderr)
        return 3
    with contextlib.ExitStack() as undo:
        folder = undo.enter_context(disk(options, folder))
        effort: Effort = "full" if options.full else "quick"
        costs = [measure(tool, folder, fio, effort) for tool in options.order.split(",")]
    if options.json:
        print(json.dumps(msgspec.to_builtins(costs)))
        return 0
    for cost in costs:
        moved = f"wrote {cost.written / 2**30:6.2f} GiB, read {cost.read / 2**30:6.2f} GiB"
        print(f"{cost.tool:20} {cost.seconds:6.1f} s, {moved}: {cost.said}", flush=True)
    print(*table(costs), sep="\n")
    theirs = next((cost for cost in costs if cost.tool == "yabs"), None)
    for cost in costs:
        if theirs is not None and cost is not theirs:
            time_share, byte_share = cost.seconds / theirs.seconds, cost.written / max(1, theirs.written)
            print(f"{cost.tool} / yabs: {time_share:.2f} of the time, {byte_share:.2f} of the bytes written")
    return 0


if __name__ == "__main__":
    sys.exit(main())
