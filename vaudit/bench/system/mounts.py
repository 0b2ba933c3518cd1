"""Mounts as /proc/self/mountinfo lists them (proc(5)), found by path alone: a stat() of a dead one blocks."""

import os
import re
from pathlib import Path

import msgspec


class Mount(msgspec.Struct, frozen=True):
    """One line of /proc/self/mountinfo."""

    point: str
    kind: str
    source: str
    read_only: bool
    number: int = 0
    """Its st_dev. The major number is 0 for what lies on no single block device, as the kernel sees it."""
    root: str = "/"
    """What of the file system is mounted here."""
    options: str = ""
    """Of the whole file system, with commas between them; a control group's controllers are among them."""


def parse_mounts(text: str) -> list[Mount]:
    """/proc/self/mountinfo as mounts, in mount order; lines that do not parse are left out."""
    mounts = []
    for line in text.splitlines():
        before, dash, after = line.partition(" - ")
        left, right = before.split(" "), after.split(" ")
        if dash and len(left) >= 6 and len(right) >= 3:
            read_only = "ro" in {*left[5].split(","), *right[2].split(",")}
            number, root = device_number(left[2]), _unescape(left[3])
            mounts.append(
                Mount(_unescape(left[4]), right[0], _unescape(right[1]), read_only, number, root, right[2])
            )
    return mounts


def device_number(text: str) -> int:
    """MAJOR:MINOR (of 12 and 20 bits) as the number that stat(2) gives; 0 for anything else."""
    match = re.fullmatch(r"([0-9]{1,4}):([0-9]{1,7})", text)
    return os.makedev(int(match[1]), int(match[2])) if match else 0


def with_root(mounts: list[Mount]) -> list[Mount]:
    """In a chroot the root is no mount point: there a block device under it says that it is a disk."""
    if any(mount.point == "/" for mount in mounts) or os.major(Path("/").stat().st_dev) == 0:
        return mounts
    read_only = bool(os.statvfs("/").f_flag & os.ST_RDONLY)
    return [Mount("/", "unknown", "", read_only), *mounts]


def _unescape(text: str) -> str:
    return re.sub(r"\\([0-7]{3})", lambda match: chr(int(match[1], 8)), text)


def mount_of(path: str, mounts: list[Mount]) -> Mount | None:
    """The mount that a normalized absolute path lies on; of two on one point the later hides the earlier."""
    best = None
    for mount in mounts:
        inside = mount.point in ("/", path) or path.startswith(mount.point + "/")
        if inside and (best is None or len(mount.point) >= len(best.point)):
            best = mount
    return best
