"""A single file that is the output of one program: which program's, by what stands in it.

People send what they copied from a terminal. Whose output it is shows in its first kilobytes: each row of the
table names words that only this program prints. What is known but not read is named in the refusal.
"""

import re
from collections.abc import Callable, Container, Iterable, Iterator
from typing import TYPE_CHECKING, NamedTuple

from vaudit import files, systeminfo
from vaudit.evidence import reg_file
from vaudit.evidence.errors import EvidenceError
from vaudit.evidence.places import PROGRAMS, as_json
from vaudit.evidence.source import Cut
from vaudit.words import joined

if TYPE_CHECKING:
    from vaudit.evidence.tree import Tree

START = 64 << 10
"""Bytes that are looked at."""
_MARKED = 256
"""Bytes in which an exported registry says what it is."""
MAX_FILES = 64
"""Files of a folder that are looked at."""

Test = Callable[[str], bool]


def _has(*words: str) -> Test:
    """Whether all the words are there."""
    return lambda text: all(word in text for word in words)


def _lines(*patterns: str) -> Test:
    """Whether each pattern fits the beginning of a line; `{0,}` and the like are not used.

    All that a paste put there is passed over, no less: no pattern goes back over it.
    """
    return lambda text: all(
        re.search(rf"^[ \t>|#]*(?![ \t>|#]){pattern}", text, re.MULTILINE) for pattern in patterns
    )


def _any(*tests: Test) -> Test:
    return lambda text: any(test(text) for test in tests)


def _is_json(*words: str) -> Test:
    return lambda text: text.lstrip().startswith(("{", "[")) and all(f'"{word}"' in text for word in words)


_CPUINFO = "root/proc/cpuinfo"
_ADDRESS = r"(?:[0-9a-f]{4}:)?[0-9a-f]{2}:[0-9a-f]{2}\.[0-7] "
_MACHINES = "x86_64|i[3-6]86|aarch64|armv[5-8]l|ppc64(?:le)?|s390x?|riscv64|loongarch64|mips64|sparc64|ia64"
_VIRT_WORDS = (
    "none|kvm|amazon|qemu|bochs|xen|uml|vmware|oracle|microsoft|zvm|parallels|bhyve|qnx|acrn|powervm|apple|sre|"
    "google|vm-other|systemd-nspawn|lxc-libvirt|lxc|openvz|docker|podman|rkt|wsl|proot|pouch|container-other"
)

_FETCHED = "KVM/QEMU|VMware|VirtualBox|Virtual Machine|HVM domU|Standard PC|Parallels|OpenStack"
"""How neofetch calls hosts that are virtual: a list of somebody's own may have a `Host:` too."""

_OHAI = (
    ("ohai_time",), ("ohai_root",), ("chef_packages",), ("cs_info",), ("os_info",), ("pnp_drivers",),
    ("platform_family", "languages"), ("all_records", "record_id"), ("systems", "system", "role"),
)  # fmt: skip
"""Names that only ohai has, some of which stand at the beginning whatever order it wrote them in."""

