"""Disks of known behaviour, as data: what each is, and what may be said of it.

A shape is varied over figures; each variation is one truth. `may` is a condition over the verdict: `word`,
`sure`, `reason` and the figures `iops`, `bytes`, `write_iops`, `write_bytes` that were named (None if none).
"""

from __future__ import annotations

import random
import re
from itertools import product
from typing import Any, NamedTuple

from tests.bench.virtual import Disk


class Shape(NamedTuple):
    what: str
    over: dict[str, tuple[Any, ...]]
    """Parameters of the disk, and the values that they are varied over."""
    may: str
    also: dict[str, Any] = {}  # noqa: RUF012 - a NamedTuple's default, never changed
    """Parameters that follow from those, as conditions."""


NO_LIMIT = "not iops and not bytes and not write_iops and not write_bytes"
SURE, UNSURE = "sure in ('high', 'medium')", "sure in ('low', 'none')"
FREE = f"word == 'local-flash' and {SURE} and {NO_LIMIT} and not says('but ')"
NETWORK = f"word == 'network-block' and {NO_LIMIT}"
IOPS, BYTES = "near(iops, d.riops)", "near(bytes, d.rbps)"
WRITE_IOPS, WRITE_BYTES = "near(write_iops, d.wiops)", "near(write_bytes, d.wbps)"
SPINS = f"word == 'spinning' or {UNSURE}"
FELL, WRITES_FELL = f"(word == 'burst-bucket' and {IOPS})", f"(word == 'burst-bucket' and {WRITE_IOPS})"
FOR_A_TIME = "says(r'no limit on [^;]* for the \\d+ s')"
"""It says for how long it looked."""
SHAPES = (
    Shape("flash", {"rd": (20, 40, 60, 100, 150), "wr": (15, 40, 100), "fl": (50, 300, 2000)}, FREE),
    Shape("flash of few channels", {"rd": (60, 90), "lanes": (2, 4, 8), "wlanes": (0, 4)},
          f"{NO_LIMIT} and (word == 'local-flash' or {UNSURE})"),
    Shape("flash, noisy", {"rd": (60, 120), "drift": (0.1, 0.2), "jitter": (0.3,)}, FREE),
    Shape("network", {"rd": (400, 565, 1000, 2000, 5000, 10000, 21000), "jitter": (0.05, 0.33),
                      "wr": (600, 5000), "wlanes": (0,)}, NETWORK),
    Shape("network like a link", {"rd": (400, 600), "rlink": (112e6, 1150e6), "wlink": (112e6, 1150e6)},
          NETWORK, {"wr": 700, "wlanes": 0}),
    Shape("SATA flash", {"rd": (70, 100), "lanes": (8, 16), "rlink": (545e6, 558e6), "wlink": (520e6, 530e6)},
          f"word == 'local-flash' and {NO_LIMIT}", {"wlanes": 0}),
    Shape("reads held to requests", {"riops": (100, 250, 500, 1000, 2000, 3000, 5000), "rd": (30, 60, 90)},
          f"word == 'capped' and {IOPS}"),
    Shape("reads held between one and 32", {"riops": (12000, 15000, 18000, 23000, 28000, 35000, 42000),
                                            "rd": (60, 90, 150)}, IOPS, {"cpu": 8}),
    Shape("network held between one and 32", {"riops": (3000, 5000, 6000, 10000, 16000), "rd": (500, 900)},
          f"{IOPS} or d.riops * d.rd > 13e6", {"wr": 900, "wlanes": 0}),
    Shape("writes held to requests", {"wiops": (50, 100, 200, 500, 1000, 3000), "rd": (60, 120)},
          f"word == 'capped' and {WRITE_IOPS} and not iops"),
    Shape("both held to requests", {"iops": (300, 1000, 3000), "rd": (60, 120)},
          "word == 'capped' and near(iops, d.iops) and near(write_iops, d.iops)"),
    Shape("reads held to bytes", {"rbps": (2e6, 10e6, 40e6, 80e6, 150e6, 250e6, 400e6), "rd": (60, 120)},
          f"word == 'capped' and {BYTES} and not write_bytes"),
    Shape("writes held to bytes", {"wbps": (2e6, 5e6, 20e6, 50e6, 100e6, 200e6, 400e6), "rd": (60,)},
          f"word == 'capped' and {WRITE_BYTES} and not bytes"),
    Shape("reads and writes held to other bytes", {"rbps": (200e6, 400e6), "wbps": (50e6, 150e6)},
          f"word == 'capped' and {BYTES} and {WRITE_BYTES}"),
    Shape("held to requests and bytes", {"riops": (3000, 6000), "rbps": (60e6, 131e6, 250e6),
                                         "rd": (100, 500)},
          f"{IOPS} and {BYTES} and {WRITE_IOPS} and {WRITE_BYTES}",
          {"wiops": 3000, "wbps": 131e6, "wr": 600, "wlanes": 0}),
    Shape("large requests held", {"bigbps": (10e6, 30e6, 60e6, 120e6, 200e6), "rd": (60, 100)},
          "word == 'capped' and near(bytes, d.bigbps)"),
    Shape("one at a time", {"rd": (80, 100, 200, 500, 1000, 5000), "wr": (100, 500), "lanes": (1,)},
          f"{NO_LIMIT} and (word == 'emulated-no-queueing' or {UNSURE})"),
    Shape("spindles", {"hdd": (1, 2, 3, 4, 6, 8, 12), "rpm": (5400, 7200, 10000, 15000),
                       "span": (0.001, 0.03, 0.3)}, SPINS, {"fl": 8000, "wr": 60}),
    Shape("spindles without a cache", {"hdd": (1, 2, 8), "ncq": (True, False), "wcache": (False,)}, SPINS),
    Shape("fast for a time", {"after": (4, 6, 8, 10, 14), "riops": (100, 300, 1000)},
          f"{FELL} or {UNSURE}", {"wiops": 300}),
    Shape("fast for a number of requests", {"credit": (10e3, 30e3, 60e3, 100e3), "riops": (300, 1000)},
          f"{FELL} or {WRITES_FELL} or {UNSURE}", {"wiops": 300}),
    Shape("writes fast for a time", {"after": (6, 10, 14), "wiops": (100, 300, 1000)},
          f"{WRITES_FELL} or {UNSURE}"),
    Shape("stands still", {"hang": (0.5, 2, 5, 9), "hangfor": (1.5, 3, 8, 14)},
          "says('stood still') and word in ('local-flash', 'inconclusive')"),
    Shape("a tail", {"slowone": (200, 300, 500), "slowus": (20000, 40000)},
          "says('1 in 1,000 reads takes|took longer') or word == 'contended'"),
    Shape("a rare long tail", {"slowone": (1000, 2000), "slowus": (200000,)},
          "says('1 in 1,000|took longer')"),
    Shape("one read of few is slow", {"slowone": (20, 50), "slowus": (20000, 40000)}, "word == 'contended'"),
    Shape("a neighbour", {"nbon": (2, 3, 5), "nboff": (2, 3, 4), "nbus": (3000, 5000, 20000)},
          "word == 'contended'"),
    Shape("a cache of the host", {"old": (5000, 10000), "rd": (70,)}, f"{UNSURE} and says('old blocks')"),
    Shape("a small cache of the host", {"cachemb": (128, 256), "cold": (5000, 10000)},
          f"word != 'local-flash' or {UNSURE}"),
    Shape("slow in bytes", {"bps": (0.5e6, 1e6, 2e6, 5e6)}, "word == 'capped' and near(bytes, d.bps, 0.2)"),
    Shape("slow in requests", {"iops": (10, 20, 50)}, "word == 'capped' and near(iops, d.iops, 0.2)"),
    Shape("slow flushes", {"fl": (8000, 15000, 30000), "fl2": (30000, 60000)},
          "word == 'local-flash' and says('flush') and not iops and not write_iops"),
    # kinds that nobody tuned for
    Shape("limits that count large requests by units", {"iops": (1000, 3000, 6000), "rd": (60, 500)},
          "near(iops, d.iops) or d.iops * d.rd > 2e6", {"unit": 16384, "wlanes": 0}),
    Shape("limits that save up", {"riops": (500, 2000, 8000), "slice": (100e3, 500e3), "rd": (60, 120)},
          f"{IOPS} or {UNSURE}"),
    Shape("limits without any credit", {"riops": (500, 2000, 8000, 20000), "slice": (0, 100)}, IOPS),
    Shape("many requests that save up", {"riops": (20e3, 35e3), "slice": (20e3, 100e3), "rd": (60, 150)},
          f"{IOPS} or {UNSURE}", {"cpu": 8}),
    Shape("writes held without any credit", {"wiops": (50, 200, 500, 3000), "rd": (60, 500)},
          f"{WRITE_IOPS} or says('writes come one after the other') and {NO_LIMIT}", {"slice": 0}),
    Shape("large requests held without any credit",
          {"bigbps": (60e6, 150e6, 300e6), "big": ("read", "write")},
          "near(bytes or write_bytes, d.bigbps) or says('evenly')", {"slice": 0}),
    Shape("limits that begin anew", {"riops": (300, 1000, 5000), "tick": (10e3, 100e3, 250e3)},
          f"near(iops, d.riops, 0.2) or {UNSURE}", {"slice": 0}),
    Shape("a credit that grows back", {"rbps": (50e6, 200e6), "slice": (1e6, 4e6)},
          f"near(bytes, d.rbps, 0.2) or {UNSURE} or {FOR_A_TIME}"),
    Shape("a cache for writes that fills", {"wbps": (20e6, 80e6, 200e6), "slice": (2e6, 5e6)},
          f"near(write_bytes, d.wbps, 0.2) or {UNSURE} or {FOR_A_TIME}"),
    Shape("bytes that are fast at first", {"creditmb": (600, 800, 1200, 1600, 1900), "bps": (20e6, 60e6)},
          f"near(bytes, d.bps, 0.15) or near(write_bytes, d.bps, 0.15) or {UNSURE} or {FOR_A_TIME}"),
    Shape("fast for longer than is looked", {"after": (18, 21, 24, 60), "riops": (200, 500)},
          f"{FELL} or {UNSURE} or {FOR_A_TIME}", {"wiops": 300}),
    Shape("large reads alone held", {"bigbps": (15e6, 60e6, 150e6), "bigsize": (65536, 262144, 1048576)},
          "near(bytes, d.bigbps) and not write_bytes", {"big": "read"}),
    Shape("large writes alone held", {"bigbps": (15e6, 60e6, 150e6), "bigsize": (65536, 1048576)},
          "near(write_bytes, d.bigbps) and not bytes", {"big": "write"}),
    Shape("large requests held on a network", {"bigbps": (30e6, 100e6), "rd": (500, 1000)},
          "near(bytes, d.bigbps)", {"wlanes": 0, "wr": 800}),
    Shape("reads slower than writes", {"rd": (400, 1000, 5000), "wr": (30, 80)}, NETWORK),
    Shape("writes slower than reads", {"rd": (60, 100), "wr": (500, 3000), "wlanes": (0, 1)},
          f"word == 'local-flash' and {NO_LIMIT}"),
    Shape("replicated", {"rd": (400, 500, 700), "wr": (2000, 3000, 6000), "fl": (2000, 5000)}, NETWORK,
          {"wlanes": 0}),
    Shape("few at a time over a network", {"rd": (400, 1000, 3000), "lanes": (2, 4, 8), "wlanes": (0, 4)},
          f"{NO_LIMIT} and (word in ('network-block', 'contended') or {UNSURE})", {"wr": 800}),
    Shape("few writes at a time", {"wr": (500, 1000, 3000), "wlanes": (1, 2, 4)},
          f"word == 'local-flash' and {NO_LIMIT}"),
    Shape("slow links", {"rlink": (11.7e6, 35e6, 70e6), "rd": (200, 500)},
          f"{UNSURE} or says('link') or not iops", {"wlink": 35e6, "wr": 500, "lanes": 1}),
    Shape("very far", {"rd": (40000, 100000, 200000), "wr": (100000,)}, NETWORK, {"wlanes": 0, "fl": 100000}),
    Shape("network, limited below one reader", {"riops": (100, 300), "rd": (500, 1500)},
          f"word == 'capped' and {IOPS}", {"wlanes": 0, "wr": 800}),
    Shape("network, its writes limited", {"wiops": (100, 500), "rd": (500, 1500)}, WRITE_IOPS,
          {"wlanes": 0, "wr": 800}),
    Shape("network, limited in bytes", {"rbps": (30e6, 100e6), "rd": (500, 1500)},
          f"{BYTES} and {WRITE_BYTES} and not iops", {"wbps": 60e6, "wlanes": 0, "wr": 800}),
    Shape("pauses that come again", {"again": (3, 5, 8), "hangfor": (0.2, 0.6, 1.0), "hang": (2,)},
          "says('stood still|took longer|times as long|paused')"),
    Shape("one long pause", {"hang": (1, 6, 12, 15), "hangfor": (0.6, 1.2, 12)},
          "says('stood still|took longer') or d.hangfor < 1 and d.hang > 9"),
    Shape("becomes slower", {"grow": (3, 8, 30), "rd": (60, 150)}, f"{UNSURE} or word == 'contended'"),
    Shape("two neighbours", {"nbon": (1.5, 3), "nboff": (2, 5), "nbus": (4000, 15000), "other": (1.7,)},
          f"word == 'contended' or {UNSURE}"),
    Shape("a light neighbour", {"nbon": (2, 4), "nboff": (2, 4), "nbus": (500, 1000)},
          f"word == 'contended' or {UNSURE}"),
    Shape("first writes are slow", {"fresh": (20e6, 60e6, 150e6)}, f"word == 'local-flash' and {NO_LIMIT}"),
    Shape("writes with a tail", {"wslowone": (100, 300), "wslowus": (20e3, 150e3)},
          f"{NO_LIMIT} and (says('write') and says('but') or {UNSURE})"),
    Shape("one read of hundred", {"slowone": (80, 120), "slowus": (5e3, 20e3, 100e3)},
          "word == 'contended' or says('but .*reads') or d.slowus < 1e4"),
    Shape("a cache of what was lately used", {"cachemb": (64, 128, 200, 400), "cold": (3e3, 10e3)},
          f"{NO_LIMIT} and (word == 'contended' or {UNSURE}) or says('cache')", {"lru": True}),
    Shape("spindles that write several times", {"hdd": (3, 4, 6), "wturns": (2, 4)},
          SPINS, {"wcache": False}),
    Shape("spindles with a large cache", {"hdd": (1, 2, 4), "hit": (0.3, 0.5, 0.8)},
          f"word in ('spinning', 'contended') or {UNSURE}"),
    Shape("shingled", {"hdd": (1,), "wbps": (5e6, 20e6), "slice": (3e6,)}, SPINS),
    Shape("spindles, held", {"hdd": (1, 4), "riops": (60, 100)},
          f"word == 'spinning' or {IOPS} or {UNSURE}", {"wiops": 100}),
    Shape("very slow", {"iops": (4, 7), "bps": (0, 1e6)}, "near(iops, d.iops, 0.25)"),
    Shape("very slow in bytes", {"bps": (0.25e6, 0.4e6)}, "near(bytes, d.bps, 0.25)"),
    Shape("limits near what this machine can", {"riops": (50e3, 64e3)},
          f"{IOPS} or {UNSURE} or says('at least')", {"cpu": 8}),
    Shape("held to bytes, and to what one reader gets", {"riops": (470, 489, 500, 520, 560),
                                                         "wr": (1000, 2500), "wlanes": (0, 1)},
          f"word == 'capped' and {BYTES} and {IOPS} and {WRITE_BYTES}",
          {"rd": 2000, "fl": 2500, "wiops": 500, "rbps": 60e6, "wbps": 60e6}),
    Shape("held to bytes, and below what one reader gets", {"riops": (150, 300, 400), "rbps": (20e6, 60e6)},
          f"word == 'capped' and {IOPS} and ({BYTES} or says('MB/s evenly'))",
          {"rd": 2000, "wr": 2500, "wlanes": 0}),
    Shape("one at a time, held to bytes", {"rd": (500, 1000, 2000, 5000), "rbps": (20e6, 60e6)},
          f"({BYTES} or says('MB/s evenly')) and says('one at a time|reads and writes come one after')",
          {"wr": 2500, "lanes": 1}),
    Shape("memory", {"rd": (1,), "wr": (1,), "way": (1, 2), "cpu": (3, 5)}, "word == 'memory-speed'"),
)  # fmt: skip


