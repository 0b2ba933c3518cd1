r"""Those who may know an answer where Windows has a registry, or others wrote down what is in it.

The room facts/windows is loaded there alone: a scan of anything else must not pay for it.
"""

from collections.abc import Iterable

from vaudit.evidence.source import Source
from vaudit.facts.paths import Platform
from vaudit.facts.values import BusDevices, Function, Hosting, Processor, Smbios, Told, Xen
from vaudit.model.facts import Block, Driver, Hypervisor, Kernel, Net, Os, Windows, Witness

_SIGNS = ("HKLM\\SYSTEM\\CurrentControlSet", "HKLM\\SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion")

_WRITTEN = ("wmi", "msinfo32", "Get-PnpDevice", "setupapi")


def is_windows(source: Source) -> bool:
    """Whether a registry is there to be asked, or what others wrote down of its devices."""
    return any(source.held("registry", key) for key in _SIGNS) or any(
        source.held("run", program) for program in _WRITTEN
    )


def smbios(source: Source) -> Smbios | None:
    if not is_windows(source):
        return None
    from vaudit.facts.windows import platform

    return platform.smbios(source)


def acpi_maker(source: Source) -> Told | None:
    if not is_windows(source):
        return None
    from vaudit.facts.windows import platform

    return platform.acpi_maker(source)


def acpi_devices(source: Source) -> BusDevices | None:
    if not is_windows(source):
        return None
    from vaudit.facts.windows import platform

    return platform.acpi_devices(source)


def functions(source: Source) -> list[Function] | None:
    if not is_windows(source):
        return None
    from vaudit.facts.windows import platform

    return platform.functions(source)


def buses(source: Source) -> dict[str, BusDevices] | None:
    if not is_windows(source):
        return None
    from vaudit.facts.windows import platform

    return platform.buses(source)


def processor(source: Source) -> Processor | None:
    if not is_windows(source):
        return None
    from vaudit.facts.windows import platform

    return platform.processor(source)


def hosting(source: Source) -> Hosting | None:
    if not is_windows(source):
        return None
    from vaudit.facts.windows import platform

    return platform.hosting(source)


def xen(source: Source) -> Xen | None:
    """Windows runs on Xen in HVM alone."""
    return Xen(mode="hvm") if is_windows(source) else None


def signals(source: Source) -> Iterable[Witness]:
    if not is_windows(source):
        return ()
    from vaudit.facts.windows import platform

    return platform.signals(source)


def disks(source: Source, platform: Platform) -> list[Block] | None:
    if not is_windows(source):
        return None
    from vaudit.facts.windows import devices

    return devices.disks(source, platform)


def cards(source: Source, platform: Platform) -> list[Net] | None:
    if not is_windows(source):
        return None
    from vaudit.facts.windows import devices

    return devices.cards(source, platform)


def all_shown(source: Source) -> list[str] | None:
    if not is_windows(source):
        return None
    from vaudit.facts.windows import devices

    return devices.all_shown(source)


def drivers(source: Source, hypervisor: Hypervisor) -> list[Driver] | None:
    if not is_windows(source):
        return None
    from vaudit.facts.windows import drivers as windows

    return windows.collect(source, hypervisor)


def system(source: Source) -> Os | None:
    if not is_windows(source):
        return None
    from vaudit.facts.windows import system as windows

    return windows.system(source)


def kernel(source: Source) -> Kernel | None:
    if not is_windows(source):
        return None
    from vaudit.facts.windows import system as windows

    return windows.kernel(source)


def architecture(source: Source) -> str | None:
    if not is_windows(source):
        return None
    from vaudit.facts.windows import system as windows

    return windows.architecture(source)


def own(source: Source, platform: Platform, block: list[Block], net: list[Net]) -> Windows | None:
    """What Windows alone has."""
    if not is_windows(source):
        return None
    from vaudit.facts.windows import system as windows

    return windows.windows(source, platform, block, net)
