"""The table of formats: a new one needs a module and a line, and decides itself what it can do."""

import sys
from types import ModuleType

import pytest

from tests.output.samples import good
from vaudit.commands.common import Stop
from vaudit.commands.documents import Documents
from vaudit.model.report import Report
from vaudit.output import FORMATS, Format, format_of, render


@pytest.fixture
def junit(monkeypatch) -> Format:
    """A format as CI systems read it: an element a machine in one document, with an exit code of its own."""
    module = ModuleType("junit_of_a_test")
    module.render = lambda report, verbose=False: f"<suite loud='{verbose}'/>\n"  # type: ignore[attr-defined]
    module.exit_code = lambda report: 2  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, module.__name__, module)
    made = Format(
        module.__name__,
        "for CI",
        "application/xml",
        (".xml",),
        options=("verbose",),
        many=("<suites>\n", "\n", "\n</suites>\n"),
    )
    monkeypatch.setitem(FORMATS, "junit", made)
    return made


def shown(name: str, reports: list[Report], framed: bool, capsys) -> str:
    documents = Documents(name, [], "never", True)
    for report in reports:
        documents.add(report, framed)
    documents.end(framed)
    text: str = capsys.readouterr().out
    return text


def test_a_format_has_options_frames_many_and_decides_the_exit_code(junit: Format, capsys, tmp_path) -> None:
    assert shown("junit", [good()], False, capsys) == "<suite loud='True'/>\n"
    assert shown("junit", [good()], True, capsys) == "<suites>\n<suite loud='True'/>\n</suites>\n"
    assert shown("junit", [], True, capsys) == "<suites>\n</suites>\n"
    assert Documents("junit", [], "never", False).exit_code(good()) == 2
    assert format_of("a.XML") == "junit"
    documents = Documents("json", [str(tmp_path / "a.xml")], "never", True)
    for _ in range(2):
        documents.add(good(), True)
    documents.end(True)
    both = "<suites>\n<suite loud='False'/>\n<suite loud='False'/>\n</suites>\n"
    assert (tmp_path / "a.xml").read_text() == both


@pytest.mark.parametrize("name", ["terminal", "paste", "jsonl"])
def test_many_reports_follow_one_another(name: str, capsys) -> None:
    one = shown(name, [good()], True, capsys)
    assert shown(name, [good(), good()], True, capsys) == one + one
    assert shown(name, [], True, capsys) == ""


def test_the_other_formats_leave_the_exit_code_to_fail_on() -> None:
    assert {form.exit_code(good()) for form in FORMATS.values()} == {None}


def test_no_format_takes_an_option_that_is_not_its_own() -> None:
    for name in FORMATS:
        assert render(name, good(), verbose=True).endswith("\n")
    with pytest.raises(ValueError, match=f"choose one of {', '.join(FORMATS)}"):
        render("pdf", good())


def test_what_holds_one_machine_refuses_many_before_anything_is_read(tmp_path) -> None:
    with pytest.raises(Stop, match=r"a\.html shows one machine, and these are several: use terminal"):
        Documents("json", [str(tmp_path / "a.html")], "never", False).refuse_many()
    Documents("json", [str(tmp_path / "a.json")], "never", False).refuse_many()
    assert not list(tmp_path.iterdir())
