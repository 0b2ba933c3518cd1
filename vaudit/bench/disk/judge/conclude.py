"""The whole verdict over a disk: its class by reads, what limits it, and what else a buyer must know.

Reads give the class (classify.py). Over it stands what was found of limits (limits.py), in both directions; a
disk that others slow down now and then; and beside it whatever a class hides: that it stood still, that some
requests take very long, that flushes do. What nobody looked at is said to be so, by its name.
"""

from itertools import pairwise
from statistics import median
from typing import Literal

import msgspec

from vaudit.bench.borders import Borders
from vaudit.bench.disk.judge import fallen, limits, reasons, waits
from vaudit.bench.disk.judge.classify import (
    EVEN,
    LONGEST_US,
    OWN_WAY,
    PACED,
    STOOD,
    DiskClass,
    Series,
    clean,
    context,
    decide,
    held_evenly,
    kept_up,
)  # fmt: skip
from vaudit.bench.disk.judge.limits import Limit, Looked
from vaudit.bench.disk.recording import QD1, QD32, READ, WRITE, WRITE32, Latencies, Recording
from vaudit.bench.stats import within
from vaudit.model.benchmark import Confidence, Round
from vaudit.words import joined, latency, many, rate

ENOUGH = 3
STEADY = 1.25
"""Highest over lowest value of rounds that a limit made."""
FEW_AT_ONCE = {"local-flash": 2.0, "network-block": 3.0}
"""Times as many reads as one at a time, which any such disk brings at depth 32."""
QUICKER = 3.0
"""Times as quickly as on average an idle disk answers, of which no network can be meant."""
SLOWER = 1.6
"""Times by which reads are slower later on, of which a verdict is in doubt."""
TWO_WAYS = 5.0
"""An average so many times the median: a few of the reads take nearly all of the time."""
SURELY_OWN = 0.75
"""How far reads go their own way beside writes that certainly do not wait for them."""
SWING = 4.0
"""Times by which a quarter of the reads takes longer while others use the same storage."""
SWUNG = 1.6
"""The same of many reads at once, of what is called a network."""
BUSY = 0.25
"""Share of all CPUs used by others that is told where it was no reason to leave a round out."""
_UNHELD = ("local-flash", "network-block")
"""Classes of what no limit was found on."""
_SURE = ("high", "medium")
_WITH_BASE = ("capped", "local-flash", "network-block", "memory-speed")
"""Words whose reason begins with what a read takes."""
Way = Literal["read", "write"]
_KINDS: tuple[Way, ...] = ("read", "write")


def classify(recorded: Recording, borders: Borders) -> DiskClass:
    """The verdict over what was recorded so far."""
    recording = waits.calm(recorded)
    one, many, read, write = (recording.rounds.get(name, []) for name in (QD1, QD32, READ, WRITE))
    series = Series(one, many, read, write, recording.hold, recording.hold_read)
    made = decide(series, context(recording), borders)
    if made.confidence == "none" and recording.seconds and _undisturbed(series):
        few = decide(series, context(recording), borders, enough=1)
        sure: Confidence = "medium" if _slow_alike(few, series) else "low"
        sure = "none" if few.confidence == "none" else sure
        made = msgspec.structs.replace(few, confidence=sure, certain=False)
    if made.word == "inconclusive" and recording.waits:
        plain = msgspec.structs.replace(series, qd1=waits.without_tail(series.qd1))
        made = decide(plain, context(recording), borders) if plain.qd1 != series.qd1 else made
    looked = {kind: limits.looked(recording, kind, borders) for kind in _KINDS}
    looked = _both_ways(looked, recording)
    if made.word == "burst-bucket":
        made = fallen.ended(made, recording)
    if made.word != "burst-bucket":
        made = (
            fallen.writes_fell(made, recording)
            or _comes_and_goes(made, looked["read"], recording)
            or fallen.large_fell(made, recording)
            or made
        )
    if made.word == "memory-speed":
        looked = {kind: each and _below_memory(each, borders) for kind, each in looked.items()}
    if made.word not in ("spinning", "burst-bucket", "contended"):
        made = _limited(made, looked, recording)
    made = _proven(made, looked["read"], recording, borders)
    made = _two_ways(made, recording, borders) or _uneven(made, recording) or made
    made = _quicker_alone(_few_at_once(made), recording, borders)
    made = _others_too(made, recording)
    return _told(_slowed_down(made, recording), looked, recorded, borders)


