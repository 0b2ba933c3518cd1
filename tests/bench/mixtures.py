"""Disks of any parameters together, and what may be said of each: by what it is and does without its limits.

Where truths.py has kinds, each with the answer beside it, here every parameter of a disk meets every other,
with figures that nobody chose. What is true of a mixture is worked out from how it was made: which limits
are tighter than what it brings without them, and what else is in its way.
"""

from __future__ import annotations

import random
import re
from dataclasses import replace
from typing import Any, NamedTuple

from tests.bench.virtual import Disk, Lane, Virtual
from vaudit.bench.disk.recording import Job
from vaudit.bench.units import BLOCK, MIB
from vaudit.model.benchmark import Benchmark

Span = tuple[float, float] | list[Any]
"""From and to, in even ratios; or a list to choose from."""


class Part(NamedTuple):
    """Some parameters that belong together."""

    what: str
    over: dict[str, Span]
    needs: str = ""
    """`limit`: it changes how a limit is kept; `hdd`: it is of spindles."""


BASES = (
    Part("flash", {"rd": (20, 150), "wr": (15, 150), "fl": (50, 3000), "wlanes": [0, 1, 4]}),
    Part("flash", {"rd": (30, 120), "wr": (20, 100), "fl": (50, 500)}),
    Part("between flash and network", {"rd": (150, 350), "wr": (100, 400), "wlanes": [0, 1]}),
    Part("network", {"rd": (350, 30e3), "wr": (300, 30e3), "fl": (300, 20e3), "wlanes": [0, 1]}),
    Part("spindles", {"hdd": [1, 2, 3, 4, 6, 8, 12], "rpm": (5400, 15000), "seek": (4e3, 12e3),
                      "span": (0.001, 0.3), "fl": (4e3, 16e3), "wr": [60], "ncq": [True, True, False],
                      "wcache": [True, True, False]}),
    Part("one at a time", {"rd": (60, 10e3), "wr": (60, 10e3), "lanes": [1]}),
    Part("few at a time", {"rd": (40, 3e3), "wr": (40, 3e3), "lanes": [2, 3, 4, 8, 16], "wlanes": [0, 1, 4]}),
    Part("memory", {"rd": [1], "wr": [1], "way": (1, 2), "cpu": (3, 5)}),
)  # fmt: skip
LIMITS = (
    Part("reads held", {"riops": (15, 60e3)}),
    Part("writes held", {"wiops": (15, 30e3)}),
    Part("all requests held", {"iops": (10, 40e3)}),
    Part("bytes of reads held", {"rbps": (0.4e6, 1e9)}),
    Part("bytes of writes held", {"wbps": (0.4e6, 1e9)}),
    Part("all bytes held", {"bps": (0.4e6, 1e9)}),
    Part("large ones held", {"bigbps": (3e6, 600e6), "bigsize": [16384, 65536, 262144, 1 << 20],
                             "big": ["read", "write", "both"]}),
)  # fmt: skip
EXTRAS = (
    *LIMITS,
    Part("credit of time", {"slice": (100, 500e3)}, "limit"),
    Part("long credit", {"slice": (0.5e6, 8e6)}, "limit"),
    Part("no credit", {"slice": [0]}, "limit"),
    Part("in ticks", {"tick": (2e3, 500e3), "slice": [0]}, "limit"),
    Part("counted in units", {"unit": [8192, 16384, 65536, 262144]}, "limit"),
    Part("held after a time", {"after": (1, 40)}, "limit"),
    Part("held after some requests", {"credit": (300, 300e3)}, "limit"),
    Part("held after some bytes", {"creditmb": (50, 3000)}, "limit"),
    Part("a wire", {"rlink": [11.7e6, 56e6, 117e6, 283e6, 545e6, 1150e6, 2.8e9], "wlink": [117e6, 1150e6]}),
    Part("a wire of any speed", {"rlink": (10e6, 3e9), "wlink": (10e6, 3e9)}),
    Part("a cache before platters", {"hit": (0.1, 0.95)}, "hdd"),
    Part("a cache of a part", {"cachemb": (32, 500), "cold": (1e3, 15e3)}),
    Part("a cache of what was lately used", {"cachemb": (32, 1600), "cold": (1e3, 15e3), "lru": [True]}),
    Part("old blocks from afar", {"old": (500, 40e3)}),
    Part("slow first writes", {"fresh": (5e6, 400e6)}),
    Part("a tail", {"slowone": [20, 50, 100, 200, 300, 500, 1000, 2000, 3000], "slowus": (2e3, 300e3)}),
    Part("a tail of writes", {"wslowone": [20, 50, 100, 200, 300, 1000, 3000], "wslowus": (2e3, 300e3)}),
    Part("a neighbour", {"nbon": (0.5, 6), "nboff": (0.5, 6), "nbus": (300, 30e3)}),
    Part("two neighbours", {"nbon": (1, 4), "nboff": (1, 5), "nbus": (1e3, 20e3), "other": (1.3, 3)}),
    Part("a stall", {"hang": (0.3, 20), "hangfor": (0.3, 22)}),
    Part("pauses", {"hang": (0.5, 4), "hangfor": (0.1, 1.2), "again": (2, 9)}),
    Part("slower and slower", {"grow": (0.5, 30)}),
    Part("slow flushes", {"fl": (5e3, 50e3), "fl2": (50e3, 90e3)}),
    Part("noise", {"drift": (0.03, 0.2), "jitter": (0.05, 0.6)}),
    Part("another machine", {"cpu": (4, 40), "copy": (2e9, 12e9), "way": (10, 80)}),
)  # fmt: skip
_LIMITING = ("riops", "wiops", "iops", "rbps", "wbps", "bps", "bigbps")
_IN_ITS_WAY = ("nbus", "hang", "again", "grow", "after", "credit", "creditmb")


