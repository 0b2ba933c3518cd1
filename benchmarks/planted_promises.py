"""Is a broken promise named, and nobody accused falsely? Recorded machines with one planted lie each.

    python benchmarks/planted_promises.py [--seed N …] [--broken 60] [--honest 20] [--odd 20] [--write DIR]

Each machine is a record of tests/machines whose quantities were changed (fewer processors, less memory, an
emulated card, a slow disk or link, stolen time, no nested virtualization, another hypervisor), with what
benchmarks would have recorded there,
and a plan in the spellings of sellers. It counts as named where the line
of the plan at the end of the report says that this promise, and no other, is not kept. An honest machine is
accused where that line says so of any; so is an odd one, which looks as if something was kept back, and it is
the plan or nobody's fault. A promise that is missed may still be doubted: the last line says so, with what
was seen. Another seed gives another set. `--write` keeps records and plans.

Exit code 1 where fewer than 95 % are named, or an honest one is accused.
"""

import argparse
import sys
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

from tests.machines.promised import Case, cases, odd_cases
from vaudit.evidence import dump
from vaudit.evidence.recorder import Recorder
from vaudit.judge.checks import load
from vaudit.judge.read_plan import PlanError, read
from vaudit.judge.rules import Checks
from vaudit.model.report import Report
from vaudit.output.terminal import render
from vaudit.pipeline import scan

ENOUGH = 57 / 60
WIDTH = 4000
"""Columns, so that each paragraph of the report is one line."""


def outcome(case: Case, checks: Checks) -> str:
    """named, or kept for an honest machine; else what was said instead."""
    try:
        plan = read(case.plan)
    except PlanError as error:
        return f"not read: {error}"
    report = scan(Recorder(dump.parse(case.record.encode(), case.name)), checks, plan=plan)
    said = last_line(report)
    broken = [one for one in report.plan if one.kept is False]
    accused = said.partition("not kept: ")[2].partition(";")[0]
    if not case.planted:
        return f"accused: {accused or broken}" if accused or broken else "kept"
    if any(one.subject == case.planted and one.doubtful for one in report.plan):
        return f"doubted: {said}"
    named = accused and all(one.subject == case.planted and f"{one.promised} (" in accused for one in broken)
    return "named" if named else f"said: {said}"


def last_line(report: Report) -> str:
    """The line of the plan in the answer with which a report ends."""
    lines = render(report, WIDTH).partition("\nVERDICT")[2].splitlines()
    return next(
        (line.strip().removeprefix("plan").strip() for line in lines if line.strip().startswith("plan ")), ""
    )


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n\n", 1)[0])
    parser.add_argument("--seed", type=int, nargs="*", default=[1], help="each gives another set")
    parser.add_argument("--broken", type=int, default=60, help="machines with a broken promise, of each seed")
    parser.add_argument("--honest", type=int, default=20, help="machines that keep all, of each seed")
    parser.add_argument("--odd", type=int, default=20, help="machines that only look as if not, of each seed")
    parser.add_argument("--write", type=Path, metavar="FOLDER", help="keep the records and plans there")
    parser.add_argument("-v", "--verbose", action="store_true", help="print every machine and its plan")
    options = parser.parse_args()
    checks, failed = load(), False
    for seed in options.seed:
        made = [*cases(seed, options.broken, options.honest), *odd_cases(seed, options.odd)]
        if options.write:
            _write(options.write / str(seed), made)
        found = [(case, outcome(case, checks)) for case in made]
        failed |= _told(seed, found, options.verbose)
    return int(failed)


def _told(seed: int, found: list[tuple[Case, str]], verbose: bool) -> bool:
    """Prints what became of one set; whether that is not enough."""
    for case, said in found:
        if verbose or said not in ("named", "kept"):
            print(f"{case.name}: {said}\n    {case.plan!r}")
    planted = [said for case, said in found if case.planted]
    honest = [said for case, said in found if not case.planted]
    doubted = sum(said.startswith("doubted") for said in planted)
    named, kept = Counter(planted)["named"], Counter(honest)["kept"]
    print(
        f"seed {seed}: {named} of {len(planted)} named, {doubted} doubted, "
        f"{len(honest) - kept} of {len(honest)} honest ones accused"
    )
    return named < ENOUGH * len(planted) or kept < len(honest)


def _write(folder: Path, made: list[Case]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for number, case in enumerate(made):
        (folder / f"{number:02}.vdump").write_text(case.record)
        (folder / f"{number:02}.plan.txt").write_text(f"{case.plan}\n")
        with (folder / "truth.txt").open("a") as truth:
            truth.write(f"{number:02} {case.planted or 'honest'}\n")


if __name__ == "__main__":
    sys.exit(main())
