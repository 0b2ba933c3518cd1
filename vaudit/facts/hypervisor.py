"""Weighs the witnesses: which hypervisor, in which mode, seen from which side."""

from typing import Literal, get_args

import msgspec

from vaudit.facts.signatures import IMITATIONS, VMM_IMPLIES
from vaudit.facts.values import Seen, Value
from vaudit.model.facts import Hypervisor, HypervisorKind, HypervisorMode, Role, Witness
from vaudit.model.names import KINDS, VMMS

_KINDS = get_args(HypervisorKind)
DECIDES = 40
"""The least weight of a signal that can name a hypervisor by itself."""
_OWN_VMM = ("vmware", "virtualbox", "hyperv", "parallels")
"""Hypervisors that serve their guests themselves; what looks like QEMU's there is only made alike."""
_UNSPOKEN = "guest"


class Choice(Value, frozen=True):
    """A verdict and how heavy the signals behind it are."""

    name: str
    weight: int


def collect(seen: Seen, witnesses: list[Witness]) -> Hypervisor:
    """The innermost hypervisor. Contradicting signals are listed, never dropped."""
    witnesses, contradictions = _set_imitations_aside(witnesses)
    vmm = _heaviest(witnesses, "vmm:")
    witnesses = [*witnesses, *_implied_by(vmm, witnesses, seen)]
    kind, weight = _kind(witnesses)
    role = _role(seen, witnesses, kind)
    mode = _mode(seen, kind)
    beneath = None
    if (role == "host" and kind != "none") or (kind, mode) == ("xen", "pv") or kind == "uml":
        witnesses, beneath = _look_beneath(witnesses, kind)
    contradictions += _disagreements(witnesses, kind)
    vmm, cloud = _heaviest(witnesses, "vmm:"), _heaviest(witnesses, "cloud:")
    ordered = sorted(witnesses, key=lambda one: -one.weight)
    return Hypervisor(
        kind=kind,
        mode=mode,
        role=role,
        version=seen.xen.version or seen.cpuid.xen_version if kind == "xen" else None,
        vmm=vmm.name
        if vmm and role == "guest" and kind not in _OWN_VMM and mode not in ("pv", "pvh")
        else None,
        cloud=cloud.name if cloud else None,
        beneath=beneath,
        confidence=_confidence(witnesses, kind, weight, contradictions),
        witnesses=ordered,
        contradictions=contradictions,
        evidence=list(dict.fromkeys(one.evidence for one in ordered if one.evidence)),
    )


def _set_imitations_aside(witnesses: list[Witness]) -> tuple[list[Witness], list[str]]:
    """A signal of a hypervisor that another one, which also speaks, is known to imitate."""
    speaking = {one.points_to for one in witnesses if one.weight >= DECIDES}
    speaking |= {VMM_IMPLIES.get(name[4:], "") for name in speaking if name.startswith("vmm:")}
    result, contradictions = [], []
    for one in witnesses:
        reason = next(
            (
                why
                for (copied, copier), why in IMITATIONS.items()
                if one.points_to == copied and copier in speaking
            ),
            None,
        )
        if reason and one.signal != "bus":
            contradictions.append(f"{one.says}, set aside: {reason}")
            says = f"{one.says} (set aside: {reason})"
            result.append(msgspec.structs.replace(one, weight=0, says=says))
        else:
            result.append(one)
    return result, list(dict.fromkeys(contradictions))


def _heaviest(witnesses: list[Witness], prefix: str) -> Choice | None:
    """The name with the heaviest signal; sums decide between equals."""
    totals: dict[str, tuple[int, int]] = {}
    for one in witnesses:
        if one.points_to.startswith(prefix):
            name = one.points_to.removeprefix(prefix)
            top, total = totals.get(name, (0, 0))
            totals[name] = max(top, one.weight), total + one.weight
    if not totals:
        return None
    name = max(totals, key=lambda one: totals[one])
    return Choice(name, totals[name][0])


def _implied_by(vmm: Choice | None, witnesses: list[Witness], seen: Seen) -> list[Witness]:
    """The hypervisor under a known VMM, where no signal names one."""
    named = {one.points_to for one in witnesses if one.weight >= DECIDES} & set(_KINDS)
    if not vmm or named - {"none"} or vmm.name not in VMM_IMPLIES:
        return []
    if vmm.name != "qemu":
        kind = VMM_IMPLIES[vmm.name]
        why = f"{VMMS.get(vmm.name, vmm.name)} runs on {KINDS[kind]}"
        return [Witness("inference", why, "", kind, min(vmm.weight, 60))]
    kind, why, weight = _under_qemu(seen)
    return [Witness("inference", why, "", kind, min(vmm.weight, weight))]


