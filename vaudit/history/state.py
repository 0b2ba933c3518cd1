"""The folder in which vaudit keeps what it found, and the plain files in it that others read.

    salt          the secret by which the excerpts of kept reports are masked (mode 0600)
    lock          held by a scan that measures, with its process id in it
    last.json     the newest report, whole or not there at all (mode 0640)
    history.db    all kept reports (vaudit/history/store.py)

A database that is being written cannot be read by a user who may not write to its folder; last.json can.
"""

import errno
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from vaudit import files
from vaudit.model.report import Report
from vaudit.model.versions import MAX_REPORT, VersionError, read_report

LAST, SALT, LOCK, DATABASE = "last.json", "salt", "lock", "history.db"
SYSTEM = "/var/lib/vaudit"
FOLDER_MODE = 0o750
"""Of the folder where vaudit makes it: its group may read what is in there."""
_SECRET_MODE = 0o600
_SALT_BYTES = 32
_PAUSE = 0.1
"""Seconds between two looks at a lock that somebody else has."""


class StateError(Exception):
    """What is kept cannot be used. The message is one line: where, and why."""


class Missing(StateError):
    """Nothing was kept there yet."""

    @classmethod
    def all(cls, path: str) -> "Missing":
        """Of every report."""
        return cls(f"{path}: no report was kept yet: vaudit scan --keep does")


class Busy(StateError):
    """Another process measures now."""


def folder(given: str = "") -> str:
    """Where reports are kept: the folder that is given (--state, or `state` of the configuration), else that
    of the system for root, and the user's own for everybody else (XDG Base Directory Specification)."""
    if given:
        return given
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        return SYSTEM
    home = os.environ.get("XDG_STATE_HOME", "")
    if not os.path.isabs(home):  # which the specification ignores
        home = os.path.expanduser("~/.local/state")
    return os.path.join(home, "vaudit")


def made(where: str) -> str:
    """The folder, which is there now. Raises StateError."""
    try:
        os.makedirs(where, FOLDER_MODE, exist_ok=True)
    except OSError as error:
        raise StateError(f"{where}: cannot be made: {error.strerror}") from error
    return where


def last_report(where: str) -> Report:
    """The newest report that was kept in a folder. Raises Missing where there is none, and StateError where
    it cannot be read or is none."""
    path = os.path.join(where, LAST)
    try:
        data = files.beginning(path, MAX_REPORT + 1)
    except (FileNotFoundError, NotADirectoryError):
        raise Missing.all(path) from None
    except OSError as error:
        raise StateError(f"{path}: cannot be read: {error.strerror}") from error
    try:
        return read_report(data, path)
    except VersionError as error:
        raise StateError(str(error)) from error


def write_last(where: str, data: bytes) -> None:
    """Puts the newest report, as JSON, in its place. Raises StateError."""
    put(os.path.join(where, LAST), data.decode() + "\n")


def put(path: str, text: str) -> None:
    """Writes a file that the folder's group may read, whole. Raises StateError."""
    try:
        files.save(path, text, files.PRIVATE)
    except OSError as error:
        raise StateError(f"{path}: cannot be written: {error.strerror}") from error


def secret(where: str) -> bytes:
    """The salt of a folder, made at the first use. Raises StateError."""
    path = os.path.join(where, SALT)
    try:
        found = _salt(path)
        if not found:
            files.save(path, os.urandom(_SALT_BYTES).hex() + "\n", _SECRET_MODE)
            found = _salt(path)  # another scan may have been faster
    except OSError as error:
        raise StateError(f"{path}: cannot be used: {error.strerror}") from error
    if not found:
        raise StateError(f"{path}: holds no salt")
    return found


def _salt(path: str) -> bytes:
    """What is in the file; nothing where there is none, or one that is no salt."""
    try:
        text = files.beginning(path, 4 * _SALT_BYTES).strip()
        return bytes.fromhex(text.decode("ascii")) if len(text) == 2 * _SALT_BYTES else b""
    except (FileNotFoundError, ValueError):
        return b""


@contextmanager
def measuring_alone(where: str, wait: float = 0) -> Iterator[None]:
    """Inside, no other scan of this folder measures. Raises Busy where one still does after `wait` seconds,
    and StateError where that cannot be made sure.

    The kernel lets go of the lock when its process ends, however it ends; children do not inherit it.
    """
    import fcntl

    path = os.path.join(where, LOCK)
    try:
        handle = os.open(path, os.O_RDWR | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0), _SECRET_MODE)
    except OSError as error:
        raise StateError(f"{path}: cannot be opened: {error.strerror}") from error
    try:
        until = time.monotonic() + wait
        while not _locked(fcntl, handle, path):
            if time.monotonic() >= until:
                raise Busy(_busy(handle, wait))
            time.sleep(min(_PAUSE, max(0.0, until - time.monotonic())))
        os.ftruncate(handle, 0)
        os.pwrite(handle, b"%d\n" % os.getpid(), 0)
        yield
    finally:
        os.close(handle)


def _locked(fcntl: "object", handle: int, path: str) -> bool:
    try:
        fcntl.lockf(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)  # type: ignore[attr-defined]
    except OSError as error:
        if error.errno in (errno.EACCES, errno.EAGAIN):
            return False
        raise StateError(f"{path}: cannot be locked: {error.strerror}") from error
    return True


def _busy(handle: int, wait: float) -> str:
    holder = ""
    with suppress(OSError, ValueError):
        holder = f"process {int(os.pread(handle, 20, 0))}"
    still = f"after {wait:g} s {holder or 'another vaudit'} still measures" if wait else ""
    return (still or f"{holder or 'another vaudit'} measures now") + "; --wait SECONDS waits for it"
