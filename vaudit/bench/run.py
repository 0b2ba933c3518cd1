"""Runs a plan: the disk, the network, the CPU, and memory that rests meanwhile."""

import contextlib
import time
from collections.abc import Callable

import msgspec

from vaudit.bench.network import measure as network
from vaudit.bench.plan import IDLE_PINGS_SECONDS, NOT_ASKED, STARTING, Plan
from vaudit.bench.system import worker as child
from vaudit.bench.system.errors import BenchError, sentence
from vaudit.model.benchmark import Benchmark

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
    from vaudit.bench.cpu import speed as cpu
    from vaudit.bench.cpu import spin

    meter, deadline = cpu.Meter(), time.monotonic() + plan.seconds

    def step(line: str) -> None:
        meter.tick()
        progress(line)

    with child.stoppable(), contextlib.ExitStack() as undo:
        remembered = _remember(plan, undo)
        found = _attempt("disk.verdict", plan.folder, lambda: _disk(plan, step, record))
        timed = _in_time(plan, deadline, _network_seconds(plan))
        peer = str(plan.peer.host) if plan.peer else ""
        found += _attempt("network.verdict", peer, lambda: network.measure(timed, step, record))
        if plan.alone:
            meter.tick()
            return [*(each for each in found if each.reason != NOT_ASKED), meter.result()]
        step("cpu: speed and stolen time")
        spinning, rounds = _in_time(plan, deadline, 0.0).spin_seconds, cpu.ROUNDS
        rounds *= 1 if plan.mode == "quick" else 4
        speeds = _attempt("cpu.gaps", "all vCPUs", lambda: [spin.measure(spinning, plan.bare_metal)])
        speeds += _attempt("cpu.all", "all vCPUs", lambda: cpu.speed(meter.tick, rounds))
        step("memory: reading again what was touched")
        memories = _attempt("memory.verdict", "memory", remembered)
        meter.tick()
    return [*found, meter.result(), *speeds, *memories]


def _attempt(name: str, target: str, measure: Callable[[], list[Benchmark]]) -> list[Benchmark]:
    """What was measured; where the machine refuses (no process, no memory), one entry that says so."""
    try:
        return measure()
    except BenchError as error:
        reason = str(error)
    except OSError as error:
        reason = sentence(error, "this measurement")
    except MemoryError:
        reason = "this measurement failed: not enough memory"
    except RuntimeError as error:  # a thread that cannot be started
        reason = f"this measurement failed: {' '.join(str(error).split())}"
    return [Benchmark(name, target, "vaudit", "", status="error", reason=reason)]


def _remember(plan: Plan, undo: contextlib.ExitStack) -> Callable[[], list[Benchmark]]:
    """Begin the memory probe; gives the function that ends it, which tells why if it could not begin."""
    from vaudit.bench.memory import measure as memory

    found: list[Callable[[], list[Benchmark]]] = []

    def begin() -> list[Benchmark]:
        found.append(undo.enter_context(memory.probe(plan)))
        return []

    failed = _attempt("memory.verdict", "memory", begin)
    return found[0] if found else lambda: failed


def _in_time(plan: Plan, deadline: float, network: float) -> Plan:
    """The plan, cut down where a busy machine has used up its time: fewer seconds, no test of loss.

    `network` is the seconds that the network still needs. iperf3 takes whole seconds only, one at least.
    """
    late = time.monotonic() + network + plan.last_seconds - deadline
    if late <= 0:
        return plan
    whole = max(1.0, float(int(plan.net_seconds - late / 2)))
    return msgspec.structs.replace(plan, net_seconds=whole, udp_seconds=0.0, spin_seconds=0.5)


def _network_seconds(plan: Plan) -> float:
    tests = plan.net_seconds + plan.udp_seconds + 2 * STARTING
    return IDLE_PINGS_SECONDS + 2 * tests if plan.peer and plan.iperf3.path else 0.0


def _disk(plan: Plan, progress: Callable[[str], None], record: Callable[[str, str], None]) -> list[Benchmark]:
    from vaudit.bench.disk import measure as disk
    from vaudit.bench.disk.judge import outcome

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
