"""Weighs the witnesses: which hypervisor, in which mode, seen from which side."""

from __future__ import annotations  # those of tables take longer to work out than the tables

from collections.abc import Callable

from msgspec import structs

from vaudit import procfs
from vaudit.facts import weights as w
from vaudit.facts.signatures import (
    CONTROLLED_KINDS,
    IMITATIONS,
    OWN_VMM_KINDS,
    PARAVIRTUAL_KINDS,
    VMM_IMPLIES,
)
from vaudit.facts.values import Seen
from vaudit.facts.weights import CERTAIN, DECIDES, LIKELY, Weight, witness
from vaudit.model.facts import (
    Cloud,
    Confidence,
    Confidential,
    Hypervisor,
    HypervisorKind,
    HypervisorMode,
    Points,
    Role,
    Signal,
    Vmm,
    Witness,
)
from vaudit.model.names import KINDS, VMMS

_THROUGH: tuple[Signal, ...] = ("cpuid", "cpu-flag", "dmi", "acpi", "pci", "smbios", "inference")
"""Signals that a kernel can see through the hypervisor under it."""
_SELDOM_KVM = ("riscv", "mips", "alpha", "hppa", "m68k", "sh4", "sparc", "microblaze", "xtensa", "or1k")
"""Architectures whose guests of QEMU are emulated, all but a few."""
_EXACT_FIRST: tuple[Confidential, ...] = ("sev-snp", "sev-es", "sev", "tdx", "cca", "protvirt", "pef", "vbs")
_INTERFACES: tuple[Signal, ...] = ("cpuid", "kernel-log", "lscpu", "clocksource")
"""Signals through which a hypervisor is asked, on which no physical machine answers."""
_FIRMWARE: tuple[Signal, ...] = ("dmi", "acpi")
"""What Xen imitates of nobody: it is the machine's, which a PV domain sees."""
_COPIERS = {copier for _, copier in IMITATIONS}
_DEVICES: Signal = "bus"
"""Devices are there or not; only interfaces are imitated."""


def collect(seen: Seen, witnesses: list[Witness]) -> Hypervisor:
    """The innermost hypervisor. Contradicting signals are listed, never dropped."""
    witnesses, contradictions = _set_imitations_aside(seen, _believe_the_processor(seen, witnesses))
    witnesses = [*witnesses, *_implied(witnesses, seen)]
    kind, weight = _kind(witnesses)
    controls = any(one.points.role == "host" and one.weight for one in witnesses)
    mode = _mode(seen, kind, controls)
    witnesses = [*witnesses, *_control_by_firmware(seen, kind, mode)]
    role = _role(seen, witnesses, kind)
    beneath = None
    if (
        (role == "host" and kind in CONTROLLED_KINDS)
        or (kind, mode) == ("xen", "pv")
        or kind in ("uml", "wine")
    ):
        witnesses, beneath = _look_beneath(seen, witnesses, kind)
    contradictions += _disagreements(witnesses, kind)
    here = [one for one in witnesses if not one.points.beneath]
    inside = role == "guest" or (role == "host" and kind not in ("none", *CONTROLLED_KINDS))
    serves = inside and kind not in OWN_VMM_KINDS and mode not in ("pv", "pvh")
    ordered = sorted(witnesses, key=lambda one: -one.weight)
    confidence = _confidence(here, kind, weight, contradictions)
    confidential = _protection(seen) if role == "guest" else None
    return Hypervisor(
        kind=kind,
        mode=mode,
        role=role,
        version=seen.cpuid.xen_version if kind == "xen" else None,
        vmm=_vmm(here) if serves else None,
        cloud=_cloud(here),
        beneath=beneath,
        confidential=confidential,
        protected=True if confidential else False if seen.unprotected and role == "guest" else None,
        accelerated=_accelerated(seen, here, kind, confidence),
        confidence=confidence,
        witnesses=ordered,
        contradictions=contradictions,
        evidence=list(dict.fromkeys(one.evidence for one in ordered if one.evidence)),
    )


def _believe_the_processor(seen: Seen, witnesses: list[Witness]) -> list[Witness]:
    """What a cloud's name says of the hypervisor, where the processor says that there is none.

    Clouds rent out whole machines under the names that their guests have; the cloud itself stays named.
    """
    if seen.flags.hypervisor is not False:
        return witnesses
    clouds = {(one.says, one.evidence) for one in witnesses if one.points.cloud}
    return [_cloud_only(one) if (one.says, one.evidence) in clouds else one for one in witnesses]


