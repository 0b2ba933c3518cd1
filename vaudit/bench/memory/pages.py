"""Pages that are touched, left alone and read again one by one: do they come back slowly?

A page that is resident for this kernel (mincore(2)) needs about 0.1 µs; where a host has swapped it out
meanwhile, a disk answers. The same pages are read once more at once, as the control: whatever makes that slow
as well (stolen time, our own scheduler) is not the host's swap. For `full` half of the pages have equal
content, which a host that merges pages (KSM) must copy at their next write.
"""

import contextlib
import ctypes
import gc
import mmap
import os
import random
import time

import msgspec

from vaudit.bench.cpu.spin import RunDelay
from vaudit.bench.disk.engine import stamp
from vaudit.bench.disk.place import MIB
from vaudit.bench.stats import spread, widened
from vaudit.bench.system import guards
from vaudit.model.benchmark import Benchmark, Round

PAGE = mmap.PAGESIZE
SLOW_NS = 100_000
"""A read of a resident page takes under 1 µs; a read from a host's swap at least as long as flash."""
SUSPECT = 16
"""Slow pages beyond four times those of the control, below which nothing is said: accidents happen."""
MERGE_RATIO = 3.0
"""Times the median of pages with equal content over unequal ones, at their first write after a rest."""

LIMITS = [
    "whether the host has promised more memory than it has: that is a property of the host",
    "swapping by the host of pages that lie idle for longer than this test",
    "memory beyond the few pages that were touched",
]


class Reread(msgspec.Struct, frozen=True):
    """One pass over all pages."""

    latencies: list[int]
    """Nanoseconds of each page's read."""
    slow: int
    """Pages over SLOW_NS that our own scheduler does not explain."""
    seconds: float
    explained: int = 0
    """Pages over SLOW_NS in whose time our own scheduler ran others."""