class Mixture(NamedTuple):
    name: str
    parts: tuple[str, ...]
    disk: Disk


def drawn(over: dict[str, Span], chance: random.Random) -> dict[str, Any]:
    made: dict[str, Any] = {}
    for key, span in over.items():
        if isinstance(span, list):
            made[key] = chance.choice(span)
        else:
            low, high = span
            made[key] = low * (high / low) ** chance.random()
    return made


def mixtures(number: int, seed: int) -> list[Mixture]:
    """So many, of one base and up to three more parts."""
    chance = random.Random(seed)  # noqa: S311
    return [_mixture(chance) for _ in range(number)]


def _mixture(chance: random.Random) -> Mixture:
    base = chance.choice(BASES)
    parts = [base, *chance.sample(EXTRAS, chance.choice((0, 1, 1, 2, 2, 3)))]
    parts = [part for part in parts if part.needs != "hdd" or base.what == "spindles"]
    if {"a stall", "pauses"} <= {part.what for part in parts}:  # it would never answer again
        parts = [part for part in parts if part.what != "pauses"]
    if any(part.needs == "limit" for part in parts) and not any(part in LIMITS for part in parts):
        parts.append(chance.choice(LIMITS))
    figures: dict[str, Any] = {}
    for part in parts:
        figures |= drawn(part.over, chance)
    if "fl2" in figures:
        figures["fl2"] = max(figures["fl2"], figures["fl"])
    name = " ".join(
        f"{key}={value if isinstance(value, str) else f'{value:.4g}'}" for key, value in figures.items()
    )
    return Mixture(name, tuple(part.what for part in parts), Disk(**figures))


class Free(NamedTuple):
    """What a disk brings without limits and while nothing is in its way."""

    us: float
    """Mean microseconds of a read."""
    small: dict[str, float]
    """Requests of 4 KiB a second, by `read` and `write`."""
    large: dict[str, float]
    """Bytes a second of large ones."""


