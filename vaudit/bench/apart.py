"""A run in a process of its own: for a caller with threads, which must not fork (vaudit/threads.py).

The new interpreter reads what is wanted from its standard input and answers with the messages by which
workers speak (system/worker.py). It has no threads but its own, dies with its parent, and plans and measures
as the program does.
"""

import os
import subprocess
import sys
import time
from collections.abc import Callable

import msgspec

from vaudit import threads
from vaudit.bench import plan as planning
from vaudit.bench import run as running
from vaudit.bench.borders import Borders
from vaudit.bench.plan import Wanted
from vaudit.bench.recording import Recordings
from vaudit.bench.system import worker
from vaudit.bench.system.errors import BenchError
from vaudit.bench.system.process import die_with
from vaudit.model.facts import Facts
from vaudit.model.learned import learned

_START = "import sys; sys.path[:] = {path!r}; from vaudit.bench.apart import serve; serve({parent})"
PATIENCE = 30.0
"""Seconds that a run may take beyond its budget: it ends by itself, and this is for one that hangs."""


class _Request(msgspec.Struct, frozen=True):
    wanted: Wanted
    facts: Facts
    borders: Borders


def run(
    wanted: Wanted,
    facts: Facts,
    borders: Borders,
    progress: Callable[[str], None],
    record: Callable[[str, str], None],
) -> Recordings:
    """As vaudit.bench.run.run. BenchError where no interpreter can be started, or it hangs or dies."""
    child = _started(msgspec.json.encode(_Request(wanted, facts, borders)))
    assert child.stdout is not None  # noqa: S101 - a pipe, as was asked
    found: list[Recordings] = []
    deadline = time.monotonic() + planning.most_seconds(wanted) + PATIENCE
    try:
        for message in worker.listen(child.stdout.fileno(), deadline, "the benchmark"):
            if message.progress:
                progress(message.progress)
            if message.evidence:
                record(*message.evidence)
            found += worker.results([message], Recordings)
    finally:
        _ended(child)
    return found[0]


def _started(request: bytes) -> "subprocess.Popen[bytes]":
    code = _START.format(path=[os.path.abspath(folder) for folder in sys.path], parent=os.getpid())
    try:
        words = [threads.interpreter(), "-I", "-c", code]
        child = subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    except OSError as error:
        raise BenchError(f"a Python for the benchmarks could not be started: {error.strerror}") from None
    assert child.stdin is not None  # noqa: S101 - a pipe, as was asked
    try:
        with child.stdin as pipe:
            pipe.write(request)
    except BrokenPipeError:  # it is dead already, which is told when it is listened to
        pass
    return child


def _ended(child: "subprocess.Popen[bytes]") -> None:
    """By SIGTERM, so that it clears up; by SIGKILL where that does not help."""
    child.terminate()
    try:
        child.wait(timeout=10)
    except subprocess.TimeoutExpired:
        child.kill()
        child.wait()
    if child.stdout:
        child.stdout.close()


def serve(parent: int) -> None:
    """The new interpreter's whole life."""
    die_with(parent)
    pipe = os.dup(1)
    os.dup2(2, 1)  # whatever prints does not disturb the messages

    def tell(message: worker.Told) -> None:
        line = memoryview(msgspec.json.encode(message) + b"\n")
        while line:
            line = line[os.write(pipe, line) :]

    request = msgspec.json.decode(sys.stdin.buffer.read(), type=learned(_Request))
    plan = planning.wanted(request.wanted, request.facts)
    recordings = running.run(
        plan,
        request.borders,
        lambda line: tell(worker.Told(progress=line)),
        lambda key, text: tell(worker.Told(evidence=(key, text))),
    )
    tell(worker.result(recordings))
    tell(worker.Told(done=True))
