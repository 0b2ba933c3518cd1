"""Which of the kept reports is meant: `last`, `last~3`, or a day."""

from collections.abc import Sequence

from vaudit.history.state import Missing
from vaudit.history.store import Kept
from vaudit.words import many


def names_kept(text: str) -> bool:
    """Whether it names a kept report, and no file."""
    return _back(text) is not None or _is_moment(text)


def choose(kept: Sequence[Kept], text: str) -> Kept:
    """The kept report that is meant: of a day or moment (ISO 8601 UTC, or its beginning) the newest that was
    taken by then. Raises Missing."""
    back = _back(text)
    if back is not None:
        if back >= len(kept):
            raise Missing(f"{text}: only {many(len(kept), 'report is', 'reports are')} kept")
        return kept[-1 - back]
    until = [one for one in kept if one.taken <= f"{text}~"]  # behind all that begins so
    if not until:
        raise Missing(f"{text}: nothing was kept by then; the first report is of {kept[0].taken[:10]}")
    return until[-1]


def _back(text: str) -> int | None:
    """How many scans ago; None for what is no such name."""
    name, tilde, number = text.partition("~")
    if name != "last" or (tilde and not (number.isascii() and number.isdecimal() and len(number) < 7)):
        return None
    return int(number) if tilde else 0


def _is_moment(text: str) -> bool:
    form = "".join("0" if char.isascii() and char.isdecimal() else char for char in text)
    return len(form) >= 7 and "0000-00-00T00:00:00Z".startswith(form)
