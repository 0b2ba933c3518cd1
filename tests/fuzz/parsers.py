"""What reads bytes or text of others, alone: thousands of inputs a second, where a whole scan takes dozens.

They also serve fuzzing by coverage (guided.py). What a parser reads it must be able to say again: what is
written of it, and read once more, is the same.
"""

import posixpath
import tempfile
from collections.abc import Callable, Mapping
from contextlib import suppress
from functools import partial
from itertools import islice
from pathlib import Path
from random import Random
from typing import NamedTuple

import msgspec

from tests.fuzz import documents, dumps, trees
from tests.fuzz.faults import Fault
from vaudit import procfs
from vaudit.bench.disk.fio import parse_fio
from vaudit.bench.network.iperf3 import parse_iperf3
from vaudit.bench.system.errors import BenchError
from vaudit.evidence import cpuid, dump, kinds, loose, smbios
from vaudit.evidence.capture import Capture, parse_cpuid
from vaudit.evidence.errors import EvidenceError
from vaudit.evidence.recorder import Recorder
from vaudit.evidence.source import NOT_HELD, Entry, EntryKind
from vaudit.evidence.tree import MAX_PATH, Tree, from_archive
from vaudit.facts import smbios as tables
from vaudit.facts.collect import collect
from vaudit.facts.linux import board
from vaudit.judge import read_checks
from vaudit.masking.pseudonyms import Pseudonyms
from vaudit.model.versions import VersionError, read_report

ENTRY_POINT = 32
"""Bytes that dmidecode writes before a table."""
SHOWN = 2000
"""Characters of an answer that a report keeps."""


class Parser(NamedTuple):
    """Something that reads what others wrote. What it may raise is documented."""

    about: str
    read: Callable[[bytes], object]
    """Raises for a fault."""
    make: Callable[[Random], bytes | str | dict[str, bytes]]
    """An input; of a folder of files, the first."""
    share: float
    """Of all inputs of a run of several targets."""

    def input(self, random: Random) -> bytes:
        made = self.make(random)
        made = next(iter(made.values())) if isinstance(made, dict) else made
        return made.encode("utf-8", "surrogatepass") if isinstance(made, str) else made


def random_of(name: str, number: int) -> Random:
    """Where all chance of one input comes from."""
    return Random(f"{name} {number}")  # noqa: S311 - inputs that can be made again


def _text(data: bytes) -> str:
    return data.decode("utf-8", "replace")


def _names() -> Pseudonyms:
    return Pseudonyms(b"x", ["planted-host"])


# evidence


def _dump(data: bytes) -> None:
    """What a dump holds is what a dump that is written of it holds."""
    if read := _read(data):
        same(list(read.entries), read.meta)


def _read(data: bytes) -> dump.Dump | None:
    """The dump, where the bytes are one."""
    try:
        return dump.parse(data, "x")
    except EvidenceError:
        return None


def same(entries: list[Entry], meta: dict[str, str]) -> None:
    """Raises Fault where entries that are written to a dump are others when it is read."""
    text = dump.write(entries, meta)
    data = text.encode()
    if max(map(len, data.split(b"\n"))) > dump.MAX_HEAD:
        return  # a key of 64 KiB, which no system has
    again = dump.parse(data, "x")
    written = [one for one in entries if one.reason != NOT_HELD]
    if again.meta != meta or sorted(written, key=_place) != sorted(again.entries, key=_place):
        raise Fault("a dump is another one when it is written and read again")


def _place(entry: Entry) -> tuple[str, str]:
    return entry.kind, entry.key


def _masked(data: bytes) -> None:
    """Each answer of a dump is masked, shown and told in brief, and can be written then too."""
    read = _read(data)
    names, made = _names(), list[Entry]()
    for entry in read.entries if read else ():
        made.append(kinds.masked(names, entry))
        kinds.shown(names, entry, SHOWN)
        kinds.brief(entry).encode("utf-8", "surrogatepass")
    for entry in made:
        for line in kinds.lines(entry):
            line.encode()


def _facts(data: bytes) -> None:
    if read := _read(data):
        collect(Recorder(read))


def _registry(data: bytes) -> None:
    """A key and its values, as lines of a dump."""
    head, _, content = data.partition(b"\n")
    try:
        entry = kinds.parse("registry", _text(head), _text(content).encode())
    except ValueError:
        return
    same([entry], {})
    names = _names()
    kinds.shown(names, entry, SHOWN)
    list(kinds.lines(kinds.masked(names, entry)))


def _device_tree(data: bytes) -> None:
    """The properties below /proc/device-tree: what they witness, and what of them is shared."""
    found = {name: value for name, value in unpacked(data).items() if isinstance(value, bytes)}
    entries = [Entry("file", f"{documents.TREE}/{name}", "read", value) for name, value in found.items()]
    top = sorted({name.split("/")[0] for name in found})
    list(board.device_tree(dump.Dump("x", [Entry("dir", documents.TREE, "read", top), *entries], {})))
    names = _names()
    for entry in entries:
        list(kinds.lines(kinds.masked(names, entry)))
        kinds.shown(names, entry, SHOWN)


