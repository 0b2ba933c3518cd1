"""What common programs printed, for records that hold their output instead of the files behind it."""

import re
from collections.abc import Iterator

from vaudit.evidence.source import Source
from vaudit.facts import weights as w
from vaudit.facts.ask import output_id
from vaudit.facts.linux.lscpu import lscpu
from vaudit.facts.signatures import DISK_NAMES, LSPCI_BRIDGES, LSPCI_WORDS
from vaudit.facts.values import Function, Smbios
from vaudit.facts.weights import Speaks, witness
from vaudit.model.facts import Points, Witness

_LSPCI_HEAD = r"^((?:[0-9a-f]{4}:)?[0-9a-f]{2}:[0-9a-f]{2}\.[0-7])\s"
_LSPCI_IDS = r"\[([0-9a-f]{4})\]:.*\[([0-9a-f]{4}):([0-9a-f]{4})\]"
_LSPCI_NUMERIC = r"^\S+\s+(?:Class )?\"?([0-9a-f]{4})\"?:?\s+\"?([0-9a-f]{4})\"?:\"?([0-9a-f]{4})"
_SUBSYSTEM = r"Subsystem:.*\[([0-9a-f]{4}):([0-9a-f]{4})\]|Subsystem: ([0-9a-f]{4}):([0-9a-f]{4})"
_ARCHITECTURES = r" (x86_64|i[3-6]86|aarch64|armv\w+|ppc64(?:le)?|s390x?|riscv64|loongarch64|sparc64|ia64)\b"
_BRIDGE = r"^(?:0000:)?00:00\.0 Host bridge: ((?:Intel|Advanced Micro Devices|VIA|NVIDIA|Silicon Int)[^\n]*)"
_VIRTUAL_MAKERS = ("Red Hat", "VMware", "Parallels", "Xen", "Bochs", "bhyve")
_DMIDECODE = {
    "BIOS Information": {"Vendor": "bios_vendor", "Version": "bios_version"},
    "System Information": {
        "Manufacturer": "sys_vendor", "Product Name": "product_name", "Version": "product_version",
        "UUID": "product_uuid", "Family": "family",
    },
    "Base Board Information": {"Manufacturer": "board_vendor", "Product Name": "board_name"},
    "Chassis Information": {"Manufacturer": "chassis_vendor", "Asset Tag": "chassis_asset_tag"},
}  # fmt: skip
"""Section of dmidecode's text -> its field -> the name of it here."""


def lspci(source: Source) -> list[Function]:
    """The functions that `lspci -nn`, `-nnk` or `-n` printed; those without ids are left out."""
    text = source.output("lspci")
    blocks = re.split(r"\n(?=\S)", text) if text else []
    return [function for block in blocks if (function := _function(block))]


def _function(block: str) -> Function | None:
    head = re.match(_LSPCI_HEAD, block)
    first = block.partition("\n")[0]
    ids = re.search(_LSPCI_IDS, first) or re.match(_LSPCI_NUMERIC, first)
    if not head or not ids:
        return None
    address = head[1] if head[1].count(":") == 2 else f"0000:{head[1]}"
    subsystem = re.search(_SUBSYSTEM, block)
    vendor, device = [part for part in subsystem.groups() if part] if subsystem else ("", "")
    driver = re.search(r"Kernel driver in use: (\S+)", block)
    name = driver[1] if driver else None
    return Function(address, ids[2], ids[3], vendor, device, f"{ids[1]}00", name, output_id("lspci"))


def dmidecode(source: Source) -> Smbios | None:
    """dmidecode's text: the first section of each name counts."""
    text = source.output("dmidecode")
    if not text:
        return None
    values: dict[str, str] = {}
    names: dict[str, str] = {}
    for line in text.splitlines():
        if line and not line[0].isspace():
            names = _DMIDECODE.get(line.strip(), {})
        key, _, value = line.partition(":")
        if key.strip() in names and value.strip():
            values.setdefault(names[key.strip()], value.strip())
    virtual = "System is a virtual machine" in text or None
    evidence = output_id("dmidecode")
    return Smbios(values, dict.fromkeys(values, evidence), virtual, evidence if virtual else "")


def architecture(source: Source) -> str | None:
    """What lscpu says of it, or the line of `uname -a`."""
    named = lscpu(source).get("Architecture")
    if named:
        return named
    match = re.search(_ARCHITECTURES, source.output("uname -a") or "")
    return match[1] if match else None


def lspci_names(source: Source) -> Iterator[Witness]:
    """What lspci calls virtual devices, with or without their ids."""
    yield from _named(source.output("lspci"), LSPCI_WORDS, "lspci lists", output_id("lspci"))


def lspci_chipset(source: Source) -> Iterator[Witness]:
    """The host bridge by its name, where lspci printed no ids and nothing else on the bus is virtual."""
    text = source.output("lspci") or ""
    bridge = re.search(_BRIDGE, text, re.MULTILINE)
    virtual = any(word in text for word in (*LSPCI_WORDS, *_VIRTUAL_MAKERS))
    if bridge and not virtual and not any(name in bridge[1] for name in LSPCI_BRIDGES):
        says = f"lspci calls the host bridge {bridge[1]!r}, a chipset, which no hypervisor copies"
        yield witness(w.LSPCI_CHIPSET, says, output_id("lspci"), Points(kind="none"))


def disk_names(source: Source) -> Iterator[Witness]:
    """How disks call themselves, where the folders of disks were not recorded."""
    if source.status("dir", "/sys/class/block") != "unrecorded":
        return
    for path in ("/proc/scsi/scsi", *(f"/proc/ide/{name}/model" for name in source.names("/proc/ide"))):
        yield from _named(source.read(path), DISK_NAMES, "a disk calls itself", f"file:{path}")


def _named(text: str | None, table: dict[str, Speaks], says: str, evidence: str) -> Iterator[Witness]:
    for word, speaks in table.items():
        if word in (text or ""):
            yield from speaks.witnesses(f"{says} {word!r}", evidence)
