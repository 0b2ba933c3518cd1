"""What an installed vaudit costs beside other tools: CPU time of whole processes, children included, in turn.

Builds the wheel, installs it into a virtual environment of its own, and runs each command once a round. Run
it as root on an idle machine. Tools that are not installed (Debian: virt-what with dmidecode; lshw hwinfo
facter inxi) are left out. What is wanted, in times of virt-what, stands beside it; nothing fails by that.
"""

import argparse
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parent.parent
BESIDE = "virt-what"
PEERS = ([BESIDE], ["lshw"], ["hwinfo", "--short"], ["facter"], ["inxi", "-F"])
SCAN = ["scan", "--bench", "off"]
WANTED = {"json": 1.0, "colour": 1.9, "html": 2.0, "help": 1.5}
"""Times BESIDE."""
STAGES = """
import time
marks = [("Python", 0)]
def mark(name):
    marks.append((name, time.process_time_ns()))
mark("Python")
import typing
mark("typing, with re")
import vaudit.main
from vaudit.commands import plainly
plainly.plain(["scan", "--bench", "off", "--format", "json"])
mark("the command line")
from vaudit.evidence import here
machine = here()
mark("msgspec, evidence; fork of the CPUID child")
from vaudit import pipeline
mark("model, facts and judge")
from vaudit.evidence.recorder import Recorder
from vaudit.judge.checks import load
checks = load()
mark("checks")
recorder = Recorder(machine)
facts = pipeline.collect(recorder)
mark("facts collected")
judged = pipeline.judge(facts, [], checks)
mark("judged")
import vaudit.evidence.sanitize
mark("what masks evidence")
pipeline.excerpts(recorder, facts, judged.findings, b"")
mark("excerpts of evidence")
for (_, before), (name, after) in zip(marks, marks[1:]):
    print(f"{name}\\t{(after - before) / 1e6:.3f}")
"""


class Row(NamedTuple):
    """A command whose cost is measured."""

    name: str
    command: list[str]
    wanted: float | None = None
    """Times BESIDE."""


class Cost(NamedTuple):
    """Of one run."""

    cpu: float
    """Milliseconds, user and system, of the process and of all that it waited for."""
    wall: float
    """Milliseconds."""
    memory: float
    """MiB of the largest of its processes."""


def environment() -> dict[str, str]:
    """This environment without what would keep Python from its compiled files."""
    return {key: value for key, value in os.environ.items() if not key.startswith("PYTHON")}


def run(command: list[str]) -> Cost:
    """One run with its output thrown away."""
    start = time.perf_counter()
    process = subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        env=environment(), cwd="/",
    )  # fmt: skip
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    wall = time.perf_counter() - start
    return Cost(1000 * (used.ru_utime + used.ru_stime), 1000 * wall, used.ru_maxrss / 1024)


def installed(folder: Path, python: str, wheel: str) -> Path:
    """The folder of programs of a virtual environment with the wheel; without one, that of this checkout."""
    if not wheel:
        build = [sys.executable, "-m", "pip", "wheel", "-q", "--no-deps", "--no-build-isolation"]
        subprocess.run([*build, "-w", str(folder), str(ROOT)], check=True, cwd=ROOT)
        wheel = str(next(folder.glob("*.whl")))
    subprocess.run([python, "-m", "venv", str(folder / "venv")], check=True)
    programs = folder / "venv" / "bin"
    subprocess.run([str(programs / "pip"), "install", "-q", wheel], check=True, env=environment())
    return programs


