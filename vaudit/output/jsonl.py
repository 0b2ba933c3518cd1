"""The whole report as one line of JSON, so that many can be appended to a file and grepped."""

from vaudit.output.json import compact
from vaudit.report import Report


def render(report: Report) -> str:
    """One line, one report."""
    return compact(report) + "\n"
