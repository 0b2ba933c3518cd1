"""Keeps one report: in the database, and as last.json where it is the newest."""

import os
import time
from contextlib import suppress

from vaudit.history import state
from vaudit.history.store import Damaged, Store
from vaudit.model.report import Report


def keep(where: str, report: Report, text: str) -> str:
    """Keeps a report, whose compact JSON the text is. Returns what was set aside for it, in one line; empty
    where nothing was. Raises StateError, and OSError where last.json cannot be written."""
    try:
        _kept(where, report, text)
    except Damaged as error:
        aside = set_aside(where)
        _kept(where, report, text)
        return f"{error}; it is now {aside}, and a new one is begun"
    return ""


def _kept(where: str, report: Report, text: str) -> None:
    with Store(where, writing=True) as store:
        store.check()
        scan = store.add(report, text)
        with store.writing():  # of two scans that end at once, the newer one stays
            if store.kept()[-1].id == scan:
                state.write_last(where, text.encode())


def set_aside(where: str) -> str:
    """Gives a database a name that says that it is damaged; the name."""
    path = os.path.join(where, state.DATABASE)
    aside = f"{path}.damaged-{time.strftime('%Y%m%dT%H%M%SZ', time.gmtime())}"
    for end in ("-wal", "-shm"):
        with suppress(FileNotFoundError):
            os.replace(path + end, aside + end)
    os.replace(path, aside)
    return aside
