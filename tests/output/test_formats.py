"""The table of formats is complete, and each format costs only what it needs."""

import subprocess
import sys
from importlib import import_module

import pytest

from tests.output.samples import ALL
from vaudit.output import FORMATS, format_of, render


@pytest.mark.parametrize("form", sorted(FORMATS))
@pytest.mark.parametrize("name", sorted(ALL))
def test_every_format_renders_every_report(form: str, name: str) -> None:
    made = render(form, ALL[name]())
    assert made.endswith("\n")
    made.encode()  # no lone surrogate is left


@pytest.mark.parametrize("form", sorted(FORMATS))
def test_every_format_is_a_module_with_a_render(form: str) -> None:
    assert callable(import_module(FORMATS[form].module).render)


def test_a_file_name_asks_for_its_format() -> None:
    names = ("a/b.HTML", "x.json", "x.jsonl", "x.txt", "x.pdf", "html")
    assert [format_of(name) for name in names] == ["html", "json", "jsonl", "terminal", None, None]


def test_no_two_formats_claim_one_suffix() -> None:
    suffixes = [suffix for form in FORMATS.values() for suffix in form.suffixes]
    assert len(suffixes) == len(set(suffixes))


def test_an_unknown_format_is_named_with_the_choices() -> None:
    with pytest.raises(ValueError, match=r"unknown format 'pdf'.*html"):
        render("pdf", ALL["empty"]())


@pytest.mark.parametrize(
    ("form", "unwanted"),
    [
        ("json", {"jinja2", "rich", "pydantic", "html"}),
        ("jsonl", {"jinja2", "rich", "pydantic"}),
        ("terminal", {"jinja2", "rich", "pydantic"}),
        ("paste", {"jinja2", "rich", "pydantic"}),
        ("html", {"rich", "pydantic"}),
    ],
)
def test_a_format_imports_only_what_it_needs(form: str, unwanted: set[str]) -> None:
    program = (
        "import sys; from vaudit.output import render; from vaudit.model.report import *;"
        "from vaudit.model.facts import Facts;"
        f"render({form!r}, Report(Origin('machine', 'x'), Facts(), '', '0'));"
        "print(*sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert not unwanted & set(done.stdout.split())
