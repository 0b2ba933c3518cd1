"""What a guest can honestly see of its memory: does it move away, does it come back slowly, how fast is it?

Pages are touched, left alone while the disk and the network are measured, and read again one by one. A page
that is resident for this kernel (mincore(2)) needs about 0.1 µs; where a host has swapped it out meanwhile,
a disk answers. The same pages are read once more at once, as the control: whatever makes that slow as well
(stolen time, our own scheduler) is not the host's swap. Beside it a balloon is watched: pages that a host
asked for, as the kernel counts them in /proc/vmstat.

Memory overcommit is a property of the host; a guest sees at most its effects. The words go no further.
"""

import contextlib
import ctypes
import gc
import mmap
import os
import random
import re
import time
from array import array
from collections.abc import Callable, Iterator
from functools import partial
from statistics import median
from typing import Literal

import msgspec

from vaudit.bench import guards
from vaudit.bench.child import Message, Tell, Wait, beside
from vaudit.bench.engine import stamp
from vaudit.bench.errors import BenchError
from vaudit.bench.place import MIB
from vaudit.bench.plan import Plan
from vaudit.bench.samples import Benchmark, Round
from vaudit.bench.spin import RunDelay
from vaudit.bench.stats import spread, widened

PAGE = mmap.PAGESIZE
SLOW_NS = 100_000
"""A read of a resident page takes under 1 µs; a read from a host's swap at least as long as flash."""
SUSPECT = 16
"""Slow pages beyond four times those of the control, below which nothing is said: accidents happen."""
LINE = 64
"""Bytes of a cache line."""
CHASE_STEPS = 100_000
ROUNDS = 6
"""Of each figure of speed; the first one warms up."""
SPEED_SECONDS = 1.0
"""After so long no further round begins."""
MERGE_RATIO = 3.0
"""Times the median of pages with equal content over unequal ones, at their first write after a rest."""
REST_SECONDS = 45.0
"""`full` waits so long when nothing else took as long: host swap and page merging take their time."""

LIMITS = [
    "whether the host has promised more memory than it has: that is a property of the host",
    "swapping by the host of pages that lie idle for longer than this test",
    "memory beyond the few pages that were touched",
]


class Count(msgspec.Struct, frozen=True):
    """One look at what a balloon changes. Bytes; None where the kernel does not count it."""

    total: int | None
    held: int | None
    """Pages that the balloon holds (nr_balloon_pages)."""
    inflated: int | None
    """Ever given to the balloon (balloon_inflate, in pages)."""
    deflated: int | None


def count(meminfo: str, vmstat: str) -> Count:
    """From the text of /proc/meminfo (kB) and /proc/vmstat (pages): see proc(5)."""

    def pages(name: str) -> int | None:
        found = re.search(rf"^{name} (\d+)$", vmstat, re.MULTILINE)
        return int(found[1]) * PAGE if found else None

    total = re.search(r"^MemTotal:\s+(\d+) kB$", meminfo, re.MULTILINE)
    return Count(
        int(total[1]) * 1024 if total else None,
        pages("nr_balloon_pages"),
        pages("balloon_inflate"),
        pages("balloon_deflate"),
    )


def look() -> Count:
    """The counters now."""
    return count(guards.text("/proc/meminfo"), guards.text("/proc/vmstat"))


def moved(before: Count, after: Count) -> int | None:
    """Bytes by which a balloon moved between two looks, either way; None where nothing is counted.

    Balloons without counters (Xen, Hyper-V, VMware) show in MemTotal, or not at all.
    """
    pairs = [
        (before.inflated, after.inflated), (before.deflated, after.deflated),
        (before.held, after.held), (before.total, after.total),
    ]  # fmt: skip
    known = [abs(new - old) for old, new in pairs if old is not None and new is not None]
    return max(known) if known else None


class Reread(msgspec.Struct, frozen=True):
    """One pass over all pages."""

    latencies: list[int]
    """Nanoseconds of each page's read."""
    slow: int
    """Pages over SLOW_NS that our own scheduler does not explain."""
    seconds: float
    explained: int = 0
    """Pages over SLOW_NS in whose time our own scheduler ran others."""


