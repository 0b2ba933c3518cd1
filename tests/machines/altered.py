"""A recorded machine with other quantities: its record is rewritten as Linux and firmware write it.

Nothing here knows of a report, or of what is looked for in one: a machine with half of its memory is a record
whose meminfo, firmware table and memory map say so.
"""

import posixpath
import re
from collections.abc import Iterator

from typing_extensions import Self

from tests.machines import source
from vaudit.bench.recording import Recordings, encoded
from vaudit.evidence import dump
from vaudit.evidence.source import Entry, EntryKind, Registers

MIB, GIB = 1 << 20, 1 << 30
_DMI = ("/sys/firmware/dmi/tables/DMI", "SMBIOS")
_FLAGS = {"vmx": ("1 0", 5), "svm": ("80000001 0", 2)}
"""Of the processor's flags those of virtualization: their CPUID leaf, and the bit in its ECX."""
_MODULES = ("kvm", "kvm_intel", "kvm_amd", "kvm_pvm")


class Altered:
    """A record whose answers can be changed; the text of it is a dump as any other."""

    def __init__(self, name: str) -> None:
        recorded = source(name)
        self.name, self.meta = name, recorded.meta
        self.entries = {(one.kind, one.key): one for one in recorded.entries}

    def text(self) -> str:
        return dump.write(self.entries.values(), self.meta)

    # answers

    def read(self, path: str) -> str:
        entry = self.entries.get(("file", path))
        return entry.data.decode() if entry and isinstance(entry.data, bytes) else ""

    def file(self, path: str, text: str | bytes) -> Self:
        data = text if isinstance(text, bytes) else text.encode()
        self.entries["file", path] = Entry("file", path, "read", data)
        return self

    def gone(self, kind: EntryKind, *keys: str) -> Self:
        for key in keys:
            self.entries[kind, key] = Entry(kind, key, "absent")
        return self

    def _paths(self, pattern: str) -> list[str]:
        found = re.compile(pattern)
        return [key for kind, key in self.entries if kind == "file" and found.fullmatch(key)]

    # quantities

    def threads(self, number: int) -> Self:
        """So many processors, all of them alike."""
        first = self.read("/proc/cpuinfo").partition("\n\n")[0]
        blocks = []
        for at in range(number):
            block = re.sub(r"(?m)^(processor|core id|apicid|initial apicid)(\s*:).*$", rf"\1\2 {at}", first)
            blocks.append(re.sub(r"(?m)^(siblings|cpu cores)(\s*:).*$", rf"\1\2 {number}", block))
        self.file("/sys/devices/system/cpu/online", f"0-{number - 1}\n" if number > 1 else "0\n")
        return self.file("/proc/cpuinfo", "\n\n".join(blocks) + "\n\n")

    def memory(self, installed: int, kept: int, available: float) -> Self:
        """Bytes, what the kernel keeps of them for itself, and the share of the rest that is free."""
        total = installed - kept
        told = {"MemTotal": total, "MemAvailable": total * available, "MemFree": total * available * 0.7}
        text = self.read("/proc/meminfo")
        for name, size in told.items():
            text = re.sub(rf"(?m)^{name}:.*$", f"{name + ':':<16}{int(size) >> 10:>8} kB", text)
        for kind, key in list(self.entries):
            if key in _DMI and isinstance(data := self.entries[kind, key].data, bytes):
                self.entries[kind, key] = Entry(kind, key, "read", _with_memory(data, installed))
        return self.file("/proc/meminfo", text)._memory_map(installed)

    def _memory_map(self, installed: int) -> Self:
        """The largest range of System RAM ends where all of them make so much."""
        root = "/sys/firmware/memmap"
        starts = self._paths(rf"{root}/\d+/start")
        spans = {}
        for folder in map(posixpath.dirname, starts):
            if self.read(f"{folder}/type").strip() == "System RAM":
                spans[folder] = [int(self.read(f"{folder}/{name}"), 16) for name in ("start", "end")]
        if spans:
            last = max(spans, key=lambda folder: spans[folder][1] - spans[folder][0])
            others = sum(end - start + 1 for folder, (start, end) in spans.items() if folder != last)
            self.file(f"{last}/end", f"{spans[last][0] + installed - others - 1:#x}\n")
        return self

    def disks(self, size: int) -> Self:
        """Bytes of the first disk; the others stay, and are taken from it."""
        real = sorted(self._paths(r"/sys/devices/(?!virtual/).*/(?:[sv]d[a-z]|xvd[a-z]|nvme\d+n\d+)/size"))
        first = min(real, key=lambda path: (-int(self.read(path) or 0), path))
        others = sum(int(self.read(path) or 0) for path in real if path != first)
        return self.file(first, f"{size // 512 - others}\n")

    def link(self, megabits: int) -> Self:
        """What every card that is up says of its link."""
        for path in self._paths(r"/sys/devices/(?!virtual/).*/net/[^/]+/speed"):
            self.file(path, f"{megabits}\n")
        return self

    def time(self, hours: float, busy: float, stolen: float) -> Self:
        """Since boot: the share of the time that was wanted, and of that the share that was stolen."""
        text = self.read("/proc/stat")
        cpus = self.read("/proc/cpuinfo").count("processor\t")
        ticks = round(hours * 360_000)
        rest = re.sub(r"(?m)^cpu.*\n", "", text)
        rows = [_row(f"cpu{at}", ticks, busy, stolen) for at in range(cpus)]
        return self.file("/proc/stat", _row("cpu ", ticks * cpus, busy, stolen) + "".join(rows) + rest)

    def virtualization(self, given: bool) -> Self:
        """Whether the processor's flag is passed on. Where it is not, no module can have found it either."""
        amd = "AuthenticAMD" in self.read("/proc/cpuinfo")
        flag = "svm" if amd else "vmx"
        self._flag(flag, given)
        if not given:
            self.gone("device", "/dev/kvm")
            self.gone("file", *self._paths(rf"/sys/module/(?:{'|'.join(_MODULES)})/.*"))
            for list_ in ("/proc/modules", "/proc/misc"):
                self._without(list_, *_MODULES)
        return self

    def _without(self, path: str, *names: str) -> None:
        """A table without the rows that name these."""
        rows = self.read(path).splitlines(keepends=True)
        if rows:
            self.file(path, "".join(row for row in rows if not set(row.split()[:2]) & set(names)))

    def _flag(self, flag: str, given: bool) -> None:
        text = re.sub(rf" {flag}\b", "", self.read("/proc/cpuinfo"))
        self.file("/proc/cpuinfo", re.sub(r"(?m)^(flags\s*:.*)$", rf"\1 {flag}", text) if given else text)
        leaf, bit = _FLAGS[flag]
        entry = self.entries.get(("cpuid", leaf))
        if entry and isinstance(entry.data, Registers):
            ecx = entry.data.ecx | 1 << bit if given else entry.data.ecx & ~(1 << bit)
            told = Registers(entry.data.eax, entry.data.ebx, ecx, entry.data.edx)
            self.entries["cpuid", leaf] = Entry("cpuid", leaf, "read", told)

    def measured(self, recordings: Recordings) -> Self:
        """What a benchmark recorded there."""
        for room, data in encoded(recordings).items():
            self.entries["recording", room] = Entry("recording", room, "read", data)
        return self


