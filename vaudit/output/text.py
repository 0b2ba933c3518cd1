"""Text that is shown: cleaned of what could harm a terminal or mislead a reader, and word wrap.

Every string of a report may come from a hostile machine, so what is shown passes through `clean` or `lines`.
"""

import re
import unicodedata
from collections.abc import Iterable

from vaudit import words

MAX_LINE = 400
"""Characters kept of a line that is shown; a line of raw evidence may be a megabyte long."""

# Compiling the patterns takes longer than a report, and next to no text needs them: see `_is_plain`.

# ECMA-48 control sequences (CSI), then terminated control strings (OSC, DCS, SOS, PM, APC), in their 7-bit
# and 8-bit (C1) forms; what is left of broken ones loses its control characters below.
_ESCAPES = (
    "(?:\x1b\\[|\x9b)[0-?]{0,64}[ -/]{0,8}[@-~]"
    "|(?:\x1b[\\]PX^_]|[\x90\x98\x9d\x9e\x9f])[^\x07\x1b\x9c\n]{0,256}(?:\x07|\x1b\\\\|\x9c)"
    "|\x1b[ -/]{0,8}[0-~]"
)
# Invisible or reordering characters: C0 and C1 controls except newline, soft hyphen, Arabic letter mark,
# zero-width and bidi controls (Unicode TR 36 and CVE-2021-42574), line and paragraph separators, surrogates,
# byte order mark, interlinear marks, tags.
UNSAFE = (
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f"
    "\ud800-\udfff\ufeff\ufff9-\ufffb\U000e0000-\U000e0fff]"
)
_SPACES = r"[ \t\r\n\v\f\u2028\u2029]+"
_COLOUR = "(\x1b\\[[0-9;]{1,16}m)|" + UNSAFE


def _is_plain(text: str) -> bool:
    """Whether it is free of all that UNSAFE, _ESCAPES and _SPACES match, but for the blank. Of what is unsafe
    only some tags from U+E0000 on can be printed."""
    return text.isprintable() and (text.isascii() or max(text) < "\U000e0000")


def disarmed(text: str, *, colored: bool) -> str:
    """The text without any unsafe character; `colored`: but for what sets a colour (SGR)."""
    rows = text.split("\n")
    if all(map(_is_plain, rows)) or (colored and all(map(_is_plain_in_colour, rows))):
        return text
    return re.sub(_COLOUR, lambda found: found[1] or "", text) if colored else re.sub(UNSAFE, "", text)


def _is_plain_in_colour(row: str) -> bool:
    """Whether nothing but colours is to be seen in a line."""
    first, *rest = row.split("\x1b[")
    cut = [piece.partition("m") for piece in rest]
    codes = all(mark and 0 < len(code) <= 16 and not code.strip("0123456789;") for code, mark, _ in cut)
    return codes and _is_plain(first + "".join(shown for _, _, shown in cut))


def shorten(text: str, limit: int = MAX_LINE) -> str:
    """At most `limit` characters; what was cut is said by an ellipsis."""
    return text if len(text) <= limit else text[: max(limit - 1, 0)].rstrip() + "…"


def clean(text: str, limit: int = MAX_LINE) -> str:
    """One line that is safe to show: no escapes, controls or bidi marks, white space folded, shortened."""
    head = text if len(text) <= 4 * limit + 256 else text[: 4 * limit + 256] + " …"
    flat = head.replace("\n", " ").replace("\t", " ")
    if _is_plain(flat):
        return shorten(" ".join(flat.split()), limit)
    head = re.sub(UNSAFE, "", re.sub(_SPACES, " ", re.sub(_ESCAPES, "", head)))
    return shorten(re.sub(_SPACES, " ", head).strip(), limit)


def lines(text: str, most: int = 60, limit: int = MAX_LINE) -> list[str]:
    """The first `most` lines, each safe to show with its indentation kept; a last line says what was cut."""
    head = text[: most * (limit + 1) * 4]
    # NUL separates records in /proc (environ, cmdline); show it as the line break that it means.
    rows = head.replace("\0", "\n").rstrip().split("\n")
    more = max(len(rows) - most, 0) + text.rstrip().count("\n", len(head))
    shown = [_line(row, limit) for row in rows[:most]]
    return [*shown, f"… {words.many(more, 'more line')}"] if more else shown


