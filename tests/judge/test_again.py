"""A report judged again says what it said, but for what it is now asked."""

from pathlib import Path

import pytest

import vaudit
from tests import machines

OLD = Path(__file__).parent.parent / "fixtures" / "0.1.0"
CHECK = (
    "id = 'mine.{0}'\ntitle = 'Of mine'\nseverity = 'medium'\nfail = '{1}'\n"
    "message = 'so it is: {{memory.swap}}'\nwhy = 'For a test.'\n"
)


def answers(report: vaudit.Report) -> dict[tuple[str, str], str]:
    return {(one.check, one.subject): one.status for one in report.findings}


@pytest.mark.parametrize(
    "name",
    ["lab-slow-20ms", "synthetic-kvm-emulated", "lab-xen-dom0", "synthetic-bare-metal", "synthetic-arm-weak"],
)
def test_by_the_same_checks_nothing_changes_but_a_note(name: str) -> None:
    report = vaudit.scan(machines.path(name))
    again = vaudit.rejudge(report)
    assert again.notes[:-1] == report.notes
    assert again.notes[-1].startswith("judged again by vaudit ")
    assert (again.findings, again.checks, again.verdict) == (report.findings, report.checks, report.verdict)


def test_a_plan_is_held_against_it(tmp_path: Path) -> None:
    report = vaudit.scan(machines.path("lab-kvm-virtio"))
    again = vaudit.rejudge(report, plan="2 vCPU, 256 MB RAM")
    assert [one.kept for one in again.plan] == [False, True]
    assert "1 of 2 promises of the plan is kept" in again.verdict.sentence
    assert [one.subject for one in again.failed("high")] == ["2 processors"]
    third = vaudit.rejudge(again)
    assert third.plan == again.plan
    with pytest.raises(vaudit.UsageError):
        vaudit.rejudge(report, plan="a good server")


def test_checks_of_ones_own_are_applied_to_it(tmp_path: Path) -> None:
    (tmp_path / "a.toml").write_text(CHECK.format("a", "memory.swap == 0"))
    (tmp_path / "b.toml").write_text("id = 'memory.no-swap'\nenabled = false\n")
    report = vaudit.scan(machines.path("lab-kvm-virtio"))
    again = vaudit.rejudge(report, checks=[tmp_path])
    assert {one.check for one in again.failed()} - {one.check for one in report.failed()} == {"mine.a"}
    assert "memory.no-swap" not in {one.check for one in again.findings}
    assert again.checks["mine.a"].title == "Of mine"


@pytest.mark.parametrize("file", ["report.json", "lab-kvm-emulated.json", "lab-slow-20ms.json"])
def test_what_an_older_report_found_is_not_lost(file: str) -> None:
    """Facts that it has not make checks of today unknown, which said pass or fail then."""
    report = vaudit.load(OLD / file)
    was, now = answers(report), answers(vaudit.rejudge(report))
    assert {
        key for key, status in was.items() if status in ("fail", "pass") and now[key] == "unknown"
    } == set()
    assert {key for key, status in was.items() if status == "fail" and now[key] != "fail"} == set()


def test_a_shared_report_stays_one(tmp_path: Path) -> None:
    (tmp_path / "a.toml").write_text(
        CHECK.format("a", "memory.swap == 0").replace("it is", "kim-laptop-7 is")
    )
    report = vaudit.scan(machines.path("lab-kvm-virtio"), share=True)
    again = vaudit.rejudge(report, checks=[tmp_path])
    assert "mine.a" not in vaudit.render(report, "json")
    assert "kim-laptop-7" not in vaudit.render(again, "json")
    assert [one.severity for one in again.failed("medium")] == ["medium"]
