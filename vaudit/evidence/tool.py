"""What a hypervisor's own program answers on its guest: the only programs that a scan starts.

VMware tells its guest how much of its memory lies on the host's disk, and no file shows it: the kernel has
no driver that asks, but VMware's own vmware-toolbox-cmd does. It is started by its path, which others must
not be able to change, without a shell, with nothing to read and an environment of two words, and ended after
a moment. What it is asked stands in source.TOOLS; nothing that it prints is run or followed.
"""

import os
import signal

from vaudit.evidence.source import TOOLS, UNANSWERED, Entry
from vaudit.trust import distrust

FOLDERS = ("/usr/bin", "/usr/sbin", "/bin", "/usr/local/bin")
SECONDS = 2.0
"""An answer takes some milliseconds: a port of the virtual processor is asked."""
MOST = 64 * 1024
"""Bytes that are kept."""


def entry(question: str, folders: tuple[str, ...] = FOLDERS) -> Entry:
    """The answer to one of TOOLS. Never raises for what the machine does."""
    if question not in TOOLS:
        return Entry("tool", question, "error", reason="no program is asked this")
    name, *words = question.split(" ")
    path = next((f"{folder}/{name}" for folder in folders if os.path.exists(f"{folder}/{name}")), None)
    if path is None:
        return Entry("tool", question, "absent", reason=f"{name} is not installed")
    try:
        if reason := distrust(path):
            return Entry("tool", question, "denied", reason=f"{path} is not run: {reason}")
        return _answer(question, [path, *words])
    except OSError as error:
        return Entry("tool", question, "error", reason=f"{path}: {error.strerror}")


def _answer(question: str, argv: list[str]) -> Entry:
    import subprocess

    child = subprocess.Popen(
        argv, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, cwd="/",
        env={"LC_ALL": "C", "PATH": "/usr/bin:/bin"}, start_new_session=True,
    )  # fmt: skip
    try:
        said = child.communicate(timeout=SECONDS)[0][:MOST]
    except subprocess.TimeoutExpired:
        return Entry("tool", question, "error", reason=f"{UNANSWERED} within {SECONDS:.0f} s")
    finally:
        _end(child.pid, child.poll() is None)
        child.wait()
    if child.returncode:
        first = " ".join(said.decode("utf-8", "replace").split())[:200]
        return Entry("tool", question, "error", reason=first or f"it ended with {child.returncode}")
    return Entry("tool", question, "read", said)


def _end(pid: int, alive: bool) -> None:
    """End the program and whatever it started."""
    if alive:
        os.killpg(pid, signal.SIGKILL)
