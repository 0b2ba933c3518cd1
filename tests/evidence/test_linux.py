"""The live source: what exists, is absent or is denied on the machine that runs the tests."""

import json
import os
import platform
import subprocess
import sys
from pathlib import Path

import psutil
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vaudit.evidence import cpuid, here
from vaudit.evidence.linux import telling
from vaudit.evidence.source import MAX_FILE, Source

x86_only = pytest.mark.skipif(platform.machine() != "x86_64", reason="CPUID exists on x86 only")


@pytest.fixture
def machine():
    found = here()
    yield found
    found.close()


def test_a_file_a_folder_and_a_link_are_read(machine: Source, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("one\n")
    (tmp_path / "link").symlink_to("file")
    assert machine.line(str(tmp_path / "file")) == "one"
    assert machine.names(str(tmp_path)) == ["file", "link"]
    assert machine.link(str(tmp_path / "link")) == "file"
    assert machine.status("file", str(tmp_path / "nothing")) == "absent"
    assert machine.status("link", str(tmp_path / "file")) == "error"


def test_proc_files_have_no_size_but_are_read(machine: Source) -> None:
    assert Path("/proc/meminfo").stat().st_size == 0
    assert "MemTotal" in (machine.read("/proc/meminfo") or "")


def test_devices_and_pipes_are_never_read(machine: Source, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    assert machine.entry("file", "/dev/zero").reason == "not a regular file"
    assert machine.entry("file", str(tmp_path / "pipe")).reason == "not a regular file"


def test_a_long_file_is_cut(machine: Source, tmp_path: Path) -> None:
    (tmp_path / "long").write_bytes(b"x" * (MAX_FILE + 5000))
    assert len(machine.binary(str(tmp_path / "long")) or b"") == MAX_FILE


def test_a_gzip_bomb_is_cut(machine: Source, tmp_path: Path) -> None:
    import gzip

    (tmp_path / "bomb.gz").write_bytes(gzip.compress(b"\0" * (8 * MAX_FILE)))
    (tmp_path / "broken.gz").write_bytes(b"not gzip")
    assert len(machine.binary(str(tmp_path / "bomb.gz")) or b"") == MAX_FILE
    assert machine.status("file", str(tmp_path / "broken.gz")) == "error"


def test_undecodable_names_do_not_break_a_listing(machine: Source, tmp_path: Path) -> None:
    Path(os.fsdecode(os.fsencode(tmp_path) + b"/\xff")).touch()
    assert machine.names(str(tmp_path)) == ["\ufffd"]


def test_denial_is_not_absence(machine: Source, tmp_path: Path) -> None:
    if os.geteuid() == 0:
        pytest.skip("root is denied nothing here; run the tests as another user to see this one")
    (tmp_path / "secret").write_text("x")
    (tmp_path / "secret").chmod(0)
    assert machine.status("file", str(tmp_path / "secret")) == "denied"


def test_no_program_is_run(machine: Source) -> None:
    assert machine.status("run", "reboot") == "error"
    assert machine.run("uname -m") == platform.machine()


@x86_only
def test_cpuid_is_answered_by_the_instruction(machine: Source) -> None:
    zero = machine.cpuid(0)
    assert zero is not None
    name = b"".join(part.to_bytes(4, "little") for part in (zero.ebx, zero.edx, zero.ecx)).decode()
    cpuinfo = Path("/proc/cpuinfo").read_text()
    assert name in cpuinfo


ORACLE = """
import json
from cpuinfo.cpuinfo import CPUID

asked = CPUID()
top = asked.get_max_extension_support()
stepping = asked.get_info()["stepping"]
brand, flags = asked.get_processor_brand(top), asked.get_flags(top)
print(json.dumps([top & 0xFFFFFFFF, stepping, brand, flags]))
"""
"""py-cpuinfo has machine code of its own for this; its `get_cpu_info` prefers /proc/cpuinfo."""


@x86_only
def test_a_cpuid_child_that_is_not_done_in_time_is_told_and_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    def slow(pipe: int, _xen: bool) -> int:
        return subprocess.Popen(["sleep", "60"], stdout=pipe).pid

    monkeypatch.setattr(cpuid, "_forked", slow)
    monkeypatch.setattr(cpuid, "_spawned", slow)
    monkeypatch.setattr(cpuid, "TIMEOUT", 0.2)
    child = cpuid.Child()
    assert child.answers() == {}
    assert child.reason == "the CPUID child was not done within 0.2 s"
    with pytest.raises(ChildProcessError):
        os.waitpid(child._pid, os.WNOHANG)


@x86_only
def test_cpuid_says_what_py_cpuinfo_reads(machine: Source) -> None:
    done = subprocess.run([sys.executable, "-c", ORACLE], capture_output=True, check=True)
    top, stepping, brand, flags = json.loads(done.stdout)
    assert (machine.cpuid(0x80000000) or [0])[0] == top
    ours = b"".join(
        register.to_bytes(4, "little")
        for leaf in (0x80000002, 0x80000003, 0x80000004)
        for register in machine.cpuid(leaf) or ()
    )
    assert ours.decode().rstrip("\0").strip() == brand
    one = machine.cpuid(1)
    assert one is not None
    assert one.eax & 0xF == stepping
    bits = {"vmx": 5, "ssse3": 9, "aes": 25, "hypervisor": 31}
    assert {name for name, bit in bits.items() if one.ecx >> bit & 1} == bits.keys() & set(flags)


@x86_only
def test_xens_prefix_is_refused_without_harm_where_there_is_no_xen(machine: Source) -> None:
    if Path("/proc/xen").exists():
        pytest.skip("this machine runs on Xen")
    entry = machine.entry("cpuid-xen", "40000000 0")
    assert entry.status == "absent"
    assert machine.cpuid(0) is not None


def test_closing_leaves_no_child(tmp_path: Path) -> None:
    before = set(psutil.Process().children())
    for _ in range(3):
        here().close()
    assert set(psutil.Process().children()) <= before


MESSAGES = st.text(st.characters(codec="utf-8", exclude_characters="\n"), max_size=30) | st.sampled_from(
    ["kvm-clock: cpu 0", "DMI: QEMU", "Hypervisor; detected", "ACPI: RSDP 0x00", "usb 1-1: new", "XEN", ""]
)
RECORDS = st.tuples(st.sampled_from(["6", "0", "14", "30", "x", ""]), MESSAGES, st.booleans())


@given(st.lists(RECORDS))
def test_the_kernels_own_messages_about_virtualization_are_kept(records: list[tuple[str, str, bool]]) -> None:
    log = "".join(
        f"{priority},1,2,-;{message}\n" + (" DRIVER=xen;kvm\n" if more else "")
        for priority, message, more in records
    )
    words = ("kvm", "xen", "dmi:", "hypervisor", "acpi: rsdp")
    assert list(telling(log.encode(), words)) == [
        message
        for priority, message, _ in records
        if priority in ("0", "6") and any(word.encode() in message.encode().lower() for word in words)
    ]
