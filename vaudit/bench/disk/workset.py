"""Working sets: is a small part of the test file faster when it is read again?

A host that caches for its guests answers repeated reads of a few megabytes from its memory, however slow the
storage is. So 64 MiB of the file are read at random, once, and then once more in another order. The same
blocks, the same jobs: what is faster the second time was kept by somebody beneath this machine.
"""

import random
import time
from statistics import mean

import msgspec

from vaudit.bench.disk import engine
from vaudit.bench.disk.place import MIB
from vaudit.bench.disk.session import Session
from vaudit.bench.plan import Job
from vaudit.bench.stats import spread, widened
from vaudit.bench.system import guards
from vaudit.model.benchmark import Benchmark, Round, judged

SIZE = 64 * MIB
PASS_SECONDS = 2.0
FASTER = 2.0
"""Times that the second pass must be faster than the first, to be called cached."""
GAIN_US = 20.0
"""And by so much: below it, the noise of short runs speaks."""


def measure(session: Session) -> Benchmark:
    """The benchmark `disk.small-set`: the average latency of repeated reads in 64 MiB, at depth 1."""
    began, region = time.monotonic(), min(SIZE, session.size)
    first_block = random.randrange(max(1, (session.size - region) // MIB + 1)) * MIB  # noqa: S311
    offsets = [first_block + at for at in range(0, region, engine.BLOCK)]
    random.shuffle(offsets)
    before = guards.sample(session.watched)
    once = _pass(session, offsets)
    seen_once = [offset for offset, _ in zip(offsets, once.latencies, strict=False)]
    random.shuffle(seen_once)
    again = _pass(session, seen_once)
    seen = guards.since(before, session.watched)
    moved = once.bytes + again.bytes
    session.account("read", moved)
    return judge(session, once, again, seen, time.monotonic() - began)


def _pass(session: Session, offsets: list[int]) -> engine.Timed:
    job = Job("disk.small-set", "read", engine.BLOCK, 1, PASS_SECONDS)
    return engine.run_at(session.fd, job, offsets)


def judge(
    session: Session, once: engine.Timed, again: engine.Timed, seen: guards.Change, seconds: float
) -> Benchmark:
    """From the two passes to a benchmark."""
    disturbed = guards.disturbed(seen, once.bytes + again.bytes, 0)
    base = Benchmark(
        id="disk.small-set", target=session.plan.folder, engine="embedded", unit="us",
        device=session.device, seconds=seconds,
        limits=["a cache that already held the blocks at the first read, having seen them written"],
    )  # fmt: skip
    if min(len(once.latencies), len(again.latencies)) < 50:
        return msgspec.structs.replace(base, status="skipped", reason="too few blocks were read in time")
    first, second = mean(once.latencies) / 1000, mean(again.latencies) / 1000
    cached = first > FASTER * second and first - second > GAIN_US
    said = f"a read within 64 MiB takes {first:.0f} µs on average, the same blocks again {second:.0f} µs"
    if cached:
        said += ": a cache beneath this machine keeps what was read"
    made = msgspec.structs.replace(
        base,
        value=second,
        interval=widened([second]),
        samples=[
            Round(
                value,
                each.start - session.began,
                each.seconds,
                spread(each.latencies),
                disturbed,
                guards.figures(seen),
            )
            for value, each in ((first, once), (second, again))
        ],
        details={
            "first_us": first,
            **{f"{name}_us": value for name, value in spread(again.latencies).items()},
        },
        command=[
            f"read {len(once.latencies)} blocks of 4096 bytes in 64 MiB at random, then again, O_DIRECT"
        ],
    )
    return judged(made, "cache-beneath" if cached else "same-speed", said, disturbed)
