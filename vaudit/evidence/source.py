"""The one door to a machine: what a Source can be asked, and the entries that it answers with.

An entry's key is what was asked, its status is whether it could be had. `absent` (looked, not there),
`denied` (there, refused) and `unrecorded` (this record does not say) are three different things.
How each kind of answer is written, shown and masked stands in kinds.py.
"""

import posixpath
from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import TYPE_CHECKING, Literal, NamedTuple

import msgspec

from vaudit import procfs
from vaudit.evidence.identity import Identity, made

if TYPE_CHECKING:
    from vaudit.evidence.registry import RegistryKey

EntryStatus = Literal["read", "absent", "denied", "unrecorded", "error"]
EntryKind = Literal[
    "file", "dir", "link", "device", "run", "call", "tool", "cpuid", "cpuid-xen", "msr", "firmware",
    "registry", "recording",
]  # fmt: skip
"""What can be asked, and by which key:

file, dir, link, device  an absolute path
run                      the command line of a program whose output a record holds: `lspci -nnk`
call                     a question that system calls answer, spelled as the command that prints it (CALLS)
tool                     a question that a hypervisor's own program answers on its guest: its command (TOOLS)
cpuid, cpuid-xen         leaf and subleaf in hexadecimal: `40000000 0`
msr                      the register's number in hexadecimal: `3a`
firmware                 the name of a raw table: `SMBIOS`
registry                 a registry key: `HKLM\\SYSTEM\\Select`; upper and lower case are the same
recording                the area of a benchmark: `disk`
"""
CALLS = ("uname -m", "uname -r", "uname -v", "uname -s", "id -u", "dmesg", "interrupts")
"""Questions that need no program; `dmesg` is the kernel's log, `interrupts` the lines of /proc/interrupts
about virtualization, each as its sum over all processors and its name."""
WINE, MEMORY, DIRTY = "wine_get_version", "GlobalMemoryStatusEx", "fsutil dirty query %SystemDrive%"
"""Questions that Windows answers: a function that only Wine's ntdll has, the total that one of kernel32
tells, and, by the name of the program that prints it, whether the system's volume was closed."""
COUNTER, DEVICES, ADMIN = "QueryPerformanceFrequency", "CM_Get_DevNode_Status", "IsUserAnAdmin"
"""Three more: how often in a second the counter moves by which programs measure time; and of each device that
is there a line with its instance, its state and its problem, both in hexadecimal, with tabs between; whether
an administrator asks, as 1 or 0."""
HIBERFIL, DRIVERS = r"%SystemDrive%\hiberfil.sys", r"%SystemRoot%\System32\drivers"
"""A file and a folder of Windows, wherever they lie: the memory of a machine that sleeps, and its drivers."""
TOOLS = tuple(
    f"vmware-toolbox-cmd stat {what}"
    for what in ("swap", "balloon", "memlimit", "memres", "cpulimit", "cpures", "raw text resources")
)
"""What VMware tells its guest and no file does: open-vm-tools, toolbox/toolboxcmd-stat.c."""
PRINTED_BY_WINDOWS = (
    "wmi", "msinfo32", "Get-PnpDevice", "setupapi", "dxdiag", "pnputil", "tables", "ipconfig",
)  # fmt: skip
"""Programs of Windows, and lists that PowerShell draws, whose texts are read beside systeminfo's."""
SMBIOS_FILE = "/sys/firmware/dmi/tables/DMI"
"""Where Linux shows the raw SMBIOS table."""
NOT_HELD = "the record does not hold it"
"""Why an entry of a record is `unrecorded`."""
UNANSWERED = "no answer"
"""How the reason of an `error` begins where an answer did not come in time."""

_RENAMED: dict[tuple[str, str], tuple[EntryKind, str]] = {
    ("file", SMBIOS_FILE): ("firmware", "SMBIOS"),
    **{("run", call): ("call", call) for call in CALLS},
    **{("run", tool): ("tool", tool) for tool in TOOLS},
}
"""What records of format 1 keep under another name; both names are answered."""

MAX_FILE = 1 << 20
"""Bytes kept of one file; longer ones are cut, so that a hostile file cannot fill memory."""
MAX_GROWN = 16 << 20
"""Bytes kept of a file that grows with the machine."""
GROWN = ("/proc/self/mountinfo", "/proc/cpuinfo", "/proc/bus/pci/devices", "/proc/interrupts")
"""How such files end: 100,000 mounts take 11 MiB, 2,048 processors 5, 10,000 PCI functions 1.5."""
MAX_NAMES = 16_000
"""Names kept of one folder: the largest machines have some 10,000 PCI functions."""
MAX_LINE = 4096
"""Characters kept of a file that should hold one line; what is longer ends in an ellipsis."""


