"""What is the processor, and what does the operating system say of it?"""

from msgspec import structs

from vaudit.evidence.source import Source
from vaudit.facts.ask import cpuid, first
from vaudit.facts.linux import cpu
from vaudit.facts.values import Processor

PROVIDERS = (cpu.processor,)


def processor(source: Source) -> Processor:
    """Names, counts and listed flags; where nobody names it, it is asked for its own name."""
    found = first(PROVIDERS, source) or Processor()
    if found.known.model:
        return found
    return structs.replace(found, known=structs.replace(found.known, model=cpuid.brand(source)))
