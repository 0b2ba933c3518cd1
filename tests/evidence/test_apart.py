"""Questions that are asked by another process: answered like any other, or given up in bounded time."""

import os
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from tests.evidence.waiting import waiting
from vaudit.evidence import apart, linux
from vaudit.evidence.source import Entry, EntryKind

ROOT = Path(__file__).parents[2]


@pytest.fixture
def reader():
    made = apart.Reader(waiting)
    yield made
    made.close()


@pytest.fixture
def hang(tmp_path: Path) -> str:
    os.mkfifo(tmp_path / "hang")
    return str(tmp_path / "hang")


@pytest.fixture
def impatient(monkeypatch) -> None:
    monkeypatch.setattr(apart, "PATIENCE", 0.2)


def test_answers_are_those_of_this_machine(reader: apart.Reader, tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"\0one\xff")
    (tmp_path / "link").symlink_to("file")
    (tmp_path / "long").write_bytes(b"x" * (2 << 20))
    questions: list[tuple[EntryKind, str]] = [
        ("file", "file"),
        ("file", "long"),
        ("file", "nothing"),
        ("dir", ""),
        ("link", "link"),
        ("link", "file"),
    ]
    for kind, name in questions:
        assert reader.entry(kind, f"{tmp_path}/{name}") == linux.read(kind, f"{tmp_path}/{name}")


def test_no_answer_is_an_error_and_the_next_question_is_answered(reader, hang, impatient) -> None:
    began = time.monotonic()
    assert reader.entry("file", hang) == Entry("file", hang, "error", reason="no answer")
    assert reader.entry("file", hang).is_unanswered  # at once: once it was waited for
    assert reader.entry("file", "/proc/self/comm").status == "read"
    assert 0.2 <= time.monotonic() - began < 30


def test_who_only_lacks_a_processor_is_waited_for(reader: apart.Reader) -> None:
    """As on a machine that is kept busy: it works for longer than an answer may take."""
    reader._patience, reader._most, reader._left = 0.1, 10.0, 1.0
    for number in range(3):
        assert reader.entry("file", f"/{number}/work").data == b"done"
    assert reader._left > 0.5  # none of that was the file system's time


def test_it_is_not_waited_for_without_end(reader: apart.Reader) -> None:
    reader._patience, reader._most, reader._left = 0.05, 0.06, 0.06
    found = [reader.entry("file", f"/{number}/work") for number in range(3)]
    assert any(each.is_unanswered for each in found)


def test_a_process_that_dies_answers_nothing(reader: apart.Reader, tmp_path: Path) -> None:
    assert reader.entry("file", f"{tmp_path}/die").is_unanswered
    assert reader.entry("dir", str(tmp_path)).status == "read"


def test_when_all_time_is_spent_nothing_is_asked(reader, hang, impatient, monkeypatch) -> None:
    reader._left = 0.1
    began = time.monotonic()
    assert reader.entry("file", hang).is_unanswered
    told = reader.entry("file", "/proc/self/comm")
    assert told.is_unanswered
    assert "was not asked" in told.reason
    assert time.monotonic() - began < 30


def test_none_is_left_when_it_is_closed(hang, impatient) -> None:
    reader = apart.Reader(waiting)
    reader.entry("file", hang)
    reader.entry("file", "/proc/self/comm")
    children = list(reader._children)
    assert len(children) == 2
    reader.close()
    assert reader._children == []
    for child in children:
        with pytest.raises(ChildProcessError):
            os.waitpid(child, os.WNOHANG)


def test_it_holds_nothing_of_the_caller_open(hang, impatient, tmp_path: Path) -> None:
    """Else whoever reads this process's output would wait for the one that hangs."""
    reading, writing = os.pipe()
    reader = apart.Reader(waiting)
    try:
        assert reader.entry("file", "/proc/self/comm").status == "read"
        held = {os.readlink(f"/proc/{reader._children[-1]}/fd/{fd}")
                for fd in os.listdir(f"/proc/{reader._children[-1]}/fd")}  # fmt: skip
        assert os.readlink(f"/proc/self/fd/{writing}") not in held
        assert {path.partition(":")[0] for path in held} == {"pipe", "/dev/null"}
    finally:
        reader.close()
        os.close(reading)
        os.close(writing)


def test_it_ends_with_the_caller() -> None:
    code = (
        "from vaudit.evidence import apart, linux; import os; reader = apart.Reader(linux.read)\n"
        "reader.entry('file', '/proc/self/comm'); print(*reader._children, flush=True)\n"
        "os.kill(os.getpid(), 9)"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    path, deadline = Path("/proc", done.stdout.strip(), "stat"), time.monotonic() + 10
    while path.exists() and path.read_text().split()[2] != "Z" and time.monotonic() < deadline:
        time.sleep(0.01)
    assert not path.exists() or path.read_text().split()[2] == "Z"


def test_a_caller_with_threads_is_not_forked(monkeypatch, tmp_path: Path) -> None:
    monkeypatch.setattr(os, "fork", lambda: pytest.fail("it must not fork"))
    (tmp_path / "file").write_text("one")
    done = threading.Event()
    other = threading.Thread(target=done.wait)
    other.start()
    reader = apart.Reader(linux.read)
    try:
        assert reader.entry("file", f"{tmp_path}/file").data == b"one"
        assert reader.entry("link", f"{tmp_path}/file").status == "error"
    finally:
        reader.close()
        done.set()
        other.join()


def test_where_no_process_can_be_had_it_says_so(monkeypatch) -> None:
    def refuse(*_: object, **__: object) -> int:
        raise BlockingIOError(11, "Resource temporarily unavailable")

    monkeypatch.setattr(os, "fork", refuse)
    monkeypatch.setattr(os, "posix_spawn", refuse)
    reader = apart.Reader(linux.read)
    told = reader.entry("file", "/proc/self/comm")
    assert told.is_unanswered
    assert "no process could be started" in told.reason
    reader.close()
