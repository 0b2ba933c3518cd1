"""Captures: the same machines as trees of files, sosreports and archives of them."""

import bz2
import gzip
import io
import lzma
import posixpath
import tarfile
import zipfile
from collections.abc import Callable
from random import Random
from urllib.parse import unquote

from tests.fuzz import dumps, mutate
from tests.fuzz.texts import PRINTED
from vaudit.evidence import kinds
from vaudit.evidence.kinds import UnknownWord
from vaudit.evidence.source import SMBIOS_FILE, Entry

MOST = 60
"""Files of a tree: a whole machine has a thousand, and is written no faster than it is read."""
Content = bytes | str
"""Of a file; or the target of a link."""
SOS = {
    "commands/dmidecode.txt": "sos_commands/hardware/dmidecode",
    "commands/lscpu.txt": "sos_commands/processor/lscpu",
    "commands/lspci.txt": "sos_commands/pci/lspci_-nnvv",
    "commands/lsmod.txt": "sos_commands/kernel/lsmod",
    "commands/dmesg.txt": "sos_commands/kernel/dmesg",
    "commands/hostnamectl.txt": "sos_commands/host/hostnamectl_status",
    "commands/mount.txt": "sos_commands/filesys/mount_-l",
}
_NAMES = (
    "../../etc/passwd", "/etc/passwd", "a/../../b", "proc/cpuinfo", "./proc/./cpuinfo", "proc//stat",
    "x" * 300, "é" * 90,
    "sys/class/net/\x1b[2J", "a\nb", "", ".", "..", "root", "commands", "\udcff", "CON",
    "a" * 90 + "/" + "b" * 99,
)  # fmt: skip


def files(random: Random, most: int = MOST) -> dict[str, Content]:
    """The files of one machine."""
    made = dumps.changed(random, dumps.some(random, most), random.choice((1, 2, 4)))
    root = random.choice(("root/", "root/", ""))
    found: dict[str, Content] = {}
    for one in made:
        for name, content in _placed(one, root):
            found[name] = content
    for place in random.sample(sorted(PRINTED), random.randrange(4)):
        name = SOS.get(place, place) if random.random() < 0.5 else place
        found[name] = mutate.text(random, PRINTED[place]).encode("utf-8", "surrogatepass")
    return found


def _placed(one: dumps.Block, root: str) -> list[tuple[str, Content]]:
    """Where an entry lies in a capture."""
    entry = _entry(one)
    if entry is None or entry.data is None:
        return []
    path = posixpath.normpath("/" + entry.key.lstrip("/")).lstrip("/").replace("\0", "")
    if entry.kind == "file" and isinstance(entry.data, bytes):
        return [(root + path, entry.data)] if path else []
    if entry.kind == "link" and isinstance(entry.data, str):
        return [(root + path, entry.data.replace("\0", ""))] if path and entry.data else []
    if entry.kind == "firmware" and isinstance(entry.data, bytes):
        return [("dmi.bin", entry.data), (root + SMBIOS_FILE[1:], entry.data)]
    if entry.kind in ("run", "call") and isinstance(entry.data, bytes):
        name = unquote(entry.key).replace("/", "_").replace("\0", "").replace(" ", "-")[:60]
        return [(f"commands/{name}.txt", entry.data)]
    return []


def _entry(one: dumps.Block) -> Entry | None:
    word, _, head = one.head[1:].partition(" ")
    content = "".join(f"{line}\n" for line in one.content).encode("utf-8", "surrogatepass")
    try:
        return kinds.parse("file" if word == "binary" else word, head, content)
    except (UnknownWord, ValueError):
        return None


# archives


def tar(random: Random, found: dict[str, Content]) -> bytes:
    """The files as a tar, some of them with names, types and sizes that no record has."""
    out = io.BytesIO()
    form = random.choice((tarfile.PAX_FORMAT, tarfile.GNU_FORMAT, tarfile.USTAR_FORMAT))
    with tarfile.open(fileobj=out, mode="w", format=form, errors="surrogateescape") as archive:
        for name, content in found.items():
            _member(random, archive, name, content)
    return out.getvalue()


def _member(random: Random, archive: tarfile.TarFile, name: str, content: Content) -> None:
    info = tarfile.TarInfo(name if random.random() < 0.97 else random.choice(_NAMES))
    body = content.encode("utf-8", "surrogateescape") if isinstance(content, str) else content
    if isinstance(content, str):
        info.type, info.linkname = tarfile.SYMTYPE, content
    else:
        info.size = len(body)
    if random.random() < 0.03:
        kinds_ = (
            tarfile.LNKTYPE,
            tarfile.SYMTYPE,
            tarfile.DIRTYPE,
            tarfile.FIFOTYPE,
            tarfile.CHRTYPE,
            b"S",
            b"Z",
            b"V",
        )
        info.type, info.linkname = random.choice(kinds_), random.choice((name, *_NAMES))
    if random.random() < 0.02:
        info.pax_headers = {
            random.choice(("path", "size", "linkpath", "GNU.sparse.map", "x")): mutate.word(random)[:900]
        }
    try:
        archive.addfile(info, io.BytesIO(body))
    except (ValueError, UnicodeError, OverflowError):
        return


def zipped(random: Random, found: dict[str, Content]) -> bytes:
    """The files as a zip."""
    out = io.BytesIO()
    how = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA)
    with zipfile.ZipFile(out, "w") as archive:
        for name, content in found.items():
            info = zipfile.ZipInfo(name.encode("utf-8", "replace").decode()[:9000] or "x")
            info.compress_type = random.choice(how) if len(found) < 9 else zipfile.ZIP_DEFLATED
            body = content.encode("utf-8", "surrogateescape") if isinstance(content, str) else content
            info.external_attr = (0o120777 if isinstance(content, str) else 0o100644) << 16
            archive.writestr(info, body)
    return out.getvalue()


_PACKERS: tuple[tuple[str, Callable[[bytes], bytes]], ...] = (
    (".tar", lambda data: data),
    (".tar.gz", lambda data: gzip.compress(data, 1, mtime=0)),
    (".tar.bz2", lambda data: bz2.compress(data, 1)),
    (".tar.xz", lambda data: lzma.compress(data, preset=0)),
)


def archive(random: Random, most: int = MOST) -> dict[str, bytes]:
    """An archive of a capture or of dumps; damaged inside, outside, or not at all."""
    if random.random() < 0.7:
        top = random.choice(("", "host/", "a/b/", "sosreport-x/"))
        found = {top + name: content for name, content in files(random, most).items()}
    else:
        found = {f"{at}.vdump": dumps.dump(random, 2 * most) for at in range(random.choice((1, 1, 2)))}
    if random.random() < 0.3:
        return {"a.zip": _damaged(random, zipped(random, found))}
    suffix, pack = random.choice(_PACKERS)
    inner = tar(random, found)
    if random.random() < 0.3:
        inner = mutate.data(random, inner)
    return {f"a{suffix}": _damaged(random, pack(inner))}


def _damaged(random: Random, data: bytes) -> bytes:
    return mutate.data(random, data) if random.random() < 0.4 else data
