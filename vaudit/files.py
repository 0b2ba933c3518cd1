"""Opens files, and nothing else; writes them whole or not at all, and never over what is no file.

Who runs as root writes into folders of others, who may plant links, pipes and devices there. So what is in
the making has no name, the folder is opened once and used by its descriptor, only a regular file is
replaced, and the new one has the owner and the mode of the old one.
"""

import errno
import os
import stat
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from itertools import islice
from typing import IO, BinaryIO

SHARED, PRIVATE = 0o666, 0o640
"""Modes of a new file, from which the umask takes: of what may be shared, and of what holds a machine as root
sees it."""
_PERMISSIONS = stat.S_IRWXU | stat.S_IRWXG | stat.S_IRWXO
_NO_FILES = {stat.S_IFLNK: "a symbolic link", stat.S_IFIFO: "a pipe", stat.S_IFSOCK: "a socket",
             stat.S_IFBLK: "a device", stat.S_IFCHR: "a device", stat.S_IFDIR: "a folder"}  # fmt: skip
_CLOEXEC: int = getattr(os, "O_CLOEXEC", 0)
_O_TMPFILE: int | None = getattr(os, "O_TMPFILE", None)
_NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL
for _flag in ("O_CLOEXEC", "O_NOFOLLOW", "O_BINARY", "O_NOINHERIT"):
    _NEW |= getattr(os, _flag, 0)
_READING = os.O_RDONLY
for _flag in ("O_CLOEXEC", "O_NONBLOCK", "O_NOCTTY", "O_BINARY", "O_NOINHERIT"):
    _READING |= getattr(os, _flag, 0)
_FOLDER = getattr(os, "O_PATH", os.O_RDONLY) | getattr(os, "O_DIRECTORY", 0) | _CLOEXEC
_ENCODING = {"encoding": "utf-8", "errors": "replace", "newline": "\n"}

_PREFIX = ".vaudit-"
"""How the names begin that a file has for the time of two calls."""
_LEFT = 3600
"""Seconds after which nobody writes to such a file any more."""
_MOST_NAMES = 10_000
"""Names of a folder that are looked at for such files."""


class Draft:
    """A file in the making, which has no name: `keep` puts it into its place, `drop` removes it.

    All but `drop` raise OSError when the folder refuses, or where something lies in its place that is not to
    be replaced. Nothing is made before the first `write`, and nothing is left, whatever ends the process. A
    new file gets `mode`, without what the umask takes.
    """

    def __init__(self, path: str | os.PathLike[str], mode: int = SHARED) -> None:
        self._parent, self._name = os.path.split(os.fspath(path))
        self._mode = mode
        self._folder: int | None = None
        self._file: IO[str] | None = None
        self._has_link = False
        """Whether the system can give it a name later; else it is copied."""

    def write(self, text: str) -> None:
        (self._file or self._begun()).write(text)

    def keep(self) -> None:
        """Puts it in its place, all of it on the disk; a draft that was never written to is nothing."""
        if self._file is None:
            return
        self._file.flush()
        os.fsync(self._file.fileno())
        with _unstopped():  # it has a name that is not its own for the time of two calls
            self._put(self._file.fileno(), self._old())
        self.drop()

    def drop(self) -> None:
        """Leaves nothing behind; what was kept stays."""
        file, folder, self._file, self._folder = self._file, self._folder, None, None
        if file is not None:
            with suppress(OSError):  # of a full disk: what is closed is not wanted, or is kept already
                file.close()
        if folder is not None:
            os.close(folder)

    def _begun(self) -> IO[str]:
        if os.open in os.supports_dir_fd:
            self._folder = os.open(self._parent or ".", _FOLDER)
        self._old()
        handle = self._nameless()
        self._has_link = handle is not None
        self._file = _spool(self._parent or ".") if handle is None else _text(handle)
        return self._file

    def _nameless(self) -> int | None:
        """A file that can be given a name (open(2), O_TMPFILE); None where the system has none."""
        if _O_TMPFILE is None:
            return None
        try:
            handle = os.open(".", _O_TMPFILE | os.O_RDWR | _CLOEXEC, self._mode, dir_fd=self._folder)
        except OSError:  # the file system has none; or another cause, which the second way will name
            return None
        if os.path.exists(f"/proc/self/fd/{handle}"):
            return handle
        os.close(handle)
        return None

    def _old(self) -> os.stat_result | None:
        """The file in its place; None where there is none. OSError where it is not to be replaced."""
        try:
            found = os.stat(self._at(self._name), dir_fd=self._folder, follow_symlinks=False)
        except FileNotFoundError:
            return None
        refused = _refused(found)
        if refused:
            raise OSError(errno.EEXIST, refused)
        return found

    def _put(self, handle: int, old: os.stat_result | None) -> None:
        if self._has_link:
            _like(handle, old)
            if old is None and self._linked(handle, self._name):
                return
        name = f"{_PREFIX}{os.urandom(12).hex()}"
        try:
            if not (self._has_link and self._linked(handle, name)):
                self._copied(handle, name, old)
            between = {} if self._folder is None else {"src_dir_fd": self._folder, "dst_dir_fd": self._folder}
            os.replace(self._at(name), self._at(self._name), **between)
            self._clear()
        except BaseException:
            with suppress(OSError):
                os.unlink(self._at(name), dir_fd=self._folder)
            raise

    def _clear(self) -> None:
        """Removes what processes of this user left here that were killed between two calls."""
        with suppress(OSError), os.scandir(self._parent or ".") as found:
            for entry in islice(found, _MOST_NAMES):
                at = self._at(entry.name)
                if _is_draft(entry.name) and _is_left(
                    os.stat(at, dir_fd=self._folder, follow_symlinks=False)
                ):
                    os.unlink(at, dir_fd=self._folder)

    def _linked(self, handle: int, name: str) -> bool:
        """Gives it a name; whether that was free."""
        try:
            os.link(f"/proc/self/fd/{handle}", name, dst_dir_fd=self._folder)
        except FileExistsError:
            return False
        return True

    def _copied(self, handle: int, name: str, old: os.stat_result | None) -> None:
        copy = os.open(self._at(name), _NEW, self._mode if old is None else 0o600, dir_fd=self._folder)
        try:
            _like(copy, old)
            os.lseek(handle, 0, os.SEEK_SET)
            while piece := os.read(handle, 1 << 20):
                while piece:
                    piece = piece[os.write(copy, piece) :]
            os.fsync(copy)
        finally:
            os.close(copy)

    def _at(self, name: str) -> str:
        return name if self._folder is not None else os.path.join(self._parent, name)