KNOWN: tuple[tuple[str, str, Test], ...] = (
    ("lscpu -J", as_json("lscpu"), _is_json("lscpu", "field")),
    ("facter -j", as_json("facter"), _is_json("facterversion")),
    ("facter -j", as_json("facter"), _is_json("virtual", "is_virtual")),
    ("facter", PROGRAMS["facter"], _lines("(?:facterversion|virtual) => ")),
    ("ohai", PROGRAMS["ohai"], _any(*(_is_json(*has) for has in _OHAI))),
    ("ansible -m setup", PROGRAMS["ansible"], _has('"ansible_facts"')),
    ("ansible -m setup", PROGRAMS["ansible"], _is_json("ansible_virtualization_type")),
    ("ansible -m setup", PROGRAMS["ansible"], _lines(r'"ansible_[a-z]+_[a-z_]+": ')),
    ("subscription-manager facts", as_json("subscription-manager"), _is_json("virt.is_guest")),
    ("subscription-manager facts", PROGRAMS["subscription-manager"], _lines(r"virt\.is_guest: ")),
    ("cloud-init's instance-data.json", PROGRAMS["instance-data"], _is_json("v1", "cloud_name")),
    ("cloud-init's ds-identify.log", PROGRAMS["ds-identify"], _lines("DMI_SYS_VENDOR=", "VIRT=")),
    ("virsh capabilities", PROGRAMS["virsh capabilities"], _has("<capabilities>", "<host>")),
    ("xl info", PROGRAMS["xl info"], _lines(r"xen_major\s*:", r"xen_minor\s*:")),
    ("xl dmesg", PROGRAMS["xl dmesg"], _lines(r"\(XEN\) ")),
    ("lshw -json", as_json("lshw"), _is_json("id", "class", "claimed")),
    ("lsblk -J", PROGRAMS["lsblk"], _is_json("blockdevices")),
    ("dmidecode", PROGRAMS["dmidecode"], _any(
        _lines(r"dmidecode \d"), _lines(r"Handle 0x[0-9A-Fa-f]{4}", r"(?:Handle .*)?DMI type \d"),
        _lines("(?:System|BIOS) Information(?: Block)?$", "(?:Vendor|Manufacturer): "),
        lambda text: "dmidecode" in text and _lines("Product Name: ")(text))),
    ("lshw", PROGRAMS["lshw"], _lines(r"\*-core", r"\*-[a-z]", "description: ")),
    ("hostnamectl", PROGRAMS["hostnamectl"], _any(
        _lines("Static hostname: ", "Kernel: "),
        _lines("Virtualization: [a-z]", "Operating System: ", "Kernel: Linux "))),
    ("inxi -F", PROGRAMS["inxi"], _any(
        _lines("System:", "Machine:", "CPU:"), _lines("Machine:", "CPU:", "Graphics:"))),
    ("yabs.sh", PROGRAMS["yabs"], _lines(r"Processor +: ", r"(?:VM Type|VM-x/AMD-V) +: ")),
    ("bench.sh", PROGRAMS["yabs"], _lines(r"CPU [Mm]odel +: ", r"(?:Virtualization|Virt|VM Type) +: ")),
    ("neofetch", PROGRAMS["neofetch"], _any(
        _has("OS: ", "Host: ", "Kernel: ", "Uptime: "), _has("OS: ", "Host: ", "Kernel: ", "Packages: "),
        _lines(f"Host: (?:{_FETCHED})", "Kernel: "))),
    ("hwinfo --short", PROGRAMS["hwinfo"], _lines("cpu:$", "(?:network|bios|bridge|memory):$")),
    ("/proc/cpuinfo", _CPUINFO, _any(
        _lines(
            r"(?:processor|vendor_id|cpu)\s*:",
            r"(?:flags|[Ff]eatures|cpu MHz|BogoMIPS|bogomips|isa|clock)\s*:"),
        _lines(r"flags\s*: fpu vme "))),  # `grep vmx /proc/cpuinfo`
    ("lscpu", PROGRAMS["lscpu"], _any(
        _lines(rf"[^:：\n]{{2,40}}[:：]\s*(?:{_MACHINES})\s*(?:<br ?/?>)?$"),  # by the value
        _lines(r"CPU\(s\):", r"Thread\(s\) "), _lines(r"Byte Order:"),
        _lines("Hypervisor vendor: ", "Virtualization"))),
    ("udevadm info --export-db", PROGRAMS["udevadm"], _lines("P: /devices/", "E: ")),
    ("lspci", PROGRAMS["lspci"], _any(
        _lines(_ADDRESS), _lines(r"\S*-\[[0-9a-f]{4}:[0-9a-f]{2}\]-"),
        _lines(r"Slot:\s[0-9a-f:]{5,12}\.[0-7]", "Class:"))),
    ("lsmod", PROGRAMS["lsmod"], _lines(r"Module +Size +Used by")),
    ("lsblk", PROGRAMS["lsblk"], _lines(r"NAME +MAJ:MIN")),
    ("/proc/self/mountinfo", "root/proc/self/mountinfo", _lines(r"\d+ \d+ \d+:\d+ /\S* /")),
    ("/proc/self/cgroup", "root/proc/self/cgroup", _lines(r"\d+:[a-z_,=]*:/")),
    ("/proc/sysinfo", "root/proc/sysinfo", _lines("Manufacturer: ", "(?:LPAR|VM00) ")),
    ("mount", PROGRAMS["mount"], _lines(r"\S+ on / type ")),
    ("/proc/mounts", "root/proc/mounts", _lines(r"\S+ / \S+ (?:rw|ro)[, ]")),
    ("cpuid -r", PROGRAMS["cpuid"], _lines(r"0x[0-9a-f]{8} 0x[0-9a-f]{2}: eax=0x")),
    ("dmesg", PROGRAMS["dmesg"], _any(
        _lines(r"(?:\[ *\d+\.\d+\] |\[[A-Z][a-z]{2} [A-Z][a-z]{2} |[A-Z][a-z]{2} +\d+ \S+ \S+ kernel: )"),
        lambda text: re.search(r"\[ *\d+\.\d{6}\] ", text) is not None,
        _has("Linux version "), _has("Hypervisor detected: "), _has("Hardware name: "), _has("BIOS-e820"),
        _has("Booting paravirtualized kernel"), _has("Machine model: ", "Memory: "), _has("psci: ", "CPU"),
        _has("clocksource: "), _has("Grant tables using"), _has("NET: Registered protocol family"),
        _has("PCI host bridge to bus"), _lines("(?:Oops: |kernel BUG at |BUG: unable to handle)"),
        _lines(r"RIP: e03[03]:"), _has('Hypervisor: Origin = "'), _has("The FreeBSD Project", "CPU: "),
        _lines("pvbus0 at mainbus0: "))),
    ("uname -a", PROGRAMS["uname -a"],
     lambda text: re.fullmatch(r"\s*Linux \S+ \d+\.\d\S* #[^\n]*\s*", text) is not None),
    ("systemd-detect-virt", PROGRAMS["systemd-detect-virt"],
     lambda text: re.fullmatch(rf"\s*(?:{_VIRT_WORDS})\s*", text) is not None),
)  # fmt: skip
"""The program, where its output lies in a capture, and how it is known; the first that fits counts."""

