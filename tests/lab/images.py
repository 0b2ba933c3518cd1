"""Builds what the lab boots, from Debian packages alone, into a cache folder; nothing of it is committed.

`vmlinux` the kernel as ELF (starts 4 s sooner than a compressed one), `xen`, `guest.cpio` a small root in
memory with Python and the drivers (every guest boots it), `host.sqfs` a bigger root with Xen's tools, QEMU
and container engines (for the machines that run guests), `packages/` what vaudit's wheel depends on.
"""

import fcntl
import gzip
import hashlib
import lzma
import os
import shutil
import struct
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from tests.lab.cpio import Cpio
from vaudit import toml

ROOT = Path(__file__).parent.parent.parent
PROGRAMS = {
    "qemu-system-x86_64": "qemu-system-x86 seabios ipxe-qemu",
    "mmdebstrap": "mmdebstrap",
    "sqfstar": "squashfs-tools",
    "depmod": "kmod",
    "nbdkit": "nbdkit",
}
"""What the lab runs on this machine, and the Debian packages that hold it."""
SUITE = "bookworm"
GUEST = "python3-minimal libpython3.11-stdlib busybox-static kmod base-files"
HOST = f"""{GUEST}
  bash coreutils util-linux mount grep sed tar gawk iproute2 iptables procps passwd libc-bin
  linux-image-amd64 xen-hypervisor-4.17-amd64 xen-utils-4.17 xen-utils-common qemu-system-xen grub-pc-bin
  qemu-system-x86 seabios ipxe-qemu
  systemd systemd-container lxc podman crun docker.io runsc bubblewrap user-mode-linux"""
DISKS = """virtio_blk virtio_scsi sd_mod sr_mod ata_piix ata_generic ahci nvme vmw_pvscsi sym53c8xx
  megaraid_sas mptsas am53c974 usb-storage uas xhci_pci uhci_hcd xen-blkfront xen-scsifront hv_storvsc"""
CARDS = """virtio_net e1000 e1000e igb 8139cp 8139too ne2k-pci pcnet32 e100 vmxnet3 xen-netfront hv_netvsc
  ena gve mana"""
PLATFORM = """virtio_pci virtio_mmio virtio_balloon virtio_console virtio-rng hv_utils hv_balloon vmw_balloon
  vboxguest cpuid dmi-sysfs qemu_fw_cfg"""
# crc32c and t10dif are asked for by name, not by dependency
HOSTS = """xen-evtchn xen-gntdev xen-gntalloc xen-privcmd xenfs xen-blkback xen-netback kvm-amd kvm-intel
  squashfs overlay ext4 loop bridge veth tun nf_tables nft_compat nft_chain_nat xt_MASQUERADE xt_conntrack
  xt_addrtype xt_comment br_netfilter crc32c_generic crct10dif_generic"""
MODULES = [name.replace("-", "_") for name in f"{DISKS} {CARDS} {PLATFORM} {HOSTS}".split()]
"""Modules that the guests have; what these need comes along."""
PRUNE = [
    "dev",
    "lib/udev/hwdb.d",
    "usr/lib/uml",
    "usr/lib/python3.11/pydoc_data",
    "usr/lib/x86_64-linux-gnu/gconv",
    "usr/lib/x86_64-linux-gnu/perl",
    "usr/share/doc",
    "usr/share/info",
    "usr/share/locale",
    "usr/share/man",
    "usr/share/perl",
    "var/cache/apt",
    "var/lib/apt",
    "var/lib/dpkg",
]
"""Left out of both roots."""
GRUB = """serial --unit=0 --speed=115200
terminal_output serial
set root=(hd0,msdos1)
configfile /grub.cfg
"""
"""What a machine's GRUB does first."""
GRUB_MODULES = "biosdisk part_msdos squash4 linux normal configfile serial terminal"
MIB = 1 << 20


class LabError(Exception):
    """The lab cannot be built or run; the message says what to do."""


