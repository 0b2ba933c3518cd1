"""What every readable format shows, and in which order: findings, devices and benchmarks, grouped."""

import re
from collections.abc import Callable, Iterable

import msgspec

from vaudit import words
from vaudit.model.benchmark import Benchmark, Details
from vaudit.model.doubt import ROUGH, SIGN, doubt, marked, signed
from vaudit.model.facts import Block, Cpu, Feature, Hypervisor, Interface, Net
from vaudit.model.finding import SEVERITIES, CheckText, Finding, Fix
from vaudit.model.names import CLOUDS, KINDS, VMMS
from vaudit.model.report import Report
from vaudit.output import text


class FindingGroup(msgspec.Struct, frozen=True):
    """One check's findings with one status: a fault of 200 disks is one thing to read."""

    first: Finding
    findings: list[Finding]
    text: CheckText
    """What the check says, with what to do about the first of them."""

    @property
    def title(self) -> str:
        title = self.text.titled(self.first.status) if self.text.title else self.first.check
        return f"Probably so: {title}" if (self.first.message or "").startswith("probably ") else title

    @property
    def number(self) -> int:
        """How many findings these are, with those that one of them stands for."""
        return sum(finding.number for finding in self.findings)

    @property
    def more(self) -> int:
        """How many of them have no message of their own here."""
        return sum(finding.number for finding in self.findings if finding.number > 1)

    @property
    def evidence(self) -> list[str]:
        return _unique(each for finding in self.findings for each in finding.evidence)

    @property
    def messages(self) -> list[str]:
        """What is said of each, without those that one of them stands for."""
        own = [f.message or f.subject for f in self.findings if f.number == 1]
        return _unique(said for said in own if said)


class DeviceRow(msgspec.Struct, frozen=True):
    """A disk or a network card, as a row."""

    kind: str
    """disk or network."""
    it: Block | Net

    @property
    def figure(self) -> str:
        """Its size or its speed, where known."""
        if isinstance(self.it, Block):
            return words.size(self.it.size) if self.it.size is not None else ""
        speed = self.it.speed or 0
        return words.rate(speed * 1e6, "bit/s") if speed > 0 else ""

    @property
    def driver(self) -> str:
        """Its driver, with its version where Windows keeps one; empty where it is not known."""
        version = self.it.package.version if self.it.package else None
        return " ".join(filter(None, (self.it.driver, version)))

    @property
    def better(self) -> str:
        """What would serve it better, and who has to act."""
        if not self.it.better:
            return ""
        who = {"owner": ": you can switch", "provider": ": the provider has to switch"}
        return self.it.better + who.get(self.it.better_by or "", "")


class OfferRow(msgspec.Struct, frozen=True):
    """A feature of a hypervisor's interface, as a row."""

    interface: str
    name: str
    state: str
    """offered and used; offered, not used; not offered; offered; not known."""
    because: str
    """What is lost, where it is not offered; else what shows the state."""


class Target(msgspec.Struct, frozen=True):
    """All that was measured of one folder, device or peer."""

    area: str
    """disk, network, cpu, …: the first part of a benchmark's id."""
    name: str
    verdict: Benchmark | None
    measured: list[Benchmark]

    @property
    def title(self) -> str:
        """`Disk`, `CPU`, …"""
        return {"cpu": "CPU"}.get(self.area, self.area[:1].upper() + self.area[1:])


class CanRow(msgspec.Struct, frozen=True):
    """What is said alike of some kinds of software: whether they run here, why, and who could change it."""

    titles: list[str]
    word: str
    """yes, slowly, no or unknown."""
    because: str
    who: str


_WHO = {"owner": "you", "provider": "the provider", None: ""}


def can(report: Report) -> list[CanRow]:
    """The answers to "can I run it here?"; what is not known for one and the same reason is said once."""
    rows: dict[tuple[str, str, str], list[str]] = {}
    for one in report.facts.workloads:
        rows.setdefault((one.word, one.reason, _WHO[one.actor]), []).append(one.title)
    return [CanRow(titles, *said) for said, titles in rows.items()]


MOST_SHOWN = 2000
"""Elements of one list that are shown; vaudit writes fewer, and what others wrote is counted beyond them."""


