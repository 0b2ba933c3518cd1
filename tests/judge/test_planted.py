"""A planted broken promise is named at the end of the report, and no honest machine is accused."""

import re

import pytest

from benchmarks.planted_promises import ENOUGH, outcome
from tests.machines import our_checks
from tests.machines.altered import Altered
from tests.machines.promised import ODD, PLANTS, cases, odd_cases

CHECKS = our_checks()


def found(seed: int, broken: int, honest: int) -> tuple[list[str], list[str]]:
    """What became of the broken ones, and of the honest ones, that were not as they should be."""
    made = [
        (case, f"{case.name}: {outcome(case, CHECKS)} {case.plan!r}") for case in cases(seed, broken, honest)
    ]
    odd = [
        (case, said)
        for case, said in made
        if not said.startswith((f"{case.name}: named", f"{case.name}: kept "))
    ]
    return [said for case, said in odd if case.planted], [said for case, said in odd if not case.planted]


@pytest.mark.slow
def test_one_of_each_kind_is_named_and_nobody_is_accused() -> None:
    missed, accused = found(2027, len(PLANTS), 4)
    assert len(missed) <= 1, missed
    assert accused == []


@pytest.mark.parametrize("seed", [2027, pytest.param(104, marks=pytest.mark.slow)])
def test_what_only_looks_broken_is_nobodys_fault(seed: int) -> None:
    made = odd_cases(seed, len(ODD))
    assert [(case.name, case.plan, said) for case in made if (said := outcome(case, CHECKS)) != "kept"] == []


def test_stolen_time_that_is_too_little_to_accuse_of_is_doubted() -> None:
    """A tenth busy for days, and a sixth of that withheld: 1.6 % of all time."""
    case = next(one for one in cases(104, 60, 0) if one.planted == "dedicated")
    record = Altered("lab-kvm-four").time(200, 0.1, 0.16)
    doubted = case._replace(record=record.text(), plan="4 dedicated cores")
    assert outcome(doubted, CHECKS).startswith("doubted: ")
    told = outcome(doubted, CHECKS).partition("doubted: ")[2]
    assert re.search(r"doubtful: processors of your own \(steal 1\d(\.\d)? %\)", told)
    assert "not kept" not in told
    assert "cannot tell" not in told


@pytest.mark.slow
@pytest.mark.parametrize("seed", [1, 7])
def test_of_sixty_at_least_fifty_seven_are_named_and_none_of_twenty_is_accused(seed: int) -> None:
    missed, accused = found(seed, 60, 20)
    assert len(missed) <= 60 * (1 - ENOUGH) + 1e-9, missed
    assert accused == []


@pytest.mark.slow
def test_a_seed_decides_everything() -> None:
    assert cases(5, 3, 1) == cases(5, 3, 1)
    assert cases(5, 3, 1) != cases(6, 3, 1)


@pytest.mark.slow
def test_a_machine_that_keeps_what_was_broken_is_not_named() -> None:
    """The measure itself can fail: the record of one machine with the plan of another."""
    first, second = [case for case in cases(11, 60, 0) if case.planted in ("processors", "memory")][:2]
    crossed = second._replace(
        record=next(case.record for case in cases(11, 0, 1)), plan="1 vCPU", planted="processors"
    )
    assert outcome(crossed, CHECKS).startswith("said: ")
    assert outcome(first, CHECKS) == "named"
