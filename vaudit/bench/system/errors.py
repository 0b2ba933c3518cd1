"""What can go wrong in a benchmark: each is one clear sentence, never a traceback."""

import errno
import os
import resource

from vaudit.bench.units import MIB

_MANY = "a limit of this container, unit or user is reached (pids.max, TasksMax; RLIMIT_NPROC, ulimit -u)"


def no_more() -> str:
    """What EAGAIN of clone(2) means: pids.max (cgroup-v2.rst), TasksMax of systemd, or RLIMIT_NPROC; for a
    thread also that there is no room for its stack (pthread_create(3)), so a limit on that is named first."""
    space = _limited(resource.RLIMIT_AS)
    limit = f"the limit on address space (RLIMIT_AS, ulimit -v) is {space}" if space else _MANY
    return f"no more threads or processes may be started here: {limit}"


def _limited(number: int) -> str:
    """A limit of this process in words; empty where there is none."""
    soft, _hard = resource.getrlimit(number)
    return "" if soft == resource.RLIM_INFINITY else f"{soft / MIB:,.0f} MiB"


IO_ERROR = "the device reported an I/O error"
SILENT = "the storage stopped answering"
"""How it is said that a disk failed."""


class BenchError(Exception):
    """A benchmark could not be run, or its output not be read: the text says what, where, what to do."""


class Stopped(KeyboardInterrupt):
    """SIGTERM came while benchmarks ran. Everything was cleaned up; partial results are thrown away.

    A subclass of KeyboardInterrupt, so that one handler serves Ctrl-C and SIGTERM.
    """


_CAUSES = {
    errno.ENOSPC: "the file system is full",
    errno.EDQUOT: "the disk quota is used up",
    errno.EFBIG: "the file size limit (ulimit -f) is too low",
    errno.EROFS: "the file system is read-only",
    errno.EACCES: "permission denied",
    errno.EPERM: "not permitted",
    errno.EIO: f"{IO_ERROR}: look into the kernel log",
    errno.EINVAL: "the file system refuses direct I/O (O_DIRECT)",
    errno.EOPNOTSUPP: "the file system does not support this operation",
    errno.ENOENT: "it does not exist",
    errno.ENOTDIR: "it is not a folder",
    errno.EMFILE: "too many open files",
    errno.ENOMEM: "not enough memory",
}


def sentence(error: OSError, doing: str) -> str:
    """One clear sentence for what the kernel said: `writing … failed: the file system is full`."""
    number = error.errno or 0
    cause = _CAUSES.get(number) or (os.strerror(number) if number else str(error))
    return f"{doing} failed: {cause}"
