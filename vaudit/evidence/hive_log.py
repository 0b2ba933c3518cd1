"""The last changes of a registry hive, which Windows writes to SYSTEM.LOG1 and .LOG2 before the hive itself.

Until Windows 8 a log holds the dirty sectors of 512 bytes, and a bitmap that says where each belongs. Since
8.1 it holds entries with pages of their own, numbered one after the other over both logs; the first number
may be higher than the hive's, where a part was written back in between. Sources: see hive.py.
"""

import mmap
from collections.abc import Iterator, Sequence
from struct import Struct
from typing import NamedTuple

from vaudit.evidence.hive import BASE, MAGIC, MAX_HIVE, Base
from vaudit.evidence.paged import Paged

MAX_LOG = 64 << 20
"""Bytes of a log that are read: Windows starts the other one long before."""
MAX_HASHED = 128 << 10
"""Bytes of entries whose hashes are all worked out, which takes 0.1 s of processor time a MiB or three; of
more only the last entry's is: a machine that stops tears what is being written."""
_SECTOR = 512
_OLD, _NEW = b"DIRT", b"HvLE"
_ENTRY = Struct("<4sIIIIIQQ")
"""Signature, size, flags, sequence number, size of the hive's bins, number of pages, the two hashes."""
_PAGE = Struct("<II")
_SEED = 0x82EF4D88, 0x7A4E55C5
_MASK = 0xFFFFFFFF


class Page(NamedTuple):
    """A piece of a hive."""

    at: int
    """Counted from the end of the base block."""
    data: bytes


class Entry(NamedTuple):
    """Changes that belong together."""

    number: int
    root: int
    pages: list[Page]
    hashed: bytes
    """What the hash is of."""
    hash: int


class Changes(NamedTuple):
    """What is to be written into a hive, in that order."""

    pages: list[Page]
    root: int
    """The cell of the first key, as the log's own base block has it."""


def changes(base: Base, logs: Sequence[bytes]) -> Changes | None:
    """The last changes of a hive with such a base block; None where no log is of use."""
    entries = sorted(_entries(base, logs), key=lambda one: one.number)
    run: list[Entry] = []
    for one in entries:
        if run and one.number != run[-1].number + 1:
            break
        run.append(one)
    run = _whole(run)
    pages = [page for one in run for page in one.pages]
    if pages:
        return Changes(pages, run[-1].root)
    return next((found for log in logs if (found := _sectors(base, log))), None)


def replayed(data: mmap.mmap | Paged, pages: Sequence[Page]) -> mmap.mmap | Paged:
    """The hive with the changes in it; a larger one where they reach behind its end."""
    end = max(BASE + page.at + len(page.data) for page in pages)
    if end > len(data):
        data = _grown(data, end)
    for page in pages:
        data[BASE + page.at : BASE + page.at + len(page.data)] = page.data
    return data


def _grown(data: mmap.mmap | Paged, end: int) -> mmap.mmap | Paged:
    if isinstance(data, Paged):
        data.grow(end)
        return data
    grown = mmap.mmap(-1, end)
    grown.write(data)
    return grown


def _entries(base: Base, logs: Sequence[bytes]) -> Iterator[Entry]:
    """Those of the newer kind that the hive lacks."""
    for log in logs:
        at, root = _SECTOR, _root(base, log)
        while at + _ENTRY.size <= len(log) and log[at : at + 4] == _NEW:
            _, size, _, number, bins, count, whole, head = _ENTRY.unpack_from(log, at)
            if size < _SECTOR or at + size > len(log) or marvin(log[at : at + 32]) != head:
                break
            # a base block that cannot be believed says nothing of what it lacks
            if not base.whole or number >= base.second:
                pages = _pages(log[at : at + size], count, min(bins, MAX_HIVE))
                yield Entry(number, root, pages, log[at + _ENTRY.size : at + size], whole)
            at += size


def _pages(entry: bytes, count: int, bins: int) -> list[Page]:
    """The pages of an entry, as far as they lie in the bins of its hive."""
    at = _ENTRY.size + count * _PAGE.size
    found = []
    for number in range(count):
        if at > len(entry):
            break
        where, size = _PAGE.unpack_from(entry, _ENTRY.size + number * _PAGE.size)
        if at + size > len(entry) or where + size > bins:
            break
        found.append(Page(where, entry[at : at + size]))
        at += size
    return found


def _whole(run: list[Entry]) -> list[Entry]:
    """The entries up to the first that was not written to its end."""
    first = 0 if sum(len(one.hashed) for one in run) <= MAX_HASHED else len(run) - 1
    for number, one in enumerate(run):
        if number >= first and marvin(one.hashed) != one.hash:
            return run[:number]
    return run


def marvin(data: bytes) -> int:
    """Marvin32, as Windows hashes strings, of a whole number of words."""
    high, low = _SEED
    words: tuple[int, ...] = Struct(f"<{len(data) // 4}I").unpack_from(data)
    for word in (*words, 0x80, 0):
        low = low + word & _MASK
        high ^= low
        low = (low << 20 | low >> 12) + high & _MASK
        high = (high << 9 & _MASK | high >> 23) ^ low
        low = (low << 27 | low >> 5) + high & _MASK
        high = high << 19 & _MASK | high >> 13
    return high << 32 | low


def _own(log: bytes) -> Base | None:
    """The base block that a log begins with."""
    if len(log) < _SECTOR + 4 or log[:4] != MAGIC:
        return None
    own = Base(log[:_SECTOR])
    return own if own.whole else None


def _root(base: Base, log: bytes) -> int:
    own = _own(log)
    return own.root if own else base.root


def _sectors(base: Base, log: bytes) -> Changes | None:
    """The sectors of the older kind, if the log belongs to this state of the hive."""
    own = _own(log)
    if not own or log[_SECTOR : _SECTOR + 4] != _OLD or own.first != own.second:
        return None
    if (base.whole and own.first < base.second) or own.size > MAX_HIVE:
        return None
    length = own.size // _SECTOR // 8
    bitmap = log[_SECTOR + 4 : _SECTOR + 4 + length]
    at = -(-(_SECTOR + 4 + length) // _SECTOR) * _SECTOR
    found = []
    for number, byte in enumerate(bitmap):
        for bit in range(8) if byte else ():
            if byte >> bit & 1 and at + _SECTOR <= len(log):
                found.append(Page((number * 8 + bit) * _SECTOR, log[at : at + _SECTOR]))
                at += _SECTOR
    return Changes(found, own.root) if found else None
