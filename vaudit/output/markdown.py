"""Markdown for job summaries and comments (GitHub, GitLab): any number of machines, the worst first.

GitHub drops a job summary of more than 1 MiB as a whole, GitLab refuses a comment of more than 1,000,000
characters; people read neither to the end. So the text has at most MAX characters, and says what it left out.
What a machine says can neither make markup, nor mention anybody, nor become a link.
"""

import heapq
import re
from collections.abc import Iterable

import msgspec

from vaudit import words
from vaudit.model.finding import SEVERITIES
from vaudit.model.report import Report
from vaudit.output import machine, outline, text
from vaudit.output.faults import FAIL_ON, faults

MAX = 60_000
"""Characters of the text."""
_ROOM = 300
"""Characters that are kept free for what is said of the rest."""
MOST_MACHINES = 1000
"""Machines that are kept: the worst. Each takes a line of 60 characters or more."""
MOST_FINDINGS = 40
"""Findings of one machine that are told."""
_MARKUP = re.compile(r"([\\`*_{}\[\]<>|~$&])")
_CALLS = (("@", "@<!-- -->"), ("#", "#<!-- -->"), ("://", ":<!-- -->//"), ("www.", "www<!-- -->."))
"""What would call somebody, or lead somewhere."""


class Machine(msgspec.Struct, frozen=True):
    """What is told of one."""

    rank: tuple[int, ...]
    """The worse the machine, the smaller; then in the order in which they came."""
    row: str
    """Its line of the table."""
    about: str
    """All that is told of it."""


class Gathered:
    """All machines of a document."""

    def __init__(self, fail_on: str = FAIL_ON) -> None:
        self._fail_on = fail_on
        self._number = self._bad = self._unaudited = 0
        self._kept: list[Machine] = []

    def add(self, report: Report) -> None:
        """Takes a machine in."""
        failed: dict[str, int] = dict.fromkeys(SEVERITIES, 0)
        for one in report.failed():
            failed[one.severity] += one.number
        self._bad += bool(faults(report, self._fail_on))
        rank = tuple(-failed[severity] for severity in reversed(SEVERITIES))
        self._keep((1, *rank), _row(report, failed), _about(report))

    def failed(self, name: str, reason: str) -> None:
        """Takes a machine in that could not be audited."""
        self._unaudited += 1
        said = escaped(f"could not be audited: {reason}", 300)
        row = f"| {escaped(name, 80)} | **error** | {said} |\n"
        self._keep((0,), row, f"\n### {escaped(name, 120)}\n\n{said}\n")

    def text(self) -> str:
        """The document."""
        machines = sorted(self._kept, key=lambda one: one.rank)
        if self._number == 1:
            return _cut(machines[0].about.lstrip("\n"))
        head = f"## vaudit: {self._said()}\n"
        if not machines:
            return head
        head += "\n| machine | worst | what |\n| --- | --- | --- |\n"
        return self._filled(head, machines)

    def _keep(self, rank: tuple[int, ...], row: str, about: str) -> None:
        self._number += 1
        self._kept.append(Machine((*rank, self._number), row, about))
        if len(self._kept) >= 2 * MOST_MACHINES:
            self._kept = heapq.nsmallest(MOST_MACHINES, self._kept, key=lambda one: one.rank)

    def _said(self) -> str:
        need = "needs" if self._bad == 1 else "need"
        said = f"{self._bad} of {words.many(self._number, 'machine')} {need} attention"
        return f"{said}, {self._unaudited} could not be audited" if self._unaudited else said

    def _filled(self, head: str, machines: list[Machine]) -> str:
        """A table of the machines, as many as fit, and all that is told of the worst in what room is left."""
        parts, room = [head], MAX - _ROOM - len(head)
        shown = _fitting((one.row for one in machines), room)
        parts += shown
        room -= sum(map(len, shown))
        if len(shown) < self._number:
            left = self._number - len(shown)
            said = words.many(left, "more machine, no worse, is", "more machines, none of them worse, are")
            parts.append(f"\n{said} left out.\n")
            return "".join(parts)
        told = _fitting((one.about for one in machines), room)
        parts += told
        if len(told) < self._number:
            parts.append(
                f"\nWhat {words.many(self._number - len(told), 'more machine')} failed is left out here.\n"
            )
        return "".join(parts)


