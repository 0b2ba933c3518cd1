"""The names, addresses and serials of one machine: what is looked for wherever else it stands.

A name that is a word of the evidence (root, vm, virtio), or that has fewer than four letters, is not looked
for in running text: it would spoil what was seen, and says little. Where it stands as a name it is replaced
all the same, as masks.py says.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from functools import cache

SHORTEST = 4
"""Characters of a name that is looked for."""
PLACEHOLDERS = (
    "none", "unknown", "not specified", "not available", "not applicable", "not present", "default string",
    "to be filled by o.e.m.", "system serial number", "chassis serial number", "base board serial number",
    "no asset tag", "no asset information", "asset-1234567890", "0123456789", "1234567890", "00000000",
    "localhost", "localhost.localdomain", "localdomain", "localhost4", "localhost6", "ip6-localhost",
    "ip6-loopback", "ip6-localnet", "ip6-mcastprefix", "ip6-allnodes", "ip6-allrouters", "(none)",
)  # fmt: skip
"""What stands, in lower case, where nobody wrote a name or a serial."""
ATOM = r"[^\W_]+"
"""What a name is made of; it is found between any two of the other characters."""
_FEW = 8
Replace = Callable[[str, str], str]
"""The sort of an identity and its text -> what stands in its place."""


class Identities:
    """What is known to be this machine's own, by its sort: host, user, name, serial, address."""

    def __init__(self) -> None:
        self.sorts: dict[str, str] = {}
        """The sort of each by its text, without regard to case."""
        self.missing: list[str] = []
        """What could not be asked for names."""
        self._first: set[str] = set()
        self._lengths: tuple[int, ...] = ()
        self._waiting: dict[str, str] = {}
        """What was not looked at yet."""

    def add(self, sort: str, names: Iterable[str]) -> None:
        """Further names of a sort; those that would spoil evidence are left out."""
        for name in names:
            text = name.strip(" \t\r\n\0._-/:;,'\"()[]{}<>").casefold()
            if len(text) >= SHORTEST:
                self._waiting.setdefault(text, sort)

    def _settle(self) -> None:
        """Looks at what was added."""
        waiting, self._waiting = self._waiting, {}
        lengths = set(self._lengths)
        for text, sort in waiting.items():
            atoms = re.findall(ATOM, text)
            if text not in self.sorts and atoms and is_telling(text, atoms):
                self.sorts[text] = sort
                self._first.add(atoms[0])
                lengths.add(len(atoms))
        self._lengths = tuple(sorted(lengths, reverse=True))

    def add_host(self, name: str) -> None:
        """A host's name, whole and without its domain, and the domain."""
        short, _, domain = name.partition(".")
        self.add("host", [name, short])
        if "." in domain:
            self.add("host", [domain])

    def replaced(self, text: str, replace: Replace) -> str:
        """The text with each of them replaced: in time that grows with the text, however many there are."""
        if not self._may_hold(text):
            return text
        self._settle()
        spans = [found.span() for found in re.finditer(ATOM, text)]
        pieces, done = list[str](), 0
        for start, end, sort in self._found(text, spans):
            if start >= done:
                pieces += (text[done:start], replace(sort, text[start:end]))
                done = end
        return "".join((*pieces, text[done:])) if done else text

    def _may_hold(self, text: str) -> bool:
        """Whether one of them may stand there: where they are few, most texts need not be taken apart."""
        number = len(self.sorts) + len(self._waiting)
        if not 0 < number <= _FEW:
            return number > 0
        folded = text.casefold()
        return any(map(folded.__contains__, self.sorts)) or any(map(folded.__contains__, self._waiting))

    def _found(self, text: str, spans: list[tuple[int, int]]) -> Iterator[tuple[int, int, str]]:
        """Where each stands, the longest first where several begin at one place."""
        for at, (start, end) in enumerate(spans):
            if text[start:end].casefold() not in self._first:
                continue
            for length in self._lengths:
                if at + length <= len(spans):
                    last = spans[at + length - 1][1]
                    sort = self.sorts.get(text[start:last].casefold())
                    if sort:
                        yield start, last, sort
                        break


def is_telling(text: str, atoms: list[str]) -> bool:
    """Whether a name can be looked for in running text."""
    if len(text) < SHORTEST or text in PLACEHOLDERS or not text.strip("0123456789xXfF-:. "):
        return len(text) >= 8 and len(set(text)) > 3 and text not in PLACEHOLDERS and text.isdigit()
    # people number their machines: vps-17 is a name, though vps is a word
    numbered = len(atoms) == 2 and atoms[1].isdigit() and atoms[0].isalpha()
    return numbered or not all(is_evidence(atom) for atom in atoms)


def is_evidence(atom: str) -> bool:
    """Whether a word is one that facts are read from, perhaps with a number behind it."""
    word = atom.casefold().rstrip("0123456789")
    return len(word) < 2 or word in _vocabulary()[0]


RUN = r"[^\W_]+(?:[-._]+[^\W_]+)*"
"""A word with all that is joined to it."""


def unknown_parts(text: str) -> Iterator[str]:
    """The names in a text: of each word what lies between its first and its last unknown part."""
    for found in re.finditer(RUN, text):
        span = unknown_span(found[0])
        if span:
            yield found[0][span[0] : span[1]]


