"""Hints for tuning are no faults: off the first screen and out of the exit code, in a place of their own."""

import json
import subprocess
import sys
from functools import cache

import msgspec

from tests.machines import our_checks, path, source
from vaudit.evidence.recorder import Recorder
from vaudit.judge.explain import explain, overview
from vaudit.model.report import Report
from vaudit.model.versions import read_report
from vaudit.output import outline, render
from vaudit.output.letter import letter
from vaudit.output.terminal import render as terminal
from vaudit.pipeline import scan

BADLY = "synthetic-kvm-tuned-badly"
HINTS = {
    "memory.huge-pages-always", "memory.no-swap", "memory.tight", "memory.zswap-on-zram", "network.small-mtu",
    "storage.fair-scheduler",
}  # fmt: skip


@cache
def report(name: str = BADLY) -> Report:
    return scan(Recorder(source(name)), our_checks())


def test_the_checks_that_a_tuning_tool_would_make_are_the_group() -> None:
    assert {rule.check.id for rule in our_checks().rules.values() if rule.check.group == "tuning"} == HINTS


def test_a_machine_that_is_only_tuned_badly_needs_nothing_done() -> None:
    made = report()
    failed = [one for one in made.findings if one.status == "fail"]
    hints = [one for one in failed if one.is_hint]
    assert {"memory.tight", "memory.zswap-on-zram", "storage.fair-scheduler"} <= {one.check for one in hints}
    assert any(one.severity == "medium" for one in hints)  # else what follows would be no wonder
    told = [one.check for one in made.failed()]
    assert not HINTS & set(told)
    assert made.summary.tuning == len(hints)
    assert made.summary.fail == len(failed)
    for group in outline.urgent(made)[0]:
        assert group.first.check not in HINTS


def test_only_hints_leave_the_first_screen_and_the_worst_severity_empty() -> None:
    made = report()
    only = [one for one in made.findings if one.status != "fail" or one.is_hint]
    from vaudit.judge.checks import Judgement
    from vaudit.judge.verdict import summary, verdict

    judged = Judgement(only, made.checks, [])
    assert summary(only).worst is None
    assert verdict(made.facts, (), judged).sentence.endswith(
        ("nothing needs doing", "as far as could be seen")
    )


def test_no_exit_code_comes_of_a_hint() -> None:
    """The machine fails checks of other groups too, all of them below medium, and memory.tight is medium."""
    said = {one.severity for one in report().failed()}
    assert not said & {"medium", "high"}
    for border, code in (("medium", 0), ("high", 0)):
        words = [
            sys.executable,
            "-m",
            "vaudit",
            "scan",
            "--from",
            str(path(BADLY)),
            "--fail-on",
            border,
            "-f",
            "json",
        ]
        done = subprocess.run(words, capture_output=True, text=True, timeout=60, check=False)
        assert done.returncode == code, done.stderr
        found = json.loads(done.stdout)
        assert {one["check"] for one in found["findings"] if one.get("group") == "tuning"} <= HINTS


def test_a_terminal_counts_them_and_tells_them_where_all_is_asked_for() -> None:
    short, long = terminal(report(), 100), terminal(report(), 100, verbose=True)
    assert f"{report().summary.tuning} for tuning" in short
    assert "memory.tight" not in short
    assert "memory.tight" in long
    assert "tuning" in long.partition("memory.tight")[0].splitlines()[-1]


def test_a_page_keeps_them_in_a_fold_of_their_own() -> None:
    page = render("html", report())
    before, _, fold = page.partition(f"<summary>{report().summary.tuning} for tuning")
    assert fold
    assert "memory.tight</code>" in fold.partition("did not apply")[0]
    assert "memory.tight</code>" not in before.partition("<main")[2]


def test_no_provider_is_asked_for_them() -> None:
    hints = [one for one in report().findings if one.is_hint]
    only = msgspec.structs.replace(report(), findings=hints)
    assert letter(only) == ""


def test_explain_and_the_list_name_the_group() -> None:
    assert "A hint for tuning, and no fault" in explain(our_checks(), "memory.tight")
    assert "hint for tuning" not in explain(our_checks(), "memory.ksm")
    [line] = [each for each in overview(our_checks()).splitlines() if " memory.tight " in each]
    assert "  tuning: " in line


def test_a_report_keeps_the_group_and_older_ones_have_none() -> None:
    data = msgspec.json.encode(report())
    assert [one.group for one in read_report(data, "x").findings] == [one.group for one in report().findings]
    raw = json.loads(data)
    for one in raw["findings"]:
        one.pop("group", None)
    old = read_report(json.dumps(raw).encode(), "x")
    assert any(one.check == "memory.tight" for one in old.failed("medium"))
