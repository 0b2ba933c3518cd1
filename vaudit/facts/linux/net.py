"""Network interfaces but loopback, and how each is served (Documentation/ABI/testing/sysfs-class-net)."""

from msgspec import structs

from vaudit.evidence.source import Source
from vaudit.facts import paths
from vaudit.facts.better import better
from vaudit.facts.linux import outputs, queues, shown, virtio
from vaudit.facts.linux.sysfs import ancestors
from vaudit.model.facts import Net, Served

_LOOPBACK = 772  # ARPHRD_LOOPBACK, include/uapi/linux/if_arp.h


def collect(source: Source, platform: paths.Platform) -> list[Net]:
    """All interfaces but loopback."""
    found = []
    for name, real in shown.of_class(source, "net").items():
        if name == "lo" or source.number(f"{real}/type") == _LOOPBACK or name == "bonding_masters":
            continue
        found.append(_net(source, name, real, _served(source, name, real, platform)))
    return found


def _served(source: Source, name: str, real: str, platform: paths.Platform) -> Served:
    """How an interface is served, with the better driver for it."""
    served = _path(source, name, real, platform)
    evidence = list(dict.fromkeys([shown.evidence_of(source, "net", name, real), *served.evidence]))
    served = structs.replace(served, evidence=evidence)
    return better(served, "network", platform.hypervisor, platform.drivers)


def _path(source: Source, name: str, real: str, platform: paths.Platform) -> Served:
    if "/devices/virtual/" in real:
        kind = name.rstrip("0123456789.")
        return Served(path="software", because=f"made by this kernel ({kind})", bus="virtual")
    served = paths.of_chain(ancestors(source, real), platform.functions, platform.guest)
    served = served or outputs.card(source, name, platform)
    return served or Served(because="sysfs does not show what it hangs on")


def _net(source: Source, name: str, real: str, served: Served) -> Net:
    address = source.line(f"{real}/address") or ""
    # what this kernel makes itself has no speed, and says so by an error
    speed = source.number(f"{real}/speed") if served.path != "software" else None
    names = source.names(f"{real}/queues")
    rx, tx = (sum(name.startswith(way) for name in names) or None for way in ("rx-", "tx-"))
    agreed = virtio.of(source, real, served)
    if agreed:
        served = structs.replace(served, evidence=[*served.evidence, *agreed.evidence])
    return Net(
        name,
        **structs.asdict(served),
        virtio=agreed,
        offered_queues=queues.offered(source, real, served, rx, agreed),
        oui=address[:8] if len(address) == 17 and address.count(":") == 5 else None,
        state=source.line(f"{real}/operstate"),
        speed=speed if speed and 0 < speed < 1 << 31 else None,  # -1 and 2^32-1 mean unknown
        mtu=source.number(f"{real}/mtu"),
        rx_queues=rx,
        tx_queues=tx,
    )
