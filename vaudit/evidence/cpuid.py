"""The CPUID instruction, run in a child.

A mapping that is writable and executable may be refused (SELinux execmem) or kill the process (PaX), and
the prefixed form raises SIGILL where no Xen lies beneath: so a child executes it and writes the answers
into a pipe. The child is started early and read late, beside the parent's own work. It is forked; where this
process has threads, it is a new interpreter (see vaudit/threads.py).
"""

import errno
import os
import select
import signal
import time
from contextlib import suppress

from vaudit import threads
from vaudit.evidence import cpuid_child
from vaudit.evidence.source import Registers

Answers = dict[tuple[int, int], Registers]

TIMEOUT = 5.0
"""Seconds that the child may take before it is killed."""


class Child:
    """A process that asks CPUID; `answers` waits for it once."""

    def __init__(self, *, xen: bool = False) -> None:
        self._answers: Answers = {}
        self.reason = ""
        read_end, write_end = os.pipe()
        self._pipe: int | None = read_end
        try:
            self._pid = _spawned(write_end, xen) if threads.several() else _forked(write_end, xen)
        except OSError as error:
            self.reason = f"the CPUID child could not be started: {error.strerror}"
            os.close(read_end)
            self._pipe = None
        finally:
            os.close(write_end)

    def answers(self) -> Answers:
        """What the child said; empty when it could not, then `reason` says why."""
        if self._pipe is not None:
            text, self._pipe = _drain(self._pipe, self._pid), None
            code = _reap(self._pid)
            self._answers = parse(text)
            if not self._answers:
                self.reason = f"the CPUID child ended with {code}" if code else "the CPUID child said nothing"
        return self._answers

    def close(self) -> None:
        """Ends the child when nobody asked for its answers."""
        if self._pipe is not None:
            os.close(self._pipe)
            self._pipe = None
            _kill(self._pid)
            _reap(self._pid)


def _forked(pipe: int, xen: bool) -> int:
    pid = os.fork()
    if pid == 0:
        cpuid_child.answer(pipe, xen)
    return pid


def _spawned(pipe: int, xen: bool) -> int:
    """The same in a new interpreter, which sees no file, package or variable of this one's. OSError."""
    python = threads.interpreter()
    if not python:
        raise FileNotFoundError(errno.ENOENT, "this Python is a part of another program")
    words = [python, "-I", "-S", cpuid_child.__file__, *(["xen"] if xen else [])]
    quiet = (os.POSIX_SPAWN_OPEN, 2, os.devnull, os.O_WRONLY, 0)
    return os.posix_spawn(python, words, os.environ, file_actions=[(os.POSIX_SPAWN_DUP2, pipe, 1), quiet])


def _kill(pid: int) -> None:
    with suppress(ProcessLookupError):  # the caller reaps all children of this process
        os.kill(pid, signal.SIGKILL)


def _drain(pipe: int, pid: int) -> str:
    """All that the child writes, at most 64 KiB and TIMEOUT seconds of it."""
    chunks, deadline = b"", time.monotonic() + TIMEOUT
    while len(chunks) < 1 << 16:
        ready, _, _ = select.select([pipe], [], [], max(0.0, deadline - time.monotonic()))
        if not ready:
            _kill(pid)
            break
        piece = os.read(pipe, 1 << 16)
        if not piece:
            break
        chunks += piece
    os.close(pipe)
    return chunks.decode("ascii", "replace")


def _reap(pid: int) -> str:
    try:
        _, status = os.waitpid(pid, 0)
    except ChildProcessError:
        return "an end that was not told"
    if os.WIFSIGNALED(status):
        return signal.Signals(os.WTERMSIG(status)).name
    return f"exit code {os.WEXITSTATUS(status)}" if status else ""


def parse(text: str) -> Answers:
    """Lines of six hexadecimal numbers: leaf, subleaf, eax, ebx, ecx, edx; anything else is left out."""
    answers: Answers = {}
    for line in text.splitlines():
        try:
            leaf, sub, *registers = (int(word, 16) for word in line.split())
        except ValueError:
            continue
        if len(registers) == 4:
            answers[leaf, sub] = Registers(*registers)
    return answers


def from_bytes(data: bytes) -> Registers | None:
    """Four little-endian words, as /dev/cpu/N/cpuid gives them (arch/x86/kernel/cpuid.c)."""
    if len(data) != 16:
        return None
    return Registers(*(int.from_bytes(data[at : at + 4], "little") for at in (0, 4, 8, 12)))
