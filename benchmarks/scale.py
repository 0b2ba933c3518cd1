"""What does a scan of a very large machine take, and does it grow with the machine?

    python benchmarks/scale.py [--times N] [--guest] [--keep DIR]

Builds a machine of 1,000 disks of four partitions, 500 cards, 10,000 PCI functions, 100,000 mounts and 2,048
processors on 8 sockets (tests/machines/big.py), scans it as `vaudit scan` does a live machine, a folder that
holds its files, and its dump, and then the same of one with twice as many of each. It is told of each scan:
CPU time of the whole process, peak memory, bytes of the JSON report and of the HTML page. What is live is the
code that reads a live machine, led to the files of the folder; the processor is this machine's own.

A record beyond vaudit's own bounds (the folder of the larger machine has more than 150,000 files) is told as
refused, with what vaudit said.

Exit code 0 when the first machine is scanned in 1 s of CPU time and 100 MiB, its report has at most 2 MB and
its page 3 MB, and the second takes at most 2.5 times as much.
"""

import argparse
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from benchmarks.scan_speed import environment  # noqa: E402 - the repository has to be found first
from tests.machines.big import Size, big  # noqa: E402
from tests.machines.record import Record  # noqa: E402
from vaudit.judge import ready  # noqa: E402
from vaudit.judge.read_checks import read  # noqa: E402
from vaudit.output import html  # noqa: E402

SCAN = """
import os, sys
way, path, out, made = sys.argv[1:]
from vaudit import resources
resources.ready = lambda name: os.path.join(made, name)
if way == "live":
    from vaudit.evidence import linux
    from vaudit.evidence.source import SMBIOS_FILE
    def inside(read):
        return lambda key: read(path + key)
    for kind in ("file", "dir", "link"):
        linux._READERS[kind] = inside(linux._READERS[kind])
    linux._TABLES["SMBIOS"] = path + SMBIOS_FILE
where = [] if way == "live" else ["--from", path]
from vaudit import main
def tell(code):
    memory = open("/proc/self/status").read().partition("VmHWM:")[2].split()[0]
    spent = os.times()
    print(memory, spent.user + spent.system + spent.children_user + spent.children_system, flush=True)
    os._exit(0 if code < 2 else code)
from vaudit.commands import common
common.end = tell
sys.argv = ["vaudit", "scan", "--bench", "off", *where, "--format", out.rpartition(".")[2], "-o", out]
main.main()
"""
"""A whole scan in a process of its own; its peak memory in KiB and CPU seconds are the last it says."""
MADE = "VAUDIT_SCALE_READY"
"""The variable that names the folder of what is made ready."""
WAYS = ("live", "folder", "dump")
MOST_CPU = 1.0
"""Seconds."""
MOST_MEMORY = 100 << 20
MOST = {"json": 2_000_000, "html": 3_000_000}
"""Bytes of a document."""
COULD_NOT = 3
"""The exit code of vaudit where it could not audit."""
TWICE = 2.5
"""What twice as large a machine may take at most: noise and what caches do are not growth."""


class Cost(NamedTuple):
    """What one scan took."""

    cpu: float
    """Seconds."""
    memory: int
    """Bytes at the peak, with Python itself."""
    size: int
    """Bytes of the document."""


def write(made: Record, folder: Path) -> None:
    """The record as a tree of files, and as a dump beside it."""
    for name in made.folders:
        (folder / "root" / name[1:]).mkdir(parents=True, exist_ok=True)
    for name, content in made.files.items():
        (folder / "root" / name[1:]).write_bytes(content)
    for name, target in made.links.items():
        os.symlink(target, folder / "root" / name[1:])
    (folder / "machine.vdump").write_text(made.text(), "utf-8")


def make_ready(folder: Path) -> None:
    """What a wheel carries, so that a scan is what it is where vaudit is installed."""
    html.compile_templates(str(folder / html.COMPILED))
    checks = ROOT / "checks"
    (folder / ready.NAME).write_bytes(ready.content(read([checks], builtin=True), checks))


class RefusedError(Exception):
    """Why vaudit reads no record of this size."""


def scan(way: str, folder: Path, form: str, env: dict[str, str]) -> Cost:
    """The least of two scans, each in a process of its own; the first also compiles what is imported.

    Raises RefusedError where vaudit refuses the record.
    """
    return min(_scan(way, folder, form, env) for _ in range(2))


def _scan(way: str, folder: Path, form: str, env: dict[str, str]) -> Cost:
    place = folder / ("machine.vdump" if way == "dump" else "root")
    out = folder / f"{way}.{form}"
    done = subprocess.run(
        [sys.executable, "-c", SCAN, way, str(place), str(out), env[MADE]],
        cwd=ROOT, env=env, capture_output=True, text=True, check=False,
    )  # fmt: skip
    if done.returncode == COULD_NOT and done.stderr.count("\n") == 1:
        raise RefusedError(done.stderr.strip())
    done.check_returncode()
    memory, cpu = done.stdout.split()[-2:]
    return Cost(float(cpu), int(memory) << 10, out.stat().st_size)


def measure(size: Size, folder: Path, env: dict[str, str], *, guest: bool) -> dict[str, Cost]:
    """What each way of scanning takes, told as it is known."""
    folder.mkdir(parents=True, exist_ok=True)
    write(big(size, guest=guest), folder)
    print(", ".join(f"{count} {name}" for name, count in size._asdict().items()))
    found = {}
    for way in WAYS:
        for form in ("json", "html"):
            try:
                found[f"{way} {form}"] = cost = scan(way, folder, form, env)
            except RefusedError as why:
                print(f"  {way:<7} {form:<5} refused: {why}", flush=True)
                continue
            told = f"{cost.cpu:.2f} s of CPU, {cost.memory / (1 << 20):.0f} MiB, {cost.size / 1e6:.2f} MB"
            print(f"  {way:<7} {form:<5} {told}", flush=True)
    return found


def too_much(found: dict[str, Cost]) -> list[str]:
    """What goes beyond the promised bounds, in words. A page may take the time that its templates need."""
    said = []
    for name, cost in found.items():
        form = name.partition(" ")[2]
        if form == "json" and (cost.cpu > MOST_CPU or cost.memory > MOST_MEMORY):
            said.append(f"{name}: more than {MOST_CPU} s of CPU or {MOST_MEMORY >> 20} MiB")
        if cost.size > MOST[form]:
            said.append(f"{name}: {cost.size} bytes, more than {MOST[form]}")
    return said


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--times", type=float, default=1.0, help="so many times the machine (default 1)")
    parser.add_argument("--guest", action="store_true", help="a guest, each device of which is emulated")
    parser.add_argument("--keep", type=Path, help="a new folder, in which the machines and reports stay")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as spare:
        folder = options.keep or Path(spare)
        env = environment() | {"PYTHONPYCACHEPREFIX": f"{spare}/bytecode", MADE: f"{spare}/ready"}
        make_ready(Path(spare, "ready"))
        once, twice = (
            measure(Size().times(options.times * factor), folder / f"{factor}", env, guest=options.guest)
            for factor in (1, 2)
        )
    said = too_much(once) if options.times == 1 else []
    for name, cost in ((name, once[name]) for name in twice):
        grown = twice[name].cpu / cost.cpu
        print(f"twice the machine takes {grown:.2f} times the CPU time: {name}")
        said += [f"{name}: grows faster than the machine"] if grown > TWICE else []
    print("\n".join(said))
    return 1 if said else 0


if __name__ == "__main__":
    sys.exit(main())
