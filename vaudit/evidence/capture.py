"""Records of machines that others made: a root tree, a folder with commands' outputs, a sosreport.

    root/ or proc/ sys/ …        files as they were, often trimmed
    commands/NAME.txt            recorded output; sosreports keep theirs in sos_commands/
    cpuid.txt, cpuid-xen.txt     leaves in the form of `cpuid -r`
    dmi.bin                      the raw SMBIOS table

What is not there is unrecorded: nobody knows whether it was absent.
"""

import re
from collections.abc import Iterator
from functools import cached_property
from typing import TYPE_CHECKING

from msgspec import structs

from vaudit import procfs, systeminfo
from vaudit.evidence.cpuid import Answers
from vaudit.evidence.identity import Identity, of_windows
from vaudit.evidence.places import PROGRAMS, as_json
from vaudit.evidence.registry import RegistryKey
from vaudit.evidence.source import (
    NOT_HELD,
    SMBIOS_FILE,
    Cut,
    Entry,
    EntryKind,
    Registers,
    Source,
    answered,
    cut_names,
)
from vaudit.evidence.tree import Tree
from vaudit.words import many

if TYPE_CHECKING:
    from vaudit.evidence.reg_file import Exported

_ROOTS = ("proc", "sys")
_PARTS = ("root", "commands", "sos_commands", "cpuid.txt", "cpuid-xen.txt", "dmi.bin")
TOP = {"proc", "sys", "etc", "run", "dev", "lib", "usr", "boot", "root", "commands", "sos_commands", "var"}
"""The folders of a root tree that a scan may ask for."""
_CPUID_LINE = r"^[ \t]+0x([0-9a-f]{8}) 0x([0-9a-f]{2}): " + " ".join(
    rf"e{name}x=0x([0-9a-f]{{8}})" for name in "abcd"
)
_COMMANDS: dict[str, tuple[str, ...]] = {
    "uname -m": ("commands/uname-m.txt", "commands/uname_-m.txt"),
    "uname -a": (PROGRAMS["uname -a"], "commands/uname.txt", "sos_commands/kernel/uname_-a", "uname"),
    "cpuid-signature": ("commands/cpuid_hypervisor_signature.txt",),
    "dmidecode": (PROGRAMS["dmidecode"], "sos_commands/hardware/dmidecode", "dmidecode"),
    "dmesg": (
        PROGRAMS["dmesg"],
        "sos_commands/kernel/dmesg",
        "sos_commands/general/dmesg",
        "var/log/dmesg",
    ),
    "lscpu": (PROGRAMS["lscpu"], "sos_commands/processor/lscpu"),
    "lspci": (PROGRAMS["lspci -nnk"], PROGRAMS["lspci"], "sos_commands/pci/lspci_-nnvv", "lspci"),
    "mount": (PROGRAMS["mount"], "sos_commands/filesys/mount_-l", "mount"),
    "lsmod": (PROGRAMS["lsmod"], "sos_commands/kernel/lsmod", "lsmod"),
    "udevadm info --export-db": (
        "commands/udevadm-info-export-db.txt",
        PROGRAMS["udevadm"],
        "sos_commands/devices/udevadm_info_--export-db",
        "sos_commands/hardware/udevadm_info_--export-db",
    ),
    "lsblk": (PROGRAMS["lsblk"], "sos_commands/block/lsblk"),
    "hostnamectl": (PROGRAMS["hostnamectl"], "sos_commands/host/hostnamectl_status", "hostnamectl"),
    "cloud-init query --all": (PROGRAMS["instance-data"], "run/cloud-init/instance-data.json"),
    "systemd-detect-virt": (PROGRAMS["systemd-detect-virt"],),
    "virt-what": (PROGRAMS["virt-what"],),
    "ds-identify": (
        PROGRAMS["ds-identify"],
        "root/run/cloud-init/ds-identify.log",
        "run/cloud-init/ds-identify.log",
    ),
    "subscription-manager facts": (
        PROGRAMS["subscription-manager"],
        as_json("subscription-manager"),
        "sos_commands/subscription_manager/subscription-manager_facts",
    ),
    "virsh capabilities": (PROGRAMS["virsh capabilities"], "sos_commands/virsh/virsh_-r_capabilities"),
    "xl info": (PROGRAMS["xl info"], "sos_commands/xen/xl_info"),
    "xl dmesg": (PROGRAMS["xl dmesg"], "sos_commands/xen/xl_dmesg"),
    "systeminfo": (PROGRAMS["systeminfo"],),
    "msinfo32": (PROGRAMS["msinfo32"],),
    "setupapi": (PROGRAMS["setupapi"],),
    "dxdiag": (PROGRAMS["dxdiag"],),
    "pnputil": (PROGRAMS["pnputil"],),
    "tables": (PROGRAMS["tables"],),
    "ipconfig": (PROGRAMS["ipconfig"],),
}
"""Where the answer to a command lies. Names vary: commands/ is also searched by the command's first word."""

