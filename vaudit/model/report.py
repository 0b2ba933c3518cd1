"""The report: everything that one scan found, and the only thing that output/ sees."""

from typing import Literal

import msgspec

from vaudit.model.benchmark import Benchmark
from vaudit.model.facts import Facts
from vaudit.model.finding import Finding, Severity

SCHEMA = "vaudit.report/1"
TileName = Literal["platform", "hardware virtualization", "devices", "storage", "network and CPU"]
Grade = Literal["good", "fair", "poor", "unknown"]
GRADES: tuple[Grade, ...] = ("poor", "fair", "good")
"""Worst first; `unknown` is none of them."""


class Origin(msgspec.Struct, frozen=True):
    """Where the evidence came from."""

    kind: Literal["machine", "dump", "capture", "hive"]
    name: str
    """The host name of a machine, or the path as it was given."""


class Excerpt(msgspec.Struct, frozen=True, omit_defaults=True):
    """A piece of raw evidence that facts or findings refer to."""

    id: str
    status: Literal["read", "absent", "denied", "unrecorded", "error"]
    text: str = ""
    """What was read, clipped; or the reason."""
    clipped: bool = False


class Coverage(msgspec.Struct, frozen=True):
    """What was looked at, and what could not be seen."""

    read: int = 0
    absent: int = 0
    denied: list[str] = []
    """Ids of evidence that exists but was refused."""
    unrecorded: int = 0
    """How many entries the record does not hold (0 for a live machine)."""
    errors: list[str] = []
    root_adds: str = ""
    """One line: what running as root would add; empty when nothing."""


class Tile(msgspec.Struct, frozen=True):
    """One of the five words at the top of the report."""

    name: TileName
    word: Grade
    figure: str
    reason: str


class Verdict(msgspec.Struct, frozen=True):
    """The first screen: one sentence in plain words and five tiles."""

    sentence: str = ""
    tiles: list[Tile] = []


class Summary(msgspec.Struct, frozen=True):
    """Findings counted by status."""

    passed: int = msgspec.field(name="pass", default=0)
    fail: int = 0
    unknown: int = 0
    skipped: int = 0
    error: int = 0
    worst: Severity | None = None
    """The highest severity among the failed."""


class Report(msgspec.Struct, frozen=True):
    """One scan of one machine. `taken` is ISO 8601 UTC: when the evidence was read."""

    source: Origin
    facts: Facts
    taken: str
    vaudit: str
    schema: str = SCHEMA
    verdict: Verdict = Verdict()
    benchmarks: list[Benchmark] = []
    findings: list[Finding] = []
    summary: Summary = Summary()
    coverage: Coverage = Coverage()
    evidence: list[Excerpt] = []
    notes: list[str] = []
    """Plain remarks about this scan: a benchmark that was not run, a check folder that was used."""
