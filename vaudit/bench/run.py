"""Runs a plan: the disk, the network, the CPU, and memory that rests meanwhile."""

import time
from collections.abc import Callable

import msgspec

from vaudit.bench import child, network
from vaudit.bench.errors import BenchError
from vaudit.bench.plan import IDLE_PINGS_SECONDS, NOT_ASKED, STARTING, Plan
from vaudit.bench.samples import Benchmark

PATIENCE = 5.0
"""Seconds beyond its budget after which a disk that does not answer is given up."""


def _nothing(_key: str, _text: str) -> None:
    return


def run(
    plan: Plan, progress: Callable[[str], None], record: Callable[[str, str], None] = _nothing
) -> list[Benchmark]:
    """Measure what the plan says. `progress` gets one line at a time; `record` each program's raw output
    under a key such as `fio disk.read`; the benchmarks refer to it as evidence `run:KEY`.

    Never raises for what a machine does: each failure is an entry with status `error` or `skipped` and one
    clear sentence. Ctrl-C raises KeyboardInterrupt, SIGTERM its subclass `Stopped`, after all is cleaned up.
    """
    from vaudit.bench import cpu, memory

    meter, deadline = cpu.Meter(), time.monotonic() + plan.seconds

    def step(line: str) -> None:
        meter.tick()
        progress(line)

    with child.stoppable(), memory.probe(plan) as remembered:
        found = _disk(plan, step, record)
        found += network.measure(_in_time(plan, deadline, _network_seconds(plan)), step, record)
        if plan.alone:
            meter.tick()
            return [meter.result(), *(each for each in found if each.reason != NOT_ASKED)]
        step("cpu: speed and stolen time")
        speeds = cpu.measure(_in_time(plan, deadline, 0.0), meter.tick)
        step("memory: reading again what was touched")
        memories = remembered()
        meter.tick()
    return [*found, meter.result(), *speeds, *memories]


def _in_time(plan: Plan, deadline: float, network: float) -> Plan:
    """The plan, cut down where a busy machine has used up its time: fewer seconds, no test of loss.

    `network` is the seconds that the network still needs.
    """
    late = time.monotonic() + network + plan.last_seconds - deadline
    if late <= 0:
        return plan
    return msgspec.structs.replace(
        plan, net_seconds=max(1.0, plan.net_seconds - late / 2), udp_seconds=0.0, spin_seconds=0.5
    )


def _network_seconds(plan: Plan) -> float:
    tests = plan.net_seconds + plan.udp_seconds + 2 * STARTING
    return IDLE_PINGS_SECONDS + 2 * tests if plan.peer and plan.iperf3.path else 0.0


def _disk(plan: Plan, progress: Callable[[str], None], record: Callable[[str, str], None]) -> list[Benchmark]:
    from vaudit.bench import disk, outcome

    if plan.place.refusal:
        return [outcome.failure(plan, plan.place.refusal)]
    found: list[Benchmark] = []
    began = time.monotonic()
    try:
        for message in child.isolate(lambda tell: disk.measure(plan, tell), plan.disk_seconds + PATIENCE):
            if message.progress:
                progress(message.progress)
            if message.evidence:
                record(*message.evidence)
            if message.benchmark:
                found.append(message.benchmark)
    except BenchError as error:
        progress(f"disk: given up after {time.monotonic() - began:.0f} s")
        if not any(each.id == "disk.verdict" for each in found):  # else only the clearing up was slow
            found.append(outcome.failure(plan, str(error)))
    return found
