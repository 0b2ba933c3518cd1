"""A day of light looks: one every ten minutes, in the foreground, until the time is up, Ctrl-C,
SIGTERM or a lost terminal."""

import time
from collections.abc import Callable

import msgspec

from vaudit.bench import plan as planning
from vaudit.bench import run as running
from vaudit.bench.borders import Borders
from vaudit.bench.cpu.judge.gaps import gaps
from vaudit.bench.cpu.recording import Gaps
from vaudit.bench.day_recording import Probe, Recording
from vaudit.bench.disk.judge import light
from vaudit.bench.plan import Wanted
from vaudit.bench.recording import Recordings
from vaudit.bench.system import counters
from vaudit.bench.system.counters import Sample
from vaudit.bench.system.guards import Change
from vaudit.bench.system.process import stoppable
from vaudit.bench.units import Say
from vaudit.model.facts import Facts

Look = Callable[[], Recordings]
"""Takes one light look."""


class World(msgspec.Struct, frozen=True):
    """What a watch asks for besides its looks: a test has a clock of its own."""

    now: Callable[[], float] = time.monotonic
    rest: Callable[[float], None] = time.sleep
    clock: Callable[[], str] = lambda: time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
    sample: Callable[[], Sample] = lambda: counters.sample(None)


HERE = World()


def looks_of(wanted: Wanted, facts: Facts, borders: Borders) -> Look:
    """The looks of this machine; what may have changed in ten minutes is looked at anew each time."""
    return lambda: running.run(planning.wanted(wanted, facts), borders, lambda _line: None)


class Times(msgspec.Struct, frozen=True):
    """How many looks, and how many seconds from one to the next."""

    number: int
    every: float


def watch(look: Look, times: Times, borders: Borders, say: Say, world: World = HERE) -> Recording:
    """All looks; fewer where Ctrl-C, SIGTERM or SIGHUP ends it."""
    recording = Recording(every=times.every, wanted=times.number)
    began, before = world.now(), world.sample()
    try:
        with stoppable():
            for count in range(times.number):
                _wait(began + count * times.every, f"look {count + 1} of {times.number}", say, world)
                clock, at, sampled = world.clock(), world.now() - began, world.sample()
                recordings = look()
                since = counters.change(before, sampled, counters.cpus()) if count else None
                recording.probes.append(_probe(recordings, clock, at, since, borders))
                _about(recording, recordings)
                before = sampled
    except KeyboardInterrupt:
        say("ended")
    return recording


def _wait(due: float, which: str, say: Say, world: World) -> None:
    while (left := due - world.now()) > 0:
        say(f"{which} in {left:,.0f} s; Ctrl-C ends it, and shows the page so far")
        world.rest(min(left, 1.0 if left < 60 else 10.0))
    say(which)


def _about(recording: Recording, recordings: Recordings) -> None:
    if recordings.disk is None:
        return
    where = recordings.disk.where
    recording.target, recording.mount = where.target, where.mount
    recording.device = where.device.name if where.device else None


def _probe(recordings: Recordings, clock: str, at: float, since: Change | None, borders: Borders) -> Probe:
    disk, cpu = recordings.disk, recordings.cpu
    reads, flushes, problem = None, None, "no disk was looked at"
    if disk is not None:
        taken = light.taken(disk, "read"), light.taken(disk, "flush")
        reads, flushes = (each if each.count >= light.ENOUGH else None for each in taken)
        problem = disk.refusal or disk.problem
    return Probe(clock, at, reads, flushes, _vanished(cpu.gaps if cpu else None, borders), since, problem)


def _vanished(made: Gaps | None, borders: Borders) -> float | None:
    """What counts of the gaps, as their own verdict has it."""
    return gaps(made, borders).value if made else None
