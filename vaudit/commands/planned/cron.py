"""cron: a file in /etc/cron.d for the system, or a part of a user's own table.

In /etc/cron.d a file with a dot in its name, without a newline at its end or that others may write to is
left aside without a word; `%` ends a command everywhere.
"""

import os
import shlex
import subprocess
from zlib import crc32

from vaudit import files
from vaudit.commands import planned
from vaudit.commands.common import FAILED, Stop
from vaudit.commands.planned import Plan, Run

FILE = "/etc/cron.d/vaudit"
PATH = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
_END = "# end of what vaudit schedule made\n"
_DAY = 24 * 60


def shown(plan: Plan) -> str:
    """The file or the lines that would be made."""
    return planned.page({plan.at(FILE) if plan.is_system else "your crontab": table(plan)})


def table(plan: Plan) -> str:
    """What cron reads."""
    lines = "".join(_line(plan, run) for run in planned.runs(plan))
    if plan.is_system:
        return planned.marked(planned.template("cron.d") + lines, "cron")
    return planned.marked(lines + _END, "cron")


def install(plan: Plan) -> str:
    """Makes the file, or the part of the user's table; its path. Raises Stop, with nothing changed."""
    if plan.is_system:
        path = plan.at(FILE)
        planned.refuse_changed([path], "move it away")
        planned.put(path, table(plan))
        return f"{path}\n"
    before, _ = _own(_crontab())
    _put_crontab(before + table(plan))
    return "your crontab (crontab -l shows it)\n"


def remove(plan: Plan) -> str:
    """Takes it away; its path. Raises Stop where somebody changed it."""
    nothing = "there is no schedule of vaudit's\n"
    if plan.is_system:
        path = plan.at(FILE)
        if planned.found(path) is None:
            return nothing
        planned.refuse_changed([path], "remove it by hand")
        planned.drop(path)
        return f"{path}\n"
    rest, own = _own(_crontab())
    if not own:
        return nothing
    _put_crontab(rest)
    return "your crontab\n"


def delay(plan: Plan) -> int:
    """Minutes below an hour that are this machine's own, so that many machines do not start at once."""
    try:
        identity = files.beginning(plan.at("/etc/machine-id"), 64).strip()
    except OSError:
        identity = os.uname().nodename.encode()
    return crc32(b"vaudit schedule" + identity) % 60


def _line(plan: Plan, run: Run) -> str:
    command = shlex.join(planned.words(plan, run, mails=True)).replace("%", "\\%")
    return f"{_when(plan, run)} {'root' if plan.is_system else PATH} {command}\n"


def _when(plan: Plan, run: Run) -> str:
    """The five fields of a time."""
    if run.is_again:
        first = delay(plan) % planned.EVERY
        return f"{','.join(str(minute) for minute in range(first, 60, planned.EVERY))} * * * *"
    days, at = divmod(plan.minute + delay(plan), _DAY)
    hour, minute = divmod(at, 60)
    weekday = str(days) if run.when == "once a week" else "*"  # 0 is Sunday, and the next day Monday
    return f"{minute} {hour} * * {weekday}"


def _own(text: str) -> tuple[str, str]:
    """A user's table without vaudit's part, and that part. Raises Stop where somebody changed it."""
    before, mark, rest = text.partition(planned.MARK)
    if not mark:
        return text, ""
    part, end, after = rest.partition(_END)
    own = mark + part + end
    if not end or not planned.is_ours(own):
        said = "what vaudit made was changed by hand: crontab -e; nothing was changed"
        raise Stop(FAILED, f"your crontab: {said}")
    return before + after, own


def _crontab() -> str:
    """The user's table; empty where there is none."""
    done = _ran(["crontab", "-l"])
    if done.returncode and "no crontab" not in done.stderr:
        raise Stop(FAILED, f"crontab -l: {' '.join(done.stderr.split())}")
    text = "" if done.returncode else done.stdout
    return text if text.endswith("\n") or not text else f"{text}\n"


def _put_crontab(text: str) -> None:
    done = _ran(["crontab", "-"], text) if text else _ran(["crontab", "-r"])
    if done.returncode:
        raise Stop(FAILED, f"crontab: {' '.join(done.stderr.split())}")


def _ran(command: list[str], text: str = "") -> "subprocess.CompletedProcess[str]":
    try:
        return subprocess.run(command, input=text, capture_output=True, text=True, check=False, timeout=60)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise Stop(FAILED, f"{' '.join(command)}: {error}") from error
