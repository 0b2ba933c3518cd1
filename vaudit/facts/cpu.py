"""The processor's virtualization extensions: what shows, and whether it can be used here."""

from __future__ import annotations  # those of tables take longer to work out than the tables

from typing import Any, Literal

from msgspec import structs

from vaudit.facts import sold
from vaudit.facts.values import Cpuid, Flags, Processor, Seen, Xen
from vaudit.model.facts import Cpu, HwVirt, HwVirtState, Hypervisor, KvmDevice

X86 = ("x86_64", "i686", "i586", "i486", "i386", "amd64", "x86")
X86_MODELS = ("Intel", "AMD", "Hygon", "QEMU Virtual CPU", "QEMU TCG CPU", "KVM processor")
"""Words in the names of x86's processors, which have VT-x or AMD-V or could."""
_NEW = frozenset(
    ("ept", "npt", "nopl", "xsave", "xsaveopt", "arat", "cpuid", "fsgsbase", "bmi1", "avx2", "smep")
)
"""Flags that kernels list since 2.6.27 or later, as `hypervisor` (arch/x86/include/asm/cpufeatures.h)."""
_ARM = ("aarch64", "arm64")
ON_ARM = ("-aarch64", "-armv7l")
"""How the capabilities of a Xen on ARM end, which runs at EL2 or not at all."""


def flags(found: Processor, cpuid: Cpuid, arch: str | None = None) -> Flags:
    """What is listed and what CPUID answers, together: a kernel clears the flags of what is locked off.

    Lists of other processors than x86's (`Flags: fp asimd …`) have no flag for any of it.
    """
    listed = found.flags if _is_x86(arch, found.flags) else frozenset[str]()
    shown = found.extension
    if "vmx" in listed or (not listed and cpuid.vmx):
        shown = "vt-x"
    elif "svm" in listed or (not listed and cpuid.svm):
        shown = "amd-v"
    paging = True if "ept" in listed or "npt" in listed or cpuid.npt else None
    # AMD's flags stand in a leaf of their own
    asked = cpuid.asked and (cpuid.extended or found.known.vendor == "GenuineIntel")
    return Flags(
        hypervisor=cpuid.hypervisor if cpuid.asked else _listed("hypervisor", listed, found.lists_hypervisor),
        hypervisor_evidence="cpuid:1 0" if cpuid.asked else next(iter(found.evidence), ""),
        by_instruction=cpuid.asked,
        new_list=not listed.isdisjoint(_NEW),
        hw_virt=shown,
        unlisted=bool(shown) and not listed and found.extension is None,
        asked=asked,
        cleared=bool(listed) and found.whole and shown is None and (cpuid.vmx or cpuid.svm),
        readable=bool(listed and found.whole) or asked or found.tells_extension,
        nested_paging=False if paging is None and listed and found.whole and shown else paging,
        evidence=[*found.evidence, "cpuid:1 0"] if cpuid.asked else found.evidence,
    )


def _is_x86(arch: str | None, listed: frozenset[str]) -> bool:
    return arch in X86 if arch else "fpu" in listed


def would_list_hypervisor(listed: frozenset[str]) -> bool:
    """Whether a kernel's whole list says by its silence that there is none.

    Older kernels list the flag for nobody, but hypervisors have always hidden MONITOR from their guests.
    """
    return not listed.isdisjoint(_NEW | {"monitor"})


def _listed(flag: str, listed: frozenset[str], whole: bool) -> bool | None:
    """Whether a flag is in a list; None where the list may have been cut before it."""
    return True if flag in listed else False if listed and whole else None


def collect(seen: Seen, hypervisor: Hypervisor, guest: bool | None) -> Cpu:
    """The processor's facts. `guest`: whether a hypervisor lies beneath; None when that is not known."""
    arch, found, shown, hosting = seen.architecture, seen.processor, seen.flags, seen.hosting
    state, because = _state(seen, hypervisor, guest)
    return structs.replace(
        found.known,
        arch=arch,
        hw_virt=shown.hw_virt or _arm_el2(arch, found, hosting.device),
        hw_virt_state=state,
        hw_virt_because=because,
        nested_paging=_paging(shown),
        nested=hosting.nested,
        kvm_device=hosting.device,
        hypervisor_flag=shown.hypervisor,
        **_as_sold(seen, guest),
        evidence=[*shown.evidence, *hosting.device_evidence],
        shown_by={
            **found.known.shown_by,
            "kvm_device": hosting.device_evidence,
            "nested": hosting.nested_evidence,
        },
    )


def _as_sold(seen: Seen, guest: bool | None) -> dict[str, Any]:
    """The fields on what the processor is sold as."""
    found, x86 = seen.processor, _is_x86(seen.architecture, seen.processor.flags)
    listed = found.flags if x86 and found.whole else frozenset[str]()
    named, because = sold.named(found.known.model, found.known.vendor, listed) if x86 else (None, "")
    invariant = listed.issuperset(("constant_tsc", "nonstop_tsc")) if listed else seen.cpuid.invariant_tsc
    bugs = sold.vulnerabilities(found.bugs, found.parameters, guest)
    return {
        "level": sold.level(listed),
        "level_by_name": sold.level_by_name(found.known.model) if x86 else None,
        "flags": [flag for flag in sold.ASKED if flag in listed] if listed else None,
        "named": named,
        "named_because": because,
        "invariant_tsc": invariant if x86 else None,
        "caches": seen.cpuid.caches,
        "vulnerabilities": bugs,
        "untold_vulnerabilities": [
            one.name for one in bugs if (one.state, one.actor) == ("unknown", "provider")
        ],
    }


