"""The checks in force, and what they say of a machine."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, islice
from typing import Any

import msgspec

from vaudit import resources
from vaudit.judge import ready
from vaudit.judge.conditions import Outcome, Scope, fields_of, value_of
from vaudit.judge.rules import Blame, Checks, Rule, StrPath, System, is_for
from vaudit.model.benchmark import Benchmark
from vaudit.model.facts import Facts
from vaudit.model.finding import SENTENCES, SEVERITIES, STATUSES, CheckText, Finding, Fix, Status, shared
from vaudit.model.promise import Promise
from vaudit.model.report import GRADES, Grade
from vaudit.words import many

PROBABLY = "probably "
"""How a message begins that is as doubtful as the name of the platform."""
MAX_EVIDENCE = 50
"""Evidence ids that a finding lists."""
MOST: dict[Status, int] = {"fail": 200, "error": 200, "unknown": 200, "pass": 20, "skipped": 20}
"""Findings of one check with one status that are told one by one; one more stands for all others."""
MOST_EVIDENT = 20
"""Findings of one check with one status that list all their evidence."""


class Judgement(msgspec.Struct, frozen=True):
    """What all checks say of one machine."""

    findings: list[Finding]
    """Failed ones first, worst first."""
    texts: dict[str, CheckText]
    """By the id of the check, in the order of the findings."""
    blames: list[Blame]
    """What lowers the words of tiles; the texts are filled in."""
    notes: Sequence[str] = ()
    """What of it was left out."""


def load(
    extra: Sequence[StrPath] = (), builtin: StrPath | None = None, *, only: System | None = None
) -> Checks:
    """Loads vaudit's own checks (or those of `builtin`), then those of each folder of `extra`, which add to
    them or override them. `only`: a machine with this system is to be judged, so that vaudit's own checks of
    others may be left out.

    A file that names an id already there replaces only the keys that it gives (`enabled = false` switches the
    check off). A file that cannot be used is left out and becomes a finding with status `error`; nothing is
    raised for it.
    """
    only = None if extra else only  # one of those may be overridden
    checks = ready.load(resources.folder("checks"), only) if builtin is None else None
    if checks and not extra:
        return checks
    from vaudit.judge.read_checks import read

    if checks is None:
        checks = read([builtin or resources.folder("checks")], builtin=True)
    return read(extra, checks) if extra else checks


def judge(
    facts: Facts, benchmarks: Sequence[Benchmark], checks: Checks, promises: Sequence[Promise] = ()
) -> Judgement:
    """What all checks say; each text of a check stands once."""
    values = checks.values(facts, benchmarks, promises)
    findings, blames = list(checks.problems), list[Blame]()
    for rule in (*checks.rules.values(), *checks.silent):
        if not is_for(rule.check.systems, facts):
            continue
        made = _apply(rule, values)
        findings += _folded([finding for finding, _ in made if rule.check.enabled])
        blames += [_blame(rule.check.tile, rule, here) for finding, here in made
                   if finding.status == "fail" and rule.check.tile]  # fmt: skip
    findings.sort(key=urgency)
    notes = _left_out(findings)
    findings = [_bounded(finding) for finding in findings]
    return Judgement(*shared(findings, _texts(findings, checks)), blames, notes)


def _bounded(finding: Finding) -> Finding:
    """The finding with at most MAX_EVIDENCE ids."""
    if len(finding.evidence) <= MAX_EVIDENCE:
        return finding
    return msgspec.structs.replace(finding, evidence=finding.evidence[:MAX_EVIDENCE])


def _folded(findings: list[Finding]) -> list[Finding]:
    """The findings of one check; of very many with one status, one stands for those beyond MOST."""
    if len(findings) <= min(MOST.values()):
        return findings
    by_status: dict[Status, list[Finding]] = {}
    for finding in findings:
        by_status.setdefault(finding.status, []).append(finding)
    kept = []
    for status, alike in by_status.items():
        most = MOST[status]
        if len(alike) <= most + 1:
            most = len(alike)
        kept += _with_evidence_once(alike[:most])
        kept += [_standing_for(alike[most:])] if alike[most:] else []
    return kept


def _with_evidence_once(alike: list[Finding]) -> list[Finding]:
    """Evidence that all have is listed by the first of them; the further ones list what is their own."""
    first, further = alike[:MOST_EVIDENT], alike[MOST_EVIDENT:]
    common = set(alike[0].evidence).intersection(*(one.evidence for one in further))
    own = max((len(set(one.evidence) - common) for one in further), default=0)
    if not own:
        return alike
    return first + [
        msgspec.structs.replace(
            # an element's own comes first, and may be what all have
            one,
            evidence=[id_ for at, id_ in enumerate(one.evidence) if at < own or id_ not in common],
        )
        for one in further
    ]


def _standing_for(alike: list[Finding]) -> Finding:
    """One finding for some of the same check and status."""
    more = f"{len(alike)} more like this"
    seen = list(dict.fromkeys(id_ for one in alike[:MAX_EVIDENCE] for id_ in one.evidence[:1]))
    return msgspec.structs.replace(
        alike[0], subject="", message=more, evidence=seen, fix=msgspec.UNSET, times=len(alike)
    )


def _left_out(findings: Iterable[Finding]) -> list[str]:
    """What the findings do not tell one by one, in words."""
    findings = list(findings)
    said = []
    folded = {f"{one.check} ({one.number} {one.status})": one.number for one in findings if one.number > 1}
    if folded:
        names = ", ".join(folded)
        number = many(sum(folded.values()), "finding is", "findings are")
        said.append(f"{number} counted and not told one by one: {names}")
    if cut := sum(len(one.evidence) > MAX_EVIDENCE for one in findings):
        which = many(cut, "finding rests", "findings rest")
        said.append(f"{which} on more than the {MAX_EVIDENCE} pieces of evidence that are named")
    return said


def _texts(findings: Iterable[Finding], checks: Checks) -> dict[str, CheckText]:
    """The title of each check that has a finding; the rest where it failed or could not be decided."""
    matters = {finding.check for finding in findings if finding.status in ("fail", "unknown")}
    passed = {finding.check for finding in findings if finding.status == "pass"}
    texts = {}
    for name in dict.fromkeys(finding.check for finding in findings):
        rule = checks.rules.get(name)
        if rule is None:
            texts[name] = CheckText("A check could not be loaded")
            continue
        check, good = rule.check, rule.check.title_pass if name in passed else ""
        if name in matters:
            texts[name] = CheckText(check.title, check.why, references=check.references, title_pass=good)
        else:
            texts[name] = CheckText(check.title, title_pass=good)
    return texts


def _blame(tile: Blame, rule: Rule, values: dict[str, Any]) -> Blame:
    """The blame with its text filled in. A benchmark whose word is worse than the check's has it its way."""
    word, it = tile.word, values.get("it")
    if isinstance(it, Benchmark):
        from vaudit.model import catalogue

        meaning = catalogue.meaning(it.id, it.verdict)
        word = worst([word, meaning.grade if meaning else "unknown"])
    return Blame(tile.name, word, rule.say("tile.because", values))


