"""Which functions lie on the PCI bus, what on the buses of hypervisors; which disks and cards are there?"""

from __future__ import annotations  # those of tables take longer to work out than the tables

from vaudit.evidence.source import Source
from vaudit.facts.ask import By, ask, systeminfo, windows
from vaudit.facts.linux import addresses as linux_addresses
from vaudit.facts.linux import block, log, net, outputs, shown, sysfs
from vaudit.facts.paths import Platform
from vaudit.facts.values import BusDevices, Function
from vaudit.model.facts import Addresses, Block, Net

PCI: By[list[Function] | None] = {
    "windows": (windows.functions,),
    "linux": (
        sysfs.functions,
        outputs.lspci_functions,
        sysfs.udev_functions,
        sysfs.old_functions,
        log.functions,
        outputs.other_functions,
    ),
}
DISKS: By[list[Block] | None] = {
    "windows": (windows.disks,),
    "linux": (block.collect, outputs.disks, outputs.disks_in_log),
}
CARDS: By[list[Net] | None] = {
    "windows": (windows.cards, systeminfo.cards),
    "linux": (net.collect, outputs.cards),
}
BUSES: By[dict[str, BusDevices] | None] = {"windows": (windows.buses,), "linux": (sysfs.buses,)}
ALL_SHOWN: By[list[str] | None] = {"windows": (windows.all_shown,), "linux": (shown.all_shown,)}
ADDRESSES: By[Addresses | None] = {"linux": (linux_addresses.collect,)}


def pci_functions(source: Source) -> list[Function]:
    """All functions in the order of their addresses; none where no bus is shown."""
    return ask(PCI, source) or []


def disks(source: Source, platform: Platform) -> list[Block]:
    """Whole disks that hold something, each with how it is served."""
    return ask(DISKS, source, platform) or []


def cards(source: Source, platform: Platform) -> list[Net]:
    """Network interfaces but loopback, each with how it is served."""
    return ask(CARDS, source, platform) or []


def buses(source: Source) -> dict[str, BusDevices]:
    """The devices on each bus that a hypervisor brings along: vmbus, xen, virtio, fw_cfg."""
    return ask(BUSES, source) or {}


def all_shown(source: Source) -> list[str]:
    """Of block, net and controllers those that were looked at as a whole: what is not there is not there."""
    return ask(ALL_SHOWN, source) or []


def addresses(source: Source) -> Addresses:
    """Which kinds of addresses the machine has."""
    return ask(ADDRESSES, source) or Addresses()
