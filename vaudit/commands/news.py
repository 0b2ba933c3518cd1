"""What is new since a baseline: for the exit code, and in at most 25 plain lines for a mail."""

import shlex
from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from vaudit.commands.common import FAIL_ON, FAILED, FINDINGS, Stop, complain, found, write
from vaudit.words import many

if TYPE_CHECKING:
    from vaudit.history.differ import Diff, Line
    from vaudit.history.trend import Told
    from vaudit.model.report import Report

LAST = "last"
MOST = 25
"""Lines of a mail."""
_WIDE = 300
"""Characters of a line: more is cut, and `vaudit diff` has it."""


class Baseline:
    """What a scan is held against: the report that was kept last, or one in a file."""

    _is_lost = False
    """Whether there is one that cannot be read."""

    def __init__(self, which: str, state: str) -> None:
        """Reads it before the scan keeps its own. Raises Stop for a file that is no report; where nothing was
        kept yet there is nothing to compare with, and nothing is new. That the last one cannot be read stops
        no scan, which may put another in its place: it is said, and what is new is not known then."""
        self._state = state
        self._which = which
        self._report = self._last() if which == LAST else _read(which, state)
        from vaudit.commands.diff import accepted

        self._accepted = accepted(state)

    def _last(self) -> "Report | None":
        """The newest kept report: the file that others read, else what the history has."""
        from vaudit.history import state

        try:
            return state.last_report(state.folder(self._state))
        except state.Missing:
            return None
        except state.StateError as error:
            complain(f"--baseline last: {error}")
        try:
            return _read(LAST, self._state)
        except Stop:
            self._is_lost = True
            return None

    def against(self, report: "Report") -> "Diff | None":
        """What differs from it; None where there is none, or where it is of another machine."""
        before = self._report
        if before is None or self.is_another(report):
            return None
        from vaudit.commands.diff import earlier
        from vaudit.history.borders import shipped
        from vaudit.history.differ import diff, without

        return without(diff(before, report, shipped(), earlier(before, self._state)), self._accepted)

    def doubt(self, report: "Report") -> str:
        """What has to be said of the machine that a named report is of; empty where there is nothing to say,
        and for `last`, which was kept here."""
        before = self._report
        if before is None or self._which == LAST:
            return ""
        if self.is_another(report):
            return f"{self._which}: is of another machine: nothing is compared, everything counts"
        if not (before.machine and report.machine):
            return f"{self._which}: nothing tells whether it is of this machine: compared as if it were"
        return ""

    @property
    def ways(self) -> tuple[str, str]:
        """The commands that show all and that accept it, for this folder of kept reports."""
        from vaudit.history import state

        is_usual = state.folder(self._state) == state.folder()
        where = "" if is_usual else f" --state {shlex.quote(self._state)}"
        return f"vaudit diff{where}", f"vaudit accept{where}"

    def is_another(self, report: "Report") -> bool:
        """Whether it is of another machine than a report."""
        before = self._report
        return bool(before and before.machine and report.machine and before.machine != report.machine)

    def code(self, report: "Report", found_new: "Diff | None", fail_on: str) -> int:
        """FINDINGS where something new is as severe as `fail_on`: it fails, or is no longer known. Of another
        machine all is new. FAILED where what is new is not known."""
        if self._is_lost:
            return FAILED
        if self.is_another(report):
            return found(report, fail_on)
        if found_new is None or fail_on == "never":
            return 0
        severe = FAIL_ON[FAIL_ON.index(fail_on) :]
        news = [one for one in found_new.news if one.sort in ("new finding", "unknown now")]
        return FINDINGS if any(one.severity in severe for one in news) else 0


def tell(
    report: "Report",
    baseline: Baseline,
    found_new: "Diff | None",
    told: "Sequence[Told]",
    lies: Sequence[str],
) -> None:
    """Writes what is new; nothing where nothing is. `told` is what kept scans say for the first time, `lies`
    where the report is."""
    if baseline.is_another(report):
        write(f"vaudit {report.source.name}: this is another machine than the one it is held against\n")
        return
    news = found_new.news if found_new else []
    series = {one.series for one in told}
    news = [one for one in news if one.what not in series]  # which says more of it
    said = [one.text for one in told if one.word != "better"]
    if not news and not said:
        return
    before = found_new.before if found_new else ""
    doubt = baseline.doubt(report)
    made = lines(report, news, said, Around(before, lies, baseline.ways, doubt))
    write("".join(f"{line}\n" for line in made))


class Around(NamedTuple):
    """What is said besides the news."""

    before: str
    """When the report was taken that it is held against."""
    lies: Sequence[str] = ()
    """Where the report is."""
    ways: tuple[str, str] = ("vaudit diff", "vaudit accept")
    """The commands that show all, and that accept it."""
    doubt: str = ""
    """What has to be said of the machine."""


def lines(report: "Report", news: "Sequence[Line]", told: Sequence[str], around: Around) -> list[str]:
    """At most 25 lines; the first says it all, for it may be all that is read."""
    from vaudit.output.text import when

    texts = [*(_text(one) for one in news), *told]
    head = f"vaudit {report.source.name}: {many(len(texts), 'news item')}, first {texts[0]}"
    shown = [
        _cut(head),
        f"taken {when(report.taken)}{f', held against {when(around.before)}' if around.before else ''}",
        *([_cut(around.doubt)] if around.doubt else []),
        "",
    ]
    end = [
        "",
        *(f"report: {one}" for one in around.lies[:3]),
        f"all: {around.ways[0]}; the new normal: {around.ways[1]}",
    ]
    room = MOST - len(shown) - len(end)
    body = [row for one in news for row in _item(one, report)] + [f"- {text}" for text in told]
    if len(body) > room:
        body = [*(f"- {text}" for text in texts[: room - 1])]
        more = len(texts) - len(body)
        body += [f"- and {more} more"] if more else []
    return [*shown, *map(_cut, body), *end]


def _text(one: "Line") -> str:
    return f"{one.severity}: {one.text}" if one.sort == "new finding" else one.text


def _item(one: "Line", report: "Report") -> list[str]:
    """What is new, and what to do about it."""
    rows = [f"- {_text(one)}"]
    finding = next(
        (each for each in report.findings if (each.check, each.subject) == (one.what, one.subject)), None
    )
    if one.sort == "new finding" and finding:
        fix = report.about(finding).fix
        own = fix.windows if report.facts.os.family == "windows" else fix.linux
        who, todo = ("do", own) if own else ("ask the provider", fix.provider)
        rows += [f"  {who}: {' '.join(todo.split())}"] if todo else []
    return rows


def _cut(text: str) -> str:
    return text if len(text) <= _WIDE else f"{text[: _WIDE - 3]}..."


def _read(which: str, state: str) -> "Report":
    from vaudit.commands.diff import read

    return read(which, state)
