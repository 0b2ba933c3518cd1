"""Those who may know an answer of Windows: its registry, or what others wrote down of it.

The room facts/windows is loaded here alone: a scan of anything else must not pay for it.
"""

from collections.abc import Iterable

from vaudit.evidence.source import Source
from vaudit.facts.paths import Platform
from vaudit.facts.values import BusDevices, Function, Hosting, Processor, Smbios, Told, Xen
from vaudit.model.facts import Block, Driver, Hypervisor, Kernel, Memory, Net, Os, Windows, Witness


def smbios(source: Source) -> Smbios | None:
    from vaudit.facts.windows import platform

    return platform.smbios(source)


def acpi_maker(source: Source) -> Told | None:
    from vaudit.facts.windows import platform

    return platform.acpi_maker(source)


def acpi_devices(source: Source) -> BusDevices | None:
    from vaudit.facts.windows import platform

    return platform.acpi_devices(source)


def functions(source: Source) -> list[Function] | None:
    from vaudit.facts.windows import platform

    return platform.functions(source)


def buses(source: Source) -> dict[str, BusDevices] | None:
    from vaudit.facts.windows import platform

    return platform.buses(source)


def processor(source: Source) -> Processor | None:
    from vaudit.facts.windows import platform

    return platform.processor(source)


def hosting(source: Source) -> Hosting | None:
    from vaudit.facts.windows import platform

    return platform.hosting(source)


def xen(_source: Source) -> Xen | None:
    """Windows runs on Xen in HVM alone."""
    return Xen(mode="hvm")


def signals(source: Source) -> Iterable[Witness]:
    from vaudit.facts.windows import platform

    return platform.signals(source)


def disks(source: Source, platform: Platform) -> list[Block] | None:
    from vaudit.facts.windows import devices

    return devices.disks(source, platform)


def cards(source: Source, platform: Platform) -> list[Net] | None:
    from vaudit.facts.windows import devices

    return devices.cards(source, platform)


def all_shown(source: Source) -> list[str] | None:
    from vaudit.facts.windows import devices

    return devices.all_shown(source)


def drivers(source: Source, hypervisor: Hypervisor) -> list[Driver] | None:
    from vaudit.facts.windows import drivers as windows

    return windows.collect(source, hypervisor)


def unnamed(_source: Source) -> Os:
    """Windows it is, and no more is known of it."""
    return Os(family="windows", id="windows")


def memory(source: Source, _smbios: Smbios) -> Memory | None:
    from vaudit.facts.windows import machine

    return machine.memory(source)


def system(source: Source) -> Os | None:
    from vaudit.facts.windows import system as windows

    return windows.system(source)


def kernel(source: Source) -> Kernel | None:
    from vaudit.facts.windows import system as windows

    return windows.kernel(source)


def architecture(source: Source) -> str | None:
    from vaudit.facts.windows import system as windows

    return windows.architecture(source)


def own(source: Source, platform: Platform, block: list[Block], net: list[Net]) -> Windows | None:
    """What Windows alone has."""
    from vaudit.facts.windows import system as windows

    return windows.windows(source, platform, block, net)


def untold(source: Source, platform: Platform, block: list[Block], net: list[Net]) -> Windows:
    """Where nothing tells of it."""
    from vaudit.facts.windows import system as windows

    return windows.untold(source, platform, block, net)
