"""As whom a program runs that others reach over the network: never as root where that can be had."""

import os
import pwd
from typing import NamedTuple


class User(NamedTuple):
    """Whose rights a program has; it is in no other group."""

    name: str
    uid: int
    gid: int


def lesser() -> User | None:
    """For root the user who called sudo, or nobody; None where this process is not root, or has no other."""
    if os.geteuid() != 0:
        return None
    uid, gid = (os.environ.get(name, "") for name in ("SUDO_UID", "SUDO_GID"))
    if _is_number(uid) and _is_number(gid):
        return User(f"user {uid}", int(uid), int(gid))
    try:
        found = pwd.getpwnam("nobody")
    except KeyError:
        return None
    return User("nobody", found.pw_uid, found.pw_gid)


def _is_number(text: str) -> bool:
    """Whether it is the number of a user or group other than root's."""
    return text.isascii() and text.isdigit() and len(text) < 10 and int(text) != 0
