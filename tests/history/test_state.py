"""The folder in which reports are kept: where it lies, its salt, its lock and its last report."""

import os
import signal
import stat
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.history.kept import report
from vaudit.history import state
from vaudit.output.json import compact


def test_the_folder_is_the_given_one_else_the_systems_for_root_else_the_users_own(monkeypatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    assert state.folder() == "/var/lib/vaudit"
    assert state.folder("/srv/x") == "/srv/x"
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    monkeypatch.setenv("XDG_STATE_HOME", "/home/u/.state")
    assert state.folder() == "/home/u/.state/vaudit"
    monkeypatch.setenv("XDG_STATE_HOME", "relative")
    monkeypatch.setenv("HOME", "/home/u")
    assert state.folder() == "/home/u/.local/state/vaudit"


def test_the_last_report_reads_back_equal_and_only_owner_and_group_may(tmp_path: Path) -> None:
    kept = report()
    state.write_last(str(tmp_path), compact(kept).encode())
    assert state.last_report(str(tmp_path)) == kept
    assert stat.S_IMODE((tmp_path / "last.json").stat().st_mode) == 0o640
    assert [one.name for one in tmp_path.iterdir()] == ["last.json"]


def test_no_report_a_damaged_one_and_one_that_cannot_be_read_are_three_answers(tmp_path: Path) -> None:
    with pytest.raises(state.Missing, match="no report was kept yet"):
        state.last_report(str(tmp_path))
    (tmp_path / "last.json").write_text('{"schema": "vaudit.rep')
    with pytest.raises(state.StateError, match="not a vaudit report"):
        state.last_report(str(tmp_path))
    (tmp_path / "last.json").unlink()
    (tmp_path / "last.json").mkdir()
    with pytest.raises(state.StateError, match="cannot be read"):
        state.last_report(str(tmp_path))


def test_the_salt_is_made_once_and_for_its_owner_alone(tmp_path: Path) -> None:
    first = state.secret(str(tmp_path))
    assert len(first) == 32
    assert state.secret(str(tmp_path)) == first
    assert stat.S_IMODE((tmp_path / "salt").stat().st_mode) == 0o600
    (tmp_path / "salt").write_text("half of a sa")
    assert state.secret(str(tmp_path)) not in (first, b"")


HOLDER = """
import sys, time
from vaudit.history import state
with state.measuring_alone(sys.argv[1]):
    print("held", flush=True)
    time.sleep(60)
"""


@pytest.fixture
def holder(tmp_path: Path):
    with subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(tmp_path)], stdout=subprocess.PIPE, text=True
    ) as child:
        assert child.stdout and child.stdout.readline() == "held\n"
        yield child
        child.kill()


def test_who_finds_the_lock_taken_leaves_and_names_who_has_it(holder, tmp_path: Path) -> None:
    with pytest.raises(state.Busy, match=rf"^process {holder.pid} measures now; --wait"):
        state.measuring_alone(str(tmp_path)).__enter__()
    with pytest.raises(state.Busy, match=rf"^after 0.2 s process {holder.pid} still measures"):
        state.measuring_alone(str(tmp_path), 0.2).__enter__()


def test_a_lock_that_outlives_its_process_is_not_respected(holder, tmp_path: Path) -> None:
    holder.send_signal(signal.SIGKILL)
    holder.wait()
    with state.measuring_alone(str(tmp_path)):
        assert (tmp_path / "lock").read_text() == f"{os.getpid()}\n"


def test_who_waits_is_let_in_when_the_other_is_done(holder, tmp_path: Path) -> None:
    began = time.monotonic()
    subprocess.Popen(["sh", "-c", f"sleep 0.3; kill -9 {holder.pid}"])
    with state.measuring_alone(str(tmp_path), 30):
        assert 0.2 < time.monotonic() - began < 20


def test_what_cannot_be_used_is_said_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    for use in (state.made, state.secret, lambda where: state.measuring_alone(where).__enter__()):
        with pytest.raises(state.StateError, match=r"file.*: Not a directory|file.*: File exists"):
            use(str(tmp_path / "file"))
