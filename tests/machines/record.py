"""A recorded machine made of a few words: what is said of it is written down as Linux shows it.

`record()` holds what is said and no more: the rest is not recorded. A machine that answers everything is made
in linux.py. Either way the dump holds what the collectors asked for, and the project writes it.
"""

import posixpath
from pathlib import Path

import msgspec
from typing_extensions import Self

from vaudit.evidence import dump
from vaudit.evidence.dump import Dump
from vaudit.evidence.origin import one
from vaudit.evidence.record import write
from vaudit.evidence.recorder import Recorder
from vaudit.evidence.source import SMBIOS_FILE, Entry, EntryKind, EntryStatus, Registers, Source, renamed
from vaudit.facts.collect import collect
from vaudit.model.benchmark import Benchmark
from vaudit.model.facts import Facts
from vaudit.recorded import FIRST

DMI = "/sys/class/dmi/id"
CONTROL_FILES = ("bind", "uevent", "unbind")
"""What sysfs shows in every driver's folder; PCI drivers also take new ids."""


def signature(name: str, top: int) -> Registers:
    """A hypervisor leaf with a name in it."""
    data = name.encode().ljust(12, b"\0")
    return Registers(top, *(int.from_bytes(data[at : at + 4], "little") for at in (0, 4, 8)))


