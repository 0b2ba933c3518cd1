"""A benchmark that is told to end removes what it has built, as after Ctrl-C."""

import signal
import sys


def tidily() -> None:
    """From now on SIGTERM and SIGHUP unwind this process: mounts, loop devices and folders go first."""
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda number, _: sys.exit(128 + number))
