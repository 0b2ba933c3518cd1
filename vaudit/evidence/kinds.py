"""Every kind of evidence in one table: how its answers are written to a dump, read from it, shown and masked.

A row that does not say how it is masked cannot be made, and an answer of a kind without a row, or with data
that its row does not hold, can be neither written nor shown: what nobody declared does not leave the machine.
How each kind is asked stands at EntryKind in source.py.
"""

from __future__ import annotations  # those of Form take longer to work out than all that is shown of a file

from collections.abc import Callable, Iterator
from typing import Any, Generic, TypeVar

import msgspec

from vaudit import procfs
from vaudit.evidence import escape, masks, registry
from vaudit.evidence.registry import RegistryKey
from vaudit.evidence.source import (
    GROWN,
    MAX_FILE,
    MAX_GROWN,
    Entry,
    EntryKind,
    EntryStatus,
    Registers,
    answered,
    cut_at,
    cut_names,
)
from vaudit.masking.pseudonyms import Pseudonyms
from vaudit.words import many

T = TypeVar("T")
LEFT_OUT = "left out of what is shared: nothing says that its content identifies nobody"
_BRIEF = 60
"""Characters of an answer in a list of answers."""
_ROW = 76
"""Characters of base64 in a line."""
_STRING = 3
"""The least characters in a row that are shown of binary content: `Xen` and `KVM` have three."""
_PRINTABLE = bytes(byte if 0x20 <= byte < 0x7F else 0x0A for byte in range(256))


class Form(msgspec.Struct, Generic[T], frozen=True, kw_only=True):
    """How the answers of one kind are held. `T` is the type of their data."""

    kind: EntryKind
    """Also the word in a dump, behind the @."""
    holds: type[T]
    head: Callable[[Entry, T], str]
    """What stands behind the word in its line."""
    content: Callable[[T], Iterator[str]] | None
    """The content lines below it; None where it has none."""
    read: Callable[[str, bytes], Entry]
    """The entry of a head and content lines. ValueError says what is wrong with them."""
    show: Callable[[T], str]
    """As text for a report."""
    brief: Callable[[T], str]
    """As a few words for a list."""
    mask: Callable[[Pseudonyms, str, T], T | None]
    """Key and data -> the data without identities; None where nothing says that it holds none."""
    mask_key: Callable[[Pseudonyms, str], str]
    is_place: bool = False
    """Whether it is found at a path: what is absent there as one thing is absent as all."""
    is_whole: bool = False
    """Whether a part of it could not be masked."""
    packed_word: str = ""
    """The word where the content is base64, if it is another."""

    def __post_init__(self) -> None:
        if not (callable(self.mask) and callable(self.mask_key)):
            raise TypeError(f"evidence of the kind {self.kind!r} does not say how it is masked")


class UnknownWord(ValueError):
    """A line of a dump that is about a kind of evidence without a row."""


def form_of(entry: Entry) -> Form[Any]:
    """The row for an answer. LookupError and TypeError where there is none that holds it."""
    form = _BY_KIND.get(entry.kind)
    if form is None:
        raise LookupError(f"no evidence is of the kind {entry.kind!r}")
    if entry.data is not None and not isinstance(entry.data, form.holds):
        raise TypeError(f"{entry.id}: {form.holds.__name__} is held, not {type(entry.data).__name__}")
    return form


def is_place(kind: EntryKind) -> bool:
    """Whether a kind's keys are paths."""
    return kind in _BY_KIND and _BY_KIND[kind].is_place


def masked(names: Pseudonyms, entry: Entry) -> Entry:
    """The answer without identities. What no rule covers becomes `unrecorded`: neither read nor absent."""
    form = form_of(entry)
    key, reason = form.mask_key(names, entry.key), entry.reason and names.text(entry.reason)
    data = None if entry.data is None else form.mask(names, entry.key, entry.data)
    if data is None and entry.data is not None:
        names.count("unknown content")
        return Entry(entry.kind, key, "unrecorded", reason=LEFT_OUT)
    return msgspec.structs.replace(entry, key=key, data=data, reason=reason)