def _cloud_only(one: Witness) -> Witness:
    """A witness of a cloud that speaks for nothing else."""
    if one.points.cloud or one.points.kind == "none":
        return one
    says = f"{one.says} (set aside: whole machines of this cloud say so too)"
    return structs.replace(one, weight=0, says=says)


def _set_imitations_aside(seen: Seen, witnesses: list[Witness]) -> tuple[list[Witness], list[str]]:
    """A signal of a hypervisor that another one, which also speaks, is known to imitate."""
    loud = [one.points for one in witnesses if one.weight >= DECIDES]
    speaking = {points.kind or (points.vmm and VMM_IMPLIES.get(points.vmm)) for points in loud}
    reasons = {copied: why for (copied, copier), why in reversed(IMITATIONS.items()) if copier in speaking}
    copied_whole = "xen" if _is_imitated_xen(seen) else None
    if copied_whole:
        reasons["xen"] = "KVM offers Xen's interfaces, and Xen's own firmware would not name QEMU"
    result, contradictions = [], []
    for one in witnesses:
        heard = (one.signal == _DEVICES and one.points.kind != copied_whole) or (
            speaking & {*_COPIERS} == {"xen"} and one.signal in _FIRMWARE
        )
        reason = None if heard or not one.points.kind else reasons.get(one.points.kind)
        if reason:
            contradictions.append(f"{one.says}, set aside: {reason}")
            says = f"{one.says} (set aside: {reason})"
            result.append(_of_somebody(one, says))
        else:
            result.append(one)
    return result, list(dict.fromkeys(contradictions))


def _is_imitated_xen(seen: Seen) -> bool:
    """QEMU's -accel kvm,xen-version: all that Xen shows to an HVM guest, but not hvmloader's SMBIOS."""
    product = seen.smbios.values.get("product_name", "")
    return "Standard PC (" in product and (seen.xen.mode or _xen_mode(seen)) == "hvm"


def _of_somebody(one: Witness, says: str) -> Witness:
    """An imitated interface: no name is heard from it any more, only that a hypervisor answers there."""
    if one.signal not in _INTERFACES:
        return structs.replace(one, weight=0, says=says)
    points = Points(role="guest")
    return structs.replace(
        one, says=says, weight=min(one.weight, w.FLAG_SET.value), points=points, points_to=points.text
    )


def _loudest(witnesses: list[Witness], name: Callable[[Points], str | None]) -> list[Witness]:
    """All that speak for the name with the heaviest signals; none where nobody names any."""
    groups: dict[str, list[Witness]] = {}
    for one in witnesses:
        groups.setdefault(name(one.points) or "", []).append(one)
    groups.pop("", None)
    return max(groups.values(), key=_heaviness, default=[])


def _heaviness(witnesses: list[Witness]) -> tuple[int, int]:
    """The heaviest signal, then the sum of all, which decides between equals."""
    weights = [one.weight for one in witnesses]
    return max(weights, default=0), sum(weights)


def _vmm(witnesses: list[Witness]) -> Vmm | None:
    loudest = _loudest(witnesses, lambda points: points.vmm)
    # a hint alone, such as the id of a host bridge that two VMMs share, names none
    named = any(one.weight >= DECIDES for one in loudest) or len({one.signal for one in loudest}) > 1
    return loudest[0].points.vmm if named else None


def _cloud(witnesses: list[Witness]) -> Cloud | None:
    loudest = _loudest(witnesses, lambda points: points.cloud)
    return loudest[0].points.cloud if loudest else None


def _protection(seen: Seen) -> Confidential | None:
    """The most exact name: SEV-SNP guests show SEV too."""
    named = {one.name for one in seen.protected}
    return next((name for name in _EXACT_FIRST if name in named), None)


def _implied(witnesses: list[Witness], seen: Seen) -> list[Witness]:
    """The hypervisor under a known VMM, where no signal names one."""
    vmm = _vmm(witnesses)
    named = {one.points.kind for one in witnesses if one.weight >= DECIDES} - {None, "none"}
    if named:
        return []
    if vmm in VMM_IMPLIES:
        kind, why, row = _under_qemu(seen) if vmm == "qemu" else _under(vmm)
        heaviest = max(one.weight for one in witnesses if one.points.vmm == vmm)
        return [witness(row, why, "", Points(kind=kind), at_most=heaviest)]
    if any(one.signal == "device-tree" and one.points.role == "guest" for one in witnesses):
        why = "most VMMs that make such a device tree run on KVM, and nothing names this one"
        return [witness(w.MOST_TREES, why, "", Points(kind="kvm"))]
    return []


