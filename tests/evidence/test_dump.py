"""A dump is plain text that holds every answer exactly, and refuses whatever is damaged in one clear line."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vaudit.evidence import dump
from vaudit.evidence.errors import EvidenceError
from vaudit.evidence.source import Entry, Registers

SMALL = """vdump 1
@meta kernel=6.1.0 time=2026-01-01T00:00:00Z
@file /proc/cpuinfo
|processor	: 0
@dir /sys/bus/pci/devices
|0000:00:03.0
@link /sys/class/net/eth0 ../../devices/virtual/net/eth0
@cpuid 40000000 0 40000001 4b4d564b 564b4d56 4d
@absent /proc/xen
@denied /proc/1/environ
@denied /proc/1/ns/pid link
@error /sys/class/net/eth0/speed file Invalid%20argument
@run rc=0 uname -m
>x86_64
@end
"""


def parsed(text: str) -> dump.Dump:
    return dump.parse(text.encode(), "small.vdump")


def test_the_documented_form_is_read() -> None:
    machine = parsed(SMALL)
    assert machine.taken == "2026-01-01T00:00:00Z"
    assert machine.read("/proc/cpuinfo") == "processor\t: 0\n"
    assert machine.names("/sys/bus/pci/devices") == ["0000:00:03.0"]
    assert machine.resolve("/sys/class/net/eth0") == "/sys/devices/virtual/net/eth0"
    assert machine.cpuid(0x40000000) == Registers(0x40000001, 0x4B4D564B, 0x564B4D56, 0x4D)
    assert machine.run("uname -m") == "x86_64"


@pytest.mark.parametrize(
    ("kind", "key", "status"),
    [
        ("file", "/proc/xen", "absent"),
        ("dir", "/proc/xen", "absent"),
        ("file", "/proc/1/environ", "denied"),
        ("link", "/proc/1/ns/pid", "denied"),
        ("file", "/proc/1/ns/pid", "unrecorded"),
        ("file", "/sys/class/net/eth0/speed", "error"),
        ("file", "/proc/meminfo", "unrecorded"),
        ("cpuid", "40000100 0", "unrecorded"),
    ],
)
def test_absent_denied_error_and_unrecorded_stay_apart(kind: str, key: str, status: str) -> None:
    assert parsed(SMALL).status(kind, key) == status  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "not a vaudit dump"),
        ("hello\n", "not a vaudit dump"),
        (SMALL.removesuffix("@end\n"), "cut off"),
        (SMALL.replace("@absent", "@abscent"), "@abscent is not understood"),
        (SMALL.replace(" 4d\n", " zz\n"), "damaged at line 8"),
        (SMALL.replace(" 4d\n", " 1ffffffff\n"), "32 bits"),
        (SMALL.replace("@dir /sys/bus/pci/devices\n", "stray\n"), "damaged at line 5"),
        (SMALL.replace("@absent /proc/xen", "@binary /x\n=%%%"), "not base64"),
        (SMALL.replace("@absent /proc/xen", "@file"), "names nothing"),
        (SMALL.replace("@absent /proc/xen", "@link /a /b\n|content"), "no content lines"),
        (SMALL.replace("@absent /proc/xen", "@absent /a planet"), "unknown kind"),
    ],
)
def test_damage_is_named_in_one_line(text: str, said: str) -> None:
    with pytest.raises(EvidenceError) as caught:
        parsed(text)
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)
    assert "small.vdump" in str(caught.value)


def test_binary_noise_and_a_huge_file_are_refused(tmp_path, monkeypatch) -> None:
    noise = tmp_path / "noise"
    noise.write_bytes(b"vdump 1\n\xff\xfe\x00")
    with pytest.raises(EvidenceError, match="not UTF-8 at byte 8"):
        dump.read(str(noise))
    monkeypatch.setattr(dump, "MAX_DUMP", 1000)
    noise.write_bytes(b"vdump 1\n" + b"#" * 2000)
    with pytest.raises(EvidenceError, match="not a dump of one machine"):
        dump.read(str(noise))
    with pytest.raises(EvidenceError, match="cannot be read"):
        dump.read(str(tmp_path))


paths = st.text(st.characters(exclude_categories=["Cs"]), min_size=1).map(lambda text: "/" + text)
registers = st.builds(Registers, *[st.integers(0, (1 << 32) - 1)] * 4)
read_entries = st.one_of(
    st.builds(lambda key, data: Entry("file", key, "read", data), paths, st.binary()),
    st.builds(
        lambda key, text: Entry("file", key, "read", text.encode()),
        paths,
        st.text(st.characters(exclude_categories=["Cs"])),
    ),
    st.builds(
        lambda key, names: Entry("dir", key, "read", sorted(names)),
        paths,
        st.lists(st.text(st.characters(exclude_categories=["Cs"]), min_size=1)),
    ),
    st.builds(lambda key, data: Entry("link", key, "read", data), paths, paths),
    st.builds(
        lambda leaf, sub, data: Entry("cpuid", f"{leaf:x} {sub:x}", "read", data),
        st.integers(0, 1 << 31),
        st.integers(0, 8),
        registers,
    ),
)
missing_entries = st.builds(
    lambda kind, key, status, reason: Entry(kind, key, status, reason=reason),
    st.sampled_from(["file", "dir", "link", "device"]),
    paths,
    st.sampled_from(["absent", "denied", "error"]),
    st.text(st.characters(exclude_categories=["Cs"])),
)


@given(st.lists(st.one_of(read_entries, missing_entries), unique_by=lambda one: (one.kind, one.key)))
def test_whatever_was_recorded_is_read_back(entries: list[Entry]) -> None:
    absent = {one.key for one in entries if one.status == "absent"}
    text = dump.write(entries, {"time": "now", "kernel": "a b%20c"})
    again = parsed(text)
    assert again.meta == {"time": "now", "kernel": "a b%20c"}
    for one in entries:
        found = again.entry(one.kind, one.key)
        assert (found.status, found.data) == (one.status, one.data)
        if one.status != "absent" or one.reason:
            assert found.reason == one.reason
    assert again.status("file", "/never/asked") == ("absent" if "/never/asked" in absent else "unrecorded")


@given(st.binary())
def test_any_bytes_give_a_dump_or_one_error(data: bytes) -> None:
    for candidate in (data, b"vdump 1\n" + data, SMALL.encode()[: len(data)] + data):
        try:
            dump.parse(candidate, "fuzz")
        except EvidenceError as error:
            assert "\n" not in str(error)


@given(st.data())
def test_a_mutated_dump_gives_a_dump_or_one_error(data: st.DataObject) -> None:
    text = bytearray(SMALL.encode())
    for _ in range(data.draw(st.integers(1, 5))):
        text[data.draw(st.integers(0, len(text) - 1))] = data.draw(st.integers(0, 255))
    try:
        dump.parse(bytes(text), "fuzz")
    except EvidenceError as error:
        assert "\n" not in str(error)
