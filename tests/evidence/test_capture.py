"""Records that others made are read where they lie: trees, command outputs, archives, sosreports."""

import io
import os
import tarfile
import zipfile
from pathlib import Path

import pytest

from vaudit.evidence import capture, tree
from vaudit.evidence.capture import Capture, parse_cpuid
from vaudit.evidence.errors import EvidenceError
from vaudit.evidence.origin import one, sources
from vaudit.evidence.recorder import Recorder
from vaudit.evidence.source import MAX_FILE, Source
from vaudit.facts.collect import collect

CPUINFO = "vendor_id\t: GenuineIntel\nmodel name\t: x\nflags\t\t: fpu hypervisor\n"
DMIDECODE = "Handle 0x0100\nSystem Information\n\tManufacturer: QEMU\n\tProduct Name: Standard PC\n"
CPUID = """CPU 0:
   0x00000001 0x00: eax=0x000306f2 ebx=0x00100800 ecx=0xfffa3203 edx=0x1f8bfbff
   0x40000000 0x00: eax=0x40000001 ebx=0x4b4d564b ecx=0x564b4d56 edx=0x0000004d
CPU 1:
   0x40000000 0x00: eax=0x00000000 ebx=0x00000000 ecx=0x00000000 edx=0x00000000
"""
LSPCI = """00:00.0 Host bridge [0600]: Intel Corporation 440FX [8086:1237] (rev 02)
\tSubsystem: Red Hat, Inc. Qemu virtual machine [1af4:1100]
00:03.0 Ethernet controller [0200]: Red Hat, Inc. Virtio network device [1af4:1000]
\tSubsystem: Red Hat, Inc. Virtio network device [1af4:0001]
\tKernel driver in use: virtio-pci
00:04.0 Ethernet controller [0200]: Intel Corporation 82540EM [8086:100e] (rev 03)
\tSubsystem: Red Hat, Inc. QEMU Virtual Machine [1af4:1100]
\tKernel driver in use: e1000
"""
FILES = {
    "root/proc/cpuinfo": CPUINFO,
    "commands/dmidecode.txt": DMIDECODE,
    "commands/uname-m.txt": "x86_64\n",
    "commands/lspci-nnk.txt": LSPCI,
    "cpuid.txt": CPUID,
    "expected.json": "{}",
}


