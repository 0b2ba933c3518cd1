"""One of a thing is said as one: no sentence of any machine, and of no format, speaks of "1 times"."""

import re
from collections.abc import Callable, Iterator
from typing import Any

import msgspec
import pytest

from tests.bench.test_watch import Clock, looked
from tests.bench.virtual import Disk
from tests.machines import NAMES, WINDOWS, machine, our_checks
from tests.output import samples
from tests.output.test_markdown import failed, of
from vaudit import words
from vaudit.bench.day import Times
from vaudit.evidence.kinds import FORMS
from vaudit.evidence.registry import RegistryKey
from vaudit.judge.checks import judge
from vaudit.judge.verdict import verdict
from vaudit.output import FORMATS, markdown, nagios, render, text

ONE_OF_MANY = re.compile(r"(?<![\w.,:/=+'\"-])1 (?:more |other )?[a-z]+[^\Ws]s\b|once times")
"""A count of one before a plural."""
VERBS = re.compile(r"1 (?:is|was|has|does|means|shows|gives|brings|asks|needs|runs)\b")


def faults(said: str) -> list[str]:
    return [found[0] for found in ONE_OF_MANY.finditer(said) if not VERBS.match(found[0])]


def texts(value: Any) -> Iterator[str]:
    """All texts of a plain value."""
    if isinstance(value, str):
        yield value
    for one in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from texts(one)


def test_the_test_sees_what_it_looks_for() -> None:
    assert faults("looked at 1 times, 1 more checks failed, 1 look, 11 looks, 1 was seen, 2.1 times") == [
        "1 times",
        "1 more checks",
    ]


@pytest.mark.parametrize("name", [*NAMES, *WINDOWS])
def test_no_machine_has_one_of_many(name: str) -> None:
    known = machine(name)
    findings = judge(known.facts, known.benchmarks, our_checks())
    said = msgspec.to_builtins([findings, known.facts.guests, known.facts.readiness, known.benchmarks])
    assert [fault for one in texts(said) for fault in faults(one)] == []


@pytest.mark.parametrize("form", list(FORMATS))
@pytest.mark.parametrize("name", list(samples.ALL))
def test_no_format_has_one_of_many(form: str, name: str) -> None:
    assert faults(render(form, samples.ALL[name]())) == []


def _day(number: int) -> str:
    if not number:
        return ""
    _, found = looked(Clock(), lambda _hour: Disk(old=80, fl=300), Times(number, 600.0))
    facts = machine("synthetic-kvm-good").facts
    told = verdict(facts, found, judge(facts, found, our_checks()))
    return " ".join([told.sentence, *(one.reason for one in found)])


def _machines(number: int) -> str:
    found = markdown.Gathered()
    for at in range(number):
        found.add(of(f"host-{at}", failed("high")))
    return found.text()


PLACES: dict[str, Callable[[int], str]] = {
    "a day": _day,
    "machines": _machines,
    "lines": lambda number: " ".join(text.lines("x\n" * (number + 2), most=2)),
    "nagios": nagios._left,
    "registry": lambda number: FORMS["registry"].brief(RegistryKey(["k"] * number, [])),
    "folder": lambda number: FORMS["dir"].brief(["n"] * number),
    "were": lambda number: f"{number} of 20 echoes {words.were(number)} lost",
}


@pytest.mark.parametrize("place", list(PLACES))
@pytest.mark.parametrize("number", [0, 1, 2])
def test_none_one_and_two_are_said_as_they_are(place: str, number: int) -> None:
    said = PLACES[place](number)
    assert faults(said) == []
    assert not re.search(r"\b2 (?:look|machine|more line|more finding|subkey|name)\b", said)


def test_a_watch_with_one_look_says_once() -> None:
    said = _day(1)
    assert "looked at once" in said
    assert "in 1 look" in said
    assert "8 of 10" not in said