def _under(vmm: Vmm) -> tuple[HypervisorKind, str, Weight]:
    kind = VMM_IMPLIES[vmm]
    return kind, f"{VMMS[vmm]} runs on {KINDS[kind]}", w.VMM_ON


def _under_qemu(seen: Seen) -> tuple[HypervisorKind, str, Weight]:
    """KVM or QEMU's software emulation (TCG), where neither has named itself.

    Since 2.9, TCG answers CPUID 0x40000000 with its name, with or without the hypervisor flag; it has no
    vmx; kvm=off, which hides KVM's name, came with 2.1 (QEMU target/i386/cpu.c and its change logs).
    """
    silent = seen.cpuid.searched
    version = _qemu_version(seen.processor.known.model or "")
    if "vmx" in seen.processor.flags:
        return "kvm", "QEMU serves this guest, and its software emulation never shows vmx", w.NEVER_VMX
    if silent and version and version < (2, 1):
        shown = f"QEMU {version[0]}.{version[1]}"
        return "qemu", f"{shown} could not hide KVM, and KVM does not show itself", w.COULD_NOT_HIDE
    if silent:
        return "kvm", "QEMU serves this guest, and its software emulation would name itself", w.WOULD_SPEAK
    if seen.processor.not_kvm:
        return "qemu", f"QEMU serves this guest, and KVM shows no {seen.processor.not_kvm}", w.NOT_KVM
    if (seen.architecture or "").startswith(_SELDOM_KVM):
        why = f"QEMU serves this guest, and hardly any {seen.architecture} has what KVM needs"
        return "qemu", why, w.MOST_QEMU
    return "kvm", "QEMU serves it, and this record does not show whether KVM does", w.MOST_QEMU


def _qemu_version(model: str) -> tuple[int, int] | None:
    """Of a processor that QEMU calls `QEMU Virtual CPU version 2.5+`."""
    major, _, minor = model.partition("QEMU Virtual CPU version ")[2].partition(".")
    digits = minor[: len(minor) - len(minor.lstrip("0123456789"))]
    first, second = procfs.whole(major), procfs.whole(digits)
    return (first, second) if first is not None and second is not None else None


def _kind(witnesses: list[Witness]) -> tuple[HypervisorKind, int]:
    named = _loudest([one for one in witnesses if one.points.kind != "none"], lambda points: points.kind)
    weight, bare = _heaviness(named), _heaviness([one for one in witnesses if one.points.kind == "none"])
    unnamed, _ = _heaviness([one for one in witnesses if one.points.role == "guest"])
    # where it is certain that there is one, what speaks for metal is no argument against its name
    outweighed = weight >= bare or unnamed >= bare[0]
    if named and named[0].points.kind and weight[0] >= DECIDES and outweighed:
        return named[0].points.kind, weight[0]
    if bare[0] > unnamed:
        return "none", bare[0]
    return "unknown", unnamed


def _look_beneath(
    seen: Seen, witnesses: list[Witness], kind: HypervisorKind
) -> tuple[list[Witness], HypervisorKind | None]:
    """What signals say of anything but this hypervisor is true of the layer under it.

    Xen PV and User-mode Linux run CPUID on the processor itself; dom0 sees the machine's own devices.
    """
    through = [one for one in witnesses if _is_of_another(one, kind)]
    implied = _implied(through, seen)
    found, _ = _kind([*through, *implied])
    result = [_of_layer_under(one, kind) if one in through else one for one in witnesses]
    result += [_of_layer_under(one, kind) for one in implied]
    return result, None if found == "unknown" else found


def _is_of_another(one: Witness, kind: HypervisorKind) -> bool:
    other = one.points.vmm or (one.points.kind and one.points.kind != kind)
    # Xen takes the flag out of the list that its guest's kernel makes, not out of the instruction
    listed = one.signal == "cpu-flag" and not one.evidence.startswith("cpuid:")
    return bool(one.weight and other and one.signal in _THROUGH and not listed)


def _of_layer_under(one: Witness, kind: HypervisorKind) -> Witness:
    points = structs.replace(one.points, beneath=True)
    says = f"{one.says} (of the layer under {KINDS[kind]})"
    return structs.replace(one, says=says, points=points, points_to=points.text)


