"""Which looks are due: two more follow soon where a figure falls out of the usual.

A delay counted in scans must be short in days: with one scan a day the first word, of three scans in a row,
takes three days; with two more half an hour and an hour and a half later it takes those. What is due stands
in the state folder, a moment and what is measured in each line. A timer asks for it, and does nothing where
nothing is.
"""

import os
from contextlib import suppress
from datetime import datetime, timedelta

from vaudit import files
from vaudit.history.borders import Borders
from vaudit.history.compare import expected
from vaudit.history.state import StateError, put
from vaudit.history.trend import Trend

FILE = "due"
AFTER = (30, 90)
"""Minutes after the scan that asked. A neighbour's load mostly ends within the hour."""
PAST = 24
"""Hours after which it is too late: the machine was off, and a scan of the schedule comes anyway."""
_MODES = ("light", "quick", "full")
_MOST = 4096


def is_unusual(found: Trend, limits: Borders) -> bool:
    """Whether the last scan's figure lies so far out of the usual that three of them would be a first word,
    and nothing was told of it yet."""
    points = found.series.points
    since = found.changes[-1].index if found.changes else 0
    if found.lately or not points or points[-1].disturbed or points[-1].value <= 0:
        return False
    earlier = [one.value for one in points[since:-1] if not one.disturbed and one.value > 0]
    usual, now = expected(earlier, limits), points[-1].value
    if usual is None or usual.low <= now <= usual.high:
        return False
    return max(now / usual.middle, usual.middle / now) >= limits.lately_least


def ask(where: str, taken: str, mode: str) -> None:
    """Notes that two more scans that measure so are due after the one of that moment (ISO 8601 UTC). Raises
    StateError."""
    moment = datetime.fromisoformat(taken[:19])
    lines = [f"{(moment + timedelta(minutes=after)).isoformat()}Z {mode}\n" for after in AFTER]
    put(os.path.join(where, FILE), "".join(lines))


def due(where: str) -> list[tuple[str, str]]:
    """What is due: the moment (ISO 8601 UTC) and what is measured, the next first; a line that is none is
    left out. Raises StateError where it cannot be read."""
    path = os.path.join(where, FILE)
    try:
        text = files.beginning(path, _MOST).decode("ascii", "replace")
    except FileNotFoundError:
        return []
    except OSError as error:
        raise StateError(f"{path}: cannot be read: {error.strerror}") from error
    pairs = (line.split() for line in text.splitlines())
    return sorted((pair[0], pair[1]) for pair in pairs if len(pair) == 2 and pair[1] in _MODES)


def ready(where: str, now: str) -> str:
    """What the scan that is due at a moment (ISO 8601 UTC) measures; empty where none is, or where it has
    been due for too long. Raises StateError."""
    return _ready(_fresh(due(where), now), now)


def take(where: str, now: str) -> str:
    """As `ready`; it is due no more then, and what has been due for too long is forgotten. Raises
    StateError."""
    all_due = due(where)
    fresh = _fresh(all_due, now)
    taken = _ready(fresh, now)
    rest = fresh[1:] if taken else fresh
    if rest != all_due:
        _left(where, rest)
    return taken


def _fresh(all_due: list[tuple[str, str]], now: str) -> list[tuple[str, str]]:
    oldest = (datetime.fromisoformat(now[:19]) - timedelta(hours=PAST)).isoformat()
    return [one for one in all_due if one[0] >= oldest]


def _ready(fresh: list[tuple[str, str]], now: str) -> str:
    """The first mode that is due; they are in order."""
    return next((mode for moment, mode in fresh[:1] if moment <= now), "")


def _left(where: str, rest: list[tuple[str, str]]) -> None:
    path = os.path.join(where, FILE)
    if rest:
        put(path, "".join(f"{moment} {mode}\n" for moment, mode in rest))
        return
    try:
        with suppress(FileNotFoundError):
            os.unlink(path)
    except OSError as error:
        raise StateError(f"{path}: cannot be removed: {error.strerror}") from error