def _line(row: str, limit: int) -> str:
    head = row[: 4 * limit + 256].expandtabs(8)
    shown = head if _is_plain(head) else re.sub(UNSAFE, "", re.sub(_ESCAPES, "", head))
    return shorten(shown.rstrip(), limit)


# Letters that have a plain spelling; everything else outside ASCII becomes `?`.
_PLAIN = str.maketrans(
    {
        "…": "...", "µ": "u", "μ": "u", "–": "-", "—": "-", "−": "-", "×": "x", "·": "-", "•": "*", "≈": "~",
        "“": '"', "”": '"', "„": '"', "‘": "'", "’": "'", "→": "->", "≥": ">=", "≤": "<=", "±": "+/-",
        "®": "(R)",        "™": "(TM)", "\u00a0": " ", "\u202f": " ", "\u2009": " ",
    }
)  # fmt: skip


def ascii_only(text: str) -> str:
    """The same text in ASCII, for places where encodings get lost."""
    if text.isascii():
        return text
    folded = unicodedata.normalize("NFKD", text.translate(_PLAIN))
    kept = "".join(c for c in folded if not unicodedata.combining(c))
    return kept.encode("ascii", "replace").decode("ascii")


def columns(text: str) -> int:
    """Terminal columns that the text takes: wide characters two, combining ones none."""
    if text.isascii():
        return len(text)
    return sum(
        0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text
    )


def pad(text: str, width: int) -> str:
    """The text filled with spaces to `width` terminal columns."""
    return text + " " * max(width - columns(text), 0)


def wrap(text: str, width: int) -> list[str]:
    """The text's words in lines of at most `width` columns; longer words are broken. Never empty."""
    rows, row, taken = [], "", 0
    for word in _pieces(text.split(), max(width, 1)):
        more = columns(word)
        if row and taken + 1 + more > width:
            rows.append(row)
            row, taken = word, more
        else:
            row, taken = (f"{row} {word}", taken + 1 + more) if row else (word, more)
    return [*rows, row]


def _pieces(words: Iterable[str], width: int) -> Iterable[str]:
    for word in words:
        rest = word
        while columns(rest) > width:
            cut = min(len(rest), width)
            while cut > 1 and columns(rest[:cut]) > width:
                cut -= 1
            yield rest[:cut]
            rest = rest[cut:]
        if rest:
            yield rest


def plain_number(value: float | str | bool) -> str:
    """A further figure of a benchmark: yes or no, a number of three digits or more, or a word."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int):
        return words.count(value)
    return words.figure(value) if isinstance(value, float) else clean(value, 80)


def when(taken: str) -> str:
    """An ISO 8601 UTC time for reading: 2026-01-02 03:04 UTC; anything else as it is."""
    if _shape(taken) != "0000-00-00T00:00:00Z":  # as vaudit writes it
        pattern = r"(\d{4}-\d\d-\d\d)T(\d\d:\d\d)(?::\d\d(?:\.\d+)?)?(?:Z|\+00:00)\Z"
        found = re.match(pattern, taken)
        return f"{found[1]} {found[2]} UTC" if found else clean(taken, 40)
    return f"{taken[:10]} {taken[11:16]} UTC"


def moment(taken: str) -> str:
    """The same to the minute as HTML has it (2026-01-02T03:04Z); empty for what is no such time."""
    day, _, clock = when(taken).removesuffix(" UTC").partition(" ")
    is_day = "01" <= day[5:7] <= "12" and "01" <= day[8:] <= "31"
    is_one = is_day and clock[:2] <= "23" and clock[3:] <= "59"
    return f"{day}T{clock}Z" if is_one and _shape(f"{day} {clock}") == "0000-00-00 00:00" else ""


def _shape(text: str) -> str:
    """The text with 0 for each digit of ASCII."""
    return text.translate(_DIGITS)


_DIGITS = str.maketrans(dict.fromkeys("123456789", "0"))
