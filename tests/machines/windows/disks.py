"""Windows on its disk: what a registry tells, and the few files that tell how it was left."""

from typing import Any

from tests.machines.windows import builder, hives
from tests.machines.windows.devices import DRIVERS
from vaudit.evidence import dump
from vaudit.evidence.hive import Hive
from vaudit.evidence.offline import Offline
from vaudit.evidence.recorder import Recorder
from vaudit.evidence.registry import DWORD, RegistryValue
from vaudit.evidence.source import DIRTY, HIBERFIL, Entry, EntryKind
from vaudit.evidence.source import DRIVERS as DRIVERS_FOLDER
from vaudit.facts.collect import collect

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


_MAY_SLEEP: builder.Keys = {
    f"{builder.SET}\\Control\\Power": [RegistryValue("HibernateEnabled", DWORD, 1)],
}  # fmt: skip


class Disk(Offline):
    """A registry, and answers to what else is asked."""

    def __init__(self, name: str) -> None:
        registry, asleep, dirty, files = DISKS[name]
        hive = Hive(hives.hive(builder.keys(registry) | _MAY_SLEEP))
        super().__init__(name, {"system": hive}, [])
        self.answers: dict[tuple[EntryKind, str], Any] = {
            ("file", HIBERFIL): asleep,
            ("call", DIRTY): dirty.encode(),
            ("dir", DRIVERS_FOLDER): files,
        }

    def entry(self, kind: EntryKind, key: str) -> Entry:
        found = self.answers.get((kind, key))
        return super().entry(kind, key) if found is None else Entry(kind, key, "read", found)


def recorded(name: str) -> str:
    """As `vaudit record` writes what a scan asks of the disk."""
    recorder = Recorder(Disk(name))
    collect(recorder)
    return dump.write(recorder.entries, {"time": recorder.taken})
