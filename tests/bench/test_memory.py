"""Memory: what a guest can see of a balloon and of pages that its host took away, and no more than that."""

import mmap
import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.bench.runner import BORDERS, but
from vaudit.bench.memory import measure as memory
from vaudit.bench.memory import speed as memspeed
from vaudit.bench.memory.balloon import count
from vaudit.bench.memory.judge import pages as judging
from vaudit.bench.memory.judge.outcome import bandwidth, judge, moved
from vaudit.bench.memory.pages import touch
from vaudit.bench.memory.plan import MemoryPlan
from vaudit.bench.memory.recording import Balloon as Count
from vaudit.bench.memory.recording import Pass, Recording, Reread, Speed
from vaudit.bench.plan import make
from vaudit.bench.stats import spread
from vaudit.bench.system import cgroups, counters
from vaudit.bench.units import Effort
from vaudit.model.benchmark import Benchmark, Round

MIB = 1 << 20
PAGES = 65_536
MEMINFO = "MemTotal:       24684096 kB\nMemFree:        1 kB\n"
VMSTAT = "nr_free_pages 5\nnr_balloon_pages 1024\nballoon_inflate 2048\nballoon_deflate 1024\n"


def test_the_balloon_is_read_from_the_kernels_counters():
    assert count(MEMINFO, VMSTAT) == Count(24684096 * 1024, 4 * MIB, 8 * MIB, 4 * MIB)
    assert count("", "") == Count(None, None, None, None)


@given(st.text(), st.text())
def test_any_text_is_counters_or_none(meminfo, vmstat):
    assert isinstance(count(meminfo, vmstat), Count)


def test_a_balloon_that_grew_and_shrank_again_did_move():
    before = Count(1000 * MIB, 0, 8 * MIB, 8 * MIB)
    assert moved(before, before) == 0
    assert moved(before, Count(1000 * MIB, 0, 72 * MIB, 72 * MIB)) == 64 * MIB
    assert moved(Count(1000 * MIB, None, None, None), Count(900 * MIB, None, None, None)) == 100 * MIB
    assert moved(Count(None, None, None, None), Count(1, 1, 1, 1)) is None


SUSPECT = int(BORDERS.reread_pages)


def reread(slow: int = 0, explained: int = 0, pages: int = PAGES) -> Pass:
    taken = [300] * (pages - slow) + [2_000_000] * slow
    return Pass(pages, spread(taken), slow, explained, slow * 2e-3, sum(taken) / 1e9)


def looked(again: Pass, control: Pass, rested: float, stolen: float) -> Reread:
    return Reread(again, control, rested, stolen, PAGES, {"p50": 2.0})


def judge_reread(again: Pass, control: Pass, rested: float, stolen: float) -> Benchmark:
    return judging.reread(looked(again, control, rested, stolen), BORDERS)


def conclude(made: Reread, before: Count, after: Count) -> Benchmark:
    return judge(Recording(before=before, after=after, reread=made), BORDERS)[-1]


@pytest.mark.parametrize(
    ("again", "control", "stolen", "word"),
    [
        (reread(), reread(), 0.0, "reread-fast"),
        (reread(SUSPECT), reread(), 0.0, "reread-fast"),  # accidents happen
        (reread(4000), reread(), 0.0, "reread-slow"),
        (reread(60), reread(20), 0.0, "reread-fast"),  # as slow right afterwards: not the host's swap
        (reread(4000), reread(), 6.0, "inconclusive"),  # the CPU was withheld meanwhile
        (reread(40, explained=50), reread(), 0.0, "inconclusive"),
        (reread(0, pages=200), reread(0, pages=200), 0.0, "inconclusive"),
    ],
)
def test_slow_resident_pages_are_told_from_stolen_time(again, control, stolen, word):
    made = judge_reread(again, control, 15.0, stolen)
    assert made.verdict == word
    assert made.confidence == ("none" if word == "inconclusive" else "medium")
    assert made.details["slow_pages"] == again.slow


def test_a_short_rest_has_low_confidence():
    assert judge_reread(reread(), reread(), 2.0, 0.0).confidence == "low"


STILL = Count(1000 * MIB, 0, 0, 0)


def test_the_words_never_claim_more_than_a_guest_can_know():
    made = conclude(looked(reread(4000), reread(), 15.0, 0.0), STILL, STILL)
    assert made.verdict == "reread-slow"
    assert "as a host does that swaps" in made.reason
    calm = conclude(looked(reread(), reread(), 15.0, 0.0), STILL, STILL)
    assert calm.verdict == "no-sign"
    assert "no balloon moved" in calm.reason
    for each in (made, calm):
        assert any("promised more memory than it has" in limit for limit in each.limits)
        assert "overcommitted" not in each.reason


