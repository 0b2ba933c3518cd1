"""Answers of this machine, but for three paths. Tests have other processes import it."""

import os
import time

from vaudit.evidence import linux
from vaudit.evidence.source import Entry, EntryKind


def waiting(kind: EntryKind, key: str) -> Entry:
    """As linux.read; but nobody ever opens the other end of the FIFO `hang`."""
    if key.endswith("/hang"):
        os.open(key, os.O_RDONLY)
    if key.endswith("/work"):
        until = time.process_time() + 0.5
        while time.process_time() < until:
            pass
        return Entry(kind, key, "read", b"done")
    if key.endswith("/die"):
        os._exit(3)
    return linux.read(kind, key)
