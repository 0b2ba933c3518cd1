"""Would this Windows start in another place? Its drivers tell: which of them start at boot there.

What they cannot tell (a file that is missing, a volume that is encrypted) other facts say.
"""

from collections.abc import Iterator, Mapping, Sequence

from msgspec import structs

from vaudit.evidence.source import Source
from vaudit.facts.paths import Platform
from vaudit.facts.windows.drivers import in_store, is_critical, is_store_read
from vaudit.facts.windows.keys import SERVICES, is_whole
from vaudit.facts.windows.known import BY_NAME, LEFT_BY
from vaudit.facts.windows.left import has_file
from vaudit.facts.windows.places import PLACES, Place
from vaudit.facts.windows.services import Service, services
from vaudit.facts.windows.tree import tree
from vaudit.model.facts import (
    Block,
    Carried,
    Driver,
    Hypervisor,
    Move,
    Net,
    Served,
    Standing,
    Target,
)

_BEST: tuple[Standing, ...] = (
    "ready", "overridden", "unmet", "lost", "late", "staged", "unknown", "absent",
)  # fmt: skip
"""From the one that serves to the one that is not there."""
_AT_START = ("boot", "system", "auto")
NOBODY: Mapping[str, Served] = {}
_OTHER: dict[Target, Target] = {"kvm": "kvm-scsi", "kvm-scsi": "kvm"}


def moves(
    source: Source, platform: Platform, block: Sequence[Block], net: Sequence[Net], makers: Sequence[str]
) -> list[Move]:
    """One for each place; `makers` are those of the Xen drivers that are at work."""
    serving = {one.driver.lower(): one for one in (*block, *net) if one.driver}
    found = {name: _move(source, name, place, platform.drivers, serving) for name, place in PLACES.items()}
    here = _here(platform.hypervisor, block, found, makers)
    return [
        structs.replace(one, here=one.name == here, asked=one.name == here, other=_other(found, one))
        for one in found.values()
    ]


def _move(
    source: Source, name: Target, place: Place, drivers: Sequence[Driver], serving: Mapping[str, Served]
) -> Move:
    disk = _best(_with_bus(source, _standing(source, service, serving), place) for service in place.disk)
    emulated = [_worst(_standing(source, one) for one in row) for row in place.emulated]
    fallback = _best(emulated) if emulated else None
    network = _best(_plugged(source, one, serving) for one in place.network) if place.network else None
    boots, because = _boots(disk, fallback)
    evidence = [*disk.evidence, *(fallback.evidence if fallback else [])]
    return Move(
        name=name, title=place.title, here=False, disk=disk, fallback=fallback, network=network,
        firmware=place.firmware, leaves=_leaves(place, drivers), boots=boots, because=because,
        evidence=list(dict.fromkeys(evidence)),
    )  # fmt: skip


def _boots(disk: Carried, fallback: Carried | None) -> tuple[bool | None, str]:
    """Whether one of the two starts at boot; not known where what was noted for this hardware decides."""
    if disk.state == "ready":
        return True, disk.because
    if fallback and fallback.state == "ready":
        return True, f"from an emulated disk alone ({fallback.because}): {disk.because}"
    unsure = [one for one in (disk, fallback) if one and one.state in ("overridden", "unknown")]
    if unsure:
        return None, unsure[0].because
    return False, disk.because


def _best(found: Iterator[Carried] | list[Carried]) -> Carried:
    """The one that stands best; of equal ones the first."""
    return min(found, key=lambda one: _BEST.index(one.state))


def _worst(found: Iterator[Carried]) -> Carried:
    return max(found, key=lambda one: _BEST.index(one.state))


def _with_bus(source: Source, disk: Carried, place: Place) -> Carried:
    """A disk's driver with that of the bus that it hangs on: one without the other brings nothing up."""
    if disk.state in ("absent", "unknown") or not place.beside or disk.driver.lower() in place.beside:
        return disk
    bus = _best(_standing(source, one) for one in place.beside)
    return disk if _BEST.index(bus.state) <= _BEST.index(disk.state) else bus


