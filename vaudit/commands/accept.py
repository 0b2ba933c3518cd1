"""`vaudit accept`: what changed is the new normal."""

import os
import time
from typing import TYPE_CHECKING, Annotated, NamedTuple

from vaudit.commands.common import FAILED, USAGE, Stop, write
from vaudit.commands.options import Config, Option, State
from vaudit.words import joined

if TYPE_CHECKING:
    from vaudit.history.store import Store
    from vaudit.model.report import Report


class Options(NamedTuple):
    """What `vaudit accept` is asked for."""

    what: Annotated[
        str,
        Option("A benchmark, a series of one, or a check; all that is news without it.", metavar="[ID]"),
    ] = ""
    all: Annotated[bool, Option("Every failed check too, news or not.", ("--all",))] = False
    state: State = ""
    config: Config = ""


def run(options: Options) -> int:
    """Notes that what is news up to the last kept scan is normal from now on."""
    from vaudit.history import state
    from vaudit.history.store import Store

    where = state.folder(options.state)
    path = os.path.join(where, state.DATABASE)
    try:
        if not os.path.lexists(path):  # else opening it to write would make it
            raise state.Missing.all(path)
        with Store(where, writing=True) as store:
            kept = store.kept()
            if not kept:
                raise state.Missing.all(path)
            if options.what:
                names = _meant(options.what, store, store.report(kept[-1].id))
            else:
                names = _news(store, everything=options.all)
            now = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
            for name in names:
                store.accept(name, kept[-1].taken, now)
    except state.StateError as error:
        raise Stop(FAILED, str(error)) from error
    said = f"accepted up to {kept[-1].taken}: {joined(names)}" if names else "there is no news to accept"
    write(f"{said[:1].upper()}{said[1:]}\n")
    return 0


def _news(store: "Store", *, everything: bool) -> list[str]:
    """What is news: of figures over time, and what the last two kept scans differ in; with `everything` each
    check that failed or is unknown in the last one too."""
    from vaudit.history.borders import shipped
    from vaudit.history.differ import diff, without
    from vaudit.history.trend import trend

    borders, accepted, kept = shipped(), store.accepted(), store.kept()
    last = store.report(kept[-1].id)
    found = [one.name for one in store.series() if trend(one, borders, accepted.get(one.name, "")).news]
    if len(kept) > 1:
        before = store.report(kept[-2].id)
        made = diff(before, last, borders, store.earlier(before.taken))
        found += [one.what for one in without(made, accepted).news]
    if everything:
        wrong = (one for one in last.findings if one.status in ("fail", "unknown") and not one.is_hint)
        found += sorted(one.check for one in wrong if accepted.get(one.check, "") < last.taken)
    return list(dict.fromkeys(found))


def _meant(what: str, store: "Store", last: "Report") -> list[str]:
    """The series and checks that are meant. Raises Stop where there is none."""
    series = store.series()
    named = [one.name for one in series if what in (one.name, one.benchmark)]
    checks = sorted({one.check for one in last.findings})
    if named or what in checks:
        return named or [what]
    from difflib import get_close_matches

    known = [*dict.fromkeys(one.benchmark for one in series), *checks]
    close = get_close_matches(what, known, n=1)
    meant = f"did you mean {close[0]}?" if close else f"there are {', '.join(known[:12])}, …"
    raise Stop(USAGE, f"{what}: no benchmark and no check of the last kept report; {meant}")
