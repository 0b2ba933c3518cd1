"""Where a disk benchmark may run, and why not elsewhere."""

import contextlib
import ctypes
import errno
import fcntl
import hashlib
import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.bench.runner import disk_of, measured, small
from vaudit.bench.disk import devices, place
from vaudit.bench.disk import plan as disk_plan
from vaudit.bench.disk.place import file_size, look
from vaudit.bench.disk.recording import SMALLEST, BlockDevice
from vaudit.bench.disk.testfile import nameless_file, opened
from vaudit.bench.plan import describe, make
from vaudit.bench.system.errors import BenchError, sentence
from vaudit.bench.system.mounts import mount_of, with_root
from vaudit.bench.system.process import stoppable
from vaudit.bench.units import MIB
from vaudit.model.facts import Block, Facts
from vaudit.procfs import Mount, mountinfo

MOUNTS = r"""22 1 254:1 / / rw,relatime shared:1 - ext4 /dev/vda1 rw
23 22 0:21 / /proc rw - proc proc rw
24 22 0:22 / /mnt/share\040one rw - nfs4 srv:/export rw,vers=4.2
25 22 0:23 / /ro ro,relatime - ext4 /dev/vdb rw
26 22 0:24 / /cd rw - iso9660 /dev/sr0 ro
27 22 0:25 / /dev/shm rw - tmpfs tmpfs rw
28 22 0:26 / /stack rw - ext4 /dev/vdc rw
29 28 0:27 / /stack rw - tmpfs none rw
"""


def test_mounts_are_found_by_path_alone():
    mounts = mountinfo(MOUNTS)
    assert mount_of("/var/lib", mounts) == Mount(
        "/", "ext4", "/dev/vda1", False, os.makedev(254, 1), "/", "rw"
    )
    assert mount_of("/mnt/share one/x", mounts).kind == "nfs4"  # type: ignore[union-attr]
    assert mount_of("/mnt/share one more", mounts).kind == "ext4"  # type: ignore[union-attr]
    assert mount_of("/ro", mounts).read_only  # type: ignore[union-attr]
    assert mount_of("/cd", mounts).read_only  # type: ignore[union-attr]


def test_of_two_mounts_on_one_point_the_later_hides_the_earlier():
    assert mount_of("/stack/x", mountinfo(MOUNTS)).kind == "tmpfs"  # type: ignore[union-attr]


@given(st.text(max_size=400))
def test_any_text_is_read_as_mounts_or_nothing(text):
    assert isinstance(mountinfo(text), list)


@pytest.mark.parametrize(
    ("kind", "read_only", "words"),
    [
        ("nfs4", False, "network file system"),
        ("cifs", False, "network file system"),
        ("fuse.sshfs", False, "network file system"),
        ("tmpfs", False, "in memory"),
        ("ramfs", False, "in memory"),
        ("ext4", True, "read-only"),
        ("proc", False, "holds no files"),
    ],
)
def test_folders_that_are_no_disk_are_refused_with_the_reason(monkeypatch, tmp_path, kind, read_only, words):
    mounts = [Mount("/", "ext4", "/dev/vda1", False), Mount(str(tmp_path), kind, "x", read_only)]
    monkeypatch.setattr(place, "mountinfo", lambda _text: mounts)
    refusal = look(str(tmp_path / "below"), 64 * MIB).refusal
    assert words in refusal
    assert str(tmp_path) in refusal


def test_a_link_into_a_network_file_system_is_refused_without_touching_it(monkeypatch, tmp_path):
    dead = tmp_path / "dead-nfs"
    (tmp_path / "link").symlink_to(dead / "deep")
    mounts = [Mount("/", "ext4", "/dev/vda1", False), Mount(str(dead), "nfs", "x:/y", False)]
    monkeypatch.setattr(place, "mountinfo", lambda _text: mounts)
    touched: list[str] = []
    real = Path.is_symlink

    def watched(self: Path) -> bool:
        touched.append(str(self))
        return real(self)

    monkeypatch.setattr(Path, "is_symlink", watched)
    assert "network file system (nfs" in look(str(tmp_path / "link" / "x"), 64 * MIB).refusal
    assert not [path for path in touched if path.startswith(str(dead))]


