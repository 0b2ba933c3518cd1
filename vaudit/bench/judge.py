"""Judges what was recorded: recordings and borders in, benchmarks out. Pure; live and on replay alike."""

from collections.abc import Callable
from math import isfinite
from typing import Any

from msgspec import to_builtins
from msgspec.structs import replace

from vaudit.bench import day_judge
from vaudit.bench.borders import Borders
from vaudit.bench.cpu.judge import outcome as cpu
from vaudit.bench.disk.judge import outcome as disk
from vaudit.bench.memory.judge import outcome as memory
from vaudit.bench.network.judge import outcome as network
from vaudit.bench.recording import Recordings
from vaudit.bench.series import keyed
from vaudit.model.benchmark import Benchmark
from vaudit.model.doubt import doubt

UNREADABLE = "unreadable"
LONGEST = 2000
"""Rounds of one series that are judged; no run makes a tenth of them, but anybody may write a record."""
JUDGES: dict[str, Callable[[Any, Borders], list[Benchmark]]] = {
    "disk": disk.judge,
    "network": network.judge,
    "cpu": cpu.judge,
    "memory": memory.judge,
    "watch": lambda made, borders: day_judge.judge(made, borders.day_uneven, borders.steal_note),
}
"""By the name of the room, in the order of a report."""


def judge(recordings: Recordings, borders: Borders) -> list[Benchmark]:
    """The benchmarks of all rooms. Raises what a recording that contradicts itself makes of arithmetic."""
    made = [(judge_room, getattr(recordings, room)) for room, judge_room in JUDGES.items()]
    return [
        each
        for judge_room, recording in made
        if recording is not None
        for each in _doubted(judge_room(recording, borders))
    ]


def judge_safely(recordings: Recordings, borders: Borders) -> tuple[list[Benchmark], dict[str, str]]:
    """The same for a record that anybody may have written, and by its name why a room cannot be judged."""
    found: list[Benchmark] = []
    failed: dict[str, str] = {}
    for room, judge_room in JUDGES.items():
        recording = getattr(recordings, room)
        if recording is not None and recording.longest > LONGEST:
            failed[room] = f"it has a series of {recording.longest} rounds, which no run makes"
        elif recording is not None:
            try:
                found += _doubted(_finite(judge_room(recording, borders)))
            except (ArithmeticError, LookupError, ValueError) as error:
                failed[room] = f"its figures contradict each other ({type(error).__name__})"
    return found, failed


def _doubted(found: list[Benchmark]) -> list[Benchmark]:
    """The same, with what makes a figure doubtful beside it."""
    return [replace(each, doubt=doubt(each)) for each in found]


def _finite(found: list[Benchmark]) -> list[Benchmark]:
    """The same. Raises ValueError where a figure grew beyond all numbers: JSON has no word for it, and such a
    report could not be read again."""
    pending: list[Any] = [to_builtins(each) for each in found]
    while pending:
        one = pending.pop()
        if isinstance(one, float) and not isfinite(one):
            raise ValueError("a figure is no number")
        pending += one.values() if isinstance(one, dict) else one if isinstance(one, list | tuple) else ()
    return found


def unreadable(room: str, reason: str) -> Benchmark:
    """The entry that stands for what a record holds and this version cannot read."""
    name = {"cpu": "cpu.steal", "watch": "disk.day-flush"}.get(room, f"{room}.verdict")
    said = f"the record holds what was measured, but it cannot be read: {reason}"
    made = Benchmark(name, "", "vaudit", "", status="error", verdict=UNREADABLE, reason=said)
    return keyed([made])[0]
