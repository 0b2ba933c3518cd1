"""Which operating system is this, for which architecture; which kernel, drivers and memory does it have?"""

from vaudit.evidence.source import Source
from vaudit.facts.ask import first, systeminfo, windows
from vaudit.facts.linux import drivers as linux_drivers
from vaudit.facts.linux import kernel as linux
from vaudit.facts.linux import memory as linux_memory
from vaudit.facts.linux import outputs, printed
from vaudit.facts.paths import Platform
from vaudit.facts.values import Smbios
from vaudit.model.facts import Block, Driver, Hypervisor, Kernel, Memory, Net, Os, Windows

SYSTEM = (windows.system, systeminfo.system, linux.system)
KERNEL = (windows.kernel, systeminfo.kernel, linux.collect)
WINDOWS = (windows.own, systeminfo.own)
ARCHITECTURE = (
    windows.architecture,
    systeminfo.architecture,
    linux.architecture,
    printed.architecture,
    outputs.architecture,
)
MEMORY = (systeminfo.memory, linux_memory.collect)


def system(source: Source) -> Os:
    """The operating system's user space."""
    return first(SYSTEM, source) or Os()


def kernel(source: Source) -> Kernel:
    """The running kernel."""
    return first(KERNEL, source) or Kernel()


def architecture(source: Source) -> str | None:
    """As `uname -m` says: x86_64, aarch64, s390x."""
    return first(ARCHITECTURE, source)


def drivers(source: Source, beneath: Hypervisor) -> list[Driver]:
    """The paravirtual drivers that a system of its kind can have, each with its state."""
    if systeminfo.is_printed(source):
        return []  # it names none
    found = windows.drivers(source, beneath)
    return linux_drivers.collect(source) if found is None else found


def own_of_windows(source: Source, platform: Platform, block: list[Block], net: list[Net]) -> Windows | None:
    """What Windows alone has."""
    return first(WINDOWS, source, platform, block, net)


def memory(source: Source, smbios: Smbios) -> Memory:
    """Sizes, balloon and switches. What the firmware declares is in `smbios`."""
    return first(MEMORY, source, smbios) or Memory()
