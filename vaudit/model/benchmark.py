"""What a benchmark says: raw samples, an honest interval and a verdict in words."""

from __future__ import annotations  # worked out where they are asked for: half a millisecond of a start

from typing import Literal

import msgspec

Confidence = Literal["high", "medium", "low", "none"]
Details = dict[str, float | int | str | bool | None]


class Round(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """One short measurement, and what disturbed it."""

    value: float
    start: float = 0.0
    """Seconds since the benchmark began."""
    seconds: float = 0.0
    percentiles: dict[str, float] = {}
    """Latencies in microseconds: mean, p50, p99, p99.9, max."""
    disturbed: str = ""
    """Why the round does not count (CPU busy, stolen time, foreign I/O); empty when it counts."""
    guards: dict[str, float] = {}
    """What else was seen meanwhile (over a program's whole run where rounds are its intervals): shares of the
    time `foreign_cpu`, `idle_cpu`, `stolen_cpu` (of all CPUs), `run_delay`, `throttled` (by a CPU quota),
    `memory_pressure`, and what the watched device moved, `device_read` and `device_written` in bytes."""


class Benchmark(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One measured quantity of one target, or the verdict over several of them."""

    id: str
    """disk.randread-qd1, disk.randread-qd32, disk.fdatasync, disk.read, disk.write, disk.fill, disk.verdict,
    network.send, network.receive, network.verdict, cpu.steal, …"""
    target: str
    """The folder, device or peer that was measured."""
    engine: Literal["embedded", "buffered", "fio", "iperf3", "vaudit", "other"]
    """other: one of which this version knows nothing."""
    unit: str
    """iops, B/s, bit/s, us, share; empty for a verdict."""
    status: Literal["ok", "skipped", "error"] = "ok"
    value: float | None = None
    interval: tuple[float, float] | None = None
    """What the value may be, never narrower than the rounds show."""
    samples: list[Round] = []
    verdict: str = ""
    """One word or short term: local-flash, network-block, spinning, capped, memory-speed, inconclusive, …;
    `unreadable` where a record holds what this version cannot read (status `error`)."""
    confidence: Confidence = "none"
    reason: str = ""
    """One sentence: why this verdict, why it was skipped, or what failed."""
    limits: list[str] = []
    """What this measurement cannot show."""
    details: Details = {}
    """Further figures: percentiles over all rounds (`p99_us`), bytes written, retransmits, …"""
    device: str | None = None
    """The block device or network interface under the target, as in the facts."""
    command: list[str] = []
    """The program run, if any, or the embedded engine's parameters in words."""
    version: str | None = None
    """The engine's version."""
    seconds: float = 0.0
    evidence: list[str] = []
    doubt: str = ""
    """Why the figure is not to be relied on, in few words (`busy machine`, `rough`: vaudit/model/doubt.py);
    what people read marks it. Empty where nothing speaks against it, and in reports of older versions."""
    series: str = ""
    """What was measured, by what, on which device or peer: equal in all runs that may be compared, whatever
    folder was typed (`disk.read embedded vda:/var`, see vaudit/bench/series.py). Empty only in reports of
    0.1.0."""