def _standing(source: Source, name: str, serving: Mapping[str, Served] = NOBODY) -> Carried:
    if name in serving:  # which not every record tells by its services
        at = serving[name]
        because = f"{at.driver} serves a device here"
        return Carried(driver=at.driver or name, state="ready", because=because, evidence=at.evidence)
    service = services(source).get(name)
    if service:
        state = _state(source, service)
        because = _BECAUSE[state].format(service.name, _WORDS.get(service.start or "", "at no known time"))
        return Carried(
            driver=service.name, state=state, start=service.start, because=because,
            evidence=[service.evidence],
        )  # fmt: skip
    known = BY_NAME.get(name)
    inf = in_store(source, known) if known else None
    if inf:
        because = f"{name} lies in the driver store ({inf}), and was never installed for a device"
        return Carried(driver=name, state="staged", because=because, evidence=[f"registry:{SERVICES}"])
    if is_whole(source, SERVICES):
        return Carried(
            driver=name, state="absent", because=f"{name} is not installed", evidence=[f"registry:{SERVICES}"]
        )
    looked = "could not be read whole" if services(source) else "is not in this record"
    because = f"the list of services {looked}"
    return Carried(driver=name, state="unknown", because=because)


def _plugged(source: Source, name: str, serving: Mapping[str, Served]) -> Carried:
    """How the driver of a card stands: it starts when its card is met, which is early enough."""
    found = _standing(source, name, serving)
    if found.start in (None, "disabled"):
        return found
    return structs.replace(found, state="ready", because=f"{found.driver} is installed")


_BECAUSE: dict[Standing, str] = {
    "ready": "{0} starts at boot",
    "overridden": "{0} is set to start at boot, but StartOverride of this hardware says {1}",
    "late": "{0} starts {1}, not at boot",
    "lost": "{0} starts at boot, but its file is not there",
    "unmet": "{0} starts at boot, but nothing tells Windows which device it serves",
    "unknown": "when {0} starts is not told",
}
_WORDS = {
    "boot": "at boot", "system": "with the system", "auto": "as a service", "demand": "on demand",
    "disabled": "never",
}  # fmt: skip


def _state(source: Source, service: Service) -> Standing:
    if service.start is None:
        return "unknown"
    if service.start != "boot":
        return "overridden" if service.written == "boot" else "late"
    if has_file(source, service) is False:
        return "lost"
    return "ready" if _has_met(source, service) else "unmet"


def _has_met(source: Source, service: Service) -> bool:
    """Whether Windows knows a device of it: from the device tree, or from the stores that it starts by."""
    known = BY_NAME.get(service.name.lower())
    if not known or not known.ids:
        return True
    if any(one.service.lower() == known.name for one in tree(source).all):
        return True
    return bool(in_store(source, known)) or is_critical(source, known) or not is_store_read(source)


def _leaves(place: Place, drivers: Sequence[Driver]) -> list[str]:
    """What was installed for the hypervisor that is left, and starts by itself."""
    belonging = LEFT_BY[place.kind]
    return [
        one.name
        for one in drivers
        if one.start in _AT_START and not one.inbox and one.family not in belonging
    ]


def _other(found: dict[Target, Move], one: Move) -> str | None:
    other = found.get(_OTHER.get(one.name, one.name))
    if not other or other is one or one.disk.state == "ready" or other.disk.state != "ready":
        return None
    return other.disk.driver


def _here(
    beneath: Hypervisor, block: Sequence[Block], found: dict[Target, Move], xen_makers: Sequence[str]
) -> Target | None:
    """The place where it is: of KVM's by what serves a disk, else by what could."""
    if beneath.kind in ("kvm", "qemu"):
        serving = {(one.driver or "").lower() for one in block}
        for name in ("kvm", "kvm-scsi", "nvme"):
            if serving & set(PLACES[name].disk):
                return name
        if beneath.vmm == "nitro":
            return "nvme"
        ranks = {name: _BEST.index(found[name].disk.state) for name in _OTHER}
        return min(ranks, key=lambda name: ranks[name])
    if beneath.kind == "xen":
        return "xcp-ng" if "XCP-ng" in xen_makers else "xen"
    kinds: dict[str, Target] = {"hyperv": "hyperv", "vmware": "vmware"}
    return kinds.get(beneath.kind)
