"""Boots the lab's machines and brings back what vaudit said inside them.

QEMU runs in software emulation only, at most two at once, each below `timeout`, without networks of its own.
"""

import io
import re
import shlex
import shutil
import subprocess
import tarfile
import threading
import time
import zlib
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests.lab import images, slow
from tests.lab.cpio import Cpio
from tests.lab.images import LabError
from vaudit import toml

TABLE = Path(__file__).parent / "cases.toml"
PATIENCE = 5
"""A machine may take this many times as long as on a quiet one."""
OUT_SIZE = 16 << 20
"""Bytes of the raw disk on which a guest leaves what vaudit said."""
BOOT_SIZE = 512 << 20
"""Bytes of the sparse disk with the guests' kernel and root: always the same, so that dumps differ little."""
_RUNNING: set[subprocess.Popen[bytes]] = set()
_STOP = threading.Event()


@dataclass(frozen=True)
class Host:
    """A machine that runs guests; `boots` none for plain QEMU guests, which need no other."""

    name: str
    args: str
    seconds: int
    xen: str = ""
    prepare: str = ""


@dataclass(frozen=True)
class Case:
    """One machine, and how it is made. `seconds` is what it takes on a quiet 2-core machine."""

    name: str
    group: str
    about: str
    seconds: int = 15
    args: str = ""
    run: str = ""
    grub: str = ""
    """The kernel's command line where the machine boots by GRUB from a disk of its own."""
    flaw: str = ""
    """What is wrong with the disk `drive=slow`, which is measured: see slow.py."""
    opt_in: bool = False


@dataclass
class Said:
    """What vaudit said inside; `problem` why it said nothing."""

    case: Case
    seconds: float = 0
    problem: str = ""
    files: dict[str, bytes] = field(default_factory=dict)

    @property
    def is_broken(self) -> bool:
        """It said nothing, or its kernel told of processes that died of a segmentation fault.

        In a Xen PV guest on an emulated AMD processor (QEMU 7.2) any program does so now and then.
        """
        return bool(self.problem or self.files.get("faults.txt"))


def table() -> tuple[dict[str, Host], dict[str, Case]]:
    """Hosts by name, and cases by `GROUP-NAME`, as cases.toml has them."""
    data = toml.loads(TABLE.read_text())
    hosts = {name: Host(name=name, **one) for name, one in data.pop("host").items()}
    cases = [
        Case(name=f"{group}-{name}", group=group, **one)
        for group, members in data.items()
        for name, one in members.items()
    ]
    return hosts, {case.name: case for case in cases}


def boot(cases: list[Case], jobs: int, files: Sequence[Path] = ()) -> Iterator[Said]:
    """Boots what the cases need and gives each one's outcome as soon as it is there.

    `files`: what machines that run guests find in /lab/boot besides kernel and root.
    """
    _STOP.clear()
    hosts, _ = table()
    folder = images.build()
    runs = folder / "runs"
    runs.mkdir(exist_ok=True)
    with images.lock(runs / "lock"), _initrd(folder, runs) as initrd, ThreadPoolExecutor(jobs) as pool:
        plain = [case for case in cases if case.group not in hosts]
        work = [pool.submit(_guest, folder, initrd, case) for case in plain]
        for host in hosts.values():
            if members := [case for case in cases if case.group == host.name]:
                work.append(pool.submit(_host, folder, initrd, host, members, files))
        try:
            for done in as_completed(work):
                yield from done.result()
        except BaseException:
            _STOP.set()
            for one in work:
                one.cancel()
            for process in list(_RUNNING):
                process.terminate()
            raise


@contextmanager
def _initrd(folder: Path, runs: Path) -> Iterator[Path]:
    """The guests' root with this checkout's vaudit, for as long as it is needed."""
    path = runs / "guest.cpio"
    try:
        yield images.overlay(folder, path)
    finally:
        path.unlink(missing_ok=True)


def _guest(folder: Path, initrd: Path, case: Case) -> list[Said]:
    """A plain guest: what it says comes out of its second serial port."""
    run = run_folder(folder, case.name)
    out = run / "out.tar"
    jobs = "bench send=/dev/ttyS1" if case.flaw else "send=/dev/ttyS1"
    arguments = [
        *("-kernel", str(folder / "vmlinux"), "-initrd", str(initrd)),
        *("-append", f"console=ttyS0 panic=1 -- {jobs}"),
        *("-serial", f"file:{run / 'console.log'}", "-serial", f"file:{out}"),
        *("-m", "512", *with_backends(shlex.split(case.args))),
    ]
    with slow.backend(case.flaw, run) as disk:
        seconds, problem = qemu([*arguments, *disk], case.seconds * PATIENCE, run)
    return [_said(case, out, seconds, problem, run)]


def with_backends(arguments: list[str]) -> list[str]:
    """The arguments, and an empty disk for each `drive=dN`, a network without exit for each `netdev=nN`."""
    text = " ".join(arguments)
    disks, cards = re.findall(r"\bdrive=(d\d+)", text), re.findall(r"\bnetdev=(n\d+)", text)
    more: list[str] = []
    for name in disks:
        more += ["-blockdev", f"driver=null-co,node-name={name},size=268435456,read-zeroes=on"]
    for name in cards:
        more += ["-netdev", f"user,id={name},restrict=on"]
    return [*arguments, *more]


