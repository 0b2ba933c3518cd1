"""A report as Nagios, Icinga and their like read it: the plugin convention of the Monitoring Plugins project.

The first line says the state and what is worst, and behind the only `|` the figures; then a line a finding.
Some readers keep 4 KB of it, so that is what it takes at most, with a count of the rest.
"""

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from vaudit.model.benchmark import Benchmark
from vaudit.model.doubt import ROUGH, doubt
from vaudit.model.finding import SEVERITIES, Finding
from vaudit.model.report import Report
from vaudit.output import text
from vaudit.words import many

OK, WARNING, CRITICAL, UNKNOWN = range(4)
STATES = ("OK", "WARNING", "CRITICAL", "UNKNOWN")
MAX = 4096
"""Bytes of all that is said, the last newline included."""
MAX_FIRST = 300
"""Characters of the first line's sentence: readers show it in a table, or send it to a phone."""
MAX_FIGURES = 1200
"""Bytes of the figures."""
MAX_LINE = 200
"""Characters of a finding's line."""
_UNITS = {
    "iops": ("", 1.0),
    "B/s": ("B", 1.0),
    "bit/s": ("B", 1 / 8),
    "us": ("s", 1e-6),
    "share": ("%", 100.0),
}
"""The unit that a figure has here, of those that the convention knows, and how many of it one is."""
LIMITS: dict[str, tuple[str, str]] = {
    "cpu.steal": ("steal_warn", "steal_fail"),
    "cpu.gaps": ("steal_warn", "gaps_fail"),
    "network.udp-send": ("udp_loss", "heavy_loss"),
    "network.udp-receive": ("udp_loss", "heavy_loss"),
}
"""The thresholds by which checks judge a benchmark's value: of a warning, and of what is critical."""


class Asked(NamedTuple):
    """How findings are made a state."""

    warn: str = "low"
    """From which severity on a failed finding is a warning; `never`: none is."""
    crit: str = "high"


class Answer(NamedTuple):
    """What a plugin ends with, and what it prints."""

    code: int
    text: str


def answer(
    report: Report,
    asked: Asked,
    age: float,
    max_age: float,
    limits: Mapping[str, float],
    *,
    news: "Sequence[Finding] | None" = None,
) -> Answer:
    """The state of a machine by its findings, or by those of them that are news; `age` and `max_age` in
    seconds, `limits` the thresholds by name."""
    found = sorted(report.failed() if news is None else news, key=lambda one: -SEVERITIES.index(one.severity))
    told = [one for one in found if _at_least(one, asked.warn) or _at_least(one, asked.crit)]
    broken = [one for one in report.findings if one.status == "error"]
    code = _code(told, asked)
    if not code and broken:
        code, told = UNKNOWN, broken
    said = _first(report, told, code, changes=news is not None)
    figures = _figures(report, age, max_age, limits)
    head = f"VAUDIT {STATES[code]} - {said} | {figures}\n"
    return Answer(code, head + _rest(report, told, MAX - len(head.encode())))


def unknown(reason: str) -> Answer:
    """What is said where nothing can be told of the machine."""
    return Answer(UNKNOWN, f"VAUDIT UNKNOWN - {_plain(reason, MAX_FIRST)}\n")


def _code(told: Iterable[Finding], asked: Asked) -> int:
    codes = (CRITICAL if _at_least(one, asked.crit) else WARNING for one in told)
    return max(codes, default=OK)


def _at_least(finding: Finding, border: str) -> bool:
    return border != "never" and SEVERITIES.index(finding.severity) >= SEVERITIES.index(border)


def _first(report: Report, told: Sequence[Finding], code: int, *, changes: bool) -> str:
    if not told:
        return "nothing new" if changes else f"nothing to do, {many(report.summary.passed, 'check')} passed"
    said = _said(report, told[0])
    if code == UNKNOWN:
        said = f"a check could not be used: {said}"
    more = sum(one.number for one in told) - 1
    return _plain(f"new: {said}" if changes else said, MAX_FIRST) + (f", and {more} more" if more else "")


def _rest(report: Report, told: Sequence[Finding], room: int) -> str:
    """A line a finding, as many as fit, and a count of the others."""
    lines = [f"{one.severity}: {_said(report, one)} ({_plain(one.check, 80)})\n" for one in told]
    if sum(len(line.encode()) for line in lines) <= room:
        return "".join(lines)
    room -= len(_left(len(lines)))
    kept: list[str] = []
    for line in lines:
        room -= len(line.encode())
        if room < 0:
            break
        kept.append(line)
    return "".join(kept) + _left(len(lines) - len(kept))


def _left(number: int) -> str:
    return f"and {many(number, 'more finding')}\n"


def _said(report: Report, finding: Finding) -> str:
    return _plain(finding.message or report.about(finding).titled(finding.status), MAX_LINE)


def _plain(said: str, most: int) -> str:
    """One line without what begins figures."""
    return text.clean(said, most).replace("|", "/")


def _figures(report: Report, age: float, max_age: float, limits: Mapping[str, float]) -> str:
    """All figures that fit, those of the findings first."""
    parts: list[str] = []
    room = MAX_FIGURES
    for part in _each_figure(report, age, max_age, limits):
        room -= len(part.encode()) + 1
        if room < 0:
            break
        parts.append(part)
    return " ".join(parts)


def _each_figure(report: Report, age: float, max_age: float, limits: Mapping[str, float]) -> Iterator[str]:
    yield f"age={age:.0f}s;;{max_age:.0f};0"
    for severity in reversed(SEVERITIES):
        yield f"{severity}={sum(one.number for one in report.failed() if one.severity == severity)};;;0"
    untold = sum(one.number for one in report.findings if one.status == "unknown" and not one.is_hint)
    yield f"unknown={untold};;;0"
    seen = set[str]()
    for bench in report.benchmarks:
        label = _label(bench)
        if _counts(bench) and label not in seen:
            seen.add(label)
            yield f"{label}={_figure(bench, limits)}"


def _figure(bench: Benchmark, limits: Mapping[str, float]) -> str:
    unit, factor = _UNITS[bench.unit]
    borders = [limits.get(name) for name in LIMITS.get(bench.id, ())]
    ends = [f"{border * factor:.6g}" if border is not None else "" for border in borders]
    return ";".join([f"{(bench.value or 0.0) * factor:.6g}{unit}", *ends])


def _label(bench: Benchmark) -> str:
    """A figure's name, without what would have to be quoted."""
    name = bench.id if bench.target in ("", "cpu", "memory") else f"{bench.id}@{bench.target}"
    return "".join(
        char if (char.isascii() and char.isalnum()) or char in "._@/:-" else "_" for char in name[:80]
    )


def _counts(bench: Benchmark) -> bool:
    """Whether it was measured to its end, and nothing disturbed it."""
    known = bench.value is not None and math.isfinite(bench.value) and bench.unit in _UNITS
    sure = bench.verdict != "inconclusive" and doubt(bench) in ("", ROUGH)
    return bench.status == "ok" and known and sure
