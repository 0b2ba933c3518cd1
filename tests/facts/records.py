"""Small records made of a few words, for tests of one signal at a time."""

from pathlib import Path

from vaudit.evidence.dump import Dump
from vaudit.evidence.origin import one
from vaudit.evidence.recorder import Recorder
from vaudit.evidence.source import Entry, Kind, Registers
from vaudit.facts.collect import collect
from vaudit.model.facts import Facts

DMI = "/sys/class/dmi/id/"


def signature(name: str, top: int) -> Registers:
    """A hypervisor leaf with a name in it."""
    data = name.encode().ljust(12, b"\0")
    return Registers(top, *(int.from_bytes(data[at : at + 4], "little") for at in (0, 4, 8)))


class Record:
    """Collects entries; `facts` says what a scan makes of them."""

    def __init__(self, arch: str = "x86_64") -> None:
        self.entries: list[Entry] = []
        self.call("uname -m", arch)

    def add(self, kind: Kind, key: str, data: bytes | list[str] | str | Registers) -> "Record":
        self.entries.append(Entry(kind, key, "read", data))
        return self

    def file(self, path: str, text: str) -> "Record":
        return self.add("file", path, text.encode())

    def dmi(self, **fields: str) -> "Record":
        for name, text in fields.items():
            self.file(DMI + name, text)
        return self

    def cpu(
        self, *, hypervisor: bool | None = None, flags: str = "", model: str = "Intel(R) Xeon(R)"
    ) -> "Record":
        """cpuinfo, and CPUID leaf 1 with its hypervisor bit; `None` leaves the leaf out."""
        seen = f"{flags} hypervisor" if hypervisor else flags
        if hypervisor is not None:
            self.add("cpuid", "1 0", Registers(0x306F2, 0, (1 << 31 if hypervisor else 0), 0))
        return self.file("/proc/cpuinfo", f"vendor_id\t: x\nmodel name\t: {model}\nflags\t\t: fpu {seen}\n")

    def leaf(self, base: int, name: str, top: int | None = None) -> "Record":
        return self.add("cpuid", f"{base:x} 0", signature(name, base + 1 if top is None else top))

    def pci(
        self, address: str, ids: str, subsystem: str = "", class_: str = "20000", driver: str = ""
    ) -> "Record":
        folder = f"/sys/bus/pci/devices/{address}"
        lines = [f"PCI_CLASS={class_}", f"PCI_ID={ids}", f"PCI_SUBSYS_ID={subsystem}"]
        lines += [f"DRIVER={driver}"] if driver else []
        known = next((each for each in self.entries if each.key == "/sys/bus/pci/devices"), None)
        names = [*known.data, address] if known and isinstance(known.data, list) else [address]
        self.entries = [each for each in self.entries if each is not known]
        return self.add("dir", "/sys/bus/pci/devices", names).file(
            f"{folder}/uevent", "\n".join(lines) + "\n"
        )

    def call(self, name: str, text: str) -> "Record":
        """The answer to a system call: `uname -v`."""
        return self.add("run", name, text.encode())

    def log(self, text: str) -> "Record":
        """The kernel log."""
        return self.add("run", "dmesg", text.encode())

    def facts(self) -> Facts:
        return collect(Recorder(Dump("record", self.entries, {})))


def record(arch: str = "x86_64") -> Record:
    return Record(arch)


def captured(folder: Path, files: dict[str, str]) -> Facts:
    """What a scan makes of a record that somebody else made: a folder with `root/` and `commands/`."""
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return collect(Recorder(one(str(folder))))
