"""`vaudit record`: what a scan of this machine reads, as a file that can be replayed elsewhere."""

from typing import Annotated, NamedTuple

from vaudit.commands.common import complain, refuse_unwritable, save
from vaudit.commands.machines import checks_with, machine, needs_linux
from vaudit.commands.options import MODES, PEER, Device, Disk, Option, Yes


class Options(NamedTuple):
    """What `vaudit record` is asked for."""

    output: Annotated[str, Option("Where the dump goes.", ("--output", "-o"), "FILE")]
    raw: Annotated[bool, Option("Keep serials, addresses and names as they are.", ("--raw",))] = False
    bench: Annotated[str, Option("Also keep benchmark results.", ("--bench",), choices=(*MODES, "off"))] = (
        "off"
    )
    disk: Disk = "."
    peer: Annotated[str | None, PEER] = None
    device: Device = None
    yes: Yes = False


def run(options: Options) -> int:
    """Records this machine into a dump."""
    from vaudit.commands.measuring import Wanted, measure

    needs_linux("recording this machine")
    refuse_unwritable(options.output)
    wanted = Wanted(options.bench, options.disk, options.peer, options.device, options.yes)
    with machine() as recorder:
        from vaudit.evidence.record import write as dump
        from vaudit.scan import scan

        scan(recorder, checks_with([]), measure(recorder, wanted))
        text, masked = dump(recorder, sanitize=not options.raw)
    save(options.output, text)
    entries = sum(line[:1] == "@" for line in text.splitlines()) - 2
    complain(f"{options.output}: {entries} entries, {len(text) >> 10} KiB")
    if masked:
        counts = ", ".join(f"{count} {name}" for name, count in sorted(masked.items()))
        complain(f"masked: {counts}; look it over before you share it")
    return 0
