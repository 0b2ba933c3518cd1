"""Which kinds of network addresses this machine has, and whether a route leads everywhere (/proc/net)."""

from collections.abc import Callable

from vaudit import procfs
from vaudit.evidence.source import Source
from vaudit.facts.linux import UNSEEN
from vaudit.model.facts import Address, Addresses, Protocol

TRIE, ROUTE = "/proc/net/fib_trie", "/proc/net/route"
SIX, SIX_ROUTE = "/proc/net/if_inet6", "/proc/net/ipv6_route"
OFF = "this kernel does not run IPv6"


def collect(source: Source) -> Addresses:
    """Of both protocols."""
    return Addresses(_four(source), _six(source))


def _four(source: Source) -> Protocol:
    found, because = _local(source, TRIE, procfs.local4)
    leads = _leads(source, TRIE, procfs.default4)
    evidence = [f"file:{TRIE}"]
    if leads is None and source.status("file", TRIE) != "read":
        leads = _leads(source, ROUTE, procfs.default4_of_routes)
        evidence.append(f"file:{ROUTE}")
    return Protocol(found, leads, because, evidence)


def _six(source: Source) -> Protocol:
    """A kernel without IPv6 has no such file; it has that of IPv4."""
    evidence = [f"file:{SIX}", f"file:{SIX_ROUTE}"]
    if source.status("file", SIX) == "absent" and source.status("file", TRIE) == "read":
        return Protocol([], False, OFF, evidence[:1])
    found, because = _local(source, SIX, procfs.local6)
    return Protocol(found, _leads(source, SIX_ROUTE, procfs.default6), because, evidence)


def _local(
    source: Source, path: str, read: Callable[[str], set[tuple[str, int]]]
) -> tuple[list[Address] | None, str]:
    """The kinds that are there; None, and why, where that is not known."""
    text = source.read(path)
    if text is None:
        return None, f"{path} {UNSEEN.get(source.status('file', path), 'is not there')}"
    made = [Address(kind, length) for kind, length in sorted(read(text), key=_rank)]  # type: ignore[arg-type]
    return (made, "") if source.is_whole(path) else (made or None, f"{path} was read in part")


def _rank(one: tuple[str, int]) -> tuple[int, int]:
    return procfs.ADDRESS_KINDS.index(one[0]), one[1]


def _leads(source: Source, path: str, read: Callable[[str], bool]) -> bool | None:
    text = source.read(path)
    there = text is not None and read(text)
    return True if there else False if source.is_whole(path) else None
