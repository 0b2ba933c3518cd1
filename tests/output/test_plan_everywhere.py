"""The machine and the plan that was given stand in every format that people read."""

from collections.abc import Callable

import pytest

from tests.machines import source
from vaudit.evidence.recorder import Recorder
from vaudit.judge.checks import load
from vaudit.judge.read_plan import read
from vaudit.model.report import Report
from vaudit.output import html, junit, letter, machine, markdown, paste, terminal
from vaudit.pipeline import scan


@pytest.fixture(scope="module")
def report() -> Report:
    """2 processors, 23.5 GiB."""
    plan = read("2 vCPU, 32 GB RAM, up to 1 Gbit/s, RAID 10, Frankfurt")
    return scan(Recorder(source("firecracker-stale-dockerenv")), load(), plan=plan)


READ: dict[str, Callable[[Report], str]] = {
    "html": html.render, "markdown": markdown.render, "paste": paste.render, "letter": letter.render,
    "terminal": lambda report: terminal.render(report, 4000),
}  # fmt: skip


@pytest.mark.parametrize("name", READ)
def test_what_is_not_kept_stands_in_each(name: str, report: Report) -> None:
    said = READ[name](report)
    assert "32 GB of memory" in said and "23.5 GiB" in said
    assert "AMD EPYC, 2 vCPUs" in said


@pytest.mark.parametrize("name", ["html", "markdown", "terminal"])
def test_each_promise_is_a_line_and_what_is_not_understood_is_one(name: str, report: Report) -> None:
    said = READ[name](report).replace("&#39;", "'").replace("\\", "")
    for one in report.plan:
        assert one.promised in said and one.because.replace("&#39;", "'") in said
    assert "'Frankfurt'" in said


def test_markdown_begins_with_the_machine_then_the_answer_then_the_plan(report: Report) -> None:
    said = markdown.render(report).replace("\\", "")
    places = [
        said.index(part)
        for part in (machine.line(report), report.verdict.sentence, "| promised |", "| platform |")
    ]
    assert places == sorted(places)


def test_a_pipeline_is_told_which_machine_it_is(report: Report) -> None:
    assert 'name="system" value="AMD EPYC, 2 vCPUs, ' in junit.render(report)
