"""Mounts as /proc/self/mountinfo lists them (proc(5)), found by path alone: a stat() of a dead one blocks."""

import os
from pathlib import Path

from vaudit.procfs import Mount


def with_root(mounts: list[Mount]) -> list[Mount]:
    """In a chroot the root is no mount point: there a block device under it says that it is a disk."""
    if any(mount.point == "/" for mount in mounts) or os.major(Path("/").stat().st_dev) == 0:
        return mounts
    read_only = bool(os.statvfs("/").f_flag & os.ST_RDONLY)
    return [Mount("/", "unknown", "", read_only), *mounts]


def mount_of(path: str, mounts: list[Mount]) -> Mount | None:
    """The mount that a normalized absolute path lies on; of two on one point the later hides the earlier."""
    best = None
    for mount in mounts:
        inside = mount.point in ("/", path) or path.startswith(mount.point + "/")
        if inside and (best is None or len(mount.point) >= len(best.point)):
            best = mount
    return best
