"""The whole report as JSON: it reads back into the same Report."""

from typing import TYPE_CHECKING, Any

import msgspec

from vaudit.model.report import Report
from vaudit.output import is_printable

if TYPE_CHECKING:
    import re

_TAGS = b"\xf3\xa0"
"""How U+E0000 to U+E0FFF begin in UTF-8: the only unsafe characters that Python may call printable."""


LARGE = 512_000
"""Characters of a report from which on each device, finding, … takes one line."""


def render(report: Report) -> str:
    """One indented object; in a large report every element of a list takes one line, as indenting it would
    add a third. `vaudit.model.versions.read_report` gives the report again."""
    line = compact(report)
    if len(line) < LARGE:
        return msgspec.json.format(line, indent=2) + "\n"
    return _opened(line.encode(), "", 2) + "\n"


def _opened(value: bytes, pad: str, depth: int) -> str:
    """An object with a member a line, down to `depth`; a list with an element a line, not indented, as there
    are thousands; else what it is."""
    inside = pad + "  "
    if value.startswith(b"{") and depth:
        members = msgspec.json.decode(value, type=dict[str, msgspec.Raw]).items()
        named = ((safe(msgspec.json.encode(name)), bytes(own)) for name, own in members)
        rows = [f"{name}: {_opened(own, inside, depth - 1)}" for name, own in named]
    elif value.startswith(b"["):
        rows = [bytes(element).decode() for element in msgspec.json.decode(value, type=list[msgspec.Raw])]
        inside = ""
    else:
        return value.decode()
    first, last = value[:1].decode(), value[-1:].decode()
    return f"{first}\n{inside}" + f",\n{inside}".join(rows) + f"\n{pad}{last}" if rows else first + last


def compact(report: Report) -> str:
    """One line. Characters that could steer a terminal are written as JSON escapes, so that printing a
    hostile machine's report is safe and nothing of it is lost."""
    try:
        data = msgspec.json.encode(report)
    except UnicodeEncodeError:  # lone surrogates: a file name or an argument that is not UTF-8
        data = msgspec.json.encode(_whole(msgspec.to_builtins(report)))
    return safe(data)


def safe(data: bytes) -> str:
    """JSON as text, with what could steer a terminal written as escapes."""
    text = data.decode()
    return text if is_printable(data) and _TAGS not in data else _escaped(text)


def _escaped(text: str) -> str:
    import re

    from vaudit.output.text import UNSAFE

    return re.sub(UNSAFE, _escape, text)


def _escape(found: "re.Match[str]") -> str:
    return escaped(found[0])


def escaped(text: str) -> str:
    """Characters as JSON spells them where they cannot stand as they are."""
    units = text.encode("utf-16-be", "surrogatepass")
    return "".join(f"\\u{units[i]:02x}{units[i + 1]:02x}" for i in range(0, len(units), 2))


def _whole(value: Any) -> Any:
    """The value with every string made encodable: JSON has no lone surrogates."""
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode()
    if isinstance(value, dict):
        return {_whole(k): _whole(v) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [_whole(v) for v in value]
    return value
