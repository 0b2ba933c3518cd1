"""Times `vaudit scan --bench off --format json` as a whole process beside other tools, in turn, in one run.

    python benchmarks/scan_speed.py [ROUNDS]

Prints the median and the least wall time and CPU time of each, and ratios of the medians. Tools that are not
installed (Debian: virt-what lshw hwinfo facter inxi) are left out. Then it says where vaudit's time goes.
Python's bytecode is cached as in an installed package, in a folder that is removed afterwards.
"""

import argparse
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from typing import NamedTuple

TOOLS: dict[str, list[str]] = {
    "vaudit": [sys.executable, "-m", "vaudit", "scan", "--bench", "off", "--format", "json"],
    "virt-what": ["virt-what"],
    "lshw": ["lshw"],
    "hwinfo --short": ["hwinfo", "--short"],
    "facter": ["facter"],
    "inxi -F": ["inxi", "-F"],
    "python -c pass": [sys.executable, "-c", "pass"],
}
STAGES = """
import time
marks = [("python itself", 0.0, 0.0)]
start = time.perf_counter()
def mark(name):
    marks.append((name, time.process_time(), time.perf_counter() - start))
mark("python itself")
from vaudit import main
main.plain(["scan", "--bench", "off", "--format", "json"])
mark("the command line read")
from vaudit.evidence import here
source = here()
mark("fork of the CPUID child; imports: evidence")
from vaudit.evidence.recorder import Recorder
recorder = Recorder(source)
from vaudit import pipeline
mark("imports: facts and judge")
from vaudit.judge.checks import judge, load
checks = load()
mark("checks read from TOML")
facts = pipeline.collect(recorder)
mark("facts collected")
judged = judge(facts, [], checks)
mark("judged")
excerpts, _ = pipeline.excerpts(recorder, facts, judged.findings)
mark("evidence excerpts")
from vaudit.output.json import render
from vaudit.model.report import Origin, Report
origin, texts, findings = Origin("machine", "x"), judged.texts, judged.findings
render(Report(origin, facts, "", "", checks=texts, findings=findings, evidence=excerpts))
mark("JSON")
for (_, cpu, wall), (name, cpu_after, wall_after) in zip(marks, marks[1:]):
    print(f"{name}\\t{1000 * (cpu_after - cpu):.2f}\\t{1000 * (wall_after - wall):.2f}")
"""


class Timing(NamedTuple):
    """Milliseconds of one run."""

    wall: float
    cpu: float


def environment(cache: str) -> dict[str, str]:
    """This environment, with bytecode cached in a folder of ours."""
    found = {key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"}
    return {**found, "PYTHONPYCACHEPREFIX": cache}


def run(command: list[str], env: dict[str, str]) -> Timing:
    """One run with its output thrown away; CPU time with that of its children."""
    before = os.times()
    start = time.perf_counter()
    subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False, env=env)
    wall = time.perf_counter() - start
    after = os.times()
    cpu = after.children_user + after.children_system - before.children_user - before.children_system
    return Timing(1000 * wall, 1000 * cpu)


def main(rounds: int, env: dict[str, str]) -> None:
    tools = {name: command for name, command in TOOLS.items() if shutil.which(command[0])}
    timings: dict[str, list[Timing]] = {name: [] for name in tools}
    for command in tools.values():
        run(command, env)  # files into the page cache
    for _ in range(rounds):
        for name, command in tools.items():
            timings[name].append(run(command, env))
    medians = {name: statistics.median(one.wall for one in found) for name, found in timings.items()}
    print(f"{'':<18}{'wall ms, median':>17}{'least':>8}{'CPU ms, median':>17}{'vaudit takes':>15}")
    for name, found in timings.items():
        cpu = statistics.median(one.cpu for one in found)
        least = min(one.wall for one in found)
        ratio = medians["vaudit"] / medians[name]
        print(f"{name:<18}{medians[name]:>17.0f}{least:>8.0f}{cpu:>17.0f}{ratio:>14.2f}x")
    if "virt-what" in medians and "lshw" in medians:
        both = medians["virt-what"] + medians["lshw"]
        print(
            f"\nvirt-what and lshw together: {both:.0f} ms; vaudit takes {medians['vaudit'] / both:.2f} of it"
        )
    where(rounds, env)


def where(rounds: int, env: dict[str, str]) -> None:
    """The least CPU and wall time of each stage of a scan, over some runs."""
    stages: dict[str, list[Timing]] = {}
    for _ in range(rounds):
        command = [sys.executable, "-c", STAGES]
        done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True, env=env)
        for line in done.stdout.splitlines():
            name, cpu, wall = line.split("\t")
            stages.setdefault(name, []).append(Timing(float(wall), float(cpu)))
    print(f"\n{'where the time goes':<46}{'CPU ms, least':>15}{'wall ms, least':>16}")
    total = Timing(0.0, 0.0)
    for name, found in stages.items():
        least = Timing(min(one.wall for one in found), min(one.cpu for one in found))
        total = Timing(total.wall + least.wall, total.cpu + least.cpu)
        print(f"{name:<46}{least.cpu:>15.1f}{least.wall:>16.1f}")
    print(f"{'sum':<46}{total.cpu:>15.1f}{total.wall:>16.1f}")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("rounds", type=int, nargs="?", default=15, help="how often each is run (default 15)")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        main(options.rounds, environment(folder))
