"""The first screen speaks in plain words, and a check that passed is titled so."""

import re

import pytest

from tests.machines import NAMES, machine
from vaudit.judge.checks import judge, load
from vaudit.judge.verdict import verdict
from vaudit.model import catalogue
from vaudit.model.finding import CheckText
from vaudit.model.report import Tile

CHECKS = load()
RULES = [pytest.param(rule.check, id=name) for name, rule in CHECKS.rules.items()]
RAW = re.compile(
    r"0x[0-9a-f]|\bmode (?:full|para|pvh?|hvm)\b|\bleaf\b|signature|confidence: |\b(?:vt-x|amd-v) flag\b"
)
WORDS = {word for word in catalogue.words() if "-" in word}


def tiles(name: str) -> list[Tile]:
    found = machine(name)
    judged = judge(found.facts, found.benchmarks, CHECKS)
    return verdict(found.facts, found.benchmarks, judged).tiles


def spoken(tile: Tile) -> str:
    return f"{tile.word} {tile.meaning} {tile.figure}"


@pytest.mark.parametrize("name", NAMES)
def test_each_tile_has_a_word_a_meaning_and_a_figure_in_plain_words(name: str) -> None:
    for tile in tiles(name):
        assert tile.figure, tile
        assert tile.meaning[0].isupper() or tile.meaning[0].isdigit(), tile
        assert 15 < len(tile.meaning) <= 140, tile
        assert not tile.meaning.endswith("."), tile
        assert not RAW.search(spoken(tile)), tile
        assert not WORDS & set(spoken(tile).split()), tile


@pytest.mark.parametrize("name", NAMES)
def test_the_network_is_not_called_good_unmeasured(name: str) -> None:
    found = machine(name)
    measured = {b.id for b in found.benchmarks if b.status == "ok" and b.verdict != "loopback"}
    tile = tiles(name)[-1]
    if not measured & {"network.send", "network.receive"}:
        assert tile.word != "good"
        assert "network" in tile.meaning


@pytest.mark.parametrize(
    "name", ["synthetic-bare-metal", "synthetic-metal-good", "synthetic-bare-metal-vtx-off"]
)
def test_tiles_of_metal_say_what_was_looked_at(name: str) -> None:
    platform, *_, last = tiles(name)
    assert "no hypervisor" in platform.meaning
    assert any(word in platform.meaning for word in ("processor", "firmware", "devices"))
    assert last.meaning.startswith("No hypervisor takes processor time")


@pytest.mark.parametrize("check", RULES)
def test_a_check_has_a_title_for_when_it_passes(check) -> None:
    assert check.title_pass
    assert check.title_pass != check.title
    assert len(check.title_pass) <= 80
    assert not check.title_pass.endswith(".")
    assert not RAW.search(check.title) and not RAW.search(check.title_pass)


@pytest.mark.parametrize("name", NAMES)
def test_what_passed_is_titled_as_a_pass(name: str) -> None:
    found = machine(name)
    judged = judge(found.facts, found.benchmarks, CHECKS, found.promises)
    for finding in judged.findings:
        said = judged.texts[finding.check]
        rule = CHECKS.rules[finding.check].check
        assert said.titled(finding.status) == (rule.title_pass if finding.status == "pass" else rule.title)


def test_a_check_of_a_user_without_such_a_title_is_still_no_failure() -> None:
    assert CheckText("A disk is red").titled("pass") == "Not so: A disk is red"


@pytest.mark.parametrize("name", ["synthetic-kvm-crowded-host", "lab-xen-pv"])
def test_nothing_says_that_little_time_is_withheld_where_much_is(name: str) -> None:
    found = machine(name)
    judged = judge(found.facts, found.benchmarks, CHECKS)
    said = {judged.texts[one.check].titled(one.status) for one in judged.findings if one.status == "pass"}
    assert not {title for title in said if "ittle processor time" in title}


def test_it_is_said_who_could_know_where_this_user_may_not_open_kvm() -> None:
    from msgspec.structs import replace

    found = machine("synthetic-kvm-hidden")
    denied = replace(found.facts, cpu=replace(found.facts.cpu, kvm_device="denied"))
    told = verdict(denied, [], judge(denied, [], CHECKS)).tiles[1].meaning
    assert "cannot" not in told and "/dev/kvm" in told
