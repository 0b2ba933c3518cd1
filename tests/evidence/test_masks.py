"""What is shared holds no identity, whatever answer it stands in, and says the same of the machine."""

import base64
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vaudit.evidence import dump, kinds, masks, registry, smbios
from vaudit.evidence.recorder import Recorder
from vaudit.evidence.registry import RegistryKey, RegistryValue
from vaudit.evidence.sanitize import Sanitizer
from vaudit.evidence.source import SMBIOS_FILE, Entry, EntryKind, Registers
from vaudit.facts.collect import collect
from vaudit.facts.smbios import parse
from vaudit.masking.pseudonyms import Pseudonyms

TESTS = Path(__file__).parent.parent
MACHINES = sorted((TESTS / "machines").glob("*.vdump"))
RAW = TESTS / "fixtures" / "0.1.0" / "raw.vdump"
HOST = "web42.example.org"
PLAIN = "/sys/class/dmi/id/product_name"
"""A file in which any text may stand."""


def shared(kind: EntryKind, key: str, data: Any) -> Entry:
    return Sanitizer(b"salt", [HOST]).entry(Entry(kind, key, "read", data))


def structure(type_: int, body: bytes, *strings: str) -> bytes:
    texts = b"\0".join(text.encode("latin-1") for text in strings)
    return bytes([type_, 4 + len(body), type_, 0]) + body + (texts + b"\0\0" if strings else b"\0\0")


UUID = bytes(range(0x10, 0x20))
TABLE = (
    structure(0, bytes([1, 2, 0, 0, 3, 0]) + bytes(8), "SeaBIOS", "1.16.2", "04/01/2014")
    + structure(
        1,
        bytes([1, 2, 3, 4]) + UUID + bytes([6, 5, 6]),
        "QEMU",
        "Standard PC",
        "pc-7.2",
        "CZ3812ABCD",
        "SKU",
        "Fam",
    )
    + structure(2, bytes([1, 2, 0, 3, 4, 0, 5]), "QEMU", "Board", "BOARD-SERIAL", "BOARD-TAG", "left")
    + structure(3, bytes([1, 1, 2, 3, 4]) + bytes(8), "QEMU", "pc-7.2", "CH-998877", "ASSET-4711")
    + structure(
        4,
        bytes([1, 3, 0xB3, 2]) + bytes(8) + bytes([3]) + bytes(15) + bytes([4, 5, 0]),
        "CPU 0",
        "QEMU",
        "pc",
        "CPUSERIAL",
        "CPUTAG",
    )
    + structure(11, bytes([2]), "ds=nocloud;h=web42", "token=hunter2")
    + structure(
        17,
        bytes(12) + bytes([1, 0, 7]) + bytes(4) + bytes([2, 3, 4, 5]),
        "DIMM 0",
        "Samsung",
        "SN-556677",
        "TAG-DIMM",
        "M393",
    )
    + structure(42, bytes([0x40, 16]) + b"\x52\x54\0\x12\x34\x56" + bytes(10), "usb-of-the-bmc")
    + structure(221, b"OEM-BYTES", "OEM-TEXT")
    + structure(127, b"")
)
SECRETS = (
    b"CZ3812ABCD",
    b"BOARD-SERIAL",
    b"BOARD-TAG",
    b"CH-998877",
    b"ASSET-4711",
    b"CPUSERIAL",
    b"CPUTAG",
    b"nocloud",
    b"web42",
    b"hunter2",
    b"SN-556677",
    b"TAG-DIMM",
    b"bmc",
    b"OEM-BYTES",
    b"OEM-TEXT",
    UUID[4:],
    b"\x52\x54\0\x12",
)
KEPT = (
    b"SeaBIOS",
    b"1.16.2",
    b"04/01/2014",
    b"QEMU",
    b"Standard PC",
    b"pc-7.2",
    b"SKU",
    b"Fam",
    b"DIMM 0",
    b"M393",
)


@pytest.mark.parametrize(("kind", "key"), [("firmware", "SMBIOS"), ("file", SMBIOS_FILE)])
def test_an_smbios_table_is_masked_structure_by_structure(kind: EntryKind, key: str) -> None:
    data = shared(kind, key, TABLE).data
    assert isinstance(data, bytes)
    assert not [secret for secret in SECRETS if secret in data]
    assert not [text for text in KEPT if text not in data]
    assert [one.type for one in smbios.structures(data)] == [one.type for one in smbios.structures(TABLE)]
    before, after = parse(TABLE, ""), parse(data, "")
    assert before.values.pop("chassis_asset_tag") != after.values.pop("chassis_asset_tag")
    assert after == before


