"""What Linux shows of the interfaces of its hypervisor, and of what it uses of them."""

from vaudit import procfs
from vaudit.evidence.source import Source
from vaudit.facts.ask import KERNEL_LOG, kernel_log
from vaudit.facts.linux import after
from vaudit.facts.linux.hypervisor import FEATURES
from vaudit.facts.linux.kernel import version
from vaudit.facts.values import InterfaceName, Offer, Uses

_FIRST = "Linux version "
"""What a kernel says first; people who cut lines out for others rarely keep it."""
_IDLE = "/sys/devices/system/cpu/cpuidle/current_driver"
_INTERRUPTS = "/proc/interrupts"
_EVIDENCE = {
    "log": KERNEL_LOG,
    "clock": "file:/sys/devices/system/clocksource/clocksource0/current_clocksource",
    "clocks": "file:/sys/devices/system/clocksource/clocksource0/available_clocksource",
    "interrupts": "call:interrupts",
    "idle": f"file:{_IDLE}",
    "parameters": "file:/proc/cmdline",
    "steal": "file:/proc/stat",
    "flags": "file:/proc/cpuinfo",
}
_HYPERV_LINES = (
    ("Hyper-V: privilege flags", "3 eax"),
    ("Hyper-V: features", "3 eax"),
    ("HyperV: features", "3 eax"),
)
_HYPERV_WORDS = {"low": "3 eax", "features": "3 eax", "high": "3 ebx", "hints": "4 eax", "misc": "3 edx"}
"""How the kernel calls the words that it prints (arch/x86/kernel/cpu/mshyperv.c)."""


def xen_features(source: Source) -> list[int | None]:
    """XENFEAT_* of the first 32."""
    text = source.line(FEATURES) or ""
    return [procfs.hexadecimal(f"0x{text[-8:]}")] if text else []


def told(source: Source) -> list[Offer]:
    """The interfaces that the kernel log tells of, where CPUID does not."""
    return [*_hyperv(source), *_arm(source)]


_LINES: dict[InterfaceName, tuple[str, ...]] = {
    "kvm": ("Hypervisor detected: KVM", "kernel on KVM", "kvm-clock: ", "kvm-guest: ", "kvm-stealtime: "),
    "xen": ("Hypervisor detected: Xen", "kernel on Xen", "Xen HVM callback vector"),
    "vmware": ("Hypervisor detected: VMware", "vmware: TSC freq", "vmware: hypercall mode"),
}
"""What a kernel on x86 says where it knows its hypervisor by an interface."""


def named(source: Source) -> list[Offer]:
    """The interfaces that the kernel log names, without any word of what they offer."""
    text = kernel_log(source)
    return [
        Offer(name=name, evidence={"": KERNEL_LOG})
        for name, lines in _LINES.items()
        if any(line in text for line in lines)
    ]


def _hyperv(source: Source) -> list[Offer]:
    """`Hyper-V: privilege flags low 0x2e7f, high 0x3b8030, hints 0x24e24, misc 0xe0bed7b2`."""
    text = kernel_log(source)
    line = next((f"{name} {after(text, name)}" for name, _ in _HYPERV_LINES if name in text), "")
    pieces = [piece.split()[-2:] for piece in line.replace(":", ",").split(",")]
    found = {_HYPERV_WORDS.get(pair[0]): procfs.hexadecimal(pair[1]) for pair in pieces if len(pair) == 2}
    words = {word: value & 0xFFFFFFFF for word, value in found.items() if word and value is not None}
    nested = procfs.hexadecimal(after(text, "Hyper-V: Nested features: "))
    if nested is not None:
        words["a eax"] = nested & 0xFFFFFFFF
    evidence = dict.fromkeys(("", *words), KERNEL_LOG)
    return [Offer(name="hyperv", words={**words}, evidence=evidence)] if words else []


def _arm(source: Source) -> list[Offer]:
    """KVM on ARM answers calls, which the kernel lists at boot (drivers/firmware/smccc/kvm_guest.c)."""
    text = kernel_log(source)
    listed = after(text, "hypervisor services detected (").partition(")")[0].split()
    services = procfs.hexadecimal(listed[-1]) if listed else None
    if services is None and "using stolen time PV" not in text:
        return []
    value = None if services is None else services & 0xFFFFFFFF
    evidence = {"": KERNEL_LOG, "services": KERNEL_LOG}
    return [Offer(name="kvm", words={"services": value}, evidence=evidence)]


def uses(source: Source, wants_interrupts: bool) -> Uses:
    """What the kernel says and counts. Interrupts are many on large machines: only where they can tell."""
    log = kernel_log(source)
    entry = source.entry("call", "dmesg")
    line = (source.line("/proc/cmdline") or "").partition(" -- ")[0]
    return Uses(
        release=version(source),
        log=log.lower(),
        whole=not entry.is_cut and _FIRST in log,
        parameters=frozenset(word.partition("=")[0] for word in line.split()),
        interrupts=_interrupts(source) if wants_interrupts else None,
        idle=source.line(_IDLE),
        evidence=_EVIDENCE,
    )


def _interrupts(source: Source) -> dict[str, int] | None:
    """By name; from the file itself where a record holds that."""
    text = source.call("interrupts")
    if text is None:
        raw = source.held("file", _INTERRUPTS)
        if raw is None or not isinstance(raw.data, bytes):
            return None
        text = raw.data.decode("utf-8", "replace")
    if "CPU0" in text.partition("\n")[0]:  # the file itself, as a capture has it
        return {name: count for count, name in procfs.interrupts(text)}
    pairs = (line.partition(" ") for line in text.split("\n"))
    return {name: procfs.whole(count) or 0 for count, _, name in pairs if name}
