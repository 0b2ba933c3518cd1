"""`vaudit prometheus`: the newest kept report for node_exporter's folder of text files."""

from typing import TYPE_CHECKING, Annotated, NamedTuple

from vaudit.commands.common import FAILED, Stop, put, refuse_unwritable, unwritten, write
from vaudit.commands.options import Config, Option, State

if TYPE_CHECKING:
    from vaudit.model.report import Report

MODE = 0o644
"""Of the file: node_exporter runs as a user of its own."""
RULES = "monitoring/vaudit.rules.yml"
"""The alert rules, in reports/."""


class Options(NamedTuple):
    """What `vaudit prometheus` is asked for."""

    output: Annotated[
        str,
        Option(
            "Write them to this file, whole or not at all, in place of printing them.",
            ("--output", "-o"),
            "FILE",
        ),
    ] = ""
    rules: Annotated[bool, Option("Print alert rules for Prometheus.", ("--rules",))] = False
    state: State = ""
    config: Config = ""


def run(options: Options) -> int:
    """Prints or writes the metrics of the newest report that was kept; or prints the alert rules."""
    if options.rules:
        write(rules())
        return 0
    from vaudit.history.state import StateError, folder, last_report

    try:
        report = last_report(folder(options.state))
    except StateError as error:
        raise Stop(FAILED, str(error)) from error
    if options.output:
        refuse_unwritable(options.output)
        save(options.output, report)
        return 0
    put(_text(report), "text/plain")
    return 0


def save(path: str, report: "Report") -> None:
    """Writes the metrics of a report. Raises Stop. What is in the making has no name that ends in .prom: of
    such a file node_exporter would read a half."""
    import os

    from vaudit import files

    before = os.umask(0o777 & ~MODE)
    try:
        files.save(path, _text(report), MODE)
    except OSError as error:
        raise unwritten(path, error) from error
    finally:
        os.umask(before)


def rules() -> str:
    """The alert rules that this vaudit brings."""
    from vaudit import resources

    with open(f"{resources.folder('reports')}/{RULES}", encoding="utf-8") as file:
        return file.read()


def _text(report: "Report") -> str:
    from vaudit.output import harmless
    from vaudit.output.prometheus import render

    return harmless(render(report))
