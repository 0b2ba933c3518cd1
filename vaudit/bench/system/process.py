"""How a process of ours ends: with its parent, and in good order at SIGTERM and when its terminal is lost.

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
    """Let SIGTERM and SIGHUP raise `Stopped` inside; the handlers before are put back afterwards.

    SIGHUP only where it would end this process: one that was started by nohup goes on, and a daemon has a use
    of its own for it. It comes once: the shell may send it and the kernel again, and what follows the first
    is the clearing up, and a page, which no second one may end.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def stop(number: int, frame: FrameType | None) -> None:
        if number != signal.SIGTERM:
            signal.signal(number, signal.SIG_IGN)
        raise Stopped(number)

    before = {number: signal.signal(number, stop) for number in _endings()}
    try:
        yield
    finally:
        for number, handler in before.items():
            if signal.getsignal(number) is stop:
                signal.signal(number, handler if handler is not None else signal.SIG_DFL)


def _endings() -> list[signal.Signals]:
    """The signals that end a run in good order. Windows has no terminal that hangs up."""
    hangup = getattr(signal, "SIGHUP", None)
    if hangup is None or signal.getsignal(hangup) != signal.SIG_DFL:
        return [signal.SIGTERM]
    return [signal.SIGTERM, hangup]
