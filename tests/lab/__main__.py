"""Runs the lab; the Makefile's targets call this."""

import argparse
import os
import signal
import sys
from fnmatch import fnmatchcase

import msgspec

from tests.lab import compare, images
from tests.lab.boot import Case, LabError, Said, boot, table
from vaudit import files
from vaudit.evidence import dump, record
from vaudit.evidence.recorder import Recorder
from vaudit.judge.checks import load
from vaudit.model.report import Report
from vaudit.pipeline import scan

FAILED, UNUSABLE = 1, 2


def main() -> int:
    """Exit codes: 0 all said what is true; 1 some did not; 2 the lab could not run."""
    parser = argparse.ArgumentParser(prog="python -m tests.lab", description=__doc__)
    parser.add_argument(
        "cases", nargs="*", metavar="CASE", help="names or patterns; all but opt-in ones otherwise"
    )
    parser.add_argument("--list", action="store_true", help="name the cases")
    parser.add_argument("--refresh", action="store_true", help="keep the dumps in tests/machines")
    parser.add_argument("--images", action="store_true", help="only build what is booted")
    parser.add_argument(
        "--jobs", type=int, default=min(2, os.cpu_count() or 1), help="QEMUs at once, 2 at most"
    )
    given = parser.parse_args()
    _, known = table()
    if given.list:
        print("\n".join(f"{one.name:24} {'(opt-in) ' * one.opt_in}{one.about}" for one in known.values()))
        return 0
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        chosen = choose(given.cases, known)
        images.install_programs()
        images.build()
        if given.images:
            return 0
        outcomes = [_report(said, given.refresh) for said in boot(chosen, max(1, min(2, given.jobs)))]
    except LabError as error:
        images.say(str(error))
        return UNUSABLE
    except KeyboardInterrupt:
        images.say("stopped")
        return 130
    images.say(f"{sum(outcomes)} of {len(chosen)} cases said what is true")
    return 0 if all(outcomes) else FAILED


def choose(patterns: list[str], known: dict[str, Case]) -> list[Case]:
    """The cases that any pattern names; opt-in ones only by their own name. LabError where one names none."""
    if not patterns:
        return [one for one in known.values() if not one.opt_in]
    for pattern in patterns:
        if not any(fnmatchcase(name, pattern) for name in known):
            raise LabError(f"no case {pattern!r}; `make lab-list` names them")
    return [
        one
        for name, one in known.items()
        if name in patterns or (not one.opt_in and any(fnmatchcase(name, pattern) for pattern in patterns))
    ]


def problems(said: Said) -> list[str]:
    """All that is wrong with what vaudit said inside; empty when it is the truth."""
    if said.problem:
        return [said.problem]
    data, report = said.files.get("record.vdump"), said.files.get("report.json")
    if not data or not (report or said.case.flaw):
        words = (said.files.get("scan.txt", b"") + said.files.get("record.txt", b"")).decode(errors="replace")
        return [f"vaudit wrote no report or no dump: {words.strip()}"]
    outside = compare.replay(data, said.case.name)
    # what was measured once cannot be measured alike again: a flawed disk is only recorded
    inside = msgspec.json.decode(report, type=Report) if report else outside
    expected = compare.truth(said.case.name)
    found = compare.wrong(inside, expected) if expected else ["nobody has written what is true of it"]
    found += [f"two scans of one boot differ: {line}" for line in compare.news(outside, inside)]
    return found + [f"the dump replays otherwise: {line}" for line in compare.changed(inside, outside)]


def _report(said: Said, refresh: bool) -> bool:
    """Prints a case's outcome, and keeps its dump; whether it said what is true."""
    found = problems(said)
    print(f"{'FAIL' if found else 'ok':4} {said.case.name} ({said.seconds:.0f} s)", flush=True)
    for line in found:
        print(f"     {line}", flush=True)
    data = said.files.get("record.vdump")
    if refresh and data:
        for line in keep(said.case.name, masked(said.case.name, data)):
            print(f"     {line}", flush=True)
    return not found


def masked(name: str, data: bytes) -> bytes:
    """A guest's raw dump as it is kept: without identities."""
    recorder = Recorder(dump.parse(data, name))
    scan(recorder, load([]))
    return record.write(recorder, sanitize=True)[0].encode()


def keep(name: str, data: bytes) -> list[str]:
    """Saves a dump in tests/machines, and says what changed; a wrong one never replaces a right one."""
    path, truth = compare.recorded(name), compare.truth(name)
    report, lines = compare.replay(data, name), []
    if path.exists():
        before = compare.replay(path.read_bytes(), name)
        lines = [f"was, is: {line}" for line in compare.changed(before, report)]
        if compare.wrong(report, truth) and not compare.wrong(before, truth):
            return [*lines, "the old dump stays, which is right"]
    files.save(path, data.decode())
    return lines


if __name__ == "__main__":
    sys.exit(main())
