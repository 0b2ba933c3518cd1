"""Images that are not whole by themselves, or were not closed, and folders of images."""

import ctypes
import ctypes.util
import subprocess
import sys
import types
from pathlib import Path

import pytest

from tests.evidence import disks, hand_made
from tests.evidence.test_images import refusal, scan
from vaudit.evidence.errors import EvidenceError
from vaudit.evidence.images import formats, ntfs, windows
from vaudit.evidence.images.disk import Disk, File
from vaudit.evidence.origin import one, sources
from vaudit.evidence.source import DRIVERS

OWN, OTHER, THIRD = b"\x11" * 16, b"\x22" * 16, b"\x33" * 16
pytest.importorskip("pyvhdi")


@pytest.fixture(scope="module")
def disk() -> bytes:
    return disks.mbr(disks.volume())


def opened(path: Path) -> Disk:
    return formats.Opening(str(path), False).disk(str(path))


def test_a_vhd_that_is_made_by_hand_holds_what_was_put_in(tmp_path, disk):
    path = tmp_path / "base.vhd"
    path.write_bytes(hand_made.vhd(disk, OWN))
    assert opened(path).read(0, len(disk)) == disk
    assert one(str(path)).names(DRIVERS) == disks.DRIVERS


def test_a_vhd_upon_another_is_read_through_both(tmp_path, disk):
    """Two lie above the first, each with a block of its own; the Windows is theirs together."""
    wrong = bytearray(disk)
    for block in (0, 1):
        wrong[block * hand_made.BLOCK : (block + 1) * hand_made.BLOCK] = b"\xaa" * hand_made.BLOCK
    (tmp_path / "base.vhd").write_bytes(hand_made.vhd(bytes(wrong), OWN))
    (tmp_path / "middle.vhd").write_bytes(hand_made.vhd(disk, OTHER, OWN, "base.vhd", only=[0]))
    top = tmp_path / "top.vhd"
    top.write_bytes(hand_made.vhd(disk, THIRD, OTHER, "C:\\machines\\middle.vhd", only=[1]))
    assert opened(top).read(0, len(disk)) == disk
    assert one(str(top)).names(DRIVERS) == disks.DRIVERS


def test_without_the_other_it_is_one_sentence_that_names_it(tmp_path, disk):
    path = tmp_path / "top.vhd"
    path.write_bytes(hand_made.vhd(disk, OTHER, OWN, "C:\\machines\\base.vhd", only=[0]))
    said = "holds only what differs from C:\\machines\\base.vhd, which is not beside it"
    assert refusal(path) == f"vaudit: {path}: {said}"


def test_a_vhd_upon_itself_ends_in_one_sentence(tmp_path, disk):
    path = tmp_path / "self.vhd"
    path.write_bytes(hand_made.vhd(disk, OWN, OWN, "self.vhd", only=[0]))
    assert "lies upon itself" in refusal(path)


def test_a_parent_that_is_another_disk_is_not_taken(tmp_path, disk):
    (tmp_path / "base.vhd").write_bytes(hand_made.vhd(disk, THIRD))
    path = tmp_path / "top.vhd"
    path.write_bytes(hand_made.vhd(disk, OTHER, OWN, "base.vhd", only=[0]))
    assert "damaged" in refusal(path)


@pytest.fixture
def vhdx(tmp_path, disk):
    raw, path = tmp_path / "raw", tmp_path / "disk.vhdx"
    raw.write_bytes(disk)
    subprocess.run(["qemu-img", "convert", "-f", "raw", "-O", "vhdx", str(raw), str(path)], check=True)
    raw.unlink()
    return path


@pytest.mark.outer("qemu-img")
def test_a_vhdx_with_a_log_is_read_and_what_may_be_missing_is_said(vhdx):
    vhdx.write_bytes(hand_made.with_log(vhdx.read_bytes()))
    source = one(str(vhdx))
    assert source.names(DRIVERS) == disks.DRIVERS
    assert "the vhdx was not closed: its last changes are missing" in source.notes


@pytest.mark.outer("qemu-img")
def test_a_vhdx_upon_another_is_one_sentence_that_names_it(vhdx):
    vhdx.write_bytes(hand_made.with_parent(vhdx.read_bytes(), "base.vhdx"))
    assert "holds only what differs from C:\\machines\\base.vhdx, which is not beside it" in refusal(vhdx)


@pytest.mark.outer("qemu-img")
def test_a_qcow2_that_is_locked_is_one_sentence(tmp_path):
    path = tmp_path / "locked.qcow2"
    words = ["--object", "secret,id=key,data=abc", "-f", "qcow2"]
    options = "encrypt.format=luks,encrypt.key-secret=key,encrypt.iter-time=10"
    subprocess.run(["qemu-img", "create", "-q", *words, "-o", options, str(path), "4M"], check=True)
    assert "encrypted: name the disk after it was opened (qemu-img convert)" in refusal(path)


