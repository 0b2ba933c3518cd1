"""Disk images with a Windows on them, of a recorded machine that the tests make.

The volume in tests/fixtures/images was made by `python -m tests.evidence.disks` with mkntfs and ntfs-3g, as
root; all else is made from it: partition tables here, formats by qemu-img where it is.
"""

import lzma
import subprocess
import tempfile
from pathlib import Path
from struct import pack

from tests.machines.windows import builder

VOLUME = Path(__file__).parent.parent / "fixtures" / "images" / "ntfs.xz"
MACHINE = "kvm-virtio-scsi"
DRIVERS = ["disk.sys", "storahci.sys", "vioscsi.sys"]
SECTOR = 512
START = 2048
"""The sector at which the volume begins on a disk."""
BASIC = bytes.fromhex("a2a0d0ebe5b9334487c068b6b72699c7")
"""The type of a data partition of Windows, as GPT stores it."""


def volume() -> bytes:
    """A volume of NTFS with Windows\\System32\\config\\SYSTEM, drivers, and a hibernation file."""
    return lzma.decompress(VOLUME.read_bytes())


def mbr(*parts: bytes, kind: int = 7) -> bytes:
    """A disk with a table of partitions in its first sector."""
    table, at = b"", START
    for part in parts:
        table += pack("<4xB3xII", kind, at, len(part) // SECTOR)
        at += len(part) // SECTOR
    first = bytes(446) + table.ljust(64, b"\0") + b"\x55\xaa"
    return first.ljust(START * SECTOR, b"\0") + b"".join(parts)


def gpt(*parts: bytes, sector: int = SECTOR) -> bytes:
    """A disk with a GUID partition table."""
    entries, at = b"", START * SECTOR // sector
    for number, part in enumerate(parts, 1):
        entries += BASIC + bytes([number]) * 16 + pack("<QQ", at, at + len(part) // sector - 1) + bytes(80)
        at += len(part) // sector
    head = b"EFI PART".ljust(72, b"\0") + pack("<QIII", 2, len(parts), 128, 0)
    protective = bytes(446) + pack("<4xB3xII", 0xEE, 1, 0xFFFFFFFF).ljust(64, b"\0") + b"\x55\xaa"
    first = protective.ljust(sector, b"\0") + head.ljust(sector, b"\0") + entries
    return first.ljust(START * SECTOR, b"\0") + b"".join(parts)


def extended(part: bytes) -> bytes:
    """A disk whose only volume is a logical one."""
    inner = bytes(446) + pack("<4xB3xII", 7, 1, len(part) // SECTOR).ljust(64, b"\0") + b"\x55\xaa"
    return mbr(inner + part, kind=0x0F)


def make() -> None:
    """Makes the volume of the tests anew."""
    VOLUME.write_bytes(lzma.compress(made(), preset=9))


def made() -> bytes:
    """A volume that mkntfs and ntfs-3g make now, as root."""
    with tempfile.TemporaryDirectory() as folder:
        file, mount = Path(folder, "volume"), Path(folder, "mount")
        mount.mkdir()
        with file.open("wb") as opened:
            opened.truncate(6 << 20)
        _run("mkntfs", "-F", "-Q", "-q", "-p", str(START), "-c", "4096", str(file))
        _run("ntfs-3g", str(file), str(mount))
        try:
            config = mount / "Windows" / "System32" / "config"
            config.mkdir(parents=True)
            (config / "SYSTEM").write_bytes(builder.hive(MACHINE))
            (config.parent / "drivers").mkdir()
            for name in DRIVERS:
                (config.parent / "drivers" / name).write_bytes(b"MZ")
            (mount / "hiberfil.sys").write_bytes(b"HIBR" + b"memory of a machine that sleeps" * 99)
        finally:
            _run("umount", str(mount))
        return file.read_bytes()


def _run(*words: str) -> None:
    subprocess.run(words, check=True, stdout=subprocess.DEVNULL)


if __name__ == "__main__":
    make()