def rows(programs: Path) -> Iterator[Row]:
    """What is measured: scans in the formats that people use, every command's help, and other tools."""
    vaudit = str(programs / "vaudit")
    yield Row("scan, JSON", [vaudit, *SCAN, "--format", "json"], WANTED["json"])
    yield Row("scan, in colour", [vaudit, *SCAN, "--color", "always"], WANTED["colour"])
    yield Row("scan, plain", [vaudit, *SCAN, "--color", "never"])
    yield Row("scan, HTML", [vaudit, *SCAN, "--format", "html"], WANTED["html"])
    for name in ["", *commands(programs)]:
        yield Row(f"{name} --help".strip(), [vaudit, *name.split(), "--help"], WANTED["help"])
    yield Row("--version", [vaudit, "--version"])
    for command in PEERS:
        if shutil.which(command[0]):
            yield Row(" ".join(command), command)
    yield Row("python -c pass", [str(programs / "python"), "-c", "pass"])


def commands(programs: Path) -> list[str]:
    """The names of vaudit's commands."""
    code = "from vaudit.commands import COMMANDS; print(*COMMANDS, sep='\\n')"
    done = subprocess.run(
        [str(programs / "python"), "-I", "-c", code], capture_output=True, text=True, check=True
    )
    return done.stdout.splitlines()


def measured(found: list[Row], runs: int) -> list[list[Cost]]:
    """The costs of each row, one a round; the first round, which fills the page cache, is not kept."""
    costs: list[list[Cost]] = [[] for _ in found]
    for number in range(runs + 1):
        for row, kept in zip(found, costs, strict=True):
            cost = run(row.command)
            if number:
                kept.append(cost)
    return costs


def table(found: list[Row], costs: list[list[Cost]]) -> Iterator[str]:
    """A line for each row."""
    medians = [statistics.median(cost.cpu for cost in each) for each in costs]
    beside = next((cpu for row, cpu in zip(found, medians, strict=True) if row.name == BESIDE), None)
    yield f"{'':<22}{'CPU ms':>15}{'least':>8}{'wall ms':>9}{'MiB':>6}{'x ' + BESIDE:>13}{'wanted':>8}"
    for row, each, cpu in zip(found, costs, medians, strict=True):
        least, wall = min(cost.cpu for cost in each), statistics.median(cost.wall for cost in each)
        memory = max(cost.memory for cost in each)
        times = f"{cpu / beside:.2f}" if beside else "-"
        wanted = f"{row.wanted:.1f}" if row.wanted else ""
        yield f"{row.name:<22}{cpu:>15.1f}{least:>8.1f}{wall:>9.0f}{memory:>6.0f}{times:>13}{wanted:>8}"


def stages(programs: Path, runs: int) -> Iterator[str]:
    """Where the CPU time of a scan goes; the least of some runs."""
    found: dict[str, list[float]] = {}
    for _ in range(runs):
        command = [str(programs / "python"), "-c", STAGES]
        done = subprocess.run(command, capture_output=True, text=True, check=True, env=environment(), cwd="/")
        for line in done.stdout.splitlines():
            name, cpu = line.split("\t")
            found.setdefault(name, []).append(float(cpu))
    yield f"{'where a scan spends it':<46}{'CPU ms, least':>15}"
    yield from (f"{name:<46}{min(cpu):>15.1f}" for name, cpu in found.items())


def main() -> None:
    python = "/usr/bin/python3" if os.path.exists("/usr/bin/python3") else sys.executable
    about, _, more = (__doc__ or "").partition("\n\n")
    parser = argparse.ArgumentParser(description=about, epilog=more)
    parser.add_argument("--runs", type=int, default=20, help="rounds [20]")
    parser.add_argument("--python", default=python, help=f"the Python that runs it [{python}]")
    parser.add_argument("--wheel", default="", help="measure this wheel [that of this checkout]")
    parser.add_argument("--installed", metavar="BIN", help="measure the vaudit in this folder of programs")
    parser.add_argument("--stages", action="store_true", help="also say where a scan spends its time")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        programs = Path(options.installed or installed(Path(folder), options.python, options.wheel))
        found = list(rows(programs))
        print(*table(found, measured(found, options.runs)), sep="\n")
        if options.stages:
            print("", *stages(programs, options.runs), sep="\n")


if __name__ == "__main__":
    main()
