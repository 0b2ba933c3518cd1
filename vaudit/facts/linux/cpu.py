"""The processor: name, count, and whether its virtualization extensions can be used here."""

from typing import Literal, NamedTuple

from vaudit.evidence.source import Source
from vaudit.facts.linux import printed
from vaudit.facts.text import fields
from vaudit.model.facts import Cpu, HwVirt, HwVirtState

_CPUINFO = "file:/proc/cpuinfo"
# /proc/cpuinfo's names for the processor, by architecture
_MODEL_KEYS = ("model name", "cpu model", "cpu", "Processor", "uarch", "Hardware", "processor 0")
_LSCPU = {"Flags": "flags", "Vendor ID": "vendor_id", "Model name": "model name", "CPU MHz": "cpu MHz"}
_VENDOR_KEYS = ("vendor_id", "CPU implementer", "mvendorid", "system type")
_ARM_IMPLEMENTERS = {
    "0x41": "ARM",
    "0x42": "Broadcom",
    "0x43": "Cavium",
    "0x46": "Fujitsu",
    "0x48": "HiSilicon",
    "0x4e": "NVIDIA",
    "0x50": "APM",
    "0x51": "Qualcomm",
    "0x53": "Samsung",
    "0x61": "Apple",
    "0x6d": "Microsoft",
    "0xc0": "Ampere",
}
"""arch/arm64/include/asm/cputype.h"""
_FIRMWARE_OFF = ("disabled by bios", "vmx (outside txt) disabled", "svm disabled")
"""What the kernel log says, in lower case, where firmware locked it off (arch/x86/kernel/cpu/feat_ctl.c)."""
_IOMMU_ON = ("DMAR: IOMMU enabled", "for Directed I/O", "AMD-Vi: Interrupt", "AMD-Vi: Found IOMMU")


class Flags(NamedTuple):
    """What /proc/cpuinfo and CPUID say of virtualization; None where neither was read."""

    hypervisor: bool | None
    hw_virt: HwVirt | None
    """The extension whose flag shows."""
    cleared: bool
    """CPUID shows the extension but the kernel cleared the flag: it found it locked off."""
    readable: bool
    nested_paging: bool | None
    evidence: list[str]


def cpuinfo(source: Source) -> dict[str, str]:
    """The first processor's fields in /proc/cpuinfo, or what lscpu says of them."""
    values = fields(source.read("/proc/cpuinfo") or "")
    if not values:
        told = printed.lscpu(source)
        values = {name: told[key] for key, name in _LSCPU.items() if key in told}
    return values


def flags(source: Source, info: dict[str, str]) -> Flags:
    """Virtualization flags from cpuinfo and CPUID leaves 1 and 0x80000001 (Intel SDM 2A, AMD APM 3)."""
    listed = set(info.get("flags", "").split()) | set(info.get("vmx flags", "").split())
    recorded = source.status("file", "/proc/cpuinfo") == "read"
    evidence = [_CPUINFO] if recorded else ["run:lscpu"] if info else []
    basic, extended = source.cpuid(1), source.cpuid(0x80000001)
    if basic:
        evidence.append("cpuid:1 0")
    vmx_bit = bool(basic and basic.ecx & 1 << 5)
    svm_bit = bool(extended and extended.ecx & 1 << 2)
    told = printed.lscpu(source).get("Virtualization", "")
    shown: HwVirt | None = None
    if "vmx" in listed or (not listed and (vmx_bit or told == "VT-x")):
        shown = "vt-x"
    elif "svm" in listed or (not listed and (svm_bit or told == "AMD-V")):
        shown = "amd-v"
    hypervisor = None
    if basic:
        hypervisor = bool(basic.ecx & 1 << 31)
    elif listed:
        hypervisor = "hypervisor" in listed
    svm = source.cpuid(0x8000000A)
    paging = True if "ept" in listed or "npt" in listed or (svm and svm.edx & 1) else None
    if paging is None and listed and shown:
        paging = False
    cleared = bool(listed) and shown is None and (vmx_bit or svm_bit)
    return Flags(hypervisor, shown, cleared, bool(listed or basic), paging, evidence)