def test_the_first_digits_of_an_smbios_uuid_tell_ec2_and_stay() -> None:
    for at, raw in ((3, UUID[:2] + b"\x2f\xec" + UUID[4:]), (0, b"\xec\x2f" + UUID[2:])):
        table = structure(1, bytes(4) + raw + bytes(3))
        found = smbios.masked(Pseudonyms(b"salt"), table)
        assert found and found[8:24] != raw and found[8 + at] == 0xEC
        assert raw[4:] not in found
    for same in (bytes(16), b"\xff" * 16):
        table = structure(1, bytes(4) + same + bytes(3))
        assert smbios.masked(Pseudonyms(b"salt"), table) == table


def test_a_string_that_a_serial_names_is_masked_whatever_else_names_it() -> None:
    table = structure(1, bytes([1, 2, 3, 2]) + bytes(16) + bytes(3), "QEMU", "SECRET42", "v1")
    found = smbios.masked(Pseudonyms(b"salt"), table)
    assert found and b"SECRET42" not in found and b"QEMU" in found


@given(st.integers(0, len(TABLE)), st.binary(max_size=40))
def test_a_damaged_or_cut_smbios_table_shows_no_secret(end: int, rest: bytes) -> None:
    found = smbios.masked(Pseudonyms(b"salt"), TABLE[:end] + rest)
    assert found is None or not [one for one in SECRETS if one in found and one not in rest]


def test_what_no_rule_covers_is_neither_shared_nor_called_absent() -> None:
    for data in (b"\x7fELF\0secret", b"\xff\xfesecret", "secret".encode("utf-16-le"), b"secret\x1b[2J"):
        entry = shared("file", "/etc/machine-blob", data)
        assert (entry.status, entry.data, entry.reason) == ("unrecorded", None, kinds.LEFT_OUT)
        text = dump.write([entry], {})
        assert "secret" not in text
        again = dump.parse(text.encode(), "x")
        assert again.status("file", "/etc/machine-blob") == "unrecorded"
        assert again.status("dir", "/etc/machine-blob") == "unrecorded"
        assert "file:/etc/machine-blob" in again.notes[0]
    assert shared("firmware", "MSDM", b"MSDM").status == "unrecorded"
    assert (
        shared("file", "/sys/block/sda/device/vpd_pg83", b"\0\x83\0none\x50\x01\x43").status == "unrecorded"
    )
    assert shared("msr", "4f", "1234").status == "unrecorded"
    assert shared("msr", "3a", "5").data == "5"
    assert shared("cpuid", "3 0", Registers(1, 2, 3, 4)).status == "unrecorded"
    assert shared("cpuid", "1 0", Registers(1, 2, 3, 4)).data == Registers(1, 2, 3, 4)


def test_a_report_shows_no_more_than_a_shared_record() -> None:
    for key, data in (
        (SMBIOS_FILE, TABLE),
        ("/etc/machine-blob", b"\0secret"),
        (PLAIN, b"mail root@web42.de now"),
    ):
        status, text, _ = Sanitizer(b"salt", [HOST]).excerpt(Entry("file", key, "read", data), 2000)
        assert "secret" not in text and "CZ3812" not in text and "root@" not in text
        assert status == ("unrecorded" if b"secret" in data else "read")
    status, text, clipped = Sanitizer(b"salt").excerpt(Entry("firmware", "SMBIOS", "read", TABLE), 60)
    assert (status, clipped) == ("read", True)
    assert text.startswith("SeaBIOS\n1.16.2\n04/0")


def test_a_character_cut_in_two_does_not_make_a_text_binary() -> None:
    _, text, clipped = Sanitizer(b"salt").excerpt(Entry("file", PLAIN, "read", ("x" + "é" * 99).encode()), 5)
    assert (text, clipped) == ("xéééé", True)


