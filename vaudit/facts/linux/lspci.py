"""The functions that lspci printed, in each of its forms: with ids, with names alone, for machines to read.

    00:03.0 Ethernet controller [0200]: Red Hat, Inc. Virtio network device [1af4:1000]     -nn, -nnk, -nnvv
    00:03.0 0200: 1af4:1000                                                                 -n
    00:03.0 Ethernet controller: Red Hat, Inc. Virtio network device                        plain, -k, -v
    00:03.0 "0200" "1af4" "1000" "1af4" "0001"                                              -mm -n, and -nn
    Slot:   00:03.0 …                                                                       -vmm

Names are those of the PCI ID database (pci-ids.ucw.cz), which have changed over the years: a table holds what
stayed of them. A function whose name is not in it has no id here.
"""

import re
from collections.abc import Iterator

from vaudit.evidence.source import Source
from vaudit.facts.ask import output_id
from vaudit.facts.linux import pasted
from vaudit.facts.values import Function

MAX_FUNCTIONS = 4096
_MAX_LINE = 1024
_ADDRESS = r"(?:[0-9a-f]{4,8}:)?[0-9a-f]{2}:[0-9a-f]{2}\.[0-7]"
_HEAD = rf"\s*({_ADDRESS})\s+(.*)"
_IDS = r"\[([0-9a-f]{4}):([0-9a-f]{4})\]"
_CLASS = r"\[([0-9a-f]{4})\]:"
_NUMERIC = r"(?:Class )?([0-9a-f]{4}):\s+([0-9a-f]{4}):([0-9a-f]{4})"
_BARE_PAIR = r"([0-9a-f]{4}):([0-9a-f]{4})\s*$"
_UNNAMED = r"^Device ([0-9a-f]{4})(?::([0-9a-f]{4}))?"
_TREE = r"-\[[0-9a-f]{4}:[0-9a-f]{2}\]-"
_BRANCH = r"\[((?:[0-9a-f]{4}:)?[0-9a-f]{2})(?:-[0-9a-f]{2})?\]|\b([0-9a-f]{2}\.[0-7])(?:\s\s(.+))?"
"""A bus, or the place of a function, and its name where it has no bus of its own."""
_FIELD = r'"([^"]*)"'
_IN_BRACKETS = r"\[([0-9a-f]{4})\]$"

CLASSES: dict[str, str] = {
    "SCSI storage controller": "010000",
    "IDE interface": "010100",
    "RAID bus controller": "010400",
    "SATA controller": "010600",
    "Serial Attached SCSI controller": "010700",
    "Non-Volatile memory controller": "010802",
    "Mass storage controller": "018000",
    "Ethernet controller": "020000",
    "Infiniband controller": "020700",
    "Network controller": "028000",
    "VGA compatible controller": "030000",
    "3D controller": "030200",
    "Display controller": "038000",
    "Host bridge": "060000",
}
"""The names of classes that are judged, and their numbers."""

VENDORS: tuple[tuple[str, str], ...] = (
    ("Intel Corp", "8086"),
    ("Red Hat, Inc", "1af4"),
    ("Qumranet", "1af4"),
    ("Amazon.com", "1d0f"),
    ("Google, Inc", "1ae0"),
    ("Microsoft Corporation", "1414"),
    ("VMware", "15ad"),
    ("XenSource", "5853"),
    ("InnoTek Systemberatung", "80ee"),
    ("Oracle Corporation VirtualBox", "80ee"),
    ("Parallels, Inc", "1ab8"),
    ("Advanced Micro Devices", "1022"),
    ("Mellanox", "15b3"),
    ("NVIDIA", "10de"),
    ("Realtek", "10ec"),
    ("Samsung", "144d"),
    ("Dell", "1028"),
    ("Hewlett-Packard Enterprise", "1590"),
    ("Hewlett-Packard", "103c"),
    ("Super Micro", "15d9"),
    ("Lenovo", "17aa"),
    ("IBM", "1014"),
    ("Fujitsu", "1734"),
    ("Huawei", "19e5"),
    ("Cisco", "1137"),
    ("Apple Inc", "106b"),
    ("Device 1234:", "1234"),
)
"""How the names of vendors begin."""
_RED_HAT_OWN = ("QEMU", "QXL", "PCI Rocker")
"""Red Hat has two ids; the second is for what is QEMU's own."""

