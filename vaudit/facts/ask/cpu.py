"""What is the processor? What the operating system says of it, and what it answers itself: CPUID.

Intel SDM 2A and AMD APM 3 for the processor's leaves; hypervisors answer from 0x40000000 on.
"""

from __future__ import annotations  # those of tables take longer to work out than the tables

from collections.abc import Iterator
from typing import Literal

from msgspec import structs

from vaudit.evidence.source import Registers, Source
from vaudit.facts.ask import By, ask, output_id, systeminfo, windows
from vaudit.facts.linux import cpu, outputs
from vaudit.facts.values import Cpuid, Interface, Processor, Xen
from vaudit.model.facts import Cache

PROVIDERS: By[Processor | None] = {
    "windows": (windows.processor, systeminfo.processor, outputs.processor),
    "linux": (cpu.processor, outputs.processor),
}
HYPERV_FEATURES = 3
"""Offset of Hyper-V's feature leaf; EBX bit 0, CreatePartitions, is the root partition's (TLFS)."""
MAX_CACHES = 4
"""Subleaves that are asked for caches: processors have three or four."""
_XEN, _HYPERV = "XenVMMXenVMM", "Microsoft Hv"
BASES = range(0x40000000, 0x40000800, 0x100)
"""Where hypervisors answer: a second interface moves up by 0x100."""


def processor(source: Source) -> Processor:
    """Names, counts and listed flags; where nobody names it, it is asked for its own name."""
    found = ask(PROVIDERS, source) or Processor()
    if found.known.model:
        return found
    return structs.replace(found, known=structs.replace(found.known, model=_brand(source)))


def cpuid(source: Source, xen: Xen) -> Cpuid:
    """The leaves about virtualization.

    Xen's prefix is tried only where Xen has shown itself: elsewhere it is an invalid instruction.
    """
    basic, extended, svm = source.cpuid(1), source.cpuid(0x80000001), source.cpuid(0x8000000A)
    if basic and _repeats(source, basic):
        basic = None
    power = source.cpuid(0x80000007)
    answered, recorded = list(_answered(source)), list(_recorded(source))
    return Cpuid(
        asked=basic is not None,
        hypervisor=bool(basic.ecx & 1 << 31) if basic else None,
        extended=extended is not None or source.status("cpuid", "80000001 0") == "absent",
        vmx=bool(basic and basic.ecx & 1 << 5),
        svm=bool(extended and extended.ecx & 1 << 2),
        npt=bool(svm and svm.edx & 1),
        interfaces=[*answered, *recorded],
        invariant_tsc=bool(power.edx & 1 << 8) if power else None,
        caches=[_described(leaf) for leaf in _caches(source) if leaf.eax & 0x1F in _SORTS],
        searched=bool(recorded) or source.cpuid(BASES[0]) is not None,
        behind_prefix=_behind_prefix(source) if xen.shown else "",
        xen_version=xen.version or _xen_version(source, answered, xen),
    )


def _caches(source: Source) -> Iterator[Registers]:
    """Intel's leaf, else AMD's, up to the subleaf that describes none."""
    for leaf in (4, 0x8000001D):
        found = [one for sub in range(MAX_CACHES) if (one := _cache(source, leaf, sub))]
        if found:
            yield from found
            return


def _cache(source: Source, leaf: int, sub: int) -> Registers | None:
    found = source.cpuid(leaf, sub)
    return found if found and found.eax & 0x1F else None


def _repeats(source: Source, basic: Registers) -> bool:
    """Whether leaf 1 leaves ECX as it was, as a VIA C3 does, whose last leaf it is: no flag stands there."""
    first_, extended = source.cpuid(0), source.cpuid(0x80000000)
    return bool(first_ and extended and first_.eax == 1 and basic.ecx and basic.ecx == extended.ecx)


def signature(registers: Registers) -> str:
    """The twelve characters that a hypervisor leaf holds."""
    data = b"".join(part.to_bytes(4, "little") for part in registers[1:])
    return data.decode("latin-1").strip("\0 ")


def _brand(source: Source) -> str | None:
    """The processor's own name, from leaves 0x80000002 to 0x80000004."""
    parts = [source.cpuid(leaf) for leaf in (0x80000002, 0x80000003, 0x80000004)]
    data = b"".join(register.to_bytes(4, "little") for part in parts if part for register in part)
    return " ".join(data.decode("latin-1").replace("\0", " ").split()) or None


def _answered(source: Source) -> Iterator[Interface]:
    for base in BASES:
        found = source.cpuid(base)
        # where the range is not implemented, Intel processors answer with the highest basic leaf
        if found and (base <= found.eax <= base + 0xFF or found.eax == 0):
            name = signature(found)
            creates = _creates_partitions(source, base) if name == _HYPERV else ""
            yield Interface(name, f"cpuid:{base:x} 0", base, creates)


def _creates_partitions(source: Source, base: int) -> str:
    features = source.cpuid(base + HYPERV_FEATURES)
    return f"cpuid:{base + HYPERV_FEATURES:x} 0" if features and features.ebx & 1 else ""


def _recorded(source: Source) -> Iterator[Interface]:
    """The name alone, as a tool printed it."""
    text = source.output("cpuid-signature")
    if text is not None:
        yield Interface(text.strip("\0 \n"), output_id("cpuid-signature"))


def _behind_prefix(source: Source) -> str:
    found = source.cpuid(BASES[0], xen=True)
    return f"cpuid-xen:{BASES[0]:x} 0" if found and signature(found) == _XEN else ""


def _xen_version(source: Source, answered: list[Interface], xen: Xen) -> str | None:
    """Xen's second leaf holds its version (xen/include/public/arch-x86/cpuid.h)."""
    base = next((one.base for one in answered if one.name == _XEN), None)
    if base is None and not xen.shown:
        return None
    leaf = source.cpuid(base + 1) if base else source.cpuid(BASES[0] + 1, xen=True)
    return f"{leaf.eax >> 16}.{leaf.eax & 0xFFFF}" if leaf else None


_SORTS: dict[int, Literal["data", "instruction", "unified"]] = {1: "data", 2: "instruction", 3: "unified"}


def _described(leaf: Registers) -> Cache:
    ways, lines, line = leaf.ebx >> 22, leaf.ebx >> 12 & 0x3FF, leaf.ebx & 0xFFF
    size = (ways + 1) * (lines + 1) * (line + 1) * (leaf.ecx + 1)
    return Cache(leaf.eax >> 5 & 7, _SORTS[leaf.eax & 0x1F], size, (leaf.eax >> 14 & 0xFFF) + 1)
