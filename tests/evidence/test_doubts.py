"""What is asked apart: only what another program or machine answers for, or a device in trouble."""

import os
from pathlib import Path

import pytest

from tests import machines
from vaudit.evidence import doubts
from vaudit.evidence.recorder import Recorder
from vaudit.facts.collect import collect

ROOT = "24 1 254:1 / / rw,relatime - ext4 /dev/vda1 rw\n"
USUAL = f"""{ROOT}22 24 0:21 / /proc rw - proc proc rw
23 24 0:22 / /sys rw - sysfs sysfs rw
25 24 0:6 / /dev rw - devtmpfs udev rw
30 22 0:30 / /proc/sys/fs/binfmt_misc rw - autofs systemd-1 rw
31 24 0:31 / /run/user/1000/gvfs rw - fuse.gvfsd-fuse gvfsd-fuse rw
32 24 0:32 / /mnt/backup rw - nfs4 10.0.0.5:/backup rw
33 24 0:33 / /run rw shared:5 - tmpfs tmpfs rw
"""
LXCFS = "".join(
    f"4{at} 22 0:40 /proc/{name} /proc/{name} rw - fuse.lxcfs lxcfs rw\n"
    for at, name in enumerate(("cpuinfo", "meminfo", "stat", "swaps"))
)


def of(mounts: str, **files: str) -> doubts.Doubts:
    """The doubts by mounts, and by files below the folders of devices: `nvme0="resetting"`."""
    held = {
        f"/sys/class/{'nvme' if name.startswith('nvme') else 'scsi_device'}": [name.replace("_", ":")]
        for name in files
    }
    return doubts.of(
        mounts.encode(),
        lambda folder: held.get(folder, []),
        lambda path: next(
            (text.encode() for name, text in files.items() if f"/{name.replace('_', ':')}/" in path), None
        ),
    )


@pytest.mark.parametrize("mounts", ["", "nonsense\n", ROOT, USUAL, USUAL.replace("ext4", "btrfs")])
def test_a_usual_machine_leaves_no_doubt(mounts: str) -> None:
    found = of(mounts, nvme0="live\n", **{"0_0_0_0": "running\n"})
    assert not found
    assert not found.about("/proc/meminfo")


def test_files_of_lxcfs_are_in_doubt_and_nothing_beside_them() -> None:
    found = of(USUAL + LXCFS)
    assert found
    assert [path for path in ("/proc/meminfo", "/proc/cmdline", "/sys/class/net", "/etc/os-release")
            if found.about(path)] == ["/proc/meminfo"]  # fmt: skip
    assert found.foreign == ["/proc/cpuinfo", "/proc/meminfo", "/proc/stat", "/proc/swaps"]


def test_what_is_mounted_over_it_again_is_not() -> None:
    assert not of(
        f"{USUAL}40 22 0:40 / /proc/stat rw - fuse.x x rw\n41 40 0:41 / /proc/stat rw - tmpfs x rw\n"
    )


def test_processors_are_met_by_their_path_and_devices_by_links() -> None:
    cpus = of(f"{USUAL}40 23 0:40 / /sys/devices/system/cpu rw - fuse.lxcfs lxcfs rw\n")
    assert cpus.about("/sys/devices/system/cpu/online")
    assert not cpus.about("/sys/class/net/eth0/mtu")
    card = of(f"{USUAL}40 23 0:40 / /sys/devices/pci0000:00/0000:00:03.0/net/eth0 rw - fuse.x x rw\n")
    assert card.about("/sys/class/net/eth0/mtu")
    assert not card.about("/proc/stat")


def test_a_root_of_another_machine_is_in_doubt_but_not_what_the_kernel_mounts_in_it() -> None:
    found = of(USUAL.replace("ext4 /dev/vda1", "virtiofs root"))
    assert found.about("/etc/os-release")
    assert found.about("/.dockerenv")
    assert not found.about("/proc/stat")
    assert not found.about("/run/systemd/container")
    assert not found.about("uname -m")


def test_links_into_another_machines_files_are_in_doubt() -> None:
    found = of(f"{USUAL}40 24 0:40 / /usr rw - nfs 10.0.0.1:/usr rw\n")
    assert found.about("/etc/os-release")
    assert found.about("/lib/modules/6.1/modules.builtin")


@pytest.mark.parametrize(
    ("files", "path"),
    [
        ({"nvme0": "resetting\n"}, "/sys/devices/pci0000:00/0000:00:04.0/nvme/nvme0/nvme0n1/queue/scheduler"),
        ({"2_0_0_0": "blocked\n"}, "/sys/devices/pci0/host2/target2:0:0/2:0:0:0/block/sda/device/model"),
    ],
)
def test_a_device_in_trouble_is_in_doubt(files: dict[str, str], path: str) -> None:
    found = of(USUAL, **files)
    assert found.about(path)
    assert not found.about("/sys/class/net/eth0/mtu")


@pytest.mark.parametrize(
    "name", ["lab-kvm-virtio", "lab-xen-dom0", "synthetic-vmware-nvme", "lab-container-lxc"]
)
def test_all_evidence_lies_where_mounts_are_looked_at(name: str) -> None:
    recorder = Recorder(machines.source(name))
    collect(recorder)
    recorder.identity()
    paths = [one.key for one in recorder.entries if one.kind in ("file", "dir", "link", "device")]
    marks = [path for path in paths if path.count("/") == 1]  # of containers, in the root
    assert [path for path in paths if not path.startswith(doubts.PLACES) and path not in marks] == []
    assert [
        path for path in paths if f"{path}/".startswith(tuple(f"{one}/" for one in doubts.NOT_LOOKED_AT))
    ] == []


@pytest.mark.skipif(not Path("/proc/self/mountinfo").exists(), reason="no mounts are told here")
def test_the_kernels_own_file_systems_are_known_as_such() -> None:
    """Those that /proc/filesystems says have no device, but for those that another program answers."""
    elsewhere = {
        "fuse",
        "9p",
        "virtiofs",
        "nfs",
        "nfs4",
        "cifs",
        "smb3",
        "ceph",
        "autofs",
        "virtio_fs",
        "vboxsf",
    }
    inside = {"sockfs", "pipefs", "bdev", "dax", "anon_inodefs", "secretmem", "drm", "resctrl", "sysfs"}
    lines = Path("/proc/filesystems").read_text().splitlines()
    known = {line.split()[1] for line in lines if line.startswith("nodev")} - elsewhere - inside
    mounted = {
        line.split(" - ")[1].split()[0] for line in Path("/proc/self/mountinfo").read_text().splitlines()
    }
    assert {os.fsencode(kind) for kind in known & mounted} <= doubts.LOCAL
