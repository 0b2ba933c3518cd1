"""How a process of ours ends: with its parent, and in good order at SIGTERM.

The worker, and each program that is started, asks the kernel for SIGKILL at its parent's death (prctl(2),
PR_SET_PDEATHSIG), so that nothing goes on when the parent was killed.
"""

import contextlib
import ctypes
import os
import signal
import sys
import threading
from collections.abc import Iterator
from types import FrameType

from vaudit.bench.system.errors import Stopped

_PR_SET_PDEATHSIG = 1  # linux/prctl.h
_LIBC = ctypes.CDLL(None) if sys.platform == "linux" else None  # loaded before any fork


def die_with(parent: int) -> None:
    """Ask the kernel to kill this process when its parent dies; at once if it is dead already."""
    if _LIBC is not None:
        _LIBC.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
        if os.getppid() != parent:
            os._exit(1)


@contextlib.contextmanager
def stoppable() -> Iterator[None]:
    """Let SIGTERM raise `Stopped` inside; the handler before is put back afterwards."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def stop(number: int, frame: FrameType | None) -> None:
        raise Stopped(f"stopped by {signal.Signals(number).name}")

    before = signal.signal(signal.SIGTERM, stop)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before if before is not None else signal.SIG_DFL)
