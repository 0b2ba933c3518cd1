"""The CPUID instruction, run in a child.

A mapping that is writable and executable may be refused (SELinux execmem) or kill the process (PaX), and
the prefixed form raises SIGILL where no Xen lies beneath: so a child executes it and writes the answers
into a pipe. The child is started early and read late, beside the parent's own work. What a fork costs grows
with the process's memory, so this file imports nothing large that the fork does not need.

A process with threads must not fork (vaudit/threads.py): there the child is a new interpreter that runs this
file as a program, so nothing of the house is imported before a child is made.
"""

import os
import select
import sys
import time
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from vaudit.evidence.source import Registers

Answers = dict[tuple[int, int], "Registers"]
Asker = Callable[[int, int], list[int]]
"""Leaf and subleaf -> EAX, EBX, ECX, EDX."""

# System V ABI, edi=leaf, esi=subleaf, rdx=four words out. RBX belongs to the caller and is saved:
# push rbx; mov r8,rdx; mov eax,edi; mov ecx,esi; cpuid; mov [r8..r8+12],eax,ebx,ecx,edx; pop rbx; ret
_HEAD, _CPUID, _TAIL = "534989d089f889f1", "0fa2", "41890041895804418948084189500c5bc3"
# Xen's forced emulation: ud2a; .ascii "xen" before cpuid (xen/include/public/arch-x86/xen.h)
_XEN_PREFIX = "0f0b78656e"

BASES = tuple(0x40000000 + 0x100 * step for step in range(8))
"""Where hypervisors announce themselves: each interface takes a block of 0x100 leaves."""
_KVM = [0x4B4D564B, 0x564B4D56, 0x4D]
"""KVMKVMKVM in EBX, ECX and EDX."""
_XEN = [0x566E6558, 0x65584D4D, 0x4D4D566E]
"""XenVMMXenVMM."""
_XEN_TIME = 3
"""Offset of Xen's leaf on time, which has three parts (xen/include/public/arch-x86/cpuid.h)."""
_EXTENDED = (
    0x80000001, 0x80000002, 0x80000003, 0x80000004, 0x80000007, 0x80000008, 0x8000000A, 0x8000001F,
)  # fmt: skip
TIMEOUT = 30.0
"""Seconds that the child may take before it is killed. It takes milliseconds, but its first start reads from
the disk what it imports, and processors may be busy."""


def leaves(ask: Asker) -> Iterator[tuple[int, int]]:
    """The leaves worth asking; which ones depends on what the first of each range answers."""
    top = ask(0, 0)[0]
    yield from ((leaf, 0) for leaf in (0, 1, 7, 0x21) if leaf <= top)
    yield from _caches(ask, 4, top)
    for base in BASES:
        yield from _block(ask, base)
    yield 0x80000000, 0
    top = ask(0x80000000, 0)[0]
    yield from ((leaf, 0) for leaf in _EXTENDED if leaf <= top)
    yield from _caches(ask, 0x8000001D, top)


def _caches(ask: Asker, leaf: int, top: int) -> Iterator[tuple[int, int]]:
    """A subleaf for each cache, and the one that describes none."""
    for sub in range(8) if leaf <= top else ():
        yield leaf, sub
        if not ask(leaf, sub)[0] & 0x1F:
            return


def _block(ask: Asker, base: int) -> Iterator[tuple[int, int]]:
    """What one hypervisor's interface answers: never beyond the last leaf that it names.

    KVM of old names none, and means the next (Documentation/virt/kvm/x86/cpuid.rst).
    """
    yield base, 0
    top, *name = ask(base, 0)
    if name == _KVM and top == 0:
        top = base + 1
    if not base < top <= base + 0xFF:
        return
    for leaf in range(base + 1, min(top, base + 0x10) + 1):
        yield leaf, 0
        if name == _XEN and leaf == base + _XEN_TIME:
            yield from ((leaf, sub) for sub in (1, 2))


def start() -> "Child | None":
    """A child that asks; None where there is no such instruction."""
    # the stub is 64-bit code: a 32-bit Python on a 64-bit kernel cannot run it
    return Child() if os.uname().machine == "x86_64" and sys.maxsize > 1 << 32 else None


class Child:
    """A process that asks CPUID; `answers` waits for it once."""

    def __init__(self, *, xen: bool = False) -> None:
        from vaudit import threads

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
            self._answers = parse(text or "")
            if not self._answers:
                self.reason = _why_nothing(text, code)
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
        _child(pipe, xen)
    return pid


