"""What a machine may lack or refuse: the scan ends all the same, in a report or in one line."""

import json
import os
import resource
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests import hanging

ROOT = Path(__file__).parent.parent
SCAN = [sys.executable, "-m", "vaudit", "scan", "--bench", "off"]
CAN_MOUNT = os.geteuid() == 0 and shutil.which("unshare") is not None
mounts = pytest.mark.skipif(not CAN_MOUNT, reason="SKIPPED, NOT PASSED: only root mounts, with unshare")
OLD = '{"old": true}\n'


def run(words: list[str], folder: Path = ROOT, **options) -> tuple[int, str, list[str]]:
    """Exit code, standard output, and the lines of standard error."""
    env = {**os.environ, "PYTHONPATH": str(ROOT), **options.pop("env", {})}
    done = subprocess.run(
        words, cwd=folder, env=env, check=False, capture_output=True, text=True, timeout=120, **options
    )
    return done.returncode, done.stdout, done.stderr.splitlines()


def mounted(script: str, words: list[str], folder: Path = ROOT) -> tuple[int, str, list[str]]:
    """The same after a script of the shell, in a mount namespace of its own."""
    argv = ["unshare", "-m", "--propagation", "private", "sh", "-ec", f'{script}\nexec "$@"', "sh", *words]
    code, out, err = run(argv, folder)
    if any(line.startswith(("mount:", "umount:", "unshare:")) for line in err):
        pytest.skip(f"SKIPPED, NOT PASSED: {err[-1]}")
    return code, out, err


def report_of(found: tuple[int, str, list[str]]) -> Any:
    code, out, err = found
    assert (code in (0, 1), err) == (True, [])
    return json.loads(out)


# where a report goes

REFUSING = {
    "a full disk": ("mount -t tmpfs -o size=16k none disk; {old}", "No space left on device"),
    "a read-only disk": (
        "mount -t tmpfs none disk; {old}; mount -o remount,ro disk",
        "may not be written to",
    ),
    "a quota": (
        "mount -t tmpfs -o usrquota,usrquota_block_hardlimit=16k none disk; {old}",
        "Disk quota exceeded",
    ),
}


@mounts
@pytest.mark.parametrize(("script", "words"), REFUSING.values(), ids=REFUSING.keys())
@pytest.mark.parametrize("has_old", [False, True])
def test_a_disk_that_refuses_keeps_the_old_report_and_gets_no_part_of_a_new_one(
    tmp_path: Path, script: str, words: str, has_old: bool
) -> None:
    (tmp_path / "disk").mkdir()
    old = f"printf '%s' '{OLD}' > disk/a.json" if has_old else ":"
    limited = (
        ["setpriv", "--bounding-set=-sys_resource", "--inh-caps=-sys_resource"] if "quota" in script else []
    )
    if limited and not shutil.which("setpriv"):
        pytest.skip("SKIPPED, NOT PASSED: setpriv is missing, and root has no quota")
    show = 'cd /; "$@" >/dev/null; echo $?; ls -A "$F"; cat "$F"/* 2>/dev/null || true'
    inner = ["sh", "-c", show, "sh", *limited, *SCAN, "-o", f"{tmp_path}/disk/a.json"]
    code, out, err = mounted(f"export F={tmp_path}/disk; {script.format(old=old)}", inner, tmp_path)
    assert code == 0
    assert out == "3\n" + (f"a.json\n{OLD}" if has_old else "")
    assert len(err) == 1
    assert words in err[0]


# what is read


@mounts
@pytest.mark.parametrize("place", ["/proc", "/sys", "/dev", "/etc"])
def test_a_machine_without_one_of_its_places_is_scanned(place: str) -> None:
    """An empty folder, as in a chroot into which nobody mounted anything."""
    if str(ROOT).startswith(place) or sys.prefix.startswith(place):
        pytest.skip("SKIPPED, NOT PASSED: the tests live there")
    report = report_of(mounted(f"mount -t tmpfs none {place}", [*SCAN, "--format", "json"]))
    assert [one for one in report["findings"] if one["status"] == "error"] == []
    assert report["facts"]["cpu"]["arch"] == os.uname().machine


@pytest.mark.skipif(bool(hanging.NEEDS), reason=f"SKIPPED, NOT PASSED: {hanging.NEEDS}")
def test_a_file_that_gives_an_error_is_an_error() -> None:
    words = [sys.executable, "-m", "tests.hanging", "eio=/proc/meminfo", "--", *SCAN, "--format", "json"]
    report = report_of(run(words))
    assert "file:/proc/meminfo" in report["coverage"]["errors"]
    assert not [note for note in report["notes"] if "no answer" in note]


# what this process may have


def limit(name: str, most: int) -> Callable[[], None]:
    return lambda: resource.setrlimit(getattr(resource, name), (most, most))


LIMITS = {
    "RLIMIT_NOFILE": 12,
    "RLIMIT_AS": 120 << 20,
    "RLIMIT_DATA": 60 << 20,
    "RLIMIT_STACK": 256 << 10,
    "RLIMIT_CORE": 0,
    "RLIMIT_MEMLOCK": 0,
}


@pytest.mark.parametrize(("name", "most"), LIMITS.items(), ids=LIMITS.keys())
def test_little_is_enough(name: str, most: int) -> None:
    report_of(run([*SCAN, "--format", "json"], preexec_fn=limit(name, most)))


@pytest.mark.parametrize(("name", "most"), [("RLIMIT_NOFILE", 3), ("RLIMIT_AS", 24 << 20), ("RLIMIT_CPU", 0)])
def test_too_little_ends_it_and_is_no_report(name: str, most: int, tmp_path: Path) -> None:
    """Python itself may not come up: what matters is that it ends, and what it leaves."""
    code, *_ = run([*SCAN, "-o", f"{tmp_path}/a.json"], preexec_fn=limit(name, most))
    assert code not in (0, 1) or (tmp_path / "a.json").exists()
    assert [path.name for path in tmp_path.iterdir()] in ([], ["a.json"])
    for path in tmp_path.iterdir():
        json.loads(path.read_text())


def test_no_home_no_locale_and_no_folder_are_no_error(tmp_path: Path) -> None:
    bare = ["env", "-i", f"PYTHONPATH={ROOT}", *SCAN, "--format", "json"]
    report_of(run(bare))
    (tmp_path / "gone").mkdir()
    report_of(
        run(["sh", "-c", 'rmdir ../gone; exec "$@"', "sh", *SCAN, "--format", "json"], tmp_path / "gone")
    )