def notes(report: Report) -> list[str]:
    """The report's notes, the first of very many."""
    more = len(report.notes) - MOST_SHOWN
    return [*report.notes[:MOST_SHOWN], f"and {words.many(more, 'more note')}"] if more > 0 else report.notes


def groups(report: Report, *statuses: str) -> list[FindingGroup]:
    """Findings with one of the statuses, worst severity first, else in the order of the report; hints for
    tuning are apart."""
    return _grouped(report, [one for one in report.findings if one.status in statuses and not one.is_hint])


def hints(report: Report) -> list[FindingGroup]:
    """What would make better use of the machine and is no fault, then what could not be decided of that."""
    return _grouped(report, [one for one in report.findings if one.is_hint])


def _grouped(report: Report, findings: Iterable[Finding]) -> list[FindingGroup]:
    by_check: dict[tuple[str, str, str], list[Finding]] = {}
    for finding in findings:
        by_check.setdefault((finding.check, finding.status, finding.severity), []).append(finding)
    made = [FindingGroup(found[0], found, report.about(found[0])) for found in by_check.values()]
    return sorted(made, key=_urgency)[:MOST_SHOWN]


_LAST = "hypervisor.contradictions"
"""Of little use to whoever reads no further than the first of them."""


def _urgency(group: FindingGroup) -> tuple[int, bool]:
    return -SEVERITIES.index(group.first.severity), group.first.check == _LAST


def urgent(report: Report, most: int = 3) -> tuple[list[FindingGroup], int]:
    """What needs doing, worst first, and how much more of it there is; promises of a plan are told apart."""
    found = [one for one in groups(report, "fail")
             if one.first.severity in ("high", "medium") and one.first.check != "plan.promise"]  # fmt: skip
    return found[:most], max(len(found) - most, 0)


def subjects(group: FindingGroup) -> list[str]:
    """What a group's findings are about, as people call it: of a benchmark the place that was measured."""
    named = (_subject(one.subject) for one in group.findings)
    return _unique(name for name in named if name)


def _subject(said: str) -> str:
    from vaudit.model import catalogue

    id_, _, target = said.partition(" ")
    if id_ not in catalogue.MEASURED:
        return said
    return "" if target in ("cpu", "memory") else target


def who(report: Report, group: FindingGroup) -> str:
    """Who can change what a finding says."""
    own, provider = fixes(report, group.text.fix)
    return {(True, True): "you and the provider", (True, False): "you", (False, True): "the provider"}.get(
        (bool(own), bool(provider)), "nobody"
    )


def count(report: Report, status: str) -> int:
    """How many findings have the status; hints for tuning are apart."""
    return sum(one.number for one in report.findings if one.status == status and not one.is_hint)


def hinted(report: Report) -> int:
    """How many hints for tuning there are."""
    return sum(one.number for one in report.findings if one.status == "fail" and one.is_hint)


def tally(report: Report) -> str:
    """The findings in one line of words: `2 high and 1 low failed, 3 unknown, 20 passed`."""
    if not report.findings:
        return "no check was made"
    failed = dict.fromkeys(("high", "medium", "low", "info"), 0)
    for finding in report.findings:
        if finding.status == "fail" and not finding.is_hint:
            failed[finding.severity] += finding.number
    by_severity = [f"{failed[s]} {s}" for s in ("high", "medium", "low") if failed[s]]
    parts = [f"{words.joined(by_severity)} failed" if by_severity else "nothing failed"]
    if failed["info"]:
        parts.append(f"{failed['info']} worth knowing")
    if number := hinted(report):
        parts.append(f"{number} for tuning")
    for status, word in (("error", "could not run"), ("unknown", "unknown"), ("pass", "passed")):
        if number := count(report, status):
            parts.append(f"{number} {word}")
    return ", ".join(parts)


_INTERFACES = {
    "kvm": "KVM",
    "hyperv": "Hyper-V",
    "xen": "Xen",
    "vmware": "VMware",
    "tcg": "QEMU",
    "other": "other",
}
_WORTHLESS = ("nothing", "only ")
"""How it begins what is lost, where few machines lose anything."""


