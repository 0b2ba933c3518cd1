"""Old files: which are taken for the comparison with the fresh one, and that the search ends."""

import itertools
import os
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest

from vaudit.bench.disk import old_files as old

BIG = 5 << 20


def make_old(path: Path) -> str:
    path.write_bytes(os.urandom(BIG))
    os.utime(path, (0, 0))
    return str(path)


def test_files_on_another_disk_are_left_out_even_where_the_search_begins(tmp_path):
    if not os.access("/dev/shm", os.W_OK) or Path("/dev/shm").stat().st_dev == tmp_path.stat().st_dev:
        pytest.skip("SKIPPED, NOT PASSED: no second file system to write to")
    here = make_old(tmp_path / "here")
    with tempfile.TemporaryDirectory(dir="/dev/shm") as elsewhere:
        make_old(Path(elsewhere, "there"))
        found = old.old_files((elsewhere, str(tmp_path)), tmp_path.stat().st_dev, 5.0)
    assert found == [(here, BIG)]


def test_a_file_that_is_deleted_meanwhile_is_passed_over(tmp_path, monkeypatch):
    make_old(tmp_path / "a")
    make_old(tmp_path / "b")
    real = old._walk

    def deleting(folder: str, device: int, deadline: float) -> Iterator["os.DirEntry[str]"]:
        for entry in real(folder, device, deadline):
            if entry.name == "a":
                os.unlink(entry.path)
            yield entry

    monkeypatch.setattr(old, "_walk", deleting)
    assert old.old_files((str(tmp_path),), tmp_path.stat().st_dev, 5.0) == [(str(tmp_path / "b"), BIG)]


def test_the_search_ends_in_the_middle_of_a_folder_with_many_files(tmp_path, monkeypatch):
    """A clock that goes on by one second at each look."""
    for number in range(100):
        (tmp_path / str(number)).write_bytes(b"")
    clock = itertools.count()
    monkeypatch.setattr(old, "time", SimpleNamespace(monotonic=lambda: float(next(clock)), time=time.time))
    walked = list(old._walk(str(tmp_path), tmp_path.stat().st_dev, 10.0))
    assert len(walked) <= 10
