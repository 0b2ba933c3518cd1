"""What only Windows has, in its own words: how it starts, by which drivers, and what it remembers."""

from collections.abc import Iterator

from vaudit import words
from vaudit.model.facts import Driver, Phantom, Windows
from vaudit.model.report import Report

MOST = 8
"""Things alike that are named."""
_STARTS = {
    "boot": "boot start", "system": "system start", "auto": "starts with Windows",
    "demand": "starts on demand", "disabled": "disabled",
}  # fmt: skip
_SHIPPED = ("absent", "unknown")


def rows(report: Report) -> list[tuple[str, str]]:
    """A label and what is said behind it; none where this is no Windows."""
    it = report.facts.windows
    return [row for row in _rows(it, report) if row[1]] if it else []


def _rows(it: Windows, report: Report) -> Iterator[tuple[str, str]]:
    yield "release", it.build_because
    yield "boots by", _listed([_named(name, report.facts.drivers) for name in it.boots_by])
    yield "firmware", {"bios": "BIOS", "uefi": "UEFI"}.get(it.firmware or "", "")
    yield "clock", _clock(it)
    yield "shutting down", _switched(it.fast_start, "fast start hibernates its kernel", "no fast start")
    yield "hibernation", _switched(it.hibernation, "may hibernate", "switched off")
    yield "test signing", _switched(it.test_signing, "on", "")
    yield "VBS", _switched(it.vbs, "switched on: a hypervisor runs beneath this Windows", "switched off")
    yield "Hyper-V", _switched(it.hyperv, "starts with this Windows, which is its root partition", "")
    yield "WSL", _switched(it.wsl, "installed", "")
    yield "filters", _listed([f"{one.service} ({one.place}, {one.device_class})" for one in it.filters or ()])
    yield (
        "fixed address",
        _listed([f"{one.name}{_PRESENT[one.present]}" for one in it.static_addresses or ()]),
    )
    yield "remembered", _listed([_phantom(one) for one in it.phantoms or ()])


_CLOCKS = {"tsc": "the TSC, or Hyper-V's page for it", "hpet": "HPET", "acpi-pm": "the ACPI PM timer"}


def _clock(it: Windows) -> str:
    if it.clock_hz is None:
        return ""
    return f"{_CLOCKS.get(it.clock or '', 'not known')}, at {it.clock_hz / 1e6:g} MHz"


_PRESENT = {True: "", False: " (not there any more)", None: " (whether it is there does not show)"}


def _switched(value: bool | None, on: str, off: str) -> str:
    return {True: on, False: off, None: ""}[value]


def _phantom(one: Phantom) -> str:
    return f"{one.name} ({', '.join(filter(None, (one.driver, one.state)))})"


def _listed(names: list[str]) -> str:
    more = len(names) - MOST
    return ", ".join([*names[:MOST], *([words.many(more, "more", "more")] if more > 0 else [])])


def _named(name: str, drivers: list[Driver]) -> str:
    version = next((one.version for one in drivers if one.name == name and one.version), "")
    return f"{name} {version}".strip()


def start(driver: Driver) -> str:
    """When a driver starts, of those that are installed."""
    return _STARTS.get(driver.start or "", "") if driver.state not in _SHIPPED else ""
