"""Those who may know an answer of Windows by what systeminfo printed: asked where its registry does not tell.

Their reader is loaded here alone, like the room that reads registries (ask/windows.py).
"""

from collections.abc import Iterable

from vaudit.evidence.source import Source
from vaudit.facts.paths import Platform
from vaudit.facts.values import Hosting, Processor, Smbios, Told
from vaudit.model.facts import Block, Kernel, Memory, Net, Os, Windows, Witness


def memory(source: Source, _smbios: Smbios) -> Memory | None:
    """How much there is."""
    from vaudit.facts.windows import systeminfo

    return systeminfo.memory(source)


def smbios(source: Source) -> Smbios | None:
    from vaudit.facts.windows import systeminfo

    return systeminfo.smbios(source)


def acpi_maker(source: Source) -> Told | None:
    from vaudit.facts.windows import systeminfo

    return systeminfo.acpi_maker(source)


def processor(source: Source) -> Processor | None:
    from vaudit.facts.windows import systeminfo

    return systeminfo.processor(source)


def hosting(source: Source) -> Hosting | None:
    from vaudit.facts.windows import systeminfo

    return systeminfo.hosting(source)


def signals(source: Source) -> Iterable[Witness]:
    from vaudit.facts.windows import systeminfo

    return systeminfo.signals(source)


def cards(source: Source, platform: Platform) -> list[Net] | None:
    from vaudit.facts.windows import systeminfo

    return systeminfo.cards(source, platform)


def system(source: Source) -> Os | None:
    from vaudit.facts.windows import systeminfo

    return systeminfo.system(source)


def kernel(source: Source) -> Kernel | None:
    from vaudit.facts.windows import systeminfo

    return systeminfo.kernel(source)


def architecture(source: Source) -> str | None:
    from vaudit.facts.windows import systeminfo

    return systeminfo.architecture(source)


def own(source: Source, platform: Platform, block: list[Block], net: list[Net]) -> Windows | None:
    from vaudit.facts.windows import systeminfo

    return systeminfo.windows(source, platform, block, net)
