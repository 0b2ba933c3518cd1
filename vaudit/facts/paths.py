"""How a device is served: paravirtual, emulated, passed through, physical or software, and why.

The identity of the device decides (its bus, its PCI ids and subsystem), never its speed. A chip that
hypervisors copy is physical on a physical machine and emulated in a guest, whatever its driver says.
"""

from collections.abc import Callable

from msgspec import structs

from vaudit.facts.values import Function, Node, Value
from vaudit.model.facts import Driver, Hypervisor, Path, Served


class Platform(Value, frozen=True):
    """What has to be known of the machine before its devices can be judged."""

    functions: dict[str, Function]
    """PCI functions by address."""
    hypervisor: Hypervisor
    guest: bool | None
    """Whether a hypervisor lies beneath and serves the devices; None when that is not known."""
    drivers: list[Driver]


PARAVIRTUAL_BUSES: dict[str, str] = {
    "virtio": "on the virtio bus",
    "xen": "on the Xen bus, served by a backend domain",
    "vmbus": "on Hyper-V's vmbus",
}
_TRANSPORTS = {"platform": "mmio", "vdpa": "vDPA (hardware)", "pci": "PCI"}

PARAVIRTUAL_PCI: dict[str, str] = {
    "15ad:07b0": "VMXNET3",
    "15ad:07c0": "VMware PVSCSI",
    "15ad:0405": "VMware SVGA II",
    "15ad:0406": "VMware SVGA 3",
    "15ad:0710": "VMware SVGA",
    "15ad:0720": "VMXNET",
    "15ad:0820": "VMware PVRDMA",
    "1b36:0100": "QXL",
    "1414:5353": "Hyper-V video",
    "80ee:beef": "VirtualBox graphics",
    "1ae0:0042": "Google gVNIC",
    "1ab8:4005": "Parallels video",
    "5853:0001": "Xen platform device",
}
"""PCI functions that exist only as an agreement between guest and hypervisor."""

CLOUD_PCI: dict[str, str] = {
    "1d0f:ec20": "Amazon ENA",
    "1d0f:ec21": "Amazon ENA",
    "1d0f:0ec2": "Amazon ENA",
    "1d0f:1ec2": "Amazon ENA",
    "1d0f:efa0": "Amazon EFA",
    "1d0f:efa1": "Amazon EFA",
    "1d0f:efa2": "Amazon EFA",
    "1d0f:8061": "Amazon EBS NVMe",
    "1d0f:cd00": "Amazon local NVMe",
    "1d0f:cd01": "Amazon local NVMe",
    "1ae0:001f": "Google NVMe",
    "1414:00ba": "Microsoft Azure MANA",
    "1414:b111": "Microsoft Azure NVMe",
    "1414:00a9": "Microsoft Azure NVMe",
}
"""Functions of the cloud's own cards, handed to the guest as hardware."""

