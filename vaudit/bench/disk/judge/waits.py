"""Requests that took very long: a disk that stood still, a tail, flushes. None of it shows in an average."""

from statistics import median
from typing import NamedTuple

import msgspec

from vaudit.bench.borders import Borders
from vaudit.bench.disk.judge.classify import STOOD
from vaudit.bench.disk.recording import QD1, QD32, SYNC, Latencies, Recording, Waits
from vaudit.model.benchmark import Round
from vaudit.words import latency, many

STILL_US = 0.5e6
"""A request that took so long stood still."""
BEYOND = 20
"""And so many times the median of its kind: of a slow disk with many in line each takes a second."""
TAIL_US, TAIL = 10_000.0, 30
"""A tail is told from so many microseconds and so many times the median on."""
SOME, MANY = 3, 40
"""Requests over 100 ms that are more than an accident: one at a time, and where 32 may wait for one."""
PAUSE_US, TWICE = 1e5, 2
"""A pause is told from so many microseconds on, and where there was more than one."""
SELDOM = 1000
"""Requests of which the slowest of a thousand are told."""
IN_LINE, LONGER = 1.5, 3.0
"""Requests that wait in line for a limit take equally long, half of them at most so many times a quarter; one
that takes so many times as long stood still, however long the line is."""
AT_ONCE = 0.9
"""The quickest request took so much of the slowest one's time: they ended together."""
ALIKE = 3.0
"""99 of 100 reads take less than so many times the median: the others are a tail."""


class Told(NamedTuple):
    """A clause of the verdict."""

    said: str
    brief: str = ""
    """For a headline; empty where it is none."""


def _without_stalls(rounds: list[Round]) -> list[Round]:
    """The rounds, of which those in which the disk stood still do not count for its class."""
    usual = [each.percentiles["p50"] for each in rounds if "p50" in each.percentiles and not each.disturbed]
    border = max(STILL_US, BEYOND * median(usual)) if usual else float("inf")
    return [
        msgspec.structs.replace(each, disturbed=STOOD)
        if not each.disturbed and _stood(each, border)
        else each
        for each in rounds
    ]


def _stood(each: Round, border: float) -> bool:
    """Whether some requests took far longer than the others, or all that there were did, from one moment on:
    in line for a limit that began meanwhile each waits for those before it."""
    first, quarter, half, longest = (each.percentiles.get(name, 0.0) for name in ("p1", "p25", "p50", "max"))
    if longest > border and (LONGER * half < longest or first > AT_ONCE * longest):
        return True
    return longest > max(STILL_US, LONGER * half) and 0 < half < IN_LINE * quarter


def calm(recording: Recording) -> Recording:
    """What was recorded, less all rounds in which the disk stood still: what its rates are judged by."""
    series = ("hold", "hold_read", "hold_write", "hold_written")
    held = {name: _without_stalls(getattr(recording, name)) for name in series}
    rounds = {name: _without_stalls(each) for name, each in recording.rounds.items()}
    return msgspec.structs.replace(recording, rounds=rounds, **held)


def told(recording: Recording, borders: Borders, held: bool = False) -> list[Told]:
    """All that has to be said; `held`: under a limit, which lets requests wait by itself."""
    slow = _still(recording) or _tail(recording, held) or (None if held else _paused(recording))
    found = [slow, _flushes(recording, borders)]
    return [each for each in found if each]


def _usual(recording: Recording, name: str) -> float:
    """Median latency of a job in microseconds; of one without rounds, that of the slowest that has some: many
    of them may have stood in line."""
    found = {
        job: [each.percentiles["p50"] for each in rounds if "p50" in each.percentiles]
        for job, rounds in recording.rounds.items()
    }
    if found.get(name):
        return median(found[name])
    return max((median(values) for values in found.values() if values), default=0.0)


def _still(recording: Recording) -> Told | None:
    """That it answered nothing for a second and more."""
    found = [
        (each.longest_us, each.over_1s)
        for name, each in recording.waits.items()
        if each.longest_us > max(STILL_US, BEYOND * _usual(recording, name)) and _usual_known(recording, name)
    ]
    if not found:
        return None
    longest = max(found)[0]
    times = "once" if len(found) == 1 else "more than once, the longest time"
    brief = f"it {STOOD} {times} for {latency(longest)}"
    return Told(f"but {brief}", brief)


