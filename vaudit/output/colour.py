"""The terminal report's parts in colour, with rich's tables. Imported only for a terminal with colour."""

from io import StringIO

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.padding import Padding
from rich.table import Table as RichTable
from rich.text import Text as RichText

from vaudit.output.parts import NARROW, Heading, Part, Table, Text, paragraph, table

STYLES = {
    "title": "bold", "strong": "bold", "dim": "dim",
    "HIGH": "bold red", "MEDIUM": "bold yellow", "LOW": "cyan", "INFO": "dim", "error": "yellow",
    "poor": "bold red", "fair": "yellow", "good": "green", "unknown": "dim",
    "emulated": "red", "paravirtual": "green", "passthrough": "green", "yes": "green", "no": "dim",
}  # fmt: skip
"""A word's colour; the word itself is always there too."""


def paint(parts: list[Part], width: int) -> str:
    """The parts as text with SGR colour sequences and no other control than newline."""
    out = StringIO()
    console = Console(
        file=out,
        width=width,
        force_terminal=True,
        color_system="standard",
        no_color=False,
        legacy_windows=False,
        highlight=False,
        markup=False,
        emoji=False,
        _environ={},
    )
    for part in parts:
        if isinstance(part, Heading):
            console.print()
            console.print(
                RichText(part.title, style="bold cyan").append(f"  {part.aside}", style="not bold default")
            )
        elif isinstance(part, Text):
            _paragraph(console, part, width)
        elif width < NARROW:
            console.print(RichText("\n".join(table(part, width))), soft_wrap=True)
        else:
            console.print(_table(part))
    return "\n".join(line.rstrip() for line in out.getvalue().splitlines()) + "\n"


def _paragraph(console: Console, part: Text, width: int) -> None:
    label = STYLES.get(part.label, "bold") if part.label else ""
    for number, row in enumerate(paragraph(part, width)):
        line = RichText(row, style=STYLES.get(part.style, ""))
        if number == 0 and label:
            at = row.find(part.label)
            line.stylize(label, at, at + len(part.label))
        console.print(line, soft_wrap=True)


def _table(part: Table) -> Padding:
    grid = RichTable(box=SIMPLE_HEAD, show_header=bool(part.headers), show_edge=False, pad_edge=False)
    for header in part.headers or [""] * len(part.rows[0]):
        grid.add_column(header, overflow="fold")
    for row in part.rows:
        grid.add_row(*(RichText(cell, style=STYLES.get(cell, "")) for cell in row))
    return Padding(grid, (0, 0, 0, 2), expand=False)
