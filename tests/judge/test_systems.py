"""Checks of Windows say nothing of Linux, and checks of what only Linux has nothing of Windows."""

import pytest

from tests.machines import WINDOWS, machine, our_checks
from vaudit.judge.checks import judge

CHECKS = our_checks()
OF_WINDOWS = [name for name in CHECKS.rules if name.startswith("windows.")]
OF_LINUX = [name for name, rule in CHECKS.rules.items() if rule.check.applies.startswith("windows is None")]
LINUX = (
    "lab-kvm-virtio", "lab-xen-hvm", "lab-container-docker", "synthetic-bare-metal", "synthetic-hyperv",
    "synthetic-nothing-recorded", "synthetic-vmware",
)  # fmt: skip


def said(name: str, checks: list[str]) -> set[tuple[str, str]]:
    found = machine(name)
    findings = judge(found.facts, found.benchmarks, CHECKS).findings
    return {(one.check, one.status) for one in findings if one.check in checks and one.status != "skipped"}


def test_there_are_both() -> None:
    assert len(OF_WINDOWS) >= 21
    assert len(OF_LINUX) >= 30


@pytest.mark.parametrize("name", LINUX)
def test_linux_is_told_nothing_of_windows(name: str) -> None:
    assert said(name, OF_WINDOWS) == set()


@pytest.mark.parametrize("name", WINDOWS)
def test_windows_is_told_nothing_of_linux(name: str) -> None:
    assert said(name, OF_LINUX) == set()


@pytest.mark.parametrize("name", ["windows-bare-metal", "windows-hyperv-gen2", "windows-kvm-equipped"])
def test_a_sound_windows_is_not_complained_of(name: str) -> None:
    found = machine(name)
    findings = judge(found.facts, found.benchmarks, CHECKS).findings
    complaints = [one for one in findings if one.check in OF_WINDOWS and one.status in ("fail", "error")]
    assert [(one.check, one.message) for one in complaints] == []


@pytest.mark.parametrize("check", OF_WINDOWS)
def test_who_acts_on_windows_is_told_what_to_do(check: str) -> None:
    assert CHECKS.rules[check].check.fix.windows
    assert CHECKS.rules[check].check.fix.provider
