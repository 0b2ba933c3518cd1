"""The witnesses of a hypervisor: each function takes one kind of what was seen and says what it points to.

No function decides anything or knows what its signal weighs: weights.py says that, hypervisor.py weighs.
"""

from vaudit.facts.values import Seen
from vaudit.facts.witnesses import devices, firmware, interfaces
from vaudit.model.facts import Witness


def gather(seen: Seen) -> list[Witness]:
    """Everything that is said about the platform, in no order of trust."""
    return [
        *interfaces.cpuid(seen.cpuid),
        *interfaces.flag(seen.flags),
        *interfaces.xen(seen.xen),
        *firmware.smbios(seen.smbios),
        *firmware.smbios(seen.logged),
        *firmware.acpi(seen.acpi_maker, seen.acpi_devices),
        *devices.pci(seen.functions),
        *devices.chipset(seen.functions, seen.architecture),
        *devices.cloud_bus(seen.functions),
        *(devices.behind_copied(seen.functions) if seen.flags.hypervisor is False else ()),
        *devices.buses(seen.buses),
        *interfaces.model(seen.processor),
        *interfaces.protection(seen.protected),
    ]