@pytest.mark.parametrize(
    ("kind", "key", "data", "secrets", "kept"),
    [
        ("dir", "/home", ["alice", "bob smith"], ["alice", "bob", "smith"], []),
        ("dir", "/", ["etc", "web42"], ["web42"], ["etc"]),
        ("dir", "/sys/bus/vmbus/devices", ["f8615163-df3e-46c5-913f-f2d2f965ed0e"], ["46c5-913f"], ["f86"]),
        ("dir", "/sys/bus/pci/devices", ["0000:00:03.0"], [], ["0000:00:03.0"]),
        ("dir", "/proc/device-tree", ["fw-cfg@9020000", "memory@40000000"], [], ["fw-cfg@9020000"]),
        ("link", "/srv/current", "/home/alice/data", ["alice"], ["/data"]),
        ("link", "/srv/current", "../home/alice/data", ["alice"], ["../home/", "/data"]),
        (
            "link",
            "/sys/class/net/eth0",
            "../../devices/virtual/net/eth0",
            [],
            ["../../devices/virtual/net/eth0"],
        ),
        ("device", "/dev/kvm", "openable", [], ["openable"]),
        ("call", "dmesg", b"Linux on web42\n", ["web42"], ["Linux"]),
        (
            "call",
            "dmesg",
            b"Kernel command line: ip=203.0.114.7 kvm.x=1 ds=nocloud -- --serve x\nnext\n",
            ["203.0.114.7", "nocloud", "serve"],
            ["kvm.x=1", "ip=", "next"],
        ),
        (
            "call",
            "uname -v",
            b"#1 SMP Debian 6.1 builder@web42.example.org",
            ["builder", "web42"],
            ["#1 SMP"],
        ),
        (
            "run",
            "uname -a",
            b"Linux db7 5.14.0 #1 SMP x86_64 GNU/Linux\n",
            ["db7"],
            ["Linux", "5.14.0", "x86_64"],
        ),
        (
            "run",
            "dmidecode",
            b"System Information\n\tProduct Name: PC\n\tSerial Number: CZ3812ABCD\n\tAsset Tag: T-4711\n",
            ["812ABCD", "T-4711"],
            ["Product Name: PC", "Serial Number: CZ3"],
        ),
        ("run", "lspci", b"00:03.0 Host bridge: Soci\xe9t\xe9 for web42 \n", ["web42"], ["Soci"]),
        (
            "file",
            "/proc/cpuinfo",
            b"Hardware\t: BCM2835\nSerial\t\t: 00000000c0ffee42\n",
            ["c0ffee42"],
            ["BCM2835"],
        ),
        (
            "file",
            "/proc/device-tree/compatible",
            b"linux,dummy-virt\0web42 board\0",
            ["web42"],
            ["linux,dummy-virt\0"],
        ),
        (
            "file",
            "/sys/firmware/acpi/tables/DSDT",
            b"DSDT" + b"\0" * 6 + b"BOCHS " + b"\0" * 20 + b"SECRET",
            ["SECRET"],
            ["BOCHS"],
        ),
        (
            "file",
            "/sys/firmware/acpi/tables/FACP",
            b"FACP" + b"\0" * 6 + b"BOCHS " + b"\0" * 20 + b"rest",
            [],
            ["rest"],
        ),
        (
            "file",
            "/proc/1/environ",
            b"garbage of a title\0\xff\xfe=x\0container=lxc\0",
            ["garbage", "\xff"],
            ["container=lxc"],
        ),
    ],
)
def test_each_kind_of_answer_keeps_its_evidence_and_loses_its_names(
    kind: EntryKind, key: str, data: Any, secrets: list[str], kept: list[str]
) -> None:
    found = shared(kind, key, data).data
    text = (
        found.decode("latin-1")
        if isinstance(found, bytes)
        else "\n".join(found)
        if isinstance(found, list)
        else found
    )
    assert isinstance(text, str)
    assert not [secret for secret in secrets if secret in text], text
    assert not [one for one in kept if one not in text], text


