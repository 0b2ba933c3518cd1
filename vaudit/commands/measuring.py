"""What commands that measure share: `--dry-run`, and whether what was asked for was measured."""

from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING

from vaudit.bench.plan import Wanted, describe, wanted
from vaudit.commands.machines import refusals
from vaudit.measuring import refuse_unclear

if TYPE_CHECKING:
    from vaudit.model.benchmark import Benchmark


def described(what: Wanted) -> str:
    """The lines that --dry-run prints. Raises Stop for what cannot be meant."""
    with refusals():
        refuse_unclear(what)
    return "".join(f"{line}\n" for line in describe(wanted(what)))


def missed(benchmarks: "Sequence[Benchmark]", areas: Collection[str]) -> list[str]:
    """Why nothing was measured of each disk or peer of these areas. A peer that was reached by one of IPv4
    and IPv6 was measured."""
    verdicts: dict[tuple[str, str], list[Benchmark]] = {}
    for one in benchmarks:
        area, _, what = one.id.partition(".")
        if what == "verdict" and area in areas:
            verdicts.setdefault((area, one.target.partition(" ")[0]), []).append(one)
    return [found[0].reason for found in verdicts.values() if all(one.status != "ok" for one in found)]


def named(what: Wanted) -> list[str]:
    """The areas of which the user named what is to be measured."""
    disk = what.device is not None or what.disk not in (None, ".")
    network = what.peers if what.effort != "light" else ()  # which leaves the network alone
    return [area for area, asked in (("disk", disk), ("network", network)) if asked]