def free(disk: Disk) -> Free:
    nothing: dict[str, Any] = dict.fromkeys((*_LIMITING, *_IN_ITS_WAY), 0)
    plain = replace(disk, **nothing, lru=False, cachemb=0 if disk.lru else disk.cachemb)
    drive = Virtual(plain, 1)
    one = drive._play(Job("a", "read", BLOCK, 1, 2.0, BLOCK), 4000)
    small, large = dict[str, float](), dict[str, float]()
    for kind in ("read", "write"):
        small[kind] = drive._play(Job("b", kind, BLOCK, 32, 1.0, BLOCK), 100000).per_second
        large[kind] = drive._play(Job("c", kind, MIB, 8, 1.0, MIB), 1000).bytes_per_second
    return Free(1e6 / one.per_second, small, large)


def allowed(disk: Disk, kind: str, size: int) -> float:
    """Requests of this size a second that its limits let pass."""
    costs = [lane.cost(kind == "write", size) for lane in Virtual(disk).limits]
    return 1e6 / max([1e-6, *costs])


def near(seen: float, true: float, within: float = 0.12) -> bool:
    return abs(seen / true - 1) <= within


ROUND = 64 * MIB
"""Bytes of a round of large requests."""
STRONG, WEAK = 0.5, 1.1
FREED = r"no limit on [^;]*{}[^;]* for the \d+ s"


class Judged(NamedTuple):
    false: list[str]
    """Said, and not so."""
    missing: list[str]
    """So, and not said though the sentence is sure."""
    lost: list[str]
    """The same beside another truth."""


def judged(disk: Disk, drive: Virtual, verdict: Benchmark) -> Judged:
    """What is wrong with what was said, if it is said for sure."""
    one = _Judge(disk, drive, verdict)
    return Judged(one.false(), one.missing(), one.lost())


