"""Paths of folders without the names that people gave them, by where in the tree a name stands.

The folders that every system has stay (FHS 3.0, file-hierarchy(7), and those of container engines, by which
these are told); whatever else lies in a path is its owner's, even if it is a word: `/srv/web`, `/backup`.
"""

from vaudit.masking.pseudonyms import Pseudonyms

KERNELS = (
    "/proc", "/sys", "/dev", "/run", "/etc", "/boot", "/snap", "/lib", "/lib64", "/bin", "/sbin",
    "/usr/lib", "/usr/lib64", "/usr/share", "/usr/bin", "/usr/sbin", "/usr/libexec", "/usr/src", "/var/run",
    "/var/lock", "/init", "/wsl", "/usr/wslg", "/var/lib/docker", "/var/lib/containers",
    "/var/lib/containerd", "/var/lib/kubelet", "/var/lib/lxcfs", "/var/lib/lxd", "/var/lib/snapd",
    "/var/lib/nfs", "/var/lib/cni", "/var/lib/flatpak", "/var/snap",
)  # fmt: skip
"""Folders below which the system gives the names: of these only what is not known is replaced."""
_STANDARD = """
/usr /usr/local /usr/local/bin /usr/local/lib /usr/local/share /usr/local/sbin /usr/include /var
/var/log /var/log/audit /var/log/journal /var/tmp /var/lib /var/cache /var/spool /var/opt /var/mail
/var/local /var/crash /var/lib/lxc /var/lib/machines /var/lib/libvirt /var/lib/libvirt/images
/var/lib/portables /var/lib/vz /var/lib/mysql /var/lib/postgresql /var/www /tmp /home /opt /srv /mnt
/media /root /efi /lost+found /mnt/c /mnt/wsl /mnt/wslg /Users /vz /vz/root /vz/private
"""
STANDARD = frozenset(("", *_STANDARD.split()))
"""Folders that every system has, or a distribution brings."""
ENGINES = frozenset((
    "docker", "containers", "containerd", "podman", "kubelet", "pods", "storage", "overlay", "overlay2",
    "overlayfs", "overlay-containers", "overlay-layers", "overlay-images", "fuse-overlayfs", "aufs",
    "btrfs", "subvolumes", "snapshots", "vfs", "dir", "l", "fs", "rootfs", "lxc", "lxd", "machines",
    "volumes", "netns", "buildkit", "userdata", "diff", "merged", "work", "upper", "mnt", "layers", "_data",
    "hostname", "hosts", "resolv.conf", "shm", "etc-hosts", "termination-log", "sandboxes",
    "kubernetes.io~projected", "@", "@home", "@root", "@rootfs", "@var", "@log", "@cache", "@tmp",
    "@snapshots", ".snapshots", "snapshot", ".", "..", "",
))  # fmt: skip
"""What container engines and snapshots call their folders, wherever they are."""
NAMED = ("netns", "machines", "volumes", "lxc", "images")
"""Folders whose entries are named by people, also below those of the system."""


def folder(names: Pseudonyms, path: str) -> str:
    """A path as the kernel writes it, with the names of people replaced."""
    parts = path.split("/")
    hidden = [parts[0]] if parts[0] == "" else []
    for at in range(len(hidden), len(parts)):
        hidden.append(_part(names, "/".join(parts[:at]), parts[at]))
    return "/".join(hidden)


def _part(names: Pseudonyms, above: str, part: str) -> str:
    last = above.rpartition("/")[2]
    if last not in NAMED or part in ENGINES:
        if (
            part in ENGINES
            or part.isdigit()
            or f"{above}/{part}" in STANDARD
            or part.startswith("io.containerd.")
        ):
            return part
        if f"{above}/{part}/".startswith(_KERNELS):
            return names.words(part)
    return names.place(part)


_KERNELS = tuple(f"{each}/" for each in KERNELS)


def folders(names: Pseudonyms, paths: str) -> str:
    """Several of them, with colons between."""
    return ":".join(
        folder(names, one) if one.startswith("/") else names.words(one) for one in paths.split(":")
    )
