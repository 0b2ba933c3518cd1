"""`vaudit scan --can docker,proxmox`: just these answers, and an exit code that scripts can ask."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from vaudit.commands.common import FAILED, FINDINGS, USAGE, Stop, printable
from vaudit.words import joined

if TYPE_CHECKING:
    from vaudit.judge.rules import Checks
    from vaudit.model.facts import Workload
    from vaudit.model.report import Report


_ELSEWHERE = "it is made for another system"


def names(text: str, checks: "Checks") -> list[str]:
    """The workloads that are asked for. Raises Stop for one that nobody has heard of."""
    known = [one.name for one in checks.workloads]
    wanted = [word.strip() for word in text.split(",") if word.strip()]
    for word in wanted or [text]:
        if word not in known:
            raise Stop(USAGE, f"--can {word!r}: name some of {joined(known)}")
    return wanted


def lines(report: "Report", wanted: Sequence[str]) -> str:
    """A line for each: its name, the answer, and why."""
    told = (f"{one.name}: {one.word}: {one.reason}" for one in _asked(report, wanted))
    return "".join(f"{printable(line)}\n" for line in told)


def code(report: "Report", wanted: Sequence[str]) -> int:
    """0 where all are yes, FINDINGS where one is no, FAILED where one is not known and none is no."""
    said = {one.possible for one in _asked(report, wanted)}
    return FINDINGS if False in said else FAILED if None in said else 0


def _asked(report: "Report", wanted: Sequence[str]) -> list["Workload"]:
    from vaudit.model.facts import Workload

    by_name = {one.name: one for one in report.facts.workloads}
    return [by_name.get(name) or Workload(name, name, False, _ELSEWHERE) for name in wanted]
