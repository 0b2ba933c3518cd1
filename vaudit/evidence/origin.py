"""Finds the machines in what a user names: a dump, hive, image, capture, archive, or a folder of them."""

import os
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import datetime, timezone
from typing import TYPE_CHECKING

from vaudit import files
from vaudit.evidence import dump
from vaudit.evidence.errors import EvidenceError
from vaudit.evidence.source import Cut, Source
from vaudit.words import joined

if TYPE_CHECKING:
    from vaudit.evidence.loose import Texts
    from vaudit.evidence.tree import Tree

SUFFIX = ".vdump"
MAX_MACHINES = 1000
"""In an archive, or in a folder of captures; of dumps in a folder each is a file of its own."""
_ARCHIVES = (b"\x1f\x8b", b"\xfd7zXZ\0", b"BZh", b"PK")
_TAR_AT, _TAR = 257, b"ustar"
_HIVE, _XZ = b"regf", b"\xfd7zXZ\0"

Opener = Callable[[], Source]


def sources(path: str, anywhere: bool = False) -> Iterator[Opener]:
    """One opener for each machine at a path; what it opens is read only then, and may raise EvidenceError.
    `anywhere`: a disk image may name files outside of its own folder.

    EvidenceError when the path holds no machine at all.
    """
    if not os.path.lexists(path):
        raise EvidenceError(f"{path}: no such file or folder")
    if os.path.isdir(path):
        yield from _in_folder(path, anywhere)
    elif _is_archive(path):
        yield from _in_archive(path) if not _is_packed_hive(path) else [lambda: _hive(path)]
    elif _is_image(path):
        from vaudit.evidence import image

        yield from image.sources(path, anywhere)
    else:
        yield lambda: _file(path)


def _is_image(path: str) -> bool:
    """Whether a file is a disk image: it is none where it begins as a dump or a hive."""
    if _beginning(path).removeprefix(dump.BYTE_ORDER_MARK).startswith((b"vdump", _HIVE)):
        return False
    from vaudit.evidence.images import formats

    return formats.is_image(path)


def _file(path: str) -> Source:
    """A dump, a registry hive, or what one program printed."""
    beginning = _beginning(path)
    if beginning.removeprefix(dump.BYTE_ORDER_MARK).startswith(b"vdump"):
        return dump.read(path)
    if beginning.startswith(_HIVE):
        return _hive(path)
    from vaudit.evidence import capture, loose

    start = loose.start_of(path)
    notes: list[str] = []
    if places := loose.places_in(start, path, notes):
        found = capture.Capture(loose.tree_of(places), "/", path, _taken(path))
        found.notes += notes
        return found
    try:
        return dump.read(path)
    except dump.NotADump as error:
        raise EvidenceError(f"{error}, {loose.refusal(start)}") from error


def _is_packed_hive(path: str) -> bool:
    if not _beginning(path).startswith(_XZ):
        return False
    from vaudit.evidence import offline

    return offline.is_packed_hive(path)


def _hive(path: str) -> Source:
    from vaudit.evidence import offline

    return offline.of_file(path)