def cache() -> Path:
    """The folder that holds everything that the lab builds."""
    return Path(os.environ.get("VAUDIT_LAB_CACHE") or Path.home() / ".cache" / "vaudit-lab")


def missing_programs(programs: Mapping[str, str] = PROGRAMS) -> list[str]:
    """Debian packages to install before the lab can run; empty when all is there."""
    path = f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin"
    return [names for program, names in programs.items() if not shutil.which(program, path=path)]


def can_install() -> bool:
    """Whether this user may add Debian packages."""
    return os.geteuid() == 0 and shutil.which("apt-get") is not None


def install_programs(programs: Mapping[str, str] = PROGRAMS) -> None:
    """Adds what is missing, as root on a Debian. LabError says what to install where that is not allowed."""
    missing = " ".join(missing_programs(programs))
    if not missing:
        return
    if not can_install():
        raise LabError(f"the lab needs programs that are not here: apt-get install {missing}")
    say(f"installing {missing}")
    apt = ["apt-get", "-qq", "-o", "DPkg::Lock::Timeout=300"]
    run([*apt, "update"])
    run([*apt, "install", "-y", "--no-install-recommends", *missing.split()])


def build() -> Path:
    """The cache folder with all images in it, built where they are missing or what they hold has changed."""
    folder = cache()
    folder.mkdir(parents=True, exist_ok=True)
    stamp = folder / "built"
    wanted = hashlib.sha256(
        repr((SUITE, GUEST, HOST, MODULES, PRUNE, GRUB, GRUB_MODULES)).encode()
    ).hexdigest()
    with lock(folder / "lock"):
        if not stamp.exists() or stamp.read_text() != wanted:
            stamp.unlink(missing_ok=True)
            with tempfile.TemporaryDirectory(dir=folder, prefix="building-") as work:
                _images(Path(work), folder)
            stamp.write_text(wanted)
        packages(folder)
    return folder


def _images(work: Path, folder: Path) -> None:
    say("building the host's root from Debian packages (about a minute)")
    host = _debian(HOST, work / "host.tar")
    run(["tar", "-C", str(work), "-xf", str(host), "./boot", "./lib/modules"])
    release = next(work.glob("boot/vmlinuz-*")).name.removeprefix("vmlinuz-")
    (folder / "vmlinux").write_bytes(elf_kernel((work / f"boot/vmlinuz-{release}").read_bytes()))
    (folder / "xen").write_bytes(gzip.decompress(next(work.glob("boot/xen-4*.gz")).read_bytes()))
    (folder / "host.sqfs").unlink(missing_ok=True)
    shutil.copy(work / f"boot/vmlinuz-{release}", folder / "vmlinuz")
    (folder / "grub").write_bytes(_grub(work, host))
    with host.open("rb") as data:
        command = ["sqfstar", "-quiet", "-no-progress", "-comp", "lz4", str(folder / "host.sqfs")]
        run([*command, *PRUNE, "boot", "lib/modules", "usr/share/qemu/skiboot.lid"], stdin=data)
    say("building the guests' root in memory")
    modules = _modules(work, release)
    root = _compiled(_debian(GUEST, work / "guest.tar"), work / "guest")
    with (folder / "guest.cpio").open("wb") as file, Cpio(file) as cpio:
        cpio.tree(root, "")
        cpio.tree(modules, "")


def _debian(packages: str, path: Path) -> Path:
    """A tar of Debian packages, unpacked without running their scripts."""
    names = ",".join(packages.split())
    # nothing of it is run here, so it needs neither root nor namespaces
    mode = ["--quiet", "--mode=chrootless", "--variant=extract"]
    run(["mmdebstrap", *mode, f"--include={names}", SUITE, str(path)])
    return path


def elf_kernel(image: bytes) -> bytes:
    """The ELF kernel in an x86 boot image: payload_offset and _length in Documentation/arch/x86/boot.rst."""
    setup = (image[0x1F1] + 1) * 512
    offset, length = struct.unpack_from("<II", image, 0x248)
    payload = image[setup + offset : setup + offset + length]
    if payload[:6] != b"\xfd7zXZ\0":
        raise LabError("the kernel image is not compressed with xz: a case for tests/lab/images.py")
    return lzma.LZMADecompressor().decompress(payload)


