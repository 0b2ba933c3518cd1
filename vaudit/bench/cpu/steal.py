"""Stolen time: samples of /proc/stat between the steps of a whole run."""

import os
import time

from vaudit.bench.cpu.recording import Stretch
from vaudit.bench.system import counters

LEAST_SECONDS = 0.2
"""Shorter stretches are too coarse, as the kernel counts in ticks of 10 ms, and are joined."""


class Meter:
    """Samples /proc/stat between the steps of a run."""

    def __init__(self) -> None:
        self.cpus = os.cpu_count() or 1
        self.began = time.monotonic()
        self.stretches: list[Stretch] = []
        self._last = counters.sample(None)

    def tick(self) -> None:
        """End one stretch and begin the next."""
        now = counters.sample(None)
        if now.at - self._last.at >= LEAST_SECONDS:
            seen = counters.change(self._last, now, self.cpus)
            self.stretches.append(Stretch(self._last.at - self.began, seen))
            self._last = now
