"""The pipeline: Evidence -> Facts -> Findings -> Report, for one machine."""

import os
import time
from collections.abc import Mapping, Sequence
from itertools import chain, islice
from typing import TYPE_CHECKING

import msgspec

from vaudit import __version__, recorded
from vaudit.evidence.recorder import Recorder
from vaudit.evidence.source import Entry
from vaudit.facts.asked import asked as asked_for
from vaudit.facts.asked import unanswered
from vaudit.facts.collect import collect
from vaudit.judge.checks import judge
from vaudit.judge.rules import Checks
from vaudit.judge.verdict import summary, verdict
from vaudit.judge.workloads import answers
from vaudit.model.benchmark import Benchmark
from vaudit.model.facts import Facts
from vaudit.model.finding import Finding
from vaudit.model.promise import Asked, Promise
from vaudit.model.report import BenchMode, Coverage, Excerpt, Origin, Report, Run
from vaudit.words import joined, many

if TYPE_CHECKING:
    from vaudit.evidence.sanitize import Sanitizer

CLIP = 2000
"""Characters of one piece of evidence that a report keeps."""
MAX_EXCERPTS = 300
"""Pieces of evidence that a report keeps; small machines have some 100."""
MAX_UNSEEN = 1000
"""Answers that were denied, or could not be had, that a report names."""
MOST_NAMED = 10
"""Answers that a note names."""
NOTHING_ASKED = Run("off")


def scan(
    recorder: Recorder,
    checks: Checks,
    measure: recorded.Measure | None = None,
    run: Run = NOTHING_ASKED,
    plan: Sequence[Asked] = (),
    *,
    target: Sequence[str] = (),
    secret: bytes = b"",
    excerpted: bool = True,
) -> Report:
    """One report. `measure` runs benchmarks on this machine; without it those of the record are taken. `run`
    is what was asked for; when it started and ended is filled in. `plan` is what was promised, `target` are
    the places in which it is asked whether the machine would start. Identities in excerpts get the same
    pseudonyms in all reports with the same `secret`; none without one. Without `excerpted` there are none:
    they take a fifth of the time, and not every format shows them."""
    started, facts = _now(), asked_for(collect(recorder), target)
    benchmarks, notes = recorded.benchmarks(recorder, facts, checks.borders, measure)
    facts = msgspec.structs.replace(facts, workloads=answers(facts, checks))
    promises = _held(plan, facts, benchmarks, checks)
    judged = judge(facts, benchmarks, checks, promises)
    kept, left_out = list[Excerpt](), list[str]()
    if excerpted:
        kept, left_out = excerpts(recorder, facts, judged.findings, secret or os.urandom(16))
    machine = recorder.identity()
    return Report(
        source=Origin(recorder.kind, recorder.name),
        facts=facts,
        taken=recorder.taken,
        vaudit=__version__,
        machine=machine.id,
        machine_because=machine.because,
        run=msgspec.structs.replace(run, started=started, ended=_now()),
        verdict=verdict(
            facts, benchmarks, judged, promises, places=target, trimmed=recorder.kind == "capture"
        ),
        plan=promises,
        benchmarks=benchmarks,
        checks=judged.texts,
        findings=judged.findings,
        summary=summary(judged.findings),
        coverage=coverage(recorder, facts),
        evidence=kept,
        notes=[
            *recorder.notes,
            *_unanswered(recorder),
            *notes,
            *_cut(recorder, facts),
            *_unnamed(recorder),
            *unanswered(facts, target),
            *judged.notes,
            *left_out,
        ],
    )


def audited(
    recorder: Recorder,
    checks: Checks,
    measure: recorded.Measure | None = None,
    run: Run = NOTHING_ASKED,
    *,
    salt: str | None,
    plan: Sequence[Asked],
    target: Sequence[str] = (),
    secret: bytes = b"",
    excerpted: bool = True,
) -> Report:
    """A report; one to be shared where there is a salt for its pseudonyms, if but an empty one."""
    if salt is not None:
        return scan_to_share(recorder, checks, measure, run, salt=salt, plan=plan, target=target)
    return scan(recorder, checks, measure, run, plan=plan, target=target, secret=secret, excerpted=excerpted)


