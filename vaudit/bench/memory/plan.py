"""What is measured of the memory: how many bytes are touched, or why none."""

import msgspec

from vaudit.bench.system import room
from vaudit.bench.units import MIB, Effort
from vaudit.model import catalogue
from vaudit.words import size

MEMORY_MOST = 256 * MIB
MEMORY_LEAST = 16 * MIB
REST_SECONDS = 45.0
"""`full` waits so long when nothing else took as long: host swap and page merging take their time."""
SPARE_SECONDS = 60.0
"""That reading again may take beyond the run, on a machine that swaps."""


class MemoryPlan(msgspec.Struct, frozen=True):
    """All that a look at the memory needs to know."""

    mode: Effort
    bytes: int
    """That are touched, left alone and read again; 0 when the memory is not measured."""
    refusal: str
    patience: float
    """Seconds after which the worker is given up; it rests while all else is measured."""


def make(mode: Effort, seconds: float) -> MemoryPlan:
    """Plan a look at the memory in a run that takes so many seconds."""
    share, refusal = memory_share()
    return MemoryPlan(mode, share, refusal, seconds + REST_SECONDS + SPARE_SECONDS)


def memory_share() -> tuple[int, str]:
    """(bytes, "") that a memory probe may take: a tenth of what is free, at most 256 MiB; else (0, why)."""
    free, refusal = room.free()
    if refusal:
        return 0, refusal
    share = min(MEMORY_MOST, free // 10) // MIB * MIB
    if share < MEMORY_LEAST:
        return 0, f"too little memory is free: a tenth of it must be {MEMORY_LEAST // MIB} MiB or more"
    return share, ""


def describe(plan: MemoryPlan) -> list[str]:
    """What would be done, one line each."""
    done = f"{size(plan.bytes)} are {', '.join(catalogue.plans('memory'))}"
    return [f"memory: {done if plan.bytes else 'skipped: ' + plan.refusal}"]
