"""Containers by what is mounted in them: with cgroup v2 and a cgroup namespace that is all that shows."""

from pathlib import Path

import pytest

from tests.machines.record import captured, record

LAYERS = "rw,lowerdir={0}/l/A:{0}/l/B,upperdir={0}/1/diff,workdir={0}/1/work"
DOCKER = f"90 80 0:50 / / rw - overlay overlay {LAYERS.format('/var/lib/docker/overlay2')}\n"
STORAGE = f"90 80 0:50 / / rw - overlay overlay {LAYERS.format('/var/lib/containers/storage/overlay')}\n"
CONTAINERD = (
    "90 80 0:50 / / rw - overlay overlay rw,lowerdir=/var/lib/containerd/io.containerd.snapshotter/1\n"
)
KUBELET = "91 90 8:1 /var/lib/kubelet/pods/0f-1/etc-hosts /etc/hosts rw - ext4 /dev/sda1 rw\n"
HOSTNAME = "92 90 8:1 /var/lib/docker/containers/5e2c/hostname /etc/hostname rw - ext4 /dev/sda1 rw\n"
PLAIN = "20 1 8:1 / / rw shared:1 - ext4 /dev/sda1 rw\n"


def contained(mounts: str) -> list[str]:
    guest = record().cpu(hypervisor=True).file("/proc/self/mountinfo", mounts)
    return list(guest.file("/proc/self/cgroup", "0::/\n").facts().containers)


@pytest.mark.parametrize(
    ("mounts", "names"),
    [
        (DOCKER, ["docker"]),
        (PLAIN.replace("ext4", "xfs") + HOSTNAME, ["docker"]),
        (DOCKER + KUBELET, ["docker", "kubernetes"]),
        (STORAGE, ["podman"]),
        (STORAGE + KUBELET, ["crio", "kubernetes"]),
        (CONTAINERD, ["container-other"]),
        (CONTAINERD + KUBELET, ["kubernetes"]),
        ("20 1 0:40 / / rw - simfs /dev/simfs rw\n", ["openvz"]),
        ("20 1 182:1 / / rw - ext4 /dev/ploop12345p1 rw,balloon_ino=12\n", ["openvz"]),
        (PLAIN + "30 20 0:26 /../../.. /sys/fs/cgroup ro - cgroup2 cgroup rw\n", ["container-other"]),
        # the folder of the host that is the root, where the engine made no overlay
        ("20 1 0:17 /@/var/lib/lxc/web/rootfs / rw - btrfs /dev/sda2 rw\n", ["lxc"]),
        ("20 1 8:2 /snap/lxd/storage-pools/default/containers/web/rootfs / rw - xfs /dev/sda2 rw\n", ["lxc"]),
        ("20 1 0:17 /var/lib/docker/btrfs/subvolumes/5e2c / rw - btrfs /dev/sda2 rw\n", ["docker"]),
        ("20 1 8:2 /var/lib/containers/storage/vfs/dir/5e2c / rw - ext4 /dev/sda2 rw\n", ["podman"]),
        ("20 1 8:2 /var/lib/machines/web / rw - btrfs /dev/sda2 rw\n", ["systemd-nspawn"]),
        ("    20 1 0:40 / / rw - simfs /dev/simfs rw\n", ["openvz"]),
        ("20 1 0:40 / / rw - zfs rpool/data/subvol-103-disk-0 rw,xattr\n", ["lxc"]),
        ("20 1 253:9 / / rw - ext4 /dev/mapper/pve-vm--101--disk--0 rw\n", ["lxc"]),
        ("20 1 253:1 / / rw - ext4 /dev/mapper/pve-root rw\n", []),
        ("20 1 0:17 /@/.snapshots/1/snapshot / rw - btrfs /dev/sda2 rw\n", []),
        (PLAIN, []),
        # what a host mounts for its containers is no container
        (PLAIN + DOCKER.replace(" / / ", " / /var/lib/docker/overlay2/1/merged "), []),
        (PLAIN + KUBELET.replace("/etc/hosts rw", "/var/lib/kubelet/pods/0f-1/etc-hosts rw"), []),
        # a live system's overlay is its own
        ("20 1 0:40 / / rw - overlay overlay rw,lowerdir=/run/live/rootfs,upperdir=/run/live/overlay\n", []),
    ],
)  # fmt: skip
def test_what_mounts_say(mounts: str, names: list[str]) -> None:
    assert contained(mounts) == names


LXCFS = "640 612 0:45 {0} {0} rw shared:310 - fuse.lxcfs lxcfs rw,allow_other\n"


def test_what_lxc_mounts_in_proc() -> None:
    assert contained(PLAIN + LXCFS.format("/proc/meminfo")) == ["lxc"]
    # a machine on which it serves containers, and a container of another engine that it serves
    assert contained(PLAIN + LXCFS.format("/var/lib/lxcfs")) == []
    assert contained(DOCKER + LXCFS.format("/proc/meminfo")) == ["docker"]
    mixed = "215 216 0:46 /sys/net /proc/sys/net rw - proc proc rw\n"
    assert contained(PLAIN + mixed) == ["lxc"]


def test_mounts_of_the_first_process_and_without_mountinfo(tmp_path: Path) -> None:
    first = {"root/proc/1/mountinfo": PLAIN + LXCFS.format("/proc/meminfo")}
    assert captured(tmp_path / "a", first).containers == ["lxc"]
    mounts = "/dev/loop0 / ext4 rw 0 0\nlxcfs /proc/cpuinfo fuse.lxcfs rw 0 0\n"
    assert captured(tmp_path / "b", {"root/proc/mounts": mounts}).containers == ["lxc"]
    assert captured(tmp_path / "c", {"root/proc/1/mounts": mounts}).containers == ["lxc"]