EMULATED_PCI: dict[str, str] = {
    "8086:7010": "PIIX3 IDE",
    "8086:7111": "PIIX4 IDE",
    "8086:2922": "ICH9 AHCI",
    "8086:2829": "ICH8M AHCI",
    "8086:2821": "ICH8 AHCI",
    "8086:269e": "ICH6 IDE",
    "8086:100e": "82540EM e1000",
    "8086:100f": "82545EM e1000",
    "8086:1004": "82543GC e1000",
    "8086:10d3": "82574L e1000e",
    "8086:1008": "82544GC e1000",
    "8086:10c9": "82576 igb",
    "8086:10ca": "82576 igbvf",
    "8086:1209": "82551 e100",
    "8086:1229": "82557 e100",
    "8086:2449": "82801 e100",
    "8086:1001": "82543 e1000",
    "10ec:8139": "RTL8139",
    "10ec:8029": "NE2000 (RTL8029)",
    "1022:2000": "PCnet",
    "1022:2020": "AM53C974 SCSI",
    "1011:0009": "DEC 21140",
    "1011:0014": "DEC 21041",
    "1011:0019": "DEC 21143",
    "106b:0021": "Sun GEM",
    "108e:1001": "Sun HME",
    "1b36:0006": "QEMU Rocker",
    "1095:0646": "CMD646 IDE",
    "1095:3112": "SiI3112 SATA",
    "1106:0571": "VIA IDE",
    "1000:0012": "LSI 53C895A",
    "1000:0030": "LSI 53C1030",
    "1000:0054": "LSI SAS1068",
    "1000:0060": "MegaRAID SAS 1078",
    "1000:005b": "MegaRAID SAS 2208",
    "1000:0079": "MegaRAID SAS 2108",
    "1000:0001": "LSI 53C810",
    "104b:1040": "BusLogic",
    "1234:1111": "standard VGA",
    "1013:00b8": "Cirrus GD 5446",
    "1002:5046": "ATI Rage 128",
    "1002:5159": "ATI RV100",
    "1d0f:1111": "Amazon VGA",
    "1b36:0013": "QEMU UFS",
    "1b36:0010": "QEMU NVMe",
    "8086:5845": "QEMU NVMe",
    "15ad:07e0": "VMware SATA AHCI",
    "15ad:07f0": "VMware NVMe",
    "80ee:4e56": "VirtualBox NVMe",
    "fb5d:0a0a": "bhyve NVMe",
    "106b:003f": "USB OHCI",
    "1033:0194": "NEC xHCI",
    "1b36:000d": "QEMU xHCI",
}
"""Chips whose copies hypervisors offer: QEMU hw/{net,scsi,ide,display} (as igb.c, igbvf.c, tulip.c),
VirtualBox src/VBox/Devices, VMware documents."""

SERVER_MAKERS = ("1014", "1028", "103c", "1137", "152d", "1590", "15d9", "1734", "17aa", "19e5")
"""Subsystem vendors of whole servers and of the cards in them: IBM, Dell, HP, Cisco, Quanta, HPE, Supermicro,
Fujitsu, Lenovo, Huawei."""
_WRITTEN_SO = {"1011:0019": "103c:104f"}
"""The chips to which a hypervisor itself writes such a subsystem (QEMU hw/net/tulip.c)."""

_COPIED = {known.partition(":")[0] for known in (*EMULATED_PCI, *PARAVIRTUAL_PCI, *CLOUD_PCI)}
"""Vendors of which a hypervisor or a cloud offers something."""

EMULATED_SUBSYSTEMS: dict[str, str] = {
    "1af4:1100": "QEMU",
    "5853:0001": "Xen's device model",
    "15ad:0750": "VMware",
    "15ad:1976": "VMware",
    "15ad:07e0": "VMware",
    "1af4:0005": "QEMU",
}
_VENDORS = {"15ad": "VMware"}
"""Subsystem vendors that no physical card carries."""

EMULATED_USB = {"46f4": "QEMU", "80ee": "VirtualBox", "0e0f": "VMware", "0627": "QEMU"}
"""USB vendor ids of virtual devices."""
_ROOT_HUB = "1d6b"
"""The Linux Foundation's, which every bus begins with."""


def of_function(one: Function, guest: bool | None) -> Served:
    """How a PCI function is served. `guest`: whether a hypervisor lies beneath; None: not known."""
    path, because, model = _of_ids(one, guest)
    return Served(
        path=path,
        because=because,
        driver=one.driver,
        bus="pci",
        model=model,
        controller=one.address,
        evidence=[one.evidence],
    )


