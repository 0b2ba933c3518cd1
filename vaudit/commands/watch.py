"""`vaudit watch`: a light look every ten minutes, and one page with the worst hour and the spread."""

from typing import TYPE_CHECKING, Annotated, NamedTuple

from vaudit.commands.common import FAILED, USAGE, Stop, complain
from vaudit.commands.documents import Documents
from vaudit.commands.machines import checks_with, machine, needs_linux, refusals
from vaudit.commands.options import Color, Disk, FormatName, Option, Output, Verbose, Yes
from vaudit.procfs import whole

if TYPE_CHECKING:
    from vaudit.bench.borders import Borders
    from vaudit.bench.recording import Recordings
    from vaudit.model.facts import Facts

LONGEST, LEAST_EVERY = 7 * 86400, 60
"""Seconds: of a watch, and from one look to the next, which leaves the disk to others for most of it."""
_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400}


class Options(NamedTuple):
    """What `vaudit watch` is asked for."""

    length: Annotated[str, Option("So long: 24h, 90m, 2d; a week at most.", metavar="TIME")] = "24h"
    every: Annotated[str, Option("From one look to the next; a minute at least.", ("--every",), "TIME")] = (
        "10m"
    )
    disk: Disk = "."
    yes: Yes = False
    format: FormatName = "terminal"
    output: Output = ()
    color: Color = "auto"
    verbose: Verbose = False


def run(options: Options) -> int:
    """Looks until the time is up, Ctrl-C, SIGTERM or a lost terminal, and shows what was seen; FAILED if no
    disk was."""
    needs_linux("measuring")
    number, every = _looks(options.length, options.every)
    documents = Documents(options.format, options.output, options.color, options.verbose)
    try:
        from vaudit.bench.plan import Wanted
        from vaudit.commands.screen import progress
        from vaudit.measuring import refuse_unclear
        from vaudit.pipeline import asked, audited

        wanted = Wanted("light", options.disk, yes=options.yes)
        with refusals():
            refuse_unclear(wanted)
        with machine() as recorder, progress() as show:

            def measure(facts: "Facts", borders: "Borders") -> "Recordings":
                from vaudit.bench.day import Times, looks_of, watch
                from vaudit.bench.recording import Recordings

                made = watch(looks_of(wanted, facts, borders), Times(number, every), borders, show)
                return Recordings(watch=made)

            run = asked("light", {"disk": options.disk})
            report = audited(recorder, checks_with([]), measure, run, salt=None, plan=[])
        documents.show(report, False)
        documents.end(False)
    finally:
        documents.drop()
    missed = [one.reason for one in report.benchmarks if one.id == "disk.day-flush" and one.status != "ok"]
    for reason in missed:
        complain(f"not measured: {reason}")
    return FAILED if missed else 0


def seconds(text: str, what: str) -> int:
    """`24h` in seconds. Raises Stop."""
    number = whole(text[:-1]) if text[-1:] in _UNITS else None
    if not number:
        raise Stop(USAGE, f"{what} {text!r}: write a number and its unit, such as 24h, 90m or 2d")
    return number * _UNITS[text[-1]]


def _looks(length: str, every: str) -> tuple[int, float]:
    """(how many, seconds from one to the next). Raises Stop."""
    lasts, apart = seconds(length, "TIME"), seconds(every, "--every")
    if lasts > LONGEST:
        longest = f"{LONGEST // 86400}d"
        raise Stop(USAGE, f"{length} is too long: {longest} at most (vaudit schedule looks day after day)")
    if apart < LEAST_EVERY:
        raise Stop(USAGE, f"--every {every}: {LEAST_EVERY} s at least, so that others have the disk")
    if apart > lasts:
        raise Stop(USAGE, f"--every {every} is longer than all of the watch ({length}): one look is no watch")
    return lasts // apart + 1, float(apart)
