"""Writes cpio archives as the kernel unpacks them: driver-api/early-userspace/buffer-format.rst."""

import os
import stat
from pathlib import Path
from typing import BinaryIO

from typing_extensions import Self


class Cpio:
    """An archive in the `newc` format, written to an open file. Everything in it belongs to root."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._inode = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._entry("TRAILER!!!", 0, b"")

    def folder(self, name: str) -> None:
        self._entry(name, stat.S_IFDIR | 0o755, b"")

    def file(self, name: str, mode: int, data: bytes) -> None:
        self._entry(name, stat.S_IFREG | mode, data)

    def tree(self, root: Path, below: str) -> None:
        """A folder with all that it holds, links as links; `below` is where it goes."""
        parents = [str(one) for one in reversed(Path(below).parents)] if below else []
        for name in [*parents[1:], below]:
            if name:
                self.folder(name)
        for folder, names, files in os.walk(root):
            for name in sorted(names + files):
                path = Path(folder) / name
                self._add(path, str(Path(below) / path.relative_to(root)))

    def _add(self, path: Path, name: str) -> None:
        mode = path.lstat().st_mode
        if stat.S_ISLNK(mode):
            self._entry(name, mode, os.readlink(path).encode())
        elif stat.S_ISDIR(mode):
            self._entry(name, mode, b"")
        elif stat.S_ISREG(mode):
            self._entry(name, mode, path.read_bytes())

    def _entry(self, name: str, mode: int, data: bytes) -> None:
        self._inode += 1
        text = name.encode() + b"\0"
        fields = (self._inode, mode, 0, 0, 1, 0, len(data), 0, 0, 0, 0, len(text), 0)
        header = b"070701" + b"".join(b"%08X" % field for field in fields)
        for part in (header + text, data):
            self._file.write(part + bytes(-len(part) % 4))
