r"""A recorded machine in one plain text file: its reader and its writer.

    vdump 1
    @meta kernel=6.1.0 machine=x86_64 uid=0 time=2026-01-01T00:00:00Z vaudit=0.1.0
    @file /proc/cpuinfo
    |processor	: 0
    @dir /sys/bus/pci/devices
    |0000:00:03.0
    @link /sys/class/net/eth0 ../../devices/virtual/net/eth0
    @cpuid 40000000 0 40000001 4b4d564b 564b4d56 4d
    @absent /proc/xen
    @denied /proc/1/environ
    @end

`|` begins a line of content, `>` a last line without a newline, `=` a line of base64 (in `@binary`, for
content that is not plain text). Keys are percent-escaped. `@absent` and `@denied` take the entry's kind as
a second word where it is not `file`. The closing `@end` shows that nothing was cut off.
"""

import base64
import binascii
from collections.abc import Iterable, Iterator
from typing import get_args
from urllib.parse import quote, unquote

from vaudit.evidence.errors import EvidenceError
from vaudit.evidence.source import Entry, Kind, Registers, Source

MAGIC = "vdump 1"
MAX_DUMP = 64 << 20
"""Bytes; a dump of a machine takes some 100 KiB."""
_KINDS = get_args(Kind)
_PLACES = ("file", "dir", "link", "device")
"""What a path can be; where it is absent as one of them, it is absent as all."""


class Dump(Source):
    """A recorded machine. What the record does not hold is `unrecorded`."""

    kind = "dump"

    def __init__(self, name: str, entries: Iterable[Entry], meta: dict[str, str]) -> None:
        self.name = name
        self.meta = meta
        self.taken = meta.get("time", "")
        self._entries = {(entry.kind, entry.key): entry for entry in entries}
        self._nowhere = {entry.key for entry in self._entries.values() if entry.status == "absent"}

    def held(self, kind: Kind) -> list[Entry]:
        return [entry for entry in self._entries.values() if entry.kind == kind]

    def entry(self, kind: Kind, key: str) -> Entry:
        found = self._entries.get((kind, key))
        if found:
            return found
        if key in self._nowhere and kind in _PLACES:
            return Entry(kind, key, "absent")
        return Entry(kind, key, "unrecorded", reason="the record does not hold it")


def read(path: str) -> Dump:
    """The dump in a file. EvidenceError when it is not one, is damaged or is larger than MAX_DUMP."""
    try:
        with open(path, "rb") as file:
            data = file.read(MAX_DUMP + 1)
    except OSError as error:
        raise EvidenceError(f"{path}: cannot be read: {error.strerror}") from error
    if len(data) > MAX_DUMP:
        raise EvidenceError(f"{path}: larger than {MAX_DUMP >> 20} MiB, so not a dump of one machine")
    return parse(data, path)


def parse(data: bytes, name: str) -> Dump:
    """The dump in `data`. EvidenceError names the line that is wrong."""
    if not data.startswith(MAGIC.encode()):
        raise EvidenceError(f"{name}: not a vaudit dump (its first line must be `{MAGIC}`)")
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise EvidenceError(f"{name}: damaged: not UTF-8 at byte {error.start}") from error
    lines = text.split("\n")
    meta: dict[str, str] = {}
    entries: list[Entry] = []
    at, ended = 1, False
    while at < len(lines):
        line, start = lines[at], at + 1
        at += 1
        if not line or line.startswith("#"):
            continue
        if line == "@end":
            ended = True
            break
        body: list[str] = []
        while at < len(lines) and lines[at][:1] in ("|", ">", "="):
            body.append(lines[at])
            at += 1
        try:
            if line.startswith("@meta "):
                meta.update(_meta(line))
            else:
                entries.append(_entry(line, body))
        except ValueError as error:
            raise EvidenceError(f"{name}: damaged at line {start}: {error}") from error
    if not ended:
        raise EvidenceError(f"{name}: cut off: it does not end with `@end`; record the machine again")
    return Dump(name, entries, meta)


def _meta(line: str) -> dict[str, str]:
    return {key: unquote(value) for key, _, value in (word.partition("=") for word in line.split(" ")[1:])}


