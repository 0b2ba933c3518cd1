"""The loss of datagrams: what iperf3's UDP lost at a modest rate, at which we crowd out nothing ourselves."""

import msgspec

from vaudit.bench.borders import Borders
from vaudit.bench.network.recording import Attempt, IperfRun
from vaudit.model.benchmark import Benchmark
from vaudit.words import many, rate, were

ENOUGH_DATAGRAMS = 1000
"""For more than a low confidence."""
Z95 = 1.96
"""Standard deviations on each side of the mean that hold 95 % of a normal distribution."""


def loss(test: Attempt, run: IperfRun, target: str, borders: Borders) -> Benchmark:
    """The share of datagrams that never arrived, with the 95 % interval of a share (Wilson 1927)."""
    lost, packets = run.lost_packets or 0, run.packets or 0
    low, high = share_interval(lost, packets)
    word = "lossy" if low > borders.udp_loss else "little-loss" if lost else "no-loss"
    said = (
        f"{lost:,} of {many(packets, 'datagram')} at {rate(run.bits_per_second, 'bit/s')} {were(lost)} lost"
    )
    jitter = f", jitter {run.jitter_ms:.2f} ms" if run.jitter_ms is not None else ""
    base = Benchmark(
        id=test.name, target=target, engine="iperf3", unit="share",
        value=lost / packets if packets else None,
        interval=(low, high) if packets else None,
        samples=[test.round(lost / packets, 0.0, run.seconds)] if packets else [],
        verdict=word, confidence="medium" if packets >= ENOUGH_DATAGRAMS else "low", reason=said + jitter,
        limits=["loss under full load, and at other hours", "where between the two hosts it was lost"],
        details={"jitter_ms": run.jitter_ms, "packets": packets, "lost_packets": lost},
        device=test.device, command=test.command, version=run.version, seconds=test.seconds,
        evidence=[test.source],
    )  # fmt: skip
    change = msgspec.structs.replace
    if not packets:
        return change(base, verdict="inconclusive", confidence="none", reason="no datagram was counted")
    if run.is_local:
        return change(
            base, verdict="loopback", confidence="none", reason=f"{said}, but the peer is this host"
        )
    if test.disturbed and lost:
        doubt = f"{said}{jitter}, but {test.disturbed}"
        return change(base, verdict="inconclusive", confidence="none", reason=doubt)
    return base


def blocked(test: Attempt, target: str, version: str | None, still: bool) -> Benchmark:
    """The entry for datagrams of which not even the first was answered, though the peer took part over TCP;
    `still`: but TCP stood still as well."""
    said = f"UDP is blocked: {target} answers over TCP, and to no datagram"
    doubt = "no datagram was answered: UDP is blocked, or too much is lost on the way"
    return Benchmark(
        id=test.name,
        target=target,
        engine="iperf3",
        unit="share",
        verdict="inconclusive" if still else "udp-blocked",
        confidence="none" if still else "medium",
        reason=doubt if still else said,
        limits=["which firewall between the two hosts, or on them, blocks it; other ports"],
        command=test.command,
        version=version,
        seconds=test.seconds,
        evidence=[test.source],
    )


def share_interval(part: int, whole: int) -> tuple[float, float]:
    """The 95 % interval of a share of independent trials, after Wilson (1927); (0, 1) without trials."""
    if not whole:
        return 0.0, 1.0
    share, z = part / whole, Z95
    middle = share + z * z / (2 * whole)
    reach = z * (share * (1 - share) / whole + z * z / (4 * whole * whole)) ** 0.5
    scale = 1 + z * z / whole
    return (0.0 if not part else max(0.0, (middle - reach) / scale)), min(1.0, (middle + reach) / scale)
