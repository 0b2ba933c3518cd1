"""Is the disk's verdict true? Disks of known behaviour are built, and `vaudit`'s quick benchmark judges them.

    python benchmarks/disk_truth.py [--runs N] [--folder DIR] [TRUTH …]

Needs root, losetup, mkfs.ext4 and a throttling cgroup (v1 blkio, or v2 io.max). Everything is made in a
private folder and undone again: loop device, mount, throttle, files. No other device is touched: a limit is
only ever set on the loop device that was just made.
"""

import argparse
import contextlib
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from functools import partial
from pathlib import Path

import msgspec

from vaudit.bench.plan import make
from vaudit.bench.run import run
from vaudit.bench.samples import Benchmark

V1 = Path("/sys/fs/cgroup/blkio")
V2 = Path("/sys/fs/cgroup")
MIB = 1 << 20
Truth = Callable[[Path], AbstractContextManager[Path]]


def why_not() -> str:
    """Why no throttled loop device can be made here; empty when it can."""
    if os.geteuid() != 0:
        return "throttled loop devices need root"
    missing = [tool for tool in ("losetup", "mkfs.ext4", "mount", "umount") if shutil.which(tool) is None]
    if missing:
        return f"not installed: {', '.join(missing)}"
    if not (V1 / "blkio.throttle.read_iops_device").exists() and not _has_v2():
        return "this kernel offers neither the blkio cgroup (v1) nor io.max (v2)"
    return ""


def _has_v2() -> bool:
    with contextlib.suppress(OSError):
        return "io" in (V2 / "cgroup.controllers").read_text().split()
    return False


def _run(*argv: str) -> str:
    return subprocess.run(argv, check=True, capture_output=True, text=True, timeout=60).stdout.strip()


@contextlib.contextmanager
def loop(folder: Path, megabytes: int, direct: bool = True) -> Iterator[tuple[Path, str]]:
    """A mounted ext4 on a loop device of its own; gives (mount point, MAJ:MIN)."""
    with contextlib.ExitStack() as undo:
        home = Path(tempfile.mkdtemp(prefix="disk-truth-", dir=folder))
        undo.callback(shutil.rmtree, home, ignore_errors=True)
        image, point = home / "image", home / "mount"
        point.mkdir()
        with image.open("wb") as file:
            os.posix_fallocate(file.fileno(), 0, megabytes * MIB)
        device = _run("losetup", "--find", "--show", f"--direct-io={'on' if direct else 'off'}", str(image))
        undo.callback(subprocess.run, ["losetup", "--detach", device], check=False)
        _run("mkfs.ext4", "-q", "-m", "0", "-E", "lazy_itable_init=0,lazy_journal_init=0", device)
        _run("mount", device, str(point))
        undo.callback(subprocess.run, ["umount", "--lazy", str(point)], check=False)
        yield point, Path("/sys/block", Path(device).name, "dev").read_text().strip()


@contextlib.contextmanager
def throttled(number: str, unit: str, limit: int) -> Iterator[None]:
    """Limit one device (MAJ:MIN) to so many `iops` or `bps`, for reads and writes."""
    if (V1 / "blkio.throttle.read_iops_device").exists():
        files = [V1 / f"blkio.throttle.{way}_{unit}_device" for way in ("read", "write")]
        try:
            for file in files:
                file.write_text(f"{number} {limit}")
            yield
        finally:
            for file in files:
                file.write_text(f"{number} 0")
        return
    group, home = V2 / f"vaudit-truth-{os.getpid()}", Path("/proc/self/cgroup").read_text()
    mine = V2 / home.strip().rpartition("::/")[2]
    (V2 / "cgroup.subtree_control").write_text("+io")
    group.mkdir()
    try:
        (group / "io.max").write_text(f"{number} r{unit}={limit} w{unit}={limit}")
        (group / "cgroup.procs").write_text(str(os.getpid()))
        yield
    finally:
        (mine / "cgroup.procs").write_text(str(os.getpid()))
        group.rmdir()


@contextlib.contextmanager
def hogs(number: int) -> Iterator[None]:
    """So many processes that do nothing but use a CPU."""
    busy = [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(number)]
    try:
        yield
    finally:
        for each in busy:
            each.kill()
            each.wait()


@contextlib.contextmanager
def capped(folder: Path, unit: str, limit: int) -> Iterator[Path]:
    """A folder on a loop device that is limited to `limit` iops or bytes per second."""
    with loop(folder, 1200) as (point, number), throttled(number, unit, limit):
        yield point


@contextlib.contextmanager
def plain(folder: Path) -> Iterator[Path]:
    yield folder


