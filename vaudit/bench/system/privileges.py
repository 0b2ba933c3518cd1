"""As whom a program runs that others reach over the network: never as root where that can be had."""

import os
import pwd
from typing import NamedTuple

from vaudit.procfs import whole


class User(NamedTuple):
    """Whose rights a program has; it is in no other group."""

    name: str
    uid: int
    gid: int


def lesser() -> User | None:
    """For root the user who called sudo, or nobody; None where this process is not root, or has no other."""
    if os.geteuid() != 0:
        return None
    uid, gid = (whole(os.environ.get(name, "")) for name in ("SUDO_UID", "SUDO_GID"))
    if uid and gid and max(uid, gid) < 1 << 32:
        return User(f"user {uid}", uid, gid)
    try:
        found = pwd.getpwnam("nobody")
    except KeyError:
        return None
    return User("nobody", found.pw_uid, found.pw_gid)
