"""A Windows on a disk image.

An image may be made to do harm to who reads it, and libraries in C read it: so a process of its own does,
with bounded memory and time, which answers one question after the other (apart.py).
"""

import os
from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from vaudit import procfs
from vaudit.evidence import apart, offline
from vaudit.evidence.errors import EvidenceError
from vaudit.evidence.identity import Identity
from vaudit.evidence.registry import RegistryKey, RegistryValue
from vaudit.evidence.source import UNANSWERED, Entry, EntryKind, EntryStatus, Source

if TYPE_CHECKING:
    from vaudit.evidence.images.windows import Found

SECONDS = 8
"""Of processor time that all answers of one image may take."""
MEMORY = 160 << 20
"""Bytes that reading it may take beside what the process has already."""
PATIENCE = 60.0
"""Seconds that a slow disk has for all answers."""
_WHAT: EntryKind = "dir"
"""How it is asked, with no key, which systems there are."""
_TOO_MUCH = (
    f"reading it takes more than {SECONDS} s or {MEMORY >> 20} MiB: it is damaged, or no disk of Windows"
)


Ask = Callable[[EntryKind, str], Entry]


class Image(Source):
    """The Windows on one volume of a disk."""

    kind = "image"

    def __init__(self, name: str, ask: Ask, taken: str, notes: list[str]) -> None:
        self.name = name
        self.taken = taken
        self.notes: list[str] = notes
        self._ask = ask

    def entry(self, kind: EntryKind, key: str) -> Entry:
        found = self._ask(kind, key)
        if found.is_unanswered:
            return Entry(kind, key, "error", reason=_TOO_MUCH)
        both: Any = found.data
        if both is None:
            return Entry(kind, key, "error", reason=found.reason)
        data, self.notes[:] = both
        return Entry(kind, key, found.status, _unpacked(kind, data), found.reason)

    def identity(self) -> Identity:
        return offline.identity_of(self)


class _Reading:
    """One image, read by a process that lives as long as this."""

    def __init__(self, path: str, anywhere: bool) -> None:
        self._named = f"{os.path.abspath(path)}\0{anywhere:d}"
        self._apart = apart.Reader(limited, PATIENCE, PATIENCE) if hasattr(os, "fork") else None
        self._ended = False

    def ask(self, volume: int, kind: EntryKind, key: str) -> Entry:
        asked = f"{self._named}\0{volume}\0{key}"
        if self._ended:  # who was stopped once is not begun anew
            return Entry(kind, key, "error", reason=UNANSWERED)
        found = self._apart.entry(kind, asked) if self._apart else answer(kind, asked)
        self._ended = found.is_unanswered
        return found

    def __del__(self) -> None:
        if self._apart:
            self._apart.close()


def sources(path: str, anywhere: bool) -> Iterator[Callable[[], Source]]:
    """One opener for each Windows on a disk image; `anywhere`: it may name files outside of its own folder.
    EvidenceError where there is none, or the image cannot be read."""
    reading = _Reading(path, anywhere)
    found = reading.ask(0, _WHAT, "")
    if found.status != "read":
        raise EvidenceError(f"{path}: {_TOO_MUCH}" if found.is_unanswered else found.reason)
    listed: Any = found.data
    systems, others, notes = listed
    if not systems:
        raise EvidenceError(f"{path}: holds no Windows ({', '.join(others) or 'nor any volume'})")
    for number, taken, said in systems:
        name = f"{path}:{number}" if len(systems) > 1 else path
        yield _opener(name, reading, number, taken, [*notes, *said])


def _opener(name: str, reading: _Reading, number: Any, taken: Any, notes: list[str]) -> Callable[[], Source]:
    return lambda: Image(name, lambda kind, key: reading.ask(number, kind, key), taken, notes)


# the other process


def limited(kind: EntryKind, asked: str) -> Entry:
    """`answer` in a process that may not take much. It ends by SIGXCPU where it would."""
    _limit()
    return answer(kind, asked)


@lru_cache
def _limit() -> None:
    import resource

    with open("/proc/self/statm", encoding="ascii") as file:
        pages = procfs.whole(file.read().split()[0]) or 0
    most = pages * os.sysconf("SC_PAGE_SIZE") + MEMORY
    resource.setrlimit(resource.RLIMIT_AS, (most, most))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS + 1))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def answer(kind: EntryKind, asked: str) -> Entry:
    """The answer about an image, its data such that marshal can write them."""
    path, anywhere, volume, key = asked.split("\0", 3)
    try:
        found = _opened(path, anywhere == "1")
        if not key:
            return _entry(kind, "read", _listed(found))
        system = next(one for one in found.systems if str(one.place) == volume)
        entry = system.entry(kind, key)
    except EvidenceError as error:
        return Entry(kind, key, "error", reason=str(error))
    except MemoryError:
        return Entry(kind, key, "error", reason=f"{path}: {_TOO_MUCH}")
    except Exception as error:  # of a library, which what is damaged may lead anywhere
        return Entry(kind, key, "error", reason=f"{path}: damaged: {type(error).__name__}: {error}"[:200])
    notes = [*found.notes, *system.notes]
    return _entry(kind, entry.status, (_packed(entry.data), notes), entry.reason)


def _entry(kind: EntryKind, status: EntryStatus, data: Any, reason: str = "") -> Entry:
    return Entry(kind, "", status, data, reason)


@lru_cache(1)
def _opened(path: str, anywhere: bool) -> "Found":
    from vaudit.evidence.images import formats, windows

    disk = formats.Opening(path, anywhere).disk(path)
    try:
        return windows.systems(disk)
    except EvidenceError as error:
        raise EvidenceError(f"{path}: {error}") from error


def _listed(found: "Found") -> tuple[list[tuple[int, str, list[str]]], list[str], list[str]]:
    """The systems with what is to be said of each, the other volumes, and what is to be said of the disk."""
    return [(one.place, one.taken, one.notes) for one in found.systems], found.others, found.notes


def _packed(data: Any) -> Any:
    if isinstance(data, RegistryKey):
        return data.subkeys, [(one.name, one.type, one.data) for one in data.values]
    return data


def _unpacked(kind: EntryKind, data: Any) -> Any:
    if kind == "registry" and data is not None:
        subkeys, values = data
        return RegistryKey(subkeys, [RegistryValue(*one) for one in values])
    return data
