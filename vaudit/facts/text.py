"""Small readings of text, without regular expressions: compiling those would take half of a scan's time."""


def fields(text: str) -> dict[str, str]:
    """The first value of each `key : value` line."""
    found: dict[str, str] = {}
    for line in text.splitlines():
        key, colon, value = line.partition(":")
        if colon:
            found.setdefault(key.strip(), value.strip())
    return found


def after(text: str, mark: str) -> str:
    """The rest of the first line that holds `mark`, behind it; empty when no line does."""
    return text.partition(mark)[2].partition("\n")[0].strip()
