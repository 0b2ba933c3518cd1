"""What people say of virtualization and what of it holds: reports/today.toml, word by word."""

import msgspec

from vaudit import files, toml
from vaudit.model.learned import learned
from vaudit.resources import folder

MAX_FILE = 256 * 1024
"""Bytes of the file, of which it takes a tenth."""


class Statement(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One sentence that is repeated, and what holds today."""

    said: str
    today: str
    since: str
    sources: list[str]
    also: list[str] = []
    """Other words for it."""
    checks: list[str] = []
    """That tell it of a machine."""
    here: str = ""
    """What tells it where no check does."""


def statements() -> dict[str, Statement]:
    """All of them by their word, in the order in which they are told."""
    text = files.beginning(f"{folder('reports')}/today.toml", MAX_FILE).decode()
    return {word: msgspec.convert(told, learned(Statement)) for word, told in toml.loads(text).items()}


def words_of(found: dict[str, Statement]) -> dict[str, str]:
    """Every word for a statement, and the one under which it stands."""
    return {word: name for name, one in found.items() for word in (name, *one.also)}
