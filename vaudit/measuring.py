"""Benchmarks as a part of a scan: what cannot be meant is refused before anything starts."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from vaudit.machines import UsageError

if TYPE_CHECKING:
    from vaudit.bench.borders import Borders
    from vaudit.bench.plan import Wanted
    from vaudit.bench.recording import Recordings
    from vaudit.evidence.recorder import Recorder
    from vaudit.model.facts import Facts
    from vaudit.recorded import Measure


def refuse_unclear(wanted: "Wanted") -> None:
    """A name or a peer that cannot be meant, and a raw device without consent, raise UsageError."""
    from vaudit.bench.network.plan import parse_peer
    from vaudit.bench.system.errors import BenchError

    for what, name in (("folder", wanted.disk), ("device", wanted.device)):
        if name == "":  # a path would make the current folder of it
            raise UsageError(f"the disk to measure: '' names no {what}")
    if wanted.device is not None and not wanted.yes:
        raise UsageError(f"--device {wanted.device}: reading a raw device needs --yes; nothing is written")
    for peer in wanted.peers:
        try:
            parse_peer(peer)
        except BenchError as error:
            raise UsageError(str(error)) from error


def measuring(recorder: "Recorder", wanted: "Wanted", progress: Callable[[str], None]) -> "Measure":
    """What runs the benchmarks; raw outputs of programs are kept as evidence. UsageError as above."""
    refuse_unclear(wanted)

    def keep(name: str, text: str) -> None:
        from vaudit.evidence.source import Entry

        recorder.add(Entry("run", name, "read", text.encode()))

    def run(facts: "Facts", borders: "Borders") -> "Recordings":
        from vaudit import threads

        if threads.may_not_fork():  # none of them, nor sees a program start in their midst
            from vaudit.bench import apart

            return apart.run(wanted, facts, borders, progress, keep)
        from vaudit.bench import plan, run

        return run.run(plan.wanted(wanted, facts), borders, progress, keep)

    return run
