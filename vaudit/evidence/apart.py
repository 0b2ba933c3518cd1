"""Questions whose answers may never come, asked by a process of their own that can be given up.

A process that waits for a dead file system cannot be interrupted, and while one of its threads does, it
cannot end. So another one asks; the caller waits for at most PATIENCE seconds and then leaves it behind: it
ends when the file system answers. It holds no file of the caller open, so nobody else waits for it.
One that has something to do and gets no processor for it is no sign of a dead file system: on a machine that
is kept busy, or under a CPU quota, it is waited for until all time is spent, and that wait is not counted.

It is forked, or, where the caller has threads (vaudit/threads.py), a new interpreter.
"""

import marshal
import os
import select
import sys
import time
from collections.abc import Callable
from typing import Any, NoReturn

from vaudit.evidence.source import UNANSWERED, Entry, EntryKind

PATIENCE = 2.0
"""Seconds that one answer may take."""
MOST = 10.0
"""Seconds that all of them may take together: what is asked when they are over is not answered."""
STARTING = 30.0
"""Seconds in which a new process must be ready to ask: it takes milliseconds, but not on every machine."""
AGAIN = 0.2
"""Seconds after which is looked again whether the process still wants a processor."""
COUNTED = 0.05
"""What takes longer is looked at: how much of it was a wait for a processor."""
LONGEST = 6
"""Times `most` that a caller waits for a process without a processor, for all answers together."""
ENDING = 0.1
"""Seconds that are waited for processes that were told to end."""
_LENGTH = 8
"""Bytes before each message that tell its length."""
_START = (
    "import sys; sys.path[:] = {path!r}\n"
    "from vaudit.evidence import apart; from {module} import {name} as read; apart.serve(read)"
)

Read = Callable[[EntryKind, str], Entry]
"""What asks: a function that a new interpreter can import."""


class _Silent(Exception):
    """Nothing is heard of the process in time, or it died."""


class Reader:
    """What asks apart. It starts a process when it is first needed, and another one for each given up."""

    def __init__(self, read: Read, patience: float = PATIENCE, most: float = MOST) -> None:
        """`patience` and `most`: seconds for one answer, and for all."""
        self._read = read
        self._patience = patience
        self._most = self._left = most
        self._pipes: tuple[int, int] | None = None
        self._silent: set[str] = set()
        self._for_processors = self._ran = 0.0
        """Seconds in which it ran or wanted to while it was waited for; those of the last one, so far."""
        self._children: list[int] = []
        """All that were started; the last one asks, the others were given up."""

    def entry(self, kind: EntryKind, key: str) -> Entry:
        """The answer, or why there is none."""
        if key in self._silent:
            return _none(kind, key)
        if self._left <= 0:
            return _none(kind, key, f": others took {self._most:g} s, and this was not asked")
        try:
            pipes = self._pipes or self._started()
        except (OSError, _Silent):
            self._give_up()
            return _none(kind, key, ": no process could be started to ask for it")
        began = time.monotonic()
        try:
            return self._answer(pipes, kind, key, began + min(self._patience, self._left))
        except (OSError, _Silent):
            self._silent.add(key)
            self._give_up()
            return _none(kind, key)
        finally:
            self._left -= self._counted(time.monotonic() - began)

    def _answer(self, pipes: tuple[int, int], kind: EntryKind, key: str, deadline: float) -> Entry:
        questions, answers = pipes
        _send(questions, (kind, key))
        latest = time.monotonic() + LONGEST * self._most - self._for_processors
        if self._patience >= self._most:  # one answer is all there is
            latest = deadline
        status, data, reason = _received(answers, deadline, self._children[-1], latest)
        return Entry(kind, key, status, data, reason)

    def _counted(self, took: float) -> float:
        """Of so many seconds those in which the process neither ran nor waited for a processor."""
        if took < COUNTED or not self._pipes:
            return took
        before, self._ran = self._ran, _wanted(self._children[-1])
        wanted = min(took, max(0.0, self._ran - before))
        self._for_processors += wanted
        return took - wanted

    def _started(self) -> tuple[int, int]:
        """The pipes of a process that is ready. OSError and _Silent where none can be had."""
        from vaudit import threads

        start = _spawned if threads.several() else _forked
        child, questions, answers = start(self._read)
        self._children.append(child)
        self._ran = 0.0
        self._pipes = questions, answers
        _received(answers, time.monotonic() + STARTING)
        return self._pipes

    def _give_up(self) -> None:
        """Tells the process to end, and does not wait until it does."""
        if self._pipes is None:
            return
        for pipe in self._pipes:
            os.close(pipe)
        self._pipes = None
        try:
            os.kill(self._children[-1], 9)
        except ProcessLookupError:  # the caller reaps all children of this process
            return

    def close(self) -> None:
        """Ends the process; those that hang stay until they are answered."""
        self._give_up()
        deadline = time.monotonic() + ENDING
        while self._children:
            self._children = [child for child in self._children if not _reaped(child)]
            if time.monotonic() > deadline:
                return
            time.sleep(0.001)


