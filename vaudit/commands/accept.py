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
            raise state.Missing(f"{path}: no report was kept yet: vaudit scan --keep does")
        with Store(where, writing=True) as store:
            kept = store.kept()
            if not kept:
                raise state.Missing(f"{path}: no report was kept yet: vaudit scan --keep does")
            names = _meant(options.what, store, store.report(kept[-1].id))
            now = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
            for name in names:
                store.accept(name, kept[-1].taken, now)
    except state.StateError as error:
        raise Stop(FAILED, str(error)) from error
    said = f"accepted up to {kept[-1].taken}: {joined(names)}" if names else "there is no news to accept"
    write(f"{said[:1].upper()}{said[1:]}\n")
    return 0


def _meant(what: str, store: "Store", last: "Report") -> list[str]:
    """The series and checks that are meant. Raises Stop where there is none."""
    from vaudit.history.borders import shipped
    from vaudit.history.trend import trend

    series = store.series()
    wrong = (one for one in last.findings if one.status in ("fail", "unknown") and not one.is_hint)
    failed = sorted({one.check for one in wrong})
    if not what:
        borders, accepted = shipped(), store.accepted()
        news = [one.name for one in series if trend(one, borders, accepted.get(one.name, "")).news]
        return [*news, *(check for check in failed if accepted.get(check, "") < last.taken)]
    named = [one.name for one in series if what in (one.name, one.benchmark)]
    checks = sorted({one.check for one in last.findings})
    if named or what in checks:
        return named or [what]
    from difflib import get_close_matches

    known = [*dict.fromkeys(one.benchmark for one in series), *checks]
    close = get_close_matches(what, known, n=1)
    meant = f"did you mean {close[0]}?" if close else f"there are {', '.join(known[:12])}, …"
    raise Stop(USAGE, f"{what}: no benchmark and no check of the last kept report; {meant}")
