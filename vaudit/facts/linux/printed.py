"""What common programs printed, for records that hold their output instead of the files behind it."""

import re
from collections.abc import Iterator

from msgspec import structs

from vaudit import procfs
from vaudit.evidence.source import Source
from vaudit.facts import weights as w
from vaudit.facts.ask import output_id
from vaudit.facts.linux import fields, pasted
from vaudit.facts.linux.lscpu import lscpu
from vaudit.facts.signatures import DISK_NAMES, LSCPU_BIOS, LSPCI_BRIDGES, LSPCI_WORDS
from vaudit.facts.values import Smbios
from vaudit.facts.weights import Speaks, witness
from vaudit.model.facts import Points, Witness

_ARCHITECTURES = r" (x86_64|i[3-6]86|aarch64|armv\w+|ppc64(?:le)?|s390x?|riscv64|loongarch64|sparc64|ia64)\b"
_BRIDGE = r"^(?:0000:)?00:00\.0 Host bridge: ((?:Intel|Advanced Micro Devices|VIA|NVIDIA|Silicon Int)[^\n]*)"
_VIRTUAL_MAKERS = ("Red Hat", "VMware", "Parallels", "Xen", "Bochs", "bhyve")
_DMIDECODE = {
    "BIOS Information": {"Vendor": "bios_vendor", "Version": "bios_version"},
    "System Information": {
        "Manufacturer": "sys_vendor", "Vendor": "sys_vendor", "Product Name": "product_name",
        "Product": "product_name", "Version": "product_version", "UUID": "product_uuid", "Family": "family",
    },
    "Base Board Information": {
        "Manufacturer": "board_vendor", "Vendor": "board_vendor", "Product Name": "board_name",
        "Product": "board_name",
    },
    "Chassis Information": {
        "Manufacturer": "chassis_vendor", "Vendor": "chassis_vendor", "Asset Tag": "chassis_asset_tag",
    },
}  # fmt: skip
"""Section of dmidecode's text -> its field -> the name of it here."""


def dmidecode(source: Source) -> Smbios | None:
    """dmidecode's text: the first section of each name counts.

    Versions before 2.7 indent the sections too, those before 2.0 call them `System Information Block`, and
    pastes indent all.
    """
    text = pasted(source.output("dmidecode") or "")
    if not text:
        return None
    values: dict[str, str] = {}
    names: dict[str, str] = {}
    heading = 0
    for line in procfs.lines(text):
        key, colon, value = line.partition(":")
        title = key.strip()
        if title.startswith(("Handle ", "DMI type ")):
            names = {}
        elif not colon and title:
            depth, title = len(line) - len(line.lstrip()), title.removesuffix(" Block")
            title = _OLD_TITLES.get(title, title)
            if title in _DMIDECODE or depth <= heading:
                names, heading = _DMIDECODE.get(title, {}), depth
        if key.strip() in names and value.strip():
            values.setdefault(names[key.strip()], value.strip())
    values = values or _without_headings(text)
    virtual = "System is a virtual machine" in text or None
    evidence = output_id("dmidecode")
    return Smbios(values, dict.fromkeys(values, evidence), virtual, evidence if virtual else "")


def processor_names(source: Source) -> Iterator[Witness]:
    """The processor's maker and model by SMBIOS (type 4), as `dmidecode -t processor` prints them."""
    text = pasted(source.output("dmidecode") or "")
    told = fields(text.partition("Processor Information\n")[2].partition("\n\n")[0])
    for key in ("Manufacturer", "Version"):
        text = told.get(key, "")
        speaks = next((one for start, one in LSCPU_BIOS.items() if text.startswith(start)), None)
        if speaks:
            speaks = structs.replace(speaks, weight=w.DMI_SIDE)
            yield from speaks.witnesses(f"the processor's {key.lower()} is {text!r}", output_id("dmidecode"))


def _without_headings(text: str) -> dict[str, str]:
    """What grep left of it: the first product is the system's, and its maker stands right before it.

    A name of a maker alone can be that of the memory.
    """
    maker = ""
    for key, colon, value in (line.partition(":") for line in procfs.lines(text)):
        if colon and key.strip() == "Manufacturer":
            maker = value.strip()
        elif colon and key.strip() == "Product Name" and value.strip():
            named = {"sys_vendor": maker, "product_name": value.strip()}
            return {name: one for name, one in named.items() if one}
    return {}


_OLD_TITLES = {"Board Information": "Base Board Information"}


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
    text = pasted(source.output("lspci") or "")
    bridge = re.search(_BRIDGE, text, re.MULTILINE) if text else None
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
