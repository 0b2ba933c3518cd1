"""Which operating system is this, for which architecture; which kernel, drivers and memory does it have?"""

from __future__ import annotations  # those of tables take longer to work out than the tables

from vaudit.evidence.source import Source
from vaudit.facts.ask import By, ask, collected, systeminfo, windows
from vaudit.facts.linux import drivers as linux_drivers
from vaudit.facts.linux import kernel as linux
from vaudit.facts.linux import memory as linux_memory
from vaudit.facts.linux import outputs, printed
from vaudit.facts.paths import Platform
from vaudit.facts.values import Smbios
from vaudit.model.facts import Block, Driver, Hypervisor, Kernel, Memory, Net, Os, Windows

SYSTEM: By[Os | None] = {
    "windows": (windows.system, systeminfo.system, collected.system, windows.unnamed),
    "linux": (linux.system,),
}
KERNEL: By[Kernel | None] = {
    "windows": (windows.kernel, systeminfo.kernel, collected.kernel),
    "linux": (linux.collect,),
}
WINDOWS: By[Windows | None] = {"windows": (windows.own, systeminfo.own, windows.untold)}
ARCHITECTURE: By[str | None] = {
    "windows": (windows.architecture, systeminfo.architecture, outputs.architecture),
    "linux": (
        linux.architecture,
        printed.architecture,
        outputs.architecture,
        linux.architecture_in_log,
    ),
}
DRIVERS: By[list[Driver] | None] = {"windows": (windows.drivers,), "linux": (linux_drivers.collect,)}
MEMORY: By[Memory | None] = {
    "windows": (windows.memory, systeminfo.memory, collected.memory),
    "linux": (linux_memory.collect,),
}


def system(source: Source) -> Os:
    """The operating system's user space."""
    return ask(SYSTEM, source) or Os()


def kernel(source: Source) -> Kernel:
    """The running kernel."""
    return ask(KERNEL, source) or Kernel()


def architecture(source: Source) -> str | None:
    """As `uname -m` says: x86_64, aarch64, s390x."""
    return ask(ARCHITECTURE, source)


def drivers(source: Source, beneath: Hypervisor) -> list[Driver]:
    """The paravirtual drivers that a system of its kind can have, each with its state."""
    return ask(DRIVERS, source, beneath) or []


def own_of_windows(source: Source, platform: Platform, block: list[Block], net: list[Net]) -> Windows | None:
    """What Windows alone has."""
    return ask(WINDOWS, source, platform, block, net)


def memory(source: Source, smbios: Smbios) -> Memory:
    """Sizes, balloon and switches. What the firmware declares is in `smbios`."""
    return ask(MEMORY, source, smbios) or Memory()