def _grub(work: Path, host: Path) -> bytes:
    """The first MiB of a disk whose one partition follows: boot sector, partition table and GRUB."""
    lib = "usr/lib/grub/i386-pc"
    libraries = ["lib/x86_64-linux-gnu", "usr/lib/x86_64-linux-gnu"]
    needed = [f"./{one}" for one in (lib, "usr/bin/grub-mkimage", "lib64", *libraries)]
    run(["tar", "-C", str(work), "-xf", str(host), *needed])
    core = grub_core(work, work, GRUB, GRUB_MODULES, "(hd0,msdos1)/")
    boot = (work / lib / "boot.img").read_bytes()[:440]
    return boot.ljust(512, b"\0") + core.ljust(MIB - 512, b"\0")


def grub_core(root: Path, work: Path, config: str, modules: str, prefix: str) -> bytes:
    """GRUB itself, made by the program of a root's tree, with what it does first."""
    (work / "grub.cfg").write_text(config)
    # the program and its libraries are the guests', whatever this machine has
    libraries = ":".join(str(root / one) for one in ("lib/x86_64-linux-gnu", "usr/lib/x86_64-linux-gnu"))
    program = [str(root / "lib64/ld-linux-x86-64.so.2"), "--library-path", libraries]
    options = ["-O", "i386-pc", "-d", str(root / "usr/lib/grub/i386-pc"), "-p", prefix]
    made = ["-c", str(work / "grub.cfg"), "-o", str(work / "core"), *modules.split()]
    run([*program, str(root / "usr/bin/grub-mkimage"), *options, *made])
    return (work / "core").read_bytes()


def grub_disk(path: Path, images: Path, initrd: Path, command_line: str) -> Path:
    """A disk that boots the guests' kernel by GRUB with a command line."""
    with tempfile.TemporaryDirectory(dir=path.parent) as work:
        config = Path(work) / "grub.cfg"
        config.write_text(f"linux /vmlinuz {command_line}\ninitrd /guest.cpio\nboot\n")
        data = squash(Path(work) / "part", [images / "vmlinuz", initrd, config]).read_bytes()
    table = struct.pack(
        "<B3sB3sII", 0x80, b"\xfe\xff\xff", 0x83, b"\xfe\xff\xff", MIB // 512, len(data) // 512 + 1
    )
    head = bytearray((images / "grub").read_bytes())
    head[446 : 446 + 16], head[510:512] = table, b"\x55\xaa"
    path.write_bytes(bytes(head) + data + bytes(-len(data) % 512) + bytes(512))
    return path


def squash(path: Path, files: list[Path]) -> Path:
    """An uncompressed squashfs of some files."""
    plain = ["-noappend", "-noI", "-noD", "-noF", "-noX", "-quiet", "-no-progress"]
    run(["mksquashfs", *(str(one) for one in files), str(path), *plain])
    return path


def _modules(work: Path, release: str) -> Path:
    """A tree with MODULES, what they need and their indexes, taken from the kernel's package."""
    full, chosen = work / "lib/modules" / release, work / "chosen/lib/modules" / release
    run(["depmod", "-b", str(work), release])
    needs = {}
    for line in (full / "modules.dep").read_text().splitlines():
        path, _, rest = line.partition(":")
        needs[Path(path).stem.replace("-", "_")] = [path, *rest.split()]
    builtin = (full / "modules.builtin").read_text().replace("-", "_")
    if lost := [name for name in MODULES if name not in needs and f"/{name}.ko" not in builtin]:
        raise LabError(f"the kernel {release} has no module {', '.join(lost)}")
    for path in {path for name in MODULES for path in needs.get(name, [])}:
        (chosen / path).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(full / path, chosen / path)
    for name in ("modules.builtin", "modules.builtin.modinfo", "modules.order"):
        shutil.copy(full / name, chosen / name)
    run(["depmod", "-b", str(work / "chosen"), release])
    return work / "chosen"