def test_a_masked_path_is_found_where_its_folder_and_its_links_lead() -> None:
    device = "f8615163-df3e-46c5-913f-f2d2f965ed0e"
    folder = "/sys/devices/LNXSYSTM:00/VMBUS:00"
    entries = [
        Entry("dir", folder, "read", [device]),
        Entry("link", "/sys/class/net/eth0", "read", f"../../devices/LNXSYSTM:00/VMBUS:00/{device}/net/eth0"),
        Entry("file", f"{folder}/{device}/net/eth0/mtu", "read", b"1500\n"),
        Entry("dir", "/home", "read", ["alice"]),
        Entry("file", "/home/alice/x", "read", b"1\n"),
        Entry("link", "/var/data", "read", "../home/alice"),
    ]
    sanitizer = Sanitizer(b"salt", [HOST])
    record = dump.parse(dump.write(map(sanitizer.entry, entries), {}).encode(), "x")
    real = record.resolve("/sys/class/net/eth0")
    assert real and device not in real
    assert record.number(f"{real}/mtu") == 1500
    assert record.number(f"{folder}/{record.names(folder)[0]}/net/eth0/mtu") == 1500
    assert (
        record.number(f"{record.resolve('/var/data')}/x")
        == record.number(f"/home/{record.names('/home')[0]}/x")
        == 1
    )


@pytest.mark.parametrize("path", [*MACHINES, RAW], ids=lambda path: path.stem)
def test_a_shared_record_says_what_the_raw_one_says(path: Path) -> None:
    recorder = Recorder(dump.read(str(path)))
    before = collect(recorder)
    sanitizer = Sanitizer(b"salt", [HOST])
    text = dump.write(map(sanitizer.entry, recorder.entries), {})
    again = dump.parse(text.encode(), "shared")
    after = collect(Recorder(again))
    differing = [where for where, *_ in differences(msgspec.to_builtins(before), msgspec.to_builtins(after))]
    # a UUID that was evidence is quoted; folders are named by people
    assert all(where.endswith(".says") or ".mounts[" in where for where in differing), differing
    assert again.notes == []


def differences(before: Any, after: Any, at: str = "") -> Iterator[tuple[str, Any, Any]]:
    if isinstance(before, dict) and isinstance(after, dict):
        for key in before.keys() | after.keys():
            yield from differences(before.get(key), after.get(key), f"{at}.{key}")
    elif isinstance(before, list) and isinstance(after, list) and len(before) == len(after):
        for number, (old, new) in enumerate(zip(before, after, strict=True)):
            yield from differences(old, new, f"{at}[{number}]")
    elif before != after:
        yield at, before, after


def test_no_secret_of_a_raw_record_is_in_its_shared_one() -> None:
    raw = dump.read(str(RAW))
    sanitizer = Sanitizer(b"salt", [HOST])
    text = dump.write(map(sanitizer.entry, raw._entries.values()), raw.meta)
    packed = b"".join(
        base64.b64decode(line[1:] + "=" * (-len(line[1:]) % 4))
        for line in text.split("\n")
        if line[:1] == "="
    )
    for secret in (
        "web42",
        "CZ3812ABCD",
        "hunter2",
        "/home/alice",
        "203.0.114.7",
        "CH-998877",
        "ASSET-4711",
        "SN-556677",
        "rack 7",
        "nocloud",
        "444455556666",
        "--serve",
    ):
        assert secret in RAW.read_text() or secret.encode() in (raw.firmware("SMBIOS") or b"")
        assert secret not in text
        assert secret.encode() not in packed


# a registry

ENUM = "HKLM\\SYSTEM\\CurrentControlSet\\Enum"
DISK = "Disk&Ven_SanDisk&Prod_Ultra"
SERIAL = "4C530001230987654321"


def test_a_registry_key_loses_its_owner_and_keeps_its_hardware() -> None:
    key = RegistryKey(
        ["Parameters"],
        [
            RegistryValue("ComputerName", registry.SZ, "WEB42"),
            RegistryValue("Hostname", registry.SZ, "anything"),
            RegistryValue("IPAddress", registry.MULTI_SZ, ["10.0.0.7", "192.168.1.9"]),
            RegistryValue("RegisteredOwner", registry.SZ, "Alice"),
            RegistryValue("DigitalProductId", registry.BINARY, b"secret key"),
            RegistryValue("Sid", registry.SZ, "S-1-5-21-1111111111-2222222222-3333333333-1001"),
            RegistryValue("Profile", registry.EXPAND_SZ, "mail alice@example.org"),
            RegistryValue("Class", registry.SZ, "{4d36e97b-e325-11ce-bfc1-08002be10318}"),
            RegistryValue("HardwareID", registry.MULTI_SZ, ["PCI\\VEN_1AF4&DEV_1001&SUBSYS_00021AF4"]),
            RegistryValue("DriverVersion", registry.SZ, "8.4.3.2"),
            RegistryValue("Start", registry.DWORD, 0),
            RegistryValue("", 0xFFFF0010, b"\1" * 8),
            RegistryValue("", 0xFFFF0012, f"USBSTOR\\{DISK}\\{SERIAL}&0\0".encode("utf-16-le")),
        ],
    )
    found = shared("registry", "HKLM\\SYSTEM\\x", key).data
    assert isinstance(found, RegistryKey)
    text = registry.text(found)
    for secret in ("WEB42", "anything", "10.0.0.7", "192.168", "Alice", "alice@", "1111111111"):
        assert secret not in text
    assert found.value("DigitalProductId") is None
    assert "DigitalProductId REG_BINARY -" in text
    for name in ("Class", "HardwareID", "DriverVersion", "Start"):
        assert found.value(name) == key.value(name)
    assert len(found.values) == len(key.values)
    assert found.values[-2].data == b"\1" * 8
    device = found.values[-1].data
    assert isinstance(device, bytes)
    assert DISK in device.decode("utf-16-le") and SERIAL not in device.decode("utf-16-le")


