"""`vaudit nagios`: a plugin for Nagios, Icinga and their like. It reads what a scan kept, and never measures.

Whatever goes wrong is UNKNOWN, 3, said on standard output, as plugins have it.
"""

import os
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated, NamedTuple

from vaudit.commands.common import FAIL_ON, USAGE, Stop, write
from vaudit.commands.options import Config, Option, State

if TYPE_CHECKING:
    from vaudit.model.finding import Finding
    from vaudit.model.report import Report

UNKNOWN = 3
_FUTURE = 300
"""Seconds that a clock may be behind the one by which the report was written."""
_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800}


class Options(NamedTuple):
    """What `vaudit nagios` is asked for."""

    max_age: Annotated[
        str, Option("UNKNOWN where the newest kept report is older: 90m, 26h, 8d.", ("--max-age",), "AGE")
    ] = "26h"
    warn: Annotated[
        str, Option("WARNING from this severity of a failed check on.", ("--warn",), choices=FAIL_ON)
    ] = "low"
    crit: Annotated[str, Option("CRITICAL from this severity on.", ("--crit",), choices=FAIL_ON)] = "high"
    changes: Annotated[
        bool, Option("Only of what is new or worse than in the kept report before.", ("--changes",))
    ] = False
    state: State = ""
    config: Config = ""


def run(options: Options) -> int:
    """Prints what the newest kept report says; the exit code is the state."""
    from vaudit.history.state import StateError, last_report
    from vaudit.output import nagios

    max_age = seconds(options.max_age)
    where = _where(options.state)
    try:
        report = last_report(where)
        news = _news(where, report) if options.changes else None
    except StateError as error:
        return _said(nagios.unknown(str(error)))
    age = _age(report)
    if age is None or age < -_FUTURE:
        return _said(nagios.unknown(f"{where}: the newest report's time is none that was: {report.taken}"))
    if age > max_age:
        return _said(nagios.unknown(f"the newest report is of {report.taken}, older than {options.max_age}"))
    asked = nagios.Asked(options.warn, options.crit)
    return _said(nagios.answer(report, asked, max(age, 0.0), max_age, _limits(), news=news))


def guarded(work: Callable[[], int]) -> int:
    """The state that the work ends with; UNKNOWN, in the plugin's own words, where it cannot be done."""
    try:
        return work()
    except Stop as stop:
        why = str(stop)
    except Exception as error:
        why = f"internal error: {type(error).__name__}: {error}"
    from vaudit.output import nagios  # with the model, which help does not need

    return _said(nagios.unknown(why))


def seconds(age: str) -> float:
    """The seconds of `90s`, `26h` or `8d`. Raises Stop."""
    number, unit = age[:-1], age[-1:]
    if not (number.isascii() and number.isdigit() and len(number) < 10 and unit in _SECONDS):
        raise Stop(USAGE, f"--max-age {age!r}: write a number and s, m, h, d or w, such as 26h")
    return float(int(number) * _SECONDS[unit])


def _said(answer: "tuple[int, str]") -> int:
    code, said = answer
    write(said)
    return code


def _where(given: str) -> str:
    """The folder with the report: the one that is given, else the user's own where it has one, else the
    system's: plugins run as users of their own."""
    from vaudit.history import state

    own = state.folder(given)
    return own if given or os.path.lexists(os.path.join(own, state.LAST)) else state.SYSTEM


def _age(report: "Report") -> float | None:
    """Seconds since the machine was looked at; None where the report does not tell."""
    from calendar import timegm

    try:
        return time.time() - timegm(time.strptime(report.taken[:19], "%Y-%m-%dT%H:%M:%S"))
    except ValueError:
        return None


def _news(where: str, report: "Report") -> "list[Finding]":
    """What failed in a report and did not, or less severely, in the one before it of its machine, and was not
    accepted as the new normal. Raises StateError."""
    from vaudit.history.store import Store
    from vaudit.model.finding import SEVERITIES

    with Store(where) as store:
        mine, accepted = [one for one in store.kept() if one.machine == report.machine], store.accepted()
        if len(mine) < 2:
            return []
        before = store.report(mine[-2].id)
    known = {(one.check, one.subject): SEVERITIES.index(one.severity) for one in before.failed()}
    return [one for one in report.failed()
            if SEVERITIES.index(one.severity) > known.get((one.check, one.subject), -1)
            and accepted.get(one.check, "") < report.taken]  # fmt: skip


def _limits() -> dict[str, float]:
    """The thresholds in force, by name. Loading all checks for them would take longer than all else."""
    from vaudit import machines, resources, toml

    found: dict[str, float] = {}
    for folder in (resources.folder("checks"), *machines.check_folders(())):
        try:
            with open(os.path.join(folder, "thresholds.toml"), encoding="utf-8") as file:
                table = toml.loads(file.read())
        except (OSError, ValueError):
            continue
        for name, one in table.items():
            if isinstance(one, dict) and isinstance(one.get("value"), int | float):
                found[name] = float(one["value"])
    return found
