"""The formats. Each is a module with `render(report, …) -> str`, and what is to be known of it stands below.

A module may also hold `exit_code(report) -> int`, where its readers have a convention of their own, as
monitoring systems have (without it `--fail-on` decides); and `failed(name, reason) -> str`, which shows a
machine that could not be audited (without it that is only said on stderr).
"""

import os
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from vaudit.model.report import Report


class Format:
    """Where a format is made, and what it can do.

    `media` is its media type, `suffixes` are the file names that ask for it, `options` what `render` takes
    besides the report: width (columns), color, verbose, page, names (of the machines before it in a
    document), fail_on (the severity from which on a failed check is a fault). `many` stands before, between
    and after many reports in one document, each without its last newline; None where a document holds one
    machine only. `framed`: one machine has them around it too. `excerpts`: it shows the raw evidence too.
    `gathered`: all machines of a document are looked at before it is written; the module has a class
    `Gathered(fail_on)` with `add(report)`, `failed(name, reason)` and `text()`.
    """

    def __init__(
        self,
        module: str,
        about: str,
        media: str,
        suffixes: tuple[str, ...] = (),
        *,
        options: tuple[str, ...] = (),
        many: tuple[str, str, str] | None = ("", "\n", "\n"),
        framed: bool = False,
        gathered: bool = False,
        excerpts: bool = True,
    ) -> None:
        self.module, self.about, self.media = module, about, media
        self.suffixes, self.options, self.many = suffixes, options, many
        self.framed, self.gathered, self.excerpts = framed, gathered, excerpts

    def _made_by(self) -> Any:
        """The module: as import_module gives it, which a scan would have to import first."""
        return __import__(self.module, fromlist=["render"])

    def render(self, report: "Report", **options: Any) -> str:
        """The report, ending with a newline, and with nothing in it that could steer a terminal but colours
        that were asked for. Options that are not this format's are left aside."""
        taken = {name: value for name, value in options.items() if name in self.options}
        text: str = self._made_by().render(report, **taken)
        return harmless(text, colored=bool(taken.get("color")))

    def exit_code(self, report: "Report") -> int | None:
        """What the process should end with by this format's own convention; None where it has none."""
        decide = getattr(self._made_by(), "exit_code", None)
        return decide(report) if decide else None

    def failed(self, name: str, reason: str, names: set[str]) -> str:
        """A machine that could not be audited; empty where this format does not show it."""
        show = getattr(self._made_by(), "failed", None)
        return harmless(show(name, reason, names)) if show else ""

    def gathering(self, fail_on: str) -> Any:
        """What all machines of a document are put into; None where each is written as it comes."""
        return self._made_by().Gathered(fail_on) if self.gathered else None


def harmless(text: str, *, colored: bool = False) -> str:
    """The text without what could steer a terminal or turn its letters around, but for line ends, and for
    colours where it is colored. All that is shown or written goes through this gate, once."""
    if is_printable(text.encode("utf-8", "surrogatepass"), _LINES):
        return text
    from vaudit.output.text import disarmed  # its patterns take longer to compile than a report to encode

    return disarmed(text, colored=colored)


PLAIN = bytes(range(0x20, 0x7F))
"""What ASCII has to print."""
_LINES = PLAIN + b"\n"


def is_printable(text: bytes, plain: bytes = PLAIN) -> bool:
    """Whether a text in UTF-8 holds but what is printable, or in `plain`, which is of ASCII: leaving those
    bytes out takes a third of looking at each character."""
    rest = text.translate(None, plain)
    return not rest or rest.decode("utf-8", "surrogatepass").isprintable()


FORMATS = {
    "terminal": Format(
        "vaudit.output.terminal",
        "for reading here, the answer last",
        "text/plain",
        (".txt",),
        options=("width", "color", "verbose", "page"),
        excerpts=False,
    ),
    "paste": Format(
        "vaudit.output.paste",
        "at most 25 plain lines for a forum post or a ticket",
        "text/plain",
        excerpts=False,
    ),
    "letter": Format(
        "vaudit.output.letter", "one text to send to the provider", "text/plain", excerpts=False
    ),
    "json": Format(
        "vaudit.output.json",
        "everything, one object, or a list of many machines",
        "application/json",
        (".json",),
        many=("[\n", ",\n", "\n]\n"),
    ),
    "jsonl": Format(
        "vaudit.output.jsonl", "everything, one line a machine", "application/jsonl", (".jsonl", ".ndjson")
    ),
    "junit": Format(
        "vaudit.output.junit",
        "the findings as tests, for CI",
        "application/xml",
        (".xml",),
        options=("names", "fail_on"),
        many=(
            '<?xml version="1.0" encoding="UTF-8"?>\n<testsuites name="vaudit">\n',
            "\n",
            "\n</testsuites>\n",
        ),
        framed=True,
        excerpts=False,
    ),
    "markdown": Format(
        "vaudit.output.markdown",
        "for job summaries and comments, the worst first",
        "text/markdown",
        (".md",),
        gathered=True,
        excerpts=False,
    ),
    "html": Format(
        "vaudit.output.html",
        "one self-contained page of one machine",
        "text/html",
        (".html", ".htm"),
        many=None,
    ),
}


def format_of(path: str) -> str | None:
    """The format that a file name asks for by its suffix; None when it asks for none."""
    suffix = os.path.splitext(path)[1].lower()
    return next((name for name, form in FORMATS.items() if suffix in form.suffixes), None)


def render(
    name: str, report: "Report", *, width: int = 80, color: bool = False, verbose: bool = False
) -> str:
    """The report in one of FORMATS, ending with a newline. ValueError for an unknown name."""
    if name not in FORMATS:
        raise ValueError(f"unknown format {name!r}: choose one of {', '.join(FORMATS)}")
    form = FORMATS[name]
    text = form.render(report, width=width, color=color, verbose=verbose)
    if not (form.framed and form.many):
        return text
    start, _, end = form.many
    return start + text[:-1] + end
