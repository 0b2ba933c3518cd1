"""A disk of a file, whatever format it has: raw and qcow2 by our own readers, vmdk, vhd and vhdx by libraries
(`pip install 'vaudit[images]'`).

Files beside the image that it names (backing files, parents, extents) are opened only in its own folder or
below, unless the user said that others may be.
"""

import os
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from vaudit.evidence.errors import EvidenceError
from vaudit.evidence.images import partitions, qcow2
from vaudit.evidence.images.disk import SECTOR, Disk, File, Stream

DEPTH = 16
"""Images that may lie upon each other."""
EXTRA = "needs a library: pip install 'vaudit[images]'"
_VHD, _VHDX, _VMDK, _VMDK_TEXT = b"conectix", b"vhdxfile", b"KDMV", b"# Disk DescriptorFile"
_REFUSED = {
    b"COWD": "an old vmdk of ESX",
    b"<<< ": "VirtualBox's vdi",
    b"OFS\0": "QEMU's qed",
    b"QED\0": "qed",
}
_START = 520
_MAX_EXTENTS = 64
_NAMED_EXTENT = re.compile(r'^(?:RW|RDONLY)\s+\d+\s+(\w+)\s+"([^"]*)"', re.MULTILINE)
_VHDX_HEADERS = (64 << 10, 128 << 10)


def is_image(path: str) -> bool:
    """Whether a file is a disk image, by its first bytes, or by its last 512."""
    try:
        file = File(path)
        start = file.read(0, _START)
        return bool(_format(start) or _refused(start) or _is_fixed_vhd(file) or _is_raw(start))
    except EvidenceError:
        return False


def _is_raw(start: bytes) -> bool:
    return partitions.has_table(start) or partitions.is_file_system(start)


def _format(start: bytes) -> str:
    if start.startswith(qcow2.MAGIC):
        return "qcow2"
    if start.startswith((_VMDK, _VMDK_TEXT)):
        return "vmdk"
    return "vhdx" if start.startswith(_VHDX) else "vhd" if start.startswith(_VHD) else ""


def _is_fixed_vhd(file: Disk) -> bool:
    return file.size > SECTOR and file.read(file.size - SECTOR, len(_VHD)) == _VHD


def _refused(start: bytes) -> str:
    return next((name for magic, name in _REFUSED.items() if start.startswith(magic)), "")


class Opening:
    """How the files of one image are opened: which folder they may lie in, and which are open already."""

    def __init__(self, path: str, anywhere: bool) -> None:
        self._folder = os.path.realpath(os.path.dirname(path) or ".")
        self._anywhere = anywhere
        self._open: list[str] = []

    def disk(self, path: str, format_: str = "") -> Disk:
        """The disk in a file. EvidenceError, which names the file."""
        with self.below(path):
            try:
                return self._disk(path, format_)
            except EvidenceError as error:
                raise EvidenceError(_named(path, str(error))) from error

    @contextmanager
    def below(self, path: str) -> Iterator[None]:
        """While a file is opened upon which others lie. EvidenceError where it lies upon itself."""
        real = os.path.realpath(path)
        if real in self._open or len(self._open) >= DEPTH:
            raise EvidenceError(
                f"{path}: lies upon itself" if real in self._open else f"{path}: upon too many"
            )
        self._open.append(real)
        try:
            yield
        finally:
            self._open.pop()

    def _disk(self, path: str, format_: str) -> Disk:
        file = File(path)
        start = file.read(0, _START)
        found = format_ or _format(start) or ("vhd" if _is_fixed_vhd(file) else "raw")
        if refused := _refused(start):
            raise EvidenceError(f"{refused} is not read: `qemu-img convert -O qcow2` it")
        if found == "raw":
            return file
        if found == "qcow2":
            return qcow2.Qcow2(file, lambda name, kind: self._backing(path, name, kind))
        if found == "vmdk":
            return _vmdk(file, path, self)
        if found in ("vhd", "vhdx", "vpc"):
            return _vhd(file, path, self)
        raise EvidenceError(f"a backing file of the format {found[:20]} is not read")

    def _backing(self, image: str, name: str, format_: str) -> Disk:
        name = name.removeprefix("file:")
        if re.match(r"\w+:", name) and not os.path.isabs(name):
            raise EvidenceError(f"its backing file is no file: {name[:80]}")
        return self.disk(self.beside(image, name), format_)

    def beside(self, image: str, name: str) -> str:
        """The path of a file that an image names. EvidenceError where it lies elsewhere."""
        path = os.path.join(os.path.dirname(image), name)
        if not self._anywhere and os.path.commonpath([self._folder, os.path.realpath(path)]) != self._folder:
            raise EvidenceError(f"names a file outside of its folder, {name[:200]}: --yes opens it too")
        return path

    def parent(self, image: str, name: str) -> str:
        """The path of a parent, whose name may be one of another machine: it is looked for beside the image.
        EvidenceError where it is not there."""
        last = re.split(r"[/\\]", name)[-1]
        path = self.beside(image, last)
        if not last or not os.path.isfile(path):
            raise EvidenceError(
                f"holds only what differs from {name[:200] or 'another'}, which is not beside it"
            )
        return path