def touch(size: int) -> tuple[mmap.mmap, list[int]]:
    """Memory in 4 KiB pages of different content (nothing to merge or compress), locked where allowed.

    Half of it is of pairs that are equal to each other, for the merging probe.
    """
    buffer = mmap.mmap(-1, size, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
    with contextlib.suppress(OSError, AttributeError):
        buffer.madvise(mmap.MADV_NOHUGEPAGE)
    clock, taken = time.perf_counter_ns, []
    for offset in range(0, size, PAGE):
        start = clock()
        buffer[offset] = 1
        taken.append(clock() - start)
    with mmap.mmap(-1, MIB) as piece:
        piece.write(os.urandom(MIB))
        for offset in range(0, size, MIB):
            stamp(piece, offset if offset < size // 2 else 0)
            buffer[offset : offset + MIB] = piece[:]
    _lock(buffer, size)
    return buffer, taken


def _lock(buffer: mmap.mmap, size: int) -> None:
    """mlock(2), so that it is not our own kernel that swaps; may be refused, then mincore tells."""
    libc = ctypes.CDLL(None, use_errno=True)
    here = ctypes.c_char.from_buffer(buffer)
    libc.mlock(ctypes.c_void_p(ctypes.addressof(here)), ctypes.c_size_t(size))
    del here  # else the buffer could not be closed


def resident(buffer: mmap.mmap) -> bytes:
    """For each page whether this kernel holds it in memory: mincore(2), lowest bit."""
    libc = ctypes.CDLL(None, use_errno=True)
    pages = len(buffer) // PAGE
    found = (ctypes.c_ubyte * pages)()
    here = ctypes.c_char.from_buffer(buffer)
    failed = libc.mincore(ctypes.c_void_p(ctypes.addressof(here)), ctypes.c_size_t(len(buffer)), found)
    del here
    return bytes(pages) if failed else bytes(each & 1 for each in found)


def read_pages(buffer: mmap.mmap, pages: list[int]) -> Reread:
    """Read one byte of each page, timing each."""
    clock, latencies, slow, explained = time.perf_counter_ns, [], 0, 0
    delays, collecting = RunDelay(), gc.isenabled()
    gc.disable()
    began, waited = clock(), delays.read()
    for page in pages:
        start = clock()
        buffer[page * PAGE]
        taken = clock() - start
        latencies.append(taken)
        if taken > SLOW_NS:
            after = delays.read()
            ours = (after or 0) - (waited or 0)
            waited = after
            explained += ours * 2 > taken
            slow += ours * 2 <= taken
    seconds = (clock() - began) / 1e9
    delays.close()
    if collecting:
        gc.enable()
    return Reread(latencies, slow, seconds, explained)


def reread(buffer: mmap.mmap, first: list[int], rested: float) -> Benchmark:
    held = [page for page, here in enumerate(resident(buffer)) if here]
    random.shuffle(held)
    before = guards.sample(None)
    again, control = read_pages(buffer, held), read_pages(buffer, held)
    stolen = guards.sample(None).stolen - before.stolen
    return judge_reread(again, control, rested, stolen, first)


def judge_reread(again: Reread, control: Reread, rested: float, stolen: float, first: list[int]) -> Benchmark:
    """The benchmark `memory.reread`: slow pages after the rest against slow pages right afterwards.

    `rested` and `stolen` in seconds; `first` the nanoseconds of each page's first touch.
    """
    word, reason = _reread_word(again, control, rested, stolen)
    distribution, touch = spread(again.latencies), spread(first)
    enough, value, pages = word != "inconclusive", distribution.get("mean"), len(first)
    return Benchmark(
        id="memory.reread",
        target="memory",
        engine="embedded",
        unit="us",
        value=value,
        interval=widened([value]) if value is not None else None,
        samples=[
            Round(spread(each.latencies).get("mean", 0.0), 0.0, each.seconds, spread(each.latencies))
            for each in (again, control)
        ],
        verdict=word,
        confidence="none" if not enough else "medium" if rested >= 10 else "low",
        reason=reason,
        limits=LIMITS,
        details={
            "pages": pages,
            "resident_pages": len(again.latencies),
            "slow_pages": again.slow,
            "control_slow_pages": control.slow,
            "own_scheduler_pages": again.explained,
            "stolen_seconds": stolen,
            "rested_seconds": rested,
            "first_touch_p50_us": touch.get("p50"),
            "first_touch_p99.9_us": touch.get("p99.9"),
            **{f"{name}_us": number for name, number in distribution.items()},
        },
        command=[f"touch {pages} pages, wait {rested:.0f} s, read the resident ones twice in random order"],
        seconds=again.seconds + control.seconds,
    )


def _reread_word(again: Reread, control: Reread, rested: float, stolen: float) -> tuple[str, str]:
    count = len(again.latencies)
    if count < 1000:
        return "inconclusive", f"only {count} of the touched pages stayed resident"
    slow = f"{again.slow} of {count:,} resident pages took over {SLOW_NS / 1000:.0f} µs"
    if again.slow <= SUSPECT + 4 * control.slow:
        return "reread-fast", f"after {rested:.0f} s of rest {slow}, right afterwards {control.slow}"
    lost = sum(taken for taken in again.latencies if taken > SLOW_NS) / 1e9
    if stolen >= 0.5 * lost or again.explained > again.slow:
        return "inconclusive", f"{slow}, but CPU time was withheld from this program meanwhile"
    return "reread-slow", (
        f"{slow} after {rested:.0f} s of rest and {control.slow} right afterwards, without CPU time being "
        "withheld: something beneath this kernel had to fetch them, as a host does that swaps its guests out"
    )


def merging(buffer: mmap.mmap) -> Benchmark:
    """Writes to pages that had equal content for a while, against writes to pages that had not.

    A host that merges equal pages (KSM) must copy a merged page at its next write.
    """
    began, half = time.monotonic(), len(buffer) // 2
    alike, unlike = _write_pages(buffer, half, len(buffer)), _write_pages(buffer, 0, half)
    equal, unequal = spread(alike), spread(unlike)
    ratio = equal["p50"] / max(unequal["p50"], 1e-3)
    merged = ratio > MERGE_RATIO and equal["p25"] > unequal["p75"]
    compared = (
        f"the first write to pages of equal content takes {equal['p50']:.2f} µs, "
        f"to others {unequal['p50']:.2f} µs"
    )
    return Benchmark(
        id="memory.merging",
        target="memory",
        engine="embedded",
        unit="us",
        value=equal["p50"],
        interval=widened([equal["p50"]]),
        verdict="pages-merged" if merged else "no-sign",
        confidence="medium" if merged else "low",
        reason=f"{compared}: something beneath had merged them" if merged else compared,
        limits=["that nothing is merged: a host may take many minutes for it"],
        details={"equal_p50_us": equal["p50"], "unequal_p50_us": unequal["p50"], "ratio": ratio},
        command=[
            f"write one byte to each of {len(alike)} pages of equal and {len(unlike)} of unequal content"
        ],
        seconds=time.monotonic() - began,
    )


def _write_pages(buffer: mmap.mmap, begin: int, end: int) -> list[int]:
    clock, taken = time.perf_counter_ns, []
    for offset in range(begin, end, PAGE):
        start = clock()
        buffer[offset + 8] = 1
        taken.append(clock() - start)
    return taken
