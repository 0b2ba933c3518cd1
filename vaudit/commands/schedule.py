"""`vaudit schedule`: scans by systemd's timers or by cron, installed and taken away again; of Windows' tasks
the lines that make them."""

import os
import sys
from typing import Annotated, NamedTuple

from vaudit.commands.common import FAILED, USAGE, Stop, complain, write
from vaudit.commands.machines import needs_linux
from vaudit.commands.options import Option
from vaudit.commands.planned import Plan, cron, schtasks, systemd

HOW = ("systemd", "cron", "schtasks")
RUNNING = "/run/systemd/system"
"""Is there where systemd runs the machine: sd_booted(3)."""


class Options(NamedTuple):
    """What `vaudit schedule` is asked for."""

    how: Annotated[str, Option("What starts the scans.", metavar="HOW", choices=HOW)]
    install: Annotated[bool, Option("Make the files, and start the schedule.", ("--install",))] = False
    remove: Annotated[bool, Option("Take away what --install made.", ("--remove",))] = False
    show: Annotated[bool, Option("Show what --install would make. [default]", ("--show",))] = False
    daily: Annotated[
        str, Option("When a day's scan begins, up to an hour later: 04:00.", ("--daily",), "TIME")
    ] = "04:00"
    bench: Annotated[
        str,
        Option(
            "Measure not at all, for 3 s each day and longer each Sunday, or longer each day.",
            ("--bench",),
            choices=("off", "light", "quick"),
        ),
    ] = "light"
    root: Annotated[
        str, Option("Make the files for the system in this folder, and start nothing.", ("--root",), "DIR")
    ] = ""


def run(options: Options) -> int:
    """Shows, installs or removes the schedule; prints each path."""
    if options.install + options.remove + options.show > 1:
        raise Stop(USAGE, "name one of --install, --remove and --show")
    if options.how == "schtasks":
        return _of_windows(options)
    needs_linux("a schedule", "use `vaudit schedule schtasks`" if sys.platform == "win32" else "")
    plan = Plan(_whole(program()), minutes(options.daily), options.bench, is_root(options.root), options.root)
    manager = systemd if options.how == "systemd" else cron
    if not (options.install or options.remove):
        write(manager.shown(plan))
        return 0
    if options.how == "systemd" and not options.root and not os.path.isdir(RUNNING):
        raise Stop(FAILED, "systemd does not run this machine: use `vaudit schedule cron`, or --root DIR")
    if options.install:
        _distrust(plan)
        write(manager.install(plan))
    else:
        write(manager.remove(plan))
    return 0


def _of_windows(options: Options) -> int:
    """Shows the lines that make tasks there."""
    if sys.platform != "win32":
        raise Stop(FAILED, f"schtasks needs Windows, this is {sys.platform}")
    if options.install or options.remove or options.root:
        schtasks.refuse()
    plan = Plan(program_of_windows(), minutes(options.daily), options.bench)
    write(schtasks.shown(plan))
    return 0


def program_of_windows() -> list[str]:
    """As `program`; there a program's own name lacks its end."""
    path = os.path.abspath(sys.argv[0])
    own = path if path.lower().endswith(".exe") else f"{path}.exe"
    if os.path.basename(path) == "__main__.py":
        return [sys.executable, "-m", "vaudit"]
    return [own] if os.path.isfile(own) else [sys.executable, path]


def is_root(folder: str) -> bool:
    """Whether the schedule is one of the system: root's, or for a system in a folder."""
    return bool(folder) or not hasattr(os, "geteuid") or os.geteuid() == 0


def minutes(time: str) -> int:
    """The minute of the day of `04:00`. Raises Stop."""
    hour, colon, minute = time.partition(":")
    digits = f"{hour}{minute}"
    if not (colon and digits.isascii() and digits.isdigit() and len(hour) in (1, 2) and len(minute) == 2):
        raise Stop(USAGE, f"--daily {time!r}: write hours and minutes, such as 04:00")
    if int(hour) > 23 or int(minute) > 59:
        raise Stop(USAGE, f"--daily {time!r}: a day goes from 00:00 to 23:59")
    return int(hour) * 60 + int(minute)


def program() -> list[str]:
    """The words that start this vaudit from anywhere: its program, or the file that it is, by their absolute
    paths; else the interpreter with the module."""
    path = os.path.abspath(sys.argv[0])
    if os.path.basename(path) == "__main__.py":
        return [sys.executable, "-m", "vaudit"]
    if os.path.isfile(path) and os.access(path, os.X_OK):
        return [path]
    return [sys.executable, path]


def _whole(words: list[str]) -> list[str]:
    """The words, none of which would be more than one line, or not be read. Raises Stop."""
    for word in words:
        if not word.isprintable():
            raise Stop(FAILED, f"{word!a}: cannot stand in a schedule: move the program")
    return words


def _distrust(plan: Plan) -> None:
    """Says where root's schedule would run what others can change."""
    from vaudit.trust import distrust

    if plan.is_system and not plan.root:
        try:
            reason = distrust(plan.program[-1] if os.path.isabs(plan.program[-1]) else plan.program[0])
        except OSError as error:
            reason = str(error.strerror)
        if reason:
            complain(f"root would run {plan.program[0]}, which is not root's alone: {reason}")
