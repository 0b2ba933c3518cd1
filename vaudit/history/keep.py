"""Keeps one report: in the database, and as last.json where it is the newest."""

import os
import time
from contextlib import suppress
from datetime import datetime, timedelta

from msgspec.structs import replace

from vaudit.history import due, state
from vaudit.history.borders import shipped
from vaudit.history.limits import Limits, limits
from vaudit.history.state import StateError
from vaudit.history.store import Damaged, Store
from vaudit.history.trend import Told, trend
from vaudit.model.report import Report

BACK = 12
"""Scans before this one of which each is asked whether it said the same: a first word that a later scan takes
back is proven some scans after that, and is no news then."""
AGAIN = 5
"""Scans: a change so near to one that was told is the same, placed anew."""


def keep(where: str, report: Report, text: str, most: Limits | None = None) -> str:
    """Keeps a report, whose compact JSON the text is, and forgets what is beyond the limits. Returns what was
    set aside for it, in one line; empty where nothing was. Raises StateError, and OSError where what is
    damaged cannot be set aside."""
    most = most or limits()
    try:
        _kept(where, report, text, most)
    except Damaged as error:
        aside = set_aside(where)
        _kept(where, report, text, most)
        return f"{error}; it is now {aside}, and a new one is begun"
    return ""


def _kept(where: str, report: Report, text: str, most: Limits) -> None:
    with Store(where, writing=True) as store:
        store.check()
        scan = store.add(report, text)
        if report.source.kind == "machine":
            store.settle(scan)
        with store.writing():  # of two scans that end at once, the newer one stays
            if store.kept()[-1].id == scan:
                state.write_last(where, text.encode())
        if forget(store, most) and scan not in [one.id for one in store.kept()]:
            raise StateError(f"{store.path}: so old a report (of {report.taken[:10]}) is forgotten at once; "
                             "--keep-for and --keep-size say what is")  # fmt: skip


def told(where: str, taken: str) -> tuple[list[Told], list[Told]]:
    """What is news of the figures over time as of the scan of that moment, the newest first; and what of it
    was not said of the scans before it: a first word that was proven is not said twice. Raises StateError."""
    with Store(where) as store:
        series, accepted = store.series(), store.accepted()
    borders, now, fresh = shipped(), list[Told](), list[Told]()
    for one in series:
        if not one.points or one.points[-1].taken != taken:
            continue
        news = trend(one, borders, accepted.get(one.name, "")).news
        earlier = (one.points[:-back] for back in range(1, BACK + 1)) if news else ()
        said = [it for points in earlier for it in trend(replace(one, points=points), borders).told]
        now += news
        fresh += [it for it in news if not any(_is_said(it, other) for other in said)]
    return sorted(now, key=lambda it: it.taken, reverse=True), fresh


def is_unusual(where: str, taken: str) -> bool:
    """Whether a figure of the scan of that moment lies out of the usual, and nothing was told of it yet.
    Raises StateError."""
    with Store(where) as store:
        series = store.series()
    borders = shipped()
    mine = (one for one in series if one.points and one.points[-1].taken == taken)
    return any(due.is_unusual(trend(one, borders), borders) for one in mine)


def _is_said(one: Told, other: Told) -> bool:
    return one.word == other.word and abs(one.index - other.index) <= AGAIN


def forget(store: Store, most: Limits) -> int:
    """Forgets what is beyond the limits; how many reports. Age counts from the newest but one, so that one
    scan with a wrong clock does not make all others old."""
    newest = store.kept()[-2:]
    return store.prune(days_before(newest[0].taken, most.days), most.bytes) if newest else 0


def days_before(taken: str, days: int) -> str:
    """ISO 8601 UTC so many days before another moment; empty where that was never."""
    try:
        return (datetime.fromisoformat(taken[:19]) - timedelta(days)).isoformat()
    except (ValueError, OverflowError):
        return ""


def set_aside(where: str) -> str:
    """Gives a database a name that says that it is damaged; the name."""
    path = os.path.join(where, state.DATABASE)
    aside = f"{path}.damaged-{time.strftime('%Y%m%dT%H%M%SZ', time.gmtime())}"
    for end in ("-wal", "-shm"):
        with suppress(FileNotFoundError):
            os.replace(path + end, aside + end)
    os.replace(path, aside)
    return aside
