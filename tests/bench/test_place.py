"""Where a disk benchmark may run, and why not elsewhere."""

import errno
import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vaudit.bench import place
from vaudit.bench.errors import BenchError, sentence
from vaudit.bench.place import MIB, Mount, file_size, look, mount_of, open_test_file, parse_mounts

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
    mounts = parse_mounts(MOUNTS)
    assert mount_of("/var/lib", mounts) == Mount("/", "ext4", "/dev/vda1", False)
    assert mount_of("/mnt/share one/x", mounts).kind == "nfs4"  # type: ignore[union-attr]
    assert mount_of("/mnt/share one more", mounts).kind == "ext4"  # type: ignore[union-attr]
    assert mount_of("/ro", mounts).read_only  # type: ignore[union-attr]
    assert mount_of("/cd", mounts).read_only  # type: ignore[union-attr]


def test_of_two_mounts_on_one_point_the_later_hides_the_earlier():
    assert mount_of("/stack/x", parse_mounts(MOUNTS)).kind == "tmpfs"  # type: ignore[union-attr]


@given(st.text(max_size=400))
def test_any_text_is_read_as_mounts_or_nothing(text):
    assert isinstance(parse_mounts(text), list)


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
    monkeypatch.setattr(place, "parse_mounts", lambda _text: mounts)
    refusal = look(str(tmp_path / "below"), 64 * MIB).refusal
    assert words in refusal
    assert str(tmp_path) in refusal


def test_a_link_into_a_network_file_system_is_refused_without_touching_it(monkeypatch, tmp_path):
    dead = tmp_path / "dead-nfs"
    (tmp_path / "link").symlink_to(dead / "deep")
    mounts = [Mount("/", "ext4", "/dev/vda1", False), Mount(str(dead), "nfs", "x:/y", False)]
    monkeypatch.setattr(place, "parse_mounts", lambda _text: mounts)
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
    assert size == 0 or (size <= wanted and 2 * size <= free and free - size >= total // 10)


def test_too_little_space_is_refused_with_figures(monkeypatch, tmp_path):
    real = os.statvfs(tmp_path)
    monkeypatch.setattr(os, "statvfs", lambda _path: os.statvfs_result([*real[:4], 10, *real[5:]]))
    refusal = look(str(tmp_path), 512 * MIB).refusal
    assert "too little space" in refusal
    assert "10 % stay free" in refusal


def test_the_test_file_has_no_name(tmp_path):
    fd = _open(tmp_path)
    try:
        assert os.fstat(fd).st_nlink == 0
        assert list(tmp_path.iterdir()) == []
    finally:
        os.close(fd)


def test_without_nameless_files_a_private_one_is_unlinked_at_once(monkeypatch, tmp_path):
    real = os.open

    def without(path, flags, *rest, **named):
        if flags & os.O_TMPFILE == os.O_TMPFILE:
            raise OSError(errno.EOPNOTSUPP, "no O_TMPFILE")
        return real(path, flags, *rest, **named)

    monkeypatch.setattr(os, "open", without)
    fd = _open(tmp_path)
    try:
        assert os.fstat(fd).st_nlink == 0
        assert os.fstat(fd).st_mode & 0o077 == 0
        assert list(tmp_path.iterdir()) == []
    finally:
        os.close(fd)


@pytest.mark.parametrize("number", [errno.EINVAL, errno.EACCES, errno.EROFS, errno.ENOSPC, errno.EIO])
def test_a_refused_file_is_one_clear_sentence_and_leaves_nothing(monkeypatch, tmp_path, number):
    real = os.open

    def refuse(path, flags, *rest, **named):
        if flags & os.O_DIRECT:
            raise OSError(number, os.strerror(number))
        return real(path, flags, *rest, **named)

    monkeypatch.setattr(os, "open", refuse)
    with pytest.raises(BenchError) as caught:
        open_test_file(str(tmp_path))
    assert "\n" not in str(caught.value)
    assert str(tmp_path) in str(caught.value)
    assert list(tmp_path.iterdir()) == []


def test_errors_are_sentences():
    assert sentence(OSError(errno.ENOSPC, "x"), "writing") == "writing failed: the file system is full"
    assert "O_DIRECT" in sentence(OSError(errno.EINVAL, "x"), "opening")
    assert sentence(OSError(errno.EPIPE, "x"), "writing") == "writing failed: Broken pipe"


def test_the_device_under_a_folder_is_the_whole_disk(tmp_path):
    device = place.device_of(tmp_path.stat().st_dev)
    if device is None:
        pytest.skip("SKIPPED, NOT PASSED: this file system lies on no single device")
    assert (Path("/sys/block") / device.name.replace("/", "!")).exists()
    assert place.device_of(os.makedev(0, 99)) is None


def _open(folder: Path) -> int:
    try:
        return open_test_file(str(folder))
    except BenchError as error:
        pytest.skip(f"SKIPPED, NOT PASSED: {error}")
