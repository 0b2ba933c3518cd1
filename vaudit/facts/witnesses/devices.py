"""What devices say of the platform: PCI functions, and buses that hypervisors bring along."""

from collections.abc import Iterator

from vaudit.facts import weights as w
from vaudit.facts.signatures import PCI_IDS, PCI_SUBSYSTEMS, VIRTUAL_BRIDGES
from vaudit.facts.values import BusDevices, Function
from vaudit.facts.weights import witness
from vaudit.model.facts import Points, Witness

VIRTIO = "1af4"
_BRIDGE = "0000:00:00.0"
_SLOTS_HANDED = ("ppc", "s390", "sparc")
"""Where partitions are given slots and bridges of the machine's own."""
_VMM_VENDORS = ("1b36", "1234", "15ad", "80ee", "1ab8", "5853")
_CLOUDS = ("1d0f", "1ae0")
"""Vendors that make cards for their own clouds."""
_PCS = ("8086:1237", "8086:7190", "8086:29c0")
_FRONTENDS = ("vbd-", "vif-")


def pci(functions: list[Function]) -> Iterator[Witness]:
    """Devices that only a hypervisor offers, and copied chips that their subsystem gives away."""
    said: set[str] = set()
    for one in functions:
        subsystem = {} if one.vendor == VIRTIO else PCI_SUBSYSTEMS  # virtio's own is QEMU's too
        for key, table in ((one.id, PCI_IDS), (one.subsystem, subsystem)):
            if key in table and key not in said:
                said.add(key)
                what, speaks = table[key]
                yield from speaks.witnesses(f"{what} at {one.address}", one.evidence)
    virtio = [one for one in functions if one.vendor == VIRTIO]
    if virtio:
        says = f"{len(virtio)} virtio function(s) on the PCI bus"
        yield witness(w.PCI_VIRTIO, says, virtio[0].evidence, Points(role="guest"))


def chipset(functions: list[Function], arch: str | None) -> Iterator[Witness]:
    """A host bridge that no VMM offers, on a bus where nothing else is virtual."""
    bridge = next((one for one in functions if one.address == _BRIDGE and one.class_.startswith("06")), None)
    handed = (arch or "").startswith(_SLOTS_HANDED)
    known = bridge and bridge.device and not handed
    if bridge and known and not bridge.id.startswith(VIRTUAL_BRIDGES) and not _any_virtual(functions):
        says = f"the host bridge {bridge.id} is a chipset, which no hypervisor copies"
        yield witness(w.PCI_CHIPSET, says, bridge.evidence, Points(kind="none"))


def cloud_bus(functions: list[Function]) -> Iterator[Witness]:
    """A cloud's cards behind a chipset of 1996: whole machines of clouds have them behind a real one."""
    bridge = next((one for one in functions if one.address == _BRIDGE and one.id in _PCS), None)
    card = next((one for one in functions if one.vendor in _CLOUDS), None)
    if bridge and card:
        says = f"{card.id} at {card.address}, a cloud's, behind the host bridge {bridge.id} that VMMs copy"
        yield witness(w.PCI_CLOUD_BUS, says, card.evidence, Points(role="guest"))


def behind_copied(functions: list[Function]) -> Iterator[Witness]:
    """virtio behind a chipset that VMMs copy, which counts where the processor denies a hypervisor: cards of
    metal that speak virtio are younger than those chipsets by ten years."""
    bridge = next((one for one in functions if one.address == _BRIDGE and one.id in _PCS), None)
    card = next((one for one in functions if one.vendor == VIRTIO), None)
    if bridge and card:
        says = f"virtio at {card.address}, behind the host bridge {bridge.id} that VMMs copy"
        yield witness(w.PCI_VIRTIO_COPIED, says, card.evidence, Points(role="guest"))


def _any_virtual(functions: list[Function]) -> bool:
    """Whether any function is one that hypervisors alone offer; whole machines of clouds have the cloud's."""
    return any(
        one.vendor in _VMM_VENDORS
        or one.subsystem in PCI_SUBSYSTEMS
        or (one.id in PCI_IDS and not PCI_IDS[one.id][1].cloud)
        for one in functions
    )


def buses(found: dict[str, BusDevices]) -> Iterator[Witness]:
    """Devices (never drivers) on the buses that hypervisors bring along, by the name of the bus."""
    nothing = BusDevices()
    vmbus, xen = found.get("vmbus", nothing), found.get("xen", nothing)
    if vmbus.names:
        yield witness(w.VMBUS, "devices on Hyper-V's vmbus", vmbus.evidence, Points(kind="hyperv"))
    frontend = next((name for name in xen.names if name.startswith(_FRONTENDS)), None)
    if frontend:
        yield witness(w.XEN_BUS, f"{frontend} on the Xen bus", xen.evidence, Points(kind="xen"))
    virtio, fw_cfg = found.get("virtio", nothing), found.get("fw_cfg", nothing)
    if virtio.names:
        says = f"{len(virtio.names)} device(s) on the virtio bus"
        yield witness(w.VIRTIO_BUS, says, virtio.evidence, Points(role="guest"))
    if fw_cfg.names:
        yield witness(w.FW_CFG, "QEMU's fw_cfg device", fw_cfg.evidence, Points(vmm="qemu"))