def test_links_in_a_circle_end(tmp_path):
    (tmp_path / "a").symlink_to(tmp_path / "b")
    (tmp_path / "b").symlink_to(tmp_path / "a")
    assert "symbolic links" in look(str(tmp_path / "a"), 64 * MIB).refusal


def test_too_few_descriptors_are_called_so_and_not_another_system(monkeypatch, tmp_path):
    def refused(*_arguments, **_named):
        raise OSError(errno.EMFILE, "Too many open files")

    monkeypatch.setattr(Path, "read_text", refused)
    assert "RLIMIT_NOFILE" in look(str(tmp_path), 64 * MIB).refusal


def test_a_missing_folder_and_a_file_are_refused(tmp_path):
    (tmp_path / "file").write_text("")
    for name in ("missing", "file"):
        assert "is not an existing folder" in look(str(tmp_path / name), 64 * MIB).refusal


@pytest.mark.skipif(os.geteuid() == 0, reason="SKIPPED, NOT PASSED: root may write everywhere")
def test_an_unwritable_folder_is_refused(tmp_path):
    tmp_path.chmod(0o500)
    assert "not writable" in look(str(tmp_path), 64 * MIB).refusal


def test_shared_memory_of_this_machine_is_refused():
    if not Path("/dev/shm").is_dir():
        pytest.skip("SKIPPED, NOT PASSED: no /dev/shm here")
    assert "in memory" in look("/dev/shm", 64 * MIB).refusal


GIB = 1024 * MIB


@pytest.mark.parametrize(
    ("total", "free", "wanted", "size"),
    [
        (100 * GIB, 50 * GIB, 512 * MIB, 512 * MIB),
        (10 * GIB, 1 * GIB + 600 * MIB, 1024 * MIB, 600 * MIB),  # a tenth stays free
        (1 * GIB, 600 * MIB, 512 * MIB, 300 * MIB),  # twice the size must be there
        (10 * GIB, 1 * GIB, 512 * MIB, 0),
        (10 * GIB, 100 * MIB, 512 * MIB, 0),
        (0, 0, 512 * MIB, 0),
    ],
)
def test_the_file_takes_half_of_what_is_free_and_leaves_a_tenth(total, free, wanted, size):
    assert file_size(total, free, wanted) == size


@given(st.integers(0, 1 << 50), st.integers(0, 1 << 50), st.integers(MIB, 1 << 34))
def test_no_disk_is_ever_filled(total, free, wanted):
    size = file_size(total, free, wanted)
    assert size == 0 or (size <= wanted and 2 * size <= free)
    assert size in (0, wanted) if wanted < SMALLEST else size == 0 or free - size >= total // 10


def test_too_little_space_is_refused_with_figures(monkeypatch, tmp_path):
    real = os.statvfs(tmp_path)
    monkeypatch.setattr(os, "statvfs", lambda _path: os.statvfs_result([*real[:4], 10, *real[5:]]))
    refusal = look(str(tmp_path), 512 * MIB).refusal
    assert "too little space" in refusal
    assert "10 % stay free" in refusal


def test_the_test_file_has_no_name(tmp_path):
    with _opened(tmp_path) as fd:
        assert os.fstat(fd).st_nlink == 0
        assert list(tmp_path.iterdir()) == []


@pytest.fixture
def no_tmpfile(monkeypatch):
    """A file system without O_TMPFILE."""
    real = os.open

    def without(path, flags, *rest, **named):
        if flags & os.O_TMPFILE == os.O_TMPFILE:
            raise OSError(errno.EOPNOTSUPP, "no O_TMPFILE")
        return real(path, flags, *rest, **named)

    monkeypatch.setattr(os, "open", without)


@pytest.mark.usefixtures("no_tmpfile")
def test_without_nameless_files_a_private_one_is_unlinked_at_once(tmp_path):
    with _opened(tmp_path) as fd:
        assert os.fstat(fd).st_nlink == 0
        assert os.fstat(fd).st_mode & 0o077 == 0
        assert list(tmp_path.iterdir()) == []


