"""`vaudit evidence`: what a scan reads, and why the platform is called what it is."""

from collections.abc import Iterator
from contextlib import nullcontext
from typing import TYPE_CHECKING, Annotated, NamedTuple

from vaudit.commands.common import USAGE, Stop, printable, write
from vaudit.commands.machines import checks_with, machine, record_at
from vaudit.commands.options import Option, Strings

if TYPE_CHECKING:
    from vaudit.model.facts import Hypervisor


class Options(NamedTuple):
    """What `vaudit evidence` is asked for."""

    from_: Annotated[Strings, Option("List what this record holds.", ("--from",), "PATH")] = ()


def run(options: Options) -> int:
    """Lists what a scan reads."""
    if len(options.from_) > 1:
        raise Stop(USAGE, "evidence lists one record: give --from once")
    with nullcontext(record_at(options.from_[0])) if options.from_ else machine() as recorder:
        from vaudit.evidence.listing import listing
        from vaudit.pipeline import scan

        report = scan(recorder, checks_with([]))
        lines = [*listing(recorder, report.coverage.root_adds), *witnesses(report.facts.hypervisor)]
    write("".join(f"{printable(line)}\n" for line in lines))
    return 0


def witnesses(found: "Hypervisor") -> Iterator[str]:
    """Why the platform is called what it is: each signal, what it speaks for and how much, and doubts."""
    yield ""
    yield f"The platform is called {found.kind} (role {found.role}, confidence {found.confidence}) because of"
    for one in found.witnesses:
        yield f"  {one.weight:>3}  {one.points_to or '-':<18} {one.says}  [{one.evidence}]"
    if found.contradictions:
        yield "although"
        yield from (f"       {text}" for text in found.contradictions)
