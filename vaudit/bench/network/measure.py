"""The network as iperf3 sees it: TCP and UDP in both directions to the peers that the user named.

Round trips are taken when the link is idle and beside the transfers, echoes of all sizes show which of them
come through (delay.py), and what the facts and the kernel say of the card is put beside the figures (nic.py).
A long path gets several streams and the time that TCP takes to get up to speed; where the byte budget held
the rate down, a burst without a limit follows. Gives a recording; nothing is judged here.
"""

import math
import os
import time

import msgspec

from vaudit.bench.network import delay, iperf3, names, nic, speaker
from vaudit.bench.network.iperf3 import Shape
from vaudit.bench.network.judge.path import CRAWLING, stood_still
from vaudit.bench.network.judge.stream import AT_CEILING, LONG_US, WARM_UP_TRIPS
from vaudit.bench.network.plan import IDLE_PINGS_SECONDS, STARTING, NetworkPlan
from vaudit.bench.network.recording import Attempt, IperfRun, Peer, Recording, Trips
from vaudit.bench.units import Record, Say

LEAST_RATE = 1e5
"""Bits a second: below it a second of datagrams tells nothing."""
LONG_STREAMS, FEW_STREAMS = 8, 4
MOST_WARM_UP = 4
STARTING_TRIPS = 14
"""Round trips for the connections of a test with 8 streams, one after another, and for its results."""
GRACE = 5.0
"""Seconds beyond its own after which a test is stopped."""
BURST_SECONDS = 1.5
"""That a burst takes at most: where the limit of the byte budget was reached, a quarter is soon moved."""
SMALL_SECONDS = 1.0
_NO_TIME = "this machine was so busy that no time was left"
_NOT_TRIED = "not tried, because sending failed"
"""Whatever kept the first from connecting keeps the second as well."""
_BLOCKED = "not tried, because UDP is blocked the other way already"


def measure(plan: NetworkPlan, say: Say, record: Record, until: float = math.inf) -> Recording:
    """Each peer by each family that leads to it, one after another; each failure is told in its place.

    `until` (time.monotonic) is when it should have ended: what takes longer than was planned is left out.
    """
    if not plan.peers or plan.iperf3.path is None:
        return blank(plan)
    found: list[Recording] = []
    for number, named in enumerate(plan.peers, 1):
        left = (len(plan.peers) - number) * plan.seconds_for_one
        for peer in names.by_family(named):
            what = str(len(found) + 1) if found else ""
            found.append(_Client(plan, peer, say, record, until=until - left, what=what).measure())
    found[0].others = found[1:]
    return found[0]


def blank(plan: NetworkPlan, peer: Peer | None = None) -> Recording:
    """A recording before anything was measured."""
    return Recording(
        peer=peer or plan.peer,
        refusal=plan.refusal or ("" if plan.iperf3.path else plan.iperf3.missing),
        mode=plan.mode,
        version=plan.iperf3.version,
        ceiling=plan.ceiling,
        cards=list(plan.cards),
        cpus=os.cpu_count() or 1,
    )