REFUSED: tuple[tuple[str, str, Test], ...] = (
    ("lshw -xml", "lshw -json or lshw", _has("<node id=")),
    ("lshw -html", "lshw -json or lshw", _has("<html", "lshw")),
    ("lshw -short", "lshw", _lines("H/W path")),
    ("virt-host-validate", "dmidecode, lscpu and dmesg", _lines(r"(?:QEMU|LXC): Checking ")),
    ("kvm-ok", "lscpu or /proc/cpuinfo", _lines("KVM acceleration can ")),
    ("hwinfo without --short", "hwinfo --short", _lines(r"\d+: \S+ \d", "Hardware Class: ")),
)  # fmt: skip
"""What is known and not read, and what would be."""
MSINFO, SYSTEMINFO = PROGRAMS["msinfo32"], PROGRAMS["systeminfo"]
"""Where Windows' systeminfo lies in a capture: it is known in many languages and encodings, by its lines."""
_OBJECTS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("Win32_DiskDrive", ("InterfaceType", "MediaType", "Model")),
    ("Win32_DiskDrive", ("Partitions", "DeviceID", "Model", "Caption")),
    ("Win32_NetworkAdapter", ("ServiceName", "PNPDeviceID", "AdapterType")),
    ("Win32_NetworkAdapter", ("ServiceName", "MACAddress", "AdapterType")),
    ("MSFT_NetAdapter", ("InterfaceDescription", "PnPDeviceID")),
    ("Win32_SCSIController", ("PNPDeviceID", "ProtocolSupported", "DriverName")),
    ("Win32_VideoController", ("VideoProcessor", "PNPDeviceID")),
    ("Win32_PnPEntity", ("ClassGuid", "PNPDeviceID")),
    ("Win32_PnPEntity", ("FriendlyName", "InstanceId", "Status")),
    ("Win32_BaseBoard", ("HostingBoard", "Product")),
    ("Win32_Processor", ("NumberOfLogicalProcessors", "MaxClockSpeed")),
    ("Win32_Processor", ("Manufacturer", "MaxClockSpeed", "SocketDesignation")),
    ("Win32_ComputerSystemProduct", ("IdentifyingNumber", "Vendor", "Name")),
    ("MSFT_Disk", ("PartitionStyle", "BusType")),
    ("MSFT_PhysicalDisk", ("BusType", "SpindleSpeed")),
    ("Win32_OperatingSystem", ("BuildNumber", "Version", "CSDVersion")),
    ("Win32_BIOS", ("SMBIOSPresent", "Version")),
    ("Win32_BIOS", ("SMBIOSBIOSVersion", "Manufacturer")),
    ("Win32_ComputerSystem", ("Manufacturer", "Model")),
)
"""Classes of WMI, and the properties that tell them: `Get-WmiObject X | Format-List` and wmic write those,
PowerShell some of them where nobody asks for more."""
_KEYS = (
    ("InstanceId", "FriendlyName"),
    ("PNPDeviceID",),
    ("PnPDeviceID",),
    ("InterfaceDescription",),
    ("PartitionStyle", "BusType"),
    ("Model", "bios_vendor"),
    ("Model", "Manufacturer"),
)
"""Of JSON, what Get-PnpDevice, Get-NetAdapter, Get-Disk and scripts that ask WMI write."""
_HEADS = ("Name +InterfaceDescription ", "Number +Friendly ?Name ", "Status +Class +FriendlyName ")
"""Of the tables that PowerShell draws of Get-NetAdapter, Get-Disk and Get-PhysicalDisk, and Get-PnpDevice."""
_is_dxdiag = _any(
    _lines("DirectX Version: ", "Operating System: "), _lines("Card name: ", "(?:Chip type|Device Key): ")
)
_is_computer_info = _any(
    _lines("CsManufacturer *:", "CsModel *:"), _lines("HyperVisorPresent *:", "WindowsProductName *:")
)
_COMPUTER_INFO = "commands/wmi-ComputerInfo.txt"
_OWN_WORDS = ("Microsoft", "\\\\VEN_", "&ven_", "root/standardcimv2", "DriverProvider", "PNPDeviceID",
              '"PartitionStyle"')  # fmt: skip
