"""`vaudit record`: what a scan of this machine reads, as a file that can be replayed elsewhere."""

import sys
from typing import TYPE_CHECKING, Annotated, NamedTuple, get_args

from vaudit.commands.common import (
    DUMP,
    STANDARD_OUTPUT,
    USAGE,
    Stop,
    complain,
    printable,
    put,
    refuse_unwritable,
    unwritten,
    write,
)
from vaudit.commands.machines import needs_measuring, refusals
from vaudit.commands.options import PEER, Bench, Device, Disk, Option, Salt, Strings, Yes
from vaudit.words import many

if TYPE_CHECKING:
    from vaudit.written import Recorded


class Options(NamedTuple):
    """What `vaudit record` is asked for."""

    output: Annotated[
        str, Option("Where the dump goes; - is standard output.", ("--output", "-o"), "FILE")
    ] = ""
    from_: Annotated[Strings, Option("Mask this record, not this machine's.", ("--from",), "PATH")] = ()
    raw: Annotated[bool, Option("Keep serials, addresses and names as they are.", ("--raw",))] = False
    show: Annotated[bool, Option("Show on the terminal each line that was masked.", ("--show",))] = False
    salt: Salt = ""
    bench: Annotated[
        Bench,
        Option("Also keep benchmark results.", ("--bench",), choices=get_args(Bench)),
    ] = "off"
    disk: Disk = "."
    peer: Annotated[Strings, PEER] = ()
    device: Device = None
    yes: Yes = False


def run(options: Options) -> int:
    """Records this machine into a dump, or masks the record of one."""
    _refuse(options)
    if _file(options):
        refuse_unwritable(options.output)
    told = _recorded(options)
    if options.output == STANDARD_OUTPUT:
        put(told.text, DUMP)
    if options.output:
        complain(f"{options.output}: {many(told.entries, 'entry', 'entries')}, {told.size >> 10} KiB")
    if told.masked:
        counts = ", ".join(f"{count} {name}" for name, count in sorted(told.masked.items()))
        complain(f"masked: {counts}; look it over before you share it")
    return 0


def _refuse(options: Options) -> None:
    """Raises Stop for what cannot be meant."""
    if not options.output and not options.show:
        raise Stop(USAGE, "missing option '--output' / '-o'; see `vaudit record --help`")
    if len(options.from_) > 1:
        raise Stop(USAGE, "record masks one record: give --from once")
    if options.raw and (options.show or options.from_ or options.salt):
        raise Stop(USAGE, "--raw masks nothing: it cannot go with --from, --show or --salt")
    if options.from_ and options.bench != "off":
        raise Stop(USAGE, "--bench measures this machine: it cannot go with --from")
    if options.show and options.output == STANDARD_OUTPUT:
        raise Stop(USAGE, "--show writes to standard output too: name a file with -o")
    if options.show and not sys.stdout.isatty():
        raise Stop(USAGE, "--show tells what was masked: to a terminal only")
    if not options.from_ and options.bench != "off":
        needs_measuring("record with --bench off", peers=options.peer or (), device=options.device)


def _file(options: Options) -> str | None:
    return None if options.output in ("", STANDARD_OUTPUT) else options.output


def _recorded(options: Options) -> "Recorded":
    from vaudit import api
    from vaudit.commands.screen import progress

    given = {key: getattr(options, key) for key in ("raw", "salt", "bench", "disk", "peer", "device", "yes")}
    source = options.from_[0] if options.from_ else None
    changes = _show if options.show else None
    try:
        with refusals(), progress() as show:
            return api.record(_file(options), source=source, changes=changes, **given, progress=show)
    except OSError as error:
        raise unwritten(options.output, error) from error


def _show(line: str) -> None:
    write(f"{printable(line)}\n")
