"""Is the disk held back? From what an idle disk answers, and from what it answers under load.

Three things look alike in a rate and are told apart here. A disk whose rate its own latency explains (rate
times latency is the number of requests in flight, Little's law) is slow, not limited. One that answers an
idle reader no faster than its rate takes one request at a time. One that answers an idle reader, or a few at
once, faster than it lets many through is held to a limit. A wire never carries more than its speed, not even
after a pause: what lies at the speed of a known one, and is never exceeded, is no limit.
"""

from statistics import median
from typing import Literal, NamedTuple

from vaudit.bench.borders import Borders
from vaudit.bench.disk.recording import BURST, QD1, QD32, READ, SYNC, WRITE, WRITE32, Job, Recording, Rested
from vaudit.bench.stats import find_cliff, within
from vaudit.bench.units import BLOCK, MIB
from vaudit.model.benchmark import Round

ENOUGH = 3
"""Rounds at one level."""
MORE = 1.6
"""Times as many as a limit lets pass, of which no short round's credit is the reason, but a large one."""
LEVEL = 1.05
"""Rounds so close to the highest lie at its level: noise only slows a disk, and a limit is never passed."""
LOOSE = 1.12
"""The same of few requests a second, of which a short round has hardly enough; and where an idle disk answers
so much sooner that little else can be meant."""
EVEN = 1.02
"""The same where an idle disk answers a few at once faster than that."""
SHARP = 1.01
"""The same where nothing else speaks of a limit: what serves several at once is not that even."""
ALIKE = (0.97, 1.08)
"""Between these shares of it lies the rate of larger blocks then: a short round begins with a credit."""
EXPLAINED = 0.5
"""Share of the requests in flight that rate times latency must reach to explain the rate."""
SAME = 0.25
"""By which a rate may differ with the size of blocks and be the same: short rounds begin with a credit."""
LESS_BYTES = 0.7
"""Large requests that move so much less than small ones."""
HARDLY_LESS = 0.9
"""The same of those that are as even as under a limit: no link carries more in small requests."""
FEWER = 0.7
"""Share of the rate at depth 32, below which single requests meet no limit."""
SLOW_RATE, SOONER = 1000.0, 0.97
BARELY = 1.1
"""What an idle disk must do better at the least, for a rate to be a limit because it is even."""
LONGER = 4.0
"""Three quarters so many times one quarter: there are two ways."""
FINE, FEW = 1.004, 16.0
"""Rates so even, of what so few requests in flight explain, may be those of a limit without any credit."""
NEAR = 0.03
"""By which the rates of reads and writes may differ that are held to the same number."""
FASTEST = 1e9
"""Bytes a second above which flash is as even by itself."""
LONG, SAVED = 1.5, 0.12
"""Rounds of so many times as many requests are long ones; by so much faster short ones are, of a credit."""
SEEN = 1.0
"""Times as long as another a request must take longer, so that noise does not hide it."""
CLOSE = 0.05
"""By which bytes a second may differ between sizes of requests that one limit on bytes holds."""
FAR = 2.0
"""Times as many bytes a second as under load, of which a single request tells of a credit."""
PROBE_BUSY = 0.9
"""Share of the time in which the engine itself had something to do, above which it was the limit."""
AT_ONCE = 32
LARGE_AT_ONCE = 8


class Wire(NamedTuple):
    """What an interface or a link carries of data, in bytes a second: from, to."""

    name: str
    low: float
    high: float


WIRES = (
    Wire("a 1 Gbit/s link", 100e6, 121e6),
    Wire("a SATA link of 3 Gbit/s", 250e6, 290e6),
    Wire("a SATA link", 480e6, 575e6),
    Wire("a 10 Gbit/s link", 1050e6, 1240e6),
    Wire("a 25 Gbit/s link", 2650e6, 3100e6),
)
"""Line rates less 8b/10b coding and frames (SATA-IO 3.x: 600 and 300 MB/s; IEEE 802.3: 125, 1,250 and 3,125
MB/s), and what protocols leave of them."""


