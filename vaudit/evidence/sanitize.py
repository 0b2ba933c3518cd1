"""Makes a record that can be shared: what identifies is replaced, what is evidence stays.

What is replaced in which answer stands in masks.py, recordings.py and registry_masks.py; which of them serves
a kind of evidence, in kinds.py.
"""

from vaudit.evidence import kinds
from vaudit.evidence.source import Entry, EntryStatus
from vaudit.masking.pseudonyms import Pseudonyms


class Sanitizer(Pseudonyms):
    """Replaces identities in entries; the same identity gets the same pseudonym for the same salt."""

    def entry(self, entry: Entry) -> Entry:
        """The same answer without identities; `unrecorded` where nothing says that it holds none."""
        return kinds.masked(self, entry)

    def excerpt(self, entry: Entry, limit: int) -> tuple[EntryStatus, str, bool]:
        """What a report keeps: the status, at most `limit` characters, and whether there was more."""
        return kinds.shown(self, entry, limit)