def offers(report: Report) -> list[OfferRow]:
    """Every feature of every interface."""
    return [_offer(one, feature) for one in report.facts.hypervisor.interfaces for feature in one.features]


def unused_offers(report: Report) -> list[OfferRow]:
    """What is offered to this kernel and not used, or not offered and worth something here."""
    facts = report.facts
    mine = [one for one in facts.hypervisor.interfaces if one.name == facts.hypervisor.kind]
    if facts.hypervisor.role != "guest":
        return []
    return [
        _offer(one, feature) for one in mine for feature in one.features
        if not _is_needless(feature, one, facts.cpu) and (_is_unused(feature) or _is_missed(feature))
    ]  # fmt: skip


def _is_needless(feature: Feature, of: Interface, cpu: Cpu) -> bool:
    if feature.name in CLOCKS:
        return cpu.invariant_tsc is True
    promised = any(one.name == "realtime" and one.offered for one in of.features)
    return feature.name in SEVERAL and (cpu.threads == 1 or promised)


def _is_unused(feature: Feature) -> bool:
    return feature.offered is True and feature.used is False


def _is_missed(feature: Feature) -> bool:
    return feature.offered is False and not feature.lost.startswith(_WORTHLESS)


CLOCKS = ("clocksource", "clocksource2", "clocksource-stable", "reference-tsc", "safe-pvclock")
"""Clocks that nobody needs where the TSC itself is one."""
SEVERAL = ("pv-unhalt", "pv-tlb-flush", "pv-send-ipi", "pv-sched-yield", "remote-tlb-flush", "cluster-ipi")
"""What nobody needs who has one processor alone, or processors that are never preempted."""


def _offer(interface: Interface, feature: Feature) -> OfferRow:
    name = _INTERFACES.get(interface.name, interface.name)
    return OfferRow(name, feature.name, _state(feature), feature.lost or feature.because)


def _state(feature: Feature) -> str:
    if feature.offered is None:
        return "not known"
    if not feature.offered:
        return "not offered"
    return {True: "used", False: "offered, not used", None: "offered"}[feature.used]


_PATHS = ("emulated", "unknown", "paravirtual", "passthrough", "physical", "software")


def hardware(report: Report) -> list[DeviceRow]:
    """The devices without those that software makes (loop, bridge, device mapper)."""
    return [row for row in devices(report) if row.it.path != "software"]


def devices(report: Report) -> list[DeviceRow]:
    """Disks, then network cards; in each the emulated first, and loop devices and their like last."""
    rows = [DeviceRow("disk", b) for b in report.facts.block] + [
        DeviceRow("network", n) for n in report.facts.net
    ]
    return sorted(rows, key=lambda row: (row.kind, _PATHS.index(row.it.path)))


def fold(rows: list[DeviceRow], most: int = 12) -> list[tuple[DeviceRow, int]]:
    """The rows, each standing for a number of alike ones, when there are more than `most`."""
    if len(rows) <= most:
        return [(row, 1) for row in rows]
    alike: dict[tuple[str, ...], list[DeviceRow]] = {}
    for row in rows:
        key = (row.kind, row.it.path, row.driver, row.it.model or "", row.better)
        alike.setdefault(key, []).append(row)
    return [(same[0], len(same)) for same in alike.values()]


def targets(report: Report) -> list[Target]:
    """Benchmarks by what was measured, in the order of the report; the processor is one target, whether one
    or all of its threads were measured, and so is the memory."""
    by_target: dict[tuple[str, str], list[Benchmark]] = {}
    for bench in report.benchmarks:
        area = bench.id.partition(".")[0]
        name = "" if area in ("cpu", "memory") else bench.target
        by_target.setdefault((area, name), []).append(bench)
    return [
        Target(area, name, _first(found, is_verdict), [b for b in found if not is_verdict(b)])
        for (area, name), found in by_target.items()
    ]


def charted(target: Target) -> list[Benchmark]:
    """What has a value to draw: the same by several engines side by side, the first write last."""
    shown = [b for b in target.measured if b.status == "ok" and b.value is not None and not is_mixed(b)]
    order = list(dict.fromkeys(b.id for b in shown))
    return sorted(shown, key=lambda b: (b.id == "disk.fill", order.index(b.id)))