class Limit(NamedTuple):
    """One rate that is not exceeded."""

    kind: Literal["read", "write"]
    iops: float | None
    size: float | None
    """Bytes a second."""
    sure: Literal["high", "medium", "low"]
    """`low`: a link of this speed would look the same."""
    large: bool = False
    """Large requests alone are held to it."""
    perhaps: bool = False
    """It may take one at a time as well, which looks the same."""


class Load(NamedTuple):
    """What is known of one direction under load."""

    small: list[float]
    """Requests of 4 KiB a second."""
    wide: list[float]
    """The same of larger ones."""
    used: float
    """Requests that are in flight at this rate, if each takes as long as one alone."""
    burst: float
    """How many times as fast some are answered that come at once to an idle disk."""


class Looked(NamedTuple):
    """What was found of one direction."""

    requests: Limit | None = None
    size: Limit | None = None
    wire: str = ""
    """The wire whose speed was reached."""
    single: float = 0.0
    """Requests a second where 32 at once bring no more than one at a time; also beside a limit on bytes."""
    steady: float = 0.0
    """Bytes a second of large requests, as even as over a link of no known speed or under a limit."""
    unclear: bool = False
    """It may be: it answers more slowly under load than at rest, yet not as evenly as a limit lets it."""


def looked(recording: Recording, kind: Literal["read", "write"], borders: Borders) -> Looked | None:
    """What limits reads, or writes; None where nobody looked."""
    rested = recording.rested_read if kind == "read" else recording.rested_write
    small = _rates(recording, kind)
    if not rested or len(small) < ENOUGH:
        return None
    if find_cliff(small):
        return Looked(unclear=True)
    load, level = _load(recording, kind, rested, small), _level(small, LEVEL)[0]
    size, wire = _size(recording, kind, rested, level * BLOCK, borders)
    requests = _saved_up(recording, kind) or _requests(kind, load, borders)
    if not (size or requests or wire):
        size = _same_bytes(recording, kind, load)
    if requests and requests.size:
        size, requests = size or requests, None
    if size and not requests and _by_requests(size, median(small), recording):
        return Looked(unclear=True)
    if requests and size and _by_requests(size, requests.iops or 0, recording):
        size = None
    elif requests and size and by_size(requests, size):
        requests = None
    held = load.used < borders.at_rest or (load.burst > borders.burst and load.used < EXPLAINED * AT_ONCE)
    held = held or _as_even(recording, load) or _far_below(recording, kind, rested)
    held = held or _slower_for_long(*_by_length(recording, kind))
    alone = level < SLOW_RATE * 5 and borders.at_rest <= load.used < borders.one_at_a_time
    if requests or size:
        beside = alone and not requests and size and _besides(size, load, level)
        steady = 0.0 if size or wire else _beside_requests(recording, kind, requests)
        return Looked(requests, size, wire, level if beside else 0.0, steady)
    if alone:
        return Looked(single=level, steady=_steady(recording, kind), unclear=held)
    return Looked(wire=wire, steady=0.0 if wire else _steady(recording, kind), unclear=held)


def _besides(size: Limit, load: Load, level: float) -> bool:
    """Whether small requests pass evenly, and as many larger ones as bytes allow: what holds the bytes does
    not hold the small ones."""
    most = size.size or 1.0
    due = min(level, most / BLOCK / 4)
    same = any(abs(each / due - 1) < SAME for each in load.wide)
    return same and level * BLOCK < (1 - SAME) * most and _level(load.small, LEVEL)[1]


def _beside_requests(recording: Recording, kind: Literal["read", "write"], requests: Limit | None) -> float:
    """Bytes a second of large requests that are even, and fewer than so many of them would move."""
    steady = _steady(recording, kind)
    asked = Limit(kind, None, steady, "low")
    return 0.0 if not requests or _by_requests(asked, requests.iops or 0, recording) else steady


def alike(one: Limit, recording: Recording, kind: Literal["read", "write"]) -> Limit | None:
    """The same limit in the other direction where requests pass at just the rate of one that was found."""
    values = _rates(recording, kind)
    if not one.iops or len(values) < ENOUGH:
        return None
    level, even = _level(values, LEVEL)
    return Limit(kind, level, None, "medium") if even and abs(level / one.iops - 1) < NEAR else None


