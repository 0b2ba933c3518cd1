"""Reads what common commands printed, for records that hold their output instead of the files behind it."""

import re

from vaudit.evidence.source import Source
from vaudit.facts.linux.sysfs import Function
from vaudit.facts.text import after

_LSPCI_HEAD = r"^((?:[0-9a-f]{4}:)?[0-9a-f]{2}:[0-9a-f]{2}\.[0-7])\s"
_LSPCI_IDS = r"\[([0-9a-f]{4})\]:.*\[([0-9a-f]{4}):([0-9a-f]{4})\]"
_LSPCI_NUMERIC = r"^\S+\s+(?:Class )?\"?([0-9a-f]{4})\"?:?\s+\"?([0-9a-f]{4})\"?:\"?([0-9a-f]{4})"
_SUBSYSTEM = r"Subsystem:.*\[([0-9a-f]{4}):([0-9a-f]{4})\]|Subsystem: ([0-9a-f]{4}):([0-9a-f]{4})"
_ARCHITECTURES = r" (x86_64|i[3-6]86|aarch64|armv\w+|ppc64(?:le)?|s390x?|riscv64|loongarch64|sparc64|ia64)\b"


def lscpu(source: Source) -> dict[str, str]:
    """The fields that lscpu printed (`Key:  value`); empty where none are recorded."""
    text = source.run("lscpu") if source.kind == "capture" else None
    pairs = (line.partition(":") for line in (text or "").splitlines())
    return {key.strip(): value.strip() for key, colon, value in pairs if colon and value.strip()}


def lspci(source: Source) -> list[Function]:
    """The functions that `lspci -nn`, `-nnk` or `-n` printed; those without ids are left out."""
    text = source.run("lspci") if source.kind == "capture" else None
    found = []
    for block in re.split(r"\n(?=\S)", text or ""):
        head = re.match(_LSPCI_HEAD, block)
        first = block.partition("\n")[0]
        ids = re.search(_LSPCI_IDS, first) or re.match(_LSPCI_NUMERIC, first)
        if not head or not ids:
            continue
        address = head[1] if head[1].count(":") == 2 else f"0000:{head[1]}"
        subsystem = re.search(_SUBSYSTEM, block)
        vendor, device = [part for part in subsystem.groups() if part] if subsystem else ("", "")
        driver = re.search(r"Kernel driver in use: (\S+)", block)
        name = driver[1] if driver else None
        found.append(Function(address, ids[2], ids[3], vendor, device, f"{ids[1]}00", name, "run:lspci"))
    return found


def proc_bus_pci(source: Source) -> list[Function]:
    """/proc/bus/pci/devices: bus and function, vendor and device in hex, …, the driver last (proc(5))."""
    found = []
    for line in (source.read("/proc/bus/pci/devices") or "").splitlines():
        words = line.split()
        if len(words) < 3 or not re.fullmatch(r"[0-9a-f]{4} [0-9a-f]{8}", " ".join(words[:2])):
            continue
        bus, slot = int(words[0][:2], 16), int(words[0][2:], 16)
        address = f"0000:{bus:02x}:{slot >> 3:02x}.{slot & 7}"
        driver = words[-1] if not re.fullmatch(r"[0-9a-f]+", words[-1]) else None
        vendor, device = words[1][:4], words[1][4:]
        found.append(Function(address, vendor, device, "", "", "", driver, "file:/proc/bus/pci/devices"))
    return found


def dmi_in_log(source: Source) -> str:
    """The kernel log's line `DMI: VENDOR PRODUCT/BOARD, BIOS VERSION DATE` (drivers/firmware/dmi_scan.c)."""
    return after(source.run("dmesg") or "", "DMI: ").partition(", BIOS ")[0]


def architecture(source: Source) -> str | None:
    """`uname -m`, or what other records say of it."""
    told = (source.run("uname -m") or "").strip() or lscpu(source).get("Architecture")
    if told or source.kind != "capture":
        return told or None
    match = re.search(_ARCHITECTURES, source.run("uname -a") or "")
    return match[1] if match else None
