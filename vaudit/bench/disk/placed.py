"""A folder or device that was looked at, and the room that it has for a test file."""

import os
from typing import Literal

import msgspec

from vaudit.bench.disk.recording import SMALLEST, BlockDevice
from vaudit.bench.units import MIB
from vaudit.procfs import Mount


class Place(msgspec.Struct, frozen=True):
    """A folder that was looked at."""

    folder: str
    mount: Mount | None = None
    device: BlockDevice | None = None
    total: int = 0
    """Bytes of the file system."""
    free: int = 0
    """Bytes that this user may still write."""
    refusal: str = ""
    """Why no disk benchmark may run here; empty when it may."""
    raw: bool = False
    """`folder` is a block device, which is only ever read."""
    system: Literal["", "windows", "wine"] = ""
    """Where this is not Linux."""


def refuse_folder(path: str, total: int, free: int, size: int) -> str:
    """Why a file of `size` bytes is not written there; empty where it may be."""
    if not os.access(path, os.W_OK | os.X_OK):
        return f"{path} is not writable for this user: choose another folder"
    if file_size(total, free, size) == 0:
        if size < SMALLEST:
            return f"{path} has too little space: {free // MIB} MiB are free, needed are {SMALLEST // MIB}"
        return (
            f"{path} has too little space: {free // MIB} MiB of {total // MIB} MiB are free; "
            f"needed are twice the test file ({SMALLEST // MIB} MiB or more), and 10 % stay free"
        )
    return ""


def file_size(total: int, free: int, wanted: int) -> int:
    """Bytes that the test file may have: at most half of what is free, and a tenth of all stays free.

    Whole MiB; 0 when less than SMALLEST would be left. Where less than that is wanted, so much must be free,
    and the tenth is not asked for.
    """
    if wanted < SMALLEST:  # so little fills no disk
        return wanted if free >= max(SMALLEST, 2 * wanted) else 0
    size = min(wanted, free // 2, free - total // 10)
    return size // MIB * MIB if size >= SMALLEST else 0