def unknown_span(run: str, but: Callable[[str], bool] = lambda _atom: False) -> tuple[int, int] | None:
    """Where in a word with all that is joined to it lies what is not known; None where all is."""
    parts = list(re.finditer(ATOM, run))
    unknown = [part for part in parts if not (is_known(part[0], len(parts) == 1) or but(part[0]))]
    if unknown and _is_domain(run):
        return 0, len(run)  # web.acme.example is one host of many
    return (unknown[0].start(), unknown[-1].end()) if unknown else None


def _is_domain(run: str) -> bool:
    """Whether a word is built as a host's name with its domain is."""
    host, dot, last = run.rpartition(".")
    country = len(last) == 2 and last.isalpha() and last not in _ENDINGS
    return bool(dot) and "." in host and "_" not in run and (country or last in _DOMAINS)


_ENDINGS = ("gz", "ko", "so", "xz", "sh", "py", "id")
"""How names of files end."""
_DOMAINS = ("com", "net", "org", "info", "example", "test", "invalid", "local", "lan", "internal", "intern",
            "home", "corp", "cloud", "arpa", "dev", "app", "host", "edu", "gov")  # fmt: skip
"""How names of hosts end, but for those of countries."""


# what is no one's name: everything else is taken for one where nothing says what it is

_PIECES = r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[^\W\d_a-zA-Z]+"
_HEX = "0123456789abcdefABCDEF"
_LONG_NUMBER = 14
"""Digits of a number that may be a serial; those of sizes and times in running text are shorter."""
_MOST_DIGITS = 8
"""Digits of a number that is joined to letters, as in `82576EB`; what has more may be a serial."""


def is_pseudonym(atom: str) -> bool:
    """Whether a word is built as what stands in the place of names."""
    return len(atom) >= 7 and atom[0] == "x" and not atom[1:].strip("0123456789abcdef")


def is_known(atom: str, alone: bool = True) -> bool:
    """Whether a run of letters and digits is a word, a number or a device's name, and so nobody's name.

    `alone`: no part of something longer, such as `web-42`: there fewer than four letters must be a word too.
    """
    if atom.isdigit():
        return len(atom) < _LONG_NUMBER
    if len(atom) == 1 or is_pseudonym(atom):
        return True
    folded = atom.casefold()
    if _is_word(folded) or is_disk(folded):
        return True
    if atom[:2] in ("0x", "0X"):
        return len(atom) <= 18 and not atom[2:].strip(_HEX)
    if not atom.isascii():
        return False
    if atom.isalpha():
        return (alone and len(atom) < SHORTEST) or _is_camel(atom)
    if (len(atom) <= 8 and not atom.strip(_HEX)) or _is_modalias(atom):
        return True
    letters = re.findall(r"[^\W\d_]+", folded)
    digits = sum(char.isdigit() for char in atom)
    singles = sum(len(piece) == 1 for piece in letters)
    return digits <= _MOST_DIGITS and singles <= 2 and all(len(one) == 1 or _is_word(one) for one in letters)


def _is_modalias(atom: str) -> bool:
    """Whether it is how the kernel writes the ids of a PCI device (Documentation, modalias): v00001AF4d…"""
    return len(atom) == 49 and re.fullmatch(_MODALIAS, atom) is not None


_MODALIAS = "".join(rf"{name}0000[0-9A-F]{{4}}" for name in ("v", "d", "sv", "sd")) + (
    r"bc[0-9A-F]{2}sc[0-9A-F]{2}i[0-9A-F]{2}"
)


def _is_word(word: str) -> bool:
    reads, common = _vocabulary()
    if word in common or word in reads:
        return True
    stems = (word.removesuffix(end) for end in ("s", "es", "ed", "d", "ing", "ly") if word.endswith(end))
    return any(len(stem) >= SHORTEST and (stem in common or stem in reads) for stem in stems)


@cache
def _vocabulary() -> tuple[frozenset[str], frozenset[str]]:
    """Loaded where a word is looked up: an own report's excerpts need none."""
    from vaudit.masking.vocabulary import COMMON, EVIDENCE

    return EVIDENCE, COMMON


def is_disk(name: str) -> bool:
    """A disk or a partition as the kernel counts them: sda, sdaa1."""
    letters = name.rstrip("0123456789")
    return (
        letters.startswith(("sd", "vd", "hd", "xvd", "ubd", "dasd"))
        and len(letters) <= 5
        and letters.isalpha()
    )


def _is_camel(atom: str) -> bool:
    """Whether it is words written together: `MemTotal`, `OnlineCPUs`."""
    pieces = re.findall(_PIECES, atom)
    return len(pieces) > 1 and all(_is_word(piece.casefold()) for piece in pieces if len(piece) > 1)


def is_model(run: str) -> bool:
    """Whether a word is built as makers build the numbers of their models: `WD10EZEX-08WN4A0`."""
    first, *rest = run.replace("_", "-").split("-")
    letters = first.rstrip("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ")
    start = first.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
    numbered = not letters and start[:2].isdigit() and 0 < len(first) - len(start) <= 7
    return numbered and len(run) <= 24 and all(part.isalnum() and len(part) <= 8 for part in rest)
