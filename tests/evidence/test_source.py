"""All sources answer alike: what was asked is kept once, and asking what a record may lack leaves no gap."""

from pathlib import Path

import pytest

from vaudit.evidence import dump, here
from vaudit.evidence.capture import Capture
from vaudit.evidence.linux import Machine
from vaudit.evidence.origin import one
from vaudit.evidence.recorder import Recorder
from vaudit.evidence.source import CALLS, SMBIOS_FILE, Entry, Source
from vaudit.facts.collect import collect
from vaudit.judge.checks import load
from vaudit.pipeline import coverage, scan

LSCPU = "Architecture: x86_64\n"
TABLE = bytes([1, 0x1B, 1, 0, 1, 2, 0, 0]) + bytes(19) + b"QEMU\0Standard PC (Q35)\0\0"


@pytest.fixture
def machine():
    found = here()
    yield found
    found.close()


def capture(folder: Path) -> Source:
    for name, data in {
        "proc/version": b"x",
        "commands/lscpu.txt": LSCPU.encode(),
        "commands/uname-m.txt": b"x86_64",
        "dmi.bin": TABLE,
    }.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data)
    return one(str(folder))


def record() -> dump.Dump:
    return dump.Dump(
        "x",
        [
            Entry("run", "lscpu", "read", LSCPU.encode()),
            Entry("call", "uname -m", "read", b"x86_64"),
            Entry("firmware", "SMBIOS", "read", TABLE),
        ],
        {},
        ["a note"],
    )


def ids(recorder: Recorder) -> list[str]:
    return [entry.id for entry in recorder.entries]


def test_a_record_answers_what_a_program_printed_and_a_system_call_said(tmp_path: Path) -> None:
    for source in (record(), capture(tmp_path), Recorder(record()), Recorder(capture(tmp_path))):
        assert source.output("lscpu") == source.run("lscpu") == LSCPU
        assert source.call("uname -m") == source.run("uname -m") == "x86_64"
        assert source.firmware("SMBIOS") == TABLE
        assert source.output("lspci") is source.run("lspci") is None
        assert source.call("id -u") is None
        assert [source.firmware("ACPI"), source.registry("HKLM"), source.recording("disk")] == [None] * 3


def test_a_live_machine_runs_no_program_and_that_is_no_gap(machine: Source) -> None:
    recorder = Recorder(machine)
    assert [recorder.output("lscpu"), recorder.run("lspci -nnk"), recorder.recording("disk")] == [None] * 3
    assert ids(recorder) == []
    assert recorder.call("uname -m")
    assert ids(recorder) == ["call:uname -m"]


def test_output_that_a_record_lacks_is_no_gap_and_what_it_holds_is_evidence(tmp_path: Path) -> None:
    for source in (record(), capture(tmp_path)):
        recorder = Recorder(source)
        assert recorder.output("lspci") is None
        assert recorder.recording("memory") is None
        assert coverage(recorder, collect(Recorder(record()))).unrecorded == 0
        assert recorder.output("lscpu")
        assert ids(recorder) == ["run:lscpu"]
        assert recorder.call("dmesg") is None
        assert ids(recorder) == ["run:lscpu", "call:dmesg"]


def test_a_recorder_asks_once(machine: Source, monkeypatch) -> None:
    asked: list[tuple[str, str]] = []
    plain = Machine.entry

    def counted(self, kind, key):
        asked.append((kind, key))
        return plain(self, kind, key)

    monkeypatch.setattr(Machine, "entry", counted)
    recorder = Recorder(machine)
    for _ in range(3):
        recorder.run("uname -m")
        recorder.call("uname -m")
        recorder.binary(SMBIOS_FILE)
        recorder.firmware("SMBIOS")
        recorder.registry("HKLM\\X")
        recorder.registry("hklm\\x")
    assert asked == [("call", "uname -m"), ("firmware", "SMBIOS"), ("registry", "HKLM\\X")]


def test_what_was_added_is_found_and_held() -> None:
    recorder = Recorder(record())
    recorder.add(Entry("recording", "disk", "read", b"{}"))
    assert recorder.recording("disk") == b"{}"
    assert recorder.find("recording:disk")


def test_every_call_is_answered_by_this_machine_or_said_to_be_denied(machine: Source) -> None:
    for question in CALLS:
        assert machine.status("call", question) in ("read", "denied", "absent", "error")
    assert machine.call("uname -s") == "Linux"
    assert machine.status("call", "reboot") == "error"


def test_a_firmware_table_lies_in_the_tree_or_beside_it(tmp_path: Path) -> None:
    source = capture(tmp_path)
    assert isinstance(source, Capture)
    assert source.firmware("SMBIOS") == TABLE
    assert source.status("file", SMBIOS_FILE) == "unrecorded"
    inside = tmp_path / SMBIOS_FILE[1:]
    inside.parent.mkdir(parents=True)
    inside.write_bytes(TABLE[::-1])
    again = one(str(tmp_path))
    assert again.firmware("SMBIOS") == again.binary(SMBIOS_FILE) == TABLE[::-1]


def test_notes_of_a_record_are_the_report_s() -> None:
    assert scan(Recorder(record()), load([])).notes == ["a note"]


def test_evidence_of_then_is_shown_under_the_id_that_a_fact_gives(tmp_path: Path) -> None:
    report = scan(Recorder(capture(tmp_path)), load([]))
    named = {one.evidence for one in report.facts.hypervisor.witnesses if one.evidence}
    assert named
    assert named <= {one.id for one in report.evidence}
