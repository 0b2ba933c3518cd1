"""Where a disk benchmark may run: file system, device, space, and a test file that cannot stay behind.

Read before anything is opened: a stat() of a dead NFS mount blocks for ever, so mount points are found in
/proc/self/mountinfo (proc(5)) by path alone. What has to be opened all the same (a network file system that
the user asked for, a raw device) is opened in a worker that may hang (`look_within`).
"""

import contextlib
import os
import stat
from collections.abc import Iterator
from pathlib import Path

import msgspec

from vaudit.bench.errors import BenchError, sentence
from vaudit.procfs import Mount, device_number
from vaudit.procfs import mountinfo as parse_mounts

MIB = 1 << 20
SMALLEST = 64 * MIB
"""A smaller test file says little: any cache holds it."""

_MEMORY = frozenset({"tmpfs", "ramfs", "devtmpfs", "hugetlbfs", "rootfs"})
_NETWORK = frozenset(
    {"nfs", "nfs4", "cifs", "smb3", "smbfs", "9p", "afs", "ceph", "lustre", "glusterfs", "beegfs", "orangefs"}
    | {"pvfs2", "gpfs", "coda", "ncpfs", "davfs", "fuse.glusterfs", "fuse.sshfs", "fuse.s3fs", "fuse.rclone"}
    | {"fuse.gcsfuse", "fuse.goofys", "fuse.ceph", "fuse.cephfs", "fuse.mfs", "fuse.juicefs", "fuse.davfs2"}
    | {"fuse.curlftpfs", "fuse.smbnetfs"}
)
_PSEUDO = frozenset(
    {"proc", "sysfs", "cgroup", "cgroup2", "devpts", "mqueue", "debugfs", "tracefs", "securityfs", "bpf"}
    | {"autofs", "squashfs"}
)


class Device(msgspec.Struct, frozen=True, omit_defaults=True):
    """The block device under a folder, no partition, and what the kernel says of the disk beneath it."""

    name: str
    disk: str = ""
    """The one whole disk beneath a volume (LVM, LUKS); else `name` again, as for a RAID of several disks."""
    rotational: bool | None = None
    queue_depth: int | None = None
    """SCSI and ATA disks: commands that the disk takes at once; 1 means no queueing."""


class Place(msgspec.Struct, frozen=True):
    """A folder that was looked at."""

    folder: str
    mount: Mount | None = None
    device: Device | None = None
    total: int = 0
    """Bytes of the file system."""
    free: int = 0
    """Bytes that this user may still write."""
    refusal: str = ""
    """Why no disk benchmark may run here; empty when it may."""
    raw: bool = False
    """`folder` is a block device, which is only ever read."""


def with_root(mounts: list[Mount]) -> list[Mount]:
    """In a chroot the root is no mount point: there a block device under it says that it is a disk."""
    if any(mount.point == "/" for mount in mounts) or os.major(Path("/").stat().st_dev) == 0:
        return mounts
    read_only = bool(os.statvfs("/").f_flag & os.ST_RDONLY)
    return [Mount("/", "unknown", "", read_only), *mounts]


def mount_of(path: str, mounts: list[Mount]) -> Mount | None:
    """The mount that a normalized absolute path lies on; of two on one point the later hides the earlier."""
    best = None
    for mount in mounts:
        inside = mount.point in ("/", path) or path.startswith(mount.point + "/")
        if inside and (best is None or len(mount.point) >= len(best.point)):
            best = mount
    return best


def look_within(
    seconds: float, folder: str | None, device: str | None, size: int, consent: bool = False
) -> Place:
    """`look` at a folder, or `look_at_device`, given up after `seconds`: what is dead may block for ever."""
    from vaudit.bench import child

    where = device or folder or ""

    def work(tell: child.Tell) -> None:
        place = look_at_device(where, consent) if device else look(where, size, consent)
        tell(child.Message(place=place))

    try:
        for message in child.isolate(work, seconds):
            if message.place:
                return message.place
        refusal = f"looking at {where} gave nothing"
    except child.Silent:
        refusal = f"{where} did not answer within {seconds:.0f} s: the storage behind it is dead or very slow"
    except BenchError as error:
        refusal = f"{where} could not be looked at: {error}"
    return Place(where, refusal=refusal, raw=bool(device))


