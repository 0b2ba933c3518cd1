"""Requests that do not wait for each other, by overlapped I/O and a completion port.

One thread keeps any number in flight. Its calls let other threads of this process run meanwhile.
"""

import os
import time
from array import array
from collections.abc import Iterator
from ctypes import addressof, byref, c_uint32

from vaudit.bench.disk.flight import Flight
from vaudit.bench.disk.recording import Job
from vaudit.bench.disk.timed import Timed
from vaudit.bench.disk.windows.file import Target
from vaudit.bench.system import win32
from vaudit.bench.units import BLOCK, MIB

_SLICE = 250
"""Milliseconds of one wait for the next request that comes back."""
_GOODBYE_SECONDS = 1.0
"""How long an interrupted run waits for what is in flight; then its memory is kept for good."""
_KEPT: list["Ring"] = []
"""Rings with requests that never came back: the system may still write into their memory."""


class Ring:
    """So many requests in flight on one file, each with a slot and a buffer of its own. OSError."""

    def __init__(self, target: Target, block: int, depth: int, fresh: bool, flush: bool = False) -> None:
        """`fresh`: its buffers are full of random bytes; `flush`: what was written is flushed at once."""
        self.flying, self.depth, self.block = 0, depth, block
        self._target, self._flush = target, flush
        self._memory = win32.pages(block * depth)
        self._pages = win32.view(self._memory, block * depth)
        for at in range(0, block * depth if fresh else 0, MIB):
            piece = min(MIB, block * depth - at)
            self._pages[at : at + piece] = os.urandom(piece)
        self._words = self._pages.cast("Q")
        self._requests = (win32.Overlapped * depth)()
        self._places = [byref(one) for one in self._requests]
        self._slots = {addressof(one): slot for slot, one in enumerate(self._requests)}
        self._writes = [False] * depth
        self._entries, self._number = (win32.Entry * depth)(), c_uint32()
        kernel = win32.kernel()
        self._acts, self._next = (kernel.ReadFile, kernel.WriteFile), kernel.GetQueuedCompletionStatusEx

    def prepare(self, slot: int, offset: int, write: bool, stamp: int) -> None:
        """See Flight. Raises Misaligned for what Windows would refuse."""
        self._target.refuse_misaligned(self._memory + slot * self.block, offset, self.block)
        request = self._requests[slot]
        request.status = request.moved = 0
        request.offset, request.offset_high = offset & 0xFFFFFFFF, offset >> 32
        self._writes[slot] = write
        if write:  # no two of our writes share a page of memory: see buffers.stamp
            first, words = (offset ^ stamp) % (1 << 62), self.block // 8
            unlike = array("Q", range(first, first + self.block // BLOCK))
            self._words[slot * words : (slot + 1) * words : BLOCK // 8] = memoryview(unlike)

    def send(self, slots: list[int]) -> int:
        """See Flight."""
        for number, slot in enumerate(slots):
            act, buffer = self._acts[self._writes[slot]], self._memory + slot * self.block
            self.flying += 1  # before it is: an interrupted run must not think that it is not
            if not act(self._target.handle, buffer, self.block, None, self._places[slot]):
                code = win32.last()
                if code != win32.PENDING:
                    self.flying -= 1
                    if number and isinstance(win32.error(code), BlockingIOError):
                        return number
                    raise win32.error(code)
        return len(slots)

    def returned(self, wait: bool) -> list[int]:
        """See Flight."""
        found = self._next(
            self._target.port, self._entries, self.depth, byref(self._number), _SLICE if wait else 0, 0
        )
        if not found:
            code = win32.last()
            if code != win32.TIMEOUT:
                raise win32.error(code)
            return []
        done = [self._slots.get(one.request or 0, -1) for one in self._entries[: self._number.value]]
        done = [slot for slot in done if slot >= 0]  # what an earlier ring had left behind is none of ours
        self.flying -= len(done)
        for slot in done:
            self._refuse(self._requests[slot])
        if self._flush and done:
            self._target.flush()
        return done

    def _refuse(self, request: win32.Overlapped) -> None:
        if request.status:
            raise win32.of_status(request.status)
        if request.moved != self.block:
            raise OSError(5, "short transfer")

    def close(self) -> None:
        """Wait a little for what is in flight; what does not come back keeps its memory."""
        if self.flying:
            win32.kernel().CancelIoEx(self._target.handle, None)
        until = time.monotonic() + _GOODBYE_SECONDS
        while self.flying and time.monotonic() < until:
            try:
                self.returned(wait=True)
            except OSError:  # one more that failed, or was cancelled; the first was told
                continue
        if self.flying:
            _KEPT.append(self)
            return
        self._words.release()
        self._pages.release()
        win32.free_pages(self._memory)


def run(target: Target, job: Job, offsets: Iterator[int], writes: Iterator[bool]) -> Timed:
    """Keep `job.depth` requests in flight; `writes` says of each whether it is one. OSError."""
    ring = Ring(target, job.block, job.depth, job.kind != "read", job.kind == "sync")
    try:
        timed = Flight(ring, job, offsets, writes).go()
    finally:
        ring.close()
    if job.depth == 1:
        timed.busy = 0.0
    return timed