def _undisturbed(series: Series) -> bool:
    """The disk alone is why so few rounds were made: it is slow, or it stood still."""
    found = [*series.qd1, *series.qd32]
    return all(each.disturbed in ("", STOOD) for each in found) and len(series.qd1) < 2 * ENOUGH


def _slow_alike(made: DiskClass, series: Series) -> bool:
    """Whether so slow a disk, of which a few rounds are all that there is, passes as many reads one at a time
    as at once, or as many bytes, and each of them takes longer than any that are taken one at a time."""
    rates = [each.value for each in clean([*series.qd1, *series.qd32])]
    alike = made.word == "capped" and len(rates) > 1 and within(rates, EVEN)
    return alike and (made.cap_bytes is not None or (made.mean_us or 0) > LONGEST_US)


def _comes_and_goes(made: DiskClass, reads: Looked | None, recording: Recording) -> DiskClass | None:
    """The verdict where reads slow down and recover, together: a neighbour uses the same storage at times. A
    limit that saves up for the next round looks so as well."""
    if reads and reads.requests:
        return None
    deep = recording.rounds.get(QD32, []) + recording.hold
    for rounds in (recording.hold, deep, recording.rounds.get(QD1, [])):
        counted = clean(rounds)
        fast, slow = _levels([each.percentiles.get("p25", 0.0) for each in counted])
        if fast and slow > SWING * fast and _rates_swing(counted, (fast * slow) ** 0.5):
            said = (
                f"reads take {slow / fast:.0f} times as long in some seconds as in others, and recover: "
                "others use the same storage at times"
            )
            sure: Confidence = "low" if reads and reads.unclear else "medium"  # a large credit may do so too
            changed = msgspec.structs.replace(made, word="contended", confidence=sure, reason=said)
            return msgspec.structs.replace(changed, cap_iops=None, cap_bytes=None)
    return None


def _rates_swing(rounds: list[Round], border: float) -> bool:
    """Whether rounds whose reads take longer than `border` bring far fewer of them: a limit that lets some
    pass at once makes single reads differ as much, and not their number."""
    slow = [each.value for each in rounds if each.percentiles.get("p25", 0.0) > border]
    fast = [each.value for each in rounds if each.percentiles.get("p25", 0.0) <= border]
    return median(fast) > SLOWER * median(slow)


def _both_ways(looked: dict[Way, Looked | None], recording: Recording) -> dict[Way, Looked | None]:
    """What was found; and where one direction is held to a number of requests and the other comes to the same
    number, the same of that."""
    found = dict(looked)
    for one, other in (_KINDS, _KINDS[::-1]):
        held, free = looked[one], looked[other]
        if held and free and held.requests and not free.requests:
            same = limits.alike(held.requests, recording, other)
            found[other] = free._replace(requests=same, unclear=free.unclear and not same)
    return found


