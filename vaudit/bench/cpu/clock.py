"""What one reading of the clock costs: clock_gettime, which programs call for each line of a log.

Where the kernel lets programs read the clock by themselves (vdso(7)) it takes some tens of nanoseconds, else
a system call, and where the hypervisor emulates the clock a way out of the guest. The name of the clock does
not tell which: Xen's is read by programs themselves only since Linux 4.15 and only where its pages allow it.
A batch of calls runs without the interpreter between two of them; what a call that does nothing takes at
its quickest is taken off, so that what is left is the clock's own, however busy the machine was at times.
"""

import sys
import time
from collections import deque
from collections.abc import Callable
from itertools import repeat, starmap

from vaudit.bench.cpu.recording import ClockCost
from vaudit.bench.system import counters

CALLS, BATCHES = 2000, 5
"""A fifth of a millisecond each where the clock is a quick one."""
SOURCE = "/sys/devices/system/clocksource/clocksource0/current_clocksource"


def measure() -> ClockCost:
    """The cost on this machine, of the clock that never steps back (CLOCK_MONOTONIC)."""
    both = [(_batch(time.monotonic_ns), _batch(sys.getrecursionlimit)) for _ in range(BATCHES)]
    nothing = min(batch for _, batch in both)
    took = [max(0.0, batch - nothing) for batch, _ in both]
    return ClockCost(took, CALLS, counters.text(SOURCE).strip() or None)


def _batch(call: Callable[[], int]) -> float:
    """Nanoseconds of each of some calls that follow each other."""
    began = time.perf_counter_ns()
    deque(starmap(call, repeat((), CALLS)), maxlen=0)
    return (time.perf_counter_ns() - began) / CALLS
