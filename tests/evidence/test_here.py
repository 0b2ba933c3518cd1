"""The system is asked for once, at the door; records are scanned wherever Python runs."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import vaudit
from tests import machines
from vaudit.evidence import here
from vaudit.evidence.errors import EvidenceError
from vaudit.evidence.linux import Machine

PACKAGE = Path(vaudit.__file__).parent
ROOMS = [*sorted((PACKAGE / "evidence").rglob("*.py")), *sorted((PACKAGE / "facts").rglob("*.py"))]
WINDOWS = """
import os, sys
import asyncio, ctypes, email, http, multiprocessing, platform
import selectors, shutil, signal, socket, ssl, subprocess, tarfile, uuid
for name in [name for name in vars(os) if name.startswith("O_") and name not in {known}]:
    delattr(os, name)
for name in {gone}:
    if hasattr(os, name):
        delattr(os, name)
for name in ("fcntl", "resource", "pwd", "grp", "termios", "posix"):
    sys.modules[name] = None
os.O_BINARY = 0
sys.platform = "win32"
"""
KNOWN = ("O_RDONLY", "O_WRONLY", "O_RDWR", "O_APPEND", "O_CREAT", "O_EXCL", "O_TRUNC")
"""What docs.python.org says that `os` has everywhere."""
GONE = (
    "fork",
    "uname",
    "pread",
    "geteuid",
    "getuid",
    "mkfifo",
    "posix_spawn",
    "wait4",
    "statvfs",
    "getloadavg",
)


BEHIND = ("__init__.py", "windows.py", "setupapi.py")
"""The door, and what stands behind it."""


def on_windows(code: str) -> subprocess.CompletedProcess[str]:
    """Runs code where `os` lacks what Windows lacks."""
    return subprocess.run(
        [sys.executable, "-c", WINDOWS.format(known=KNOWN, gone=GONE) + code],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def test_this_machine_is_the_live_source() -> None:
    source = here()
    assert isinstance(source, Machine)
    source.close()


def test_elsewhere_a_live_scan_is_refused_in_one_sentence(monkeypatch) -> None:
    monkeypatch.setattr(sys, "platform", "plan9")
    with pytest.raises(
        EvidenceError, match="a live scan needs Linux or Windows, this is plan9: name a record by --from"
    ):
        here()


def test_only_the_door_asks_which_system_this_is() -> None:
    for path in ROOMS:
        names = {
            f"{node.value.id}.{node.attr}"
            for node in ast.walk(ast.parse(path.read_text()))
            if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name)
        }
        asking = names & {"sys.platform", "os.name", "platform.system", "sys.getwindowsversion"}
        # behind the door stands what only Windows has: asked again for the sake of its types
        assert not asking or path.relative_to(PACKAGE / "evidence").name in BEHIND, path


def test_every_module_of_evidence_and_facts_is_imported_on_windows() -> None:
    modules = [".".join(path.relative_to(PACKAGE.parent).with_suffix("").parts) for path in ROOMS]
    done = on_windows(
        f"import importlib\nfor name in {modules}: importlib.import_module(name)\nprint('done')"
    )
    assert done.stdout == "done\n", done.stderr


@pytest.mark.parametrize("packing", ["folder", "dump"])
def test_a_record_is_scanned_on_windows(tmp_path: Path, packing: str) -> None:
    path = machines.path("synthetic-kvm-virtio")
    if packing == "folder":
        path = tmp_path / "host"
        (path / "proc").mkdir(parents=True)
        (path / "proc" / "cpuinfo").write_bytes(b"vendor_id\t: GenuineIntel\nflags\t\t: fpu hypervisor\n")
        (path / "commands").mkdir()
        (path / "commands" / "dmidecode.txt").write_bytes(b"System Information\n\tManufacturer: QEMU\n")
    report = tmp_path / "report.json"
    words = ["vaudit", "scan", "--from", str(path), "-o", str(report)]
    done = on_windows(f"from vaudit.main import main\nsys.argv = {words}\nsys.exit(main())")
    assert done.returncode in (0, 1), done.stderr
    assert '"kind":"kvm"' in report.read_text().replace(" ", "")
