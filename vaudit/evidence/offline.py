"""A Windows machine that does not run: the registry hives of its disk.

Of all that a folder holds only SYSTEM, SOFTWARE and their logs are opened; SAM and SECURITY, which keep
secrets, never are.
"""

import mmap
import os
import posixpath
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from datetime import datetime, timedelta, timezone
from functools import partial
from io import BytesIO
from typing import TYPE_CHECKING

from vaudit import files
from vaudit.evidence import hive_log, identity
from vaudit.evidence.errors import EvidenceError
from vaudit.evidence.hive import MAGIC, MAX_MEMORY, Base, Damaged, Hive, mapped, unpacked, unpacked_of
from vaudit.evidence.identity import Identity
from vaudit.evidence.paged import Paged
from vaudit.evidence.registry import RegistryKey
from vaudit.evidence.secret import is_secret
from vaudit.evidence.source import NOT_HELD, Cut, Entry, EntryKind, Source
from vaudit.words import many

if TYPE_CHECKING:
    from vaudit.evidence.tree import Tree

NAMES = ("SYSTEM", "SOFTWARE")
PACKED = ".xz"
"""How a hive or log ends that was packed."""
ENDS = ("", PACKED, ".hiv", ".hive")
"""How the name of a hive's file ends: as Windows has it, and as people do who saved one."""
LOGS = (".LOG1", ".LOG2", ".LOG")
OLDER = {"regback", "repair", "windows.old"}
"""Folders in which older copies lie."""
FOLDERS = ("", "Windows/System32/config", "WINNT/system32/config", "System32/config", "config")
"""Where the hives lie below what is named: beside each other, a disk, its Windows folder."""
CURRENT = "currentcontrolset"
_ROOT = "hklm\\"
_EPOCH = datetime(1601, 1, 1, tzinfo=timezone.utc)


class Offline(Source):
    """The hives of one machine, by the names of HKLM's subkeys in lower case."""

    kind = "hive"

    def __init__(self, name: str, hives: Mapping[str, Hive], notes: list[str]) -> None:
        self.name = name
        self.notes: list[str] = []
        self._hives = hives
        self._said = notes
        self.taken = _time(max(one.base.written for one in hives.values()))
        self._set = self._control_set()
        self._note()

    def entry(self, kind: EntryKind, key: str) -> Entry:
        if kind != "registry":
            return Entry(kind, key, "unrecorded", reason=NOT_HELD)
        entry = self._key(key)
        self._note()
        return entry

    def _key(self, key: str) -> Entry:
        top, _, path = key.lower().removeprefix(_ROOT).partition("\\")
        hive = self._hives.get(top) if key.lower().startswith(_ROOT) else None
        if not hive:
            return Entry("registry", key, "unrecorded", reason=NOT_HELD)
        first, mark, rest = path.partition("\\")
        if first == CURRENT:
            if not self._set:
                return Entry("registry", key, "error", reason="damaged: no control set was found")
            path = self._set + mark + rest
        try:
            found = hive.key(path)
        except Damaged:
            return Entry("registry", key, "error", reason="damaged: it may lie in what cannot be read")
        if found is None:
            return Entry("registry", key, "absent")
        content, lost = found
        return Entry("registry", key, "read", content, f"damaged: {_lost(lost)} of it" if lost else "")

    def identity(self) -> Identity:
        return identity_of(self)

    def _control_set(self) -> str:
        """The configuration that Windows runs by; empty where there is none."""
        hive = self._hives.get("system")
        if not hive:
            return ""
        there = {name.lower() for name in _subkeys(hive, "")}
        select = _safe(hive, "Select")
        for which in ("Current", "Default", "LastKnownGood"):
            number = select.value(which) if select else None
            if isinstance(number, int) and (name := f"controlset{number:03}") in there:
                return name
        return next((name for name in sorted(there) if name.startswith("controlset0")), "")

    def _note(self) -> None:
        """Keeps what a report says of the record; the list is the reader's own, who has it from before."""
        lost = sum(one.damaged for one in self._hives.values())
        said = [f"the registry is damaged: {_lost(lost)}"] if lost else []
        if len(self.notes) != len(self._said) + len(said) or said != self.notes[len(self._said) :]:
            self.notes[:] = [*self._said, *said]


