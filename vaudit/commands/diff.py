"""`vaudit diff`: what differs between two scans, the worst first."""

import os
from typing import TYPE_CHECKING, Annotated, NamedTuple

from vaudit.commands.common import FAILED, FINDINGS, USAGE, Stop, put, write
from vaudit.commands.options import Config, Option, State

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import TypeVar

    from vaudit.history.differ import Diff, Line
    from vaudit.history.figures import Earlier
    from vaudit.history.store import Store
    from vaudit.model.report import Report

    T = TypeVar("T")

_WHICH = "A dump or another record, a report in JSON or HTML, or a kept report: last, last~3, 2026-05-03."
MOST_LEFT_OUT = 8
"""What could not be compared of which each is named without --verbose."""


class Options(NamedTuple):
    """What `vaudit diff` is asked for."""

    before: Annotated[str, Option(f"{_WHICH} [default: last~1]", metavar="A")] = "last~1"
    after: Annotated[str, Option("The same, to hold against it. [default: last]", metavar="B")] = "last"
    format: Annotated[str, Option("How it is printed.", ("--format", "-f"), choices=("terminal", "json"))] = (
        "terminal"
    )
    other: Annotated[bool, Option("Compare two machines with each other.", ("--other",))] = False
    verbose: Annotated[bool, Option("Name all that could not be compared.", ("--verbose", "-v"))] = False
    state: State = ""
    config: Config = ""


def run(options: Options) -> int:
    """Prints what differs; FINDINGS where that is news: something new, worse, lost or otherwise."""
    from vaudit.history import choose, differ
    from vaudit.history.borders import borders
    from vaudit.judge.checks import load

    before, after = (read(which, options.state) for which in (options.before, options.after))
    notes = [] if options.other else unlike(before, after)
    found = differ.diff(before, after, borders(load().borders), earlier(before, options.state))
    if all(map(choose.names_kept, (options.before, options.after))):
        found = differ.without(found, accepted(options.state))
    if options.format == "json":
        import msgspec

        from vaudit.output.json import safe

        put(safe(msgspec.json.format(msgspec.json.encode(found))) + "\n", "application/json")
    else:
        write("".join(f"{line}\n" for line in [*notes, *lines(found, verbose=options.verbose)]))
    return FINDINGS if found.news else 0


def read(which: str, where: str) -> "Report":
    """The report that is meant: a kept one, one in a file, or that of a record. Raises Stop."""
    from vaudit.history import choose, state

    if choose.names_kept(which):
        from vaudit.history.store import Store

        try:
            with Store(state.folder(where)) as store:
                return store.report(choose.choose(store.kept(), which).id)
        except state.StateError as error:
            raise Stop(FAILED, str(error)) from error
    if not os.path.lexists(which):
        said = (
            "no such file, and no name of a kept report: name a record, a report, last, last~3 or 2026-05-03"
        )
        raise Stop(FAILED, f"{which}: {said}")
    return _in_file(which)


def _in_file(path: str) -> "Report":
    """The report in a JSON file or a page; else that of the record at the path. Raises Stop."""
    from vaudit import api
    from vaudit.commands.machines import refusals
    from vaudit.files import beginning
    from vaudit.model.versions import VersionError

    try:
        is_report = not os.path.isdir(path) and beginning(path, 4096).lstrip(b"\xef\xbb\xbf \t\r\n")[:1] in (
            b"{", b"[", b"<",
        )  # fmt: skip
        if is_report:
            return api.load(path)
    except OSError as error:
        raise Stop(FAILED, f"{path}: cannot be read: {error.strerror}") from error
    except VersionError as error:
        raise Stop(FAILED, str(error)) from error
    with refusals():
        return api.scan(path)


def unlike(before: "Report", after: "Report") -> list[str]:
    """A word where nothing tells whether both are of one machine. Raises Stop where they are of two."""
    if before.machine and after.machine:
        if before.machine != after.machine:
            raise Stop(
                USAGE,
                f"these are two machines ({before.source.name} and {after.source.name}): --other compares "
                "them all the same",
            )
        return []
    return ["Nothing tells whether both are of one machine: they are compared as if they were.", ""]


def earlier(before: "Report", where: str) -> "Earlier":
    """What kept scans of the same machine measured before; nothing where none are kept."""
    return _kept(where, lambda store: _of_machine(store, before)) if before.benchmarks else {}


def accepted(where: str) -> "Mapping[str, str]":
    """Up to which scan something is normal; nothing where nothing was kept, or it cannot be read."""
    return _kept(where, lambda store: store.accepted())


def _kept(where: str, ask: "Callable[[Store], Mapping[str, T]]") -> "Mapping[str, T]":
    """What kept reports tell; nothing where there are none, or they cannot be read."""
    from vaudit.history import state

    folder = state.folder(where)
    if not os.path.exists(os.path.join(folder, state.DATABASE)):
        return {}
    from vaudit.history.store import Store

    try:
        with Store(folder) as store:
            return ask(store)
    except state.StateError:
        return {}


def _of_machine(store: "Store", before: "Report") -> "Earlier":
    found = store.earlier(before.taken)
    return {
        name: [one for one in figures if one.context.get("machine", "") == before.machine]
        for name, figures in found.items()
    }


_TITLES = {
    "new finding": "New or worse",
    "unknown now": "No longer known",
    "fact": "Changed",
    "benchmark": "Slower or less steady",
    "better": "Better",
    "accepted": "Accepted",
    "not compared": "Not compared",
}


def lines(found: "Diff", *, verbose: bool) -> list[str]:
    """The differences for people."""
    shown = [f"{_moment(found.before)} → {_moment(found.after)}", ""]
    for sort, title in _TITLES.items():
        of_sort = [one for one in found.lines if one.sort == sort]
        if of_sort:
            shown += [f"{title}:", *(f"  {line}" for line in _listed(of_sort, sort, verbose=verbose)), ""]
    if not found.news:
        shown.append(
            "Nothing got worse."
            if any(one.sort in ("better", "accepted") for one in found.lines)
            else "Nothing changed."
        )
    if found.same:
        from vaudit.words import many

        shown.append(f"{many(found.same, 'benchmark is', 'benchmarks are')} the same.")
    return shown


def _listed(of_sort: "list[Line]", sort: str, *, verbose: bool) -> list[str]:
    most = len(of_sort) if verbose or sort != "not compared" else MOST_LEFT_OUT
    told = [f"{f'{one.severity}: ' if sort == 'new finding' else ''}{one.text}" for one in of_sort[:most]]
    more = len(of_sort) - most
    return [*told, f"and {more} more: --verbose names them"] if more > 0 else told


def _moment(taken: str) -> str:
    from vaudit.output.text import moment

    return moment(taken)
