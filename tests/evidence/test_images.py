"""Windows on disk images: every format and table, what is refused, and what may not do harm."""

import json
import lzma
import os
import random
import subprocess
import sys
import time
import zlib
from pathlib import Path
from struct import pack
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.evidence import disks
from tests.machines.windows.made import MADE
from vaudit.evidence import image
from vaudit.evidence.errors import EvidenceError
from vaudit.evidence.images import formats, partitions, qcow2
from vaudit.evidence.images.disk import Disk, Part
from vaudit.evidence.origin import one, sources
from vaudit.evidence.paged import PAGE, Paged
from vaudit.evidence.source import DIRTY, DRIVERS, HIBERFIL

CLUSTER = 1 << 16
HEADER = ">4sIQIIQIIQQIIQ"


def dice(seed: object) -> random.Random:
    return random.Random(str(seed))  # noqa: S311 - the same at every run


class Bytes(Disk):
    """A disk in memory."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.size = len(data)

    def read(self, at: int, count: int) -> bytes:
        return self.data[at : at + count]


@pytest.fixture(scope="module")
def volume() -> bytes:
    return disks.volume()


@pytest.fixture(scope="module")
def written(tmp_path_factory, volume):
    """The path of a disk with one Windows on it."""
    path = tmp_path_factory.mktemp("images") / "disk.raw"
    path.write_bytes(disks.gpt(volume))
    return path


def scan(path: Path, *options: str) -> "subprocess.CompletedProcess[str]":
    words = [sys.executable, "-m", "vaudit", "scan", "--from", str(path), "--format", "json", *options]
    return subprocess.run(words, capture_output=True, text=True, timeout=60, check=False)


def refusal(path: Path) -> str:
    """The one line that is said of an image."""
    done = scan(path)
    assert (done.returncode, done.stdout) == (3, ""), done.stderr
    assert done.stderr.count("\n") == 1 and "Traceback" not in done.stderr
    return done.stderr.strip()


# what a scan says


def test_a_scan_of_an_image_finds_the_machine_whose_registry_lies_on_it(written):
    done = scan(written)
    report = json.loads(done.stdout)
    made = MADE[disks.MACHINE]
    assert report["source"] == {"kind": "image", "name": str(written)}
    assert report["facts"]["hypervisor"]["kind"] == made.kind
    found = {one["name"]: (one["driver"], one["path"]) for one in report["facts"]["block"]}
    assert sorted(found.values()) == sorted(made.block.values())


@pytest.mark.parametrize("table", [disks.mbr, disks.gpt, disks.extended, lambda part: part])
def test_the_volume_is_found_by_every_table_and_without_one(tmp_path, volume, table):
    path = tmp_path / "disk"
    path.write_bytes(table(volume))
    assert one(str(path)).names(DRIVERS) == disks.DRIVERS


def test_a_table_of_large_sectors_is_read(tmp_path, volume):
    path = tmp_path / "disk"
    path.write_bytes(disks.gpt(volume, sector=4096))
    assert one(str(path)).names(DRIVERS) == disks.DRIVERS


def test_every_windows_on_a_disk_is_a_machine_of_its_own(tmp_path, volume):
    path = tmp_path / "two.raw"
    path.write_bytes(disks.gpt(volume, bytes(1 << 20), volume))
    assert [opener().name for opener in sources(str(path))] == [f"{path}:1", f"{path}:3"]
    with pytest.raises(EvidenceError, match="holds 2 machines"):
        one(str(path))


def test_how_the_volume_was_left_is_evidence(written):
    source = one(str(written))
    assert source.call(DIRTY) == "not dirty"
    hiberfil = source.entry("file", HIBERFIL)
    assert hiberfil.data == b"HIBR" and hiberfil.is_cut  # of a machine's memory not a byte more
    assert source.status("file", "%SystemRoot%\\System32\\config\\SAM") == "unrecorded"


def test_a_volume_that_was_not_closed_is_dirty(tmp_path, volume):
    flags = volume.index(pack("<8xBBH", 3, 1, 0)) + 10  # VOLUME_INFORMATION of NTFS 3.1
    path = tmp_path / "dirty.raw"
    path.write_bytes(volume[:flags] + b"\1\0" + volume[flags + 2 :])
    assert one(str(path)).call(DIRTY) == "dirty"


@pytest.mark.slow
def test_an_image_and_the_dump_that_is_recorded_of_it_say_the_same(tmp_path, written):
    out = tmp_path / "image.vdump"
    words = [sys.executable, "-m", "vaudit", "record", "--from", str(written), "-o", str(out)]
    subprocess.run(words, check=True, capture_output=True)
    facts = [without_evidence(json.loads(scan(path).stdout)["facts"]) for path in (written, out)]
    assert facts[0] == facts[1]


def without_evidence(value: Any) -> Any:
    """Facts but for the keys of the registry that they are from, which a record masks."""
    if isinstance(value, dict):
        return {name: without_evidence(one) for name, one in value.items() if name not in ("evidence", "at")}
    return [without_evidence(one) for one in value] if isinstance(value, list) else value


# formats


def packed_by_hand(data: bytes, *, compressed: bool, backing: str = "", version: int = 3) -> bytes:
    """A qcow2 of whole clusters; of those that hold zeros there are none."""
    count = -(-len(data) // CLUSTER)
    tables = -(-count // (CLUSTER // 8))
    table_at, at = 2 * CLUSTER, (2 + tables) * CLUSTER
    body, entries = bytearray(), [0] * count
    for number in range(count):
        piece = data[number * CLUSTER : (number + 1) * CLUSTER].ljust(CLUSTER, b"\0")
        if not piece.strip(b"\0"):
            continue
        if compressed:
            packer = zlib.compressobj(9, zlib.DEFLATED, -12)
            small = packer.compress(piece) + packer.flush()
            where = at + len(body)
            sectors = (where % 512 + len(small) - 1) // 512
            entries[number] = 1 << 62 | sectors << 54 | where
            body += small
        else:
            entries[number] = 1 << 63 | at + len(body)
            body += piece
    first = b"".join(pack(">Q", 1 << 63 | table_at + number * CLUSTER) for number in range(tables))
    name = (112, len(backing)) if backing else (0, 0)
    head = pack(HEADER, b"QFI\xfb", version, *name, 16, len(data), 0, tables, CLUSTER, 0, 0, 0, 0)
    head += pack(">QQQIIQ", 0, 0, 0, 4, 112, 0) if version == 3 else b""
    second = b"".join(pack(">Q", entry) for entry in entries).ljust(tables * CLUSTER, b"\0")
    return (
        (head.ljust(112, b"\0") + backing.encode()).ljust(CLUSTER, b"\0")
        + first.ljust(CLUSTER, b"\0")
        + second
        + bytes(body)
        + bytes(512)
    )


@pytest.mark.parametrize("version", [2, 3])
@pytest.mark.parametrize("compressed", [False, True])
def test_qcow2_is_read_compressed_and_not(tmp_path, volume, compressed, version):
    path = tmp_path / "disk.qcow2"
    path.write_bytes(packed_by_hand(disks.mbr(volume), compressed=compressed, version=version))
    assert one(str(path)).names(DRIVERS) == disks.DRIVERS


@given(st.data())
@settings(max_examples=60, deadline=None)
def test_any_piece_of_a_qcow2_is_what_was_put_in(data):
    rng = dice(data.draw(st.integers(0, 1 << 30)))
    kinds = [bytes(CLUSTER), rng.randbytes(CLUSTER), b"ab" * (CLUSTER // 2)]
    content = b"".join(rng.choice(kinds) for _ in range(5))[: 5 * CLUSTER - 512 * rng.randrange(9)]
    disk = qcow2.Qcow2(Bytes(packed_by_hand(content, compressed=data.draw(st.booleans()))), unbacked)
    at, count = data.draw(st.integers(0, len(content))), data.draw(st.integers(0, 3 * CLUSTER))
    assert disk.read(at, count) == content[at : at + count]


def unbacked(name: str, format_: str) -> Disk:
    raise AssertionError(name + format_)


def test_what_an_overlay_lacks_lies_in_its_backing_file(tmp_path, volume):
    base, disk = tmp_path / "base.raw", disks.mbr(volume)
    base.write_bytes(disk)
    over = tmp_path / "over.qcow2"
    over.write_bytes(packed_by_hand(bytes(len(disk) + CLUSTER), compressed=False, backing="base.raw"))
    assert one(str(over)).names(DRIVERS) == disks.DRIVERS


def test_a_backing_file_elsewhere_is_opened_only_with_consent(tmp_path, volume):
    base, disk = tmp_path / "base.raw", disks.mbr(volume)
    base.write_bytes(disk)
    inner = tmp_path / "inner"
    inner.mkdir()
    over = inner / "over.qcow2"
    over.write_bytes(packed_by_hand(bytes(len(disk)), compressed=False, backing="../base.raw"))
    assert refusal(over).endswith(
        f"{over}: names a file outside of its folder, ../base.raw: --yes opens it too"
    )
    assert scan(over, "--yes").returncode == 0


def test_a_link_beside_the_image_leads_nowhere_else(tmp_path):
    inner = tmp_path / "inner"
    inner.mkdir()
    (tmp_path / "secret").write_bytes(bytes(1 << 20))
    (inner / "base").symlink_to("../secret")
    over = inner / "over.qcow2"
    over.write_bytes(packed_by_hand(bytes(1 << 20), compressed=False, backing="base"))
    assert "outside of its folder" in refusal(over)


# what is refused


def header(**changes: int) -> bytes:
    """A qcow2 whose header says something else."""
    fields = {"version": 3, "name_at": 0, "name": 0, "bits": 16, "size": 1 << 20, "crypt": 0, "entries": 1,
              "table": CLUSTER, "incompatible": 0, **changes}  # fmt: skip
    *first, features = fields.values()
    head = pack(HEADER, b"QFI\xfb", *first, 0, 0, 0, 0)
    return (head + pack(">QQQIIQ", features, 0, 0, 4, 112, 0)).ljust(3 * CLUSTER, b"\0")


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"version": 1}, "qcow of version 1 is not read"),
        ({"version": 9}, "qcow of version 9 is not read"),
        ({"crypt": 2}, "encrypted"),
        ({"incompatible": 4}, "its data lies in another file"),
        ({"incompatible": 1 << 40}, "made by a newer QEMU"),
        ({"size": 1 << 63}, "what its header says cannot be"),
        ({"size": 1 << 59}, "its table does not cover the disk"),
        ({"bits": 63}, "what its header says cannot be"),
        ({"entries": 1 << 31}, "what its header says cannot be"),
        ({"name_at": 1 << 62, "name": 1000}, "cut off"),
        ({"table": 1 << 62}, "cut off"),
    ],
)
def test_a_header_that_cannot_be_read_is_named_in_one_line(tmp_path, changes, said):
    path = tmp_path / "odd.qcow2"
    path.write_bytes(header(**changes))
    assert said in refusal(path)


def test_a_backing_file_that_names_itself_ends_in_one_line(tmp_path):
    path = tmp_path / "self.qcow2"
    path.write_bytes(packed_by_hand(bytes(1 << 20), compressed=False, backing="self.qcow2"))
    assert "lies upon itself" in refusal(path)


def test_a_backing_file_is_of_the_format_that_the_image_says(tmp_path):
    """What a guest wrote into a raw disk is never taken for a format that names other files."""
    evil = packed_by_hand(bytes(1 << 20), compressed=False, backing="other")
    disk = formats.Opening(str(tmp_path / "x"), False)
    (tmp_path / "base").write_bytes(evil)
    assert disk.disk(str(tmp_path / "base"), "raw").read(0, 4) == b"QFI\xfb"


@pytest.mark.parametrize(
    ("start", "said"),
    [
        (b"<<< Oracle VM VirtualBox Disk Image >>>", "VirtualBox's vdi is not read: `qemu-img convert"),
        (b"QED\0", "qed is not read"),
        (b"COWD", "an old vmdk of ESX is not read"),
    ],
)
def test_formats_that_are_not_read_are_named(tmp_path, start, said):
    path = tmp_path / "disk"
    path.write_bytes(start.ljust(4096, b"\0"))
    assert said in refusal(path)


@pytest.mark.parametrize(
    ("at", "sign", "said"),
    [
        (3, b"-FVE-FS-", "volume 1: encrypted by BitLocker"),
        (3, b"ReFS\0\0\0\0", "volume 1: ReFS, which is not read"),
        (82, b"FAT32   ", "volume 1: FAT"),
        (1080, b"\x53\xef", "volume 1: ext4 or alike, of Linux"),
        (0, b"LUKS\xba\xbe", "volume 1: encrypted by LUKS"),
        (0, b"", "volume 1: empty"),
        (0, b"what is this", "volume 1: a file system that is not known here"),
        (3, b"NTFS    ", "volume 1: damaged: its NTFS cannot be read"),
    ],
)
def test_a_disk_without_windows_says_what_it_holds(tmp_path, at, sign, said):
    path = tmp_path / "disk.raw"
    path.write_bytes(disks.mbr((bytes(at) + sign).ljust(1 << 20, b"\0")))
    assert refusal(path) == f"vaudit: {path}: holds no Windows ({said})"


def test_without_the_extra_it_is_said_how_to_get_it(written):
    code = (
        "import sys; sys.modules['pyfsntfs'] = None\n"
        "from vaudit.main import main; sys.argv = ['vaudit', 'scan', '--from', sys.argv[1]]; main()"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(written)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 3
    assert "reading NTFS needs a library: pip install 'vaudit[images]'" in done.stderr


# harm


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(24))
def test_a_damaged_image_ends_in_an_answer_or_one_line_and_soon(tmp_path, volume, seed):
    rng = dice(seed)
    make = [disks.gpt, lambda part: packed_by_hand(disks.mbr(part), compressed=seed % 2 == 0)][seed % 3 % 2]
    data = bytearray(make(volume))
    for _ in range(rng.choice([1, 20, 400, 4000])):
        data[rng.randrange(len(data))] ^= 1 << rng.randrange(8)
    path = tmp_path / "damaged"
    path.write_bytes(data[: rng.choice([len(data), rng.randrange(len(data))])])
    began = time.monotonic()
    done = scan(path)
    assert done.returncode in (0, 1, 3) and "Traceback" not in done.stderr
    assert done.returncode != 3 or done.stderr.count("\n") == 1
    assert time.monotonic() - began < 40  # 10 s where nothing else runs


@pytest.mark.slow
@pytest.mark.parametrize("harm", ["while True: pass", "bytearray(1 << 30)"])
def test_who_takes_too_much_is_stopped_and_nobody_asks_again(written, harm):
    code = (
        "import sys\nfrom vaudit.evidence import image\nfrom vaudit.evidence.images import windows\n"
        "from vaudit.evidence.errors import EvidenceError\n"
        f"def systems(disk):\n    print('began', flush=True, file=sys.stderr)\n    {harm}\n"
        "windows.systems, image.SECONDS = systems, 1\n"
        "try: list(image.sources(sys.argv[1], False))\nexcept EvidenceError as error: print(error)\n"
    )
    words = [sys.executable, "-c", code, str(written)]  # a process that has no threads
    done = subprocess.run(words, capture_output=True, text=True, timeout=60, check=True)
    assert "reading it takes more than" in done.stdout


def test_nothing_runs_once_the_machine_is_no_longer_looked_at(written):
    source = one(str(written))
    assert source.names(DRIVERS)
    child = source._ask.__closure__  # type: ignore[attr-defined]
    assert child
    (reading,) = [cell.cell_contents for cell in child if isinstance(cell.cell_contents, image._Reading)]
    number = reading._apart._children[-1] if reading._apart else 0
    del source, child, reading
    with pytest.raises(ProcessLookupError):
        os.kill(number, 0)


@given(st.binary(max_size=700), st.integers(0, 3))
@settings(max_examples=300, deadline=None)
def test_no_table_of_partitions_leads_out_of_the_disk(noise, which):
    data = bytearray(disks.gpt(bytes(4096)) if which else disks.extended(bytes(4096)))
    at = [446, 512, 1024, 0][which]
    data[at : at + len(noise)] = noise
    data[510:512] = b"\x55\xaa"
    disk = Bytes(bytes(data))
    for one_ in partitions.volumes(disk):
        assert 0 <= one_.part.size <= disk.size
        assert len(one_.part.read(0, 1 << 20)) <= disk.size


# pages of a large file


@given(st.data())
@settings(max_examples=100, deadline=None)
def test_pages_are_cut_out_and_changed_as_bytes_are(data):
    content = bytearray(dice(3).randbytes(3 * PAGE - 700))
    paged = Paged(lambda at, count: bytes(content_before[at : at + count]), len(content))
    content_before = bytes(content)
    for _ in range(data.draw(st.integers(0, 5))):
        if data.draw(st.booleans()):
            grown = len(content) + data.draw(st.integers(0, PAGE))
            paged.grow(grown)
            content += bytes(grown - len(content))
        at = data.draw(st.integers(0, len(content)))
        new = bytes([data.draw(st.integers(0, 255))]) * data.draw(st.integers(0, len(content) - at))
        paged[at : at + len(new)] = new
        content[at : at + len(new)] = new
    at, end = data.draw(st.integers(0, len(content))), data.draw(st.integers(0, len(content)))
    assert (len(paged), paged[at:end]) == (len(content), bytes(content[at:end]))


def test_only_the_pages_that_are_looked_at_are_read():
    asked = []

    def read(at: int, count: int) -> bytes:
        asked.append(at)
        return bytes(count)

    paged = Paged(read, 1 << 40)
    assert paged[5:9] == bytes(4) and paged[(1 << 39) : (1 << 39) + 2] == bytes(2)
    assert asked == [0, 1 << 39]


def test_a_part_ends_where_its_disk_does():
    part = Part(Bytes(b"0123456789"), 4, 100)
    assert (part.size, part.read(0, 50), part.read(3, 50)) == (6, b"456789", b"789")


# the real programs


FORMATS = {
    "qcow2": [], "qcow2 2": ["-o", "compat=0.10"], "qcow2 compressed": ["-c"],
    "qcow2 extended": ["-o", "extended_l2=on"], "qcow2 small": ["-o", "cluster_size=4k"],
    "qcow2 large": ["-c", "-o", "cluster_size=2M"], "vmdk": [],
    "vmdk stream": ["-o", "subformat=streamOptimized"], "vmdk flat": ["-o", "subformat=monolithicFlat"],
    "vmdk many": ["-o", "subformat=twoGbMaxExtentSparse"], "vpc": [], "vpc fixed": ["-o", "subformat=fixed"],
    "vhdx": [], "vhdx fixed": ["-o", "subformat=fixed"],
}  # fmt: skip


@pytest.mark.outer("qemu-img")
@pytest.mark.parametrize("name", FORMATS)
def test_every_format_gives_the_bytes_that_were_converted(tmp_path, name):
    rng = dice(name)
    pieces = [bytes(1 << 18), rng.randbytes(1 << 18), b"repeated" * (1 << 15), lzma.compress(b"x") * 4000]
    content = b"".join(rng.choice(pieces) for _ in range(60))[: 14 << 20].ljust(14 << 20, b"\0")
    raw, out = tmp_path / "raw", tmp_path / f"disk.{name.split()[0]}"
    raw.write_bytes(disks.mbr(content))
    words = ["qemu-img", "convert", "-f", "raw", "-O", name.split()[0], *FORMATS[name], str(raw), str(out)]
    subprocess.run(words, check=True)
    disk, truth = formats.Opening(str(out), False).disk(str(out)), raw.read_bytes()
    assert 0 <= disk.size - len(truth) < 1 << 20  # vpc rounds up to whole cylinders
    for at in range(0, len(truth), 1 << 16):
        assert disk.read(at, 1 << 16) == truth[at : at + (1 << 16)], at
    for _ in range(200):
        at, count = rng.randrange(len(truth)), rng.randrange(1 << 17)
        count = min(count, len(truth) - at)
        assert disk.read(at, count) == truth[at : at + count]


@pytest.mark.outer("qemu-img")
@pytest.mark.parametrize("name", FORMATS)
def test_every_format_is_scanned(tmp_path, written, name):
    out = tmp_path / f"disk.{name.split()[0]}"
    words = [
        "qemu-img",
        "convert",
        "-f",
        "raw",
        "-O",
        name.split()[0],
        *FORMATS[name],
        str(written),
        str(out),
    ]
    subprocess.run(words, check=True)
    assert one(str(out)).names(DRIVERS) == disks.DRIVERS


@pytest.fixture(scope="module")
def anew():
    """A volume that ntfs-3g writes now, which needs root and FUSE."""
    if os.geteuid() or not os.path.exists("/dev/fuse"):
        pytest.skip("NOT RUN: ntfs-3g writes a volume for root alone, where there is FUSE")
    try:
        return disks.made()
    except (OSError, subprocess.SubprocessError) as error:
        pytest.skip(f"NOT RUN: no volume of NTFS could be made: {error}")


@pytest.mark.outer("qemu-img", "ntfs-3g")
@pytest.mark.parametrize("table", [disks.mbr, disks.gpt])
@pytest.mark.parametrize("name", FORMATS)
def test_a_hive_that_is_put_into_a_volume_now_is_found_in_every_format(tmp_path, anew, table, name):
    raw, out = tmp_path / "raw", tmp_path / f"disk.{name.split()[0]}"
    raw.write_bytes(table(anew))
    words = ["qemu-img", "convert", "-f", "raw", "-O", name.split()[0], *FORMATS[name], str(raw), str(out)]
    subprocess.run(words, check=True)
    assert one(str(out)).names(DRIVERS) == disks.DRIVERS


@pytest.mark.outer("qemu-img")
def test_a_vmdk_upon_another_is_read_through_both(tmp_path, written):
    base, over = tmp_path / "base.vmdk", tmp_path / "over.vmdk"
    subprocess.run(["qemu-img", "convert", "-f", "raw", "-O", "vmdk", str(written), str(base)], check=True)
    words = ["qemu-img", "create", "-q", "-f", "vmdk", "-b", "base.vmdk", "-F", "vmdk", str(over)]
    subprocess.run(words, check=True, cwd=tmp_path)
    assert one(str(over)).names(DRIVERS) == disks.DRIVERS
    base.rename(tmp_path / "elsewhere")
    assert "holds only what differs from base.vmdk, which is not beside it" in refusal(over)
