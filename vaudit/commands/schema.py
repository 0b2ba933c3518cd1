"""`vaudit schema`: the report's contract."""

from typing import NamedTuple

from vaudit.commands.common import write


class Options(NamedTuple):
    """`vaudit schema` has none."""


def run(_options: Options) -> int:
    """Prints the report's JSON Schema."""
    from vaudit.output.schema import render

    write(render())
    return 0
