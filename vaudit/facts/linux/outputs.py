"""Readers of what programs printed, each imported only where a record holds such an output.

A live scan runs no program, so that it never needs them.
"""

from vaudit.evidence.source import Source
from vaudit.facts.ask import kernel_log
from vaudit.facts.paths import Platform
from vaudit.facts.values import Function, Mark, Processor, Smbios
from vaudit.model.facts import Block, Net, Served, Witness

INVENTORIES = (
    "hostnamectl",
    "facter",
    "ansible",
    "ohai",
    "inxi",
    "hwinfo",
    "cloud-init query --all",
    "yabs",
    "neofetch",
    "ds-identify",
    "subscription-manager facts",
    "virsh capabilities",
    "xl info",
    "xl dmesg",
    "systemd-detect-virt",
    "virt-what",
)


def holds(source: Source, *programs: str) -> bool:
    """Whether a record holds the output of one of the programs."""
    return any(source.held("run", program) for program in programs)


def lspci_functions(source: Source) -> list[Function]:
    """The PCI functions that lspci printed."""
    if not holds(source, "lspci"):
        return []
    from vaudit.facts.linux import lspci

    return lspci.functions(source)


def other_functions(source: Source) -> list[Function]:
    """Those that lshw or inxi printed."""
    if holds(source, "lshw"):
        from vaudit.facts.linux import lshw

        return lshw.functions(source)
    if not holds(source, "inxi"):
        return []
    from vaudit.facts.linux import inventories

    return inventories.functions(source)


def smbios(source: Source) -> Smbios | None:
    """The names that lshw or an inventory took from SMBIOS."""
    if holds(source, "lshw"):
        from vaudit.facts.linux import lshw

        return lshw.smbios(source)
    if not holds(source, *INVENTORIES):
        return None
    from vaudit.facts.linux import inventories

    return inventories.smbios(source)


def processor(source: Source) -> Processor | None:
    """The processor by lshw or an inventory."""
    if holds(source, "lshw"):
        from vaudit.facts.linux import lshw

        return lshw.processor(source)
    if not holds(source, *INVENTORIES):
        return None
    from vaudit.facts.linux import inventories

    return inventories.processor(source)


def architecture(source: Source) -> str | None:
    """The architecture by an inventory."""
    if not holds(source, *INVENTORIES):
        return None
    from vaudit.facts.linux import inventories

    return inventories.architecture(source)


def conclusions(source: Source) -> list[Witness]:
    """What inventories concluded, and what lshw calls a partition."""
    if holds(source, "lshw"):
        from vaudit.facts.linux import lshw

        return list(lshw.partition(source))
    if not holds(source, *INVENTORIES):
        return []
    from vaudit.facts.linux import inventories

    return list(inventories.conclusions(source))


def marks(source: Source) -> list[Mark]:
    """The containers that inventories concluded."""
    if not holds(source, *INVENTORIES):
        return []
    from vaudit.facts.linux import inventories

    return inventories.marks(source)


def disks(source: Source, platform: Platform) -> list[Block]:
    """Disks by lshw, lsblk or inxi."""
    if holds(source, "lshw"):
        from vaudit.facts.linux import lshw

        return lshw.disks(source, platform)
    if not holds(source, "lsblk"):
        return _of_inxi(source, platform)
    from vaudit.facts.linux import tools

    return tools.disks(source, platform)


def _of_inxi(source: Source, platform: Platform) -> list[Block]:
    if not holds(source, "inxi"):
        return []
    from vaudit.facts.linux import inventories

    return inventories.disks(source, platform)


def disks_in_log(source: Source, platform: Platform) -> list[Block]:
    """Disks that the kernel log names."""
    if not any(
        words in kernel_log(source) for words in ("virtio_blk virtio", "blkfront: xvd", " (vd", " (xvd")
    ):
        return []
    from vaudit.facts.linux import tools

    return tools.disks_in_log(source, platform)


def cards(source: Source, platform: Platform) -> list[Net]:
    """Cards by lshw, ethtool or inxi."""
    if holds(source, "lshw"):
        from vaudit.facts.linux import lshw

        return lshw.cards(source, platform)
    if holds(source, "ethtool -i"):
        from vaudit.facts.linux import tools

        return tools.cards(source, platform)
    if not holds(source, "inxi"):
        return []
    from vaudit.facts.linux import inventories

    return inventories.cards(source, platform)


def card(source: Source, name: str, platform: Platform) -> Served | None:
    """How one card is served, by ethtool."""
    if not holds(source, "ethtool -i"):
        return None
    from vaudit.facts.linux import tools

    return tools.of_card(source, name, platform)