@pytest.mark.parametrize(
    ("line", "names"),
    [
        ("Detected virtualization docker.", ["docker"]),
        ("    Detected virtualization 'systemd-nspawn'.", ["systemd-nspawn"]),
        ("Detected virtualization kvm.", []),
        # in the log of a host stands what its containers write there
        ("[    0.5] systemd[1]: Detected virtualization docker.", []),
        ("May 1 10:00:00 host systemd-nspawn[77]: Detected virtualization systemd-nspawn.", []),
    ],
)
def test_what_systemd_says_on_its_console(tmp_path: Path, line: str, names: list[str]) -> None:
    said = {"commands/dmesg.txt": f"systemd 231 running in system mode.\n{line}\n"}
    assert list(captured(tmp_path, said).containers or []) == names


def test_a_folder_of_the_host_is_a_guests(tmp_path: Path) -> None:
    kata = "kataShared on / type 9p (rw,dirsync,nodev,access=client,trans=virtio)\n"
    facts = captured(tmp_path / "a", {"commands/mount.txt": kata})
    assert (facts.hypervisor.role, facts.containers) == ("guest", ["container-other"])
    shared = "90 1 0:50 / /mnt rw - virtiofs work rw\n"
    assert captured(tmp_path / "b", {"root/proc/self/mountinfo": shared}).hypervisor.role == "guest"


CGROUP = "41 40 0:29 {0} /sys/fs/cgroup/memory ro - cgroup cgroup rw,memory\n"


@pytest.mark.parametrize(
    ("root", "names"),
    [
        ("/docker/1ebedb637aea644ece9c9eb3f93f41cb", ["docker"]),
        ("/kubepods/burstable/pod5e/1ebedb637aea644ece9c", ["kubernetes"]),
        ("/lxc/web", ["lxc"]),
        ("/", []),
    ],
)
def test_whose_group_is_mounted_as_the_root_of_cgroups(root: str, names: list[str]) -> None:
    assert contained(PLAIN + CGROUP.format(root)) == names


def test_a_list_of_mounts_that_was_cut_is_no_chroot() -> None:
    proc = "42 40 0:4 / /proc rw - proc proc rw\n"
    assert contained(CGROUP.format("/")) == []
    assert contained(CGROUP.format("/") + proc) == ["chroot"]


VERSION, LOG, UNAME = "root/proc/version", "commands/dmesg.txt", "commands/uname-a.txt"


@pytest.mark.parametrize(
    ("place", "text", "kind", "names"),
    [
        (VERSION, "Linux version 3.4.0-Microsoft (Microsoft@Microsoft.com)", "unknown", ["wsl"]),
        (VERSION, "Linux version 5.15.90.1-microsoft-standard-WSL2 (oe)", "hyperv", ["wsl"]),
        (LOG, "Linux version 5.15.90.1-microsoft-standard-WSL2 (oe)", "hyperv", ["wsl"]),
        (UNAME, "Linux host 4.4.0-17763-Microsoft #379-Microsoft x86_64", "unknown", ["wsl"]),
        # a host may be called so
        (UNAME, "Linux wsl-build 6.1.0-25-amd64 #1 SMP x86_64 GNU/Linux", "unknown", []),
        (UNAME, "Linux host 4.19.0-gvisor #1 SMP x86_64 GNU/Linux", "unknown", ["gvisor"]),
        (VERSION, "Linux version 4.4.0 #1 SMP Sun Jan 10 15:06:54 PST 2016", "unknown", ["gvisor"]),
    ],
)
def test_kernels_that_are_a_container_s(
    tmp_path: Path, place: str, text: str, kind: str, names: list[str]
) -> None:
    facts = captured(tmp_path, {place: f"{text}\n"})
    assert (facts.hypervisor.kind, facts.containers) == (kind, names)


def test_mounts_as_older_records_have_them(tmp_path: Path) -> None:
    simfs = {"root/proc/mounts": "/dev/simfs / simfs rw,relatime 0 0\n"}
    assert captured(tmp_path / "a", simfs).containers == ["openvz"]
    printed = "overlay on / type overlay (rw,lowerdir=/var/lib/docker/overlay2/l/A)\n"
    assert captured(tmp_path / "b", {"commands/mount.txt": printed}).containers == ["docker"]


def test_a_variable_of_kubernetes() -> None:
    guest = record().cpu(hypervisor=True)
    guest.file("/proc/1/environ", b"HOME=/\0KUBERNETES_SERVICE_HOST=10.96.0.1\0")
    assert guest.facts().containers == ["kubernetes"]


def test_cri_o_has_a_name() -> None:
    guest = record().cpu(hypervisor=True).file("/proc/1/environ", b"container=crio\0")
    assert guest.facts().containers == ["crio"]
    scope = f"0::/kubepods.slice/crio-{'5e' * 32}.scope\n"
    facts = record().cpu(hypervisor=True).file("/proc/self/cgroup", scope).facts()
    assert facts.containers == ["crio", "kubernetes"]


def test_a_zone_is_one_layer() -> None:
    facts = record().file("/proc/1/environ", b"container=zone\0").facts()
    assert (facts.hypervisor.kind, facts.containers) == ("illumos", [])
    assert [layer.layer for layer in facts.layers].count("container") == 0
