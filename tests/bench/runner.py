"""A benchmark in a process of its own, for the tests that kill it: python runner.py FOLDER.

Says `ready` when the disk is being worked on. Ends with 0, with 10 after Ctrl-C, with 11 after SIGTERM.
"""

import sys
from collections.abc import Callable
from pathlib import Path

import msgspec

from tests.machines import our_checks
from vaudit.bench.borders import Borders, borders
from vaudit.bench.disk.plan import DiskPlan
from vaudit.bench.judge import judge
from vaudit.bench.network.plan import NetworkPlan
from vaudit.bench.plan import Plan, make
from vaudit.bench.run import run
from vaudit.bench.system.errors import Stopped
from vaudit.model.benchmark import Benchmark

BORDERS: Borders = borders(our_checks().borders)
"""Those that vaudit comes with."""


def nothing(_key: str, _text: str) -> None:
    return


def quiet(_line: str) -> None:
    return


def measured(
    plan: Plan, progress: Callable[[str], None] = quiet, record: Callable[[str, str], None] = nothing
) -> list[Benchmark]:
    """Run a plan and judge what it recorded."""
    return judge(run(plan, BORDERS, progress, record), BORDERS)


def but(plan: Plan, **rooms: dict[str, object]) -> Plan:
    """The plan with changes to the plans of its rooms: `but(plan, disk={"seconds": 2.0})`."""
    changed = {
        room: msgspec.structs.replace(getattr(plan, room), **changes)
        for room, changes in rooms.items()
        if getattr(plan, room) is not None
    }
    return msgspec.structs.replace(plan, **changed)


def disk_of(plan: Plan) -> DiskPlan:
    assert plan.disk is not None
    return plan.disk


def skip_where_refused(folder: Path) -> None:
    """Ends a test, and says so, where the disk of a folder cannot be measured."""
    refusal = disk_of(make("quick", str(folder))).place.refusal
    if refusal:
        import pytest  # tests run this file as a program of its own

        pytest.skip(f"SKIPPED, NOT PASSED: {refusal}")


def network_of(plan: Plan) -> NetworkPlan:
    assert plan.network is not None
    return plan.network


def small(plan: Plan, rounds: tuple[int, int] = (3, 3)) -> Plan:
    """The same plan on a small file in short rounds, with time to spare; fio takes part as it does else."""
    on_disk: dict[str, object] = {"rounds": rounds, "hold_seconds": 1.0, "seconds": 60.0}
    if plan.disk:
        on_disk["size"] = min(plan.disk.size, 64 << 20)
        on_disk["jobs"] = tuple(
            msgspec.structs.replace(job, seconds=0.1, bytes=8 << 20) for job in plan.disk.jobs
        )
    in_memory: dict[str, object] = {"bytes": min(plan.memory.bytes, 16 << 20)} if plan.memory else {}
    return but(plan, disk=on_disk, memory=in_memory, cpu={"spin_seconds": 0.2})


if __name__ == "__main__":
    try:
        wanted = small(make("quick", sys.argv[1]), (50, 50))
        run(wanted, BORDERS, lambda _line: print("ready", flush=True))
    except Stopped:
        sys.exit(11)
    except KeyboardInterrupt:
        sys.exit(10)
