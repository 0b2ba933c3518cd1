"""What identifies is gone, what is evidence stays, and the same identity keeps one pseudonym."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vaudit.evidence.sanitize import Sanitizer
from vaudit.evidence.source import Entry
from vaudit.masking import pseudonyms

PLAIN = "/sys/class/dmi/id/product_name"
"""A file in which any text may stand."""


def cleaned(
    key: str, text: str, salt: bytes = b"salt", hosts: tuple[str, ...] = ("web42.example.org",)
) -> str:
    data = Sanitizer(salt, hosts).entry(Entry("file", key, "read", text.encode())).data
    assert isinstance(data, bytes)
    return data.decode()


@pytest.mark.parametrize(
    ("key", "text", "secret", "kept"),
    [
        ("/sys/class/net/eth0/address", "52:54:00:12:34:56\n", "12:34:56", "52:54:00:"),
        ("/sys/class/dmi/id/product_uuid", "ec2f6a1b-1111-2222-3333-444455556666\n", "444455556666", "ec2"),
        ("/sys/class/dmi/id/product_serial", "VMware-42 1a\n", "nothing", "VMware-42"),
        ("/sys/class/dmi/id/product_serial", "CZ3812ABCD\n", "812ABCD", "CZ3"),
        ("/sys/class/dmi/id/chassis_asset_tag", "OracleCloud.com\n", "nothing", "OracleCloud.com"),
        ("/proc/cmdline", "root=UUID=0a1b2c3d-1111-2222-3333-444455556666 ro nomodule\n", "2c3d", "nomodule"),
        ("/proc/cmdline", "ro api.token=hunter2 quiet\n", "hunter2", "quiet"),
        ("/proc/cmdline", "quiet -- --serve 10.0.0.1\n", "serve", "quiet"),
        ("/proc/1/environ", "container=lxc\0PASSWORD=hunter2\0", "hunter2", "container=lxc"),
        (PLAIN, "host web42 said so on web42.example.org", "web42", "said so"),
        (PLAIN, "from 8.8.8.8 to 10.1.2.3", "8.8.8.8", "10.1.2.3"),
        (PLAIN, "volume 1122aabb-33cc disk", "1122aabb", "disk"),
        (PLAIN, "cut 33cc-4d5e-112233445566 disk", "33cc", "disk"),
        (PLAIN, "since 20240101-1234 now", "nothing", "20240101-1234"),
        (PLAIN, "from 2a01:4f8:1:2:3:4:5:6 on", "2a01:4f8", "from"),
        (PLAIN, "mail root@example.org now", "root@example", "now"),
        (PLAIN, "mounted on /home/alice/data", "alice", "/data"),
        (PLAIN, "0::/docker/" + "ab12" * 16, "ab12ab12", "/docker/"),
        (PLAIN, "password: hunter2", "hunter2", "password"),
    ],
)
def test_identities_go_and_evidence_stays(key: str, text: str, secret: str, kept: str) -> None:
    found = cleaned(key, text)
    assert secret not in found
    assert kept in found


@pytest.mark.parametrize(
    ("key", "text"),
    [
        ("/proc/config.gz", "CONFIG_HAVE_KVM_IRQ_BYPASS=y\nCONFIG_SECRETMEM=y\n"),
        ("/sys/bus/virtio/devices/virtio0/features", "0110" * 32 + "\n"),
        ("/sys/hypervisor/uuid", "00000000-0000-0000-0000-000000000000\n"),
        (PLAIN, "ACPI: XSDT 0x00000000000A0E2F 00003C (v01 FIRECK FCMVXSDT 00000000 FCAT 20240119)"),
        (PLAIN, "0000:00:03.0 1af4:1001 at ::1 and 127.0.0.1"),
        ("/sys/class/net/lo/address", "00:00:00:00:00:00\n"),
    ],
)
def test_what_identifies_nobody_stays_as_it_is(key: str, text: str) -> None:
    assert cleaned(key, text) == text


def test_pseudonyms_are_stable_within_a_salt_and_differ_between_salts() -> None:
    text = "52:54:00:12:34:56 and 52:54:00:12:34:56"
    first, second = cleaned(PLAIN, text).split(" and ")
    assert first == second
    assert cleaned(PLAIN, text, b"other") != cleaned(PLAIN, text)


legible = st.text(st.characters(exclude_categories=["Cc", "Cs"], include_characters="\n\t\r"))


@given(legible)
def test_any_text_survives_and_keeps_its_lines(text: str) -> None:
    plain = text.encode("utf-8", "replace").decode()
    assert cleaned(PLAIN, plain).count("\n") == plain.count("\n")


@given(st.tuples(*[st.integers(0, 255)] * 6))
def test_no_mac_tail_survives(octets: tuple[int, ...]) -> None:
    mac = ":".join(f"{octet:02x}" for octet in octets)
    if mac in ("00:00:00:00:00:00", "ff:ff:ff:ff:ff:ff"):
        return
    found = cleaned("/sys/class/net/eth0/address", mac)
    assert found.startswith(mac[:9])
    assert re.fullmatch(r"(?:[0-9a-f]{2}:){5}[0-9a-f]{2}", found)


PIECES = st.sampled_from(
    [
        "00",
        "ff:",
        "12ab",
        "::",
        ":",
        "-",
        ".",
        "1.",
        "255",
        " ",
        "\n",
        "\xa0",
        "7f3a",
        "deadbeef",
        "4e5f-",
        "a" * 31,
    ]
)
PATTERNS = (
    pseudonyms.UUID, pseudonyms._MAC, pseudonyms.IPV4, pseudonyms._IPV6, pseudonyms.LONG_HEX,
)  # fmt: skip


@given(st.lists(PIECES, max_size=30).map("".join))
def test_no_identity_is_missed_for_want_of_its_signs(text: str) -> None:
    suspected = set(pseudonyms._suspected(text))
    assert suspected >= {pattern for pattern in PATTERNS if re.search(pattern, text)}


ALL = tuple(pseudonyms.Pseudonyms(b"salt")._replacements)


@given(st.sampled_from(ALL).flatmap(st.from_regex))
def test_what_a_pattern_matches_shows_its_signs(text: str) -> None:
    suspected = set(pseudonyms._suspected(text))
    assert suspected >= {pattern for pattern in ALL if re.search(pattern, text)}


def test_a_line_of_the_kernel_log_is_searched_for_no_identity_that_cannot_be_there() -> None:
    line = "[    0.1] pci 0000:00:01.0: [8086:7010] class 0x010180 conventional-pci e820: 0.0.1-a-b c-d-e\n"
    assert list(pseudonyms._suspected(line * 30)) == []


LOG = (
    "scsi 2:0:0:1: Direct-Access     QEMU     QEMU HARDDISK    2.5+ PQ: 0 ANSI: 6",
    "sd 2:0:0:1: [sdb] Mode Sense: 63 00 00 08",
    "sd 2:0:0:1: [sdb] Write cache: disabled, read cache: enabled, doesn't support DPO or FUA",
    "ata3.00: ATAPI: QEMU DVD-ROM, 2.5+, max UDMA/100",
    "ata4: SATA link up 1.5 Gbps (SStatus 113 SControl 300)",
    "mcelog: failed to prefill DIMM database from DMI data",
    "PM: hibernation: Registered nosave memory: [mem 0x0009f000-0x0009ffff]",
    "xen: --> pirq=16 -> irq=9 (gsi=9), trigger level, polarity low",
    "x86/fpu: xstate corruption, kvm: unpacking of alternatives",
    "kvm-guest: stub, qspinlock, DEBUGCTL, bootconsole, zonelists, mobility",
    "usb 1-1: settle, shorthand, in-flight, retransmit, isochronous, endpoint",
)
"""Lines with words of the kernel that stand in no record of the tests."""


@pytest.mark.parametrize("line", LOG)
def test_words_that_the_kernel_uses_stay(line: str) -> None:
    entry = Sanitizer(b"salt").entry(Entry("call", "dmesg", "read", line.encode()))
    assert entry.data == line.encode()


PEOPLE = (
    "alice", "robert", "stefan", "maria", "giometti", "rodolfo", "alim", "blake", "robin", "walker", "darwin",
    "tomoyo", "zeus", "apollo", "gandalf", "pegasus", "saturn", "terri", "kato", "stoney", "hans", "peter",
)  # fmt: skip


@pytest.mark.parametrize("name", PEOPLE)
def test_no_given_name_and_no_hero_is_taken_for_a_word_of_the_kernel(name: str) -> None:
    data = Sanitizer(b"salt").entry(Entry("call", "dmesg", "read", f"kvm: {name} here".encode())).data
    assert isinstance(data, bytes) and name.encode() not in data


@pytest.mark.parametrize("first", ["Command line: ro quiet", "Linux version 6.1.0"])
def test_an_owners_own_log_hides_what_follows_a_label_with_and_without_a_command_line(first: str) -> None:
    log = f"[    0.0] {first}\n[    1.0] usb 1-1: SerialNumber: zorblax9\n[    2.0] usb 1-1: kvm"
    entry = Sanitizer(b"salt", is_closed=False).entry(Entry("call", "dmesg", "read", log.encode()))
    assert isinstance(entry.data, bytes)
    assert b"zorblax9" not in entry.data
    assert entry.data.endswith(b"usb 1-1: kvm")
