"""What a benchmark run will do, as data: each room's plan, and the budgets that they share.

`make` looks but writes nothing; `describe` is what `--dry-run` prints.
"""

import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

import msgspec

from vaudit.bench.cpu import plan as cpu
from vaudit.bench.cpu.plan import CpuPlan
from vaudit.bench.disk import light
from vaudit.bench.disk import plan as disk
from vaudit.bench.disk.plan import DiskPlan
from vaudit.bench.memory import plan as memory
from vaudit.bench.memory.plan import MemoryPlan
from vaudit.bench.network import plan as network
from vaudit.bench.network.plan import NetworkPlan
from vaudit.bench.units import MIB, Effort
from vaudit.words import size

if TYPE_CHECKING:
    from vaudit.model.facts import Facts


class Wanted(msgspec.Struct, frozen=True):
    """What the user wants measured."""

    effort: Effort
    disk: str | None = None
    """A folder."""
    peers: tuple[str, ...] = ()
    """Each HOST or HOST:PORT."""
    device: str | None = None
    """A raw device, which takes the folder's place."""
    yes: bool = False
    """The user knows that it is a raw device or a network file system."""
    alone: bool = False
    """Nothing else of the machine."""
    busy_ok: bool = False
    """Judge the disk although other programs keep the CPUs busy."""


class Budget(msgspec.Struct, frozen=True):
    """What a whole run may take."""

    seconds: float
    bytes: int
    """Read, written, sent and received."""
    file_bytes: int
    """Of the test file; half of it where the network needs its share."""
    last_seconds: float
    """Kept for the CPU and the memory, which are measured last: the gaps and the speed of the one, reading
    the other again and its speed."""


BUDGETS: dict[Effort, Budget] = {
    "light": Budget(2.8, 32 * MIB, light.SIZE, 0.55),
    "quick": Budget(28.0, 2048 * MIB, 512 * MIB, 4.0),
    "full": Budget(240.0, 32 * 1024 * MIB, 2048 * MIB, 16.0),
}


class Plan(msgspec.Struct, frozen=True):
    """All that a run needs to know; nothing else is decided later but when to stop.

    A room that is None was not asked for and says nothing.
    """

    mode: Effort
    seconds: float
    """Budget for everything."""
    bytes: int
    """Budget for everything: read, written, sent and received."""
    last_seconds: float
    """Kept for the CPU and the memory; 0 where they are not measured."""
    disk: DiskPlan | None
    network: NetworkPlan | None
    cpu: CpuPlan | None
    memory: MemoryPlan | None


def several(peers: str | Sequence[str] | None) -> tuple[str, ...]:
    """One peer, several or none."""
    return (peers,) if isinstance(peers, str) else tuple(peers or ())


def make(
    mode: Effort,
    folder: str | None,
    peers: str | Sequence[str] | None = None,
    facts: "Facts | None" = None,
    *,
    device: str | None = None,
    consent: bool = False,
    alone: bool = False,
    busy_ok: bool = False,
) -> Plan:
    """Plan a run in `folder` or on the raw `device` (both None: no disk benchmark) and against the `peers`.

    `consent` lets a network file system be measured and a raw device be read; `alone` leaves everything else
    of the machine out. Never raises: what cannot be done is written into the plan as a refusal.
    """
    alone = alone or sys.platform == "win32"  # all but a disk is measured on Linux alone so far
    budget = BUDGETS[mode]
    last = 0.0 if alone else budget.last_seconds
    named = several(peers)
    net = network.make(mode, named, facts, alone=alone and folder is None and device is None)
    seconds = budget.seconds + network.further_seconds(mode, len(net.peers))
    wanted = budget.file_bytes // 2 if mode == "quick" and net.peer else budget.file_bytes
    on_disk = disk.make(mode, folder, device, consent, wanted=wanted, facts=facts, busy_ok=busy_ok)
    on_disk = msgspec.structs.replace(
        on_disk,
        seconds=seconds - net.reserved_seconds - last,
        bytes=budget.bytes - net.total_bytes,
    )
    bare_metal = facts is not None and facts.hypervisor.kind == "none"
    return Plan(
        mode=mode,
        seconds=seconds,
        bytes=budget.bytes,
        last_seconds=last,
        disk=None if alone and folder is None and device is None else on_disk,
        network=None if alone and not named else net,
        cpu=None if alone else cpu.make(mode, bare_metal),
        memory=None if alone or mode == "light" else memory.make(mode, budget.seconds),
    )


def wanted(what: Wanted, facts: "Facts | None" = None) -> Plan:
    """The plan for what the user wants."""
    return make(
        what.effort,
        what.disk,
        what.peers,
        facts,
        device=what.device,
        consent=what.yes,
        alone=what.alone,
        busy_ok=what.busy_ok,
    )


def most_seconds(what: Wanted) -> float:
    """The budget of a run for what the user wants, without a look at anything."""
    return BUDGETS[what.effort].seconds + network.further_seconds(what.effort, len(what.peers))


SPARE_SECONDS: dict[Effort, float] = {"light": 0.2, "quick": 2.0, "full": 2.0}
"""By which a run may exceed its budget: closing, and ending workers."""


def describe(plan: Plan) -> list[str]:
    """What a run would do, one line each: jobs, commands, bytes, seconds, refusals. Nothing is run."""
    most = f"{plan.seconds + SPARE_SECONDS[plan.mode]:.0f} s and {size(plan.bytes)}"
    lines = [f"budget: at most {most} read, written, sent and received"]
    lines += disk.describe(plan.disk) if plan.disk else []
    lines += network.describe(plan.network) if plan.network else []
    lines += memory.describe(plan.memory) if plan.memory else []
    lines += cpu.describe(plan.cpu) if plan.cpu else []
    return lines
