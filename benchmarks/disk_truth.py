"""Is the disk's verdict true? Disks of known behaviour are built, and `vaudit`'s quick benchmark judges them.

    python benchmarks/disk_truth.py [--runs N] [--folder DIR] [--busy-ok] [TRUTH …]

Needs root, losetup, mkfs.ext4 and a throttling cgroup (v1 blkio, or v2 io.max); for delays and a true token
bucket qemu-storage-daemon (FUSE exports), nbdkit and nbdfuse. Everything is made in a private folder and
undone again: loop device, mount, throttle, daemons, files. No other device is touched: a limit is only ever
set on the loop device that was just made. Exports without a file system are measured as raw devices, which
are only read. `busy` is said where the verdict itself says that this machine was too busy to tell: that is
not wrong, but no proof either.
"""

import argparse
import contextlib
import json
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
from typing import NamedTuple

import msgspec

from benchmarks.ends import tidily
from vaudit.bench.borders import Borders, borders
from vaudit.bench.judge import judge as judge_all
from vaudit.bench.plan import Plan, make
from vaudit.bench.run import run
from vaudit.judge.checks import load
from vaudit.model.benchmark import Benchmark

V1 = Path("/sys/fs/cgroup/blkio")
V2 = Path("/sys/fs/cgroup")
MIB = 1 << 20
FIGURE = 0.10
"""A figure may be off by so much on a quiet machine."""
ENOUGH = 0.9
"""So many of the runs that this machine let finish must be right; and it has to let half of them finish."""
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
        try:
            _limit(number, unit, limit)
            yield
        finally:
            _limit(number, unit, 0)
        return
    group, home = _group(), Path("/proc/self/cgroup").read_text()
    mine = V2 / home.strip().rpartition("::/")[2]
    (V2 / "cgroup.subtree_control").write_text("+io")
    group.mkdir()
    try:
        _limit(number, unit, limit)
        (group / "cgroup.procs").write_text(str(os.getpid()))
        yield
    finally:
        (mine / "cgroup.procs").write_text(str(os.getpid()))
        group.rmdir()


def _group() -> Path:
    """The control group (v2) of this process that carries the limit."""
    return V2 / f"vaudit-truth-{os.getpid()}"


def _limit(number: str, unit: str, limit: int) -> None:
    """Set a device's limit both ways; 0 takes it away (v1)."""
    if (V1 / "blkio.throttle.read_iops_device").exists():
        for way in ("read", "write"):
            (V1 / f"blkio.throttle.{way}_{unit}_device").write_text(f"{number} {limit}")
    else:
        (_group() / "io.max").write_text(f"{number} r{unit}={limit} w{unit}={limit}")


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
def capped(folder: Path, unit: str, limit: int, megabytes: int = 1200) -> Iterator[Path]:
    """A folder on a loop device that is limited to `limit` iops or bytes per second."""
    with loop(folder, megabytes) as (point, number), throttled(number, unit, limit):
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
    """A compressed disk in memory, which takes what is written to it and no more."""
    control = Path("/sys/class/zram-control")
    with contextlib.ExitStack() as undo:
        number = (control / "hot_add").read_text().strip()
        undo.callback((control / "hot_remove").write_text, number)
        disk = Path("/sys/block", f"zram{number}")
        (disk / "disksize").write_text("5G")
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
            _limit(number, "iops", limit)
            return


def _requests(stat: Path) -> int:
    words = stat.read_text().split()
    return int(words[0]) + int(words[4])


