"""Files and folders that never answer, as those of a dead lxcfs do.

`python -m tests.hanging hang=/proc/meminfo -- COMMAND` runs a command where some paths are replaced, in a
mount namespace of its own. It is a FUSE file system in pure Python (include/uapi/linux/fuse.h); it needs root
and /dev/fuse. Who reads it sleeps in the kernel, and not even SIGKILL ends that before the server ends: once
a request was handed out, its answer is waited for (fs/fuse/dev.c, request_wait_answer).
"""

import ctypes
import errno
import os
import signal
import stat
import struct
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

NEEDS = "" if os.geteuid() == 0 and Path("/dev/fuse").exists() else "root and /dev/fuse are needed"
NODES = {
    "hang": stat.S_IFREG,  # a read never returns
    "openhang": stat.S_IFREG,  # nor does an open
    "dirhang": stat.S_IFDIR,  # nor does a listing
    "stathang": stat.S_IFREG,  # nor does a stat, and so an open
    "slow": stat.S_IFREG,  # a byte each 100 ms, without end
    "eio": stat.S_IFREG,
    "fine": stat.S_IFREG,  # answers
    "links": stat.S_IFDIR,  # holds eth9
    "eth9": stat.S_IFLNK,  # reading where it leads never returns
}
"""What can be put in the place of a path."""
FINE = b"fine\n"
CLONE_NEWNS, MS_NOSUID, MS_BIND, MS_REC, MS_PRIVATE = 0x20000, 2, 4096, 16384, 1 << 18
LOOKUP, FORGET, GETATTR, READLINK, OPEN, READ, RELEASE, FLUSH = 1, 2, 3, 5, 14, 15, 18, 25
INIT, OPENDIR, READDIR, RELEASEDIR, INTERRUPT, BATCH_FORGET = 26, 27, 28, 29, 36, 42
_LIBC = ctypes.CDLL(None, use_errno=True)


def _done(result: int, what: str) -> None:
    if result:
        number = ctypes.get_errno()
        raise OSError(number, f"{what}: {os.strerror(number)}")


def _attributes(number: int) -> bytes:
    kind = stat.S_IFDIR if number == 1 else list(NODES.values())[number - 2]
    mode = kind | (0o555 if kind == stat.S_IFDIR else 0o444)
    size = len(FINE) if kind == stat.S_IFREG else 0
    return struct.pack("<6Q10I", number, size, 0, 0, 0, 0, 0, 0, 0, mode, 1, 0, 0, 0, 4096, 0)


def _answer(code: int, node: int, body: bytes) -> bytes | int | None:
    """The answer to a request: bytes, the number of an error, or None for one that is never answered."""
    name = list(NODES)[node - 2] if node > 1 else ""
    if code == INIT:
        return struct.pack("<4I2H2I2H8I", 7, 31, 1 << 16, 0, 8, 8, 1 << 16, 1, 1, 0, *[0] * 8)
    if code == LOOKUP:
        wanted = body.rstrip(b"\0").decode()
        if wanted not in NODES:
            return errno.ENOENT
        number = 2 + list(NODES).index(wanted)
        known = 0 if wanted == "stathang" else 3600  # seconds for which the kernel asks no more
        return struct.pack("<4Q2I", number, 0, 3600, known, 0, 0) + _attributes(number)
    if code == GETATTR:
        return None if name == "stathang" else struct.pack("<Q2I", 3600, 0, 0) + _attributes(node)
    if code in (OPEN, OPENDIR):
        return None if name == "openhang" else struct.pack("<Q2I", 0, 1, 0)  # 1: past the page cache
    if code == READ:
        return _content(name, *struct.unpack_from("<QI", body, 8))
    if code == READDIR:
        return None if name == "dirhang" else _listing(name, struct.unpack_from("<Q", body, 8)[0])
    if code == READLINK:
        return None
    return b"" if code in (RELEASE, RELEASEDIR, FLUSH) else errno.ENOSYS


def _listing(name: str, offset: int) -> bytes:
    entry = b"eth9"
    return struct.pack("<2Q2I8s", 99, 1, len(entry), 10, entry) if name == "links" and not offset else b""


def _content(name: str, offset: int, most: int) -> bytes | int | None:
    if name == "slow":
        time.sleep(0.1)
        return b"x"
    return errno.EIO if name == "eio" else None if name == "hang" else FINE[offset:][:most]


def serve(device: int) -> None:
    """Answers until it is killed, or nothing is mounted any more."""
    while True:
        try:
            request = os.read(device, 1 << 20)
        except OSError as error:
            if error.errno == errno.ENODEV:
                return
            continue
        _, code, unique, node = struct.unpack_from("<2I2Q", request)
        if code in (FORGET, BATCH_FORGET, INTERRUPT):
            continue
        found = _answer(code, node, request[40:])
        if found is not None:
            failed, data = (-found, b"") if isinstance(found, int) else (0, found)
            os.write(device, struct.pack("<IiQ", 16 + len(data), failed, unique) + data)


def mounted(folder: str) -> int:
    """Mounts it; the descriptor through which it is served. OSError where that cannot be."""
    device = os.open("/dev/fuse", os.O_RDWR | os.O_CLOEXEC)
    options = f"fd={device},rootmode=40000,user_id=0,group_id=0,allow_other".encode()
    _done(_LIBC.mount(b"hanging", folder.encode(), b"fuse.hanging", MS_NOSUID, options), "mount")
    return device


def main(words: Sequence[str]) -> int:
    """Runs the command; its exit code, as a shell would give it."""
    end = list(words).index("--")
    _done(_LIBC.unshare(CLONE_NEWNS), "unshare")
    _done(_LIBC.mount(b"none", b"/", None, MS_REC | MS_PRIVATE, None), "mount")
    with tempfile.TemporaryDirectory() as folder:
        device = mounted(folder)
        server = os.fork()
        if server == 0:
            signal.signal(signal.SIGINT, signal.SIG_IGN)
            serve(device)
            os._exit(0)
        os.close(device)
        try:
            for word in words[:end]:
                name, _, path = word.partition("=")
                _done(_LIBC.mount(f"{folder}/{name}".encode(), path.encode(), None, MS_BIND, None), path)
            return subprocess.call(list(words[end + 1 :])) % 256
        finally:
            os.kill(server, signal.SIGKILL)
            os.waitpid(server, 0)
            _LIBC.umount2(folder.encode(), 2)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
