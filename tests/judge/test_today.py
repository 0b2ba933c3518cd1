"""What people say of virtualization: one place, which the page and `vaudit explain` show."""

import re

import pytest

from tests.machines import our_checks
from tools.today import PAGE, page
from vaudit.judge.explain import explain
from vaudit.judge.rules import CheckError
from vaudit.judge.today import statements, words_of

CHECKS, STATEMENTS = our_checks(), statements()
ASKED = (
    "xen",
    "kvm",
    "xen-pv",
    "xen-hvm",
    "hvm",
    "pvh",
    "balloon",
    "tmem",
    "steal",
    "overcommit",
    "migration",
    "ksm",
)


def test_the_page_is_made_of_them() -> None:
    assert PAGE.read_text() == page(CHECKS), "make docs"


@pytest.mark.parametrize("word", ASKED)
def test_the_words_that_people_ask_for_are_there(word: str) -> None:
    assert word in words_of(STATEMENTS)


def test_each_word_has_one_meaning_and_is_no_check() -> None:
    every = [word for name, one in STATEMENTS.items() for word in (name, *one.also)]
    assert len(every) == len(set(every))
    assert not set(every) & set(CHECKS.rules)
    assert all(re.fullmatch(r"[a-z0-9-]+", word) for word in every)


@pytest.mark.parametrize("name", STATEMENTS)
def test_each_says_what_holds_since_when_by_which_source_and_what_tells_it(name: str) -> None:
    one = STATEMENTS[name]
    assert one.said.endswith(".") and one.today.strip().endswith(".") and one.since
    assert one.sources and all(source.startswith("https://") for source in one.sources)
    assert one.checks or one.here
    assert [check for check in one.checks if check not in CHECKS.rules] == []


@pytest.mark.parametrize("word", words_of(STATEMENTS))
def test_explain_shows_the_paragraph(word: str) -> None:
    one = STATEMENTS[words_of(STATEMENTS)[word]]
    text = explain(CHECKS, word)
    joined = " ".join(text.split())
    for part in (one.said, one.today, one.since, one.here):
        assert " ".join(part.split()) in joined
    for listed in (*one.sources, *one.checks):
        assert listed in text
    for line in text.splitlines():
        assert len(line) <= 100 or " " not in line.strip()


def test_a_word_may_be_written_large_and_a_slip_is_met_with_the_nearest() -> None:
    assert explain(CHECKS, "Xen-HVM") == explain(CHECKS, "hvm")
    with pytest.raises(CheckError, match="did you mean balloon"):
        explain(CHECKS, "baloon")


def test_what_the_folklore_has_wrong_is_said() -> None:
    assert "Both can" in STATEMENTS["migration"].today and "2007" in STATEMENTS["migration"].since
    assert STATEMENTS["tmem"].today.startswith("Gone.") and "July 2019" in STATEMENTS["tmem"].today
    assert "the first is not" in STATEMENTS["overcommit"].today