def _disagreements(witnesses: list[Witness], kind: HypervisorKind) -> list[str]:
    said = []
    for one in witnesses:
        points = one.points
        against = (points.kind and points.kind != kind) or (kind == "none" and points.role == "guest")
        # a hypervisor that serves its guests itself leaves no place for another's VMM
        served = VMM_IMPLIES.get(points.vmm) if points.vmm and one.weight >= DECIDES else None
        against = against or (served not in (None, kind) and kind in OWN_VMM_KINDS)
        if one.weight and against and not points.beneath:
            name = KINDS[points.kind] if points.kind else VMMS[points.vmm] if points.vmm else "a hypervisor"
            said.append(f"{one.says}, which speaks for {name}")
    return list(dict.fromkeys(said))


def _role(seen: Seen, witnesses: list[Witness], kind: HypervisorKind) -> Role:
    roles = {one.points.role for one in witnesses if one.weight}
    if "host" in roles and kind in CONTROLLED_KINDS:
        return "host"
    if kind == "none":
        return "host" if seen.hosting.running else "none"
    if seen.hosting.hosts and kind not in CONTROLLED_KINDS:
        return "host"
    return "guest" if kind != "unknown" or "guest" in roles else "none"


def _mode(seen: Seen, kind: HypervisorKind, controls: bool) -> HypervisorMode | None:
    if kind == "unknown":
        return None
    if kind == "xen":
        # a control domain is PV where nothing shows that its memory is translated; ARM has no such modes
        on_arm = (seen.architecture or "").startswith(("aarch64", "arm"))
        return seen.xen.mode or _xen_mode(seen) or ("pv" if controls and not on_arm else None)
    if kind == "none":
        return "none"
    return "para" if kind in PARAVIRTUAL_KINDS else "full"


def _control_by_firmware(seen: Seen, kind: HypervisorKind, mode: HypervisorMode | None) -> list[Witness]:
    """A PV domain that sees the machine's own firmware is Xen's control domain, unless it denies that."""
    maker = seen.smbios.values.get("sys_vendor")
    if (kind, mode) != ("xen", "pv") or not maker or seen.xen.controls is not None:
        return []
    says = f"the firmware of the machine is seen ({maker!r}), which Xen shows to its control domain alone"
    return [witness(w.XEN_FIRMWARE, says, seen.smbios.evidence["sys_vendor"], Points(role="host"))]


def _xen_mode(seen: Seen) -> HypervisorMode | None:
    """From features and devices, where the system itself does not name the mode; None where nothing tells."""
    if seen.xen.control:
        return "pvh" if seen.xen.auto_translated else "pv"
    # the instruction itself is answered by Xen in HVM and PVH, never in PV
    native = any(one.name == "XenVMMXenVMM" for one in seen.cpuid.interfaces)
    if seen.xen.auto_translated or native:
        # PVH has neither firmware nor a PCI bus
        return "pvh" if seen.smbios.absent and not seen.functions else "hvm"
    # firmware of a physical maker is seen through Xen PV; Xen's own is that of an HVM guest
    firmware = any("Xen" in text or "HVM domU" in text for text in seen.smbios.values.values())
    platform = any(one.vendor == "5853" for one in seen.functions)
    if platform or firmware:
        return "hvm"
    looked = (
        seen.xen.shown or seen.xen.paravirtual or seen.cpuid.searched or seen.functions or seen.smbios.values
    )
    return "pv" if looked or seen.smbios.absent else None


def _accelerated(
    seen: Seen, witnesses: list[Witness], kind: HypervisorKind, confidence: Confidence
) -> bool | None:
    """Whether the processor runs the instructions; not known where QEMU serves it and nothing says how."""
    if kind in ("unknown", "qemu"):
        return None if kind == "unknown" else False
    if confidence == "certain" or kind == "none":
        return True
    if kind == "kvm":
        named = {one.signal for one in witnesses if one.points.kind == kind and one.weight}
        return True if named != {"inference"} or _vmm(witnesses) not in ("qemu", None) else _is_shown(seen)
    qemu = any("qemu" in (one.points.vmm, one.points.kind) and one.weight for one in witnesses)
    return None if qemu else True


def _is_shown(seen: Seen) -> bool | None:
    """True where QEMU's software emulation would have shown itself, as `_under_qemu` says."""
    return True if seen.cpuid.searched or "vmx" in seen.processor.flags else None


def _confidence(
    witnesses: list[Witness], kind: HypervisorKind, weight: int, contradictions: list[str]
) -> Confidence:
    if kind == "unknown":
        return "none"
    agreeing = {one.signal for one in witnesses if one.points.kind == kind and one.weight}
    if not contradictions and (weight >= CERTAIN or len(agreeing) > 1):
        return "certain"
    return "likely" if weight >= LIKELY else "weak"
