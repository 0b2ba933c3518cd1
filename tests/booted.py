"""A Debian in a folder, with systemd as its process 1: systemd-nspawn boots it, and a script runs there."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.outer import HERE, program

ROOT = Path(__file__).parent.parent
FOLDER = HERE / "booted"
"""Where the folder is built once; each test boots a copy."""
PACKAGES = "systemd,systemd-sysv,libpam-systemd,dbus,python3-minimal,libpython3.11-stdlib,cron,procps"
NEEDS = ("msgspec", "jinja2", "typer>=0.20,<0.29", "psutil", "py-cpuinfo")
PROGRAM = """\
#!/usr/bin/python3
import sys
sys.path.insert(0, "/opt/site")
from vaudit.main import main
main()
"""
UNIT = """\
[Unit]
After=multi-user.target
[Service]
Type=oneshot
ExecStart=/bin/sh /test.sh
ExecStopPost=/bin/systemctl --no-block poweroff
StandardOutput=file:/test.log
StandardError=file:/test.log
TimeoutStartSec={seconds}
"""


def built() -> Path:
    """The folder, built where it is not there yet."""
    ready = FOLDER / "ready"
    if not ready.exists() or ready.read_text() != PACKAGES:
        shutil.rmtree(FOLDER, ignore_errors=True)
        FOLDER.mkdir(parents=True)
        debian = [program("mmdebstrap"), "--quiet", "--variant=minbase", f"--include={PACKAGES}", "bookworm"]
        _built([*debian, str(FOLDER / "root")])
        site = str(FOLDER / "root" / "opt" / "site")
        pip = [
            sys.executable,
            "-m",
            "pip",
            "install",
            "--quiet",
            "--disable-pip-version-check",
            "--target",
            site,
        ]
        _built([*pip, "--python-version", "3.11", "--only-binary=:all:", *NEEDS])
        ready.write_text(PACKAGES)
    return FOLDER / "root"


def _built(command: list[str]) -> None:
    """A step that needs what others serve: where it cannot be had, that is said and nothing failed."""
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        pytest.skip(f"NOT RUN: the folder could not be built: {command[0]}: {done.stderr[-300:]}")


def _run(command: list[str]) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        pytest.fail(f"{command[0]}: {done.stderr[-1000:]}", pytrace=False)


def boot(folder: Path, script: str, seconds: int = 240) -> Path:
    """Boots a copy in a folder, runs a script in it as root and ends; the root of what it leaves."""
    root = folder / "machine"
    _run(["cp", "-a", "--reflink=auto", str(built()), str(root)])
    for name in ("vaudit", "checks", "reports"):
        shutil.copytree(
            ROOT / name, root / "opt" / "site" / name, ignore=shutil.ignore_patterns("__pycache__")
        )
    own = root / "usr" / "local" / "bin" / "vaudit"
    own.write_text(PROGRAM)
    own.chmod(0o755)
    (root / "test.sh").write_text(script)
    units = root / "etc" / "systemd" / "system"
    (units / "test.service").write_text(UNIT.format(seconds=seconds))
    (units / "multi-user.target.wants" / "test.service").symlink_to("/etc/systemd/system/test.service")
    nspawn = [program("systemd-nspawn"), "--quiet", f"--directory={root}", "--boot", "--register=no"]
    nspawn += ["--keep-unit", f"--machine=vaudit-{os.getpid()}", "--console=pipe", "--private-network"]
    with (folder / "console").open("w") as console:
        subprocess.run(nspawn, stdin=subprocess.DEVNULL, stdout=console, stderr=console, check=False,
                       timeout=seconds + 120)  # fmt: skip
    return root


def log(root: Path) -> str:
    """What the script said."""
    path = root / "test.log"
    return (
        path.read_text(errors="replace") if path.exists() else (root.parent / "console").read_text()[-3000:]
    )
