"""One run of a job by a ring of requests: which slots are free, prepared and in flight, and what came back.

A ring is what a system has for requests that do not wait for each other: aio.py of Linux, windows/ring.py.
"""

import time
from collections.abc import Iterator
from itertools import islice
from typing import Protocol

from vaudit.bench.disk.recording import Job
from vaudit.bench.disk.timed import Timed


class Ring(Protocol):
    """Requests in flight, each with a slot and a buffer of its own."""

    depth: int
    flying: int
    """How many are in flight."""

    def prepare(self, slot: int, offset: int, write: bool, stamp: int, /) -> None:
        """Fill in a request; what it writes, if it does, was never written before."""

    def send(self, slots: list[int], /) -> int:
        """Send prepared requests; gives how many were taken, or raises OSError where none was:
        BlockingIOError if some of those in flight must come back first."""

    def returned(self, wait: bool) -> list[int]:
        """Slots whose requests came back; with `wait` one at least, unless a slice of time goes by without.
        Raises OSError for one that failed."""


class Flight:
    """One run of a job."""

    def __init__(self, ring: Ring, job: Job, offsets: Iterator[int], writes: Iterator[bool]) -> None:
        self._ring, self._job, self._offsets, self._writes = ring, job, offsets, writes
        self._free, self._ready = list(range(ring.depth)), list[int]()
        self._since, self._writing = [0] * ring.depth, [False] * ring.depth
        self._latencies, self._written, self._waited = list[int](), 0, 0
        self._start, self._began = time.monotonic(), time.perf_counter_ns()
        self._deadline = self._began + int(job.seconds * 1e9)

    def go(self) -> Timed:
        """Keeps as many requests in flight as the job wants, until offsets or time are used up."""
        clock, ring = time.perf_counter_ns, self._ring
        while True:
            self._prepare(len(self._free))
            if self._ready:
                self._send()
            if not ring.flying:
                return self._timed()
            done = ring.returned(wait=False)
            if not done:  # nothing is to be done: the engine waits for the disk
                before = clock()
                done = ring.returned(wait=True)
                self._waited += clock() - before
            self._note(done)

    def _prepare(self, most: int) -> None:
        """Take offsets for so many free slots; after the deadline nothing more is sent."""
        now = time.perf_counter_ns()
        if now >= self._deadline:
            self._ready = []
            return
        for offset in islice(self._offsets, most):
            slot, write = self._free.pop(), next(self._writes)
            self._ring.prepare(slot, offset, write, now)
            self._writing[slot] = write
            self._ready.append(slot)

    def _send(self) -> None:
        now = time.perf_counter_ns()
        for slot in self._ready:
            self._since[slot] = now
        try:
            taken = self._ring.send(self._ready)
        except BlockingIOError:  # EAGAIN: what is in flight must come back first
            taken = 0
        self._ready = self._ready[taken:]

    def _note(self, done: list[int]) -> None:
        now, since, writing = time.perf_counter_ns(), self._since, self._writing
        self._latencies += [now - since[slot] for slot in done]
        self._written += sum([writing[slot] for slot in done])
        self._free += done

    def _timed(self) -> Timed:
        taken, count = time.perf_counter_ns() - self._began, len(self._latencies)
        busy, writes = 1 - self._waited / taken, self._written if self._job.kind == "mixed" else 0
        return Timed(self._start, taken / 1e9, count, count * self._job.block, self._latencies, busy, writes)
