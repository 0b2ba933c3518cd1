"""The command: python -m tests.fuzz"""

import argparse
import os
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from math import ceil
from pathlib import Path

from tests.fuzz import pipeline
from tests.fuzz.batches import CPU, MEMORY, Batch, Found, Limits, Told, run
from tests.fuzz.parsers import random_of
from tests.fuzz.targets import ALONE, TARGETS, WHOLE, attempt, ready

GROUPS = {"whole": WHOLE, "parsers": ALONE}
SAID = 10_000
"""Inputs after which it is said how many there were."""
KEPT = 3
"""Inputs that are kept of one kind of fault: the smallest."""


def batches(names: list[str], inputs: int, first: int) -> Iterator[Batch]:
    """Batches of all targets in turns, as many inputs of each as is its share."""
    whole = sum(TARGETS[name].share for name in names)
    end = {name: first + ceil(inputs * TARGETS[name].share / whole) for name in names}
    at = dict.fromkeys(names, first)
    while any(at[name] < end[name] for name in names):
        name = min(
            (one for one in names if at[one] < end[one]),
            key=lambda one: (at[one] - first) / TARGETS[one].share,
        )
        stop = min(at[name] + TARGETS[name].batch, end[name])
        yield Batch(name, at[name], stop)
        at[name] = stop


class Results:
    """What was found, and where its inputs are kept."""

    def __init__(self, keep: Path | None) -> None:
        self.keep = keep
        self.inputs: Counter[str] = Counter()
        self.cpu: Counter[str] = Counter()
        self.slowest: dict[str, tuple[float, int]] = {}
        self.memory: Counter[str] = Counter()
        self.faults: Counter[str] = Counter()
        self.sites: dict[str, list[Found]] = {}

    def add(self, told: Told) -> None:
        name, before = told.batch.target, self.inputs.total()
        self.inputs[name] += told.done
        if before // SAID != self.inputs.total() // SAID:
            print(f"{self.inputs.total()} inputs, {len(self.sites)} kinds of fault", flush=True)
        self.cpu[name] += told.cpu  # type: ignore[assignment]
        self.slowest[name] = max(self.slowest.get(name, (0.0, 0)), told.slowest)
        self.memory[name] = max(self.memory[name], told.memory)
        self.faults[name] += len(told.faults)
        for one in told.faults:
            known = self.sites.setdefault(one.site, [])
            if not known:
                print(f"FAULT {one.target} {one.number}: {one.site}\n{one.detail[-1500:]}", flush=True)
            known.append(one)
            self._keep(one, known)

    def _keep(self, one: Found, known: list[Found]) -> None:
        if not self.keep or len(known) > KEPT:
            return
        where = self.keep / f"{one.target}-{one.number}"
        where.mkdir(parents=True, exist_ok=True)
        with suppress(Exception):  # that of which it cannot even be made
            pipeline.write(str(where), TARGETS[one.target].make(random_of(one.target, one.number)))
        (where / "fault").write_text(f"{one.site}\n{one.detail}")

    def told(self, seconds: float) -> None:
        """A line for each target, and one for all."""
        for name in self.inputs:
            print(self._line(name))
        whole = sum(count for name, count in self.inputs.items() if name in WHOLE)
        alone = self.inputs.total() - whole
        print(
            f"{whole} inputs of whole scans and {alone} of parsers alone in {seconds:.0f} s, "
            f"{sum(self.cpu.values()):.0f} s of CPU; {self.faults.total()} faults of {len(self.sites)} kinds"
        )
        for site, found in sorted(self.sites.items()):
            print(f"  {len(found):>6}  {site}  ({found[0].target} {found[0].number})")

    def _line(self, name: str) -> str:
        count, spent, (slow, number) = self.inputs[name], self.cpu[name], self.slowest[name]
        rate = count / spent if spent else 0.0
        return (
            f"{name:<17}{count:>9} inputs {spent:>7.1f} s of CPU {rate:>6.0f}/s {self.faults[name]:>4} faults"
            f"{self.memory[name] / 2**20:>5.0f} MiB; the slowest {slow:.2f} s ({number})"
        )


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="python -m tests.fuzz", description="Feeds vaudit what nobody sent."
    )
    parser.add_argument(
        "targets", nargs="*", metavar="TARGET", help=f"of {', '.join((*GROUPS, *TARGETS))}; all by default"
    )
    parser.add_argument("--inputs", type=int, default=10_000, help="in all (default 10000)")
    parser.add_argument("--seed", type=int, help="the number of the first input; by chance if not given")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--keep", type=Path, help="a folder for the inputs that ended in a fault")
    parser.add_argument("--cpu", type=float, default=CPU, help="seconds an input may take (default 10)")
    parser.add_argument("--memory", type=int, default=MEMORY >> 20, help="MiB it may take (default 256)")
    options = parser.parse_args()
    if unknown := [name for name in options.targets if name not in TARGETS and name not in GROUPS]:
        parser.error(f"{unknown[0]}: choose of {', '.join((*GROUPS, *TARGETS))}")
    named = [one for name in options.targets for one in GROUPS.get(name, (name,))]
    names = list(dict.fromkeys(named)) or list(TARGETS)
    first = int.from_bytes(os.urandom(5), "little") if options.seed is None else options.seed
    print(f"inputs from number {first} on: --seed {first}", flush=True)
    ready(names)
    results, began = Results(options.keep), time.monotonic()
    attempts = {name: attempt(name) for name in names}
    for told in run(
        batches(names, options.inputs, first),
        attempts,
        jobs=options.jobs,
        limits=Limits(options.memory << 20, options.cpu),
    ):
        results.add(told)
    results.told(time.monotonic() - began)
    return 1 if results.sites else 0


if __name__ == "__main__":
    sys.exit(main())
