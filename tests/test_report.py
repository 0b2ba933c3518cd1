"""Stored reports are read one by one, and a file that would fill the memory is refused."""

from pathlib import Path

import pytest

from tests.output.samples import good
from vaudit.commands import report
from vaudit.commands.common import FAILED, Stop
from vaudit.model import versions
from vaudit.output import render

ONE = render("json", good())
LINE = render("jsonl", good())


@pytest.mark.parametrize(
    ("content", "number"),
    [
        (ONE, 1),
        (LINE, 1),
        (LINE * 3, 3),
        (LINE + "\n \n" + LINE.rstrip(), 2),
        (f"[{ONE}, {LINE}]", 2),
        (f"\n [{LINE}]", 1),
        ("[]", 0),
    ],
)
def test_all_that_was_written_is_read_again(content: str, number: int, tmp_path: Path) -> None:
    (tmp_path / "a").write_text(content)
    read = list(report.stored(str(tmp_path / "a")))
    assert [one.source for one in read] == [good().source] * number


def test_a_page_carries_its_report(tmp_path: Path) -> None:
    (tmp_path / "page.html").write_text(render("html", good()))
    assert [one.source for one in report.stored(str(tmp_path / "page.html"))] == [good().source]


@pytest.mark.parametrize(
    "content", ["", "{}", "[1]", "[", "{\n", "<html>", LINE + "{}\n", "\0" * 99, "[" * 9999]
)
def test_anything_else_is_one_line(content: str, tmp_path: Path) -> None:
    (tmp_path / "a").write_text(content)
    with pytest.raises(Stop) as stopped:
        list(report.stored(str(tmp_path / "a")))
    assert stopped.value.code == FAILED
    assert "\n" not in str(stopped.value)
    assert str(tmp_path / "a") in str(stopped.value)


def test_a_file_that_is_too_large_is_refused_unless_it_is_read_line_by_line(
    tmp_path: Path, monkeypatch
) -> None:
    monkeypatch.setattr(versions, "MAX_REPORT", 2 * len(LINE))
    (tmp_path / "lines").write_text(LINE * 9)
    assert len(list(report.stored(str(tmp_path / "lines")))) == 9
    (tmp_path / "list").write_text("[" + ",".join([LINE] * 9) + "]")
    with pytest.raises(Stop, match="keep the reports of many as jsonl"):
        list(report.stored(str(tmp_path / "list")))


def test_one_that_is_none_does_not_end_the_others(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "a").write_text(LINE + "{}\n" + LINE + '{"schema": "vaudit.report/9"}\n' + LINE)
    assert report.run(report.Options(str(tmp_path / "a"), format="jsonl")) == FAILED
    told = capsys.readouterr()
    assert len(told.out.splitlines()) == 3
    assert [line.partition(": ")[0] for line in told.err.splitlines()] == ["vaudit", "vaudit"]
