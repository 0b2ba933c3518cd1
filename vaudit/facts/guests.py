"""What this machine could host, and because of what.

Xen PV needs no help from the processor but a guest kernel made for it, so never Windows; Xen HVM, Xen PVH and
KVM need VT-x or AMD-V (wiki.xenproject.org: Virtualization Spectrum; Documentation/virt/kvm).
"""

from vaudit.evidence.source import Source
from vaudit.model.facts import Cpu, Guest, Hypervisor
from vaudit.model.names import VMMS

_XEN_CAPABILITIES = "/sys/hypervisor/properties/capabilities"
PROCESSES = ("uml", "lx86", "wine", "illumos")
"""Kinds whose kernel is a process of the host and runs no privileged code."""
_CPU = ["file:/proc/cpuinfo", "device:/dev/kvm"]


def collect(source: Source, cpu: Cpu, hypervisor: Hypervisor, containers: list[str]) -> list[Guest]:
    """One answer for each kind of guest; `possible` is None where the evidence does not tell."""
    xen = hypervisor.kind == "xen" and hypervisor.role == "host"
    if xen:
        found = _on_dom0((source.line(_XEN_CAPABILITIES) or "").split())
    else:
        found = [_kvm(cpu, hypervisor, containers), *_xen_elsewhere(cpu, hypervisor, containers)]
    return [*found, _windows(found), _nested(cpu, found)]


def _on_dom0(capabilities: list[str]) -> list[Guest]:
    """Xen's capabilities string lists what this Xen can start: xen-3.0-* is PV, hvm-3.0-* is HVM and PVH."""
    seen = [f"file:{_XEN_CAPABILITIES}"]
    pv = any(word.startswith("xen-3.") for word in capabilities)
    hvm = any(word.startswith("hvm-3.") for word in capabilities)
    known = bool(capabilities)
    because = f"Xen's capabilities: {' '.join(capabilities)}" if known else "Xen's capabilities are not shown"
    return [
        Guest("kvm", False, "Xen has the processor; KVM needs a kernel on the bare machine", seen),
        Guest("xen-pv", pv if known else None, because, seen),
        Guest("xen-pvh", hvm if known else None, because, seen),
        Guest("xen-hvm", hvm if known else None, because, seen),
    ]


def _kvm(cpu: Cpu, hypervisor: Hypervisor, containers: list[str]) -> Guest:
    if hypervisor.kind in PROCESSES:
        return Guest("kvm", False, "this kernel is a process of its host", _CPU)
    if cpu.kvm_device == "openable":
        how = "with" if cpu.hw_virt else "without"
        flag = cpu.hw_virt or "a VT-x or AMD-V flag"
        return Guest("kvm", True, f"/dev/kvm opens, {how} {flag}", _CPU)
    if cpu.kvm_device == "denied":
        return Guest("kvm", None, "/dev/kvm exists but may not be opened by this user", _CPU)
    if containers:
        return Guest("kvm", None, f"/dev/kvm is not shown inside {containers[0]}; ask the host", _CPU)
    if cpu.hw_virt_state == "firmware-disabled":
        return Guest("kvm", False, f"{cpu.hw_virt_because}: switch it on there", _CPU)
    if cpu.hw_virt_state == "present":
        return Guest("kvm", True, f"{cpu.hw_virt_because}; load the kvm module", _CPU)
    if cpu.hw_virt_state in ("absent", "hidden"):
        return Guest("kvm", False, cpu.hw_virt_because, _CPU)
    return Guest("kvm", None, cpu.hw_virt_because, _CPU)


def _xen_elsewhere(cpu: Cpu, hypervisor: Hypervisor, containers: list[str]) -> list[Guest]:
    """Where Xen does not run yet: whether it could be booted, and what it could then host."""
    x86 = cpu.arch in ("x86_64", "i686", "i586", None)
    boots, why = _can_boot_xen(hypervisor, containers)
    if not x86:
        pv = Guest("xen-pv", False, f"Xen has no PV guests on {cpu.arch}", _CPU)
    else:
        pv = Guest("xen-pv", boots, f"{why}; PV needs no VT-x or AMD-V", _CPU)
    flag = {"usable": True, "present": True, "absent": False, "firmware-disabled": False}.get(
        cpu.hw_virt_state
    )
    if cpu.hw_virt_state == "hidden":
        flag = False
    possible = False if False in (boots, flag) else None if None in (boots, flag) else True
    because = why if boots is False else f"{cpu.hw_virt_because}; {why}"
    return [pv, Guest("xen-pvh", possible, because, _CPU), Guest("xen-hvm", possible, because, _CPU)]


def _can_boot_xen(hypervisor: Hypervisor, containers: list[str]) -> tuple[bool | None, str]:
    if containers:
        return False, "a container cannot boot another hypervisor"
    if hypervisor.kind == "xen" and hypervisor.mode in ("pv", "pvh"):
        return False, f"a Xen {hypervisor.mode.upper()} guest cannot boot a Xen of its own"
    if hypervisor.kind in PROCESSES:
        return False, "this kernel is a process of its host"
    if hypervisor.vmm in ("firecracker", "crosvm"):
        return None, f"{VMMS[hypervisor.vmm]} boots the kernel that its user gives it"
    if hypervisor.kind == "unknown":
        return None, "it is not known what lies beneath"
    where = "this machine" if hypervisor.kind == "none" else "this guest"
    return True, f"Xen can be booted on {where} in place of the present kernel"


def _windows(found: list[Guest]) -> Guest:
    full = [one for one in found if one.kind in ("kvm", "xen-hvm")]
    seen = list(dict.fromkeys(id_ for one in full for id_ in one.evidence))
    able = next((one for one in full if one.possible), None)
    if able:
        return Guest("windows", True, f"as a {able.kind} guest; never under Xen PV", seen)
    possible = None if any(one.possible is None for one in full) else False
    reason = max((one.because for one in full), key=len)
    return Guest("windows", possible, f"needs KVM or Xen HVM: {reason}; never under Xen PV", seen)


def _nested(cpu: Cpu, found: list[Guest]) -> Guest:
    """Whether the guests of this machine could host guests of their own."""
    kvm = next((one for one in found if one.kind == "kvm"), None)
    seen = ["file:/sys/module/kvm_intel/parameters/nested", "file:/sys/module/kvm_amd/parameters/nested"]
    if cpu.nested is not None and kvm and kvm.possible:
        word = "on" if cpu.nested else "off"
        return Guest("nested", cpu.nested, f"the kvm module's nested parameter is {word}", seen)
    if all(one.possible is False for one in found if one.kind in ("kvm", "xen-hvm", "xen-pvh")):
        return Guest("nested", False, "no guest with hardware help is possible here", seen)
    return Guest("nested", None, "no loaded kvm module says whether it nests", seen)
