"""The kernel log: what the kernel found of its platform at boot, in the spellings of its versions.

Sources: arch/x86/kernel/{kvm,kvmclock,setup}.c, arch/x86/kernel/cpu/{hypervisor,vmware,mshyperv}.c,
arch/x86/xen, drivers/hv, drivers/pci/probe.c, drivers/of/fdt.c; systemd src/core/main.c.
"""

import re
from collections.abc import Iterator

from vaudit.evidence.source import Source
from vaudit.facts import weights as w
from vaudit.facts.ask import KERNEL_LOG, kernel_log, output_id
from vaudit.facts.linux import after, logged
from vaudit.facts.linux.board import is_board
from vaudit.facts.linux.firmware import HARDWARE
from vaudit.facts.signatures import (
    BOOTED_ON,
    CPUID_NAMES,
    DETECT_VIRT,
    DEVICE_TREE,
    HARDWARE_NAMES,
    KERNEL_LOG_NAMES,
    LOG_WORDS,
    PVBUS_NAMES,
)
from vaudit.facts.values import Function
from vaudit.facts.weights import Speaks, witness
from vaudit.model.facts import HypervisorKind, HypervisorMode, Points, Witness

HEARD = (
    "linux version", "hyper", "virt", "machine model", "vm", "xen", "qemu", "vbox", "msft", "grant table",
    "running native", "stolen time", "] type 0", "blkfront", "unplug emulated", "event-channel", "synthvid",
    "hv_", "qspinlock", "pseries", "powernv", "pvbus0", "storvsc", "gve 0000", "elastic ", "root=/dev/vd",
    "(preserve-ad)", "hpet id", "rip: e030", "for ptrace", "ptrace can", " (vd",
    " (xvd",
)  # fmt: skip
"""What the lines hold, in lower case, that are looked for here."""
_DETECTED = "Hypervisor detected: "
_ORIGIN = 'Hypervisor: Origin = "'
"""How FreeBSD prints the signature of CPUID (sys/x86/x86/identcpu.c)."""
_PVBUS = "pvbus0 at mainbus0: "
_BOOTED = "Booting paravirtualized kernel on "
_BOARD = "Machine model: "
_OF_TREE = " (DT)"
_SYSTEMD = "Detected virtualization "
_LONGEST = 200
"""Characters of a line that are quoted."""
_ADDRESS = r"[0-9a-f]{4}:[0-9a-f]{2}:[0-9a-f]{2}\.[0-7]"
_FUNCTION = rf"pci ({_ADDRESS}): \[([0-9a-f]{{4}}):([0-9a-f]{{4}})\] type \S+ class 0x([0-9a-f]{{6}})"
_XEN_HVM = (
    "HVM callback vector",
    "Xen HVM",
    "Xen Platform PCI",
    "unplug emulated",
    "HVMOP_pagetable_dying",
    "xen-platform-pci",
    "Cannot get hvm parameter",
)
"""What only a guest says that Xen runs as HVM, whatever its kernel calls itself: EL6 calls that Xen alone."""


_XEN_PV = (
    "Xen PV",
    "XEN PV detected",
    "Xen virtual console",
    "Hypervisor signature: xen",
    "Xen-provided physical",
    "Xen: 00000000",
    "Xen: [mem ",
    " (preserve-AD)",
    "RIP: e030:",
)
"""What only a PV domain says; kernels of Xen's own tree know nothing else."""


def found(source: Source) -> Iterator[Witness]:
    """What the kernel detected and booted on; "bare hardware" proves nothing: old guests say it too."""
    text = kernel_log(source)
    if not text:
        return
    name = logged(text, _DETECTED)
    if name:
        kind: HypervisorKind = next((kind for start, kind in KERNEL_LOG_NAMES if start in name), "other")
        yield witness(w.LOG_DETECTED, f"the kernel detected {name!r}", KERNEL_LOG, Points(kind=kind))
    booted = logged(text, _BOOTED)
    on = next((kind for start, kind in BOOTED_ON if booted.startswith(start)), None)
    if on:
        row = w.LOG_XEN if on == "xen" else w.LOG_DETECTED
        says = f"the kernel booted paravirtualized on {booted}"
        yield witness(row, says, KERNEL_LOG, Points(kind=on))
    yield from _of_bsd(text)
    yield from _words(text)


def _of_bsd(text: str) -> Iterator[Witness]:
    """What the kernels of FreeBSD and OpenBSD print of the hypervisor that they found."""
    signature, name = logged(text, _ORIGIN).rstrip('" '), logged(text, _PVBUS)
    kind = next((kind for start, kind in PVBUS_NAMES if name.startswith(start)), CPUID_NAMES.get(signature))
    if kind:
        says = f"the kernel detected {signature or name!r}"
        yield witness(w.LOG_DETECTED, says, KERNEL_LOG, Points(kind=kind))