class _Judge:
    def __init__(self, disk: Disk, drive: Virtual, verdict: Benchmark) -> None:
        self.disk, self.verdict, self.reason = disk, verdict, verdict.reason
        self.free, self.seconds = free(disk), drive.now()
        self.lanes: list[Lane] = drive.limits
        began = drive.began_at
        self.begins = drive.begins
        for_seconds = re.search(r"for the ([0-9]+) s", verdict.reason)
        told = float(for_seconds[1]) if for_seconds else self.seconds
        self.held = not self.begins or (began is not None and min(self.seconds, told) - began > 4)
        self.possible = not self.begins or began is not None
        self.caps = {
            key: float(value)
            for key, value in verdict.details.items()
            if key.startswith("cap_") and value is not None
        }

    def says(self, *words: str) -> bool:
        return any(word in self.reason for word in words)

    def tight(self, kind: str, size: int) -> float:
        """Share of what it brings without limits that these let pass."""
        brings = self.free.small[kind] if size == BLOCK else self.free.large[kind] / size
        return allowed(self.disk, kind, size) / brings

    def false(self) -> list[str]:
        found = [
            f"{name} {value:.4g}" for name, value in self.caps.items() if not self._true_cap(name, value)
        ]
        check = getattr(self, "_" + self.verdict.verdict.replace("-", "_"), None)
        return found + ([f"word {self.verdict.verdict}"] if check and not check() else [])

    def _true_cap(self, name: str, value: float) -> bool:
        kind = "write" if "write" in name else "read"
        sizes = (BLOCK, 4 * BLOCK, MIB)
        if not self.possible or not any(self.tight(kind, size) < WEAK for size in sizes):
            return False
        for lane in self.lanes:
            if not (lane.writes if kind == "write" else lane.reads):
                continue
            if lane.in_bytes == ("bytes" in name) and near(value, lane.rate):
                return True
            if not lane.in_bytes and "bytes" in name and lane.unit and near(value, lane.rate * lane.unit):
                return True
        return False

    def _capped(self) -> bool:
        return bool(self.caps) or (
            self.possible
            and any(self.tight(kind, size) < WEAK for kind in ("read", "write") for size in (BLOCK, MIB))
        )

    def _burst_bucket(self) -> bool:
        credit = self.disk.slice > 50e3 or self.disk.tick > 50e3
        return bool(self.lanes) and (self.begins or credit) and self._capped()

    def _mean(self) -> float:
        return self.free.us

    def _slow_reads(self) -> bool:
        """Limits make single reads slow as well."""
        return bool(self.lanes) and self.held and allowed(self.disk, "read", BLOCK) < 1.05e6 / self.free.us

    def _local_flash(self) -> bool:
        spins = self.disk.hdd and self.disk.hit < 0.9
        return self._mean() < 330 and not spins and self.disk.lanes != 1 and not self._slow_reads()

    def _network_block(self) -> bool:
        grown = self._mean() * (1 + self.disk.grow)
        return (
            grown > 215
            and self._mean() < 1e6
            and not self.disk.hdd
            and self.disk.lanes != 1
            and not self._slow_reads()
        )

    def _spinning(self) -> bool:
        return bool(self.disk.hdd)

    def _emulated_no_queueing(self) -> bool:
        return self.disk.lanes == 1 or (self.disk.hdd == 1 and not self.disk.ncq)

    def _memory_speed(self) -> bool:
        return self._mean() < 20

    def _contended(self) -> bool:
        disk = self.disk
        return bool(
            disk.nbus or disk.cachemb or disk.hit or disk.slowone or disk.again or disk.grow or disk.hang
        )

    def missing(self) -> list[str]:
        disk, word, found = self.disk, self.verdict.verdict, list[str]()
        if word in ("local-flash", "network-block", "memory-speed", "emulated-no-queueing"):
            found += self._unheld(("read", "write"))
            slow = disk.nbus > 6 * self.free.us and disk.nbus > 1000 and min(disk.nbon, disk.nboff) < 4
            if slow and not self.says("but "):
                found.append("neighbour")
            if disk.lru and self._cache_ended() and disk.cold > 5 * self.free.us:
                found.append("cache")
        if disk.old > 6 * self.free.us and disk.old > 2000 and word in ("local-flash", "memory-speed"):
            found.append("old blocks")
        return found

    def lost(self) -> list[str]:
        disk, word, found = self.disk, self.verdict.verdict, list[str]()
        if word in ("capped", "burst-bucket"):
            found += self._unheld(("read", "write"))
        if disk.hang and disk.hangfor > 1.5 and disk.hang + disk.hangfor < self.seconds - 2:
            found += [] if self.says("stood still", "took longer", "paused", "takes") else ["stall"]
        tail = disk.slowone in range(1, 501) and disk.slowus > 20e3 and disk.slowus > 60 * self.free.us
        if (
            tail
            and word not in ("contended", "capped", "burst-bucket")
            and not self.says("1 in 1,000", "took longer", "paused", "stood")
        ):
            found.append("tail")
        if disk.fl > 15e3 and not self.says("flush"):
            found.append("flush")
        return found

    def _cache_ended(self) -> bool:
        return self.disk.cachemb < 150

    def _unheld(self, kinds: tuple[str, ...]) -> list[str]:
        if not self.held or self.disk.slice > 300e3:
            return []  # its credit is larger than what is asked of it
        return [kind for kind in kinds if self._hidden(kind)]

    def _beyond_credit(self, kind: str, size: int) -> float:
        """As `tight`; not tight where a round's bytes are less than what a limit saves up for it."""
        saved = allowed(self.disk, kind, size) * size * self.disk.slice / 1e6
        return self.tight(kind, size) if saved < ROUND / 2 else 1.0

    def _hidden(self, kind: str) -> bool:
        """A limit that is far below what it brings, and nothing is said of that direction."""
        if min(self.tight(kind, size) for size in (BLOCK, MIB)) > STRONG:
            return False
        if min(self._beyond_credit(kind, size) for size in (BLOCK, MIB)) > STRONG:
            return False
        told = [name for name in self.caps if ("write" in name) == (kind == "write")]
        return not told and not self.says(
            f"{kind}s come one after",
            f"large {kind}s move",
            f"whether {kind}s are",
            f"large {kind}s are as fast",
            f"{kind}s were not looked",
        )
