"""Schedules: what is planned, and the files that systemd and cron read, marked as ours.

The first line of a file holds a checksum of all others. So a file that somebody changed is known as such, and
is neither overwritten nor taken away.
"""

import os
from typing import Literal, NamedTuple
from zlib import crc32

from vaudit import files, resources
from vaudit.commands.common import FAILED, Stop, unwritten

MODE = 0o644
MARK = "# made by vaudit schedule "
"""How the first line begins; behind it stands the checksum."""


class Plan(NamedTuple):
    """What is to be started, when, and whose schedule it is."""

    program: list[str]
    """The words that start vaudit."""
    minute: int
    """Of the day, at which the hour begins in which it is started."""
    bench: str
    """off, light (and quick once a week), quick."""
    is_system: bool = True
    """Else it is a user's own."""
    root: str = ""
    """The folder of the system for which it is made; empty for this machine's."""

    def at(self, path: str) -> str:
        """A path of the system that it is made for."""
        return os.path.join(self.root, path.lstrip("/")) if self.root else path


class Run(NamedTuple):
    """One of the scans of a schedule."""

    name: str
    bench: str
    when: Literal["once a day", "once a week", "again where it is due"] = "once a day"

    @property
    def does(self) -> str:
        """What it does besides looking, as the end of a sentence."""
        if self.is_again:
            return " again, where an earlier scan asked for it"
        return {"off": "", "light": ", and measure a little"}.get(self.bench, ", and measure it")

    @property
    def is_again(self) -> bool:
        """Whether it is one of those that do nothing unless an earlier one asked for it."""
        return self.when == "again where it is due"


def runs(plan: Plan) -> list[Run]:
    """The scans of a schedule."""
    daily = Run("vaudit", plan.bench)
    if plan.bench == "off":
        return [daily]
    weekly = [Run("vaudit-weekly", "quick", "once a week")] if plan.bench == "light" else []
    return [daily, *weekly, Run("vaudit-again", plan.bench, "again where it is due")]


def words(plan: Plan, run: Run, *, mails: bool) -> list[str]:
    """The command line of a scan. Findings are no failure of a schedule: --fail-on never."""
    fixed = ("--keep", "--fail-on", "never", "--wait", "3600")
    measures = ["--if-due"] if run.is_again else ["--bench", run.bench]
    return [*plan.program, "scan", *measures, *fixed, *(["--quiet"] if mails else [])]


EVERY = 15
"""Minutes between two looks whether something is due."""


def template(name: str, **values: str) -> str:
    """A file of reports/schedule with its @WORDS@ filled in."""
    with open(f"{resources.folder('reports')}/schedule/{name}", encoding="utf-8") as file:
        text = file.read()
    for key, value in values.items():
        text = text.replace(f"@{key.upper()}@", value)
    return text


def marked(text: str, how: str) -> str:
    """The text under a line that says who made it, and how it goes away again."""
    return f"{MARK}({crc32(text.encode()):08x}); vaudit schedule {how} --remove takes it away\n{text}"


def is_ours(text: str) -> bool:
    """Whether a text is one that was made here, and nobody changed it since."""
    first, _, rest = text.partition("\n")
    return first.startswith(f"{MARK}({crc32(rest.encode()):08x});")


def found(path: str) -> str | None:
    """What lies at a path; None where nothing does. Raises Stop."""
    try:
        return files.beginning(path, 1 << 16).decode("utf-8", "replace")
    except FileNotFoundError:
        return None
    except OSError as error:
        raise Stop(FAILED, f"{path}: cannot be read: {error.strerror}") from error


def refuse_changed(paths: list[str], what: str) -> None:
    """Raises Stop where one of the files is not as it was made here."""
    for path in paths:
        text = found(path)
        if text is not None and not is_ours(text):
            raise Stop(FAILED, f"{path}: was made or changed by somebody else: {what}; nothing was changed")


def put(path: str, text: str) -> None:
    """Writes a file that all may read, and its folder. Raises Stop."""
    before = os.umask(0o777 & ~MODE & ~0o111)
    try:
        os.makedirs(os.path.dirname(path), exist_ok=True)
        files.save(path, text, MODE)
    except OSError as error:
        raise unwritten(path, error) from error
    finally:
        os.umask(before)


def drop(path: str) -> bool:
    """Takes a file or link away; whether there was one. Raises Stop."""
    try:
        os.unlink(path)
    except FileNotFoundError:
        return False
    except OSError as error:
        raise Stop(FAILED, f"{path}: cannot be removed: {error.strerror}") from error
    return True


def page(parts: dict[str, str]) -> str:
    """Files for a reader: each path, and what stands or would stand there."""
    return "\n".join(f"== {path}\n{text}" for path, text in parts.items())
