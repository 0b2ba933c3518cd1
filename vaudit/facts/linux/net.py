"""Network interfaces but loopback, and how each is served (Documentation/ABI/testing/sysfs-class-net)."""

from vaudit.evidence.source import Source
from vaudit.facts import better, paths
from vaudit.facts.linux.sysfs import ancestors
from vaudit.model.facts import Net

_ROOT = "/sys/class/net"
_LOOPBACK = 772  # ARPHRD_LOOPBACK, include/uapi/linux/if_arp.h


def collect(source: Source, platform: paths.Platform) -> list[Net]:
    """All interfaces but loopback."""
    found = []
    for name in source.names(_ROOT):
        real = source.resolve(f"{_ROOT}/{name}") or f"{_ROOT}/{name}"
        if name == "lo" or source.number(f"{real}/type") == _LOOPBACK or name == "bonding_masters":
            continue
        verdict = _path(source, name, real, platform)
        found.append(_net(source, name, real, verdict, platform))
    return found


def _path(source: Source, name: str, real: str, platform: paths.Platform) -> paths.Verdict:
    if "/devices/virtual/" in real:
        kind = name.rstrip("0123456789.")
        return paths.Verdict(
            "software", f"made by this kernel ({kind})", None, "virtual", evidence=f"link:{_ROOT}/{name}"
        )
    verdict = paths.of_chain(ancestors(source, real), platform.functions, platform.guest)
    if verdict is None:
        return paths.Verdict(
            "unknown", "sysfs does not show what it hangs on", evidence=f"link:{_ROOT}/{name}"
        )
    return verdict


def _net(source: Source, name: str, real: str, verdict: paths.Verdict, platform: paths.Platform) -> Net:
    address = source.line(f"{real}/address") or ""
    # what this kernel makes itself has no speed, and says so by an error
    speed = source.number(f"{real}/speed") if verdict.path != "software" else None
    queues = source.names(f"{real}/queues")
    best, actor = better.driver("network", verdict.path, platform.hypervisor, platform.drivers)
    return Net(
        name=name,
        path=verdict.path,
        because=verdict.because,
        driver=verdict.driver,
        bus=verdict.bus,
        model=verdict.model,
        controller=verdict.controller,
        better=best,
        better_by=actor,
        oui=address[:8] if len(address) == 17 and address.count(":") == 5 else None,
        state=source.line(f"{real}/operstate"),
        speed=speed if speed and 0 < speed < 1 << 31 else None,  # -1 and 2^32-1 mean unknown
        mtu=source.number(f"{real}/mtu"),
        rx_queues=sum(queue.startswith("rx-") for queue in queues) or None,
        tx_queues=sum(queue.startswith("tx-") for queue in queues) or None,
        evidence=list(dict.fromkeys(one for one in (f"link:{_ROOT}/{name}", verdict.evidence) if one)),
    )
