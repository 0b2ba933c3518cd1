"""A block of plain lines made to be pasted into a forum post or a ticket: no names, no addresses.

It is at most 25 lines, its fence included, so what matters least is left out whole: each row has a rank, and
the line of the checks counts what all of them say.
"""

from collections.abc import Iterator
from typing import NamedTuple

from msgspec import UNSET, structs

from vaudit import words
from vaudit.masking.pseudonyms import Pseudonyms, salt_of
from vaudit.model.doubt import SIGN
from vaudit.model.facts import Layer, Protocol
from vaudit.model.promise import NOT_UNDERSTOOD, WORDS
from vaudit.model.report import Report
from vaudit.output import machine, outline, text, windows
from vaudit.output.outline import Target
from vaudit.output.share import shared

MOST = 25
"""Lines, with both of the fence."""
WIDTH = 80
LABEL = 11
FENCE = "```"
"""What forums know as the border of text that is to be left as it is."""


class Row(NamedTuple):
    """A label and what is said behind it, in parts that are left out from the last where there is no room."""

    label: str
    parts: list[str]
    rank: int = 0
    """0 always stands; of the others the highest goes first."""
    between: str = ", "
    most: int = 2
    """Lines."""


def render(report: Report) -> str:
    """At most 25 ASCII lines of at most 80 columns, the machine first. Always without identities."""
    if report.masked is UNSET:
        report = shared(report, Pseudonyms(salt_of()))
    makers = (_machine, _plan, _figures, _checks, _findings, _made_by)
    rows = [row for make in makers for row in make(report) if any(row.parts)]
    lines = [line for row in _fitting(rows) for line in _lines(row)]
    return "\n".join([FENCE, *lines[: MOST - 2], FENCE]) + "\n"


def _fitting(rows: list[Row]) -> list[Row]:
    """As many of the rows as have room: the last of the highest rank goes first, then second lines go."""
    while (sum(len(_lines(row)) for row in rows)) > MOST - 2:
        rank = max(row.rank for row in rows)
        at = max(at for at, row in enumerate(rows) if row.rank == rank)
        if rank:
            del rows[at]
            continue
        wide = [at for at, row in enumerate(rows) if row.most > 1]
        if not wide:
            break
        rows[wide[-1]] = rows[wide[-1]]._replace(most=1)
    return rows


def _lines(row: Row) -> list[str]:
    """The row with as many of its parts as it has room for, the first one always, cut if it has to be."""
    room = WIDTH - LABEL
    parts = [text.ascii_only(text.clean(part, 600)) for part in row.parts if part]
    while len(parts) > 1 and len(text.wrap(row.between.join(parts), room)) > row.most:
        parts.pop()
    wrapped = text.wrap(row.between.join(parts), room)
    if len(wrapped) > row.most:
        wrapped = [*wrapped[: row.most - 1], wrapped[row.most - 1][: room - 3].rstrip(" ,;") + "..."]
    label = text.ascii_only(text.clean(row.label, LABEL - 1))[: LABEL - 1]
    return [f"{label if at == 0 else '':<{LABEL}}{line}".rstrip() for at, line in enumerate(wrapped)]


def _machine(report: Report) -> Iterator[Row]:
    facts = report.facts
    yield Row("processor", [machine.processor(report), machine.count(report), _steal(report)])
    yield Row("flags", _flags(report), most=1)
    yield Row("memory", machine.memory(report) or ["unknown"], most=1)
    yield Row("disk", [machine.disks(facts.block) or "none seen", *_devices(report, "disk")], between="; ")
    yield Row("network", [_reached(report), *_devices(report, "network")], between="; ")
    yield Row("system", [facts.os.name or facts.os.id or "", machine.kernel(report)])
    yield Row("platform", _platform(report))
    yield Row("boots by", [said for name, said in windows.rows(report) if name == "boots by"], 3, most=1)
    yield Row("software", _can(report), 4, "; ", _WIDE)


def _steal(report: Report) -> str:
    cpu = report.facts.cpu
    if cpu.stolen is None:
        unsure = "steal 0 % reported" if cpu.steal_measured is None else "steal not measured"
        return unsure if cpu.steal_because else ""
    return f"steal {words.quantity(cpu.stolen, 'share')}"


def _flags(report: Report) -> list[str]:
    cpu = report.facts.cpu
    word = {"usable": "yes", "present": "yes", "unknown": "unknown"}.get(cpu.hw_virt_state, "no")
    why = "" if cpu.hw_virt_state in ("usable", "unknown") else f" ({cpu.hw_virt_state})"
    said = [_has(cpu.flags, "aes", "AES"), f"VT-x/AMD-V {word}{why}"]
    if cpu.flags is not None:
        said += [_has(cpu.flags, "avx2", "AVX2"), _has(cpu.flags, "avx512f", "AVX-512")]
    return [*said, f"x86-64-v{cpu.level}"] if cpu.level else said


def _has(flags: list[str] | None, flag: str, name: str) -> str:
    return f"{name} {'unknown' if flags is None else 'yes' if flag in flags else 'no'}"


def _devices(report: Report, kind: str) -> list[str]:
    rows = [row for row in outline.hardware(report) if row.kind == kind]
    return [
        f"{row.it.name}{f' and {number - 1} more' if number > 1 else ''}: {row.it.path} "
        f"({', '.join(filter(None, (row.driver or 'no driver known', row.it.model, row.figure)))})"
        + (f", better {row.better}" if row.better else "")
        for row, number in outline.fold(rows, most=3)
    ]


