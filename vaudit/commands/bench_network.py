"""`vaudit bench network`: a network alone."""

from typing import Annotated, NamedTuple

from vaudit.bench.units import Effort
from vaudit.commands.alone import BenchFormat, measured
from vaudit.commands.common import USAGE, Stop
from vaudit.commands.options import PEER, Config, DryRun, Option, Strings


class Options(NamedTuple):
    """What `vaudit bench network` is asked for."""

    peer: Annotated[Strings, PEER] = ()
    mode: Annotated[
        Effort, Option("At most 30 s and 2 GiB, or in full.", ("--bench",), choices=("quick", "full"))
    ] = "quick"
    format: BenchFormat = "terminal"
    dry_run: DryRun = False
    config: Config = ""


def run(options: Options) -> int:
    """Measures the network to a peer, and prints what was measured."""
    if not options.peer:
        raise Stop(USAGE, "missing option '--peer'; see `vaudit bench network --help`")
    from vaudit.bench.plan import Wanted

    return measured(Wanted(options.mode, None, options.peer, alone=True), options.format, options.dry_run)
