"""A few plain lines made to be pasted into a forum post or a ticket: no names, no addresses."""

from msgspec import UNSET

from vaudit import words
from vaudit.masking.pseudonyms import Pseudonyms, salt_of
from vaudit.model.facts import Layer
from vaudit.model.report import Report
from vaudit.output import machine, outline, text
from vaudit.output.outline import Target
from vaudit.output.share import shared

MOST = 25
WIDTH = 80


def render(report: Report) -> str:
    """At most 25 ASCII lines of at most 80 columns: platform to worst findings. Always without identities."""
    if report.masked is UNSET:
        report = shared(report, Pseudonyms(salt_of()))
    taken = text.when(report.taken)[:10]
    rows = text.wrap(text.ascii_only(machine.line(report)), WIDTH)[:2]
    rows.append(f"vaudit {text.clean(report.vaudit, 20)}" + (f", {taken}" if taken else ""))
    for items, most in (
        (_plan(report), 4),
        (_platform(report), 3),
        (_cpu(report), 2),
        (_can(report), 2),
        (_devices(report), 6),
        (_figures(report), 9),
        (_findings(report), MOST),
    ):
        said = [line for label, body in items for line in _row(label, body)]
        rows += _clip(said, min(most, MOST - len(rows)))
    return "\n".join(text.ascii_only(row)[:WIDTH].rstrip() for row in rows[:MOST]) + "\n"


def _row(label: str, body: str) -> list[str]:
    """At most two lines: the body wrapped under its label."""
    wrapped, label = text.wrap(text.ascii_only(text.clean(body, 600)), WIDTH - 10), text.clean(label, 10)
    if len(wrapped) > 2:
        wrapped = [wrapped[0], wrapped[1][: WIDTH - 13].rstrip(" ,;") + "..."]
    return [f"{label if i == 0 else '':<10}{line}" for i, line in enumerate(wrapped)]


def _clip(rows: list[str], most: int) -> list[str]:
    return (
        rows
        if len(rows) <= most
        else [*rows[: most - 1], " " * 10 + f"(and {len(rows) - most + 1} more lines)"]
    )


def _plan(report: Report) -> list[tuple[str, str]]:
    said = (
        f"{one.promised}: {one.word}" + (f" ({one.found})" if one.kept is False else "")
        for one in report.plan
    )
    return [("plan", "; ".join(said))] if report.plan else []


def _platform(report: Report) -> list[tuple[str, str]]:
    layers = " in ".join(_layer(layer) for layer in report.facts.layers)
    seen = report.facts.hypervisor
    said = {"none": "no hypervisor seen", "unknown": "unknown"}.get(seen.kind, seen.kind)
    body = layers or said + "".join(f", {word}" for word in (seen.mode, seen.vmm, seen.cloud) if word)
    if report.source.kind == "capture":
        body += ", as far as this record shows"
    kernel = " ".join(word for word in (report.facts.kernel.name, report.facts.kernel.release) if word)
    return [("platform", f"{body}; {kernel}" if kernel else body)]


def _layer(layer: Layer) -> str:
    """Its name; a doubtful one with what speaks for it."""
    return f"{layer.name}: {layer.why}" if layer.name.startswith("probably ") else layer.name


def _cpu(report: Report) -> list[tuple[str, str]]:
    cpu = report.facts.cpu
    threads = f"{cpu.threads or '?'} thread{'' if cpu.threads == 1 else 's'}"
    virtual = f"hardware virtualization {cpu.hw_virt_state}"
    parts = [cpu.model or cpu.vendor or "unknown model", threads, virtual]
    if cpu.steal is not None:
        parts.append(f"steal {words.quantity(cpu.steal, 'share')}")
    if report.facts.memory.total is not None:
        parts.append(f"{words.size(report.facts.memory.total)} memory")
    return [("cpu", ", ".join(parts))]


def _can(report: Report) -> list[tuple[str, str]]:
    """What runs here, as one line; of a report that older versions wrote the kinds of guests."""
    names = {True: list[str](), False: list[str](), None: list[str]()}
    for one in report.facts.workloads:
        names[one.possible].append(f"{one.name} (slowly)" if one.word == "slowly" else one.name)
    if not report.facts.workloads:
        for guest in report.facts.guests:
            names[guest.possible].append(guest.kind)
    words = {True: "can run", False: "not", None: "unknown"}
    body = "; ".join(f"{words[sort]} {', '.join(listed)}" for sort, listed in names.items() if listed)
    return [("software" if report.facts.workloads else "guests", body)] if body else []


def _devices(report: Report) -> list[tuple[str, str]]:
    rows: list[tuple[str, str]] = []
    for row, number in outline.fold(outline.hardware(report), most=4):
        about = [row.it.driver or "no driver known", row.it.model or "", row.figure]
        more = f" and {number - 1} more" if number > 1 else ""
        body = f"{row.it.name}{more}: {row.it.path} ({', '.join(w for w in about if w)})"
        rows.append((row.kind, body + (f"; better: {row.better}" if row.better else "")))
    return rows


def _figures(report: Report) -> list[tuple[str, str]]:
    rows = []
    for target in outline.targets(report):
        word, reason = outline.conclusion(target)
        rows.append((f"{target.area}:", f"{word}. {'; '.join(outline.figures(target)) or reason}"))
        rows += _mixed(target) + _latencies(target)
    return rows


def _mixed(target: Target) -> list[tuple[str, str]]:
    """One row for the table that is held against that of YABS."""
    found = [f"{row.block} {row.rate}" for row in outline.mixed(target)]
    short = ", shortened" if "shortened" in outline.mixed_said(target) else ""
    return [("  mixed", f"{'; '.join(found)} (read + write as YABS{short})")] if found else []


def _latencies(target: Target) -> list[tuple[str, str]]:
    """One row: the latencies of one request at a time, which say most."""
    for what, found in outline.ladder(outline.charted(target))[:1]:
        told = ", ".join(f"{name} {words.latency(us)}" for name, us in found.items())
        return [("  latency", f"{what}: {told}")]
    return []


def _findings(report: Report) -> list[tuple[str, str]]:
    rows = [("checks", outline.tally(report))]
    for group in outline.groups(report, "fail"):
        more = f" (and {len(group.messages) - 1} more)" if len(group.messages) > 1 else ""
        rows.append((f"  {group.first.severity}", (group.messages or [group.title])[0] + more))
    return rows