def _named(path: str, said: str) -> str:
    return said if said.startswith(path) else f"{path}: {said}"


class Packaged(Disk):
    """A disk by the reader of a library."""

    def __init__(self, reader: Any, size: int, notes: tuple[str, ...] = ()) -> None:
        self._reader = reader
        self.size = size
        self.notes = notes

    def read(self, at: int, count: int) -> bytes:
        try:
            data = self._reader.read_buffer_at_offset(max(0, min(count, self.size - at)), at)
        except OSError as error:
            raise EvidenceError(f"damaged: {_first_line(error)}") from error
        return bytes(data)


def _done(what: Callable[[], Any]) -> None:
    try:
        what()
    except (OSError, MemoryError, ValueError) as error:
        raise EvidenceError(f"damaged: {_first_line(error)}") from error


def _first_line(error: BaseException) -> str:
    """What a library says, without the names of its functions."""
    return str(error).splitlines()[0].split(": ", 1)[-1][:120] if str(error) else type(error).__name__


def _vhd(file: Disk, path: str, opening: Opening) -> Disk:
    """Fixed, dynamic and differencing vhd and vhdx."""
    reader = _upon(_vhd_reader, file, path, opening)
    return Packaged(reader, reader.get_media_size(), _unclosed(file))


def _vmdk(file: Disk, path: str, opening: Opening) -> Disk:
    reader = _upon(_vmdk_reader, file, path, opening)
    return Packaged(reader, reader.get_media_size())


Made = tuple[Any, str | None]
"""A library's reader, and the name of the parent without which it is not whole."""


def _upon(make: Callable[[Disk, str, Opening], Made], file: Disk, path: str, opening: Opening) -> Any:
    """The reader of a file, upon that of its parent where it has one, and so on down."""
    reader, name = make(file, path, opening)
    if name is None:
        return reader
    parent = opening.parent(path, name)
    with opening.below(parent):
        above = _upon(make, File(parent), parent, opening)
    _done(lambda: reader.set_parent(above))
    return reader


@contextmanager
def _extra(what: str) -> Iterator[None]:
    """Where a library is imported by its name. EvidenceError where it is not installed."""
    try:
        yield
    except ImportError as error:
        raise EvidenceError(f"reading {what} {EXTRA}") from error


def _opened(reader: Any, file: Disk) -> Any:
    _done(lambda: reader.open_file_object(Stream(file)))
    return reader


def _vhd_reader(file: Disk, _path: str, _opening: Opening) -> Made:
    with _extra("vhd and vhdx"):
        import pyvhdi
    reader = _opened(pyvhdi.file(), file)
    return reader, (reader.get_parent_filename() or "") if reader.get_parent_identifier() else None


def _vmdk_reader(file: Disk, path: str, opening: Opening) -> Made:
    with _extra("vmdk"):
        import pyvmdk
    reader = _opened(pyvmdk.handle(), file)
    extents = _extents(file, path, opening)
    _done(lambda: reader.open_extent_data_files_as_file_objects([Stream(one) for one in extents]))
    return reader, reader.get_parent_filename() or None


def _unclosed(file: Disk) -> tuple[str, ...]:
    """What is to be said of a vhdx whose log holds changes (MS-VHDX 2.2.2: the newer header's LogGuid)."""
    newest, log = -1, bytes(16)
    for at in _VHDX_HEADERS:
        head = file.read(at, 64)
        number = int.from_bytes(head[8:16], "little")
        if head[:4] == b"head" and number > newest:
            newest, log = number, head[48:64]
    return ("the vhdx was not closed: its last changes are missing",) if any(log) else ()


def parts_of(path: str) -> list[str]:
    """The names of the files beside a vmdk that hold its data; none of any other image."""
    start = File(path).read(0, 64 << 10)
    if not start.startswith(_VMDK_TEXT):
        return []
    return [name for _, name in _NAMED_EXTENT.findall(start.decode("utf-8", "replace"))]


def _extents(file: Disk, path: str, opening: Opening) -> list[Disk]:
    """The files that hold the data, as the descriptor names them; the image itself, if it is one file."""
    start = file.read(0, 64 << 10)
    if start.startswith(_VMDK):
        return [file]
    named = _NAMED_EXTENT.findall(start.decode("utf-8", "replace"))
    if not named or len(named) > _MAX_EXTENTS:
        raise EvidenceError("its descriptor names no file" if not named else "of too many files")
    return [File(opening.beside(path, name)) for _, name in named]
