"""Writes files whole or not at all."""

import os
from contextlib import suppress


def save(path: str | os.PathLike[str], text: str) -> None:
    """Writes `text` to a temporary name beside `path`, then renames it. OSError when the folder refuses.

    Lines end in LF everywhere: a record or report is the same file on every system.
    """
    folder, name = os.path.split(path)
    temporary = os.path.join(folder, f".{name}.{os.getpid()}.tmp")
    try:
        with open(temporary, "w", encoding="utf-8", newline="\n") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, path)
    finally:
        with suppress(FileNotFoundError):
            os.unlink(temporary)


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