def look(folder: str, size: int, consent: bool = False) -> Place:
    """Look at a folder in which a test file of `size` bytes is wanted; writes nothing and never raises.

    With `consent` a network file system will do; looking at a dead one then blocks: see `look_within`.
    """
    path = str(Path(folder).expanduser().absolute())
    try:
        mounts = with_root(parse_mounts(Path("/proc/self/mountinfo").read_text("utf-8", "surrogateescape")))
    except OSError:
        return Place(path, refusal="disk benchmarks need Linux: /proc/self/mountinfo cannot be read")
    try:
        path, mount = _follow(path, mounts, consent)
        if mount and mount.kind not in _NETWORK and Path(path).is_block_device():
            raw = f"{path} is a raw device: it is only read, and only with --device {path} --yes"
            return Place(path, mount, refusal=raw)
        refusal = _refuse_mount(mount, consent)
        if refusal:
            return Place(path, mount, refusal=f"{path} {refusal}")
        if not Path(path).is_dir():
            return Place(path, mount, refusal=f"{path} is not an existing folder: choose another one")
        room = os.statvfs(path)
        total, free = room.f_blocks * room.f_frsize, room.f_bavail * room.f_frsize
        refusal = _refuse_folder(path, total, free, size)
        return Place(path, mount, device_under(path, mount, mounts), total, free, refusal)
    except OSError as error:
        return Place(path, refusal=sentence(error, f"looking at {path}"))


def look_at_device(path: str, consent: bool) -> Place:
    """Look at a block device that is to be read, never written; never raises."""
    if not consent:
        return Place(path, refusal=f"{path} is a raw device: say --yes to let it be read", raw=True)
    try:
        real = Path(path).resolve(strict=True)
        status = real.stat()
        if not stat.S_ISBLK(status.st_mode):
            return Place(path, refusal=f"{path} is not a block device: choose a folder with --disk", raw=True)
        with _opened_device(str(real)) as fd:
            size = os.lseek(fd, 0, os.SEEK_END)
    except (OSError, BenchError) as error:
        said = sentence(error, f"opening {path}") if isinstance(error, OSError) else str(error)
        return Place(path, refusal=said, raw=True)
    small = f"{path} holds only {size // MIB} MiB: any cache holds it whole" if size < SMALLEST else ""
    return Place(str(real), None, device_of(status.st_rdev), size, 0, small, raw=True)


def _follow(path: str, mounts: list[Mount], consent: bool) -> tuple[str, Mount | None]:
    """Resolve symbolic links one by one, touching nothing on a network file system without consent."""
    done, todo, links = "/", [part for part in path.split("/") if part], 0
    while todo:
        part = todo.pop(0)
        if part == "..":
            done = str(Path(done).parent)
            continue
        here = str(Path(done, part))
        mount = mount_of(here, mounts)
        if mount and mount.kind in _NETWORK and not consent:
            return "/".join([here, *todo]), mount
        if Path(here).is_symlink():
            links += 1
            if links > 40:
                raise OSError(40, "too many symbolic links")
            target = str(Path(here).readlink())
            done = "/" if target.startswith("/") else done
            todo = [step for step in target.split("/") if step not in ("", ".")] + todo
        else:
            done = here
    return done, mount_of(done, mounts)


