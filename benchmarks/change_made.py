"""Makes series and pairs of known change: python benchmarks/change_made.py FOLDER --seed 3

FOLDER gets series.json, labels.json, pairs.json and pairs-labels.json, which benchmarks/change_truth.py
reads. What changes in a series, where and by how much is decided first and then made, so that each label is
true by construction. A scan has a noise of its own, and within it each of its rounds; both are lognormal.
"""

import argparse
import json
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from math import exp, pi, sin
from pathlib import Path
from random import Random
from statistics import median
from typing import Any, NamedTuple

NUMBERS = {
    "quiet": 40, "quiet-autocorrelated": 15, "outliers": 20, "weekly-cycle": 15, "bimodal": 10, "episode": 5,
    "host-move-same-speed": 5, "host-move": 10, "tool-change": 5, "step-5": 10, "step-10": 15, "step-20": 25,
    "step-50": 10, "drift": 15,
}  # fmt: skip
"""Series of each category."""
BENCHMARKS = (("disk.randread-qd1", "iops", "higher", 9e3), ("disk.read", "B/s", "higher", 1e9),
              ("network.receive", "bit/s", "higher", 9e8), ("cpu.single", "B/s", "higher", 2e9),
              ("memory.latency", "us", "lower", 0.1))  # fmt: skip
LENGTHS, SCAN_NOISE, ROUND_NOISE = (
    (60, 60, 60, 40, 90, 120),
    (0.02, 0.04, 0.06, 0.08, 0.1),
    (0.04, 0.08, 0.12),
)
PROCESSORS = ("AMD EPYC 7443P 24-Core Processor", "Intel Xeon Gold 6133 CPU @ 2.50GHz")
ROUNDS = 6
SIDE = 10
"""Scans that stand at least before and behind a change."""


class Made(NamedTuple):
    """What a category makes of a series: how many times as much each scan says, and what is true of it."""

    times: list[float]
    changes: Sequence[dict[str, Any]] = ()
    disturbed: frozenset[int] = frozenset()
    context: str = ""
    """What changes with the figure: cpu_model or vaudit."""


class Noise(NamedTuple):
    """How a series scatters, and which way is good."""

    number: int
    scan: float
    round: float
    is_lower_better: bool

    def worse(self, ratio: float) -> float:
        """So many times as slow, in the direction of the benchmark."""
        return ratio if self.is_lower_better else 1 / ratio


def _quiet(_dice: Random, noise: Noise) -> Made:
    return Made([1.0] * noise.number)


def _changed(dice: Random, noise: Noise, ratio: float, cause: str, context: str = "") -> Made:
    at = dice.randint(SIDE, noise.number - SIDE - 1)
    true = {"index": at, "ratio": round(ratio, 4), "cause": cause}
    return Made([1.0] * at + [ratio] * (noise.number - at), [true], context=context)


def _step(size: float) -> Callable[[Random, Noise], Made]:
    return lambda dice, noise: _changed(dice, noise, dice.choice((size, 1 / size)), "unannounced")


def _moved(dice: Random, noise: Noise) -> Made:
    ratio = dice.choice((dice.uniform(0.73, 0.85), dice.uniform(1.2, 1.31)))
    return _changed(dice, noise, ratio, "host-move", "cpu_model")


def _moved_alike(dice: Random, noise: Noise) -> Made:
    return _changed(dice, noise, 1.0, "host-move", "cpu_model")


def _tool(dice: Random, noise: Noise) -> Made:
    return _changed(dice, noise, dice.choice((1.15, 1 / 1.15)), "tool-change", "vaudit")


def _outliers(dice: Random, noise: Noise) -> Made:
    times = [
        noise.worse(dice.uniform(1.43, 2.86)) if dice.random() < 0.07 else 1.0 for _ in range(noise.number)
    ]
    seen = (at for at, one in enumerate(times) if one != 1 and dice.random() < 0.55)
    return Made(times, disturbed=frozenset(seen))


def _weekly(_dice: Random, noise: Noise) -> Made:
    return Made([exp(0.09 * sin(2 * pi * at / 7)) for at in range(noise.number)])


def _two_levels(dice: Random, noise: Noise) -> Made:
    """Two levels that stay for a while, as of a guest whose memory lies on one of two nodes."""
    low, times = dice.random() < 0.5, []
    for _ in range(noise.number):
        low ^= dice.random() < 0.3
        times.append(0.78 if low else 1.0)
    return Made(times)


def _episode(dice: Random, noise: Noise) -> Made:
    at, length = dice.randint(SIDE, noise.number - SIDE - 1), dice.choice((2, 3))
    times = [1.0] * noise.number
    times[at : at + length] = [noise.worse(1 / 0.63)] * length
    return Made(times)


