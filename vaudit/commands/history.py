"""`vaudit history`: what kept reports say of this machine over time."""

import os
from typing import TYPE_CHECKING, Annotated, Any, NamedTuple

from vaudit.commands.common import FAILED, USAGE, Stop, put, refuse_unwritable, unwritten, write
from vaudit.commands.options import Config, KeepFor, KeepSize, Option, State
from vaudit.words import many

if TYPE_CHECKING:
    from vaudit.history.store import Kept, Store
    from vaudit.history.trend import Trend


class Options(NamedTuple):
    """What `vaudit history` is asked for."""

    format: Annotated[
        str, Option("How it is printed.", ("--format", "-f"), choices=("terminal", "json", "csv"))
    ] = "terminal"
    html: Annotated[str, Option("Write a page with a chart of each figure.", ("--html",), "FILE")] = ""
    list: Annotated[bool, Option("Name each kept report.", ("--list",))] = False
    pin: Annotated[
        str, Option("Never forget this report: last, last~3, 2026-05-03.", ("--pin",), "WHICH")
    ] = ""
    unpin: Annotated[str, Option("Forget it when its time comes.", ("--unpin",), "WHICH")] = ""
    prune: Annotated[bool, Option("Forget now what is beyond --keep-for and --keep-size.", ("--prune",))] = (
        False
    )
    keep_for: KeepFor = ""
    keep_size: KeepSize = ""
    state: State = ""
    config: Config = ""


class Past(NamedTuple):
    """What is kept, and what it says."""

    where: str
    kept: "list[Kept]"
    trends: "list[Trend]"
    accepted: dict[str, str]


def run(options: Options) -> int:
    """Prints the history, or writes its page; or pins, unpins and forgets reports."""
    from vaudit.history import state

    where = state.folder(options.state)
    try:
        if options.pin or options.unpin or options.prune:
            return _tidied(where, options)
        return _shown(past(where), options)
    except state.StateError as error:
        raise Stop(FAILED, str(error)) from error


def past(where: str) -> Past:
    """All that is kept in a folder. Raises StateError."""
    from vaudit.history.borders import shipped
    from vaudit.history.store import Store
    from vaudit.history.trend import trend

    with Store(where) as store:
        kept, series, accepted = store.kept(), store.series(), store.accepted()
    borders = shipped()
    trends = [trend(one, borders, accepted.get(one.name, "")) for one in series]
    return Past(where, kept, trends, accepted)


def _tidied(where: str, options: Options) -> int:
    from vaudit.history.choose import choose
    from vaudit.history.keep import forget
    from vaudit.history.limits import limits
    from vaudit.history.store import Store

    with Store(where, writing=True) as store:
        for which, pinned in ((options.pin, True), (options.unpin, False)):
            if which:
                one = choose(store.kept(), which)
                store.pin(one.id, pinned=pinned)
                write(f"The report of {one.taken} is {'pinned' if pinned else 'no longer pinned'}.\n")
        if options.prune:
            try:
                most = limits(options.keep_for, options.keep_size)
            except ValueError as error:
                raise Stop(USAGE, str(error)) from error
            write(_forgotten(forget(store, most), store))
    return 0


def _forgotten(number: int, store: "Store") -> str:
    from vaudit.words import size

    left = many(len(store.kept()), "report")
    return f"{many(number, 'report')} forgotten; {left} of {size(store.size())} left.\n"


def _shown(found: Past, options: Options) -> int:
    if options.html:
        return _page(found, options.html)
    if options.format == "json":
        import msgspec

        from vaudit.output.json import safe

        put(safe(msgspec.json.format(msgspec.json.encode(_data(found)))) + "\n", "application/json")
    elif options.format == "csv":
        write(_table(found))
    else:
        rows = _kept(found) if options.list else _lines(found)
        write("".join(f"{row}\n" for row in rows))
    return 0


def about(found: Past) -> str:
    """How much there is."""
    if not found.kept:
        return "no scans"
    first, last = found.kept[0].taken[:10], found.kept[-1].taken[:10]
    return f"{many(len(found.kept), 'scan')} from {first} to {last}"


