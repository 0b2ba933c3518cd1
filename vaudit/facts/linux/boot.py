"""What the running Linux kernel found of its platform: the log, its clocks, its own version."""

from collections.abc import Iterator

from vaudit.evidence.source import Source
from vaudit.facts import weights as w
from vaudit.facts.ask.output import KERNEL_LOG, call, call_id, kernel_log
from vaudit.facts.signatures import CLOCKS, KERNEL_LOG_NAMES
from vaudit.facts.text import after
from vaudit.facts.weights import witness
from vaudit.model.facts import HypervisorKind, Points, Witness

_CLOCKS = "/sys/devices/system/clocksource/clocksource0/available_clocksource"


def log(source: Source) -> Iterator[Witness]:
    """What it detected at boot; "bare hardware" is said inside old guests too and proves nothing."""
    text = kernel_log(source)
    found = after(text, "Hypervisor detected: ")
    if found:
        kind: HypervisorKind = next((kind for name, kind in KERNEL_LOG_NAMES if name in found), "other")
        yield witness(w.LOG_DETECTED, f"the kernel detected {found!r}", KERNEL_LOG, Points(kind=kind))
    if "Booting paravirtualized kernel on Xen" in text:
        says = "the kernel booted paravirtualized on Xen"
        yield witness(w.LOG_XEN, says, KERNEL_LOG, Points(kind="xen"))


def clock(source: Source) -> Iterator[Witness]:
    """Clock sources that only one hypervisor offers; whether or not the kernel prefers them."""
    offered = (source.line(_CLOCKS) or "").split()
    for name, speaks in CLOCKS.items():
        if name in offered:
            yield from speaks.witnesses(f"the clock source {name} is offered", f"file:{_CLOCKS}")


def zone(source: Source) -> Iterator[Witness]:
    """An LX-branded zone of illumos, whose kernel only plays Linux (usr/src/uts/common/brand/lx)."""
    zone = Points(kind="illumos")
    if "BrandZ virtual linux" in (call(source, "uname -v") or ""):
        yield witness(w.BRANDZ, "the kernel is illumos' BrandZ", call_id("uname -v"), zone)
    elif b"container=zone" in (source.binary("/proc/1/environ") or b""):
        yield witness(w.ZONE, "PID 1 was given container=zone", "file:/proc/1/environ", zone)
