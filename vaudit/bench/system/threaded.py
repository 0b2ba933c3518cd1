"""Work in a thread beside us, where a system has no fork: who waits for it can always go on.

A request that never comes back holds that thread alone, which ends with the process. What it opened the
system closes then.
"""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from queue import Empty, SimpleQueue
from typing import Generic, TypeVar

T = TypeVar("T")
GOODBYE_SECONDS = 5.0
"""How long one who is told to end is waited for."""
_SLICE = 0.1
"""Seconds of one wait: Windows tells of Ctrl-C only in between."""


class _Gone(BaseException):
    """Nobody listens any more."""


class Heard(Generic[T]):
    """What the work has told."""

    def __init__(self) -> None:
        self._told: SimpleQueue[T] = SimpleQueue()
        self.is_left = False

    def tell(self, message: T) -> None:
        """For the work; it ends here where nobody listens any more."""
        if self.is_left:
            raise _Gone
        self._told.put(message)

    def next(self, deadline: float) -> T | None:
        """The next message; None where none came until time.monotonic() is `deadline`."""
        while (left := deadline - time.monotonic()) > 0:
            try:
                return self._told.get(timeout=min(_SLICE, left))
            except Empty:
                continue
        return None


@contextmanager
def working(work: Callable[[Callable[[T], None]], None]) -> Iterator[Heard[T]]:
    """Work that has begun; afterwards it has ended, or hangs."""
    heard: Heard[T] = Heard()

    def until_left() -> None:
        try:
            work(heard.tell)
        except _Gone:
            return

    thread = threading.Thread(target=until_left, daemon=True)
    thread.start()
    try:
        yield heard
    finally:
        heard.is_left = True
        thread.join(GOODBYE_SECONDS)
