"""Where on this machine a read may never return, by what the machine says of itself before.

A file system that another program or another machine answers for (FUSE, as lxcfs over files of /proc; NFS;
9p) answers when that one likes, and an attribute of a device in trouble may wait for the device. A process
that waits for them sleeps in the kernel, where often no signal reaches it: docs/decisions/8-deadlines.md.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping

PLACES = ("/proc", "/sys", "/dev", "/etc", "/lib", "/usr/lib", "/run", "/var/lib/dbus", "/boot")
"""Beneath which evidence lies. What is mounted elsewhere is never looked at."""
NOT_LOOKED_AT = ("/proc/sys/fs", "/run/user", "/run/media", "/run/lock", "/dev/shm", "/dev/mqueue")  # noqa: S108
"""Places beneath them where much is mounted and nothing is asked."""
LOCAL = frozenset(
    b"binfmt_misc bpf cgroup cgroup2 configfs cpuset debugfs devpts devtmpfs efivarfs fusectl "
    b"hugetlbfs mqueue nsfs proc pstore ramfs resctrl rootfs rpc_pipefs securityfs selinuxfs smackfs "
    b"sysfs tmpfs tracefs xenfs "
    b"aufs bcachefs btrfs cramfs ecryptfs erofs exfat ext2 ext3 ext4 f2fs hfsplus iso9660 jfs msdos "
    b"nilfs2 ntfs3 overlay reiserfs romfs simfs squashfs udf ufs unionfs vfat xfs zfs".split()
)
"""File systems that this kernel answers for itself, from memory or from disks of this machine."""
_LINKED = {"/lib": "/usr/lib", "/etc": "/usr/lib"}
"""Where links out of a place lead: /lib is one, and so is /etc/os-release."""
_PROCESSORS = "/sys/devices/system"
"""No link of /sys that evidence follows leads there: what lxcfs mounts there is met by its path."""
_FINE = {"/sys/class/nvme": b"live", "/sys/class/scsi_device": b"running"}
"""Folders of devices whose state needs no lock to be read, and the state of those that answer."""
Read = Callable[[str], bytes | None]
Names = Callable[[str], Iterable[str]]


class Doubts:
    """Paths that may never answer. `mounts` is each mount point, and whether its file system is LOCAL."""

    def __init__(self, mounts: Mapping[str, bool], troubled: Iterable[str] = ()) -> None:
        self._mounts = mounts
        self._troubled = tuple(troubled)
        self.foreign = [point for point, local in mounts.items() if not local and _is_near(point)]
        self._all_devices = any(
            point.startswith("/sys/") and not _is_beneath(point, _PROCESSORS) for point in self.foreign
        )

    def __bool__(self) -> bool:
        return bool(self.foreign or self._troubled)

    def about(self, path: str) -> bool:
        """Whether a path may never answer; what is no path always does."""
        if path[:1] != "/":
            return False
        if self._all_devices and path.startswith("/sys/"):
            return True
        if any(word in path for word in self._troubled):
            return True
        top = path[: path.find("/", 1)]
        return self._is_foreign(path) or (top in _LINKED and self._is_foreign(_LINKED[top]))

    def _is_foreign(self, path: str) -> bool:
        while path not in self._mounts:
            if path in ("/", ""):
                return False
            path = path.rpartition("/")[0] or "/"
        return not self._mounts[path]


def of(mountinfo: bytes, names: Names, read: Read) -> Doubts:
    """The doubts about this machine, by /proc/self/mountinfo and the states of its disks' controllers."""
    return Doubts(dict(_mounts(mountinfo)), _troubled(names, read))


def _mounts(mountinfo: bytes) -> Iterator[tuple[str, bool]]:
    """Each mount point and whether it is LOCAL, the uppermost last (Documentation/filesystems/proc.rst, 3.5).
    Nothing, and at little cost, where all are."""
    whats = mountinfo.split(b" - ")[1:]
    kinds = {what[: what.find(b" ")] for what in whats}
    if kinds <= LOCAL and len(whats) == mountinfo.count(b"\n"):  # every line told its kind
        return
    for line in mountinfo.splitlines():
        fields, _, kind = line.partition(b" - ")
        point = fields.split(b" ")[4:5]
        if point:
            yield point[0].decode("utf-8", "surrogateescape"), kind.split(b" ", 1)[0] in LOCAL


def _troubled(names: Names, read: Read) -> Iterator[str]:
    """Parts of the paths of devices that are not well: `/nvme0`, `/2:0:0:0/`."""
    for folder, fine in _FINE.items():
        for name in names(folder):
            state = read(f"{folder}/{name}/{'state' if folder.endswith('nvme') else 'device/state'}")
            if state is not None and state.strip() != fine:
                yield f"/{name}" if folder.endswith("nvme") else f"/{name}/"


def _is_near(point: str) -> bool:
    """Whether evidence may lie beneath a mount point, or the point beneath a place of evidence."""
    if any(_is_beneath(point, place) for place in NOT_LOOKED_AT):
        return False
    return any(_is_beneath(point, place) or _is_beneath(place, point) for place in PLACES)


def _is_beneath(path: str, place: str) -> bool:
    return path == place or path.startswith(place if place == "/" else place + "/")
