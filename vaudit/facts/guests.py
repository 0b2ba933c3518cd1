"""What this machine could host, and because of what.

Xen PV needs no help from the processor but a guest kernel made for it, so never Windows; Xen HVM, Xen PVH and
KVM need VT-x or AMD-V (wiki.xenproject.org: Virtualization Spectrum; Documentation/virt/kvm).
"""

from vaudit.facts.containers import Containers
from vaudit.facts.cpu import ON_ARM, X86, X86_MODELS
from vaudit.facts.signatures import PROCESS_KINDS
from vaudit.facts.values import Hosting, Seen, Xen
from vaudit.model.facts import Cpu, Guest, Hypervisor
from vaudit.model.names import KINDS, VMMS

_X86 = (*X86, None)
_SHOWN = {"usable": True, "present": True, "absent": False, "firmware-disabled": False, "hidden": False}
"""Whether the processor's help can be had, by the state of hardware virtualization."""
OWN_KERNEL_FROM_OUTSIDE = ("firecracker", "crosvm")
"""VMMs that are given the kernel of their guest, which so cannot boot another."""

Answer = tuple[bool | None, str]
"""Whether a kind of guest is possible (None: the evidence does not tell), and because of what."""


def collect(cpu: Cpu, hypervisor: Hypervisor, containers: Containers, seen: Seen) -> list[Guest]:
    """One answer for each kind of guest."""
    hosting = seen.hosting
    if seen.system in _OF_SYSTEM:
        return _OF_SYSTEM[seen.system](cpu, hypervisor, hosting)
    if hypervisor.kind == "xen" and hypervisor.role == "host":
        found = _on_dom0(seen.xen)
    elif hypervisor.kind == "hyperv" and hypervisor.role == "host":
        return _on_hyperv_root(hypervisor)
    else:
        boots = _can_boot_xen(hypervisor, containers, seen)
        full = _xen_full(cpu, boots)
        found = [
            Guest("kvm", *_kvm(cpu, hypervisor, containers, hosting), hosting.evidence),
            Guest("xen-pv", *_xen_pv(cpu, hypervisor, boots, seen.processor.flags), hosting.evidence),
            Guest("xen-pvh", *full, hosting.evidence),
            Guest("xen-hvm", *full, hosting.evidence),
        ]
    return [*found, _windows(cpu, found, hosting), _nested(cpu, found, hosting)]


def _on_windows(cpu: Cpu, hypervisor: Hypervisor, hosting: Hosting) -> list[Guest]:
    """Guests of Hyper-V and its like; what could be booted in the place of Windows is not asked."""
    if hypervisor.kind == "hyperv" and hypervisor.role == "host":
        return [one for one in _on_hyperv_root(hypervisor) if one.kind in ("windows", "nested")]
    nested = Guest("nested", None, "nothing shows whether its guests could run guests of their own")
    if hosting.running:
        return [Guest("windows", True, "it runs guests already", hosting.running_evidence), nested]
    return [Guest("windows", _SHOWN.get(cpu.hw_virt_state), cpu.hw_virt_because, cpu.evidence), nested]


_OF_SYSTEM = {"windows": _on_windows}
"""Where guests are started otherwise than Linux does it."""


def _on_hyperv_root(hypervisor: Hypervisor) -> list[Guest]:
    """A root partition starts Hyper-V's guests, whatever flags it sees: Hyper-V uses what they tell of (TLFS,
    "Partition Properties")."""
    seen = hypervisor.evidence[:2]
    taken = "Hyper-V has the processor; its guests are those of Hyper-V"
    return [
        *(Guest(kind, False, taken, seen) for kind in ("kvm", "xen-pv", "xen-pvh", "xen-hvm")),
        Guest("windows", True, "as a Hyper-V guest, which this root partition starts", seen),
        Guest("nested", None, "Hyper-V decides for each guest (ExposeVirtualizationExtensions)", seen),
    ]


