"""A worker that ends: whatever may hang is done in a forked process, and its parent can always go on.

A read from a dead device cannot be interrupted, not even by SIGKILL. So all disk work happens in a forked
worker; the parent only listens, with a deadline.
"""

import contextlib
import errno
import os
import select
import signal
import sys
import time
from collections.abc import Callable, Generator, Iterator
from typing import NamedTuple, TypeVar

import msgspec

from vaudit import procfs
from vaudit.bench.system import counters, guards
from vaudit.bench.system.errors import BenchError, sentence
from vaudit.bench.system.process import die_with, stoppable
from vaudit.bench.system.rlimits import no_more
from vaudit.model.learned import learned

T = TypeVar("T")


class Silent(BenchError):
    """A worker did not answer in time: what it works on hangs, or is very slow."""


class Starved(BenchError):
    """A worker did not answer in time, since it had no processor: what it works on may be well."""


class Told(msgspec.Struct, frozen=True, omit_defaults=True):
    """What a worker tells its parent: one of these at a time."""

    progress: str = ""
    evidence: tuple[str, str] | None = None
    """Key (`fio disk.read`) and raw text of a program's output; its evidence id is `run:KEY`."""
    result: msgspec.Raw = msgspec.Raw()
    """One value of whatever type the two ends have agreed upon, see `result`."""
    error: str = ""
    done: bool = False


Tell = Callable[[Told], None]


def result(value: object) -> Told:
    """A message that carries a value: a struct, or a list of some."""
    return Told(result=msgspec.Raw(msgspec.json.encode(value)))


def results(messages: list[Told], kind: type[T]) -> list[T]:
    """The values of one type that a worker's messages carry, in their order."""
    return [msgspec.json.decode(each.result, type=learned(kind)) for each in messages if bytes(each.result)]


def isolate(
    work: Callable[[Tell], None], seconds: float, what: str = "the storage"
) -> Generator[Told, None, None]:
    """Run `work` in a forked worker and give its messages as they come; ends within `seconds` plus 5.

    Raises Silent when the worker hangs (then `what` is said not to answer), Starved when it had no processor
    meanwhile, another BenchError when it dies or cannot be started. Whatever ends this generator ends the
    worker.
    """
    if sys.platform == "win32":
        yield from _by_thread(work, seconds, what)
        return
    if not hasattr(os, "fork"):
        raise BenchError("benchmarks need Linux: this system has no fork(2)")
    parent = os.getpid()
    reading, writing = os.pipe()
    try:
        pid = os.fork()
    except OSError as error:
        os.close(reading)
        os.close(writing)
        raise BenchError(_not_started(error)) from None
    if pid == 0:
        _be_worker(work, parent, reading, writing)
    os.close(writing)
    patience = PATIENCE
    heard, ready = time.monotonic(), threads(pid)
    try:
        for message in listen(reading, heard + seconds, what):
            heard, ready = time.monotonic(), threads(pid)
            yield message
    except Silent as silent:
        patience = IMPATIENCE
        raise _starved(pid, ready, heard) or silent from None
    finally:
        os.close(reading)
        _end(pid, patience)


class Thread(NamedTuple):
    """What the kernel counts of a thread, in seconds (/proc/PID/task/TID/schedstat, which is in ns)."""

    ran: float
    ready: float
    """It could have run, and had no processor; of a wait only once it is over."""
    is_ready: bool
    """Whether it runs or could run now; one that a disk holds is not."""


def threads(pid: int) -> dict[str, Thread]:
    """Of a process by their numbers; none where the kernel does not tell."""
    folder = f"/proc/{pid}/task"
    try:
        found = {number: _thread(f"{folder}/{number}") for number in os.listdir(folder)}
    except OSError:
        return {}
    return {number: one for number, one in found.items() if one}


def _thread(folder: str) -> Thread | None:
    ran, ready, *_ = [*counters.text(f"{folder}/schedstat").split(), "", ""]
    state = counters.text(f"{folder}/stat").rpartition(") ")[2][:1]
    if not ready:
        return None
    return Thread((procfs.whole(ran) or 0) / 1e9, (procfs.whole(ready) or 0) / 1e9, state == "R")


STARVED = 0.5
"""Share of its silence for which a thread was ready."""
LOOK_AGAIN = 0.05
"""Seconds. One that is ready for so long, and does not run, waits for a processor."""


def starved(
    before: dict[str, Thread], after: dict[str, Thread], silence: float, still: bool
) -> Starved | None:
    """What a silence of so many seconds was, where a thread waited for a processor and not for anything else;
    `still`: the threads that are ready got no processor when they were looked at again."""
    began = Thread(0.0, 0.0, is_ready=False)
    waited = 0.0
    for number, now in after.items():
        then = before.get(number, began)
        asleep = silence - (now.ran - then.ran) - (now.ready - then.ready)
        waited = max(waited, now.ready - then.ready + (asleep if now.is_ready and still else 0.0))
    if waited < STARVED * silence:
        return None
    return Starved(
        f"this machine was too busy: what measures waited for a CPU {min(waited / silence, 1.0):.0%} of the "
        f"last {silence:.0f} s; the rest of this benchmark was given up"
    )


def _starved(pid: int, before: dict[str, Thread], heard: float) -> Starved | None:
    after, silence = threads(pid), time.monotonic() - heard
    time.sleep(LOOK_AGAIN)
    again = threads(pid)
    still = all(again.get(number) == one for number, one in after.items() if one.is_ready)
    return starved(before, after, silence, still)


