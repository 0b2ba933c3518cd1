"""Each kind of evidence says how it is written, read, shown and masked; what does not cannot be recorded."""

from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vaudit.evidence import dump, kinds, registry
from vaudit.evidence.registry import RegistryKey, RegistryValue
from vaudit.evidence.sanitize import Sanitizer
from vaudit.evidence.source import CALLS, Entry, EntryKind, Registers
from vaudit.masking.pseudonyms import Pseudonyms

KINDS: tuple[EntryKind, ...] = get_args(EntryKind)

anything = st.text()
"""Lone surrogates, NULs, newlines, percent signs and spaces included."""
hostile = st.one_of(
    anything,
    st.sampled_from(
        ["", " ", "%", "%20", "a  b", " x", "x ", "-", "=", "@", "\\", "a\nb", "\r\n", "\0", "\ud800"]
    ),
)
content = st.one_of(
    st.binary(),
    st.text(st.characters(exclude_categories=["Cs"])).map(str.encode),
    anything.map(lambda text: text.encode("utf-16-le", "surrogatepass")),
    st.sampled_from([b"", b"\n", b"\n\n", b"x", b"|x\n=y\n>z", b"@end\n", b"\r\n", b"a\r\nb", b"\xff\n"]),
)
word = hostile.filter(bool)
leaf = st.builds("{:x} {:x}".format, st.integers(0, (1 << 32) - 1), st.integers(0, 8))
types = st.one_of(st.sampled_from(sorted(registry.NAMES)), st.integers(0, (1 << 32) - 1))
values = st.one_of(
    st.builds(RegistryValue, hostile, st.sampled_from(registry.TEXTS), hostile),
    st.builds(RegistryValue, hostile, st.just(registry.MULTI_SZ), st.lists(hostile)),
    st.builds(RegistryValue, hostile, st.just(registry.DWORD), st.integers(0, (1 << 32) - 1)),
    st.builds(RegistryValue, hostile, st.just(registry.QWORD), st.integers(0, (1 << 64) - 1)),
    st.builds(RegistryValue, hostile, types, st.one_of(st.binary(), st.none())),
)
DATA: dict[EntryKind, st.SearchStrategy[Any]] = {
    "file": content,
    "dir": st.lists(hostile),
    "link": hostile,
    "device": hostile,
    "run": content,
    "call": content,
    "tool": content,
    "cpuid": st.builds(Registers, *[st.integers(0, (1 << 32) - 1)] * 4),
    "cpuid-xen": st.builds(Registers, *[st.integers(0, (1 << 32) - 1)] * 4),
    "msr": st.integers(0, (1 << 64) - 1).map("{:x}".format),
    "firmware": content,
    "registry": st.builds(RegistryKey, st.lists(hostile), st.lists(values)),
    "recording": content,
}
KEYS: dict[EntryKind, st.SearchStrategy[str]] = {
    "cpuid": leaf,
    "cpuid-xen": leaf,
    "msr": st.integers(0, (1 << 32) - 1).map("{:x}".format),
    "call": st.sampled_from(CALLS),
}


def entries(kind: EntryKind) -> st.SearchStrategy[Entry]:
    """Answers of one kind, read and not."""
    keys = KEYS.get(kind, word)
    code = st.integers(-99, 255) if kind == "run" else st.just(0)
    read = st.builds(lambda key, data, rc: Entry(kind, key, "read", data, rc=rc), keys, DATA[kind], code)
    missing = st.builds(
        lambda key, status, reason: Entry(kind, key, status, reason=reason),
        keys,
        st.sampled_from(["absent", "denied", "error", "unrecorded"]),
        hostile,
    )
    return st.one_of(read, missing)


def parsed(text: str) -> list[Entry]:
    return list(dump.parse(text.encode(), "x")._entries.values())


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS)
@given(data=st.data())
def test_any_answer_written_and_read_back_is_equal(kind: EntryKind, data: st.DataObject) -> None:
    entry = data.draw(entries(kind))
    text = dump.write([entry], {"time": data.draw(hostile)})
    assert all(line.isprintable() or "\t" in line for line in text.split("\n"))
    assert parsed(text) == [dump._as_named_now(entry)]


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS)
@given(data=st.data())
def test_any_answer_can_be_masked_shown_and_listed(kind: EntryKind, data: st.DataObject) -> None:
    entry = data.draw(entries(kind))
    sanitizer = Sanitizer(b"salt", ["web42"])
    shared = sanitizer.entry(entry)
    assert shared.kind == kind
    assert shared.status in (entry.status, "unrecorded")
    assert len(parsed(dump.write([shared], {}))) == 1
    status, text, _ = sanitizer.excerpt(entry, 100)
    assert status in (entry.status, "unrecorded")
    assert len(text) <= 100
    assert isinstance(kinds.brief(entry), str)


def test_every_kind_has_a_row() -> None:
    assert {form.kind for form in kinds.FORMS.values()} == set(KINDS)
    assert kinds.FORMS["binary"] is kinds.FORMS["file"]


ROW: dict[str, Any] = {
    "kind": "file",
    "holds": bytes,
    "head": lambda entry, data: "",
    "content": None,
    "read": lambda head, content: None,
    "show": bytes.decode,
    "brief": bytes.decode,
    "mask_key": lambda names, key: key,
}


