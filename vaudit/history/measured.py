"""What one report says of each figure that is followed over time, and what could explain a change of it."""

from collections.abc import Iterator

import msgspec

from vaudit.model.benchmark import Benchmark
from vaudit.model.doubt import BUSY, UNSURE, doubt
from vaudit.model.names import KINDS
from vaudit.model.report import Report

FOUND_COUNTS = ("disk.old-blocks", "memory.reread")
"""Benchmarks whose parameters count what was there (old files, the pages that fitted): no plan of theirs."""


class Figure(msgspec.Struct, frozen=True):
    """One benchmark's figure in one scan."""

    series: str
    """What was measured, by what, where: figures of one series may be compared."""
    benchmark: str
    unit: str
    value: float
    """In that unit."""
    rounds: list[float]
    """The undisturbed measurements behind it; the value itself where there are none."""
    disturbed: bool
    """Something else was at work: it counts for nothing."""
    context: dict[str, str]
    """What could explain a change, by its name."""


def figures(report: Report) -> Iterator[Figure]:
    """The figures of a report. Verdicts and what could not be measured have none."""
    whole, devices = around(report), _devices(report)
    for bench in report.benchmarks:
        if bench.value is None or bench.status != "ok":
            continue
        context = {**whole, "plan": plan(bench), **devices.get(bench.device or "", {})}
        yield Figure(
            series(bench), bench.id, bench.unit, bench.value, _rounds(bench), is_disturbed(bench), context
        )


def series(bench: Benchmark) -> str:
    """The key of its series; of reports of 0.1.0, which had none, made of what there is."""
    return bench.series or f"{bench.id} {bench.engine} {bench.device or bench.target}".rstrip()


def plan(bench: Benchmark) -> str:
    """What was asked of it, and of which program."""
    said = " ".join([*bench.command, *([bench.version] if bench.version else [])])
    return "".join("#" if char.isdigit() else char for char in said) if bench.id in FOUND_COUNTS else said


def is_disturbed(bench: Benchmark) -> bool:
    """Whether other programs or the hypervisor took part, or its rounds contradict each other."""
    return (bench.doubt or doubt(bench)) in (BUSY, UNSURE)


def around(report: Report) -> dict[str, str]:
    """What is true of the whole machine and could explain a change of any figure."""
    facts = report.facts
    told = {
        "machine": report.machine,
        "processor": facts.cpu.model,
        "hypervisor": " ".join(filter(None, (KINDS[facts.hypervisor.kind], facts.hypervisor.version))),
        "kernel": facts.kernel.release,
        "vaudit": report.vaudit,
    }
    return {name: value for name, value in told.items() if value}


def _devices(report: Report) -> dict[str, dict[str, str]]:
    """How each device is served, by its name."""
    served = [*report.facts.block, *report.facts.net]
    return {one.name: {"device": f"{one.path}{f' by {one.driver}' if one.driver else ''}"} for one in served}


def _rounds(bench: Benchmark) -> list[float]:
    clean = [one.value for one in bench.samples if not one.disturbed]
    value = bench.value or 0.0
    return clean if clean and min(clean) <= value <= max(clean) else [value]
