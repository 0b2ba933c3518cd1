"""What is measured of the CPUs."""

import msgspec

from vaudit.bench.units import Effort
from vaudit.model import catalogue

ROUNDS = 5
"""Of each figure of speed, in a quick run."""


class CpuPlan(msgspec.Struct, frozen=True):
    """How long the clock is watched, and how many rounds are hashed."""

    spin_seconds: float
    rounds: int
    """0 where the speed is not looked at."""
    bare_metal: bool = False
    """The facts found no hypervisor."""


def make(mode: Effort, bare_metal: bool) -> CpuPlan:
    """Plan a look at the CPUs."""
    spin, rounds = {"light": (0.5, 0), "quick": (1.0, ROUNDS), "full": (5.0, 4 * ROUNDS)}[mode]
    return CpuPlan(spin, rounds, bare_metal)


def describe(plan: CpuPlan) -> list[str]:
    """What would be done, one line each."""
    if not plan.rounds:
        return [f"cpu: {catalogue.of('cpu.gaps').plan}"]
    return ["cpu: " + ", ".join(catalogue.plans("cpu"))]
