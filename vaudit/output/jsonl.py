"""The whole report as one line of JSON, so that many can be appended to a file and grepped."""

from vaudit.model.report import Report
from vaudit.output.json import compact


def render(report: Report) -> str:
    """One line, one report."""
    return compact(report) + "\n"
