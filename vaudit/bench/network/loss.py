"""The loss of datagrams: iperf3's UDP at a modest rate, so that we crowd out nothing ourselves."""

import msgspec

from vaudit.bench.network.iperf3 import Ran, interface_of, is_local
from vaudit.model.benchmark import Benchmark


def loss(ran: Ran) -> Benchmark:
    """The share of datagrams that never arrived, with the 95 % interval of a share (Wilson 1927)."""
    run, disturbed = ran.run, ran.disturbed
    lost, packets = run.lost_packets or 0, run.packets or 0
    low, high = share_interval(lost, packets)
    word = "lossy" if low > LOSSY else "little-loss" if lost else "no-loss"
    said = f"{lost:,} of {packets:,} datagrams at {run.bits_per_second / 1e6:,.1f} Mbit/s were lost"
    jitter = f", jitter {run.jitter_ms:.2f} ms" if run.jitter_ms is not None else ""
    base = Benchmark(
        id=ran.name, target=ran.target, engine="iperf3", unit="share",
        value=lost / packets if packets else None,
        interval=(low, high) if packets else None,
        samples=[ran.round(lost / packets, 0.0, run.seconds)] if packets else [],
        verdict=word, confidence="medium" if packets >= 1000 else "low", reason=said + jitter,
        limits=["loss under full load, and at other hours", "where between the two hosts it was lost"],
        details={"jitter_ms": run.jitter_ms, "packets": packets, "lost_packets": lost},
        device=None if is_local(run) else interface_of(run.local_host),
        command=ran.argv, version=run.version, seconds=ran.seconds,
        evidence=[f"run:iperf3 {ran.name}"],
    )  # fmt: skip
    change = msgspec.structs.replace
    if not packets:
        return change(base, verdict="inconclusive", confidence="none", reason="no datagram was counted")
    if is_local(run):
        return change(
            base, verdict="loopback", confidence="none", reason=f"{said}, but the peer is this host"
        )
    if disturbed and lost:
        doubt = f"{said}{jitter}, but {disturbed}"
        return change(base, verdict="inconclusive", confidence="none", reason=doubt)
    return base


LOSSY = 0.005
"""Share of lost datagrams; ITU-T Y.1541 allows 0.001 for interactive classes, which a second cannot tell."""


def share_interval(part: int, whole: int) -> tuple[float, float]:
    """The 95 % interval of a share of independent trials, after Wilson (1927); (0, 1) without trials."""
    if not whole:
        return 0.0, 1.0
    share, z = part / whole, 1.96
    middle = share + z * z / (2 * whole)
    reach = z * (share * (1 - share) / whole + z * z / (4 * whole * whole)) ** 0.5
    scale = 1 + z * z / whole
    return (0.0 if not part else max(0.0, (middle - reach) / scale)), min(1.0, (middle + reach) / scale)