def collect(source: Source, info: dict[str, str], found: Flags, *, guest: bool | None, dom0: bool) -> Cpu:
    """The processor's facts. `guest`: a hypervisor lies beneath; `dom0`: it is this machine's own Xen."""
    arch = printed.architecture(source)
    device = _kvm_device(source)
    log = source.run("dmesg") or ""
    locked = _locked_off(source, arch, info.get("vendor_id"))
    state, because = hw_virt_state(arch, found, device, log, guest=guest, dom0=dom0, locked=locked)
    implementer = info.get("CPU implementer", "")
    groups = source.entry("dir", "/sys/kernel/iommu_groups")
    mhz = info.get("cpu MHz") or info.get("clock", "").removesuffix("MHz")
    return Cpu(
        arch=arch,
        vendor=_ARM_IMPLEMENTERS.get(implementer) or _first(info, _VENDOR_KEYS),
        model=_first(info, _MODEL_KEYS) or _brand(source),
        threads=_online(source),
        sockets=_sockets(source),
        mhz=float(mhz) if mhz.replace(".", "", 1).isdecimal() else None,
        hw_virt=found.hw_virt if found.hw_virt or arch not in ("aarch64", "arm64") else _arm_el2(log, device),
        hw_virt_state=state,
        hw_virt_because=because,
        nested_paging=_paging(found),
        nested=_nested(source),
        iommu=_iommu(source, log),
        iommu_groups=len(source.names("/sys/kernel/iommu_groups")) if groups.status == "read" else None,
        kvm_device=device,
        hypervisor_flag=found.hypervisor,
        clocksource=source.line("/sys/devices/system/clocksource/clocksource0/current_clocksource"),
        steal=_steal(source.read("/proc/stat") or ""),
        evidence=[*found.evidence, "device:/dev/kvm"],
    )


def hw_virt_state(
    arch: str | None,
    found: Flags,
    device: str | None,
    log: str,
    *,
    guest: bool | None,
    dom0: bool,
    locked: str = "",
) -> tuple[HwVirtState, str]:
    """Usable, present, switched off, hidden or absent, and because of what."""
    if dom0:
        return "usable", "Xen runs here and uses it: see what Xen's capabilities allow"
    if found.cleared and not guest:
        return (
            "firmware-disabled",
            "the processor has it (CPUID), but the kernel found it locked off in firmware",
        )
    if locked and not guest:
        return "firmware-disabled", f"{locked}: the firmware switched it off and locked it"
    if any(words in log.lower() for words in _FIRMWARE_OFF):
        return "firmware-disabled", "the kernel log says that the firmware switched it off"
    if found.hw_virt and device == "openable":
        return "usable", f"the {found.hw_virt} flag shows and /dev/kvm opens"
    if found.hw_virt:
        return "present", f"the {found.hw_virt} flag shows; /dev/kvm is {device or 'not known'}"
    if arch in ("aarch64", "arm64") and device == "openable":
        return "usable", "/dev/kvm opens, so the kernel was started at EL2"
    if guest:
        extra = "; /dev/kvm opens all the same, through software" if device == "openable" else ""
        return "hidden", f"a hypervisor lies beneath and shows no flag{extra}"
    if not found.readable:
        return "unknown", "no processor flags were seen"
    if guest is False and arch in ("x86_64", "i686", "i586", "i386", None):
        return "absent", "no flag on a machine without a hypervisor"
    return "unknown", "no flag, and it is not known whether a hypervisor hides it"


