"""What reads Linux. Here: small readings of text that all of it shares.

Without regular expressions: compiling those would take half of a scan's time.
"""

MAX_VALUE = 8192
"""Characters kept of one value: enough for all processor flags, too few to fill a report."""


def fields(text: str) -> dict[str, str]:
    """The first value of each `key : value` line."""
    found: dict[str, str] = {}
    for line in text.splitlines():
        key, colon, value = line.partition(":")
        if colon:
            found.setdefault(key.strip(), value[:MAX_VALUE].strip())
    return found


def after(text: str, mark: str) -> str:
    """The rest of the first line that holds `mark`, behind it; empty when no line does."""
    return text.partition(mark)[2].partition("\n")[0][:MAX_VALUE].strip()
