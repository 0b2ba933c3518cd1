"""The text of files in /proc as values (proc(5)), and the readers of every number that a machine writes.

The text may come from a record that somebody sent: what is no number is left out, and nothing raises. Neither
facts nor evidence make a number of text in any other way (tests/test_walls.py).
"""

from collections.abc import Iterable, Iterator

import msgspec

LONGEST = 20
"""Digits of the longest number that a kernel writes: 2**64 - 1."""


TOO_LARGE = 1 << 63
"""What no file, disk or memory has in bytes, and not every reader of JSON takes."""
_PIECE = 1 << 16
"""Characters of a text that are taken apart together."""


class Times(msgspec.Struct, frozen=True):
    """What processors did since boot, in ticks (USER_HZ); what an old kernel does not count is 0."""

    user: int
    nice: int
    system: int
    idle: int
    waiting: int = 0
    """Idle while I/O was awaited."""
    irq: int = 0
    softirq: int = 0
    stolen: int | None = None
    """Withheld by the hypervisor; counted since Linux 2.6.11."""


class Mount(msgspec.Struct, frozen=True):
    """One line of /proc/self/mountinfo."""

    point: str
    kind: str
    source: str
    read_only: bool
    number: int = 0
    """Its st_dev. The major number is 0 for what lies on no single block device, as the kernel sees it."""
    root: str = "/"
    """What of the file system is mounted here."""
    options: str = ""
    """Of the whole file system, with commas between them; a control group's controllers are among them."""


def lines(text: str) -> Iterator[str]:
    """The lines of a text, without a list of all: that would take as much memory as the text."""
    start = 0
    while start < len(text):
        end = text.find("\n", start + _PIECE)
        piece = text[start:end] if end >= 0 else text[start:].removesuffix("\n")
        yield from piece.split("\n")
        start += len(piece) + 1


def holding(text: str, words: Iterable[str]) -> list[str]:
    """The lines that hold one of some words. Each word is looked for in all lines at once, which takes a part
    of the time of looking at each line."""
    starts = {start for word in words for start in _starts(text, word)}
    return [text[start : end if (end := text.find("\n", start)) >= 0 else None] for start in sorted(starts)]


def _starts(text: str, word: str) -> Iterator[int]:
    """Where the lines begin that hold a word."""
    at = text.find(word)
    while at >= 0:
        yield text.rfind("\n", 0, at) + 1
        end = text.find("\n", at)
        at = text.find(word, end + 1) if end >= 0 else -1


def whole(word: str) -> int | None:
    """A decimal number of at most 64 bits as kernels write it, without sign; None for anything else."""
    number = int(word) if len(word) <= LONGEST and word.isascii() and word.isdigit() else None
    return number if number is not None and number >> 64 == 0 else None


def signed(word: str) -> int | None:
    """The same of 63 bits and a sign, such as C's long; None for anything else."""
    number = whole(word.removeprefix("-"))
    if number is None or number >= TOO_LARGE:
        return None
    return -number if word[:1] == "-" else number


def hexadecimal(word: str) -> int | None:
    """A number of at most 64 bits behind `0x`; None for anything else."""
    return bits(word[2:]) if word[:2] == "0x" else None


def bits(digits: str, most: int = 64) -> int | None:
    """A hexadecimal number of at most so many bits, without `0x`; None for anything else."""
    plain = 0 < len(digits) <= 16 and not digits.strip("0123456789abcdefABCDEF")
    number = int(digits, 16) if plain else None
    return number if number is not None and number >> most == 0 else None


def fraction(word: str) -> float | None:
    """Digits with at most one point, without sign or exponent; None for anything else."""
    digits = word.replace(".", "", 1)
    return float(word) if len(digits) <= LONGEST and digits.isascii() and digits.isdigit() else None


def size(number: int | None, unit: int) -> int | None:
    """So many units in bytes; None where no machine has so much."""
    return None if number is None or not 0 <= number * unit < TOO_LARGE else number * unit


def listed(text: str) -> int | None:
    """How many numbers a list such as `0-3,8` names (admin-guide/cputopology.rst); None for no list."""
    count = 0
    for part in text.strip().split(","):
        low, dash, high = part.partition("-")
        first, last = whole(low), whole(high if dash else low)
        if first is None or last is None or last < first:
            return None
        count += last - first + 1
    return count


def meminfo(text: str) -> dict[str, int]:
    """/proc/meminfo in bytes; the few lines without a unit are counts."""
    found: dict[str, int] = {}
    for line in text.split("\n"):
        name, _, rest = line.partition(":")
        value, _, unit = rest.strip().partition(" ")
        number = size(whole(value), 1024 if unit == "kB" else 1)
        if number is not None:
            found[name] = number
    return found


def counters(text: str) -> dict[str, int]:
    """Lines of a name and a number: /proc/vmstat, and memory.stat and cpu.stat of control groups."""
    found: dict[str, int] = {}
    for line in text.split("\n"):
        name, _, value = line.partition(" ")
        number = whole(value)
        if number is not None:
            found[name] = number
    return found