def shown(names: Pseudonyms, entry: Entry, limit: int) -> tuple[EntryStatus, str, bool]:
    """What a report keeps: the status, at most `limit` characters, and whether there was more."""
    form = form_of(entry)
    if entry.data is None:
        return entry.status, names.text(entry.reason[:limit])[:limit] if entry.reason else "", False
    # cut before it is masked: a hostile file may be long, and only its beginning is shown
    cut = entry.data if form.is_whole else _cut(entry.data, 2 * limit)
    clean = form.mask(names, entry.key, cut)
    if clean is None:
        return "unrecorded", LEFT_OUT, False
    text = form.show(clean)
    return entry.status, text[:limit], len(text) > limit or cut is not entry.data or entry.is_cut


def brief(entry: Entry) -> str:
    """An answer in a few words, as it is; where there is none, why."""
    return entry.reason if entry.data is None else form_of(entry).brief(entry.data)


def _cut(data: Any, limit: int) -> Any:
    if not isinstance(data, bytes | str | list) or len(data) <= limit:
        return data
    return _whole_characters(data[:limit]) if isinstance(data, bytes) else data[:limit]


def _whole_characters(data: bytes) -> bytes:
    """The bytes without a character of UTF-8 that was cut in two at their end."""
    try:
        data.decode("utf-8")
    except UnicodeDecodeError as error:
        return data[: error.start] if error.reason == "unexpected end of data" else data
    return data


# lines of a dump


def lines(entry: Entry) -> Iterator[str]:
    """An answer as lines of a dump; what an editor could not show stands beside its base64 in a comment."""
    if entry.status != "read":
        yield _missing(entry)
        return
    form = form_of(entry)
    content = list(form.content(entry.data)) if form.content else []
    word: str = form.kind
    if isinstance(entry.data, bytes) and content[:1] and content[0].startswith("="):
        word = form.packed_word or word
        yield from _comment(_strings(entry.data))
    yield f"@{word} {form.head(entry, entry.data)}"
    yield from content
    if entry.is_cut:
        yield _CUT.decode() + escape.line(entry.reason)


def _comment(strings: str) -> Iterator[str]:
    """All of the strings, some to a line: what is base64 below them can so be checked."""
    row = ""
    for text in strings.split("\n") if strings else ():
        if row and len(row) + len(text) > 2 * _ROW:
            yield f"# {row}"
            row = ""
        row += f" | {text}" if row else text
    if row:
        yield f"# {row}"


def parse(word: str, head: str, content: bytes) -> Entry:
    """The entry of a line `@word head` and its content lines, each with its end. UnknownWord, or ValueError
    with what is wrong."""
    form = FORMS.get(word)
    if form is None and word not in _MISSING:
        raise UnknownWord(f"@{word} is not understood")
    if not head:
        raise ValueError(f"@{word} names nothing")
    if content and not (form and form.content):
        raise ValueError(f"@{word} has no content lines")
    if form is None:
        return _read_missing(word, head)
    reason = ""
    if content.startswith(_CUT) or b"\n" + _CUT in content:
        content, reason = _until_cut(content)
    kept, beyond = _beginning(content, _most(word, head))
    entry, reason = form.read(head, kept), beyond or reason
    return msgspec.structs.replace(entry, reason=reason) if reason else entry


def _most(word: str, head: str) -> int:
    """Bytes of content lines that are kept; vaudit keeps no more of any answer when it records."""
    if word == "dir":
        return MAX_GROWN  # and of the names no more than MAX_NAMES
    return MAX_GROWN if word == "recording" or head.endswith((*GROWN, "vaudit bench")) else 2 * MAX_FILE


