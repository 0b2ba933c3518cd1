"""File systems that are no plain disk: what is measured there and how, and that nothing stays behind."""

import contextlib
import errno
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.bench.runner import disk_of, measured, small
from vaudit.bench.disk import place, testfile
from vaudit.bench.disk.testfile import NO_INODES, is_direct, nameless_file
from vaudit.bench.plan import make
from vaudit.bench.system.errors import BenchError
from vaudit.bench.units import MIB

ROOT = Path(__file__).parents[2]
real_open, real_fsync, real_write = os.open, os.fdatasync, os.pwritev


@pytest.fixture
def no_tmpfile(monkeypatch):
    """A file system without O_TMPFILE, as FUSE in general."""

    def without(path, flags, *rest, **named):
        if flags & os.O_TMPFILE == os.O_TMPFILE:
            raise OSError(errno.EOPNOTSUPP, "no O_TMPFILE")
        return real_open(path, flags, *rest, **named)

    monkeypatch.setattr(os, "open", without)


@pytest.fixture
def no_flush_without_a_name(monkeypatch, no_tmpfile):
    """gocryptfs 2.3: fsync of an unlinked file says ENOENT."""

    def flush(fd):
        if os.fstat(fd).st_nlink == 0:
            raise OSError(errno.ENOENT, "no such file")
        real_fsync(fd)

    monkeypatch.setattr(os, "fdatasync", flush)


@pytest.fixture
def no_direct_writes(monkeypatch, no_tmpfile):
    """mergerfs 2.33 and unionfs-fuse 1.0: O_DIRECT is taken at open, and refused by each write."""

    def write(fd, buffers, offset):
        if is_direct(fd):
            raise OSError(errno.EINVAL, "not aligned")
        return real_write(fd, buffers, offset)

    monkeypatch.setattr(os, "pwritev", write)


@pytest.mark.usefixtures("no_flush_without_a_name")
def test_a_file_that_cannot_be_flushed_without_a_name_keeps_it_until_the_end(tmp_path):
    with nameless_file(str(tmp_path)) as fd:
        assert os.fstat(fd).st_nlink == 1
        assert is_direct(fd)
        assert [each.stat().st_mode & 0o077 for each in tmp_path.iterdir()] == [0]
    assert list(tmp_path.iterdir()) == []


@pytest.mark.usefixtures("no_direct_writes")
def test_where_direct_io_is_refused_the_cache_is_used_and_said(tmp_path):
    with nameless_file(str(tmp_path)) as fd:
        assert not is_direct(fd)
        assert os.fstat(fd).st_nlink == 0
    assert list(tmp_path.iterdir()) == []


def test_the_same_where_direct_io_is_refused_at_once(tmp_path, monkeypatch):
    def without(path, flags, *rest, **named):
        if flags & os.O_DIRECT:
            raise OSError(errno.EINVAL, "no O_DIRECT")
        return real_open(path, flags, *rest, **named)

    monkeypatch.setattr(os, "open", without)
    with nameless_file(str(tmp_path)) as fd:
        assert not is_direct(fd)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.usefixtures("no_tmpfile")
def test_what_no_other_kind_of_file_cures_is_said_at_once(tmp_path, monkeypatch):
    tried: list[int] = []

    def refuse(fd, buffers, offset):
        tried.append(fd)
        raise OSError(errno.EIO, "dead")

    monkeypatch.setattr(os, "pwritev", refuse)
    with pytest.raises(BenchError, match="reported an I/O error"), nameless_file(str(tmp_path)):
        pass
    assert len(tried) == 1
    assert list(tmp_path.iterdir()) == []


@pytest.mark.usefixtures("no_tmpfile")
def test_a_file_system_without_inodes_is_not_called_full(tmp_path, monkeypatch):
    seen = os.statvfs(tmp_path)
    full = os.statvfs_result([*seen[:7], 0, *seen[8:]])
    monkeypatch.setattr(os, "statvfs", lambda _path: full)
    assert NO_INODES in place.look(str(tmp_path), MIB).refusal

    def mkdir(path, mode):
        raise OSError(errno.ENOSPC, "no space")

    monkeypatch.setattr(os, "mkdir", mkdir)
    with pytest.raises(BenchError, match="no inodes are left"), nameless_file(str(tmp_path)):
        pass


@pytest.mark.slow
@pytest.mark.usefixtures("no_direct_writes")
def test_figures_through_the_cache_are_called_so_and_judge_no_disk(tmp_path):
    """The worker is a fork of this process, so it meets the same file system."""
    found = {(each.id, each.engine): each for each in measured(small(make("quick", str(tmp_path))))}
    assert found["disk.randread-qd1", "buffered"].value
    assert found["disk.write", "buffered"].confidence in ("low", "none")
    assert "through the cache, flushed" in " ".join(found["disk.read", "buffered"].command)
    verdict = found["disk.verdict", "vaudit"]
    assert (verdict.verdict, verdict.confidence) == ("inconclusive", "none")
    assert "refuses direct I/O" in verdict.reason
    assert "embedded" not in {engine for id, engine in found if id.startswith("disk.")}
    assert found["disk.mixed-4k", "vaudit"].status == "skipped"
    assert not {id for id, engine in found if engine == "fio"}
    assert list(tmp_path.iterdir()) == []


