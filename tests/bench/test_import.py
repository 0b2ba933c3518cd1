"""A system without fork, ioctl and the like must still import the benchmarks, to say what they need."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
_WITHOUT = """
import importlib.abc, os, signal, socket, sys

POSIX_ONLY = {"fcntl", "grp", "pwd", "resource", "termios", "pty", "tty"}

class Absent(importlib.abc.MetaPathFinder):
    def find_spec(self, name, path=None, target=None):
        if name in POSIX_ONLY:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)

import ctypes, subprocess, tempfile, threading, select, shutil  # what they need of the list is theirs
for name in POSIX_ONLY:
    sys.modules.pop(name, None)
sys.meta_path.insert(0, Absent())
sys.platform = "win32"
ABSENT = (
    "fork sched_getaffinity sched_setaffinity preadv pwritev pread statvfs getuid geteuid uname sysconf "
    "makedev major minor O_DIRECT O_NONBLOCK O_CLOEXEC O_TMPFILE O_NOFOLLOW O_NOCTTY ST_RDONLY fdatasync "
    "WNOHANG posix_fallocate"
)
for name in ABSENT.split():
    if hasattr(os, name):
        delattr(os, name)
del signal.SIGKILL
"""
_IMPORT_ALL = """
import pkgutil, vaudit.bench, importlib
for module in pkgutil.walk_packages(vaudit.bench.__path__, "vaudit.bench."):
    importlib.import_module(module.name)
print("imported")
"""
_PLAN = """
sys.platform = "aix"
from vaudit.bench.plan import describe, make
print("\\n".join(describe(make("quick", ".", alone=True))))
"""


def python(code: str) -> str:
    made = subprocess.run(
        [sys.executable, "-c", _WITHOUT + code], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert made.returncode == 0, made.stderr
    return made.stdout


@pytest.mark.parametrize("name", ["vaudit.bench.run", "vaudit.bench.judge", "vaudit.bench.network.serve"])
def test_a_module_that_a_command_begins_with_can_be_imported(name):
    assert python(f"import {name}\nprint('imported')") == "imported\n"


def test_every_module_of_the_benchmarks_can_be_imported():
    assert python(_IMPORT_ALL) == "imported\n"


def test_a_plan_for_a_system_that_is_not_known_says_that_linux_is_needed():
    assert "benchmarks need Linux" in python(_PLAN)
