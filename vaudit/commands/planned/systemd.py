"""systemd's timers: the system's, or a user's own."""

import os
import subprocess

from vaudit.commands import planned
from vaudit.commands.common import FAILED, Stop, complain
from vaudit.commands.planned import Plan, Run

SYSTEM = "/etc/systemd/system"
NAMES = ("vaudit", "vaudit-weekly", "vaudit-again")
"""All units that a schedule can have."""


def shown(plan: Plan) -> str:
    """The units that would be made."""
    return planned.page(units(plan))


def units(plan: Plan) -> dict[str, str]:
    """Each unit by its path."""
    made = {}
    for run in planned.runs(plan):
        base = os.path.join(_folder(plan), run.name)
        made[f"{base}.service"] = planned.marked(_service(plan, run), "systemd")
        made[f"{base}.timer"] = planned.marked(_timer(plan, run), "systemd")
    return made


def install(plan: Plan) -> str:
    """Makes the units and starts the timers; the paths. Raises Stop, with nothing changed where a file is
    somebody else's."""
    made = units(plan)
    planned.refuse_changed(_all(plan), "move it away, or --remove what it was made for")
    left = [path for path in _all(plan) if path not in made and planned.found(path) is not None]
    _switch(plan, [path for path in left if path.endswith(".timer")], on=False)
    for path in left:
        planned.drop(path)
    for path, text in made.items():
        planned.put(path, text)
    _switch(plan, [path for path in made if path.endswith(".timer")], on=True)
    if not plan.is_system:
        complain("it runs while you are logged in; always with: loginctl enable-linger")
    return "".join(f"{path}\n" for path in made)


def remove(plan: Plan) -> str:
    """Stops the timers and takes the units away; the paths. Raises Stop where one is somebody else's."""
    there = [path for path in _all(plan) if planned.found(path) is not None]
    planned.refuse_changed(there, "remove it by hand")
    _switch(plan, [path for path in there if path.endswith(".timer")], on=False)
    gone = [path for path in there if planned.drop(path)]
    if gone and not plan.root:
        _systemctl(plan, "daemon-reload")
    return "".join(f"{path}\n" for path in gone) or "there is no schedule of vaudit's\n"


def _all(plan: Plan) -> list[str]:
    return [os.path.join(_folder(plan), name + end) for name in NAMES for end in (".service", ".timer")]


def _folder(plan: Plan) -> str:
    if plan.is_system:
        return plan.at(SYSTEM)
    config = os.environ.get("XDG_CONFIG_HOME", "")
    home = config if os.path.isabs(config) else os.path.expanduser("~/.config")
    return os.path.join(home, "systemd", "user")


def _service(plan: Plan, run: Run) -> str:
    command = " ".join(quoted(word) for word in planned.words(plan, run, mails=False))
    return planned.template(
        "system.service" if plan.is_system else "user.service", command=command, does=run.does
    )


def _timer(plan: Plan, run: Run) -> str:
    if run.is_again:
        return planned.template("again.timer", every=str(planned.EVERY), when=run.when)
    hour, minute = divmod(plan.minute, 60)
    day = "Sun *-*-*" if run.when == "once a week" else "*-*-*"
    return planned.template("schedule.timer", calendar=f"{day} {hour:02}:{minute:02}:00", when=run.when)


def quoted(word: str) -> str:
    """A word of a command line as systemd reads it: systemd.service(5), specifiers and variables escaped."""
    safe = word.replace("\\", "\\\\").replace('"', '\\"').replace("%", "%%").replace("$", "$$")
    return safe if safe == word and word and not set(word) & set(" \t'") else f'"{safe}"'


def _switch(plan: Plan, timers: list[str], *, on: bool) -> None:
    """Starts or stops timers, now and at each boot."""
    if not timers:
        return
    if not plan.root:
        names = [os.path.basename(path) for path in timers]
        if on:
            _systemctl(plan, "daemon-reload")
        _systemctl(plan, "enable" if on else "disable", "--now", *names)
        return
    for path in timers:
        wants = os.path.join(os.path.dirname(path), "timers.target.wants")
        link = os.path.join(wants, os.path.basename(path))
        planned.drop(link)
        if on:
            os.makedirs(wants, exist_ok=True)
            os.symlink(f"{SYSTEM}/{os.path.basename(path)}", link)


def _systemctl(plan: Plan, *asked: str) -> None:
    """Raises Stop where systemd refuses."""
    command = ["systemctl", *([] if plan.is_system else ["--user"]), *asked]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise Stop(FAILED, f"{' '.join(command)}: {error}") from error
    if done.returncode:
        said = " ".join(done.stderr.split()) or f"exit code {done.returncode}"
        raise Stop(FAILED, f"{' '.join(command)}: {said}")
