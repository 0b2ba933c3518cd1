"""The kernel's asynchronous interface: io_setup(2), io_submit(2), io_getevents(2), by their system calls.

One thread keeps any number of requests in flight, and the interpreter's lock is nobody's queue. It was
preferred to io_uring: it needs no shared ring with memory barriers, and the filters of container engines and
the switch `kernel.io_uring_disabled` let it pass. No library is needed. Where the kernel, a filter or a limit
(`fs.aio-max-nr`) refuses it, or a file system works in io_submit itself and would make of 32 requests one
after the other, the caller is told so (`Refused`) and uses threads.
"""

import ctypes
import errno
import functools
import os
import platform
import sys
import time
from array import array
from collections.abc import Callable, Iterator

from vaudit.bench.disk.flight import Flight
from vaudit.bench.disk.recording import Job
from vaudit.bench.disk.timed import Timed
from vaudit.bench.system.buffers import page_aligned
from vaudit.bench.units import BLOCK

_NUMBERS = {
    "x86_64": (206, 208, 209),
    "aarch64": (0, 4, 2),
    "riscv64": (0, 4, 2),
    "loongarch64": (0, 4, 2),
}
"""io_setup, io_getevents, io_submit: arch/x86/entry/syscalls/syscall_64.tbl and
include/uapi/asm-generic/unistd.h. All little-endian with 64 bits, for which the layouts below hold."""
_SETUP, _GETEVENTS, _SUBMIT = range(3)
_LIBC = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None  # loaded before any fork
_ACTIONS = (0, 1)
"""IOCB_CMD_PREAD and IOCB_CMD_PWRITE (linux/aio_abi.h)."""
_CONTROL, _EVENT = 8, 4
"""64-bit words of a struct iocb and of a struct io_event (linux/aio_abi.h)."""
_TRIED = 4
"""Requests that are sent one by one, to see whether sending one means to wait for it."""
_WAIT_SECONDS = 0.25
"""Of one wait for the next request that comes back."""
_GOODBYE_SECONDS = 1.0
"""How long an interrupted run waits for what is in flight; then its memory is kept for good."""
MOST = 128
"""Requests in flight."""
_SPARE: dict[int, list[ctypes.c_ulong]] = {}
"""Contexts that are not used now, by the process that made them: the kernel needs 30 ms to destroy one, which
it does when the process ends."""
_KEPT: list[object] = []
"""Rings with requests that never came back: the kernel may still write into their memory."""


class _Timespec(ctypes.Structure):
    _fields_ = (("seconds", ctypes.c_long), ("nanoseconds", ctypes.c_long))


class Refused(Exception):
    """The asynchronous interface cannot be had here, or does not work asynchronously."""

    def __init__(self, done: Timed | None = None, unused: tuple[int, ...] = ()) -> None:
        super().__init__()
        self.done = done
        """Requests that were made all the same."""
        self.unused = unused
        """Offsets that were taken all the same."""


def _prepared(which: int, *words: object) -> Callable[..., int]:
    """A system call of ours with its first arguments; -1 for an error, which errno names."""
    assert _LIBC is not None  # noqa: S101 - `usable` has asked
    return functools.partial(_LIBC.syscall, ctypes.c_long(_NUMBERS[platform.machine()][which]), *words)


def _error(number: int) -> OSError:
    return OSError(number, os.strerror(number))


@functools.cache
def usable() -> bool:
    """Whether this kernel lets us: tried in a child, as a seccomp filter may kill who asks."""
    if _LIBC is None or platform.machine() not in _NUMBERS or sys.maxsize < 1 << 32:
        return False
    try:
        pid = os.fork()
    except OSError:
        return False
    if pid == 0:
        status = 1
        try:
            Ring(0, BLOCK, 1, fresh=False).returned(wait=False)
            status = 0
        finally:
            os._exit(status)
    return os.waitpid(pid, 0)[1] == 0


def _context() -> ctypes.c_ulong:
    """A context for MOST requests that nobody else uses. Raises OSError."""
    spare = _SPARE.setdefault(os.getpid(), [])
    if spare:
        return spare.pop()
    made = ctypes.c_ulong(0)
    if _prepared(_SETUP, ctypes.c_long(MOST), ctypes.byref(made))() < 0:
        raise _error(ctypes.get_errno())
    return made


