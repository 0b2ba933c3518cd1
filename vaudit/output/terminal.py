"""The report on a terminal: the machine first, and the answer last, where a person looks. Aligned text, plain
or in colour.

The report becomes a list of parts (headings, paragraphs, tables), which `parts` knows how to draw.
"""

from collections.abc import Sequence

from msgspec import structs

from vaudit import words
from vaudit.model.report import Report
from vaudit.output import machine, outline, text, windows
from vaudit.output.colour import coloured
from vaudit.output.outline import FindingGroup, Target
from vaudit.output.parts import LABEL, Heading, Lines, Part, Table, Text, paint, plain

MOST = 20
"""Failed checks that are shown unless all are asked for."""


def render(
    report: Report,
    width: int = 80,
    color: bool = False,
    verbose: bool = False,
    page: Sequence[str] | None = None,
) -> str:
    """Text of at most `width` columns (at least 20). `color`: SGR sequences. `verbose`: also reasons,
    references, evidence ids, witnesses, drivers and what passed. `page`: where the page of this report lies,
    and what brings it to whoever reads this; empty where there is no page, None where none is spoken of."""
    parts = [_safe(part) for part in _parts(report, verbose, page)]
    return paint(parts, max(width, 20), coloured if color else plain)


def _parts(report: Report, verbose: bool, page: Sequence[str] | None) -> list[Part]:
    parts = [
        *_title(report),
        *_layers(report, verbose),
        *_devices(report, verbose),
        *_offers(report, verbose),
    ]
    parts += [*_benchmarks(report, verbose), *_can(report)]
    if verbose:
        parts += [*_machine(report), *_windows(report), *_witnesses(report), *_drivers(report)]
    masked = outline.masked(report)
    parts += [Heading("Shared"), Text(masked)] if masked else []
    parts += [*_unseen(report), *_findings(report, verbose), *_plan(report), *_tiles(report, verbose)]
    return [*parts, *_verdict(report, page)]


def _safe(part: Part) -> Part:
    """The part with every string cleaned: here and nowhere else the machine's text meets the terminal."""
    if isinstance(part, Heading):
        return Heading(part.title, text.clean(part.aside))
    if isinstance(part, Text):
        return structs.replace(part, body=text.clean(part.body, 2000), label=text.clean(part.label, 40))
    if isinstance(part, Lines):
        return Lines(text.lines("\n".join(part.lines)), part.indent)
    return Table(part.headers, [[text.clean(cell, 240) for cell in row] for row in part.rows])


def _title(report: Report) -> list[Part]:
    name = text.clean(report.source.name, 120) or "unnamed"
    body = f"{name}, {outline.origin(report)}, {text.when(report.taken)}, vaudit {report.vaudit}"
    return [Text(machine.line(report), indent=0, style="title"), Text(body, indent=0, style="dim")]


def _machine(report: Report) -> list[Part]:
    rows = [[name, said] for name, said in machine.rows(report)]
    return [Heading("Machine"), Table([], rows)]


def _windows(report: Report) -> list[Part]:
    rows = [[name, said] for name, said in windows.rows(report)]
    return [Heading("Windows"), Table([], rows)] if rows else []


def _plan(report: Report) -> list[Part]:
    rows = [[one.promised, one.word, one.found, one.because] for one in report.plan]
    letters = [one.letter for one in report.plan if one.letter]
    asks = [Text(f"“{letter}”", "ask the provider:", 2) for letter in letters]
    return (
        [Heading("Your plan"), Table(["promised", "kept?", "found", "because"], rows), *asks] if rows else []
    )


_NO_WORSE = "more check that failed, no worse than these"
_NONE_WORSE = "more checks that failed, none of them worse"


