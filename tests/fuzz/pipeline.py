"""What is done with every input: read, facts, judgement, and every format."""

import os
from random import Random

from tests.fuzz import faults
from tests.machines import our_checks
from vaudit import api
from vaudit.commands import can
from vaudit.commands.evidence import witnesses
from vaudit.evidence import dump, record
from vaudit.evidence.errors import EvidenceError
from vaudit.evidence.listing import listing
from vaudit.evidence.origin import sources
from vaudit.evidence.recorder import Recorder
from vaudit.judge.rules import Checks
from vaudit.model.report import Report
from vaudit.model.versions import VersionError
from vaudit.output import FORMATS, render
from vaudit.pipeline import asked, scan

CHECKS = our_checks()
OFTEN = {"json": 1, "paste": 4, "letter": 4, "terminal": 4, "colour": 8, "jsonl": 12, "html": 12, "record": 8,
         "junit": 4, "markdown": 4}  # fmt: skip
"""One of so many reports becomes such a document: a page takes longer than all else together,
and to mask what is pasted as long as the scan."""


class NoMemory(faults.Fault):
    """A refusal that says of an input what is true of the limit."""


def machines(path: str, random: Random, checks: Checks = CHECKS) -> None:
    """Scans all machines at a path."""
    run = asked("off", {"from": path})
    try:
        for opener in sources(path):
            try:
                recorder = Recorder(opener())
            except EvidenceError as error:
                refused(error)
            else:
                made = scan(recorder, checks, run=run)
                faults.report(made, ours=checks is CHECKS)
                everywhere(made, random)
                _recorded(recorder, made, random)
    except EvidenceError as error:
        refused(error)


def stored(path: str, random: Random) -> None:
    """Reads the reports in a file."""
    try:
        for made in api.load_all(path):
            everywhere(made, random)
    except VersionError as error:
        refused(error)


def refused(error: Exception) -> None:
    """A documented error is a line, and no sign of a bound that was not kept."""
    faults.refusal(str(error))
    cause: BaseException | None = error
    while cause:
        if isinstance(cause, MemoryError):
            raise NoMemory(str(error)) from error
        cause = cause.__cause__ or cause.__context__


def everywhere(made: Report, random: Random) -> None:
    """Every format, each as often as it is worth its time."""
    for name in FORMATS:
        if not random.randrange(OFTEN[name]):
            faults.shown(name, render(name, made), made)
    if not random.randrange(OFTEN["colour"]):
        width = random.choice((1, 20, 80, 80, 120, 200))
        faults.shown("colour", render("terminal", made, width=width, color=True, verbose=True), made)


def _recorded(recorder: Recorder, made: Report, random: Random) -> None:
    """What can run there, and what was asked, is told, and recorded: masked, and as it is."""
    if random.randrange(OFTEN["record"]):
        return
    faults.shown("can", can.lines(made, [one.name for one in CHECKS.workloads]), made)
    for line in (*listing(recorder, made.coverage.root_adds), *witnesses(made.facts.hypervisor)):
        line.encode("utf-8", "surrogatepass")
    text, _ = record.write(recorder, sanitize=bool(random.randrange(3)))
    dump.parse(text.encode(), "x")


def write(folder: str, files: dict[str, bytes]) -> str:
    """Writes an input; the path to name: of its only file, or the folder."""
    for name, content in files.items():
        path = os.path.join(folder, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "wb") as file:
            file.write(content)
    return os.path.join(folder, next(iter(files))) if len(files) == 1 else folder


def ready() -> None:
    """What all need is imported, compiled and cached before children are made."""
    from tests import machines as recorded

    for name in recorded.NAMES[:1]:
        recorder = Recorder(recorded.source(name))
        made = scan(recorder, CHECKS)
        for form in FORMATS:
            render(form, made)
        record.write(recorder, sanitize=True)