class _Client:
    """All tests with one peer. `what` tells its raw outputs from those of other peers."""

    def __init__(
        self, plan: NetworkPlan, peer: Peer, say: Say, record: Record, *, until: float, what: str
    ) -> None:
        self.plan, self.peer, self.say, self.record = plan, peer, say, record
        self.until, self.what = until, what
        self.path = plan.iperf3.path or ""
        self.recording = blank(plan, peer)
        self.trip = 0.0
        """Seconds of an idle round trip; 0 while it is not known."""
        self.planned = plan.seconds_for_one
        """Seconds that the tests take which are still to come."""
        self.queue = 0.0
        """Seconds of one under load: what a test left in a long queue comes before all that the next says."""

    def measure(self) -> Recording:
        recording, peer = self.recording, self.peer
        # the first was made to fit; what a name has besides is measured if there is time
        if time.monotonic() + self.plan.seconds_for_one * (1.0 if self.what else 0.5) > self.until:
            recording.refusal = f"{peer.target} was not measured: {_NO_TIME}"
            return recording
        self.say(f"network: round trips to {peer.target}")
        recording.trips = trips = delay.idle(peer, IDLE_PINGS_SECONDS)
        self.trip = delay.middle(trips) / 1e6
        trips.sizes = delay.sizes(peer, trips)
        shape = self._shape()
        trips.seconds, recording.ceiling = shape.seconds + shape.warm_up, shape.ceiling
        self._streams(shape, trips)
        recording.offloads = self._offloads()
        self._datagrams()
        return recording

    def _shape(self) -> Shape:
        """One stream; on a long path several, and time to get up to speed where there is so much."""
        plan = self.plan
        if self.trip < LONG_US / 1e6:
            return Shape(plan.seconds, plan.ceiling)
        warm_up = min(MOST_WARM_UP, math.ceil(WARM_UP_TRIPS * self.trip))
        in_time = self._is_time_for(2 * (warm_up + STARTING_TRIPS * self.trip))
        warm_up, streams = (warm_up, LONG_STREAMS) if in_time else (0, FEW_STREAMS)
        return Shape(
            plan.seconds, iperf3.ceiling(plan.bytes, plan.seconds + warm_up), streams, warm_up=warm_up
        )

    def _is_time_for(self, seconds: float) -> bool:
        """For more than was planned, before it should have ended."""
        return time.monotonic() + self.planned + seconds <= self.until

    def _streams(self, shape: Shape, trips: Trips) -> None:
        sending = self._way("network.send", False, shape, trips)
        if not sending:
            argv = iperf3.tcp(self.path, self.peer, shape, True)
            self.recording.streams.append(Attempt("network.receive", argv, "skipped", _NOT_TRIED))
            return
        self._way("network.receive", True, self._shape() if shape.streams == 1 else shape, trips)

    def _way(self, name: str, reverse: bool, shape: Shape, trips: Trips) -> bool:
        """TCP in one direction, with echoes beside it, and what follows from how it went. False where the
        peer does not answer as an iperf3 server."""
        self.say(f"network: {'receiving from' if reverse else 'sending to'} {self.peer.target}")
        with delay.loaded(self.peer, trips, name):
            test = self._test(name, reverse, shape)
        if test.run is None and not self._vanishing():
            test = self._explained(test)
        self.recording.streams.append(test)
        self.planned -= self.plan.seconds + STARTING
        if test.run is None or stood_still(test):
            return self._in_small_segments(test, reverse)
        self._more(test, test.run, shape, reverse)
        return True

    def _test(self, name: str, reverse: bool, shape: Shape, what: str = "") -> Attempt:
        argv = iperf3.tcp(self.path, self.peer, shape, reverse)
        most = shape.seconds + shape.warm_up + GRACE + STARTING_TRIPS * self.trip + 4 * self.queue
        made = iperf3.run(name, self.peer, argv, most, self.record, what=f"{what} {self.what}".strip())
        self.queue = max(self.queue, (made.run.mean_rtt_us or 0.0) / 1e6 if made.run else 0.0)
        return msgspec.structs.replace(made, ceiling=shape.ceiling)

    def _vanishing(self) -> bool:
        """Whether echoes above some size were lost without a word."""
        sizes = self.recording.trips.sizes if self.recording.trips else []
        return any(each.answered for each in sizes) and any(
            not each.answered and not each.refused for each in sizes
        )

    def _explained(self, test: Attempt) -> Attempt:
        """The failed test with what it is that answers there, where it is something else."""
        other = speaker.who(self.peer)
        if not other:
            return test
        said = f"{self.peer.address} answers, but is no iperf3 server and no vaudit peer: {other} is there"
        return msgspec.structs.replace(test, reason=said)

    def _in_small_segments(self, test: Attempt, reverse: bool) -> bool:
        """Where nothing arrived, though the peer was there: whether small segments arrive."""
        if test.run is None and not self._vanishing():
            return False
        shape = Shape(SMALL_SECONDS, self.plan.ceiling, segment=iperf3.SMALL_SEGMENT)
        self.recording.small.append(self._test(test.name, reverse, shape, "small"))
        return True

    def _more(self, test: Attempt, run: IperfRun, shape: Shape, reverse: bool) -> None:
        """A burst where the byte budget was the limit; several streams where TCP found the path long."""
        if not self.trip and run.min_rtt_us and run.min_rtt_us >= LONG_US:
            self.trip = run.min_rtt_us / 1e6
            longer = self._shape()
            budget = max(0, self.plan.bytes - int(run.sent_bytes))
            limit = iperf3.ceiling(budget, longer.seconds + longer.warm_up) if self.plan.bytes else 0
            again = msgspec.structs.replace(longer, ceiling=limit)
            if self._is_time_for(again.seconds + again.warm_up + STARTING_TRIPS * self.trip):
                self.recording.more.append(self._test(test.name, reverse, again, "streams"))
        elif shape.streams == 1 and 0 < shape.ceiling * AT_CEILING < run.bits_per_second:
            burst = Shape(self.plan.seconds, bytes=self.plan.bytes - self.plan.steady)
            able = not reverse or iperf3.ends_by_bytes(self.plan.iperf3.version)
            if able and self._is_time_for(BURST_SECONDS):
                self.recording.more.append(self._test(test.name, reverse, burst, "burst"))

    def _offloads(self) -> dict[str, bool]:
        device = next((test.device for test in self.recording.streams if test.device), None)
        return nic.offloads(device) if device else {}

    def _datagrams(self) -> None:
        tests = [self._best(test) for test in self.recording.streams]
        runs = [run for run in tests if run]
        if runs:
            self.say(f"network: loss of datagrams to and from {self.peer.target}")
        for run in runs:
            blocked = any(test.unanswered for test in self.recording.datagrams)
            self.recording.datagrams.append(self._loss(run, blocked))

    def _best(self, test: Attempt) -> IperfRun | None:
        """Of all TCP runs one way: what the path carries at least."""
        recording = self.recording
        tests = [test, *(each for each in (*recording.more, *recording.small) if each.name == test.name)]
        runs = [each.run for each in tests if each.run]
        return max(runs, key=lambda run: run.bits_per_second, default=None)

    def _loss(self, tcp: IperfRun, blocked: bool) -> Attempt:
        """UDP the same way, at half of the rate that TCP reached, at most UDP_CEILING. Its first datagram may
        be one that is lost, so the test begins again where that is not answered."""
        name = "network.udp-receive" if tcp.reverse else "network.udp-send"
        seconds = self.plan.udp_seconds
        if not seconds or blocked:
            return Attempt(name, [], "skipped", _BLOCKED if blocked else _NO_TIME)
        rate = max(LEAST_RATE, min(iperf3.UDP_CEILING, tcp.bits_per_second / 2))
        argv = iperf3.udp(self.path, self.peer, seconds, rate, tcp.reverse)
        most = seconds + iperf3.ANSWER_SECONDS + STARTING_TRIPS * self.trip
        self.planned -= seconds + STARTING
        tries = 3 if tcp.bits_per_second < CRAWLING else 2
        for _ in range(tries):
            test = iperf3.run(name, self.peer, argv, most, self.record, what=self.what)
            if not test.unanswered or not self._is_time_for(most):
                break
        return test