def rejudged(
    report: Report, checks: Checks, plan: Sequence[Asked] = (), target: Sequence[str] = ()
) -> Report:
    """A report judged again by these checks and, where there is one, against a plan or for other places: from
    its facts and benchmarks, which stay what they were. A shared report stays one: checks may be their
    owner's."""
    from vaudit.judge.again import judge_again

    report = msgspec.structs.replace(report, facts=asked_for(report.facts, target))
    promises = _held(plan, report.facts, report.benchmarks, checks) or report.plan
    judged = judge_again(report, checks, promises)
    older = f", from what vaudit {report.vaudit} found" if report.vaudit != __version__ else ""
    trimmed = report.source.kind == "capture"
    notes = [
        *report.notes,
        *unanswered(report.facts, target),
        *judged.notes,
        f"judged again by vaudit {__version__}{older}",
    ]
    again = msgspec.structs.replace(
        report,
        verdict=verdict(report.facts, report.benchmarks, judged, promises, places=target, trimmed=trimmed),
        plan=promises,
        checks=judged.texts,
        findings=judged.findings,
        summary=summary(judged.findings),
        notes=list(dict.fromkeys(notes)),
    )
    if again.masked is msgspec.UNSET:
        return again
    from vaudit.masking.pseudonyms import Pseudonyms, salt_of
    from vaudit.output.share import shared

    return shared(again, Pseudonyms(salt_of("")))


def _held(
    plan: Sequence[Asked], facts: Facts, benchmarks: Sequence[Benchmark], checks: Checks
) -> list[Promise]:
    if not plan:
        return []
    from vaudit.judge.promises import held

    return held(plan, facts, benchmarks, checks.borders)


def scan_to_share(
    recorder: Recorder,
    checks: Checks,
    measure: recorded.Measure | None = None,
    run: Run = NOTHING_ASKED,
    *,
    salt: str = "",
    plan: Sequence[Asked] = (),
    target: Sequence[str] = (),
) -> Report:
    """One report without identities: it is made of evidence that has none, as a shared record holds it."""
    from vaudit.evidence.dump import Dump
    from vaudit.evidence.record import shared as without_identities
    from vaudit.output.share import shared

    plan = [one.for_others for one in plan]
    raw = scan(recorder, checks, measure, run, plan=plan, target=target)
    names, entries = without_identities(recorder, salt)
    masked = Dump(recorder.name, entries, {"id": raw.machine, "time": recorder.taken}, recorder.notes)
    if recorder.kind == "capture":  # which is trimmed, and so is what is shared of it
        masked.kind = "capture"
    report = scan(Recorder(masked), checks, run=run, plan=plan, target=target)
    if _found(report) != _found(raw):  # what stays at home, as an inventory does, was what told
        return shared(raw, names)
    of_this = msgspec.structs.replace(
        report,
        source=raw.source,
        machine_because=raw.machine_because,
        run=raw.run,
        coverage=msgspec.structs.replace(report.coverage, unrecorded=raw.coverage.unrecorded),
    )
    return shared(of_this, names, closed=False)


def _found(report: Report) -> list[tuple[str, str]]:
    return [(one.check, one.status) for one in report.findings]


def _now() -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())


PRIVATE = ("from", "disk", "peer", "device", "checks", "plan", "salt")
"""Options whose values are paths, hosts, or what a person wrote."""


def asked(mode: BenchMode, options: Mapping[str, object]) -> Run:
    """What the user asked for, without what could identify: of a path or a host only that it was given."""
    told = {
        name: "given" if name in PRIVATE else "yes" if value is True else _told(value)
        for name, value in options.items()
        if value and (name, value) != ("disk", ".")  # which is where it is measured anyway
    }
    return Run(mode, told)


def _told(value: object) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)


def coverage(recorder: Recorder, facts: Facts) -> Coverage:
    """What was looked at, and what could not be seen."""
    entries = [one for one in recorder.entries if not recorded.is_benchmark(one)]
    denied = [one.id for one in entries if one.status == "denied"]
    adds = _administrator_adds if facts.os.family == "windows" else _root_adds
    root_adds = adds(denied) if facts.os.root is False else ""
    return Coverage(
        read=sum(one.status == "read" for one in entries),
        absent=sum(one.status == "absent" for one in entries),
        denied=denied[:MAX_UNSEEN],
        unrecorded=sum(one.status == "unrecorded" for one in entries),
        errors=[one.id for one in entries if one.status == "error"][:MAX_UNSEEN],
        root_adds=root_adds,
    )


_ROOT_TELLS = (
    ("device:/dev/kvm", "whether virtual machines can run here"),
    ("firmware:SMBIOS", "what the firmware declares"),
    ("call:dmesg", "the kernel log"),
    ("file:/proc/1/environ", "signs of a container"),
    ("msr:", "registers of virtualization"),
)
"""What is refused to ordinary users and tells something, what matters most first."""


def _root_adds(denied: Sequence[str]) -> str:
    """What a scan as root would know besides, in one line; empty where nothing that matters was refused."""
    told = [what for start, what in _ROOT_TELLS if any(one.startswith(start) for one in denied)]
    return f"As root a scan also tells {joined(told[:4])}." if told else ""


