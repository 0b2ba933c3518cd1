"""Benchmarks as a part of commands: what the user wants measured, what that would do, and doing it."""

from typing import TYPE_CHECKING, NamedTuple

from vaudit.bench.units import Effort
from vaudit.commands.common import USAGE, Stop
from vaudit.commands.screen import progress

if TYPE_CHECKING:
    from vaudit.bench.borders import Borders
    from vaudit.bench.plan import Plan
    from vaudit.bench.recording import Recordings
    from vaudit.evidence.recorder import Recorder
    from vaudit.model.facts import Facts
    from vaudit.recorded import Measure


class Wanted(NamedTuple):
    """What the user wants measured."""

    effort: Effort
    disk: str | None = None
    """A folder."""
    peer: str | None = None
    device: str | None = None
    """A raw device, which takes the folder's place."""
    yes: bool = False
    """The user knows that it is a raw device or a network file system."""
    alone: bool = False
    """Nothing else of the machine."""


def refuse_unclear(wanted: Wanted) -> None:
    """A peer that cannot be meant, and a raw device without --yes, raise Stop."""
    from vaudit.bench.network.plan import parse_peer
    from vaudit.bench.system.errors import BenchError

    if wanted.device is not None and not wanted.yes:
        raise Stop(USAGE, f"--device {wanted.device}: reading a raw device needs --yes; nothing is written")
    if wanted.peer is not None:
        try:
            parse_peer(wanted.peer)
        except BenchError as error:
            raise Stop(USAGE, str(error)) from error


def _plan(wanted: Wanted, facts: "Facts | None" = None) -> "Plan":
    from vaudit.bench import plan as planning

    return planning.make(
        wanted.effort,
        wanted.disk,
        wanted.peer,
        facts,
        device=wanted.device,
        consent=wanted.yes,
        alone=wanted.alone,
    )


def described(wanted: Wanted) -> str:
    """The lines that --dry-run prints. Raises Stop for what cannot be meant."""
    from vaudit.bench.plan import describe

    refuse_unclear(wanted)
    return "".join(f"{line}\n" for line in describe(_plan(wanted)))


def measuring(recorder: "Recorder", wanted: Wanted) -> "Measure":
    """What runs the benchmarks; raw outputs of programs are kept as evidence.

    Raises Stop for what cannot be meant.
    """
    refuse_unclear(wanted)

    def run(facts: "Facts", borders: "Borders") -> "Recordings":
        from vaudit.bench.run import run as start
        from vaudit.evidence.source import Entry

        def keep(name: str, text: str) -> None:
            recorder.add(Entry("run", name, "read", text.encode()))

        show, clear = progress()
        try:
            return start(_plan(wanted, facts), borders, show, keep)
        finally:
            clear()

    return run
