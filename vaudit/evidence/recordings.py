"""What a benchmark recorded, without the peers and folders that it was measured on."""

import re
from collections.abc import Callable, Iterator

import msgspec

from vaudit.masking.folders import folder
from vaudit.masking.identities import unknown_parts
from vaudit.masking.pseudonyms import Pseudonyms

PLACES = ("target", "folder", "path", "mount", "file", "filename", "directory")
"""The fields that name the folder or the peer where something was measured."""
PEERS = (
    "peer", "host", "hostname", "server", "address", "local_host", "remote_host", "cookie", "title",
    "user", "username", "accepted_connection",
)  # fmt: skip
"""The fields that name a peer, an address, or one run with it; iperf3 sends its cookie to the peer."""
WORDS = ("id", "unit", "engine", "status", "verdict", "confidence", "version", "device", "kind")
"""The fields that hold vaudit's own words and the kernel's names of devices; they stay as they are."""
OURS = ("command",)
"""The fields that hold what vaudit itself asked of fio or iperf3; of a place in it the names are known."""


def of_recording(names: Pseudonyms, _area: str, data: bytes) -> bytes | None:
    """The recording, with the names of its places replaced wherever they stand; None where it is no JSON."""
    try:
        document = msgspec.json.decode(data)
        peers, folders = set[str](), set[str]()
        for field, place in _places(document):
            if "/" in place:
                folders |= set(_named(names, place))
            elif place.strip(".") and (field in PEERS or _may_be_peer(place)) and not _is_loopback(place):
                peers |= {place, _without_port(place)}
        return msgspec.json.encode(_Masked(names, _pattern(peers, folders)).value(document))
    except (ValueError, RecursionError):
        return None


def _named(names: Pseudonyms, place: str) -> Iterator[str]:
    """The parts of a path that people named."""
    for part, hidden in zip(place.split("/"), folder(names, place).split("/"), strict=True):
        if part != hidden:
            yield part


def _may_be_peer(target: str) -> bool:
    """Whether what was measured is no word of vaudit's own, such as `all vCPUs`."""
    return "." in target or ":" in target or any(unknown_parts(target))


def _is_loopback(place: str) -> bool:
    """Whether both ends of what was measured are here, which decides what it is worth."""
    return place.startswith("127.") or place == "::1"


def _places(value: object, field: str = "") -> list[tuple[str, str]]:
    """The fields of places, and what they hold."""
    if isinstance(value, dict):
        return [place for key, inner in value.items() for place in _places(inner, key)]
    if isinstance(value, list):
        return [place for inner in value for place in _places(inner, field)]
    return [(field, value)] if isinstance(value, str) and field in (*PLACES, *PEERS) else []


def _without_port(peer: str) -> str:
    host, colon, port = peer.rpartition(":")
    return host.strip("[]") if colon and port.isdecimal() and host.strip("[]") else peer


def _pattern(peers: set[str], folders: set[str]) -> re.Pattern[str] | None:
    words = [rf"(?<![\w.-]){_any(peers)}(?![\w-])"] if peers else []
    words += [rf"(?<=/){_any(folders)}(?![^/\s'\",;:)])"] if folders else []
    return re.compile("|".join(words)) if words else None


def _any(words: set[str]) -> str:
    return f"(?:{'|'.join(re.escape(word) for word in sorted(words, key=lambda one: (-len(one), one)))})"


class _Masked:
    """Replaces identities in the values of a recording; fields and short texts are looked at once."""

    def __init__(self, names: Pseudonyms, places: re.Pattern[str] | None) -> None:
        self._names, self._places = names, places
        self._opened: dict[str, str] = {}
        self._closed: dict[str, str] = {}

    def value(self, value: object, field: str = "") -> object:
        if isinstance(value, dict):
            return {
                self._open(key): inner if key in WORDS else self.value(inner, key)
                for key, inner in value.items()
            }
        if isinstance(value, list):
            return [self.value(inner, field) for inner in value]
        if not isinstance(value, str):
            return value
        return self._open(value) if field in OURS else self._text(value)

    def _open(self, text: str) -> str:
        """What programs wrote, such as the names of fields: what shows itself as an identity is replaced."""
        return self._once(text, self._names.text, self._opened)

    def _text(self, text: str) -> str:
        return self._once(text, self._names.closed, self._closed)

    def _once(self, text: str, replaced: Callable[[str], str], known: dict[str, str]) -> str:
        """The text as it is replaced, worked out once: the same stands in every round."""
        found = known.get(text)
        if found is None:
            found = replaced(self._elsewhere(text))
            if len(known) < _REMEMBERED:
                known[text] = found
        return found

    def _elsewhere(self, text: str) -> str:
        """The text without the names of what was measured."""
        return self._places.sub(lambda m: self._names.place(m[0]), text) if self._places else text


_REMEMBERED = 1000
"""Texts that are looked at once, however often they stand there."""
