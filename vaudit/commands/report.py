"""`vaudit report`: reports of earlier scans, shown again."""

from collections.abc import Iterator
from itertools import chain, islice
from typing import TYPE_CHECKING, Annotated, BinaryIO, NamedTuple

from vaudit.commands.common import FAILED, Stop
from vaudit.commands.documents import Documents
from vaudit.commands.options import Color, FormatName, Option, Output, Verbose

if TYPE_CHECKING:
    from vaudit.model.report import Report


LARGEST = 256 << 20
"""Bytes of a file that is not one report a line; a report takes some 100 KiB."""


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
    try:
        with open(path, "rb") as file:
            for one in _pieces(file, path):
                yield _read(one)
    except OSError as error:
        raise Stop(FAILED, f"{path}: cannot be read: {error.strerror}") from error
    except (ValueError, RecursionError) as error:
        raise Stop(FAILED, f"{path}: not a vaudit report: {error}") from error


def _read(data: bytes) -> "Report":
    """One report. ValueError where it is none."""
    import msgspec

    from vaudit.model.report import Report

    if data.lstrip()[:1] == b"<":
        from vaudit.output.html import embedded

        return embedded(data.decode("utf-8"))
    return msgspec.json.decode(data, type=Report)


def _pieces(file: BinaryIO, path: str) -> Iterator[bytes]:
    """Each report's own JSON, or the page; reports that have a line each are read one by one."""
    first = file.readline(LARGEST + 1)
    if first[:1] == b"{" and first.rstrip()[-1:] == b"}":
        while first:
            if first.strip():
                yield first
            first = file.readline(LARGEST + 1)
        return
    data = first + file.read(LARGEST + 1 - len(first))
    if len(data) > LARGEST:
        raise Stop(FAILED, f"{path}: larger than {LARGEST >> 20} MiB: keep the reports of many as jsonl")
    if data.lstrip()[:1] != b"[":
        yield data
        return
    import msgspec

    for one in msgspec.json.decode(data, type=list[msgspec.Raw]):
        yield bytes(one)
