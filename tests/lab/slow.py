"""Disks and memory with a known flaw, so that a benchmark's verdict can be held against the truth."""

import json
import shlex
import socket
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.lab.images import MIB, LabError

SIZE = 400 * MIB
"""Bytes of a slow disk; a test file takes at most half of what is free."""


@contextmanager
def backend(flaw: str, run: Path) -> Iterator[list[str]]:
    """QEMU's arguments for a disk called `slow` and a flaw (none for no flaw), for as long as it is needed.

    `limit iops-total=100` (or another of QEMU's throttling options), `delay 5ms` (each read and write; by
    nbdkit, because QEMU can delay only disks that keep nothing), `errors` (each 8 MiB have an unreadable
    sector). Of the memory, beside a disk without a flaw: `balloon` (its target moves up and down).
    """
    kind, _, value = flaw.partition(" ")
    if not flaw:
        yield []
        return
    image = run / "slow.img"
    with image.open("wb") as file:
        file.truncate(SIZE)
    plain = "format=raw,if=none,id=slow,cache=unsafe"
    if kind == "limit":
        yield ["-drive", f"file={image},{plain},throttling.{value}"]
    elif kind == "errors":
        rules = run / "errors.conf"
        # in the middle of ext2's groups of 8 MiB, where its own tables never lie
        sectors = range(4 * MIB // 512, SIZE // 512, 8 * MIB // 512)
        rule = '[inject-error]\nevent = "read_aio"\niotype = "read"\nsector = "{}"\n'
        rules.write_text("".join(rule.format(one) for one in sectors))
        yield ["-drive", f"file=blkdebug:{rules}:{image},{plain},rerror=report"]
    elif kind == "delay":
        with _delayed(value, run / "slow.socket") as path:
            yield ["-blockdev", f"driver=nbd,node-name=slow,server.type=unix,server.path={path}"]
    elif kind == "balloon":
        sizes = iter(range(1 << 30))
        with _repeatedly(2.0, lambda: _inflate(run / "qmp", 700 + 200 * (next(sizes) % 2))):
            yield ["-drive", f"file={image},{plain}", "-qmp", f"unix:{run / 'qmp'},server=on,wait=off"]
    else:
        raise LabError(f"no flaw {flaw!r}: limit, delay, errors or balloon")
    image.unlink(missing_ok=True)


@contextmanager
def _delayed(delay: str, path: Path) -> Iterator[Path]:
    """nbdkit, which serves a disk in memory with a delay before each read and write."""
    options = f"--foreground --exit-with-parent --threads 64 -U {path} --filter=delay"
    command = f"nbdkit {options} memory {SIZE} delay-read={delay} delay-write={delay}"
    server = subprocess.Popen(shlex.split(command), stderr=subprocess.DEVNULL)
    try:
        for _ in range(100):
            if path.exists():
                break
            time.sleep(0.1)
        else:
            raise LabError("nbdkit did not start; to see why: " + command)
        yield path
    finally:
        server.terminate()
        server.wait()


@contextmanager
def _repeatedly(seconds: float, action: Callable[[], None]) -> Iterator[None]:
    """Does something every so many seconds in the background."""
    stop = threading.Event()

    def work() -> None:
        while not stop.wait(seconds):
            action()

    worker = threading.Thread(target=work, daemon=True)
    worker.start()
    try:
        yield
    finally:
        stop.set()
        worker.join()


def _inflate(control: Path, mebibytes: int) -> None:
    """Sets how much memory QEMU's balloon leaves the guest."""
    try:
        with socket.socket(socket.AF_UNIX) as link:
            link.settimeout(2)
            link.connect(str(control))
            for execute in ({"execute": "qmp_capabilities"}, _balloon(mebibytes)):
                link.recv(4096)
                link.sendall(json.dumps(execute).encode())
            link.recv(4096)
    except OSError:
        return  # it is not there yet, or no more


def _balloon(mebibytes: int) -> dict[str, object]:
    return {"execute": "balloon", "arguments": {"value": mebibytes * MIB}}