class Ring:
    """A context for so many requests in flight, each with a slot and a buffer of its own.

    Raises OSError where there is none to be had. `close` frees nothing while a request is in flight: its
    memory is then kept until the process ends.
    """

    def __init__(self, fd: int, block: int, depth: int, fresh: bool) -> None:
        self.flying, self.depth, self.block = 0, depth, block
        self._context = _context()
        self.memory = page_aligned(block * depth, fresh)
        self._pages = memoryview(self.memory).cast("Q")
        self._controls = (ctypes.c_uint64 * (_CONTROL * depth))()
        self._events = (ctypes.c_uint64 * (_EVENT * depth))()
        self._sent = (ctypes.c_uint64 * depth)()
        first, here = (
            ctypes.addressof(self._controls),
            ctypes.addressof(ctypes.c_char.from_buffer(self.memory)),
        )
        self._counts = [ctypes.c_long(number) for number in range(depth + 1)]
        self._submit = _prepared(_SUBMIT, self._context)
        waiting = ctypes.byref(_Timespec(0, int(_WAIT_SECONDS * 1e9)))
        self._wait = _prepared(
            _GETEVENTS, self._context, ctypes.c_long(1), ctypes.c_long(depth), self._events, waiting
        )
        self._look = _prepared(
            _GETEVENTS, self._context, ctypes.c_long(0), ctypes.c_long(depth), self._events, None
        )
        self._addresses = [first + 8 * _CONTROL * slot for slot in range(depth)]
        self._operations = [action | fd << 32 for action in _ACTIONS]  # aio_lio_opcode, aio_fildes
        for slot in range(depth):
            data, buffer, size = _CONTROL * slot, _CONTROL * slot + 3, _CONTROL * slot + 4
            self._controls[data], self._controls[buffer], self._controls[size] = (
                slot,
                here + slot * block,
                block,
            )

    def prepare(self, slot: int, offset: int, write: bool, stamp: int) -> None:
        """Fill in a request; what it writes, if it does, was never written before (see buffers.stamp)."""
        at = _CONTROL * slot
        self._controls[at + 2], self._controls[at + 5] = self._operations[write], offset  # aio_offset
        if write:
            first, words = (offset ^ stamp) % (1 << 62), self.block // 8
            if self.block == BLOCK:
                self._pages[slot * words] = first
                return
            pages = array("Q", range(first, first + self.block // BLOCK))
            self._pages[slot * words : (slot + 1) * words : BLOCK // 8] = memoryview(pages)

    def offset(self, slot: int) -> int:
        """That was prepared for a slot."""
        return self._controls[_CONTROL * slot + 5]

    def send(self, slots: list[int]) -> int:
        """Send prepared requests; gives how many the kernel took. Raises OSError where it took none."""
        number = len(slots)
        self._sent[:number] = [self._addresses[slot] for slot in slots]
        self.flying += number  # before they are: an interrupted run must not think that nothing is
        taken: int = self._submit(self._counts[number], self._sent)
        if taken < 0:
            self.flying -= number
            raise _error(ctypes.get_errno())
        self.flying -= number - taken
        return taken

    def returned(self, wait: bool) -> list[int]:
        """Slots whose requests came back; with `wait` one at least, unless a slice of time goes by without.

        Raises OSError for one that failed.
        """
        number: int = self._wait() if wait else self._look()
        if number < 0:
            if ctypes.get_errno() == errno.EINTR:  # by a signal, whose handler has its turn now
                return []
            raise _error(ctypes.get_errno())
        self.flying -= number
        events = self._events[: _EVENT * number]
        for result in events[2::_EVENT]:
            if result != self.block:
                raise _failure(result)
        return events[::_EVENT]

    def close(self) -> None:
        """Wait a little for what is in flight; what does not come back keeps its memory, see above."""
        until = time.monotonic() + _GOODBYE_SECONDS
        while self.flying > 0 and time.monotonic() < until:
            try:
                self.returned(wait=True)
            except OSError:  # one more that failed; the first was told
                continue
        if self.flying > 0:
            _KEPT.append(self)
        else:
            _SPARE[os.getpid()].append(self._context)


def _failure(result: int) -> OSError:
    """What an event's `res` says: a negative error number, or too few bytes."""
    number = (1 << 64) - result
    return _error(number) if number < 4096 else OSError(errno.EIO, "short transfer")


def run(fd: int, job: Job, offsets: Iterator[int], writes: Iterator[bool]) -> Timed:
    """Keep `job.depth` requests in flight; `writes` says of each whether it is one.

    Raises Refused where another engine must go on, or OSError for a request that failed.
    """
    if not usable():
        raise Refused
    try:
        ring = Ring(fd, job.block, job.depth, job.kind != "read")
    except OSError:
        raise Refused from None
    try:
        return _Run(ring, job, offsets, writes).go()
    finally:
        ring.close()


def _slept() -> int:
    """How often this thread has waited for something, being pushed aside not counted (getrusage(2))."""
    import resource  # which other systems lack

    return resource.getrusage(resource.RUSAGE_THREAD).ru_nvcsw


class _Run(Flight):
    """A run that first looks whether sending a request means to wait for it."""

    _ring: Ring

    def go(self) -> Timed:
        self._one_by_one()
        return super().go()

    def _one_by_one(self) -> None:
        """The first requests; Refused if sending each means to sleep until it is done."""
        for _ in range(min(_TRIED, self._ring.depth)):
            self._prepare(1)
            if not self._ready:
                return
            before = _slept()
            self._first()
            slept, done = _slept() > before, self._ring.returned(wait=False)
            self._note(done)
            if not (slept and done):
                return
        raise Refused(self._timed())

    def _first(self) -> None:
        """Send; where not even one request was ever taken, the threads shall say what is wrong with it."""
        try:
            self._send()
        except OSError:
            if self._latencies or self._ring.flying:
                raise
            raise Refused(unused=tuple(map(self._ring.offset, self._ready))) from None