_ENTRY_POINT = 32
"""Bytes that dmidecode keeps for the entry point of SMBIOS (dmidecode.c, dmi_table_dump)."""
_MAX_CARDS, _MAX_CARD = 4096, 4096
"""Files of cards that are looked for, and bytes that are kept of each."""
_MAX_WRITTEN = 8 << 20
"""Bytes that are kept of one class of WMI's."""
_TABLES = {"SMBIOS": (SMBIOS_FILE, "dmi.bin")}
"""Where a raw firmware table lies: in the root tree, or beside it."""


class Capture(Source):
    """One machine in a tree. `base` is its folder in the tree, `name` what the user called it."""

    kind = "capture"

    def __init__(self, tree: Tree, base: str, name: str, taken: str) -> None:
        self.name = name
        self.taken = taken
        self.notes: list[str] = []
        self._tree = tree
        self._base = base.rstrip("/")
        inner = f"{self._base}/root"
        self._root = inner if inner in tree.folders else self._base or "/"
        self._cpuid: dict[str, Answers] = {}

    def entry(self, kind: EntryKind, key: str) -> Entry:
        match kind:
            case "file":
                return self._file(key)
            case "dir":
                return self._folder(key)
            case "link":
                path = self._tree.resolve(self._inside(key), self._root)
                target = self._tree.links.get(path or "")
                return Entry(kind, key, "read", target) if target is not None else _unrecorded(kind, key)
            case "run" if key == "ethtool -i":
                return self._each_card()
            case "run" if key == "wmi":
                return self._each_class()
            case "run" if key == "Get-PnpDevice":
                return self._each_list()
            case "run" | "call" | "tool":
                return self._command(kind, key)
            case "firmware":
                return self._firmware(key)
            case "cpuid" | "cpuid-xen":
                return self._leaf(kind, key)
            case "registry":
                return self._exported.entry(key) if self._exported else _unrecorded(kind, key)
        return _unrecorded(kind, key)

    @cached_property
    def _exported(self) -> "Exported | None":
        """The registry that was exported; None where none was."""
        names = sorted(self._tree.folders.get(f"{self._base}/commands", ()))[:_MAX_CARDS]
        paths = [f"{self._base}/commands/{one}" for one in names if one.startswith("registry")]
        if not paths:
            return None
        from vaudit.evidence.reg_file import Exported, text_of

        found = Exported(text_of(self._tree.content(path)) for path in paths if path in self._tree.files)
        cut = any(isinstance(self._tree.part(path), Cut) for path in paths if path in self._tree.files)
        if cut or found.cut:
            found.cut = True
            self.notes.append(
                "the exported registry is larger than is read: what it does not show is not known"
            )
        if found.unread:
            self.notes.append(f"{many(found.unread, 'value')} of the exported registry could not be read")
        return found

    def identity(self) -> Identity:
        if not self._exported:
            return super().identity()
        guid = self.registry(r"HKLM\SOFTWARE\Microsoft\Cryptography")
        hardware = self.registry(r"HKLM\SYSTEM\HardwareConfig")
        return of_windows(_named(guid, "MachineGuid"), _named(hardware, "LastConfig"))

    def _inside(self, path: str) -> str:
        return self._root.rstrip("/") + path

    def _file(self, path: str) -> Entry:
        real = self._tree.follow(self._inside(path), self._root)
        if real in self._tree.files:
            return self._content("file", path, real)
        return _unrecorded("file", path)

    def _firmware(self, table: str) -> Entry:
        inside, beside = _TABLES.get(table, ("", ""))
        places = (self._tree.follow(self._inside(inside), self._root), f"{self._base}/{beside}")
        real = next((place for place in places if place in self._tree.files), None)
        if not real:
            return _unrecorded("firmware", table)
        entry = self._content("firmware", table, real)
        if isinstance(entry.data, bytes) and entry.data.startswith((b"_SM_", b"_SM3_")):
            # `dmidecode --dump-bin` writes the entry point first, and the table behind it
            return structs.replace(entry, data=entry.data[_ENTRY_POINT:])
        return entry

    def _content(self, kind: EntryKind, key: str, real: str) -> Entry:
        try:
            found = self._tree.part(real)
            return answered(kind, key, found)
        except (FileNotFoundError, ProcessLookupError):  # it was there when the folder was listed
            return Entry(kind, key, "absent")
        except OSError as error:
            return Entry(kind, key, "denied", reason=error.strerror or "")

    def _folder(self, path: str) -> Entry:
        real = self._tree.follow(self._inside(path), self._root)
        names = self._tree.folders.get(real or "")
        if names is None:
            return _unrecorded("dir", path)
        found = cut_names(sorted(names))
        return answered("dir", path, found)

    def _command(self, kind: EntryKind, command: str) -> Entry:
        for place in (*_COMMANDS.get(command, ()), *self._similar(command)):
            real = self._tree.follow(f"{self._base}/{place}", self._base or "/")
            if real in self._tree.files:
                return self._content(kind, command, real)
        return _unrecorded(kind, command)

    def _each_card(self) -> Entry:
        """`ethtool -i` of every card, as one text: in a record each has a file of its own."""
        found: list[bytes] = []
        for folder in ("commands", "sos_commands/networking"):
            for name in sorted(self._tree.folders.get(f"{self._base}/{folder}", ()))[:_MAX_CARDS]:
                card = re.match(r"ethtool[_-]+i[_-](.+?)(?:\.txt)?$", name)
                path = f"{self._base}/{folder}/{name}"
                if card and path in self._tree.files:
                    content = self._content("run", name, path).data
                    told = content if isinstance(content, bytes) else b""
                    found.append(b"interface: %s\n%s\n" % (card[1].encode(), told[:_MAX_CARD]))
        key = "ethtool -i"
        return Entry("run", key, "read", b"".join(found)) if found else _unrecorded("run", key)

    def _each_class(self) -> Entry:
        """WMI's objects of every class, as one text: each class has a file of its own."""
        found: list[str] = []
        for name in sorted(self._tree.folders.get(f"{self._base}/commands", ()))[:_MAX_CARDS]:
            path = f"{self._base}/commands/{name}"
            if name.startswith("wmi-") and path in self._tree.files:
                content = self._content("run", name, path).data
                told = systeminfo.decoded(content, _MAX_WRITTEN) if isinstance(content, bytes) else ""
                found.append(f"class: {name[4:].removesuffix('.txt').partition('-')[0]}\n{told}\n")
        return Entry("run", "wmi", "read", "".join(found).encode()) if found else _unrecorded("run", "wmi")

    def _each_list(self) -> Entry:
        """What wrote JSON of Windows' devices, as one list: disks and cards may lie in files of their own."""
        key, found = "Get-PnpDevice", list[str]()
        for name in sorted(self._tree.folders.get(f"{self._base}/commands", ()))[:_MAX_CARDS]:
            path = f"{self._base}/commands/{name}"
            if name.startswith(key) and path in self._tree.files:
                content = self._content("run", name, path).data
                told = systeminfo.decoded(content, _MAX_WRITTEN) if isinstance(content, bytes) else ""
                found.append(told.lstrip("\ufeff"))
        if not found:
            return _unrecorded("run", key)
        return Entry("run", key, "read", (found[0] if len(found) == 1 else f"[{','.join(found)}]").encode())

    def _similar(self, command: str) -> Iterator[str]:
        """Files in commands/ that begin with the command's name: `lspci_-nnk.txt`, `dmesg-T.txt`."""
        word = command.split(" ", maxsplit=1)[0]
        if " " not in command:
            names = self._tree.folders.get(f"{self._base}/commands", ())
            alike = [name for name in names if re.match(rf"{word}(?![a-z])", name)]
            # lspci prints ids where its options hold an n
            yield from (
                f"commands/{name}" for name in sorted(alike, key=lambda name: ("-n" not in name, name))
            )

    def _leaf(self, kind: EntryKind, key: str) -> Entry:
        if kind not in self._cpuid:
            path = f"{self._base}/{'cpuid.txt' if kind == 'cpuid' else 'cpuid-xen.txt'}"
            try:
                text = self._tree.content(path).decode("latin-1") if path in self._tree.files else ""
            except OSError:
                text = ""
            self._cpuid[kind] = parse_cpuid(text)
        leaf, sub = (procfs.bits(word) or 0 for word in key.split())
        found = self._cpuid[kind].get((leaf, sub))
        return Entry(kind, key, "read", found) if found else _unrecorded(kind, key)


