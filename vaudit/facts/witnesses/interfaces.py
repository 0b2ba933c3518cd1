"""What hypervisors show of themselves: CPUID, the flag, Xen's own interfaces; and names of processors."""

from collections.abc import Iterator

from vaudit.facts import weights as w
from vaudit.facts.signatures import CPUID_NAMES, QEMU_MODELS
from vaudit.facts.values import Cpuid, Flags, Processor, Protected, Xen
from vaudit.facts.weights import Weight, witness
from vaudit.model.facts import Points, Signal, Witness
from vaudit.model.names import KINDS

_PROTECTION: dict[Signal, Weight] = {
    "cpuid": w.CONFIDENTIAL_CPUID,
    "cpu-flag": w.CONFIDENTIAL_FLAG,
    "device": w.CONFIDENTIAL_DEVICE,
    "kernel-log": w.CONFIDENTIAL_LOG,
}
FIRST = 0x40000000
"""Where the first range of hypervisor leaves begins; a second interface moves up by 0x100."""


def cpuid(found: Cpuid) -> Iterator[Witness]:
    """The names that hypervisors give themselves."""
    for one in found.interfaces:
        if one.name in CPUID_NAMES:
            kind = CPUID_NAMES[one.name]
            row = w.FIRST_LEAF if one.base in (None, FIRST) else w.UPPER_LEAF
            place = f" at leaf {one.base:#x}" if one.base is not None else ""
            says = f"{KINDS[kind]} (signature {one.name!r}{place})"
            yield witness(row, says, one.evidence, Points(kind=kind))
        if one.creates:
            says = "this partition may create partitions: the root partition of Hyper-V"
            yield witness(w.HYPERV_ROOT, says, one.creates, Points(role="host"))
    if found.behind_prefix:
        says = "Xen, behind its forced-emulation prefix"
        yield witness(w.XEN_PREFIX, says, found.behind_prefix, Points(kind="xen"))


def flag(flags: Flags) -> Iterator[Witness]:
    """CPUID leaf 1 ECX bit 31, which no processor sets by itself."""
    evidence = flags.hypervisor_evidence
    if flags.hypervisor:
        yield witness(w.FLAG_SET, "the hypervisor flag is set", evidence, Points(role="guest"))
    elif flags.hypervisor is False:
        row = w.FLAG_NOT_LISTED if flags.new_list else w.FLAG_UNLISTED
        row = w.FLAG_CLEAR if flags.by_instruction else row
        yield witness(row, "the hypervisor flag is clear", evidence, Points(kind="none"))


def xen(found: Xen) -> Iterator[Witness]:
    """What a kernel shows that runs on Xen, and whether this domain controls it."""
    shown = [(w.XEN_SYSFS, found.interface), (w.XEN_CAPABILITIES, found.capabilities)]
    if not found.capabilities:
        shown.append((w.XEN_FOLDER, found.folder))
    for row, told in shown:
        if told:
            yield witness(row, told.says, told.evidence, Points(kind="xen"))
    if found.control:
        yield witness(w.XEN_CONTROL, "this is the control domain", found.control, Points(role="host"))


def protection(found: list[Protected]) -> Iterator[Witness]:
    """What hides memory from a host is a guest's, whoever the host is."""
    for one in found:
        yield witness(_PROTECTION[one.signal], one.says, one.evidence, Points(role="guest"))


def model(found: Processor) -> Iterator[Witness]:
    """QEMU's own processor models."""
    name = found.known.model or ""
    evidence = next(iter(found.evidence), "")
    if name.startswith("QEMU TCG CPU"):
        yield witness(w.QEMU_TCG, "the processor is QEMU's TCG CPU", evidence, Points(kind="qemu"))
    elif name.startswith(QEMU_MODELS):
        yield witness(w.QEMU_MODEL, f"{name!r} is a processor model of QEMU's", evidence, Points(vmm="qemu"))
