"""Reports of earlier scans, read from files one by one."""

from collections.abc import Callable, Iterator
from typing import BinaryIO

import msgspec

from vaudit import files
from vaudit.model import versions
from vaudit.model.report import Report

_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
"""What some editors and shells put before UTF-8."""


Unreadable = Callable[[versions.VersionError], None]


def stored(path: str, unreadable: Unreadable | None = None) -> Iterator[Report]:
    """The reports in a JSON file, a list or one a line, or the one embedded in an HTML page.

    Raises VersionError for what is no report, and OSError where the file cannot be read. `unreadable` is
    called with the VersionError of one among others, which then are read on.
    """
    with files.opened(path) as file:
        for one in _pieces(file, path):
            try:
                report = versions.read_report(one, path)
            except versions.VersionError as error:
                if unreadable is None:
                    raise
                unreadable(error)
            else:
                yield report


def _pieces(file: BinaryIO, path: str) -> Iterator[bytes]:
    """Each report's own JSON, or the page; reports that have a line each are read one by one."""
    first = file.readline(versions.MAX_REPORT + 1).removeprefix(_BYTE_ORDER_MARK)
    while first.isspace():
        first = file.readline(versions.MAX_REPORT + 1)
    if first[:1] == b"{" and first.rstrip()[-1:] == b"}":
        while first:
            if first.strip():
                yield first
            first = file.readline(versions.MAX_REPORT + 1)
        return
    data = first + file.read(versions.MAX_REPORT + 1 - len(first))
    yield from _members(data, path) if data.lstrip()[:1] == b"[" else [data]


def _members(data: bytes, path: str) -> list[bytes]:
    """The members of a list. Raises VersionError."""
    if len(data) > versions.MAX_REPORT:
        raise versions.VersionError(
            f"{path}: larger than {versions.MAX_REPORT >> 20} MiB: keep the reports of many as jsonl"
        )
    versions.refuse_more_values(data, path)
    try:
        return [bytes(one) for one in msgspec.json.decode(data, type=list[msgspec.Raw])]
    except (msgspec.MsgspecError, RecursionError) as error:
        raise versions.VersionError(f"{path}: not a vaudit report: {error}") from error
