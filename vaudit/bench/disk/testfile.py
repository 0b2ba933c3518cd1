"""What is measured, opened for direct I/O: a test file that cannot stay behind, or a raw device."""

import contextlib
import os
from collections.abc import Iterator

from vaudit.bench.system.errors import BenchError, sentence


@contextlib.contextmanager
def opened(path: str, raw: bool) -> Iterator[int]:
    """What is to be measured: a new nameless file in a folder, or a raw device for reading only.

    Raises BenchError when it cannot be opened for direct I/O. All that was made is gone afterwards.
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
    """A new file that has no name, opened for direct reading and writing; it vanishes with its descriptor.

    O_TMPFILE (open(2)) where the file system has it, so that not even SIGKILL leaves anything; else a file
    in a private folder that is unlinked at once. Raises BenchError when direct I/O is refused.
    """
    direct = os.O_RDWR | os.O_DIRECT | os.O_CLOEXEC
    try:
        fd = os.open(folder, os.O_TMPFILE | direct, 0o600)
    except OSError:  # not supported by this file system, or another cause, which the second way will name
        fd = None
    if fd is None:
        with _unlinked_file(folder, direct) as fd:
            yield fd
        return
    try:
        yield fd
    finally:
        os.close(fd)


@contextlib.contextmanager
def _unlinked_file(folder: str, direct: int) -> Iterator[int]:
    """A file that was unlinked at once, in a private folder that is removed as soon as it can be.

    NFS and FUSE keep an unlinked open file under another name (.nfs…, .fuse_hidden…) until it is closed.
    Names are known before anything bears them, so that a signal between any two steps leaves nothing.
    """
    private = os.path.join(folder, f".vaudit-{os.urandom(8).hex()}")
    path, fd = os.path.join(private, "test"), None
    try:
        with _saying(f"creating a private folder in {folder}"):
            os.mkdir(private, 0o700)
        with _saying(f"opening a test file in {folder}"):
            fd = os.open(path, os.O_CREAT | os.O_EXCL | direct, 0o600)
        with _saying(f"unlinking the test file in {folder}"):
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