def _words(text: str) -> Iterator[Witness]:
    """The first line of those that speak for the same."""
    said: set[Speaks] = set()
    for word, speaks in LOG_WORDS.items():
        at = -1 if speaks in said else text.find(word)
        if at >= 0:
            said.add(speaks)
            line = text[text.rfind("\n", 0, at) + 1 :].partition("\n")[0].strip()
            yield from speaks.witnesses(f"the kernel log says {line[:_LONGEST]!r}", KERNEL_LOG)


def board(source: Source) -> Iterator[Witness]:
    """The model that the device tree names, where the tree itself is not recorded; or an oops names it."""
    log = kernel_log(source)
    named = after(log, HARDWARE)
    name = after(log, _BOARD) or (named.removesuffix(_OF_TREE) if named.endswith(_OF_TREE) else "")
    says = f"the kernel log names the machine {name!r}"
    if "dummy-virt" in name:
        yield witness(w.TREE_HYPERVISOR, says, KERNEL_LOG, Points(role="guest"))
    elif "qemu" in name.lower():
        yield witness(w.TREE_HYPERVISOR, says, KERNEL_LOG, Points(vmm="qemu"))
    elif name in DEVICE_TREE:
        yield from DEVICE_TREE[name].witnesses(says, KERNEL_LOG)
    elif is_board(name):
        says = f"the kernel log names the board {name!r}"
        yield witness(w.TREE_BOARD, says, KERNEL_LOG, Points(kind="none"))


def partition(source: Source) -> Iterator[Witness]:
    """What an oops names on POWER and s390, where the machine's own hypervisor stands in the name."""
    named = after(kernel_log(source), HARDWARE)
    for words, speaks in HARDWARE_NAMES.items() if named else ():
        if words in named:
            yield from speaks.witnesses(f"the kernel calls the hardware {named[:_LONGEST]!r}", KERNEL_LOG)
            return


def functions(source: Source) -> list[Function]:
    """The PCI bus as the kernel counted it at boot."""
    text = kernel_log(source)
    if "] type 0" not in text:
        return []
    by_address = {match[1]: match for match in re.finditer(_FUNCTION, text)}
    return [_function(by_address[address]) for address in sorted(by_address)]


def _function(match: re.Match[str]) -> Function:
    """Kernels before 3.4 print a class of four digits, without an interface; only 00ff begins with 00."""
    old = match[4].startswith("00") and not match[4].startswith("00ff")
    class_ = f"{match[4][2:]}00" if old else match[4]
    return Function(match[1], match[2], match[3], "", "", class_, None, KERNEL_LOG)


def systemd(source: Source) -> Iterator[Witness]:
    """What systemd concluded, in the log or as `systemd-detect-virt` printed it; of containers nothing."""
    text = after(kernel_log(source), _SYSTEMD).strip("'. ")
    yield from _detected(text, f"systemd detected {text!r}", KERNEL_LOG)
    for word in (source.output("systemd-detect-virt") or "").split():
        yield from _detected(word, f"systemd-detect-virt said {word!r}", output_id("systemd-detect-virt"))


def _detected(word: str, says: str, evidence: str) -> Iterator[Witness]:
    if word in DETECT_VIRT:
        yield from DETECT_VIRT[word].witnesses(says, evidence)


def xen_mode(source: Source) -> HypervisorMode | None:
    """How Xen runs this guest, where the log says more than that it booted on Xen."""
    text = kernel_log(source)
    if "Xen PVH" in text:
        return "pvh"
    if any(words in text for words in _XEN_HVM):
        return "hvm"
    return "pv" if any(words in text for words in _XEN_PV) else None


def control(source: Source) -> Iterator[Witness]:
    """A PV domain that is shown the machine's ACPI tables: Xen shows them to its control domain alone."""
    text = kernel_log(source)
    shown = next((words for words in _ACPI if words in text), None)
    if shown and xen_mode(source) == "pv":
        says = f"the kernel runs as Xen PV, and its log says {shown!r}: no other PV domain has ACPI"
        yield witness(w.XEN_FIRMWARE, says, KERNEL_LOG, Points(role="host"))


_ACPI = ("ACPI: RSDP ", "ACPI: HPET id: ")


def paravirtual_xen(source: Source) -> bool:
    """Whether the kernel calls itself paravirtualized on Xen, and no more: PV does, and EL6 as HVM."""
    return logged(kernel_log(source), _BOOTED).strip() == "Xen"
