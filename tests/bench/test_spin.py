"""Time that vanishes: our own scheduler's part is told from what was taken beneath this kernel."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.disk_truth import hogs
from tests.bench.runner import BORDERS
from vaudit.bench.cpu import gaps as spin
from vaudit.bench.cpu.judge.gaps import gaps as judge_gaps
from vaudit.bench.cpu.recording import ENOUGH, Gap, Gaps, Slice
from vaudit.model.benchmark import Benchmark

MS = 1_000_000


def judge(slices: list[Slice], stolen: float, bare_metal: bool, throttled: float = 0.0) -> Benchmark:
    return judge_gaps(Gaps(slices, stolen, throttled, bare_metal), BORDERS)


def slices(*gaps: Gap, number: int = 10) -> list[Slice]:
    """So many slices of 100 ms, each with these gaps."""
    return [Slice(0, 0.0, 100 * MS, list(gaps), 1_000_000) for _ in range(number)]


def test_no_gaps_is_a_quiet_machine():
    made = judge(slices(), 0.0, False)
    assert (made.value, made.verdict) == (0.0, "gaps-none")
    assert "no moment vanished" in made.reason


def test_what_our_own_scheduler_explains_is_not_blamed_on_the_hypervisor():
    made = judge(slices(Gap(0, 30 * MS, 30 * MS)), 0.0, False)
    assert (made.value, made.verdict) == (0.0, "gaps-none")
    assert "our own scheduler let this thread wait for 30%" in made.reason


@pytest.mark.parametrize(
    ("length", "word"), [(1, "gaps-none"), (3, "gaps-noticeable"), (7, "gaps-high"), (15, "gaps-severe")]
)
def test_what_it_does_not_explain_was_taken_beneath(length, word):
    made = judge(slices(Gap(0, length * MS, 0)), 0.0, False)
    assert made.value == pytest.approx(length / 100)
    assert made.verdict == word
    if word != "gaps-none":
        assert "a hypervisor that does not report it as steal, or firmware, took it" in made.reason
        reported = judge(slices(Gap(0, length * MS, 0)), 0.1, False).reason
        assert "the hypervisor took it, and reports 0.10 s of steal" in reported
        assert "hypervisor" not in judge(slices(Gap(0, length * MS, 0)), 0.0, True).reason


def test_the_share_is_of_the_time_that_our_scheduler_gave_us():
    half = judge(slices(Gap(0, 40 * MS, 40 * MS), Gap(50 * MS, 6 * MS, 0)), 0.0, False)
    assert half.value == pytest.approx(0.1)


def test_slices_that_others_took_say_nothing():
    made = judge(slices(Gap(0, 80 * MS, 70 * MS)), 0.0, False)
    assert (made.value, made.verdict, made.confidence) == (None, "inconclusive", "none")
    assert "our own scheduler" in made.reason


def test_without_the_kernels_account_nothing_is_claimed():
    made = judge(slices(Gap(0, 30 * MS, None)), 0.0, False)
    assert made.verdict == "inconclusive"
    assert "schedstat" in made.reason


def test_without_that_account_the_slices_that_had_no_gap_are_no_proof_of_quiet():
    """Half of the time vanished; to look at the other half alone would be a choice of the best moments."""
    made = judge([*slices(number=6), *slices(Gap(0, 90 * MS, None), number=6)], 0.0, False)
    assert (made.value, made.verdict, made.confidence) == (None, "inconclusive", "none")
    assert "schedstat" in made.reason


def test_without_that_account_no_gap_at_all_is_a_quiet_machine():
    assert judge(slices(), 0.0, False).verdict == "gaps-none"


def serving(share: float, *gaps: Gap) -> list[Slice]:
    """Slices with these gaps, in which the CPU served interrupts for such a share of the time."""
    return [msgspec.structs.replace(each, served=share * 0.1) for each in slices(*gaps)]


def test_interrupts_that_this_machine_serves_are_not_blamed_on_what_lies_beneath():
    """A network card with one queue under load keeps its CPU in softirqs, which are no thread."""
    made = judge(serving(0.06, Gap(0, 7 * MS, 0)), 0.0, False)
    assert (made.value, made.verdict, made.confidence) == (None, "inconclusive", "none")
    assert "interrupts" in made.reason
    assert "6.0%" in made.reason
    assert made.details["interrupts_share"] == pytest.approx(0.06)


@pytest.mark.parametrize(
    ("served", "vanished", "word"),
    [(0.06, 0, "gaps-none"), (0.008, 7, "gaps-high"), (0.02, 30, "gaps-severe")],
)
def test_interrupts_that_could_not_have_changed_the_verdict_do_not(served, vanished, word):
    gaps = [Gap(0, vanished * MS, 0)] if vanished else []
    assert judge(serving(served, *gaps), 0.0, False).verdict == word


def test_time_in_interrupts_is_read_for_each_cpu():
    stat = "cpu  9 9 9 9 9 30 50 9 0 0\ncpu0 9 9 9 9 9 10 20 9 0 0\ncpu11 9 9 9 9 9 20 30 9 0 0\nintr 5 6\n"
    assert [spin.interrupts(stat, cpu) for cpu in (0, 11, 1)] == [0.3, 0.5, 0.0]  # at 100 ticks a second
    assert spin.interrupts("", 0) == spin.interrupts("cpu0 1 2\n", 0) == 0.0


@given(st.text(max_size=200))
def test_any_text_gives_seconds_in_interrupts(noise):
    assert spin.interrupts(noise, 0) >= 0.0


def test_a_quota_that_holds_this_program_back_is_named():
    made = judge(slices(Gap(0, 80 * MS, 80 * MS)), 0.0, False, throttled=0.8)
    assert made.verdict == "inconclusive"
    assert "a CPU quota held this program back" in made.reason
    assert "quota" not in judge(slices(Gap(0, 80 * MS, 80 * MS)), 0.0, False).reason


def test_a_short_look_has_low_confidence():
    assert judge(slices(), 0.0, False).confidence == "low"
    assert judge(slices(number=50), 0.0, False).confidence == "medium"


def test_every_cpu_is_visited_and_allowed_again_afterwards():
    allowed = os.sched_getaffinity(0)
    made = judge_gaps(spin.measure(0.1 * max(ENOUGH, len(allowed)), False), BORDERS)
    assert os.sched_getaffinity(0) == allowed
    assert made.details["cpus"] == len(allowed)
    assert made.details["clock_read_ns"]


@pytest.mark.truth
def test_a_machine_full_of_other_programs_is_never_called_stolen():
    """Ground truth: our own scheduler takes most of the time from the spinning thread."""
    with hogs(2 * (os.cpu_count() or 1)):
        made = judge_gaps(spin.measure(1.0, False), BORDERS)
    own = made.details["own_scheduler_share"]
    if not isinstance(own, float) or made.details["reported_steal_seconds"]:
        pytest.skip("SKIPPED, NOT PASSED: the hypervisor itself took time from this test")
    assert own > 0.2
    assert made.verdict in ("inconclusive", "gaps-none", "gaps-noticeable")


_SPINNER = """
import msgspec
from tests.bench.runner import BORDERS
from vaudit.bench.cpu import gaps
from vaudit.bench.cpu.judge.gaps import gaps as judge
print(msgspec.json.encode(judge(gaps.measure(1.5, False), BORDERS)).decode())
"""


@pytest.mark.truth
def test_time_that_no_scheduler_accounts_for_is_seen():
    """Ground truth: a process that is stopped by a signal is not waiting for a CPU, yet time vanishes for it,
    as it does when a hypervisor stops the whole machine."""
    child = subprocess.Popen(
        [sys.executable, "-c", _SPINNER], stdout=subprocess.PIPE, cwd=Path(__file__).parents[2]
    )
    with child:
        while child.poll() is None:
            time.sleep(0.03)
            child.send_signal(signal.SIGSTOP)
            time.sleep(0.01)
            child.send_signal(signal.SIGCONT)
        assert child.stdout is not None
        made = msgspec.json.decode(child.stdout.read(), type=Benchmark)
    if made.value is None:
        assert "our own scheduler" in made.reason
        return
    assert 0.08 < made.value < 0.6
    assert made.verdict in ("gaps-high", "gaps-severe")
    assert float(made.details["longest_gap_us"] or 0) >= 9_000
