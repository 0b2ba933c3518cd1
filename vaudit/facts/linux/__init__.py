"""What reads Linux. Here: small readings of text that all of it shares.

Without regular expressions: compiling those would take half of a scan's time.
"""

from vaudit.procfs import lines

MAX_VALUE = 8192
"""Characters kept of one value: enough for all processor flags, too few to fill a report. What is longer ends
in an ellipsis."""


def fields(text: str) -> dict[str, str]:
    """The first value of each `key : value` line."""
    found: dict[str, str] = {}
    for line in lines(text):
        name, colon, value = line.partition(":")
        key = name.strip()
        if colon and key not in found:
            found[key] = _clipped(value)
    return found


def after(text: str, mark: str) -> str:
    """The rest of the first line that holds `mark`, behind it; empty when no line does."""
    return _clipped(text.partition(mark)[2].partition("\n")[0])


def _clipped(value: str) -> str:
    return value.strip() if len(value) <= MAX_VALUE else f"{value[:MAX_VALUE].strip()}…"
