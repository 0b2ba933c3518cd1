"""Reports are read for ever: each version of the contract, and how it is read today.

    vaudit.report/1  vaudit 0.1: every finding carried the title, the reasons and the advice of its check
    vaudit.report/2  those texts stand once, in `checks`; the machine has a pseudonym; the run is told

Within a version reports only grow: of a report that a newer vaudit wrote, what is not known here is left out,
and its `notes` say so. A report of another version is refused in one sentence.
"""

from typing import Any, TypeVar

import msgspec

from vaudit import __version__
from vaudit.model.finding import shared
from vaudit.model.learned import learned
from vaudit.model.report import SCHEMA, Report

T = TypeVar("T")
CONTRACT = SCHEMA.partition("/")[0]
READ = (1, 2)
"""The versions that are read here; the last one is written."""
MAX_REPORT = 32 << 20
"""Bytes; a report takes some 100 KiB, of the largest machines 2 MiB."""
MAX_VALUES = 1_000_000
"""Members of lists and objects in a report, or in a list of them, by the commas: each takes memory."""
EMBEDDED = b'<script type="application/json" id="report">'
"""What stands before the report in an HTML page; nothing in the report can end the element."""


class VersionError(ValueError):
    """What cannot be read as a report; the text is one line: where, what is wrong, what to do."""


class _Head(msgspec.Struct):
    """What is read before anything else."""

    schema: Any = None
    vaudit: Any = None


def read_report(data: bytes, name: str) -> Report:
    """The report in JSON, or in the HTML page that carries it; `name` is what messages call it.

    Raises VersionError for what is no report, is damaged, or is of a version that is not read here.
    """
    if len(data) > MAX_REPORT:
        raise VersionError(f"{name}: larger than {MAX_REPORT >> 20} MiB, so not a report of one machine")
    refuse_more_values(data, name)
    text = data.removeprefix(b"\xef\xbb\xbf")
    first = text.lstrip()[:1]
    if first == b"[":
        raise VersionError(f"{name}: not a vaudit report but a list: take one report out of it")
    try:
        text = _embedded(text, name) if first == b"<" else text
        if _version(msgspec.json.decode(text, type=learned(_Head)), name) == 1:
            report, notes = _of_1(msgspec.json.decode(text))
        else:
            report, notes = tolerant(text, Report)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise VersionError(f"{name}: not a vaudit report: {error}") from error
    return msgspec.structs.replace(report, schema=SCHEMA, notes=[*report.notes, *notes])


def refuse_more_values(data: bytes, name: str) -> None:
    """Raises VersionError where JSON holds more than is read."""
    if sum(map(data.count, (b",", b"[", b"{"))) > MAX_VALUES:
        raise VersionError(f"{name}: holds more than {MAX_VALUES} values, so not a report of one machine")


def tolerant(data: bytes, kind: type[T], at: str = "") -> tuple[T, list[str]]:
    """JSON as a type of the model, and in words what of a newer vaudit was left out of it; `at` is where in a
    report it belongs.

    Raises msgspec.MsgspecError for what does not fit even so.
    """
    try:
        return msgspec.json.decode(data, type=learned(kind)), []
    except msgspec.ValidationError:
        return _converted(msgspec.json.decode(data), kind, at)


def _converted(raw: Any, kind: type[T], at: str = "") -> tuple[T, list[str]]:
    try:
        return msgspec.convert(raw, learned(kind)), []
    except msgspec.ValidationError:
        from vaudit.model.newer import convert  # only for what is not as we would have written it

        return convert(raw, kind, at)


def _embedded(page: bytes, name: str) -> bytes:
    _, found, rest = page.partition(EMBEDDED)
    if not found:
        raise VersionError(f"{name}: this page carries no vaudit report")
    return rest.partition(b"</script>")[0]


def _version(head: _Head, name: str) -> int:
    """The version of a report's contract. Raises VersionError for one that is not read here."""
    known = " and ".join(f"{CONTRACT}/{number}" for number in READ)
    if head.schema is None:
        raise VersionError(f"{name}: not a vaudit report: it names no schema; {known} are read")
    schema, by = str(head.schema)[:60], str(head.vaudit)[:20]
    contract, _, number = schema.partition("/")
    major = number.partition(".")[0]
    if contract != CONTRACT or not (major.isascii() and major.isdecimal() and int(major)):
        raise VersionError(f"{name}: not a vaudit report: its schema is {schema!r}; {known} are read")
    if int(major) not in READ:
        raise VersionError(
            f"{name}: {schema} is newer than vaudit {__version__}, which reads {known}: "
            f"update vaudit (the report was written by vaudit {by})"
        )
    return int(major)


def _of_1(raw: Any) -> tuple[Report, list[str]]:
    """A report of version 1."""
    report, notes = _converted(_in_form_2(raw), Report)
    findings, checks = shared(report.findings, report.checks)
    return msgspec.structs.replace(report, findings=findings, checks=checks), notes


def _in_form_2(raw: Any) -> Any:
    """Version 1 in the form of version 2, each finding with its own fix still. What is no report stays."""
    findings = raw.get("findings", []) if isinstance(raw, dict) else None
    if not isinstance(findings, list) or not all(isinstance(each, dict) for each in findings):
        return raw
    checks: dict[str, Any] = {}
    for finding in findings:
        text = {key: finding[key] for key in ("title", "why", "references") if finding.get(key)}
        checks.setdefault(str(finding.get("check")), {"title": ""}).update(text)
    because = "a report of vaudit.report/1 names no machine"
    return {
        **raw, "findings": [_slim(each) for each in findings], "checks": checks, "machine_because": because
    }  # fmt: skip


def _slim(finding: dict[str, Any]) -> dict[str, Any]:
    """A finding of version 1 without the texts of its check; what to do only where it failed."""
    moved = ("title", "why", "references", *(("fix",) if finding.get("status") != "fail" else ()))
    return {key: value for key, value in finding.items() if key not in moved}
