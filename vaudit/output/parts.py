"""The parts that a report on a terminal is made of, and how they are drawn as plain aligned text."""

from typing import NamedTuple

from vaudit.output import text


class Heading(NamedTuple):
    """A section's title."""

    title: str
    aside: str = ""


class Text(NamedTuple):
    """A paragraph; `label` stands before it, further lines hang under its first word."""

    body: str
    label: str = ""
    indent: int = 2
    style: str = ""


class Table(NamedTuple):
    """Rows of cells; without headers the first row follows at once."""

    headers: list[str]
    rows: list[list[str]]


Part = Heading | Text | Table

NARROW = 56
"""Below this many columns a table becomes a list of records."""

LABEL = 9
"""Columns that a label takes, so that the paragraphs after it align."""


def plain(parts: list[Part], width: int) -> str:
    """The parts as aligned text without any control sequence."""
    rows: list[str] = []
    for part in parts:
        if isinstance(part, Heading):
            aside = f": {part.aside}" if part.aside else ""
            rows += ["", *text.wrap(part.title.upper() + aside, width)]
        else:
            rows += paragraph(part, width) if isinstance(part, Text) else table(part, width)
    return "\n".join(row.rstrip() for row in rows) + "\n"


def paragraph(part: Text, width: int) -> list[str]:
    """The paragraph's lines: label first, the rest hanging under the first word of the body."""
    inset = " " * min(part.indent, width // 5)
    if not part.label:
        return [inset + row for row in text.wrap(part.body, width - len(inset))]
    if text.columns(part.label) > width // 2:
        return [inset + row for row in text.wrap(f"{part.label} {part.body}", width - len(inset))]
    # A short label fills its column; a long one, or one far to the right, takes just what it needs.
    aligned = part.indent <= 2 and text.columns(part.label) < LABEL
    lead = inset + text.pad(part.label, LABEL if aligned else text.columns(part.label) + 1)
    hang = " " * (text.columns(lead) if text.columns(part.label) < LABEL else len(inset) + 4)
    first, *rest = text.wrap(part.body, width - text.columns(lead))
    return [lead + first, *(hang + row for row in text.wrap(" ".join(rest), width - len(hang)) if row)]


def table(part: Table, width: int) -> list[str]:
    """Aligned columns, the widest of them wrapped until all fit; in a narrow terminal one record a row."""
    if width < NARROW:
        return [line for row in part.rows for line in _record(part.headers, row, width)]
    body = [part.headers, *part.rows] if part.headers else part.rows
    widths = fit([max(text.columns(row[i]) for row in body) for i in range(len(body[0]))], width - 2)
    out: list[str] = []
    for row in body:
        cells = [text.wrap(cell, widths[i]) for i, cell in enumerate(row)]
        for line in range(max(map(len, cells))):
            drawn = (text.pad(c[line] if line < len(c) else "", widths[i]) for i, c in enumerate(cells))
            out.append("  " + "  ".join(drawn))
    return out


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
