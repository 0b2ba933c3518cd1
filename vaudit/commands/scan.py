"""`vaudit scan`: this machine or records of machines, judged and shown."""

import os
import sys
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
from vaudit.commands.machines import Refused, checks_with, needs_measuring, opened, openers, refusals
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
    KeepFor,
    KeepSize,
    Option,
    Output,
    Places,
    Prometheus,
    Promised,
    Salt,
    Share,
    State,
    Strings,
    Verbose,
    Yes,
)

if TYPE_CHECKING:
    from vaudit.bench.plan import Wanted
    from vaudit.commands.keeping import Keeper
    from vaudit.commands.news import Baseline
    from vaudit.evidence.recorder import Recorder
    from vaudit.history.differ import Diff
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
            "Measure for 3 s beside other work (light), for 30 s and 2 GiB at most, in full, or not. "
            "[default: quick; off with --from]",
            ("--bench",),
            choices=get_args(Bench),
            set="live",
        ),
    ] = None
    format: FormatName = "terminal"
    output: Output = ()
    prometheus: Prometheus = ""
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
    keep: Annotated[bool, Option("Keep the report, to tell later what changed.", ("--keep",))] = False
    keep_for: KeepFor = ""
    keep_size: KeepSize = ""
    state: State = ""
    baseline: Annotated[
        str,
        Option(
            "Exit 1 only for what is new since this report: a file, or last, the one that was kept last.",
            ("--baseline",),
            "FILE",
        ),
    ] = ""
    quiet: Annotated[
        bool,
        Option("Say only what is new, in few plain lines; nothing where nothing is.", ("--quiet", "-q")),
    ] = False
    if_due: Annotated[
        bool,
        Option(
            "Do nothing unless a kept scan found figures out of the usual 30 or 90 minutes ago: then measure "
            "as it did.",
            ("--if-due",),
        ),
    ] = False
    wait: Annotated[
        int,
        Option("Wait so long for another scan that measures.", ("--wait",), "SECONDS"),
    ] = 0
    share: Share = False
    salt: Salt = ""
    color: Color = "auto"
    verbose: Verbose = False
    dry_run: DryRun = False
    config: Config = ""


def run(options: Options) -> int:
    """Audits this machine or records of machines, prints a report of each and writes the files asked for."""
    if options.if_due:
        mode = _due(options)
        if not mode:
            return 0
        options = options._replace(bench=mode)
    measures = sys.platform == "linux" and not options.from_ and not options.can
    bench: Bench = options.bench or ("quick" if measures else "off")
    if not options.from_ and bench != "off":
        needs_measuring("scan with --bench off", peers=options.peer or (), device=options.device)
    elif bench != "off":
        raise Stop(USAGE, "--bench measures this machine: it cannot go with --from")
    if options.dry_run:
        return _dry_run(options, bench)
    if options.can:
        return _can(options.can, options, bench)
    _refuse_metrics(options)
    documents = Documents(
        options.format,
        options.output,
        options.color,
        options.verbose,
        shared=options.share,
        silent=options.quiet,
        fail_on=options.fail_on,
    )
    try:
        keeper, baseline = _keeper(options), _baseline(options)
        if options.from_:
            return _of_records(options, documents, keeper, baseline)
        report = _live(
            options,
            bench,
            keeper.secret if keeper else b"",
            excerpts=documents.excerpts or keeper is not None,
        )
        shown = _shown([report], documents, options, framed=False, keeper=keeper, baseline=baseline)
        if options.prometheus:
            from vaudit.commands import prometheus

            prometheus.save(options.prometheus, report)
        return max(shown, _missed(report, options, bench))
    finally:
        documents.drop()


def _due(options: Options) -> Bench | None:
    """What is measured now because an earlier scan asked for it; None where nothing is due. A dry run leaves
    it due. Raises Stop."""
    if options.from_ or options.can or not options.keep:
        raise Stop(USAGE, "--if-due is of this machine and needs --keep: earlier scans say what is due")
    import time

    from vaudit.history import state
    from vaudit.history.due import ready, take

    now = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
    asked = ready if options.dry_run else take
    try:
        return asked(state.folder(options.state), now) or None  # type: ignore[return-value]
    except state.StateError as error:
        raise Stop(FAILED, str(error)) from error


def _refuse_metrics(options: Options) -> None:
    """Raises Stop where metrics could not be written, or would be those of another machine."""
    if not options.prometheus:
        return
    if options.from_:
        raise Stop(USAGE, "--prometheus writes metrics of this machine: it cannot go with --from")
    from vaudit.commands.common import refuse_unwritable

    refuse_unwritable(options.prometheus)


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
        _judged(opened(openers(options.from_, options.yes)), checks, options)
        if options.from_
        else [_live(options, bench)]
    )
    if len(reports) != 1:
        raise Stop(USAGE, "--can is asked of one machine: name one record")
    if isinstance(reports[0], Refused):
        return FAILED
    write(can.lines(reports[0], wanted))
    return max(can.code(reports[0], wanted), told(unusable(reports[0])))