def worst(words: Iterable[Grade]) -> Grade:
    """The worst of some words; `unknown` where none is another."""
    said = set(words)
    return next((word for word in GRADES if word in said), "unknown")


def urgency(finding: Finding) -> tuple[int, int]:
    """What findings are sorted by: failed ones first, worst first."""
    return STATUSES.index(finding.status), -SEVERITIES.index(finding.severity)


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
        if by_element and rule.applies and _is_ruled_out(rule.applies.form, values):
            return [(_skipped(rule, values, f"nothing to check in {rule.each.text}"), values)]
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


def _is_ruled_out(form: Any, values: dict[str, Any]) -> bool:
    """Whether a part of an `and` that speaks of no element is false: then no element could be meant."""
    parts = form[1:] if form[0] == "and" else [form]
    return any(
        value_of(part, Scope(values)) is False
        for part in parts
        if all(group != "it" for group, _ in fields_of(part))
    )


def _decide(rule: Rule, values: dict[str, Any]) -> Finding:
    outcome = rule.fail.evaluate(values)
    if outcome.value is None:
        return _not_known(rule, values, outcome)
    if outcome.value:
        return _finding(rule, values, "fail", rule.say("message", values))
    return _finding(rule, values, "pass", rule.say("pass", values) or f"not so: {rule.check.title}")


def _not_known(rule: Rule, values: dict[str, Any], outcome: Outcome) -> Finding:
    reason = outcome.not_known
    of_element = (
        rule.each is not None and "it" not in values
    )  # the text may speak of an element; none is here
    said = "" if of_element else rule.say("unknown", values)
    return _finding(rule, values, "unknown", f"{said} ({reason})" if said else f"unknown: {reason}")