def test_of_a_volume_its_kind_of_disk_stays_and_no_more() -> None:
    """Names of volumes hold addresses of network cards, their notes signatures and serials of disks."""
    volume = "\\??\\Volume{3869c27a-31b8-11e8-9b12-ecf4bb487fed}"
    stick = f"_??_USBSTOR#{DISK}#{SERIAL}&0".encode("utf-16-le")
    key = RegistryKey(
        [],
        [
            RegistryValue("\\DosDevices\\C:", registry.BINARY, b"DMIO:ID:" + bytes(range(16))),
            RegistryValue(
                "\\DosDevices\\D:", registry.BINARY, b"\x3e\xa0\xbe\x5c" + (1 << 20).to_bytes(8, "little")
            ),
            RegistryValue(volume, registry.BINARY, stick),
        ],
    )
    found = shared("registry", "HKLM\\SYSTEM\\MountedDevices", key).data
    assert isinstance(found, RegistryKey)
    assert found.value("\\DosDevices\\C:") == b"DMIO:ID:" + bytes(16)
    assert found.value("\\DosDevices\\D:") == bytes(4) + (1 << 20).to_bytes(8, "little")
    assert "ecf4bb487fed" not in found.values[2].name
    assert found.values[2].data is None


def test_a_masked_registry_key_is_found_below_its_masked_parent() -> None:
    bus, uuid = f"{ENUM}\\USBSTOR\\{DISK}", "{ec2f6a1b-1111-2222-3333-444455556666}"
    made_up = f"{ENUM}\\PCI\\VEN_1AF4&DEV_1001\\3&267a616a&2&68"
    hardware = "HKLM\\SYSTEM\\HardwareConfig"
    empty = RegistryKey()
    entries = [
        Entry("registry", bus, "read", RegistryKey([f"{SERIAL}&0"])),
        Entry("registry", f"{bus}\\{SERIAL.lower()}&0", "read", empty),
        Entry("registry", made_up, "read", empty),
        Entry(
            "registry",
            hardware,
            "read",
            RegistryKey([uuid], [RegistryValue("LastConfig", registry.SZ, uuid.upper())]),
        ),
        Entry("registry", f"{hardware}\\{uuid}", "read", empty),
    ]
    text = dump.write(map(Sanitizer(b"salt", [HOST]).entry, entries), {})
    assert SERIAL not in text.upper() and "444455556666" not in text
    record = dump.parse(text.encode(), "x")
    found = record.registry(bus)
    assert found and record.registry(f"{bus}\\{found.subkeys[0]}") == empty
    assert record.registry(made_up) == empty
    config = record.registry(hardware)
    assert config and record.registry(f"{hardware}\\{config.subkeys[0]}") == empty
    last = config.value("LastConfig")
    assert isinstance(last, str) and record.registry(f"{hardware}\\{last}") == empty


# a benchmark's recording


def test_a_recording_loses_its_peers_and_folders_and_keeps_its_figures() -> None:
    recording = {
        "id": "network.send",
        "target": "speed.example.net:5201",
        "peer": "10.1.2.3",
        "folder": "/srv/customer-acme/db",
        "device": "vda",
        "rounds": [{"value": 1.5, "seconds": 0.25, "percentiles": {"p99": 12.0}}],
        "said": [
            "connected to speed.example.net (10.1.2.3)",
            "wrote /srv/customer-acme/db/file",
            "user /home/alice/x",
        ],
        "count": 1 << 62,
    }
    found = shared("recording", "network", json.dumps(recording).encode()).data
    assert isinstance(found, bytes)
    for secret in ("speed.example", "10.1.2.3", "customer-acme", "alice"):
        assert secret not in found.decode()
    again = json.loads(found)
    for name in ("id", "device", "rounds", "count"):
        assert again[name] == recording[name]
    assert again["folder"].startswith("/srv/")
    assert again["folder"] in again["said"][1]


