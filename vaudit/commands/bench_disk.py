"""`vaudit bench disk`: a disk alone."""

from typing import Annotated, NamedTuple

from vaudit.commands.alone import BenchFormat, HowMuch, measured
from vaudit.commands.options import BusyOk, Device, DryRun, Option, Yes


class Options(NamedTuple):
    """What `vaudit bench disk` is asked for."""

    folder: Annotated[str, Option("The folder whose disk is measured.", metavar="DIR")] = "."
    device: Device = None
    yes: Yes = False
    mode: HowMuch = "quick"
    format: BenchFormat = "terminal"
    dry_run: DryRun = False
    busy_ok: BusyOk = False


def run(options: Options) -> int:
    """Measures a disk, and prints what was measured."""
    from vaudit.bench.plan import Wanted

    wanted = Wanted(
        options.mode,
        options.folder,
        (),
        options.device,
        options.yes,
        alone=True,
        busy_ok=options.busy_ok,
    )
    return measured(wanted, options.format, options.dry_run)
