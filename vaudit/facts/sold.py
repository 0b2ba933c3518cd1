"""The processor as it is sold: its level, what its name is worth, its caches, and what it is vulnerable to.

Sources: x86-64 psABI supplement (levels), Intel SDM 2A (leaf 4), AMD APM 3 (leaf 0x8000001D), QEMU
target/i386/cpu.c (model_id), Linux arch/x86/kernel/cpu/bugs.c and Documentation/admin-guide/hw-vuln.
"""

from __future__ import annotations  # those of tables take longer to work out than the tables

from collections.abc import Sequence
from typing import Literal

from vaudit.facts.signatures import QEMU_MODELS
from vaudit.model.facts import Actor, Vulnerability

Named = Literal["whole", "generic", "masked", "contradicting"]
LEVELS: tuple[tuple[str, ...], ...] = (
    ("lm", "cmov", "cx8", "fpu", "fxsr", "mmx", "syscall", "sse2"),
    ("cx16", "lahf_lm", "popcnt", "pni", "sse4_1", "sse4_2", "ssse3"),
    ("avx", "avx2", "bmi1", "bmi2", "f16c", "fma", "abm", "movbe", "xsave"),
    ("avx512f", "avx512bw", "avx512cd", "avx512dq", "avx512vl"),
)
"""What each level of x86-64 adds, as Linux spells it: v1 to v4."""
ASKED = ("aes", "avx", "avx2", "avx512f", "sha_ni", "rdrand", "pdpe1gb", "la57")
"""The flags that buyers ask for."""
GENERIC = (*QEMU_MODELS, "QEMU Virtual CPU", "Intel Xeon Platinum Processor", "x86-64-v")
"""How names begin that a hypervisor gives to a set of features."""
_OLDER: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("Nehalem", ("avx", "avx2", "avx512f")),
    ("Westmere", ("avx", "avx2", "avx512f")),
    ("Sandy Bridge", ("avx2", "avx512f")),
    ("Ivy Bridge", ("avx2", "avx512f")),
    (" v2 @", ("avx2", "avx512f")),
    ("Haswell", ("avx512f",)),
    ("Broadwell", ("avx512f",)),
    (" v3 @", ("avx512f",)),
    (" v4 @", ("avx512f",)),
    ("AMD EPYC 7", ("avx512f",)),
)
"""Names of processors, and what none of them has: ark.intel.com, AMD's list of EPYC 7001 to 7003."""
_MAKERS = (("Intel", "GenuineIntel"), ("AMD", "AuthenticAMD"))
_NUMBER = 3
"""The digits in a row of a model number: E5-2680, 7543, i7-8550U; a frequency has two."""
_BY_NAME: tuple[tuple[str, int], ...] = (
    ("Platinum", 4),
    ("Gold", 4),
    ("Silver", 4),
    ("Bronze", 4),
    ("Cascadelake", 4),
    ("Icelake", 4),
    ("Skylake", 3),
    ("Broadwell", 3),
    ("Haswell", 3),
    ("Ivy Bridge", 2),
    ("Sandy Bridge", 2),
    ("Westmere", 2),
    ("EPYC", 3),
    ("Ryzen", 3),
    (" v4 @", 3),
    (" v3 @", 3),
    (" v2 @", 2),
    (" E5-", 2),
    ("QEMU Virtual CPU", 2),
    ("Common KVM processor", 2),
)
"""The level that processors of a name have at least, all of them with AES; of the plain sets of QEMU that of
every processor on which a hypervisor of this decade runs (ark.intel.com, QEMU docs/system/cpu-models-x86)."""


def level_by_name(model: str | None) -> int | None:
    """The level of x86-64 that a processor of this name has, if nothing of it is hidden."""
    return next((found for word, found in _BY_NAME if model and word in f"{model} @"), None)


def level(flags: frozenset[str]) -> int | None:
    """The level of x86-64 that the flags make, which glibc's loader names x86-64-v1 to v4; None for none."""
    found = 0
    for needed in LEVELS:
        if not flags.issuperset(needed):
            break
        found += 1
    return found or None


def named(model: str | None, vendor: str | None, flags: frozenset[str]) -> tuple[Named | None, str]:
    """What a name is worth, and why. None where there is none."""
    if not model:
        return None, ""
    contradiction = _contradiction(model, vendor, flags)
    if contradiction:
        return "contradicting", contradiction
    if model.startswith(GENERIC):
        return "generic", f"{model!r} is what a hypervisor calls a set of features"
    if not _has_number(model):
        return "masked", f"{model!r} has no model number"
    return "whole", "the name has a model number"