@pytest.mark.usefixtures("no_tmpfile")
def test_a_file_system_that_hides_unlinked_files_is_cleaned_after_closing(monkeypatch, tmp_path):
    """NFS renames an open file that is unlinked to .nfs…, in the same folder, until it is closed."""
    monkeypatch.setattr(os, "unlink", lambda path: os.rename(path, Path(path).with_name(".nfs0001")))
    real = os.close

    def close(fd):
        real(fd)
        for hidden in tmp_path.glob(".vaudit-*/.nfs*"):
            os.remove(hidden)  # what the NFS client does at the last close

    monkeypatch.setattr(os, "close", close)
    with _opened(tmp_path):
        assert len(list(tmp_path.glob(".vaudit-*/.nfs*"))) == 1
    assert list(tmp_path.iterdir()) == []


@pytest.mark.usefixtures("no_tmpfile")
@pytest.mark.parametrize("step", ["mkdir", "open", "unlink", "rmdir", "close"])
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_right_after_any_step_leaves_nothing(monkeypatch, tmp_path, step, number):
    real, calls = getattr(os, step), iter([True])

    def stopped(*arguments, **named):
        done = real(*arguments, **named)
        if (str(tmp_path) in str(arguments[0]) or step == "close") and next(calls, False):
            os.kill(os.getpid(), number)
        return done

    monkeypatch.setattr(os, step, stopped)
    with pytest.raises(KeyboardInterrupt), stoppable(), nameless_file(str(tmp_path)):
        pass
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("number", [errno.EACCES, errno.EROFS, errno.ENOSPC, errno.EIO])
def test_a_refused_file_is_one_clear_sentence_and_leaves_nothing(monkeypatch, tmp_path, number):
    real = os.open

    def refuse(path, flags, *rest, **named):
        if flags & os.O_DIRECT:
            raise OSError(number, os.strerror(number))
        return real(path, flags, *rest, **named)

    monkeypatch.setattr(os, "open", refuse)
    with pytest.raises(BenchError) as caught, nameless_file(str(tmp_path)):
        pass
    assert "\n" not in str(caught.value)
    assert str(tmp_path) in str(caught.value)
    assert list(tmp_path.iterdir()) == []


def test_errors_are_sentences():
    assert sentence(OSError(errno.ENOSPC, "x"), "writing") == "writing failed: the file system is full"
    assert "O_DIRECT" in sentence(OSError(errno.EINVAL, "x"), "opening")
    assert sentence(OSError(errno.EPIPE, "x"), "writing") == "writing failed: Broken pipe"


def test_the_device_under_a_folder_is_the_whole_disk(tmp_path):
    device = devices.device_of(tmp_path.stat().st_dev)
    if device is None:
        pytest.skip("SKIPPED, NOT PASSED: this file system lies on no single device")
    assert (Path("/sys/block") / device.name.replace("/", "!")).exists()
    assert devices.device_of(os.makedev(0, 99)) is None


DISKS = {
    "sda": "devices/pci0000:00/host0/block/sda",
    "sda2": "devices/pci0000:00/host0/block/sda/sda2",
    "sda3": "devices/pci0000:00/host0/block/sda/sda3",
    "sdb": "devices/pci0000:00/host1/block/sdb",
    "cciss!c0d0": "devices/pci0000:00/cciss0/block/cciss!c0d0",
}


class Sysfs:
    """A sysfs of our own with two SCSI disks and what is built upon them."""

    def __init__(self, root: Path) -> None:
        self.root, self.folders = root, dict[str, Path]()
        self.numbers: dict[str, int] = {}
        for name, path in DISKS.items():
            self._add(name, path)
        for name in ("sda2", "sda3"):
            (self.folders[name] / "partition").write_text("2\n")
        for name, spins in (("sda", "1"), ("sdb", "0")):
            (self.folders[name] / "queue").mkdir()
            (self.folders[name] / "queue/rotational").write_text(f"{spins}\n")
            (self.folders[name] / "device").mkdir()
            (self.folders[name] / "device/queue_depth").write_text("32\n")

    def _add(self, name: str, path: str) -> None:
        folder, number = self.root / path, len(self.numbers) + 1
        folder.mkdir(parents=True)
        (folder / "dev").write_text(f"8:{number}\n")
        for link in (f"dev/block/8:{number}", f"class/block/{name}"):
            (self.root / link).parent.mkdir(parents=True, exist_ok=True)
            (self.root / link).symlink_to(folder)
        self.folders[name], self.numbers[name] = folder, os.makedev(8, number)

    def upon(self, name: str, *slaves: str) -> None:
        """A device of the device mapper or md that lies on others."""
        self._add(name, f"devices/virtual/block/{name}")
        for slave in slaves:
            (self.folders[name] / "slaves").mkdir(exist_ok=True)
            (self.folders[name] / "slaves" / slave).symlink_to(self.folders[slave])

    def device(self, name: str) -> BlockDevice | None:
        return devices.device_of(self.numbers[name], self.root)