def _smbios(data: bytes) -> None:
    """A table that was masked has as many structures as before, and the same processor and memory."""
    if data.startswith((b"_SM_", b"_SM3_")):  # what dmidecode writes before it
        data = data[ENTRY_POINT:]
    before = tables.parse(data, "x")
    masked = smbios.masked(_names(), data)
    if masked is None:
        return
    now = [(one.type, len(one.body)) for one in smbios.structures(masked)]
    was = [(one.type, len(one.body)) for one in smbios.structures(data)]
    if now != was:
        raise Fault(f"a masked table has other structures: {now} for {was}"[:200])
    after = tables.parse(masked, "x")
    if (after.memory, after.virtual_bit) != (before.memory, before.virtual_bit):
        raise Fault("a masked table says something else of the machine")


def _cpuid(data: bytes) -> None:
    for found in (parse_cpuid(_text(data)), cpuid.parse(_text(data))):
        for (leaf, sub), registers in found.items():
            entry = Entry("cpuid", f"{leaf:x} {sub:x}", "read", registers)
            list(kinds.lines(entry))
    cpuid.from_bytes(data[:16])


def _loose(data: bytes) -> None:
    """What programs printed, in the places that their content tells."""
    places = loose.places_in(data, data, [])
    if places:
        collect(Recorder(Capture(loose.tree_of(places), "/", "x", "")))
    else:
        loose.refusal(data)


# trees


COMMANDS = ("dmidecode", "lspci", "lscpu", "mount", "uname -a", "ethtool -i", "udevadm info --export-db")
ASKED = 60
"""Paths of a capture that are asked."""
KINDS: tuple[EntryKind, ...] = ("file", "dir", "link")


def packed(found: Mapping[str, trees.Content]) -> bytes:
    """Files and links, one behind the other: a name, f or l, the length of what follows, that."""
    made = b""
    for name, content in found.items():
        body = content.encode("utf-8", "surrogatepass") if isinstance(content, str) else content
        letter = "l" if isinstance(content, str) else "f"
        head = name[:MAX_PATH].replace("\t", " ").replace("\n", " ").encode("utf-8", "replace")
        made += head + f"\t{letter}\t{len(body)}\n".encode() + body
    return made


def unpacked(data: bytes) -> dict[str, trees.Content]:
    """The files and links again; of anything else as many as there are."""
    found: dict[str, trees.Content] = {}
    while data:
        head, _, data = data.partition(b"\n")
        name, letter, length = (*head.split(b"\t", 2), b"", b"")[:3]
        size = procfs.whole(_text(length)) or 0
        body, data = data[:size], data[size:]
        found[_text(name) or "x"] = _text(body) if letter == b"l" else body
    return found


def _capture(data: bytes) -> None:
    """All that lies in a capture is asked, and some that does not."""
    tree = Tree()
    with suppress(EvidenceError):
        for name, content in unpacked(data).items():
            path = posixpath.normpath("/" + name.lstrip("/"))  # as every reader of trees does
            (tree.add_link if isinstance(content, str) else tree.add_file)(path, content)  # type: ignore[arg-type]
    machine = Capture(tree, "/", "x", "")
    for path in (
        *islice((*tree.files, *tree.links, *tree.folders), ASKED),
        "/proc/cpuinfo",
        "/sys/class/net",
    ):
        for kind in KINDS:
            machine.entry(kind, path.removeprefix("/root"))
    for command in COMMANDS:
        machine.entry("run", command)
    for leaf in ("0 0", "40000000 0"):
        machine.entry("cpuid", leaf)
    machine.entry("firmware", "SMBIOS")
    loose.machines_in(tree)


def _archive(data: bytes) -> None:
    with tempfile.NamedTemporaryFile(suffix=".tar") as file, suppress(EvidenceError):
        file.write(data)
        file.flush()
        from_archive(file.name)


# what else is read


def _report(data: bytes) -> None:
    """A report is the same one when it is written and read again."""
    with suppress(VersionError):
        read = read_report(data, "x")
        if read_report(msgspec.json.encode(read), "x") != read:
            raise Fault("a report is another one when it is read again")


def _checks(data: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "a.toml").write_bytes(data)
        read_checks.read([folder])


def _fio(data: bytes) -> None:
    with suppress(BenchError):
        parse_fio(_text(data))


def _iperf3(data: bytes) -> None:
    with suppress(BenchError):
        parse_iperf3(_text(data))


PARSERS = {
    "read-dump": Parser("dumps", _dump, dumps.short, 6),
    "read-masked": Parser("what is masked and shown of dumps", _masked, dumps.short, 1),
    "read-facts": Parser("facts from dumps", _facts, dumps.short, 1),
    "read-capture": Parser("files of captures", _capture, lambda random: packed(trees.files(random, 12)), 1),
    "read-archive": Parser("archives", _archive, partial(trees.archive, most=12), 0.5),
    "read-output": Parser("what one program printed", _loose, documents.loose, 0.5),
    "read-checks": Parser("checks, conditions and thresholds", _checks, documents.checks, 1),
    "read-report": Parser("stored reports", _report, documents.short_report, 1.5),
    "read-smbios": Parser("tables of firmware", _smbios, documents.smbios, 8),
    "read-device-tree": Parser(
        "device trees", _device_tree, lambda random: packed(documents.properties(random)), 4
    ),
    "read-registry": Parser("registry keys", _registry, documents.key, 3),
    "read-cpuid": Parser("CPUID as text", _cpuid, documents.cpuid, 6),
    "read-fio": Parser("what fio printed", _fio, documents.fio, 6),
    "read-iperf3": Parser("what iperf3 printed", _iperf3, documents.iperf3, 6),
}
