"""What `vaudit checks` and `vaudit explain` say: pure text, without colour, at most 100 columns wide."""

from collections.abc import Iterator
from difflib import get_close_matches
from itertools import groupby
from textwrap import fill, indent

from vaudit.judge.rules import CheckError, Checks, Rule
from vaudit.judge.today import Statement, statements, words_of
from vaudit.words import exact, joined

_WIDTH = 100
_TUNING = "A hint for tuning, and no fault: scan --verbose and the page tell it, and no exit code does."


def overview(checks: Checks) -> str:
    """One line for each check: severity, id, title; grouped by the folder that it lies in."""
    rules = sorted(checks.rules.values(), key=lambda rule: (rule.folder, rule.check.id))
    width = max((len(rule.check.id) for rule in rules), default=0)
    lines: list[str] = []
    for folder, members in groupby(rules, key=lambda rule: rule.folder):
        lines += ["", folder] if lines else [folder]
        for rule in members:
            own = "" if rule.builtin else f"  (from {rule.file})"
            title = "tuning: " * (rule.check.group == "tuning") + rule.check.title
            lines.append(f"  {rule.check.severity:<6}  {rule.check.id:<{width}}  {title}{own}")
    lines += [f"cannot be used: {problem.message}" for problem in checks.problems]
    return "\n".join(lines) + "\n"


def explain(checks: Checks, name: str) -> str:
    """All about one check, or about a word of virtualization. Raises CheckError for what is neither."""
    rule = checks.rules.get(name)
    if rule:
        return "\n\n".join(_sections(checks, rule)) + "\n"
    known = statements()
    words = words_of(known)
    word = words.get(name.lower())
    if word:
        return "\n\n".join(_told(checks, word, known[word])) + "\n"
    close = get_close_matches(name, [*checks.rules, *words], n=1)
    hint = f"did you mean {close[0]}?" if close else f"see `vaudit checks`, or ask for {joined(list(known))}"
    raise CheckError(f"no check has the id {name}; {hint}")


def _told(checks: Checks, word: str, one: Statement) -> Iterator[str]:
    """What people say, what holds, and what tells it of this machine."""
    yield fill(f"{word}: “{one.said}”", _WIDTH, break_on_hyphens=False)
    yield fill(" ".join(one.today.split()), _WIDTH, break_on_hyphens=False)
    yield _part("Since", [one.since])
    rules = [checks.rules[name].check for name in one.checks if name in checks.rules]
    lines = [f"{check.id}: {check.title}" for check in rules]
    yield _part("What tells it of a machine", lines + ([one.here] if one.here else []))
    yield _part("Sources", one.sources)
    yield "From reports/today.toml; all of it: docs/xen-kvm-today.md"


def _sections(checks: Checks, rule: Rule) -> Iterator[str]:
    check = rule.check
    yield fill(f"{check.id}: {check.title} ({check.severity})", _WIDTH, break_on_hyphens=False)
    if check.group == "tuning":
        yield fill(_TUNING, _WIDTH)
    yield "\n".join(fill(line, _WIDTH) for line in check.why.strip().splitlines())
    yield _part("How it is decided", _conditions(rule))
    if rule.limits:
        yield _part("Thresholds", [_threshold(checks, limit) for limit in rule.limits])
    for title, text in (
        ("To send to the provider", check.fix.provider),
        ("On Linux", check.fix.linux),
        ("On Windows", check.fix.windows),
    ):
        if text:
            yield _part(title, [text])
    if check.references:
        yield _part("References", list(check.references))
    yield f"From {rule.file}"


def _conditions(rule: Rule) -> list[str]:
    check = rule.check
    lines = [f"for each `it` of  {check.each}"] if check.each else []
    lines += [f"applies where  {rule.applies.text}"] if rule.applies else []
    return [*lines, f"fails where  {rule.fail.text}"]


def _threshold(checks: Checks, name: str) -> str:
    limit = checks.limits[name]
    return f"limits.{name} = {exact(limit.value)} {limit.unit}".rstrip() + f": {limit.source}"


def _part(title: str, lines: list[str]) -> str:
    body = "\n".join(
        fill(line, _WIDTH - 2, subsequent_indent="  ", break_long_words=False, break_on_hyphens=False)
        for line in lines
    )
    return f"{title}:\n{indent(body, '  ')}"
