"""The verdict against hundreds of disks of known behaviour (truths.py), which take no time (virtual.py)."""

from collections import Counter
from functools import cache
from typing import Any

import msgspec
import pytest

from tests.bench.mixtures import judged, mixtures
from tests.bench.runner import BORDERS
from tests.bench.truths import SHAPES, Truth, random_truths, right, truths
from tests.bench.virtual import Disk, Virtual
from vaudit.bench.disk.judge.limits import Limit, by_size
from vaudit.bench.disk.judge.outcome import judge
from vaudit.bench.disk.measure import session_of
from vaudit.bench.disk.place import Place
from vaudit.bench.disk.plan import DiskPlan
from vaudit.bench.disk.recording import Recording, Waits
from vaudit.bench.plan import make
from vaudit.bench.system.programs import Program
from vaudit.bench.system.worker import Told
from vaudit.bench.units import MIB
from vaudit.model.benchmark import Benchmark

LEAST_RIGHT, MOST_WRONG = 0.98, 1
"""Share of all truths; confident and wrong, of all."""
RANDOM, RANDOM_RIGHT, RANDOM_WRONG = 300, 0.96, 3
"""So many of any shape and any figures between; what they allow for those that stand at a border."""
MIXED, MIXED_WRONG, MIXED_SILENT = 300, 0.04, 0.03
"""So many of any parameters together, some of which no reading of rates tells apart."""


@cache
def plan() -> DiskPlan:
    """A quick plan for a disk of which nothing is known."""
    made = make("quick", None, alone=True)
    disk = make("quick", "/").disk
    assert made.disk is None
    assert disk
    nowhere = {"place": Place("/x"), "path": None, "fio": Program(missing="not in this test")}
    return msgspec.structs.replace(disk, size=512 * MIB, seconds=28.0, bytes=2048 * MIB, **nowhere)


def nothing(_message: Told) -> None:
    return


def measured(disk: Disk, seed: int = 1) -> tuple[Recording, Benchmark]:
    """What a quick run records of a disk, and the verdict."""
    recording = session_of(plan(), Virtual(disk, seed), BORDERS, nothing)
    return recording, judge(recording, BORDERS)[-1]


def outcome(truth: Truth, seed: int) -> str:
    """right; unsure where it was not, and said that it is not certain; else WRONG."""
    recording, verdict = measured(truth.disk, seed)
    assert recording.seconds < plan().seconds + 3, truth
    assert recording.written + recording.read <= plan().bytes, truth
    if right(truth, verdict.verdict, verdict.confidence, verdict.reason, verdict.details):
        return "right"
    unsure = verdict.confidence in ("low", "none")
    return "unsure" if unsure else f"WRONG {truth.what} {truth.name}: {verdict.verdict} {verdict.reason}"


@pytest.mark.slow
def test_hundreds_of_disks_are_named_right() -> None:
    """Prints the table: of each shape how many were right, unsure, confidently wrong (pytest -s)."""
    total, wrong = tallied(truths())
    assert total["right"] >= LEAST_RIGHT * total.total()
    assert len(wrong) <= MOST_WRONG, "\n".join(wrong)


@pytest.mark.slow
def test_any_figures_are_named_right_or_with_doubt() -> None:
    """The same shapes with figures that nobody chose; another number here draws others."""
    total, wrong = tallied(random_truths(RANDOM, seed=2026))
    assert total["right"] >= RANDOM_RIGHT * total.total()
    assert len(wrong) <= RANDOM_WRONG, "\n".join(wrong)


@pytest.mark.slow
def test_parameters_of_any_kind_together_are_seldom_named_wrong_for_certain() -> None:
    """Of each mixture what is said is held against how it was made (pytest -s prints the words)."""
    found: Counter[str] = Counter()
    wrong = list[str]()
    for seed, mixture in enumerate(mixtures(MIXED, seed=2026)):
        drive = Virtual(mixture.disk, seed)
        verdict = judge(session_of(plan(), drive, BORDERS, nothing), BORDERS)[-1]
        said = judged(mixture.disk, drive, verdict)
        sure = verdict.confidence in ("high", "medium")
        if verdict.status == "ok" and sure and (said.false or said.missing):
            wrong.append(f"WRONG {mixture.name}: {verdict.verdict} {verdict.reason} {said}")
        found["right" if sure else verdict.verdict if verdict.verdict == "inconclusive" else "unsure"] += 1
    print(dict(found), *wrong, sep="\n")
    assert len(wrong) <= MIXED_WRONG * MIXED, "\n".join(wrong)
    assert found["inconclusive"] <= MIXED_SILENT * MIXED