@contextlib.contextmanager
def warm(folder: Path) -> Iterator[Path]:
    """A loop device whose file the cache of this machine holds, as a host's cache holds a guest's disk."""
    with loop(folder, 1200, direct=False) as (point, _number):
        yield point


@contextlib.contextmanager
def hogged(folder: Path) -> Iterator[Path]:
    with hogs(2 * (os.cpu_count() or 1)):
        yield folder


@contextlib.contextmanager
def zram(_folder: Path) -> Iterator[Path]:
    """A compressed disk in memory."""
    control = Path("/sys/class/zram-control")
    with contextlib.ExitStack() as undo:
        number = (control / "hot_add").read_text().strip()
        undo.callback((control / "hot_remove").write_text, number)
        disk = Path("/sys/block", f"zram{number}")
        (disk / "disksize").write_text("2G")
        undo.callback((disk / "reset").write_text, "1")
        point = Path(tempfile.mkdtemp(prefix="disk-truth-"))
        undo.callback(point.rmdir)
        _run("mkfs.ext4", "-q", "-m", "0", f"/dev/zram{number}")
        _run("mount", f"/dev/zram{number}", str(point))
        undo.callback(_run, "umount", str(point))
        yield point


@contextlib.contextmanager
def bucket(folder: Path) -> Iterator[Path]:
    """3000 IOPS for 15,000 requests after the mount, then 300: a credit made by tightening a throttle."""
    with loop(folder, 1200) as (point, number), contextlib.ExitStack() as undo:
        undo.enter_context(throttled(number, "iops", 3000))
        stop = threading.Event()
        watcher = threading.Thread(target=_tighten, args=(number, 15_000, 300, stop), daemon=True)
        watcher.start()
        undo.callback(watcher.join)
        undo.callback(stop.set)
        yield point


def _tighten(number: str, credit: int, limit: int, stop: threading.Event) -> None:
    stat = Path("/sys/dev/block", number, "stat")
    first = _requests(stat)
    while not stop.wait(0.02):
        if _requests(stat) - first > credit:
            for way in ("read", "write"):
                (V1 / f"blkio.throttle.{way}_iops_device").write_text(f"{number} {limit}")
            return


def _requests(stat: Path) -> int:
    words = stat.read_text().split()
    return int(words[0]) + int(words[4])


TRUTHS: dict[str, tuple[Truth, set[str], int | None]] = {
    "iops-250": (partial(capped, unit="iops", limit=250), {"capped"}, 250),
    "iops-1000": (partial(capped, unit="iops", limit=1000), {"capped"}, 1000),
    "iops-3000": (partial(capped, unit="iops", limit=3000), {"capped"}, 3000),
    "20-MB/s": (partial(capped, unit="bps", limit=20_000_000), {"capped"}, 20_000_000),
    "bucket": (bucket, {"burst-bucket"}, 300),
    "zram": (zram, {"memory-speed"}, None),
    "warm-cache": (warm, {"memory-speed", "local-flash"}, None),
    "this-disk": (plain, {"local-flash"}, None),
    "hogged": (hogged, {"local-flash", "inconclusive"}, None),
}
"""Name: how it is made, the words that are right, and the limit that must be found."""


def judge(point: Path, **changes: float) -> tuple[Benchmark, list[Benchmark]]:
    """The quick benchmark's verdict on a folder, and everything else that it found; `changes` to the plan."""
    found = run(msgspec.structs.replace(make("quick", str(point)), **changes), lambda _line: None)
    return next(each for each in found if each.id == "disk.verdict"), found


def main() -> int:
    """Judge each truth `--runs` times and print how often it was named right, and how far off the limit."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0] if __doc__ else None)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--folder", type=Path, default=Path())
    parser.add_argument("truths", nargs="*", metavar="TRUTH", help=", ".join(TRUTHS))
    options = parser.parse_args()
    reason = why_not()
    if reason:
        print(f"disk_truth: {reason}", file=sys.stderr)
        return 3
    wrong = 0
    for name in options.truths or TRUTHS:
        make_it, right, limit = TRUTHS[name]
        for _ in range(options.runs):
            began = time.monotonic()
            with make_it(options.folder.resolve()) as point:
                verdict, _found = judge(point)
            seen = verdict.details.get("cap_iops") or verdict.details.get("cap_bytes_per_second")
            off = f"{float(seen) / limit - 1:+.1%}" if limit and seen else ""
            good = verdict.verdict in right
            wrong += not good
            took = f"{time.monotonic() - began:5.1f} s"
            judged = f"{'right' if good else 'WRONG'} {verdict.verdict:20} {verdict.confidence:6} {off:>7}"
            print(f"{name:12} {judged} {took}  {verdict.reason}", flush=True)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
