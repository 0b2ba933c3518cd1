"""A report as metrics, which Prometheus' node_exporter reads from its folder of text files.

Units are base units. Where two files have another HELP for one family, or one series twice, node_exporter
drops the family and says nothing: so the texts of HELP never change within a name (a test holds them). No
label and no line holds a time, and what was not measured, or not undisturbed, is absent: 0 would be a figure.
"""

import math
from calendar import timegm
from collections.abc import Iterator
from time import strptime

from vaudit.model.benchmark import Benchmark
from vaudit.model.doubt import ROUGH, doubt
from vaudit.model.report import Report
from vaudit.output import text
from vaudit.output.outline import count

Labels = tuple[tuple[str, str], ...]
Samples = dict[Labels, float]

HELP = {
    "vaudit_info": "Which vaudit looked, and what it found the machine to be.",
    "vaudit_last_scan_timestamp_seconds": "When the machine was looked at, in seconds since 1970.",
    "vaudit_last_benchmark_timestamp_seconds": "When it was measured, in seconds since 1970.",
    "vaudit_checks": "Findings by status.",
    "vaudit_finding": "Failed findings of a check about a subject.",
    "vaudit_benchmark_operations_per_second": "Measured requests a second.",
    "vaudit_benchmark_bytes_per_second": "Measured bytes a second; of networks too.",
    "vaudit_benchmark_seconds": "Measured times.",
    "vaudit_benchmark_ratio": "Measured shares, between 0 and 1.",
}
"""Each family, in its order, and what it says. A text that has to change needs a new name."""
_UNITS = {
    "iops": ("vaudit_benchmark_operations_per_second", 1.0),
    "B/s": ("vaudit_benchmark_bytes_per_second", 1.0),
    "bit/s": ("vaudit_benchmark_bytes_per_second", 1 / 8),
    "us": ("vaudit_benchmark_seconds", 1e-6),
    "share": ("vaudit_benchmark_ratio", 1.0),
}
"""The family of a unit, and how many base units one of it is."""
_STATUSES = ("pass", "fail", "unknown", "skipped", "error")
MAX_SERIES = 2000
"""Series of a family."""
MAX_LABEL = 200
"""Characters of a label's value."""


def render(report: Report) -> str:
    """The metrics of one machine."""
    return "".join(_family(name, samples) for name, samples in families(report).items() if samples)


def families(report: Report) -> dict[str, Samples]:
    """The samples of each family; none where there is nothing to tell."""
    made: dict[str, Samples] = {name: {} for name in HELP}
    about = report.facts.hypervisor
    made["vaudit_info"][_labels(version=report.vaudit, hypervisor=about.kind, vmm=about.vmm or "",
                                cloud=about.cloud or "", machine=report.machine)] = 1  # fmt: skip
    _put(made["vaudit_last_scan_timestamp_seconds"], _labels(), _seconds(report.taken))
    for status in _STATUSES:
        made["vaudit_checks"][_labels(status=status)] = count(report, status)
    for one in report.failed():
        found = _labels(check=one.check, severity=one.severity, subject=one.subject)
        made["vaudit_finding"][found] = made["vaudit_finding"].get(found, 0) + one.number
    for family, labels, value in _measured(report):
        made[family].setdefault(labels, value)
        _put(made["vaudit_last_benchmark_timestamp_seconds"], _labels(), _seconds(report.taken))
    return made


def _measured(report: Report) -> Iterator[tuple[str, Labels, float]]:
    """Family, labels and value of each figure that can be relied on."""
    for bench in report.benchmarks:
        if not _counts(bench):
            continue
        family, factor = _UNITS[bench.unit]
        labels = _labels(benchmark=bench.id, target=bench.target, engine=bench.engine)
        yield family, labels, (bench.value or 0.0) * factor


def _counts(bench: Benchmark) -> bool:
    """Whether it was measured to its end, and nothing disturbed it."""
    return (
        bench.status == "ok"
        and bench.value is not None
        and math.isfinite(bench.value)
        and bench.unit in _UNITS
        and bench.verdict != "inconclusive"
        and doubt(bench) in ("", ROUGH)
    )


def _put(samples: Samples, labels: Labels, value: float | None) -> None:
    if value is not None:
        samples[labels] = value


def _seconds(taken: str) -> float | None:
    """Seconds since 1970 of an ISO 8601 time in UTC; None for what is none."""
    try:
        return float(timegm(strptime(taken[:19], "%Y-%m-%dT%H:%M:%S")))
    except ValueError:
        return None


def _labels(**values: str) -> Labels:
    return tuple((name, text.clean(value, MAX_LABEL)) for name, value in values.items())


def _family(name: str, samples: Samples) -> str:
    rows = [f"# HELP {name} {HELP[name]}\n# TYPE {name} gauge\n"]
    rows += [f"{name}{_written(labels)} {value!r}\n" for labels, value in list(samples.items())[:MAX_SERIES]]
    return "".join(rows)


def _written(labels: Labels) -> str:
    said = ",".join(f'{name}="{_escaped(value)}"' for name, value in labels)
    return f"{{{said}}}" if said else ""


def _escaped(value: str) -> str:
    return value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
