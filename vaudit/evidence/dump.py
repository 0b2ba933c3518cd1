r"""A recorded machine in one plain text file: its reader and its writer.

    vdump 2
    @meta id=… kernel=6.1.0 machine=x86_64 uid=0 time=2026-01-01T00:00:00Z vaudit=0.2.0
    @file /proc/cpuinfo
    |processor	: 0
    @dir /sys/bus/pci/devices
    |0000:00:03.0
    @link /sys/class/net/eth0 ../../devices/virtual/net/eth0
    @cpuid 40000000 0 40000001 4b4d564b 564b4d56 4d
    @call uname -m
    >x86_64
    @run rc=0 fio disk.read
    |{"fio version": "fio-3.33"}
    # QEMU | Standard PC
    @firmware SMBIOS
    =AQIDBA==
    @absent /proc/xen dir
    @denied /proc/1/environ
    @file /proc/self/mountinfo
    |22 1 254:1 / / rw,relatime - ext4 /dev/vda1 rw
    ~cut at 32 MiB
    @end

`|` begins a line of content, `>` a last line without a newline, `=` a line of base64 where content is not
plain text (of a file, in `@binary`), `~` says where and why an answer was cut. A line with `#` is a comment,
such as the readable strings of the base64 below it. What would break a word or a line is percent-escaped.
`@absent`, `@denied`, `@error` and `@unrecorded` take the entry's kind as a second word where it is not
`file`, and then a reason. The closing `@end` shows that nothing was cut off. The words and how their content
is written stand in kinds.py.

The number in the first line is the format, and is read before anything else. Format 1 has fewer words, and
keeps under `@run` what system calls answer. An unknown word of format 2 is left out, and that is said.
"""

from collections.abc import Iterable, Iterator
from typing import Literal

import msgspec

from vaudit import files, procfs
from vaudit.evidence import escape, kinds
from vaudit.evidence.errors import EvidenceError
from vaudit.evidence.identity import Identity, recorded
from vaudit.evidence.source import NOT_HELD, Entry, EntryKind, Source, filed, renamed
from vaudit.words import many

FORMAT = 2
READS = (1, 2)
MAX_DUMP = 64 << 20
"""Bytes; a dump of a machine takes some 100 KiB, of the largest some 40 MiB."""
MAX_ENTRIES = 200_000
"""Answers in a dump; the largest machines give some 60,000."""
MAX_ROWS = 600_000
"""Names in folders, values of the registry and comments in a dump, together."""
MAX_HEAD = 64 << 10
"""Bytes of a line that begins with @."""
MAX_SAID = 300
"""Characters of what is wrong with an entry, which may quote it."""
_PIECE = 1 << 20
"""Bytes that are looked at together."""
_CONTENT = {1: (b"|", b">", b"="), 2: (b"|", b">", b"=", b"~")}
"""What a line of content begins with, by format."""
BYTE_ORDER_MARK = b"\xef\xbb\xbf"
"""What some editors put before UTF-8."""
_LISTS = ("@dir ", "@registry ")
_TOO_MANY = f"{MAX_ENTRIES} answers or {MAX_ROWS} names"
_Lines = tuple[int, str, bytes]
"""Where in the dump a line lies that begins with @, the line, and its content lines."""


class NotADump(EvidenceError):
    """A file that does not begin as a dump does."""


class Dump(Source):
    """A recorded machine. What the record does not hold is `unrecorded`."""

    kind: Literal["dump", "capture"] = "dump"
    """capture: it is made of one, which was trimmed."""

    def __init__(
        self, name: str, entries: Iterable[Entry], meta: dict[str, str], notes: Iterable[str] = ()
    ) -> None:
        self.name = name
        self.meta = meta
        self.taken = meta.get("time", "")
        self.notes = [*notes]
        self._entries = {}
        for entry in entries:
            at = filed(entry.kind, entry.key)
            self._entries[at] = entry if at[0] == entry.kind else _as_named_now(entry)
        self._nowhere = {entry.key for entry in self._entries.values() if entry.status == "absent"}

    def entry(self, kind: EntryKind, key: str) -> Entry:
        found = self._entries.get(filed(kind, key))
        if found:
            return found
        kind, key = renamed(kind, key)
        if key in self._nowhere and kinds.is_place(kind):
            return Entry(kind, key, "absent")
        return Entry(kind, key, "unrecorded", reason=NOT_HELD)

    @property
    def entries(self) -> Iterable[Entry]:
        """All that the dump holds."""
        return self._entries.values()

    def areas(self) -> list[str]:
        return [entry.key for entry in self.entries if entry.kind == "recording"]

    def identity(self) -> Identity:
        return recorded(self.meta.get("id", ""))