def is_mixed(bench: Benchmark) -> bool:
    """Whether it is a line of the table of mixed reads and writes."""
    from vaudit.model import catalogue

    return bench.id in catalogue.MIXED


class MixedRow(msgspec.Struct, frozen=True):
    """A line of that table, in words."""

    block: str
    read: str
    write: str
    both: str
    """Megabytes a second (requests a second)."""
    rate: str
    """Of both, without the requests."""


def mixed(target: Target) -> list[MixedRow]:
    """The table of mixed reads and writes, as far as it was measured."""
    return [_mixed(bench) for bench in target.measured if is_mixed(bench) and bench.value is not None]


def mixed_said(target: Target) -> str:
    """What is to be said of that table: its engine, and whether it was shortened, or disturbed."""
    lines = [bench for bench in target.measured if is_mixed(bench) and bench.value is not None]
    if not lines:
        return ""
    short = (
        "; shortened, so only roughly comparable" if any(b.details.get("shortened") for b in lines) else ""
    )
    why = _unique(each for each in map(doubt, lines) if each not in ("", ROUGH))
    unsure = f"; disturbed ({SIGN}: {words.joined(why)})" if why else ""
    engines = words.joined(_unique("vaudit" if b.engine == "embedded" else b.engine for b in lines))
    return f"half reads, half writes, 2 jobs of depth 64, as YABS has it, by {engines}{short}{unsure}"


def _mixed(bench: Benchmark) -> MixedRow:
    from vaudit.model import catalogue

    told = bench.details
    read, write = _way(told, "read_"), _way(told, "write_")
    both = _rate(bench.value, told.get("iops"))
    doubtful = doubt(bench) not in ("", ROUGH)  # that a shortened one is rough is said above the table
    mark = SIGN if doubtful else "≥ " if bench.verdict == "at-least" else ""
    return MixedRow(
        catalogue.MIXED[bench.id], read, write, mark + both, mark + words.quantity(bench.value, bench.unit)
    )


def _way(told: Details, way: str) -> str:
    return _rate(told.get(f"{way}bytes_per_second"), told.get(f"{way}iops"))


def _rate(bytes_per_second: object, iops: object) -> str:
    if not (isinstance(bytes_per_second, int | float) and isinstance(iops, int | float)):
        return "–"
    rate = f"{iops / 1000:.1f}k" if iops >= 1000 else f"{iops:.0f}"  # as YABS prints it
    return f"{words.quantity(bytes_per_second, 'B/s')} ({rate})"


def timed(benches: list[Benchmark]) -> list[Benchmark]:
    """Those with enough rounds to be worth a look over time."""
    return [bench for bench in benches if len(bench.samples) >= 3]


def by_unit(benches: list[Benchmark]) -> list[tuple[str, list[Benchmark]]]:
    """Benchmarks that can share an axis, in their order."""
    units = dict.fromkeys(b.unit for b in benches)
    return [(unit, [b for b in benches if b.unit == unit]) for unit in units]


def is_verdict(bench: Benchmark) -> bool:
    """Whether it is the verdict over several measurements, not a measurement."""
    return bench.id.endswith(".verdict") or bench.id == "disk.light"


def conclusion(target: Target) -> tuple[str, str]:
    """A target's verdict and the reason for it; what is missing is said."""
    if target.verdict:
        said = target.verdict
        return said.verdict or ("no verdict" if said.status == "ok" else said.status), said.reason
    judged = [b for b in target.measured if b.status == "ok" and b.verdict]
    failed = [b for b in target.measured if b.status != "ok"]
    if not judged and failed and len(failed) == len(target.measured):
        return failed[0].status, failed[0].reason
    return (judged[0].verdict, judged[0].reason) if judged else ("measured", "")


def meant(target: Target) -> tuple[str, str]:
    """A target's verdict in plain words, and the reason for it."""
    from vaudit.model import catalogue

    word, reason = conclusion(target)
    judged = target.verdict or next((b for b in target.measured if b.verdict == word), None)
    known = catalogue.meaning(judged.id, word) if judged else None
    return (known.clause if known else word), reason


