"""Asks the CPUID instruction, in a process that may die of it: see cpuid.py.

It imports nothing of the house, so that a new interpreter can be given this file alone: as a program it
prints the answers, with the word `xen` those behind Xen's prefix.
"""

import os
import signal
import sys
from collections.abc import Callable, Iterator

Words = tuple[int, ...]
"""EAX, EBX, ECX and EDX."""
Asker = Callable[[int, int], Words]

# System V ABI, edi=leaf, esi=subleaf, rdx=four words out. RBX belongs to the caller and is saved:
# push rbx; mov r8,rdx; mov eax,edi; mov ecx,esi; cpuid; mov [r8..r8+12],eax,ebx,ecx,edx; pop rbx; ret
_HEAD, _CPUID, _TAIL = "534989d089f889f1", "0fa2", "41890041895804418948084189500c5bc3"
# Xen's forced emulation: ud2a; .ascii "xen" before cpuid (xen/include/public/arch-x86/xen.h)
_XEN_PREFIX = "0f0b78656e"

BASES = tuple(0x40000000 + 0x100 * step for step in range(8))
"""Where hypervisors announce themselves: each interface takes a block of 0x100 leaves."""


def leaves(ask: Asker) -> Iterator[tuple[int, int]]:
    """The leaves worth asking; which ones depends on what the first of each range answers."""
    highest = ask(0, 0)[0]
    yield from ((leaf, 0) for leaf in (0, 1, 7) if leaf <= highest)
    for base in BASES:
        yield base, 0
        top = ask(base, 0)[0]
        if base < top <= base + 0xFF:
            yield from ((leaf, 0) for leaf in range(base + 1, min(top, base + 0x10) + 1))
    yield 0x80000000, 0
    top = ask(0x80000000, 0)[0]
    for leaf in (0x80000001, 0x80000002, 0x80000003, 0x80000004, 0x80000008, 0x8000000A, 0x8000001F):
        if leaf <= top:
            yield leaf, 0


def answer(pipe: int, xen: bool) -> None:
    """Writes a line for each leaf: leaf, subleaf and the four registers in hexadecimal. Ends the process."""
    try:
        import resource

        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        signal.signal(signal.SIGILL, signal.SIG_DFL)  # an expected end: no handler of the parent reports it
        ask = _asker(_XEN_PREFIX if xen else "")
        lines = [
            f"{leaf:x} {sub:x} " + " ".join(f"{r:x}" for r in ask(leaf, sub)) for leaf, sub in leaves(ask)
        ]
        os.write(pipe, "\n".join(lines).encode())
        os._exit(0)
    except BaseException:
        os._exit(1)


def _asker(prefix: str) -> Asker:
    """The stub in a page of its own. OSError where such a page is refused."""
    import mmap
    from ctypes import CFUNCTYPE, addressof, c_char, c_uint32, c_void_p

    protection = mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC
    page = mmap.mmap(-1, mmap.PAGESIZE, mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS, protection)
    page.write(bytes.fromhex(_HEAD + prefix + _CPUID + _TAIL))
    code = c_char.from_buffer(page)
    call = CFUNCTYPE(None, c_uint32, c_uint32, c_void_p)(addressof(code))
    out = (c_uint32 * 4)()

    def ask(leaf: int, subleaf: int, _alive: object = code) -> Words:  # the page lives as long as this
        call(leaf, subleaf, addressof(out))
        return tuple(out)

    return ask


if __name__ == "__main__":
    answer(1, "xen" in sys.argv)
