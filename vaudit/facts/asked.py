"""Which places a Windows is judged for: those that somebody named, else the one where it is."""

from collections.abc import Collection

from msgspec import structs

from vaudit.model.facts import Facts
from vaudit.model.names import NO_WINDOWS


def asked(facts: Facts, places: Collection[str]) -> Facts:
    """The facts with these places marked as those that are meant; as they are where none is named."""
    if not facts.windows or not places:
        return facts
    moves = [structs.replace(one, asked=one.name in places) for one in facts.windows.moves]
    return structs.replace(facts, windows=structs.replace(facts.windows, moves=moves))


def unanswered(facts: Facts, places: Collection[str]) -> list[str]:
    """A line where nobody can say whether a machine would start in the places that were named."""
    return [NO_WINDOWS] if places and not facts.windows else []


def starts(facts: Facts, places: Collection[str]) -> bool | None:
    """Whether it would start in all of these places; None where that is not known of one."""
    moves = [one for one in (facts.windows.moves if facts.windows else ()) if one.name in places]
    if any(one.boots is False for one in moves):
        return False
    return (len(moves) == len(set(places)) and all(one.boots for one in moves)) or None