def _on_dom0(xen: Xen) -> list[Guest]:
    """Xen's capabilities string lists what this Xen can start: xen-3.0-* is PV, hvm-3.0-* is HVM and PVH; on
    ARM xen-3.0-* is the one kind of guest there is, which xl.cfg(5) calls PVH."""
    seen = [xen.guests_evidence] if xen.guests_evidence else []
    arm = any(word.endswith(ON_ARM) for word in xen.guests)
    pv = not arm and any(word.startswith("xen-3.") for word in xen.guests)
    hvm = any(word.startswith("hvm-3.") for word in xen.guests)
    known = bool(xen.guests)
    because = f"Xen's capabilities: {' '.join(xen.guests)}" if known else "Xen's capabilities are not shown"
    return [
        Guest("kvm", False, "Xen has the processor; KVM needs a kernel on the bare machine", seen),
        Guest("xen-pv", pv if known else None, because, seen),
        Guest("xen-pvh", hvm or arm if known else None, because, seen),
        Guest("xen-hvm", hvm if known else None, because, seen),
    ]


def _kvm(cpu: Cpu, hypervisor: Hypervisor, containers: Containers, hosting: Hosting) -> Answer:
    if hypervisor.kind in PROCESS_KINDS:
        return False, "this kernel is a process of its host"
    if cpu.kvm_device == "openable" and hosting.software:
        return True, f"/dev/kvm opens, served by {hosting.software}: Linux kernels made for it, in software"
    if cpu.kvm_device == "openable":
        how = "with" if cpu.hw_virt else "without"
        return True, f"/dev/kvm opens, {how} {cpu.hw_virt or 'a VT-x or AMD-V flag'}"
    if cpu.kvm_device == "denied":
        return None, "/dev/kvm exists but may not be opened by this user"
    if containers.names:
        return None, f"/dev/kvm is not shown inside {containers.names[0]}; ask the host"
    if hosting.in_kernel:
        return None, "the kernel has KVM (/proc/misc), and /dev/kvm is not shown here"
    if cpu.hw_virt_state == "firmware-disabled":
        return False, f"{cpu.hw_virt_because}: switch it on there"
    if cpu.hw_virt_state == "present":
        return True, f"{cpu.hw_virt_because}; load the kvm module"
    if containers.certain is None and cpu.hw_virt_state in ("absent", "hidden"):
        return (
            None,
            f"{cpu.hw_virt_because}; a container's host could have it, and nothing shows that this is none",
        )
    if cpu.kvm_device is None and cpu.hw_virt_state in ("absent", "hidden"):
        return None, f"{cpu.hw_virt_because}; whether there is a /dev/kvm all the same is not recorded"
    return False if cpu.hw_virt_state in ("absent", "hidden") else None, cpu.hw_virt_because


def _xen_pv(cpu: Cpu, hypervisor: Hypervisor, boots: Answer, flags: frozenset[str]) -> Answer:
    if cpu.arch not in _X86:
        return False, f"Xen has no PV guests on {cpu.arch}"
    if boots[0] and not cpu.arch and not _is_x86(cpu, flags):
        if hypervisor.kind in _OTHER_KINDS:
            return (
                False,
                f"{KINDS[hypervisor.kind]} runs on no x86 machine, and Xen has PV guests there alone",
            )
        if hypervisor.kind == "lpar" or any(one.signal in _OTHER_SIGNALS for one in hypervisor.witnesses):
            return None, "the architecture is not shown; what names this machine is seldom an x86 one's"
    return boots[0], f"{boots[1]}; PV needs no VT-x or AMD-V"


_OTHER_KINDS = ("powervm", "zvm", "ldoms")
"""Hypervisors of POWER, s390 and SPARC alone."""
_OTHER_SIGNALS = ("device-tree", "cpuinfo", "sysinfo")
"""Where machines that are no PC name themselves."""


def _is_x86(cpu: Cpu, flags: frozenset[str]) -> bool:
    """Whether a processor whose architecture is not told shows it: by a flag of x86's, or by its name."""
    return "fpu" in flags or any(word in (cpu.model or "") for word in X86_MODELS)