def _kept(found: Past) -> list[str]:
    rows = [f"{about(found)} ({found.where})", ""]
    for back, one in enumerate(reversed(found.kept)):
        name = f"last~{back}" if back else "last"
        rows.append(f"  {name:<9} {one.taken}  {one.measured:<7}{'  pinned' if one.pinned else ''}".rstrip())
    return rows


def _lines(found: Past) -> list[str]:
    from vaudit.history.figures import label
    from vaudit.history.trend import sparkline
    from vaudit.words import quantity

    rows = [f"{about(found)} ({found.where})", ""]
    table = []
    for one in found.trends:
        counted = [point for point in one.series.points if not point.disturbed]
        if counted:
            last = quantity(counted[-1].value, one.series.unit)
            title = label(one.series.benchmark, one.series.name)
            table.append((title, sparkline(one.series.points), last))
    if not table:
        return [*rows[:1], "nothing was measured: vaudit scan --keep does; --list names the reports"]
    wide = max(len(title) for title, *_ in table)
    lined = max(len(line) for _, line, _ in table)
    rows += [f"  {title:<{wide}}  {line:<{lined}}  {last}" for title, line, last in table]
    news = [told for one in found.trends for told in one.news]
    rows += ["", *_told("News", [one.text for one in sorted(news, key=lambda one: one.taken, reverse=True)])]
    others = [told for one in found.trends for told in one.told if told not in one.news]
    said = [
        f"{one.text}{' (accepted)' if one.is_accepted else ''}"
        for one in sorted(others, key=lambda one: one.taken, reverse=True)
    ]
    rows += _told("Earlier", said) if said else []
    return rows


def _told(title: str, said: list[str]) -> list[str]:
    return [f"{title}:", *(f"  {one}" for one in said or ["nothing is slower than it was"])]


def _data(found: Past) -> dict[str, Any]:
    return {
        "scans": [one._asdict() for one in found.kept],
        "accepted": found.accepted,
        "series": [
            {
                "series": one.series.name,
                "benchmark": one.series.benchmark,
                "unit": one.series.unit,
                "points": one.series.points,
                "changes": one.changes,
                "lately": one.lately,
                "told": one.told,
            }
            for one in found.trends
        ],
    }


CONTEXT = ("machine", "processor", "hypervisor", "kernel", "vaudit", "plan", "device")


def _table(found: Past) -> str:
    import csv
    from io import StringIO

    text = StringIO()
    table = csv.writer(text, lineterminator="\n")
    table.writerow(("taken", "series", "benchmark", "unit", "value", "disturbed", *CONTEXT))
    for one in found.trends:
        for point in one.series.points:
            around = [_unlike_formula(point.context.get(name, "")) for name in CONTEXT]
            named = [one.series.name, one.series.benchmark, one.series.unit]
            table.writerow((point.taken, *named, point.value, int(point.disturbed), *around))
    return text.getvalue()


def _unlike_formula(text: str) -> str:
    """The text so that no spreadsheet takes it for a formula: it may be what a machine calls itself."""
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t") else text


def _page(found: Past, path: str) -> int:
    """Writes the page. Raises Stop where it cannot be written."""
    from vaudit import __version__, files
    from vaudit.history import state
    from vaudit.history.charts import HEIGHT, TOP, WIDTH, chart, seconds
    from vaudit.output import harmless
    from vaudit.output.html import history

    refuse_unwritable(path)
    when = seconds([one.taken for one in found.kept])
    charts = [chart(one, when, found.accepted.get(one.series.name, "")) for one in found.trends]
    try:
        name = state.last_report(found.where).source.name
    except state.StateError:
        name = os.path.basename(found.where)
    page = history(
        name=name, about=about(found), version=__version__, width=WIDTH, height=HEIGHT, top=TOP,
        charts=[one for one in charts if one],
        news=[told for one in found.trends for told in one.news],
    )  # fmt: skip
    is_root = hasattr(os, "geteuid") and os.geteuid() == 0
    try:
        files.save(path, harmless(page), files.PRIVATE if is_root else files.SHARED)
    except OSError as error:
        raise unwritten(path, error) from error
    return 0
