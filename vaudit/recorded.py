"""The benchmarks of one scan: measured now, or found in a record; judged by the borders of the day."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from vaudit.evidence.recorder import Recorder
from vaudit.evidence.source import Entry
from vaudit.model.benchmark import Benchmark
from vaudit.model.facts import Facts

if TYPE_CHECKING:
    from vaudit.bench.borders import Borders
    from vaudit.bench.recording import Recordings

Measure = Callable[[Facts, "Borders"], "Recordings"]
UNMEASURED = "nothing was measured"
"""How the note begins that says why there are no benchmarks though they were asked for."""
MOST_NAMED = 3
FIRST = "vaudit bench"
"""The key of the run entry in which version 0.1.0 kept benchmarks: vaudit/bench/legacy.py."""


def is_benchmark(entry: Entry) -> bool:
    """Whether an entry is what a benchmark recorded, and no answer of the machine's."""
    return entry.kind == "recording" or (entry.kind == "run" and entry.key == FIRST)


def benchmarks(
    recorder: Recorder, facts: Facts, limits: Mapping[str, float], measure: Measure | None
) -> tuple[list[Benchmark], list[str]]:
    """The benchmarks, and a note for all that a record holds of them and that could not be read."""
    held = [recorder.entry("recording", area) for area in recorder.areas()]
    first = recorder.held("run", FIRST)
    if measure is None and not held and first is None:
        return [], []
    from vaudit.bench.borders import borders

    inside = borders(limits)
    if measure is not None and (silent := recorder.silent()):
        return [], [
            f"{UNMEASURED}: {', '.join(silent[:MOST_NAMED])} gave no answer, and benchmarks look there too"
        ]
    if measure is not None:
        held, first = _keep(recorder, measure(facts, inside)), None
    from vaudit.bench.cpu.judge.steal import without

    found, notes = _recorded(held, inside)
    old, said = _first(first, facts, inside) if first is not None else ([], [])
    return [without(each, facts.cpu.steal_because) for each in (*old, *found)], [*said, *notes]


def _keep(recorder: Recorder, recordings: "Recordings") -> list[Entry]:
    """What was recorded as evidence, from which it is judged, so that a replay cannot differ."""
    from vaudit.bench.recording import encoded

    kept = [Entry("recording", room, "read", data) for room, data in encoded(recordings).items()]
    for each in kept:
        recorder.add(each)
    return kept


def _recorded(held: list[Entry], borders: "Borders") -> tuple[list[Benchmark], list[str]]:
    from vaudit.bench.judge import judge_safely
    from vaudit.bench.recording import decoded

    recordings, unread = decoded({each.key: each.data for each in held if isinstance(each.data, bytes)})
    found, failed = judge_safely(recordings, borders)
    return _with(found, {**unread, **failed})


def _first(entry: Entry, facts: Facts, borders: "Borders") -> tuple[list[Benchmark], list[str]]:
    """The benchmarks of a record of version 0.1.0: those of its disk judged again, where that can be."""
    import msgspec

    from vaudit.bench import legacy
    from vaudit.bench.judge import judge_safely
    from vaudit.bench.recording import ROOMS, Recordings

    try:
        found, notes = legacy.read(entry.data if isinstance(entry.data, bytes) else b"")
    except (msgspec.MsgspecError, RecursionError) as error:
        return _with([], dict.fromkeys(ROOMS, str(error)))[0], [f"what was measured cannot be read: {error}"]
    disk, rest = legacy.split(found, facts)
    judged, failed = judge_safely(Recordings(disk=disk), borders)
    if failed:
        judged, rest = [], legacy.as_kept(found)
    if notes and not found:
        return _with([], dict.fromkeys(ROOMS, notes[0]))[0], notes
    return [*judged, *rest], notes


def _with(found: list[Benchmark], unread: dict[str, str]) -> tuple[list[Benchmark], list[str]]:
    """What could be judged, an entry for each room that could not be, and a note for it."""
    from vaudit.bench.judge import unreadable

    entries = [unreadable(room, reason) for room, reason in unread.items()]
    return [*found, *entries], [f"{one.id.partition('.')[0]}: {one.reason}" for one in entries]
