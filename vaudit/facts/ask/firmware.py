"""What does the firmware say of the machine: SMBIOS and ACPI? And what does its cloud?"""

from __future__ import annotations  # those of tables take longer to work out than the tables

from vaudit.evidence.source import Source
from vaudit.facts.ask import KERNEL_LOG, By, ask, systeminfo, windows
from vaudit.facts.linux import firmware, instance, outputs, printed
from vaudit.facts.signatures import DMI_PLACEHOLDERS
from vaudit.facts.values import BusDevices, Smbios, Told

SMBIOS: By[Smbios | None] = {
    "windows": (windows.smbios, systeminfo.smbios, outputs.smbios),
    "linux": (firmware.smbios, printed.dmidecode, outputs.smbios, firmware.smbios_in_log),
}
NO_SMBIOS: By[bool | None] = {"linux": (firmware.has_none,)}
ACPI_MAKER: By[Told | None] = {
    "windows": (windows.acpi_maker, systeminfo.acpi_maker),
    "linux": (firmware.acpi_maker, firmware.acpi_maker_in_log),
}
ACPI_DEVICES: By[BusDevices | None] = {
    "windows": (windows.acpi_devices,),
    "linux": (firmware.acpi_devices,),
}
INSTANCE: By[Told | None] = {"linux": (instance.of_cloud_init,)}
UNTYPED: By[str | None] = {"linux": (instance.unnamed,)}


def smbios(source: Source) -> Smbios:
    """Names of machine, board and firmware; empty where there is no SMBIOS or it is not shown."""
    return ask(SMBIOS, source) or Smbios(absent=bool(ask(NO_SMBIOS, source)))


def of_another(source: Source, known: Smbios) -> Smbios:
    """What the kernel log names, where it is another machine than the one whose SMBIOS is known; else empty.

    A record may mix two machines, and names can be edited: neither is passed over.
    """
    logged = firmware.smbios_in_log(source)
    maker = _plain(known.values.get("sys_vendor", ""))
    elsewhere = known.evidence.get("sys_vendor") != KERNEL_LOG
    if not logged or not maker or not elsewhere or maker.startswith(DMI_PLACEHOLDERS):
        return Smbios()
    return Smbios() if maker in _plain(logged.values["sys_vendor"]) else logged


def _plain(text: str) -> str:
    return " ".join(text.lower().split())


def acpi_maker(source: Source) -> Told | None:
    """Who made the ACPI tables: the OEM id in their headers."""
    return ask(ACPI_MAKER, source)


def acpi_devices(source: Source) -> BusDevices:
    """The hardware ids of the devices that ACPI declares."""
    return ask(ACPI_DEVICES, source) or BusDevices()


def instance_type(source: Source) -> Told | None:
    """As what a cloud sells the machine, by what it wrote down here."""
    return ask(INSTANCE, source)


def untyped(source: Source) -> str:
    """Why it is not known, where it is not."""
    return ask(UNTYPED, source) or "the firmware names no type"
