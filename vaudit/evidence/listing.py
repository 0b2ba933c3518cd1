"""The ledger of a scan as text: what was asked, and whether it could be had."""

from collections.abc import Iterator

from vaudit.evidence import kinds
from vaudit.evidence.recorder import Recorder

_TITLES = {
    "read": "read",
    "denied": "denied (it exists, this user may not read it)",
    "error": "could not be read",
    "absent": "absent (looked for, not there)",
    "unrecorded": "not in this record",
}


def listing(recorder: Recorder, root_adds: str) -> Iterator[str]:
    """One line an entry, grouped by status, with the machine's text as it is."""
    entries = sorted(recorder.entries, key=lambda one: (one.kind, one.key))
    for status, title in _TITLES.items():
        group = [one for one in entries if one.status == status]
        if not group:
            continue
        yield f"{len(group)} {title}"
        yield from (f"  {one.id}  {kinds.brief(one)}".rstrip() for one in group)
        yield ""
    yield root_adds or "Root would add nothing here."
