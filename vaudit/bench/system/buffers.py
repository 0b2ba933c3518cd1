"""Memory for direct I/O and for the memory probe: page-aligned, touched, and never of the same content."""

import mmap
import os
from array import array

from vaudit.bench.units import BLOCK, MIB


def page_aligned(size: int, fresh: bool) -> mmap.mmap:
    """Page-aligned memory, touched; with `fresh` full of random bytes. The caller closes it."""
    buffer = mmap.mmap(-1, size)
    for at in range(0, size, MIB):  # not all of it twice for a moment
        piece = min(MIB, size - at)
        buffer.write(os.urandom(piece) if fresh else bytes(piece))
    return buffer


def stamp(buffer: mmap.mmap, number: int) -> None:
    """Make each 4 KiB of a random buffer differ from every other that was written.

    So the data can be neither deduplicated nor compressed, at a fraction of the price of new random bytes.
    """
    first = number % (1 << 62)
    with memoryview(buffer) as view, view.cast("Q") as words:
        words[:: BLOCK // 8] = array("Q", range(first, first + len(buffer) // BLOCK))
