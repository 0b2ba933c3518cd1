r"""The services of Windows, and when each really starts.

Since Windows 8 a driver that the machine does not boot by has StartOverride, whose value by the number of the
hardware configuration goes before Start: seen on real registries, documented for Azure's repair scripts.
"""

from collections.abc import Iterator
from weakref import WeakKeyDictionary

from vaudit.evidence.source import Source
from vaudit.facts.values import Value
from vaudit.facts.windows import inventory
from vaudit.facts.windows.keys import SERVICES, SYSTEM, Key, read
from vaudit.model.facts import Start

STARTS: dict[int, Start] = {0: "boot", 1: "system", 2: "auto", 3: "demand", 4: "disabled"}
HARDWARE = f"{SYSTEM}\\HardwareConfig"
MAX_SERVICES = 3000


class Service(Value, frozen=True, kw_only=True):
    """A key below Services."""

    name: str
    start: Start | None
    """Overrides considered."""
    written: Start | None = None
    """What Start itself says."""
    overridden: bool
    """Whether something else than Start decides."""
    has_overrides: bool
    group: str
    image: str
    evidence: str
    runs: bool = False
    """It is known to run; the registry does not tell."""


_SERVICES: WeakKeyDictionary[Source, dict[str, Service]] = WeakKeyDictionary()


def services(source: Source) -> dict[str, Service]:
    """All services, by their names in lower case; none where the registry does not tell."""
    found = _SERVICES.get(source)
    if found is None:
        found = _SERVICES[source] = {one.name.lower(): one for one in (*_read(source), *_listed(source))}
    return found


_STARTS: dict[str, Start] = {
    "Boot": "boot", "System": "system", "Auto": "auto", "Manual": "demand", "Disabled": "disabled",
}  # fmt: skip


def _listed(source: Source) -> Iterator[Service]:
    """Drivers that others wrote down."""
    for one in inventory.drivers(source):
        yield Service(
            name=one.name,
            start=_STARTS.get(one.start),
            overridden=False,
            has_overrides=False,
            group="",
            image="",
            evidence=one.evidence,
            runs=one.runs,
        )


def configuration(source: Source) -> int | None:
    """The number of the hardware configuration that is in use; 0 is the first."""
    found = read(source, HARDWARE)
    if not found:
        return None
    last = found.text("LastConfig")
    own = read(source, f"{HARDWARE}\\{last}") if last else None
    number = own.number("Id") if own else None
    return found.number("LastId") if number is None else number


def _override(overrides: Key, number: int | None) -> int | None:
    """Of this hardware configuration; where that is not known, of the only one."""
    if number is None and len(overrides.values) == 1:
        return overrides.number(next(iter(overrides.values)))
    return overrides.number(str(number))


def _read(source: Source) -> Iterator[Service]:
    names = read(source, SERVICES)
    number = configuration(source)
    for name in names.subkeys[:MAX_SERVICES] if names else ():
        key = read(source, f"{SERVICES}\\{name}")
        if key:
            inner = "startoverride" in (one.lower() for one in key.subkeys)
            overrides = read(source, f"{key.path}\\StartOverride") if inner else None
            override = _override(overrides, number) if overrides else None
            written = key.number("Start")
            start = written if override is None else override
            yield Service(
                name=name,
                start=STARTS.get(start) if start is not None else None,
                written=STARTS.get(written) if written is not None else None,
                overridden=override is not None,
                has_overrides=inner,
                group=key.text("Group").lower(),
                image=key.text("ImagePath"),
                evidence=overrides.id if overrides and override is not None else key.id,
            )
