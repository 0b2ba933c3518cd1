"""One function a format: `render(report, ...) -> str`. The table below is all there is to know of them."""

import os
from importlib import import_module
from typing import NamedTuple

from vaudit.model.report import Report


class Format(NamedTuple):
    """Where a format is made, and the file names that ask for it."""

    module: str
    suffixes: tuple[str, ...]
    about: str


FORMATS = {
    "terminal": Format("vaudit.output.terminal", (".txt",), "for reading here: findings first"),
    "paste": Format("vaudit.output.paste", (), "at most 25 plain lines for a forum post or a ticket"),
    "json": Format("vaudit.output.json", (".json",), "everything, one indented object"),
    "jsonl": Format("vaudit.output.jsonl", (".jsonl", ".ndjson"), "everything, one line a report"),
    "html": Format("vaudit.output.html", (".html", ".htm"), "one self-contained page"),
}


def format_of(path: str) -> str | None:
    """The format that a file name asks for by its suffix; None when it asks for none."""
    suffix = os.path.splitext(path)[1].lower()
    return next((name for name, form in FORMATS.items() if suffix in form.suffixes), None)


def render(name: str, report: Report, *, width: int = 80, color: bool = False, verbose: bool = False) -> str:
    """The report in one of FORMATS, ending with a newline; `width` (columns), `color` and `verbose` are for
    the terminal alone. ValueError for an unknown name."""
    if name not in FORMATS:
        raise ValueError(f"unknown format {name!r}: choose one of {', '.join(FORMATS)}")
    options = {"width": width, "color": color, "verbose": verbose} if name == "terminal" else {}
    text: str = import_module(FORMATS[name].module).render(report, **options)
    return text
