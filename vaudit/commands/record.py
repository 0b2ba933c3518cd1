"""`vaudit record`: what a scan of this machine reads, as a file that can be replayed elsewhere."""

from typing import Annotated, NamedTuple, get_args

from vaudit.commands.common import complain, refuse_unwritable, save
from vaudit.commands.machines import checks_with, machine, needs_linux
from vaudit.commands.options import PEER, Bench, Device, Disk, Option, Yes


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
    from vaudit.commands.measuring import Wanted, measuring

    needs_linux("recording this machine")
    refuse_unwritable(options.output)
    what = (options.disk, options.peer, options.device, options.yes)
    with machine() as recorder:
        from vaudit.evidence.record import write as dump
        from vaudit.scan import scan

        measure = measuring(recorder, Wanted(options.bench, *what)) if options.bench != "off" else None
        scan(recorder, checks_with([]), measure)
        text, masked = dump(recorder, sanitize=not options.raw)
    save(options.output, text)
    entries = sum(line[:1] == "@" for line in text.splitlines()) - 2
    complain(f"{options.output}: {entries} entries, {len(text) >> 10} KiB")
    if masked:
        counts = ", ".join(f"{count} {name}" for name, count in sorted(masked.items()))
        complain(f"masked: {counts}; look it over before you share it")
    return 0
