"""Keys of a registry as text and numbers, whatever type a value was stored with."""

from vaudit.evidence.source import Source
from vaudit.facts.values import Value

SYSTEM = "HKLM\\SYSTEM"
CONTROL_SET = f"{SYSTEM}\\CurrentControlSet"
CONTROL = f"{CONTROL_SET}\\Control"
SERVICES = f"{CONTROL_SET}\\Services"
Data = str | int | bytes | list[str] | None


class Key(Value, frozen=True):
    """A key that was read."""

    path: str
    subkeys: list[str]
    values: dict[str, Data]
    """By their names in lower case."""

    @property
    def id(self) -> str:
        """Of the evidence."""
        return f"registry:{self.path}"

    def text(self, name: str) -> str:
        """A value as one text; empty where there is none."""
        data = self.values.get(name.lower())
        if isinstance(data, list):
            return data[0] if data else ""
        if isinstance(data, bytes):  # not ended, or typed as a device's property
            return data[: len(data) // 2 * 2].decode("utf-16-le", "replace").partition("\0")[0]
        return data if isinstance(data, str) else ""

    def texts(self, name: str) -> list[str]:
        """A value as several texts."""
        data = self.values.get(name.lower())
        if isinstance(data, bytes):
            whole = data[: len(data) // 2 * 2].decode("utf-16-le", "replace")
            return [one for one in whole.split("\0") if one]
        return data if isinstance(data, list) else [data] if isinstance(data, str) and data else []

    def number(self, name: str) -> int | None:
        """A value as a number: of REG_DWORD and REG_QWORD, or of as many bytes."""
        data = self.values.get(name.lower())
        if isinstance(data, bytes) and len(data) in (4, 8):
            return int.from_bytes(data, "little")
        return data if isinstance(data, int) else None


def read(source: Source, path: str) -> Key | None:
    """A key; None unless it was read."""
    found = source.registry(path)
    if found is None:
        return None
    return Key(path, found.subkeys, {one.name.lower(): one.data for one in found.values})


def is_whole(source: Source, path: str) -> bool:
    """Whether a key was read to its end: what it does not hold is not there."""
    entry = source.entry("registry", path)
    return entry.status == "read" and not entry.is_cut


def words(text: str) -> str:
    """What a text says that names a resource first: `@disk.inf,%desc%;Disk drive` says `Disk drive`."""
    return text.split(";")[1] if text.startswith("@") and ";" in text else text
