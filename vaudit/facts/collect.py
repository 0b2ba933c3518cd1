"""Evidence -> Facts: asks every question once, and hands the answers to those who judge them."""

from collections.abc import Sequence

from msgspec import structs

from vaudit.evidence.source import Source
from vaudit.facts import (
    containers,
    controllers,
    cpu,
    guests,
    hypervisor,
    layers,
    migration,
    offered,
    paths,
    product,
    readiness,
    witnesses,
)
from vaudit.facts.ask.confidential import excluded, protected
from vaudit.facts.ask.cpu import cpuid, processor
from vaudit.facts.ask.devices import addresses, all_shown, buses, cards, disks, pci_functions
from vaudit.facts.ask.door import system_of
from vaudit.facts.ask.firmware import acpi_devices, acpi_maker, instance_type, of_another, smbios, untyped
from vaudit.facts.ask.hosting import abilities
from vaudit.facts.ask.offered import offers, uses
from vaudit.facts.ask.os import architecture, drivers, kernel, memory, own_of_windows, system
from vaudit.facts.ask.platform import (
    HEARD,
    isolation,
    marks,
    outer_layers,
    own_guests,
    own_word,
    signals,
    xen,
)
from vaudit.facts.signatures import CONTROLLED_KINDS
from vaudit.facts.steal import with_steal
from vaudit.facts.values import Seen
from vaudit.model.facts import Cpu, Facts, Hypervisor, Unseen


def collect(source: Source) -> Facts:
    """All facts of one machine. Reaches it only through `source`; never raises for what a machine holds."""
    source.listen(HEARD)
    contained = containers.weigh(marks(source), isolation(source))
    seen = look(source)
    said = [*witnesses.gather(seen), *signals(source), *contained.witnesses]
    beneath = _with_contradictions(hypervisor.collect(seen, said), contained.contradictions)
    guest = is_guest(beneath)
    by_address = {one.address: one for one in seen.functions}
    platform = paths.Platform(by_address, beneath, guest, drivers(source, beneath))
    block, net = disks(source, platform), cards(source, platform)
    looked = all_shown(source)
    found = controllers.collect(seen.functions, block, net, guest, looked)
    lists: dict[Unseen, Sequence[object]] = {"block": block, "net": net, "controllers": seen.functions}
    unseen = [name for name, there in lists.items() if not there and name not in looked]
    processor_facts = cpu.collect(seen, beneath, guest)
    offering = with_interfaces(source, seen, beneath, processor_facts)
    possible = guests.collect(processor_facts, beneath, contained, seen)
    running = kernel(source)
    return Facts(
        cpu=with_steal(processor_facts, offering, running, seen.cpuid.searched),
        hypervisor=offering,
        containers=contained.names,
        layers=layers.collect(beneath, contained, outer_layers(source), seen.protected),
        block=block,
        net=net,
        controllers=found,
        drivers=platform.drivers,
        guests=possible,
        readiness=readiness.collect(
            abilities(source),
            cpu=processor_facts,
            hypervisor=beneath,
            containers=contained,
            guests=possible,
            kernel=running,
        ),
        memory=memory(source, seen.smbios),
        kernel=running,
        os=system(source),
        vmware=own_word(source, beneath),
        machine=product.collect(seen.smbios, instance_type(source), untyped(source)),
        addresses=addresses(source),
        migration=migration.obstacles(seen, beneath, block, net, found),
        contained=contained.certain,
        unseen=unseen,
        windows=own_of_windows(source, platform, block, net),
    )


def look(source: Source) -> Seen:
    """What is to be seen of the platform. CPUID comes last: a child process answers it beside the reads."""
    seen = Seen(
        system=system_of(source),
        architecture=architecture(source),
        functions=pci_functions(source),
        buses=buses(source),
        smbios=smbios(source),
        acpi_maker=acpi_maker(source),
        acpi_devices=acpi_devices(source),
        hosting=own_guests(source),
        xen=xen(source),
        processor=processor(source),
    )
    answers = cpuid(source, seen.xen)
    return structs.replace(
        seen,
        logged=of_another(source, seen.smbios),
        cpuid=answers,
        protected=protected(source, answers),
        unprotected=excluded(source, answers),
        flags=cpu.flags(seen.processor, answers, seen.architecture),
    )


def with_interfaces(source: Source, seen: Seen, beneath: Hypervisor, processor_facts: Cpu) -> Hypervisor:
    """The hypervisor with what it offers; nothing is asked for where there is none."""
    found = offers(source, seen, beneath)
    if not found:
        return beneath
    told = offered.interfaces(found, uses(source, seen, found), beneath, processor_facts)
    return structs.replace(beneath, interfaces=told)


def is_guest(beneath: Hypervisor) -> bool | None:
    """Whether a hypervisor beneath serves the devices; None where nothing is known.

    dom0 and a root partition drive the machine's own devices, unless their machine is a guest itself.
    """
    controls = beneath.role == "host" and beneath.kind in CONTROLLED_KINDS
    if beneath.kind == "none" or controls:
        return beneath.beneath not in (None, "none")
    # of a host of which nothing is known nobody knows what it runs on itself
    return None if beneath.role == "none" or (beneath.role, beneath.kind) == ("host", "unknown") else True


def _with_contradictions(found: Hypervisor, more: list[str]) -> Hypervisor:
    return structs.replace(found, contradictions=[*found.contradictions, *more]) if more else found
