"""Network addresses as Linux lists them in /proc/net, by what they are and never as what they are.

What is shared holds the kind of an address in its place (evidence/address_masks.py), and reads the same here.
The files: fib_trie (net/ipv4/fib_trie.c), if_inet6 (net/ipv6/addrconf.c), route and ipv6_route.
"""

from collections.abc import Iterator

from vaudit.procfs import bits, lines, whole

KINDS = ("public", "private", "shared", "link-local", "special")
_FOUR: tuple[tuple[int, int, str], ...] = (
    (0x0A000000, 8, "private"),
    (0xAC100000, 12, "private"),
    (0xC0A80000, 16, "private"),
    (0x64400000, 10, "shared"),
    (0xA9FE0000, 16, "link-local"),
    (0x7F000000, 8, ""),
    (0x00000000, 8, "special"),
    (0xC0000000, 24, "special"),
    (0xC0000200, 24, "special"),
    (0xC6336400, 24, "special"),
    (0xCB007100, 24, "special"),
    (0xC6120000, 15, "special"),
    (0xE0000000, 3, "special"),
)
"""Networks of IPv4 that are not public (RFC 6890, 1918, 6598, 3927 and 5737); loopback has no kind."""
_SIX: tuple[tuple[int, int, str], ...] = (
    (0xFE80 << 112, 10, "link-local"),
    (0xFC00 << 112, 7, "private"),
    (0x20010000 << 96, 32, "special"),
    (0x20010DB8 << 96, 32, "special"),
    (0x2002 << 112, 16, "special"),
    (0x3FFF << 112, 20, "special"),
    (0x2000 << 112, 3, "public"),
)
"""The same of IPv6 (RFC 4291, RFC 4193): Teredo, 6to4 and documentation (RFC 3849, RFC 9637) are special, as
is all that lies in none of these."""
_FAILED = 0x08
"""IFA_F_DADFAILED: somebody else has it (include/uapi/linux/if_addr.h)."""
_UP, _REJECTS = 0x0001, 0x0200
"""RTF_UP and RTF_REJECT (include/uapi/linux/route.h)."""


def kind4(text: str) -> str:
    """Of an address with dots; empty for loopback and for what is none."""
    number = _number4(text)
    return "" if number is None else _within(number, 32, _FOUR, "public")


def kind6(digits: str) -> str:
    """Of an address of 32 hexadecimal digits; empty for loopback, the unspecified one, and what is none."""
    high, low = bits(digits[:16]), bits(digits[16:])
    if len(digits) != 32 or high is None or low is None or (high == 0 and low <= 1):
        return ""
    return _within(high << 64 | low, 128, _SIX, "special")


def local4(fib_trie: str) -> set[tuple[str, int]]:
    """Kind and prefix length of each address of this machine: the length is that of the network on a link
    which holds it, 32 where there is none."""
    own, networks, found = set[int](), set[tuple[int, int]](), set[tuple[str, int]]()
    for place, length, scope, sort in _leaves(fib_trie):
        number = _number4(place)
        if sort == "LOCAL" and place in KINDS:
            found.add((place, length))
        elif number is not None and sort == "LOCAL" and length == 32:
            own.add(number)
        elif number is not None and sort == "UNICAST" and scope == "link" and 0 < length < 32:
            networks.add((number, length))
    for number in own:
        kind = _within(number, 32, _FOUR, "public")
        fits = [length for network, length in networks if number >> 32 - length == network >> 32 - length]
        if kind:
            found.add((kind, max(fits, default=32)))
    return found


def default4(fib_trie: str) -> bool:
    """Whether some table of routes leads everywhere."""
    return any(not place.strip("0.") and length == 0 and sort == "UNICAST"
               for place, length, _, sort in _leaves(fib_trie))  # fmt: skip


def default4_of_routes(route: str) -> bool:
    """The same of /proc/net/route, which shows the main table."""
    rows = (line.split() for line in lines(route))
    return any(len(row) >= 8 and row[1] == row[7] == "00000000" and _leads(row[3]) for row in rows)


def local6(if_inet6: str) -> set[tuple[str, int]]:
    """Kind and prefix length of each address of this machine."""
    found = set[tuple[str, int]]()
    for row in (line.split() for line in lines(if_inet6)):
        length, flags = (bits(row[2]), bits(row[4])) if len(row) >= 5 else (None, None)
        kind = row[0] if row and row[0] in KINDS else kind6(row[0]) if row else ""
        if kind and length is not None and length <= 128 and flags is not None and not flags & _FAILED:
            found.add((kind, length))
    return found


def default6(ipv6_route: str) -> bool:
    """Whether some route leads everywhere; the kernel's own entry that refuses is none."""
    rows = (line.split() for line in lines(ipv6_route))
    return any(
        len(row) >= 10 and row[1] == "00" and not row[0].strip("0") and row[9] != "lo" and _leads(row[8])
        for row in rows
    )


def _leads(flags: str) -> bool:
    number = bits(flags)
    return number is not None and bool(number & _UP) and not number & _REJECTS


def _leaves(fib_trie: str) -> Iterator[tuple[str, int, str, str]]:
    """Place, prefix length, scope and type of each entry, such as `192.0.2.0`, 24, `link`, `UNICAST`."""
    place = ""
    for line in lines(fib_trie):
        words = line.split()
        if len(words) == 2 and words[0] == "|--":
            place = words[1]
        elif len(words) >= 3 and words[0][:1] == "/":
            length = whole(words[0][1:])
            if length is not None and length <= 32:
                yield place, length, words[1], words[2]


def _number4(text: str) -> int | None:
    parts = [whole(part) for part in text.split(".")]
    if len(parts) != 4 or any(part is None or part > 255 for part in parts):
        return None
    a, b, c, d = (part or 0 for part in parts)
    return a << 24 | b << 16 | c << 8 | d


def _within(number: int, size: int, networks: tuple[tuple[int, int, str], ...], other: str) -> str:
    return next((kind for network, length, kind in networks
                 if number >> size - length == network >> size - length), other)  # fmt: skip
