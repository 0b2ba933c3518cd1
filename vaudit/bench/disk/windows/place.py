r"""Where a disk benchmark may run on Windows, and why not elsewhere."""

import os
from ctypes import byref, c_uint32, create_unicode_buffer
from typing import Literal

from vaudit.bench.disk.placed import Place, refuse_folder
from vaudit.bench.disk.windows.file import sector_of, volume_of
from vaudit.bench.system import win32
from vaudit.bench.system.errors import sentence
from vaudit.bench.units import BLOCK
from vaudit.procfs import Mount

_REMOTE, _OPTICAL, _MEMORY = 4, 5, 6
"""DRIVE_REMOTE, DRIVE_CDROM, DRIVE_RAMDISK."""
_READ_ONLY = 0x80000
"""FILE_READ_ONLY_VOLUME."""


def look(folder: str, size: int, consent: bool = False) -> Place:
    """Look at a folder in which a test file of `size` bytes is wanted; writes nothing and never raises.

    With `consent` a share of another machine will do.
    """
    path = os.path.abspath(os.path.expanduser(folder))
    system: Literal["windows", "wine"] = "wine" if win32.is_wine() else "windows"
    try:
        if path.startswith("\\\\") and not path.startswith("\\\\?\\") and not consent:
            return Place(path, refusal=f"{path} {_shared('of another machine')}", system=system)
        volume = volume_of(path)
        mount = _mount(volume)
        if refusal := _refuse(volume, mount, consent):
            return Place(path, mount, refusal=f"{path} {refusal}", system=system)
        if not os.path.isdir(path):
            refusal = f"{path} is not an existing folder: choose another one"
            return Place(path, mount, refusal=refusal, system=system)
        import shutil

        room = shutil.disk_usage(path)
        refusal = refuse_folder(path, room.total, room.free, size)
        if not refusal and sector_of(path) > BLOCK:
            refusal = f"{path} lies on a disk with sectors of more than {BLOCK} bytes, which are not measured"
        return Place(path, mount, None, room.total, room.free, refusal, system=system)
    except OSError as error:
        return Place(path, refusal=sentence(error, f"looking at {path}"), system=system)


def _shared(where: str) -> str:
    return f"lies on a share {where}, which others may use: choose a folder on a local disk, or say --yes"


def _mount(volume: str) -> Mount:
    """A volume as Linux would list it: where, and by which file system."""
    name, flags = create_unicode_buffer(64), c_uint32()
    win32.kernel().GetVolumeInformationW(volume, None, 0, None, None, byref(flags), name, len(name))
    return Mount(volume, name.value or "unknown", volume, bool(flags.value & _READ_ONLY))


def _refuse(volume: str, mount: Mount, consent: bool) -> str:
    kind = win32.kernel().GetDriveTypeW(volume)
    if kind == _REMOTE and not consent:
        return _shared(f"({volume})")
    if kind == _MEMORY:
        return f"lies in memory ({volume}), not on a disk: choose another folder"
    if kind == _OPTICAL or mount.read_only:
        return f"lies on a read-only file system ({volume}): choose another folder"
    return ""
