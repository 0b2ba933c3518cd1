"""Writes files whole or not at all."""

import os
from pathlib import Path


def save(path: Path, text: str) -> None:
    """Writes `text` to a temporary name beside `path`, then renames it. OSError when the folder refuses."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        with temporary.open("w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


def writable(path: Path) -> str:
    """Why a file could not be written there; empty when it could."""
    folder = path.parent
    if path.is_dir():
        return f"{path}: is a folder; name a file"
    if not folder.is_dir():
        return f"{path}: the folder {folder} does not exist"
    if not os.access(folder, os.W_OK | os.X_OK):
        return f"{path}: the folder {folder} may not be written to by this user"
    return ""
