"""What VMware tells its guest: asked of its own program, recorded, masked, replayed and judged."""

import os
import time
from pathlib import Path

import pytest

from tests.facts.test_steal import LINE, WHOLE
from tests.machines import machine, our_checks, source
from tests.machines.bases import vmware_told
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
CHECKS = (
    "memory.host-swapped", "memory.host-reclaimed", "cpu.host-limit", "memory.host-limit",
    "cpu.host-contention",
)  # fmt: skip
RESOURCES = TOOLS[-1]
GUIDE = """vm.cpu.reserved = 4798
vm.cpu.limit = 11995
vm.cpu.used = 224057517
vm.cpu.contention.cpu = 65606184
vm.cpu.contention.mem = 1488848
vm.numa.local = 1837248
guest.mem.limit = 1536000
guest.mem.swapped = 3236
guest.mem.ballooned = 27104
"""
"""Figures of VMware's own guide (vSphere Guest SDK Programming Guide, "CPU and Memory Statistics")."""


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
    assert (told.memory_limited, told.memory_limit, told.memory_reserved) == (True, 2048 << 20, 0)
    assert (told.cpu_limited, told.cpu_limit, told.cpu_reserved) == (True, 1000, 0)
    assert told.contention == pytest.approx(0.4)
    assert told.waited_seconds == pytest.approx(1920)


def test_the_figures_of_vmwares_guide_are_understood() -> None:
    told = vmware_told().add("tool", RESOURCES, GUIDE.encode()).facts().vmware
    assert told.contention == pytest.approx(65_606_184 / (65_606_184 + 224_057_517))
    assert told.waited_seconds == pytest.approx(65.606184)


def test_no_limit_is_none() -> None:
    told = machine("synthetic-vmware-told").facts.vmware
    assert (told.memory_limited, told.memory_limit, told.cpu_limited, told.cpu_limit) == (
        False,
        None,
        False,
        None,
    )


def test_a_limit_as_large_as_the_memory_is_none_of_the_hosts_keeping() -> None:
    made = scan(Recorder(vmware_told(megabytes=4096).source()), our_checks())
    assert {one.status for one in made.findings if one.check == "memory.host-limit"} == {"pass"}


@pytest.mark.parametrize(("waited", "status"), [(0.4, "fail"), (0.05, "pass")])
def test_much_waiting_is_a_large_share_and_long_in_all(waited: float, status: str) -> None:
    made = scan(Recorder(vmware_told(waited=waited).source()), our_checks())
    assert {one.status for one in made.findings if one.check == "cpu.host-contention"} == {status}


def test_an_idle_machine_that_waited_for_moments_is_not_complained_of() -> None:
    """As for steal since boot: a third of nearly nothing is nearly nothing."""
    idle = "vm.cpu.used = 20000000\nvm.cpu.contention.cpu = 10000000\n"
    made = scan(Recorder(vmware_told().add("tool", RESOURCES, idle.encode()).source()), our_checks())
    assert {one.status for one in made.findings if one.check == "cpu.host-contention"} == {"pass"}


def test_a_kernel_that_counts_steal_says_it_itself() -> None:
    counted = vmware_told(waited=0.4).log(WHOLE, LINE).steal(0.4, busy=0.4)
    made = scan(Recorder(counted.source()), our_checks())
    found = {one.check: one.status for one in made.findings}
    assert (found["cpu.host-contention"], found["cpu.steal-high"]) == ("skipped", "fail")


def test_these_checks_say_what_the_host_does() -> None:
    found = findings("synthetic-vmware-short-host")
    assert [found[name].status for name in CHECKS] == ["fail"] * 5
    assert "512 MiB of this memory lie on the disk of the host" in found["memory.host-swapped"].message
    assert [one.status for one in findings("synthetic-vmware-told").values()] == ["pass"] * 5
    assert [one.status for one in findings("synthetic-kvm-good").values()] == ["skipped"] * 5


def test_nothing_told_is_not_known_and_no_pass() -> None:
    found = findings("synthetic-vmware")
    assert [one.status for one in found.values()] == ["unknown"] * 5
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
