"""What must hold of every report, whatever machine it is of."""

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from unicodedata import category

from vaudit.model.report import Report
from vaudit.model.versions import read_report
from vaudit.resources import folder

LONGEST_LINE = 4000
"""Characters of the one line that a command ends with."""
_TAG = re.compile(r"<(?:(/?[a-zA-Z][a-zA-Z0-9]*)|(![^>]*)|(.))([^>]*)")
OBEYED = ("Cc", "Cf", "Cs", "Zl", "Zp")
"""Unicode's categories of what controls: C0 and C1, invisible and reordering marks, surrogates, line ends."""
_CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f]")
_HANDLER = re.compile(r"""\son[a-z]+\s*=|javascript:""", re.IGNORECASE)
_QUOTED = re.compile(r'"[^"]*"')
_COLOUR = re.compile(r"\x1b\[[0-9;]*m")


@cache
def _tags() -> frozenset[str]:
    """The elements that templates have."""
    templates = (path.read_text() for path in Path(folder("reports")).glob("*.j2"))
    return frozenset(re.findall(r"<([a-z][a-z0-9]*)", "".join(templates)))


class Fault(AssertionError):
    """A law that a report breaks."""


def refusal(message: str) -> None:
    """The text of a documented error is one line."""
    if not message or len(message) > LONGEST_LINE:
        raise Fault(f"a refusal of {len(message)} characters")


def report(made: Report, *, ours: bool) -> None:
    """Nothing of vaudit failed inside. `ours`: only vaudit's own checks were applied."""
    broken = [one.check for one in made.findings if one.status == "error"] if ours else []
    if broken:
        raise Fault(f"checks that ended in an error: {', '.join(sorted(set(broken)))}")


def shown(name: str, text: str, made: Report) -> None:
    """What a format made of a report."""
    if not text.endswith("\n"):
        raise Fault(f"{name} does not end its last line")
    text.encode("utf-8")
    if name in ("json", "jsonl"):
        _json(text, made)
    elif name == "html":
        _page(text)
    else:
        _plain(name, _COLOUR.sub("", text) if name == "colour" else text)


def _json(text: str, made: Report) -> None:
    if read_report(text.encode(), "x") != made:
        raise Fault("a report is another one when it is read again")
    if _CONTROL.search(text):
        raise Fault("a control character in JSON")


def _plain(name: str, text: str) -> None:
    if text.replace("\n", "").isprintable():
        return
    odd = next((char for char in text if char != "\n" and category(char) in OBEYED), "")
    if odd:
        raise Fault(f"{name}: a terminal could obey {odd!r}")


def _page(text: str) -> None:
    before, script, rest = text.partition('<script type="application/json"')
    data, end, after = rest.partition("</script>")
    if not (script and end) or "<" in data.partition(">")[2]:
        raise Fault("html: the embedded report does not end where it should")
    for piece in (before, after):
        for problem in _elements(piece):
            raise Fault(f"html: {problem}")


def _elements(text: str) -> Iterator[str]:
    for found in _TAG.finditer(text):
        name, declared, odd, rest = found.groups()
        if odd or (name and name.lower().lstrip("/") not in _tags()):
            yield f"a foreign element {found[0][:40]!r}"
        if name and _HANDLER.search(_QUOTED.sub('""', rest)):
            yield f"an attribute that runs something: {found[0][:80]!r}"
        if declared and not declared.lower().startswith("!doctype html"):
            yield f"a foreign declaration {declared[:40]!r}"