class Truth(NamedTuple):
    what: str
    name: str
    disk: Disk
    may: str


def _short(value: Any) -> str:
    return value if isinstance(value, str) else f"{value:.4g}"


def truths() -> list[Truth]:
    """All variations of all shapes."""
    made = []
    for shape in SHAPES:
        for values in product(*shape.over.values()):
            figures = dict(zip(shape.over, values, strict=True))
            name = " ".join(f"{key}={_short(value)}" for key, value in figures.items())
            made.append(Truth(shape.what, name, Disk(**{**shape.also, **figures}), shape.may))
    return made


def random_truths(number: int, seed: int) -> list[Truth]:
    """Variations of random shapes over random figures: between those that stand there, in even ratios."""
    chance = random.Random(seed)  # noqa: S311
    made = []
    for _ in range(number):
        shape = chance.choice(SHAPES)
        figures = {key: _drawn(values, chance) for key, values in shape.over.items()}
        name = " ".join(f"{key}={_short(value)}" for key, value in figures.items())
        made.append(Truth(shape.what, name, Disk(**{**shape.also, **figures}), shape.may))
    return made


def _drawn(values: tuple[Any, ...], chance: random.Random) -> Any:
    low, high = min(values), max(values)
    if type(low) is not type(high) or isinstance(low, bool | str) or low <= 0:
        return chance.choice(values)
    drawn = low * (high / low) ** chance.random()
    return round(drawn) if isinstance(low, int) else drawn


def right(truth: Truth, word: str, sure: str, reason: str, details: dict[str, Any]) -> bool:
    """Whether what was said may be said of it."""
    names = {
        "word": word, "sure": sure, "d": truth.disk,
        "iops": details.get("cap_iops"), "bytes": details.get("cap_bytes_per_second"),
        "write_iops": details.get("cap_write_iops"), "write_bytes": details.get("cap_write_bytes_per_second"),
        "near": lambda seen, true, within=0.1: seen is not None and abs(seen / true - 1) <= within,
        "says": lambda pattern: re.search(pattern, reason, re.I) is not None,
    }  # fmt: skip
    return bool(eval(truth.may, {"__builtins__": {}}, names))  # noqa: S307 - of the table above
