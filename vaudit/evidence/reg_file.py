r"""What `reg export KEY FILE` and regedit wrote: keys of a registry as text, UTF-16 or REGEDIT4's bytes.

    Windows Registry Editor Version 5.00

    [HKEY_LOCAL_MACHINE\SYSTEM\CurrentControlSet\Services\viostor]
    "Start"=dword:00000000
    "Owners"=hex(7):6f,00,65,00,6d,00,…

A key is exported with all below it: what is not there below a key that is, is absent; all else is unrecorded.
SAM and SECURITY are passed over, and so is what belongs to users.
"""

from collections.abc import Iterable, Iterator

from vaudit import procfs
from vaudit.evidence.registry import BINARY, DWORD, MULTI_SZ, SZ, RegistryKey, RegistryValue, decoded
from vaudit.evidence.source import NOT_HELD, Entry

MARKS = ("Windows Registry Editor Version 5.00", "REGEDIT4")
MAX_KEYS, MAX_LINES = 200_000, 4_000_000
"""Of one machine: large ones have some 50,000 keys below HKLM\\SYSTEM."""
MAX_DEPTH = 512
"""Levels of keys that Windows allows (learn.microsoft.com, "Registry Element Size Limits")."""
_TOP = "HKEY_LOCAL_MACHINE\\"
_ROOT = "hklm\\"
_HELD = ("system", "software", "hardware")
"""Of HKEY_LOCAL_MACHINE: SAM and SECURITY are not among it."""
_SET = "hklm\\system\\currentcontrolset"
_TEXTS = (2, MULTI_SZ)
"""Types that REGEDIT4 writes in the bytes of the system's code page."""


def is_one(text: str) -> bool:
    """Whether a text begins as an exported registry."""
    return text.lstrip("\ufeff \r\n").startswith(MARKS)


def text_of(data: bytes) -> str:
    """UTF-16 as regedit writes it, UTF-8 as people keep it, else the code page of the west."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16", "replace")
    if b"\0" in data[:64]:
        return data.decode("utf-16-le", "replace")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp1252", "replace")


class Exported:
    """The keys of one machine, of one or several files."""

    def __init__(self, texts: Iterable[str]) -> None:
        self._keys: dict[str, tuple[list[str], list[RegistryValue]]] = {}
        """By path in lower case: the names of subkeys, and the values."""
        self._implied: set[str] = set()
        """Those of which only a key below them was exported."""
        self.unread = 0
        """Lines that are none of a registry."""
        self.cut = False
        for text in texts:
            self._read(text)
        self._set = self._control_set()

    def entry(self, key: str) -> Entry:
        path = key.lower()
        if path.startswith(_SET) and path not in self._keys and self._set:
            path = self._set + path[len(_SET) :]
        found = self._keys.get(path)
        if found:
            part = self.cut or path in self._implied
            return Entry("registry", key, "read", RegistryKey(*found), _PART if part else "")
        return Entry("registry", key, "absent") if self._below(path) else _unheld(key)

    def _below(self, path: str) -> bool:
        """Whether a key above it was exported, and so all below that."""
        if self.cut:
            return False
        while "\\" in path:
            path = path.rpartition("\\")[0]
            if path in self._keys and path not in self._implied:
                return True
        return False

    def _control_set(self) -> str:
        """Where Select says that the current control set is; empty where the export names it itself."""
        select = self._keys.get("hklm\\system\\select")
        for which in ("current", "default"):
            for one in select[1] if select else ():
                if one.name.lower() == which and isinstance(one.data, int):
                    return f"hklm\\system\\controlset{one.data:03}"
        return next((key for key in self._keys if key in _SETS), "")

    def _read(self, text: str) -> None:
        old = text.lstrip("\ufeff \r\n").startswith(MARKS[1])
        values: list[RegistryValue] | None = None
        for line in _lines(text):
            if line.startswith("["):
                values = self._key(line.strip()[1:-1])
            elif line[:1] in ('"', "@") and values is not None:
                value = _value(line, old)
                if value:
                    values.append(value)
                else:
                    self.unread += 1

    def _key(self, named: str) -> list[RegistryValue] | None:
        """The list that takes a key's values; None where the key is not kept."""
        path = named[len(_TOP) :] if named.upper().startswith(_TOP) else ""
        if path.partition("\\")[0].lower() not in _HELD or path.count("\\") > MAX_DEPTH:
            return None
        if len(self._keys) >= MAX_KEYS:
            self.cut = True
            return None
        whole = _ROOT + path.lower()
        self._add(whole, path)
        self._implied.discard(whole)
        return self._keys[whole][1]

    def _add(self, whole: str, path: str) -> None:
        """The key, and those above it that were not exported themselves."""
        if whole in self._keys:
            return
        self._keys[whole] = [], []
        above, _, _ = whole.rpartition("\\")
        if above == _ROOT[:-1]:
            return
        if above not in self._keys:
            self._add(above, path.rpartition("\\")[0])
            if not self._below(above):
                self._implied.add(above)
        self._keys[above][0].append(path.rpartition("\\")[2])


_PART = "cut: only a part of it was exported"
_SETS = tuple(f"hklm\\system\\controlset{number:03}" for number in range(1, 10))


def _unheld(key: str) -> Entry:
    return Entry("registry", key, "unrecorded", reason=NOT_HELD)


def _lines(text: str) -> Iterator[str]:
    """Lines, with those together that end with a backslash, and texts that hold line ends."""
    held = ""
    for number, raw in enumerate(procfs.lines(text)):
        if number > MAX_LINES:
            return
        line = raw.rstrip("\r")
        if held.startswith('"') and _is_open(held):
            held += "\n" + line
        elif held.endswith("\\") and "hex" in held[:400]:
            held = held[:-1] + line.strip()
        else:
            if held:
                yield held
            held = line
    if held:
        yield held


def _is_open(line: str) -> bool:
    """Whether a text value that began has not ended."""
    _, sign, data = line.partition('"="')
    if not sign:
        return False
    inner = data.replace("\\\\", "").replace('\\"', "")
    return not inner.endswith('"')


def _value(line: str, old: bool) -> RegistryValue | None:
    name, data = _parted(line)
    if data.startswith('"') and data.rstrip().endswith('"') and len(data.rstrip()) > 1:
        return RegistryValue(name, SZ, _plain(data.rstrip()[1:-1]))
    sort, colon, rest = data.partition(":")
    if sort == "dword" and (number := procfs.bits(rest.strip(), 32)) is not None:
        return RegistryValue(name, DWORD, number)
    if colon and sort.startswith("hex"):
        type_ = procfs.bits(sort[4:-1], 32) if sort != "hex" else BINARY
        raw = _bytes(rest)
        if type_ is not None and raw is not None:
            if old and type_ in _TEXTS:
                raw = raw.decode("cp1252", "replace").encode("utf-16-le")
            return RegistryValue(name, type_, decoded(type_, raw))
    return None


def _parted(line: str) -> tuple[str, str]:
    """A value's name and what stands behind it; the name of a key's own value is empty."""
    if line.startswith("@"):
        return "", line[1:].lstrip("= ")
    at, end = 1, len(line)
    while at < end and line[at] != '"':
        at += 2 if line[at] == "\\" else 1
    return _plain(line[1:at]), line[at + 1 :].lstrip("= ")


def _plain(text: str) -> str:
    return text.replace('\\"', '"').replace("\\\\", "\\")


def _bytes(text: str) -> bytes | None:
    digits = "".join(text.replace(",", " ").split())
    try:
        return bytes.fromhex(digits)
    except ValueError:
        return None