def _refuse_mount(mount: Mount | None, consent: bool) -> str:
    if mount is None:
        return "lies on no known mount point"
    if mount.kind in _NETWORK and not consent:
        return (
            f"lies on a network file system ({mount.kind} at {mount.point}), which others may share: "
            "choose a folder on a local disk, or say --yes"
        )
    if mount.kind in _MEMORY:
        return f"lies in memory ({mount.kind} at {mount.point}), not on a disk: choose another folder"
    if mount.kind in _PSEUDO:
        return f"lies on {mount.kind}, which holds no files: choose another folder"
    if mount.read_only:
        return f"lies on a read-only file system ({mount.point}): choose another folder"
    return ""


def _refuse_folder(path: str, total: int, free: int, size: int) -> str:
    if not os.access(path, os.W_OK | os.X_OK):
        return f"{path} is not writable for this user: choose another folder"
    if file_size(total, free, size) == 0:
        return (
            f"{path} has too little space: {free // MIB} MiB of {total // MIB} MiB are free; "
            f"needed are twice the test file ({SMALLEST // MIB} MiB or more), and 10 % stay free"
        )
    return ""


def file_size(total: int, free: int, wanted: int) -> int:
    """Bytes that the test file may have: at most half of what is free, and a tenth of all stays free.

    Whole MiB; 0 when less than SMALLEST would be left.
    """
    size = min(wanted, free // 2, free - total // 10)
    return size // MIB * MIB if size >= min(SMALLEST, wanted) else 0


SYSFS = Path("/sys")


def device_under(path: str, mount: Mount | None, mounts: list[Mount], sysfs: Path = SYSFS) -> Device | None:
    """The device that a folder lies on; None where there is no single one, or nothing tells which."""
    number = Path(path).stat().st_dev
    if os.major(number) == 0 and mount is not None:
        number = _number_of_source(mount.source, sysfs) or _number_of_twin(path, mounts)
    return device_of(number, sysfs)


def _number_of_source(source: str, sysfs: Path) -> int:
    """The device that a mount names as its source: btrfs has numbers of its own for its sub-volumes.

    0 where it names none, or where the file system lies on several (/sys/fs/btrfs/UUID/devices). A container
    without device nodes still has sysfs.
    """
    if not source.startswith("/dev/"):
        return 0
    try:
        status = Path(source).stat()
        number = status.st_rdev if stat.S_ISBLK(status.st_mode) else 0
    except OSError:
        number = device_number(_read(sysfs / "class/block" / Path(source).name / "dev") or "")
    name = _folder_of(number, sysfs).name
    groups = [{each.name for each in _entries(group)} for group in (sysfs / "fs/btrfs").glob("*/devices")]
    return 0 if any(name in group and len(group) > 1 for group in groups) else number


def _number_of_twin(path: str, mounts: list[Mount]) -> int:
    """The one mounted disk that is just as large as the file system of the folder; 0 if none is, or several.

    statvfs(2) of an overlay (a container's root) gives the figures of the file system that it writes to, and
    container engines mount a few files of that one (/etc/hosts, /etc/resolv.conf) into each container.
    """
    near = [each for each in mounts if os.major(each.number) and not each.kind.startswith("fuse")]
    wanted = _sizes(path)
    twins = {each.number for each in near if wanted and _sizes(each.point, each.number) == wanted}
    return twins.pop() if len(twins) == 1 else 0


def _sizes(path: str, number: int | None = None) -> tuple[int, ...] | None:
    """What does not change of the size of the file system at a path; None if it has not this number."""
    try:
        if number is not None and Path(path).stat().st_dev != number:
            return None  # another mount hides this one
        seen = os.statvfs(path)
    except OSError:
        return None
    return seen.f_frsize, seen.f_blocks, seen.f_files


def device_of(number: int, sysfs: Path = SYSFS) -> Device | None:
    """The block device behind a st_dev or st_rdev; None for numbers of file systems without one device."""
    folder = _folder_of(number, sysfs)
    if not folder.exists():
        return None
    folder = _whole(folder)
    disk = _lowest(folder)
    rotational, depth = _read(disk / "queue/rotational"), _read(disk / "device/queue_depth")
    return Device(
        name=folder.name.replace("!", "/"),
        disk=disk.name.replace("!", "/"),
        rotational=None if rotational is None else rotational == "1",
        queue_depth=int(depth) if depth is not None and depth.isdecimal() else None,
    )


def _folder_of(number: int, sysfs: Path) -> Path:
    return (sysfs / f"dev/block/{os.major(number)}:{os.minor(number)}").resolve()


def _whole(folder: Path) -> Path:
    return folder.parent if (folder / "partition").exists() else folder


def _lowest(folder: Path) -> Path:
    """Down through `slaves` (kernel, ABI/stable/sysfs-block) for as long as one disk alone lies beneath."""
    while True:
        beneath = {_whole(each.resolve()) for each in _entries(folder / "slaves")}
        if len(beneath) != 1:
            return folder
        folder = beneath.pop()


def _entries(folder: Path) -> list[Path]:
    try:
        return list(folder.iterdir())
    except OSError:
        return []


def _read(path: Path) -> str | None:
    try:
        return path.read_text("utf-8", "replace")[:4096].strip()
    except OSError:
        return None


@contextlib.contextmanager
def opened(place: Place) -> Iterator[int]:
    """What is to be measured: a new nameless file in a folder, or a raw device for reading only.

    Raises BenchError when it cannot be opened for direct I/O. All that was made is gone afterwards.
    """
    with _opened_device(place.folder) if place.raw else nameless_file(place.folder) as fd:
        yield fd


@contextlib.contextmanager
def _saying(doing: str) -> Iterator[None]:
    """What the kernel refuses inside becomes a BenchError of one sentence."""
    try:
        yield
    except OSError as error:
        raise BenchError(sentence(error, doing)) from None


@contextlib.contextmanager
def _opened_device(path: str) -> Iterator[int]:
    # never with O_RDWR: not even a mistake further on can write to it
    with _saying(f"opening {path}"):
        fd = os.open(path, os.O_RDONLY | os.O_DIRECT | os.O_CLOEXEC)
    try:
        yield fd
    finally:
        os.close(fd)


@contextlib.contextmanager
def nameless_file(folder: str) -> Iterator[int]:
    """A new file that has no name, opened for direct reading and writing; it vanishes with its descriptor.

    O_TMPFILE (open(2)) where the file system has it, so that not even SIGKILL leaves anything; else a file
    in a private folder that is unlinked at once. Raises BenchError when direct I/O is refused.
    """
    direct = os.O_RDWR | os.O_DIRECT | os.O_CLOEXEC
    try:
        fd = os.open(folder, os.O_TMPFILE | direct, 0o600)
    except OSError:  # not supported by this file system, or another cause, which the second way will name
        fd = None
    if fd is None:
        with _unlinked_file(folder, direct) as fd:
            yield fd
        return
    try:
        yield fd
    finally:
        os.close(fd)


@contextlib.contextmanager
def _unlinked_file(folder: str, direct: int) -> Iterator[int]:
    """A file that was unlinked at once, in a private folder that is removed as soon as it can be.

    NFS and FUSE keep an unlinked open file under another name (.nfs…, .fuse_hidden…) until it is closed.
    Names are known before anything bears them, so that a signal between any two steps leaves nothing.
    """
    private = Path(folder, f".vaudit-{os.urandom(8).hex()}")
    path, fd = private / "test", None
    try:
        with _saying(f"creating a private folder in {folder}"):
            private.mkdir(0o700)
        with _saying(f"opening a test file in {folder}"):
            fd = os.open(path, os.O_CREAT | os.O_EXCL | direct, 0o600)
        with _saying(f"unlinking the test file in {folder}"):
            path.unlink()
        _remove(private)
        yield fd
    finally:
        if fd is not None:
            os.close(fd)
        with contextlib.suppress(OSError):
            path.unlink()  # some file systems create it before they refuse O_DIRECT
        _remove(private)


def _remove(folder: Path) -> None:
    with contextlib.suppress(OSError):
        folder.rmdir()
