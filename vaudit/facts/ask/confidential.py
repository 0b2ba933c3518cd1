"""Is the memory of this guest hidden from its host, and by what? The system shows it, and CPUID answers."""

from collections.abc import Iterable, Iterator

from vaudit.evidence.source import Source
from vaudit.facts.ask import By, everyone
from vaudit.facts.linux import confidential as linux
from vaudit.facts.values import Cpuid, Protected
from vaudit.model.facts import Confidential

PROVIDERS: By[Iterable[Protected]] = {"linux": (linux.shown,)}
_TDX, _TDX_NAME = 0x21, b"IntelTDX    "
_MEMORY, _SEV_STATUS = 0x8000001F, 0xC0010131
_SEV: tuple[tuple[int, Confidential], ...] = ((4, "sev-snp"), (2, "sev-es"), (1, "sev"))
"""Bits of SEV_STATUS (AMD APM 2, 15.34.10): 0 SEV, 1 SEV-ES, 2 SEV-SNP."""
_FEATURES, _ISOLATION, _CONFIG = 3, 1 << 22, 0xC
"""Hyper-V's leaves, counted from its first: EBX bit 22 of the features says that it has one of isolation."""
_TYPES: dict[int, Confidential] = {1: "vbs", 2: "sev-snp", 3: "tdx"}


def protected(source: Source, cpuid: Cpuid) -> list[Protected]:
    """Every sign of it; every provider is heard."""
    said = everyone(PROVIDERS, source)
    return [*said, *_tdx(source), *_sev(source), *_hyperv(source, cpuid)]


def excluded(source: Source, cpuid: Cpuid) -> bool:
    """Whether what protects guests was asked and none of it does: TDX, SEV and Hyper-V, on x86 alone."""
    memory = source.cpuid(_MEMORY)
    sev = _has_no(source, _MEMORY, 0x80000000) or bool(memory and not memory.eax & 2)
    tdx = _has_no(source, _TDX, 0) or bool(source.cpuid(_TDX))
    bases = [one.base for one in cpuid.interfaces if one.name == "Microsoft Hv"]
    hyperv = all(base and source.cpuid(base + _FEATURES) for base in bases)
    plain = sev or source.msr(_SEV_STATUS) == 0
    return cpuid.asked and cpuid.searched and plain and tdx and hyperv and not protected(source, cpuid)


def _has_no(source: Source, leaf: int, first: int) -> bool:
    """Whether the processor has no such leaf: the first of its range says which is the last."""
    top = source.cpuid(first)
    return source.status("cpuid", f"{leaf:x} 0") == "absent" or bool(top and top.eax < leaf)


def _tdx(source: Source) -> Iterator[Protected]:
    """Intel's TDX module answers leaf 0x21 of its guests (TDX module ABI specification)."""
    leaf = source.cpuid(_TDX)
    if leaf and b"".join(part.to_bytes(4, "little") for part in (leaf.ebx, leaf.edx, leaf.ecx)) == _TDX_NAME:
        yield Protected("tdx", "CPUID leaf 0x21 is IntelTDX", f"cpuid:{_TDX:x} 0", "cpuid")


def _sev(source: Source) -> Iterator[Protected]:
    """The register says what is active; CPUID says only what could be, also on hosts and in plain guests."""
    leaf = source.cpuid(_MEMORY)
    status = source.msr(_SEV_STATUS) if leaf and leaf.eax & 2 else None
    name = next((name for bit, name in _SEV if status and status & bit), None)
    if name:
        yield Protected(name, f"SEV_STATUS is {status:#x}", f"msr:{_SEV_STATUS:x}", "cpuid")


def _hyperv(source: Source, cpuid: Cpuid) -> Iterator[Protected]:
    """Hyper-V's isolation leaf, also where a paravisor lies between (TLFS; virt-what-cvm asks it too)."""
    base = next((one.base for one in cpuid.interfaces if one.name == "Microsoft Hv" and one.base), None)
    features = source.cpuid(base + _FEATURES) if base else None
    if not base or not features or not features.ebx & _ISOLATION:
        return
    config = source.cpuid(base + _CONFIG)
    name = _TYPES.get(config.ebx & 0xF) if config else None
    if config and name:
        paravisor = ", behind a paravisor" if config.eax & 1 else ""
        says = f"Hyper-V isolates this guest (type {config.ebx & 0xF}{paravisor})"
        yield Protected(name, says, f"cpuid:{base + _CONFIG:x} 0", "cpuid")