def _usual_known(recording: Recording, name: str) -> bool:
    """Whether a long wait means anything. The first write has no median of its own, and a slow disk needs
    seconds for its first eight requests."""
    filled = recording.filled
    return name != "disk.fill" or (filled is not None and filled.round.value > 32e6)


def _tail(recording: Recording, held: bool) -> Told | None:
    """That some reads take very long beside the others; in line for a limit they do."""
    taken = recording.latencies.get(QD1, Latencies(0, {}))
    usual, seldom = (taken.us.get(name, 0.0) for name in ("p50", "p99.9"))
    if usual and seldom > max(TAIL_US, TAIL * usual) and taken.us.get("p99", 0.0) < seldom:
        brief = f"1 in 1,000 reads takes {latency(seldom)} and longer, half of them {latency(usual)}"
        return Told(f"but {brief}", "some reads take very long")
    return _late(recording, QD1, SOME) or (None if held else _late(recording, QD32, MANY))


def _paused(recording: Recording) -> Told | None:
    """That all stood still now and then, for too short a time to be told as such: in some rounds very few
    requests took longer than 100 ms, and all others next to nothing."""
    found = [
        each.percentiles["max"]
        for each in recording.everything
        if not each.disturbed
        and each.percentiles.get("max", 0.0) > PAUSE_US
        and each.percentiles["p75"] < each.percentiles["max"] / TAIL
    ]
    watched = recording.waits.get("watch", Waits())
    number = len(found) + watched.over_100ms
    if number < TWICE or _usual(recording, QD1) > PAUSE_US / TAIL:
        return None
    longest = max([*found, watched.longest_us])
    brief = f"it paused {number} times, the longest time for {latency(longest)}"
    return Told(f"but {brief}", "it pauses now and then")


def _late(recording: Recording, name: str, some: int) -> Told | None:
    """That so many reads of a job took longer than 100 ms, where they usually take next to nothing."""
    late, usual = recording.waits.get(name), _usual(recording, name)
    if not late or not 0 < usual < TAIL_US or late.over_100ms < some or late.longest_us < TAIL * usual:
        return None
    said = f"but {late.over_100ms:,} of {many(late.count, 'read')} took longer than 100 ms"
    return Told(f"{said}, the longest {latency(late.longest_us)}", "some reads take very long")


def without_tail(rounds: list[Round]) -> list[Round]:
    """Rounds of single reads as they would be without the few that took very long, which are told apart."""
    return [_plain(each) if _tailed(each) else each for each in rounds]


def _tailed(each: Round) -> bool:
    usual, most, mean = (each.percentiles.get(name, 0.0) for name in ("p50", "p99", "mean"))
    return 0 < most < ALIKE * usual < ALIKE * mean


def _plain(each: Round) -> Round:
    usual = each.percentiles["p50"]
    return msgspec.structs.replace(each, value=1e6 / usual, percentiles={**each.percentiles, "mean": usual})


def _flushes(recording: Recording, borders: Borders) -> Told | None:
    taken = recording.latencies.get(SYNC, Latencies(0, {}))
    counted = sum(not each.disturbed for each in recording.rounds.get(SYNC, []))
    p99 = taken.us.get("p99", 0.0)
    if counted < 2:
        return None
    if p99 <= borders.fdatasync_p99:
        usual, seldom = (taken.us.get(name, 0.0) for name in ("p50", "p99.9"))
        if taken.count < SELDOM or seldom <= max(TAIL_US, TAIL * usual):
            return None
        brief = f"1 in 1,000 flushed writes takes {latency(seldom)} and longer, half of them {latency(usual)}"
        return Told(f"but {brief}", "some flushed writes take very long")
    brief = f"flushed writes take up to {latency(p99)}"
    return Told(f"but {brief} (99 %), and databases want {latency(borders.fdatasync_p99)} or less", brief)
