"""What `vaudit bench disk` and `vaudit bench network` share: one thing is measured, and nothing judged."""

from typing import TYPE_CHECKING, Annotated, get_args

from vaudit.bench.units import Effort
from vaudit.commands.common import FAILED, Stop, complain, put, write
from vaudit.commands.machines import checks_with, machine, needs_measuring
from vaudit.commands.options import Option

if TYPE_CHECKING:
    from vaudit.bench.plan import Wanted

BenchFormat = Annotated[str, Option("How it is printed.", ("--format", "-f"), choices=("terminal", "json"))]
HowMuch = Annotated[
    Effort,
    Option(
        "For 3 s beside other work (light), for at most 30 s and 2 GiB, or in full.",
        ("--bench",),
        choices=get_args(Effort),
    ),
]


def measured(wanted: "Wanted", form: str, dry_run: bool) -> int:
    """Measures, and prints what was measured; or says what would be."""
    needs_measuring(peers=wanted.peers, device=wanted.device)
    if dry_run:
        from vaudit.commands.measuring import described

        write(described(wanted))
        return 0
    from vaudit.commands.screen import progress

    with machine() as recorder, progress() as show:
        from vaudit.measuring import measuring
        from vaudit.pipeline import scan
        from vaudit.recorded import UNMEASURED

        report = scan(recorder, checks_with([]), measuring(recorder, wanted, show))
    if not report.benchmarks:
        raise Stop(FAILED, next((note for note in report.notes if note.startswith(UNMEASURED)), UNMEASURED))
    if form == "json":
        import msgspec

        from vaudit.output.json import safe

        put(safe(msgspec.json.format(msgspec.json.encode(report.benchmarks))) + "\n", "application/json")
    else:
        from vaudit.commands.screen import width
        from vaudit.output.terminal import benchmarks

        write(benchmarks(report, width=width()))
    from vaudit.commands.measuring import missed

    failed = any(one.status == "error" for one in report.benchmarks)
    reasons = missed(report.benchmarks, ("disk", "network"))
    for reason in reasons:
        complain(f"not measured: {reason}")
    return FAILED if failed or reasons else 0
