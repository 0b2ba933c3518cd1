"""A file is written whole or not at all, and what others put in its place is not followed or replaced."""

import os
import signal
import socket
import stat
import subprocess
import sys
import time
from pathlib import Path

import pytest

from vaudit import files
from vaudit.files import Draft, save, writable

ROOT = Path(__file__).parent.parent
LINUX = pytest.mark.skipif(sys.platform != "linux", reason="as Linux does it")
AS_ROOT = pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files to others")
NOBODY = 65534


@pytest.fixture(params=["without a name", "copied"])
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Both ways: that of systems that can give a file its name later, and that of the others."""
    if request.param == "copied":
        monkeypatch.setattr(files, "_O_TMPFILE", None)
    return str(request.param)


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def permissions(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_a_draft_takes_the_old_files_place_only_when_it_is_kept(tmp_path: Path, way: str) -> None:
    target = tmp_path / "a.json"
    save(target, "old\n")
    draft = Draft(target)
    assert names(tmp_path) == ["a.json"]
    draft.write("new")
    assert names(tmp_path) == ["a.json"]
    assert target.read_text() == "old\n"
    draft.write("er\n")
    draft.keep()
    draft.drop()
    assert target.read_bytes() == b"newer\n"
    assert names(tmp_path) == ["a.json"]


def test_a_dropped_draft_leaves_nothing(tmp_path: Path, way: str) -> None:
    draft = Draft(tmp_path / "a.json")
    draft.write("new")
    draft.drop()
    draft.drop()
    Draft(tmp_path / "b.json").keep()
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("step", ["fsync", "replace"])
def test_a_failed_write_leaves_the_old_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, way: str, step: str
) -> None:
    target = tmp_path / "a.json"
    save(target, "old")

    def full(*_given: object, **_named: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, step, full)
    with pytest.raises(OSError, match="No space"):
        save(target, "new")
    assert target.read_text() == "old"
    assert names(tmp_path) == ["a.json"]


def test_open_files_do_not_pile_up(tmp_path: Path, way: str) -> None:
    before = len(os.listdir("/proc/self/fd"))
    for _ in range(3):
        save(tmp_path / "a.json", "x")
        draft = Draft(tmp_path / "b.json")
        draft.write("x")
        draft.drop()
    assert len(os.listdir("/proc/self/fd")) == before


# whose file it is


def test_an_existing_file_keeps_its_mode(tmp_path: Path, way: str) -> None:
    for mode in (0o600, 0o664, 0o444):
        target = tmp_path / f"{mode:o}"
        target.write_text("old")
        target.chmod(mode)
        save(target, "new")
        assert (target.read_text(), permissions(target)) == ("new", mode)


def test_a_new_file_takes_no_more_than_the_umask_leaves(tmp_path: Path, way: str) -> None:
    before = os.umask(0o027)
    try:
        save(tmp_path / "a", "x")
    finally:
        os.umask(before)
    assert permissions(tmp_path / "a") == 0o640


def test_a_new_file_has_the_mode_that_was_asked_for(tmp_path: Path, way: str) -> None:
    before = os.umask(0)
    try:
        for mode in (files.SHARED, files.PRIVATE):
            save(tmp_path / f"{mode:o}", "x", mode)
            assert permissions(tmp_path / f"{mode:o}") == mode
    finally:
        os.umask(before)


@AS_ROOT
def test_an_existing_file_keeps_its_owner_and_loses_what_would_run_as_him(tmp_path: Path, way: str) -> None:
    target = tmp_path / "a"
    target.write_text("old")
    os.chown(target, NOBODY, NOBODY)
    target.chmod(0o4750)
    save(target, "new")
    found = target.stat()
    assert (found.st_uid, found.st_gid, permissions(target)) == (NOBODY, NOBODY, 0o750)


@AS_ROOT
def test_a_file_of_another_user_is_refused_by_all_but_root(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, way: str
) -> None:
    target = tmp_path / "a"
    target.write_text("old")
    monkeypatch.setattr(os, "geteuid", lambda: NOBODY)
    assert "belongs to another user" in writable(target)
    with pytest.raises(OSError, match="belongs to another user"):
        save(target, "new")
    assert target.read_text() == "old"


# what others put there


def link(path: Path) -> None:
    path.with_name("victim").write_text("precious")
    path.symlink_to("victim")


def dangling(path: Path) -> None:
    path.symlink_to("nowhere")


def bound(path: Path) -> None:
    here = os.getcwd()
    os.chdir(path.parent)  # its address has at most 107 characters
    try:
        socket.socket(socket.AF_UNIX).bind(path.name)
    finally:
        os.chdir(here)


PLANTED = {
    "a symbolic link": link,
    "a symbolic link, which": dangling,
    "a pipe": os.mkfifo,
    "a socket": bound,
    "a folder": os.mkdir,
}


@LINUX
@pytest.mark.parametrize("what", PLANTED)
def test_what_is_no_file_is_neither_followed_nor_replaced(tmp_path: Path, way: str, what: str) -> None:
    target = tmp_path / "a.json"
    PLANTED[what](target)
    before, kind = names(tmp_path), target.lstat().st_mode
    assert what.removesuffix(", which") in writable(target)
    with pytest.raises(OSError, match="neither followed nor replaced"):
        save(target, "new")
    assert (names(tmp_path), target.lstat().st_mode) == (before, kind)
    victim = tmp_path / "victim"
    assert not victim.exists() or victim.read_text() == "precious"


@LINUX
def test_a_device_is_not_replaced(tmp_path: Path) -> None:
    assert writable("/dev/null") == "/dev/null: is a device, which is neither followed nor replaced"
    with pytest.raises(OSError, match="is a device"):
        save("/dev/null", "x")
    assert stat.S_ISCHR(os.stat("/dev/null").st_mode)


def test_a_link_says_where_it_leads(tmp_path: Path) -> None:
    link(tmp_path / "a.json")
    assert f"to {(tmp_path / 'victim').resolve()}: name that" in writable(tmp_path / "a.json")


@LINUX
@pytest.mark.parametrize("what", PLANTED)
def test_nor_is_what_was_put_there_while_it_was_written(tmp_path: Path, way: str, what: str) -> None:
    target = tmp_path / "a.json"
    draft = Draft(target)
    draft.write("new")
    PLANTED[what](target)
    with pytest.raises(OSError, match="neither followed nor replaced"):
        draft.keep()
    draft.drop()
    victim = tmp_path / "victim"
    assert not victim.exists() or victim.read_text() == "precious"


@LINUX
def test_a_folder_that_is_exchanged_meanwhile_gets_nothing(tmp_path: Path) -> None:
    """The folder that was opened is the one that is written to, whatever bears its name by then."""
    mine, other = tmp_path / "mine", tmp_path / "other"
    mine.mkdir()
    other.mkdir()
    draft = Draft(mine / "a.json")
    draft.write("new")
    mine.rename(tmp_path / "moved")
    mine.symlink_to(other)
    draft.keep()
    assert names(other) == []
    assert names(tmp_path / "moved") == ["a.json"]


# what ends the process meanwhile

ENDED = """
import os, signal, sys
from vaudit import files
way, step, number, target = sys.argv[1], sys.argv[2], int(sys.argv[3]), sys.argv[4]
if way == "copied":
    files._O_TMPFILE = None

