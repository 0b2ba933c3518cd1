"""A registry hive is read where it lies: all of it, its last changes too, and around what is broken."""

import lzma
import mmap
import os
import random
import struct
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.machines.windows import hives
from vaudit.evidence import dump, hive_log, offline, origin, registry
from vaudit.evidence.errors import EvidenceError
from vaudit.evidence.hive import BASE, MAX_VALUE, Damaged, Hive, mapped
from vaudit.evidence.recorder import Recorder
from vaudit.evidence.registry import RegistryValue

CORPUS = Path(os.environ.get("VAUDIT_WINDOWS", "/nowhere"))
"""The folder of real Windows machines, where there is one: xz of their hives, or the hives."""
VALUES = [
    RegistryValue("", registry.SZ, "the default"),
    RegistryValue("Start", registry.DWORD, 0),
    RegistryValue("Size", registry.QWORD, 1 << 40),
    RegistryValue("Empty", registry.BINARY, b""),
    RegistryValue("Path", registry.EXPAND_SZ, "system32\\drivers\\vioscsi.sys"),
    RegistryValue("Ids", registry.MULTI_SZ, ["PCI\\VEN_1AF4&DEV_1004", "PCI\\VEN_1AF4"]),
    RegistryValue("Größe", registry.SZ, "Ω"),
    RegistryValue("Ωmega", registry.BINARY, bytes(range(256))),
    RegistryValue("Large", registry.BINARY, os.urandom(50_000)),
    RegistryValue("Property", 0xFFFF0012, "x\0".encode("utf-16-le")),
]
FEW: hives.Keys = {
    "Select": [RegistryValue("Current", registry.DWORD, 2)],
    "ControlSet001\\Services\\old": [],
    "ControlSet002\\Services\\vioscsi": VALUES,
    "ControlSet002\\Services\\Ωδ": [],
}
KEYS: hives.Keys = {
    **FEW,
    **{f"ControlSet002\\Enum\\PCI\\device {number}": [] for number in range(1200)},
}


def opened(data: bytes) -> Hive:
    return Hive(data)


def test_all_that_is_in_a_hive_is_read() -> None:
    found = opened(hives.hive(KEYS))
    key, lost = found.key("controlset002\\SERVICES\\VioScsi") or (None, 1)
    assert key
    assert (key.values, lost, found.damaged) == (VALUES, 0, 0)
    devices, _ = found.key("ControlSet002\\Enum\\PCI") or (None, 1)
    assert devices
    assert set(devices.subkeys) == {f"device {number}" for number in range(1200)}
    assert "ControlSet002\\Services\\Ωδ" in set(found.walk())
    assert found.key("ControlSet002\\Services\\none") is None


def test_what_is_asked_of_a_hive_is_answered_by_the_control_set_in_use(tmp_path: Path) -> None:
    (tmp_path / "SYSTEM").write_bytes(hives.hive(KEYS))
    source = offline.of_file(str(tmp_path / "SYSTEM"))
    key = "HKLM\\System\\CURRENTControlSet\\services\\VIOSCSI"
    found = source.registry(key)
    assert found
    assert (found.value("start"), source.kind, source.taken) == (0, "hive", "2025-10-03T21:20:00Z")
    assert source.status("registry", "HKLM\\SYSTEM\\CurrentControlSet\\Services\\old") == "absent"
    for other in ("HKLM\\SOFTWARE\\Microsoft", "HKLM\\HARDWARE", "HKCU\\Software", "SYSTEM"):
        assert source.status("registry", other) == "unrecorded", other
    assert source.status("file", "/proc/cpuinfo") == "unrecorded"
    assert source.notes == []


# what is not closed


OLD = {**FEW, "ControlSet002\\Services\\viostor": []}
NEW = {**OLD, "ControlSet002\\Services\\netkvm": VALUES}


OPEN, BEFORE, AFTER = hives.hive(OLD, first=5, second=4), hives.hive(OLD), hives.hive(NEW)
NETKVM = "HKLM\\SYSTEM\\CurrentControlSet\\Services\\netkvm"


def dirty(folder: Path, log: bytes | None, name: str = "SYSTEM.LOG1") -> offline.Offline:
    (folder / "SYSTEM").write_bytes(OPEN)
    if log is not None:
        (folder / name).write_bytes(log)
    return offline.of_file(str(folder / "SYSTEM"))