WRITTEN: tuple[tuple[str, Test], ...] = (
    (
        "commands/Get-PnpDevice.json",
        lambda text: any(
            _is_json(*has)(text.removeprefix("\ufeff")) and any(word in text for word in _OWN_WORDS)
            for has in _KEYS
        ),
    ),
    (PROGRAMS["setupapi"], _has("[Device Install Log]", "OS Version = ", "[BeginLog]")),
    (PROGRAMS["pnputil"], _lines("Instance ID: ", "Device Description: ")),
    (PROGRAMS["ipconfig"], _lines("Windows IP Configuration", r"Description \. \. ")),
    (PROGRAMS["tables"], _any(*(_lines(head, "-+ +-+ ") for head in _HEADS))),
    (
        MSINFO,
        _any(
            _has("[System Summary]", "System Manufacturer\t"),
            _lines(
                "System Manufacturer(?:\t|  )",
                "System Model(?:\t|  )",
                "(?:OS Name|System Type|BIOS Version/Date)(?:\t|  )",
            ),
            systeminfo.is_msinfo_elsewhere,
        ),
    ),
    *((f"commands/wmi-{name}.txt", _lines(*(f"{one} *[=:]" for one in has))) for name, has in _OBJECTS),
)
"""What others write down of Windows, in encodings of its own."""
_HIVES = "the hive SYSTEM (reg save HKLM\\SYSTEM FILE)"
_WHOLE = ("dmi.bin", PROGRAMS["cpuid"], "commands/wmi-", "commands/registry", "commands/systeminfo",
          "commands/msinfo32", "commands/setupapi", "commands/Get-PnpDevice", PROGRAMS["dxdiag"],
          PROGRAMS["pnputil"], PROGRAMS["tables"], PROGRAMS["ipconfig"])  # fmt: skip
"""What is one program's output from its first line to its last."""
SEVERAL = ("commands/wmi-", "commands/Get-PnpDevice", "commands/registry")
"""How the places begin of what several files may hold, each some of it."""
BINARY = ("a table that `dmidecode --dump-bin` wrote", "dmi.bin", (b"_SM_", b"_SM3_"))
_READ = (
    "lscpu, dmesg, lspci, dmidecode, /proc/cpuinfo, hostnamectl, lsmod, lshw, inxi -F, facter -j, ohai, "
    "systeminfo, reg export"
)


