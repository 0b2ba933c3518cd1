"""The parts that a report on a terminal is made of, and how they are drawn: aligned text, which a `Style` may
colour."""

from collections.abc import Callable
from itertools import repeat

import msgspec

from vaudit.output import text


class Heading(msgspec.Struct, frozen=True):
    """A section's title."""

    title: str
    aside: str = ""


class Text(msgspec.Struct, frozen=True):
    """A paragraph; `label` stands before it, further lines hang under its first word."""

    body: str
    label: str = ""
    indent: int = 2
    style: str = ""


class Lines(msgspec.Struct, frozen=True):
    """Lines that are copied, such as commands: each stays one, however wide."""

    lines: list[str]
    indent: int = 2


class Table(msgspec.Struct, frozen=True):
    """Rows of cells; without headers the first row follows at once."""

    headers: list[str]
    rows: list[list[str]]


Part = Heading | Text | Lines | Table
Style = Callable[..., str]
"""A text and its styles, of which the first that is known counts -> how it is shown, of the same width."""

NARROW = 56
"""Below this many columns a table becomes a list of records."""

LABEL = 9
"""Columns that a label takes, so that the paragraphs after it align."""


def plain(text: str, *_styles: str) -> str:
    """The text without any control sequence."""
    return text


def paint(parts: list[Part], width: int, style: Style = plain) -> str:
    """The parts as aligned text of at most `width` columns."""
    rows: list[str] = []
    for part in parts:
        if isinstance(part, Heading):
            rows += ["", *_heading(part, width, style)]
        elif isinstance(part, Lines):
            rows += [" " * min(part.indent, width // 5) + line for line in part.lines]
        else:
            rows += paragraph(part, width, style) if isinstance(part, Text) else table(part, width, style)
    return "\n".join(row.rstrip() for row in rows) + "\n"


def _heading(part: Heading, width: int, style: Style) -> list[str]:
    title, aside = part.title.upper(), f": {part.aside}" if part.aside else ""
    first, *rest = text.wrap(title + aside, width)
    name = first[: len(title)]
    return [style(name, "heading") + first[len(name) :], *rest]


def paragraph(part: Text, width: int, style: Style = plain) -> list[str]:
    """The paragraph's lines: label first, the rest hanging under the first word of the body."""
    inset, size = " " * min(part.indent, width // 5), text.columns(part.label)
    if not part.label or size > width // 2:
        body = f"{part.label} {part.body}" if part.label else part.body
        return [inset + style(row, part.style) for row in text.wrap(body, width - len(inset))]
    # A short label fills its column; a long one, or one far to the right, takes just what it needs.
    lead = LABEL if part.indent <= 2 and size < LABEL else size + 1
    hang = " " * (len(inset) + (lead if size < LABEL else 4))
    first, *rest = text.wrap(part.body, width - len(inset) - lead)
    label = style(part.label, part.label, "strong") + " " * (lead - size)
    return [
        inset + label + style(first, part.style),
        *(hang + style(row, part.style) for row in text.wrap(" ".join(rest), width - len(hang)) if row),
    ]


def table(part: Table, width: int, style: Style = plain) -> list[str]:
    """Aligned columns, the widest of them wrapped until all fit; in a narrow terminal one record a row."""
    if width < NARROW:
        return [line for row in part.rows for line in _record(part.headers, row, width)]
    body = [part.headers, *part.rows] if part.headers else part.rows
    widths = fit([max(text.columns(row[i]) for row in body) for i in range(len(body[0]))], width - 2)
    out: list[str] = []
    for row in body:
        cells = [text.wrap(cell, widths[i]) for i, cell in enumerate(row)]
        for line in range(max(map(len, cells))):
            pieces = [cell[line] if line < len(cell) else "" for cell in cells]
            styles = ["strong"] * len(row) if row is part.headers else row
            out.append("  " + "  ".join(map(_cell, pieces, widths, styles, repeat(style))))
    return out


def _cell(piece: str, width: int, name: str, style: Style) -> str:
    return style(piece, name) + " " * (width - text.columns(piece))


def fit(widths: list[int], room: int) -> list[int]:
    """Column widths that take at most `room` columns with two spaces between: the widest gives way first."""
    widths = list(widths)
    over = sum(widths) + 2 * (len(widths) - 1) - room
    while over > 0 and max(widths) > 1:
        widths[widths.index(max(widths))] -= 1
        over -= 1
    return widths


def _record(headers: list[str], row: list[str], width: int) -> list[str]:
    """One row as lines: its name, then what is known of it."""
    if headers:
        named = [
            f"{header}: {cell}" for header, cell in zip(headers[1:], row[1:], strict=True) if cell != "-"
        ]
        head = row[0]
    else:
        head, named = f"{row[0]}: {row[1]}", [cell for cell in row[2:] if cell]
    lines = paragraph(Text(head), width)
    return lines + [line for each in named for line in paragraph(Text(each, indent=4), width)]
