"""A Debian as people rent it, on a disk that boots by GRUB: what fixes are executed on.

`debian.tar` is its root, installed by mmdebstrap with all scripts run; each machine gets a disk made of it,
with what is wrong on it from the start: parameters of the kernel, files.
"""

import hashlib
import json
import shutil
import struct
import tempfile
from collections.abc import Mapping
from pathlib import Path

from tests.lab import images
from tests.lab.images import MIB, SUITE, LabError, lock, run, say

PACKAGES = """linux-image-amd64 udev kmod initramfs-tools grub-pc iproute2 procps ethtool zstd sudo
  python3-minimal libpython3.11-stdlib"""
MODULES = """virtio_pci virtio_blk virtio_scsi virtio_net virtio_balloon virtio_rng sd_mod ata_piix
  ata_generic ahci nvme xen_blkfront xen_netfront e1000 e1000e ext4 crc32c_generic crct10dif_generic bfq zram
  loop kvm_amd dmi_sysfs qemu_fw_cfg cpuid sch_fq sch_fq_codel tcp_bbr"""
"""Modules that its kernel has; what these need comes along."""
TRIM = Path(__file__).parent / "guest" / "trim"
UUID = "5a1b3c2d-0001-4000-8000-00000000f1c5"
"""Of its root's file system."""
SIZE = 4096 * MIB
"""Bytes of the sparse disk: a swap file fits in."""
EARLY = """serial --unit=0 --speed=115200
terminal_output serial
set root=(hd0,msdos1)
set prefix=(hd0,msdos1)/boot/grub
normal
"""
"""What GRUB does before it reads /boot/grub/grub.cfg."""
GRUB_MODULES = "biosdisk part_msdos ext2 linux normal configfile serial terminal"
MENU = """GRUB_DEFAULT=0
GRUB_TIMEOUT=0
GRUB_DISTRIBUTOR=Debian
GRUB_CMDLINE_LINUX_DEFAULT=""
GRUB_CMDLINE_LINUX="console=ttyS0 panic=5{}"
GRUB_TERMINAL=serial
"""
"""/etc/default/grub, with what is wrong on the command line."""
PROGRAMS = {"mke2fs": "e2fsprogs", "fakeroot": "fakeroot"}
"""What building a disk takes besides what all of the lab needs."""


def build() -> Path:
    """The cache folder with the root in it, built where it is missing or what it holds has changed."""
    folder = images.cache()
    folder.mkdir(parents=True, exist_ok=True)
    stamp = folder / "debian.built"
    wanted = hashlib.sha256(
        repr((SUITE, PACKAGES.split(), MODULES.split(), TRIM.read_text())).encode()
    ).hexdigest()
    with lock(folder / "lock"):
        if not stamp.exists() or stamp.read_text() != wanted:
            stamp.unlink(missing_ok=True)
            _install(folder / "debian.tar")
            stamp.write_text(wanted)
        images.packages(folder)
    return folder


def _install(path: Path) -> None:
    say("installing the Debian that fixes are executed on (about two minutes)")
    docs = [f"--dpkgopt=path-exclude=/usr/share/{name}/*" for name in ("doc", "locale", "man")]
    options = ["--quiet", "--variant=minbase", '--aptopt=APT::Install-Recommends "false"', *docs]
    hook = f"--customize-hook=env MODULES='{' '.join(MODULES.split())}' sh {TRIM}"
    include = f"--include={','.join(PACKAGES.split())}"
    run(["mmdebstrap", *options, include, f'{hook} "$1"', SUITE, str(path)])


