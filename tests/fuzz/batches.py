"""Runs inputs in children, several hundred in each, with limits on their memory and processor time.

A child tells through a pipe what went wrong with which input. One that an input ended (no time left, killed)
is followed by another, which goes on behind that input.
"""

import faulthandler
import gc
import json
import mmap
import os
import resource
import selectors
import shutil
import signal
import struct
import sys
import tempfile
import time
import traceback
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any, NamedTuple, NoReturn

MEMORY = 256 << 20
"""Bytes that an input may take, beyond what the child has when it begins."""
CPU = 10.0
"""Seconds of processor time that an input may take."""
WAIT = 120.0
"""Seconds in all: nothing is waited for."""
_SOURCES = f"{Path(__file__).parents[2]}/"
Try = Callable[[int, str], None]
"""Makes the input of a number and runs it; it may make the folder, which is removed. Raises for a fault."""
_AT = struct.Struct("ldl")
"""What a child and its parent share: the number of an input, seconds of those before it, bytes."""


class Batch(NamedTuple):
    """Inputs of one target: those of the numbers from `first` up to, not including, `end`."""

    target: str
    first: int
    end: int


class Limits(NamedTuple):
    """What one input may take."""

    memory: int = MEMORY
    cpu: float = CPU


USUAL = Limits()


class Found(NamedTuple):
    """What went wrong with one input."""

    target: str
    number: int
    site: str
    """The same for faults of one kind: the error, and the innermost line of vaudit's."""
    detail: str


class Told(NamedTuple):
    """What one batch came to."""

    batch: Batch
    done: int
    cpu: float
    """Seconds of all its inputs."""
    slowest: tuple[float, int]
    """Seconds of the slowest, and its number."""
    memory: int
    """Bytes that were resident beyond those with which it began, at most."""
    faults: list[Found]


class _Child:
    """A process that runs a batch. Its number is where it is now, in memory that both see."""

    def __init__(self, batch: Batch, attempt: Try, limits: Limits) -> None:
        self.batch = batch
        self.at = mmap.mmap(-1, mmap.PAGESIZE)
        self.trace = tempfile.TemporaryFile()  # noqa: SIM115 - closed with the child
        self.text = b""
        read, write = os.pipe()
        self.pid = os.fork()
        if self.pid == 0:
            os.close(read)
            _run(self, attempt, write, limits)
        os.close(write)
        self.pipe = read

    def ended(self) -> tuple[Told, Batch | None]:
        """What it told, and what is left of its batch."""
        os.close(self.pipe)
        _, status = os.waitpid(self.pid, 0)
        done, took, memory = _AT.unpack(self.at[: _AT.size])
        lines = [json.loads(line) for line in self.text.split(b"\n") if line]
        faults = [Found(self.batch.target, *line) for line in lines if len(line) == 3]
        slow = next(((line[0], line[1]) for line in lines if len(line) == 2), (0.0, done))
        rest = None
        if status:
            faults.append(Found(self.batch.target, done, *self._death(status)))
            rest = self.batch._replace(first=done + 1)
        count = min(done + 1, self.batch.end) - self.batch.first
        told = Told(self.batch, count, took, slow, memory, faults)
        self.trace.close()
        self.at.close()
        return told, rest if rest and rest.first < rest.end else None

    def _death(self, status: int) -> tuple[str, str]:
        code = os.waitstatus_to_exitcode(status)
        name = signal.Signals(-code).name if code < 0 else f"exit code {code}"
        word = {"SIGPROF": "no end: too much CPU", "SIGALRM": "no end: it waits"}.get(name, name)
        self.trace.seek(0)
        trace = self.trace.read().decode("utf-8", "replace")
        ours = [line.strip() for line in trace.split("\n") if f'"{_SOURCES}vaudit/' in line]
        return f"{word} {ours[0].replace(_SOURCES, '') if ours else ''}".strip(), trace


