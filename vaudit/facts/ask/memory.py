"""How much memory is there, and who can take it back?"""

from vaudit.evidence.source import Source
from vaudit.facts.ask import first
from vaudit.facts.linux import memory as linux
from vaudit.facts.values import Smbios
from vaudit.model.facts import Memory

PROVIDERS = (linux.collect,)


def memory(source: Source, smbios: Smbios) -> Memory:
    """Sizes, balloon and switches. What the firmware declares is in `smbios`."""
    return first(PROVIDERS, source, smbios) or Memory()