def test_a_balloon_that_moved_is_told():
    grown = Count(936 * MIB, 64 * MIB, 64 * MIB, 0)
    made = conclude(looked(reread(), reread(), 15.0, 0.0), STILL, grown)
    assert made.verdict == "balloon-moved"
    assert "64 MiB" in made.reason
    assert made.details["balloon_moved_bytes"] == 64 * MIB


def planned(mode: Effort) -> MemoryPlan:
    made = but(make(mode, None), memory={"bytes": 32 * MIB, "refusal": ""}).memory
    assert made
    return made


def test_copying_names_the_program_that_does_the_same_and_what_stream_counts_otherwise():
    now = counters.sample(None)
    found = bandwidth(Speed(128 * MIB, [Round(5e9)] * 5, counters.since(now), 1.0))
    assert found.details["same_as"] == "mbw -t0 128"
    assert found.details["stream_copy_bytes_per_second"] == 10e9
    assert any("STREAM" in each for each in found.limits)


@pytest.mark.slow
def test_a_real_run_gives_each_figure(monkeypatch):
    with memory.probe(planned("quick")) as results:
        found = {each.id: each for each in judge(results(), BORDERS)}
    assert list(found) == ["memory.reread", "memory.bandwidth", "memory.latency", "memory.verdict"]
    assert not [each for each in found.values() if each.status != "ok"]
    assert found["memory.reread"].details["resident_pages"] == 32 * MIB // mmap.PAGESIZE
    assert (found["memory.bandwidth"].value or 0) > 0
    assert (found["memory.latency"].value or -1) >= 0
    assert found["memory.verdict"].verdict in ("no-sign", "inconclusive", "balloon-moved", "reread-slow")


@pytest.mark.truth
def test_the_figures_of_a_real_run_are_plausible():
    with memory.probe(planned("quick")) as results:
        found = {each.id: each.value or 0 for each in judge(results(), BORDERS)}
    assert found["memory.bandwidth"] > 1e8
    assert 0 < found["memory.latency"] < 1000


@pytest.mark.slow
def test_the_deep_run_looks_for_merged_pages(monkeypatch):
    monkeypatch.setattr(memory, "REST_SECONDS", 0.2)
    with memory.probe(planned("full")) as results:
        found: dict[str, Benchmark] = {each.id: each for each in judge(results(), BORDERS)}
    assert found["memory.merging"].verdict in ("no-sign", "pages-merged")
    assert any("many minutes" in limit for limit in found["memory.merging"].limits)


def test_a_worker_that_is_killed_for_lack_of_memory_is_one_entry(monkeypatch):
    def die(*_arguments: object) -> None:
        os._exit(9)

    monkeypatch.setattr(memory, "_work", die)
    with memory.probe(planned("quick")) as results:
        [only] = judge(results(), BORDERS)
    assert (only.id, only.status) == ("memory.verdict", "error")
    assert "worker died" in only.reason


def test_equal_pages_for_the_merging_probe_are_equal_and_the_others_are_not():
    buffer, _taken = touch(16 * MIB)
    pages = [buffer[at : at + mmap.PAGESIZE] for at in range(0, len(buffer), mmap.PAGESIZE)]
    half = len(pages) // 2
    assert len(set(pages[:half])) == half
    assert len(set(pages[half:])) == MIB // mmap.PAGESIZE
    buffer.close()


def test_the_chase_visits_every_line_once():
    lines = 1024
    with memoryview(bytearray(lines * 64)) as view, view.cast("Q") as words:
        memspeed._chain(words, lines)
        at, seen = 0, set()
        for _ in range(lines):
            seen.add(at)
            at = words[at]
        assert len(seen) == lines
        assert at == 0


def test_too_little_memory_is_skipped_with_the_reason(monkeypatch):
    monkeypatch.setattr(cgroups, "memory_room", lambda: 64 * MIB)
    made = make("quick", None).memory
    assert made
    assert made.bytes == 0
    with memory.probe(made) as results:
        [only] = judge(results(), BORDERS)
    assert (only.id, only.status) == ("memory.verdict", "skipped")
    assert "too little memory" in only.reason
    monkeypatch.setattr(cgroups, "memory_room", lambda: 1 << 62)
    more = make("quick", None).memory
    assert more
    assert more.bytes <= 256 * MIB