@pytest.mark.parametrize(("write", "name"), [(hives.log, "system.log2"), (hives.old_log, "SYSTEM.LOG")])
def test_a_hive_that_was_not_closed_is_completed_from_its_logs(
    tmp_path: Path, write: Callable[[bytes, bytes, int], bytes], name: str
) -> None:
    source = dirty(tmp_path, write(BEFORE, AFTER, 5), name)
    assert source.status("registry", NETKVM) == "read"
    assert source.notes == []
    assert (tmp_path / "SYSTEM").read_bytes() == OPEN


def test_without_its_logs_the_last_changes_are_said_to_be_missing(tmp_path: Path) -> None:
    source = dirty(tmp_path, None)
    assert source.status("registry", NETKVM) == "absent"
    assert source.notes == [
        "SYSTEM was not closed: its last changes are missing (of SYSTEM.LOG1 and SYSTEM.LOG2, which do not "
        "lie beside it)"
    ]


def test_a_log_of_another_time_or_a_torn_one_is_not_put_in(tmp_path: Path) -> None:
    whole = hives.log(BEFORE, AFTER, 5)
    older, empty = hives.log(BEFORE, AFTER, 3), hives.log(BEFORE, BEFORE, 5)
    torn = whole[:-600] + b"\xff" * 600
    for log in (older, torn, empty, whole[:900], b"", b"HvLE" * 300):
        source = dirty(tmp_path, log)
        assert source.status("registry", NETKVM) == "absent", log[:8]
        assert "its last changes are missing" in source.notes[0]


def test_entries_of_two_logs_follow_each_other() -> None:
    between = {**OLD, "ControlSet002\\Services\\vioser": []}
    old, middle, new = (hives.hive(keys) for keys in (OLD, between, {**between, **NEW}))
    logs = [hives.log(middle, new, 6), hives.log(old, middle, 5)]
    found = replayed(logs)
    assert {"ControlSet002\\Services\\vioser", "ControlSet002\\Services\\netkvm"} <= found
    assert "ControlSet002\\Services\\netkvm" not in replayed([logs[1], hives.log(middle, new, 7)])


def in_memory(data: bytes) -> mmap.mmap:
    found = mmap.mmap(-1, len(data))
    found.write(data)
    return found


def replayed(logs: list[bytes]) -> set[str]:
    """The keys of the old hive with what its logs hold."""
    data = in_memory(OPEN)
    last = hive_log.changes(Hive(data).base, logs)
    assert last
    return set(Hive(hive_log.replayed(data, last.pages), last.root).walk())


# what is broken


def cell(data: bytearray, sign: bytes, name: str) -> int:
    """Where a cell lies, by its signature and name."""
    at = data.index(name.encode("latin-1")) - (76 if sign == b"nk" else 20)
    assert data[at : at + 2] == sign
    return at


def test_what_is_broken_is_skipped_and_counted_and_its_loss_is_said(tmp_path: Path) -> None:
    data = bytearray(hives.hive(KEYS))
    at = cell(data, b"nk", "vioscsi")
    data[at : at + 2] = b"??"
    (tmp_path / "SYSTEM").write_bytes(data)
    source = offline.of_file(str(tmp_path / "SYSTEM"))
    services = source.entry("registry", "HKLM\\SYSTEM\\CurrentControlSet\\Services")
    assert services.is_cut
    assert services.reason == "damaged: 1 entry could not be read of it"
    lost = source.entry("registry", "HKLM\\SYSTEM\\CurrentControlSet\\Services\\vioscsi")
    assert (lost.status, lost.reason) == ("error", "damaged: it may lie in what cannot be read")
    assert source.notes == ["the registry is damaged: 1 entry could not be read"]


def test_a_broken_value_leaves_the_others() -> None:
    data = bytearray(hives.hive(KEYS))
    at = cell(data, b"vk", "Large")
    struct.pack_into("<I", data, at + 4, MAX_VALUE + 1)
    found, lost = Hive(bytes(data)).key("ControlSet002\\Services\\vioscsi") or (None, 0)
    assert found
    assert lost == 1
    assert [one for one in VALUES if one.name != "Large"] == found.values