def _wanted(child: int) -> float:
    """Seconds in which a process ran or waited for a processor, so far; 0 where the kernel does not tell."""
    from vaudit import procfs

    ran, waited, *_ = (*_proc(child, "schedstat").split(), "", "")
    return ((procfs.whole(ran) or 0) + (procfs.whole(waited) or 0)) / 1e9


def _wants_a_processor(child: int) -> bool:
    """Whether it runs, or would if it could: state R, see proc_pid_stat(5)."""
    return _proc(child, "stat").rpartition(")")[2][1:2] == "R"


def _proc(child: int, name: str) -> str:
    try:
        with open(f"/proc/{child}/{name}", encoding="ascii", errors="replace") as file:
            return file.read()
    except OSError:
        return ""


def _none(kind: EntryKind, key: str, why: str = "") -> Entry:
    return Entry(kind, key, "error", reason=UNANSWERED + why)


def _reaped(child: int) -> bool:
    try:
        return os.waitpid(child, os.WNOHANG)[0] == child
    except ChildProcessError:
        return True


def _forked(read: Read) -> tuple[int, int, int]:
    """The process, and the pipes to and from it."""
    there, questions, answers, back = _two_pipes()
    try:
        child = os.fork()
    except OSError:
        _close(there, questions, answers, back)
        raise
    if child == 0:
        _be_reader(there, back, read)
    _close(there, back)
    return child, questions, answers


def _spawned(read: Read) -> tuple[int, int, int]:
    """The same in a new interpreter."""
    from vaudit import threads

    there, questions, answers, back = _two_pipes()
    try:
        python = threads.interpreter()
        path = [os.path.abspath(folder) for folder in sys.path]
        code = _START.format(path=path, module=read.__module__, name=read.__name__)
        files = [(os.POSIX_SPAWN_DUP2, there, 0), (os.POSIX_SPAWN_DUP2, back, 1)]
        quiet = (os.POSIX_SPAWN_OPEN, 2, os.devnull, os.O_WRONLY, 0)
        child = os.posix_spawn(python, [python, "-I", "-c", code], os.environ, file_actions=[*files, quiet])
    except OSError:
        _close(there, questions, answers, back)
        raise
    _close(there, back)
    return child, questions, answers


def _two_pipes() -> tuple[int, int, int, int]:
    """The ends of one pipe and of another: read, write, read, write."""
    first = os.pipe()
    try:
        return *first, *os.pipe()
    except OSError:
        _close(*first)
        raise


def _close(*descriptors: int) -> None:
    for each in descriptors:
        os.close(each)


def _be_reader(there: int, back: int, read: Read) -> NoReturn:
    """The forked process's whole life; it never returns into the caller's stack."""
    try:
        import signal

        for ending in (signal.SIGINT, signal.SIGHUP):  # the caller decides what they mean
            signal.signal(ending, signal.SIG_IGN)
        there, back = os.dup(there), os.dup(back)  # neither is 0, 1 or 2 where those are open
        nowhere = os.open(os.devnull, os.O_RDWR)
        for number, each in enumerate((there, back, nowhere)):
            os.dup2(each, number)
        os.closerange(3, 1 + max(map(int, os.listdir("/proc/self/fd"))))
        serve(read)
    finally:
        os._exit(1)


def serve(read: Read) -> None:
    """Asks what comes at standard input and answers at standard output, until nothing more can come."""
    try:
        _send(1, ())
        while True:
            found = read(*_received(0, None))
            _send(1, (found.status, found.data, found.reason))
    except (OSError, _Silent):
        return


def _send(pipe: int, message: tuple[Any, ...]) -> None:
    data = marshal.dumps(message)
    left = memoryview(len(data).to_bytes(_LENGTH, "little") + data)
    while left:
        left = left[os.write(pipe, left) :]


def _received(pipe: int, deadline: float | None, child: int = 0, latest: float = 0.0) -> tuple[Any, ...]:
    """The next message. _Silent where it does not come in time, or nobody is there to send it; a `child` that
    wants a processor has time until `latest`."""
    length = int.from_bytes(_bytes(pipe, _LENGTH, deadline, child, latest), "little")
    found: tuple[Any, ...] = marshal.loads(_bytes(pipe, length, deadline, child, latest))  # noqa: S302 - ours
    return found


def _bytes(pipe: int, count: int, deadline: float | None, child: int, latest: float) -> bytes:
    found, coming = bytearray(), select.poll()
    coming.register(pipe, select.POLLIN)
    while len(found) < count:
        left = None if deadline is None else 1000 * max(0.0, deadline - time.monotonic())
        if not coming.poll(left):
            now = time.monotonic()
            if not child or now > latest or not _wants_a_processor(child):
                raise _Silent
            deadline = now + AGAIN
            continue
        piece = os.read(pipe, min(count - len(found), 1 << 20))
        if not piece:
            raise _Silent
        found += piece
    return bytes(found)
