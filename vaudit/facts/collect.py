"""Evidence -> Facts: runs every collector once, in the order in which they need each other."""

from msgspec import structs

from vaudit.evidence.source import Source
from vaudit.facts import controllers, guests, hypervisor, layers, migration, paths, smbios, witnesses
from vaudit.facts.linux import block, containers, cpu, drivers, kernel, memory, net, printed, sysfs
from vaudit.model.facts import Facts, Hypervisor


def collect(source: Source) -> Facts:
    """All facts of one machine. Reaches it only through `source`; never raises for what a machine holds."""
    kernel_facts = kernel.collect(source)
    driver_facts = drivers.collect(source, kernel_facts.release)
    functions = sysfs.functions(source) or printed.lspci(source) or printed.proc_bus_pci(source)
    firmware = smbios.read(source)
    contained = containers.collect(source)
    # CPUID is asked late: a child process answers it beside the reads above
    info = cpu.cpuinfo(source)
    flags = cpu.flags(source, info)
    signals = witnesses.gather(source, firmware, functions, flags.hypervisor)
    beneath = hypervisor.collect(source, [*signals, *contained.witnesses], functions, firmware)
    beneath = _with_contradictions(beneath, contained.contradictions)
    guest = is_guest(beneath)
    platform = paths.Platform({one.address: one for one in functions}, beneath, guest, driver_facts)
    disks = block.collect(source, platform)
    cards = net.collect(source, platform)
    dom0 = beneath.kind == "xen" and beneath.role == "host"
    processor = cpu.collect(source, info, flags, guest=guest, dom0=dom0)
    functions_seen = controllers.collect(functions, disks, cards, guest)
    obstacles = [
        *migration.hardware(disks, cards, functions_seen),
        *migration.processor(source, processor, beneath),
    ]
    return Facts(
        cpu=processor,
        hypervisor=beneath,
        containers=contained.names,
        layers=layers.collect(source, beneath, contained),
        block=disks,
        net=cards,
        controllers=functions_seen,
        drivers=driver_facts,
        guests=guests.collect(source, processor, beneath, contained.names),
        memory=memory.collect(source, firmware),
        kernel=kernel_facts,
        os=kernel.os(source),
        migration=obstacles if beneath.role == "guest" else [],
    )


def is_guest(beneath: Hypervisor) -> bool | None:
    """Whether a hypervisor beneath serves the devices; None where nothing is known.

    dom0 and a root partition drive the machine's own devices, unless their machine is a guest itself.
    """
    if beneath.kind == "none" or beneath.role == "host":
        return beneath.beneath not in (None, "none")
    return True if beneath.role == "guest" else None


def _with_contradictions(found: Hypervisor, more: list[str]) -> Hypervisor:
    return structs.replace(found, contradictions=[*found.contradictions, *more]) if more else found
