"""`vaudit checks`: a list of all checks in force."""

from typing import NamedTuple

from vaudit.commands.common import USAGE, write
from vaudit.commands.machines import checks_with
from vaudit.commands.options import Config, Folders


class Options(NamedTuple):
    """What `vaudit checks` is asked for."""

    folders: Folders = ()
    config: Config = ""


def run(options: Options) -> int:
    """Lists all checks; USAGE when a user's check cannot be used."""
    from vaudit.judge.explain import overview

    checks = checks_with(options.folders)
    write(overview(checks))
    return USAGE if checks.problems else 0
