"""The machines that are looked at: this one, or those of records; and the checks that apply to them."""

import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from vaudit.evidence.recorder import Recorder
    from vaudit.judge.rules import Checks, System
    from vaudit.model.promise import Asked


class UsageError(ValueError):
    """What was asked for cannot be meant. The message is one line."""


@contextmanager
def machine() -> "Iterator[Recorder]":
    """This machine, with a ledger of what is asked of it. EvidenceError where no live scan is possible."""
    from vaudit.evidence import here

    source = here()
    from vaudit.evidence.recorder import Recorder  # behind here(), which forks while the process is small

    try:
        yield Recorder(source)
    finally:
        source.close()


def record_at(path: str, anywhere: bool = False) -> "Recorder":
    """The one record at a path. EvidenceError where there is none, more than one, or one that is damaged.
    `anywhere`: a disk image may name files outside of its own folder."""
    from vaudit.evidence.origin import one
    from vaudit.evidence.recorder import Recorder

    return Recorder(one(path, anywhere))


def homes() -> tuple[str, str]:
    """Where the user's own settings and checks lie, and where the system's."""
    config = os.environ.get("XDG_CONFIG_HOME", "")
    if not os.path.isabs(config):  # which the XDG Base Directory Specification ignores
        config = os.path.expanduser("~/.config")
    return os.path.join(config, "vaudit"), "/etc/vaudit"


def check_folders(extra: Sequence[str]) -> list[str]:
    """The folders of checks in force besides vaudit's own: the system's, the user's, those of this call."""
    usual = (os.path.join(home, "checks.d") for home in reversed(homes()))
    return [*(folder for folder in usual if os.path.isdir(folder)), *extra]


def configuration() -> str:
    """The configuration file that is in force where none is named: the user's, else the system's; empty where
    there is none."""
    usual = (os.path.join(home, "config.toml") for home in homes())
    return next((path for path in usual if os.path.lexists(path)), "")


def promised(plan: str, whole: bool = False) -> "list[Asked]":
    """What a plan promises: in words, or in the TOML file that is named; nothing where it is empty.
    UsageError for one that is not understood; of words also for any part of it where `whole` is asked for."""
    if not plan:
        return []
    from vaudit.judge.read_plan import PlanError, read, read_toml

    is_file = plan.endswith(".toml")
    try:
        return read_toml(_text(plan)) if is_file else read(plan, whole)
    except PlanError as error:
        raise UsageError(f"--plan{f' {plan}' if is_file else ''}: {error}") from error


def targets(named: "str | Sequence[str] | None") -> list[str]:
    """The places that are named, several with commas between them. UsageError for one that nobody knows."""
    given = [named] if isinstance(named, str) else named or ()
    words = [word.strip() for one in given for word in one.split(",") if word.strip()]
    if not words:
        return []
    from typing import get_args

    from vaudit.model.facts import Target

    for word in words:
        if word not in get_args(Target):
            raise UsageError(f"--target {word!r}: choose some of {', '.join(get_args(Target))}")
    return words


def _text(path: str) -> str:
    """What a file that a user wrote holds. UsageError where it cannot be read."""
    from vaudit import files
    from vaudit.judge.read_plan import MAX_TEXT

    try:
        return files.beginning(path, MAX_TEXT + 1).decode()
    except OSError as error:
        raise UsageError(f"--plan {path}: cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise UsageError(f"--plan {path}: is no text in UTF-8") from error


def checks_with(folders: Sequence[str], *, here: bool = False) -> "Checks":
    """vaudit's checks and those of the system, the user and this call; `here`: to judge this machine alone.
    UsageError for no folder."""
    for folder in folders:
        if not os.path.isdir(folder):
            raise UsageError(f"--checks {folder}: no such folder")
    from vaudit.judge.checks import load

    only: System | None = ("windows" if sys.platform == "win32" else "linux") if here else None
    return load(check_folders(folders), only=only)