@pytest.mark.parametrize("data", [b"no json", b"[" * 100_000, b"\xff", b'{"a": NaN}'])
def test_a_recording_that_is_none_is_left_out(data: bytes) -> None:
    assert shared("recording", "disk", data).status == "unrecorded"


def test_every_rule_for_files_is_reached() -> None:
    """A rule behind another that takes all of its files would never serve."""
    for number, (begins, ends, _mask) in enumerate(masks.FILES):
        for path in (f"{begin or '/x'}{end}" for begin in begins for end in ends):
            first = next(
                at
                for at, rule in enumerate(masks.FILES)
                if path.startswith(rule[0]) and path.endswith(rule[1])
            )
            assert first == number, path


# outputs of programs that list names, serials and addresses


@pytest.mark.parametrize("program", ["facter", "ansible", "cloud-init query --all", "lshw", "inxi", "lsblk"])
def test_what_an_inventory_printed_stays_at_home(program: str) -> None:
    entry = shared("run", program, b'{"fqdn": "web42.example.org", "serial": "S3Z8NB0K"}')
    assert (entry.status, entry.data) == ("unrecorded", None)


def test_of_hostnamectl_and_udev_the_platform_is_kept() -> None:
    text = b" Static hostname: web42\n      Machine ID: 0123\n  Virtualization: kvm\n"
    assert shared("run", "hostnamectl", text).data == b"  Virtualization: kvm\n"
    listed = b"P: /devices/vbd-51712\nE: SUBSYSTEM=xen\nE: ID_SERIAL=S3Z8NB0K\nS: disk/by-id/S3Z8NB0K\n"
    kept = shared("run", "udevadm info --export-db", listed).data
    assert kept == b"P: /devices/vbd-51712\nE: SUBSYSTEM=xen\n"


# machines that their owners made their own


@pytest.mark.parametrize(
    ("line", "kept"),
    [
        ("ro init=/opt/backup/start quiet", "ro init=x"),
        ("init=/sbin/init.backup", "init=x"),
        ("init=/sbin/init quiet", "init=/sbin/init quiet"),
        ("init=/usr/lib/systemd/systemd", "init=/usr/lib/systemd/systemd"),
        ("init=/bin/bash", "init=/bin/bash"),
        ("rdinit=/backup/start ro", "rdinit=x"),
    ],
)
def test_an_init_program_of_the_owners_has_no_path(line: str, kept: str) -> None:
    found = shared("file", "/proc/cmdline", f"{line}\n".encode()).data
    assert isinstance(found, bytes) and found.decode().startswith(kept) and b"backup" not in found


MOUNT = "36 22 8:1 {root} {point} rw,relatime - ext4 /dev/sda1 rw"


@pytest.mark.parametrize(
    "point",
    ["/backup", "/data/mail/server", "/mnt/backup", "/srv/web", "/opt/monitoring",
     "/var/lib/lxc/web/rootfs", "/var/lib/machines/debian", "/var/lib/docker/volumes/mail/_data",
     "/media/disk", "/export/web",
     "/var/www/web", "/run/netns/web", "/var/backup", "/usr/local/web"],
)  # fmt: skip
def test_a_mount_point_that_is_no_folder_of_every_system_is_the_owners(point: str) -> None:
    own = point.rpartition("/rootfs")[0] or point.rpartition("/_data")[0] or point
    last = own.rpartition("/")[2]
    for text in (MOUNT.format(root="/", point=point), MOUNT.format(root=point, point="/var/lib")):
        found = shared("file", "/proc/self/mountinfo", text.encode()).data
        assert isinstance(found, bytes) and last not in found.decode().split(" - ")[0], found
        assert len(found.split(b" ")) == len(text.split(" "))
    found = shared("file", "/proc/mounts", f"/dev/sda1 {point} ext4 rw 0 0".encode()).data
    assert isinstance(found, bytes) and last not in found.decode(), found
    found = shared("run", "mount", f"/dev/sda1 on {point} type ext4 (rw)".encode()).data
    assert isinstance(found, bytes) and last not in found.decode(), found