def and_then_end(name):
    real = getattr(os, name)
    def ending(*given, **named):
        made = real(*given, **named)
        os.kill(os.getpid(), number)
        return made
    setattr(os, name, ending)

draft = files.Draft(target)
draft.write("new" * 9999)
and_then_end(step)
draft.write("new")
draft.keep()
print("kept")
"""


@pytest.mark.slow
@LINUX
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT, signal.SIGINT])
@pytest.mark.parametrize("step", ["fsync", "link", "stat", "replace", "urandom", "unlink", "close"])
def test_no_signal_leaves_half_a_file_or_another_name(
    tmp_path: Path, way: str, step: str, number: signal.Signals
) -> None:
    """Sent behind each call of the system that `keep` makes; the last of them may come too late to matter."""
    target = tmp_path / "a.json"
    target.write_text("old")
    words = [sys.executable, "-c", ENDED, way, step, str(int(number)), str(target)]
    done = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode in (-number, 1, 0), done.stderr  # a KeyboardInterrupt ends with 1
    assert names(tmp_path) == ["a.json"]
    assert target.read_text() in ("old", "new" * 10000)


@LINUX
def test_not_even_a_kill_in_the_middle_leaves_anything(tmp_path: Path) -> None:
    lines = ENDED.replace("draft.keep()", "os.kill(os.getpid(), 9)")
    words = [sys.executable, "-c", lines, "without a name", "fsync", "9", str(tmp_path / "a.json")]
    done = subprocess.run(words, cwd=ROOT, capture_output=True, check=False, timeout=60)
    assert done.returncode == -9
    assert names(tmp_path) == []


@LINUX
def test_it_works_without_proc(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where /proc is not mounted a file without a name can be given none."""
    monkeypatch.setattr(os.path, "exists", lambda _path: False)
    save(tmp_path / "a", "x")
    assert names(tmp_path) == ["a"]


def test_a_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        save(tmp_path / "no" / "a", "x")


# what a process that was killed left

KILLED = """
import os, sys
from vaudit import files
files._O_TMPFILE = None
def killed(*_given, **_named):
    os.kill(os.getpid(), 9)
setattr(os, sys.argv[2], killed)
files.save(sys.argv[1], "secret")
"""


@LINUX
@pytest.mark.parametrize("step", ["write", "fsync", "replace"])
def test_what_a_killed_process_left_is_cleared_by_the_next_one(tmp_path: Path, step: str) -> None:
    target = tmp_path / "a.json"
    done = subprocess.run([sys.executable, "-c", KILLED, str(target), step], cwd=ROOT, check=False)
    assert done.returncode == -signal.SIGKILL
    for left in names(tmp_path):
        assert left.startswith(".vaudit-")
        os.utime(tmp_path / left, (0, 0))
    save(target, "old")
    save(target, "new")
    assert names(tmp_path) == ["a.json"]


def test_what_another_process_is_writing_and_what_is_no_draft_stays(tmp_path: Path, way: str) -> None:
    hexadecimal = "0123456789abcdef01234567"
    for name, age in (
        (f".vaudit-{hexadecimal}", 10),
        (".vaudit-notes", 10**6),
        (f".vaudit-{hexadecimal}0", 10**6),
    ):
        (tmp_path / name).write_text("x")
        os.utime(tmp_path / name, (0, time.time() - age))
    (tmp_path / ".vaudit-aaaaaaaa").mkdir()
    other = tmp_path / ".vaudit-bbbbbbbb"
    other.write_text("x")
    os.utime(other, (0, 0))
    if os.geteuid() == 0:
        os.chown(other, NOBODY, NOBODY)
    before = set(names(tmp_path))
    save(tmp_path / "a.json", "old")
    save(tmp_path / "a.json", "new")
    gone = before - set(names(tmp_path))
    assert gone == (set() if os.geteuid() == 0 else {other.name})
