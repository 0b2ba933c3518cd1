"""Disks and cards by what lsblk and `ethtool -i` printed, in records that hold no sysfs."""

import re
from collections.abc import Iterator
from typing import Any

import msgspec
from msgspec import structs

from vaudit.evidence.source import Source
from vaudit.facts import paths
from vaudit.facts.ask import KERNEL_LOG, kernel_log, output_id
from vaudit.facts.better import better
from vaudit.facts.linux.sysfs import SOFTWARE_DISKS, is_address
from vaudit.facts.values import Node
from vaudit.model.facts import Block, Net, Served

MAX_DEVICES = 4096
_ETHTOOL = output_id("ethtool -i")
_LSBLK = output_id("lsblk")
_PARAVIRTUAL: dict[str, tuple[str, str]] = {
    "virtio_net": ("virtio_net", "virtio"),
    "hv_netvsc": ("hv_netvsc", "vmbus"),
    "vif": ("xen-netfront", "xen"),
    "xen_netfront": ("xen-netfront", "xen"),
    "vmxnet3": ("vmxnet3", "pci"),
    "gve": ("gve", "pci"),
}
"""Drivers of Linux that serve paravirtual cards only: their names here, and their bus."""
_OLD_CHIPS = ("e1000", "pcnet32", "8139cp", "8139too", "ne2k-pci", "tulip")
"""Drivers of cards with PCI of before 2005: no IOMMU handed those to guests."""
SOFTWARE = (
    "bridge", "bonding", "team", "tun", "veth", "dummy", "ifb", "vxlan", "802.1Q VLAN Support", "macvlan",
    "ipvlan", "openvswitch", "wireguard", "ip_gre", "ipip", "sit", "vrf",
)  # fmt: skip
"""Drivers of cards that the kernel makes itself."""
_DISKS = (("vd", "virtio_blk", "virtio"), ("xvd", "xen-blkfront", "xen"))
"""How disks are called that one driver alone makes."""


def of_card(source: Source, name: str, platform: paths.Platform) -> Served | None:
    """How a card is served, by its driver and the place on its bus that ethtool printed."""
    told = _ethtool(source).get(name)
    if not told:
        return None
    driver, place = told.get("driver", ""), told.get("bus-info", "")
    if is_address(place) and place in platform.functions:
        function = platform.functions[place]
        if function.vendor != "1af4":  # of virtio's function the driver is virtio-pci
            return paths.of_function(function, platform.guest)
    return by_driver(driver, place, _ETHTOOL, platform.guest)


def by_driver(driver: str, place: str, evidence: str, guest: bool | None = None) -> Served | None:
    """How a card is served by a driver that serves one sort of them. `guest`: as in paths.py."""
    if driver in _PARAVIRTUAL:
        name, bus = _PARAVIRTUAL[driver]
        because = f"{driver} serves paravirtual cards only"
        return Served(
            path="paravirtual", because=because, driver=name, bus=bus,
            controller=place or None, evidence=[evidence],
        )  # fmt: skip
    if driver in _OLD_CHIPS and guest:
        because = (
            f"{driver} in a guest: it serves chips that hypervisors emulate, older than what is handed on"
        )
        return Served(path="emulated", because=because, driver=driver, bus="pci",
                      controller=place or None, evidence=[evidence])  # fmt: skip
    if driver in SOFTWARE:
        because = f"made by this kernel ({driver})"
        return Served(path="software", because=because, bus="virtual", evidence=[evidence])
    return None


def cards(source: Source, platform: paths.Platform) -> list[Net]:
    """The cards of which a record holds ethtool's output."""
    found = []
    for name in list(_ethtool(source))[:MAX_DEVICES]:
        served = of_card(source, name, platform) or Served(
            because="its driver does not tell what it hangs on", evidence=[_ETHTOOL]
        )
        served = better(served, "network", platform.hypervisor, platform.drivers)
        found.append(Net(name, **structs.asdict(served)))
    return found


def _ethtool(source: Source) -> dict[str, dict[str, str]]:
    """Card -> what `ethtool -i` printed of it; `lo` has nothing."""
    found: dict[str, dict[str, str]] = {}
    told: dict[str, str] = {}
    for line in (source.output("ethtool -i") or "").splitlines():
        key, _, value = line.partition(":")
        if key == "interface":
            told = found.setdefault(value.strip(), {})
        elif value:
            told[key.strip()] = value.strip()
    return {name: told for name, told in found.items() if "driver" in told}


def disks(source: Source, platform: paths.Platform) -> list[Block]:
    """The whole disks that lsblk listed."""
    found = []
    for name, buses in list(_lsblk(source.output("lsblk") or ""))[:MAX_DEVICES]:
        served = of_disk(name, buses, platform, _LSBLK)
        served = better(
            served, "cdrom" if name.startswith("sr") else "disk", platform.hypervisor, platform.drivers
        )
        found.append(Block(name, **structs.asdict(served)))
    return found


def disks_in_log(source: Source, platform: paths.Platform) -> list[Block]:
    """The disks that the kernel log names by the names of one driver (drivers/block/virtio_blk.c,
    drivers/block/xen-blkfront.c), or those on which it mounted a file system."""
    found = []
    for name in sorted(set(re.findall(_NAMED_IN_LOG, kernel_log(source))))[:MAX_DEVICES]:
        served = of_disk(name, [], platform, KERNEL_LOG)
        found.append(
            Block(name, **structs.asdict(better(served, "disk", platform.hypervisor, platform.drivers)))
        )
    return found


_NAMED_IN_LOG = (
    r"(?:virtio_blk virtio\d+: \[|blkfront: |(?:EXT4-fs|XFS|BTRFS[\w ]{0,9}) \()(x?vd[a-z]{1,3})[\d\]):]"
)


def of_disk(name: str, buses: list[str], platform: paths.Platform, evidence: str) -> Served:
    """How a disk is served, by its name and the buses above it where they are told."""
    if name.startswith(SOFTWARE_DISKS):
        return Served(path="software", because="made by this kernel, not a device", bus="virtual")
    for begins, driver, bus in _DISKS:
        if name.startswith(begins):
            return paths.of_chain([Node(name, bus, driver, evidence)], {}, platform.guest) or Served()
    chain = [Node(name, bus, None, evidence) for bus in buses if bus in paths.PARAVIRTUAL_BUSES]
    served = paths.of_chain(chain, {}, platform.guest)
    return served or Served(because="it is not told what it hangs on", evidence=[evidence])


def _lsblk(text: str) -> Iterator[tuple[str, list[str]]]:
    """Name, and the buses above it where they are told, of each disk and CD drive."""
    if text.lstrip().startswith("{"):
        yield from _lsblk_json(text)
        return
    head: list[str] = []
    for line in text.splitlines():
        words = line.split()
        if words[:1] == ["NAME"]:
            head = words
        elif head[5:6] == ["TYPE"] and words[5:6] in (["disk"], ["rom"]) and words[0].isalnum():
            yield words[0], []


def _lsblk_json(text: str) -> Iterator[tuple[str, list[str]]]:
    for one in _listed(text, "blockdevices"):
        name = one.get("name")
        if isinstance(name, str) and one.get("type") in ("disk", "rom"):
            subsystems = one.get("subsystems")
            yield name, subsystems.split(":") if isinstance(subsystems, str) else []


def _listed(text: str, key: str) -> list[dict[str, Any]]:
    try:
        found = msgspec.json.decode(text)
    except (msgspec.DecodeError, RecursionError):
        return []
    listed = found.get(key) if isinstance(found, dict) else None
    return [one for one in listed if isinstance(one, dict)] if isinstance(listed, list) else []