def _row(name: str, ticks: int, busy: float, stolen: float) -> str:
    """A line of /proc/stat: user, nice, system, idle, iowait, irq, softirq, steal, guest, guest_nice."""
    wanted = round(ticks * busy)
    lost = round(wanted * stolen)
    used = wanted - lost
    fields = (used * 7 // 10, 0, used - used * 7 // 10, ticks - wanted, 0, 0, 0, lost, 0, 0)
    return f"{name} {' '.join(map(str, fields))}\n"


def _with_memory(table: bytes, installed: int) -> bytes:
    """An SMBIOS table whose memory devices add up to so many bytes: the first has it all."""
    made, left = bytearray(table), installed >> 20
    for start, length in _structures(table):
        if table[start] == 17 and length >= 0x0E:
            extended = left > 0x7FFE and length >= 0x20
            size = 0x7FFF if extended else min(left, 0x7FFE)
            made[start + 0x0C : start + 0x0E] = size.to_bytes(2, "little")
            if extended:
                made[start + 0x1C : start + 0x20] = left.to_bytes(4, "little")
            left -= left if extended else size
    return bytes(made)


def _structures(table: bytes) -> Iterator[tuple[int, int]]:
    """Where each structure of a table begins, and how long it is without its strings."""
    at = 0
    while at + 4 <= len(table):
        yield at, table[at + 1]
        end = table.find(b"\0\0", at + table[at + 1])
        if end < 0 or table[at] == 127:
            return
        at = end + 2