def _xen_full(cpu: Cpu, boots: Answer) -> Answer:
    """PVH and HVM, where Xen does not run yet: it has to boot here, and needs the processor's help."""
    able = (boots[0], _SHOWN.get(cpu.hw_virt_state))
    possible = False if False in able else None if None in able else True
    return possible, boots[1] if boots[0] is False else f"{cpu.hw_virt_because}; {boots[1]}"


def _can_boot_xen(hypervisor: Hypervisor, containers: Containers, seen: Seen) -> Answer:
    """Whether Xen could be started in place of the present kernel."""
    if containers.names and containers.certain:
        return False, "a container cannot boot another hypervisor"
    if containers.names:
        return None, "a container cannot boot another hypervisor, and nothing proves or disproves that one"
    if hypervisor.kind == "xen" and hypervisor.mode in ("pv", "pvh"):
        why = f"a Xen {hypervisor.mode.upper()} guest cannot boot a Xen of its own"
        return (False, why) if _shows_mode(seen) else (None, f"{why}, and what mode this is in is not shown")
    if hypervisor.kind in PROCESS_KINDS:
        return False, "this kernel is a process of its host"
    if hypervisor.vmm in OWN_KERNEL_FROM_OUTSIDE:
        return None, f"{VMMS[hypervisor.vmm]} boots the kernel that its user gives it"
    if hypervisor.kind == "jailhouse":
        return None, "a cell of Jailhouse has no firmware, and is given its kernel by its host"
    if hypervisor.kind == "unknown":
        return None, "it is not known what lies beneath"
    where = "this machine" if hypervisor.kind == "none" else "this guest"
    return True, f"Xen can be booted on {where} in place of the present kernel"


def _shows_mode(seen: Seen) -> bool:
    """Whether Xen's mode was named, or anything that tells HVM from PV was looked at."""
    looked = seen.cpuid.asked or seen.smbios.values or seen.smbios.absent or seen.functions
    return bool(seen.xen.mode or looked)


def _windows(cpu: Cpu, found: list[Guest], hosting: Hosting) -> Guest:
    full = [one for one in found if one.kind in ("kvm", "xen-hvm")]
    seen = list(dict.fromkeys(id_ for one in full for id_ in one.evidence))
    able = next((one for one in full if one.possible), None)
    if able and able.kind == "kvm" and hosting.software:
        return Guest("windows", None, f"it is not known whether {hosting.software} runs Windows", seen)
    if able and able.kind == "kvm" and cpu.hw_virt_state == "hidden":
        why = "something other than VT-x or AMD-V serves /dev/kvm: whether Windows runs on it is not known"
        return Guest("windows", None, why, seen)
    if able:
        return Guest("windows", True, f"as a {able.kind} guest; never under Xen PV", seen)
    possible = None if any(one.possible is None for one in full) else False
    # what is open decides where something is: the reason is the first of those that leave it so
    reason = next(one.because for one in full if one.possible is possible)
    return Guest("windows", possible, f"needs KVM or Xen HVM: {reason}; never under Xen PV", seen)


def _nested(cpu: Cpu, found: list[Guest], hosting: Hosting) -> Guest:
    """Whether the guests of this machine could host guests of their own."""
    seen = hosting.nested_evidence
    kvm = next((one for one in found if one.kind == "kvm"), None)
    if kvm and kvm.possible and hosting.software:
        return Guest("nested", None, f"it is not known whether {hosting.software} nests", kvm.evidence)
    if cpu.nested is not None and kvm and kvm.possible:
        word = "on" if cpu.nested else "off"
        return Guest("nested", cpu.nested, f"the kvm module's nested parameter is {word}", seen)
    if all(one.possible is False for one in found if one.kind in ("kvm", "xen-hvm", "xen-pvh")):
        return Guest("nested", False, "no guest with hardware help is possible here", seen)
    return Guest("nested", None, "no loaded kvm module says whether it nests", seen)
