"""`vaudit report`: reports of earlier scans, shown again."""

from collections.abc import Iterator
from itertools import chain, islice
from typing import TYPE_CHECKING, Annotated, BinaryIO, NamedTuple

from vaudit.commands.common import FAILED, Stop
from vaudit.commands.documents import Documents
from vaudit.commands.options import Color, FormatName, Option, Output, Verbose

if TYPE_CHECKING:
    from vaudit.model.report import Report

_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
"""What some editors and shells put before UTF-8."""


class Options(NamedTuple):
    """What `vaudit report` is asked for."""

    path: Annotated[
        str, Option("The report of an earlier scan, or a list of them: JSON or HTML.", metavar="PATH")
    ]
    format: FormatName = "terminal"
    output: Output = ()
    color: Color = "auto"
    verbose: Verbose = False


def run(options: Options) -> int:
    """Shows a stored report again, or each one of a list."""
    documents = Documents(options.format, options.output, options.color, options.verbose)
    try:
        reports = stored(options.path)
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
    """The reports in a JSON file, a list or one a line, or the one embedded in an HTML page. Raises Stop."""
    from vaudit.model.versions import VersionError, read_report

    try:
        with open(path, "rb") as file:
            for one in _pieces(file, path):
                yield read_report(one, path)
    except OSError as error:
        raise Stop(FAILED, f"{path}: cannot be read: {error.strerror}") from error
    except VersionError as error:
        raise Stop(FAILED, str(error)) from error


def _pieces(file: BinaryIO, path: str) -> Iterator[bytes]:
    """Each report's own JSON, or the page; reports that have a line each are read one by one."""
    from vaudit.model.versions import MAX_REPORT

    first = file.readline(MAX_REPORT + 1).removeprefix(_BYTE_ORDER_MARK)
    while first.isspace():
        first = file.readline(MAX_REPORT + 1)
    if first[:1] == b"{" and first.rstrip()[-1:] == b"}":
        while first:
            if first.strip():
                yield first
            first = file.readline(MAX_REPORT + 1)
        return
    data = first + file.read(MAX_REPORT + 1 - len(first))
    yield from _members(data, path) if data.lstrip()[:1] == b"[" else [data]


def _members(data: bytes, path: str) -> list[bytes]:
    """The members of a list. Raises Stop."""
    import msgspec

    from vaudit.model.versions import MAX_REPORT

    if len(data) > MAX_REPORT:
        raise Stop(FAILED, f"{path}: larger than {MAX_REPORT >> 20} MiB: keep the reports of many as jsonl")
    try:
        return [bytes(one) for one in msgspec.json.decode(data, type=list[msgspec.Raw])]
    except (msgspec.MsgspecError, RecursionError) as error:
        raise Stop(FAILED, f"{path}: not a vaudit report: {error}") from error