def decodable(name: str) -> str:
    """A file name without undecodable bytes; sysfs has none, a hostile folder or archive may."""
    return name if name.isascii() else name.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def cut_names(names: list[str]) -> "list[str] | Cut":
    """Sorted names of a folder, at most MAX_NAMES of them."""
    if len(names) <= MAX_NAMES:
        return names
    return Cut(names[:MAX_NAMES], f"cut at {MAX_NAMES} names")


def most(path: str) -> int:
    """Bytes that are kept of a file, by its path."""
    return MAX_GROWN if path.endswith(GROWN) else MAX_FILE


class Cut(msgspec.Struct, frozen=True):
    """The beginning of an answer, and why it is not the whole."""

    data: bytes | list[str]
    reason: str


def whole_or_cut(data: bytes, limit: int) -> bytes | Cut:
    """The data where it has at most `limit` bytes, else its beginning: of text whole lines, so that no half
    of a number or of a character is taken for one."""
    if len(data) <= limit:
        return data
    end = data.rfind(b"\n", limit - MAX_LINE, limit) + 1
    return Cut(data[: end or limit], cut_at(limit))


def cut_at(limit: int) -> str:
    """Why an answer is not whole."""
    return f"cut at {limit >> 20} MiB" if limit >> 20 else f"cut at {limit} bytes"


class Registers(NamedTuple):
    """What the CPUID instruction answers."""

    eax: int
    ebx: int
    ecx: int
    edx: int


class Entry(msgspec.Struct, frozen=True):
    """One answer. `data` is None unless status is `read`; then `reason` may say why. An answer that was read
    and has a reason is not whole: its beginning was kept.

    file, run, call, tool, firmware and recording: bytes; dir: sorted names; link: target; device: a word;
    msr: a hexadecimal number; cpuid: Registers; registry: RegistryKey.
    """

    kind: EntryKind
    key: str
    status: EntryStatus
    data: "bytes | list[str] | str | Registers | RegistryKey | None" = None
    reason: str = ""
    rc: int = 0
    """Exit code of a run."""

    @property
    def id(self) -> str:
        return f"{self.kind}:{self.key}"

    @property
    def is_cut(self) -> bool:
        """Whether more was there than is kept: nothing that is missing here is absent there."""
        return self.status == "read" and bool(self.reason)

    @property
    def is_unanswered(self) -> bool:
        """Whether it was waited for, or not even asked because others had been waited for too long."""
        return self.status == "error" and self.reason.startswith(UNANSWERED)


def answered(kind: EntryKind, key: str, found: "bytes | list[str] | str | Cut") -> Entry:
    """The answer that was read, or the beginning of it."""
    if isinstance(found, Cut):
        return Entry(kind, key, "read", found.data, found.reason)
    return Entry(kind, key, "read", found)


def renamed(kind: EntryKind, key: str) -> tuple[EntryKind, str]:
    """The kind and key of a question that older records ask under other names."""
    asked = kind, key
    return _RENAMED.get(asked, asked)


def filed(kind: EntryKind, key: str) -> tuple[EntryKind, str]:
    """Under what the answer to a question is found again: Windows compares registry keys without case."""
    asked = kind, key if kind != "registry" else key.lower()
    return _RENAMED.get(asked, asked)


