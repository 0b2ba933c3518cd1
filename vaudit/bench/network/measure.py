"""The network as iperf3 sees it: TCP and UDP in both directions to a peer that the user named.

Round trips are taken when the link is idle and beside the transfers (delay.py), and what the facts and the
kernel say of the card is put beside the figures (nic.py). Gives a recording; nothing is judged here.
"""

import os

from vaudit.bench.network import delay, iperf3, nic
from vaudit.bench.network.plan import IDLE_PINGS_SECONDS, NetworkPlan
from vaudit.bench.network.recording import Attempt, IperfRun, Peer, Recording, Trips
from vaudit.bench.units import Record, Say

LEAST_RATE = 1e5
"""Bits a second: below it a second of datagrams tells nothing."""
_NO_TIME = "this machine was so busy that no time was left"
_NOT_TRIED = "not tried, because sending failed"
"""Whatever kept the first from connecting keeps the second as well."""


def measure(plan: NetworkPlan, say: Say, record: Record) -> Recording:
    """Round trips, TCP and UDP both ways; each failure is told in its place and the rest goes on."""
    recording = blank(plan)
    if plan.peer is None or plan.iperf3.path is None:
        return recording
    peer, client = plan.peer, _Client(plan, plan.peer, plan.iperf3.path, record)
    say(f"network: round trips to {peer.host}")
    recording.trips = delay.idle(peer.host, IDLE_PINGS_SECONDS)
    recording.trips.seconds = plan.seconds
    say(f"network: sending to {peer.host}")
    recording.streams.append(client.stream("network.send", False, recording.trips))
    tried = recording.streams[0].run is not None
    if tried:
        say(f"network: receiving from {peer.host}")
    recording.streams.append(client.stream("network.receive", True, recording.trips if tried else None))
    recording.offloads = _offloads(recording)
    runs = [test.run for test in recording.streams if test.run]
    if runs:
        say(f"network: loss of datagrams to and from {peer.host}")
        recording.datagrams = [client.datagrams(run) for run in runs]
    return recording


def blank(plan: NetworkPlan) -> Recording:
    """A recording before anything was measured."""
    return Recording(
        peer=plan.peer,
        refusal=plan.refusal or ("" if plan.iperf3.path else plan.iperf3.missing),
        mode=plan.mode,
        version=plan.iperf3.version,
        ceiling=iperf3.ceiling(plan.bytes, plan.seconds),
        cards=list(plan.cards),
        cpus=os.cpu_count() or 1,
    )


def _offloads(recording: Recording) -> dict[str, bool]:
    device = next((test.device for test in recording.streams if test.device), None)
    return nic.offloads(device) if device else {}


class _Client:
    """iperf3 against one peer."""

    def __init__(self, plan: NetworkPlan, peer: Peer, path: str, record: Record) -> None:
        self.plan, self.peer, self.path, self.record = plan, peer, path, record
        self.ceiling = iperf3.ceiling(plan.bytes, plan.seconds)

    def stream(self, name: str, reverse: bool, trips: Trips | None) -> Attempt:
        """TCP in one direction, with echoes beside it; without `trips` it is not tried."""
        seconds = self.plan.seconds
        argv = iperf3.tcp(self.path, self.peer, seconds, self.ceiling, reverse)
        if trips is None:
            return Attempt(name, argv, "skipped", _NOT_TRIED)
        with delay.loaded(self.peer.host, trips, name):
            return iperf3.run(name, self.peer, argv, seconds, self.record)

    def datagrams(self, tcp: IperfRun) -> Attempt:
        """UDP the same way, at half of the rate that TCP reached, at most UDP_CEILING."""
        name = "network.udp-receive" if tcp.reverse else "network.udp-send"
        seconds = self.plan.udp_seconds
        if not seconds:
            return Attempt(name, [], "skipped", _NO_TIME)
        rate = max(LEAST_RATE, min(iperf3.UDP_CEILING, tcp.bits_per_second / 2))
        argv = iperf3.udp(self.path, self.peer, seconds, rate, tcp.reverse)
        return iperf3.run(name, self.peer, argv, seconds, self.record)
