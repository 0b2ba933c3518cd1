"""What a benchmark says: raw samples, an honest interval and a verdict in words."""

from typing import Literal

import msgspec


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
    engine: Literal["embedded", "fio", "iperf3", "vaudit", "other"]
    """other: one of which this version knows nothing."""
    unit: str
    """iops, B/s, bit/s, us, share; empty for a verdict."""
    status: Literal["ok", "skipped", "error"] = "ok"
    value: float | None = None
    interval: tuple[float, float] | None = None
    """What the value may be, never narrower than the rounds show."""
    samples: list[Round] = []
    verdict: str = ""
    """One word or short term: local-flash, network-block, spinning, capped, memory-speed, inconclusive, …"""
    confidence: Literal["high", "medium", "low", "none"] = "none"
    reason: str = ""
    """One sentence: why this verdict, why it was skipped, or what failed."""
    limits: list[str] = []
    """What this measurement cannot show."""
    details: dict[str, float | int | str | bool | None] = {}
    """Further figures: percentiles over all rounds (`p99_us`), bytes written, retransmits, …"""
    device: str | None = None
    """The block device or network interface under the target, as in the facts."""
    command: list[str] = []
    """The program run, if any, or the embedded engine's parameters in words."""
    version: str | None = None
    """The engine's version."""
    seconds: float = 0.0
    evidence: list[str] = []


def judged(benchmark: Benchmark, word: str, said: str, disturbed: str) -> Benchmark:
    """The benchmark of a single look with its word and reason; of a disturbed one nothing certain is said."""
    if disturbed:
        word, confidence, said = "inconclusive", "none", f"{said}; {disturbed}"
        return msgspec.structs.replace(benchmark, verdict=word, confidence=confidence, reason=said)
    return msgspec.structs.replace(benchmark, verdict=word, confidence="medium", reason=said)
