"""What is not known is never a part of what is claimed: "runs on emulated not known" says nothing."""

import re
from collections.abc import Sequence
from functools import cache
from typing import Any, get_args, get_type_hints

import msgspec
import pytest
from msgspec.structs import replace

from tests.machines import MOVES, NAMES, WINDOWS, machine, our_checks
from vaudit.judge.checks import judge
from vaudit.judge.rules import Rule
from vaudit.model.finding import Finding

CHECKS = our_checks()
RULES = [pytest.param(rule, id=name) for name, rule in CHECKS.rules.items()]
NOT_KNOWN = re.compile(r"\bnot known\b|\bNone\b|\bunknown\b")
"""In the middle of a claim. What begins with it is a sentence of its own: `not known: …`."""
OWN_WORDS = re.compile(
    r"'unknown'|unknown to|is not known|not known to|unknown: the host's own processor model"
)
"""Where the word is the machine's, or the sentence is about it."""


def claims(findings: Sequence[Finding]) -> list[tuple[str, str]]:
    """Of passes and failures, those that embed what is not known."""
    said = [(one.check, one.message) for one in findings if one.status in ("pass", "fail")]
    return [(check, text) for check, text in said if NOT_KNOWN.search(OWN_WORDS.sub("", text))]


@pytest.mark.parametrize("name", [*NAMES, *WINDOWS, *MOVES])
def test_no_machine_is_told_of_by_what_is_not_known(name: str) -> None:
    known = machine(name)
    assert claims(judge(known.facts, known.benchmarks, CHECKS).findings) == []


@pytest.mark.parametrize("rule", RULES)
def test_no_fact_that_may_be_missing_is_embedded(rule: Rule) -> None:
    """Each fact that a text fills in is taken away from the machines that the check names."""
    alone = replace(CHECKS, known={rule.check.id: rule})
    for name in (*rule.check.expect.fail, *rule.check.expect.passed):
        known = machine(name)
        for path in paths(rule):
            root, without = path.split(".")[0], path
            if root == "it":
                without = f"{rule.check.each}.{path.partition('.')[2]}"
            if without.startswith("benchmarks"):
                continue
            facts = taken(known.facts, without.split("."))
            assert claims(judge(facts, known.benchmarks, alone).findings) == [], path


def paths(rule: Rule) -> list[str]:
    """The facts that stand in its messages, asides left out."""
    said = re.sub(r"\[\[.*?\]\]", "", f"{rule.check.message} {rule.check.passed}")
    found = re.findall(r"\{([a-z_]+(?:\.[a-z_]+)*)(?::[a-z]+)?\}", said)
    return [path for path in dict.fromkeys(found) if path.split(".")[0] != "limits"]


def taken(value: Any, path: Sequence[str]) -> Any:
    """The value without what lies there, in all elements of lists, where the model lets it be missing."""
    if isinstance(value, list):
        return [taken(one, path) for one in value]
    if not path or not isinstance(value, msgspec.Struct):
        return value
    name = next((each for each in (path[0], f"{path[0]}_") if hasattr(value, each)), "")
    if not name:
        return value
    if len(path) > 1:
        return replace(value, **{name: taken(getattr(value, name), path[1:])})
    return replace(value, **{name: None}) if type(None) in get_args(hints(type(value))[name]) else value


@cache
def hints(kind: type) -> dict[str, Any]:
    return get_type_hints(kind)