def _not_started(error: OSError) -> str:
    return no_more() if error.errno == errno.EAGAIN else sentence(error, "starting a worker")


Wait = Callable[[float], bool]
"""Sleeps for at most so many seconds; true as soon as the worker's parent wants its results."""


@contextlib.contextmanager
def beside(work: Callable[[Tell, Wait], None], seconds: float) -> Iterator[Callable[[], list[Told]]]:
    """Run `work` in a forked worker beside what the caller does; gives the function that asks for results.

    Returns into the caller once the worker tells its first message. Everything ends within `seconds` plus 5,
    and with the context. Raises BenchError, as the given function does, when the worker hangs or dies.
    """
    waiting, calling = os.pipe()

    def wait(longest: float) -> bool:
        return bool(select.select([waiting], [], [], longest)[0])

    messages = isolate(lambda tell: work(tell, wait), seconds, "a worker")

    def finish() -> list[Told]:
        os.write(calling, b"!")
        return list(messages)

    try:
        next(messages, None)
        yield finish
    finally:
        messages.close()
        os.close(waiting)
        os.close(calling)


def _by_thread(work: Callable[[Tell], None], seconds: float, what: str) -> Generator[Told, None, None]:
    """The same in a thread, where there is no fork(2)."""
    from vaudit.bench.system import threaded

    def whole(tell: Tell) -> None:
        _work(work, tell)

    with threaded.working(whole) as heard:
        deadline, before = time.monotonic() + seconds, counters.sample(None)
        while message := heard.next(deadline):
            if message.error:
                raise BenchError(message.error)
            if message.done:
                return
            before = counters.sample(None)
            yield message
        if busy := guards.disturbed(counters.since(before), 0, 0):
            raise Starved(f"this machine was too busy: {busy}; the rest of this benchmark was given up")
        raise _silent(what)


def _silent(what: str) -> Silent:
    return Silent(f"{what} did not answer in time; the rest of this benchmark was given up")


def _work(work: Callable[[Tell], None], tell: Tell) -> None:
    """The work, and how it ended."""
    try:
        work(tell)
        tell(Told(done=True))
    except BenchError as error:
        tell(Told(error=str(error)))
    except Exception as error:
        tell(Told(error=f"{type(error).__name__}: {error}"))


def _be_worker(work: Callable[[Tell], None], parent: int, reading: int, writing: int) -> None:
    """The worker's whole life; it never returns into the caller's stack."""
    status = 1
    try:
        die_with(parent)
        for number in (signal.SIGINT, signal.SIGHUP):  # the parent decides what they mean
            signal.signal(number, signal.SIG_IGN)
        os.close(reading)
        writing = _let_go(writing)

        def tell(message: Told) -> None:
            line = memoryview(msgspec.json.encode(message) + b"\n")
            while line:
                line = line[os.write(writing, line) :]

        with stoppable():
            _work(work, tell)
        status = 0
    except BaseException:  # nothing may leave this frame: it belongs to the parent's copy
        status = 1
    finally:
        try:  # one who is told to end while he ends would leave all the same
            signal.signal(signal.SIGTERM, signal.SIG_IGN)
        finally:
            os._exit(status)


def _let_go(pipe: int) -> int:
    """Lets go of the caller's input and outputs: a worker that a dead disk holds cannot be ended, and who
    reads what the caller writes must not wait for it. Gives the pipe's number, which may have been theirs."""
    while pipe <= 2:
        pipe = os.dup(pipe)
    nowhere = os.open(os.devnull, os.O_RDWR)
    for number in range(3):
        os.dup2(nowhere, number)
    return pipe


def listen(reading: int, deadline: float, what: str) -> Iterator[Told]:
    """The messages that arrive in a pipe, until the last; BenchError as `isolate` raises it."""
    decoder = msgspec.json.Decoder(learned(Told))
    pending = b""
    while True:
        left = deadline - time.monotonic()
        if left <= 0 or not select.select([reading], [], [], left)[0]:
            raise _silent(what)
        chunk = os.read(reading, 1 << 16)
        if not chunk:
            raise BenchError("the benchmark's worker died; it may have been killed for lack of memory")
        *lines, pending = (pending + chunk).split(b"\n")
        for line in lines:
            message = decoder.decode(line)
            if message.error:
                raise BenchError(message.error)
            if message.done:
                return
            yield message


PATIENCE, IMPATIENCE = (3.0, 2.0), (0.7, 0.3)
"""Seconds for SIGTERM and for SIGKILL; the second for one that has been waited for already."""


def _end(pid: int, patience_each: tuple[float, float] = PATIENCE) -> None:
    """End a worker: SIGTERM so that it can stop its own child, then SIGKILL; the kernel ends a hung one."""
    for number, patience in zip((signal.SIGTERM, signal.SIGKILL), patience_each, strict=True):
        if _reaped(pid, 0.0):
            return
        os.kill(pid, number)
        if _reaped(pid, patience):
            return


def _reaped(pid: int, patience: float) -> bool:
    deadline = time.monotonic() + patience
    while True:
        try:
            if os.waitpid(pid, os.WNOHANG)[0]:
                return True
        except ChildProcessError:
            return True
        if time.monotonic() >= deadline:
            return False
        time.sleep(0.005)
