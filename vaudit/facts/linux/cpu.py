"""The processor as Linux shows it: /proc/cpuinfo, or lscpu's text of a record, sysfs and the kernel log."""

from collections.abc import Iterator
from typing import Any

from vaudit import procfs
from vaudit.evidence.source import Entry, Source
from vaudit.facts import sold
from vaudit.facts.ask import KERNEL_LOG, kernel_log, output_id
from vaudit.facts.cpu import would_list_hypervisor
from vaudit.facts.linux import fields, lscpu
from vaudit.facts.values import Processor
from vaudit.model.facts import Cpu, HwVirt

_CPUINFO = "/proc/cpuinfo"
# /proc/cpuinfo's names for the processor, by architecture
_MODEL_KEYS = ("model name", "cpu model", "cpu", "Processor", "uarch", "Hardware", "processor 0")
_VENDOR_KEYS = ("vendor_id", "CPU implementer", "mvendorid", "system type")
_LSCPU = {"Flags": "flags", "Vendor ID": "vendor_id", "Model name": "model name", "CPU MHz": "cpu MHz"}
_LSCPU_EXTENSIONS: dict[str, HwVirt] = {"VT-x": "vt-x", "AMD-V": "amd-v"}
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
_TSC_UNSTABLE = ("marking tsc unstable", "marking clocksource 'tsc' as unstable")
_SVM_USED = ("kvm: Nested Paging enabled", "kvm: Nested Virtualization enabled", "kvm_amd: Nested ")
"""What KVM says once it has taken AMD-V (svm_hardware_setup in arch/x86/kvm/svm/svm.c)."""
HEARD = (
    "by bios", "dmar", "iommu", "directed i/o", "amd-vi", "cpu(s) started", "nested", *_TSC_UNSTABLE,
)  # fmt: skip
"""What the lines of the kernel log hold, in lower case, that are looked for here."""
_CUT = frozenset(("...", "…", "[...]", "[…]", "(...)", "<snip>", "[snip]"))
"""Where somebody cut a list by hand."""
_CLOCK = "/sys/devices/system/clocksource/clocksource0/current_clocksource"
_CLOCKS = "/sys/devices/system/clocksource/clocksource0/available_clocksource"
_ASKS_A_DEVICE = ("hpet", "acpi_pm", "pit", "jiffies", "refined-jiffies", "hyperv_clocksource_msr")
_ASKS_NOBODY = ("kvm-clock", "tsc", "xen", "hyperv_clocksource_tsc_page")
_NODES = "/sys/devices/system/node"
_VULNERABILITIES = "/sys/devices/system/cpu/vulnerabilities"
_USER_HZ = 100
_LONGEST_LIST = 4094
"""Characters of a list that a kernel has room for: it writes one page and then stops (cpumap_print_to_pagebuf
in include/linux/cpumask.h), so what fills it may be cut within a number."""
MAX_BUGS = 64
"""Vulnerabilities that are looked at; Linux 6.18 knows 19."""
_SHOWN_BY = {
    **{name: ["file:/proc/stat"] for name in ("steal", "steal_shown", "wanted_seconds", "up_seconds")},
    "clocksource": [f"file:{_CLOCK}", f"file:{_CLOCKS}"],
    "clocksources": [f"file:{_CLOCKS}"],
}
_NOTHING = Processor(
    known=Cpu(shown_by=_SHOWN_BY), whole=False, lists_hypervisor=False, clock_evidence=[f"file:{_CLOCK}"]
)


