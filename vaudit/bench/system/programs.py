"""Outside programs (fio, iperf3): found, checked to be what their name says, run within a time, stopped."""

import errno
import os
import re
import shutil
import subprocess
from functools import partial
from typing import Any

import msgspec

from vaudit.bench.system.errors import CAUSES, BenchError
from vaudit.bench.system.privileges import User
from vaudit.bench.system.process import die_with
from vaudit.bench.system.rlimits import address_space, no_more
from vaudit.trust import distrust

NOT_LOADED = 127
"""Exit status of ld.so(8) where a library has no room, and of shells for what they do not find."""


class Program(msgspec.Struct, frozen=True):
    """An outside program: where it is, or why it is not used."""

    path: str | None = None
    version: str | None = None
    missing: str = ""


def find(name: str, pattern: str) -> Program:
    """A program on PATH of which `--version` matches the pattern, whose first group is the version."""
    path, refused = _safe(name)
    if path is None:
        how = f" (apt-get install {name})" if os.name == "posix" else ""
        return Program(missing=refused or f"{name} is not installed{how}")
    try:
        output = run_program([path, "--version"], 5.0)
    except BenchError as error:
        return Program(missing=str(error))
    match = re.match(pattern, output.out)
    if match is None and output.rc == NOT_LOADED and (limit := address_space()):
        return Program(missing=f"{path} could not be started: {limit}")
    if match is None:
        return Program(missing=f"{path} is another program of that name: it does not call itself {name}")
    return Program(path, f"{name} {match[1]}")


def _safe(name: str) -> tuple[str | None, str]:
    """The first program of that name on PATH that others cannot have put there; else why one is refused.

    Entries of PATH that are empty or relative mean the folder in which somebody happens to be: they are
    passed over.
    """
    refused = ""
    for folder in os.environ.get("PATH", os.defpath).split(os.pathsep):
        path = shutil.which(name, path=folder) if os.path.isabs(folder) else None
        if path is None:
            continue
        reason = _distrusted(folder, path)
        if not reason:
            return path, ""
        refused = refused or f"{path} is not run: {reason}"
    return None, refused


def _distrusted(folder: str, path: str) -> str:
    try:
        return distrust(folder) or distrust(path)
    except OSError as error:  # it was there a moment ago
        return error.strerror or "it cannot be looked at"


class Output(msgspec.Struct, frozen=True):
    """What a program left: its exit status, both streams, and whether we had to stop it."""

    rc: int
    out: str
    err: str
    stopped: bool


def run_program(argv: list[str], seconds: float, pass_fds: tuple[int, ...] = ()) -> Output:
    """Run a program for at most `seconds`; stop it by SIGTERM and wait, kill it only when that fails.

    fio and iperf3 print their figures on SIGTERM, and fio's job keeps the disk busy after a SIGKILL unless
    `--thread` is given. Raises BenchError when the program cannot be started.
    """
    child = start_program(argv, pass_fds)
    with child:
        try:
            out, err = child.communicate(timeout=seconds)
            return Output(child.returncode, out, err, stopped=False)
        except subprocess.TimeoutExpired:
            out, err = stop_program(child)
            return Output(child.returncode, out, err, stopped=True)
        except BaseException:
            stop_program(child)
            raise


def start_program(
    argv: list[str], pass_fds: tuple[int, ...] = (), user: User | None = None
) -> "subprocess.Popen[str]":
    """A program that dies with this process; both its streams are pipes. Raises BenchError.

    For `user`, root's rights and groups are given up before it begins.
    """
    bind = partial(die_with, os.getpid())
    rights: dict[str, Any] = {"user": user.uid, "group": user.gid, "extra_groups": []} if user else {}
    try:
        return subprocess.Popen(
            argv,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            errors="replace",
            pass_fds=pass_fds,
            env={**os.environ, "LC_ALL": "C"},
            **rights,
            preexec_fn=bind if os.name == "posix" else None,  # noqa: PLW1509 - no threads run when programs start
        )
    except (OSError, subprocess.SubprocessError) as error:
        number = error.errno if isinstance(error, OSError) else None
        why = no_more() if number == errno.EAGAIN else CAUSES.get(number or 0, str(error))
        raise BenchError(f"{argv[0]} could not be started: {why}") from None


def stop_program(child: "subprocess.Popen[str]") -> tuple[str, str]:
    """End a program by SIGTERM, by SIGKILL where that does not help; gives what it still printed."""
    child.terminate()
    try:
        return child.communicate(timeout=5)
    except subprocess.TimeoutExpired:
        child.kill()
        return child.communicate()