def _skipped(rule: Rule, values: dict[str, Any], reason: str) -> Finding:
    return _finding(rule, values, "skipped", rule.say("skipped", values) or reason)


def _finding(rule: Rule, values: dict[str, Any], status: Status, message: str) -> Finding:
    doubtful = status in ("fail", "pass") and _is_doubtful(rule, values)
    return Finding(
        check=rule.check.id,
        status=status,
        severity=rule.check.severity,
        subject=_subject(values.get("it")),
        message=f"{PROBABLY}{message}" if doubtful else message,
        evidence=_decisive(rule, values) if status == "fail" else _evidence(rule, values),
        fix=_fix(rule, values, doubtful) if status == "fail" else msgspec.UNSET,
        group=rule.check.group or msgspec.UNSET,
    )


_PLATFORM = ("hypervisor.kind", "hypervisor.mode", "hypervisor.accelerated", "hypervisor.beneath")


def _is_doubtful(rule: Rule, values: dict[str, Any]) -> bool:
    """Whether what a check says rests on a name that is only probable, or on a mark that may be left over."""
    if "contained" in rule.fail.uses and values["contained"] is None:
        return True
    speaks_of_it = "hypervisor" in rule.fail.uses and values["hypervisor"].doubtful
    return bool(speaks_of_it) and _names_platform(rule.fail.form)


def _names_platform(form: Any) -> bool:
    """Whether a condition decides by what the hypervisor is, so that it is as doubtful as its name."""
    if isinstance(form, str):
        return form in _PLATFORM
    return isinstance(form, list | tuple) and any(map(_names_platform, form))


def _fix(rule: Rule, values: dict[str, Any], doubtful: bool) -> Fix:
    said = {name: rule.say(f"fix.{name}", values) for name in SENTENCES}
    fix = Fix(**said, commands=rule.commands(values))
    if doubtful and fix.provider:
        return msgspec.structs.replace(fix, provider=f"As far as I can see from inside: {fix.provider}")
    return fix


def _subject(it: Any) -> str:
    if it is None or isinstance(it, str):
        return it or ""
    if isinstance(it, Benchmark):
        return f"{it.id} {it.target}".strip()
    return next(
        (str(getattr(it, name)) for name in ("name", "address", "kind", "promised") if hasattr(it, name)), ""
    )


def _evidence(rule: Rule, values: dict[str, Any]) -> list[str]:
    """The evidence of what the conditions read: of the element first, then of the groups."""
    uses = rule.fail.uses | (rule.applies.uses if rule.applies else frozenset())
    ordered = sorted(uses, key=lambda name: (name != "it", name))
    return _some(chain.from_iterable(_ids(values.get(name)) for name in ordered))


def _decisive(rule: Rule, values: dict[str, Any]) -> list[str]:
    """What made it fail, first: the element, then each field that the condition reads, in its order; last one
    piece of each group that only says where the check applies."""
    read = [(values.get(group), field) for group, field in fields_of(rule.fail.form) if group != "it"]
    about = sorted(rule.applies.uses - rule.fail.uses) if rule.applies else []
    beside = (islice(_ids(values.get(name)), 1) for name in about if name != "it")
    decided = (_ids(group, field) for group, field in read)
    return _some(chain(_ids(values.get("it")), *decided, *beside))


def _some(ids: Iterable[str]) -> list[str]:
    """Each once; of too many one more than are named, so that it is told."""
    rest = iter(ids)
    found = dict.fromkeys(islice(rest, MAX_EVIDENCE + 1))
    for id_ in rest:
        if len(found) > MAX_EVIDENCE:
            break
        found[id_] = None
    return list(found)


def _ids(group: Any, field: str = "") -> Iterable[str]:
    """The evidence of a field of a group, of a whole group, or of all elements of a list."""
    if field or isinstance(group, list):
        return _each_id(group, field)
    ids: str | list[str] = getattr(group, "evidence", [])
    return [ids] if isinstance(ids, str) else ids


def _each_id(group: Any, field: str) -> Iterator[str]:
    for member in group if isinstance(group, list) else [group]:
        shown = getattr(member, "shown_by", {}).get(field) if field else None
        ids: str | list[str] = shown or getattr(member, "evidence", [])
        yield from [ids] if isinstance(ids, str) else ids
