"""`vaudit explain`: one check in words, or what holds today of what people say of a word."""

from typing import Annotated, NamedTuple

from vaudit.commands.common import USAGE, Stop, write
from vaudit.commands.machines import checks_with
from vaudit.commands.options import Config, Folders, Option


class Options(NamedTuple):
    """What `vaudit explain` is asked for."""

    id: Annotated[str, Option("A check's id, or a word: kvm, xen-hvm, pvh, balloon, steal.", metavar="ID")]
    folders: Folders = ()
    config: Config = ""


def run(options: Options) -> int:
    """Explains one check, or one word of virtualization."""
    from vaudit.judge.explain import explain
    from vaudit.judge.rules import CheckError

    try:
        write(explain(checks_with(options.folders), options.id))
    except CheckError as error:
        raise Stop(USAGE, str(error)) from error
    return 0
