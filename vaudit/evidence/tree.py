"""A tree of files held in a folder, a tar or a zip: read without unpacking anything onto the disk.

Archives are hostile: no member is written anywhere, names cannot leave the tree, devices and pipes are left
out, and the number of members, the bytes unpacked and the bytes kept are bounded.
"""

import bz2
import gzip
import lzma
import os
import posixpath
import stat
import tarfile
import time
import zipfile
import zlib
from collections.abc import Callable
from contextlib import suppress
from typing import IO, Any, BinaryIO

from vaudit import files
from vaudit.evidence.dump import MAX_DUMP
from vaudit.evidence.errors import EvidenceError
from vaudit.evidence.secret import is_secret
from vaudit.evidence.source import MAX_GROWN, Cut, decodable, most, whole_or_cut

MAX_MEMBERS = 150_000
"""Files, links and folders."""
MAX_UNPACKED = 512 << 20
"""Bytes that an archive may unpack to."""
MAX_UNPACKING = 7.0
"""Seconds of processor time in which an archive is unpacked."""
MAX_KEPT = 128 << 20
"""Bytes of files, names and links that are kept in memory."""
MAX_PATH = 4096
"""Characters of a name with its folders, and of what a link holds (PATH_MAX); longer ones are left out."""
MAX_HEADERS = 64 << 10
"""Bytes of what a tar says of one member besides its header."""
MAX_DIRECTORY = 8 << 20
"""Bytes of the directory at the end of a zip."""
MAX_MEMORY = 80 << 20
"""Bytes that unpacking xz may take; `xz -9` needs 65 MiB (xz(1))."""
_OPEN = os.O_RDONLY
for _flag in ("O_NOFOLLOW", "O_NONBLOCK", "O_CLOEXEC", "O_BINARY", "O_NOINHERIT"):
    _OPEN |= getattr(os, _flag, 0)
"""How a real file is opened: as it is, without waiting, whatever of that the system has."""
_MAX_LINKS = 40
"""As many links as Linux follows in one path (MAXSYMLINKS, include/linux/namei.h)."""
_MAX_STEPS = 400
"""Names on the way from a path to where all its links lead."""
_BROKEN = (
    tarfile.TarError,
    zipfile.BadZipFile,
    lzma.LZMAError,
    zlib.error,
    EOFError,
    OSError,
    ValueError,
    NotImplementedError,  # zip: a compression that is not known
    RuntimeError,  # zip: encrypted; headers of headers without end
    MemoryError,
)


def _gunzipped(file: BinaryIO) -> IO[bytes]:
    return gzip.GzipFile(fileobj=file)  # type: ignore[return-value]


class _Xz:
    """Unpacks xz in bounded memory, which lzma.LZMAFile cannot: a file may ask for 4 GiB."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._unpacker = lzma.LZMADecompressor(lzma.FORMAT_XZ, MAX_MEMORY)

    def read(self, size: int) -> bytes:
        """At most `size` bytes; none at the end. EOFError where the file is cut."""
        while True:
            packed = b""
            if self._unpacker.eof:
                packed = self._next_stream()
                if not packed:
                    return b""
                self._unpacker = lzma.LZMADecompressor(lzma.FORMAT_XZ, MAX_MEMORY)
            elif self._unpacker.needs_input:
                packed = self._file.read(_PIECE)
                if not packed:
                    raise EOFError("it is cut")
            if data := self._unpacker.decompress(packed, size):
                return data

    def _next_stream(self) -> bytes:
        """The beginning of a further stream, behind what may lie between two; empty where there is none."""
        packed = self._unpacker.unused_data.lstrip(b"\0")
        while not packed and (piece := self._file.read(_PIECE)):
            packed = piece.lstrip(b"\0")
        return packed


_PIECE = 64 << 10
_READERS: dict[bytes, Any] = {b"\x1f\x8b": _gunzipped, b"\xfd7zXZ\0": _Xz, b"BZh": bz2.BZ2File}


class Tree:
    """Files, links and folders by their absolute path inside the tree (`/proc/cpuinfo`)."""

    def __init__(self) -> None:
        self.files: dict[str, bytes | Cut | str] = {}
        """Content, or the path of the real file that holds it."""
        self.links: dict[str, str] = {}
        self.folders: dict[str, set[str]] = {"/": set()}
        self._members = 0
        self._kept = 0

    def add_folder(self, path: str) -> None:
        """The folder and those above it. EvidenceError where there is too much in all."""
        missing = []
        while path not in self.folders:
            missing.append(path)
            path = posixpath.dirname(path)
        for one in reversed(missing):
            self._count(len(one))
            self.folders[one] = set()
            above, name = posixpath.split(one)
            self.folders[above].add(name)

    def add_file(self, path: str, content: bytes | Cut | str) -> None:
        """A file with its content, or with the real path that holds it."""
        data = b"" if isinstance(content, str) else content.data if isinstance(content, Cut) else content
        self._place(path, len(data))
        self.files[path] = content

    def add_link(self, path: str, target: str) -> None:
        if len(target) <= MAX_PATH:
            self._place(path, len(target))
            self.links[path] = target

    def _place(self, path: str, size: int) -> None:
        parent, name = posixpath.split(path)
        self.add_folder(parent)
        self.folders[parent].add(name)
        self._count(len(path) + size)

    def _count(self, size: int) -> None:
        self._members += 1
        self._kept += size
        if self._members > MAX_MEMBERS:
            raise EvidenceError(f"more than {MAX_MEMBERS} files and folders: not a record of machines")
        if self._kept > MAX_KEPT:
            raise EvidenceError(f"holds more than {MAX_KEPT >> 20} MiB of files: not a record of machines")

    def content(self, path: str) -> bytes:
        """A file's content, or its beginning. OSError when its real file cannot be read."""
        found = self.part(path)
        data = found.data if isinstance(found, Cut) else found
        return data if isinstance(data, bytes) else b""

    def part(self, path: str) -> bytes | Cut:
        """A file, and whether it is cut. OSError when its real file cannot be read."""
        found = self.files[path]
        if not isinstance(found, str):
            return found
        handle = os.open(found, _OPEN)
        with os.fdopen(handle, "rb") as file:
            return _kept(path, file)

    def resolve(self, path: str, root: str) -> str | None:
        """The path with links in its folders followed, never leaving `root`; its last part is left alone."""
        parent, name = posixpath.split(path)
        if parent in self.folders:
            return path
        real = self.follow(parent, root)
        return None if real is None else posixpath.join(real, name)

    def follow(self, path: str, root: str) -> str | None:
        """The path with all links followed, never leaving `root`; None when it leads nowhere."""
        parts, real, links = path[len(root) :].split("/")[::-1], root, 0
        for _ in range(_MAX_STEPS):
            if not parts:
                return real
            part = parts.pop()
            if part in ("", "."):
                continue
            if part == "..":
                real = posixpath.dirname(real) if len(real) > len(root) else root
                continue
            here = f"{real.rstrip('/')}/{part}"
            if here in self.links:
                links += 1
                if links > _MAX_LINKS:
                    return None
                target = self.links[here]
                real = root if target.startswith("/") else real
                parts += target.split("/")[::-1]
            elif here in self.files or here in self.folders:
                real = here
            else:
                return None
        return None


