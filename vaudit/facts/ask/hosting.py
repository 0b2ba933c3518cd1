"""What does this system offer to those who host the work of others on it?"""

from collections.abc import Iterable

from vaudit.evidence.source import Source
from vaudit.facts.ask import By, everyone
from vaudit.facts.ask.door import system_of
from vaudit.facts.linux import abilities as linux_abilities
from vaudit.facts.linux import hosting as linux_hosting
from vaudit.facts.values import Ability

ABILITIES: By[Iterable[Ability]] = {"linux": (linux_abilities.collect, linux_hosting.collect)}


def abilities(source: Source) -> list[Ability] | None:
    """Namespaces, control groups, file systems, devices, and what this process may do; None where a system
    has nothing of it."""
    return everyone(ABILITIES, source) if system_of(source) in ABILITIES else None
