"""Can I run it here? Each kind of software that checks/workloads.toml names, answered from the facts."""

from collections.abc import Mapping
from typing import Any

import msgspec

from vaudit.judge.conditions import Expression
from vaudit.judge.messages import render
from vaudit.judge.rules import Checks, Condition, Step, is_for
from vaudit.judge.rules import Workload as Rule
from vaudit.model.facts import Actor, Facts, Need, Workload

_MET = {"met": True, "unmet": False, "unknown": None}


class _Said(msgspec.Struct, frozen=True):
    """What one step says."""

    state: bool | None
    because: str = ""
    actor: Actor | None = None
    evidence: tuple[str, ...] = ()


def answers(facts: Facts, checks: Checks) -> list[Workload]:
    """One answer for each workload; the first thing that is not so decides, then the first not known."""
    values = checks.values(facts, ())
    needs: dict[str, Need] = {one.need: one for one in facts.readiness}
    return [_answer(rule, needs, values) for rule in checks.workloads if is_for(rule.asked.systems, facts)]


def _answer(rule: Rule, needs: Mapping[str, Need], values: Mapping[str, Any]) -> Workload:
    hard, soft = list[_Said](), list[_Said]()
    for step, condition in zip(rule.asked.steps, rule.conditions, strict=True):
        said = _of_step(step, condition, needs, values)
        (soft if step.slower else hard).append(said)
    for state in (False, None):
        first = next((said for said in hard if said.state is state), None)
        if first:
            return _workload(rule, state, first)
    missing = [said for said in soft if said.state is False]
    return Workload(
        rule.name,
        rule.asked.title,
        True,
        hard[0].because or "all that it takes is there",
        "; ".join(dict.fromkeys(said.because for said in missing)),
        missing[0].actor if missing else None,
        list(dict.fromkeys(id_ for said in (*hard, *missing) for id_ in said.evidence[:1])),
    )


def _workload(rule: Rule, state: bool | None, said: _Said) -> Workload:
    return Workload(
        rule.name, rule.asked.title, state, said.because, actor=said.actor, evidence=list(said.evidence)
    )


def _of_step(
    step: Step, condition: Condition | None, needs: Mapping[str, Need], values: Mapping[str, Any]
) -> _Said:
    if condition:
        return _held(step, condition, values)
    found = [
        needs.get(name) or Need(name, "unknown", f"{name} is not known") for name in step.needs or step.any
    ]
    # what decides first, of some that all have to be met, and of some of which one has to be
    order = ("met", "unknown", "unmet") if step.any else ("unmet", "unknown", "met")
    one = min(found, key=lambda need: order.index(need.state))
    several = one.state == "met" and len(found) > 1
    return _Said(
        _MET[one.state],
        "" if several else one.because,
        step.actor or one.actor,
        tuple(id_ for need in found for id_ in need.evidence[:1]) if several else tuple(one.evidence),
    )


def _held(step: Step, condition: Condition, values: Mapping[str, Any]) -> _Said:
    outcome = condition.holds.evaluate(values)
    if outcome.value is None:
        return _Said(None, outcome.not_known, step.actor)
    if outcome.value:
        return _Said(True)
    return _Said(False, render(condition.because, values), step.actor, _evidence(condition.holds, values))


def _evidence(holds: Expression, values: Mapping[str, Any]) -> tuple[str, ...]:
    """The evidence of the groups that a condition reads."""
    groups = (values[name] for name in sorted(holds.uses) if name in values)
    return tuple(id_ for group in groups for id_ in getattr(group, "evidence", ())[:2])
