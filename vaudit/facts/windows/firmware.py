"""Does this Windows start by BIOS or by UEFI? It starts by no other than it was installed for."""

from collections.abc import Mapping
from typing import Literal

from vaudit.evidence.source import Source
from vaudit.facts.windows.keys import CONTROL, SYSTEM, read
from vaudit.facts.windows.tree import tree

Kind = Literal["bios", "uefi"]
_MOUNTED = f"{SYSTEM}\\MountedDevices"
_LETTER = "\\dosdevices\\c:"
_GPT, _MBR = b"DMIO:ID:", 12
"""How a volume on GPT is noted, and how long the note of one on MBR is: a signature and an offset."""
_TOLD: tuple[tuple[str, Kind], ...] = (
    ("uefi", "uefi"), ("edk", "uefi"), ("ovmf", "uefi"), ("efi development kit", "uefi"), ("vmw", "uefi"),
    ("seabios", "bios"),
)  # fmt: skip
"""What the firmware's maker and version hold. VMware's are 6.00 with BIOS and VMW71.00V.… with UEFI."""


def kind(source: Source, names: Mapping[str, str]) -> tuple[Kind | None, str, str]:
    """Which, why, and the evidence; None where nothing tells. `names` are SMBIOS' own."""
    control = read(source, CONTROL)
    number = control.number("PEFirmwareType") if control else None
    if control and number in (1, 2):
        return ("bios" if number == 1 else "uefi"), "PEFirmwareType says so", control.id
    for one in tree(source).there:
        if one.bus == "UEFI":
            return "uefi", "its firmware is a device of UEFI", one.evidence
    found, because = by_names(names)
    return (found, because, "") if found else _by_disk(source)


def by_names(names: Mapping[str, str]) -> tuple[Kind | None, str]:
    """By how the firmware calls itself."""
    text = f"{names.get('bios_vendor', '')} {names.get('bios_version', '')}".lower()
    for word, found in _TOLD:
        if any(part.startswith(word) for part in text.split()) or (" " in word and word in text):
            return found, f"its firmware is {text.strip()!r}"
    return None, ""


def _by_disk(source: Source) -> tuple[Kind | None, str, str]:
    """Windows starts by UEFI from GPT alone, and by BIOS from MBR alone (learn.microsoft.com, "UEFI/GPT-based
    hard drive partitions" and "BIOS/MBR-based hard drive partitions")."""
    mounted = read(source, _MOUNTED)
    note = mounted.values.get(_LETTER) if mounted else None
    if mounted and isinstance(note, bytes) and note.startswith(_GPT):
        return "uefi", "drive C lies on a GPT disk, from which Windows starts by UEFI alone", mounted.id
    if mounted and isinstance(note, bytes) and len(note) == _MBR:
        return "bios", "drive C lies on an MBR disk, from which Windows starts by BIOS alone", mounted.id
    return None, "", ""