def _drift(dice: Random, noise: Noise) -> Made:
    start, times = dice.randint(noise.number // 6, noise.number // 3), noise.worse(dice.uniform(1.27, 1.65))
    length = noise.number - 1 - start
    made = [1 + (times - 1) * max(0, at - start) / length for at in range(noise.number)]
    return Made(
        made, [{"index": start, "until": noise.number - 1, "ratio": round(times, 4), "cause": "drift"}]
    )


KINDS: dict[str, Callable[[Random, Noise], Made]] = {
    "quiet": _quiet, "quiet-autocorrelated": _quiet, "outliers": _outliers, "weekly-cycle": _weekly,
    "bimodal": _two_levels, "episode": _episode, "host-move-same-speed": _moved_alike, "host-move": _moved,
    "tool-change": _tool, "step-5": _step(1.05), "step-10": _step(1.1), "step-20": _step(1.2),
    "step-50": _step(1.5), "drift": _drift,
}  # fmt: skip


def _scans(dice: Random, noise: Noise, hands_on: float) -> Iterator[float]:
    """The noise of each scan, on logarithms; each hands on a part to the next."""
    now = dice.gauss(0, noise.scan)
    for _ in range(noise.number):
        yield now
        now = hands_on * now + dice.gauss(0, noise.scan) * (1 - hands_on**2) ** 0.5


def _rounds(dice: Random, middle: float, spread: float) -> list[float]:
    return [float(f"{middle * exp(dice.gauss(0, spread)):.6g}") for _ in range(ROUNDS)]


def series(dice: Random, name: str, category: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """A series, and what is true of it."""
    benchmark, unit, better, usual = dice.choice(BENCHMARKS)
    noise = Noise(dice.choice(LENGTHS), dice.choice(SCAN_NOISE), dice.choice(ROUND_NOISE), better == "lower")
    made = KINDS[category](dice, noise)
    begun, each = datetime(2026, 1, 5, 3), dice.choice((1, 1, 7))
    usual *= exp(dice.uniform(-0.7, 0.7))
    moved = made.changes[0]["index"] if made.context else noise.number
    points = []
    for at, scan in enumerate(_scans(dice, noise, 0.4 if category == "quiet-autocorrelated" else 0.0)):
        samples = _rounds(dice, usual * made.times[at] * exp(scan), noise.round)
        point = {
            "taken": f"{(begun + timedelta(each * at, dice.randrange(3600))).isoformat()}Z",
            "value": median(samples), "samples": samples, "disturbed": at in made.disturbed,
            "cpu_model": PROCESSORS[0], "vaudit": "0.2.0", "machine": "h9d33a01c",
        }  # fmt: skip
        if at >= moved:
            point |= {"cpu_model": PROCESSORS[1]} if made.context == "cpu_model" else {"vaudit": "0.3.0"}
        points.append(point)
    head = {"id": name, "benchmark": benchmark, "unit": unit, "better": better}
    label = {
        "category": category,
        "changes": list(made.changes),
        "sigma_b": noise.scan,
        "sigma_w": noise.round,
    }
    return {**head, "points": points}, label


def pair(dice: Random, name: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """Two scans, perhaps with earlier ones, and what lies between them."""
    size = dice.choices((1.0, 1.05, 1.2, 1.5, 2.0), (42, 10, 18, 16, 14))[0]
    ratio = dice.choice((size, 1 / size))
    scan, spread = dice.choice((0.02, 0.05, 0.1, 0.15)), dice.choice((0.03, 0.08, 0.12))
    usual, earlier = exp(dice.uniform(3, 9)), dice.choices((0, 3, 8, 20), (41, 22, 18, 18))[0]
    *history, before, after = (
        _rounds(dice, usual * times * exp(dice.gauss(0, scan)), spread)
        for times in [1.0] * (earlier + 1) + [ratio]
    )
    better = "higher" if dice.random() < 0.7 else "lower"
    made = {"id": name, "better": better, "history": history, "before": before, "after": after}
    return made, {"ratio": round(ratio, 4), "sigma_b": scan, "sigma_w": spread, "history": earlier}


def made(seed: int, pairs: int = 300) -> dict[str, Any]:
    """A set: the content of each of its four files, by the name of the file."""
    dice = Random(seed)  # noqa: S311 (figures, no secret)
    wanted = [kind for kind, number in NUMBERS.items() for _ in range(number)]
    dice.shuffle(wanted)
    all_series = [series(dice, f"s{at:03}", kind) for at, kind in enumerate(wanted)]
    all_pairs = [pair(dice, f"p{at:03}") for at in range(pairs)]
    return {
        "series": {"series": [one for one, _ in all_series]},
        "labels": {"seed": seed, "labels": {one["id"]: label for one, label in all_series}},
        "pairs": {"pairs": [one for one, _ in all_pairs]},
        "pairs-labels": {"labels": {one["id"]: label for one, label in all_pairs}},
    }


def main() -> None:
    """Writes a set."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path)
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    args.folder.mkdir(parents=True, exist_ok=True)
    for name, content in made(args.seed).items():
        (args.folder / f"{name}.json").write_text(json.dumps(content))


if __name__ == "__main__":
    main()