def identity_of(source: Source) -> Identity:
    """The pseudonym of a machine by its registry."""
    guid = source.registry(r"HKLM\SOFTWARE\Microsoft\Cryptography")
    hardware = source.registry(r"HKLM\SYSTEM\HardwareConfig")
    return identity.of_windows(_text(guid, "MachineGuid"), _text(hardware, "LastConfig"))


def _lost(number: int) -> str:
    return f"{many(number, 'entry', 'entries')} could not be read"


def _safe(hive: Hive, path: str) -> RegistryKey | None:
    try:
        found = hive.key(path)
    except Damaged:
        return None
    return found[0] if found else None


def _subkeys(hive: Hive, path: str) -> list[str]:
    found = _safe(hive, path)
    return found.subkeys if found else []


def _text(key: RegistryKey | None, name: str) -> str:
    value = key.value(name) if key else None
    return value if isinstance(value, str) else ""


def _time(filetime: int) -> str:
    """Units of 100 ns since 1601, as ISO 8601; empty where it is none of this age."""
    try:
        moment = _EPOCH + timedelta(microseconds=filetime // 10)
    except OverflowError:
        return ""
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ") if 1993 <= moment.year < 2200 else ""


def of_file(path: str) -> Offline:
    """The hive in a file, with the logs beside it. EvidenceError where it is none, or a secret one."""
    if is_secret(path):
        raise EvidenceError(f"{path}: holds secrets, and is never opened: name SYSTEM")
    hive, notes = _opened(path)
    there = {name.lower() for name in _subkeys(hive, "")}
    if "select" in there or any(name.startswith("controlset0") for name in there):
        return Offline(path, {"system": hive}, notes)
    if {"microsoft", "classes"} <= there:
        return Offline(path, {"software": hive}, notes)
    damaged = f", and is damaged: {_lost(hive.damaged)}" if hive.damaged else ""
    raise EvidenceError(f"{path}: a registry hive, but neither SYSTEM nor SOFTWARE{damaged}")


def folder_in(path: str) -> str:
    """The folder with the hive SYSTEM, at `path` or below it; empty where there is none."""
    for folder in FOLDERS:
        place: str | None = path
        for name in folder.split("/") if folder else ():
            place = _named(place, name) if place else None
        if place and _hive_in(place, "SYSTEM"):
            return place
    return ""


def of_folder(path: str, folder: str, also: Sequence[str] = ()) -> Offline:
    """The hives in `folder`, which was found at or below `path`; `also` is said of them."""
    hives: dict[str, Hive] = {}
    notes: list[str] = [*also]
    for name in NAMES:
        if place := _hive_in(folder, name):
            try:
                hives[name.lower()], said = _opened(place)
            except EvidenceError as error:
                if name == "SYSTEM":
                    raise
                said = [str(error)]
            notes += said
    return Offline(path, hives, notes)


def _hive_in(folder: str, name: str) -> str | None:
    """The file of a hive, packed or not."""
    found = (_named(folder, name + end) for end in ENDS)
    return next((place for place in found if place and os.path.isfile(place)), None)


def in_tree(tree: "Tree") -> list[str]:
    """The folders of a tree that hold the hive SYSTEM: each is a machine, older copies aside."""
    found = []
    for path in tree.files:
        low = path.lower()
        if low.endswith(_SYSTEMS) and not set(low.split("/")) & OLDER and _is_hive(tree, path):
            found.append(posixpath.dirname(path))
    return sorted(set(found))


_SYSTEMS = tuple(f"/system{end}" for end in ENDS)


def _is_hive(tree: "Tree", path: str) -> bool:
    """By its beginning."""
    with suppress(OSError):
        beginning = tree.content(path)[: 1 << 16]
        return _is_packed(beginning) if path.endswith(PACKED) else beginning.startswith(MAGIC)
    return False


def of_tree(tree: "Tree", folder: str, name: str, also: Sequence[str] = ()) -> Offline:
    """The hives in a folder of a tree, which `in_tree` found. `name` is what the user called it; `also` is
    said of them."""
    hives: dict[str, Hive] = {}
    notes: list[str] = [*also]
    for hive in NAMES:
        path = _in_folder(tree, folder, hive)
        try:
            if path:
                logs = partial(_tree_logs, tree, folder, hive)
                hives[hive.lower()], said = completed(_of_tree(tree, path), hive, logs)
                notes += said
        except EvidenceError as error:
            if hive == "SYSTEM":
                raise EvidenceError(f"{name}: {hive}: {error}") from error
            notes.append(f"{hive}: {error}")
    return Offline(name, hives, notes)


def _in_folder(tree: "Tree", folder: str, name: str) -> str:
    """The path of a hive or log in a folder of a tree, in whatever case; empty where there is none."""
    there = {one.lower(): one for one in tree.folders[folder]}
    found = next((there[one] for end in ENDS if (one := (name + end).lower()) in there), "")
    path = posixpath.join(folder, found)
    return path if found and path in tree.files else ""


def _tree_logs(tree: "Tree", folder: str, name: str) -> dict[str, bytes]:
    found = {}
    for end in LOGS:
        with suppress(OSError, EvidenceError):
            if path := _in_folder(tree, folder, name + end):
                found[posixpath.basename(path)] = _of_tree(tree, path)[:]
    return found


def _of_tree(tree: "Tree", path: str) -> mmap.mmap | Paged:
    """A hive or log in a tree, as it is read. EvidenceError where it is not whole, or cannot be unpacked."""
    real = tree.files[path]
    if isinstance(real, str):
        return unpacked(real) if path.endswith(PACKED) else mapped(real)
    if isinstance(real, Cut):
        raise EvidenceError(
            f"larger than {len(real.data) >> 20} MiB, which is too much in an archive: unpack it"
        )
    if path.endswith(PACKED):
        return unpacked_of(BytesIO(real), path)
    return Paged(lambda at, size: real[at : at + size], len(real))


def is_packed_hive(path: str) -> bool:
    """Whether an xz file holds a hive; only its beginning is unpacked."""
    try:
        return _is_packed(files.beginning(path, 1 << 16))
    except OSError:
        return False


def _is_packed(beginning: bytes) -> bool:
    import lzma

    try:
        return lzma.LZMADecompressor(lzma.FORMAT_XZ, MAX_MEMORY).decompress(beginning, 4) == MAGIC
    except (lzma.LZMAError, EOFError):
        return False


def _named(folder: str, name: str) -> str | None:
    """What a folder holds under a name, in whatever case."""
    exact = os.path.join(folder, name)
    if os.path.lexists(exact):
        return exact
    try:
        names = os.listdir(folder)
    except OSError:
        return None
    return next((os.path.join(folder, one) for one in sorted(names) if one.lower() == name.lower()), None)


def _opened(path: str) -> tuple[Hive, list[str]]:
    """A hive with its last changes, and what is to be said of it."""
    data = unpacked(path) if path.endswith(PACKED) else mapped(path)
    try:
        return completed(data, os.path.basename(path).removesuffix(PACKED), lambda: _logs(path))
    except EvidenceError as error:
        raise EvidenceError(f"{path}: {error}") from error


def completed(
    data: mmap.mmap | Paged, name: str, logs_of: Callable[[], Mapping[str, bytes]]
) -> tuple[Hive, list[str]]:
    """A hive with the last changes, which its logs hold by their names, and what is to be said of it.
    EvidenceError where it is none."""
    base = Base(data) if len(data) > 512 else None
    if not base or not base.dirty:
        return Hive(data), []
    logs = logs_of()
    last = hive_log.changes(base, list(logs.values()))
    if last:
        with suppress(OSError):  # a log that makes it larger than there is memory
            return Hive(hive_log.replayed(data, last.pages), last.root), []
    where = " and ".join(logs) or f"{name}{LOGS[0]} and {name}{LOGS[1]}"
    why = "which hold none that fit" if logs else "which do not lie beside it"
    return Hive(data), [f"{name} was not closed: its last changes are missing (of {where}, {why})"]


def _logs(path: str) -> dict[str, bytes]:
    """The logs beside a hive, by their names."""
    found = {}
    folder, name = os.path.split(path.removesuffix(PACKED))
    for end in LOGS:
        place = _hive_in(folder or ".", name + end)
        with suppress(OSError, EvidenceError):
            if place and place.endswith(PACKED):
                found[os.path.basename(place)] = unpacked(place)[:]
            elif place:
                found[os.path.basename(place)] = files.beginning(place, hive_log.MAX_LOG)
    return found