def _findings(report: Report, verbose: bool) -> list[Part]:
    parts: list[Part] = [Heading("Findings", outline.tally(report))]
    failed = outline.groups(report, "fail")
    shown = failed if verbose else failed[:MOST]
    for group in shown:
        parts += _finding(report, group, verbose)
    if hidden := len(failed) - len(shown):
        parts.append(Text(f"and {words.many(hidden, _NO_WORSE, _NONE_WORSE)}", style="dim"))
    parts += [Text(_said(group), "error", style="fair") for group in outline.groups(report, "error")]
    if verbose:
        parts += _hints(report)
    unsure = outline.groups(report, "unknown")
    if verbose:
        rest = [*unsure, *outline.groups(report, "skipped"), *outline.groups(report, "pass")]
        parts += [Text(_said(group), group.first.status, style="dim") for group in rest]
    elif unsure:
        parts.append(Text(outline.listed([g.first.check for g in unsure], 5), "unknown", style="dim"))
    return parts


def _hints(report: Report) -> list[Part]:
    """Those for tuning; of those that could not be decided a line each."""
    made: list[Part] = []
    for group in outline.hints(report):
        if group.first.status == "fail":
            made += _finding(report, group, verbose=True, label="tuning")
        else:
            made.append(Text(_said(group), group.first.status, style="dim"))
    return made


def _finding(report: Report, group: FindingGroup, verbose: bool, label: str = "") -> list[Part]:
    first, inset = group.first, 2 + LABEL
    said = f"{group.title} ({first.check})"
    parts: list[Part] = [Text(said, label or first.severity.upper(), style="strong")]
    shown = group.messages if verbose else group.messages[:3]
    parts += [Text(message, indent=inset) for message in shown]
    if more := len(group.messages) - len(shown) + group.more:
        parts.append(Text(f"and {more} more like this", indent=inset, style="dim"))
    if verbose and group.text.why:
        parts.append(Text(group.text.why, "why:", inset))
    if verbose or first.severity in ("high", "medium"):
        own, provider = outline.fixes(report, group.text.fix)
        parts += [Text(body, "do:", inset) for body in own]
        parts += [Text(f"“{provider}”", "ask the provider:", inset)] if provider else []
    if verbose:
        for told, lines in outline.commands(report, group.text.fix):
            parts += [Text(told, indent=inset), Lines(lines, inset + 2)]
        parts += [Text(reference, "see:", inset) for reference in group.text.references]
        if group.evidence:
            parts.append(Text(outline.listed(group.evidence, 8), "seen in:", inset, style="dim"))
    return parts


def _said(group: FindingGroup) -> str:
    message = group.messages[0] if group.messages else ""
    others = len(group.messages) - 1 + group.more
    more = f" (and {others} more)" if others > 0 else ""
    return f"{group.title}{': ' if message else ''}{text.clean(message)}{more}"


def _tiles(report: Report, verbose: bool) -> list[Part]:
    """Each a word, what it means, and a figure; what it rests on where all is asked for."""
    parts: list[Part] = [Heading("At a glance")] if report.verdict.tiles else []
    for tile in report.verdict.tiles:
        body = tile.meaning or tile.reason or "nothing is known"
        figure = f" ({tile.figure})" if tile.figure and tile.figure not in body else ""
        parts.append(Text(f"{tile.name}: {body}{figure}", tile.word))
        if verbose and tile.meaning and tile.reason:
            parts.append(Text(tile.reason, indent=2 + LABEL, style="dim"))
    return parts


MOST_URGENT = 3
_SHORT = 150
"""Characters of a line of the answer, so that it has two of a terminal."""


def _verdict(report: Report, page: Sequence[str] | None) -> list[Part]:
    """The answer: it has at most 23 lines of 80 columns, so that all of it is on the last screen."""
    parts: list[Part] = [
        Heading("Verdict"),
        Text(text.shorten(outline.sentence(report), 400), style="strong"),
    ]
    parts += [*_kept(report), *_next(report)]
    if report.coverage.root_adds:
        parts.append(Text(text.shorten(report.coverage.root_adds, _SHORT), "root"))
    return [*parts, *_page(page)]


