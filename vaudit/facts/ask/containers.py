"""What speaks for a container around this process?"""

from vaudit.evidence.source import Source
from vaudit.facts.ask import first
from vaudit.facts.linux import containers as linux
from vaudit.facts.values import Isolation, Mark

MARKS = (linux.marks,)
ISOLATION = (linux.isolation,)


def marks(source: Source) -> list[Mark]:
    """The signs of containers, in no order of trust."""
    return first(MARKS, source) or []


def isolation(source: Source) -> Isolation | None:
    """Whether this process lives in the namespaces that the machine began with; None: not known."""
    return first(ISOLATION, source)