def tallied(chosen: list[Truth]) -> tuple[Counter[str], list[str]]:
    """How many were right, unsure, WRONG; and what was said of the last. Prints it shape by shape."""
    table: dict[str, Counter[str]] = {shape.what: Counter() for shape in SHAPES}
    wrong: list[str] = []
    for seed, truth in enumerate(chosen):
        word = outcome(truth, seed)
        table[truth.what][word.partition(" ")[0]] += 1
        wrong += [word] if word.startswith("WRONG") else []
    for what, found in table.items():
        print(f"{what:45} {dict(found)}")
    total = sum(table.values(), Counter[str]())
    print(dict(total))
    return total, wrong


@pytest.mark.parametrize(
    ("disk", "word", "figures"),
    [
        (Disk(), "local-flash", {}),
        (Disk(riops=2000), "capped", {"cap_iops": 2000}),
        (Disk(wiops=200), "capped", {"cap_write_iops": 200}),
        (Disk(wbps=20e6), "capped", {"cap_write_bytes_per_second": 20e6}),
        (Disk(rd=21000, wr=21000, fl=21000, wlanes=0), "network-block", {}),
        (Disk(hdd=8), "spinning", {}),
        (Disk(lanes=1, rd=100, wr=100), "emulated-no-queueing", {}),
        (Disk(after=8, riops=300, wiops=300), "burst-bucket", {"cap_iops": 300}),
        (Disk(creditmb=800, bps=20e6), "burst-bucket", {"cap_bytes_per_second": 20e6}),
        (Disk(riops=8000, slice=100e3), "capped", {"cap_iops": 8000}),
        (Disk(lru=True, cachemb=128, cold=10e3), "contended", {}),
        (Disk(hdd=1, hit=0.5), "contended", {}),
    ],
)
def test_each_kind_has_its_word_and_only_its_figures(
    disk: Disk, word: str, figures: dict[str, float]
) -> None:
    _, verdict = measured(disk)
    assert verdict.verdict == word, verdict.reason
    caps = {name: value for name, value in verdict.details.items() if name.startswith("cap_") and value}
    assert caps.keys() == figures.keys(), verdict.reason
    for name, value in figures.items():
        assert caps[name] == pytest.approx(value, rel=0.1)


def test_pauses_that_no_round_meets_are_met_in_between() -> None:
    _, verdict = measured(Disk(hang=6, hangfor=0.2, again=3))
    assert "it pauses now and then" in str(verdict.details["but"])
    assert "for 200 ms" in verdict.reason


@pytest.mark.parametrize("hang", [0.7, 1.3, 1.7])
def test_the_figure_of_a_limit_leaves_out_the_time_in_which_the_disk_stood_still(hang: float) -> None:
    _, verdict = measured(Disk(bigbps=34e6, bigsize=65536, hang=hang, hangfor=1.2, again=4.7))
    assert abs(float(verdict.details["cap_bytes_per_second"] or 0) / 34e6 - 1) < 0.05, verdict.reason
    assert "stood still more than once, the longest time for 1.2" in verdict.reason


def test_pauses_that_only_single_reads_in_between_met_are_told_too() -> None:
    recording, _ = measured(Disk())
    recording.waits["watch"] = Waits(300, 2, 0, 150_000.0, 20.0)
    assert "it paused 2 times, the longest time for 150 ms" in judge(recording, BORDERS)[-1].reason


def test_a_limit_that_saves_nothing_up_is_not_called_one_at_a_time_for_certain() -> None:
    """Each read of an idle disk waits as long as one under load: what takes one at a time looks the same."""
    _, verdict = measured(Disk(iops=2000, slice=0))
    assert verdict.confidence == "low"
    assert "or a limit without any credit" in verdict.reason


def test_reads_among_as_long_a_line_of_writes_tell_a_limit_on_them_from_one_at_a_time() -> None:
    recording, verdict = measured(Disk(riops=2000, slice=0))
    assert (verdict.verdict, verdict.confidence) == ("capped", "medium")
    assert verdict.details["cap_iops"] == pytest.approx(2000, rel=0.05)
    assert recording.among
    recording, verdict = measured(Disk(lanes=1, rd=2000, wr=200))
    assert (verdict.verdict, verdict.confidence) == ("emulated-no-queueing", "medium")
    recording.among = None  # as if nobody had looked
    assert judge(recording, BORDERS)[-1].confidence == "low"


def test_reads_that_get_as_many_beside_writes_are_held_to_it() -> None:
    _, verdict = measured(Disk(riops=2000, slice=0, wr=500))
    assert verdict.verdict == "capped"


def test_a_limit_that_saves_up_is_told_by_what_long_rounds_bring_beyond_short_ones() -> None:
    _, verdict = measured(Disk(riops=35000, slice=20e3, rd=150, cpu=8))
    assert verdict.details["cap_iops"] == pytest.approx(35000, rel=0.05)