def _proven(made: DiskClass, reads: Looked | None, recording: Recording, borders: Borders) -> DiskClass:
    """With doubt where 32 at once bring no more than one at a time, and yet no limit makes reads behave so:
    it lets through evenly many, each after an even wait or at once, and answers an idle disk sooner."""
    if (
        made.word != "capped"
        or not (made.cap_iops or made.cap_bytes)
        or not reads
        or (made.ratio or 0) >= borders.no_scaling
        or made.confidence == "none"
    ):
        return made
    rates = [each.value for each in clean(recording.rounds.get(QD32, []) + recording.hold)]
    us = recording.latencies.get(QD1, Latencies(0, {})).us
    waits_evenly = not us or us["p50"] < us["mean"] / reasons.SLICED or us["p75"] < PACED * us["p25"]
    shown = bool(reads.requests or reads.size) or _sooner_when_idle(recording, borders)
    if shown and waits_evenly and held_evenly(rates):
        return made
    ended = held_evenly(rates[len(rates) // 3 :])  # but for a credit in the beginning
    if ended and any(each and each.sure == "high" for each in (reads.requests, reads.size)):
        return msgspec.structs.replace(made, confidence="medium")
    if made.cap_iops and _one_for_all(recording) is False and waits_evenly and held_evenly(rates):
        return msgspec.structs.replace(made, confidence="medium")
    said = f"{made.reason}; but it may take one at a time, or others use the same storage"
    return msgspec.structs.replace(made, confidence="low", reason=said)


def _sooner_when_idle(recording: Recording, borders: Borders) -> bool:
    """Whether an idle disk answers sooner than reads pass under load."""
    known = context(recording)
    rates = [each.value for each in clean(recording.rounds.get(QD32, []))]
    if not known.idle_us or not rates:
        return True
    return known.idle_us * median(rates) / 1e6 < borders.at_rest or known.burst > borders.burst * median(
        rates
    )


def _others_too(made: DiskClass, recording: Recording) -> DiskClass:
    """With doubt where what looks far away is much faster in some seconds: others may make it wait."""
    if made.word != "network-block" or made.confidence not in _SURE:
        return made
    for kind, name, held in (("read", QD32, recording.hold), ("write", WRITE32, recording.hold_write)):
        rates = [each.value for each in clean(recording.rounds.get(name, []) + held)]
        slow, fast = _levels(rates)
        if slow and fast > (SWUNG if kind == "read" else SWING) * slow:
            said = f"{made.reason}; but {kind}s swing between {slow:,.0f} and {fast:,.0f} a second"
            return msgspec.structs.replace(
                made, confidence="low", reason=f"{said}: others may use the same storage"
            )
    return made


def _few_at_once(made: DiskClass) -> DiskClass:
    """With doubt where hardly more reads are answered at once than one after the other."""
    if made.word not in _UNHELD or made.confidence not in _SURE:
        return made
    if made.ratio is None or made.ratio >= FEW_AT_ONCE[made.word]:
        return made
    what = "flash brings" if made.word == "local-flash" else "networks bring"
    said = f"{made.reason}; but {what} more at once: it may take one at a time, or be held back"
    return msgspec.structs.replace(made, confidence="low", reason=said)


def _quicker_alone(made: DiskClass, recording: Recording, borders: Borders) -> DiskClass:
    """The verdict where reads take long in some of the time only: no network, no head is ever that quick."""
    taken = recording.latencies.get(QD1, Latencies(0, {}))
    quick = [each for each in (context(recording).idle_us, taken.us.get("p10", 0.0)) if each]
    idle = min(quick, default=borders.flash_us)
    slow = made.word in ("network-block", "spinning") and made.confidence in _SURE
    if not slow or idle >= borders.flash_us or QUICKER * idle > (made.mean_us or 0):
        return made
    said = (
        f"a random read takes {latency(made.mean_us or 0)} on average, but {latency(idle)} at other times: "
        "others use the same storage, or a cache answers now and then"
    )
    return msgspec.structs.replace(made, word="contended", confidence="low", reason=said)


def _slowed_down(made: DiskClass, recording: Recording) -> DiskClass:
    """With doubt where reads became much slower meanwhile, to no level that a limit would hold."""
    if made.word not in _UNHELD:
        return made
    first = [each.value for each in clean(recording.rounds.get(QD32, []))]
    then = [each.value for each in clean(recording.hold)]
    if len(first) < ENOUGH or len(then) < ENOUGH or SLOWER * median(then) > median(first):
        return made
    brief = f"reads fell from {median(first):,.0f} to {median(then):,.0f} a second while it was measured"
    said = f"{made.reason}; but {brief}: a cache or a credit was used up, or others began"
    return msgspec.structs.replace(made, confidence="low", reason=said, but=brief)


def _two_ways(made: DiskClass, recording: Recording, borders: Borders) -> DiskClass | None:
    """The verdict where rounds differ because reads go one of two ways, of which one is far longer."""
    taken = recording.latencies.get(QD1, Latencies(0, {}))
    half = taken.us.get("p50", 0.0)
    mean = taken.us.get("mean", 0.0) - taken.us.get("max", 0.0) / max(
        1, taken.count
    )  # of all but the longest
    if made.word != "inconclusive" or not 0 < half < borders.flash_us or mean < TWO_WAYS * half:
        return None
    if _undisturbed_share(recording) < 1:
        return None
    said = (
        f"half of the reads take under {latency(half)}, but the average is {latency(mean)}, and rounds "
        "differ: a cache in front of slower storage, or others who use it"
    )
    return msgspec.structs.replace(made, word="contended", confidence="low", reason=said)


def _uneven(made: DiskClass, recording: Recording) -> DiskClass | None:
    """The verdict where rounds lie far apart though nothing on this machine was in their way."""
    if made.word != "inconclusive" or _undisturbed_share(recording) < 1 or _busy(recording):
        return None
    rates = [each.value for each in recording.rounds.get(QD32, []) + recording.hold]
    if len(rates) < ENOUGH or min(rates) <= 0 or max(rates) < SWING * min(rates):
        return None
    said = (
        f"32 reads at once get between {min(rates):,.0f} and {max(rates):,.0f} a second, though this machine "
        "had little else to do: others use the same storage, or a cache answers now and then"
    )
    return msgspec.structs.replace(made, word="contended", confidence="low", reason=said)


def _undisturbed_share(recording: Recording) -> float:
    """Share of the rounds of single reads that count, or in which the disk itself stood still."""
    rounds = recording.rounds.get(QD1, [])
    return sum(each.disturbed in ("", STOOD) for each in rounds) / max(1, len(rounds))


def _levels(took: list[float]) -> tuple[float, float]:
    """(fast, slow): medians of a series that crosses the middle between them at least twice; else zeros."""
    if len(took) < 4 or min(took) <= 0:
        return 0.0, 0.0
    border = (min(took) * max(took)) ** 0.5
    sides = [each > border for each in took]
    if sum(one != other for one, other in pairwise(sides)) < 2 or sum(sides) < 2:
        return 0.0, 0.0
    return median(t for t in took if t <= border), median(t for t in took if t > border)


def _below_memory(looked: Looked, borders: Borders) -> Looked:
    """What was found, without what memory reaches one after the other: it is limited by the processor."""
    requests, size = looked.requests, looked.size
    if requests and (requests.iops or 0) > 1e6 / borders.memory_us:
        requests = None
    if size and (size.size or 0) > limits.FASTEST:
        size = None
    return looked._replace(requests=requests, size=size)


def _limited(made: DiskClass, looked: dict[Way, Looked | None], recording: Recording) -> DiskClass:
    """The class `capped` where one of the looks found a limit; else as it was."""
    found = [limit for each in looked.values() if each for limit in _exactly(each, recording)]
    found = [limit for limit in found if limit.sure != "low"] or found
    if not found:
        return made
    found += _as_many_as_one(looked["read"], recording)
    figures: dict[str, float | None] = {}
    for limit in found:
        middle = "_write" if limit.kind == "write" else ""
        if number := _requests(limit, recording):
            figures[f"cap{middle}_iops"] = number
        if size := _exact(limit, recording):
            figures[f"cap{middle}_bytes"] = size
    said = held(found, recording)
    base = made.reason.split(": ", 1)[0] if made.word in _WITH_BASE else ""
    sure: Confidence = next(
        word for word in ("high", "medium", "low") if any(word == each.sure for each in found)
    )
    sure = "medium" if sure == "high" and any(each.perhaps for each in found) else sure
    return DiskClass(
        "capped", sure, f"{base + ': ' if base else ''}{said}", True,
        mean_us=made.mean_us, ratio=made.ratio, but=said, **figures,
    )  # fmt: skip


def _exactly(looked: Looked, recording: Recording) -> list[Limit]:
    """The limits of one direction by their exact figures, which long rounds give."""
    requests, size = looked.requests, looked.size
    if requests and size:
        number, moved = _requests(requests, recording), _exact(size, recording)
        return limits.consistent(requests._replace(iops=number), size._replace(size=moved), recording)
    return [limit for limit in (requests, size) if limit]


def _as_many_as_one(reads: Looked | None, recording: Recording) -> list[Limit]:
    """The limit that 32 reads at once meet, who bring no more than one at a time, beside a limit on bytes;
    none where it takes one at a time."""
    if not (reads and reads.size and reads.single) or reads.requests or _one_for_all(recording):
        return []
    return [Limit("read", reads.single, None, "medium", perhaps=_one_for_all(recording) is None)]


def _one_for_all(recording: Recording) -> bool | None:
    """Whether reads wait for the writes before them; None where nobody looked, and where one limit on both
    would look so."""
    known = context(recording)
    if known.apart is None or known.alike or OWN_WAY <= known.apart <= SURELY_OWN:
        return None
    return known.apart < OWN_WAY


def _exact(limit: Limit, recording: Recording) -> float | None:
    """The bytes of a limit; from rounds without pauses where there are some: they have no credit."""
    if limit.size is None:
        return None
    held = recording.hold_read if limit.kind == "read" else recording.hold_written
    return kept_up(held) or limit.size


def _requests(limit: Limit, recording: Recording) -> float | None:
    """The same of its requests."""
    held = recording.hold if limit.kind == "read" else recording.hold_write
    return kept_up(held) or limit.iops if limit.iops else None


def _said_of(limit: Limit, number: float) -> str:
    return f"{number:,.0f} a second{' (or taken one at a time)' if limit.perhaps else ''}"


def held(found: list[Limit], recording: Recording) -> str:
    """`reads are held to 3,000 a second and 131 MB/s, writes to 200 a second`."""
    parts: list[str] = []
    for kind in _KINDS:
        mine = [limit for limit in found if limit.kind == kind]
        if not mine:
            continue
        figures = [_said_of(limit, number) for limit in mine if (number := _requests(limit, recording))]
        for limit in mine:
            if size := _exact(limit, recording):
                figures.append(("large ones to " if limit.large and figures else "") + rate(size, "B/s"))
        if all(limit.sure == "low" for limit in mine):
            figures[-1] += ", or a link carries no more"
        what = f"large {kind}s alone" if all(limit.large for limit in mine) else f"{kind}s"
        parts.append(f"{what} {'are held ' if not parts else ''}to {joined(figures)}")
    return ", ".join(parts)


def _told(
    made: DiskClass,
    looked: dict[Way, Looked | None],
    recording: Recording,
    borders: Borders,
) -> DiskClass:
    """The class with everything that stands beside it."""
    clauses, but = [made.reason], [made.but] if made.but else []
    if made.word in _UNHELD and made.confidence in _SURE and not made.but:
        clauses += _free(looked, recording, made)
    elif made.word == "capped" and looked["write"] is None and not recording.where.raw:
        clauses.append("random writes were not looked at")
    elif made.word in ("emulated-no-queueing", "memory-speed"):
        clauses += _unclear(looked)
    if made.word in ("capped", "emulated-no-queueing", "memory-speed"):
        clauses += _evenly({kind: each.steady for kind, each in looked.items() if each and each.steady})
    if made.word in _UNHELD:
        wires = [(kind, each.wire) for kind, each in looked.items() if each and each.wire]
        clauses += [f"large {kind}s are as fast as {wire}" for kind, wire in wires]
    brief = _one_by_one(made, looked)
    clauses += (
        [f"but {brief}: each takes so long, or a limit without any credit lets no more pass"] if brief else []
    )
    but += [brief] if brief else []
    for told in waits.told(recording, borders, made.word in ("capped", "burst-bucket")):
        clauses.append(told.said)
        but += [told.brief] if told.brief else []
    sure = made.confidence
    reads = looked["read"]
    if reads and reads.unclear and made.word in _UNHELD and sure != "none":
        sure = "low"
    if busy := _busy(recording):
        clauses.append(busy)
        sure = "medium" if sure == "high" else sure
    return msgspec.structs.replace(made, reason="; ".join(clauses), confidence=sure, but="; ".join(but))


def _one_by_one(made: DiskClass, looked: dict[Way, Looked | None]) -> str:
    """That reads or writes come one after the other, where no figure says so already."""
    known = {"read": made.cap_iops or made.word != "capped", "write": made.cap_write_iops}
    if made.word not in (*_UNHELD, "capped"):
        return ""
    single = {kind: each.single for kind, each in looked.items() if each and each.single and not known[kind]}
    ways = joined([f"{kind}s" for kind in single])
    rates = joined([f"{rate:,.0f}" for rate in single.values()])
    return f"{ways} come one after the other, {rates} a second" if single else ""


def _free(looked: dict[Way, Looked | None], recording: Recording, made: DiskClass) -> list[str]:
    """What was looked at and found free, by name, and for how long; what was not looked at."""
    if made.cap_iops:
        return []
    if not any(looked.values()):
        free = ["reads not throttled in this time"] if made.word == "local-flash" else []
        return free if recording.rounds.get(WRITE32) else [*free, "random writes were not looked at"]
    open_ = {kind: each for kind, each in looked.items() if each and not (each.unclear or each.single)}
    names = [f"{kind}s" for kind, each in open_.items() if not each.steady]
    seconds, count = _looked_for(recording)
    time = f"for the {seconds:.0f} s and {many(round(count), 'request')} that were measured"
    lines = [f"no limit on {joined(names)} {time}"] if names else []
    lines += _evenly({kind: each.steady for kind, each in open_.items() if each.steady})
    lines += _unclear(looked)
    return lines + [f"{kind}s were not looked at" for kind, each in looked.items() if not each]


def _unclear(looked: dict[Way, Looked | None]) -> list[str]:
    """Of what nothing certain is known."""
    unclear = [kind for kind, each in looked.items() if each and each.unclear and not each.single]
    return [f"whether {kind}s are limited cannot be told" for kind in unclear]


def _evenly(steady: dict[Way, float]) -> list[str]:
    """That large requests move just so many bytes a second, whatever holds them back."""
    return [
        f"large {kind}s move {rate(size, 'B/s')} evenly, as over a link or under a limit"
        for kind, size in steady.items()
    ]


def _looked_for(recording: Recording) -> tuple[float, int]:
    """(seconds, requests) from the first round to the last."""
    rounds: list[Round] = recording.everything
    ends = [each.start + each.seconds for each in rounds]
    seconds = max(ends, default=0.0) - min((each.start for each in rounds), default=0.0)
    return seconds, sum(each.count for each in recording.waits.values())


def _busy(recording: Recording) -> str:
    """That other programs were at work, where that was allowed."""
    rounds = recording.rounds.get(QD1, []) + recording.rounds.get(QD32, []) if recording.busy_ok else []
    used = [each.guards.get("foreign_cpu", 0.0) for each in rounds]
    if not used or median(used) < BUSY:
        return ""
    return f"other programs used {median(used):.0%} of the CPUs, which was allowed: it may be faster"
