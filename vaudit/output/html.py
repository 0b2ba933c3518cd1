"""The report as one HTML page: no script runs, nothing is loaded, every string of the machine is escaped."""

import re
from base64 import b64encode
from functools import cache
from hashlib import sha256
from math import ceil, floor, log10
from typing import TYPE_CHECKING, Any

from vaudit import words
from vaudit.model.report import Report
from vaudit.model.versions import read_report
from vaudit.output import outline, text, windows
from vaudit.output.json import compact
from vaudit.output.machine import line
from vaudit.resources import folder, made_of, ready

if TYPE_CHECKING:
    from jinja2 import BaseLoader, Environment

COMPILED = "templates"
"""The folder, in that of what is ready, of the templates as Python modules."""

MOST_EMBEDDED = 16 << 20
"""Characters of a report in JSON that its page carries; that of the largest machine has two million."""
_URL = re.compile(r"https?://[A-Za-z0-9][A-Za-z0-9.-]*(?::\d+)?(?:[/?#][A-Za-z0-9/._~:?#@!$&()*+,;=%-]*)?\Z")


def render(report: Report, *, carry: bool = True) -> str:
    """The whole page. Its look and order are reports/report.html.j2 and reports/style.css. `carry`: with the
    report in it, so that it can be read back."""
    from markupsafe import Markup

    reports = folder("reports")
    with open(f"{reports}/style.css", encoding="utf-8") as file:
        style = file.read()
    digest = b64encode(sha256(style.encode()).digest()).decode()
    page = _environment(reports).get_template("report.html.j2")
    return page.render(
        report=report,
        masked=outline.masked(report),
        facts=report.facts,
        style=Markup(style),  # noqa: S704 - our own file
        style_hash=digest,
        embedded=Markup(_inert(report) if carry else ""),  # noqa: S704 - no character of it can end the element
        carry=carry,
        anchors={excerpt.id: f"e{i}" for i, excerpt in enumerate(report.evidence, 1)},
        excerpts={excerpt.id: excerpt for excerpt in report.evidence},
    )


def history(**shown: Any) -> str:
    """The page of reports/history.html.j2: what kept reports say over time."""
    from markupsafe import Markup

    reports = folder("reports")
    with open(f"{reports}/style.css", encoding="utf-8") as file, open(f"{reports}/history.css") as own:
        style = file.read() + own.read()
    digest = b64encode(sha256(style.encode()).digest()).decode()
    page = _environment(reports).get_template("history.html.j2")
    return page.render(style=Markup(style), style_hash=digest, **shown)  # noqa: S704 - our own files


def embedded(page: str) -> Report:
    """The report that a page carries. Raises VersionError when it carries none that can be read."""
    return read_report(page.encode("utf-8", "replace"), "the report in this page cannot be read")


def _inert(report: Report) -> str:
    """The report's JSON spelt without <, > and &, so that no text in it can end the script element; nothing
    where a page that carries it could not be read back."""
    plain = compact(report)
    if len(plain) + 5 * sum(map(plain.count, "<>&")) > MOST_EMBEDDED:
        return ""
    return plain.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


@cache
def _environment(reports: str) -> "Environment":
    from jinja2 import Environment, StrictUndefined

    from vaudit.output.letter import letter
    from vaudit.output.scale import scale

    env = Environment(
        loader=_loader(reports),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_shown,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    env.globals.update(
        outline=outline, windows=windows, text=text, words=words, decades=decades, scale=scale, machine=line
    )
    env.globals.update(letter_of=letter)
    env.filters.update(raw=_raw, options=_options, log10=log10, values=lambda mapping: list(mapping.values()))
    env.tests.update(url=lambda value: bool(_URL.match(value)))
    return env


def _loader(reports: str) -> "BaseLoader":
    """What gives the templates: the modules that the wheel carries; their sources where those are others."""
    from jinja2 import FileSystemLoader, ModuleLoader

    try:
        with open(f"{ready(COMPILED)}/made_of", "rb") as file:
            compiled = file.read() == _made_of(reports)
    except OSError:
        compiled = False
    return ModuleLoader(ready(COMPILED)) if compiled else FileSystemLoader(reports)


def compile_templates(target: str) -> None:
    """Writes the templates as Python modules into a folder: compiling takes four times what a page takes."""
    reports = folder("reports")
    _environment(reports).compile_templates(target, extensions=["j2"], zip=None, ignore_errors=False)
    with open(f"{target}/made_of", "wb") as file:
        file.write(_made_of(reports))


def _made_of(reports: str) -> bytes:
    """A checksum of the templates and of the Jinja2 that compiles them: a module is for one version."""
    import jinja2

    return made_of(reports, ".j2", jinja2.__version__.encode())


def _shown(value: Any) -> Any:
    """What `{{ … }}` prints: every string cleaned, before Jinja2 escapes it; nothing for None."""
    if type(value) is str:  # and no Markup, which is one too
        # `clean` trims; a space at either end separates words of the template.
        return (
            " " * (value[:1] == " ") + text.clean(value, 1200) + " " * (len(value) > 1 and value[-1:] == " ")
        )
    return "" if value is None else value


def _raw(value: str, most: int = 60) -> Any:
    """Raw evidence with its lines kept, cleaned, clipped and escaped."""
    from markupsafe import escape

    return escape("\n".join(text.lines(value, most)))


_OPTION = re.compile(r"(?<![\w-])--?[a-z][a-z-]{0,30}(?![\w-])")


def _options(value: str) -> Any:
    """A sentence whose options (`--bench`, `-f`) stay in one piece: browsers break lines at hyphens."""
    if " -" not in value:
        return value
    from markupsafe import Markup, escape

    safe = str(escape(text.clean(value, 1200)))
    return Markup(_OPTION.sub(r'<span class="option">\g<0></span>', safe))  # noqa: S704 - escaped above


def decades(low: float, high: float) -> tuple[int, int]:
    """The powers of ten around two positive numbers, at least one apart: the ends of a logarithmic axis."""
    first = floor(log10(low))
    return first, max(ceil(log10(high)), first + 1)
