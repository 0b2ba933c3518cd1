"""The catalogue names all that the benchmarks can produce, and nothing else."""

import ast
import re
import subprocess
import sys
from pathlib import Path
from typing import get_args

import msgspec
import pytest

from tests.machines import NAMES, machine
from vaudit.bench.cpu import plan as cpu
from vaudit.bench.memory import plan as memory
from vaudit.model import catalogue
from vaudit.model.catalogue import MEASURED

BENCH = sorted((Path(__file__).parents[2] / "vaudit" / "bench").rglob("*.py"))
NODES = [node for path in BENCH for node in ast.walk(ast.parse(path.read_text()))]
TEXTS = {node.value for node in NODES if isinstance(node, ast.Constant) and isinstance(node.value, str)}
OTHER = {
    "cpu.stat", "cpu.max", "memory.current", "memory.high", "memory.max", "memory.stat",
    "network.echo",
}  # fmt: skip
"""What looks like an id: files of a control group, and the key of a raw record."""
COMPOSED = ("steal-", "gaps-", "unanswered_")
"""How words and details begin whose rest the program puts in."""


RECORDED = [name for name in NAMES if name.startswith(("lab-slow-", "synthetic-bench-"))]
"""The recorded and the made machines with benchmarks."""


def test_the_ids_of_the_benchmarks_are_the_ids_of_the_catalogue() -> None:
    pattern = re.compile(r"(disk|network|cpu|memory)\.[a-z][a-z0-9-]*")
    assert {text for text in TEXTS if pattern.fullmatch(text)} - OTHER == set(MEASURED)
    assert get_args(catalogue.Id) == tuple(MEASURED)


def test_every_word_that_the_benchmarks_say_is_in_the_catalogue() -> None:
    said = {text for text in TEXTS if re.fullmatch(r"[a-z]+(-[a-z]+)+", text)}
    for node in NODES:  # verdict="lossy", verdict="a" if … else "b"
        if isinstance(node, ast.keyword) and node.arg == "verdict":
            said |= {one.value for one in ast.walk(node.value)
                     if isinstance(one, ast.Constant) and isinstance(one.value, str)}  # fmt: skip
    assert said - set(COMPOSED) <= set(catalogue.words())


@pytest.mark.parametrize("word", catalogue.words()[1:])
def test_every_word_of_the_catalogue_is_one_that_the_benchmarks_say(word: str) -> None:
    start = next((one for one in COMPOSED if word.startswith(one)), "")
    assert word.removeprefix(start) in TEXTS
    assert not start or start in TEXTS


def test_every_detail_that_the_benchmarks_give_is_in_the_catalogue() -> None:
    given = set()
    for node in NODES:
        if isinstance(node, ast.keyword) and node.arg == "details" and isinstance(node.value, ast.Dict):
            given |= {key.value for key in node.value.keys if isinstance(key, ast.Constant)}
    assert given
    assert given <= set(catalogue.details())


@pytest.mark.parametrize("name", catalogue.details())
def test_every_detail_of_the_catalogue_is_one_that_the_benchmarks_give(name: str) -> None:
    start = next((one for one in COMPOSED if name.startswith(one)), "")
    latency = re.fullmatch(r"(mean|max|p[\d.]+)_us", name)
    assert (start or name) in TEXTS or (latency and latency[1] in TEXTS)


def test_of_these_machines_benchmarks_were_recorded() -> None:
    assert [name for name in NAMES if machine(name).benchmarks] == RECORDED


@pytest.mark.parametrize("name", RECORDED)
def test_what_was_recorded_is_what_the_catalogue_says_of_it(name: str) -> None:
    for benchmark in machine(name).benchmarks:
        known = MEASURED[benchmark.id]
        assert benchmark.verdict in ("", *known.words)
        assert set(benchmark.details) <= set(known.details)
        assert benchmark.unit == known.unit or (benchmark.status != "ok" and not benchmark.unit)


@pytest.mark.parametrize("id", MEASURED)
def test_each_entry_is_of_use_to_a_reader(id: str) -> None:
    known = MEASURED[id]
    assert known.label
    assert known.label != id
    verdict = id.endswith(".verdict") or id == "disk.light"
    assert verdict == (known.unit == "") == (known.better == "neither") == (known.change is None)
    assert known.change is None or (0 < known.change.relative < 1 and len(known.change.because) > 20)
    assert known.tile or id.startswith("memory.")
    for word, meaning in known.words.items():
        assert meaning.clause, word
        assert not meaning.clause.endswith(".")


def test_of_a_benchmark_that_is_not_known_nothing_is_said() -> None:
    assert catalogue.label("disk.randread-qd512") == "disk.randread-qd512"
    assert catalogue.short("disk.randread-qd512") == "disk.randread-qd512"
    assert catalogue.of("disk.randread-qd512").tile is None
    assert catalogue.meaning("disk.verdict", "quantum") is None
    assert catalogue.meaning("disk.fill", "local-flash") is None


def test_a_label_in_a_row_is_the_short_one_where_there_is_one() -> None:
    assert catalogue.short("disk.fill") == "first write"
    assert catalogue.short("cpu.all") == catalogue.label("cpu.all") == "hashing, all threads"


def test_the_words_and_details_of_some_ids_are_theirs_alone() -> None:
    assert catalogue.words(["network.send", "network.udp-send"]) == (
        "", "loopback", "at-least", "nothing-arrived", "inconclusive", "udp-blocked", "no-loss",
        "little-loss", "lossy",
    )  # fmt: skip
    assert catalogue.details(["cpu.steal", "memory.latency"]) == ("busy_seconds", "bytes")
    assert catalogue.words(["disk.fill"]) == ("",)


def test_a_plan_is_told_in_the_words_of_the_catalogue(monkeypatch: pytest.MonkeyPatch) -> None:
    for id in ("cpu.gaps", "memory.reread"):
        worded = msgspec.structs.replace(catalogue.MEASURED[id], plan=f"words of {id}")
        monkeypatch.setitem(catalogue.MEASURED, id, worded)
    assert "words of cpu.gaps" in cpu.describe(cpu.make("quick", False))[0]
    plan = memory.MemoryPlan("quick", 1 << 20, "", 1.0)
    assert memory.describe(plan) == ["memory: 1 MiB are words of memory.reread"]


def test_a_dry_run_says_what_the_catalogue_says() -> None:
    command = [sys.executable, "-m", "vaudit", "scan", "--bench", "quick", "--dry-run", "--disk", "."]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60)
    (line,) = [line for line in done.stdout.splitlines() if line.startswith("cpu: ")]
    assert line == "cpu: " + ", ".join(catalogue.plans("cpu"))
    assert catalogue.plans("disk") == []
