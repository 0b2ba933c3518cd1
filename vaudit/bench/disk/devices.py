"""The block device under a folder, and the disk beneath it, as sysfs shows them."""

import os
import stat
from pathlib import Path

from vaudit.bench.disk.recording import BlockDevice
from vaudit.procfs import Mount, device_number, whole

SYSFS = Path("/sys")


def device_under(
    path: str, mount: Mount | None, mounts: list[Mount], sysfs: Path = SYSFS
) -> BlockDevice | None:
    """The device that a folder lies on; None where there is no single one, or nothing tells which."""
    number = Path(path).stat().st_dev
    if os.major(number) == 0 and mount is not None:
        number = _number_of_source(mount.source, sysfs) or _number_of_twin(path, mounts)
    return device_of(number, sysfs)


def _number_of_source(source: str, sysfs: Path) -> int:
    """The device that a mount names as its source: btrfs has numbers of its own for its sub-volumes.

    0 where it names none, or where the file system lies on several (/sys/fs/btrfs/UUID/devices). A container
    without device nodes still has sysfs.
    """
    if not source.startswith("/dev/"):
        return 0
    try:
        status = Path(source).stat()
        number = status.st_rdev if stat.S_ISBLK(status.st_mode) else 0
    except OSError:
        number = device_number(_read(sysfs / "class/block" / Path(source).name / "dev") or "")
    name = _folder_of(number, sysfs).name
    groups = [{each.name for each in _entries(group)} for group in (sysfs / "fs/btrfs").glob("*/devices")]
    return 0 if any(name in group and len(group) > 1 for group in groups) else number


def _number_of_twin(path: str, mounts: list[Mount]) -> int:
    """The one mounted disk that is just as large as the file system of the folder; 0 if none is, or several.

    statvfs(2) of an overlay (a container's root) gives the figures of the file system that it writes to, and
    container engines mount a few files of that one (/etc/hosts, /etc/resolv.conf) into each container.
    """
    near = [each for each in mounts if os.major(each.number) and not each.kind.startswith("fuse")]
    wanted = _sizes(path)
    twins = {each.number for each in near if wanted and _sizes(each.point, each.number) == wanted}
    return twins.pop() if len(twins) == 1 else 0


def _sizes(path: str, number: int | None = None) -> tuple[int, ...] | None:
    """What does not change of the size of the file system at a path; None if it has not this number."""
    try:
        if number is not None and Path(path).stat().st_dev != number:
            return None  # another mount hides this one
        seen = os.statvfs(path)
    except OSError:
        return None
    return seen.f_frsize, seen.f_blocks, seen.f_files


def device_of(number: int, sysfs: Path = SYSFS) -> BlockDevice | None:
    """The block device behind a st_dev or st_rdev; None for numbers of file systems without one device."""
    folder = _folder_of(number, sysfs)
    if not folder.exists():
        return None
    folder = _whole(folder)
    disk = _lowest(folder)
    rotational, depth = _read(disk / "queue/rotational"), _read(disk / "device/queue_depth")
    return BlockDevice(
        name=folder.name.replace("!", "/"),
        disk=disk.name.replace("!", "/"),
        rotational=None if rotational is None else rotational == "1",
        queue_depth=whole(depth or ""),
    )


def _folder_of(number: int, sysfs: Path) -> Path:
    return (sysfs / f"dev/block/{os.major(number)}:{os.minor(number)}").resolve()


def _whole(folder: Path) -> Path:
    return folder.parent if (folder / "partition").exists() else folder


def _lowest(folder: Path) -> Path:
    """Down through `slaves` (kernel, ABI/stable/sysfs-block) for as long as one disk alone lies beneath."""
    while True:
        beneath = {_whole(each.resolve()) for each in _entries(folder / "slaves")}
        if len(beneath) != 1:
            return folder
        folder = beneath.pop()


def _entries(folder: Path) -> list[Path]:
    try:
        return list(folder.iterdir())
    except OSError:
        return []


def _read(path: Path) -> str | None:
    try:
        return path.read_text("utf-8", "replace")[:4096].strip()
    except OSError:
        return None