REFUSED_OF_WINDOWS: tuple[tuple[str, str, Test], ...] = (
    ("driverquery", f"msinfo32 /report, or {_HIVES}", _any(
        _lines("Module Name +Display Name +"), _lines('"Module Name","Display Name"'))),
    ("pnputil, a list of packages,", f"pnputil /enum-devices, or {_HIVES}", _any(
        lambda text: "Microsoft PnP Utility" in text and "Instance ID: " not in text,
        _lines("Published Name: ", "Original Name: "),
        _lines("Published [Nn]ame ?: ", "Driver package provider"))),
    ("msinfo32 as a .nfo file", "msinfo32 /report FILE, which writes text,", _has("<MsInfo>")),
)  # fmt: skip
"""As REFUSED, of Windows, in encodings of its own. Words of some are those of what is read."""


def place_of(start: bytes) -> str | None:
    """Where in a capture a file lies that begins so; None where nobody's output is known in it."""
    if start.startswith(BINARY[2]):
        return BINARY[1]
    text = start[:START].decode("utf-8", "replace")
    place = of_linux(text) if "\0" not in text else None
    # some of dxdiag's lines are dmidecode's
    if place and not (place == PROGRAMS["dmidecode"] and _is_dxdiag(text)):
        return place
    if reg_file.is_one(reg_file.text_of(start[:_MARKED])):
        return "commands/registry.reg"
    written = systeminfo.decoded(start[:START])
    if any(fits(written) for _, _, fits in REFUSED_OF_WINDOWS):
        return None
    if _is_dxdiag(written):  # and some systeminfo's
        return PROGRAMS["dxdiag"]
    if _is_computer_info(written) and not _lines("Host Name:")(written):  # which tell OsName and OsVersion
        return _COMPUTER_INFO
    if systeminfo.is_one(start[:START]):
        return SYSTEMINFO
    return next((place for place, fits in WRITTEN if fits(written)), None)


_PACKED = {b"7z\xbc\xaf'\x1c": "7z", b"Rar!\x1a\x07": "rar", b"MSCF\0\0\0\0": "cab", b"MSWIM\0\0\0": "wim"}
"""How archives begin that are not read."""


def places_in(start: bytes, file: bytes | Cut | str, notes: list[str]) -> dict[str, bytes | Cut | str]:
    """All that a file holds, by place: one program's output, or the text of a terminal or a bug report."""
    place = place_of(start)
    if not place and start.startswith(_UTF16):
        start = systeminfo.decoded(_beginning(file, START)).lstrip("\ufeff").encode()
        place, file = of_linux(start.decode()), start
    if place in (MSINFO, SYSTEMINFO):
        _say_what_was_left(systeminfo.decoded(start), place, notes)
    if place == SYSTEMINFO and b"</" in start:
        from vaudit.evidence import posted

        file = posted.cleaned(systeminfo.decoded(_beginning(file, systeminfo.MOST))).encode()
    if b"\0" in start or (place and (place.startswith(_WHOLE) or place.endswith(".json"))):
        return {place: file} if place else {}
    return _in_transcript(place, file, notes)


def _in_transcript(
    place: str | None, file: bytes | Cut | str, notes: list[str]
) -> dict[str, bytes | Cut | str]:
    """What commands printed in a text, whose beginning is taken for `place`."""
    from vaudit.evidence import posted, transcript

    raw = _beginning(file, transcript.LIMIT).decode("utf-8", "replace")
    told, machines = posted.of_first_machine(posted.cleaned(raw))
    if machines:
        left = joined(machines[1:MAX_NAMED])
        notes.append(f"it holds the logs of several machines: {machines[0]} was read, {left} left out")
    found: dict[str, bytes | Cut | str] = {**transcript.places(told, of_linux)}
    first, *others = transcript.hosts(told) or [""]
    if others:
        notes.append(f"it shows prompts of several machines: {first} was read, {', '.join(others)} left out")
        return found
    place = place or of_linux(told)
    quoted = place == _CPUINFO and "\n>" in told
    whole = len(found) == 1 and not quoted and place not in _told_again(told, place)
    if place and (place not in found or whole):
        # alone it is the whole file, whose every line may be one
        found[place] = file if told == raw else told.encode()
    return found