def _as_named_now(entry: Entry) -> Entry:
    kind, key = renamed(entry.kind, entry.key)
    return entry if kind == entry.kind else msgspec.structs.replace(entry, kind=kind, key=key)


def read(path: str) -> Dump:
    """The dump in a file. EvidenceError when it is not one, is damaged or is larger than MAX_DUMP."""
    try:
        data = files.beginning(path, MAX_DUMP + 1)
    except OSError as error:
        raise EvidenceError(f"{path}: cannot be read: {error.strerror}") from error
    if len(data) > MAX_DUMP:
        raise EvidenceError(f"{path}: larger than {MAX_DUMP >> 20} MiB, so not a dump of one machine")
    return parse(data, path)


def parse(data: bytes, name: str) -> Dump:
    """The dump in `data`. EvidenceError names the line that is wrong."""
    data = data.removeprefix(BYTE_ORDER_MARK)
    version = _version(data, name)
    data, notes = _with_unix_ends(data, name)
    _check_utf8(data, name)
    meta: dict[str, str] = {}
    entries: list[Entry] = []
    unknown: list[str] = []
    for start, line, content in _blocks(data, name, _CONTENT[version]):
        try:
            if line == "@meta" or line.startswith("@meta "):
                meta.update(_meta(line))
            else:
                entries.append(_entry(line, content))
        except kinds.UnknownWord as error:
            if version == 1:
                raise EvidenceError(_damaged(data, start, name, str(error))) from error
            unknown.append(line.partition(" ")[0])
        except ValueError as error:
            raise EvidenceError(_damaged(data, start, name, str(error))) from error
    return Dump(name, entries, meta, [*notes, *_left_out(entries, unknown)])


def _check_utf8(data: bytes, name: str) -> None:
    """EvidenceError where it is not. It is decoded in pieces: the text of a large dump is larger still."""
    start = 0
    while start < len(data):
        end = data.find(b"\n", start + _PIECE) + 1 or len(data)
        try:
            data[start:end].decode("utf-8")
        except UnicodeDecodeError as error:
            raise EvidenceError(f"{name}: damaged: not UTF-8 at byte {start + error.start}") from error
        start = end


def _version(data: bytes, name: str) -> int:
    """The number in the first line. EvidenceError where there is none, or one that is not read here."""
    word, _, number = data[:40].split(b"\n", 1)[0].partition(b" ")
    version = procfs.whole(number.strip().decode("latin-1"))
    if word != b"vdump" or version is None:
        raise NotADump(f"{name}: not a vaudit dump (its first line must be `vdump {FORMAT}`)")
    if version not in READS:
        reads = " and ".join(map(str, READS))
        newer = ": update vaudit" if version > FORMAT else ""
        raise EvidenceError(f"{name}: this dump has format {version}, this vaudit reads {reads}{newer}")
    return version


def _with_unix_ends(data: bytes, name: str) -> tuple[bytes, list[str]]:
    """The dump with lines that end as vaudit writes them, and what is to be said of it."""
    windows, all_ = data.count(b"\r\n"), data.count(b"\n")
    if not windows:
        return data, []
    if windows == all_:
        return data.replace(b"\r\n", b"\n"), ["every line of the dump ended in CR LF: it was read as LF"]
    lines = data.split(b"\n")
    first = lines[0].endswith(b"\r")
    odd = next(number for number, line in enumerate(lines, start=1) if line.endswith(b"\r") != first)
    raise EvidenceError(
        f"{name}: damaged at line {odd}: it ends in {'LF' if first else 'CR LF'}, the lines before it do not"
    )


