"""A figure of speed from rounds of pure computing: of the CPUs and of the memory alike."""

from statistics import median

import msgspec

from vaudit.bench.stats import widened
from vaudit.bench.system.guards import Change, why_held_up
from vaudit.model.benchmark import Benchmark, Round

ENOUGH_ROUNDS = 3
"""Rounds that count, for a figure that can be trusted."""


def figure(
    base: Benchmark, rounds: list[Round], seen: Change, threads: int = 1, enough: int = ENOUGH_ROUNDS
) -> Benchmark:
    """The benchmark with its rounds, their median and what that is worth; `seen`: over all of them."""
    counted = [each.value for each in rounds if not each.disturbed]
    values, sure = counted or [each.value for each in rounds], len(counted) >= enough
    return msgspec.structs.replace(
        base,
        value=median(values),
        interval=widened(values),
        samples=rounds,
        verdict="" if sure else "inconclusive",
        confidence="low" if sure else "none",
        reason="" if sure else why_held_up(seen, threads),
    )