def _taken(path: str) -> str:
    return datetime.fromtimestamp(os.stat(path).st_mtime, timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


def one(path: str, anywhere: bool = False) -> Source:
    """The only machine at a path. EvidenceError when there is none, or more than one. See `sources`."""
    found = list(sources(path, anywhere))
    if len(found) > 1:
        raise EvidenceError(f"{path}: holds {len(found)} machines; name one of them")
    return found[0]()


def _beginning(path: str) -> bytes:
    """As much of a file as tells what it is. EvidenceError where it cannot be read."""
    try:
        return files.beginning(path, _TAR_AT + len(_TAR))
    except OSError as error:
        raise EvidenceError(f"{path}: cannot be read: {error.strerror}") from error


def _is_archive(path: str) -> bool:
    start = _beginning(path)
    return start.startswith(_ARCHIVES) or start[_TAR_AT:] == _TAR


_IMAGES = (".qcow2", ".vmdk", ".vhd", ".vhdx", ".raw", ".img")


def _images_in(path: str) -> list[str]:
    """The disk images in a folder, but for the files that one of them is made of."""
    named = sorted(name for name in os.listdir(path) if name.lower().endswith(_IMAGES))
    found = [name for name in named if _is_image(os.path.join(path, name))]
    if not found:
        return []
    from vaudit.evidence.images import formats

    parts = {part for name in found for part in formats.parts_of(os.path.join(path, name))}
    return [os.path.join(path, name) for name in found if name not in parts]


def _of_images(paths: list[str], anywhere: bool) -> Iterator[Opener]:
    """Each Windows on each of them; one that cannot be read says so, and stops none of the others."""
    from vaudit.evidence import image

    for path in paths:
        try:
            yield from image.sources(path, anywhere)
        except EvidenceError as error:
            yield _refusing(error)


def _refusing(error: EvidenceError) -> Opener:
    def refuse() -> Source:
        raise error

    return refuse


def _in_folder(path: str, anywhere: bool) -> Iterator[Opener]:
    dumps = sorted(name for name in os.listdir(path) if name.endswith(SUFFIX))
    if dumps:
        for name in dumps:
            yield lambda name=name: dump.read(os.path.join(path, name))  # type: ignore[misc]
        return
    if os.path.realpath(path) == "/":
        raise EvidenceError(f"{path}: this is the running machine: scan it without --from")
    from vaudit.evidence import offline

    if folder := offline.folder_in(path):
        yield lambda: offline.of_folder(path, folder, _beside([path, folder]))
        return
    if images := _images_in(path):
        yield from _of_images(images, anywhere)
        return
    from vaudit.evidence import capture, tree

    # only what a scan may ask for: a root tree may lie beside a whole system
    found = tree.from_folder(path, lambda inside: inside.count("/") > 1 or _top(path, inside, capture.TOP))
    yield from _captures(found, path)


def _beside(folders: list[str]) -> list[str]:
    """What is said of other programs' files in the folders of a hive."""
    from vaudit.evidence import loose, tree

    names: list[str] = []
    for folder in dict.fromkeys(map(os.path.realpath, folders)):
        with suppress(EvidenceError):  # too many files to be a record's folder
            names += loose.beside(tree.from_folder(folder, lambda _inside: False), "/")
    return _left(sorted(set(names)))


def _left(names: list[str]) -> list[str]:
    """Of texts beside a hive, which may be those of another machine."""
    if not names:
        return []
    said = f"{joined(names[:MAX_NAMED])}{' and more' if len(names) > MAX_NAMED else ''}"
    return [f"the registry alone was read; not read: {said}, which lies beside it (name it to scan it)"]


MAX_NAMED = 8
"""Files that are named."""


def _top(path: str, inside: str, known: set[str]) -> bool:
    """Whether a folder at the top is looked into: all are, unless this is a root tree."""
    return not os.path.isdir(os.path.join(path, "proc")) or inside[1:] in known


def _in_archive(path: str) -> Iterator[Opener]:
    from vaudit.evidence import tree

    yield from _captures(tree.from_archive(path), path)


def _dump(tree: "Tree", name: str, path: str) -> Source:
    """A dump in an archive."""
    data = tree.part(name)
    if isinstance(data, Cut):
        raise EvidenceError(
            f"{path}{name}: larger than {dump.MAX_DUMP >> 20} MiB, so not a dump of one machine"
        )
    return dump.parse(data, path + name)


def _of_texts(texts: "Texts", path: str, taken: str) -> Source:
    """A machine of which only what programs printed is there."""
    from vaudit.evidence import capture, loose

    made = capture.Capture(loose.tree_of(texts.places), "/", path.rstrip("/") + texts.folder, taken)
    made.notes += texts.notes
    return made


def _captures(found: "Tree", path: str) -> Iterator[Opener]:
    from vaudit.evidence import capture, loose, offline

    taken = _taken(path)
    dumps = sorted(name for name in found.files if name.endswith(SUFFIX))
    bases = capture.machines(found)
    hives = offline.in_tree(found)
    if (count := len(bases) + len(dumps) + len(hives)) > MAX_MACHINES:
        raise EvidenceError(
            f"{path}: holds {count} machines, {MAX_MACHINES} at most are read at once: name folders in it"
        )
    for name in dumps:
        yield lambda name=name: _dump(found, name, path)  # type: ignore[misc]
    for folder in hives:
        label = path if len(hives) == 1 else path.rstrip("/") + folder
        where = [folder, "/"] if len(hives) == 1 else [folder]
        notes = _left(sorted({name for one_ in where for name in loose.beside(found, one_)}))
        yield lambda folder=folder, label=label, notes=notes: offline.of_tree(  # type: ignore[misc]
            found, folder, label, notes
        )
    texts = loose.machines_in(found) if not bases and not dumps and not hives else []
    for one_ in texts:
        yield lambda one_=one_: _of_texts(one_, path, taken)  # type: ignore[misc]
    if not bases and not dumps and not hives and not texts:
        raise EvidenceError(
            f"{path}: holds no record of a machine (a *{SUFFIX}, proc/, sys/, root/, commands/)"
            + loose.refused_in(found)
        )
    for base in bases:
        label = path if base == "/" else path.rstrip("/") + base
        yield lambda base=base, label=label: capture.Capture(found, base, label, taken)  # type: ignore[misc]