def _load(
    recording: Recording, kind: Literal["read", "write"], rested: list[Rested], small: list[float]
) -> Load:
    level = _level(small, LEVEL)[0]
    bursts = recording.bursts_read if kind == "read" else recording.bursts_write
    wide = recording.wider_read if kind == "read" else recording.wider_write
    return Load(
        small,
        [each.value for each in wide],
        0.0 if _sooner(rested, level) else level * _idle(recording, rested, kind, level) / 1e6,
        BURST / median(bursts) / level if bursts else 0.0,
    )


def _by_requests(size: Limit, iops: float, recording: Recording) -> bool:
    """Whether large requests move just what they do if no more of them pass than of small ones."""
    name = READ if size.kind == "read" else WRITE
    block = next((job.block for job in recording.jobs if job.id == name), MIB)
    return (size.size or 0) > (1 - SAME) * iops * block


def consistent(requests: Limit, size: Limit, recording: Recording) -> list[Limit]:
    """Those of a limit on requests and one on bytes that are none of the other: small requests that move more
    than large ones, or just as much, meet no limit of their own."""
    if _by_requests(size, requests.iops or 0, recording):
        return [requests]
    more = size.large and (requests.iops or 0) * BLOCK > (size.size or 0)
    return [size] if more or by_size(requests, size) else [requests, size]


def by_size(requests: Limit, size: Limit) -> bool:
    """Whether small requests move just what the limit on bytes lets them."""
    return abs((requests.iops or 0) * BLOCK / (size.size or 1) - 1) < SAME


def _rates(recording: Recording, kind: str) -> list[float]:
    name, held = (QD32, recording.hold) if kind == "read" else (WRITE32, recording.hold_write)
    return [
        each.value for each in recording.rounds.get(name, []) + held if not each.disturbed and each.value > 0
    ]


def _idle(recording: Recording, rested: list[Rested], kind: str, level: float) -> float:
    """Microseconds in which an idle disk answers a small request: the best that a quarter of them needs, for
    waking up costs time that is none of the disk's."""
    alone = [_quarter(each.us) for each in rested if each.block == BLOCK and each.us]
    ones = [each.percentiles.get("p50", 0.0) for each in recording.rounds.get(QD1, []) if not each.disturbed]
    mixed = next((each.us for each in rested if each.block == BLOCK and _two_ways(each.us)), None)
    if mixed:
        return sum(mixed) / len(mixed)
    usual = min([*alone, *([median(ones)] if ones and kind == "read" else [])], default=0.0)
    return usual + _tail(recording, kind, level)


def _tail(recording: Recording, kind: str, level: float) -> float:
    """Microseconds by which a few that take long make the average of single requests longer; 0 where so many
    come one after the other as pass at once, where a limit may be why."""
    rounds = [
        each for each in recording.rounds.get(QD1 if kind == "read" else SYNC, []) if not each.disturbed
    ]
    found = [each.percentiles["mean"] - each.percentiles["p50"] for each in rounds if each.percentiles]
    if not found or median(each.value for each in rounds) > FEWER * level:
        return 0.0
    return max(0.0, median(found))


