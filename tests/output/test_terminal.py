"""The terminal report: readable in 80 columns and in fewer, with and without colour."""

import re

import pytest

from tests.output.samples import ALL, bad, bare_metal, empty, good, hostile
from vaudit.output import text
from vaudit.output.terminal import render

SGR = re.compile(r"\x1b\[[0-9;]*m")


@pytest.mark.parametrize("name", sorted(ALL))
@pytest.mark.parametrize("width", [20, 40, 56, 80, 132])
@pytest.mark.parametrize("color", [False, True])
def test_no_line_is_wider_than_the_terminal(name: str, width: int, color: bool) -> None:
    made = SGR.sub("", render(ALL[name](), width=width, color=color, verbose=True))
    assert max(text.columns(line) for line in made.splitlines()) <= width


@pytest.mark.parametrize("name", sorted(ALL))
@pytest.mark.parametrize("verbose", [False, True])
def test_plain_text_has_no_control_but_newline(name: str, verbose: bool) -> None:
    made = render(ALL[name](), verbose=verbose)
    assert not re.search(text.UNSAFE, made.replace("\n", ""))


@pytest.mark.parametrize("name", sorted(ALL))
def test_coloured_text_has_no_control_but_newline_and_colour(name: str) -> None:
    made = render(ALL[name](), color=True, verbose=True)
    assert SGR.search(made)
    assert not re.search(text.UNSAFE, SGR.sub("", made).replace("\n", ""))


@pytest.mark.parametrize("name", sorted(ALL))
@pytest.mark.parametrize("width", [20, 40, 56, 80, 132])
def test_without_its_colours_it_is_the_plain_text(name: str, width: int) -> None:
    made = render(ALL[name](), width=width, color=True, verbose=True)
    assert SGR.sub("", made) == render(ALL[name](), width=width, verbose=True)


def test_the_words_of_the_machine_choose_no_style() -> None:
    assert "[bold]javascript" in SGR.sub("", render(hostile(), width=200, color=True, verbose=True))


def test_findings_come_near_the_end_and_the_worst_of_them_before_the_others() -> None:
    made = render(bad(), width=100)
    checks = ("storage.emulated-disk", "cpu.steal", "net.emulated-card", "storage.capped")
    places = [made.index(word) for word in ("LAYERS", "DEVICES", "BENCHMARKS", *checks, "VERDICT")]
    assert places == sorted(places)


def test_passes_are_only_counted_unless_all_is_asked_for() -> None:
    assert "21 passed" in render(good())
    assert "Something fine, number 7" not in render(good())
    assert "Something fine, number 7" in render(good(), verbose=True)


def test_a_finding_says_what_to_do_and_what_to_ask_for() -> None:
    made = " ".join(render(bad(), width=100).split())
    assert "do: Mount by UUID before the change" in made
    assert "ask the provider: “Please attach my server's disk as virtio-blk" in made
    assert "viostor" not in made, "advice for Windows is not shown on Linux"


def test_the_owner_of_an_unknown_system_gets_the_advice_for_both() -> None:
    import msgspec

    facts = msgspec.structs.replace(bad().facts, os=empty().facts.os)
    made = " ".join(render(msgspec.structs.replace(bad(), facts=facts), width=100).split())
    assert "do: On Windows: Install the viostor driver" in made


def test_one_fault_of_two_hundred_disks_is_said_once() -> None:
    made = render(bare_metal())
    assert made.count("A disk's write cache is on") == 1
    assert "and 197 more like this" in made
    assert "sdaa and 199 more" in made
    assert len(made.splitlines()) < 120


def test_benchmarks_are_one_line_a_target_with_verdict_and_reason() -> None:
    made = " ".join(render(bad()).split())
    limit = "All rounds between 498 and 502 IOPS: a limit, not a disk"
    assert f"Disk /var/tmp: the disk is held to a limit. {limit}" in made
    assert "Network iperf.example.net:5201: measured. Send 940 Mbit/s; receive 210 Mbit/s" in made


def test_what_could_not_be_seen_closes_the_report_with_what_root_would_add() -> None:
    made = render(good())
    assert "2 sources were refused" in made
    assert made.splitlines()[-1].strip().startswith("root     Root would add")


def test_an_empty_report_says_that_nothing_is_known() -> None:
    made = render(empty())
    assert "no check was made" in made
    assert "No verdict could be made" in made
    assert "No disk and no network card was seen" in made


def test_colour_marks_the_words_that_matter() -> None:
    made = render(bad(), color=True)
    for coloured in ("\x1b[1;31mHIGH", "\x1b[1;31mpoor", "\x1b[31memulated", "\x1b[32mgood"):
        assert coloured in made
