"""`vaudit report`: reports of earlier scans, shown again."""

from collections.abc import Iterator
from itertools import chain, islice
from typing import TYPE_CHECKING, Annotated, NamedTuple

from vaudit.commands.common import FAIL_ON, FAILED, Stop, complain, found, told, unusable
from vaudit.commands.documents import Documents
from vaudit.commands.machines import checks_with, refusals
from vaudit.commands.options import (
    Color,
    Config,
    FormatName,
    Option,
    Output,
    Places,
    Salt,
    Share,
    State,
    Strings,
    Verbose,
)

if TYPE_CHECKING:
    from vaudit.model.report import Report
    from vaudit.model.versions import VersionError
    from vaudit.stored import Unreadable


class Options(NamedTuple):
    """What `vaudit report` is asked for."""

    path: Annotated[
        str,
        Option(
            "The report of an earlier scan, or a list of them: JSON or HTML; or a kept one: last, last~3, "
            "2026-05-03.",
            metavar="PATH",
        ),
    ]
    format: FormatName = "terminal"
    letter: Annotated[
        bool, Option("Print one text to send to the provider, as --format letter.", ("--letter",))
    ] = False
    output: Output = ()
    share: Share = False
    salt: Salt = ""
    color: Color = "auto"
    verbose: Verbose = False
    checks: Annotated[  # those that are configured were asked when the report was made
        Strings,
        Option("Judge it again, also by the checks of this folder. May be repeated.", ("--checks",), "DIR"),
    ] = ()
    plan: Annotated[
        str,
        Option("Hold what was promised against what the report found.", ("--plan",), "TEXT"),
    ] = ""
    target: Places = ()
    fail_on: Annotated[
        str | None,
        Option(
            "Exit 1 where a check of this severity or above failed. [default: high with --plan, --target "
            "or --checks, else never]",
            ("--fail-on",),
            choices=FAIL_ON,
        ),
    ] = None
    state: State = ""
    config: Config = ""


def run(options: Options) -> int:
    """Shows a stored report again, or each one of a list."""
    documents = Documents(
        "letter" if options.letter else options.format,
        options.output,
        options.color,
        options.verbose,
        shared=options.share,
        fail_on=options.fail_on or "high",
    )
    try:
        failures: list[VersionError] = []
        reports = _asked(_meant(options, failures.append), options)
        first = list(islice(reports, 2))
        if not first:
            raise Stop(FAILED, str(failures[0]) if failures else f"{options.path}: holds no report")
        framed = len(first) > 1
        if framed:
            documents.refuse_many()
        code, problems = 0, set[str]()
        for report in chain(first, reports):
            if not documents.show(report, framed):
                code = FAILED
                continue
            own = documents.exit_code(report)
            code = max(code, found(report, _fail_on(options), options.target) if own is None else own)
            problems |= unusable(report) if _is_judged(options) else set()
        documents.end(framed)
        for failure in failures:
            complain(str(failure))
        return max(code, told(problems), FAILED if failures else 0)
    finally:
        documents.drop()


def _is_judged(options: Options) -> bool:
    """Whether the reports are judged again."""
    return bool(options.checks or options.plan or options.target)


def _fail_on(options: Options) -> str:
    return options.fail_on or ("high" if _is_judged(options) else "never")


def _asked(reports: "Iterator[Report]", options: Options) -> "Iterator[Report]":
    """The reports as they are wanted: judged again, without identities. Raises Stop."""
    if _is_judged(options):
        from vaudit.machines import promised, targets
        from vaudit.pipeline import rejudged

        checks = checks_with(options.checks)
        with refusals():
            plan, places = promised(options.plan), targets(options.target)
        reports = (rejudged(report, checks, plan, places) for report in reports)
    if options.share:
        from vaudit.api import share

        reports = (share(report, salt=options.salt) for report in reports)
    return reports


def _meant(options: Options, unreadable: "Unreadable") -> "Iterator[Report]":
    """The kept report, or those in the file. Raises Stop."""
    from vaudit.history.choose import names_kept

    if not names_kept(options.path):
        return stored(options.path, unreadable)
    from vaudit.commands.diff import read

    return iter([read(options.path, options.state)])


def stored(path: str, unreadable: "Unreadable | None" = None) -> "Iterator[Report]":
    """The reports in a file. Raises Stop. `unreadable` is called for one among others that is none."""
    from vaudit import stored as files
    from vaudit.model.versions import VersionError

    try:
        yield from files.stored(path, unreadable)
    except OSError as error:
        raise Stop(FAILED, f"{path}: cannot be read: {error.strerror}") from error
    except VersionError as error:
        raise Stop(FAILED, str(error)) from error
