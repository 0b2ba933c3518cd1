"""Whatever ends a benchmark, and whenever: no file and no process of it is left."""

import os
import random
import signal
import subprocess
import sys
import time
import uuid
from pathlib import Path

import pytest

from tests.bench.runner import skip_where_refused

RUNNER = Path(__file__).parent / "runner.py"
ROOT = Path(__file__).parents[2]


def left(mark: str) -> list[str]:
    """Command lines of living processes that inherited our mark in their environment."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdecimal():
            try:
                if mark.encode() in (entry / "environ").read_bytes():
                    found.append((entry / "cmdline").read_bytes().replace(b"\0", b" ").decode())
            except OSError:
                continue
    return found


def left_in_the_end(mark: str) -> list[str]:
    """The same, once the kernel has had time to end what it was told to end."""
    deadline = time.monotonic() + 60
    while left(mark) and time.monotonic() < deadline:
        time.sleep(0.02)
    return left(mark)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("number", "status"),
    [(signal.SIGINT, 10), (signal.SIGTERM, 11), (signal.SIGHUP, 11), (signal.SIGKILL, -9)] * 3,
    ids=lambda value: value.name if isinstance(value, signal.Signals) else "",
)
def test_nothing_is_left_behind(tmp_path, number, status):
    skip_where_refused(tmp_path)
    mark, pause = f"vaudit-test-{uuid.uuid4()}", random.uniform(0, 1.8)  # noqa: S311 - a moment, not a secret
    child = subprocess.Popen(
        ["env", "--default-signal=HUP", sys.executable, str(RUNNER), str(tmp_path)],
        stdout=subprocess.PIPE,
        env={**os.environ, "VAUDIT_TEST_MARK": mark, "PYTHONPATH": str(ROOT)},
    )
    with child:
        assert child.stdout is not None
        assert child.stdout.readline() == b"ready\n"
        assert left(mark)
        time.sleep(pause)
        child.send_signal(number)
        assert child.wait(60) == status, f"after {pause:.2f} s"
    assert left_in_the_end(mark) == [], f"after {pause:.2f} s"
    assert list(tmp_path.iterdir()) == []


@pytest.mark.slow
def test_ctrl_c_in_a_terminal_reaches_the_whole_group_and_ends_it(tmp_path):
    skip_where_refused(tmp_path)
    mark = f"vaudit-test-{uuid.uuid4()}"
    child = subprocess.Popen(
        [sys.executable, str(RUNNER), str(tmp_path)],
        stdout=subprocess.PIPE,
        start_new_session=True,
        env={**os.environ, "VAUDIT_TEST_MARK": mark, "PYTHONPATH": str(ROOT)},
    )
    with child:
        assert child.stdout is not None
        child.stdout.readline()
        time.sleep(random.uniform(0, 1))  # noqa: S311
        os.killpg(child.pid, signal.SIGINT)
        assert child.wait(60) == 10
    assert left_in_the_end(mark) == []
    assert list(tmp_path.iterdir()) == []


def test_a_worker_holds_no_output_of_the_caller_open():
    """One that a dead disk holds cannot be ended; whoever reads our output must not wait for it too."""
    code = (
        "import os; from vaudit.bench.system import worker\n"
        "names = lambda: ' '.join(os.readlink(f'/proc/self/fd/{fd}') for fd in (0, 1, 2))\n"
        "def work(tell): tell(worker.Told(progress=names()))\n"
        "print([told.progress for told in worker.isolate(work, 20) if told.progress])"
    )
    words = [sys.executable, "-c", code]
    done = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout == "['/dev/null /dev/null /dev/null']\n"


WITHOUT_TMPFILE = """
import errno, os, sys
from vaudit.bench.disk.testfile import nameless_file
from vaudit.bench.system.process import stoppable
real = os.open
def without(path, flags, *rest, **named):
    if flags & os.O_TMPFILE == os.O_TMPFILE:
        raise OSError(errno.EOPNOTSUPP, "no O_TMPFILE")
    return real(path, flags, *rest, **named)
os.open = without
for _ in range(200):
    try:
        with stoppable():
            print("ready", flush=True)
            while True:
                with nameless_file(sys.argv[1]):
                    pass
    except KeyboardInterrupt:
        continue
"""


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_nothing_is_left_where_a_file_must_have_a_name_for_a_moment(tmp_path, number):
    """File systems without O_TMPFILE, as NFS, here at work on nothing but new files; 200 random moments."""
    skip_where_refused(tmp_path)
    child = subprocess.Popen(
        [sys.executable, "-c", WITHOUT_TMPFILE, str(tmp_path)],
        stdout=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    with child:
        assert child.stdout is not None
        for _ in range(200):
            assert child.stdout.readline() == b"ready\n"
            time.sleep(random.uniform(0, 0.001))  # noqa: S311
            child.send_signal(number)
        assert child.wait(60) == 0
    assert list(tmp_path.iterdir()) == []


ENDING = """
import os, signal
from vaudit.bench.system.process import stoppable
from vaudit.bench.system.worker import isolate

leave = os._exit

def leave_late(status):
    os.kill(os.getpid(), signal.SIGTERM)
    leave(status)

os._exit = leave_late
with stoppable():
    messages = list(isolate(lambda tell: None, 30.0))
print("the parent goes on", messages)
"""


def test_a_worker_that_is_told_to_end_while_it_ends_never_runs_what_its_parent_does():
    """Its copy of the parent would go on behind the call: put out the report a second time, clear up."""
    done = subprocess.run(
        [sys.executable, "-c", ENDING], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert (done.stdout, done.stderr) == ("the parent goes on []\n", "")


MIXING = """
import sys
from vaudit.bench.disk import engine, mixing
from vaudit.bench.disk.recording import Mix
from vaudit.bench.disk.testfile import nameless_file
from vaudit.bench.system.process import stoppable
from vaudit.bench.system.worker import Told, isolate

def work(tell):
    with nameless_file(sys.argv[1]) as fd:
        engine.fill(fd, 8 << 20, 10.0)
        tell(Told(progress="ready"))
        while True:
            mixing.run(fd, Mix("disk.mixed-4k", 4096, 20.0, 1 << 40), 8 << 20)

with stoppable():
    for message in isolate(work, 60.0):
        print(message.progress, flush=True)
"""


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_nothing_is_left_of_two_jobs_with_requests_in_flight(tmp_path, number):
    skip_where_refused(tmp_path)
    mark = f"vaudit-test-{uuid.uuid4()}"
    child = subprocess.Popen(
        [sys.executable, "-c", MIXING, str(tmp_path)],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={**os.environ, "VAUDIT_TEST_MARK": mark, "PYTHONPATH": str(ROOT)},
    )
    with child:
        assert child.stdout is not None
        assert child.stdout.readline() == b"ready\n"
        time.sleep(random.uniform(0.1, 1))  # noqa: S311
        child.send_signal(number)
        assert child.wait(60) != 0
    assert left_in_the_end(mark) == []
    assert list(tmp_path.iterdir()) == []
