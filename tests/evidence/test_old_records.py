"""What version 0.1.0 wrote is read for ever: tests/fixtures/0.1.0/README.md says what it is."""

import subprocess
import sys
from pathlib import Path

import pytest

from vaudit.evidence import dump
from vaudit.evidence.recorder import Recorder
from vaudit.evidence.source import SMBIOS_FILE, Registers
from vaudit.judge.checks import load
from vaudit.pipeline import scan

FOLDER = Path(__file__).parent.parent / "fixtures" / "0.1.0"


def record(name: str) -> dump.Dump:
    return dump.read(str(FOLDER / f"{name}.vdump"))


@pytest.mark.parametrize("name", ["raw", "shared"])
def test_what_is_hard_to_write_down_is_read(name: str) -> None:
    machine = record(name)
    assert machine.binary("/etc/empty") == b""
    assert machine.read("/etc/line\nbreak") == "caf\u00e9 100 %\n\n\n"
    assert machine.names("/home") == ["alice", "bob %41 c\nd"]
    assert machine.device("/dev/kvm") == "openable"
    assert machine.msr(0x3A) == 5
    assert machine.cpuid(0x40000000, xen=True) == Registers(0x40000002, 0x566E6558, 0x65584D4D, 0x4D4D566E)
    assert machine.status("link", "/proc/1/ns/pid") == "denied"
    assert machine.entry("file", "/root/.profile").reason == "odd: 100 % of it"
    assert machine.entry("file", "/sys/class/net/eth0/speed").reason == "Invalid argument"
    assert machine.status("dir", "/.dockerenv") == "absent"
    assert machine.notes == []


@pytest.mark.parametrize("name", ["raw", "shared"])
def test_answers_are_found_under_the_names_of_then_and_of_today(name: str) -> None:
    machine = record(name)
    assert machine.call("uname -m") == machine.run("uname -m") == "x86_64"
    assert machine.call("id -u") == "0"
    assert "Command line" not in (machine.call("dmesg") or "no log")
    assert machine.firmware("SMBIOS") == machine.binary(SMBIOS_FILE) is not None
    assert "fio-3.33" in (machine.output("fio disk.read") or "")
    recorder = Recorder(machine)
    assert recorder.run("dmesg")
    assert recorder.find("run:dmesg") is recorder.find("call:dmesg") is not None
    assert recorder.binary(SMBIOS_FILE)
    assert recorder.find(f"file:{SMBIOS_FILE}") is recorder.find("firmware:SMBIOS") is not None


def test_the_raw_record_holds_what_the_shared_one_hides() -> None:
    raw, shared = record("raw"), record("shared")
    for path in (
        "/proc/cmdline",
        "/proc/1/environ",
        "/sys/class/dmi/id/product_serial",
        "/etc/no newline at the end",
    ):
        assert raw.status("file", path) == shared.status("file", path) == "read"
        assert raw.read(path) != shared.read(path)
    assert raw.read("/etc/no newline at the end") == "host web42 said so on web42.example.org"
    assert raw.link("/srv/current") == "/home/alice/data with space"


@pytest.mark.parametrize("name", ["raw", "shared"])
def test_it_is_scanned_with_its_benchmarks(name: str) -> None:
    report = scan(Recorder(record(name)), load([]))
    assert report.facts.hypervisor.kind == "qemu"
    assert report.taken == "2026-11-23T01:45:55Z"
    assert len(report.benchmarks) >= 5
    assert any(one.id == "disk.verdict" and one.verdict for one in report.benchmarks)
    assert not [one for one in report.findings if one.status == "error"]


@pytest.mark.parametrize("name", ["raw", "shared"])
def test_it_is_the_same_when_it_is_written_as_vaudit_writes_today(name: str) -> None:
    machine = record(name)
    again = dump.parse(dump.write(machine._entries.values(), machine.meta).encode(), "again")
    assert again._entries == machine._entries
    assert again.meta == machine.meta


@pytest.mark.parametrize("name", ["report.json", "report.html"])
def test_its_reports_are_shown(name: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "vaudit", "report", FOLDER / name],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    assert "raw.vdump" in done.stdout
