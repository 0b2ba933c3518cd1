"""Several jobs of mixed reads and writes at once, by the embedded engine: each in a process of its own, so
that none waits for another's interpreter."""

import os
import random
from collections.abc import Callable

import msgspec

from vaudit.bench.disk import engine
from vaudit.bench.disk.recording import Job, Mix
from vaudit.bench.system.worker import Tell, Told, Wait, beside, result, results

SPARE_SECONDS = 30.0
"""That a job may take beyond its time: until what is in flight has come back."""


class Part(msgspec.Struct, frozen=True):
    """What one of the jobs did."""

    seconds: float
    count: int
    """Requests."""
    writes: int
    """How many of them were writes."""
    busy: float = 0.0
    """See timed.py."""


def run(fd: int, mix: Mix, size: int) -> list[Part]:
    """All jobs of a mix on a file of so many bytes, the first one here. Raises BenchError."""
    return _side_by_side(lambda: _one(fd, mix, size), mix.jobs - 1, mix.seconds + SPARE_SECONDS)


def _side_by_side(one: Callable[[], Part], others: int, seconds: float) -> list[Part]:
    """The same work here and in so many processes beside us. Raises BenchError."""
    if not others:
        return [one()]

    def work(tell: Tell, _wait: Wait) -> None:
        tell(Told(progress="ready"))
        tell(result(one()))

    with beside(work, seconds) as finished:
        parts = _side_by_side(one, others - 1, seconds)
        return parts + results(finished(), Part)


def _one(fd: int, mix: Mix, size: int) -> Part:
    """One job: blocks in random order, as many of them as it may move, each once."""
    random.seed(os.urandom(16))  # two processes must not ask for the same
    blocks = range(0, size // mix.block * mix.block, mix.block)
    offsets = random.sample(blocks, min(len(blocks), mix.bytes // mix.block))
    job = Job(mix.id, "mixed", mix.block, mix.depth, mix.seconds, mix.bytes)
    timed = engine.run_at(fd, job, offsets)
    return Part(timed.seconds, timed.count, timed.writes, timed.busy)