@contextlib.contextmanager
def probe(plan: Plan) -> Iterator[Callable[[], list[Benchmark]]]:
    """Touch memory in a worker and let it rest; gives the function that reads it again and judges.

    Never raises for what happens to the memory: a worker that died is an entry with status `error`.
    """
    before = look()
    with contextlib.ExitStack() as undo:
        problem, finish = plan.memory_refusal, None
        if plan.memory_bytes:
            try:
                patience = plan.seconds + REST_SECONDS + 60.0
                work = partial(_work, plan.memory_bytes, plan.mode == "full")
                finish = undo.enter_context(beside(work, patience))
            except BenchError as error:
                problem = f"memory could not be touched: {error}"

        def results() -> list[Benchmark]:
            found: list[Benchmark] = []
            said, status = problem, "skipped" if plan.memory_refusal else "error"
            if finish is not None:
                try:
                    found = [each.benchmark for each in finish() if each.benchmark]
                except BenchError as error:
                    said = f"the memory probe ended early: {error}"
            failed = (said, status) if said else None
            return [*found, conclude(found, before, look(), failed)]  # type: ignore[arg-type]

        yield results


def _work(size: int, full: bool, tell: Tell, wait: Wait) -> None:
    """The worker's life: touch, rest until the parent calls, read again, then speed."""
    _prefer_me_when_memory_is_short()
    buffer, first = _touch(size)
    tell(Message(progress="memory touched"))
    touched = time.monotonic()
    if not wait(3600.0):
        return
    if full:
        time.sleep(max(0.0, REST_SECONDS - (time.monotonic() - touched)))
    rested = time.monotonic() - touched
    tell(Message(benchmark=_reread(buffer, first, rested)))
    if full:
        tell(Message(benchmark=_merging(buffer)))
    tell(Message(benchmark=_bandwidth(buffer)))
    tell(Message(benchmark=_latency(buffer)))


def _prefer_me_when_memory_is_short() -> None:
    """If memory runs out, this worker is what the kernel should kill (proc(5), oom_score_adj)."""
    with contextlib.suppress(OSError), open("/proc/self/oom_score_adj", "w", encoding="ascii") as file:
        file.write("1000")


def _touch(size: int) -> tuple[mmap.mmap, list[int]]:
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


def _reread(buffer: mmap.mmap, first: list[int], rested: float) -> Benchmark:
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


def _bandwidth(buffer: mmap.mmap) -> Benchmark:
    """Copying between two halves of the buffer, on one thread; the bytes copied count once."""
    half, rounds, began = len(buffer) // 2, list[Round](), time.monotonic()
    until = began + SPEED_SECONDS
    with memoryview(buffer) as view:
        while _more(rounds, until):
            before, start = guards.sample(None), time.perf_counter_ns()
            view[:half] = view[half:]
            seconds = (time.perf_counter_ns() - start) / 1e9
            rounds.append(_round(half / seconds, before, seconds, began))
    base = Benchmark(
        id="memory.bandwidth", target="memory", engine="embedded", unit="B/s",
        limits=["several threads together may move more"], details={"bytes": half},
        command=[f"copy {half >> 20} MiB, one thread"], seconds=time.monotonic() - began,
    )  # fmt: skip
    return _figure(base, rounds[1:] or rounds)


def _more(rounds: list[Round], until: float) -> bool:
    return len(rounds) < ROUNDS and (not rounds or time.monotonic() < until)


def _round(value: float, before: guards.Sample, seconds: float, began: float) -> Round:
    after = guards.sample(None)
    missing = 1 - (after.own - before.own) / max(after.at - before.at, 1e-9)
    disturbed = f"this program had a CPU only {1 - missing:.0%} of the time" if missing > 0.15 else ""
    return Round(value, before.at - began, seconds, disturbed=disturbed)