def test_lists_that_lead_to_themselves_end() -> None:
    data = bytearray(hives.hive(KEYS))
    at = data.index(b"ri\x03\0")
    struct.pack_into("<3I", data, at + 4, *[at - 4 - BASE] * 3)
    found = Hive(bytes(data))
    assert len(list(found.walk())) < 20
    assert found.damaged
    with pytest.raises(Damaged):
        found.key("ControlSet002\\Enum\\PCI\\device 1")


def test_what_is_no_hive_is_refused_in_a_sentence(tmp_path: Path) -> None:
    path = tmp_path / "SYSTEM"
    for data, why in (
        (b"", "is empty"), (b"regf", "no registry hive"), (b"regf" + bytes(9000), "its first key"),
        (hives.hive({"SAM": []}), "neither SYSTEM nor SOFTWARE"),
    ):  # fmt: skip
        path.write_bytes(data)
        with pytest.raises(EvidenceError, match=why):
            offline.of_file(str(path))
    (tmp_path / "SAM").write_bytes(hives.hive(KEYS))
    with pytest.raises(EvidenceError, match="never opened"):
        offline.of_file(str(tmp_path / "SAM"))


WHOLE = hives.hive(KEYS)


def read_all(data: bytes) -> int:
    """How many keys a hive holds, each read; -1 where it is refused."""
    try:
        found = Hive(data)
    except EvidenceError:
        return -1
    number = 0
    for path in found.walk():
        number += 1
        try:
            found.key(path)
        except Damaged:
            continue
    return number


@settings(max_examples=60, deadline=2000)
@given(st.integers(0, len(WHOLE)), st.integers(0, 2**32), st.integers(0, 400))
def test_no_damage_raises_or_holds_up(length: int, seed: int, flips: int) -> None:
    """Cut anywhere, and bits turned over anywhere."""
    data, chance = bytearray(WHOLE[:length]), random.Random(seed)  # noqa: S311
    for _ in range(flips if data else 0):
        data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
    assert read_all(bytes(data)) <= 2000


@pytest.mark.slow
@settings(max_examples=40, deadline=2000)
@given(st.binary(max_size=4000), st.integers(0, 40))
def test_no_log_raises(tail: bytes, at: int) -> None:
    data = OPEN
    log = bytearray(hives.log(BEFORE, AFTER, 5))
    log[512 + at * 8 : 512 + at * 8 + len(tail)] = tail
    last = hive_log.changes(Hive(data).base, [bytes(log), tail])
    if last:
        read_all(hive_log.replayed(in_memory(data), last.pages)[:])


# real ones


def real(name: str, tmp_path: Path) -> Path:
    """A hive of the corpus, unpacked."""
    place = CORPUS / name
    if place.exists():
        return place
    packed = place.with_name(place.name + ".xz")
    if not packed.exists():
        pytest.skip(f"VAUDIT_WINDOWS names no folder with {name}")

    to = tmp_path / place.name
    to.write_bytes(lzma.decompress(packed.read_bytes()))
    return to


HEALTHY = ("hive-win10-baremetal-dell-e6430/SYSTEM", "hive-win7-vmware-lsisas-e1000/SYSTEM")


@pytest.mark.parametrize("name", HEALTHY)
def test_every_key_and_value_of_an_independent_reader_is_read(name: str, tmp_path: Path) -> None:
    oracle = pytest.importorskip("Registry.Registry", reason="python-registry is not installed")
    path = real(name, tmp_path)
    ours, pending = Hive(mapped(str(path))), [oracle.Registry(str(path)).root()]
    keys = values = 0
    while pending:
        theirs = pending.pop()
        inner = theirs.path().partition("\\")[2]
        found, lost = ours.key(inner) or (None, 1)
        assert found is not None, inner
        assert lost == 0, inner
        assert sorted(one.name() for one in theirs.subkeys()) == sorted(found.subkeys)
        mine = {one.name: one for one in found.values}
        for value in theirs.values():
            one = mine["" if value.name() == "(default)" else value.name()]
            data = registry.encoded(one.type, one.data)
            # of data that stands in the place of its offset it says more or less than is there, by its type
            assert len(data) <= 4 or data == value.raw_data(), (inner, one.name)
            values += 1
        keys += 1
        pending += theirs.subkeys()
    assert (keys, ours.damaged) == (len(list(ours.walk())), 0)
    assert values > 50_000


