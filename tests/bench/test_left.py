"""What a vaudit leaves that is killed while fio measures: nothing on Linux, on Windows until the next run."""

import os
import signal
import subprocess
import sys
import time
import uuid
from pathlib import Path

import pytest

from tests.bench.runner import skip_where_refused
from tests.bench.test_kill import ROOT, left_in_the_end
from vaudit.bench.disk.windows import left

MAKES_ITS_FILE = (
    "import sys, time; from vaudit.bench.disk.windows import left; path = left.named(sys.argv[1]); "
    "open(path, 'wb').write(b'x' * 4096); print(path, flush=True); time.sleep(60)"
)


def test_the_next_run_removes_what_a_killed_one_left(tmp_path: Path) -> None:
    words = [sys.executable, "-c", MAKES_ITS_FILE, str(tmp_path)]
    with subprocess.Popen(words, cwd=ROOT, stdout=subprocess.PIPE, text=True) as child:
        assert child.stdout is not None
        made = Path(child.stdout.readline().strip())
        left.clear(str(tmp_path))
        assert made.exists(), "its process is there"
        child.send_signal(signal.SIGKILL)
        child.wait(30)
    assert made.exists()
    left.clear(str(tmp_path))
    assert list(tmp_path.iterdir()) == []


def test_what_others_have_is_left_alone(tmp_path: Path) -> None:
    names = [".vaudit-x.fio", ".vaudit-999999999-short.fio", "vaudit-999999999-0123456789abcdef.fio",
             ".vaudit-999999999-0123456789abcdef.txt", ".vaudit-0123456789abcdef"]  # fmt: skip
    for name in names:
        (tmp_path / name).write_text("mine")
    own = Path(left.named(str(tmp_path)))
    own.write_text("x")
    left.clear(str(tmp_path))
    assert sorted(one.name for one in tmp_path.iterdir()) == sorted([*names, own.name])


def test_a_folder_that_is_not_there_is_no_error(tmp_path: Path) -> None:
    left.clear(str(tmp_path / "gone"))


MEASURING = """
import sys
from tests.bench.runner import BORDERS, quiet, small
from vaudit.bench.plan import make
from vaudit.bench.run import run
run(small(make("quick", sys.argv[1]), (1, 1)), BORDERS, quiet)
"""


def fio_of(mark: str) -> list[int]:
    """The processes of fio that inherited our mark."""
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            ours = mark.encode() in (entry / "environ").read_bytes()
            called = os.path.basename((entry / "cmdline").read_bytes().split(b"\0")[0])
        except OSError:
            continue
        found += [int(entry.name)] if ours and called == b"fio" else []
    return found


@pytest.mark.slow
@pytest.mark.outer("fio")
def test_on_linux_nothing_is_left_of_one_that_is_killed_while_fio_measures(tmp_path: Path) -> None:
    skip_where_refused(tmp_path)
    mark = f"vaudit-test-{uuid.uuid4()}"
    child = subprocess.Popen(
        [sys.executable, "-c", MEASURING, str(tmp_path)],
        cwd=ROOT,
        env={**os.environ, "VAUDIT_TEST_MARK": mark},
    )
    with child:
        deadline = time.monotonic() + 60
        while not (seen := fio_of(mark)) and child.poll() is None and time.monotonic() < deadline:
            time.sleep(0.01)
        assert seen, "fio never ran"
        child.kill()
        child.wait(60)
    assert left_in_the_end(mark) == []
    assert list(tmp_path.iterdir()) == []
