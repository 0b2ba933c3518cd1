# ruff: noqa: E501 - the lines are those of machines
"""Secrets in places that nobody thinks of first: each goes, and what is evidence beside it stays."""

from typing import Any

import pytest

from tests.evidence.test_masks import structure
from vaudit.evidence.sanitize import Sanitizer
from vaudit.evidence.source import SMBIOS_FILE, Entry, EntryKind
from vaudit.masking.identities import Identities


def shared(kind: EntryKind, key: str, data: Any) -> str:
    content = data if isinstance(data, bytes) else data.encode()
    found = Sanitizer(b"salt").entry(Entry(kind, key, "read", content))
    return f"{found.key} {found.data.decode('latin-1') if isinstance(found.data, bytes) else ''}"


PLANTED: tuple[tuple[EntryKind, str, str | bytes, str], ...] = (
    ("file", "/sys/module/netconsole/parameters/netconsole", "@10.1.2.3/eth0,@10.9.8.7/52:54:00:c7:e9:1b quuxhost\n", ""),
    ("file", "/sys/module/dummy/parameters/token", "quuxtoken\n", ""),
    ("file", "/sys/module/kvm_intel/parameters/nested", "Y\n", "Y"),
    ("file", "/sys/bus/usb/devices/1-1/product", "Phone of Quuxilda\n", ""),
    ("file", "/sys/bus/acpi/devices/ACPI0007:00/path", "\\_SB_.QUUX\n", ""),
    ("file", "/sys/bus/virtio/devices/virtio0/features", "0110" * 16 + "\n", "0110" * 16),
    ("file", "/proc/mounts", "//backup/web /mnt cifs rw,username=backup,password2=backup,pass2=backup 0 0\n", "cifs"),
    ("file", "/proc/mounts", "https://quux:backup@dav/x /mnt fuse rw,passwd_file=/backup/web,url=quux 0 0\n", "fuse"),
    ("file", "/proc/mounts", "s3fs /mnt fuse.s3fs rw,access_key=backup,secretkey=backup,keyfile=/backup 0 0\n", "s3fs"),
    ("file", "/proc/self/cgroup", "0::/system.slice/quux.service/web@quux.service\n", "system.slice"),
    ("file", "/run/cloud-init/instance-data.json", '{"password": "backup", "api_key": \'backup\'}\n', ""),
    ("file", "/run/cloud-init/ds-identify.log", "user: backup passwd=backup\n", ""),
    ("file", "/proc/device-tree/chosen/bootargs", b"ip=10.1.2.3:::::quuxhost console=ttyS0 init=/backup ro\0", "ttyS0"),
    ("file", "/proc/device-tree/ibm,partition-name", b"quuxpart\0", ""),
    ("file", "/proc/device-tree/system-id", b"IBM,0210F1Q\0", ""),
    ("file", "/proc/device-tree/host-serial", b"10F1Q77\0", ""),
    ("file", "/proc/device-tree/chosen/rng-seed", bytes(range(128, 192)), ""),
    ("file", "/proc/device-tree/model", b"Raspberry Pi 4 Model B Rev 1.4\0", "Raspberry Pi 4 Model B Rev 1.4"),
    ("file", "/proc/device-tree/compatible", b"linux,dummy-virt\0brcm,bcm2711\0", "brcm,bcm2711"),
    ("file", "/proc/device-tree/hypervisor/compatible", b"xen,xen-4.17\0xen,xen\0", "xen,xen-4.17"),
    ("file", "/proc/1/environ", "container=quuxengine\0TERM=quuxterm\0", "container="),
    ("file", "/etc/os-release", 'NAME="Debian GNU/Linux"\nVARIANT="Quux Image"\nVARIANT_ID=server\nBUILD_ID=quux-7\n', "server"),
    ("file", "/run/systemd/container", "quuxengine\n", ""),
    ("run", "vaudit bench", '[{"id":"disk.read","target":"/backup","reason":"fio: open /backup/web: quuxlost"}]', "disk.read"),
    ("run", "vaudit bench", '[{"id":"network.send","target":"backup:5201","reason":"unable to connect to backup"}]', "send"),
    ("recording", "disk", '{"fio":{"client_stats":[{"hostname":"backup","jobname":"quuxjob"}],"note":"on backup"}}', "fio"),
    ("recording", "network", '{"iperf3":{"error":"unable to resolve \'backup\'"},"peer":{"host":"backup"}}', "unable"),
    ("file", "/sys/class/net/eth0/phys_port_name", "quuxport\n", ""),
    ("file", "/sys/class/tty/console/active", "ttyS0 quuxtty\n", "ttyS0"),
    ("file", "/proc/sys/kernel/domainname", "backup\n", ""),
    ("file", "/proc/sys/kernel/core_pattern", "|/usr/lib/quuxdump %p\n", ""),
    ("call", "dmesg", "netconsole: local quuxnet, xen: netfront quuxif", "netconsole"),
    ("call", "dmesg", "random: crng reseeded\n\"key\": \"backup\", password: 'backup'", "crng"),
)  # fmt: skip


NAMES = [f"{one[1]}-{at}" for at, one in enumerate(PLANTED)]


@pytest.mark.parametrize(("kind", "key", "data", "kept"), PLANTED, ids=NAMES)
def test_no_name_is_left_in_an_odd_place(kind: EntryKind, key: str, data: str | bytes, kept: str) -> None:
    found = shared(kind, key, data)
    for secret in ("quux", "QUUX", "backup", "F1Q", "c7:e9", "\x80\x81"):
        assert secret.casefold() not in found.casefold(), found
    assert kept in found, found


@pytest.mark.parametrize("kind", [12, 13, 14, 15, 22, 24, 27, 38, 39, 40, 41, 43, 45, 46, 128, 200, 255])
def test_structures_of_odd_types_lose_their_strings_and_bodies(kind: int) -> None:
    table = structure(kind, b"\x01\x02QUUXBYTES", "QUUXSERIAL", "asset quux") + structure(127, b"")
    assert "quux" not in shared("file", SMBIOS_FILE, table).casefold()


def test_names_of_a_list_are_found_behind_what_the_kernel_escaped() -> None:
    own = Identities()
    own.add_host("müller-web")
    found = Sanitizer(b"salt", [], own).entry(Entry("call", "dmesg", "read", "kvm: müller-web".encode()))
    assert isinstance(found.data, bytes) and "müller" not in found.data.decode()