def _compiled(tar_path: Path, root: Path) -> Path:
    """The guest's tree, pruned; with compiled Python where this Python has the guest's version."""
    root.mkdir()
    excludes = [f"--exclude=./{name}" for name in PRUNE]
    run(["tar", "-C", str(root), *excludes, "--no-same-owner", "-xf", str(tar_path)])
    _compile(root / "usr/lib/python3.11", root)
    return root


def _compile(folder: Path, root: Path) -> None:
    if sys.version_info[:2] == (3, 11):
        mode = ["--invalidation-mode", "unchecked-hash", "-q", "-s", str(root), "-x", "lib2to3|/tests?/"]
        run([sys.executable, "-m", "compileall", *mode, str(folder)])


def packages(folder: Path) -> None:
    """What vaudit's wheel depends on, from PyPI, for the guest's Python."""
    needed = toml.loads((ROOT / "pyproject.toml").read_text())["project"]["dependencies"]
    stamp, target = folder / "packages.built", folder / "packages"
    wanted = "\n".join(needed)
    if stamp.exists() and stamp.read_text() == wanted:
        return
    say("fetching what vaudit depends on")
    shutil.rmtree(target, ignore_errors=True)
    platforms = [f"--platform={one}_x86_64" for one in ("manylinux2014", "manylinux_2_28", "manylinux_2_34")]
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-compile"]
    python = ["--python-version=3.11", "--only-binary=:all:", *platforms, f"--target={target}"]
    run([*pip, *python, "--root-user-action=ignore", *needed])
    _compile(target, folder)
    stamp.write_text(wanted)


def wheel(folder: Path) -> Path:
    """This checkout's wheel, built into `folder`."""
    run([sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)], cwd=ROOT)
    return next(folder.glob("*.whl"))


def vaudit(images: Path, target: Path) -> None:
    """This checkout's vaudit, compiled, with what it depends on, as a folder to import it from."""
    with tempfile.TemporaryDirectory() as work:
        made = Path(work) / "vaudit"
        shutil.unpack_archive(wheel(Path(work)), made, "zip")
        _compile(made, Path(work))
        shutil.copytree(made, target, dirs_exist_ok=True)
    shutil.copytree(images / "packages", target, dirs_exist_ok=True)


def overlay(images: Path, path: Path) -> Path:
    """Writes `path`: the guests' root with this checkout's vaudit and the guests' scripts added.

    A kernel unpacks concatenated cpio archives one after the other, so the cached part is only copied.
    """
    scripts = Path(__file__).parent / "guest"
    with tempfile.TemporaryDirectory() as work, path.open("wb") as file:
        vaudit(images, Path(work))
        with (images / "guest.cpio").open("rb") as base:
            shutil.copyfileobj(base, file)
        with Cpio(file) as cpio:
            cpio.tree(Path(work), "opt/vaudit")
            cpio.file("init", 0o755, (scripts / "init").read_bytes())
            cpio.folder("lab")
            for script in sorted(scripts.iterdir()):
                cpio.file(f"lab/{script.name}", 0o755, script.read_bytes())
    return path


@contextmanager
def lock(path: Path) -> Iterator[None]:
    """Waits until no other lab builds or runs."""
    with path.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def run(command: list[str], **options: object) -> None:
    """Runs a program; LabError with the end of what it said when it fails."""
    path = f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin"
    made = subprocess.run(
        command,
        capture_output=True,
        check=False,
        env={**os.environ, "PATH": path},
        **options,  # type: ignore[call-overload]
    )
    if made.returncode:
        said = (made.stderr or made.stdout or b"").decode("utf-8", "replace").strip()[-800:]
        raise LabError(f"{command[0]} failed with {made.returncode}: {said}")


def say(text: str) -> None:
    print(f"lab: {text}", file=sys.stderr, flush=True)