def _under_qemu(seen: Seen) -> tuple[str, str, int]:
    """KVM or QEMU's software emulation (TCG), where neither has named itself.

    Since 2.9, TCG answers CPUID 0x40000000 with its name, with or without the hypervisor flag; it has no
    vmx; kvm=off, which hides KVM's name, came with 2.1 (QEMU target/i386/cpu.c and its change logs).
    """
    silent = seen.cpuid.searched
    version = _qemu_version(seen.processor.known.model or "")
    if "vmx" in seen.processor.flags:
        return "kvm", "QEMU serves this guest, and its software emulation never shows vmx", 80
    if silent and version and version < (2, 1):
        shown = f"QEMU {version[0]}.{version[1]}"
        return "qemu", f"{shown} could not hide KVM, and KVM does not show itself", 75
    if silent:
        return "kvm", "QEMU serves this guest, and its software emulation would name itself", 75
    return "kvm", "QEMU serves this guest, and most QEMU guests run on KVM (CPUID is not recorded)", 60


def _qemu_version(model: str) -> tuple[int, int] | None:
    """Of a processor that QEMU calls `QEMU Virtual CPU version 2.5+`."""
    major, _, minor = model.partition("QEMU Virtual CPU version ")[2].partition(".")
    digits = minor[: len(minor) - len(minor.lstrip("0123456789"))]
    return (int(major), int(digits)) if major.isdecimal() and digits else None


def _kind(witnesses: list[Witness]) -> tuple[HypervisorKind, int]:
    best: dict[str, tuple[int, int]] = {}
    for one in witnesses:
        if one.points_to in _KINDS or one.points_to == _UNSPOKEN:
            top, total = best.get(one.points_to, (0, 0))
            best[one.points_to] = max(top, one.weight), total + one.weight
    bare = best.pop("none", (0, 0))
    unnamed = best.pop(_UNSPOKEN, (0, 0))
    name = max(best, key=lambda one: best[one], default="")
    if name and best[name][0] >= DECIDES and best[name] >= bare:
        return name, best[name][0]  # type: ignore[return-value]
    if bare[0] and bare[0] > unnamed[0]:
        return "none", bare[0]
    if bare[0] and not unnamed[0]:
        return "none", bare[0]
    return "unknown", unnamed[0]


def _look_beneath(witnesses: list[Witness], kind: str) -> tuple[list[Witness], HypervisorKind | None]:
    """What signals say of anything but this hypervisor is true of the layer under it.

    Xen PV and User-mode Linux run CPUID on the processor itself; dom0 sees the machine's own devices.
    """
    under, here = [], []
    for one in witnesses:
        other = one.points_to in _KINDS and one.points_to != kind
        through = one.signal in ("cpuid", "cpu-flag", "dmi", "acpi", "pci", "smbios", "inference")
        if one.weight and through and (other or one.points_to.startswith("vmm:")):
            under.append(one)
            says = f"{one.says} (of the layer under {KINDS[kind]})"
            here.append(msgspec.structs.replace(one, says=says, points_to=f"beneath:{one.points_to}"))
        else:
            here.append(one)
    found, _ = _kind(under)
    return here, None if found == "unknown" else found


def _disagreements(witnesses: list[Witness], kind: str) -> list[str]:
    said = []
    for one in witnesses:
        other = one.points_to in _KINDS and one.points_to != kind
        bare_against = kind == "none" and one.points_to == _UNSPOKEN
        if one.weight and (other or bare_against):
            said.append(f"{one.says}, which speaks for {KINDS.get(one.points_to, 'a hypervisor')}")
    return list(dict.fromkeys(said))


def _role(seen: Seen, witnesses: list[Witness], kind: str) -> Role:
    hosts = any(one.points_to == "role:host" and one.weight for one in witnesses)
    if hosts and kind in ("xen", "hyperv", "ldoms"):
        return "host"
    if kind != "none":
        known = kind != "unknown" or any(one.points_to == _UNSPOKEN for one in witnesses)
        return "guest" if known else "none"
    return "host" if seen.hosting.running else "none"


def _mode(seen: Seen, kind: str) -> HypervisorMode | None:
    if kind == "unknown":
        return None
    if kind == "xen":
        return seen.xen.mode or _xen_mode(seen)
    if kind == "none":
        return "none"
    return "para" if kind in ("uml", "lx86", "zvm", "lpar", "powervm") else "full"


def _xen_mode(seen: Seen) -> HypervisorMode:
    """From features and devices, where the system itself does not name the mode."""
    if seen.xen.control:
        return "pvh" if seen.xen.auto_translated else "pv"
    # the instruction itself is answered by Xen in HVM and PVH, never in PV
    native = any(one.name == "XenVMMXenVMM" for one in seen.cpuid.interfaces)
    if seen.xen.auto_translated or native:
        # PVH has neither firmware nor a PCI bus
        return "pvh" if seen.smbios.absent and not seen.functions else "hvm"
    platform = any(one.vendor == "5853" for one in seen.functions) or bool(seen.smbios.values)
    return "hvm" if platform else "pv"


def _confidence(
    witnesses: list[Witness], kind: str, weight: int, contradictions: list[str]
) -> Literal["certain", "likely", "weak", "none"]:
    if kind == "unknown":
        return "none"
    agreeing = {one.signal for one in witnesses if one.points_to == kind and one.weight}
    if weight >= 75 and not contradictions:
        return "certain"
    if weight >= 75 or (len(agreeing) > 1 and not contradictions):
        return "likely" if contradictions else "certain"
    return "likely" if weight >= 50 else "weak"