class Root:
    """The root's tree with this checkout's vaudit in it, from which disks are made."""

    def __init__(self, folder: Path, work: Path) -> None:
        self._tree, self._work = work / "root", work
        self._tree.mkdir()
        images.install_programs(PROGRAMS)
        # fakeroot keeps whose each file is, also where nobody is root
        self._fake = ["fakeroot", "-i", str(work / "owners"), "-s", str(work / "owners"), "--"]
        (work / "owners").touch()
        run(
            [
                *self._fake,
                "tar",
                "-C",
                str(self._tree),
                "--exclude=./dev/*",
                "-xf",
                str(folder / "debian.tar"),
            ]
        )
        with tempfile.TemporaryDirectory() as made:
            images.vaudit(folder, Path(made))
            shutil.copytree(made, self._tree / "opt/vaudit")
        self._configure()
        self._head = self._boot_loader()

    def _configure(self) -> None:
        scripts = TRIM.parent
        self._write("lab/mend", (scripts / "mend").read_text(), 0o755)
        init = self._tree / "sbin/init"
        init.unlink(missing_ok=True)
        self._write("usr/sbin/init", (scripts / "debian-init").read_text(), 0o755)
        self._write("etc/fstab", f"UUID={UUID} / ext4 errors=remount-ro 0 1\n")
        self._write("etc/machine-id", "1ab00000000000000000000000000000\n")
        self._write("etc/passwd", (self._tree / "etc/passwd").read_text() + "person:x:1000:1000::/:/bin/sh\n")
        self._write("etc/group", (self._tree / "etc/group").read_text() + "person:x:1000:\n")
        modules = self._tree / "boot/grub/i386-pc"
        modules.mkdir(parents=True)
        for path in (self._tree / "usr/lib/grub/i386-pc").glob("*.[ml][os][dt]"):
            shutil.copy(path, modules)

    def _boot_loader(self) -> bytes:
        """The first MiB of a disk whose one partition follows: boot sector, partition table and GRUB."""
        core = images.grub_core(self._tree, self._work, EARLY, GRUB_MODULES, "(hd0,msdos1)/boot/grub")
        boot = (self._tree / "usr/lib/grub/i386-pc/boot.img").read_bytes()[:440]
        head = bytearray(boot.ljust(512, b"\0") + core.ljust(MIB - 512, b"\0"))
        if len(head) != MIB:
            raise LabError("GRUB's core takes more than a MiB")
        sectors = (MIB // 512, (SIZE - MIB) // 512)
        entry = struct.pack("<B3sB3sII", 0x80, b"\xfe\xff\xff", 0x83, b"\xfe\xff\xff", *sectors)
        head[446:462], head[510:512] = entry, b"\x55\xaa"
        return bytes(head)

    def disk(self, path: Path, job: Mapping[str, object], parameters: str, files: Mapping[str, str]) -> Path:
        """A disk whose machine does a job, with kernel parameters and files that it has from the start."""
        release = next((self._tree / "lib/modules").iterdir()).name
        line = f"root=UUID={UUID} ro console=ttyS0 panic=5 {parameters}".strip()
        menu = f"linux /boot/vmlinuz-{release} {line}\ninitrd /boot/initrd.img-{release}\nboot\n"
        self._write("boot/grub/grub.cfg", menu)
        self._write("etc/default/grub", MENU.format(f" {parameters}" if parameters else ""))
        self._write("lab/job.json", json.dumps(job))
        for name, content in files.items():
            self._write(name, content)
        with path.open("wb") as file:
            file.write(self._head)
            file.truncate(SIZE)
        options = f"offset={MIB},lazy_itable_init=1,lazy_journal_init=1,root_owner=0:0"
        size = f"{(SIZE - MIB) // 1024}k"
        made = [
            "mke2fs",
            "-q",
            "-t",
            "ext4",
            "-U",
            UUID,
            "-E",
            options,
            "-d",
            str(self._tree),
            str(path),
            size,
        ]
        run([*self._fake, *made])
        for name in files:
            (self._tree / name).unlink()
        return path

    def _write(self, name: str, content: str, mode: int = 0o644) -> None:
        path = self._tree / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.unlink(missing_ok=True)
        path.write_text(content)
        path.chmod(mode)