def processor(source: Source) -> Processor | None:
    """What Linux knows of it; what has to be asked of the processor itself is left out."""
    text = source.read(_CPUINFO)
    info = fields(text or "")
    told = lscpu.lscpu(source)
    listed = bool(info)
    if not info:
        info = {name: told[key] for key, name in _LSCPU.items() if key in told}
    flags = frozenset(f"{info.get('flags', '')} {info.get('vmx flags', '')}".split())
    log = kernel_log(source)
    off = any(words in log.lower() for words in _FIRMWARE_OFF)
    whole = lscpu.is_whole(flags) or (listed and flags.isdisjoint(_CUT))
    used = None if flags else _used(log)
    found = Processor(
        known=_known(source, info, text or "", log),
        flags=flags,
        whole=whole,
        lists_hypervisor=whole and (not listed or would_list_hypervisor(flags)),
        extension=_LSCPU_EXTENSIONS.get(told.get("Virtualization", "")) or used,
        not_kvm=_not_kvm(info),
        bugs=list(_bugs(source, info)),
        parameters=(source.line("/proc/cmdline") or "").partition(" -- ")[0].split(),
        locked=_locked_off(source, info.get("vendor_id")),
        switched_off="the kernel log says that the firmware switched it off" if off else "",
        el2=_el2(log),
        evidence=_read_from(text, info, used),
        clock_evidence=[f"file:{_CLOCK}"],
    )
    return found if found != _NOTHING else None


def _read_from(text: str | None, info: dict[str, str], used: HwVirt | None) -> list[str]:
    if text is not None:
        return [f"file:{_CPUINFO}"]
    if info:
        return [output_id("lscpu")]
    return [KERNEL_LOG] if used else []


def _used(log: str) -> HwVirt | None:
    """The extension that KVM uses, as it says in the kernel log; of Intel's it says nothing."""
    return "amd-v" if any(words in log for words in _SVM_USED) else None


def _bugs(source: Source, info: dict[str, str]) -> Iterator[tuple[str, str]]:
    """What the kernel says of each vulnerability. A file is read only where the list of the processor's bugs
    leaves a question: each costs as much as a feature."""
    listed = frozenset(info["bugs"].split()) if "bugs" in info else None
    for name in source.names(_VULNERABILITIES)[:MAX_BUGS]:
        if listed is not None and not sold.is_listed(name, listed):
            yield name, sold.NOT_AFFECTED
        elif text := source.line(f"{_VULNERABILITIES}/{name}"):
            yield name, text


def _is_counted(folder: Entry) -> bool:
    return folder.status == "read" and not folder.is_cut


def _el2(log: str) -> bool | None:
    """The level that the kernel was started at (arch/arm64/kernel/smp.c, hyp_mode_check)."""
    if "CPU: All CPU(s) started at EL2" in log:
        return True
    return False if "CPU: All CPU(s) started at EL1" in log else None


def _not_kvm(info: dict[str, str]) -> str:
    """What KVM, which shows the host's own processor, shows no guest.

    QEMU's `max` has implementer 0 and part 0x051 (target/arm/tcg/cpu64.c); Apple's hypervisor, QEMU's `hvf`,
    shows part 0; a pSeries without KVM has a clock of 1000 MHz (spapr_dt_cpu in hw/ppc/spapr.c), and QEMU's
    other PowerPC boards are emulated, but on the Macs of old.
    """
    part = (info.get("CPU implementer"), info.get("CPU part"))
    if part == ("0x61", "0x000") or (info.get("vendor_id"), info.get("model name")) == ("Apple", "-"):
        return "Apple processor without a part number"
    if part == ("0x00", "0x051"):
        return "processor of implementer 0, part 0x051"
    if info.get("clock", "").startswith("1000.000000MHz") and "pSeries" in info.get("platform", ""):
        return "clock of 1000 MHz"
    if info.get("platform") in ("PowerMac", "CHRP", "PReP", "Maple"):
        return f"{info['platform']}"
    return ""


def _known(source: Source, info: dict[str, str], text: str, log: str) -> Cpu:
    groups = source.entry("dir", "/sys/kernel/iommu_groups")
    mhz = info.get("cpu MHz") or info.get("clock", "").removesuffix("MHz")
    implementer = info.get("CPU implementer", "")
    sockets = _sockets(text) if source.is_whole(_CPUINFO) else None
    cores, siblings = procfs.whole(info.get("cpu cores", "")), procfs.whole(info.get("siblings", ""))
    return Cpu(
        vendor=_ARM_IMPLEMENTERS.get(implementer) or _first(info, _VENDOR_KEYS),
        model=_first(info, _MODEL_KEYS),
        threads=_online(source, text),
        sockets=sockets,
        cores=cores * (sockets or 1) if cores else None,
        threads_per_core=siblings // cores if siblings and cores else None,
        numa_nodes=sum(name.startswith("node") for name in source.names(_NODES)) or None,
        clocksources=(source.line(_CLOCKS) or "").split(),
        mhz=procfs.fraction(mhz),
        iommu=_iommu(source, log),
        iommu_groups=len(source.names("/sys/kernel/iommu_groups")) if _is_counted(groups) else None,
        clocksource=source.line(_CLOCK),
        better_clock=_better_clock(source, log),
        **_steal(source.read("/proc/stat") or ""),
        shown_by=_SHOWN_BY,
    )


