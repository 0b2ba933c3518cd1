"""Firmware as Linux shows it: SMBIOS and ACPI in sysfs (drivers/firmware/dmi-id.c), and in the kernel log."""

from msgspec import structs

from vaudit.evidence.source import Source
from vaudit.facts.ask import KERNEL_LOG, kernel_log
from vaudit.facts.linux import after
from vaudit.facts.values import BusDevices, Smbios, Told

ROOT = "/sys/class/dmi/id"
FIELDS = (
    "sys_vendor",
    "product_name",
    "product_version",
    "product_uuid",
    "board_vendor",
    "board_name",
    "bios_vendor",
    "bios_version",
    "chassis_vendor",
    "chassis_asset_tag",
)
"""What sysfs shows of it, each in a file of this name."""
_NAMING = ("sys_vendor", "product_name", "board_vendor", "bios_vendor", "bios_version")
"""Those that name a hypervisor where there is one."""
HARDWARE = "Hardware name: "
"""How an oops names the machine (kernel/printk, dump_stack_print_info)."""
_ACPI_TABLES = "/sys/firmware/acpi/tables"
_IN_LOG = ("RSDP", "XSDT", "RSDT", "FACP", "APIC")
"""Tables whose lines name the maker; the first that is known counts."""
HEARD = ("dmi: ", "hardware name: ", "acpi: rs", "acpi: xsdt", "acpi: facp", "acpi: apic")
"""What the lines of the kernel log hold, in lower case, that are looked for here."""
_ACPI_DEVICES = "/sys/bus/acpi/devices"


def smbios(source: Source) -> Smbios | None:
    """The files that anyone may read; what they lack and the rest from the raw table, which root may read."""
    values = {name: text for name in FIELDS if (text := source.line(f"{ROOT}/{name}"))}
    files = {name: f"file:{ROOT}/{name}" for name in values}
    data = source.firmware("SMBIOS")
    if not data:
        refused = any(source.status("file", f"{ROOT}/{name}") in ("denied", "error") for name in _NAMING)
        return Smbios(values, files, unread=refused) if values else None
    from vaudit.facts.smbios import parse

    raw = parse(data, "firmware:SMBIOS")
    more = {name: text for name, text in raw.values.items() if name not in values}
    return structs.replace(raw, values=values | more, evidence=dict.fromkeys(more, "firmware:SMBIOS") | files)


def smbios_in_log(source: Source) -> Smbios | None:
    """The line `DMI: VENDOR PRODUCT/BOARD, BIOS VERSION DATE` (drivers/firmware/dmi_scan.c).

    Each oops repeats it behind `Hardware name: `, which is all that most reports of one hold.
    """
    log = kernel_log(source)
    named = after(log, HARDWARE)
    told = after(log, "DMI: ") or (named if _is_dmi(named) else "")
    line, _, bios = told.partition(", BIOS")
    if not line:
        return None
    bios = bios.strip()
    values = dict.fromkeys(("sys_vendor", "product_name"), line)
    version = bios.rpartition(" ")[0].strip() or bios.strip()
    if version:
        values["bios_version"] = version
    return Smbios(values, dict.fromkeys(values, KERNEL_LOG), loose=True)


def _is_dmi(named: str) -> bool:
    """Whether an oops names SMBIOS' words: `VENDOR PRODUCT/BOARD, BIOS VERSION`, whose end may be cut off."""
    return ", BIOS" in named or ("/" in named and not named.endswith(")") and " hv:" not in named)


def has_none(source: Source) -> bool:
    """Whether the kernel found no SMBIOS: it would have made the folder."""
    return source.status("file", f"{ROOT}/sys_vendor") == "absent"


def acpi_maker(source: Source) -> Told | None:
    """The OEM id in the header of the first table that can be read (ACPI 5.2.6)."""
    for name in ("FACP", "APIC", "DSDT"):
        data = source.binary(f"{_ACPI_TABLES}/{name}")
        if data and len(data) >= 36:
            oem = data[10:16].decode("latin-1").strip("\0 ").upper()
            return Told(oem, f"ACPI table {name} is by {oem!r}", f"file:{_ACPI_TABLES}/{name}")
    return None


def acpi_maker_in_log(source: Source) -> Told | None:
    """The maker in a line such as `ACPI: FACP 0x… 000114 (v06 FIRECK FCVMFADT …)`."""
    for line in kernel_log(source).splitlines():
        if any(f"ACPI: {table} " in line for table in _IN_LOG):
            words = line.partition("(v")[2].split()
            oem = words[1].rstrip(")") if len(words) > 1 else ""
            says = f"the kernel log says that the ACPI tables are by {oem!r}"
            return Told(oem.upper(), says, KERNEL_LOG)
    return None


def acpi_devices(source: Source) -> BusDevices | None:
    """Hardware ids: the names of the folders, without the instance."""
    names = {name.partition(":")[0] for name in source.names(_ACPI_DEVICES)}
    return BusDevices(sorted(names), f"dir:{_ACPI_DEVICES}") if names else None
