r"""schtasks, which starts programs on Windows: the lines that make the tasks, for a command prompt.

Nothing is installed: who may make a task, and as whom it runs, is asked there. A task begins in
C:\Windows\System32, so the folder to measure is named. learn.microsoft.com, "schtasks create".
"""

import os
import subprocess

from vaudit.commands.common import FAILED, USAGE, Stop
from vaudit.commands.planned import Plan, Run, runs, words

MOST = 261
"""Characters of the command of a task."""
_FORBIDDEN = '%"'
"""What a command prompt takes for something else, wherever it stands."""


def shown(plan: Plan) -> str:
    """A line for each task."""
    return "".join(f"{_line(plan, run)}\n" for run in runs(plan))


def refuse() -> None:
    """Raises Stop: nothing is installed or removed there."""
    raise Stop(USAGE, "schtasks: run what --show prints; `schtasks /Delete /TN NAME` takes a task away again")


def _line(plan: Plan, run: Run) -> str:
    hour, minute = divmod(plan.minute, 60)
    often = ["/SC", "WEEKLY", "/D", "SUN"] if run.weekly else ["/SC", "DAILY"]
    task = ["schtasks", "/Create", "/TN", run.name, *often, "/ST", f"{hour:02}:{minute:02}"]
    return subprocess.list2cmdline([*task, "/TR", _command(plan, run)])


def _command(plan: Plan, run: Run) -> str:
    """What the task runs, as one word."""
    measured = ["--disk", os.path.expanduser("~")] if run.bench != "off" else []
    command = [*words(plan, run, mails=False), *measured]
    if any(letter in word for word in command for letter in _FORBIDDEN):
        raise Stop(FAILED, f"a path with one of {_FORBIDDEN} cannot be written for schtasks: {command[0]}")
    line = subprocess.list2cmdline(command)
    if len(line) > MOST:
        raise Stop(FAILED, f"a task's command has at most {MOST} characters, and this {len(line)}: {line}")
    return line