def lay(folder: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return folder


def packed(path: Path, folder: Path, mode: str) -> Path:
    if mode == "zip":
        with zipfile.ZipFile(path, "w") as archive:
            for file in folder.rglob("*"):
                archive.write(file, file.relative_to(folder.parent))
    else:
        with tarfile.open(path, mode) as archive:  # type: ignore[call-overload]
            archive.add(folder, folder.name)
    return path


def kinds(source: Source) -> tuple[str, str | None, list[str]]:
    facts = collect(Recorder(source))
    return facts.hypervisor.kind, facts.hypervisor.vmm, [each.path for each in facts.controllers]


def test_a_capture_folder(tmp_path: Path) -> None:
    source = one(str(lay(tmp_path / "host", FILES)))
    assert source.kind == "capture"
    assert kinds(source) == ("kvm", "qemu", ["paravirtual", "emulated"])
    assert source.name == str(tmp_path / "host")


def test_what_is_not_there_is_unrecorded_never_absent(tmp_path: Path) -> None:
    source = one(str(lay(tmp_path / "host", FILES)))
    assert source.status("file", "/proc/xen/capabilities") == "unrecorded"
    assert source.status("dir", "/sys/bus/pci/devices") == "unrecorded"
    assert source.status("run", "dmesg") == "unrecorded"
    assert source.status("cpuid", "80000001 0") == "unrecorded"


@pytest.mark.parametrize("mode", ["w", "w:gz", "w:xz", "w:bz2", "zip"])
def test_the_same_in_an_archive(tmp_path: Path, mode: str) -> None:
    folder = lay(tmp_path / "host", FILES)
    archive = packed(tmp_path / "host.archive", folder, mode)
    assert kinds(one(str(archive))) == kinds(one(str(folder)))
    assert sorted(os.listdir(tmp_path)) == ["host", "host.archive"]


def test_a_bare_root_tree_with_links(tmp_path: Path) -> None:
    root = lay(
        tmp_path / "tree",
        {
            "proc/cpuinfo": CPUINFO,
            "sys/devices/pci0000:00/0000:00:04.0/vendor": "0x8086\n",
            "sys/devices/pci0000:00/0000:00:04.0/device": "0x100e\n",
            "sys/devices/pci0000:00/0000:00:04.0/class": "0x020000\n",
            "sys/devices/pci0000:00/0000:00:04.0/subsystem_vendor": "0x1af4\n",
            "sys/devices/pci0000:00/0000:00:04.0/subsystem_device": "0x1100\n",
        },
    )
    (root / "sys/bus/pci/devices").mkdir(parents=True)
    (root / "sys/bus/pci/devices/0000:00:04.0").symlink_to("../../../devices/pci0000:00/0000:00:04.0")
    assert kinds(one(str(root)))[2] == ["emulated"]


def test_many_machines_in_one_archive_or_folder(tmp_path: Path) -> None:
    for name in ("a", "b", "c"):
        lay(tmp_path / "hosts" / name, FILES)
    archive = packed(tmp_path / "hosts.tar.xz", tmp_path / "hosts", "w:xz")
    for path in (tmp_path / "hosts", archive):
        names = [open_source().name for open_source in sources(str(path))]
        assert len(names) == 3
        with pytest.raises(EvidenceError, match="holds 3 machines"):
            one(str(path))


def test_a_sosreport(tmp_path: Path) -> None:
    files = {
        "proc/cpuinfo": CPUINFO,
        "sos_commands/hardware/dmidecode": DMIDECODE,
        "sos_commands/kernel/uname_-a": "Linux web1 5.14.0 #1 SMP x86_64 x86_64 x86_64 GNU/Linux\n",
        "sos_commands/pci/lspci_-nnvv": LSPCI,
        "sos_reports/sos.txt": "",
    }
    archive = packed(tmp_path / "sos.tar.xz", lay(tmp_path / "sosreport-web1-2026", files), "w:xz")
    facts = collect(Recorder(one(str(archive))))
    assert facts.cpu.arch == "x86_64"
    assert facts.hypervisor.vmm == "qemu"
    assert [each.path for each in facts.controllers] == ["paravirtual", "emulated"]


def test_the_raw_smbios_table(tmp_path: Path) -> None:
    system = bytes([1, 0x1B, 1, 0, 1, 2, 0, 0]) + bytes(19) + b"QEMU\0Standard PC (Q35)\0\0"
    (lay(tmp_path / "host", {"commands/uname-m.txt": "x86_64"}) / "dmi.bin").write_bytes(system)
    facts = collect(Recorder(one(str(tmp_path / "host"))))
    assert facts.hypervisor.vmm == "qemu"


def test_cpuid_of_the_first_processor_only() -> None:
    assert parse_cpuid(CPUID)[0x40000000, 0].eax == 0x40000001
    assert parse_cpuid("nonsense\n 0xzz") == {}


def test_a_capture_never_runs_or_reads_this_machine(tmp_path: Path) -> None:
    source = one(str(lay(tmp_path / "host", {"proc/cpuinfo": CPUINFO})))
    assert source.run("uname -m") is None
    assert source.read("/etc/os-release") is None


# hostile archives


def archive_of(path: Path, *members: tuple[tarfile.TarInfo, bytes]) -> Path:
    with tarfile.open(path, "w") as archive:
        for info, data in members:
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return path


def named(name: str, kind: bytes = tarfile.REGTYPE, link: str = "") -> tarfile.TarInfo:
    info = tarfile.TarInfo(name)
    info.type, info.linkname = kind, link
    return info


def test_no_member_leaves_the_tree(tmp_path: Path) -> None:
    path = archive_of(
        tmp_path / "evil.tar",
        (named("../../../../tmp/evil"), b"x"),
        (named("/etc/evil"), b"x"),
        (named("proc/cpuinfo"), CPUINFO.encode()),
    )
    found = tree.from_archive(str(path))
    assert set(found.files) == {"/tmp/evil", "/etc/evil", "/proc/cpuinfo"}
    assert os.listdir(tmp_path) == ["evil.tar"]


@pytest.mark.parametrize("target", ["/etc/passwd", "../../../../../../etc/passwd"])
@pytest.mark.parametrize("packing", ["tar", "folder"])
def test_a_link_never_reads_outside(tmp_path: Path, target: str, packing: str) -> None:
    folder = lay(tmp_path / "host", {"proc/version": "x"})
    (folder / "proc" / "cpuinfo").symlink_to(target)
    path = packed(tmp_path / "x.tar", folder, "w") if packing == "tar" else folder
    assert one(str(path)).read("/proc/cpuinfo") is None


def test_links_that_lead_in_circles_end(tmp_path: Path) -> None:
    path = archive_of(
        tmp_path / "loop.tar",
        (named("proc/a", tarfile.SYMTYPE, "b"), b""),
        (named("proc/b", tarfile.SYMTYPE, "a"), b""),
        (named("proc/c", tarfile.SYMTYPE, "c/c/c"), b""),
    )
    source = one(str(path))
    assert [source.status("file", f"/proc/{name}") for name in "abc"] == ["unrecorded"] * 3


def test_devices_and_pipes_are_left_out(tmp_path: Path) -> None:
    folder = lay(tmp_path / "host", {"proc/version": "x"})
    os.mkfifo(folder / "proc" / "cpuinfo")
    path = archive_of(
        tmp_path / "dev.tar",
        (named("proc/version"), b"x"),
        (named("proc/cpuinfo", tarfile.CHRTYPE), b""),
        (named("proc/stat", tarfile.FIFOTYPE), b""),
    )
    for place in (folder, path):
        assert one(str(place)).read("/proc/cpuinfo") is None


@pytest.mark.slow
def test_a_bomb_is_refused(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr(tree, "MAX_UNPACKED", 50 << 20)
    bomb = tmp_path / "bomb.tar.xz"
    with tarfile.open(bomb, "w:xz") as archive:
        info = named("proc/cpuinfo")
        info.size = 80 << 20
        archive.addfile(info, io.BytesIO(bytes(info.size)))
    with pytest.raises(EvidenceError, match="unpacks to more than"):
        one(str(bomb)).read("/proc/cpuinfo")


def test_too_many_or_too_large_files_are_refused(tmp_path: Path, monkeypatch) -> None:
    folder = lay(tmp_path / "host", {f"proc/{number}": "x" * 100 for number in range(50)})
    path = packed(tmp_path / "many.zip", folder, "zip")
    monkeypatch.setattr(tree, "MAX_MEMBERS", 20)
    with pytest.raises(EvidenceError, match="more than 20 files"):
        one(str(path))
    monkeypatch.setattr(tree, "MAX_MEMBERS", 1000)
    monkeypatch.setattr(tree, "MAX_KEPT", 1000)
    with pytest.raises(EvidenceError, match="of files"):
        one(str(path))


def test_a_long_member_is_cut(tmp_path: Path) -> None:
    path = archive_of(tmp_path / "long.tar", (named("proc/modules"), b"x" * (MAX_FILE + 10)))
    entry = one(str(path)).entry("file", "/proc/modules")
    assert isinstance(entry.data, bytes) and len(entry.data) == MAX_FILE
    assert entry.is_cut and entry.reason == "cut at 1 MiB"


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("broken.tar.gz", b"\x1f\x8b\x08" + b"\0" * 200),
        ("broken.tar.xz", b"\xfd7zXZ\0" + b"\1" * 200),
        ("broken.zip", b"PK\3\4" + b"\0" * 200),
        ("broken.tar.bz2", b"BZh9" + b"\1" * 200),
        ("broken.tar", b"\0" * 257 + b"ustar" + b"\xff" * 500),
    ],
)
def test_a_broken_archive_is_one_clear_line(tmp_path: Path, name: str, data: bytes) -> None:
    (tmp_path / name).write_bytes(data)
    with pytest.raises(EvidenceError) as caught:
        one(str(tmp_path / name))
    assert name in str(caught.value)
    assert "\n" not in str(caught.value)