@pytest.fixture
def packed(tmp_path, disk):
    """A qcow2 of clusters that zstd packed."""
    raw, path = tmp_path / "raw", tmp_path / "disk.qcow2"
    raw.write_bytes(disk)
    words = ["qemu-img", "convert", "-c", "-f", "raw", "-O", "qcow2", "-o", "compression_type=zstd"]
    subprocess.run([*words, str(raw), str(path)], check=True)
    raw.unlink()
    return path


@pytest.mark.outer("qemu-img")
@pytest.mark.skipif(sys.version_info >= (3, 14), reason="this Python has a decoder")
def test_what_zstd_packed_is_named_where_nothing_unpacks_it(packed):
    assert "compressed by zstd, which Python reads since 3.14" in refusal(packed)


@pytest.mark.outer("qemu-img")
def test_what_zstd_packed_is_read_where_python_unpacks_it(monkeypatch, packed, disk):
    if sys.version_info < (3, 14):
        _give_a_decoder(monkeypatch)
    assert opened(packed).read(0, len(disk)) == disk


def _give_a_decoder(monkeypatch: pytest.MonkeyPatch) -> None:
    """What Python 3.14 has, by the C library that Debian's dpkg needs."""
    name = ctypes.util.find_library("zstd")
    if not name:
        pytest.skip("NOT RUN: there is neither Python 3.14 nor libzstd here")
    library = ctypes.CDLL(name)
    library.ZSTD_findFrameCompressedSize.restype = library.ZSTD_decompress.restype = ctypes.c_size_t

    class ZstdDecompressor:
        def decompress(self, data: bytes, max_length: int) -> bytes:
            into = ctypes.create_string_buffer(max_length)
            size = ctypes.c_size_t(library.ZSTD_findFrameCompressedSize(data, ctypes.c_size_t(len(data))))
            got = library.ZSTD_decompress(into, ctypes.c_size_t(max_length), data, size)
            return into.raw[:got]

    module = types.ModuleType("compression.zstd")
    module.ZstdDecompressor, module.ZstdError = ZstdDecompressor, ValueError  # type: ignore[attr-defined]
    above = types.ModuleType("compression")
    above.zstd = module  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "compression", above)
    monkeypatch.setitem(sys.modules, "compression.zstd", module)


# folders


def test_every_image_of_a_folder_is_looked_into(tmp_path, disk):
    (tmp_path / "a.raw").write_bytes(disk)
    (tmp_path / "b.vhd").write_bytes(hand_made.vhd(disk, OWN))
    (tmp_path / "data.raw").write_bytes(disks.mbr(bytes(1 << 20)))
    (tmp_path / "notes.txt").write_text("nothing")
    found = list(sources(str(tmp_path)))
    assert [opener().name for opener in found[:2]] == [f"{tmp_path}/a.raw", f"{tmp_path}/b.vhd"]
    with pytest.raises(EvidenceError, match=r"data\.raw: holds no Windows \(volume 1: empty\)"):
        found[2]()


def test_a_file_that_an_image_is_made_of_is_none_of_its_own(tmp_path, disk):
    (tmp_path / "disk-flat.vmdk").write_bytes(disk)
    text = (
        "# Disk DescriptorFile\nversion=1\nCID=fffffffe\nparentCID=ffffffff\n"
        'createType="monolithicFlat"\n\n# Extent description\n'
        f'RW {len(disk) // 512} FLAT "disk-flat.vmdk" 0\n\n'
        '# The Disk Data Base\n#DDB\n\nddb.adapterType = "ide"\n'
    )
    (tmp_path / "disk.vmdk").write_text(text)
    assert [opener().name for opener in sources(str(tmp_path))] == [f"{tmp_path}/disk.vmdk"]


# a folder of NTFS that is damaged


def broken(volume: bytes, name: str) -> bytes:
    """The volume with the entry of a name spoilt wherever a folder lists it."""
    made, word, at = bytearray(volume), name.encode("utf-16-le"), 0
    while (at := volume.find(word, at)) >= 0:
        length = int.from_bytes(volume[at - 74 : at - 72], "little")  # of the index entry before it
        if 0x50 < length < 0x100 and volume[at - 2] == len(name):
            made[at - 74 : at - 72] = b"\xff\xff"
        at += 1
    return bytes(made)


def test_a_folder_that_cannot_be_read_is_damage_and_no_absence(tmp_path):
    volume = disks.volume()
    for name in ("Windows", "System32", "config"):
        path = tmp_path / name
        path.write_bytes(broken(volume, name))
        assert path.read_bytes() != volume
        assert "damaged" in refusal(path) and "without Windows" not in refusal(path)


def test_drivers_that_cannot_be_listed_are_not_absent(tmp_path):
    path = tmp_path / "drivers"
    path.write_bytes(broken(disks.volume(), "vioscsi.sys"))
    source = one(str(path))
    entry = source.entry("dir", DRIVERS)
    assert (entry.status, entry.data) == ("error", None) and "damaged" in entry.reason
    assert scan(path).returncode in (0, 1)
    assert ntfs.Volume(File(str(path))).file(r"\nothing") is None
    assert windows.ROOTS[0] == r"\Windows"
