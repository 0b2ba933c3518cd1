"""Where a disk benchmark may run, and why not elsewhere.

Read before anything is opened: a stat() of a dead NFS mount blocks for ever, so mount points are found in
/proc/self/mountinfo (proc(5)) by path alone. What has to be opened all the same (a network file system that
the user asked for, a raw device) is opened in a worker that may hang (`look_within`).
"""

import os
import stat
import sys
from collections.abc import Callable
from pathlib import Path

from vaudit.bench.disk.devices import device_of, device_under
from vaudit.bench.disk.placed import Place as Place  # noqa: PLC0414 - what this module gives
from vaudit.bench.disk.placed import file_size as file_size  # noqa: PLC0414
from vaudit.bench.disk.placed import refuse_folder
from vaudit.bench.disk.recording import SMALLEST
from vaudit.bench.disk.testfile import NO_INODES, no_inodes, opened_device
from vaudit.bench.system import worker
from vaudit.bench.system.errors import BenchError, sentence
from vaudit.bench.system.mounts import mount_of, with_root
from vaudit.bench.units import MIB
from vaudit.procfs import Mount, mountinfo

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


def look_within(
    seconds: float, folder: str | None, device: str | None, size: int, consent: bool = False
) -> Place:
    """`look` at a folder, or `look_at_device`, given up after `seconds`: what is dead may block for ever."""
    where = device or folder or ""

    def work(tell: worker.Tell) -> None:
        place = look_at_device(where, consent) if device else _look_here()(where, size, consent)
        tell(worker.result(place))

    try:
        for place in worker.results(list(worker.isolate(work, seconds)), Place):
            return place
        refusal = f"looking at {where} gave nothing"
    except worker.Silent:
        refusal = f"{where} did not answer within {seconds:.0f} s: the storage behind it is dead or very slow"
    except BenchError as error:
        refusal = f"{where} could not be looked at: {error}"
    return Place(where, refusal=refusal, raw=bool(device))


def _look_here() -> Callable[[str, int, bool], Place]:
    """What looks at folders on this system."""
    if sys.platform != "win32":
        return look
    from vaudit.bench.disk.windows import place

    return place.look


def look(folder: str, size: int, consent: bool = False) -> Place:
    """Look at a folder in which a test file of `size` bytes is wanted; writes nothing and never raises.

    With `consent` a network file system will do; looking at a dead one then blocks: see `look_within`.
    """
    path = str(Path(folder).expanduser().absolute())
    try:
        mounts = with_root(mountinfo(Path("/proc/self/mountinfo").read_text("utf-8", "surrogateescape")))
    except FileNotFoundError:
        return Place(path, refusal="disk benchmarks need Linux: /proc/self/mountinfo cannot be read")
    except OSError as error:
        return Place(path, refusal=sentence(error, "reading /proc/self/mountinfo"))
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
        refusal = refuse_folder(path, total, free, size)
        if not refusal and no_inodes(room):
            refusal = f"{path} lies on a file system on which {NO_INODES}"
        return Place(path, mount, device_under(path, mount, mounts), total, free, refusal)
    except OSError as error:
        return Place(path, refusal=sentence(error, f"looking at {path}"))


def look_at_device(path: str, consent: bool) -> Place:
    """Look at a block device that is to be read, never written; never raises."""
    if not hasattr(os, "O_DIRECT"):
        return Place(path, refusal=f"{path}: a raw device is read on Linux alone so far", raw=True)
    if not consent:
        return Place(path, refusal=f"{path} is a raw device: say --yes to let it be read", raw=True)
    try:
        real = Path(path).resolve(strict=True)
        status = real.stat()
        if not stat.S_ISBLK(status.st_mode):
            return Place(path, refusal=f"{path} is not a block device: choose a folder with --disk", raw=True)
        with opened_device(str(real)) as fd:
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