_SHOWN_TO_NOBODY = "\\properties"
"""Of a device Windows shows these to itself alone."""


def _administrator_adds(denied: Sequence[str]) -> str:
    """The same on Windows."""
    keys = [one for one in denied if one.startswith("registry:") and _SHOWN_TO_NOBODY not in one.lower()]
    number = many(len(keys), "key of the registry holds", "keys of the registry hold")
    return f"As an administrator a scan also tells what {number}." if keys else ""


def _unnamed(recorder: Recorder) -> list[str]:
    """How many answers could not be had, where they are too many to be named."""
    entries = [one for one in recorder.entries if not recorded.is_benchmark(one)]
    return [
        f"of {number} sources that {what} the first {MAX_UNSEEN} are named"
        for status, what in (("denied", "were refused"), ("error", "could not be read"))
        if (number := sum(one.status == status for one in entries)) > MAX_UNSEEN
    ]


def _unanswered(recorder: Recorder) -> list[str]:
    """What did not answer in time."""
    silent = [one.id for one in recorder.entries if one.is_unanswered]
    said = f"no answer came in time from {_some(silent)}: what they would tell is not known"
    return [said] if silent else []


def _some(names: Sequence[str]) -> str:
    more = f" and {len(names) - MOST_NAMED} more" if len(names) > MOST_NAMED else ""
    return ", ".join(names[:MOST_NAMED]) + more


def _cut(recorder: Recorder, facts: Facts) -> list[str]:
    """What was only seen in part, or is only told in part."""
    cut = [f"{one.id} ({one.reason})" for one in recorder.entries if one.is_cut]
    said = [f"only the beginning was looked at: {_some(cut)}"] if cut else []
    disks = [disk.more_mounts for disk in facts.block if disk.more_mounts]
    if disks:
        points, of = many(sum(disks), "mount point"), many(len(disks), "disk")
        said.append(f"{points} on {of} {'is' if sum(disks) == 1 else 'are'} counted and not named")
    return said


def excerpts(
    recorder: Recorder, facts: Facts, findings: Sequence[Finding], secret: bytes
) -> tuple[list[Excerpt], list[str]]:
    """The raw evidence that facts and findings name, in that order, clipped and without identities; of very
    much the most telling, and a note of what is left out."""
    from vaudit.evidence.sanitize import Sanitizer

    names = dict.fromkeys([*_general(facts), *_of_devices(facts)])
    for finding in findings:
        names.update(dict.fromkeys(finding.evidence))
    told = [name for name in names if recorder.find(name)]
    kept = _most_telling(told, facts, findings) if len(told) > MAX_EXCERPTS else set(told)
    entries = [(name, entry) for name in told if name in kept and (entry := recorder.find(name))]
    host = [recorder.name] if recorder.kind == "machine" else []
    sanitizer = Sanitizer(secret, host, is_closed=False)
    more = len(told) - len(entries)
    number = many(more, "more piece of evidence is", "more pieces of evidence are")
    note = f"{number} named and not shown: vaudit record keeps all"
    return [_excerpt(name, entry, sanitizer) for name, entry in entries], [note] if more else []


def _most_telling(told: list[str], facts: Facts, findings: Sequence[Finding]) -> set[str]:
    """As many as are kept: of the machine as a whole, then of what failed or is not known, then the rest."""
    matters = (id_ for one in findings if one.status in ("fail", "error", "unknown") for id_ in one.evidence)
    known = set(told)
    ranked = dict.fromkeys(id_ for id_ in chain(_general(facts), matters, told) if id_ in known)
    return set(islice(ranked, MAX_EXCERPTS))


def _general(facts: Facts) -> list[str]:
    reached = (facts.addresses.ipv4, facts.addresses.ipv6)
    groups = (facts.hypervisor, facts.cpu, facts.memory, facts.kernel, facts.os, facts.machine, *reached)
    found = [id_ for one in groups for id_ in one.evidence]
    found += [id_ for one in facts.layers for id_ in one.evidence]
    return found + [id_ for one in facts.hypervisor.interfaces for id_ in one.evidence]


def _of_devices(facts: Facts) -> list[str]:
    lists = (facts.block, facts.net, facts.controllers, facts.guests, facts.drivers)
    return [id_ for one in (item for items in lists for item in items) for id_ in one.evidence]


def _excerpt(name: str, entry: Entry, sanitizer: "Sanitizer") -> Excerpt:
    status, text, clipped = sanitizer.excerpt(entry, CLIP)
    return Excerpt(name, status, text, clipped)
