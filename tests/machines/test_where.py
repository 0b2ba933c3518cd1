"""Whoever adds a check finds a machine for it: by the facts that it shows, or by a condition of it."""

import subprocess
import sys

import pytest

from tests.machines.__main__ import shown, where
from vaudit.judge.read_conditions import ConditionError

OF_DEVICES_ON_THEM = {"controllers.better", "controllers.better_by"}
"""What a controller has in common with disks and cards, but only they can have."""
OF_REAL_REGISTRIES = {
    "controllers.at",
    *(f"controllers.package.{name}" for name in ("date", "inf", "provider", "version")),
    "controllers.package.signed",
}  # fmt: skip
"""What no registry that is made here holds yet."""


def test_every_fact_is_shown_by_a_machine() -> None:
    nowhere = {fact for fact, machines in shown().items() if not machines}
    assert nowhere == OF_DEVICES_ON_THEM | OF_REAL_REGISTRIES


def test_what_one_machine_says_is_counted_for_it_alone() -> None:
    assert shown()["block.parents"] == ["synthetic-kvm-device-zoo"]


@pytest.mark.parametrize(
    ("condition", "line"),
    [
        ("net.path == 'emulated'", ("lab-qemu-emulated", ["eth0", "eth1"])),
        ("net.path == 'emulated' and net.speed <= limits.link_slow", ("lab-qemu-emulated", ["eth0"])),
        ("cpu.kvm_device == 'denied'", ("synthetic-metal-container", [])),
        ("benchmarks.verdict == 'spinning'", ("synthetic-bench-spinning", ["disk.verdict"])),
        ("any(n.path == 'emulated' for n in net)", ("lab-qemu-emulated", [])),
    ],
)
def test_a_condition_finds_machines_and_their_elements(condition: str, line: tuple[str, list[str]]) -> None:
    assert line in where(condition)
    assert "synthetic-nothing-recorded" not in [name for name, _ in where(condition)]


def test_a_misspelt_fact_is_said_so() -> None:
    with pytest.raises(ConditionError, match=r"did you mean net\.path"):
        list(where("net.pth == 'emulated'"))


@pytest.mark.slow
def test_it_runs_from_the_command_line() -> None:
    words = [sys.executable, "-m", "tests.machines", "--where", "cpu.kvm_device == 'denied'"]
    assert (
        subprocess.run(words, capture_output=True, text=True, check=True).stdout
        == "synthetic-metal-container\n"
    )
