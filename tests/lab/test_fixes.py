"""Each fix with commands is executed or says why not; and (`make outer`) the quick machine is mended."""

import json
from typing import Any

import msgspec
import pytest

from tests.lab import debian, fixes, images
from tests.lab.boot import LabError
from tests.machines import machine, our_checks
from vaudit.model.finding import CheckText, Finding
from vaudit.model.report import Origin, Report

MACHINES, NOT_HERE = fixes.table()
EXECUTED = [check for one in MACHINES.values() for check in one.checks]
QUICK = [one for one in MACHINES.values() if one.quick]


def test_every_check_with_commands_is_executed_once_or_says_why_not() -> None:
    with_commands = {name for name, rule in our_checks().rules.items() if rule.check.fix.commands}
    assert sorted([*EXECUTED, *NOT_HERE]) == sorted(with_commands)


def test_a_machine_is_whole() -> None:
    for one in MACHINES.values():
        assert one.about and one.checks and "drive=root" in one.args, one
        assert "netdev=n1" in one.args, "its network has to be there afterwards"
    assert all(len(why) > 20 for why in NOT_HERE.values())


def report(*failed: str) -> Report:
    found = [Finding(check=name, status="fail", severity="low") for name in failed]
    return msgspec.structs.replace(
        Report(Origin("machine", "lab"), machine("synthetic-kvm-good").facts, "", "1"),
        findings=found,
        checks={name: CheckText(name) for name in failed},
    )


def said(before: Report, after: Report, **changed: Any) -> dict[str, bytes]:
    done = {"line": "true", "code": 0, "said": ""}
    files = {
        "broken.json": [done],
        "executed.json": {"a.b": [{"reboot": False, "done": [done]}]},
        "state.json": {"root": "/dev/vda1", "writable": True, "network": True},
        **{f"{name}.json": value for name, value in changed.items()},
    }
    reports = {"before.json": msgspec.json.encode(before), "after.json": msgspec.json.encode(after)}
    return {name: json.dumps(value).encode() for name, value in files.items()} | reports


def test_a_fix_is_good_where_its_finding_is_gone() -> None:
    assert list(fixes.wrong(said(report("a.b", "c.d"), report("c.d")), "a.b")) == []


@pytest.mark.parametrize(
    ("before", "after", "changed", "told"),
    [
        (["a.b"], ["a.b"], {}, "it fails still"),
        (["a.b"], ["e.f"], {}, "this fails now: e.f"),
        ([], [], {}, "it did not fail before"),
        (["a.b"], [], {"executed": {"a.b": []}}, "its finding has no commands"),
        (
            ["a.b"],
            [],
            {"executed": {"a.b": [{"done": [{"line": "false", "code": 1, "said": "no"}]}]}},
            "a command failed: false: 1: no",
        ),
        (["a.b"], [], {"broken": [{"line": "x", "code": 2, "said": ""}]}, "the fault could not be made"),
        (["a.b"], [], {"state": {"root": "/", "writable": False, "network": True}}, "gone: writable"),
        (["a.b"], [], {"state": {"root": "/", "writable": True, "network": False}}, "gone: network"),
    ],
)
def test_what_went_wrong_is_told(
    before: list[str], after: list[str], changed: dict[str, Any], told: str
) -> None:
    (line,) = fixes.wrong(said(report(*before), report(*after), **changed), "a.b")
    assert line.startswith(told)


@pytest.fixture(scope="module")
def outcomes() -> dict[str, list[str]]:
    try:
        return {check: wrong for _, found in fixes.executed(QUICK) for check, wrong in found.items()}
    except LabError as error:
        pytest.skip(f"NOT RUN: the lab could not be built: {error}")


@pytest.mark.outer(*images.PROGRAMS, *debian.PROGRAMS)
@pytest.mark.parametrize("check", [check for one in QUICK for check in one.checks])
def test_a_fix_does_what_it_says(check: str, outcomes: dict[str, list[str]]) -> None:
    assert outcomes[check] == []
