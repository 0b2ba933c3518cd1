"""What SECURITY.md says of a scan, watched: what a scan starts, and what it opens."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
LINUX = pytest.mark.skipif(sys.platform != "linux", reason="it scans this machine")
STARTING = (
    "subprocess.Popen",
    "os.exec",
    "os.posix_spawn",
    "os.spawn",
    "os.system",
    "os.startfile",
    "pty.spawn",
)
WATCHED = f"""
import sys
started = []
sys.addaudithook(lambda event, given: started.append((event, given)) if event in {STARTING!r} else None)
import vaudit
report = vaudit.scan()
for name in ("terminal", "paste", "json", "jsonl", "html"):
    vaudit.render(report, name)
assert report.facts.cpu.arch
print(started)
"""
TEMPTING = (
    "file",
    "uname",
    "lscpu",
    "dmidecode",
    "systemd-detect-virt",
    "lspci",
    "lsmod",
    "dmesg",
    "id",
    "sh",
)


@LINUX
def test_a_plain_scan_starts_no_program(tmp_path: Path) -> None:
    """Nor one of those that lie on PATH under the names of tools that others call."""
    for name in TEMPTING:
        (tmp_path / name).write_text(f"#!/bin/sh\ntouch {tmp_path}/{name}-was-started\n")
        (tmp_path / name).chmod(0o755)
    env = {**os.environ, "PATH": str(tmp_path), "PYTHONPATH": str(ROOT)}
    words = [sys.executable, "-c", WATCHED]
    done = subprocess.run(words, env=env, capture_output=True, text=True, check=False, timeout=60)
    assert (done.stdout.strip(), done.stderr) == ("[]", "")
    assert not list(tmp_path.glob("*-was-started"))


ASKED = ("/dev/kvm", "/dev/net/tun", "/dev/fuse", "/dev/vhost-net")
"""Devices that are opened to see whether they may be."""


def opened(trace: str) -> dict[str, str]:
    """Each device that was opened, and how, by the lines of strace."""
    found = re.findall(r'open(?:at)?\((?:AT_FDCWD, )?"(/dev/[^"]*)", ([A-Z_|]+)', trace)
    return {path: flags.split("|")[0] for path, flags in found if path not in ("/dev/null", "/dev/tty")}


@LINUX
@pytest.mark.outer("strace")
def test_a_plain_scan_opens_no_devices_but_those_that_the_readme_names(tmp_path: Path) -> None:
    trace = tmp_path / "trace"
    strace = ["strace", "-f", "-qq", "-e", "trace=open,openat,execve", "-o", str(trace)]
    words = [sys.executable, "-m", "vaudit", "scan", "--bench", "off", "--format", "json"]
    done = subprocess.run(
        [*strace, *words], cwd=ROOT, capture_output=True, text=True, check=False, timeout=120
    )
    if "ptrace" in done.stderr:
        pytest.skip("SKIPPED, NOT PASSED: tracing is not allowed here")
    assert done.returncode in (0, 1), done.stderr
    text = trace.read_text()
    assert text.count("execve(") == 1
    told = touched()
    found = opened(text)
    assert found
    for path, how in found.items():
        assert f"`{path}`" in told
        assert how == ("O_RDWR" if path in ASKED else "O_RDONLY")


def touched() -> str:
    """What SECURITY.md says that a scan touches."""
    return (ROOT / "SECURITY.md").read_text().partition("## What a scan touches")[2].partition("\n## ")[0]


def test_the_devices_that_the_program_names_are_those_that_are_told() -> None:
    text = "".join(path.read_text() for path in (ROOT / "vaudit" / "evidence").glob("linux*.py"))
    told = touched()
    named = set(re.findall(r'"(/dev/[^" ]+)"', text))
    assert named >= {"/dev/kmsg", "/dev/cpu/0/msr", "/dev/cpu/0/cpuid"}
    assert [path for path in named if f"`{path}`" not in told] == []
