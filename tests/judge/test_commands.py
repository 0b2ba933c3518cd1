"""The commands of a fix: what is read, what a finding carries, what no shell is given, who shows them."""

from pathlib import Path

import msgspec
import pytest

from tests.machines import machine
from vaudit.judge.checks import judge, load
from vaudit.judge.explain import explain
from vaudit.judge.rules import Checks
from vaudit.model.facts import Net, Os
from vaudit.model.finding import Commands, Finding
from vaudit.model.report import Origin, Report
from vaudit.output import html, terminal

CHECK = """
id = "net.card"
title = "A card has a small MTU"
severity = "high"
each = "net"
fail = "it.mtu < 1280"
message = "{it.name}"
why = "Small."
fix.linux = "ip link set dev {it.name} mtu 1500, and restart."
fix.commands.run = ["ip link set dev {it.name} mtu 1500", "sync"]
fix.commands.reboot = true
fix.commands.back = ["ip link set dev {it.name} mtu {it.mtu}"]
"""


def checks(folder: Path, check: str) -> Checks:
    (folder / "own").mkdir()
    (folder / "none").mkdir()
    (folder / "own/card.toml").write_text(check)
    return load([folder / "own"], builtin=folder / "none")


def judged(folder: Path, *names: str, check: str = CHECK) -> Report:
    cards = [Net(name=name, path="paravirtual", mtu=576) for name in names]
    facts = msgspec.structs.replace(machine("synthetic-kvm-good").facts, net=cards, os=Os(family="linux"))
    found = judge(facts, [], checks(folder, check))
    only = [one for one in found.findings if one.check == "net.card"]
    return Report(
        Origin("dump", "x"), facts, "", "1", findings=only, checks={"net.card": found.texts["net.card"]}
    )


def commands(report: Report, finding: Finding) -> Commands | msgspec.UnsetType:
    return report.about(finding).fix.commands


def test_a_finding_carries_them_with_its_own_name(tmp_path: Path) -> None:
    report = judged(tmp_path, "eth0", "enp1s0")
    assert [commands(report, one) for one in report.findings] == [
        Commands(
            (f"ip link set dev {name} mtu 1500", "sync"), True, False, (f"ip link set dev {name} mtu 576",)
        )
        for name in ("eth0", "enp1s0")
    ]


def test_they_stand_once_where_they_are_the_same(tmp_path: Path) -> None:
    report = judged(tmp_path, "eth0")
    assert report.checks["net.card"].fix.commands
    assert report.findings[0].fix is msgspec.UNSET


@pytest.mark.parametrize(
    "name",
    ["$(reboot)", "a;reboot", "a b", "`x`", "-rf", "..", "~root", "a'b", "a&b", "a\nb", "{x}", "é", "a/b"],
)
def test_a_name_of_which_a_shell_makes_more_has_none(tmp_path: Path, name: str) -> None:
    report = judged(tmp_path, "eth0", name)
    good, hostile = sorted(report.findings, key=lambda one: one.subject != "eth0")
    assert commands(report, good) and not commands(report, hostile)
    assert report.about(hostile).fix.linux  # the sentence stays: nobody executes it


def test_what_is_not_known_is_typed_by_nobody(tmp_path: Path) -> None:
    check = CHECK.replace('mtu 1500", "sync', 'mtu {it.speed}", "sync')
    report = judged(tmp_path, "eth0", check=check)
    assert not commands(report, report.findings[0])


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('"sync"', '"a\\nb"', "a command is one line"),
        ('"sync"', '" "', "a command is one line"),
        ('"sync"', f'"{"x" * 401}"', "at most 400 characters"),
        ('["ip link set dev {it.name} mtu 1500", "sync"]', "[]", "1 to 12 commands"),
        ('fix.linux = "ip link set dev {it.name} mtu 1500, and restart."', "", "beside the sentence"),
        ('"sync"', '"echo {it.nam}"', "no fact net.nam"),
    ],
)  # fmt: skip
def test_commands_that_nobody_could_type_are_refused(tmp_path: Path, old: str, new: str, said: str) -> None:
    (problem,) = checks(tmp_path, CHECK.replace(old, new)).problems
    assert said in problem.message


def test_the_terminal_shows_them_where_all_is_asked_for_and_never_breaks_them(tmp_path: Path) -> None:
    long = "echo " + " ".join(["word"] * 40)
    report = judged(tmp_path, "eth0", check=CHECK.replace('"sync"', f'"{long}"'))
    shown = terminal.render(report, verbose=True, width=80)
    assert any(row.strip() == long for row in shown.splitlines())
    assert (
        "As root, one after the other, and restart when they are through; where one fails, stop:"
        in " ".join(shown.split())
    )
    assert "To go back:" in shown
    assert "ip link set dev eth0 mtu 576" not in terminal.render(report, width=80)


def test_the_page_shows_them_line_by_line(tmp_path: Path) -> None:
    page = html.render(judged(tmp_path, "eth0"))
    assert '<pre class="commands" tabindex="0">ip link set dev eth0 mtu 1500\nsync</pre>' in page


def test_a_hostile_report_reaches_neither_terminal_nor_page(tmp_path: Path) -> None:
    report = judged(tmp_path, "eth0")
    hostile = Commands(("echo \x1b]0;x\x07\u202e<script>alert(1)</script>\nsecond\x1b[2J",))
    text = msgspec.structs.replace(
        report.checks["net.card"],
        fix=msgspec.structs.replace(report.checks["net.card"].fix, commands=hostile),
    )
    report = msgspec.structs.replace(report, checks={"net.card": text})
    shown = terminal.render(report, verbose=True)
    assert not {"\x1b", "\x07", "\u202e"} & set(shown)
    assert "echo <script>alert(1)</script>" in shown
    page = html.render(report, carry=False)
    assert "<script>alert" not in page and "echo &lt;script&gt;" in page


def test_a_device_that_is_renamed_is_spoken_of_before_the_commands(tmp_path: Path) -> None:
    report = judged(
        tmp_path, "eth0", check=CHECK.replace("reboot = true", "reboot = true\nfix.commands.renames = true")
    )
    shown = " ".join(terminal.render(report, verbose=True).split())
    before, _, after = shown.partition("As root, one after the other")
    assert "a console is at hand" in before and "by UUID or label" in before and "mtu 1500" in after


def test_another_system_is_given_none(tmp_path: Path) -> None:
    report = judged(tmp_path, "eth0")
    facts = msgspec.structs.replace(report.facts, os=Os(family="windows"))
    assert "As root" not in terminal.render(msgspec.structs.replace(report, facts=facts), verbose=True)


def test_explain_tells_them_as_they_stand_in_the_check(tmp_path: Path) -> None:
    told = explain(checks(tmp_path, CHECK), "net.card")
    assert "Commands (as root, then restart):\n  ip link set dev {it.name} mtu 1500\n  sync\n" in told
    assert "Commands to go back:\n  ip link set dev {it.name} mtu {it.mtu}\n" in told
