"""A terminal shows the machine first and the answer last: on 24 lines of 80 columns all of it stands."""

import re
from collections import Counter

import pytest

from tests.machines import NAMES, source
from tests.output.samples import ALL
from vaudit.evidence.recorder import Recorder
from vaudit.judge.checks import load
from vaudit.judge.read_plan import read
from vaudit.model import catalogue
from vaudit.model.report import Report
from vaudit.output import machine, outline, text
from vaudit.output.terminal import render
from vaudit.pipeline import scan

CHECKS = load()
PLAN = "4 vCPU, 8 GB RAM, 160 GB NVMe, 20k IOPS, 1 Gbit/s, KVM, nested virtualization, IPv4, IPv6, unmetered"
PAGE = [
    "/root/somewhere/vaudit-report.html",
    "scp root@server.example.org:/root/somewhere/vaudit-report.html .",
]
LINES = 23
"""Of 24: the prompt takes the last."""


def report(name: str, plan: str = PLAN) -> Report:
    return scan(Recorder(source(name)), CHECKS, plan=read(plan) if plan else ())


def joined(lines: list[str]) -> str:
    return " ".join(" ".join(lines).split())


def shown(made: Report) -> list[str]:
    return render(made, 80, page=PAGE).splitlines()


@pytest.mark.parametrize("name", NAMES)
def test_the_answer_is_on_the_last_screen(name: str) -> None:
    made = report(name)
    lines = shown(made)
    last = joined(lines[-LINES:])
    assert "VERDICT" in last
    assert text.shorten(outline.sentence(made), 400) in last
    assert PAGE[0] in last and "fetch it: scp" in last
    broken = [one for one in made.plan if one.kept is False]
    for promise in broken[:3]:
        assert f"{promise.promised} (" in last
    worst, more = outline.urgent(made)
    for group in worst:
        assert group.first.severity.upper() in last
        assert "who acts: " in last and group.title[:60] in last
    assert bool(more) == ("that should be done: see above" in last)
    assert ("nothing has to be done" in last) == (not worst and not broken)
    asked = broken or any("provider" in outline.who(made, group) for group in worst)
    assert ("one letter to the provider" in last) == bool(asked)


@pytest.mark.parametrize("name", sorted(ALL))
def test_so_it_is_whatever_the_machine_says_of_itself(name: str) -> None:
    lines = shown(ALL[name]())
    assert "VERDICT" in lines[-LINES:]
    assert "vaudit-report.html" in joined(lines[-LINES:])


@pytest.mark.parametrize("name", NAMES)
def test_the_machine_is_the_first_line(name: str) -> None:
    made = report(name, "")
    first = joined(shown(made)).partition(text.clean(made.source.name, 120))[0]
    assert first.strip() == machine.line(made)


def test_the_first_line_names_what_was_bought() -> None:
    said = machine.line(report("lab-kvm-virtio", ""))
    for part in ("vCPU", "of memory", "of disk", "Debian GNU/Linux", "Linux 6."):
        assert part in said


def test_metal_is_called_by_its_maker_and_counts_threads() -> None:
    assert machine.line(report("synthetic-bare-metal", "")).startswith("Dell Inc. PowerEdge")
    assert "16 threads" in machine.line(report("synthetic-bare-metal", ""))


@pytest.mark.parametrize("name", ["firecracker-stale-dockerenv", "lab-xen-dom0", "synthetic-kvm-good"])
def test_contradictions_are_not_the_first_finding(name: str) -> None:
    groups = outline.groups(report(name, ""), "fail")
    places = [at for at, one in enumerate(groups) if one.first.check == "hypervisor.contradictions"]
    later = [one for one in groups[places[0] + 1 :] if one.first.severity == "info"] if places else []
    assert not later


def test_without_a_page_it_is_said_how_to_have_one_and_nothing_where_none_is_spoken_of() -> None:
    made = report("synthetic-kvm-good", "")
    assert "-o report.html" in render(made, 80, page=[])
    assert "report.html" not in render(made, 80)


OPTION = re.compile(r"(?<!\S)[(\"“]?--?[a-z][a-z-]*[a-z]\b")


@pytest.mark.parametrize("name", [*NAMES[::4], *(name for name in NAMES if "bench" in name)])
def test_an_option_is_never_broken(name: str) -> None:
    made = report(name, "")
    whole = Counter(OPTION.findall(render(made, 4000, verbose=True, page=[])))
    assert whole
    for width in (80, 120):
        assert not whole - Counter(OPTION.findall(render(made, width, verbose=True, page=[])))


CHECK_IDS = re.compile(r"\b[a-z]+\.[a-z0-9-]+\b")
RAW_WORDS = {word for word in catalogue.words() if "-" in word} - {"at-least"}
UNSURE = "The rounds differ too much"
"""What a disk's verdict says of itself where it names the words between which it could not tell."""


@pytest.mark.parametrize("name", NAMES)
def test_raw_terms_stand_in_the_details_alone(name: str) -> None:
    made = render(report(name, ""), 4000)
    before, _, rest = made.partition("\nFINDINGS")
    for line in (before + rest.partition("AT A GLANCE")[2]).splitlines():
        assert " 0x" not in line and "signature" not in line, line
        words = set(re.findall(r"[a-z][a-z-]+", CHECK_IDS.sub("", line)))
        assert UNSURE in line or not words & RAW_WORDS, line
