"""What CI formats count as a fault: one rule for all of them, that of the exit code."""

from vaudit.model.finding import Severity
from vaudit.model.report import Report

FAIL_ON = "medium"
"""Where nobody says from which severity on, as for a library's caller."""


def border(fail_on: str) -> Severity:
    """From which severity on a failed check is a fault: from --fail-on on, as for the exit code. `never` says
    that nobody minds the exit code: then all but information is."""
    return "low" if fail_on == "never" else fail_on  # type: ignore[return-value]


def faults(report: Report, fail_on: str) -> set[int]:
    """The identities of the findings that are faults."""
    return set(map(id, report.failed(border(fail_on))))
