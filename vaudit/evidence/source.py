"""The one door to a machine: what a Source can be asked, and the entries that it answers with.

An entry's key is what was asked, its status is whether it could be had. `absent` (looked, not there),
`denied` (there, refused) and `unrecorded` (this record does not say) are three different things.
"""

import posixpath
from abc import ABC, abstractmethod
from typing import Literal, NamedTuple

import msgspec

Status = Literal["read", "absent", "denied", "unrecorded", "error"]
Kind = Literal["file", "dir", "link", "device", "run", "cpuid", "cpuid-xen", "msr", "registry", "recording"]

MAX_FILE = 1 << 20
"""Bytes kept of one file; longer ones are cut, so that a hostile file cannot fill memory."""
MAX_LINE = 4096
"""Characters kept of a file that should hold one line."""


def decodable(name: str) -> str:
    """A file name without undecodable bytes; sysfs has none, a hostile folder or archive may."""
    return name.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


class Registers(NamedTuple):
    """What the CPUID instruction answers."""

    eax: int
    ebx: int
    ecx: int
    edx: int


class Entry(msgspec.Struct, frozen=True):
    """One answer. `data` is None unless status is `read`; then `reason` may say why.

    file, run and recording: bytes; dir: sorted names; link: target; device: a word; msr: a hexadecimal
    number; cpuid: Registers.
    """

    kind: Kind
    key: str
    status: Status
    data: bytes | list[str] | str | Registers | None = None
    reason: str = ""
    rc: int = 0
    """Exit code of a run."""

    @property
    def id(self) -> str:
        return f"{self.kind}:{self.key}"


class Source(ABC):
    """A machine, or a record of one. Subclasses answer `entry`; the rest is said in terms of it."""

    kind: Literal["machine", "dump", "capture", "hive"]
    name: str
    taken: str
    """When the evidence was read, ISO 8601 UTC."""

    @abstractmethod
    def entry(self, kind: Kind, key: str) -> Entry:
        """The answer to one question. Never raises for what a machine may hold or lack."""

    def held(self, kind: Kind) -> list[Entry]:
        """All entries of a kind that a record holds, asked for or not; a live machine holds none."""
        return []

    def read(self, path: str) -> str | None:
        """A file's text, undecodable bytes replaced; None unless it was read."""
        data = self.entry("file", path).data
        return data.decode("utf-8", "replace") if isinstance(data, bytes) else None

    def binary(self, path: str) -> bytes | None:
        """A file's bytes; None unless it was read."""
        data = self.entry("file", path).data
        return data if isinstance(data, bytes) else None

    def line(self, path: str) -> str | None:
        """A one-line file without NULs and outer white space, at most MAX_LINE long; None unless read."""
        text = self.read(path)
        return None if text is None else text[:MAX_LINE].replace("\0", " ").strip()

    def number(self, path: str) -> int | None:
        """A file that holds one decimal number."""
        text = self.line(path)
        try:
            return None if text is None else int(text)
        except ValueError:
            return None

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

    def run(self, command: str) -> str | None:
        """The output of one of the few known read-only commands (`dmesg`); None when it could not be had."""
        data = self.entry("run", command).data
        return data.decode("utf-8", "replace") if isinstance(data, bytes) else None

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
        return int(data, 16) if isinstance(data, str) else None

    def registry(self, key: str) -> str | None:
        """A Windows registry value; None when it could not be had."""
        data = self.entry("registry", key).data
        return data if isinstance(data, str) else None

    def status(self, kind: Kind, key: str) -> Status:
        """Whether the answer was read, absent, denied, unrecorded or an error."""
        return self.entry(kind, key).status
