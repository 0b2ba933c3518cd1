"""What does the firmware say of the machine: SMBIOS and ACPI? And what does its cloud?"""

from vaudit.evidence.source import Source
from vaudit.facts.ask import first, systeminfo, windows
from vaudit.facts.linux import firmware, instance, outputs, printed
from vaudit.facts.values import BusDevices, Smbios, Told

SMBIOS = (
    windows.smbios,
    systeminfo.smbios,
    firmware.smbios,
    printed.dmidecode,
    outputs.smbios,
    firmware.smbios_in_log,
)
ACPI_MAKER = (windows.acpi_maker, systeminfo.acpi_maker, firmware.acpi_maker, firmware.acpi_maker_in_log)
ACPI_DEVICES = (windows.acpi_devices, firmware.acpi_devices)
INSTANCE = (instance.of_cloud_init,)


def smbios(source: Source) -> Smbios:
    """Names of machine, board and firmware; empty where there is no SMBIOS or it is not shown."""
    return first(SMBIOS, source) or Smbios(absent=firmware.has_none(source))


def acpi_maker(source: Source) -> Told | None:
    """Who made the ACPI tables: the OEM id in their headers."""
    return first(ACPI_MAKER, source)


def acpi_devices(source: Source) -> BusDevices:
    """The hardware ids of the devices that ACPI declares."""
    return first(ACPI_DEVICES, source) or BusDevices()


def instance_type(source: Source) -> Told | None:
    """As what a cloud sells the machine, by what it wrote down here."""
    return first(INSTANCE, source)


def untyped(source: Source) -> str:
    """Why it is not known, where it is not."""
    return instance.unnamed(source)