def _reached(report: Report) -> str:
    both = (("IPv4", report.facts.addresses.ipv4), ("IPv6", report.facts.addresses.ipv6))
    return ", ".join(f"{name} {_answer(it)}" for name, it in both)


def _answer(it: Protocol) -> str:
    """Whether there is an address, and of which kind is the one that leads farthest."""
    if it.addresses is None:
        return "unknown"
    return f"yes ({machine.kind(it.addresses[0].kind)})" if it.addresses else "no"


def _platform(report: Report) -> list[str]:
    layers = " in ".join(_layer(layer) for layer in report.facts.layers)
    seen = report.facts.hypervisor
    said = {"none": "no hypervisor seen", "unknown": "unknown"}.get(seen.kind, seen.kind)
    first = layers or said + "".join(f", {word}" for word in (seen.mode, seen.vmm, seen.cloud) if word)
    return [first, "as far as this record shows" if report.source.kind == "capture" else ""]


def _layer(layer: Layer) -> str:
    """Its name; a doubtful one with what speaks for it."""
    return f"{layer.name}: {layer.why}" if layer.name.startswith("probably ") else layer.name


def _can(report: Report) -> list[str]:
    """What runs here; of a report that older versions wrote the kinds of guests."""
    names = {True: list[str](), False: list[str](), None: list[str]()}
    for one in report.facts.workloads:
        names[one.possible].append(f"{one.name} (slowly)" if one.word == "slowly" else one.name)
    if not report.facts.workloads:
        for guest in report.facts.guests:
            names[guest.possible].append(guest.kind)
    words = {True: "can run", False: "not", None: "unknown"}
    return [f"{words[sort]} {', '.join(listed)}" for sort, listed in names.items() if listed]


def _plan(report: Report) -> Iterator[Row]:
    """What is not kept, then what cannot be told, then the rest; of what is not understood not its words,
    which may name anybody."""
    said = {word: list[str]() for word in WORDS}
    for one in report.plan:
        found = f" ({one.found})" if one.word in ("not kept", "doubtful") else ""
        said[one.word].append(NOT_UNDERSTOOD if one.subject == "unread" else one.promised + found)
    yield Row("plan", [f"{word}: {', '.join(which)}" for word, which in said.items() if which], 0, "; ", 4)


_FIRST = ("cpu.single", "cpu.all", "cpu.plain", "memory.bandwidth", "memory.latency")
"""What people compare of the processor and the memory, before what speaks of the host."""
_WIDE = 3
"""Lines of what takes most of them: a disk's figures, what can run here."""


def _figures(report: Report) -> Iterator[Row]:
    seen = dict[str, int]()
    for target in outline.targets(report):
        number = seen[target.area] = seen.get(target.area, 0) + 1
        rank, label = 0 if number == 1 else 3, _label(target, number)
        ordered = sorted(target.measured, key=lambda bench: bench.id not in _FIRST)
        figures = outline.figures(structs.replace(target, measured=ordered))
        word, reason = outline.meant(target)
        if not figures:
            yield Row(label, [f"{word}: {reason}" if reason else word], 7, most=1)
            continue
        *own, why = figures if figures[-1].startswith(SIGN + ":") else [*figures, ""]
        # why some are doubtful stands before what may have to be left out
        parts = [*own[:2], why, *own[2:]]
        said = [*parts, word] if target.area in ("cpu", "memory") else [word, *parts]
        yield Row(label, said, rank, "; ", _WIDE if target.area == "disk" else 2)
        yield from _mixed(target, rank)
        yield from _latencies(target)


def _label(target: Target, number: int) -> str:
    """disk test, peer 2 v6, …: never its name."""
    if target.area == "network":
        return f"peer {number}" + next((f" v{n}" for n in "46" if target.name.endswith(f" IPv{n}")), "")
    area = "mem" if target.area == "memory" else target.area
    return f"{area} test" if number == 1 else f"{area} {number}"


def _mixed(target: Target, rank: int) -> Iterator[Row]:
    """The table that is held against that of YABS: both ways together, its requests a second in brackets."""
    found = [f"{row.block} {row.both}" for row in outline.mixed(target)]
    short = ", shortened" if "shortened" in outline.mixed_said(target) else ""
    yield Row("mixed r+w", [*found[:-1], *(f"{last}; as YABS{short}" for last in found[-1:])], rank)


def _latencies(target: Target) -> Iterator[Row]:
    """The latencies of one request at a time, which say most."""
    for what, found in outline.ladder(outline.charted(target))[:1]:
        first, *more = [f"{name} {words.latency(us)}" for name, us in found.items()]
        yield Row("latency", [f"{what}: {first}", *more], 4, most=1)


def _checks(report: Report) -> Iterator[Row]:
    yield Row("checks", [outline.tally(report)])


_RANKS = {"high": 1, "medium": 2, "low": 4, "info": 5}


def _findings(report: Report) -> Iterator[Row]:
    told = [
        one for one in outline.groups(report, "fail") if one.first.check != "plan.promise" or not report.plan
    ]
    for group in told:
        more = f" (and {len(group.messages) - 1} more)" if len(group.messages) > 1 else ""
        said = (group.messages or [group.title])[0] + more
        if len(text.ascii_only(text.clean(said, 600))) > 2 * (WIDTH - LABEL - 2):
            said = group.title + (f" ({group.number} times)" if group.number > 1 else "")
        severity = group.first.severity
        yield Row(f"  {severity}", [said], _RANKS[severity])


def _made_by(report: Report) -> Iterator[Row]:
    yield Row("vaudit", [text.clean(report.vaudit, 20), text.when(report.taken)[:10]])