def _locked_off(source: Source, arch: str | None, vendor: str | None) -> str:
    """The register that says that firmware locked virtualization off; empty where none says so.

    Intel SDM vol. 4, IA32_FEATURE_CONTROL (0x3A): bit 0 locked, bit 2 VMX outside SMX. AMD APM vol. 2, VM_CR
    (0xC0010114): bit 3 locked, bit 4 SVM disabled. Root and the msr module are needed.
    """
    if arch not in ("x86_64", "i686", "i586", "i386"):
        return ""
    if vendor == "GenuineIntel":
        control = source.msr(0x3A)
        return "IA32_FEATURE_CONTROL" if control is not None and control & 5 == 1 else ""
    if vendor in ("AuthenticAMD", "HygonGenuine"):
        control = source.msr(0xC0010114)
        return "VM_CR" if control is not None and control & 0x10 else ""
    return ""


def runs_guests(source: Source) -> bool:
    """Whether KVM guests run here: each holds kvm_intel or kvm_amd once (virt/kvm/kvm_main.c)."""
    return any((source.number(f"/sys/module/{name}/refcnt") or 0) > 0 for name in ("kvm_intel", "kvm_amd"))


def _paging(found: Flags) -> Literal["ept", "npt"] | None:
    if not found.nested_paging:
        return None
    return "ept" if found.hw_virt == "vt-x" else "npt" if found.hw_virt == "amd-v" else None


def _kvm_device(source: Source) -> Literal["openable", "denied", "absent", "broken"] | None:
    status = source.status("device", "/dev/kvm")
    return {"read": "openable", "denied": "denied", "absent": "absent", "error": "broken"}.get(status)  # type: ignore[return-value]


def _arm_el2(log: str, device: str | None) -> HwVirt | None:
    return "arm-el2" if device == "openable" or "CPU: All CPU(s) started at EL2" in log else None


def _first(info: dict[str, str], keys: tuple[str, ...]) -> str | None:
    return next((info[key] for key in keys if info.get(key)), None)


def _brand(source: Source) -> str | None:
    """The processor's own name, from CPUID leaves 0x80000002 to 0x80000004."""
    parts = [source.cpuid(leaf) for leaf in (0x80000002, 0x80000003, 0x80000004)]
    data = b"".join(register.to_bytes(4, "little") for part in parts if part for register in part)
    return " ".join(data.decode("latin-1").replace("\0", " ").split()) or None


def _online(source: Source) -> int | None:
    """How many processors are online (Documentation/admin-guide/cputopology.rst)."""
    spans = (source.line("/sys/devices/system/cpu/online") or "").split(",")
    ends = [[int(end) for end in span.split("-")] for span in spans if span.replace("-", "").isdecimal()]
    if ends:
        return sum(span[-1] - span[0] + 1 for span in ends)
    lines = (source.read("/proc/cpuinfo") or "").splitlines()
    return sum(line.startswith("processor") and ":" in line for line in lines) or None


def _sockets(source: Source) -> int | None:
    lines = (source.read("/proc/cpuinfo") or "").splitlines()
    return len({line for line in lines if line.startswith("physical id")}) or None


def _nested(source: Source) -> bool | None:
    """The `nested` parameter of kvm_intel or kvm_amd."""
    for module in ("kvm_intel", "kvm_amd"):
        value = source.line(f"/sys/module/{module}/parameters/nested")
        if value:
            return value in ("Y", "1")
    return None


def _iommu(source: Source, log: str) -> bool | None:
    """An IOMMU is in use where one is registered; none where the folder is there and empty."""
    if source.names("/sys/class/iommu") or any(words in log for words in _IOMMU_ON):
        return True
    return False if source.status("dir", "/sys/class/iommu") == "read" else None


def _steal(stat: str) -> float | None:
    """Stolen time as a share of busy and stolen time since boot (Documentation/filesystems/proc.rst, 1.8)."""
    words = stat.partition("\n")[0].split()
    if len(words) < 9 or words[0] != "cpu" or not all(word.isdecimal() for word in words[1:9]):
        return None
    user, nice, system, _idle, _iowait, irq, softirq, steal = (int(word) for word in words[1:9])
    busy = user + nice + system + irq + softirq + steal
    return round(steal / busy, 4) if busy else None