class Source(ABC):
    """A machine, or a record of one. Subclasses answer `entry`; the rest is said in terms of it."""

    kind: Literal["machine", "dump", "capture", "hive", "image"]
    name: str
    taken: str
    """When the evidence was read, ISO 8601 UTC."""
    system: Literal["linux", "windows"] | None = None
    """Which one it shows, once facts/ask/door.py has asked."""
    notes: Sequence[str] = ()
    """What a report has to say of the record itself: what was left out of it, or not understood."""

    @abstractmethod
    def entry(self, kind: EntryKind, key: str) -> Entry:
        """The answer to one question. Never raises for what a machine may hold or lack."""

    def held(self, kind: EntryKind, key: str) -> Entry | None:
        """The answer where this record holds one; that it holds none is no gap in what was looked at."""
        entry = self.entry(kind, key)
        return entry if entry.status == "read" else None

    def listen(self, words: Sequence[str]) -> None:
        """Of the kernel log of a live machine only the lines are kept that hold one of these, which are in
        lower case; a record answers with what it holds."""
        return

    def close(self) -> None:
        """Ends what a live source keeps running."""
        return

    def silent(self) -> list[str]:
        """Where a live source gets no answer, also where no question led: nothing else should ask there."""
        return []

    def read(self, path: str) -> str | None:
        """A file's text, undecodable bytes replaced; None unless it was read."""
        data = self.entry("file", path).data
        return data.decode("utf-8", "replace") if isinstance(data, bytes) else None

    def is_whole(self, path: str) -> bool:
        """Whether a file was read to its end, so that what it does not say is not so."""
        entry = self.entry("file", path)
        return entry.status == "read" and not entry.is_cut

    def binary(self, path: str) -> bytes | None:
        """A file's bytes; None unless it was read."""
        data = self.entry("file", path).data
        return data if isinstance(data, bytes) else None

    def line(self, path: str) -> str | None:
        """A one-line file without NULs and outer white space, at most MAX_LINE long; None unless read."""
        text = self.read(path)
        if text is None:
            return None
        kept = text if len(text) <= MAX_LINE else f"{text[:MAX_LINE]}…"
        return kept.replace("\0", " ").strip()

    def number(self, path: str) -> int | None:
        """A file that holds one decimal number, which may have a sign."""
        return procfs.signed(self.line(path) or "")

    def names(self, path: str) -> list[str]:
        """The sorted names in a folder; empty unless it was read."""
        data = self.entry("dir", path).data
        return data if isinstance(data, list) else []

    def link(self, path: str) -> str | None:
        """The target of a symbolic link, as stored; None unless it was read."""
        data = self.entry("link", path).data
        return data if isinstance(data, str) else None

    def resolve(self, path: str) -> str | None:
        """The absolute path that a symbolic link names, by text alone; None when it is no link."""
        target = self.link(path)
        return None if target is None else posixpath.normpath(posixpath.join(posixpath.dirname(path), target))

    def call(self, question: str) -> str | None:
        """What a system call answers, one of CALLS; None when it could not be had."""
        return _text(self.entry("call", question))

    def tool(self, question: str) -> str | None:
        """What a hypervisor's own program answers, one of TOOLS; None when it could not be had."""
        return _text(self.entry("tool", question))

    def output(self, command: str) -> str | None:
        """What a program printed, where a record holds it. A live machine runs no program for it: None."""
        return _text(self.held("run", command))

    def run(self, command: str) -> str | None:
        """`call` or `output`, whichever the command is."""
        return self.call(command) if command in CALLS else self.output(command)

    def device(self, path: str) -> str | None:
        """`openable` when this process can open the device for reading and writing; None otherwise."""
        data = self.entry("device", path).data
        return data if isinstance(data, str) else None

    def cpuid(self, leaf: int, subleaf: int = 0, *, xen: bool = False) -> Registers | None:
        """CPUID as the processor answers it, or (`xen`) behind Xen's forced-emulation prefix."""
        data = self.entry("cpuid-xen" if xen else "cpuid", f"{leaf:x} {subleaf:x}").data
        return data if isinstance(data, Registers) else None

    def msr(self, number: int) -> int | None:
        """A model-specific register of the first processor; None when it could not be had."""
        data = self.entry("msr", f"{number:x}").data
        return procfs.bits(data) if isinstance(data, str) else None

    def firmware(self, table: str) -> bytes | None:
        """A raw firmware table, such as `SMBIOS`; None when it could not be had."""
        data = self.entry("firmware", table).data
        return data if isinstance(data, bytes) else None

    def registry(self, key: str) -> "RegistryKey | None":
        """A key of the Windows registry with its subkeys and values; None when it could not be had."""
        from vaudit.evidence.registry import RegistryKey

        data = self.entry("registry", key).data
        return data if isinstance(data, RegistryKey) else None

    def recording(self, area: str) -> bytes | None:
        """What a benchmark recorded (disk, network, cpu, memory), as JSON; None where no record holds it."""
        found = self.held("recording", area)
        return found.data if found and isinstance(found.data, bytes) else None

    def areas(self) -> list[str]:
        """Of what a record holds what a benchmark recorded, also where this version knows no such area."""
        return []

    def status(self, kind: EntryKind, key: str) -> EntryStatus:
        """Whether the answer was read, absent, denied, unrecorded or an error."""
        return self.entry(kind, key).status

    def identity(self) -> Identity:
        """A pseudonym of the machine. What it is made from is read here and kept nowhere."""
        return made(self.line, lambda path: self.status("file", path))


def _text(entry: Entry | None) -> str | None:
    """What an entry of bytes says as text, undecodable bytes replaced."""
    data = entry.data if entry else None
    return data.decode("utf-8", "replace") if isinstance(data, bytes) else None
