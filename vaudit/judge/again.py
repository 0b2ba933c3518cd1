"""A report judged again, from the facts and benchmarks that it holds."""

from collections.abc import Sequence

import msgspec

from vaudit.judge.checks import Judgement, judge, urgency
from vaudit.judge.rules import Blame, Checks
from vaudit.model.finding import Finding
from vaudit.model.promise import Promise
from vaudit.model.report import Report


def judge_again(report: Report, checks: Checks, promises: Sequence[Promise]) -> Judgement:
    """What all checks say of a report's machine. A check of vaudit's own that cannot tell any more, because
    the report is older than a fact that it asks for, says what it said then."""
    made = judge(report.facts, report.benchmarks, checks, promises)
    unsure = {one.check for one in made.findings if one.status == "unknown"}
    answered = {one.check for one in report.findings if one.status in ("fail", "pass")}
    kept = {name for name in unsure & answered if name in checks.rules and checks.rules[name].builtin}
    old = [one for one in report.findings if one.check in kept]
    findings = [*(one for one in made.findings if one.check not in kept), *old]
    return msgspec.structs.replace(
        made,
        findings=sorted(findings, key=urgency),
        texts=made.texts | {name: report.checks[name] for name in kept if name in report.checks},
        blames=[*made.blames, *(blame for one in old for blame in _blames(one, checks))],
    )


def _blames(one: Finding, checks: Checks) -> list[Blame]:
    """How an older finding lowers a tile."""
    tile = checks.rules[one.check].check.tile
    return [msgspec.structs.replace(tile, because=one.message)] if tile and one.status == "fail" else []