def test_an_archive_without_a_machine_says_so(tmp_path: Path) -> None:
    path = packed(tmp_path / "x.zip", lay(tmp_path / "photos", {"a.jpg": "x"}), "zip")
    with pytest.raises(EvidenceError, match="holds no record of a machine"):
        one(str(path))


def test_the_running_machine_is_not_a_record() -> None:
    with pytest.raises(EvidenceError, match="scan it without --from"):
        one("/")


def test_a_folder_that_may_not_be_read_is_passed_over(tmp_path: Path) -> None:
    if os.geteuid() == 0:
        pytest.skip("root is denied nothing here; run the tests as another user to see this one")
    folder = lay(tmp_path / "host", {"proc/cpuinfo": CPUINFO, "sys/secret/x": "x"})
    (folder / "sys" / "secret").chmod(0)
    assert one(str(folder)).read("/proc/cpuinfo") == CPUINFO
    (folder / "sys" / "secret").chmod(0o700)


def test_machines_are_found_two_folders_deep(tmp_path: Path) -> None:
    found = tree.from_folder(
        str(lay(tmp_path, {"x/y/proc/cpuinfo": CPUINFO, "z/root/proc/cpuinfo": CPUINFO}))
    )
    assert capture.machines(found) == ["/x/y", "/z"]
    assert Capture(found, "/z", "z", "").read("/proc/cpuinfo") == CPUINFO


def test_a_folder_with_too_many_files_is_named(tmp_path: Path, monkeypatch) -> None:
    lay(tmp_path / "host", {f"proc/{number}": "x" for number in range(50)})
    monkeypatch.setattr(tree, "MAX_MEMBERS", 20)
    with pytest.raises(EvidenceError, match=r"host: more than 20 files"):
        one(str(tmp_path / "host"))
