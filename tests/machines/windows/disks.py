"""Windows on its disk: what a registry tells, and the few files that tell how it was left."""

from typing import Any

from tests.machines.windows import builder
from tests.machines.windows.devices import DRIVERS
from vaudit.evidence import dump
from vaudit.evidence.hive import Hive
from vaudit.evidence.offline import Offline
from vaudit.evidence.recorder import Recorder
from vaudit.evidence.source import Entry, EntryKind
from vaudit.facts.collect import collect
from vaudit.facts.windows import left

FILES = sorted(f"{service}.sys" for service in DRIVERS)
"""In System32\\drivers."""
DISKS: dict[str, tuple[str, bytes, str, list[str]]] = {
    "disk-shut-down": ("kvm-filter-sound", b"wake", "not dirty", FILES),
    "disk-hibernated": ("kvm-virtio-blk", b"HIBR", "not dirty", FILES),
    "disk-unclean": ("kvm-virtio-blk", b"wake", "dirty", FILES),
    "disk-without-a-driver": (
        "kvm-filter-and-emulated", b"wake", "not dirty",
        [one for one in FILES if one not in ("snapflt.sys", "viostor.sys")],
    ),
}  # fmt: skip
"""Registry, the beginning of hiberfil.sys, whether the volume was closed, and the files of drivers."""


class Disk(Offline):
    """A registry, and answers to what else is asked."""

    def __init__(self, name: str) -> None:
        registry, asleep, dirty, files = DISKS[name]
        super().__init__(name, {"system": Hive(builder.hive(registry))}, [])
        self.answers: dict[tuple[EntryKind, str], Any] = {
            ("file", left.HIBERFIL): asleep,
            ("call", left.DIRTY): dirty.encode(),
            ("dir", left.DRIVERS): files,
        }

    def entry(self, kind: EntryKind, key: str) -> Entry:
        found = self.answers.get((kind, key))
        return super().entry(kind, key) if found is None else Entry(kind, key, "read", found)


def recorded(name: str) -> str:
    """As `vaudit record` writes what a scan asks of the disk."""
    recorder = Recorder(Disk(name))
    collect(recorder)
    return dump.write(recorder.entries, {"time": recorder.taken})