def _spawned(pipe: int, xen: bool) -> int:
    """The same in a new interpreter. OSError where it cannot be started."""
    from vaudit import threads

    python = threads.interpreter()
    words = [python, "-I", "-S", __file__, *(["xen"] if xen else [])]
    quiet = (os.POSIX_SPAWN_OPEN, 2, os.devnull, os.O_WRONLY, 0)
    return os.posix_spawn(python, words, os.environ, file_actions=[(os.POSIX_SPAWN_DUP2, pipe, 1), quiet])


def _child(write_end: int, xen: bool) -> None:
    try:
        if xen:
            _expect_to_be_killed()
        ask = _asker(_XEN_PREFIX if xen else "")
        lines = [
            f"{leaf:x} {sub:x} " + " ".join(f"{r:x}" for r in ask(leaf, sub)) for leaf, sub in leaves(ask)
        ]
        os.write(write_end, "\n".join(lines).encode())
        os._exit(0)
    except BaseException:
        os._exit(1)


def _expect_to_be_killed() -> None:
    """SIGILL leaves no core file, and no handler of the parent reports it."""
    import resource
    import signal

    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    signal.signal(signal.SIGILL, signal.SIG_DFL)


def _asker(prefix: str) -> Asker:
    """The stub in a page of its own. OSError where such a page is refused."""
    import mmap
    from _ctypes import FUNCFLAG_CDECL, CFuncPtr, _SimpleCData, addressof

    # c_char, c_uint32 and a CFUNCTYPE as ctypes makes them: all that it makes takes 2 of a scan's 50 ms
    class Byte(_SimpleCData):  # type: ignore[type-arg]
        _type_ = "c"

    class Word(_SimpleCData):  # type: ignore[type-arg]
        _type_ = "I"

    class Stub(CFuncPtr):
        _flags_, _restype_, _argtypes_ = FUNCFLAG_CDECL, None, (Word, Word)

    protection = mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC
    page = mmap.mmap(-1, mmap.PAGESIZE, mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS, protection)
    page.write(bytes.fromhex(_HEAD + prefix + _CPUID + _TAIL))
    code = Byte.from_buffer(page)
    call = Stub(addressof(code))
    out = (Word * 4)()

    def ask(leaf: int, subleaf: int, _alive: object = code) -> list[int]:  # the page lives as long as this
        call(leaf, subleaf, out)
        return out[:]

    return ask


def _why_nothing(text: str | None, code: str) -> str:
    if text is None:
        return f"the CPUID child was not done within {TIMEOUT:g} s"
    return f"the CPUID child ended with {code}" if code else "the CPUID child said nothing"


def _drain(pipe: int, pid: int) -> str | None:
    """All that the child writes, at most 64 KiB; None where it is killed after TIMEOUT seconds."""
    chunks, deadline = b"", time.monotonic() + TIMEOUT
    while len(chunks) < 1 << 16:
        ready, _, _ = select.select([pipe], [], [], max(0.0, deadline - time.monotonic()))
        if not ready:
            _kill(pid)
            os.close(pipe)
            return None
        piece = os.read(pipe, 1 << 16)
        if not piece:
            break
        chunks += piece
    os.close(pipe)
    return chunks.decode("ascii", "replace")


def _kill(pid: int) -> None:
    import signal

    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:  # the caller reaps all children of this process
        return


def _reap(pid: int) -> str:
    try:
        _, status = os.waitpid(pid, 0)
    except ChildProcessError:
        return "an end that was not told"
    if os.WIFSIGNALED(status):
        import signal

        return signal.Signals(os.WTERMSIG(status)).name
    return f"exit code {os.WEXITSTATUS(status)}" if status else ""


def parse(text: str) -> Answers:
    """Lines of six hexadecimal numbers: leaf, subleaf, eax, ebx, ecx, edx; anything else is left out."""
    from vaudit.evidence.source import Registers

    answers: Answers = {}
    for line in text.splitlines():
        try:
            leaf, sub, *registers = (int(word, 16) for word in line.split())
        except ValueError:
            continue
        if len(registers) == 4:
            answers[leaf, sub] = Registers(*registers)
    return answers


def from_bytes(data: bytes) -> "Registers | None":
    """Four little-endian words, as /dev/cpu/N/cpuid gives them (arch/x86/kernel/cpuid.c)."""
    from vaudit.evidence.source import Registers

    if len(data) != 16:
        return None
    return Registers(*(int.from_bytes(data[at : at + 4], "little") for at in (0, 4, 8, 12)))


if __name__ == "__main__":
    _child(1, "xen" in sys.argv)
