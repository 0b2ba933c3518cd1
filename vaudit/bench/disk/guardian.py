"""A process that removes a named file when whoever needs it is gone, whatever ended him.

SIGKILL runs no handler, and some file systems cannot work with a file that has no name. So a child waits for
the end of a pipe, which the kernel closes with its last holder, and removes what is left then.
"""

import contextlib
import os
import signal
from collections.abc import Iterator

from vaudit.bench.system.errors import BenchError
from vaudit.bench.system.rlimits import no_more


@contextlib.contextmanager
def guarded(path: str, folder: str) -> Iterator[None]:
    """Inside, the death of this process removes a file, then its folder. BenchError where no child starts."""
    reading, writing = os.pipe()
    try:
        pid = os.fork()
    except OSError:
        os.close(reading)
        os.close(writing)
        raise BenchError(no_more()) from None
    if pid == 0:
        _guard(reading, path, folder)
    os.close(reading)
    try:
        yield
    finally:
        os.close(writing)
        os.waitpid(pid, 0)


def _guard(reading: int, path: str, folder: str) -> None:
    """The child's whole life: it holds nothing but its end of the pipe, and no signal but SIGKILL ends it."""
    try:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)
        nowhere = os.open(os.devnull, os.O_RDWR)
        for output in range(3):
            os.dup2(nowhere, output)
        reading = os.dup2(reading, 3)
        os.closerange(4, os.sysconf("SC_OPEN_MAX"))
        os.read(reading, 1)
        for remove, what in ((os.unlink, path), (os.rmdir, folder)):
            with contextlib.suppress(OSError):
                remove(what)
    finally:
        os._exit(0)