def label(bench: Benchmark) -> str:
    """What was measured, in words."""
    from vaudit.model import catalogue

    return catalogue.label(bench.id)


def named(bench: Benchmark) -> str:
    """What was measured, and how where that is another way than ours past the cache."""
    return f"{label(bench)} · {bench.engine}" if bench.engine in {"fio", "buffered"} else label(bench)


def value(bench: Benchmark) -> str:
    """What was measured as a person says it, marked where it is doubtful: `±181 MB/s (busy machine)`."""
    return marked(bench, words.quantity(bench.value, bench.unit))


def figures(target: Target, most: int = 6) -> list[str]:
    """The few measured values that say most, one for each quantity, as `label value`; last, why some are
    doubtful."""
    from vaudit.model import catalogue

    best: dict[str, Benchmark] = {}
    for bench in charted(target):
        best.setdefault(bench.id, bench)
    shown = list(best.values())[:most]
    said = [
        f"{catalogue.short(bench.id)} {signed(bench, words.quantity(bench.value, bench.unit))}"
        for bench in shown
    ]
    why = _unique(each for each in map(doubt, shown) if each not in ("", ROUGH))
    return [*said, f"{SIGN}: {words.joined(why)}"] if why else said


LADDER = ("p50", "p99", "p99.9", "max")
"""The latencies that people compare."""


def ladder(benches: list[Benchmark]) -> list[tuple[str, dict[str, float]]]:
    """Latencies of single operations: (what, microseconds by percentile)."""
    rows = []
    for bench in benches:
        found = percentiles(bench)
        shown = {name: found[name] for name in LADDER if name in found}
        if shown and bench.unit == "iops":
            rows.append((named(bench), shown))
    return rows


_PERCENTILE = r"(mean|min|p\d{1,2}(?:[._]\d{1,3})?|max)_us\Z"


def percentiles(bench: Benchmark) -> dict[str, float]:
    """Latencies in microseconds over all rounds that count, by name (`p99`), lowest first. Where the
    benchmark does not give them as a whole, the median over its rounds, and the highest maximum."""
    found = {m[1].replace("_", "."): float(v) for k, v in bench.details.items()
             if (m := re.match(_PERCENTILE, k)) and isinstance(v, int | float)}  # fmt: skip
    if not found:
        rounds = [r.percentiles for r in bench.samples if not r.disturbed]
        for name in _unique(name for each in rounds for name in each):
            over: Callable[[list[float]], float] = max if name == "max" else _median
            found[name] = over([each[name] for each in rounds if name in each])
    order = {name: _rank(name) for name in found}
    return {name: found[name] for name in sorted(found, key=order.__getitem__) if found[name] > 0}


def _rank(name: str) -> float:
    try:
        return {"min": -1.0, "mean": 0.0, "max": 101.0}.get(name) or float(name.lstrip("p"))
    except ValueError:
        return 100.5


def fixes(report: Report, fix: Fix) -> tuple[list[str], str]:
    """What the owner does (a sentence for this system; for each one where it is not known which this is), and
    what to send to the provider."""
    family = report.facts.os.family
    by_family = {"linux": [fix.linux], "windows": [fix.windows]}
    either = [fix.linux, f"On Windows: {fix.windows}" if fix.windows else ""]
    return [told for told in by_family.get(family or "", either) if told], fix.provider


RENAMES = (
    "a device comes back under another name: see first that root= on the kernel command line and /etc/fstab "
    "name file systems by UUID or label, that no network configuration names a card by its old name, and "
    "that a console is at hand"
)
"""What is said before the commands of a fix that renames a device."""


def commands(report: Report, fix: Fix) -> list[tuple[str, list[str]]]:
    """The commands of a fix as blocks: what they are, and their lines. None where this is no Linux."""
    if not fix.commands or report.facts.os.family == "windows":
        return []
    known = fix.commands
    blocks: list[tuple[str, list[str]]] = [(f"First: {RENAMES}.", [])] if known.renames else []
    after = ", and restart when they are through" if known.reboot else ""
    blocks.append((f"As root, one after the other{after}; where one fails, stop:", list(known.run)))
    return [*blocks, ("To go back:", list(known.back))] if known.back else blocks