def _beginning(content: bytes, limit: int) -> tuple[bytes, str]:
    """Content lines up to a limit, and why they are not all."""
    if len(content) <= limit:
        return content, ""
    end = content.rfind(b"\n", 0, limit) + 1
    # of a single line of base64 as much as makes whole bytes
    return content[:end] if end else content[: 1 + (limit - 2) // 4 * 4] + b"\n", cut_at(limit)


def _until_cut(content: bytes) -> tuple[bytes, str]:
    """The content lines before the one that says where the answer was cut, and what that says."""
    last = content.rfind(b"\n", 0, -1) + 1
    reason = escape.plain(content[last + 1 :].decode().rstrip("\n"))
    if (b"\n" + content).count(b"\n" + _CUT) > 1 or not content.startswith(_CUT, last):
        raise ValueError("an answer goes on where it was cut")
    if not reason:
        raise ValueError("it is not said where the answer was cut")
    return content[:last], reason


_CUT = b"~"
"""What the line begins with that says where and why an answer was cut."""


_MISSING: dict[str, EntryStatus] = {
    "absent": "absent",
    "denied": "denied",
    "error": "error",
    "unrecorded": "unrecorded",
}


def _missing(entry: Entry) -> str:
    kind = "" if entry.kind == "file" and not entry.reason else f" {entry.kind}"
    reason = f" {escape.line(entry.reason)}" if entry.reason else ""
    return f"@{entry.status} {escape.word(entry.key)}{kind}{reason}"


def _read_missing(word: str, head: str) -> Entry:
    key, kind, reason = (*head.split(" ", 2), "", "")[:3]
    form = _BY_KIND.get(kind or "file")
    if form is None:
        raise UnknownWord(f"@{word} of an unknown kind {kind!r}")
    return Entry(form.kind, escape.plain(key), _MISSING[word], reason=escape.plain(reason))


def _words(head: str, count: int) -> list[str]:
    words = head.split(" ")
    if len(words) != count:
        raise ValueError(f"{count} words are needed, here are {len(words)}")
    return words


# bytes: text where an editor can show it, else base64


def _printable(data: bytes) -> str | None:
    """The text, if an editor can show it and writing it back gives the same bytes."""
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        return None
    return text if text.replace("\n", "").replace("\t", "").isprintable() else None


def _content(data: bytes) -> Iterator[str]:
    text = _printable(data)
    if text is None:
        packed = escape.packed(data)
        yield from (f"={packed[at : at + _ROW]}" for at in range(0, len(packed), _ROW))
        return
    *whole, last = text.split("\n")
    yield from (f"|{line}" for line in whole)
    if last:
        yield f">{last}"


def _bytes(content: bytes) -> bytes:
    if content.startswith(b"|") and content.count(b"\n|") + 1 == content.count(b"\n"):
        return bytes(memoryview(content.replace(b"\n|", b"\n"))[1:])  # no more copies than needed
    rows = content.split(b"\n")[:-1]
    packed = sum(row.startswith(b"=") for row in rows)
    if packed not in (0, len(rows)):
        raise ValueError("text and base64 do not mix")
    if packed:
        return escape.unpacked(b"".join(row[1:] for row in rows).decode())
    return b"".join(row[1:] + b"\n" * row.startswith(b"|") for row in rows)


def _rows(content: bytes) -> list[str]:
    """The content lines."""
    return content.decode().split("\n")[:-1]


def _strings(data: bytes) -> str:
    """The printable strings in binary content, one a line."""
    runs = data.translate(_PRINTABLE).decode("ascii").split("\n")
    return "\n".join(run for run in runs if len(run) >= _STRING)


def _text_or_strings(data: bytes) -> str:
    return _strings(data) if masks.legible(data) is None else _text(data)


def _text(data: bytes) -> str:
    return data.decode("utf-8", "replace")


def _first_line(data: bytes) -> str:
    first, _, rest = _text(data).strip().partition("\n")
    return first[:_BRIEF] + (f" … ({many(len(data), 'byte')})" if rest or len(first) > _BRIEF else "")


def _same(_names: Pseudonyms, key: str) -> str:
    """A key that is made of vaudit's own words."""
    return key


def _key(entry: Entry, _data: object) -> str:
    """A head that is nothing but the key."""
    return escape.line(entry.key)


def _of_bytes(
    kind: EntryKind,
    mask: Callable[[Pseudonyms, str, bytes], bytes | None],
    mask_key: Callable[[Pseudonyms, str], str] = _same,
    *,
    show: Callable[[bytes], str] = _text,
    is_place: bool = False,
    is_whole: bool = False,
    packed_word: str = "",
) -> Form[bytes]:
    """A kind that holds bytes and is named by its key alone."""
    return Form(
        kind=kind,
        holds=bytes,
        head=_key,
        content=_content,
        read=lambda head, content: Entry(kind, escape.plain(head), "read", _bytes(content)),
        show=show,
        brief=_first_line,
        mask=mask,
        mask_key=mask_key,
        is_place=is_place,
        is_whole=is_whole,
        packed_word=packed_word,
    )


def _read_folder(head: str, content: bytes) -> Entry:
    names = cut_names([escape.plain(row[1:]) for row in _rows(content)])
    return answered("dir", escape.plain(head), names)


def _read_run(head: str, content: bytes) -> Entry:
    code, _, command = head.partition(" ")
    if not code.startswith("rc=") or not command:
        raise ValueError("an exit code and a command are needed: rc=0 COMMAND")
    number = procfs.signed(code[3:])
    if number is None:
        raise ValueError(f"{code[3:][:40]!r} is no exit code")
    return Entry("run", escape.plain(command), "read", _bytes(content), rc=number)


# one word


def _of_word(
    kind: EntryKind,
    mask: Callable[[Pseudonyms, str, str], str | None],
    mask_key: Callable[[Pseudonyms, str], str],
    *,
    is_place: bool = False,
) -> Form[str]:
    """A kind that holds one word, which stands behind the key."""

    def read(head: str, _content: bytes) -> Entry:
        key, value = map(escape.plain, _words(head, 2))
        return Entry(kind, key, "read", value)

    return Form(
        kind=kind,
        holds=str,
        head=lambda entry, value: f"{escape.word(entry.key)} {escape.word(value)}",
        content=None,
        read=read,
        show=lambda value: value,
        brief=lambda value: f"-> {value}"[:_BRIEF],
        mask=mask,
        mask_key=mask_key,
        is_place=is_place,
    )


def _read_msr(head: str, _content: bytes) -> Entry:
    number, value = _words(head, 2)
    return Entry("msr", f"{_bits(number, 32):x}", "read", f"{_bits(value, 64):x}")


def _bits(word: str, most: int) -> int:
    """A hexadecimal number of at most so many bits. ValueError for anything else."""
    found = procfs.bits(word.removeprefix("0x"), most)
    if found is None:
        raise ValueError(f"{word[:40]!r} is no hexadecimal number of {most} bits")
    return found


# CPUID


def _of_leaf(kind: EntryKind) -> Form[Registers]:
    def read(head: str, _content: bytes) -> Entry:
        leaf, sub, *registers = (_bits(word, 32) for word in _words(head, 6))
        return Entry(kind, f"{leaf:x} {sub:x}", "read", Registers(*registers))

    return Form(
        kind=kind,
        holds=Registers,
        head=lambda entry, found: f"{entry.key} " + " ".join(f"{register:x}" for register in found),
        content=None,
        read=read,
        show=lambda found: " ".join(f"{name}={value:#010x}" for name, value in found._asdict().items()),
        brief=lambda found: " ".join(f"{register:08x}" for register in found),
        mask=masks.of_leaf,
        mask_key=_same,
    )


# the table

_TABLE: tuple[Form[Any], ...] = (
    _of_bytes(
        "file", masks.of_file, masks.of_path, show=_text_or_strings, is_place=True, packed_word="binary"
    ),
    _of_bytes("call", masks.of_call),
    _of_bytes("tool", masks.of_tool, masks.of_tool_key),
    _of_bytes("firmware", masks.of_firmware, show=_strings),
    _of_bytes("recording", masks.of_recording, is_whole=True),
    Form(
        kind="run",
        holds=bytes,
        head=lambda entry, _data: f"rc={entry.rc} {escape.line(entry.key)}",
        content=_content,
        read=_read_run,
        show=_text,
        brief=_first_line,
        mask=masks.of_output,
        mask_key=masks.of_command,
    ),
    Form(
        kind="dir",
        holds=list,
        head=_key,
        content=lambda names: (f"|{escape.word(name)}" for name in names),
        read=_read_folder,
        show="\n".join,
        brief=lambda names: many(len(names), "name"),
        mask=masks.of_folder,
        mask_key=masks.of_path,
        is_place=True,
    ),
    _of_word("link", masks.of_link, masks.of_path, is_place=True),
    _of_word("device", masks.of_word, masks.of_path, is_place=True),
    msgspec.structs.replace(_of_word("msr", masks.of_msr, _same), read=_read_msr),
    _of_leaf("cpuid"),
    _of_leaf("cpuid-xen"),
    Form(
        kind="registry",
        holds=RegistryKey,
        head=_key,
        content=registry.lines,
        read=lambda head, content: Entry(
            "registry", escape.plain(head), "read", registry.parse(_rows(content))
        ),
        show=registry.text,
        brief=lambda found: f"{many(len(found.subkeys), 'subkey')}, {many(len(found.values), 'value')}",
        mask=masks.of_registry,
        mask_key=masks.of_registry_key,
    ),
)
_BY_KIND: dict[str, Form[Any]] = {form.kind: form for form in _TABLE}
FORMS: dict[str, Form[Any]] = {
    **_BY_KIND,
    **{form.packed_word: form for form in _TABLE if form.packed_word},
}
"""The row by the word of a dump."""
