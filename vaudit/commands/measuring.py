"""`--dry-run`: what a run of benchmarks would do."""

from vaudit.bench.plan import Wanted, describe, wanted
from vaudit.commands.machines import refusals
from vaudit.measuring import refuse_unclear


def described(what: Wanted) -> str:
    """The lines that --dry-run prints. Raises Stop for what cannot be meant."""
    with refusals():
        refuse_unclear(what)
    return "".join(f"{line}\n" for line in describe(wanted(what)))
