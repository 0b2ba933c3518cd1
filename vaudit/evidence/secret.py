"""Hives that hold what an audit has no business with: they are never opened, wherever they lie."""

import posixpath

NAMES = ("sam", "security", "ntuser.dat", "usrclass.dat")
_ENDS = (".xz", ".hiv", ".hive", ".log", ".log1", ".log2")


def is_secret(path: str) -> bool:
    """Whether a file is one of them, or its log, by its name alone."""
    name = posixpath.basename(path.replace("\\", "/")).lower()
    for _ in range(2):  # SAM.LOG1.xz
        name = next((name.removesuffix(end) for end in _ENDS if name.endswith(end)), name)
    return name in NAMES