def stat(text: str, name: str = "cpu") -> Times | None:
    """A line of /proc/stat: `cpu` is the sum of all, `cpu3` one processor. None where it is not there."""
    line = f"\n{text}".partition(f"\n{name} ")[2].partition("\n")[0]
    ticks = [whole(word) for word in line.split()[:8]]
    return Times(*ticks) if len(ticks) >= 4 and None not in ticks else None  # type: ignore[arg-type]


def registered(text: str) -> Iterator[str]:
    """The names in /proc/misc: `229 fuse` (drivers/char/misc.c)."""
    rows = (line.split() for line in text.splitlines())
    return (words[1] for words in rows if len(words) == 2)


def mountinfo(text: str) -> list[Mount]:
    """/proc/self/mountinfo in mount order; lines that do not parse are left out."""
    return list(_mounts(text))


def mounted(text: str) -> Iterator[tuple[str, str, str]]:
    """Of each line the device's numbers (`8:1`), the mount point, and the kind, the source and the options of
    what is mounted, as the kernel writes them: of many thousand mounts no more need be taken apart."""
    for line in lines(text):
        before, _, what = line.partition(" - ")
        words = before.split(" ", 5)
        if len(words) == 6 and what.count(" ") >= 2:
            yield words[2], words[4], what


_INTERRUPTS = ("HYP", "HRE", "HVS")
"""The labels of Hyper-V's and KVM's (arch/x86/kernel/irq.c)."""
_LONGEST_NAME = 120
"""Characters of an interrupt's name that are kept."""


def interrupts(text: str) -> Iterator[tuple[int, str]]:
    """The lines of /proc/interrupts about virtualization: how often since boot, all processors together, and
    the name: `HYP`, or what it is of (`PCI-MSI 1-edge virtio0-input.0`, `xen-dyn -event blkif`)."""
    for line in lines(text):
        label, colon, rest = line.partition(":")
        label = label.strip()
        if colon and (label in _INTERRUPTS or "virtio" in rest or "xen-" in rest):
            counts, words = _counted(rest.split())
            name = label if label in _INTERRUPTS else " ".join(words)
            if counts and name:
                yield sum(counts), name[:_LONGEST_NAME]


def _counted(words: list[str]) -> tuple[list[int], list[str]]:
    """The columns of processors, and what stands behind them."""
    end = next((at for at, word in enumerate(words) if whole(word) is None), len(words))
    return [int(word) for word in words[:end]], words[end:]


def _mounts(text: str) -> Iterator[Mount]:
    for line in lines(text):
        before, dash, after = line.partition(" - ")
        left, right = before.split(" "), after.split(" ")
        if dash and len(left) >= 6 and len(right) >= 3:
            read_only = "ro" in left[5].split(",") or "ro" in right[2].split(",")
            number, root = device_number(left[2]), unescaped(left[3])
            yield Mount(unescaped(left[4]), right[0], unescaped(right[1]), read_only, number, root, right[2])


def device_number(text: str) -> int:
    """MAJOR:MINOR (of 12 and 20 bits) as the number that stat(2) gives; 0 for anything else."""
    first, _, second = text.partition(":")
    major, minor = whole(first), whole(second)
    if major is None or minor is None or major >> 12 or minor >> 20:
        return 0
    return (minor & 0xFF) | major << 8 | (minor & 0xFFF00) << 12  # gnu_dev_makedev of glibc


def unescaped(text: str) -> str:
    r"""A path of mountinfo as it is: kernels write blanks, line ends, `#` and `\` as `\` and three digits."""
    if "\\" not in text:
        return text
    first, *rest = text.split("\\")
    return first + "".join(map(_octal, rest))


def _octal(piece: str) -> str:
    """What follows a backslash; all but the number of an ASCII character stays as it is."""
    digits = piece[:3]
    if len(digits) == 3 and digits[0] in "01" and digits.strip("01234567") == "" and digits != "000":
        return chr(int(digits, 8)) + piece[3:]
    return "\\" + piece


_PERSONAL = ("/home/", "/media/", "/run/media/")
"""Folders in which each user has one that bears the user's name."""


def impersonal(point: str) -> str:
    """A mount point without the name of a user: facts and keys hold no identities."""
    for start in _PERSONAL if point.startswith(_PERSONAL) else ():
        if point.startswith(start):
            _, slash, rest = point[len(start) :].partition("/")
            return f"{start}*{slash}{rest}"
    return point


# network addresses, by what they are and never as what they are

ADDRESS_KINDS = ("public", "private", "shared", "link-local", "special")
"""What is shared holds one of these in the place of an address (address_masks.py), and reads the same.
The files of /proc/net: fib_trie (net/ipv4/fib_trie.c), if_inet6 (net/ipv6/addrconf.c), route, ipv6_route."""
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
        if sort == "LOCAL" and place in ADDRESS_KINDS:
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
        kind = row[0] if row and row[0] in ADDRESS_KINDS else kind6(row[0]) if row else ""
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