def _kept(report: Report) -> list[Part]:
    """What became of the plan, in one paragraph; how to give one where this machine was scanned without."""
    if not report.plan:
        asked = 'none was given: --plan "4 vCPU, 8 GB RAM, 160 GB NVMe" holds this machine against it'
        return [Text(asked, "plan", style="dim")] if report.source.kind == "machine" else []
    said = []
    held = [one for one in report.plan if one.subject not in ("unseen", "unread")]
    for word in ("not kept", "doubtful", "kept", "cannot tell"):
        which = [one for one in held if one.word == word]
        tells = word in ("not kept", "doubtful")
        names = [f"{one.promised} ({one.found})" if tells else one.promised for one in which[:3]]
        more = f" and {len(which) - 3} more" if len(which) > 3 else ""
        said += [f"{word}: {', '.join(names)}{more}"] if which else []
    said += [f"not understood: {one.promised}" for one in report.plan if one.subject == "unread"]
    broken = any(one.kept is False for one in report.plan)
    return [Text(text.shorten("; ".join(said), 220), "plan", style="strong" if broken else "")]


def _next(report: Report) -> list[Part]:
    """What to do next, and who; how stands above, and for the provider in the page."""
    found, more = outline.urgent(report, MOST_URGENT)
    broken = [one for one in report.plan if one.letter]
    parts: list[Part] = []
    for group in found:
        subjects = outline.subjects(group)
        which = f" ({outline.listed(subjects, 2)})" if subjects else ""
        body = f"{text.shorten(group.title + which, 110)}; who acts: {outline.who(report, group)}"
        parts.append(Text(body, group.first.severity.upper()))
    if more:
        parts.append(Text(f"and {words.many(more, 'more thing')} that should be done: see above", "next"))
    asked = bool(broken) or any("provider" in outline.who(report, group) for group in found)
    if not parts and not broken:
        far = " as far as could be seen" if report.facts.hypervisor.kind == "unknown" else ""
        return [Text(f"nothing has to be done{far}", "next")]
    how = "what to do stands with each finding above" if parts else "what to ask stands under YOUR PLAN above"
    letter = "; the page has it as one letter to the provider" if asked else ""
    return [*parts, Text(how + letter, "next")]


def _page(page: Sequence[str] | None) -> list[Part]:
    if page is None:
        return []
    if not page:
        return [Text("add -o report.html for a page to keep or to send", "page", style="dim")]
    return [Text(line, label) for line, label in zip(page, ("page", "fetch it:"), strict=False) if line]


def _layers(report: Report, verbose: bool) -> list[Part]:
    layers = report.facts.layers
    parts: list[Part] = [Heading("Layers", "from the metal inwards")] if layers else []
    for depth, layer in enumerate(reversed(layers)):
        shown = layer.why and (verbose or not outline.is_raw(layer.why))
        body = f"{layer.name}: {layer.why}" if shown else layer.name
        parts.append(Text(body, layer.layer, indent=2 + 2 * min(depth, 6)))
    doubts = report.facts.hypervisor.contradictions if verbose else []  # which are a finding too
    return parts + [Text(each, "but", style="fair") for each in doubts]


def _witnesses(report: Report) -> list[Part]:
    seen = report.facts.hypervisor.witnesses
    rows = [[w.signal, w.says, w.points_to or "-", str(w.weight), w.evidence] for w in seen]
    return (
        [Heading("Witnesses"), Table(["signal", "says", "for", "weight", "evidence"], rows)] if rows else []
    )


def _devices(report: Report, verbose: bool) -> list[Part]:
    rows = []
    for row, number in outline.fold(outline.devices(report) if verbose else outline.hardware(report)):
        name = text.clean(row.it.name, 40) + (f" and {number - 1} more" if number > 1 else "")
        model = row.it.model or row.it.controller
        rows.append([name, row.it.path, row.driver or "-", model or "-", row.better or "-"])
    if not rows:
        return [Heading("Devices"), Text("No disk and no network card was seen.")]
    return [Heading("Devices"), Table(["device", "path", "driver", "model", "better"], rows)]


