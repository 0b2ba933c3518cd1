"""What can go wrong in a benchmark: each is one clear sentence, never a traceback."""

import errno
import os
import signal

from vaudit.bench.units import IO_ERROR


class BenchError(Exception):
    """A benchmark could not be run, or its output not be read: the text says what, where, what to do."""


class Stopped(KeyboardInterrupt):
    """SIGTERM or SIGHUP came while benchmarks ran. Everything was cleaned up; partial results are thrown
    away, but for the looks of a watch that were over.

    A subclass of KeyboardInterrupt, so that one handler serves Ctrl-C and both.
    """

    def __init__(self, number: int) -> None:
        super().__init__(f"stopped by {signal.Signals(number).name}")
        self.code = 128 + number
        """What the program ends with, as shells say it."""


CAUSES = {
    errno.ENOSPC: "the file system is full",
    errno.EDQUOT: "the disk quota is used up",
    errno.EFBIG: "the file size limit (RLIMIT_FSIZE, ulimit -f) is too low",
    errno.EROFS: "the file system is read-only",
    errno.EACCES: "permission denied",
    errno.EPERM: "not permitted",
    errno.EIO: f"{IO_ERROR}: look into the kernel log",
    errno.EINVAL: "the file system refuses direct I/O (O_DIRECT)",
    errno.EOPNOTSUPP: "the file system does not support this operation",
    errno.ENOENT: "it does not exist",
    errno.ENOTDIR: "it is not a folder",
    errno.EMFILE: "too many open files (RLIMIT_NOFILE, ulimit -n)",
    errno.ENOMEM: "not enough memory",
}


def sentence(error: OSError, doing: str) -> str:
    """One clear sentence for what the kernel said: `writing … failed: the file system is full`."""
    number = error.errno or 0
    cause = CAUSES.get(number) or (os.strerror(number) if number else str(error))
    return f"{doing} failed: {cause}"
