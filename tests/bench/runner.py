"""A benchmark in a process of its own, for the tests that kill it: python runner.py FOLDER.

Says `ready` when the disk is being worked on. Ends with 0, with 10 after Ctrl-C, with 11 after SIGTERM.
"""

import sys

import msgspec

from vaudit.bench.plan import Plan, make
from vaudit.bench.run import run
from vaudit.bench.system.errors import Stopped


def small(plan: Plan, rounds: tuple[int, int] = (3, 3)) -> Plan:
    """The same plan on a small file in short rounds; fio takes part as it does otherwise."""
    jobs = tuple(msgspec.structs.replace(job, seconds=0.1, bytes=8 << 20) for job in plan.jobs)
    return msgspec.structs.replace(
        plan,
        size=min(plan.size, 64 << 20),
        jobs=jobs,
        rounds=rounds,
        hold_seconds=1.0,
        memory_bytes=min(plan.memory_bytes, 16 << 20),
        spin_seconds=0.2,
    )


if __name__ == "__main__":
    try:
        run(small(make("quick", sys.argv[1]), (50, 50)), lambda _line: print("ready", flush=True))
    except Stopped:
        sys.exit(11)
    except KeyboardInterrupt:
        sys.exit(10)
