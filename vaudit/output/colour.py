"""Colours of the report on a terminal: nothing but these distinguishes it from plain text."""

_SGR = {
    "heading": "1;36", "title": "1", "strong": "1", "dim": "2",
    "HIGH": "1;31", "MEDIUM": "1;33", "LOW": "36", "INFO": "1;2", "error": "33",
    "poor": "1;31", "fair": "33", "good": "32", "unknown": "2",
    "emulated": "31", "paravirtual": "32", "passthrough": "32", "yes": "32", "no": "2",
}  # fmt: skip
"""Select Graphic Rendition (ECMA-48) by style, or by a word that has a colour wherever it stands."""


def coloured(text: str, *styles: str) -> str:
    """The text in the first of the styles that is known."""
    sgr = next((_SGR[style] for style in styles if style in _SGR), "")
    return f"\x1b[{sgr}m{text}\x1b[0m" if sgr and text else text
