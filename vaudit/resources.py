"""Finds the data folders `checks/` and `reports/`: inside an installed package, beside it in a checkout.

An installed package also has a folder `ready/`, with what was made of them when the wheel was built. It is
used only where `made_of` shows that it was made of what is there.
"""

import os
from zlib import crc32

from vaudit import __version__

_PACKAGE = os.path.dirname(__file__)


def folder(name: str) -> str:
    """The folder `name` that belongs to this vaudit; FileNotFoundError when the installation lacks it."""
    for base in (_PACKAGE, os.path.dirname(_PACKAGE)):
        candidate = os.path.join(base, name)
        if os.path.isdir(candidate):
            return candidate
    raise FileNotFoundError(f"vaudit's data folder {name}/ is missing: reinstall vaudit")


def ready(name: str) -> str:
    """The path of what was made of the data when the wheel was built; in a checkout nothing is there."""
    return os.path.join(_PACKAGE, "ready", name)


def made_of(folder: str | os.PathLike[str], suffix: str, *more: bytes) -> bytes:
    """A checksum of vaudit's version, of the files in a folder that end with `suffix`, and of `more`."""
    found = crc32(__version__.encode())
    for part in more:
        found = crc32(part, found)
    for base, folders, files in os.walk(folder):
        folders.sort()
        for name in sorted(files):
            if name.endswith(suffix):
                found = _checksum(f"{base}/{name}", found)
    return f"{found:08x}".encode()


def _checksum(path: str, found: int) -> int:
    """Goes on with the checksum through a file."""
    handle = os.open(path, os.O_RDONLY)
    try:
        while part := os.read(handle, 1 << 14):
            found = crc32(part, found)
    finally:
        os.close(handle)
    return found
