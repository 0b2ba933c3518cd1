"""Can I run it here? The answers, the data they are made of, and that both say the same as the guests."""

from pathlib import Path
from typing import Literal

import pytest

from tests.machines import NAMES, machine
from vaudit.judge.checks import load
from vaudit.judge.workloads import answers
from vaudit.model.facts import Cpu, Facts, Memory, Need, NeedName, NeedState, Workload

SAME: dict[str, Literal["kvm", "windows", "xen-pv"]] = {"kvm": "kvm", "windows": "windows", "xen": "xen-pv"}
"""Workloads that a kind of guest decides."""


@pytest.mark.parametrize("name", NAMES)
def test_they_agree_with_the_kinds_of_guests(name: str) -> None:
    facts = machine(name).facts
    guests = {one.kind: one.possible for one in facts.guests}
    said = {one.name: one.possible for one in facts.workloads}
    assert [said[name] for name in SAME] == [guests[kind] for kind in SAME.values()]


@pytest.mark.parametrize("name", NAMES)
def test_every_answer_says_why_and_a_no_shows_its_evidence(name: str) -> None:
    for one in machine(name).facts.workloads:
        assert one.because
        assert one.possible is not False or one.evidence, one
        assert one.possible or not one.better


def asked(folder: Path, text: str, facts: Facts) -> Workload:
    folder.mkdir(exist_ok=True)
    (folder / "workloads.toml").write_text(text)
    checks = load([folder])
    assert checks.problems == []
    return next(one for one in answers(facts, checks) if one.name == "mine")


MINE = """
[mine]
title = "Mine"
[[mine.step]]
needs = ["tun", "fuse"]
[[mine.step]]
any = ["veth", "bridge"]
[[mine.step]]
holds = "cpu.threads >= 2"
because = "only {cpu.threads} processor"
actor = "provider"
[[mine.step]]
holds = "memory.total >= 1000"
because = "little memory"
slower = true
"""


NEEDS: tuple[NeedName, ...] = ("tun", "fuse", "veth", "bridge")


def facts(states: str, threads: int | None = 2, total: int | None = 2000) -> Facts:
    """`states`: a letter for each of tun, fuse, veth, bridge."""
    word: dict[str, NeedState] = {"m": "met", "u": "unmet", "?": "unknown"}
    needs = [
        Need(name, word[state], f"{name} is {word[state]}", "owner", [f"file:/{name}"])
        for name, state in zip(NEEDS, states, strict=True)
    ]
    return Facts(
        readiness=needs, cpu=Cpu(threads=threads, evidence=["file:/cpu"]), memory=Memory(total=total)
    )


@pytest.mark.parametrize(
    ("made", "possible", "because", "better"),
    [
        (facts("mmmm"), True, "all that it takes is there", ""),
        (facts("mumm"), False, "fuse is unmet", ""),
        (facts("u?mm"), False, "tun is unmet", ""),
        (facts("?mmm"), None, "tun is unknown", ""),
        (facts("mmum"), True, "all that it takes is there", ""),
        (facts("mmu?"), None, "bridge is unknown", ""),
        (facts("mmuu"), False, "veth is unmet", ""),
        (facts("?mmm", threads=1), False, "only 1 processor", ""),
        (facts("mmmm", threads=None), None, "cpu.threads is not known", ""),
        (facts("mmmm", total=1), True, "all that it takes is there", "little memory"),
        (facts("mmmm", total=None), True, "all that it takes is there", ""),
        (Facts(), None, "tun is not known", ""),
    ],
)
def test_a_no_decides_before_what_is_not_known(
    tmp_path: Path, made: Facts, possible: bool | None, because: str, better: str
) -> None:
    one = asked(tmp_path, MINE, made)
    assert (one.possible, one.because, one.better) == (possible, because, better)


def test_who_could_change_it_is_named(tmp_path: Path) -> None:
    assert asked(tmp_path, MINE, facts("mumm")).actor == "owner"
    assert asked(tmp_path, MINE, facts("mmmm", threads=1)).actor == "provider"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[mine]\ntitle = 'x'\nstep = []", "would always be yes"),
        ("[mine]\nstep = []", "mine: Object missing required field `title`"),
        ("[mine]\ntitle = 'x'\n[[mine.step]]\nneeds = ['tunn']", "Invalid enum value 'tunn'"),
        ("[mine]\ntitle = 'x'\n[[mine.step]]\nslower = true", "step 1: give one of needs, any and holds"),
        ("[mine]\ntitle = 'x'\n[[mine.step]]\nholds = 'cpu.thread > 1'\nbecause = 'b'",
         "did you mean cpu.threads?"),
        ("[mine]\ntitle = 'x'\n[[mine.step]]\nholds = 'cpu.threads > 1'", "because: missing"),
        ("[mine]\ntitle = 'x'\n[[mine.step]]\nholds = 'len(workloads) > 1'\nbecause = 'b'", "workloads"),
    ],
)  # fmt: skip
def test_a_block_that_cannot_be_used_is_one_line(tmp_path: Path, text: str, said: str) -> None:
    (tmp_path / "workloads.toml").write_text(text)
    checks = load([tmp_path])
    assert said in checks.problems[0].message
    assert "\n" not in checks.problems[0].message
    assert "docker" in [one.name for one in checks.workloads]
