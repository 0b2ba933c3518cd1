"""The checks: loads TOML files from folders, and judges facts and benchmarks by them."""

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cached_property
from typing import Any, NamedTuple

import msgspec

from vaudit import resources, toml
from vaudit.judge.conditions import ConditionError, Expression, Outcome, compile_condition, compile_expression
from vaudit.judge.messages import Template, compile_template
from vaudit.judge.vocabulary import Type, names
from vaudit.model import catalogue
from vaudit.model.benchmark import Benchmark
from vaudit.model.facts import Facts
from vaudit.model.finding import SEVERITIES, CheckText, Finding, Fix, Severity, Status, shared
from vaudit.model.report import GRADES, Grade, TileName

StrPath = str | os.PathLike[str]
THRESHOLDS = "thresholds.toml"
MAX_FILE = 256 * 1024
"""Bytes of one check file."""
MAX_EVIDENCE = 20
"""Evidence ids that a finding lists."""


class CheckError(ValueError):
    """A check file that cannot be used; the text is one line: file, key, what is wrong, what to do."""


class Expect(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Names of recorded machines on which the check must fail and must pass."""

    fail: list[str] = []
    passed: list[str] = msgspec.field(name="pass", default=[])


class Blame(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How a failed check speaks in a tile of the first screen: the tile's word is no better than this."""

    name: TileName
    word: Grade
    because: str = ""
    """What the tile says of it, a template as messages are; empty where the tile's figures say it already."""


class Check(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One check as its file has it. Conditions are in the language of `conditions`, messages in that of
    `messages`."""

    id: str
    title: str
    severity: Severity
    fail: str
    message: str
    """What is said when it fails."""
    why: str
    applies: str = ""
    """Where false, the check is skipped; may speak of `it`, and then leaves out elements."""
    each: str = ""
    """A list; the check is made for each element."""
    passed: str = msgspec.field(name="pass", default="")
    unknown: str = ""
    skipped: str = ""
    fix: Fix = Fix()
    references: list[str] = []
    tile: Blame | None = None
    expect: Expect = Expect()
    enabled: bool = True
    """A check that is switched off has no finding; its tile still tells what is so."""


class Limit(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A threshold and where it comes from."""

    value: float
    unit: str = ""
    source: str = ""


class Rule:
    """A check that is ready to be judged by. Its conditions and texts are compiled when first needed, which
    is never for half of them; `examine` compiles all."""

    def __init__(self, check: Check, file: str, builtin: bool, known: Mapping[str, Type]) -> None:
        self.check = check
        self.file = file
        self.builtin = builtin
        self._known = known
        self._templates: dict[str, Template] = {}

    @property
    def folder(self) -> str:
        """The subject: the name of the folder that the check lies in."""
        return os.path.basename(os.path.dirname(self.file))

    @cached_property
    def each(self) -> Expression | None:
        """The list that the check goes through. Raises ConditionError, as all that compiles here."""
        if not self.check.each:
            return None
        found = compile_expression(self.check.each, self._known)
        if found.type.kind != "list":
            raise ConditionError(f"{found.text} is not a list")
        return found

    @cached_property
    def applies(self) -> Expression | None:
        """Where the check applies; None everywhere."""
        return compile_condition(self.check.applies, self._known, self.each) if self.check.applies else None

    @cached_property
    def fail(self) -> Expression:
        """What makes it fail."""
        return compile_condition(self.check.fail, self._known, self.element)

    @cached_property
    def element(self) -> Expression | None:
        """The list that it goes through, as far as it applies: of benchmarks, those with the ids it names."""
        kind = self.applies.element if self.applies else None
        if self.each is None or kind is None:
            return self.each
        return self.each._replace(type=self.each.type._replace(of=kind))

    @property
    def limits(self) -> list[str]:
        """The names of the thresholds that its conditions read."""
        parts = [part for part in (self.applies, self.fail) if part is not None]
        return sorted({name for part in parts for name in part.limits})

    def say(self, text: str, values: Mapping[str, Any]) -> str:
        """A text of the check with its `{expressions}` filled in."""
        if text not in self._templates:
            self._templates[text] = compile_template(
                text, self._known, self.element if "it" in values else None
            )
        return self._templates[text].render(values)

    def examine(self) -> None:
        """Compiles all conditions and texts. Raises CheckError for the first that is wrong."""
        for key in ("each", "applies", "fail"):
            with _blaming(self.file, key):
                getattr(self, key)
        check = self.check
        texts = {"message": check.message, "pass": check.passed, "unknown": check.unknown}
        texts |= {f"fix.{name}": getattr(check.fix, name) for name in check.fix.__struct_fields__}
        texts["tile.because"] = check.tile.because if check.tile else ""
        for key, text in texts.items():
            with _blaming(self.file, key):
                compile_template(text, self._known, self.element)
        with _blaming(self.file, "skipped"):
            compile_template(check.skipped, self._known)


@contextmanager
def _blaming(file: str, key: str) -> Iterator[None]:
    try:
        yield
    except ConditionError as error:
        raise CheckError(f"{file}: {key}: {error}") from None


class Checks(NamedTuple):
    """All checks in force, by id, and what could not be loaded."""

    rules: dict[str, Rule]
    limits: dict[str, Limit]
    problems: list[Finding]
    silent: dict[str, Rule] = {}  # noqa: RUF012 - never changed
    """Those that are switched off and speak in a tile."""


class Judgement(NamedTuple):
    """What all checks say of one machine."""

    findings: list[Finding]
    """Failed ones first, worst first."""
    texts: dict[str, CheckText]
    """By the id of the check, in the order of the findings."""
    blames: list[Blame]
    """What lowers the words of tiles; the texts are filled in."""


def load(extra: Sequence[StrPath] = (), builtin: StrPath | None = None) -> Checks:
    """Loads vaudit's own checks (or those of `builtin`), then those of each folder of `extra`, which add to
    them or override them.

    A file that names an id already there replaces only the keys that it gives (`enabled = false` switches the
    check off). A file that cannot be used is left out and becomes a finding with status `error`; nothing is
    raised for it.
    """
    builtin = builtin or resources.folder("checks")
    problems: list[Finding] = []
    tables: dict[str, dict[str, Any]] = {}
    files: list[tuple[str, dict[str, Any], bool]] = []
    limits: dict[str, Limit] = {}
    for folder in (builtin, *extra):
        for path in _toml_files(folder, problems):
            try:
                table = _read(path)
                if os.path.basename(path) == THRESHOLDS:
                    limits |= _limits(path, table)
                else:
                    files.append((path, table, folder is builtin))
            except CheckError as error:
                problems.append(_problem(path, error))
    known = names({name: limit.value for name, limit in limits.items()})
    rules: dict[str, Rule] = {}
    for path, table, ours in files:
        try:
            rule = _rule(path, table, tables, known, ours)
        except CheckError as error:
            problems.append(_problem(path, error))
            continue
        tables[rule.check.id] = {**tables.get(rule.check.id, {}), **table}
        rules[rule.check.id] = rule
    enabled = {key: rules[key] for key in sorted(rules) if rules[key].check.enabled}
    silent = {key: rule for key, rule in rules.items() if rule.check.tile and not rule.check.enabled}
    return Checks(enabled, limits, problems, silent)


def _toml_files(folder: StrPath, problems: list[Finding]) -> Iterable[str]:
    if not os.path.isdir(folder):
        problems.append(_problem(os.fspath(folder), CheckError(f"{folder}: no such folder of checks")))
        return
    for base, folders, found in os.walk(folder):
        folders.sort()
        for name in sorted(found):
            if name.endswith(".toml"):
                yield os.path.join(base, name)


def _read(path: str) -> dict[str, Any]:
    try:
        with open(path, "rb") as file:
            content = file.read(MAX_FILE + 1)
        if len(content) > MAX_FILE:
            raise CheckError(f"{path}: larger than {MAX_FILE // 1024} KiB; a check is a small TOML file")
        return toml.loads(content.decode())
    except OSError as error:
        raise CheckError(f"{path}: cannot be read: {error.strerror}") from None
    except (toml.TOMLDecodeError, UnicodeDecodeError, RecursionError) as error:
        raise CheckError(f"{path}: not TOML: {error}; correct that line") from None


def _limits(path: str, table: dict[str, Any]) -> dict[str, Limit]:
    found = {}
    for name, value in table.items():
        raw = value if isinstance(value, dict) else {"value": value, "source": path}
        try:
            found[name] = msgspec.convert(raw, Limit)
        except msgspec.ValidationError as error:
            raise CheckError(f'{path}: {name}: {error}; write {{ value = 1, source = "…" }}') from None
    return found


def _rule(
    path: str,
    table: dict[str, Any],
    known_tables: Mapping[str, dict[str, Any]],
    known: Mapping[str, Type],
    builtin: bool,
) -> Rule:
    key = table.get("id")
    if not isinstance(key, str) or not key:
        raise CheckError(f'{path}: id: missing; a check begins with id = "subject.name"')
    if builtin and key in known_tables:
        raise CheckError(f"{path}: id: {key} is already the id of another check; choose another")
    check = _check(path, {**known_tables.get(key, {}), **table})
    if builtin and not (check.expect.fail and check.expect.passed):
        raise CheckError(f"{path}: expect: name recorded machines for both fail and pass")
    rule = Rule(check, path, builtin, known)
    if not builtin:
        rule.examine()
    return rule


def _check(path: str, table: dict[str, Any]) -> Check:
    for key in table:
        if key not in Check.__struct_encode_fields__:
            raise CheckError(f"{path}: {key}: no such key; {_meant(key, Check.__struct_encode_fields__)}")
    if table.get("severity") not in SEVERITIES and "severity" in table:
        raise CheckError(f"{path}: severity: {table['severity']!r} is none of {', '.join(SEVERITIES)}")
    for key in ("title", "severity", "fail", "message", "why"):
        if key not in table:
            raise CheckError(f"{path}: {key}: missing; every check needs it")
    try:
        return msgspec.convert(table, Check)
    except msgspec.ValidationError as error:
        raise CheckError(f"{path}: {error}; correct its type or its name") from None


def _problem(path: str, error: CheckError) -> Finding:
    return Finding(
        check=os.path.basename(path).removesuffix(".toml"),
        status="error",
        severity="low",
        subject=path,
        message=str(error),
    )


def _meant(name: str, known: Sequence[str]) -> str:
    from difflib import get_close_matches

    close = get_close_matches(name, known, n=1)
    return f"did you mean {close[0]}?" if close else f"there are {', '.join(known)}"


def judge(facts: Facts, benchmarks: Sequence[Benchmark], checks: Checks) -> Judgement:
    """What all checks say; each text of a check stands once."""
    values: dict[str, Any] = {name: getattr(facts, name) for name in Facts.__struct_fields__}
    values["benchmarks"] = list(benchmarks)
    values["limits"] = {name: limit.value for name, limit in checks.limits.items()}
    findings, blames = list(checks.problems), list[Blame]()
    for rule in (*checks.rules.values(), *checks.silent.values()):
        try:
            made = _apply(rule, values)
        except ConditionError as error:  # only in a damaged installation: the tests examine each check
            made = [(_problem(rule.file, CheckError(f"{rule.file}: {error}; reinstall vaudit")), values)]
        findings += [finding for finding, _ in made if rule.check.enabled]
        blames += [_blame(rule.check.tile, rule, here) for finding, here in made
                   if finding.status == "fail" and rule.check.tile]  # fmt: skip
    findings.sort(key=_urgency)
    return Judgement(*shared(findings, _texts(findings, checks)), blames)


def _texts(findings: Iterable[Finding], checks: Checks) -> dict[str, CheckText]:
    """The title of each check that has a finding; the rest where it failed or could not be decided."""
    matters = {finding.check for finding in findings if finding.status in ("fail", "unknown")}
    texts = {}
    for name in dict.fromkeys(finding.check for finding in findings):
        rule = checks.rules.get(name)
        if rule is None:
            texts[name] = CheckText("A check could not be loaded")
        elif name in matters:
            texts[name] = CheckText(rule.check.title, rule.check.why, references=rule.check.references)
        else:
            texts[name] = CheckText(rule.check.title)
    return texts


def _blame(tile: Blame, rule: Rule, values: dict[str, Any]) -> Blame:
    """The blame with its text filled in. A benchmark whose word is worse than the check's has it its way."""
    it = values.get("it")
    meaning = catalogue.meaning(it.id, it.verdict) if isinstance(it, Benchmark) else None
    word = worst([tile.word, meaning.grade if meaning else "unknown"])
    return Blame(tile.name, word, rule.say(tile.because, values))


def worst(words: Iterable[Grade]) -> Grade:
    """The worst of some words; `unknown` where none is another."""
    said = set(words)
    return next((word for word in GRADES if word in said), "unknown")


_STATUS_ORDER: tuple[Status, ...] = ("fail", "error", "unknown", "pass", "skipped")


def _urgency(finding: Finding) -> tuple[int, int]:
    return _STATUS_ORDER.index(finding.status), -SEVERITIES.index(finding.severity)


def _apply(rule: Rule, values: dict[str, Any]) -> list[tuple[Finding, dict[str, Any]]]:
    """The findings of a check, each with the values that it was judged by."""
    by_element = rule.applies is not None and "it" in rule.applies.uses
    if rule.applies is not None and not by_element:
        outcome = rule.applies.evaluate(values)
        if outcome.value is None:
            return [(_not_known(rule, values, outcome), values)]
        if not outcome.value:
            reason = f"does not apply here: not so that {rule.applies.text}"
            return [(_skipped(rule, values, reason), values)]
    if rule.each is None:
        return [(_decide(rule, values), values)]
    items = rule.each.evaluate(values)
    if items.value is None:
        return [(_not_known(rule, values, items), values)]
    findings = []
    for item in items.value:
        here = {**values, "it": item}
        outcome = rule.applies.evaluate(here) if by_element and rule.applies else Outcome(True, ())
        if outcome.value is None:
            findings.append((_not_known(rule, here, outcome), here))
        elif outcome.value:
            findings.append((_decide(rule, here), here))
    return findings or [(_skipped(rule, values, f"nothing to check in {rule.each.text}"), values)]


def _decide(rule: Rule, values: dict[str, Any]) -> Finding:
    check, outcome = rule.check, rule.fail.evaluate(values)
    if outcome.value is None:
        return _not_known(rule, values, outcome)
    if outcome.value:
        return _finding(rule, values, "fail", rule.say(check.message, values))
    return _finding(rule, values, "pass", rule.say(check.passed, values) or f"not so: {check.title}")


def _not_known(rule: Rule, values: dict[str, Any], outcome: Outcome) -> Finding:
    missing = ", ".join(outcome.missing) or "a value"
    reason = f"{missing} {'are' if len(outcome.missing) > 1 else 'is'} not known"
    of_element = (
        rule.each is not None and "it" not in values
    )  # the text may speak of an element; none is here
    said = "" if of_element else rule.say(rule.check.unknown, values)
    return _finding(rule, values, "unknown", f"{said} ({reason})" if said else f"unknown: {reason}")


def _skipped(rule: Rule, values: dict[str, Any], reason: str) -> Finding:
    return _finding(rule, values, "skipped", rule.say(rule.check.skipped, values) or reason)


def _finding(rule: Rule, values: dict[str, Any], status: Status, message: str) -> Finding:
    return Finding(
        check=rule.check.id,
        status=status,
        severity=rule.check.severity,
        subject=_subject(values.get("it")),
        message=message,
        evidence=_evidence(rule, values),
        fix=_fix(rule, values) if status == "fail" else msgspec.UNSET,
    )


def _fix(rule: Rule, values: dict[str, Any]) -> Fix:
    fix = rule.check.fix
    return Fix(*(rule.say(text, values) for text in (fix.provider, fix.linux, fix.windows)))


def _subject(it: Any) -> str:
    if it is None or isinstance(it, str):
        return it or ""
    if isinstance(it, Benchmark):
        return f"{it.id} {it.target}".strip()
    return next((str(getattr(it, name)) for name in ("name", "address", "kind") if hasattr(it, name)), "")


def _evidence(rule: Rule, values: dict[str, Any]) -> list[str]:
    """The evidence of what the conditions read: of the element first, then of the groups."""
    uses = rule.fail.uses | (rule.applies.uses if rule.applies else frozenset())
    found: dict[str, None] = {}
    for name in sorted(uses, key=lambda name: (name != "it", name)):
        group = values.get(name)
        for member in group if isinstance(group, list) else [group]:
            ids = getattr(member, "evidence", ())
            found |= dict.fromkeys([ids] if isinstance(ids, str) else ids)
            if len(found) >= MAX_EVIDENCE:
                return list(found)[:MAX_EVIDENCE]
    return list(found)