_SAID: dict[str, dict[str, str]] = {
    "linux": {
        "available": "available, not loaded", "builtin": "built into the kernel",
        "left-over": "left over from another hypervisor", "swap": "Swap", "ksm": "Page merging (KSM)",
        "balloon": "Balloon", "software": "made by software (loop, bridge and the like)",
    },
    "windows": {
        "available": "installed, not in use", "left-over": "left over from another hypervisor",
        "software": "made by software (attached images, tunnels and the like)",
    },
}  # fmt: skip
"""What is called otherwise on one system than on another; what a system does not have has no word there."""


def said_of(report: Report) -> dict[str, str]:
    """The words of the report's system, by what they name; Linux' where it is not known."""
    return _SAID[report.facts.os.family or "linux"]


def sentence(report: Report) -> str:
    """The one sentence; that there is none is said too."""
    said = text.clean(report.verdict.sentence, 500) or "No verdict could be made from this evidence"
    return said if said.endswith((".", "…", "!", "?")) else said + "."


def details(bench: Benchmark) -> list[str]:
    """The further figures as `name value`, without the latencies that have a table of their own."""
    return [
        f"{name.replace('_', ' ')} {text.plain_number(value)}"
        for name, value in bench.details.items()
        if value is not None and not re.match(_PERCENTILE, name)
    ]


def unseen(report: Report) -> list[str]:
    """What could not be looked at, one sentence a kind."""
    seen = report.coverage
    said = []
    if seen.denied:
        said.append(
            f"{words.many(len(seen.denied), 'source was', 'sources were')} refused: {listed(seen.denied)}."
        )
    if seen.errors:
        said.append(
            f"{words.many(len(seen.errors), 'source', 'sources')} could not be read: {listed(seen.errors)}."
        )
    if seen.unrecorded:
        holds = words.many(seen.unrecorded, "source is", "sources are")
        said.append(f"{holds} not in this record, so it cannot speak of them.")
    return said


def listed(items: list[str], most: int = 4) -> str:
    """Some items in a row: `a, b and 12 more`."""
    shown = [text.clean(item, 100) for item in items[:most]]
    return ", ".join(shown) + (f" and {len(items) - most} more" if len(items) > most else "")


def is_raw(said: str) -> bool:
    """Whether it speaks of registers and addresses, which only the details do."""
    return " 0x" in said


def hypervisor(it: Hypervisor) -> str:
    """As people call it: `KVM, on QEMU`, `Xen HVM 4.17`."""
    name = {"none": "none", "unknown": "not known"}.get(it.kind) or KINDS.get(it.kind, "another one")
    mode = (it.mode or "").upper() if it.kind == "xen" and it.mode in ("pv", "pvh", "hvm") else ""
    where = [f"on {VMMS[it.vmm]}" if it.vmm else "", f"at {CLOUDS[it.cloud]}" if it.cloud else ""]
    return ", ".join(filter(None, (" ".join(filter(None, (name, mode, it.version))), *where)))


_ORIGINS = {
    "machine": "this machine",
    "dump": "a recorded machine",
    "capture": "a capture",
    "hive": "an offline Windows registry",
    "image": "an image of a disk",
}


def origin(report: Report) -> str:
    """What kind of thing was scanned, in words."""
    return _ORIGINS.get(report.source.kind, "another kind of record")


def _median(values: list[float]) -> float:
    """The middle value, the lower of two; `statistics` would cost a terminal report 10 ms of import."""
    return sorted(values)[(len(values) - 1) // 2]


def _first(items: list[Benchmark], wanted: Callable[[Benchmark], bool]) -> Benchmark | None:
    return next((item for item in items if wanted(item)), None)


def _unique(items: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(items))


def masked(report: Report) -> str:
    """What was masked, and how often; empty where the report was not made to be shared."""
    if report.masked is msgspec.UNSET:
        return ""
    counts = ", ".join(f"{count} {name}" for name, count in report.masked.items())
    return f"Made to be shared. Masked: {counts or 'nothing was found'}."