@pytest.mark.parametrize(
    "point",
    ["/", "/boot", "/boot/efi", "/efi", "/usr", "/var", "/var/log", "/home", "/dev/hugepages", "/run/lock",
     "/proc", "/proc/sys/fs/binfmt_misc", "/sys/fs/cgroup/systemd", "/sys/kernel/debug", "/etc/hosts",
     "/etc/resolv.conf", "/proc/sys/net", "/var/lib/lxcfs", "/run/secrets/kubernetes.io/serviceaccount",
     "/opt", "/srv", "/mnt", "/run/user/1000", "/var/lib/docker/overlay2", "/snap", "/proc/cpuinfo",
     "/usr/local", "/var/lib/nfs/rpc_pipefs", "/root", "/run/credentials/systemd-sysusers.service"],
)  # fmt: skip
def test_a_mount_point_of_every_system_stays(point: str) -> None:
    text = MOUNT.format(root="/", point=point)
    assert shared("file", "/proc/self/mountinfo", text.encode()).data == text.encode()


RELEASES = (
    "6.1.0-18-amd64", "5.15.0-1051-aws", "6.8.0-45-generic", "5.14.0-427.13.1.el9_4.x86_64",
    "2.6.18-308.el5xen", "2.6.16.60-0.21-xen", "6.6.87.2-microsoft-standard-WSL2",
    "5.15.0-204.147.6.2.el8uek.x86_64", "4.18.0-513.el8.x86_64", "6.8.12-4-pve",
    "3.10.0-1160.119.1.vz7.224.4", "6.4.0-150600.23.25-default", "6.10.3-arch1-1", "6.6.52-0-virt",
    "6.6.31+rpt-rpi-v8", "5.10.0-28-cloud-amd64", "6.1.75-99.163.amzn2023.x86_64",
    "4.14.336-257.562.amzn2.x86_64", "6.1.58+", "5.4.0-1103-azure", "6.5.0-1014-oracle", "5.15.0-1053-kvm",
    "6.9.7-gentoo", "6.1.90-gentoo-dist-hardened", "6.6.30-0-lts", "5.15.0-105-lowlatency",
    "6.10.6-zen1-1-zen", "6.1.0-0.deb11.21-cloud-arm64", "6.11.3-200.fc40.x86_64", "4.4.0-19041-Microsoft",
    "4.4.0", "6.2.16-20-pve", "5.10.0-136.12.0.86.oe2203sp1.x86_64", "6.1.102-flatcar",
    "5.4.17-2136.315.5.el7uek.x86_64", "6.6.21-cachyos", "5.19.0-asahi-5-1-edge-ARCH", "6.8.0-1010-gcp",
    "6.5.6-76060506-generic", "4.19.91-27.al7.x86_64",
)  # fmt: skip


@pytest.mark.parametrize("release", RELEASES)
def test_the_release_of_a_distributions_kernel_stays(release: str) -> None:
    assert shared("call", "uname -r", release.encode()).data == release.encode()


@pytest.mark.parametrize(
    "release", ["6.1.0-acmecorp", "5.15.7-acmecorp-web1", "6.1.0-18-amd64-acmecorp+", "6.1.0acmecorp"]
)
def test_what_an_owner_calls_a_kernel_is_masked_and_its_modules_are_found(release: str) -> None:
    names = Sanitizer(b"salt", [HOST])
    folder = f"/lib/modules/{release}"
    told = names.entry(Entry("call", "uname -r", "read", release.encode())).data
    assert isinstance(told, bytes) and b"acmecorp" not in told and told.startswith(release[:4].encode())
    path = names.entry(Entry("file", f"{folder}/modules.builtin", "read", b"kernel/fs/x.ko\n")).key
    assert path == f"/lib/modules/{told.decode()}/modules.builtin"
    assert names.entry(Entry("dir", "/lib/modules", "read", [release])).data == [told.decode()]
    assert (
        names.entry(Entry("file", f"/boot/config-{release}", "absent")).key == f"/boot/config-{told.decode()}"
    )
    osrelease = names.entry(Entry("file", "/proc/sys/kernel/osrelease", "read", release.encode())).data
    assert osrelease == told
