"""What is told of a record that was written; a module of its own, for no scan needs it."""

from typing import NamedTuple


class Recorded(NamedTuple):
    """What `record` wrote."""

    entries: int
    """Answers of the machine: files, folders, links, …"""
    size: int
    """Characters."""
    masked: dict[str, int]
    """How many identities of each sort were replaced by pseudonyms; empty for a raw record."""
    text: str = ""
    """The record itself."""
