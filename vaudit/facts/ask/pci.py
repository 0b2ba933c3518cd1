"""Which functions lie on the PCI bus?"""

from vaudit.evidence.source import Source
from vaudit.facts.ask import first
from vaudit.facts.linux import printed, sysfs
from vaudit.facts.values import Function

PROVIDERS = (sysfs.functions, printed.lspci, sysfs.old_functions)


def functions(source: Source) -> list[Function]:
    """All functions in the order of their addresses; none where no bus is shown."""
    return first(PROVIDERS, source) or []