def _blocks(data: bytes, name: str, marks: tuple[bytes, ...]) -> Iterator[_Lines]:
    """Every line that begins an entry, with its content, up to the end. EvidenceError where there is none, or
    where a line is none of an entry's."""
    start = count = rows = 0
    while start < len(data):
        end = data.find(b"\n@", start) + 1 or len(data)
        behind = data.find(b"\n", start, end) + 1 or end
        if behind - start > MAX_HEAD:
            raise EvidenceError(_damaged(data, start, name, f"longer than {MAX_HEAD >> 10} KiB"))
        head = data[start:behind].rstrip(b"\n").decode()
        if head == "@end":
            return
        content = _content(data[behind:end], marks) if behind < end else b""
        rest = data[behind + len(content) : end]
        count += 1
        rows += rest.count(b"\n") + (content.count(b"\n") if head.startswith(_LISTS) else 0)
        if count > MAX_ENTRIES or rows > MAX_ROWS:
            raise EvidenceError(f"{name}: holds more than {_TOO_MANY}, so not a dump of one machine")
        if rest and (stray := _stray(rest)) >= 0:
            at = end - len(rest) + stray
            raise EvidenceError(_damaged(data, at, name, "a line must begin with @ | > = or #"))
        if start:
            yield start, head, content
        start = end
    raise EvidenceError(f"{name}: cut off: it does not end with `@end`; record the machine again")


def _content(rest: bytes, marks: tuple[bytes, ...]) -> bytes:
    """The content lines that what follows an entry's first line begins with."""
    if rest.startswith(b"|") and rest.count(b"\n|") + 1 == rest.count(b"\n"):
        return rest  # text and nothing else, as nearly all is: no list of its lines is made
    end = 0
    while rest.startswith(marks, end):
        end = rest.find(b"\n", end) + 1 or len(rest)
    return rest[:end]


def _stray(rest: bytes) -> int:
    """Where the first line lies that is neither empty nor a comment; -1 where there is none."""
    at = 0
    for line in rest.split(b"\n"):
        if line and not line.startswith(b"#"):
            return at
        at += len(line) + 1
    return -1


def _damaged(data: bytes, start: int, name: str, what: str) -> str:
    """What is wrong with a dump, and in which line."""
    number = data.count(b"\n", 0, start) + 1
    return f"{name}: damaged at line {number}: {what[:MAX_SAID]}"


def _meta(line: str) -> dict[str, str]:
    pairs = (word.partition("=") for word in line.split(" ")[1:])
    return {key: escape.plain(value) for key, _, value in pairs}


def _entry(line: str, content: bytes) -> Entry:
    """One entry; ValueError says what is wrong with it."""
    word, _, head = line[1:].partition(" ")
    return kinds.parse(word, head, content)


def _left_out(entries: list[Entry], unknown: list[str]) -> Iterator[str]:
    """What a reader of the report has to know of the record."""
    if unknown:
        words = ", ".join(sorted({word[:40] for word in unknown})[:10])
        left = many(len(unknown), "entry", "entries")
        yield f"{left} of the dump left out, of kinds that this vaudit does not know: {words}"
    hidden = [entry.id for entry in entries if entry.status == "unrecorded"]
    if hidden:
        more = ", …" if len(hidden) > 5 else ""
        left = many(len(hidden), "entry", "entries")
        yield f"{left} left out when the dump was made: {', '.join(hidden[:5])}{more}"


def write(entries: Iterable[Entry], meta: dict[str, str]) -> str:
    """The dump of some entries as text, sorted by key and kind so that two dumps diff well."""
    words = (f"{key}={escape.word(value)}" for key, value in sorted(meta.items()))
    lines = [f"vdump {FORMAT}", " ".join(["@meta", *words])]
    for entry in sorted(entries, key=lambda one: (one.key, one.kind)):
        if entry.reason != NOT_HELD:
            lines.extend(kinds.lines(entry))
    return "\n".join([*lines, "@end", ""])