def save(path: str | os.PathLike[str], text: str, mode: int = SHARED) -> None:
    """Writes a file whole. OSError when the folder refuses, or what lies there is no file of this user; all
    is then as it was."""
    draft = Draft(path, mode)
    try:
        draft.write(text)
        draft.keep()
    finally:
        draft.drop()


def writable(path: str | os.PathLike[str]) -> str:
    """Why a file could not be written there; empty when it could."""
    folder = os.path.dirname(path) or "."
    if os.path.isdir(path):
        return f"{path}: is a folder; name a file"
    if not os.path.isdir(folder):
        return f"{path}: the folder {folder} does not exist"
    if not os.access(folder, os.W_OK | os.X_OK):
        return f"{path}: the folder {folder} may not be written to by this user"
    try:
        refused = _refused(os.lstat(path))
    except OSError:
        return ""
    leads = f" to {os.path.realpath(path)}: name that" if refused and os.path.islink(path) else ""
    return f"{path}: {refused}{leads}" if refused else ""


def opened(path: str | os.PathLike[str]) -> BinaryIO:
    """A regular file for reading. OSError where there is none: a pipe or a device is neither opened, which
    may do something, nor waited for."""
    _refuse_other_than_files(os.stat(path))
    handle = os.open(path, _READING)
    try:
        _refuse_other_than_files(os.fstat(handle))
        return os.fdopen(handle, "rb")
    except BaseException:
        os.close(handle)
        raise


def beginning(path: str | os.PathLike[str], most: int) -> bytes:
    """At most so many bytes of a regular file. OSError where it cannot be read, or would have to be waited
    for, as what the kernel has yet to say."""
    with opened(path) as file:
        found: bytes | None = file.read(most)
    if found is None:
        raise OSError(errno.EAGAIN, "it gives nothing now, and is not waited for")
    return found


def _refuse_other_than_files(found: os.stat_result) -> None:
    if not stat.S_ISREG(found.st_mode):
        raise OSError(errno.EINVAL, f"it is {_NO_FILES.get(stat.S_IFMT(found.st_mode), 'something else')}")


def _user() -> int | None:
    return os.geteuid() if hasattr(os, "geteuid") else None


def _refused(old: os.stat_result) -> str:
    """Why what lies in the place of a file is not replaced; empty for a file that is."""
    what = _NO_FILES.get(stat.S_IFMT(old.st_mode))
    if what:
        return f"is {what}, which is neither followed nor replaced"
    if _user() not in (None, 0, old.st_uid):
        return "belongs to another user, whose it would not stay"
    return ""


def _like(handle: int, old: os.stat_result | None) -> None:
    """Gives a new file the owner, the group and the permissions of the one that it replaces."""
    if old is None or _user() is None:
        return
    new = os.fstat(handle)
    if (new.st_uid, new.st_gid) != (old.st_uid, old.st_gid):
        os.fchown(handle, old.st_uid, old.st_gid)
    if new.st_mode & _PERMISSIONS != old.st_mode & _PERMISSIONS:
        os.fchmod(handle, old.st_mode & _PERMISSIONS)


def _is_draft(name: str) -> bool:
    """Whether a file is called as those that have a name for the time of two calls."""
    drawn = name.removeprefix(_PREFIX)
    return (
        drawn != name and len(drawn) in (8, 24) and not drawn.strip("abcdefghijklmnopqrstuvwxyz0123456789_")
    )


def _is_left(found: os.stat_result) -> bool:
    """Whether nobody writes to it any more, and it is this user's."""
    age = time.time() - found.st_mtime
    return stat.S_ISREG(found.st_mode) and found.st_nlink == 1 and _user() == found.st_uid and age > _LEFT


def _text(handle: int) -> IO[str]:
    return os.fdopen(handle, "w", **_ENCODING)  # type: ignore[call-overload,no-any-return]


def _spool(folder: str) -> IO[str]:
    """A file in the folder that has a name for the time of two calls, which nobody can foresee."""
    from tempfile import TemporaryFile

    with _unstopped():
        return TemporaryFile("w+", prefix=_PREFIX, dir=folder, **_ENCODING)  # type: ignore[call-overload,no-any-return]


@contextmanager
def _unstopped() -> Iterator[None]:
    """Inside, the signals that end a process in good order wait."""
    import signal

    block = getattr(signal, "pthread_sigmask", None)
    if block is None:
        yield
        return
    ending = {signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT}
    before = block(signal.SIG_BLOCK, ending)
    try:
        yield
    finally:
        block(signal.SIG_SETMASK, before)