def _told_again(text: str, place: str | None) -> set[str]:
    """What several commands printed; of a kernel log they print pieces."""
    from vaudit.evidence import transcript

    return set() if place in (None, PROGRAMS["dmesg"]) else transcript.printed_again(text, of_linux)


def _say_what_was_left(text: str, place: str, notes: list[str]) -> None:
    """What in a text of Windows is not read."""
    if place == MSINFO and systeminfo.is_msinfo_elsewhere(text):
        notes.append("msinfo32 of a Windows that is not English: its first page was read, and no other")
    several = systeminfo.parse(text).others if place == SYSTEMINFO else systeminfo.shows_several(text)
    if several:
        notes.append("it tells of several machines: the first was read, the others were left out")


def _beginning(file: bytes | Cut | str, most: int) -> bytes:
    """Of what a tree holds, or of the real file behind it; nothing of what cannot be read."""
    content = file.data if isinstance(file, Cut) else file
    if isinstance(content, str):
        try:
            return files.beginning(content, most)
        except OSError:
            return b""
    return content[:most] if isinstance(content, bytes) else b""


_UTF16 = (b"\xff\xfe", b"\xfe\xff")
"""How text begins that PowerShell wrote into a file."""


def of_linux(text: str) -> str | None:
    """Where the output of a program of Linux lies."""
    return next((place for _, place, fits in KNOWN if fits(text[:START])), None)


def refusal(start: bytes) -> str:
    """Why a file is not read, and what would be."""
    if packed := next((name for begin, name in _PACKED.items() if start.startswith(begin)), None):
        return f"it is an archive of the kind {packed}, which is not read; a zip or tar of the same would be"
    text = start[:START].decode("utf-8", "replace")
    written = systeminfo.decoded(start[:START])
    known = [(one, text) for one in REFUSED] + [(one, written) for one in REFUSED_OF_WINDOWS]
    for (what, instead, fits), words in known:
        if fits(words):
            return f"it is the output of {what}, which is not read; {instead} would be"
    return f"nor is it the output of a program that is read ({_READ}, …)"


def tree_of(places: dict[str, bytes | Cut | str]) -> "Tree":
    """A capture of such files: place -> content, or the path of the real file."""
    from vaudit.evidence.tree import Tree

    found = Tree()
    for place, content in places.items():
        found.add_file(f"/{place}", content)
    return found


Places = dict[str, bytes | Cut | str]
"""What files hold, by their place in a capture."""


class Texts(NamedTuple):
    """The texts of one machine in a tree."""

    folder: str
    """Where they lie below what was named; empty where that holds them all."""
    places: Places
    notes: list[str]


def machines_in(found: "Tree") -> list[Texts]:
    """The machines whose texts lie in a tree: at its top, else in the folders there.

    Two folders that hold the same program's output are two machines; others may be parts of one.
    """
    top = _top(found)
    inner = {folder: texts for folder in _folders(found, top) if (texts := _below(found, folder))}
    if own := in_folder(found):
        left = f"not read: what lies in {joined(sorted(map(_last, inner))[:MAX_NAMED])}" if inner else ""
        return [Texts("", own, [left] if left else [])]
    places = [place for texts in inner.values() for place in texts if not place.startswith(SEVERAL)]
    if len(set(places)) < len(places):
        return [Texts(folder, texts, []) for folder, texts in inner.items()]
    if not inner:
        return []
    merged = {place: content for texts in inner.values() for place, content in texts.items()}
    names = joined(sorted(map(_last, inner))[:MAX_NAMED])
    return [Texts("", merged, [f"taken for parts of one machine: {names}"] if len(inner) > 1 else [])]


MAX_NAMED, MAX_FOLDERS = 8, 200
"""Folders that are named, and that are looked into."""


def _last(folder: str) -> str:
    return folder.rpartition("/")[2]