def _offers(report: Report, verbose: bool) -> list[Part]:
    """What is worth a look; all of it where all is asked for."""
    found = outline.offers(report) if verbose else outline.unused_offers(report)
    rows = [[row.interface, row.name, row.state, row.because] for row in found]
    return [Heading("What the hypervisor offers"), Table([], rows)] if rows else []


def _benchmarks(report: Report, verbose: bool) -> list[Part]:
    parts: list[Part] = [Heading("Benchmarks")] if report.benchmarks else []
    for target in outline.targets(report):
        word, reason = outline.meant(target)
        if verbose and (raw := outline.conclusion(target)[0]) != word:
            word += f" ({raw})"
        name = " ".join(each for each in (target.title, text.clean(target.name, 60)) if each)
        said = [f"{name}: {word}", reason, "; ".join(outline.figures(target))]
        parts.append(Text(". ".join(each[0].upper() + each[1:].rstrip(".") for each in said if each) + "."))
        parts += [*_mixed(target), *_latencies(target)]
        for bench in target.measured if verbose else []:
            interval = words.span(bench.interval, bench.unit)
            value = outline.value(bench) if bench.status == "ok" else bench.reason or bench.status
            body = f"{outline.label(bench)} ({bench.engine}): {value}" + (
                f" ({interval})" if interval else ""
            )
            parts.append(Text(body, indent=4, style="dim"))
    return parts


def _mixed(target: Target) -> list[Part]:
    """The table to hold against that of YABS."""
    rows = [[row.block, row.read, row.write, row.both] for row in outline.mixed(target)]
    if not rows:
        return []
    return [
        Text(f"Mixed: {outline.mixed_said(target)}", indent=4, style="dim"),
        Table(["block", "read (IOPS)", "write (IOPS)", "both (IOPS)"], rows),
    ]


def _latencies(target: Target) -> list[Part]:
    rows = outline.ladder(outline.charted(target))
    return [Table(["one operation", *outline.LADDER], [_ladder(*row) for row in rows])] if rows else []


def _ladder(what: str, found: dict[str, float]) -> list[str]:
    return [what, *(words.latency(found[name]) if name in found else "-" for name in outline.LADDER)]


def benchmarks(report: Report, width: int = 80) -> str:
    """The benchmarks alone, each figure with its interval, as plain text."""
    return paint([_safe(part) for part in _benchmarks(report, verbose=True)], max(width, 20))


def _can(report: Report) -> list[Part]:
    rows = [
        [", ".join(row.titles), row.word, row.because + (f" ({row.who})" if row.who else "")]
        for row in outline.can(report)
    ]
    return [Heading("Can I run it here?"), Table([], rows)] if rows else _guests(report)


def _guests(report: Report) -> list[Part]:
    """Of a report that older versions wrote."""
    word = {True: "yes", False: "no", None: "unknown"}
    rows = [[guest.kind, word[guest.possible], guest.because] for guest in report.facts.guests]
    return [Heading("Guests that could run here"), Table([], rows)] if rows else []


def _drivers(report: Report) -> list[Part]:
    rows = [[d.name, d.family, d.serves, d.state, d.version or "-"] for d in report.facts.drivers]
    head = ["driver", "family", "serves", "state", "version"]
    if any(one.start for one in report.facts.drivers):
        rows = [
            [*row, windows.start(one) or "-"] for row, one in zip(rows, report.facts.drivers, strict=True)
        ]
        head.append("start")
    return [Heading("Paravirtual drivers"), Table(head, rows)] if rows else []


def _unseen(report: Report) -> list[Part]:
    parts: list[Part] = [Text(sentence) for sentence in [*outline.unseen(report), *outline.notes(report)]]
    return [Heading("Not seen"), *parts] if parts else []