def _latency(buffer: mmap.mmap) -> Benchmark:
    """A chase through cache lines in an order that no prefetcher knows; a tiny chase is taken off it."""
    began, rounds = time.monotonic(), list[Round]()
    lines = 1 << ((min(len(buffer), 64 * MIB) // LINE).bit_length() - 1)
    with memoryview(buffer) as view, view.cast("Q") as words:
        _chain(words, lines)
        far_start, small = 0, array("Q", [(5 * n + 1) % 256 * (LINE // 8) for n in range(256)])
        near_words = array("Q", bytes(256 * LINE))
        near_words[:: LINE // 8] = small
        until = time.monotonic() + SPEED_SECONDS
        while _more(rounds, until):
            before = guards.sample(None)
            near, _ = _chase(near_words, 0, CHASE_STEPS)
            far, far_start = _chase(words, far_start, CHASE_STEPS)
            rounds.append(
                _round(max(0.0, far - near) / 1000, before, (far + near) * CHASE_STEPS / 1e9, began)
            )
    base = Benchmark(
        id="memory.latency", target="memory", engine="embedded", unit="us",
        limits=["a last-level cache as large as this answers part of it", "page table walks are included"],
        details={"bytes": lines * LINE},
        command=[f"follow {CHASE_STEPS} references through {lines * LINE >> 20} MiB"],
        seconds=time.monotonic() - began,
    )  # fmt: skip
    return _figure(base, rounds[1:] or rounds)


def _chain(words: "memoryview[int]", lines: int) -> None:
    """Each line's first word names the next: one cycle through all (Hull-Dobell: full period)."""
    step, add = 0x5851F42D4C957F2D % lines | 5, 0x14057B7EF767814F % lines | 1
    step -= (step - 1) % 4
    stride, mask = LINE // 8, lines - 1
    words[: lines * stride : stride] = array("Q", ((step * n + add & mask) * stride for n in range(lines)))


def _chase(words: "memoryview[int] | array[int]", at: int, steps: int) -> tuple[float, int]:
    """(nanoseconds a step, where it ended)."""
    start = time.perf_counter_ns()
    for _ in range(steps):
        at = words[at]
    return (time.perf_counter_ns() - start) / steps, at


def _figure(base: Benchmark, rounds: list[Round]) -> Benchmark:
    """The benchmark with its rounds, their median and what that is worth."""
    counted = [each.value for each in rounds if not each.disturbed]
    values = counted or [each.value for each in rounds]
    sure = len(counted) >= 3
    return msgspec.structs.replace(
        base,
        value=median(values),
        interval=widened(values),
        samples=rounds,
        verdict="" if sure else "inconclusive",
        confidence="low" if sure else "none",
        reason="" if sure else "other programs or the hypervisor took the CPU in most rounds",
    )


def _merging(buffer: mmap.mmap) -> Benchmark:
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


def conclude(
    found: list[Benchmark], before: Count, after: Count,
    failed: tuple[str, Literal["skipped", "error"]] | None,
) -> Benchmark:  # fmt: skip
    """The benchmark `memory.verdict`: what was seen of a balloon and of slow pages."""
    reread = next((each for each in found if each.id == "memory.reread"), None)
    merging = next((each for each in found if each.id == "memory.merging"), None)
    went = moved(before, after)
    words, reasons = [], []
    if went is not None and went >= MIB:
        words.append("balloon-moved")
        reasons.append(f"a balloon moved by {went / MIB:,.0f} MiB while this ran")
    if merging is not None and merging.verdict == "pages-merged":
        words.append("pages-merged")
        reasons.append(merging.reason)
    if reread is not None:
        words.append({"reread-fast": "no-sign"}.get(reread.verdict, reread.verdict))
        reasons.append(reread.reason)
    if went == 0:
        reasons.append("no balloon moved")
    word = next((each for each in ("reread-slow", *words) if each in words), "inconclusive")
    return Benchmark(
        id="memory.verdict",
        target="memory",
        engine="vaudit",
        unit="",
        status=failed[1] if failed else "ok",
        verdict="" if failed else word,
        confidence="none" if failed or reread is None or word == "inconclusive" else reread.confidence,
        reason=failed[0] if failed else "; ".join(reasons),
        limits=LIMITS,
        details={"balloon_moved_bytes": went, "balloon_held_bytes": after.held},
    )
