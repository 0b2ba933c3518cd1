"""How fast memory is for one thread: copying it, and waiting for a cache line that nothing foresaw."""

import time
from array import array
from mmap import mmap

from vaudit.bench.memory.recording import CHASE_STEPS, Speed
from vaudit.bench.system import counters, guards
from vaudit.bench.units import MIB
from vaudit.model.benchmark import Round

LINE = 64
"""Bytes of a cache line."""

ROUNDS = 6
"""Of each figure of speed; the first one warms up."""
SPEED_SECONDS = 1.0
"""After so long no further round begins."""


def bandwidth(buffer: mmap) -> Speed:
    """Copying between two halves of the buffer, on one thread; the bytes copied count once."""
    half, rounds, began = len(buffer) // 2, list[Round](), time.monotonic()
    until, first = began + SPEED_SECONDS, counters.sample(None)
    with memoryview(buffer) as view:
        while _more(rounds, until):
            before, start = counters.sample(None), time.perf_counter_ns()
            view[:half] = view[half:]
            seconds = (time.perf_counter_ns() - start) / 1e9
            rounds.append(_round(half / seconds, before, seconds, began))
    return _speed(half, rounds, first, began)


def _speed(size: int, rounds: list[Round], first: counters.Sample, began: float) -> Speed:
    """Without the first round, which warms up."""
    return Speed(size, rounds[1:] or rounds, counters.since(first), time.monotonic() - began)


def _more(rounds: list[Round], until: float) -> bool:
    return len(rounds) < ROUNDS and (not rounds or time.monotonic() < until)


def _round(value: float, before: counters.Sample, seconds: float, began: float) -> Round:
    return Round(value, before.at - began, seconds, disturbed=guards.held_up(counters.since(before)))


def latency(buffer: mmap) -> Speed:
    """A chase through cache lines in an order that no prefetcher knows; a tiny chase is taken off it."""
    began, rounds = time.monotonic(), list[Round]()
    lines = 1 << ((min(len(buffer), 64 * MIB) // LINE).bit_length() - 1)
    with memoryview(buffer) as view, view.cast("Q") as words:
        _chain(words, lines)
        far_start, small = 0, array("Q", [(5 * n + 1) % 256 * (LINE // 8) for n in range(256)])
        near_words = array("Q", bytes(256 * LINE))
        near_words[:: LINE // 8] = small
        until, first = time.monotonic() + SPEED_SECONDS, counters.sample(None)
        while _more(rounds, until):
            before = counters.sample(None)
            near, _ = _chase(near_words, 0, CHASE_STEPS)
            far, far_start = _chase(words, far_start, CHASE_STEPS)
            rounds.append(
                _round(max(0.0, far - near) / 1000, before, (far + near) * CHASE_STEPS / 1e9, began)
            )
    return _speed(lines * LINE, rounds, first, began)


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
