"""What VMware tells its guest: asked of its own program, recorded, masked, replayed and judged."""

import os
import time
from pathlib import Path

import pytest

from tests.machines import machine, our_checks, source
from vaudit.evidence import masks, tool
from vaudit.evidence.dump import Dump
from vaudit.evidence.record import write
from vaudit.evidence.recorder import Recorder
from vaudit.evidence.source import TOOLS, Entry
from vaudit.facts.linux import vmware
from vaudit.machines import record_at
from vaudit.masking.pseudonyms import Pseudonyms
from vaudit.model.finding import Finding
from vaudit.pipeline import scan

SWAP = TOOLS[0]
CHECKS = ("memory.host-swapped", "memory.host-reclaimed", "cpu.host-limit")


def program(folder: Path, does: str) -> None:
    file = folder / "vmware-toolbox-cmd"
    file.write_text(f"#!/bin/sh\n{does}\n")
    file.chmod(0o755)


def findings(name: str) -> dict[str, Finding]:
    made = scan(Recorder(source(name)), our_checks())
    return {one.check: one for one in made.findings if one.check in CHECKS}


def test_what_is_told_is_understood() -> None:
    told = machine("synthetic-vmware-short-host").facts.vmware
    assert (told.swapped, told.ballooned) == (512 << 20, 1024 << 20)
    assert (told.memory_limited, told.memory_limit, told.memory_reserved) == (False, None, 0)
    assert (told.cpu_limited, told.cpu_limit, told.cpu_reserved) == (True, 1000, 0)
    assert told.contention == pytest.approx(0.1)


def test_three_checks_say_what_the_host_does() -> None:
    found = findings("synthetic-vmware-short-host")
    assert [found[name].status for name in CHECKS] == ["fail"] * 3
    assert "512 MiB of this memory lie on the disk of the host" in found["memory.host-swapped"].message
    assert [one.status for one in findings("synthetic-vmware-told").values()] == ["pass"] * 3
    assert [one.status for one in findings("synthetic-kvm-good").values()] == ["skipped"] * 3


def test_nothing_told_is_not_known_and_no_pass() -> None:
    found = findings("synthetic-vmware")
    assert [one.status for one in found.values()] == ["unknown"] * 3
    assert "vmware-toolbox-cmd is not installed" in found["memory.host-swapped"].message


def test_on_other_machines_nobody_is_asked() -> None:
    recorder = Recorder(source("synthetic-kvm-good"))
    scan(recorder, our_checks())
    assert not [one for one in recorder.entries if one.kind == "tool"]


@pytest.mark.parametrize(
    ("said", "swapped"),
    [
        ("12 MB\n", 12 << 20),
        ("12 MHz\n", 12 << 20),
        ("", None),
        ("-1 MB\n", None),
        ("12 GB\n", None),
        ("x MB", None),
    ],
)
def test_only_a_number_with_its_unit_is_one(said: str, swapped: int | None) -> None:
    """MHz is what versions before 2009 printed of memory."""

    class Told(Dump):
        def __init__(self) -> None:
            pass

        def entry(self, kind, key):
            return Entry(kind, key, "read", said.encode() if key == SWAP else b"0 MB\n")

    assert vmware.collect(Told()).swapped == swapped


def test_a_record_keeps_it_without_anything_else(tmp_path: Path) -> None:
    recorder = Recorder(source("synthetic-vmware-short-host"))
    scan(recorder, our_checks())
    text, _ = write(recorder, sanitize=True)
    file = tmp_path / "one.vdump"
    file.write_text(text)
    assert f"@tool {SWAP}\n|512 MB" in text
    again = scan(record_at(str(file)), our_checks())
    assert again.facts.vmware.swapped == 512 << 20


def test_lines_that_are_no_figures_stay_at_home() -> None:
    said = b"512 MB\nvm.cpu.used = 12\nvm.uuid = 12ab\nsession = 7\n0x12ab\nmy-host MB\n"
    assert masks.of_tool(Pseudonyms(b"x"), SWAP, said) == b"512 MB\nvm.cpu.used = 12\n"


def test_the_program_is_asked_without_a_shell_and_with_no_environment(tmp_path: Path) -> None:
    program(tmp_path, 'echo "$1 $2 $# $LC_ALL $HOME $PWD"')
    found = tool.entry(SWAP, (str(tmp_path),))
    assert (found.status, found.data) == ("read", b"stat swap 2 C  /\n")


def test_a_program_that_is_not_there_or_refuses_says_so(tmp_path: Path) -> None:
    assert tool.entry(SWAP, (str(tmp_path),)).status == "absent"
    program(tmp_path, "echo 'VMware Guest API is not enabled on the host' >&2; exit 75")
    found = tool.entry(SWAP, (str(tmp_path),))
    assert (found.status, found.reason) == ("error", "VMware Guest API is not enabled on the host")


def test_a_program_that_hangs_is_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tool, "SECONDS", 0.3)
    program(tmp_path, "sleep 60 & echo $! > pid; wait".replace("pid", str(tmp_path / "pid")))
    began = time.monotonic()
    assert tool.entry(SWAP, (str(tmp_path),)).is_unanswered
    assert time.monotonic() - began < 5
    time.sleep(0.2)
    child = Path("/proc", (tmp_path / "pid").read_text().strip(), "stat")
    assert not child.exists() or child.read_text().split()[2] == "Z"


def test_what_others_can_change_is_not_run(tmp_path: Path) -> None:
    program(tmp_path, "echo 5 MB")
    (tmp_path / "vmware-toolbox-cmd").chmod(0o777)
    found = tool.entry(SWAP, (str(tmp_path),))
    assert found.status == "denied"
    assert "may be written to by others" in found.reason


def test_no_other_question_starts_a_program() -> None:
    assert tool.entry("vmware-toolbox-cmd stat sessionid").status == "error"
    assert tool.entry(f"{SWAP}; id").status == "error"
    assert os.environ  # and nothing of it was changed
