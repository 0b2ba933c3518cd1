"""`vaudit report`: reports of earlier scans, shown again."""

from collections.abc import Iterator
from itertools import chain, islice
from typing import TYPE_CHECKING, Annotated, NamedTuple

from vaudit.commands.common import FAILED, Stop
from vaudit.commands.documents import Documents
from vaudit.commands.options import Color, FormatName, Option, Output, Salt, Share, Verbose

if TYPE_CHECKING:
    from vaudit.model.report import Report


class Options(NamedTuple):
    """What `vaudit report` is asked for."""

    path: Annotated[
        str, Option("The report of an earlier scan, or a list of them: JSON or HTML.", metavar="PATH")
    ]
    format: FormatName = "terminal"
    output: Output = ()
    share: Share = False
    salt: Salt = ""
    color: Color = "auto"
    verbose: Verbose = False


def run(options: Options) -> int:
    """Shows a stored report again, or each one of a list."""
    documents = Documents(
        options.format, options.output, options.color, options.verbose, shared=options.share
    )
    try:
        reports = stored(options.path)
        if options.share:
            from vaudit.api import share

            reports = (share(report, salt=options.salt) for report in reports)
        first = list(islice(reports, 2))
        if not first:
            raise Stop(FAILED, f"{options.path}: holds no report")
        framed = len(first) > 1
        if framed:
            documents.refuse_many()
        code = 0
        for report in chain(first, reports):
            documents.add(report, framed)
            code = max(code, documents.exit_code(report) or 0)
        documents.end(framed)
        return code
    finally:
        documents.drop()


def stored(path: str) -> "Iterator[Report]":
    """The reports in a file. Raises Stop."""
    from vaudit import stored as files
    from vaudit.model.versions import VersionError

    try:
        yield from files.stored(path)
    except OSError as error:
        raise Stop(FAILED, f"{path}: cannot be read: {error.strerror}") from error
    except VersionError as error:
        raise Stop(FAILED, str(error)) from error
