"""Keeps the reports of scans. Whatever is in the way of that, the scan itself still reports."""

import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING

from vaudit.commands.common import FAILED, USAGE, Stop, complain, write
from vaudit.history import state
from vaudit.history.limits import limits

if TYPE_CHECKING:
    from vaudit.history.trend import Told
    from vaudit.model.report import Report


MOST_SHOWN = 5
"""Changes of figures that are told behind a report."""


class Keeper:
    """Keeps reports in a folder, and says in one line why it could not."""

    def __init__(self, given: str, age: str, size: str) -> None:
        """Raises Stop for limits that cannot be meant."""
        try:
            self._where, self._most = state.folder(given), limits(age, size)
        except ValueError as error:
            raise Stop(USAGE, str(error)) from error
        self._trouble = ""
        self.told: list[Told] = []
        """What kept scans say: of figures that are worse, and were not accepted."""
        self.fresh: list[Told] = []
        """That of it which was not said of the scans before this one."""
        self.secret = b""
        """By which the excerpts of kept reports are masked."""
        try:
            self.secret = state.secret(state.made(self._where))
        except state.StateError as error:
            self._trouble = str(error)

    def keep(self, report: "Report", *, asks: bool = True) -> None:
        """Keeps a report, as long as nothing was in the way. It `asks` for two more looks where something it
        measured is out of the usual."""
        if self._trouble:
            return
        from vaudit.history import due
        from vaudit.history.keep import is_unusual, keep, told
        from vaudit.output.json import compact

        try:
            aside = keep(self._where, report, compact(report), self._most)
            if report.benchmarks:
                self.told, self.fresh = told(self._where, report.taken)
                if asks and is_unusual(self._where, report.taken):
                    due.ask(self._where, report.taken, report.run.mode)
        except (state.StateError, OSError) as error:
            self._trouble = str(error)
        else:
            if aside:
                complain(aside)

    @property
    def places(self) -> list[str]:
        """Where the report lies that was kept."""
        return [] if self._trouble else [os.path.join(self._where, state.LAST)]

    def show(self) -> None:
        """Prints what kept scans say of figures that are worse."""
        if self.told:
            more = len(self.told) - MOST_SHOWN
            said = [
                *(one.text for one in self.told[:MOST_SHOWN]),
                *([f"and {more} more"] if more > 0 else []),
            ]
            write("".join(["\nOver time (vaudit history shows all):\n", *(f"  {one}\n" for one in said)]))

    def end(self) -> int:
        """FAILED, and why, where a report was not kept."""
        if self._trouble:
            complain(f"not kept: {self._trouble}")
        return FAILED if self._trouble else 0


@contextmanager
def alone(given: str, wait: int, *, asked: bool) -> Iterator[None]:
    """Inside, no other scan with the same folder measures. Raises Stop where one still does after `wait`
    seconds. Where nobody keeps anything, no folder is made for it unless it is `asked` for."""
    where = state.folder(given)
    if not (asked or given or os.path.isdir(where)):
        yield
        return
    with ExitStack() as lock:
        try:
            lock.enter_context(state.measuring_alone(state.made(where), wait))
        except state.Busy as error:
            raise Stop(FAILED, str(error)) from error
        except state.StateError as error:
            complain(f"others may measure at the same time: {error}")
        yield
