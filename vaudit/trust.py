"""Whether others can change what lies at a path, by owners and modes, as sudo and ssh look at them."""

import errno
import os
import stat
from collections.abc import Iterator

_MAX_LINKS = 40
"""As the kernel follows: path_resolution(7)."""


def distrust(path: str | os.PathLike[str]) -> str:
    """Why others decide what lies at a path, in a few words; empty where only root and this user do.

    That holds for the file or folder itself, for all folders above it, and for each link that leads there.
    OSError where one of them cannot be looked at.
    """
    if not hasattr(os, "geteuid"):  # a system without owners and modes
        return ""
    places = list(_places(os.path.abspath(path)))
    for one in places:
        reason = _distrust(one, is_last=one == places[-1])
        if reason:
            return reason
    return ""


def _places(path: str) -> Iterator[str]:
    """Each folder and link on the way to a path, from the root, and the path without links at last."""
    done, todo, links = "/", path.split("/"), 0
    yield done
    while todo:
        part = todo.pop(0)
        if part in ("", "."):
            continue
        if part == "..":
            done = os.path.dirname(done)
            continue
        here = os.path.join(done, part)
        yield here
        if not os.path.islink(here):
            done = here
            continue
        links += 1
        if links > _MAX_LINKS:
            raise OSError(errno.ELOOP, os.strerror(errno.ELOOP), path)
        target = os.readlink(here)
        done = "/" if target.startswith("/") else done
        todo = [*target.split("/"), *todo]


def _distrust(path: str, *, is_last: bool) -> str:
    status = os.lstat(path)
    if status.st_uid not in (0, os.geteuid()):
        return f"{path} belongs to {_name(status.st_uid)}"
    if stat.S_ISLNK(status.st_mode):
        return ""
    if status.st_mode & stat.S_ISVTX and not is_last:
        return ""  # as in /tmp: others may add to it, and cannot replace what is there
    by_group = status.st_mode & stat.S_IWGRP and not _is_own(status.st_gid)
    return f"{path} may be written to by others" if by_group or status.st_mode & stat.S_IWOTH else ""


def _is_own(group: int) -> bool:
    """Whether nobody else is in a group: root's, or the one that bears this user's own number."""
    return group == 0 or group == os.getegid() == os.geteuid()


def _name(number: int) -> str:
    import pwd

    try:
        return f"user {pwd.getpwuid(number).pw_name}"
    except (KeyError, OverflowError):
        return f"user {number}"
