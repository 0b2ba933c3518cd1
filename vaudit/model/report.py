"""The report: everything that one scan found, and the only thing that output/ sees."""

from __future__ import annotations  # worked out where they are asked for: half a millisecond of a start

from typing import Literal

import msgspec

from vaudit.model.benchmark import Benchmark
from vaudit.model.facts import Facts
from vaudit.model.finding import SEVERITIES, CheckText, Finding, Severity, joined
from vaudit.model.promise import Promise

SCHEMA = "vaudit.report/2"
TileName = Literal["platform", "hardware virtualization", "devices", "storage", "network and CPU"]
Grade = Literal["good", "fair", "poor", "unknown"]
BenchMode = Literal["light", "quick", "full", "off", "unknown"]
GRADES: tuple[Grade, ...] = ("poor", "fair", "good")
"""Worst first; `unknown` is none of them."""


class Origin(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where the evidence came from."""

    kind: Literal["machine", "dump", "capture", "hive", "image", "other"]
    """other: a kind of which this version knows nothing."""
    name: str
    """The host name of a machine, or the path as it was given."""


class Excerpt(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """A piece of raw evidence that facts or findings refer to."""

    id: str
    status: Literal["read", "absent", "denied", "unrecorded", "error"]
    text: str = ""
    """What was read, clipped; or the reason."""
    clipped: bool = False


class Coverage(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
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


class Tile(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """One of the five words at the top of the report."""

    name: TileName
    word: Grade
    figure: str
    reason: str
    """What the word rests on, in the field's terms."""
    meaning: str = ""
    """What the word means for whoever uses the machine, in plain words; empty in reports of before 0.2."""


class Verdict(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The first screen: one sentence in plain words and five tiles."""

    sentence: str = ""
    tiles: list[Tile] = []


class Summary(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Findings counted by status."""

    passed: int = msgspec.field(name="pass", default=0)
    fail: int = 0
    unknown: int = 0
    skipped: int = 0
    error: int = 0
    worst: Severity | None = None
    """The highest severity among the failed, hints for tuning aside."""
    tuning: int | msgspec.UnsetType = msgspec.UNSET
    """How many of the failed are hints for tuning; not given where none is."""


class Run(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The run of vaudit that made the report. (`taken` is when the evidence was read, maybe long before.)"""

    mode: BenchMode = "unknown"
    """Which benchmarks were run. off: none were, those in the report were recorded before."""
    options: dict[str, str] = {}
    """What the user asked for besides, by option; of a path or a host only that it was `given`."""
    started: str = ""
    """ISO 8601 UTC."""
    ended: str = ""


class Report(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One scan of one machine. `taken` is ISO 8601 UTC: when the evidence was read."""

    source: Origin
    facts: Facts
    taken: str
    vaudit: str
    schema: str = SCHEMA
    machine: str = ""
    """A pseudonym of the machine: the same in all its reports, and of no use for anything else (machines that
    were cloned with their machine id share it); empty where nothing identifies it."""
    machine_because: str = ""
    """What the pseudonym was made from, or why there is none."""
    run: Run = Run()
    verdict: Verdict = Verdict()
    plan: list[Promise] = []
    """What the plan that was given promises, and whether it is kept."""
    benchmarks: list[Benchmark] = []
    checks: dict[str, CheckText] = {}
    """The texts of each check that has a finding, by its id."""
    findings: list[Finding] = []
    summary: Summary = Summary()
    coverage: Coverage = Coverage()
    evidence: list[Excerpt] = []
    notes: list[str] = []
    """Plain remarks about what was read, such as what of a newer vaudit was left out."""
    masked: dict[str, int] | msgspec.UnsetType = msgspec.UNSET
    """How many identities of each sort were replaced by pseudonyms; not given where it was not made to be
    shared."""

    def failed(self, least: Severity = "info") -> list[Finding]:
        """The findings that failed and are at least so severe, worst first; no hints for tuning."""
        border = SEVERITIES.index(least)
        return [one for one in self.findings if one.status == "fail" and not one.is_hint
                and SEVERITIES.index(one.severity) >= border]  # fmt: skip

    def about(self, finding: Finding) -> CheckText:
        """What its check says of a finding, with what to do about just this subject."""
        text = self.checks.get(finding.check) or CheckText(finding.check)
        return msgspec.structs.replace(text, fix=joined(text.fix, finding.fix))
