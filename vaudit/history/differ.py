"""What differs between two reports: worst first, and what is not like for like said and not compared."""

from collections.abc import Iterator, Mapping
from typing import Literal

import msgspec

from vaudit.history.borders import Borders
from vaudit.history.factual import Unknown, facts
from vaudit.history.figures import Earlier, compared, explained
from vaudit.history.measured import around, series
from vaudit.model.finding import SEVERITIES, STATUSES, Finding
from vaudit.model.report import Report

Sort = Literal["new finding", "unknown now", "fact", "benchmark", "better", "accepted", "not compared"]
NEWS: tuple[Sort, ...] = ("new finding", "unknown now", "fact", "benchmark")
"""What somebody wants to hear of, the worst first."""


class Line(msgspec.Struct, frozen=True):
    """One difference."""

    sort: Sort
    what: str
    """The check, the path of the fact, the series of the benchmark."""
    text: str
    """For people, one line."""
    subject: str = ""
    """Of a finding."""
    severity: str = ""
    """Of a finding."""
    before: str = ""
    after: str = ""


class Diff(msgspec.Struct, frozen=True):
    """All differences between two reports."""

    before: str
    """When it was taken."""
    after: str
    lines: list[Line]
    same: int
    """Benchmarks that were compared and are the same."""

    @property
    def news(self) -> list[Line]:
        """What got worse or is another; what got better is none."""
        return [one for one in self.lines if one.sort in NEWS]


def diff(before: Report, after: Report, limits: Borders, earlier: Earlier | None = None) -> Diff:
    """What differs. `earlier` holds what earlier scans measured, which tells what is usual."""
    figures = list(compared(before, after, limits, earlier or {}))
    also = explained(around(before), around(after))
    words = {_place(one.benchmark, one.series): one.word for one in figures}
    lines = [*findings(before, after, words), *_facts(before, after)]
    for one in figures:
        if one.word in ("better", "worse"):
            text = f"{one.text}{f'; meanwhile {also}' if also else ''}"
            lines.append(Line("benchmark" if one.word == "worse" else "better", one.series, text))
        elif one.word == "cannot tell":
            lines.append(Line("not compared", one.series, one.text))
    return Diff(
        before.taken,
        after.taken,
        sorted(lines, key=_urgency),
        sum(one.word == "same" for one in figures),
    )


def without(found: Diff, accepted: Mapping[str, str]) -> Diff:
    """The differences, of which those that were accepted after the scan before them are no news. `accepted`
    says up to which scan (ISO 8601 UTC) something is normal."""
    lines = [
        msgspec.structs.replace(one, sort="accepted")
        if one.sort in NEWS and accepted.get(one.what, "") > found.before
        else one
        for one in found.lines
    ]
    return msgspec.structs.replace(found, lines=sorted(lines, key=_urgency))


def _urgency(line: Line) -> tuple[int, int]:
    severity = SEVERITIES.index(line.severity) if line.severity in SEVERITIES else 0
    return [*NEWS, "better", "accepted", "not compared"].index(line.sort), -severity


def _facts(before: Report, after: Report) -> Iterator[Line]:
    for one in facts(before.facts, after.facts, is_same_version=before.vaudit == after.vaudit):
        if isinstance(one, Unknown):
            yield Line("not compared", one.path, f"{one.label}: {one.because}")
        else:
            yield Line("fact", one.path, one.text, before=one.before, after=one.after)


def findings(before: Report, after: Report, words: Mapping[str, str]) -> Iterator[Line]:
    """What the checks say otherwise than before, matched by check and subject. What is said of a figure that
    did not change, or of which that cannot be told, is no news: `words` are those of all figures. Hints for
    tuning are no faults: nothing is said of them."""
    old, new = keyed(before), keyed(after)
    asked = {one.check for one in before.findings}
    for key, one in new.items():
        if one.is_hint or (one.status != "fail" and key in old and old[key].is_hint):
            continue
        for line in _finding(old.get(key), one, after, is_new_check=one.check not in asked):
            is_noise = words.get(key[1]) in ("same", "cannot tell")
            yield msgspec.structs.replace(line, sort="not compared") if is_noise else line
    still = {one.check for one in after.findings}
    for key, one in old.items():
        if key not in new and one.status == "fail" and not one.is_hint:
            why = "no longer applies" if one.check in still else "is not looked for any more"
            yield _line("better", one, before, f"{why}: ")


def keyed(report: Report) -> Mapping[tuple[str, str], Finding]:
    """Findings by check and what they are about; of those that share it, the one that matters most."""
    places = {f"{one.id} {one.target}": _place(one.id, series(one)) for one in report.benchmarks}
    ranked = sorted(report.findings, key=lambda one: STATUSES.index(one.status))
    made: dict[tuple[str, str], Finding] = {}
    for one in ranked:
        made.setdefault((one.check, places.get(one.subject, one.subject)), one)
    return made


def _place(benchmark: str, key: str) -> str:
    """What was measured where, whatever measured it and whatever folder was typed."""
    return " ".join([benchmark, *key.split(" ", 2)[2:]])


def _finding(one: Finding | None, other: Finding, after: Report, *, is_new_check: bool) -> Iterator[Line]:
    status = one.status if one else "skipped"
    if status == other.status and not (one and _is_worse(one, other)):
        return
    if is_new_check:
        if other.status == "fail":
            yield _line("not compared", other, after, "a check that was not there before fails: ")
    elif other.status == "fail":
        yield _line("new finding", other, after, "" if status != "fail" else "worse: ")
    elif other.status in ("unknown", "error"):
        if status in ("pass", "fail"):
            yield _line("unknown now", other, after, "no longer known: ")
    elif status == "fail":
        yield _line("better", other, after, "")


def _is_worse(one: Finding, other: Finding) -> bool:
    return other.status == "fail" and SEVERITIES.index(other.severity) > SEVERITIES.index(one.severity)


def _line(sort: Sort, one: Finding, report: Report, said: str) -> Line:
    title = report.about(one).titled(one.status)
    message = f": {one.message}" if one.message and one.message != title else ""
    subject = f" ({one.subject})" if one.subject and one.subject not in one.message else ""
    return Line(sort, one.check, f"{said}{title}{subject}{message}", one.subject, one.severity)
