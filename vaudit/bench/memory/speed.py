"""How fast memory is for one thread: copying it, and waiting for a cache line that nothing foresaw."""

import time
from array import array
from mmap import mmap

from vaudit.bench.cpu import speed as cpu
from vaudit.bench.disk.place import MIB
from vaudit.bench.system import guards
from vaudit.model.benchmark import Benchmark, Round

LINE = 64
"""Bytes of a cache line."""
CHASE_STEPS = 100_000
ROUNDS = 6
"""Of each figure of speed; the first one warms up."""
SPEED_SECONDS = 1.0
"""After so long no further round begins."""


def bandwidth(buffer: mmap) -> Benchmark:
    """Copying between two halves of the buffer, on one thread; the bytes copied count once."""
    half, rounds, began = len(buffer) // 2, list[Round](), time.monotonic()
    until, first = began + SPEED_SECONDS, guards.sample(None)
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
    return cpu.figure(base, rounds[1:] or rounds, guards.since(first))


def _more(rounds: list[Round], until: float) -> bool:
    return len(rounds) < ROUNDS and (not rounds or time.monotonic() < until)


def _round(value: float, before: guards.Sample, seconds: float, began: float) -> Round:
    return Round(value, before.at - began, seconds, disturbed=cpu.held_up(guards.since(before)))


def latency(buffer: mmap) -> Benchmark:
    """A chase through cache lines in an order that no prefetcher knows; a tiny chase is taken off it."""
    began, rounds = time.monotonic(), list[Round]()
    lines = 1 << ((min(len(buffer), 64 * MIB) // LINE).bit_length() - 1)
    with memoryview(buffer) as view, view.cast("Q") as words:
        _chain(words, lines)
        far_start, small = 0, array("Q", [(5 * n + 1) % 256 * (LINE // 8) for n in range(256)])
        near_words = array("Q", bytes(256 * LINE))
        near_words[:: LINE // 8] = small
        until, first = time.monotonic() + SPEED_SECONDS, guards.sample(None)
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
    return cpu.figure(base, rounds[1:] or rounds, guards.since(first))


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