def _locked_off(source: Source, vendor: str | None) -> str:
    """The register that says that firmware locked virtualization off; empty where none says so.

    Intel SDM vol. 4, IA32_FEATURE_CONTROL (0x3A): bit 0 locked, bit 2 VMX outside SMX. AMD APM vol. 2, VM_CR
    (0xC0010114): bit 3 locked, bit 4 SVM disabled. Root and the msr module are needed.
    """
    if vendor == "GenuineIntel":
        control = source.msr(0x3A)
        return "IA32_FEATURE_CONTROL" if control is not None and control & 5 == 1 else ""
    if vendor in ("AuthenticAMD", "HygonGenuine"):
        control = source.msr(0xC0010114)
        return "VM_CR" if control is not None and control & 0x10 else ""
    return ""


def _first(info: dict[str, str], keys: tuple[str, ...]) -> str | None:
    return next((info[key] for key in keys if info.get(key)), None)


def _online(source: Source, text: str) -> int | None:
    """How many processors are online (Documentation/admin-guide/cputopology.rst)."""
    told = source.line("/sys/devices/system/cpu/online") or ""
    listed = procfs.listed(told)
    if listed and len(told) < _LONGEST_LIST:
        return listed
    if not source.is_whole(_CPUINFO):
        return None
    return sum(line.startswith("processor") and ":" in line for line in procfs.lines(text)) or None


def _sockets(text: str) -> int | None:
    """How many physical packages /proc/cpuinfo names."""
    return len({line for line in procfs.lines(text) if line.startswith("physical id")}) or None


def _iommu(source: Source, log: str) -> bool | None:
    """An IOMMU is in use where one is registered; none where the folder is there and empty."""
    if source.names("/sys/class/iommu") or any(words in log for words in _IOMMU_ON):
        return True
    listed = source.entry("dir", "/sys/class/iommu")
    return False if _is_counted(listed) else None


def _better_clock(source: Source, log: str) -> str | None:
    """What the kernel lists though it asks an emulated device. Not a TSC that it found unstable
    (kernel/time/clocksource.c, arch/x86/kernel/tsc.c), nor one of which no log tells."""
    used, listed = source.line(_CLOCK), (source.line(_CLOCKS) or "").split()
    if used is None or not listed:
        return None
    if used not in _ASKS_A_DEVICE:
        return ""
    told = log.lower()
    unstable = not told or any(words in told for words in _TSC_UNSTABLE)
    return next((one for one in listed if one in _ASKS_NOBODY and not (one == "tsc" and unstable)), "")


def _steal(stat: str) -> dict[str, Any]:
    """Stolen time as a share of busy and stolen time since boot, and of all, and the seconds of both
    (Documentation/filesystems/proc.rst, 1.8). User space is told 100 ticks a second (USER_HZ)."""
    ticks = procfs.stat(stat)
    if ticks is None or ticks.stolen is None:
        return {}
    wanted = ticks.user + ticks.nice + ticks.system + ticks.irq + ticks.softirq + ticks.stolen
    if not wanted:
        return {}
    every = wanted + ticks.idle + ticks.waiting
    processors = stat.count("\ncpu") or 1
    return {
        "steal": round(ticks.stolen / wanted, 4),
        "steal_shown": round(ticks.stolen / every, 4),
        "wanted_seconds": wanted / _USER_HZ,
        "up_seconds": round(every / _USER_HZ / processors, 2),
    }
