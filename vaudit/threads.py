"""Whether this process may fork: only one that has a single thread.

The child of a fork has one thread, and every lock as it was: one that another thread held is never let go
again. So Python warns of it since 3.12. A process with threads starts a new interpreter instead, which costs
some 15 ms more.
"""

import errno
import os
import sys


def several() -> bool:
    """Whether this process has more than one thread, be they Python's or a library's."""
    try:
        return len(os.listdir("/proc/self/task")) > 1
    except OSError:
        return True  # what cannot be seen is not relied upon


def may_not_fork() -> bool:
    """Whether this system has fork(2), and this process must not."""
    return hasattr(os, "fork") and several()


def interpreter() -> str:
    """The path of this Python. FileNotFoundError where it is a part of another program."""
    beside = os.path.join(sys.base_exec_prefix, "bin", "python3")
    for path in (sys.executable or "", beside):
        if "python" in os.path.basename(path) and os.access(path, os.X_OK):
            return path
    raise FileNotFoundError(errno.ENOENT, "this Python is built into another program")
