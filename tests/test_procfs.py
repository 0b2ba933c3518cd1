"""Text of /proc becomes values; text that only looks like it, values that are left out, never an error."""

import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vaudit import procfs
from vaudit.procfs import Mount, Times

STAT = "cpu  1000 100 500 8000 300 10 20 70 0 0\ncpu0 5 0 0 0\ncpu11 1 2 3 4 5 6 7 8\nintr 7\n"
MOUNTS = """23 28 254:1 / / rw,relatime shared:1 - ext4 /dev/vda1 rw,errors=remount-ro
24 23 0:22 /a\\040b /mnt/two\\040words\\011\\134x\\043 rw - nfs4 srv:/e\\040f rw,vers=4.2
25 23 0:23 / /ro ro - ext4 /dev/vdb rw
26 23 0:24 / /cd rw - iso9660 /dev/sr0 ro
nonsense
27 23 0:25 / /short rw - ext4
"""
HOSTILE = st.one_of(
    st.sampled_from(["²", "٣", "9" * 5000, "-1", "1e3", "0x10", "", " ", "1" * 21, "+1", "1_0"]),
    st.text(max_size=20),
    st.integers(0, 2**64 - 1).map(str),
)


def written(text: str) -> str:
    r"""As kernels write a path (mangle() in fs/proc_namespace.c)."""
    return "".join(f"\\{ord(char):03o}" if char in " \t\n\\#" else char for char in text)


def test_memory_is_bytes_where_a_unit_is_given() -> None:
    text = "MemTotal:       1030000 kB\nHugePages_Total:       3\nOdd\nBad:   x kB\n"
    assert procfs.meminfo(text) == {"MemTotal": 1030000 * 1024, "HugePages_Total": 3}


def test_counters_are_names_and_numbers() -> None:
    assert procfs.counters("nr_free_pages 5\nmax\nnr x\nb 18446744073709551615\n") == {
        "nr_free_pages": 5,
        "b": 2**64 - 1,
    }


def test_ticks_of_all_and_of_one_processor() -> None:
    assert procfs.stat(STAT) == Times(1000, 100, 500, 8000, 300, 10, 20, 70)
    assert procfs.stat(STAT, "cpu0") == Times(5, 0, 0, 0)
    assert procfs.stat(STAT, "cpu0").stolen is None  # type: ignore[union-attr]
    assert procfs.stat(STAT, "cpu11") == Times(1, 2, 3, 4, 5, 6, 7, 8)
    assert procfs.stat(STAT, "cpu1") is None
    assert procfs.stat("cpu 1 2 3\n") is procfs.stat("") is procfs.stat("cpu 1 2 ² 4\n") is None


def test_mounts_in_their_order_with_names_as_they_are() -> None:
    root, share, *read_only = procfs.mountinfo(MOUNTS)
    assert root == Mount("/", "ext4", "/dev/vda1", False, os.makedev(254, 1), "/", "rw,errors=remount-ro")
    assert share == Mount("/mnt/two words\t\\x#", "nfs4", "srv:/e f", False, 22, "/a b", "rw,vers=4.2")
    assert [each.point for each in read_only if each.read_only] == ["/ro", "/cd"]


@pytest.mark.parametrize("text", ["\\", "\\04", "\\400", "\\000", "\\x41", "\\0٣1", "a\\\\040"])
def test_what_is_no_escape_stays(text: str) -> None:
    assert procfs.unescaped(text).replace(" ", "\\040") == text


@given(st.text(st.characters(exclude_characters="\0")))
def test_a_name_comes_back_as_it_was(name: str) -> None:
    line = f"1 2 8:1 / /{written(name)} rw - ext4 {written(name)} rw"
    assert [(each.point, each.source) for each in procfs.mountinfo(line)] == [(f"/{name}", name)]


@given(st.integers(0, 4095), st.integers(0, (1 << 20) - 1))
def test_a_device_number_is_that_of_stat(major: int, minor: int) -> None:
    assert procfs.device_number(f"{major}:{minor}") == os.makedev(major, minor)


@pytest.mark.parametrize("text", ["", "8", "8:", ":1", "4096:0", "0:1048576", "-8:1", "8:1:2", "٨:1"])
def test_anything_else_is_no_device_number(text: str) -> None:
    assert procfs.device_number(text) == 0


@pytest.mark.parametrize(
    ("text", "count"),
    [("0", 1), ("0-3\n", 4), ("0-3,8", 5), ("0-2047", 2048), ("", None), ("0-", None), ("-1", None),
     ("3-1", None), ("0-3,x", None), ("²", None)],
)  # fmt: skip
def test_a_list_of_processors_is_counted(text: str, count: int | None) -> None:
    assert procfs.listed(text) == count


@pytest.mark.parametrize(
    ("word", "number"),
    [
        ("0x0", 0),
        ("0xfFff", 65535),
        ("0x", None),
        ("0x63ff@ffff", None),
        ("0x" + "f" * 17, None),
        ("ff", None),
    ],
)
def test_hexadecimal_numbers_have_at_most_64_bits(word: str, number: int | None) -> None:
    assert procfs.hexadecimal(word) == number


@given(st.lists(HOSTILE, max_size=12))
def test_no_word_whatever_raises(found: list[str]) -> None:
    line = " ".join(found)
    for word in found:
        assert (procfs.whole(word) or 0) < 10**20
        procfs.listed(word)
        procfs.hexadecimal(f"0x{word}")
        procfs.device_number(f"{word}:{word}")
        procfs.meminfo(f"MemTotal: {word} kB")
    for text in (line, f"cpu {line}", f"1 2 {line} - {line}", f"name {line}"):
        procfs.stat(text)
        procfs.mountinfo(text)
        procfs.counters(text)
