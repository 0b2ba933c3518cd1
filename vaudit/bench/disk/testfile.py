"""What is measured, opened: a test file that cannot stay behind, or a raw device."""

import contextlib
import errno
import os
from collections.abc import Iterator

from vaudit.bench.disk.guardian import guarded
from vaudit.bench.system.buffers import page_aligned
from vaudit.bench.system.errors import BenchError, sentence
from vaudit.bench.units import BLOCK

NO_INODES = "no inodes are left (df -i): no file can be made, though there is space"


def no_inodes(room: os.statvfs_result) -> bool:
    """Whether a file system counts its files, and can hold no further one of this user."""
    return room.f_files > 0 and room.f_favail == 0


@contextlib.contextmanager
def opened(path: str, raw: bool) -> Iterator[int]:
    """What is to be measured: a new nameless file in a folder, or a raw device for reading only.

    Raises BenchError when it cannot be opened. All that was made is gone afterwards.
    """
    with opened_device(path) if raw else nameless_file(path) as fd:
        yield fd


@contextlib.contextmanager
def _saying(doing: str) -> Iterator[None]:
    """What the kernel refuses inside becomes a BenchError of one sentence."""
    try:
        yield
    except OSError as error:
        raise BenchError(sentence(error, doing)) from None


@contextlib.contextmanager
def opened_device(path: str) -> Iterator[int]:
    """A block device, for reading only. Raises BenchError."""
    # never with O_RDWR: not even a mistake further on can write to it
    with _saying(f"opening {path}"):
        fd = os.open(path, os.O_RDONLY | os.O_DIRECT | os.O_CLOEXEC)
    try:
        yield fd
    finally:
        os.close(fd)


@contextlib.contextmanager
def nameless_file(folder: str) -> Iterator[int]:
    """A new file to read and write that vanishes with its descriptor, opened for direct I/O if it can be.

    O_TMPFILE (open(2)) where the file system has it, so that not even SIGKILL leaves anything; else a file
    in a private folder that is unlinked at once; else, where an unlinked file cannot be flushed (gocryptfs),
    one that keeps its name and has a guardian. Where direct I/O is refused (mergerfs, unionfs) it is opened
    without, see `is_direct`. Raises BenchError when no way works.
    """
    try:
        fd = os.open(folder, os.O_TMPFILE | os.O_RDWR | os.O_DIRECT | os.O_CLOEXEC, 0o600)
    except OSError:  # not supported by this file system, or another cause, which the next way will name
        with _file_of_a_kind(folder) as fd:
            yield fd
        return
    try:
        yield fd
    finally:
        os.close(fd)


def is_direct(fd: int) -> bool:
    """Whether an open file is read and written past this machine's cache, as far as its flags say."""
    import fcntl  # which other systems lack

    return bool(fcntl.fcntl(fd, fcntl.F_GETFL) & os.O_DIRECT)


_DIRECT = getattr(os, "O_DIRECT", 0)  # which other systems lack
_KINDS = ((_DIRECT, False), (_DIRECT, True), (0, False), (0, True))
"""How a file is opened, and whether it keeps its name: the first that works."""
_OTHER_KIND = (errno.EINVAL, errno.EOPNOTSUPP, errno.ENOENT, errno.ESTALE, errno.EBADF, errno.ENOSYS)
"""What another kind of file may cure: refused flags, and files that are not found again once unlinked."""


@contextlib.contextmanager
def _file_of_a_kind(folder: str) -> Iterator[int]:
    """A file of the first kind that can be written and flushed. Raises BenchError."""
    # a kind is tried by a file of its own: what holds several at once may be interrupted between two steps
    with _file(folder, *_kind(folder)) as fd:
        yield fd


def _kind(folder: str) -> tuple[int, bool]:
    for kind in _KINDS:
        try:
            with _file(folder, *kind) as fd:
                _try(fd)
        except OSError as error:
            if error.errno not in _OTHER_KIND or kind == _KINDS[-1]:
                doing = f"making a test file in {folder}"
                raise BenchError(_full(folder, error, doing) or sentence(error, doing)) from None
        else:
            return kind
    raise AssertionError("the last kind either works or is refused")


def _try(fd: int) -> None:
    """Write a page and flush it. Raises OSError."""
    with contextlib.closing(page_aligned(BLOCK, fresh=True)) as page:
        os.pwritev(fd, [page], 0)
    os.fdatasync(fd)
    os.ftruncate(fd, 0)


def _full(folder: str, error: OSError, doing: str) -> str:
    """What ENOSPC means where bytes are left."""
    room = os.statvfs(folder) if error.errno == errno.ENOSPC else None
    return f"{doing} failed: {NO_INODES}" if room and no_inodes(room) else ""


@contextlib.contextmanager
def _file(folder: str, direct: int, named: bool) -> Iterator[int]:
    """A file in a private folder; if not `named` both are gone as soon as it is open. Raises OSError.

    NFS and FUSE keep an unlinked open file under another name (.nfs…, .fuse_hidden…) until it is closed.
    Names are known before anything bears them, so that a signal between any two steps leaves nothing.
    """
    private = os.path.join(folder, f".vaudit-{os.urandom(8).hex()}")
    path, fd = os.path.join(private, "test"), None
    with guarded(path, private) if named else contextlib.nullcontext():
        try:
            os.mkdir(private, 0o700)
            fd = os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR | os.O_CLOEXEC | direct, 0o600)
            if not named:
                os.unlink(path)
                _remove(private)
            yield fd
        finally:
            if fd is not None:
                os.close(fd)
            with contextlib.suppress(OSError):
                os.unlink(path)  # some file systems create it before they refuse O_DIRECT
            _remove(private)


def _remove(folder: str) -> None:
    with contextlib.suppress(OSError):
        os.rmdir(folder)