def _state(seen: Seen, hypervisor: Hypervisor, guest: bool | None) -> tuple[HwVirtState, str]:
    """As the hypervisor of a host says, or else as the processor shows it."""
    if hypervisor.role == "host" and hypervisor.kind == "xen":
        return _dom0(seen.xen)
    if hypervisor.role == "host" and hypervisor.kind == "hyperv":
        return "usable", "Hyper-V runs here and uses it, so that it is hidden from its root partition"
    said = hw_virt_state(
        seen.architecture,
        seen.processor,
        seen.flags,
        seen.hosting.device,
        guest,
        unasked=_UNASKED[seen.system],
    )
    if said[0] == "absent" and hypervisor.confidence == "weak":
        return "unknown", "no flag, and it is only probable that no hypervisor hides it"
    return said


_UNASKED = {"linux": "/dev/kvm is not known", "windows": ""}
"""What is said where nothing told whether guests can be started: by the system that starts them."""


def hw_virt_state(
    arch: str | None,
    found: Processor,
    shown: Flags,
    device: KvmDevice | None,
    guest: bool | None,
    *,
    unasked: str = "",
) -> tuple[HwVirtState, str]:
    """Usable, present, switched off, hidden or absent, and because of what."""
    off = _switched_off(found, shown, guest)
    if off:
        return "firmware-disabled", off
    if found.used and guest is False:
        return "usable", found.used
    if found.used and guest:
        return "unknown", "this guest's Windows runs a hypervisor or security of its own, which hides it"
    if shown.hw_virt and device == "openable":
        return "usable", f"the {shown.hw_virt} flag shows and /dev/kvm opens"
    if shown.hw_virt and shown.unlisted:
        return "unknown", f"CPUID shows {shown.hw_virt}; whether the kernel may use it was not read"
    if shown.hw_virt:
        return "present", f"the {shown.hw_virt} flag shows" + _device(device, unasked, "; ")
    if arch not in (*X86, None):
        return _without_flags(arch, found, device, guest, unasked=unasked)
    if not shown.readable:
        return "unknown", "no processor flags were seen"
    if guest:
        extra = "; /dev/kvm opens all the same, through software" if device == "openable" else ""
        return "hidden", f"a hypervisor lies beneath and shows no flag{extra}"
    if guest is False and shown.asked:
        return "absent", "no flag on a machine without a hypervisor"
    if guest is False:
        return "unknown", "no flag is listed; whether firmware switched it off, only the processor could tell"
    return "unknown", "no flag, and it is not known whether a hypervisor hides it"


def _dom0(xen: Xen) -> tuple[HwVirtState, str]:
    """Xen's capabilities say whether it starts guests with the processor's help."""
    if not xen.guests:
        return "unknown", "Xen runs here; whether it uses the processor's help is not shown"
    if any(word.startswith("hvm-") for word in xen.guests):
        return "usable", "Xen runs here and uses it: its capabilities name HVM"
    if any(word.endswith(ON_ARM) for word in xen.guests):
        return "usable", "Xen runs here, on ARM: at EL2"
    return "unknown", "Xen runs here without it: absent, or switched off in the firmware"


def _device(device: KvmDevice | None, unasked: str, between: str) -> str:
    """What is said of /dev/kvm behind something else; nothing where it is not asked for."""
    said = f"/dev/kvm is {device}" if device else unasked
    return between + said if said else ""


def _without_flags(
    arch: str | None, found: Processor, device: KvmDevice | None, guest: bool | None, *, unasked: str
) -> tuple[HwVirtState, str]:
    """Where no flag tells: by the device, and on ARM by the level that the kernel was started at."""
    if device == "openable":
        return "usable", "/dev/kvm opens" + (", so the kernel was started at EL2" if arch in _ARM else "")
    if found.el2:
        return "present", "the kernel was started at EL2" + _device(device, unasked, "; ")
    if guest and found.el2 is False:
        return "hidden", "a hypervisor lies beneath and starts this kernel at EL1"
    if guest and device == "absent":
        return "hidden", "a hypervisor lies beneath, and there is no /dev/kvm"
    if device == "denied":
        return "unknown", "/dev/kvm exists but may not be opened by this user"
    return "unknown", f"no flag tells on {arch}" + _device(device, unasked, ", and ")


def _switched_off(found: Processor, shown: Flags, guest: bool | None) -> str:
    """Why firmware is known to have switched it off; a guest's registers are its hypervisor's."""
    if shown.cleared and not guest:
        return "the processor has it (CPUID), but the kernel found it locked off in firmware"
    if found.locked and not guest:
        return f"{found.locked}: the firmware switched it off and locked it"
    return found.switched_off


def _paging(shown: Flags) -> Literal["ept", "npt"] | None:
    if not shown.nested_paging:
        return None
    return "ept" if shown.hw_virt == "vt-x" else "npt" if shown.hw_virt == "amd-v" else None


def _arm_el2(arch: str | None, found: Processor, device: KvmDevice | None) -> HwVirt | None:
    started = device == "openable" or found.el2
    return "arm-el2" if arch in _ARM and started else None
