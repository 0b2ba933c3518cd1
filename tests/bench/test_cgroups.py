"""Limits of control groups, as the kernel shows them to a process somewhere in the hierarchy."""

import tempfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vaudit.bench.system import cgroups
from vaudit.bench.system.cgroups import held_back

MIB = 1 << 20


class Groups:
    """A process deep in a hierarchy of control groups, all of it a copy in a folder."""

    def __init__(self, root: Path, version: int, own: str, mounted: str = "/") -> None:
        self.point = root / "cgroup"
        kind, options = ("cgroup2", "rw") if version == 2 else ("cgroup", "rw,memory")
        other = "31 23 0:28 / /sys/fs/cgroup/cpu rw - cgroup cgroup rw,cpu\n" if version == 1 else ""
        root.joinpath("mountinfo").write_text(
            f"{other}41 31 0:38 {mounted} {self.point} rw - {kind} cgroup {options}\n"
        )
        line = f"0::{own}\n" if version == 2 else f"5:cpu:/other\n4:memory:{own}\n0::/elsewhere\n"
        root.joinpath("cgroup-of-the-process").write_text(line)
        self.proc = root / "proc"
        self.proc.mkdir()
        (self.proc / "mountinfo").symlink_to(root / "mountinfo")
        (self.proc / "cgroup").symlink_to(root / "cgroup-of-the-process")

    def write(self, group: str, **files: object) -> None:
        folder = self.point / group
        folder.mkdir(parents=True, exist_ok=True)
        for name, content in files.items():
            (folder / name.replace("_of_", ".")).write_text(f"{content}\n")

    def room(self) -> int:
        return cgroups.memory_room(self.proc)


NO_LIMIT = 1 << 60


def test_the_limit_of_a_unit_counts_without_a_namespace_of_its_own(tmp_path):
    groups = Groups(tmp_path, 2, "/system.slice/vaudit.service")
    groups.write("system.slice", memory_of_max="max", memory_of_current=900 * MIB)
    groups.write("system.slice/vaudit.service", memory_of_max=100 * MIB, memory_of_current=30 * MIB)
    assert groups.room() == 70 * MIB


def test_the_least_room_of_all_groups_around_counts(tmp_path):
    groups = Groups(tmp_path, 2, "/a/b")
    groups.write("a", memory_of_max=100 * MIB, memory_of_current=95 * MIB)
    groups.write("a/b", memory_of_max=80 * MIB, memory_of_current=10 * MIB)
    assert groups.room() == 5 * MIB


def test_where_a_group_is_slowed_down_ends_its_room(tmp_path):
    groups = Groups(tmp_path, 2, "/a")
    groups.write("a", memory_of_max=100 * MIB, memory_of_high=50 * MIB, memory_of_current=20 * MIB)
    assert groups.room() == 30 * MIB


def test_file_pages_that_the_kernel_gives_up_first_are_no_use_of_memory(tmp_path):
    stat = f"anon {10 * MIB}\nfile {85 * MIB}\ninactive_file {80 * MIB}\nactive_file {5 * MIB}"
    groups = Groups(tmp_path, 2, "/a")
    groups.write("a", memory_of_max=100 * MIB, memory_of_current=95 * MIB, memory_of_stat=stat)
    assert groups.room() == 85 * MIB


def test_a_group_of_the_first_version_is_found_by_its_controller(tmp_path):
    groups = Groups(tmp_path, 1, "/lxc/one")
    files = {"memory_of_limit_in_bytes": 100 * MIB, "memory_of_usage_in_bytes": 90 * MIB}
    groups.write("lxc/one", **files, memory_of_stat=f"inactive_file 0\ntotal_inactive_file {40 * MIB}")
    groups.write("elsewhere", memory_of_limit_in_bytes=1, memory_of_usage_in_bytes=1)
    assert groups.room() == 50 * MIB


def test_a_container_sees_its_own_group_where_only_that_is_mounted(tmp_path):
    groups = Groups(tmp_path, 1, "/docker/4fa6/below", mounted="/docker/4fa6")
    groups.write("below", memory_of_limit_in_bytes=100 * MIB, memory_of_usage_in_bytes=90 * MIB)
    assert groups.room() == 10 * MIB
    groups.write("", memory_of_limit_in_bytes=100 * MIB, memory_of_usage_in_bytes=98 * MIB)
    assert groups.room() == 2 * MIB


def test_a_group_that_is_over_its_limit_has_no_room(tmp_path):
    groups = Groups(tmp_path, 2, "/")
    groups.write("", memory_of_max=100 * MIB, memory_of_current=101 * MIB)
    assert groups.room() == 0


@pytest.mark.parametrize("own", ["/", "/a", "/../elsewhere"])
def test_without_any_limit_there_is_room(tmp_path, own):
    groups = Groups(tmp_path, 2, own)
    groups.write("a", memory_of_max="max", memory_of_current=5)
    assert groups.room() > NO_LIMIT
    assert cgroups.memory_room(tmp_path / "no-proc") > NO_LIMIT


@given(st.text(), st.text())
def test_any_text_about_control_groups_is_room_or_none(mountinfo, cgroup):
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "mountinfo").write_text(mountinfo, "utf-8", "surrogatepass")
        Path(folder, "cgroup").write_text(cgroup, "utf-8", "surrogatepass")
        assert cgroups.memory_room(Path(folder)) >= 0


@pytest.mark.parametrize(
    ("stat", "seconds"),
    [
        ("usage_usec 9\nnr_throttled 3\nthrottled_usec 250000\n", 0.25),
        ("nr_periods 9\nnr_throttled 3\nthrottled_time 250000000\n", 0.25),
        ("usage_usec 9\n", 0.0),
    ],
)
def test_time_that_a_cpu_quota_took_is_read_as_the_kernel_documents_it(tmp_path, stat, seconds):
    (tmp_path / "cpu.stat").write_text(stat)
    assert held_back(tmp_path / "cpu.stat") == seconds
    assert held_back(tmp_path / "absent") == 0.0
