"""Which places a Windows is judged for: those that somebody named, else the one where it is."""

from collections.abc import Collection

from msgspec import structs

from vaudit.model.facts import Facts


def asked(facts: Facts, places: Collection[str]) -> Facts:
    """The facts with these places marked as those that are meant; as they are where none is named."""
    if not facts.windows or not places:
        return facts
    moves = [structs.replace(one, asked=one.name in places) for one in facts.windows.moves]
    return structs.replace(facts, windows=structs.replace(facts.windows, moves=moves))


def unanswered(facts: Facts, places: Collection[str]) -> list[str]:
    """A line where nobody can say whether a machine would start in the places that were named."""
    if not places or facts.windows:
        return []
    return ["whether a machine would start in another place (--target) is told of Windows alone"]