def render(report: Report) -> str:
    """One machine."""
    gathered = Gathered()
    gathered.add(report)
    return gathered.text()


def escaped(said: str, most: int) -> str:
    """Text as Markdown that shows just this text, on one line."""
    safe = re.sub(_MARKUP, r"\\\1", text.clean(said, most))
    for call, harmless in _CALLS:
        safe = safe.replace(call, harmless)
    return safe


def _fitting(parts: Iterable[str], room: int) -> list[str]:
    """The first that take no more than so many characters."""
    fitting: list[str] = []
    for part in parts:
        room -= len(part)
        if room < 0:
            break
        fitting.append(part)
    return fitting


def _cut(said: str) -> str:
    """A text of one machine, without the last lines of one that is too long."""
    if len(said) <= MAX:
        return said
    lines = said.splitlines(keepends=True)
    kept = _fitting(lines, MAX - _ROOM)
    left = words.many(len(lines) - len(kept), "more line is", "more lines are")
    return "".join(kept) + f"\n{left} left out.\n"


def _row(report: Report, failed: dict[str, int]) -> str:
    worst = next((severity for severity in reversed(SEVERITIES) if failed[severity]), "")
    groups = outline.groups(report, "fail")
    said = groups[0].messages[:1] or [groups[0].title] if groups else [outline.sentence(report)]
    more = f", and {len(groups) - 1} more" if len(groups) > 1 else ""
    shown = f"**{worst}**" if worst in ("high", "medium") else worst or "good"
    return f"| {escaped(report.source.name, 80)} | {shown} | {escaped(said[0], 160)}{more} |\n"


def _about(report: Report) -> str:
    parts = [f"\n### {escaped(report.source.name, 120)}\n\n{escaped(machine.line(report), 500)}\n\n"]
    parts += [f"{escaped(outline.sentence(report), 500)}\n\n", *_plan(report)]
    parts.append("| | | |\n| --- | --- | --- |\n")
    for tile in report.verdict.tiles:
        said = tile.meaning or tile.reason
        figure = f" ({tile.figure})" if said and tile.figure and tile.figure not in said else ""
        parts.append(f"| {tile.name} | **{tile.word}** | {escaped((said or tile.figure) + figure, 240)} |\n")
    groups = outline.groups(report, "fail")
    parts.append(f"\nFindings: {escaped(outline.tally(report), 200)}.\n\n")
    parts += [_finding(report, group) for group in groups[:MOST_FINDINGS]]
    if len(groups) > MOST_FINDINGS:
        parts.append(f"- {words.many(len(groups) - MOST_FINDINGS, 'more check')} failed\n")
    return "".join(parts)


def _plan(report: Report) -> list[str]:
    """What was promised, line by line."""
    rows = [(one.promised, one.word, one.found, one.because) for one in report.plan[:MOST_FINDINGS]]
    more = len(report.plan) - len(rows)
    cells = ["| " + " | ".join(escaped(cell, 200) for cell in row) + " |\n" for row in rows]
    head = ["| promised | kept? | found | because |\n| --- | --- | --- | --- |\n"] if rows else []
    return [
        *head,
        *cells,
        f"\nand {words.many(more, 'more promise')}\n" if more > 0 else "",
        "\n" if rows else "",
    ]


def _finding(report: Report, group: outline.FindingGroup) -> str:
    """A check that failed: of what, and what to do."""
    said = escaped("; ".join(group.messages[:3]) or group.title, 400)
    more = f" (and {group.number - 3} more)" if group.number > 3 else ""
    own, provider = outline.fixes(report, group.text.fix)
    todo = [f"  You: {escaped(one, 400)}\n" for one in own]
    todo += [f"  The provider: {escaped(provider, 400)}\n"] if provider else []
    title = escaped(group.title, 200)
    return (
        f"- **{group.first.severity}** {title} (`{_code(group.first.check)}`): {said}{more}\n{''.join(todo)}"
    )


def _code(name: str) -> str:
    """A check's id inside a span of code."""
    return text.clean(name, 80).replace("`", "'")
