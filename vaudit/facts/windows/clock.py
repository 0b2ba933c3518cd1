"""What a running Windows counts time by: the frequency of its counter gives that away.

Since Windows 10 1809 it is 10 MHz where the TSC, or the page that Hyper-V's interface has for it, is read by
programs themselves; before that a 1,024th of the TSC's. Another device's counter is shown as it is, and each
reading of it leaves a guest. learn.microsoft.com, "Acquiring high-resolution time stamps".
"""

from typing import Literal

from vaudit import procfs
from vaudit.evidence.source import COUNTER, Source

Clock = Literal["", "tsc", "hpet", "acpi-pm"]
_REFERENCE, _ACPI_PM = 10_000_000, 3_579_545
_HPET = (14_318_180, 100_000_000, 62_500_000)
"""Of chipsets, VMware and Hyper-V; of QEMU (hw/timer/hpet.c, HPET_CLK_PERIOD: 10 ns); of Xen
(xen/arch/x86/hvm/hpet.c, STIME_PER_HPET_TICK: 16 ns)."""
_NEAR = 100
"""Hertz, for how a period in femtoseconds is rounded."""
_SCALED_TSC = range(900_000, 6_000_000)
"""A 1,024th of 0.9 to 6 GHz."""


def clock(source: Source) -> tuple[Clock | None, int | None]:
    """What it is and its frequency in hertz; None for what is not known, empty where nobody could ask."""
    hertz = procfs.whole(source.call(COUNTER) or "")
    if not hertz:
        return "", None
    if any(abs(hertz - one) <= _NEAR for one in _HPET):
        return "hpet", hertz
    if abs(hertz - _ACPI_PM) <= _NEAR:
        return "acpi-pm", hertz
    return ("tsc" if hertz == _REFERENCE or hertz in _SCALED_TSC else None), hertz
