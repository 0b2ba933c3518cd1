"""Finds the right Source for a path that a user names."""

import os
from collections.abc import Iterator

from vaudit.evidence import dump
from vaudit.evidence.errors import EvidenceError
from vaudit.evidence.source import Source

SUFFIX = ".vdump"


def expand(path: str) -> Iterator[str]:
    """The path itself, or for a folder the dumps in it. EvidenceError when there is nothing to read."""
    if not os.path.lexists(path):
        raise EvidenceError(f"{path}: no such file or folder")
    if not os.path.isdir(path):
        yield path
        return
    found = sorted(os.path.join(path, name) for name in os.listdir(path) if name.endswith(SUFFIX))
    if not found:
        raise EvidenceError(f"{path}: holds no dump (*{SUFFIX})")
    yield from found


def open_source(path: str) -> Source:
    """The record at a path. EvidenceError when it is none or is damaged."""
    return dump.read(path)
