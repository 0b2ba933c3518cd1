"""Whether anybody measures the time that the hypervisor withholds: a 0 that nobody measures says nothing.

Linux counts it where it knows a clock of it: on x86 that of KVM, Xen or VMware (pv_steal_clock in
arch/x86/kernel/kvm.c, arch/x86/kernel/cpu/vmware.c, arch/x86/xen/time.c), on ARM of KVM or Xen, on RISC-V
of KVM; s390 compares two clocks of its own (arch/s390/kernel/vtime.c), pSeries reads what PowerVM keeps
(arch/powerpc/platforms/pseries/lpar.c). The parameter no-steal-acc takes it from the scheduler alone
(Documentation/admin-guide/kernel-parameters.txt): what /proc/stat says stays right.
"""

from msgspec import structs

from vaudit.facts.cpu import X86
from vaudit.model.facts import Cpu, Feature, Hypervisor, Kernel

NOT_MEASURED = "not measured by this hypervisor"
NEITHER = f"{NOT_MEASURED} or not used by this kernel"
NOT_USED = "not counted by this kernel"
_DOUBT = "reported as 0 %, and "
UNTOLD = f"{_DOUBT}nothing shows whether this hypervisor measures it"
UNSURE = f"{_DOUBT}it is not known whether a parameter of the kernel switches it off"
_MEASURE = {
    "x86": ("kvm", "lkvm", "xen", "vmware"),
    "arm": ("kvm", "lkvm", "xen"),
    "aarch64": ("kvm", "lkvm", "xen"),
    "riscv": ("kvm", "lkvm"),
    "loongarch": ("kvm",),
    "ppc": ("kvm", "powervm"),
    "s390": ("kvm", "zvm", "lpar"),
}
"""By the beginning of an architecture's name: the hypervisors that may measure it for Linux."""
_ALWAYS = {("s390", "kvm"), ("s390", "zvm"), ("s390", "lpar"), ("ppc", "powervm")}
_UNNAMED = ("unknown", "other")


def with_steal(cpu: Cpu, hypervisor: Hypervisor, kernel: Kernel, searched: bool) -> Cpu:
    """The processor with what its steal is worth. `searched`: CPUID was asked for all interfaces."""
    if cpu.steal is None or hypervisor.kind == "none":
        return cpu
    measured, because = (True, "") if cpu.steal else _measured(cpu, hypervisor, kernel, searched)
    if measured:
        return structs.replace(cpu, steal_measured=True)
    return structs.replace(cpu, steal=None, steal_shown=None, steal_measured=measured, steal_because=because)


def _measured(cpu: Cpu, hypervisor: Hypervisor, kernel: Kernel, searched: bool) -> tuple[bool | None, str]:
    """Whether a 0 is measured, and why not, or why that is not known."""
    told = [each for one in hypervisor.interfaces for each in one.features if each.name == "steal-time"]
    family = _family(cpu.arch)
    if any(each.used for each in told) or (family, hypervisor.kind) in _ALWAYS:
        return True, ""
    if hypervisor.kind not in (*_UNNAMED, *_MEASURE.get(family, sum(_MEASURE.values(), ()))):
        return False, NOT_MEASURED
    if any(each.used is None for each in told):
        return _open(told, kernel)
    if told:
        return False, _refused(told)
    # a kernel on x86 knows its hypervisor by what was asked here too
    return (False, NOT_MEASURED) if searched and family == "x86" else (None, UNTOLD)


def _family(arch: str | None) -> str:
    """A key of _MEASURE; empty for others and where it is not known."""
    if arch in X86:
        return "x86"
    return next((name for name in _MEASURE if arch and arch.startswith(name)), "")


def _open(told: list[Feature], kernel: Kernel) -> tuple[bool | None, str]:
    """What is offered is used, where nothing speaks against it and that could be seen."""
    if not any(each.offered and each.used is None for each in told):
        return None, UNTOLD
    return (True, "") if kernel.parameters_read else (None, UNSURE)


def _refused(told: list[Feature]) -> str:
    """Why this kernel uses none of those: by that which is offered, or may be."""
    best = max(told, key=lambda each: (each.offered is True, each.offered is None))
    if best.offered is False:
        return NOT_MEASURED
    return f"{NOT_USED if best.offered else NEITHER}: {best.because}"
