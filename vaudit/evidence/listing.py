"""The ledger of a scan as text: what was asked, and whether it could be had."""

from collections.abc import Iterator

from vaudit.evidence.recorder import Recorder
from vaudit.evidence.source import Entry, Registers

_TITLES = {
    "read": "read",
    "denied": "denied (it exists, this user may not read it)",
    "error": "could not be read",
    "absent": "absent (looked for, not there)",
    "unrecorded": "not in this record",
}
_WIDTH = 60


def listing(recorder: Recorder, root_adds: str) -> Iterator[str]:
    """One line an entry, grouped by status, with the machine's text as it is."""
    entries = sorted(recorder.entries, key=lambda one: (one.kind, one.key))
    for status, title in _TITLES.items():
        group = [one for one in entries if one.status == status]
        if not group:
            continue
        yield f"{len(group)} {title}"
        yield from (f"  {one.id}  {_said(one)}".rstrip() for one in group)
        yield ""
    yield root_adds or "Root would add nothing here."


def _said(entry: Entry) -> str:
    data = entry.data
    if data is None:
        return entry.reason
    if isinstance(data, bytes):
        first, _, rest = data.decode("utf-8", "replace").strip().partition("\n")
        return first[:_WIDTH] + (f" … ({len(data)} bytes)" if rest or len(first) > _WIDTH else "")
    if isinstance(data, Registers):
        return " ".join(f"{register:08x}" for register in data)
    if isinstance(data, list):
        return f"{len(data)} names"
    return f"-> {data}"[:_WIDTH]