def _two_ways(us: list[float]) -> bool:
    """Whether some of them go a far longer way, as past a cache: no limit makes single requests do so."""
    return bool(us) and sorted(us)[3 * len(us) // 4] > LONGER * _quarter(us)


def _sooner(rested: list[Rested], level: float) -> bool:
    """Whether three quarters of single requests to an idle disk are answered sooner than one more passes
    under load, and not by chance: where that takes a millisecond and more, so that no CPU's noise is seen."""
    alone = next((sorted(each.us) for each in rested if each.block == BLOCK and each.us), None)
    return alone is not None and level < SLOW_RATE and alone[3 * len(alone) // 4] < SOONER * 1e6 / level


def _quarter(values: list[float]) -> float:
    return sorted(values)[len(values) // 4]


def _level(values: list[float], factor: float) -> tuple[float, bool]:
    """(level, whether enough values, and half of them, lie at it)."""
    top = sorted(values)[-2] if len(values) > 2 else max(values)  # one may be an accident
    at = [each for each in values if top / factor <= each <= top * factor]
    return median(at), len(at) >= ENOUGH and 2 * len(at) >= len(values)


def _requests(kind: Literal["read", "write"], load: Load, borders: Borders) -> Limit | None:
    """A limit on requests; one on bytes where larger blocks make the rate fall as much as they grew."""
    small, wide, used, burst = load
    clear = used < borders.at_rest / 2 or _level(small, LEVEL)[0] < SLOW_RATE
    level, even = _level(small, LOOSE if clear else LEVEL)
    wider = max(wide, default=0.0)
    if not even or not wide or wider > MORE * level:  # larger ones pass faster: of a credit
        return None
    in_bytes = abs(4 * wider / level - 1) < SAME
    if used < borders.at_rest:
        if in_bytes:
            return Limit(kind, None, level * BLOCK, "high")
        return Limit(kind, level, None, "high" if abs(wider / level - 1) < SAME else "medium")
    if used > EXPLAINED * AT_ONCE:
        return None
    if burst > borders.burst and _level(small, EVEN)[1]:
        sure: Literal["high", "medium"] = "high" if burst > 2 * borders.burst else "medium"
        return Limit(kind, None if in_bytes else level, level * BLOCK if in_bytes else None, sure)
    if used < borders.one_at_a_time or burst < BARELY:
        return None
    sharp, same = _level(small, SHARP)[1], any(ALIKE[0] <= each / level <= ALIKE[1] for each in wide)
    return Limit(kind, level, None, "medium") if sharp and same else None


def _size(
    recording: Recording, kind: Literal["read", "write"], rested: list[Rested], small: float, borders: Borders
) -> tuple[Limit | None, str]:
    """(a limit on bytes, the wire that is as fast)."""
    name = READ if kind == "read" else WRITE
    values = _large(recording, kind)
    if len(values) < ENOUGH or find_cliff(values):
        return None, ""
    level, even = _level(values, LEVEL)
    if not even or _explained(level, rested, recording.jobs, name):
        return None, ""
    late = recording.late_large_read if kind == "read" else recording.late_large_write
    if any(each.value > MORE * level for each in late):  # what is not exceeded is no limit's
        return None, ""
    if small * (HARDLY_LESS if within(values, SHARP) else LESS_BYTES) > level:
        return Limit(kind, None, level, "high", large=True), ""
    if (
        max((each.block / _quarter(each.us) * 1e6 for each in rested if each.us), default=0)
        > borders.burst * level
    ):
        return Limit(kind, None, level, "high"), ""
    if level < FASTEST and _no_wire(rested, level, small / BLOCK, borders):
        return Limit(kind, None, level, "medium"), ""
    return None, next((wire.name for wire in WIRES if wire.low <= level <= wire.high), "")


def _no_wire(rested: list[Rested], level: float, rate: float, borders: Borders) -> bool:
    """Whether a single large request takes hardly longer than a single small one, though a wire of this speed
    would need long for its bytes: so that what holds many of them back is none. Where small ones pass so
    seldom, `rate` a second, that a limit may be why one takes so long, they have nothing in common."""
    alone = {each.block: _quarter(each.us) for each in rested if each.us}
    small = alone.get(BLOCK, 0.0)
    common = small if small * rate / 1e6 > borders.one_at_a_time else 0.0
    for size, us in alone.items():
        needed = (size - BLOCK) / level * 1e6
        if small and needed > SEEN * small and us - common < needed / borders.burst:
            return True
    return False


def _same_bytes(recording: Recording, kind: Literal["read", "write"], load: Load) -> Limit | None:
    """A limit on bytes where no size of requests moves more than any other, sharply and of all sizes. A wire
    does the same: what is as fast as a known one is none, and what is not may be one all the same."""
    large = _large(recording, kind)
    level, even = _level(load.small, SHARP)
    if len(large) < ENOUGH or not load.wide or not even or load.used > EXPLAINED * AT_ONCE:
        return None
    size, sharp = _level(large, SHARP)
    alike = max(abs(level * BLOCK / size - 1), abs(4 * max(load.wide) / level - 1))
    if not sharp or alike > CLOSE or any(wire.low <= size <= wire.high for wire in WIRES):
        return None
    return Limit(kind, None, size, "low")


def _as_even(recording: Recording, load: Load) -> bool:
    """Whether the rate is as even as under a limit, and a few requests in flight explain it: it serves so few
    at once, or a limit without any credit lets no more pass."""
    if median(recording.own_cpu or [0.0]) > PROBE_BUSY or len(load.small) < 2 * ENOUGH:
        return False
    level, even = _level(load.small, FINE)
    return even and level > 0 and load.used < FEW


def _far_below(recording: Recording, kind: str, rested: list[Rested]) -> bool:
    """Whether large requests under load move far fewer bytes than single ones after a pause, unevenly: as
    where a large credit is used up by some of the rounds."""
    large = _large(recording, kind)
    alone = max((each.block / _quarter(each.us) * 1e6 for each in rested if each.us), default=0)
    return len(large) >= ENOUGH and alone > FAR * median(large)


def _large(recording: Recording, kind: str) -> list[float]:
    """Bytes a second of large requests, in rounds that count."""
    name, held = (READ, recording.hold_read) if kind == "read" else (WRITE, recording.hold_written)
    rounds, longer = (
        [each.value for each in some if not each.disturbed] for some in (recording.rounds.get(name, []), held)
    )
    return longer if len(longer) >= ENOUGH else rounds + longer


def _steady(recording: Recording, kind: Literal["read", "write"]) -> float:
    """Bytes a second of large requests that are as even as what a link, or a limit, lets pass; else 0."""
    large = _large(recording, kind)
    if len(large) < ENOUGH or not within(large, SHARP) or median(large) > FASTEST:
        return 0.0
    rested = recording.rested_read if kind == "read" else recording.rested_write
    name = READ if kind == "read" else WRITE
    return 0.0 if _explained(median(large), rested, recording.jobs, name) else median(large)


def _saved_up(recording: Recording, kind: Literal["read", "write"]) -> Limit | None:
    """A limit that saves up a credit in pauses: it is a larger share of short rounds, which are faster, and
    what the long ones bring beyond them comes at the rate of the limit."""
    short, long = _by_length(recording, kind)
    if not _slower_for_long(short, long) or not within([each.value for each in short], EVEN):
        return None
    few, many = (median(each.value * each.seconds for each in some) for some in (short, long))
    brief, whole = (median(each.seconds for each in some) for some in (short, long))
    level = (many - few) / (whole - brief) if whole > brief else 0.0
    return Limit(kind, level, None, "medium") if level > 0 and few - level * brief > 4 * AT_ONCE else None


def _slower_for_long(short: list[Round], long: list[Round]) -> bool:
    """Whether long rounds are evenly slower than short ones, which no disk is by itself."""
    if min(len(short), len(long)) < ENOUGH or not within([each.value for each in long], LEVEL):
        return False
    one, other = (median(each.value for each in some) for some in (short, long))
    return other * (1 + SAVED) < one


def _by_length(recording: Recording, kind: str) -> tuple[list[Round], list[Round]]:
    """(short, long) rounds at depth 32 by how many requests they made; empty where they are alike."""
    name, held = (QD32, recording.hold) if kind == "read" else (WRITE32, recording.hold_write)
    rounds = [each for each in recording.rounds.get(name, []) + held if not each.disturbed and each.value > 0]
    numbers = [each.value * each.seconds for each in rounds]
    if not rounds or max(numbers) < LONG * min(numbers):
        return [], []
    middle = (max(numbers) * min(numbers)) ** 0.5
    sides = [number > middle for number in numbers]
    short = [each for each, is_long in zip(rounds, sides, strict=True) if not is_long]
    return short, [each for each, is_long in zip(rounds, sides, strict=True) if is_long]


def _explained(level: float, rested: list[Rested], jobs: list[Job], name: str) -> bool:
    """Whether so many bytes a second are what the requests in flight bring, each as long as one alone."""
    large = max((each for each in rested if each.us), key=lambda each: each.block, default=None)
    job = next((job for job in jobs if job.id == name), None)
    flying = (job.block if job else MIB) * (job.depth if job else LARGE_AT_ONCE)
    return large is not None and level * _quarter(large.us) / 1e6 > EXPLAINED * flying