def test_the_logs_of_a_real_machine_bring_its_last_devices(tmp_path: Path) -> None:
    for end in (".LOG1", ".LOG2", ""):
        path = real(HEALTHY[0] + end, tmp_path)
    disk = "HKLM\\SYSTEM\\CurrentControlSet\\Enum\\SCSI\\Disk&Ven_Samsung&Prod_Portable_SSD_T5"
    source = offline.of_file(str(path))
    assert (source.status("registry", disk), source.notes) == ("read", [])


def damaged_hives() -> list[Path]:
    return sorted(path for path in (CORPUS / "damaged-hives").glob("*") if path.name != "SOURCE")


@pytest.mark.skipif(not damaged_hives(), reason="VAUDIT_WINDOWS names no folder with damaged-hives")
def test_damaged_hives_end_in_an_answer_or_in_one_sentence(tmp_path: Path) -> None:
    for path in damaged_hives():
        place = real(f"damaged-hives/{path.name.removesuffix('.xz')}", tmp_path)
        done = subprocess.run(
            [sys.executable, "-m", "vaudit", "scan", "--bench", "off", "--from", str(place)],
            capture_output=True, text=True, timeout=10, check=False,
        )  # fmt: skip
        assert done.returncode in (0, 1, 3), path
        assert "Traceback" not in done.stderr, path
        assert (done.returncode == 3) == (done.stderr.strip().count("\n") == 0 and not done.stdout), path


# where hives lie


SOFTWARE: hives.Keys = {
    "Microsoft\\Windows NT\\CurrentVersion": [RegistryValue("ProductName", registry.SZ, "Windows 10 Pro")],
    "Microsoft\\Cryptography": [
        RegistryValue("MachineGuid", registry.SZ, "3f2b8a52-7f0c-4a43-9a56-0c2f4f1d7e11")
    ],
    "Classes": [],
}


@pytest.mark.parametrize("inside", ["", "Windows/System32/config", "windows/system32/CONFIG", "config"])
def test_hives_are_found_in_a_folder_or_on_a_disk(tmp_path: Path, inside: str) -> None:
    folder = tmp_path / inside
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "System").write_bytes(hives.hive(KEYS))
    (folder / "SOFTWARE").write_bytes(hives.hive(SOFTWARE))
    (folder / "SAM").symlink_to(tmp_path / "nowhere")
    source = origin.one(str(tmp_path))
    version = source.registry("HKLM\\SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion")
    assert version
    assert (version.value("productname"), source.name) == ("Windows 10 Pro", str(tmp_path))
    assert source.identity().because == "made from MachineGuid"
    assert source.status("registry", NETKVM.replace("netkvm", "vioscsi")) == "read"


def test_a_scan_of_a_hive_is_recorded_and_replayed(tmp_path: Path) -> None:
    """What a recorder saw of a hive is a dump that answers alike."""
    (tmp_path / "SYSTEM").write_bytes(hives.hive(KEYS))
    recorder = Recorder(origin.one(str(tmp_path / "SYSTEM")))
    key = "HKLM\\SYSTEM\\CurrentControlSet\\Services\\vioscsi"
    asked = [recorder.entry("registry", one) for one in (key, key + "\\none", "HKLM\\SOFTWARE\\x")]
    again = dump.parse(dump.write(recorder.entries, {}).encode(), "again")
    assert [again.entry("registry", one.key) for one in asked] == asked


def test_a_packed_hive_and_its_packed_log_are_read(tmp_path: Path) -> None:
    (tmp_path / "SYSTEM.xz").write_bytes(lzma.compress(OPEN))
    (tmp_path / "SYSTEM.LOG1.xz").write_bytes(lzma.compress(hives.log(BEFORE, AFTER, 5)))
    for path in (tmp_path, tmp_path / "SYSTEM.xz"):
        source = origin.one(str(path))
        assert (source.kind, source.status("registry", NETKVM), source.notes) == ("hive", "read", [])


def test_a_packed_hive_that_is_cut_is_refused_in_a_sentence(tmp_path: Path) -> None:
    packed = lzma.compress(OPEN)
    (tmp_path / "SYSTEM.xz").write_bytes(packed[: len(packed) // 2])
    with pytest.raises(EvidenceError, match="cut off"):
        origin.one(str(tmp_path / "SYSTEM.xz"))
