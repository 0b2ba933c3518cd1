"""Runs a plan: the disk, the network, the CPU, and memory that rests meanwhile. Gives what was recorded."""

import contextlib
import sys
import time
from collections.abc import Callable
from typing import TypeVar

import msgspec

from vaudit.bench.borders import Borders
from vaudit.bench.cpu import advertised, clock, gaps, speed
from vaudit.bench.cpu.plan import CpuPlan
from vaudit.bench.cpu.recording import Advertised
from vaudit.bench.cpu.recording import Recording as Cpu
from vaudit.bench.cpu.steal import Meter
from vaudit.bench.disk import measure as disk
from vaudit.bench.disk.plan import DiskPlan
from vaudit.bench.disk.recording import Recording as Disk
from vaudit.bench.disk.session import blank as blank_disk
from vaudit.bench.memory import measure as memory
from vaudit.bench.memory.plan import MemoryPlan
from vaudit.bench.memory.recording import Recording as Memory
from vaudit.bench.network import measure as network
from vaudit.bench.network.recording import Recording as Network
from vaudit.bench.plan import Plan
from vaudit.bench.recording import Recordings
from vaudit.bench.system import worker
from vaudit.bench.system.errors import BenchError, sentence
from vaudit.bench.system.process import stoppable
from vaudit.bench.units import SILENT, Record, Say

PATIENCE = 0.3
"""Seconds beyond its budget after which a disk that does not answer is given up."""
LATE_SPIN_SECONDS = 0.5
"""For the gaps, where a machine is late."""
T = TypeVar("T")
R = TypeVar("R", Disk, Network, Memory)


def _nothing(_key: str, _text: str) -> None:
    return


def run(plan: Plan, borders: Borders, progress: Say, record: Record = _nothing) -> Recordings:
    """Measure what the plan says. `progress` gets one line at a time; `record` each program's raw output
    under a key such as `fio disk.read`; recordings refer to it as evidence `run:KEY`. `borders` say meanwhile
    whether a disk needs more rounds.

    Never raises for what a machine does: each failure is told in the recording of its room, in one clear
    sentence. Ctrl-C raises KeyboardInterrupt, SIGTERM and SIGHUP its subclass `Stopped`, after all is cleaned
    up.
    """
    meter, deadline, cpu = Meter(), time.monotonic() + plan.seconds, Cpu()

    def step(line: str) -> None:
        meter.tick()
        progress(line)

    with stoppable(), contextlib.ExitStack() as undo:
        rested = _rest(plan.memory, undo)
        on_disk = _disk(plan.disk, borders, step, record) if plan.disk else None
        until = deadline - plan.last_seconds
        on_network = _network(_in_time(plan, deadline, _network_seconds(plan)), step, record, until)
        if plan.cpu:
            step("cpu: speed and stolen time" if plan.cpu.rounds else "cpu: time that vanishes")
            _cpu(_in_time(plan, deadline, 0.0).cpu or plan.cpu, cpu, meter)
        if plan.memory:
            step("memory: reading again what was touched")
        in_memory = rested()
        meter.tick()
    cpu.stretches = meter.stretches
    # Windows counts no time that a hypervisor withheld
    return Recordings(on_disk, on_network, None if sys.platform == "win32" else cpu, in_memory)


def _attempt(measure: Callable[[], T], failed: Callable[[str], T]) -> T:
    """What was measured; where the machine refuses (no process, no memory), what `failed` makes of that."""
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
    return failed(reason)


def _with_problem(recording: R) -> Callable[[str], R]:
    """What puts the reason of a failure into a recording."""

    def told(reason: str) -> R:
        recording.problem = reason
        return recording

    return told


def _rest(plan: MemoryPlan | None, undo: contextlib.ExitStack) -> Callable[[], Memory | None]:
    """Begin the memory probe; gives the function that ends it, which tells why if it could not begin."""
    if plan is None:
        return lambda: None
    failed = _with_problem(Memory())

    def begin() -> Callable[[], Memory]:
        ended = undo.enter_context(memory.probe(plan))
        return lambda: _attempt(ended, failed)

    return _attempt(begin, lambda reason: lambda: failed(reason))


def _in_time(plan: Plan, deadline: float, needed: float) -> Plan:
    """The plan, cut down where a busy machine has used up its time: fewer seconds, no test of loss.

    `needed` is the seconds that the network still needs. iperf3 takes whole seconds only, one at least.
    """
    late = time.monotonic() + needed + plan.last_seconds - deadline
    if late <= 0:
        return plan
    change, net, cpu = msgspec.structs.replace, plan.network, plan.cpu
    if net:
        whole = max(1.0, float(int(net.seconds - late / 2)))
        net = change(net, seconds=whole, udp_seconds=0.0)
    return change(plan, network=net, cpu=change(cpu, spin_seconds=LATE_SPIN_SECONDS) if cpu else None)


def _network_seconds(plan: Plan) -> float:
    return plan.network.total_seconds if plan.network else 0.0


def _network(plan: Plan, say: Say, record: Record, until: float) -> Network | None:
    net = plan.network
    if net is None:
        return None
    return _attempt(lambda: network.measure(net, say, record, until), _with_problem(network.blank(net)))


def _disk(plan: DiskPlan, borders: Borders, say: Say, record: Record) -> Disk:
    nothing = blank_disk(plan)
    if plan.place.refusal:
        return nothing
    return _attempt(lambda: _isolated(plan, borders, say, record), _with_problem(nothing))


def _isolated(plan: DiskPlan, borders: Borders, say: Say, record: Record) -> Disk:
    """What a worker measured. Raises BenchError where it hangs or dies before it has told."""
    found: list[Disk] = []
    began = heard = time.monotonic()
    try:
        work = worker.isolate(lambda tell: disk.measure(plan, borders, tell), plan.seconds + PATIENCE)
        for message in work:
            if message.progress:
                say(message.progress)
            if message.evidence:
                record(*message.evidence)
            found += worker.results([message], Disk)
            heard = time.monotonic()
    except BenchError as error:
        now = time.monotonic()
        say(f"disk: given up after {now - began:.0f} s")
        if not found:
            raise
        if not found[-1].seconds:  # else only the clearing up was slow
            found[-1].seconds, found[-1].problem = now - began, _ended(error, heard - began, now - heard)
    return found[-1]


def _ended(error: BenchError, heard: float, waited: float) -> str:
    """Why a worker told no more, so many seconds after its beginning."""
    if not isinstance(error, worker.Silent):
        return str(error)
    return f"{SILENT} {heard:.0f} s after the beginning, and did not answer in time: not for {waited:.0f} s"


def _cpu(plan: CpuPlan, recording: Cpu, meter: Meter) -> None:
    """Gaps, then speed, then what the processor is sold as; each may fail alone."""

    def gapped() -> None:
        recording.gaps = gaps.measure(plan.spin_seconds, plan.bare_metal)

    def hashed() -> None:
        recording.speeds = speed.speed(meter.tick, plan.rounds)

    def timed() -> None:
        recording.clock = clock.measure()

    steps = (("cpu.clock", timed), ("cpu.gaps", gapped), ("cpu.all", hashed))
    for name, measure in steps if plan.rounds else steps[:2]:

        def told(reason: str, name: str = name) -> None:
            recording.problems[name] = reason

        _attempt(measure, told)
    if plan.rounds:
        recording.advertised = _attempt(advertised.read, lambda reason: Advertised(problem=reason))