_HIVES = tuple(f"/{name}{end}" for name in ("system", "software") for end in
               ("", ".log", ".log1", ".log2", ".xz", ".log1.xz", ".log2.xz", ".hiv", ".hive"))  # fmt: skip
"""How the paths of a registry's hives and their logs end, in lower case."""


def _limit(path: str) -> int:
    """Bytes that are kept of a file: of what a program wrote, which lies at the top or among commands, more
    than of a file of the system's; of a whole machine's record most."""
    if path.lower().endswith((".vdump", ".reg", *_HIVES)):
        return MAX_DUMP
    return MAX_GROWN if path.count("/") == 1 or "/commands/" in path else most(path)


def _kept(path: str, file: IO[bytes]) -> bytes | Cut:
    limit = _limit(path)
    # what has nothing to say yet (/proc/kmsg) gives None
    return whole_or_cut(file.read(limit + 1) or b"", limit)


def from_folder(path: str, wanted: Callable[[str], bool] = lambda _path: True) -> Tree:
    """The files below a folder. `wanted` says of a folder's path in the tree whether to go into it.

    EvidenceError when there are too many of them.
    """
    try:
        return _walked(path, wanted)
    except EvidenceError as error:
        raise EvidenceError(f"{path}: {error}") from error


def _walked(path: str, wanted: Callable[[str], bool]) -> Tree:
    tree = Tree()
    pending = [("/", path)]
    while pending:
        inside, outside = pending.pop()
        try:
            entries = list(os.scandir(outside))
        except OSError:
            continue  # a folder that may not be read holds nothing for us
        for entry in entries:
            name = posixpath.join(inside, decodable(entry.name))
            with suppress(OSError):  # it vanished meanwhile, as processes do in /proc
                if _added(tree, name, entry) and wanted(name):
                    pending.append((name, entry.path))
    return tree


def _added(tree: Tree, name: str, entry: "os.DirEntry[str]") -> bool:
    """Adds what a folder holds under its path in the tree; whether that is a folder."""
    if entry.is_symlink():
        tree.add_link(name, decodable(os.readlink(entry.path)))
    elif entry.is_dir():
        tree.add_folder(name)
        return True
    elif entry.is_file() and not is_secret(name):
        tree.add_file(name, entry.path)
    return False


def from_archive(path: str) -> Tree:
    """The files in a tar, compressed or not, or in a zip. EvidenceError when it is broken or too large."""
    try:
        with files.opened(path) as file:
            start = file.read(6)
            file.seek(0)
            if start.startswith(b"PK"):
                return _from_zip(file)
            reader = next((one for magic, one in _READERS.items() if start.startswith(magic)), None)
            packed = file if reader is None else reader(file)
            return _from_tar(_Bounded(packed))
    except EvidenceError as error:
        raise EvidenceError(f"{path}: {error}") from error
    except _BROKEN as error:
        raise EvidenceError(
            f"{path}: not a readable archive: {str(error) or type(error).__name__}"
        ) from error


