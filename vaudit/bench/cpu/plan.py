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
    bare_metal: bool = False
    """The facts found no hypervisor."""


def make(mode: Effort, bare_metal: bool) -> CpuPlan:
    """Plan a look at the CPUs."""
    quick = mode == "quick"
    return CpuPlan(1.0 if quick else 5.0, ROUNDS if quick else 4 * ROUNDS, bare_metal)


def describe() -> list[str]:
    """What would be done, one line each."""
    return ["cpu: " + ", ".join(catalogue.plans("cpu"))]
