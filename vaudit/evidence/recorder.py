"""Remembers every answer of another Source: the ledger of a scan, and what a dump is written from."""

from collections.abc import Iterable, Sequence

from vaudit.evidence.identity import Identity
from vaudit.evidence.source import Entry, EntryKind, Source, filed, renamed


class Recorder(Source):
    """Asks `source` once for each thing and keeps the answer, so that a scan sees one moment."""

    def __init__(self, source: Source) -> None:
        self.kind = source.kind
        self.name = source.name
        self.taken = source.taken
        self.notes = source.notes
        self._source = source
        self._entries: dict[tuple[str, str], Entry] = {}

    def entry(self, kind: EntryKind, key: str) -> Entry:
        at = filed(kind, key)
        found = self._entries.get(at)
        if found is None:
            named = at if kind != "registry" else (kind, key)
            found = self._entries[at] = self._source.entry(*named)
        return found

    def held(self, kind: EntryKind, key: str) -> Entry | None:
        at = filed(kind, key)
        found = self._entries.get(at) or self._source.held(*renamed(kind, key))
        if found is None or found.status != "read":
            return None
        self._entries[at] = found
        return found

    def listen(self, words: Sequence[str]) -> None:
        self._source.listen(words)

    def areas(self) -> list[str]:
        return self._source.areas()

    def silent(self) -> list[str]:
        asked = (one.key for one in self.entries if one.is_unanswered)
        return list(dict.fromkeys([*asked, *self._source.silent()]))

    def identity(self) -> Identity:
        return self._source.identity()  # past the ledger

    def add(self, entry: Entry) -> None:
        """Keeps an entry that was made here: a benchmark's result."""
        self._entries[filed(entry.kind, entry.key)] = entry

    @property
    def entries(self) -> Iterable[Entry]:
        """All answers, in the order in which they were asked for."""
        return self._entries.values()

    def find(self, id_: str) -> Entry | None:
        """The entry with an evidence id such as `file:/proc/cpuinfo`; None when it was never asked for."""
        kind, _, key = id_.partition(":")
        return self._entries.get(filed(kind, key))  # type: ignore[arg-type]