def test_a_kind_that_does_not_say_how_it_is_masked_cannot_exist() -> None:
    assert kinds.Form(**ROW, mask=lambda names, key, data: data)
    with pytest.raises(TypeError, match="mask"):
        kinds.Form(**ROW)
    with pytest.raises(TypeError, match="does not say how it is masked"):
        kinds.Form(**ROW, mask=None)  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="does not say how it is masked"):
        kinds.Form(**{**ROW, "mask_key": None}, mask=lambda names, key, data: data)


@pytest.mark.parametrize(
    ("entry", "error"),
    [
        (Entry("planet", "x", "read", b"secret"), LookupError),  # type: ignore[arg-type]
        (Entry("file", "/x", "read", ["secret"]), TypeError),
        (Entry("registry", "x", "read", "secret"), TypeError),
    ],
)
def test_an_answer_that_no_row_holds_is_neither_written_nor_shown_nor_masked(
    entry: Entry, error: type[Exception]
) -> None:
    for use in (
        lambda: dump.write([entry], {}),
        lambda: Sanitizer(b"salt").entry(entry),
        lambda: Sanitizer(b"salt").excerpt(entry, 100),
        lambda: kinds.brief(entry),
    ):
        with pytest.raises(error):
            use()


def test_what_an_editor_cannot_show_is_shown_beside_its_bytes() -> None:
    lines = dump.write([Entry("firmware", "SMBIOS", "read", b"\1\0QEMU\0Standard PC\0\0")], {}).split("\n")
    assert lines[2] == "# QEMU | Standard PC"
    assert lines[3] == "@firmware SMBIOS"


def test_binary_content_of_a_file_has_a_word_of_its_own() -> None:
    lines = dump.write([Entry("file", "/x", "read", b"\0")], {}).split("\n")
    assert lines[2:4] == ["@binary /x", "=AA=="]


def test_output_that_is_not_utf_8_is_kept_as_it_was() -> None:
    entry = Entry("run", "lspci -nnk  -vv", "read", b"Soci\xe9t\xe9 G\n", rc=3)
    assert parsed(dump.write([entry], {})) == [entry]


def test_a_registry_key_reads_and_greps_line_by_line() -> None:
    key = RegistryKey(
        ["Parameters", "a\\b"],
        [
            RegistryValue("", registry.SZ, "the default value"),
            RegistryValue("Group", registry.SZ, "SCSI miniport"),
            RegistryValue("Start", registry.DWORD, 0),
            RegistryValue("Owners", registry.MULTI_SZ, ["oem2.inf", "", "a b"]),
            RegistryValue("Key", registry.BINARY, b"\1\2"),
            RegistryValue("Odd", registry.SZ, b"\1\2\3"),
            RegistryValue("Date", 0xFFFF0010, b"\0" * 8),
            RegistryValue("Secret", registry.BINARY, None),
            RegistryValue("@", registry.SZ, "-"),
        ],
    )
    assert list(registry.lines(key)) == [
        "|Parameters\\",
        "|a%5Cb\\",
        "|@ REG_SZ the default value",
        "|Group REG_SZ SCSI miniport",
        "|Start REG_DWORD 0",
        "|Owners REG_MULTI_SZ oem2.inf % a%20b",
        "|Key REG_BINARY =AQI=",
        "|Odd REG_SZ =AQID",
        "|Date 0xffff0010 =AAAAAAAAAAA=",
        "|Secret REG_BINARY -",
        "|%40 REG_SZ %2D",
    ]
    assert registry.parse(registry.lines(key)) == key
    assert key.value("GROUP") == "SCSI miniport"
    assert key.value("Nothing") is None


@pytest.mark.parametrize(
    "row",
    ["|Start", "|Start REG_DWORD", "|Start REG_DWORD x", "|Start REG_DWORD 4294967296", "|X REG_BINARY text",
     "|X REG_BINARY =%%", "|X REG_UNHEARD 1", "|X 0x100000000 =", "|X -1 ="],
)  # fmt: skip
def test_a_damaged_registry_line_is_said_to_be_so(row: str) -> None:
    with pytest.raises(ValueError):
        registry.parse([row])


@given(
    types, st.one_of(st.binary(), hostile.map(lambda text: f"{text}\0".encode("utf-16-le", "surrogatepass")))
)
def test_registry_data_gives_its_bytes_back(type_: int, raw: bytes) -> None:
    assert registry.encoded(type_, registry.decoded(type_, raw)) == raw


def test_registry_data_is_typed_where_its_bytes_agree() -> None:
    text = "SCSI miniport\0".encode("utf-16-le")
    assert registry.decoded(registry.SZ, text) == "SCSI miniport"
    assert registry.decoded(registry.EXPAND_SZ, text) == "SCSI miniport"
    assert registry.decoded(registry.SZ, text[:-1]) == text[:-1]
    assert registry.decoded(registry.MULTI_SZ, "a\0b\0\0".encode("utf-16-le")) == ["a", "b"]
    assert registry.decoded(registry.MULTI_SZ, b"\0\0") == []
    assert registry.decoded(registry.DWORD, b"\3\0\0\0") == 3
    assert registry.decoded(registry.DWORD, b"\3\0") == b"\3\0"
    assert registry.decoded(registry.QWORD, b"\3" + bytes(7)) == 3
    assert registry.decoded(registry.BINARY, text) == text


def test_pseudonyms_take_a_salt_of_any_length() -> None:
    long = Pseudonyms(b"x" * 65)
    assert (
        long.mask("a", "b", 8)
        == Pseudonyms(b"x" * 65).mask("a", "b", 8)
        != Pseudonyms(b"x" * 64).mask("a", "b", 8)
    )
