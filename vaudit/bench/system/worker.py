"""Children that end: a forked worker for whatever may hang, and programs that die with their parent.

A read from a dead device cannot be interrupted, not even by SIGKILL. So all disk work happens in a forked
worker; the parent only listens, with a deadline, and can always go on. The worker, and each program it
starts, asks the kernel for SIGKILL at its parent's death (prctl(2), PR_SET_PDEATHSIG), so that nothing goes
on when the parent was killed.
"""

import contextlib
import ctypes
import errno
import os
import select
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Generator, Iterator
from functools import partial
from types import FrameType

import msgspec

from vaudit.bench.disk.place import Place
from vaudit.bench.system.errors import BenchError, Stopped, sentence
from vaudit.model.benchmark import Benchmark

_PR_SET_PDEATHSIG = 1  # linux/prctl.h
_LIBC = ctypes.CDLL(None) if sys.platform == "linux" else None  # loaded before any fork

NO_MORE = (
    "no more threads or processes may be started here: a limit of this container, unit or user is reached"
)
"""What EAGAIN of clone(2) means: pids.max (cgroup-v2.rst), TasksMax of systemd, or RLIMIT_NPROC."""


class Silent(BenchError):
    """A worker did not answer in time: what it works on hangs, or is very slow."""


class Message(msgspec.Struct, frozen=True, omit_defaults=True):
    """What a worker tells its parent: one of these at a time."""

    progress: str = ""
    benchmark: Benchmark | None = None
    evidence: tuple[str, str] | None = None
    """Key (`fio disk.read`) and raw text of a program's output; its evidence id is `run:KEY`."""
    place: Place | None = None
    """What a look at a folder or device found."""
    error: str = ""
    done: bool = False


Tell = Callable[[Message], None]


def die_with(parent: int) -> None:
    """Ask the kernel to kill this process when its parent dies; at once if it is dead already."""
    if _LIBC is not None:
        _LIBC.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
        if os.getppid() != parent:
            os._exit(1)


@contextlib.contextmanager
def stoppable() -> Iterator[None]:
    """Let SIGTERM raise `Stopped` inside; the handler before is put back afterwards."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def stop(number: int, frame: FrameType | None) -> None:
        raise Stopped(f"stopped by {signal.Signals(number).name}")

    before = signal.signal(signal.SIGTERM, stop)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before if before is not None else signal.SIG_DFL)


def isolate(
    work: Callable[[Tell], None], seconds: float, what: str = "the storage"
) -> Generator[Message, None, None]:
    """Run `work` in a forked worker and give its messages as they come; ends within `seconds` plus 5.

    Raises Silent when the worker hangs (then `what` is said not to answer), another BenchError when it dies
    or cannot be started. Whatever ends this generator ends the worker.
    """
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
    try:
        yield from _listen(reading, time.monotonic() + seconds, what)
    finally:
        os.close(reading)
        _end(pid)


def _not_started(error: OSError) -> str:
    return NO_MORE if error.errno == errno.EAGAIN else sentence(error, "starting a worker")


Wait = Callable[[float], bool]
"""Sleeps for at most so many seconds; true as soon as the worker's parent wants its results."""


@contextlib.contextmanager
def beside(work: Callable[[Tell, Wait], None], seconds: float) -> Iterator[Callable[[], list[Message]]]:
    """Run `work` in a forked worker beside what the caller does; gives the function that asks for results.

    Returns into the caller once the worker tells its first message. Everything ends within `seconds` plus 5,
    and with the context. Raises BenchError, as the given function does, when the worker hangs or dies.
    """
    waiting, calling = os.pipe()

    def wait(longest: float) -> bool:
        return bool(select.select([waiting], [], [], longest)[0])

    messages = isolate(lambda tell: work(tell, wait), seconds, "a worker")

    def finish() -> list[Message]:
        os.write(calling, b"!")
        return list(messages)

    try:
        next(messages, None)
        yield finish
    finally:
        messages.close()
        os.close(waiting)
        os.close(calling)


def _be_worker(work: Callable[[Tell], None], parent: int, reading: int, writing: int) -> None:
    """The worker's whole life; it never returns into the caller's stack."""
    status = 1
    try:
        die_with(parent)
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent decides what Ctrl-C means
        os.close(reading)

        def tell(message: Message) -> None:
            line = memoryview(msgspec.json.encode(message) + b"\n")
            while line:
                line = line[os.write(writing, line) :]

        with stoppable():
            try:
                work(tell)
                tell(Message(done=True))
            except BenchError as error:
                tell(Message(error=str(error)))
            except Exception as error:
                tell(Message(error=f"{type(error).__name__}: {error}"))
        status = 0
    except BaseException:  # nothing may leave this frame: it belongs to the parent's copy
        status = 1
    finally:
        os._exit(status)


def _listen(reading: int, deadline: float, what: str) -> Iterator[Message]:
    decoder = msgspec.json.Decoder(Message)
    pending = b""
    while True:
        left = deadline - time.monotonic()
        if left <= 0 or not select.select([reading], [], [], left)[0]:
            raise Silent(f"{what} did not answer in time; the rest of this benchmark was given up")
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


def _end(pid: int) -> None:
    """End a worker: SIGTERM so that it can stop its own child, then SIGKILL; the kernel ends a hung one."""
    for number, patience in ((signal.SIGTERM, 3.0), (signal.SIGKILL, 2.0)):
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


class Output(msgspec.Struct, frozen=True):
    """What a program left: its exit status, both streams, and whether we had to stop it."""

    rc: int
    out: str
    err: str
    stopped: bool


def run_program(argv: list[str], seconds: float, pass_fds: tuple[int, ...] = ()) -> Output:
    """Run a program for at most `seconds`; stop it by SIGTERM and wait, kill it only when that fails.

    fio and iperf3 print their figures on SIGTERM, and fio's job keeps the disk busy after a SIGKILL unless
    `--thread` is given. Raises BenchError when the program cannot be started.
    """
    child = start_program(argv, pass_fds)
    with child:
        try:
            out, err = child.communicate(timeout=seconds)
            return Output(child.returncode, out, err, stopped=False)
        except subprocess.TimeoutExpired:
            out, err = stop_program(child)
            return Output(child.returncode, out, err, stopped=True)
        except BaseException:
            stop_program(child)
            raise


def start_program(argv: list[str], pass_fds: tuple[int, ...] = ()) -> "subprocess.Popen[str]":
    """A program that dies with this process; both its streams are pipes. Raises BenchError."""
    bind = partial(die_with, os.getpid())
    try:
        return subprocess.Popen(
            argv,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            errors="replace",
            pass_fds=pass_fds,
            env={**os.environ, "LC_ALL": "C"},
            preexec_fn=bind if _LIBC else None,  # noqa: PLW1509 - no threads run when programs start
        )
    except (OSError, subprocess.SubprocessError) as error:
        refused = isinstance(error, OSError) and error.errno == errno.EAGAIN
        raise BenchError(f"{argv[0]} could not be started: {NO_MORE if refused else error}") from None


def stop_program(child: "subprocess.Popen[str]") -> tuple[str, str]:
    """End a program by SIGTERM, by SIGKILL where that does not help; gives what it still printed."""
    child.terminate()
    try:
        return child.communicate(timeout=5)
    except subprocess.TimeoutExpired:
        child.kill()
        return child.communicate()