def _of_ids(one: Function, guest: bool | None) -> tuple[Path, str, str | None]:
    if one.vendor == "1af4":
        return "paravirtual", f"a virtio function ({one.id.rstrip(':')})", "virtio"
    if one.id in PARAVIRTUAL_PCI:
        name = PARAVIRTUAL_PCI[one.id]
        return "paravirtual", f"{name} ({one.id}) exists only in guests", name
    maker = EMULATED_SUBSYSTEMS.get(one.subsystem) or _VENDORS.get(one.subvendor)
    if maker and guest is not False:
        chip = EMULATED_PCI.get(one.id)
        return "emulated", f"{chip or one.id} with subsystem {one.subsystem}: emulated by {maker}", chip
    if guest is False:
        return (
            "physical",
            f"{one.id if one.device else 'it lies'} on a machine without a hypervisor beneath",
            CLOUD_PCI.get(one.id),
        )
    if not one.device and guest and one.vendor and one.vendor not in _COPIED:
        because = f"made by {one.vendor}, whose chips no hypervisor copies: hardware handed to this guest"
        return "passthrough", because, None
    if not one.device:
        return "unknown", "its ids were not recorded, and its name does not tell", None
    if one.id in CLOUD_PCI:
        name = CLOUD_PCI[one.id]
        return "passthrough", f"{name} ({one.id}): a function of the cloud's own hardware", name
    if guest and one.id in EMULATED_PCI and not _is_sold(one):
        name = EMULATED_PCI[one.id]
        return "emulated", f"{name} ({one.id}) in a guest: a chip that hypervisors emulate", name
    if guest and one.id in EMULATED_PCI:
        because = f"{one.id} with subsystem {one.subsystem}, which no hypervisor writes: hardware handed over"
        return "passthrough", because, EMULATED_PCI[one.id]
    if guest:
        return (
            "passthrough",
            f"{one.id} is no chip that hypervisors emulate: hardware handed to this guest",
            None,
        )
    return (
        "unknown",
        f"{one.id}, and it is not known whether a hypervisor lies beneath",
        EMULATED_PCI.get(one.id),
    )


def _is_sold(one: Function) -> bool:
    """Whether a chip carries the subsystem of a server's maker: copies carry the chip maker's own."""
    return one.subvendor in SERVER_MAKERS and _WRITTEN_SO.get(one.id) != one.subsystem


def of_chain(chain: list[Node], functions: dict[str, Function], guest: bool | None) -> Served | None:
    """How the first device upwards that tells it is served; None when the chain holds none."""
    for at, node in enumerate(chain):
        if node.bus in PARAVIRTUAL_BUSES:
            return _on_paravirtual_bus(node, chain[at + 1 :])
        if node.bus == "pci" and node.name in functions:
            return of_function(functions[node.name], guest)
        if node.bus in _JUDGED:
            return _JUDGED[node.bus](node, guest)
    return None


def _at(node: Node, path: Path, because: str) -> Served:
    return Served(
        path=path,
        because=because,
        driver=node.driver,
        bus=node.bus,
        controller=node.name,
        evidence=[node.evidence] if node.evidence else [],
    )


def _on_paravirtual_bus(node: Node, above: list[Node]) -> Served:
    parent = next((one for one in above if one.bus), None)
    because = PARAVIRTUAL_BUSES[node.bus or ""]
    if node.bus == "virtio" and parent:
        because += f", over {_TRANSPORTS.get(parent.bus or '', parent.bus)}"
    return structs.replace(_at(node, "paravirtual", because), controller=(parent or node).name)


def _on_usb(node: Node, guest: bool | None) -> Served:
    maker = EMULATED_USB.get(node.vendor or "")
    if maker:
        emulated = _at(node, "emulated", f"a USB device with {maker}'s vendor id {node.vendor}")
        return structs.replace(emulated, evidence=[node.vendor_evidence])
    if guest and node.vendor in (None, _ROOT_HUB):
        return _at(node, "unknown", "on USB, and its vendor was not seen")
    path: Path = "physical" if guest is False else "passthrough" if guest else "unknown"
    return _at(node, path, "on USB")


def _on_board(node: Node, guest: bool | None) -> Served:
    return _at(node, "physical" if guest is False else "unknown", f"on the {node.bus} bus")


def _on_vio(node: Node, guest: bool | None) -> Served:
    return _at(node, "paravirtual", "on the virtual I/O bus of PowerVM") if guest else _on_board(node, guest)


def _on_uml(node: Node, guest: bool | None) -> Served:
    return _at(node, "paravirtual", "served by the process that User-mode Linux is")


def _on_backend(node: Node, guest: bool | None) -> Served:
    return _at(node, "software", "the backend of a Xen guest's device")


_JUDGED: dict[str | None, Callable[[Node, bool | None], Served]] = {
    "xen-backend": _on_backend,
    "usb": _on_usb,
    "uml": _on_uml,
    "vio": _on_vio,
    **dict.fromkeys(("platform", "mmc", "ccw", "amba", "of_platform", "ps3_system_bus"), _on_board),
}
"""Bus -> how a device on it is judged; a device on any other bus is told by what lies above it."""
