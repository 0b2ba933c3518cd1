"""Writes a machine's record: as it is, or so that it can be shared."""

from collections.abc import Callable, Iterator

from vaudit import __version__
from vaudit.evidence import dump, kinds, worth
from vaudit.evidence.gather import gathered
from vaudit.evidence.recorder import Recorder
from vaudit.evidence.sanitize import Sanitizer
from vaudit.evidence.source import Entry
from vaudit.masking.pseudonyms import salt_of

Changes = Callable[[str], None]
"""Is called with one line at a time: `-` before it was masked, `+` after."""


def write(
    recorder: Recorder, *, sanitize: bool, salt: str = "", changes: Changes | None = None
) -> tuple[str, dict[str, int]]:
    """The dump of all that `recorder` was asked and of what later versions will ask, and how many identities
    of each sort were masked."""
    worth.ask(recorder)
    if not sanitize:
        if recorder.kind == "machine":
            gathered(recorder)  # what a raw record can be masked by later
        return dump.write(recorder.entries, _meta(recorder)), {}
    sanitizer, entries = shared(recorder, salt, changes)
    meta = {
        name: sanitizer.release(value) if name == "kernel" else sanitizer.listed(value)
        for name, value in _meta(recorder).items()
    }
    return dump.write(entries, meta), sanitizer.masked


def shared(
    recorder: Recorder, salt: str = "", changes: Changes | None = None
) -> tuple[Sanitizer, list[Entry]]:
    """All that `recorder` was asked, without identities: they are gathered before any answer is masked."""
    asked = list(recorder.entries)
    host = [recorder.name] if recorder.kind == "machine" else []
    sanitizer = Sanitizer(salt_of(salt), host, gathered(recorder))
    masked = [sanitizer.entry(entry) for entry in asked]
    for line in changed(asked, masked) if changes else ():
        changes(line)  # type: ignore[misc]
    return sanitizer, masked


def changed(before: list[Entry], after: list[Entry]) -> Iterator[str]:
    """What masking made of a record, line by line, below the first line of each answer."""
    for old, new in zip(before, after, strict=True):
        if old == new:
            continue
        (title, *was), (_, *became) = _shown(old), _shown(new)
        yield title
        if len(was) == len(became):
            pairs = [(a, b) for a, b in zip(was, became, strict=True) if a != b]
            yield from (line for a, b in pairs for line in (f"- {a}", f"+ {b}"))
        else:
            yield from (*(f"- {line}" for line in was), *(f"+ {line}" for line in became))


def _shown(entry: Entry) -> list[str]:
    """An answer as people read it: where it is and what it says, binary content as the text in it."""
    form = kinds.form_of(entry)
    text = form.show(entry.data) if entry.data is not None else f"({entry.status}: {entry.reason})"
    return [f"@{entry.kind} {entry.key}", entry.key, *text.split("\n")]


def _meta(recorder: Recorder) -> dict[str, str]:
    meta = {
        "id": recorder.identity().id,
        "kernel": recorder.call("uname -r") or "",
        "machine": recorder.call("uname -m") or "",
        "uid": recorder.call("id -u") or "",
        "time": recorder.taken,
        "vaudit": __version__,
    }
    return {name: value for name, value in meta.items() if value or name != "id"}
