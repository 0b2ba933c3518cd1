"""Keeps one report: in the database, and as last.json where it is the newest."""

import os
import time
from contextlib import suppress
from datetime import datetime, timedelta

from vaudit.history import state
from vaudit.history.limits import Limits, limits
from vaudit.history.store import Damaged, Store
from vaudit.model.report import Report


def keep(where: str, report: Report, text: str, most: Limits | None = None) -> str:
    """Keeps a report, whose compact JSON the text is, and forgets what is beyond the limits. Returns what was
    set aside for it, in one line; empty where nothing was. Raises StateError, and OSError
    where last.json cannot be written."""
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
        with store.writing():  # of two scans that end at once, the newer one stays
            if store.kept()[-1].id == scan:
                state.write_last(where, text.encode())
        forget(store, most)


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