_MOST_EMPTY = 16
"""Times that one may ask for more at the end of an archive: tarfile does so two or three times."""


class _Bounded:
    """A reader that gives up before an archive has unpacked to more than MAX_UNPACKED bytes or has taken more
    than MAX_UNPACKING: bzip2 and xz give some 15 MB/s where little repeats."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self._left = MAX_UNPACKED
        self._until = time.process_time() + MAX_UNPACKING
        self._empty = 0

    def read(self, size: int) -> bytes:
        """At most `size` bytes; none at the end. EOFError where much more is asked for than there is."""
        data = self._file.read(size)
        self._empty += not data
        if self._empty > _MOST_EMPTY:  # tarfile passes over what a member is said to hold, if it is 8 EiB
            raise EOFError("it is cut")
        self._left -= len(data)
        if time.process_time() > self._until:
            raise EvidenceError(
                f"takes more than {MAX_UNPACKING:g} s to unpack: unpack what is of use, and name that folder"
            )
        if self._left < 0:
            raise EvidenceError(f"unpacks to more than {MAX_UNPACKED >> 20} MiB: not a record of machines")
        return data


class _Member(tarfile.TarInfo):
    """A member whose names and attributes take no more than a member of a real archive's."""

    def _proc_member(self, archive: Any) -> Any:
        if self.type in _HEADERS and self.size > MAX_HEADERS:
            raise EvidenceError("says too much of one file: not a record of machines")
        if len(archive.pax_headers) > _MAX_GLOBAL:
            raise EvidenceError("says too much of all files: not a record of machines")
        return super()._proc_member(archive)  # type: ignore[misc]


_HEADERS = (
    tarfile.XHDTYPE,
    tarfile.XGLTYPE,
    tarfile.SOLARIS_XHDTYPE,
    tarfile.GNUTYPE_LONGNAME,
    tarfile.GNUTYPE_LONGLINK,
)
"""What a tar may say before a member, of any length."""
_MAX_GLOBAL = 100


def _from_tar(file: _Bounded) -> Tree:
    tree = Tree()
    with tarfile.open(fileobj=file, mode="r|", errorlevel=0, tarinfo=_Member) as archive:  # type: ignore[call-overload]
        for member in archive:
            archive.members = []  # a stream keeps every header else
            if len(member.name) > MAX_PATH:
                continue
            name = _inside(member.name)
            if is_secret(name):
                continue
            if member.isdir():
                tree.add_folder(name)
            elif member.issym():
                tree.add_link(name, decodable(member.linkname))
            elif member.islnk():
                tree.add_link(name, _inside(member.linkname))
            elif member.isfile() and (content := archive.extractfile(member)):
                tree.add_file(name, _kept(name, content))
    file.read(_PIECE)  # a cut is noticed only behind the last member
    return tree


def _from_zip(file: BinaryIO) -> Tree:
    tree = Tree()
    if _directory_size(file) > MAX_DIRECTORY:
        raise EvidenceError("holds too many files: not a record of machines")
    with zipfile.ZipFile(file) as archive:
        for info in archive.infolist():
            if len(info.filename) > MAX_PATH:
                continue
            name = _inside(info.filename)
            if is_secret(name):
                continue
            if info.is_dir():
                tree.add_folder(name)
                continue
            if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
                raise NotImplementedError(f"{name[1:80]} is packed by a method that is not read")
            with archive.open(info) as content:
                data = _kept(name, content)
            if stat.S_ISLNK(info.external_attr >> 16) and isinstance(data, bytes):
                tree.add_link(name, decodable(os.fsdecode(data)))
            else:
                tree.add_file(name, data)
    return tree


def _directory_size(file: BinaryIO) -> int:
    """Bytes of the directory of a zip, by the records at its end (APPNOTE.TXT, 4.3.14 to 4.3.16): zipfile
    reads it at once, however long it is."""
    length = file.seek(0, os.SEEK_END)
    file.seek(max(0, length - _END))
    tail = file.read()
    at = tail.rfind(b"PK\5\6")
    locator, record = tail[max(0, at - 20) : max(0, at)], tail[max(0, at - 76) : max(0, at - 20)]
    large = int.from_bytes(record[40:48], "little") if locator.startswith(b"PK\6\7") else 0
    return max(int.from_bytes(tail[at + 12 : at + 16], "little") if at >= 0 else 0, large)


_END = (1 << 16) + 22 + 76
"""Bytes at the end of a zip among which the records about its directory are."""


def _inside(name: str) -> str:
    """A member's name as a path that cannot leave the tree."""
    return posixpath.normpath("/" + decodable(name).replace("\0", "").lstrip("/"))
