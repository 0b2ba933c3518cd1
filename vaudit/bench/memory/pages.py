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

from vaudit.bench.memory.recording import SLOW_NS, Merging, Pass, Reread
from vaudit.bench.stats import spread
from vaudit.bench.system import counters
from vaudit.bench.system.buffers import stamp
from vaudit.bench.units import MIB

PAGE = mmap.PAGESIZE


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


def read_pages(buffer: mmap.mmap, pages: list[int]) -> Pass:
    """Read one byte of each page, timing each."""
    clock, latencies, slow, explained = time.perf_counter_ns, [], 0, 0
    delays, collecting = counters.RunDelay(), gc.isenabled()
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
    late = sum(taken for taken in latencies if taken > SLOW_NS) / 1e9
    return Pass(len(latencies), spread(latencies), slow, explained, late, seconds)


def reread(buffer: mmap.mmap, first: list[int], rested: float) -> Reread:
    """Two passes over the resident pages; `first` the nanoseconds of each page's first touch."""
    held = [page for page, here in enumerate(resident(buffer)) if here]
    random.shuffle(held)
    before = counters.sample(None)
    again, control = read_pages(buffer, held), read_pages(buffer, held)
    stolen = counters.sample(None).stolen - before.stolen
    return Reread(again, control, rested, stolen, len(first), spread(first))


def merging(buffer: mmap.mmap) -> Merging:
    """Writes to pages that had equal content for a while, against writes to pages that had not.

    A host that merges equal pages (KSM) must copy a merged page at its next write.
    """
    began, half = time.monotonic(), len(buffer) // 2
    alike, unlike = _write_pages(buffer, half, len(buffer)), _write_pages(buffer, 0, half)
    seconds = time.monotonic() - began
    return Merging(len(alike), len(unlike), spread(alike), spread(unlike), seconds)


def _write_pages(buffer: mmap.mmap, begin: int, end: int) -> list[int]:
    clock, taken = time.perf_counter_ns, []
    for offset in range(begin, end, PAGE):
        start = clock()
        buffer[offset + 8] = 1
        taken.append(clock() - start)
    return taken