KEEPING_ITS_NAME = """
import os, signal, sys, time
from vaudit.bench.disk import testfile
testfile._KINDS = ((os.O_DIRECT, True), (0, True))
real = os.open
def without(path, flags, *rest, **named):
    if flags & os.O_TMPFILE == os.O_TMPFILE:
        raise OSError(95, "no O_TMPFILE")
    return real(path, flags, *rest, **named)
os.open = without
with testfile.nameless_file(sys.argv[1]) as fd:
    print(len(os.listdir(sys.argv[1])), flush=True)
    time.sleep(60)
"""


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_a_file_with_a_name_is_gone_after_any_signal(tmp_path, number):
    argv = [sys.executable, "-c", KEEPING_ITS_NAME, str(tmp_path)]
    child = subprocess.Popen(
        argv, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env={**os.environ, "PYTHONPATH": str(ROOT)}
    )
    with child:
        assert child.stdout is not None
        assert child.stdout.readline() == b"1\n"
        child.send_signal(number)
        child.wait(20)
    deadline = time.monotonic() + 20
    while list(tmp_path.iterdir()) and time.monotonic() < deadline:
        time.sleep(0.01)
    assert list(tmp_path.iterdir()) == []


@contextlib.contextmanager
def mounted(argv: list[str], point: Path) -> Iterator[Path]:
    """What a FUSE program mounts on a folder."""
    missing = "" if os.geteuid() == 0 and Path("/dev/fuse").exists() else "FUSE needs root and /dev/fuse"
    missing = missing or ("" if shutil.which(argv[0]) else f"{argv[0]} is not installed")
    if missing:
        pytest.skip(f"SKIPPED, NOT PASSED: {missing}")
    made = subprocess.run(argv, check=False, capture_output=True, text=True)
    if made.returncode:
        pytest.skip(f"SKIPPED, NOT PASSED: {argv[0]} does not mount here: {made.stderr[-200:]}")
    try:
        yield point
    finally:
        subprocess.run(["umount", "--lazy", str(point)], check=True)


@pytest.fixture
def folders(tmp_path):
    made = [tmp_path / name for name in ("one", "two", "point")]
    for each in made:
        each.mkdir()
    return made


def disk_figures(folder: Path) -> dict[tuple[str, str], float]:
    refusal = disk_of(make("quick", str(folder))).place.refusal
    assert not refusal
    found = measured(small(make("quick", str(folder))))
    assert list(folder.iterdir()) == []
    return {(each.id, each.engine): each.value or 0.0 for each in found if each.id.startswith("disk.")}


@pytest.mark.slow
@pytest.mark.parametrize("program", ["mergerfs", "unionfs"])
def test_a_union_of_folders_is_measured_through_the_cache(folders, program):
    one, two, point = folders
    sources = {"mergerfs": f"{one}:{two}", "unionfs": f"{one}=RW:{two}=RW"}[program]
    with mounted([program, sources, str(point)], point):
        found = disk_figures(point)
    assert found["disk.fdatasync", "buffered"] > 0
    assert found["disk.randread-qd1", "buffered"] > 0
    assert not {id for id, engine in found if engine == "embedded"}


@pytest.mark.slow
def test_an_encrypted_folder_is_measured_directly(folders):
    one, _two, point = folders
    if shutil.which("gocryptfs"):
        subprocess.run(["gocryptfs", "-init", "-q", "-extpass", "echo x", str(one)], check=True)
    with mounted(["gocryptfs", "-q", "-extpass", "echo x", str(one), str(point)], point):
        found = disk_figures(point)
    assert found["disk.fdatasync", "embedded"] > 0
    assert found["disk.randread-qd32", "embedded"] > 0


@pytest.mark.slow
def test_a_file_system_without_inodes_is_refused_by_its_name(tmp_path):
    image, point = tmp_path / "image", tmp_path / "point"
    point.mkdir()
    with image.open("wb") as file:
        file.truncate(300 * MIB)
    tools = shutil.which("mkfs.ext4") and shutil.which("losetup")
    if os.geteuid() or not tools:
        pytest.skip("SKIPPED, NOT PASSED: a loop device of our own needs root, mkfs.ext4 and losetup")
    subprocess.run(["mkfs.ext4", "-q", "-N", "16", str(image)], check=True)
    with mounted(["mount", "-o", "loop", str(image), str(point)], point):
        number = 0
        with contextlib.suppress(OSError):
            while True:
                (point / f"file{number}").touch()
                number += 1
        assert NO_INODES in disk_of(make("quick", str(point))).place.refusal
        with pytest.raises(BenchError, match="no inodes are left"), testfile.nameless_file(str(point)):
            pass
