"""`vaudit record`: what a scan of this machine reads, as a file that can be replayed elsewhere."""

from typing import TYPE_CHECKING, Annotated, NamedTuple, get_args

from vaudit.commands.common import complain, refuse_unwritable, unwritten
from vaudit.commands.machines import needs_linux, refusals
from vaudit.commands.options import PEER, Bench, Device, Disk, Option, Yes

if TYPE_CHECKING:
    from vaudit.api import Recorded


class Options(NamedTuple):
    """What `vaudit record` is asked for."""

    output: Annotated[str, Option("Where the dump goes.", ("--output", "-o"), "FILE")]
    raw: Annotated[bool, Option("Keep serials, addresses and names as they are.", ("--raw",))] = False
    bench: Annotated[
        Bench,
        Option("Also keep benchmark results.", ("--bench",), choices=get_args(Bench)),
    ] = "off"
    disk: Disk = "."
    peer: Annotated[str | None, PEER] = None
    device: Device = None
    yes: Yes = False


def run(options: Options) -> int:
    """Records this machine into a dump."""
    needs_linux("recording this machine")
    refuse_unwritable(options.output)
    told = _recorded(options)
    complain(f"{options.output}: {told.entries} entries, {told.size >> 10} KiB")
    if told.masked:
        counts = ", ".join(f"{count} {name}" for name, count in sorted(told.masked.items()))
        complain(f"masked: {counts}; look it over before you share it")
    return 0


def _recorded(options: Options) -> "Recorded":
    from vaudit import api
    from vaudit.commands.screen import progress

    given = {key: getattr(options, key) for key in ("raw", "bench", "disk", "peer", "device", "yes")}
    try:
        with refusals(), progress() as show:
            return api.record(options.output, **given, progress=show)
    except OSError as error:
        raise unwritten(options.output, error) from error