@pytest.fixture
def sysfs(tmp_path: Path) -> Sysfs:
    return Sysfs(tmp_path / "sys")


def test_a_partition_counts_as_its_disk(sysfs):
    assert sysfs.device("sda2") == BlockDevice("sda", "sda", rotational=True, queue_depth=32)
    assert sysfs.device("sdb") == BlockDevice("sdb", "sdb", rotational=False, queue_depth=32)


def test_a_device_bears_the_name_that_the_counters_of_disks_use(sysfs):
    assert sysfs.device("cciss!c0d0") == BlockDevice("cciss/c0d0", "cciss/c0d0")


def test_a_volume_is_followed_down_to_the_disk_that_does_the_work(sysfs):
    """A logical volume in an encrypted partition: other volumes of that disk share its queue."""
    sysfs.upon("dm-0", "sda2")
    sysfs.upon("dm-1", "dm-0")
    assert sysfs.device("dm-1") == BlockDevice("dm-1", "sda", rotational=True, queue_depth=32)


def test_a_volume_on_two_partitions_of_one_disk_lies_on_that_disk(sysfs):
    sysfs.upon("dm-0", "sda2", "sda3")
    assert sysfs.device("dm-0") == BlockDevice("dm-0", "sda", rotational=True, queue_depth=32)


def test_on_several_disks_the_array_itself_is_the_lowest(sysfs):
    sysfs.upon("md0", "sda2", "sdb")
    sysfs.upon("dm-0", "md0")
    assert sysfs.device("md0") == BlockDevice("md0", "md0")
    assert sysfs.device("dm-0") == BlockDevice("dm-0", "md0")


@pytest.mark.parametrize(
    ("device", "path"),
    [
        (BlockDevice("vda", "vda"), "paravirtual"),
        (BlockDevice("dm-0", "vda"), "paravirtual"),
        (BlockDevice("dm-1", "cciss/c0d0"), "physical"),
        (BlockDevice("md0", "md0"), "software"),
        (BlockDevice("sdz", "sdz"), None),
        (None, None),
    ],
)
def test_how_a_volume_is_served_is_told_by_the_disk_beneath(monkeypatch, device, path):
    blocks = [("dm-0", "software"), ("md0", "software"), ("vda", "paravirtual"), ("cciss!c0d0", "physical")]
    facts = Facts(block=[Block(name, path=path) for name, path in blocks])  # type: ignore[arg-type]
    monkeypatch.setattr(disk_plan, "look_within", lambda *_arguments: place.Place("/x", device=device))
    assert disk_of(make("quick", "/x", facts=facts)).path == path


def test_a_file_system_with_numbers_of_its_own_is_found_by_the_source_of_its_mount(sysfs):
    """btrfs, here in a container that has no device nodes; /proc stands for a folder on it."""
    mount = Mount("/", "btrfs", "/dev/sda2", False)
    if Path("/dev/sda2").exists():
        pytest.skip("SKIPPED, NOT PASSED: this machine has a disk of that name")
    found = devices.device_under("/proc", mount, [mount], sysfs.root)
    assert found == BlockDevice("sda", "sda", rotational=True, queue_depth=32)


def test_a_file_system_on_several_devices_lies_on_no_single_one(sysfs):
    folder = sysfs.root / "fs/btrfs/8a6c/devices"
    folder.mkdir(parents=True)
    (folder / "sdb").symlink_to(sysfs.folders["sdb"])
    mount = Mount("/", "btrfs", "/dev/sdb", False)
    if Path("/dev/sdb").exists():
        pytest.skip("SKIPPED, NOT PASSED: this machine has a disk of that name")
    assert devices.device_under("/proc", mount, [mount], sysfs.root) is not None
    (folder / "sda3").symlink_to(sysfs.folders["sda3"])
    assert devices.device_under("/proc", mount, [mount], sysfs.root) is None


