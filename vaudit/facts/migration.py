"""What in this guest would stand in the way of a live migration, as far as a guest can see.

QEMU docs/devel/migration and libvirt's guide to migration; the VMware, Hyper-V and Xen manuals name the same:
hardware handed through, disks that only one host has, a processor that only one host has.
"""

from collections.abc import Iterator

from vaudit.facts.signatures import QEMU_MODELS
from vaudit.facts.values import Hosting, Processor, Seen
from vaudit.model.facts import Block, Controller, Hypervisor, Net, Obstacle
from vaudit.model.names import CONFIDENTIAL

_LOCAL_NVME = ("Amazon local NVMe",)
_THROUGH = "handed through to this guest"
"""By which signs stands with the device: a machine may have thousands."""


def obstacles(
    seen: Seen, hypervisor: Hypervisor, disks: list[Block], cards: list[Net], found: list[Controller]
) -> list[Obstacle]:
    """What a guest can see of it; nothing for a machine that is no guest."""
    if hypervisor.role != "guest":
        return []
    processor = _processor(seen.processor, hypervisor)
    return [
        *_hardware(disks, cards, found),
        *_guests(seen.hosting),
        *_protection(seen, hypervisor),
        *processor,
    ]


def _protection(seen: Seen, hypervisor: Hypervisor) -> Iterator[Obstacle]:
    """Memory that the host cannot read, so that it cannot copy it to another one either."""
    if hypervisor.confidential:
        name = CONFIDENTIAL[hypervisor.confidential]
        why = f"{name} hides this guest's memory from its host, and few hosts can hand it over"
        yield Obstacle("confidential", name, why, [one.evidence for one in seen.protected])


def _hardware(disks: list[Block], cards: list[Net], found: list[Controller]) -> Iterator[Obstacle]:
    """Devices that another host does not have."""
    local = {one.address for one in found if one.model in _LOCAL_NVME}
    for disk in disks:
        if disk.controller in local:
            why = "storage that lies in this host only"
            yield Obstacle("local-storage", disk.name, why, disk.evidence)
        elif disk.path == "passthrough":
            yield Obstacle("usb" if disk.bus == "usb" else "passthrough", disk.name, _THROUGH, disk.evidence)
    for card in cards:
        if card.path == "passthrough":
            yield Obstacle("passthrough", card.name, _THROUGH, card.evidence)
    for one in found:
        if one.path == "passthrough" and one.class_ == "display":
            yield Obstacle("passthrough", one.address, f"a graphics function, {_THROUGH}", one.evidence)


def _guests(hosting: Hosting) -> Iterator[Obstacle]:
    """Guests of this guest."""
    if hosting.running:
        why = "guests of its own run here, which older hypervisors cannot move along"
        yield Obstacle("nested-guests", "kvm", why, hosting.running_evidence)


def _processor(found: Processor, hypervisor: Hypervisor) -> Iterator[Obstacle]:
    """A processor or a clock that another host does not have."""
    model = found.known.model
    own_model = model is not None and not model.startswith(QEMU_MODELS)
    if hypervisor.kind in ("kvm", "qemu") and hypervisor.vmm in (None, "qemu") and own_model:
        why = "the host's own processor model is shown: only hosts with the same one can take this guest over"
        yield Obstacle("cpu-model", model or "", why, found.evidence)
    if hypervisor.vmm == "qemu" and found.flags.issuperset(("constant_tsc", "nonstop_tsc")):
        why = "QEMU moves no guest with an invariant TSC unless its frequency was fixed (tsc-frequency)"
        yield Obstacle("invariant-tsc", "tsc", why, found.evidence)
    elif found.known.clocksource == "tsc" and hypervisor.kind in ("kvm", "qemu", "xen"):
        why = "time is read from the processor's counter, whose rate another host must have or imitate"
        yield Obstacle("clock", "tsc", why, found.clock_evidence)
