"""Each built-in check against the machines that it names, and against the rules that all checks keep."""

import re
from pathlib import Path

import pytest

from tests.machines import MOVES, NAMES, RECORDED, SYNTHETIC, WINDOWS, expected, machine, our_checks
from tests.test_walls import JUDGING, MODULES
from vaudit.bench.borders import Borders
from vaudit.history.borders import Borders as HistoryBorders
from vaudit.judge import promises
from vaudit.judge.checks import judge
from vaudit.judge.rules import Rule

CHECKS = our_checks()
RULES = [pytest.param(rule, id=name) for name, rule in CHECKS.rules.items()]


def statuses(rule: Rule, name: str) -> list[str]:
    found = machine(name)
    findings = judge(found.facts, found.benchmarks, CHECKS, found.promises).findings
    return [finding.status for finding in findings if finding.check == rule.check.id]


@pytest.mark.parametrize("rule", RULES)
def test_it_fails_where_it_must(rule: Rule):
    for name in rule.check.expect.fail:
        assert "fail" in statuses(rule, name), name


@pytest.mark.parametrize("rule", RULES)
def test_it_passes_where_it_must(rule: Rule):
    for name in rule.check.expect.passed:
        found = statuses(rule, name)
        assert "pass" in found, name
        assert not {"fail", "unknown", "error"} & set(found), name


def test_their_conditions_and_texts_are_sound():
    assert CHECKS.problems == []


@pytest.mark.parametrize("rule", RULES)
def test_it_is_of_use_to_a_reader(rule: Rule):
    check = rule.check
    assert re.fullmatch(r"[a-z]+\.[a-z][a-z0-9-]+", check.id)
    assert check.id == f"{rule.folder}.{Path(rule.file).stem}"
    assert not check.title.endswith(".")
    assert len(check.title) <= 80
    assert (
        2 <= len(check.why.strip().splitlines()) <= 4
        or len(check.why.split(". ")) >= 2
        or check.severity == "info"
    )
    assert check.references
    assert all(re.fullmatch(r"https://[^\s]+", link) for link in check.references)
    assert check.passed, "say what was seen when it passes"
    assert bool(check.skipped) == bool(check.applies or check.each), "say why it is skipped, where it can be"
    if check.severity in ("high", "medium"):
        assert check.fix.provider or check.fix.linux or check.fix.windows, "somebody must be able to act"


@pytest.mark.parametrize("limit", [pytest.param(limit, id=name) for name, limit in CHECKS.limits.items()])
def test_every_threshold_has_a_unit_and_a_source(limit):
    assert limit.unit
    assert len(limit.source) > 20


def test_every_threshold_is_used():
    """By a check, a promise, or the judging of a recording or a change; and what they ask for is there."""
    used = {name for rule in CHECKS.rules.values() for name in rule.limits}
    used |= {name for workload in CHECKS.workloads for name in workload.limits}
    used |= {name for borders in (Borders, HistoryBorders) for name in borders.__struct_fields__}
    assert used | set(promises.LIMITS) == set(CHECKS.limits)


def test_every_border_is_read_by_the_judging():
    text = "\n".join(MODULES[name].read_text() for name in JUDGING)
    assert [name for name in Borders.__struct_fields__ if f"borders.{name}" not in text] == []


NAMED = {
    name for rule in CHECKS.rules.values() for name in (*rule.check.expect.fail, *rule.check.expect.passed)
}


def test_every_machine_that_a_check_names_is_there():
    assert {*NAMES, *WINDOWS, *MOVES} >= NAMED


def test_every_made_machine_is_there_for_something():
    assert [name for name in SYNTHETIC if name not in NAMED and not expected(name)] == []


@pytest.mark.parametrize(
    "name", ["synthetic-kvm-good", "synthetic-metal-good", "synthetic-bench-local-flash"]
)
def test_a_good_machine_gets_no_complaint(name):
    found = machine(name)
    complaints = [
        (f.check, f.message)
        for f in judge(found.facts, found.benchmarks, CHECKS).findings
        if f.status in ("fail", "error", "unknown") and f.severity != "info"
    ]
    assert complaints == []


def test_a_name_stands_for_one_machine():
    assert not set(RECORDED) & set(SYNTHETIC)