@pytest.mark.parametrize(
    "source", ["overlay", "tank/data", "srv:/export", "/dev/null", "/dev/", "", "/dev/x/../.."]
)
def test_a_source_that_is_no_device_names_none(sysfs, source):
    mount = Mount("/", "other", source, False)
    assert devices.device_under("/proc", mount, [mount], sysfs.root) is None


@contextlib.contextmanager
def overlay(folder: Path, upper: Path) -> Iterator[Path]:
    """A container's root: an overlay that writes to a folder elsewhere."""
    for name in ("lower", "merged"):
        (folder / name).mkdir()
    for name in ("upper", "work"):
        (upper / name).mkdir()
    options = f"lowerdir={folder}/lower,upperdir={upper}/upper,workdir={upper}/work"
    argv = ["mount", "-t", "overlay", "overlay", "-o", options, str(folder / "merged")]
    try:
        subprocess.run(argv, check=True, capture_output=True, text=True)
    except (OSError, subprocess.CalledProcessError) as error:
        pytest.skip(f"SKIPPED, NOT PASSED: no overlay can be mounted here: {error}")
    try:
        yield folder / "merged"
    finally:
        subprocess.run(["umount", str(folder / "merged")], check=True)


def test_under_a_containers_root_lies_the_disk_that_it_writes_to(tmp_path):
    beneath = look(str(tmp_path), MIB).device
    if beneath is None:
        pytest.skip("SKIPPED, NOT PASSED: this file system lies on no single device")
    with overlay(tmp_path, tmp_path) as merged:
        assert os.major(merged.stat().st_dev) == 0
        assert look(str(merged), MIB).device == beneath


def test_under_a_containers_root_in_memory_lies_no_disk(tmp_path):
    if not os.access("/dev/shm", os.W_OK):
        pytest.skip("SKIPPED, NOT PASSED: no /dev/shm here")
    with tempfile.TemporaryDirectory(dir="/dev/shm") as memory, overlay(tmp_path, Path(memory)) as merged:
        assert look(str(merged), MIB).device is None


@contextlib.contextmanager
def _opened(folder: Path) -> Iterator[int]:
    with contextlib.ExitStack() as undo:
        try:
            fd = undo.enter_context(nameless_file(str(folder)))
        except BenchError as error:
            pytest.skip(f"SKIPPED, NOT PASSED: {error}")
        yield fd


def test_a_network_file_system_is_measured_only_with_consent(monkeypatch, tmp_path):
    mounts = [Mount("/", "ext4", "/dev/vda1", False), Mount(str(tmp_path), "nfs4", "srv:/x", False)]
    monkeypatch.setattr(place, "mountinfo", lambda _text: mounts)
    assert "say --yes" in look(str(tmp_path), MIB).refusal
    assert look(str(tmp_path), MIB, consent=True).refusal == ""
    assert disk_of(make("quick", str(tmp_path), consent=True)).size > 0
    assert disk_of(make("quick", str(tmp_path))).size == 0


MS_NOSUID = 2


@contextlib.contextmanager
def dead_mount(folder: Path, kind: str) -> Iterator[None]:
    """A FUSE file system whose server never answers: whoever looks at it hangs, as with a dead NFS server."""
    libc = ctypes.CDLL(None, use_errno=True)
    server = os.open("/dev/fuse", os.O_RDWR | os.O_CLOEXEC)
    options = f"fd={server},rootmode=40000,user_id=0,group_id=0".encode()
    if libc.mount(b"dead", str(folder).encode(), kind.encode(), MS_NOSUID, options):
        os.close(server)
        pytest.skip(f"SKIPPED, NOT PASSED: FUSE cannot be mounted: {os.strerror(ctypes.get_errno())}")
    try:
        yield
    finally:
        os.close(server)
        libc.umount2(str(folder).encode(), 2)


NO_FUSE = "" if os.geteuid() == 0 and Path("/dev/fuse").exists() else "a dead mount needs root and /dev/fuse"


