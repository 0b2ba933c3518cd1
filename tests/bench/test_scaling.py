"""How much work all vCPUs do together, and what one reading of the clock costs."""

import sys
import time

import msgspec
import pytest

from tests.bench.runner import BORDERS
from vaudit.bench.cpu import clock as measuring
from vaudit.bench.cpu.judge.outcome import judge
from vaudit.bench.cpu.recording import ClockCost, Gap, Gaps, Recording, Slice, Speed
from vaudit.bench.system.guards import Change
from vaudit.model.benchmark import Benchmark, Round


def seen(**changed: float) -> Change:
    quiet = Change(1.0, 0.9, 0.0, 0.1, 0.9, 0.0, 0.0, 0.0, 0.0, 0, 0)
    return msgspec.structs.replace(quiet, **changed)


def hashed(name: str, threads: int, rates: list[float], disturbed: str = "", **change: float) -> Speed:
    rounds = [Round(rate, at, 0.1, disturbed=disturbed) for at, rate in enumerate(rates)]
    return Speed(name, threads, threads, rounds, seen(**{"own": float(threads), **change}))


def scaling(one: Speed, all_: Speed, gaps: Gaps | None = None) -> Benchmark | None:
    found = judge(Recording(speeds=[one, all_], gaps=gaps), BORDERS)
    return next((each for each in found if each.id == "cpu.scaling"), None)


ONE = hashed("cpu.single", 1, [100, 98, 102, 101, 99])


@pytest.mark.parametrize(
    ("work", "word"), [(3.9, "scales"), (3.2, "scales"), (2.1, "scales-partly"), (1.4, "scales-little")]
)
def test_four_vcpus_do_the_work_of_so_many(work: float, word: str) -> None:
    found = scaling(ONE, hashed("cpu.all", 4, [100 * work * by for by in (0.99, 1.0, 1.01, 1.0, 0.98)]))
    assert found
    assert found.verdict == word
    assert found.value == pytest.approx(work)
    assert found.reason.startswith(f"4 vCPUs do the work of {work:g}")
    low, high = found.interval or (0, 0)
    assert low < work < high
    assert found.details["share"] == pytest.approx(work / 4)


def test_rounds_that_swing_over_a_border_are_told_on_its_better_side() -> None:
    found = scaling(ONE, hashed("cpu.all", 4, [120, 150, 190, 140, 160]))
    assert found
    assert found.verdict == "scales-partly"  # up to 1.94, and the border lies at 1.8


def test_steal_and_gaps_stand_beside_it() -> None:
    gaps = Gaps([Slice(0, 0.0, 100_000_000, [Gap(0, 8_000_000, 0)], 10)])
    starved = hashed("cpu.all", 4, [130] * 5, "had a CPU only 40%", own=1.6, stolen=0.55, stolen_cpus=2.2)
    found = scaling(ONE, starved, gaps)
    assert found
    assert found.verdict == "scales-little"
    assert "55 % of all processor time was reported as stolen" in found.reason
    assert "8 % vanished from a thread that spun" in found.reason


def test_what_other_programs_used_accuses_nobody() -> None:
    busy = hashed("cpu.all", 4, [130] * 5, "had a CPU only 40%", own=1.6, foreign=0.6, idle=0.0)
    found = scaling(ONE, busy)
    assert found
    assert (found.verdict, found.confidence) == ("inconclusive", "none")
    assert "other programs used 60%" in found.reason


def test_one_vcpu_has_nothing_to_be_held_against() -> None:
    assert scaling(ONE, hashed("cpu.all", 1, [100] * 5)) is None


@pytest.mark.parametrize(("ns", "word"), [(41.0, "clock-quick"), (640.0, "clock-slow")])
def test_a_clock_is_judged_by_what_its_quickest_reading_costs(ns: float, word: str) -> None:
    made = ClockCost([ns, ns * 9, ns * 1.1], 2000, "tsc")
    found = next(each for each in judge(Recording(clock=made), BORDERS) if each.id == "cpu.clock")
    assert (found.verdict, found.value) == (word, ns)
    assert "(tsc)" in found.reason


def test_the_clock_of_this_machine_costs_something_and_is_asked_for_a_moment() -> None:
    made = measuring.measure()
    assert len(made.ns) == measuring.BATCHES
    assert 1 < min(made.ns) < 100_000


def test_a_busy_moment_makes_no_clock_cost_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    took = {time.monotonic_ns: iter([60.0, 62.0, 400.0, 61.0, 63.0]),
            sys.getrecursionlimit: iter([20.0, 900.0, 21.0, 22.0, 80.0])}  # fmt: skip
    monkeypatch.setattr(measuring, "_batch", lambda call: next(took[call]))
    assert measuring.measure().ns == [40.0, 42.0, 380.0, 41.0, 43.0]