def _entry(line: str, body: list[str]) -> Entry:
    """One entry; ValueError says what is wrong with it."""
    if not line.startswith("@"):
        raise ValueError("a line must begin with @ | > = or #")
    word, _, rest = line[1:].partition(" ")
    first, *more = [unquote(part) for part in rest.split(" ")]
    if not first:
        raise ValueError(f"@{word} names nothing")
    if body and word not in ("file", "binary", "dir", "run", "recording"):
        raise ValueError(f"@{word} has no content lines")
    match word:
        case "file":
            return Entry("file", first, "read", _text(body))
        case "binary":
            return Entry("file", first, "read", _binary(body))
        case "recording":
            return Entry("recording", first, "read", _text(body))
        case "dir":
            return Entry("dir", first, "read", [unquote(row[1:]) for row in body])
        case "link" | "device" | "registry" if len(more) == 1:
            return Entry(word, first, "read", more[0])
        case "msr" if len(more) == 1:
            return Entry("msr", f"{int(first, 16):x}", "read", f"{int(more[0], 16):x}")
        case "cpuid" | "cpuid-xen" if len(more) == 5:
            return Entry(word, f"{int(first, 16):x} {int(more[0], 16):x}", "read", _registers(more[1:]))
        case "run" if first.startswith("rc=") and more:
            return Entry("run", " ".join(more), "read", _text(body), rc=int(first[3:]))
        case "absent" | "denied" | "error":
            return _missing(word, first, more)
    raise ValueError(f"@{word} is not understood")


def _missing(word: str, key: str, more: list[str]) -> Entry:
    kind = more[0] if more else "file"
    if kind not in _KINDS:
        raise ValueError(f"@{word} of an unknown kind {kind!r}")
    return Entry(kind, key, word, reason=" ".join(more[1:]))  # type: ignore[arg-type]


def _registers(words: list[str]) -> Registers:
    values = [int(word, 16) for word in words]
    if any(not 0 <= value < 1 << 32 for value in values):
        raise ValueError("a CPUID register has 32 bits")
    return Registers(*values)


def _text(body: list[str]) -> bytes:
    if any(row[0] == "=" for row in body):
        raise ValueError("base64 belongs into @binary")
    return "".join(row[1:] + ("\n" if row[0] == "|" else "") for row in body).encode()


def _binary(body: list[str]) -> bytes:
    try:
        return base64.b64decode("".join(row[1:] for row in body), validate=True)
    except binascii.Error as error:
        raise ValueError(f"not base64: {error}") from error


def write(entries: Iterable[Entry], meta: dict[str, str]) -> str:
    """The dump of some entries as text, sorted by kind and key so that two dumps diff well."""
    lines = [MAGIC, "@meta " + " ".join(f"{key}={_escape(value)}" for key, value in sorted(meta.items()))]
    for entry in sorted(entries, key=lambda one: (one.key, one.kind)):
        if entry.status != "unrecorded":
            lines.extend(_lines(entry))
    return "\n".join([*lines, "@end", ""])


def _lines(entry: Entry) -> Iterator[str]:
    key, data = _escape(entry.key), entry.data
    if entry.status != "read":
        implied = entry.kind == "file" or (entry.status == "absent" and entry.kind in _PLACES)
        tail = "" if implied and not entry.reason else f" {entry.kind}"
        reason = f" {_escape(entry.reason)}" if entry.reason else ""
        yield f"@{entry.status} {key}{tail}{reason}"
    elif entry.kind == "run" and isinstance(data, bytes):
        yield f"@run rc={entry.rc} {entry.key}"
        yield from _plain(data.decode("utf-8", "replace"))
    elif entry.kind == "recording" and isinstance(data, bytes):
        yield f"@recording {key}"
        yield from _plain(data.decode())
    elif isinstance(data, bytes):
        text = _as_text(data)
        yield f"@file {key}" if text is not None else f"@binary {key}"
        yield from _plain(text) if text is not None else _base64(data)
    elif isinstance(data, Registers):
        yield f"@{entry.kind} {entry.key} " + " ".join(f"{register:x}" for register in data)
    elif isinstance(data, list):
        yield f"@dir {key}"
        yield from (f"|{_escape(name)}" for name in data)
    elif isinstance(data, str):
        yield f"@{entry.kind} {key} {_escape(data)}"


def _as_text(data: bytes) -> str | None:
    """The text, if an editor can show it and writing it back gives the same bytes."""
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        return None
    return text if all(char in "\t\n" or char.isprintable() for char in text) else None


def _plain(text: str) -> Iterator[str]:
    *whole, last = text.split("\n")
    yield from (f"|{line}" for line in whole)
    if last:
        yield f">{last}"


def _base64(data: bytes) -> Iterator[str]:
    text = base64.b64encode(data).decode()
    yield from (f"={text[at : at + 76]}" for at in range(0, len(text), 76))


def _escape(text: str) -> str:
    """Percent-escapes what would break a line or a word."""
    return quote(text, safe="/:.,_-+@#()[]=~^!$&'*;<>?|{}")
