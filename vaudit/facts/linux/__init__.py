"""What reads Linux. Here: small readings of text that all of it shares.

Without regular expressions: compiling those would take half of a scan's time.
"""

from vaudit.procfs import lines

MAX_VALUE = 8192
"""Characters kept of one value: enough for all processor flags, too few to fill a report. What is longer ends
in an ellipsis."""
UNSEEN = {"unrecorded": "was not recorded", "denied": "was denied", "error": "could not be read"}
"""Why nothing is known, by the status of what was asked."""


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


def logged(text: str, mark: str) -> str:
    """As `after`, of a kernel log: before its lines stands a stamp or nothing. Reports of bugs quote such
    lines of other machines in their sentences, where a word stands before."""
    at = text.find(mark)
    while at >= 0:
        before = text[text.rfind("\n", 0, at) + 1 : at].rstrip(" \t\"'`*_“‘«")
        if not before[-1:].isalpha() or before.endswith("kernel"):
            return _clipped(text[at + len(mark) :].partition("\n")[0])
        at = text.find(mark, at + len(mark))
    return ""


def pasted(text: str) -> str:
    """What a program printed, without what a mail, a page or an editor put before each of its lines."""
    if "<br" in text:
        text = text.replace("<br>", "").replace("<br/>", "").replace("<br />", "")
    if text[:1] not in _BEFORE:
        return text
    told = [line for line in text.split("\n") if line.strip(_BEFORE)]
    first, last = min(told, default=""), max(told, default="")
    same = next((at for at, (a, b) in enumerate(zip(first, last, strict=False)) if a != b), len(first))
    depth = len(first[:same]) - len(first[:same].lstrip(_BEFORE))
    return "\n".join(line[depth:] for line in text.split("\n")) if depth else text


_BEFORE = " \t\n>|#"


def _clipped(value: str) -> str:
    return value.strip() if len(value) <= MAX_VALUE else f"{value[:MAX_VALUE].strip()}…"
