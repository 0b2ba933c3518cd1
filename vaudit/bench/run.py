"""Runs a plan: the disk, the network, and the CPU's stolen time over all of it."""

import time
from collections.abc import Callable

from vaudit.bench import child, network
from vaudit.bench.errors import BenchError
from vaudit.bench.plan import Plan
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
    from vaudit.bench import cpu

    meter = cpu.Meter()

    def step(line: str) -> None:
        meter.tick()
        progress(line)

    with child.stoppable():
        found = _disk(plan, step, record)
        found += network.measure(plan, step, record)
        step("cpu: stolen time")
        found += cpu.speed(meter.tick)
        found.append(meter.result())
    return found


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
        found.append(outcome.failure(plan, str(error)))
    return found