def _contradiction(model: str, vendor: str | None, flags: frozenset[str]) -> str:
    for word, maker in _MAKERS:
        if model.startswith(word) and vendor in dict(_MAKERS).values() and vendor != maker:
            return f"the name says {word}, the processor says {vendor}"
    for word, later in _OLDER:
        beyond = [flag for flag in later if flag in flags]
        if word in f"{model} @" and beyond:
            return f"{model!r} has no {beyond[-1]}, and the flag is there"
    return ""


def _has_number(model: str) -> bool:
    name = model.partition("@")[0].removeprefix("12th Gen").removeprefix("13th Gen")
    run = 0
    for character in name:
        run = run + 1 if character.isdigit() else 0
        if run >= _NUMBER:
            return True
    return False


_BUGS: dict[str, tuple[str, ...]] = {
    "meltdown": ("cpu_meltdown",),
    "spectre_v1": ("spectre_v1", "swapgs"),
    "spectre_v2": ("spectre_v2",),
    "spec_store_bypass": ("spec_store_bypass",),
    "l1tf": ("l1tf",),
    "mds": ("mds",),
    "tsx_async_abort": ("taa",),
    "itlb_multihit": ("itlb_multihit",),
    "srbds": ("srbds",),
    "mmio_stale_data": ("mmio_stale_data", "mmio_unknown"),
    "retbleed": ("retbleed",),
    "gather_data_sampling": ("gds",),
    "spec_rstack_overflow": ("srso",),
    "reg_file_data_sampling": ("rfds",),
    "indirect_target_selection": ("its",),
    "tsa": ("tsa",),
    "vmscape": ("vmscape",),
    "old_microcode": ("old_microcode",),
}
"""What /proc/cpuinfo calls them; where it lists none of these, the file says "Not affected"."""
NOT_AFFECTED = "Not affected"


def is_listed(name: str, bugs: frozenset[str]) -> bool:
    """Whether a file of cpu/vulnerabilities says more than that the processor is not affected."""
    return name not in _BUGS or not bugs.isdisjoint(_BUGS[name])


_UNTOLD = ("Unknown", "SMT Host state unknown", "Dependent on hypervisor status")
_HOSTS = _UNTOLD[1:]
"""Of these the host alone knows: who runs on a core's other thread, whether it covers a flaw."""
_PARAMETERS = {
    "pti": "meltdown",
    "kpti": "meltdown",
    "nopti": "meltdown",
    "nospectre_v1": "spectre_v1",
    "nospectre_v2": "spectre_v2",
    "spec_store_bypass_disable": "spec_store_bypass",
    "nospec_store_bypass_disable": "spec_store_bypass",
}
"""Of what the parameters are that bear another name (Documentation/admin-guide/kernel-parameters.txt)."""


def vulnerabilities(
    told: Sequence[tuple[str, str]], words: Sequence[str], guest: bool | None
) -> list[Vulnerability]:
    """`told`: names, and what the kernel says of each; `words`: its command line."""
    return [_vulnerability(name, text, words, guest) for name, text in told]


def _vulnerability(name: str, text: str, words: Sequence[str], guest: bool | None) -> Vulnerability:
    if "no microcode" not in text.lower() and any(word in text for word in _UNTOLD):
        asked = guest and any(word in text for word in _HOSTS)
        return Vulnerability(name, "unknown", text, "provider" if asked else None)
    if text == NOT_AFFECTED:
        return Vulnerability(name, "not-affected", text)
    if text.partition(":")[0] in ("Mitigation", "KVM"):
        return Vulnerability(name, "mitigated", text)
    if not text.startswith(("Vulnerable", "Processor vulnerable")):
        return Vulnerability(name, "unknown", text)
    return Vulnerability(name, "vulnerable", text, _whose(name, text, words, guest))


def _whose(name: str, text: str, words: Sequence[str], guest: bool | None) -> Actor | None:
    """Microcode is the provider's in a guest; what the command line switched off is the owner's."""
    if "no microcode" in text.lower():
        return None if guest is None else "provider" if guest else "owner"
    return "owner" if any(_switches_off(word, name) for word in words) else None


def _switches_off(word: str, name: str) -> bool:
    """Whether a parameter does without what mitigates something: `mitigations=off`, `mds=off`, `nopti`."""
    key, _, value = word.partition("=")
    of = _PARAMETERS.get(key, key)
    return (value == "off" or (key.startswith("no") and not value)) and of in (name, "mitigations")