def _host(folder: Path, initrd: Path, host: Host, cases: list[Case], files: Sequence[Path]) -> list[Said]:
    """A machine with guests: each of them gets a raw disk for what it says."""
    run = run_folder(folder, host.name)
    own = run / "host.cpio"
    shutil.copy(initrd, own)
    jobs = dict(enumerate(cases))
    with own.open("ab") as file, Cpio(file) as cpio:
        cpio.folder("lab/job")
        cpio.file("lab/prepare", 0o644, host.prepare.encode())
        for number, case in jobs.items():
            cpio.file(f"lab/job/{number:02}", 0o644, case.run.replace("\n", " ").encode())
    boot_disk = images.squash(run / "boot.sqfs", [folder / "vmlinux", initrd, *files])
    with boot_disk.open("ab") as file:
        file.truncate(BOOT_SIZE)
    disks = [_disk("root", folder / "host.sqfs"), _disk("boot", boot_disk)]
    for number, case in jobs.items():
        out = run / f"out{number:02}"
        with out.open("wb") as file:
            file.truncate(OUT_SIZE)
        disks.append(_disk(out.name, out))
        if case.grub:
            disk = images.grub_disk(run / f"boot{number:02}", folder, initrd, case.grub)
            disks.append(_disk(disk.name, disk))
    line = "console={} panic=1 -- host=/dev/vda"
    if host.xen:
        doubled = line.format("hvc0").replace(",", ",,")
        kernel = ["-kernel", str(folder / "xen"), "-append", host.xen]
        kernel += ["-initrd", f"{folder / 'vmlinux'} {doubled},{own}"]
    else:
        kernel = ["-kernel", str(folder / "vmlinux"), "-append", line.format("ttyS0"), "-initrd", str(own)]
    serial = ["-serial", f"file:{run / 'console.log'}"]
    limit = (host.seconds + sum(case.seconds for case in cases)) * PATIENCE
    arguments = [*kernel, *serial, *shlex.split(host.args), *(word for disk in disks for word in disk)]
    seconds, problem = qemu(arguments, limit, run)
    for path in (own, *run.glob("boot*")):
        path.unlink()
    return [_said(case, run / f"out{number:02}", seconds, problem, run) for number, case in jobs.items()]


def _disk(serial: str, path: Path) -> list[str]:
    """A virtio disk; an image that several machines share is opened read-only."""
    read_only = "on" if path.suffix == ".sqfs" else "off"
    drive = f"file={path},format=raw,if=none,id={serial},cache=unsafe,readonly={read_only}"
    return ["-drive", drive, "-device", f"virtio-blk-pci,drive={serial},serial={serial}"]


def qemu(arguments: list[str], limit: int, run: Path, *, restarts: bool = False) -> tuple[float, str]:
    """Runs QEMU to its end, which is also a restart unless it `restarts`. Seconds that it took, and what went
    wrong."""
    command = [
        # should this process be killed, so is QEMU
        *("setpriv", "--pdeathsig", "TERM", "timeout", "-k", "5", str(limit)),
        *("qemu-system-x86_64", "-nodefaults", "-no-user-config", "-display", "none", "-monitor", "none"),
        *("-accel", "tcg,thread=multi", *["-no-reboot"] * (not restarts)),
        *("-sandbox", "on,obsolete=deny,elevateprivileges=deny,spawn=deny,resourcecontrol=deny"),
        *arguments,
    ]
    (run / "command").write_text(shlex.join(command) + "\n")
    start = time.monotonic()
    if _STOP.is_set():
        raise LabError("stopped")
    with (run / "qemu.log").open("wb") as log:
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        _RUNNING.add(process)
        try:
            code = process.wait()
        finally:
            _RUNNING.discard(process)
    said = (run / "qemu.log").read_text(errors="replace").strip()[-300:]
    problem = f"stopped after its limit of {limit} s" if code == 124 else f"QEMU ended with {code}: {said}"
    return time.monotonic() - start, problem if code else ""


def run_folder(folder: Path, name: str) -> Path:
    """A fresh folder for one machine's console, command line and output; it stays for the curious."""
    run = folder / "runs" / name
    shutil.rmtree(run, ignore_errors=True)
    run.mkdir()
    return run


def _said(case: Case, out: Path, seconds: float, problem: str, run: Path) -> Said:
    said = Said(case, seconds, files=sent(out))
    if not said.files:
        said.problem = f"{problem or 'it sent no result'}; its console: {run / 'console.log'}"
    return said


def sent(out: Path) -> dict[str, bytes]:
    """The files that a machine sent, by name; none where it sent nothing whole. The tar is gone then."""
    files: dict[str, bytes] = {}
    try:
        with tarfile.open(fileobj=io.BytesIO(out.read_bytes()), mode="r:gz") as tar:
            for one in tar:
                if content := tar.extractfile(one):
                    files[Path(one.name).name] = content.read()
    except (OSError, EOFError, zlib.error, tarfile.TarError):
        files.clear()
    out.unlink(missing_ok=True)
    return files


__all__ = ["Case", "Host", "LabError", "Said", "boot", "table"]