@pytest.mark.slow
@pytest.mark.skipif(bool(NO_FUSE), reason=f"SKIPPED, NOT PASSED: {NO_FUSE}")
@pytest.mark.parametrize(("kind", "consent"), [("fuse.sshfs", True), ("fuse.other", False)])
def test_a_folder_that_hangs_is_given_up_in_bounded_time(monkeypatch, tmp_path, kind, consent):
    monkeypatch.setattr(disk_plan, "LOOK_SECONDS", 0.5)
    with dead_mount(tmp_path, kind):
        made = disk_of(make("quick", str(tmp_path), consent=consent))
    assert "did not answer within" in made.place.refusal
    assert made.size == 0


@pytest.mark.skipif(bool(NO_FUSE), reason=f"SKIPPED, NOT PASSED: {NO_FUSE}")
def test_a_dead_network_mount_is_not_even_touched_without_consent(tmp_path):
    with dead_mount(tmp_path, "fuse.sshfs"):
        assert "network file system (fuse.sshfs" in look(str(tmp_path), MIB).refusal


@contextlib.contextmanager
def loop_device(folder: Path, megabytes: int) -> Iterator[str]:
    """A block device of our own, full of random bytes."""
    if os.geteuid() != 0 or shutil.which("losetup") is None:
        pytest.skip("SKIPPED, NOT PASSED: a block device of our own needs root and losetup")
    image = folder / "image"
    with image.open("wb") as file:
        for _ in range(megabytes):
            file.write(os.urandom(MIB))
    argv = ["losetup", "--find", "--show", "--direct-io=on", str(image)]
    made = subprocess.run(argv, check=False, capture_output=True, text=True)
    if made.returncode:
        pytest.skip(f"SKIPPED, NOT PASSED: no loop device can be made here: {made.stderr.strip()}")
    try:
        yield made.stdout.strip()
    finally:
        subprocess.run(["losetup", "--detach", made.stdout.strip()], check=True)


@pytest.mark.slow
def test_a_raw_device_is_read_with_consent_only_and_never_written(tmp_path):
    with loop_device(tmp_path, 80) as device:
        digest = hashlib.sha256((tmp_path / "image").read_bytes()).digest()
        assert "say --yes" in disk_of(make("quick", None, device=device)).place.refusal
        assert f"--device {device} --yes" in look(device, MIB).refusal
        made = small(make("quick", None, device=device, consent=True))
        assert {job.kind for job in disk_of(made).jobs} == {"read"}
        assert any("nothing is written" in line for line in describe(made))
        found = [each for each in measured(made) if each.id.startswith("disk.")]
        assert hashlib.sha256((tmp_path / "image").read_bytes()).digest() == digest
    assert not [each for each in found if each.status != "ok"]
    embedded = [each.id for each in found if each.engine == "embedded"]
    assert embedded == ["disk.randread-qd1", "disk.randread-qd32", "disk.read"]
    assert found[-1].details["written_bytes"] == 0
    assert any("only read" in limit for limit in found[-1].limits)


@pytest.mark.slow
def test_a_raw_device_is_opened_for_reading_only(tmp_path):
    with (
        loop_device(tmp_path, 64) as device,
        opened(place.look_at_device(device, True).folder, raw=True) as fd,
    ):
        assert fcntl.fcntl(fd, fcntl.F_GETFL) & os.O_ACCMODE == os.O_RDONLY
        with pytest.raises(OSError, match="Bad file descriptor"):
            os.pwrite(fd, bytes(4096), 0)


def test_what_is_no_block_device_is_refused_with_the_reason(tmp_path):
    (tmp_path / "file").write_text("")
    assert "is not a block device" in place.look_at_device(str(tmp_path / "file"), True).refusal
    assert "does not exist" in place.look_at_device(str(tmp_path / "missing"), True).refusal


def test_the_root_of_a_chroot_counts_where_a_disk_lies_under_it() -> None:
    root = Mount("/", "ext4", "/dev/vda", False)
    assert with_root([root]) == [root]
    found = with_root([])
    on_disk = os.major(Path("/").stat().st_dev) != 0
    assert [mount.point for mount in found] == (["/"] if on_disk else [])