def _run(child: _Child, attempt: Try, pipe: int, limits: Limits) -> NoReturn:
    """The child's whole life."""
    code, trace = 70, child.trace.fileno()
    try:
        _limit(trace, limits.memory)
        with tempfile.TemporaryDirectory(prefix="vaudit-fuzz-") as folder:
            _each(child, attempt, pipe, folder, limits)
        code = 0
    except BaseException:
        os.write(trace, traceback.format_exc().encode())
    finally:
        os._exit(code)


def _limit(trace: int, memory: int) -> None:
    """No core file, no more address space than is allowed, and a trace for what a signal ends."""
    with open("/proc/self/statm") as file:
        now = int(file.read().split()[0]) * mmap.PAGESIZE
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_AS, (now + memory, now + memory))
    for number in (signal.SIGPROF, signal.SIGALRM):
        signal.signal(number, signal.SIG_DFL)
        faulthandler.register(number, file=trace, all_threads=False, chain=True)
    faulthandler.enable(file=trace, all_threads=False)
    gc.set_threshold(100_000, 50, 50)  # as main.py does


def _each(child: _Child, attempt: Try, pipe: int, folder: str, limits: Limits) -> None:
    batch, at = child.batch, child.at
    slowest, began, start = (0.0, batch.first), time.process_time(), _peak()
    last, base, top = began, start, start
    for number in range(batch.first, batch.end):
        at[: _AT.size] = _AT.pack(number, last - began, top - start)
        signal.setitimer(signal.ITIMER_PROF, limits.cpu)
        signal.setitimer(signal.ITIMER_REAL, WAIT)
        found = _one(attempt, number, f"{folder}/{number}")
        now, top = time.process_time(), _peak()
        if not found and top - base > limits.memory:
            found = "memory", f"{(top - base) >> 20} MiB more than before"
        if found:
            base = top
            _tell(pipe, number, *found)
        slowest, last = max(slowest, (now - last, number)), now
    signal.setitimer(signal.ITIMER_PROF, 0)
    signal.setitimer(signal.ITIMER_REAL, 0)
    at[: _AT.size] = _AT.pack(batch.end - 1, last - began, top - start)
    _tell(pipe, *slowest)


def _peak() -> int:
    """Bytes that were resident at most."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss << 10


def _one(attempt: Try, number: int, place: str) -> tuple[str, str] | None:
    try:
        attempt(number, place)
    except Exception as error:
        return site(error), traceback.format_exc(limit=-30)[-6000:]
    finally:
        if os.path.exists(place):
            shutil.rmtree(place, ignore_errors=True)
    return None


def _tell(pipe: int, *what: Any) -> None:
    with os.fdopen(os.dup(pipe), "wb") as file:
        file.write(json.dumps(what).encode() + b"\n")


def site(error: BaseException) -> str:
    """The error's type, and the innermost line of vaudit's; a broken law has its text instead."""
    frames = traceback.extract_tb(error.__traceback__)
    ours = [one for one in frames if one.filename.startswith(f"{_SOURCES}vaudit/")]
    if ours and not isinstance(error, AssertionError):
        return f"{type(error).__name__} {ours[-1].filename.removeprefix(_SOURCES)}:{ours[-1].lineno}"
    return f"{type(error).__name__}: {str(error)[:100]}"


def run(
    batches: Iterable[Batch],
    attempts: dict[str, Try],
    *,
    jobs: int = 1,
    limits: Limits = USUAL,
) -> Iterator[Told]:
    """What each batch came to, as they end. `attempts`: by the name of a target."""
    waiting, pending = iter(batches), list[Batch]()
    with selectors.DefaultSelector() as open_:
        while True:
            while len(open_.get_map()) < jobs:
                batch = pending.pop() if pending else next(waiting, None)
                if batch is None:
                    break
                sys.stdout.flush()
                child = _Child(batch, attempts[batch.target], limits)
                open_.register(child.pipe, selectors.EVENT_READ, child)
            if not open_.get_map():
                return
            for key, _ in open_.select():
                child, piece = key.data, os.read(key.fd, 1 << 16)
                child.text += piece
                if not piece:
                    open_.unregister(child.pipe)
                    told, rest = child.ended()
                    pending += [rest] if rest else []
                    yield told
