"""What programs printed: the lines that are a program's keep their values, any other is somebody's words.

People send what they copied, and what they wrote below an output, in a mail or a ticket, is kept with it.
"""

from collections.abc import Callable, Iterator

from vaudit.masking.pseudonyms import Pseudonyms

_QUOTED = " \t>|*"
"""What stands before lines that are quoted or drawn in a frame."""
_HEX = "0123456789abcdefABCDEF"

LSCPU = ("Vendor ID", "BIOS Vendor ID", "Model name", "BIOS Model name", "Flags")
"""The labels whose values may be names of makers and models (util-linux, lscpu.c); of others, and of those of
other languages, the words that are nobody's name stay."""
_FLAGS = "Flags"
LSPCI = ("Subsystem", "Kernel driver in use", "Kernel modules")
"""The labels below a device whose values are names of makers and drivers."""
LSPCI_MM = (
    "Slot", "Class", "Vendor", "Device", "SVendor", "SDevice", "Rev", "ProgIf", "Driver", "Module",
)  # fmt: skip
"""Those of `lspci -vmm`, with a tab behind them."""
_BRANCHES = ("+-", "\\-", "-[")
"""How the lines of `lspci -t` begin."""
ETHTOOL = ("driver", "version", "firmware-version", "bus-info")
CPUINFO = frozenset((
    "processor", "vendor_id", "cpu family", "model", "model name", "stepping", "microcode", "cpu MHz",
    "flags", "vmx flags", "bugs", "cpu", "clock", "revision", "platform", "machine", "firmware", "Hardware",
    "Model", "Features", "features", "facilities", "CPU implementer", "CPU architecture", "CPU variant",
    "CPU part", "CPU revision", "Revision", "Processor", "isa", "mmu", "uarch", "system type", "cpu model",
    "type", "prom", "fpu", "pmu", "detected as", "motherboard", "cpu variation", "system variation",
    "power management",
))  # fmt: skip
"""The labels of /proc/cpuinfo whose values are names of makers, models and what they can (arch/*/kernel)."""

IsOwn = Callable[[str], bool]
"""Whether the program prints such a line itself."""


def lscpu(names: Pseudonyms, text: str) -> str:
    plain = names.text(text)
    if not names.is_closed or plain.lstrip().startswith(("{", "[{")):
        return plain
    return "\n".join(_of_lscpu(names, plain.split("\n")))


def _of_lscpu(names: Pseudonyms, lines: list[str]) -> Iterator[str]:
    """A terminal breaks the line of flags, also within one of them."""
    label = ""
    for line in lines:
        name, colon, _ = line.strip(_QUOTED).partition(":")
        label = name.strip() if colon else label if line.strip(_QUOTED) else ""
        own = label in LSCPU if colon else label == _FLAGS and _is_flags(line)
        yield line if own else names.words(line)


def _is_flags(line: str) -> bool:
    words = line.strip(_QUOTED).replace("_", "").replace(" ", "")
    return words.isascii() and words.isalnum() and not words.isdigit() and words == words.lower()


def lspci(names: Pseudonyms, text: str) -> str:
    return _own_lines(names, text, _is_of_lspci)


def _is_of_lspci(line: str) -> bool:
    told = line.lstrip(_QUOTED)
    label, _, value = told.partition(":")
    if told.startswith(_BRANCHES) or label in LSPCI or (label in LSPCI_MM and value.startswith("\t")):
        return True
    *bus, slot = told.partition(" ")[0].split(":")
    return 1 <= len(bus) <= 2 and slot[2:3] == "." and not "".join((*bus, slot[:2], slot[3:])).strip(_HEX)


def lsmod(names: Pseudonyms, text: str) -> str:
    return _own_lines(names, text, _is_of_lsmod)


def _is_of_lsmod(line: str) -> bool:
    """A module's name, its size, how often it is used, and by whom."""
    words = line.split()
    return len(words) in (3, 4, 5) and words[1].isdigit() and words[2].lstrip("-").isdigit()


def ethtool(names: Pseudonyms, text: str) -> str:
    return _own_lines(names, text, lambda line: line.partition(":")[0].strip(_QUOTED) in ETHTOOL)


def cpuinfo(names: Pseudonyms, text: str) -> str:
    """The serials that processors bear are told by their labels."""
    return "\n".join(_of_cpuinfo(names, line) for line in text.split("\n"))


def _of_cpuinfo(names: Pseudonyms, line: str) -> str:
    label, colon, value = line.partition(":")
    name = label.strip(_QUOTED)
    if colon and name == "Serial":
        return f"{label}: {names.serial(value.strip())}"
    before, mark, rest = line.partition(_IDENTIFICATION)
    if mark:
        serial, comma, rest = rest.partition(",")
        return f"{names.closed(before)}{mark}{names.serial(serial)}{comma}{names.closed(rest)}"
    return names.listed(line) if colon and name in CPUINFO else names.closed(line)


_IDENTIFICATION = "identification = "
"""Of s390: the processor's address, and the machine's serial number (arch/s390/kernel/processor.c)."""


def hostnamectl(names: Pseudonyms, text: str) -> str:
    kept = (line for line in text.splitlines() if line.partition(":")[0].strip() in HOSTNAMECTL)
    return "".join(f"{_of_hostnamectl(names, line)}\n" for line in kept)


def _of_hostnamectl(names: Pseudonyms, line: str) -> str:
    label, colon, value = line.partition(":")
    return f"{label}{colon}{names.release(value)}" if label.strip() == "Kernel" else names.text(line)


HOSTNAMECTL = (
    "Icon name", "Chassis", "Virtualization", "Operating System", "Kernel", "Architecture", "Hardware Vendor",
    "Hardware Model", "Firmware Version",
)  # fmt: skip
"""What of it says nothing of the owner."""


def words(names: Pseudonyms, text: str) -> str:
    """What is nothing but words that a program knows."""
    return names.closed(text)


def _own_lines(names: Pseudonyms, text: str, is_own: IsOwn) -> str:
    plain = names.text(text)
    if not names.is_closed:
        return plain
    return "\n".join(line if is_own(line) else names.words(line) for line in plain.split("\n"))
