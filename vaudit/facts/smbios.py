"""What the firmware says of the machine: SMBIOS through sysfs, as a raw table, or as dmidecode printed it.

SMBIOS Reference Specification (DMTF DSP0134), types 0 to 3; Linux: drivers/firmware/dmi-id.c.
"""

import re
from typing import NamedTuple

from vaudit.evidence.source import Source
from vaudit.facts.linux import printed

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
ROOT = "/sys/class/dmi/id"
TABLE = "/sys/firmware/dmi/tables/DMI"

# type -> (offset of the string number in the structure, field)
_STRINGS = {
    0: ((0x04, "bios_vendor"), (0x05, "bios_version")),
    1: ((0x04, "sys_vendor"), (0x05, "product_name"), (0x06, "product_version"), (0x1A, "family")),
    2: ((0x04, "board_vendor"), (0x05, "board_name")),
    3: ((0x04, "chassis_vendor"), (0x08, "chassis_asset_tag")),
}
_DMIDECODE = {
    "BIOS Information": {"Vendor": "bios_vendor", "Version": "bios_version"},
    "System Information": {
        "Manufacturer": "sys_vendor", "Product Name": "product_name", "Version": "product_version",
        "UUID": "product_uuid", "Family": "family",
    },
    "Base Board Information": {"Manufacturer": "board_vendor", "Product Name": "board_name"},
    "Chassis Information": {"Manufacturer": "chassis_vendor", "Asset Tag": "chassis_asset_tag"},
}  # fmt: skip


class Dmi(NamedTuple):
    """Field name -> value, and -> the evidence entry that it came from. Empty when there is no SMBIOS."""

    values: dict[str, str]
    evidence: dict[str, str]
    virtual_bit: bool | None = None
    """SMBIOS type 0, characteristics extension byte 2 bit 4: "the system is a virtual machine"."""
    memory: int | None = None
    """Bytes of all memory devices (type 17)."""
    loose: bool = False
    """Vendor and product stand together in one string, as the kernel log prints them."""


def read(source: Source) -> Dmi:
    """From sysfs; where that holds nothing, from the raw table or from dmidecode's text."""
    values = {name: text for name in FIELDS if (text := source.line(f"{ROOT}/{name}"))}
    evidence = {name: f"file:{ROOT}/{name}" for name in values}
    table = source.binary(TABLE)
    if table:
        raw = parse_table(table)
        for name, value in raw.values.items():
            if name not in values:
                values[name], evidence[name] = value, f"file:{TABLE}"
        return Dmi(values, evidence, raw.virtual_bit, raw.memory)
    if values:
        return Dmi(values, evidence)
    if source.kind == "capture" and (text := source.run("dmidecode")):
        found = parse_dmidecode(text)
        return found._replace(evidence=dict.fromkeys(found.values, "run:dmidecode"))
    line = printed.dmi_in_log(source)
    if line:
        both = {"sys_vendor": line, "product_name": line}
        return Dmi(both, dict.fromkeys(both, "run:dmesg"), loose=True)
    return Dmi({}, {})


def parse_table(table: bytes) -> Dmi:
    """A raw SMBIOS table; what is damaged is left out."""
    values: dict[str, str] = {}
    virtual: bool | None = None
    memory, at = 0, 0
    while at + 4 <= len(table):
        kind, length = table[at], table[at + 1]
        end = table.find(b"\0\0", at + length)
        if length < 4 or end < 0:
            break
        body = table[at : at + length]
        texts = [text.decode("latin-1").strip() for text in table[at + length : end].split(b"\0")]
        for offset, name in _STRINGS.get(kind, ()):
            number = body[offset] if offset < length else 0
            if 0 < number <= len(texts) and name not in values and texts[number - 1]:
                values[name] = texts[number - 1]
        if kind == 0 and length >= 0x14 and virtual is None:
            virtual = bool(body[0x13] & 0x10)
        memory += _memory_device(body) if kind == 17 else 0
        at = end + 2
        if kind == 127:
            break
    return Dmi(values, {}, virtual, memory or None)


def _memory_device(body: bytes) -> int:
    """Bytes of one memory device: the word at 0x0C, or the double word at 0x1C when that is 0x7FFF."""
    if len(body) < 0x0E:
        return 0
    size = int.from_bytes(body[0x0C:0x0E], "little")
    if size in (0, 0xFFFF):
        return 0
    if size == 0x7FFF and len(body) >= 0x20:
        return (int.from_bytes(body[0x1C:0x20], "little") & 0x7FFFFFFF) << 20
    return (size & 0x7FFF) << (10 if size & 0x8000 else 20)


def parse_dmidecode(text: str) -> Dmi:
    """dmidecode's text: the first section of each name counts."""
    values: dict[str, str] = {}
    names: dict[str, str] = {}
    virtual: bool | None = None
    for line in text.splitlines():
        if line and not line[0].isspace():
            names = _DMIDECODE.get(line.strip(), {})
        elif "System is a virtual machine" in line:
            virtual = True
        elif match := re.match(r"\s+([\w ]+?)\s*:\s*(.*\S)", line):
            field = names.get(match[1])
            if field and field not in values:
                values[field] = match[2]
    return Dmi(values, {}, virtual)
