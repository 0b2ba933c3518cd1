"""The findings as JUnit XML, which CI systems show as tests: a suite a machine, a case a finding.

Valid by junit-10.xsd (Jenkins' xunit plugin). GitLab and Jenkins tell cases apart by `classname` and `name`
and drop the second of two alike, so these are unique in a document and equal from run to run. Dots in
`classname` part packages in Jenkins: the last part is the area, all before it is the machine.
"""

import re
from collections import Counter

from vaudit.model.finding import SEVERITIES, Finding
from vaudit.model.report import Report
from vaudit.output import text
from vaudit.output.faults import FAIL_ON, faults
from vaudit.output.machine import line
from vaudit.output.outline import fixes

MAX_SAID = 400
"""Characters of a message."""
_NO_XML = text.UNSAFE[:-1] + "\ufffe\uffff]"
"""What XML 1.0 has no character for, or could mislead a reader."""
_SUFFIXES = (".vdump", ".tar.gz", ".tar.xz", ".tar.bz2", ".tgz", ".txz", ".tar", ".zip", ".xz")
"""Endings of records, which say nothing of the machine."""


def render(report: Report, names: "set[str] | None" = None, fail_on: str = FAIL_ON) -> str:
    """One `<testsuite>`. `names` are those of the machines before it in the document; its own is added."""
    machine = _machine(report.source.name, names)
    numbered = Counter[str]()
    grave = faults(report, fail_on)
    cases = [_case(report, one, machine, numbered, id(one) in grave) for one in report.findings]
    counted = Counter(one.status for one in report.findings)
    hints = sum(one.status == "fail" and one.is_hint for one in report.findings)
    said = _whole(report.verdict.sentence) + _passed(report, grave)
    return (
        f"<testsuite {_attributes(name=_one_line(report.source.name), tests=len(cases))} "
        f"{_attributes(failures=len(grave), errors=counted['error'])} "
        f"{_attributes(skipped=counted['skipped'] + counted['unknown'] + hints, time=0)}"
        f"{_timestamp(report.taken)}>\n"
        f"<properties>\n{_properties(report)}</properties>\n{''.join(cases)}"
        f"<system-out>{said}</system-out>\n</testsuite>\n"
    )


def _passed(report: Report, grave: "set[int]") -> str:
    """How many failed checks are shown as passed, for who reads no further than the suite."""
    below = Counter(one.severity for one in report.failed() if id(one) not in grave)
    counts = [f"{below[each]} {each}" for each in reversed(SEVERITIES) if below[each]]
    told = "failed checks that --fail-on lets pass; the system-out of each case has its text"
    return f"\n{', '.join(counts)}: {told}" if counts else ""


def failed(name: str, reason: str, names: "set[str] | None" = None) -> str:
    """The suite of a machine that could not be audited: one case, an error."""
    case = _attributes(classname=f"{_machine(name, names)}.record", name="readable", time=0)
    return (
        f"<testsuite {_attributes(name=_one_line(name), tests=1, failures=0, errors=1, skipped=0, time=0)}>\n"
        f"<testcase {case}><error {_attributes(type='error', message=_one_line(reason))}/></testcase>\n"
        "</testsuite>\n"
    )


def _machine(name: str, names: "set[str] | None") -> str:
    """A machine's name as packages have one: folders parted by dots, and nothing else in it that parts."""
    suffix = next((end for end in _SUFFIXES if name.endswith(end)), "")
    parts = (part for part in name.removesuffix(suffix).split("/") if part.strip("."))
    made = ".".join("".join(c if c.isalnum() or c == "-" else "_" for c in part) for part in parts)
    return _unlike(text.shorten(made, MAX_SAID) or "machine", set() if names is None else names)


def _unlike(name: str, taken: "set[str]") -> str:
    """The name, with a number behind it where it is taken; then it is."""
    unique = next(
        each for each in (name, *(f"{name}-{n}" for n in range(2, len(taken) + 3))) if each not in taken
    )
    taken.add(unique)
    return unique


def _case(report: Report, finding: Finding, machine: str, numbered: "Counter[str]", is_fault: bool) -> str:
    area, dot, _ = finding.check.partition(".")
    name = _one_line(f"{finding.check} [{finding.subject}]" if finding.subject else finding.check)
    numbered[name] += 1
    if numbered[name] > 1:
        name += f" ({numbered[name]})"
    classname = f"{machine}.{_one_line(area) if dot else 'checks'}"
    result = _result(report, finding, is_fault)
    start = f'<testcase classname="{_escaped(classname)}" name="{_escaped(name)}" time="0"'
    return f"{start}>{result}</testcase>\n" if result else f"{start}/>\n"


def _result(report: Report, finding: Finding, is_fault: bool) -> str:
    """What became of it; nothing where it passed."""
    if finding.status == "pass":
        return ""
    said = _one_line(finding.message) or _one_line(report.about(finding).titled(finding.status))
    if finding.status == "fail" and finding.is_hint:
        return f"<skipped {_attributes(type='hint', message=f'no fault: {said}')}/>"
    if finding.status == "fail" and not is_fault:
        below = f"{finding.severity}, which --fail-on lets pass: {said}"
        return f"<system-out>{_escaped(below)}\n{_advice(report, finding)}</system-out>"
    if finding.status == "fail":
        kind = _attributes(type=finding.severity, message=said)
        return f"<failure {kind}>{_advice(report, finding)}</failure>"
    if finding.status == "error":
        return f"<error {_attributes(type='error', message=said)}/>"
    if finding.status == "unknown":
        return f"<skipped {_attributes(type='unknown', message=f'unknown: {said}')}/>"
    return f"<skipped {_attributes(type='skipped', message=said)}/>"


def _advice(report: Report, finding: Finding) -> str:
    """Why it matters and what to do, for whoever opens the case."""
    about = report.about(finding)
    own, provider = fixes(report, about.fix)
    rows = (
        ("", about.title),
        ("Why: ", about.why),
        *(("You: ", one) for one in own),
        ("The provider: ", provider),
        ("Seen: ", ", ".join(finding.evidence)),
    )
    return "\n".join(label + _whole(said) for label, said in rows if said)


def _properties(report: Report) -> str:
    told = {"vaudit": report.vaudit, "taken": report.taken, "machine": report.machine}
    told |= {"hypervisor": report.facts.hypervisor.kind, "system": line(report)}
    return "".join(
        f"<property {_attributes(name=name, value=_one_line(value))}/>\n" for name, value in told.items()
    )


def _timestamp(taken: str) -> str:
    """When it was taken, as JUnit writes UTC: without a zone."""
    moment = text.moment(taken)
    return f" {_attributes(timestamp=taken[:19])}" if moment and len(taken) >= 19 else ""


def _attributes(**values: str | int) -> str:
    return " ".join(f'{name}="{_escaped(str(value))}"' for name, value in values.items())


def _escaped(said: str) -> str:
    # eight times as fast as str.translate
    return said.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;")


def _whole(said: str) -> str:
    return _escaped(_clean(" ".join(said.split())))


def _one_line(said: str) -> str:
    if len(said) <= MAX_SAID and said.isascii() and said.isprintable() and "  " not in said:
        return said.strip()
    return text.shorten(_clean(" ".join(said[: 4 * MAX_SAID].split())), MAX_SAID)


def _clean(said: str) -> str:
    """The text with a replacement character for what cannot stand in XML."""
    return said if said.isascii() and said.isprintable() else re.sub(_NO_XML, "\ufffd", said)
