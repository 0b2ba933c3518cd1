"""`vaudit scan`: this machine or records of machines, judged and shown."""

import os
from collections.abc import Iterable, Iterator
from itertools import chain, islice
from typing import TYPE_CHECKING, Annotated, NamedTuple, get_args

from vaudit.commands.common import (
    FAIL_ON,
    FAILED,
    USAGE,
    Stop,
    broken,
    complain,
    found,
    told,
    unusable,
    write,
)
from vaudit.commands.documents import Documents
from vaudit.commands.machines import checks_with, needs_linux, opened, openers, refusals
from vaudit.commands.options import (
    PEER,
    Bench,
    BusyOk,
    Color,
    Config,
    Device,
    Disk,
    DryRun,
    Folders,
    FormatName,
    From,
    Option,
    Output,
    Places,
    Promised,
    Salt,
    Share,
    Strings,
    Verbose,
    Yes,
)

if TYPE_CHECKING:
    from vaudit.bench.plan import Wanted
    from vaudit.evidence.recorder import Recorder
    from vaudit.judge.rules import Checks
    from vaudit.model.report import Report

GIVEN = ("disk", "peer", "device", "yes", "busy_ok", "checks", "plan", "target", "share", "salt")
"""The options that the library has too."""


class Options(NamedTuple):
    """What `vaudit scan` is asked for."""

    from_: From = ()
    bench: Annotated[
        Bench | None,
        Option(
            "Measure for 30 s and 2 GiB at most, in full, or not. [default: quick; off with --from]",
            ("--bench",),
            choices=get_args(Bench),
            set="live",
        ),
    ] = None
    format: FormatName = "terminal"
    output: Output = ()
    fail_on: Annotated[
        str,
        Option(
            "Exit 1 where a check of this severity or above failed.",
            ("--fail-on",),
            choices=FAIL_ON,
            set="always",
        ),
    ] = "high"
    disk: Disk = "."
    peer: Annotated[Strings, PEER] = ()
    device: Device = None
    yes: Yes = False
    busy_ok: BusyOk = False
    checks: Folders = ()
    plan: Promised = ""
    target: Places = ()
    can: Annotated[
        str | None,
        Option(
            "Say only whether these run here, such as docker,kvm: exit 0 if all do, 1 if one does not, 3 if "
            "one is not known.",
            ("--can",),
            "NAMES",
        ),
    ] = None
    share: Share = False
    salt: Salt = ""
    color: Color = "auto"
    verbose: Verbose = False
    dry_run: DryRun = False
    config: Config = ""


def run(options: Options) -> int:
    """Audits this machine or records of machines, prints a report of each and writes the files asked for."""
    bench: Bench = options.bench or ("off" if options.from_ or options.can else "quick")
    if not options.from_:
        needs_linux("a live scan", "scan a record with --from")
    elif bench != "off":
        raise Stop(USAGE, "--bench measures this machine: it cannot go with --from")
    if options.dry_run:
        return _dry_run(options, bench)
    if options.can:
        return _can(options.can, options, bench)
    documents = Documents(
        options.format, options.output, options.color, options.verbose, shared=options.share
    )
    try:
        if options.from_:
            return _of_records(options, documents)
        report = _live(options, bench)
        return max(_shown([report], documents, options, framed=False), _missed(report, options, bench))
    finally:
        documents.drop()


def _dry_run(options: Options, bench: Bench) -> int:
    if bench == "off":
        write("Nothing would be measured.\n")
        return 0
    from vaudit.commands.measuring import described

    write(described(_wanted(options, bench)))
    return 0


def _wanted(options: Options, bench: Bench) -> "Wanted":
    from vaudit.bench.plan import Wanted

    return Wanted(bench, options.disk, options.peer, options.device, options.yes, busy_ok=options.busy_ok)  # type: ignore[arg-type]


def _missed(report: "Report", options: Options, bench: Bench) -> int:
    """FAILED, and why, where a disk or peer that was named could not be measured."""
    if bench == "off":
        return 0
    from vaudit.commands.measuring import missed, named

    reasons = missed(report.benchmarks, named(_wanted(options, bench)))
    for reason in reasons:
        complain(f"not measured: {reason}")
    return FAILED if reasons else 0


def _can(asked: str, options: Options, bench: Bench) -> int:
    """Answers about one machine, this one or that of a record."""
    from vaudit.commands import can

    if options.output or options.format != "terminal":
        raise Stop(USAGE, "--can prints lines of text: leave --format and --output out")
    checks = checks_with(options.checks)
    wanted = can.names(asked, checks)
    reports = list(
        _judged(opened(openers(options.from_)), checks, options) if options.from_ else [_live(options, bench)]
    )
    if len(reports) != 1:
        raise Stop(USAGE, "--can is asked of one machine: name one record")
    if reports[0] is None:
        return FAILED
    write(can.lines(reports[0], wanted))
    return max(can.code(reports[0], wanted), told(unusable(reports[0])))


def _live(options: Options, bench: Bench) -> "Report":
    from vaudit import api

    given = {name: getattr(options, name) for name in GIVEN}
    with refusals():
        if bench == "off":
            return api.scan(**given)
        from vaudit.commands.screen import progress

        with progress() as show:
            return api.scan(bench=bench, **given, progress=show)


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
    reports = _judged(chain([leading], machines), checks, options)
    return _shown(reports, documents, options, framed=framed)


def _holds_records(path: str, leading: "Recorder | None") -> bool:
    """Whether a path is a folder of records, though perhaps of one, and not itself a record."""
    return os.path.isdir(path) and (leading is None or leading.name != path)


def _judged(
    machines: "Iterable[Recorder | None]", checks: "Checks", options: Options
) -> "Iterator[Report | None]":
    """A report of each machine; None of one that cannot be audited, which is said on stderr."""
    from vaudit.machines import promised, targets
    from vaudit.pipeline import asked, audited

    run = asked("off", {"from": options.from_, **{name: getattr(options, name) for name in GIVEN}})
    salt = options.salt if options.share else None
    with refusals():
        plan, places = promised(options.plan), targets(options.target)
    for recorder in machines:
        report = None
        if recorder is not None:
            try:
                report = audited(recorder, checks, run=run, salt=salt, plan=plan, target=places)
            except Exception as error:  # of one machine, which is no reason to leave out the others
                broken(error, recorder.name)
        yield report


def _shown(
    reports: "Iterable[Report | None]", documents: Documents, options: Options, *, framed: bool
) -> int:
    """Puts out each report; the worst exit code of all."""
    code, problems = 0, set[str]()
    for report in reports:
        if report is None or not documents.show(report, framed):
            code = FAILED
            continue
        own = documents.exit_code(report)
        code = max(code, found(report, options.fail_on) if own is None else own)
        problems |= unusable(report)
    documents.end(framed)
    return max(code, told(problems))
