"""`vaudit scan`: this machine or records of machines, judged and shown."""

import os
from collections.abc import Iterable, Iterator
from itertools import chain, islice
from typing import TYPE_CHECKING, Annotated, NamedTuple, get_args

from vaudit.commands.common import FAILED, FINDINGS, USAGE, Stop, write
from vaudit.commands.documents import Documents
from vaudit.commands.machines import checks_with, machine, needs_linux, opened, openers
from vaudit.commands.options import (
    PEER,
    Bench,
    Color,
    Device,
    Disk,
    DryRun,
    Folders,
    FormatName,
    From,
    Option,
    Output,
    Verbose,
    Yes,
)

if TYPE_CHECKING:
    from vaudit.commands.measuring import Wanted
    from vaudit.evidence.recorder import Recorder
    from vaudit.judge.rules import Checks
    from vaudit.model.report import Report, Run

FAIL_ON = ("info", "low", "medium", "high", "never")


class Options(NamedTuple):
    """What `vaudit scan` is asked for."""

    from_: From = ()
    bench: Annotated[
        Bench | None,
        Option(
            "Measure for 30 s and 2 GiB at most, in full, or not. [default: quick; off with --from]",
            ("--bench",),
            choices=get_args(Bench),
        ),
    ] = None
    format: FormatName = "terminal"
    output: Output = ()
    fail_on: Annotated[
        str, Option("Exit 1 where a check of this severity or above failed.", ("--fail-on",), choices=FAIL_ON)
    ] = "high"
    disk: Disk = "."
    peer: Annotated[str | None, PEER] = None
    device: Device = None
    yes: Yes = False
    checks: Folders = ()
    color: Color = "auto"
    verbose: Verbose = False
    dry_run: DryRun = False


def run(options: Options) -> int:
    """Audits this machine or records of machines, prints a report of each and writes the files asked for."""
    bench: Bench = options.bench or ("off" if options.from_ else "quick")
    if not options.from_:
        needs_linux("a live scan", "scan a record with --from")
    elif bench != "off":
        raise Stop(USAGE, "--bench measures this machine: it cannot go with --from")
    if options.dry_run:
        return _dry_run(_wanted(options, bench))
    documents = Documents(options.format, options.output, options.color, options.verbose)
    try:
        if options.from_:
            return _of_records(options, documents)
        return _shown([_live(options, bench)], documents, options, framed=False)
    finally:
        documents.drop()


def _dry_run(wanted: "Wanted | None") -> int:
    from vaudit.commands.measuring import described

    write(described(wanted) if wanted else "Nothing would be measured.\n")
    return 0


def _wanted(options: Options, bench: Bench) -> "Wanted | None":
    """What is to be measured; None for nothing."""
    if bench == "off":
        return None
    from vaudit.commands.measuring import Wanted

    return Wanted(bench, options.disk, options.peer, options.device, options.yes)


def _live(options: Options, bench: Bench) -> "Report":
    with machine() as recorder:
        # imported only now: the CPUID child works beside these imports
        from vaudit.scan import scan

        checks, asked, wanted = checks_with(options.checks), _asked(options, bench), _wanted(options, bench)
        if wanted is None:
            return scan(recorder, checks, run=asked)
        from vaudit.commands.measuring import measuring

        return scan(recorder, checks, measuring(recorder, wanted), asked)


def _asked(options: Options, bench: Bench) -> "Run":
    """What the report tells of the options that were given."""
    from vaudit.scan import asked

    disk = options.disk if options.disk != "." else ""
    given = {"from": options.from_, "disk": disk, "peer": options.peer, "device": options.device}
    return asked(bench, {**given, "yes": options.yes, "checks": options.checks})


def _of_records(options: Options, documents: Documents) -> int:
    """A document is a list unless it is asked for one path that is itself the record of one machine."""
    checks = checks_with(options.checks)
    if len(options.from_) > 1:
        documents.refuse_many()
    found = openers(options.from_)
    first = list(islice(found, 2))
    if len(first) > 1:
        documents.refuse_many()
    machines = opened(chain(first, found))
    leading = next(machines)
    framed = len(options.from_) > 1 or len(first) > 1 or _holds_records(options.from_[0], leading)
    reports = _judged(chain([leading], machines), checks, _asked(options, "off"))
    return _shown(reports, documents, options, framed=framed)


def _holds_records(path: str, leading: "Recorder | None") -> bool:
    """Whether a path is a folder of records, though perhaps of one, and not itself a record."""
    return os.path.isdir(path) and (leading is None or leading.name != path)


def _judged(
    machines: "Iterable[Recorder | None]", checks: "Checks", asked: "Run"
) -> "Iterator[Report | None]":
    from vaudit.scan import scan

    for recorder in machines:
        yield scan(recorder, checks, run=asked) if recorder else None


def _shown(
    reports: "Iterable[Report | None]", documents: Documents, options: Options, *, framed: bool
) -> int:
    """Puts out each report; the worst exit code of all."""
    code = 0
    for report in reports:
        if report is None:
            code = FAILED
            continue
        documents.add(report, framed)
        own = documents.exit_code(report)
        code = max(code, _code(report, options.fail_on) if own is None else own)
    documents.end(framed)
    return code


def _code(report: "Report", fail_on: str) -> int:
    """FINDINGS when a failed check is as severe as `fail_on` or more so."""
    worst = report.summary.worst
    if fail_on == "never" or worst is None:
        return 0
    return FINDINGS if FAIL_ON.index(worst) >= FAIL_ON.index(fail_on) else 0
