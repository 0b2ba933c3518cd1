"""The pipeline: Evidence -> Facts -> Findings -> Report, for one machine."""

import os
import time
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import msgspec

from vaudit import __version__, recorded
from vaudit.evidence.recorder import Recorder
from vaudit.evidence.source import Entry
from vaudit.facts.collect import collect
from vaudit.judge.checks import judge
from vaudit.judge.rules import Checks
from vaudit.judge.verdict import summary, verdict
from vaudit.model.facts import Facts
from vaudit.model.finding import Finding
from vaudit.model.report import BenchMode, Coverage, Excerpt, Origin, Report, Run

if TYPE_CHECKING:
    from vaudit.evidence.sanitize import Sanitizer

CLIP = 2000
"""Characters of one piece of evidence that a report keeps."""
NOTHING_ASKED = Run("off")


def scan(
    recorder: Recorder,
    checks: Checks,
    measure: recorded.Measure | None = None,
    run: Run = NOTHING_ASKED,
) -> Report:
    """One report. `measure` runs benchmarks on this machine; without it those of the record are taken. `run`
    is what was asked for; when it started and ended is filled in."""
    started, facts = _now(), collect(recorder)
    limits = {name: limit.value for name, limit in checks.limits.items()}
    benchmarks, notes = recorded.benchmarks(recorder, facts, limits, measure)
    judged = judge(facts, benchmarks, checks)
    machine = recorder.identity()
    return Report(
        source=Origin(recorder.kind, recorder.name),
        facts=facts,
        taken=recorder.taken,
        vaudit=__version__,
        machine=machine.id,
        machine_because=machine.because,
        run=msgspec.structs.replace(run, started=started, ended=_now()),
        verdict=verdict(facts, benchmarks, judged),
        benchmarks=benchmarks,
        checks=judged.texts,
        findings=judged.findings,
        summary=summary(judged.findings),
        coverage=coverage(recorder, facts),
        evidence=excerpts(recorder, facts, judged.findings),
        notes=[*recorder.notes, *notes],
    )


def _now() -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())


PRIVATE = ("from", "disk", "peer", "device", "checks")
"""Options whose values are paths or hosts."""


def asked(mode: BenchMode, options: Mapping[str, object]) -> Run:
    """What the user asked for, without what could identify: of a path or a host only that it was given."""
    told = {
        name: "given" if name in PRIVATE else "yes" if value is True else str(value)
        for name, value in options.items()
        if value
    }
    return Run(mode, told)


def coverage(recorder: Recorder, facts: Facts) -> Coverage:
    """What was looked at, and what could not be seen."""
    entries = [one for one in recorder.entries if not recorded.is_benchmark(one)]
    denied = [one.id for one in entries if one.status == "denied"]
    root_adds = ""
    if denied and facts.os.root is False:
        first = ", ".join(one.partition(":")[2] for one in denied[:3])
        more = f" and {len(denied) - 3} more" if len(denied) > 3 else ""
        root_adds = f"run as root to read {first}{more}"
    return Coverage(
        read=sum(one.status == "read" for one in entries),
        absent=sum(one.status == "absent" for one in entries),
        denied=denied,
        unrecorded=sum(one.status == "unrecorded" for one in entries),
        errors=[one.id for one in entries if one.status == "error"],
        root_adds=root_adds,
    )


def excerpts(recorder: Recorder, facts: Facts, findings: Sequence[Finding]) -> list[Excerpt]:
    """The raw evidence that facts and findings name, in that order, clipped and without identities."""
    from vaudit.evidence.sanitize import Sanitizer

    names = dict.fromkeys(_named(facts))
    for finding in findings:
        names.update(dict.fromkeys(finding.evidence))
    entries = [(name, entry) for name in names if (entry := recorder.find(name))]
    sanitizer = Sanitizer(os.urandom(16), [recorder.name] if recorder.kind == "machine" else [])
    return [_excerpt(name, entry, sanitizer) for name, entry in entries]


def _named(facts: Facts) -> list[str]:
    groups = (facts.hypervisor, facts.cpu, facts.memory, facts.kernel, facts.os)
    lists = (facts.layers, facts.block, facts.net, facts.controllers, facts.guests, facts.drivers)
    return [id_ for one in (*groups, *(item for items in lists for item in items)) for id_ in one.evidence]


def _excerpt(name: str, entry: Entry, sanitizer: "Sanitizer") -> Excerpt:
    status, text, clipped = sanitizer.excerpt(entry, CLIP)
    return Excerpt(name, status, text, clipped)


def check_folders(extra: Sequence[str]) -> list[str]:
    """The folders of checks in force besides vaudit's own: the system's, the user's, those of this call."""
    config = os.environ.get("XDG_CONFIG_HOME") or os.path.expanduser("~/.config")
    usual = ("/etc/vaudit/checks.d", os.path.join(config, "vaudit", "checks.d"))
    return [*(folder for folder in usual if os.path.isdir(folder)), *extra]