DEVICES: tuple[tuple[str, str], ...] = (
    ("Virtio 1.0 network", "1af4:1041"),
    ("Virtio 1.0 block", "1af4:1042"),
    ("Virtio 1.0 SCSI", "1af4:1048"),
    ("Virtio 1.0 GPU", "1af4:1050"),
    ("Virtio network", "1af4:1000"),
    ("Virtio block", "1af4:1001"),
    ("Virtio SCSI", "1af4:1004"),
    ("Virtio memory balloon", "1af4:1002"),
    ("Virtio GPU", "1af4:1050"),
    ("VMXNET3", "15ad:07b0"),
    ("VMXNET Ethernet", "15ad:0720"),
    ("PVSCSI", "15ad:07c0"),
    ("VMware SVGA II", "15ad:0405"),
    ("VMware SATA AHCI", "15ad:07e0"),
    ("VMware NVMe", "15ad:07f0"),
    ("VMware Virtual Machine Communication", "15ad:0740"),
    ("VMware PCI bridge", "15ad:0790"),
    ("VMware PCI Express Root Port", "15ad:07a0"),
    ("[gVNIC]", "1ae0:0042"),
    ("Google, Inc. NVMe", "1ae0:001f"),
    ("Elastic Network Adapter", "1d0f:ec20"),
    ("Elastic Fabric Adapter", "1d0f:efa0"),
    ("NVMe EBS Controller", "1d0f:8061"),
    ("Amazon.com, Inc. NVMe SSD", "1d0f:cd01"),
    ("Hyper-V virtual VGA", "1414:5353"),
    ("VirtualBox Graphics", "80ee:beef"),
    ("VirtualBox Guest Service", "80ee:cafe"),
    ("Accelerated Virtual Video", "1ab8:4005"),
    ("Parallels, Inc. Virtual Machine Communication", "1ab8:4000"),
    ("Xen Platform Device", "5853:0001"),
    ("QXL paravirtual", "1b36:0100"),
    ("QEMU NVM Express", "1b36:0010"),
    ("QEMU PCIe Host bridge", "1b36:0008"),
    ("QEMU PCIe Root port", "1b36:000c"),
    ("QEMU PCI-PCI bridge", "1b36:0001"),
    ("QEMU XHCI", "1b36:000d"),
    ("PIIX3 IDE", "8086:7010"),
    ("PIIX4 IDE", "8086:7111"),
    ("(ICH9R/DO/DH) 6 port SATA", "8086:2922"),
    ("(ICH8M/ICH8M-E) SATA Controller [AHCI", "8086:2829"),
    ("(ICH8R/DO/DH) 6 port SATA", "8086:2821"),
    ("82540EM", "8086:100e"),
    ("82545EM", "8086:100f"),
    ("82543GC", "8086:1004"),
    ("82544EI", "8086:1008"),
    ("82544GC", "8086:1008"),
    ("82574L", "8086:10d3"),
    ("82576 Virtual Function", "8086:10ca"),
    ("82599 Ethernet Controller Virtual Function", "8086:10ed"),
    ("X540 Ethernet Controller Virtual Function", "8086:1515"),
    ("I350 Ethernet Controller Virtual Function", "8086:1520"),
    ("Ethernet Virtual Function 700", "8086:154c"),
    ("Ethernet Adaptive Virtual Function", "8086:1889"),
    ("82576 Gigabit", "8086:10c9"),
    ("82551IT", "8086:1209"),
    ("82557/8/9", "8086:1229"),
    ("8101L/8139", "10ec:8139"),
    ("RTL-8139/", "10ec:8139"),
    ("RTL-8029", "10ec:8029"),
    ("79c970 [PCnet", "1022:2000"),
    ("53c974 [PCscsi", "1022:2020"),
    ("DECchip 21140", "1011:0009"),
    ("DECchip 21142/43", "1011:0019"),
    ("53c895a", "1000:0012"),
    ("53c1030", "1000:0030"),
    ("SAS1068 ", "1000:0054"),
    ("MegaRAID SAS 1078", "1000:0060"),
    ("MegaRAID SAS 2108", "1000:0079"),
    ("MegaRAID SAS 2208", "1000:005b"),
    ("53c810", "1000:0001"),
    ("BT-946C", "104b:1040"),
    ("GD 5446", "1013:00b8"),
    ("440FX - 82441FX", "8086:1237"),
    ("82G33/G31/P35/P31 Express DRAM", "8086:29c0"),
    ("82443BX/ZX/DX Host bridge (AGP disabled)", "8086:7192"),
    ("82443BX/ZX/DX Host bridge", "8086:7190"),
)
"""What stayed of a device's name in the database, and its id; the first that is in a name counts."""
_SUBSYSTEMS: tuple[tuple[str, str], ...] = (
    ("qemu virtual machine", "1af4:1100"),
    ("xen platform device", "5853:0001"),
    ("virtual machine chipset", "15ad:1976"),
)
"""Subsystems by name, in lower case."""


def functions(source: Source) -> list[Function]:
    """All that lspci printed; those on which it says nothing useful too."""
    text = pasted(source.output("lspci") or "")
    if not text:
        return []
    if re.search(_TREE, text):
        blocks = _branches(text)
    else:
        blocks = _slots(text) if re.search(r"^Slot:\s", text, re.MULTILINE) else _blocks(text)
    found = (_function(address, first, rest) for address, first, rest in blocks)
    return [one for one, _ in zip(found, range(MAX_FUNCTIONS), strict=False)]


Block = tuple[str, str, dict[str, str]]
"""The address, the line behind it, and the lines `name: value` below."""