def _named(key: RegistryKey | None, name: str) -> str:
    value = key.value(name) if key else None
    return value if isinstance(value, str) else ""


def _unrecorded(kind: EntryKind, key: str) -> Entry:
    return Entry(kind, key, "unrecorded", reason=NOT_HELD)


def parse_cpuid(text: str) -> Answers:
    """The leaves of the first processor in the output of `cpuid -r`."""
    second = re.search(r"^CPU 1:", text, re.MULTILINE)
    found: Answers = {}
    for match in re.finditer(_CPUID_LINE, text[: second.start()] if second else text, re.MULTILINE):
        leaf, sub, *registers = (procfs.bits(word) or 0 for word in match.groups())
        found.setdefault((leaf, sub), Registers(*registers))
    return found


def machines(tree: Tree, depth: int = 2) -> list[str]:
    """The folders of the tree that are one machine each; `/` when the tree itself is one."""
    found: list[str] = []
    pending = [("/", 0)]
    while pending:
        folder, level = pending.pop()
        names = tree.folders[folder]
        if any(part in names for part in _PARTS) or any(root in names for root in _ROOTS):
            found.append(folder)
        elif level < depth:
            inner = (f"{folder.rstrip('/')}/{name}" for name in names)
            pending += [(path, level + 1) for path in inner if path in tree.folders]
    return sorted(found)
