"""What does the firmware say of the machine: SMBIOS and ACPI?"""

from vaudit.evidence.source import Source
from vaudit.facts.ask import first, windows
from vaudit.facts.linux import firmware, outputs, printed
from vaudit.facts.values import BusDevices, Smbios, Told

SMBIOS = (windows.smbios, firmware.smbios, printed.dmidecode, outputs.smbios, firmware.smbios_in_log)
ACPI_MAKER = (windows.acpi_maker, firmware.acpi_maker, firmware.acpi_maker_in_log)
ACPI_DEVICES = (
    windows.acpi_devices,
    firmware.acpi_devices,
)


def smbios(source: Source) -> Smbios:
    """Names of machine, board and firmware; empty where there is no SMBIOS or it is not shown."""
    return first(SMBIOS, source) or Smbios(absent=firmware.has_none(source))


def acpi_maker(source: Source) -> Told | None:
    """Who made the ACPI tables: the OEM id in their headers."""
    return first(ACPI_MAKER, source)


def acpi_devices(source: Source) -> BusDevices:
    """The hardware ids of the devices that ACPI declares."""
    return first(ACPI_DEVICES, source) or BusDevices()