def _blocks(text: str) -> Iterator[Block]:
    address, first, below = "", "", dict[str, str]()
    for line in text.splitlines():
        head = re.match(_HEAD, line[:_MAX_LINE])
        if head:
            if address:
                yield address, first, below
            address, first, below = head[1], head[2], {}
        else:
            key, colon, value = line[:_MAX_LINE].partition(":")
            if colon:
                below.setdefault(key.strip(), value.strip())
    if address:
        yield address, first, below


def _branches(text: str) -> Iterator[Block]:
    """`-t`: a bus stands in brackets before its functions, and holds those that are drawn right of it."""
    buses: list[tuple[int, str]] = []
    for line in text.splitlines():
        for found in re.finditer(_BRANCH, line[:_MAX_LINE]):
            buses = [one for one in buses if one[0] < found.start()]
            if found[1]:
                domain = buses[0][1].rpartition(":")[0] if buses else "0000"
                buses.append((found.start(), found[1] if ":" in found[1] else f"{domain}:{found[1]}"))
            elif found[3] and buses:
                yield f"{buses[-1][1]}:{found[2]}", f": {found[3]}", {}


def _slots(text: str) -> Iterator[Block]:
    """`-vmm`: one `Name:<tab>value` a line; written as the quoted line is."""
    fields: dict[str, str] = {}
    for line in [*text.splitlines(), "Slot:"]:
        key, _, value = line[:_MAX_LINE].partition(":")
        if key.strip() == "Slot" and fields.get("Slot"):
            names = ("Class", "Vendor", "Device", "SVendor", "SDevice")
            quoted = " ".join(f'"{fields.get(name, "")}"' for name in names)
            yield fields["Slot"], quoted, {"Kernel driver in use": fields.get("Driver", "")}
            fields = {}
        fields[key.strip()] = value.strip()


def _function(address: str, first: str, below: dict[str, str]) -> Function:
    parts = _quoted(first) if first.startswith('"') else _line(first, below)
    class_, vendor, device, subvendor, subdevice = parts
    whole = address if address.count(":") == 2 else f"0000:{address}"
    driver = below.get("Kernel driver in use") or below.get("Kernel driver in use (modprobe)")
    return Function(
        whole, vendor, device, subvendor, subdevice, class_, driver or None, output_id("lspci")
    )  # fmt: skip


Parts = tuple[str, str, str, str, str]
"""Class, vendor, device, subsystem's vendor and device: numbers, empty where not known."""


def _line(first: str, below: dict[str, str]) -> Parts:
    subvendor, subdevice = _subsystem(below.get("Subsystem", ""))
    numeric = re.match(_NUMERIC, first)
    if numeric:
        return f"{numeric[1]}00", numeric[2], numeric[3], subvendor, subdevice
    head, _, name = first.partition(": ")
    pairs = re.findall(_IDS, first)
    class_ = re.search(_CLASS, first)
    number = f"{class_[1]}00" if class_ else CLASSES.get(head.strip(), "")
    vendor, device = pairs[-1] if pairs else ids_of(name)
    return number, vendor, device, subvendor, subdevice


def _quoted(line: str) -> Parts:
    words = [*re.findall(_FIELD, line), *[""] * 5]
    class_, vendor, device, subvendor, subdevice = words[:5]
    number = _number(class_)
    ids = [_number(vendor), _number(device)]
    if not all(ids):
        ids = list(ids_of(f"{vendor} {device}"))
    below = [_number(subvendor), _number(subdevice)]
    if not all(below):
        below = list(_subsystem(f"{subvendor} {subdevice}"))
    return f"{number}00" if number else CLASSES.get(class_, ""), ids[0], ids[1], below[0], below[1]


def _number(text: str) -> str:
    """`0200`, or `Ethernet controller [0200]`."""
    found = re.search(_IN_BRACKETS, text)
    plain = text if len(text) == 4 and not text.strip("0123456789abcdef") else ""
    return found[1] if found else plain


def ids_of(name: str) -> tuple[str, str]:
    """The ids of a device by its name; empty where the table does not know it."""
    known = next((ids for words, ids in DEVICES if words in name), "")
    if known:
        vendor, _, device = known.partition(":")
        return vendor, device
    vendor = next((number for words, number in VENDORS if name.startswith(words)), "")
    rest = name[name.find(" Device ") + 1 :] if " Device " in name else name
    unnamed = re.match(_UNNAMED, rest)
    if unnamed and unnamed[2]:
        return unnamed[1], unnamed[2]
    if vendor == "1af4" and (any(word in name for word in _RED_HAT_OWN) or (unnamed and unnamed[1] < "1000")):
        vendor = "1b36"
    return vendor, unnamed[1] if unnamed and vendor else ""


def _subsystem(text: str) -> tuple[str, str]:
    pair = re.search(_IDS, text) or re.match(_BARE_PAIR, text)
    if pair:
        return pair[1], pair[2]
    lower = text.lower()
    known = next((ids for words, ids in _SUBSYSTEMS if words in lower), "")
    if known:
        vendor, _, device = known.partition(":")
        return vendor, device
    return next((number for words, number in VENDORS if text.startswith(words)), ""), ""
