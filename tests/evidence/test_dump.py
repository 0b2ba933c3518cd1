"""A dump is plain text that holds every answer exactly, and refuses whatever is damaged in one clear line."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vaudit import files
from vaudit.evidence import dump
from vaudit.evidence.errors import EvidenceError
from vaudit.evidence.recorder import Recorder
from vaudit.evidence.sanitize import Sanitizer
from vaudit.evidence.source import Entry, Registers
from vaudit.judge.checks import load
from vaudit.pipeline import scan

SECOND = """vdump 2
@meta kernel=6.1.0 time=2026-01-01T00:00:00Z
@file /proc/cpuinfo
|processor	: 0
# a comment
@binary /proc/1/environ
=SE9NRT0vAA==
@dir /sys/bus/pci/devices
|0000:00:03.0
@link /sys/class/net/eth0 ../../devices/virtual/net/eth0
@cpuid 40000000 0 40000001 4b4d564b 564b4d56 4d
@firmware SMBIOS
=AQIDBA==
@absent /proc/xen dir
@denied /proc/1/ns/pid link
@error /sys/class/net/eth0/speed file Invalid argument
@unrecorded /x file left out
@call uname -m
>x86_64
@run rc=1 lspci -nnk
|00:00.0 Host bridge
@recording disk
>{}
@registry HKLM\\SYSTEM\\Select
|Current REG_DWORD 1
@end
"""
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


def test_the_second_form_is_read() -> None:
    machine = parsed(SECOND)
    assert machine.read("/proc/cpuinfo") == "processor\t: 0\n"
    assert machine.binary("/proc/1/environ") == b"HOME=/\0"
    assert machine.names("/sys/bus/pci/devices") == ["0000:00:03.0"]
    assert machine.firmware("SMBIOS") == b"\1\2\3\4"
    assert machine.status("file", "/proc/xen") == "absent"
    assert machine.entry("file", "/sys/class/net/eth0/speed").reason == "Invalid argument"
    assert machine.call("uname -m") == "x86_64"
    assert machine.output("lspci -nnk") == "00:00.0 Host bridge\n"
    assert machine.entry("run", "lspci -nnk").rc == 1
    assert machine.recording("disk") == b"{}"
    select = machine.registry("hklm\\system\\SELECT")
    assert select and select.value("current") == 1


def test_what_a_record_left_out_is_unrecorded_and_said() -> None:
    machine = parsed(SECOND)
    assert machine.status("file", "/x") == "unrecorded"
    assert machine.entry("file", "/x").reason == "left out"
    assert machine.notes == ["1 entry left out when the dump was made: file:/x"]


def test_many_that_a_record_left_out_are_counted_and_five_are_named() -> None:
    more = "".join(f"@unrecorded /y{number} file left out\n" for number in range(6))
    machine = parsed(SECOND.replace("@unrecorded /x", more + "@unrecorded /x"))
    named = ", ".join(f"file:/y{number}" for number in range(5))
    assert machine.notes == [f"7 entries left out when the dump was made: {named}, …"]


def test_the_first_form_is_read_under_the_names_of_today() -> None:
    table = "@binary /sys/firmware/dmi/tables/DMI\n=AQIDBA==\n@end"
    machine = parsed(SMALL.replace("@end", table))
    assert machine.entry("call", "uname -m").data == machine.entry("run", "uname -m").data == b"x86_64"
    assert machine.firmware("SMBIOS") == machine.binary("/sys/firmware/dmi/tables/DMI") == b"\1\2\3\4"
    denied = parsed(SMALL.replace("@end", "@denied /sys/firmware/dmi/tables/DMI\n@end"))
    assert denied.status("firmware", "SMBIOS") == "denied"
    assert machine.notes == []


@pytest.mark.parametrize(
    ("first", "said"),
    [
        ("vdump 12", "this dump has format 12, this vaudit reads 1 and 2: update vaudit"),
        ("vdump 3\n\0\xff", "this dump has format 3, this vaudit reads 1 and 2: update vaudit"),
        ("vdump 0", "this dump has format 0, this vaudit reads 1 and 2"),
        ("vdump 1.5", "not a vaudit dump"),
        ("vdump", "not a vaudit dump"),
        ("vdump -1", "not a vaudit dump"),
        ("vdump " + "9" * 5000, "not a vaudit dump"),
        ("vdump \u00b2", "not a vaudit dump"),
        ("vdumps 1", "not a vaudit dump"),
    ],
)
def test_the_version_is_a_number_that_is_read_first(first: str, said: str) -> None:
    with pytest.raises(EvidenceError) as caught:
        dump.parse(f"{first}\n@nonsense\n".encode("latin-1"), "small.vdump")
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("text", [SMALL, SECOND])
def test_a_dump_whose_every_line_ends_in_cr_lf_is_read_and_that_is_said(text: str) -> None:
    plain, windows = parsed(text), parsed(text.replace("\n", "\r\n"))
    assert windows._entries == plain._entries
    assert windows.meta == plain.meta
    assert windows.notes == ["every line of the dump ended in CR LF: it was read as LF", *plain.notes]


def test_a_mark_of_the_byte_order_is_no_damage() -> None:
    assert parsed("\ufeff" + SMALL)._entries == parsed(SMALL)._entries


@pytest.mark.parametrize(
    ("odd", "text"),
    [
        (3, SMALL.replace("@file /proc/cpuinfo\n", "@file /proc/cpuinfo\r\n")),
        (2, SMALL.replace("vdump 1\n", "vdump 1\r\n")),
        (4, SMALL.replace("\n", "\r\n").replace("processor\t: 0\r\n", "processor\t: 0\n")),
    ],
)
def test_mixed_line_ends_are_an_error_with_the_line(odd: int, text: str) -> None:
    with pytest.raises(EvidenceError, match=f"damaged at line {odd}: it ends in"):
        parsed(text)


def test_what_a_newer_vaudit_recorded_is_left_out_and_said() -> None:
    newer = "@wmi Win32_BIOS\n|x\n=AA==\n@wmi Win32_Processor\n@absent somewhere planet why\n@end"
    machine = parsed(SECOND.replace("@unrecorded /x file left out\n", "").replace("@end", newer))
    assert machine.notes == [
        "3 entries of the dump left out, of kinds that this vaudit does not know: @absent, @wmi"
    ]
    assert machine.read("/proc/cpuinfo") == "processor\t: 0\n"


def test_notes_on_a_record_reach_its_report() -> None:
    machine = parsed(SECOND.replace("\n", "\r\n"))
    assert scan(Recorder(machine), load([])).notes[: len(machine.notes)] == machine.notes


def test_a_dump_is_written_alike_on_every_system(tmp_path, monkeypatch) -> None:
    plain = open

    def as_on_windows(*where, **how):
        return plain(*where, **{"newline": "\r\n", **how})

    monkeypatch.setattr("builtins.open", as_on_windows)
    files.save(tmp_path / "x.vdump", SECOND)
    assert (tmp_path / "x.vdump").read_bytes() == SECOND.encode()


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
        (SECOND.replace(" 4d\n", " zz\n"), "damaged at line 11"),
        (SECOND.replace("@link /sys/class/net/eth0 ", "@link "), "2 words are needed"),
        (SECOND.replace("@run rc=1 lspci -nnk", "@run lspci"), "an exit code and a command"),
        (SECOND.replace("=AQIDBA==", "=AQIDBA==\n|x"), "text and base64 do not mix"),
        (SECOND.replace("REG_DWORD 1", "REG_DWORD one"), "damaged at line"),
        (SECOND.removesuffix("@end\n"), "cut off"),
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
    for candidate in (data, b"vdump 1\n" + data, b"vdump 2\n" + data, SECOND.encode()[: len(data)] + data):
        try:
            dump.parse(candidate, "fuzz")
        except EvidenceError as error:
            assert "\n" not in str(error)


@given(st.data())
def test_a_mutated_dump_gives_a_dump_or_one_error(data: st.DataObject) -> None:
    text = bytearray(data.draw(st.sampled_from([SMALL, SECOND])).encode())
    for _ in range(data.draw(st.integers(1, 5))):
        text[data.draw(st.integers(0, len(text) - 1))] = data.draw(st.integers(0, 255))
    try:
        dump.parse(bytes(text), "fuzz")
    except EvidenceError as error:
        assert "\n" not in str(error)


CUT = """vdump 2
@meta
@file /proc/self/mountinfo
|22 1 254:1 / / rw - ext4 /dev/vda1 rw
~cut at 32 MiB
@binary /proc/1/environ
=SE9NRT0vAA==
~cut at 1 MiB
@dir /sys/bus/pci/devices
|0000:00:03.0
~cut at 100000 names
@file /empty
~cut at 1 MiB
@end
"""


def test_what_was_cut_stays_so() -> None:
    machine = parsed(CUT)
    mounts = machine.entry("file", "/proc/self/mountinfo")
    assert mounts.data == b"22 1 254:1 / / rw - ext4 /dev/vda1 rw\n"
    assert mounts.is_cut and mounts.reason == "cut at 32 MiB"
    assert machine.entry("file", "/proc/1/environ").reason == "cut at 1 MiB"
    assert machine.entry("dir", "/sys/bus/pci/devices").is_cut
    assert machine.entry("file", "/empty").data == b""
    again = parsed(dump.write(machine.entries, {}))
    assert {entry.id: entry for entry in again.entries} == {entry.id: entry for entry in machine.entries}


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (
            CUT.replace("~cut at 32 MiB\n", "~cut at 32 MiB\n|more\n"),
            "line 3: an answer goes on where it was cut",
        ),
        (
            CUT.replace("~cut at 100000 names", "~cut\n|0000:00:04.0"),
            "line 9: an answer goes on where it was cut",
        ),
        (CUT.replace("~cut at 32 MiB", "~"), "line 3: it is not said where"),
        (SMALL.replace("|processor\t: 0\n", "|processor\t: 0\n~cut at 1 MiB\n"), "line 5: a line must begin"),
        (CUT.replace("@dir", "# a comment\n\n|stray\n@dir"), "line 11: a line must begin with @"),
    ],
)
def test_a_wrong_mark_of_a_cut_is_refused(wrong: str, said: str) -> None:
    with pytest.raises(EvidenceError, match=said):
        parsed(wrong)


def test_a_masked_record_keeps_that_an_answer_was_cut() -> None:
    masked = Sanitizer(b"salt").entry(parsed(CUT).entry("file", "/proc/self/mountinfo"))
    assert masked.is_cut