def _live(options: Options, bench: Bench, secret: bytes = b"", *, excerpts: bool = False) -> "Report":
    from vaudit import api

    given = {name: getattr(options, name) for name in GIVEN} | {"secret": secret, "excerpts": excerpts}
    with refusals():
        if bench == "off":
            return api.scan(**given)
        from vaudit.commands.keeping import alone
        from vaudit.commands.screen import progress

        with alone(options.state, options.wait, asked=options.keep), progress() as show:
            return api.scan(bench=bench, **given, progress=show)


def _keeper(options: Options) -> "Keeper | None":
    """What keeps reports, where they are to be kept."""
    if not options.keep:
        return None
    from vaudit.commands.keeping import Keeper

    return Keeper(options.state, options.keep_for, options.keep_size)


def _baseline(options: Options) -> "Baseline | None":
    """What the scan is held against. Raises Stop."""
    if not (options.baseline or options.quiet):
        return None
    from vaudit.commands.news import LAST, Baseline

    return Baseline(options.baseline or LAST, options.state)


def _tell(
    report: "Report", baseline: "Baseline", news: "Diff | None", options: Options, keeper: "Keeper | None"
) -> None:
    from vaudit.commands.news import tell

    places = [os.path.abspath(path) for path in options.output if path != "-"]
    tell(
        report, baseline, news, keeper.fresh if keeper else [], [*places, *(keeper.places if keeper else [])]
    )


def _of_records(
    options: Options, documents: Documents, keeper: "Keeper | None", baseline: "Baseline | None"
) -> int:
    """A document is a list unless it is asked for one path that is itself the record of one machine."""
    checks = checks_with(options.checks)
    if len(options.from_) > 1:
        documents.refuse_many()
    found = openers(options.from_, options.yes)
    first = list(islice(found, 2))
    if len(first) > 1:
        documents.refuse_many()
    machines = opened(chain(first, found))
    leading = next(machines)
    framed = len(options.from_) > 1 or len(first) > 1 or _holds_records(options.from_[0], leading)
    excerpted = documents.excerpts or keeper is not None
    secret = keeper.secret if keeper else b""
    reports = _judged(chain([leading], machines), checks, options, secret, excerpted=excerpted)
    return _shown(reports, documents, options, framed=framed, keeper=keeper, baseline=baseline)


def _holds_records(path: str, leading: "Recorder | Refused") -> bool:
    """Whether a path is a folder of records, though perhaps of one, and not itself a record."""
    return os.path.isdir(path) and (isinstance(leading, Refused) or leading.name != path)


def _judged(
    machines: "Iterable[Recorder | Refused]",
    checks: "Checks",
    options: Options,
    secret: bytes = b"",
    *,
    excerpted: bool = True,
) -> "Iterator[Report | Refused]":
    """A report of each machine; of one that cannot be audited that and why, which is said on stderr too."""
    from vaudit.machines import promised, targets
    from vaudit.pipeline import asked, audited

    run = asked("off", {"from": options.from_, **{name: getattr(options, name) for name in GIVEN}})
    salt = options.salt if options.share else None
    with refusals():
        plan, places = promised(options.plan), targets(options.target)
    for recorder in machines:
        if isinstance(recorder, Refused):
            yield recorder
            continue
        try:
            report = audited(
                recorder,
                checks,
                run=run,
                salt=salt,
                plan=plan,
                target=places,
                secret=secret,
                excerpted=excerpted,
            )
        except Exception as error:  # of one machine, which is no reason to leave out the others
            broken(error, recorder.name)
            yield Refused(recorder.name, f"internal error: {type(error).__name__}")
        else:
            yield report


def _shown(
    reports: "Iterable[Report | Refused]",
    documents: Documents,
    options: Options,
    *,
    framed: bool,
    keeper: "Keeper | None",
    baseline: "Baseline | None",
) -> int:
    """Puts out each report, and keeps it; the worst exit code of all."""
    code, problems = 0, set[str]()
    for report in reports:
        if isinstance(report, Refused):
            documents.failed(report.name, report.reason, framed)
            code = FAILED
            continue
        if keeper:
            keeper.keep(report, asks=not options.if_due)
        if not documents.show(report, framed):
            code = FAILED
            continue
        own = documents.exit_code(report)
        if baseline:
            news = baseline.against(report)
            code = max(code, baseline.code(report, news, options.fail_on))
            if options.quiet:
                _tell(report, baseline, news, options, keeper)
            elif doubt := baseline.doubt(report):
                complain(doubt)
        else:
            code = max(code, found(report, options.fail_on, options.target) if own is None else own)
        if keeper and not options.quiet and options.format == "terminal":
            keeper.show()
        problems |= unusable(report)
    documents.end(framed)
    return max(code, told(problems), keeper.end() if keeper else 0)
