"""Writes files whole or not at all."""

import os
from _thread import get_ident  # what threading offers, without its import
from contextlib import suppress
from typing import IO

SHARED, PRIVATE = 0o666, 0o640
"""Modes of a new file, from which the umask takes: of what may be shared, and of what holds a machine as root
sees it."""


class Draft:
    """A file in the making, under a temporary name beside its place: `keep` puts it there, `drop` removes it.

    All but `drop` raise OSError when the folder refuses. Nothing is made before the first `write`. A new file
    gets `mode`, without what the umask takes.
    """

    def __init__(self, path: str | os.PathLike[str], mode: int = SHARED) -> None:
        self._path, self._mode = path, mode
        folder, name = os.path.split(path)
        self._temporary = os.path.join(folder, f".{name}.{os.getpid()}-{get_ident()}.tmp")
        self._file: IO[str] | None = None

    def write(self, text: str) -> None:
        if self._file is None:
            self._file = open(  # noqa: SIM115
                self._temporary, "w", encoding="utf-8", newline="\n", opener=self._opened
            )
        self._file.write(text)

    def _opened(self, path: str, flags: int) -> int:
        return os.open(path, flags, self._mode)

    def keep(self) -> None:
        """Puts it in its place, all of it on the disk; a draft that was never written to is nothing."""
        if self._file is None:
            return
        self._file.flush()
        os.fsync(self._file.fileno())
        self._file.close()
        os.replace(self._temporary, self._path)
        self._file = None

    def drop(self) -> None:
        """Leaves nothing behind; what was kept stays."""
        if self._file is not None:
            with suppress(OSError):
                self._file.close()
            with suppress(FileNotFoundError):
                os.unlink(self._temporary)
            self._file = None


def save(path: str | os.PathLike[str], text: str, mode: int = SHARED) -> None:
    """Writes a file whole. OSError when the folder refuses; the file is then as it was."""
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
    return ""
