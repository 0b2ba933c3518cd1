"""As whom a program runs that others reach over the network: never as root where that can be had."""

import os
from typing import NamedTuple

from vaudit import procfs

_NOBODY_ELSE = 2**32 - 1
"""The kernel's word for no user and no group (include/linux/uidgid.h)."""


class User(NamedTuple):
    """Whose rights a program has; it is in no other group."""

    name: str
    uid: int
    gid: int


def lesser() -> User | None:
    """For root the user who called sudo, or nobody; None where this process is not root, or has no other."""
    if os.geteuid() != 0:
        return None
    uid, gid = (procfs.whole(os.environ.get(name, "")) for name in ("SUDO_UID", "SUDO_GID"))
    if uid and gid and max(uid, gid) < _NOBODY_ELSE:
        return User(f"user {uid}", uid, gid)

    import pwd  # where there is no fork there is none of this either

    try:
        found = pwd.getpwnam("nobody")
    except KeyError:
        return None
    return User("nobody", found.pw_uid, found.pw_gid)