@contextlib.contextmanager
def _daemon(argv: list[str], ready: Callable[[], bool]) -> Iterator[None]:
    """A program that serves an export until the end of the context."""
    child = subprocess.Popen(argv, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    try:
        for _ in range(200):
            if ready():
                break
            if child.poll() is not None:
                said = child.stderr.read() if child.stderr else ""
                raise subprocess.CalledProcessError(child.returncode, argv, stderr=said)
            time.sleep(0.02)
        yield
    finally:
        child.terminate()
        try:
            child.wait(10)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()


@contextlib.contextmanager
def _as_loop(file: Path) -> Iterator[str]:
    """The loop device over a file that some daemon exports."""
    device = _run("losetup", "--find", "--show", "--direct-io=on", str(file))
    try:
        yield device
    finally:
        subprocess.run(["losetup", "--detach", device], check=False)


@contextlib.contextmanager
def _export(folder: Path, *nodes: str) -> Iterator[Path]:
    """A raw device over the block node `top` of a qemu-storage-daemon (its options `nodes`)."""
    with contextlib.ExitStack() as undo:
        home = Path(tempfile.mkdtemp(prefix="disk-truth-", dir=folder))
        undo.callback(shutil.rmtree, home, ignore_errors=True)
        point = home / "disk"
        point.touch()
        export = f"type=fuse,id=e,node-name=top,mountpoint={point},writable=on"
        argv = ["qemu-storage-daemon", *nodes, "--export", export]
        undo.enter_context(_daemon(argv, lambda: point.stat().st_size > 0))
        yield Path(undo.enter_context(_as_loop(point)))


@contextlib.contextmanager
def delayed(folder: Path, milliseconds: int) -> Iterator[Path]:
    """Every request takes so long, however many there are."""
    node = f"driver=null-co,node-name=top,size={2 << 30},latency-ns={milliseconds * 1_000_000},read-zeroes=on"
    with _export(folder, "--blockdev", node) as device:
        yield device


@contextlib.contextmanager
def token_bucket(folder: Path, rate: int, burst: int, seconds: int) -> Iterator[Path]:
    """`burst` requests a second for `seconds`, then `rate`; a burst of 0 is an even pace."""
    with _image(folder) as image:
        more = f",x-iops-total-max={burst},x-iops-total-max-length={seconds}" if burst else ""
        file = f"driver=file,node-name=file,filename={image},cache.direct=on,aio=native"
        with _export(
            folder, "--object", f"throttle-group,id=group,x-iops-total={rate}{more}",
            "--blockdev", file,
            "--blockdev", "driver=throttle,node-name=top,throttle-group=group,file=file",
        ) as device:  # fmt: skip
            yield device


@contextlib.contextmanager
def _image(folder: Path) -> Iterator[Path]:
    """1 GiB of random bytes."""
    with tempfile.NamedTemporaryFile(prefix="disk-truth-", dir=folder) as file:
        for _ in range(1024):
            file.write(os.urandom(MIB))
        file.flush()
        os.fsync(file.fileno())
        yield Path(file.name)


@contextlib.contextmanager
def remote(folder: Path, milliseconds: int) -> Iterator[Path]:
    """An ext4 on an NBD server that delays reads and writes."""
    with contextlib.ExitStack() as undo:
        home = Path(tempfile.mkdtemp(prefix="disk-truth-", dir=folder))
        undo.callback(shutil.rmtree, home, ignore_errors=True)
        image, socket, file, point = (home / name for name in ("image", "socket", "nbd", "mount"))
        file.touch()
        point.mkdir()
        with image.open("wb") as made:
            os.posix_fallocate(made.fileno(), 0, 1200 * MIB)
        _run("mkfs.ext4", "-q", "-m", "0", "-E", "lazy_itable_init=0,lazy_journal_init=0", str(image))
        waits = [f"rdelay={milliseconds}ms", f"wdelay={milliseconds}ms"]
        server = ["nbdkit", "-f", "-U", str(socket), "--filter=delay", "file", str(image), *waits]
        undo.enter_context(_daemon(server, socket.exists))
        client = ["nbdfuse", str(file), f"nbd+unix:///?socket={socket}"]
        undo.enter_context(_daemon(client, lambda: file.stat().st_size > 0))
        undo.callback(subprocess.run, ["fusermount3", "-u", str(file)], check=False, capture_output=True)
        _run("mount", undo.enter_context(_as_loop(file)), str(point))
        undo.callback(subprocess.run, ["umount", "--lazy", str(point)], check=False)
        yield point


class Told(NamedTuple):
    """How a disk is made, the words that are right, and the figure that must be found."""

    make: Truth
    words: set[str]
    limit: int | None = None
    """IOPS or bytes per second."""
    mean_us: float | None = None
    """The delay of a read. To it comes what the way to the daemon costs, which fio is asked for."""
    says: str = ""
    """What the reason has to say, unless the disk is called `memory-speed`."""
    needs: tuple[str, ...] = ()
    """Programs beyond those that all truths need."""


_QEMU = ("qemu-storage-daemon", "fusermount3")
TRUTHS: dict[str, Told] = {
    "iops-250": Told(partial(capped, unit="iops", limit=250), {"capped"}, 250),
    "iops-1000": Told(partial(capped, unit="iops", limit=1000), {"capped"}, 1000),
    "iops-3000": Told(partial(capped, unit="iops", limit=3000), {"capped"}, 3000),
    "20-MB/s": Told(partial(capped, unit="bps", limit=20_000_000), {"capped"}, 20_000_000),
    "100-MB/s": Told(partial(capped, unit="bps", limit=100_000_000), {"capped"}, 100_000_000),
    "200-MB/s": Told(partial(capped, unit="bps", limit=200_000_000), {"capped"}, 200_000_000),
    "bucket": Told(bucket, {"burst-bucket"}, 300),
    "qemu-even-200": Told(partial(token_bucket, rate=200, burst=0, seconds=0), {"capped"}, 205, needs=_QEMU),
    "qemu-bucket": Told(
        partial(token_bucket, rate=300, burst=3000, seconds=5), {"burst-bucket"}, 300, needs=_QEMU
    ),
    **{
        f"qemu-{ms}-ms": Told(
            partial(delayed, milliseconds=ms), {"network-block"}, None, ms * 1000.0, needs=(*_QEMU, "fio")
        )
        for ms in (1, 5, 10, 20)
    },
    "nbd-5-ms": Told(
        partial(remote, milliseconds=5), {"network-block"}, None, 5000.0,
        needs=("nbdkit", "nbdfuse", "fusermount3", "fio"),
    ),
    "zram": Told(zram, {"memory-speed"}),
    "warm-cache": Told(warm, {"memory-speed", "local-flash"}, says="a cache of the host may answer"),
    "this-disk": Told(plain, {"local-flash"}),
    "hogged": Told(hogged, {"local-flash", "inconclusive"}),
}  # fmt: skip


def missing(told: Told) -> str:
    """Why one disk cannot be made here; empty when it can."""
    absent = [tool for tool in told.needs if shutil.which(tool) is None]
    return f"not installed: {', '.join(absent)}" if absent else ""


def own_borders() -> Borders:
    """The borders that vaudit comes with."""
    return borders(load().borders)


def judge(point: Path, spin_seconds: float = 1.0, **disk: float) -> tuple[Benchmark, list[Benchmark]]:
    """The quick benchmark's verdict on a folder or a raw device, and everything else that it found; `disk`:
    changes to the disk's plan."""
    raw = point.is_block_device()
    plan = make("quick", None, device=str(point), consent=True) if raw else make("quick", str(point))
    limits = own_borders()
    found = judge_all(run(_changed(plan, spin_seconds, disk), limits, lambda _line: None), limits)
    return next(each for each in found if each.id == "disk.verdict"), found


def _changed(plan: Plan, spin_seconds: float, disk: dict[str, float]) -> Plan:
    replace = msgspec.structs.replace
    on_disk = replace(plan.disk, **disk) if plan.disk else None
    return replace(plan, disk=on_disk, cpu=replace(plan.cpu, spin_seconds=spin_seconds) if plan.cpu else None)


def latency(point: Path) -> float:
    """Microseconds that a read takes on average, by another program: fio, one read at a time."""
    with contextlib.ExitStack() as undo:
        file = point / "fio" if point.is_dir() else point
        if point.is_dir():
            undo.callback(file.unlink, missing_ok=True)
            _run(
                "fio",
                "--name=fill",
                "--rw=write",
                "--bs=1M",
                "--iodepth=8",
                "--size=64M",
                f"--filename={file}",
            )
        job = ["--rw=randread", "--bs=4k", "--direct=1", "--size=64M", "--runtime=2", "--time_based"]
        said = _run("fio", "--name=read", *job, "--output-format=json", "--thread", f"--filename={file}")
        return float(json.loads(said)["jobs"][0]["read"]["lat_ns"]["mean"]) / 1000


def off(told: Told, verdict: Benchmark, reference: float) -> float | None:
    """How far the verdict's figure lies from the truth, as a share; None where no figure is to be found."""
    if reference:
        return float(verdict.details.get("mean_us") or 0) / reference - 1
    seen = verdict.details.get("cap_iops") or verdict.details.get("cap_bytes_per_second")
    return float(seen) / told.limit - 1 if told.limit and seen else None


def main() -> int:
    """Judge each truth `--runs` times and print how often it was named right, and how far off the figure."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0] if __doc__ else None)
    parser.add_argument("--runs", type=int, default=3, help="of each truth [3]")
    parser.add_argument("--folder", type=Path, default=Path(), help="where disks are built [.]")
    parser.add_argument("--busy-ok", action="store_true", help="judge although this machine is busy")
    parser.add_argument("truths", nargs="*", metavar="TRUTH", help=", ".join(TRUTHS))
    options = parser.parse_args()
    tidily()
    reason = why_not()
    if reason:
        print(f"disk_truth: {reason}", file=sys.stderr)
        return 3
    lowest = 1.0
    for name in options.truths or TRUTHS:
        told = TRUTHS[name]
        if absent := missing(told):
            print(f"{name:14} SKIPPED {absent}")
            continue
        results = [_once(name, told, options.folder.resolve(), options.busy_ok) for _ in range(options.runs)]
        counts = ", ".join(f"{results.count(word)} {word.strip()}" for word in sorted(set(results)))
        print(f"{name:14} {counts} of {options.runs}", flush=True)
        proven = [word for word in results if word != "busy "]
        enough = 2 * len(proven) >= options.runs
        lowest = min(lowest, proven.count("right") / len(proven) if enough else 0.0)
    return 0 if lowest >= ENOUGH else 1


def _once(name: str, told: Told, folder: Path, busy_ok: bool = False) -> str:
    """Make the disk, judge it, print a line; gives `right`, `WRONG`, `FAR` (wrong figure) or `busy `."""
    began = time.monotonic()
    with told.make(folder) as point:
        reference = max(latency(point), told.mean_us) if told.mean_us else 0.0
        verdict, _found = judge(point, busy_ok=busy_ok)
    away = off(told, verdict, reference)
    result = "right" if verdict.verdict in told.words else "WRONG"
    if result == "right" and verdict.verdict != "memory-speed" and told.says not in verdict.reason:
        result = "WRONG"
    if verdict.verdict == "inconclusive" and result == "WRONG" and "rounds counted" in verdict.reason:
        result = "busy "
    elif result == "right" and away is not None and abs(away) > FIGURE:
        result = "FAR  "
    figure = f"{away:+.1%}" if away is not None else ""
    judged = f"{result} {verdict.verdict or verdict.status:14} {verdict.confidence:6} {figure:>7}"
    print(f"{name:14} {judged} {time.monotonic() - began:5.1f} s  {verdict.reason}", flush=True)
    return result


if __name__ == "__main__":
    sys.exit(main())