def test_writes_that_wait_for_each_other_are_told_and_not_called_limited() -> None:
    _, verdict = measured(Disk(wiops=200, slice=0))
    assert verdict.details["but"] == "writes come one after the other, 200 a second"
    assert verdict.details["cap_write_iops"] is None
    assert "no limit on reads for" in verdict.reason


def test_reads_of_two_times_are_neither_a_head_nor_a_network() -> None:
    _, verdict = measured(Disk(nbon=3, nboff=2, nbus=14730, other=1.7), seed=51198)
    assert verdict.verdict == "contended"


def test_flushes_of_which_few_take_very_long_are_told() -> None:
    _, verdict = measured(Disk(wslowone=300, wslowus=40e3))
    assert "flushed writes take" in str(verdict.details["but"])


def test_what_a_sentence_says_of_limits_is_said_with_both_figures() -> None:
    both = Disk(riops=3000, rbps=131e6, wiops=3000, wbps=131e6, rd=500, wr=600, wlanes=0)
    _, verdict = measured(both)
    assert "3,0" in verdict.reason
    assert "131 MB/s" in verdict.reason
    assert "writes to" in verdict.reason
    assert str(verdict.details["but"]) in verdict.reason


def test_freedom_is_said_of_what_was_looked_at_and_for_how_long() -> None:
    recording, verdict = measured(Disk())
    seconds = max(each.start + each.seconds for each in recording.everything)
    assert seconds > 15
    assert "no limit on reads and writes for the " in verdict.reason
    recording.rested_write = []  # as if nobody had looked
    assert "no limit on reads for the " in judge(recording, BORDERS)[-1].reason
    assert "writes were not looked at" in judge(recording, BORDERS)[-1].reason


def test_a_disk_that_stands_still_says_so_in_its_headline() -> None:
    _, verdict = measured(Disk(hang=2, hangfor=3))
    assert verdict.details["but"] == "it stood still once for 3 s"
    assert verdict.details["over_1s"]
    assert float(verdict.details["longest_us"] or 0) > 2.5e6


def test_busy_processors_are_told_where_they_were_allowed() -> None:
    recording, _ = measured(Disk())
    busy = {"foreign_cpu": 0.6}
    for name, rounds in recording.rounds.items():
        recording.rounds[name] = [msgspec.structs.replace(each, guards=busy) for each in rounds]
    assert "other programs" not in judge(recording, BORDERS)[-1].reason
    recording.busy_ok = True
    verdict = judge(recording, BORDERS)[-1]
    assert "other programs used 60% of the CPUs, which was allowed" in verdict.reason
    assert verdict.confidence == "medium"


def test_the_same_seed_gives_the_same_recording() -> None:
    one, other = (measured(Disk(rd=90, jitter=0.2), seed=7)[0] for _ in range(2))
    assert [each.value for each in one.everything] == [each.value for each in other.everything]


def test_a_disk_that_fails_midway_keeps_what_was_measured() -> None:
    recording, verdict = measured(Disk(eio=4))
    assert (verdict.status, verdict.details["failure"]) == ("error", "errors")
    found = {each.id for each in judge(recording, BORDERS)}
    assert {"disk.fill", "disk.randread-qd1", "disk.randread-qd32"} <= found


def test_a_late_step_that_fails_costs_itself_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_arguments: Any) -> Any:
        raise OSError(116, "Stale file handle")

    monkeypatch.setattr(Virtual, "read_old", fail)
    recording, verdict = measured(Disk())
    assert (verdict.status, verdict.verdict) == ("ok", "local-flash")
    assert "Stale file handle" in recording.missed["reading old blocks"]
    assert any("reading old blocks" in each for each in verdict.limits)


def test_what_was_said_is_told_while_it_is_measured() -> None:
    """So that a worker that hangs leaves more than silence."""
    told: list[Told] = []
    session_of(plan(), Virtual(Disk()), BORDERS, told.append)
    kept = [msgspec.json.decode(each.result, type=Recording) for each in told if bytes(each.result)]
    assert len(kept) > 10
    assert kept[0].filled
    assert sum(map(len, kept[5].rounds.values())) >= 4


@pytest.mark.parametrize(("iops", "size", "made"), [(4918, 20e6, True), (3011, 131e6, False)])
def test_what_a_limit_on_bytes_lets_through_is_no_limit_of_its_own(
    iops: float, size: float, made: bool
) -> None:
    """4,918 writes of 4 KiB were 20 MB/s, on a disk held to that."""
    requests, bytes_ = Limit("write", iops, None, "medium"), Limit("write", None, size, "high")
    assert by_size(requests, bytes_) is made
