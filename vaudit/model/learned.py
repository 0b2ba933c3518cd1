"""Types that msgspec reads values into, safe to be asked for by several threads.

msgspec learns a struct's fields when it first reads one, and takes the struct for known before it knows them
all: a second thread that reads one meanwhile crashes the process (msgspec 0.22). So each type is learned
under a lock before it is used.
"""

from _thread import allocate_lock
from typing import Any, TypeVar

import msgspec

T = TypeVar("T")

_LOCK = allocate_lock()  # threading.Lock, without the import
_LEARNED: set[Any] = set()


def learned(kind: type[T]) -> type[T]:
    """The same type, once msgspec knows it and all that it is made of."""
    if kind not in _LEARNED:
        with _LOCK:
            msgspec.json.Decoder(kind)
            _LEARNED.add(kind)
    return kind
