"""Remembers every answer of another Source: the ledger of a scan, and what a dump is written from."""

from collections.abc import Iterable

from vaudit.evidence.source import Entry, Kind, Source


class Recorder(Source):
    """Asks `source` once for each thing and keeps the answer, so that a scan sees one moment."""

    def __init__(self, source: Source) -> None:
        self.kind = source.kind
        self.name = source.name
        self.taken = source.taken
        self._source = source
        self._entries: dict[tuple[str, str], Entry] = {}

    def entry(self, kind: Kind, key: str) -> Entry:
        found = self._entries.get((kind, key))
        if found is None:
            found = self._entries[kind, key] = self._source.entry(kind, key)
        return found

    def held(self, kind: Kind) -> list[Entry]:
        return self._source.held(kind)

    def add(self, entry: Entry) -> None:
        """Keeps an entry that was made here: what a benchmark recorded."""
        self._entries[entry.kind, entry.key] = entry

    @property
    def entries(self) -> Iterable[Entry]:
        """All answers, in the order in which they were asked for."""
        return self._entries.values()

    def find(self, id_: str) -> Entry | None:
        """The entry with an evidence id such as `file:/proc/cpuinfo`; None when it was never asked for."""
        kind, _, key = id_.partition(":")
        return self._entries.get((kind, key))
