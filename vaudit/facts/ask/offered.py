"""Which interfaces does the hypervisor offer, with which words; and what shows that this kernel uses them?

An interface is told by its own word, not by who announces it: each block of 0x100 leaves from 0x40000000 is
one (arch/x86/include/asm/cpuid.h), and Hyper-V's says "Hv#1" in its second leaf under any name.
"""

from __future__ import annotations  # those of tables take longer to work out than the tables

from collections.abc import Iterable, Iterator

from msgspec import structs

from vaudit.evidence.source import Registers, Source
from vaudit.facts.ask import By, ask, everyone
from vaudit.facts.ask.cpu import BASES, signature
from vaudit.facts.cpu import X86
from vaudit.facts.features import OFFSETS
from vaudit.facts.linux import offered as linux
from vaudit.facts.values import Offer, Seen, Uses
from vaudit.model.facts import Hypervisor

TOLD: By[Iterable[Offer]] = {"linux": (linux.told,)}
NAMED: By[Iterable[Offer]] = {"linux": (linux.named,)}
USES: By[Uses | None] = {"linux": (linux.uses,)}
XEN_FEATURES: By[list[int | None]] = {"linux": (linux.xen_features,)}
_HV1 = 0x31237648
"""`Hv#1` in EAX of a block's second leaf: what follows is Hyper-V's, whoever signs (TLFS, 2.4.1)."""
_NAMES = {
    "KVMKVMKVM": "kvm",
    "XenVMMXenVMM": "xen",
    "VMwareVMware": "vmware",
    "TCGTCGTCGTCG": "tcg",
}
_REGISTERS = ("eax", "ebx", "ecx", "edx")
_WORDS: dict[str, tuple[str, ...]] = {
    "kvm": ("1 eax", "1 edx"),
    "hyperv": ("3 eax", "3 ebx", "3 edx", "4 eax", "a eax", "c eax", "c ebx"),
    "xen": ("3 eax", "4 eax"),
    "vmware": ("10 eax", "10 ebx"),
}
_ISOLATION, _CONFIG = 1 << 22, 0xC
"""EBX bit 22 of the features says that there is a leaf on isolation."""
_FEATURES = "file:/sys/hypervisor/properties/features"


def offers(source: Source, seen: Seen, beneath: Hypervisor) -> list[Offer]:
    """All interfaces; where CPUID tells of none, those that the system tells of."""
    under_pv = (beneath.kind, beneath.mode) == ("xen", "pv")
    found = [] if under_pv else [*_blocks(source, seen)]
    if seen.xen.shown and (under_pv or not any(one.name == "xen" for one in found)):
        found.append(_xen_block(source, seen))
    found = [_with_features(source, one) if one.name == "xen" else one for one in found]
    told = {one.name: one for one in everyone(TOLD, source)}
    found = [told.get(one.name, one) if not _is_told(one) else one for one in found]
    found += [one for name, one in told.items() if name not in {each.name for each in found}]
    if seen.cpuid.searched or seen.architecture not in (*X86, None):  # what CPUID does not show is not there
        return found
    heard = everyone(NAMED, source)
    return [*found, *(one for one in heard if one.name not in {each.name for each in found})]


def uses(source: Source, seen: Seen, found: list[Offer]) -> Uses:
    """What shows use; only where something may be used."""
    shown = ask(USES, source, any(one.name in ("kvm", "hyperv") for one in found)) or Uses()
    return structs.replace(shown, flags=seen.processor.flags)


def _is_told(one: Offer) -> bool:
    return any(value is not None for value in one.words.values())


def _blocks(source: Source, seen: Seen) -> Iterator[Offer]:
    for base in BASES if seen.cpuid.searched else ():
        first = source.cpuid(base)
        if first and (first.eax == 0 or base <= first.eax <= base + 0xFF) and any(first[1:]):
            yield from _block(source, base, first)


def _block(source: Source, base: int, first: Registers) -> Iterator[Offer]:
    """The interfaces of one block: that of its name, and Hyper-V's where it says so."""
    name, top = _NAMES.get(signature(first), "other"), first.eax
    if name == "kvm" and top == 0:
        top = base + 1
    second = source.cpuid(base + 1) if top > base else None
    hyperv = second is not None and second.eax == _HV1
    if hyperv or signature(first) == "Microsoft Hv":
        found = _offer(source, "hyperv", base, top)
        yield found if signature(first) == "Microsoft Hv" else structs.replace(found, own=False)
    if name in ("xen", "vmware", "tcg") or (not hyperv and signature(first) != "Microsoft Hv"):
        yield _offer(source, name, base, top)


def _offer(source: Source, name: str, base: int, top: int, *, xen: bool = False) -> Offer:
    kind = "cpuid-xen" if xen else "cpuid"
    words: dict[str, int | None] = {}
    evidence = {"": f"{kind}:{base:x} 0"}
    if name == "hyperv" and not _isolates(source, base):
        top = min(top, base + _CONFIG - 1)
    for word in _WORDS.get(name, ()):
        offset, _, register = word.partition(" ")
        leaf = base + OFFSETS[offset]
        words[word] = _register(source, leaf, register, xen) if leaf <= top else 0
        evidence[word] = f"{kind}:{leaf:x} 0" if leaf <= top else evidence[""]
    version = _VERSIONS[name](source.cpuid(base + _VERSION_AT[name], xen=xen)) if name in _VERSIONS else None
    return Offer(name=name, base=base, version=version, words=words, evidence=evidence)  # type: ignore[arg-type]


def _register(source: Source, leaf: int, register: str, xen: bool) -> int | None:
    found = source.cpuid(leaf, xen=xen)
    return found[_REGISTERS.index(register)] if found else None


def _isolates(source: Source, base: int) -> bool:
    found = source.cpuid(base + 3)
    return found is None or bool(found.ebx & _ISOLATION)


def _hyperv_version(leaf: Registers | None) -> str | None:
    return f"{leaf.ebx >> 16}.{leaf.ebx & 0xFFFF}.{leaf.eax}" if leaf and leaf.ebx else None


def _xen_version(leaf: Registers | None) -> str | None:
    return f"{leaf.eax >> 16}.{leaf.eax & 0xFFFF}" if leaf else None


_VERSIONS = {"hyperv": _hyperv_version, "xen": _xen_version}
_VERSION_AT = {"hyperv": 2, "xen": 1}


def _xen_block(source: Source, seen: Seen) -> Offer:
    """Xen's leaves behind its prefix; without them, what the kernel shows of Xen alone."""
    if seen.cpuid.behind_prefix:
        first = source.cpuid(BASES[0], xen=True)
        if first:
            return _offer(source, "xen", BASES[0], first.eax, xen=True)
    words = dict.fromkeys(_WORDS["xen"])
    return Offer(name="xen", version=seen.xen.version, words={**words}, evidence={"": _FEATURES})


def _with_features(source: Source, one: Offer) -> Offer:
    """With what the kernel shows of Xen's features, which no leaf holds."""
    known = next(iter(everyone(XEN_FEATURES, source)), None)
    words = {**one.words, "features": known}
    return structs.replace(one, words=words, evidence={**one.evidence, "features": _FEATURES})