class Record:
    """Collects what is said; `dump` is what `vaudit record` makes of it, `facts` what a scan does."""

    rest: EntryStatus = "unrecorded"
    """The answer to what was not said."""

    def __init__(self, arch: str = "x86_64") -> None:
        self.files: dict[str, bytes] = {}
        self.links: dict[str, str] = {}
        self.folders: dict[str, set[str]] = {"/": set()}
        self.answers: dict[tuple[str, str], Entry] = {}
        self.benchmarks: list[Benchmark] = []
        self.run("uname -m", arch)

    # what is said

    def add(self, kind: EntryKind, key: str, data: bytes | list[str] | str | Registers) -> Self:
        return self.answer(Entry(kind, key, "read", data))

    def answer(self, entry: Entry) -> Self:
        """An answer that comes before whatever the tree of files says."""
        kind, key = renamed(entry.kind, entry.key)
        self.answers[kind, key] = msgspec.structs.replace(entry, kind=kind, key=key)
        return self

    def denied(self, *paths: str) -> Self:
        for path in paths:
            self.answer(Entry("file", path, "denied"))
        return self

    def run(self, command: str, text: str) -> Self:
        return self.add("run", command, text.encode())

    def call(self, name: str, text: str) -> Self:
        """The answer to a system call: `uname -v`."""
        return self.add("call", name, text.encode())

    def log(self, *lines: str) -> Self:
        """The kernel log."""
        return self.call("dmesg", "".join(f"{line.rstrip()}\n" for line in lines))

    def measured(self, *benchmarks: Benchmark) -> Self:
        """What benchmarks said of it, which the dump keeps as a dump of this version does."""
        self.benchmarks += benchmarks
        return self

    # a tree of files

    def file(self, path: str, content: str | bytes) -> Self:
        real = self.real(path)
        self.files[real] = content.encode() if isinstance(content, str) else content
        self._enter(real)
        return self

    def folder(self, path: str, *names: str) -> Self:
        """A folder, and empty files in it."""
        self.folders.setdefault(self.real(path), set())
        self._enter(self.real(path))
        for name in names:
            self.file(f"{path}/{name}", b"")
        return self

    def link(self, path: str, target: str) -> Self:
        """A link as it is stored: relative to where it lies, or any text."""
        self.links[path] = target
        self._enter(path)
        return self

    def points(self, path: str, to: str) -> Self:
        """A link as sysfs makes them: relative, to an absolute path."""
        return self.link(path, posixpath.relpath(to, posixpath.dirname(path)))

    def without(self, path: str) -> Self:
        """Takes a file, link or folder away with all that lies in it."""
        for kept in (self.files, self.links, self.folders):
            for name in [
                kept_name for kept_name in kept if kept_name == path or kept_name.startswith(f"{path}/")
            ]:
                del kept[name]
        above, name = posixpath.split(path)
        self.folders.get(above, set()).discard(name)
        return self

    def real(self, path: str) -> str:
        """A path whose links are followed; the last one too."""
        found = "/"
        for name in path.strip("/").split("/"):
            found = posixpath.join(found, name)
            if found in self.links:
                target = posixpath.join(posixpath.dirname(found), self.links[found])
                found = self.real(posixpath.normpath(target))
        return found

    def _enter(self, path: str) -> None:
        """The folders above a path hold its name."""
        while path != "/":
            above, name = posixpath.split(path)
            self.folders.setdefault(above, set()).add(name)
            path = above

    # what Linux shows of hardware

    def dmi(self, **fields: str) -> Self:
        for name, text in fields.items():
            self.file(f"{DMI}/{name}", f"{text}\n")
        return self

    def cpu(
        self, *, hypervisor: bool | None = None, flags: str = "", model: str = "Intel(R) Xeon(R)"
    ) -> Self:
        """cpuinfo, and CPUID leaf 1 with its hypervisor bit; `None` leaves the leaf out."""
        seen = f"{flags} hypervisor" if hypervisor else flags
        if hypervisor is not None:
            self.add("cpuid", "1 0", Registers(0x306F2, 0, (1 << 31 if hypervisor else 0), 0))
        return self.file("/proc/cpuinfo", f"vendor_id\t: x\nmodel name\t: {model}\nflags\t\t: fpu {seen}\n")

    def leaf(self, base: int, name: str, top: int | None = None) -> Self:
        """A leaf in which a hypervisor names itself."""
        return self.add("cpuid", f"{base:x} 0", signature(name, base + 1 if top is None else top))

    def device(self, path: str, bus: str = "", driver: str = "", module: str = "") -> str:
        """A device below /sys/devices on its bus, bound to its driver; says where it lies."""
        place = f"/sys/devices/{path}"
        self.folder(place)
        if bus:
            self.points(f"{place}/subsystem", f"/sys/bus/{bus}")
            self.points(f"/sys/bus/{bus}/devices/{posixpath.basename(path)}", place)
        if driver:
            self.driver(bus, driver, module)
            self.points(f"{place}/driver", f"/sys/bus/{bus}/drivers/{driver}")
            self.points(f"/sys/bus/{bus}/drivers/{driver}/{posixpath.basename(path)}", place)
        return place

    def driver(self, bus: str, name: str, module: str = "") -> Self:
        """A registered driver; one that is built in has no link to a module."""
        folder = f"/sys/bus/{bus}/drivers/{name}"
        self.folder(folder, *CONTROL_FILES, *(("new_id", "remove_id") if bus == "pci" else ()))
        return self.points(f"{folder}/module", f"/sys/module/{module}") if module else self

    def pci(
        self,
        address: str,
        ids: str,
        subsystem: str = "0000:0000",
        class_: str = "20000",
        driver: str = "",
        *,
        module: str = "",
    ) -> Self:
        """A function on the PCI bus, with what its uevent says (drivers/pci/pci-driver.c)."""
        place = self.device(f"pci{address[:7]}/{address}", "pci", driver, module)
        vendor, device, subvendor, subdevice = f"{ids}:{subsystem}".upper().split(":")
        number = class_.upper().zfill(6)
        alias = f"v{vendor:0>8}d{device:0>8}sv{subvendor:0>8}sd{subdevice:0>8}"
        lines = [f"DRIVER={driver}"] if driver else []
        lines += [f"PCI_CLASS={class_.upper()}", f"PCI_ID={ids.upper()}"]
        lines += [f"PCI_SUBSYS_ID={subvendor}:{subdevice}", f"PCI_SLOT_NAME={address}"]
        lines += [f"MODALIAS=pci:{alias}bc{number[:2]}sc{number[2:4]}i{number[4:]}"]
        return self.file(f"{place}/uevent", "".join(f"{line}\n" for line in lines))

    # what comes of it

    def entry(self, kind: EntryKind, key: str) -> Entry:
        """The answer to one question."""
        told = self.answers.get((kind, key))
        data = self._seen(kind, key)
        return told or Entry(kind, key, self.rest if data is None else "read", data)

    def _seen(self, kind: EntryKind, key: str) -> bytes | list[str] | str | Registers | None:
        """What the tree of files shows."""
        if kind == "file":
            return self.files.get(self.real(key))
        if (kind, key) == ("firmware", "SMBIOS"):
            return self.files.get(SMBIOS_FILE)
        if kind == "dir":
            names = self.folders.get(self.real(key))
            return None if names is None else sorted(names)
        if kind == "link":
            above, name = posixpath.split(key)
            return self.links.get(posixpath.join(self.real(above), name))
        return None

    def source(self) -> Recorder:
        """The record as a machine that can be asked."""
        return Recorder(_Told(self))

    def text(self) -> str:
        """The dump that `vaudit record --raw` writes of this machine."""
        recorder = self.source()
        collect(recorder)
        if self.benchmarks:
            recorder.add(Entry("run", FIRST, "read", msgspec.json.encode(self.benchmarks)))
        return write(recorder, sanitize=False)[0]

    def dump(self, name: str = "record") -> Dump:
        return dump.parse(self.text().encode(), name)

    def facts(self) -> Facts:
        return collect(Recorder(self.dump()))


class _Told(Source):
    """The record as a machine that can be asked."""

    kind = "dump"
    name = "made"
    taken = "2026-01-01T00:00:00Z"

    def __init__(self, told: Record) -> None:
        self._told = told

    def entry(self, kind: EntryKind, key: str) -> Entry:
        return self._told.entry(kind, key)


def record(arch: str = "x86_64") -> Record:
    return Record(arch)


def captured(folder: Path, files: dict[str, str]) -> Facts:
    """What a scan makes of a record that somebody else made: a folder with `root/` and `commands/`."""
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return collect(Recorder(one(str(folder))))
