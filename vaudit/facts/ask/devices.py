"""Which functions lie on the PCI bus, what on the buses of hypervisors; which disks and cards are there?"""

from vaudit.evidence.source import Source
from vaudit.facts.ask import first, systeminfo, windows
from vaudit.facts.linux import addresses as linux_addresses
from vaudit.facts.linux import block, log, net, outputs, shown, sysfs
from vaudit.facts.paths import Platform
from vaudit.facts.values import BusDevices, Function
from vaudit.model.facts import Addresses, Block, Net

PCI = (
    windows.functions,
    sysfs.functions,
    outputs.lspci_functions,
    sysfs.udev_functions,
    sysfs.old_functions,
    log.functions,
    outputs.other_functions,
)
DISKS = (windows.disks, block.collect, outputs.disks)
CARDS = (windows.cards, systeminfo.cards, net.collect, outputs.cards)
BUSES = (windows.buses, sysfs.buses)
ALL_SHOWN = (windows.all_shown, shown.all_shown)
ADDRESSES = (linux_addresses.collect,)


def pci_functions(source: Source) -> list[Function]:
    """All functions in the order of their addresses; none where no bus is shown."""
    return first(PCI, source) or []


def disks(source: Source, platform: Platform) -> list[Block]:
    """Whole disks that hold something, each with how it is served."""
    return first(DISKS, source, platform) or []


def cards(source: Source, platform: Platform) -> list[Net]:
    """Network interfaces but loopback, each with how it is served."""
    return first(CARDS, source, platform) or []


def buses(source: Source) -> dict[str, BusDevices]:
    """The devices on each bus that a hypervisor brings along: vmbus, xen, virtio, fw_cfg."""
    return first(BUSES, source) or {}


def all_shown(source: Source) -> list[str]:
    """Of block, net and controllers those that were looked at as a whole: what is not there is not there."""
    return first(ALL_SHOWN, source) or []


def addresses(source: Source) -> Addresses:
    """Which kinds of addresses the machine has."""
    return first(ADDRESSES, source) or Addresses()
