"""Those who may know an answer where all that a record holds of a Windows machine is what systeminfo printed.

Its reader is loaded there alone, like the room that reads registries (ask/windows.py).
"""

from collections.abc import Iterable

from vaudit.evidence.source import Source
from vaudit.facts.ask.windows import is_windows
from vaudit.facts.paths import Platform
from vaudit.facts.values import Hosting, Processor, Smbios, Told, Xen
from vaudit.model.facts import Block, Kernel, Memory, Net, Os, Windows, Witness


def is_printed(source: Source) -> bool:
    """Whether systeminfo's words are there, and no registry that tells more."""
    return bool(source.held("run", "systeminfo")) and not is_windows(source)


def xen(source: Source) -> Xen | None:
    """Windows runs on Xen in HVM alone."""
    return Xen(mode="hvm") if is_printed(source) else None


def memory(source: Source, _smbios: Smbios) -> Memory | None:
    """How much there is."""
    if not is_printed(source):
        return None
    from vaudit.facts.windows import systeminfo

    return systeminfo.memory(source)


def smbios(source: Source) -> Smbios | None:
    if not is_printed(source):
        return None
    from vaudit.facts.windows import systeminfo

    return systeminfo.smbios(source)


def acpi_maker(source: Source) -> Told | None:
    if not is_printed(source):
        return None
    from vaudit.facts.windows import systeminfo

    return systeminfo.acpi_maker(source)


def processor(source: Source) -> Processor | None:
    if not is_printed(source):
        return None
    from vaudit.facts.windows import systeminfo

    return systeminfo.processor(source)


def hosting(source: Source) -> Hosting | None:
    if not is_printed(source):
        return None
    from vaudit.facts.windows import systeminfo

    return systeminfo.hosting(source)


def signals(source: Source) -> Iterable[Witness]:
    if not is_printed(source):
        return ()
    from vaudit.facts.windows import systeminfo

    return systeminfo.signals(source)


def cards(source: Source, platform: Platform) -> list[Net] | None:
    if not is_printed(source):
        return None
    from vaudit.facts.windows import systeminfo

    return systeminfo.cards(source, platform)


def system(source: Source) -> Os | None:
    if not is_printed(source):
        return None
    from vaudit.facts.windows import systeminfo

    return systeminfo.system(source)


def kernel(source: Source) -> Kernel | None:
    if not is_printed(source):
        return None
    from vaudit.facts.windows import systeminfo

    return systeminfo.kernel(source)


def architecture(source: Source) -> str | None:
    if not is_printed(source):
        return None
    from vaudit.facts.windows import systeminfo

    return systeminfo.architecture(source)


def own(source: Source, platform: Platform, block: list[Block], net: list[Net]) -> Windows | None:
    if not is_printed(source):
        return None
    from vaudit.facts.windows import systeminfo

    return systeminfo.windows(source, platform, block, net)
