"""Reports of one machine over time, for tests of what is kept of them."""

from functools import cache
from pathlib import Path
from typing import Any

import msgspec

from vaudit.evidence import dump
from vaudit.evidence.recorder import Recorder
from vaudit.judge.checks import load
from vaudit.model.benchmark import Benchmark, Round
from vaudit.model.report import BenchMode, Report, Run
from vaudit.pipeline import scan

MACHINES = Path(__file__).parent.parent / "machines"


@cache
def audited(name: str = "lab-kvm-four") -> Report:
    """What is said of a recorded machine."""
    path = MACHINES / f"{name}.vdump"
    return scan(Recorder(dump.parse(path.read_bytes(), str(path))), load())


def day(number: int) -> str:
    """ISO 8601 UTC, of one scan a day."""
    return f"2026-{1 + number // 28 % 12:02}-{1 + number % 28:02}T03:00:00Z"


def bench(id_: str = "disk.read", value: float = 1e9, **more: Any) -> Benchmark:
    """A figure with five rounds around it."""
    rounds = [Round(value * part) for part in (0.97, 0.99, 1, 1.01, 1.03)]
    given = {"target": "/", "engine": "embedded", "unit": "B/s", "samples": rounds, "confidence": "high",
             "device": "vda", "command": ["read 1 MiB"], "series": f"{id_} embedded vda:/"}  # fmt: skip
    return Benchmark(id=id_, value=value, **{**given, **more})


def report(number: int = 0, *benchmarks: Benchmark, of: Report | None = None, **more: Any) -> Report:
    """A report of the day with that number."""
    mode: BenchMode = "quick" if benchmarks else "off"
    return msgspec.structs.replace(
        of or audited(), taken=day(number), benchmarks=list(benchmarks), run=Run(mode), **more
    )