def _folders(found: "Tree", folder: str) -> list[str]:
    """The folders right in a folder."""
    paths = (f"{folder}/{name}" for name in sorted(found.folders.get(folder or "/", ())))
    inner = [path for path in paths if path in found.folders and _last(path) != _LOGS]
    return inner[:MAX_FOLDERS]


def _below(found: "Tree", folder: str, depth: int = 0) -> Places:
    """The texts in a folder and those in it; the first of a program counts."""
    own = _of_files(found, [f"{folder}/{name}" for name in found.folders[folder]])
    for inner in _folders(found, folder) if depth < _DEEPEST else ():
        for place, content in _below(found, inner, depth + 1).items():
            own.setdefault(_free(place, own), content)
    return own


def beside(found: "Tree", folder: str) -> list[str]:
    """The names of files in a folder of a tree that another program than the registry wrote."""
    paths = [f"{folder.rstrip('/')}/{name}" for name in found.folders.get(folder or "/", ())]
    texts = [path for path in paths if path.lower().endswith(_TEXTS)]
    return sorted(_last(path) for path in texts if _of_files(found, [path]))


_TEXTS = (".txt", ".json", ".log", ".reg", ".csv", ".nfo")
"""How files are called that may tell more beside a hive: a folder of Windows has hundreds of others."""


def in_folder(found: "Tree") -> Places:
    """The files at the top of a tree whose program is known, by their place in a capture."""
    top = _top(found)
    own = _of_files(found, _files(found, top))
    inside = f"{top}/{_DS_IDENTIFY}"  # of `cloud-init collect-logs`
    if inside in found.files:
        own.setdefault(PROGRAMS["ds-identify"], found.files[inside])
    return own


def _of_files(found: "Tree", paths: Iterable[str]) -> Places:
    """The texts in some of the files: first in what is called as a program that is read."""
    own: Places = {}
    for path in sorted((path for path in paths if path in found.files), key=_named_first)[:MAX_FILES]:
        try:
            held = places_in(found.content(path)[:START], found.files[path], [])
        except OSError:
            continue
        for place, content in held.items():
            own.setdefault(_free(place, own), content)
    return own


def _files(found: "Tree", top: str) -> Iterator[str]:
    for folder in (top, f"{top}/{_LOGS}"):
        yield from (f"{folder}/{name}" for name in found.folders.get(folder or "/", ()))


def _named_first(path: str) -> tuple[bool, str]:
    return not _last(path).startswith(_PROGRAMS), path


_LOGS = "logs"
"""Where hw-probe keeps what programs printed."""
_PROGRAMS = (
    "lscpu", "dmesg", "dmidecode", "lspci", "lsmod", "lsblk", "lshw", "hostnamectl", "facter", "cpuid",
    "systemd-detect-virt", "virt-what", "journal", "hardware", "boot", "basic-environment",
)  # fmt: skip
_DS_IDENTIFY = "run/cloud-init/ds-identify.log"


def _top(found: "Tree") -> str:
    """The folder that all lies in, without a slash behind it: archives hold one for a machine."""
    folder = ""
    for _ in range(_DEEPEST):
        inner = [f"{folder}/{name}" for name in found.folders[folder or "/"]]
        if len(inner) != 1 or inner[0] not in found.folders:
            break
        folder = inner[0]
    return folder


_DEEPEST = 4


def _free(place: str, taken: Container[str]) -> str:
    """The place, or one beside it where several files of a kind may lie."""
    if place in taken and place.startswith(SEVERAL):
        begin, dot, end = place.rpartition(".")
        return next(one for n in range(2, MAX_FILES + 2) if (one := f"{begin}-{n}{dot}{end}") not in taken)
    return place


def refused_in(found: "Tree") -> str:
    """What is said of the first file at the top of a tree that is known and not read; empty where none is."""
    for name in sorted(found.folders["/"])[:MAX_FILES]:
        if f"/{name}" in found.files:
            try:
                said = refusal(found.content(f"/{name}")[:START])
            except OSError:
                continue
            if said.startswith("it is"):
                return f"; {name}: {said}"
    return ""


def start_of(path: str) -> bytes:
    """The beginning of a file. EvidenceError where it cannot be read."""
    try:
        return files.beginning(path, START)
    except OSError as error:
        raise EvidenceError(f"{path}: cannot be read: {error.strerror}") from error
