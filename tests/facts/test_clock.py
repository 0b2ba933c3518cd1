"""The clock source: whether a better one is listed than one that asks a device."""

import pytest

from tests.machines.record import record

PAGE = "hyperv_clocksource_tsc_page"
CLOCKS = "/sys/devices/system/clocksource/clocksource0"
UNSTABLE = "clocksource: timekeeping watchdog on CPU1: Marking clocksource 'tsc' as unstable because"
OLD = "Marking TSC unstable due to TSC halts in idle"


@pytest.mark.parametrize(
    ("used", "listed", "log", "better"),
    [
        ("kvm-clock", "kvm-clock tsc acpi_pm", "Booting", ""),
        ("acpi_pm", "kvm-clock tsc acpi_pm", "Booting", "kvm-clock"),
        ("hpet", "tsc hpet acpi_pm", "Booting", "tsc"),
        ("hpet", "tsc hpet acpi_pm", UNSTABLE, ""),
        ("hpet", "tsc hpet acpi_pm", OLD, ""),
        ("hpet", "tsc hpet acpi_pm", "", ""),
        ("hpet", "hpet acpi_pm", "Booting", ""),
        ("hyperv_clocksource_msr", f"{PAGE} hyperv_clocksource_msr", "", PAGE),
        ("hpet", "", "Booting", None),
    ],
)  # fmt: skip
def test_a_better_clock_is_one_that_the_kernel_lists_and_trusts(
    used: str, listed: str, log: str, better: str | None
) -> None:
    found = record().cpu(hypervisor=True).file(f"{CLOCKS}/current_clocksource", f"{used}\n")
    if listed:
        found.file(f"{CLOCKS}/available_clocksource", f"{listed}\n")
    if log:
        found.log(log)
    assert found.facts().cpu.better_clock == better
