"""vaudit killed at any moment leaves nothing; benchmarks/kills.py, which tries it, sees what is left."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks import kills

ROOT = Path(__file__).parent.parent
linux = pytest.mark.skipif(sys.platform != "linux", reason="it looks for processes in /proc")


@linux
@pytest.mark.outer
@pytest.mark.parametrize("seed", [1, 2])
def test_nothing_is_left_by_a_few_kills(seed: int) -> None:
    words = [sys.executable, str(ROOT / "benchmarks" / "kills.py"), "18", "--seed", str(seed)]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "18 kills (3 INT, 3 TERM, 3 HUP, 3 QUIT, 3 PIPE, 3 KILL)" in done.stdout


def test_the_same_seed_gives_the_same_kills() -> None:
    assert list(kills.kills(60, 5)) == list(kills.kills(60, 5)) != list(kills.kills(60, 6))
    asked = list(kills.kills(300, 5))
    assert {one.kind for one in asked} == set(kills.KINDS)
    assert {one.signal for one in asked if one.is_aimed} == set(kills.SIGNALS)


WHOLE = {
    "a.json": '{"findings": []}\n',
    "a.jsonl": '{"findings": []}\n' * kills.RECORDED,
    "a.html": "<html>\n</html>\n",
    "a.vdump": "vdump 2\n@end\n",
}


@pytest.mark.parametrize(("name", "text"), WHOLE.items())
def test_half_a_report_is_seen(tmp_path: Path, name: str, text: str) -> None:
    kind, kill = kills.Kind([], 0, (name,)), kills.Kill("scan", "INT", False, 0, False, False)
    (tmp_path / name).write_text(text)
    assert list(kills.faults_of_files(tmp_path, kind, kill)) == []
    (tmp_path / name).write_text(text[: len(text) * 3 // 4])
    (told,) = kills.faults_of_files(tmp_path, kind, kill)
    assert told.startswith(f"half a report: {name}")


def test_a_file_that_is_left_and_one_that_is_lost_are_seen(tmp_path: Path) -> None:
    (tmp_path / ".a.json.tmp").touch()
    kill = kills.Kill("scan", "INT", False, 0, False, True)
    told = list(kills.faults_of_files(tmp_path, kills.Kind([], 0, ("a.json",)), kill))
    assert told == ["left: .a.json.tmp", "lost: the old a.json"]


@linux
def test_a_process_that_is_left_is_seen(monkeypatch) -> None:
    monkeypatch.setattr(kills, "ENDING", 0.1)
    words = [sys.executable, "-c", "input()"]
    env = {**os.environ, "VAUDIT_KILL": "vaudit-kill-test"}
    with subprocess.Popen(words, stdin=subprocess.PIPE, stderr=subprocess.DEVNULL, env=env) as child:
        (told,) = kills.left("vaudit-kill-test")
        child.kill()
    assert "input()" in told
    assert kills.left("vaudit-kill-test") == []


def test_a_changed_terminal_is_seen() -> None:
    assert list(kills.faults_of_terminal([1], [1], b"\x1b[1mbold\x1b[0m")) == []
    assert list(kills.faults_of_terminal([1], [2], b"")) == ["the terminal's settings are changed"]
    assert len(list(kills.faults_of_terminal([1], [1], b"\x1b[?25l"))) == 1


@linux
@pytest.mark.outer
def test_kept_reports_are_whole_whatever_kills_the_scan_that_keeps_them() -> None:
    """`python benchmarks/kills.py 200 --only keep --by KILL` is the whole of it."""
    words = [sys.executable, str(ROOT / "benchmarks" / "kills.py"), "24", "--only", "keep", "--by", "KILL"]
    done = subprocess.run([*words, "--seed", "1"], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "24 kills (24 KILL)" in done.stdout


def test_a_database_that_is_not_whole_is_seen(tmp_path: Path) -> None:
    assert list(kills.faults_of_database(tmp_path / "history.db")) == []
    (tmp_path / "history.db").write_bytes(b"no database" * 1000)
    (told,) = kills.faults_of_database(tmp_path / "history.db")
    assert "is damaged" in told
