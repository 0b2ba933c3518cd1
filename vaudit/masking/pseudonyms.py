"""Stable pseudonyms for what identifies a machine, its owner and its users.

Kept: vendor and product names, PCI ids, a MAC's first three bytes, the first three characters of a UUID
(`ec2` is how Xen on AWS names itself). Replaced, always alike for one salt: MAC tails, serials, UUID tails,
host and user names, addresses that are public or the machine's own, e-mail addresses, keys and tokens, the
names of storage on networks, and whatever Identities knows. Which answer is treated how stands in
evidence/masks.py.
"""

import os
import re
from collections.abc import Callable, Container, Iterable, Iterator
from itertools import pairwise

from vaudit.masking import positions
from vaudit.masking.identities import RUN, Identities, is_known, unknown_span

try:  # as random.py of the standard library does: hashlib would load OpenSSL for it
    from _blake2 import blake2b
except ImportError:
    from hashlib import blake2b

KNOWN_TAGS = (
    "oraclecloud.com", "7783-7084-3265-9085-8269-3286-77", "amazon ec2", "huaweicloud", "no asset tag",
    "no asset information", "not specified", "default", "default string", "to be filled by o.e.m.", "none",
    "not available", "unknown", "system serial number", "chassis serial number",
    "base board serial number", "googlecloud", "vmware",
)  # fmt: skip
"""What asset tags and serials are, in lower case, that name a cloud or mean nothing; these stay."""
KNOWN_STARTS = ("googlecloud-", "vmware-")
"""How serials begin that name a cloud or a hypervisor; what follows is the serial."""

UUID = r"([0-9a-fA-F]{3})([0-9a-fA-F]{5}([-_])(?:[0-9a-fA-F]{4}\3){3}[0-9a-fA-F]{12})(?![0-9a-fA-F])"
"""Whatever stands before it: `pod`, as Kubernetes calls a group, ends like a hexadecimal number. In names of
units its parts are joined by `_`."""
_MAC = r"(?<![0-9A-Za-z])((?:[0-9a-fA-F]{2}:){3})((?:[0-9a-fA-F]{2}:){2}[0-9a-fA-F]{2})(?![0-9A-Za-z:])"
_OCTETS = (
    r"(?<![0-9A-Za-z:-])([0-9a-fA-F]{2}([:-])(?:[0-9a-fA-F]{2}\2){2})"
    r"((?:[0-9a-fA-F]{2}\2){2,17}[0-9a-fA-F]{2})(?![0-9A-Za-z:])"
)
"""A MAC with colons or dashes, an EUI-64, a WWN, a GUID of InfiniBand."""
_MAC_DOTS = (
    r"(?<![0-9A-Za-z.])([0-9a-fA-F]{4}\.[0-9a-fA-F]{2})([0-9a-fA-F]{2}\.[0-9a-fA-F]{4})(?![0-9A-Za-z.])"
)
_MAC_NAME = r"(?<![0-9A-Za-z])((?:enx|wlx|wwx)[0-9a-f]{6})([0-9a-f]{6})(?![0-9A-Za-z])"
"""How systemd names a card by its address."""
LONG_HEX = r"(?<![0-9A-Za-z])(?=[01]*[2-9a-fA-F])[0-9a-fA-F]{32,}(?![0-9A-Za-z])"
"""Container ids and keys; a bit map of zeros and ones is neither."""
_WWN = (
    r"(?i)\b(naa[._]|eui[._]|wwn-|t10[._]|scsi-|nvme-|ata-|dm-uuid-)(?:0x)?([\w.:-]{6,64})"
    r"|(?<![0-9a-f])(0x)?([2356][0-9a-f]{15}|[36]00[0-9a-f]{29})(?![0-9a-f])"
)
"""Names of storage by number: NAA 2, 3, 5 and 6, EUI-64, and how udev's links begin (T10 SPC-5, 7.7.6)."""
_QUALIFIED = r"(?i)\b(iqn|nqn)\.\d{4}-\d{2}\.[^\s,;\"'\[\]]{1,223}"
"""iSCSI and NVMe-oF (RFC 3720, 3.2.6.3)."""
IPV4 = r"(?<![0-9A-Za-z])(?<!Linux version )(?:[0-9]{1,3}\.){3}[0-9]{1,3}(?![0-9A-Za-z])"
"""Not Linux version 5.10.16.3."""
_IPV6 = (
    r"(?<![0-9A-Za-z:])(?:[0-9a-fA-F]{1,4}:){3,7}[0-9a-fA-F]{1,4}(?![0-9A-Za-z:])"
    r"|(?<![0-9A-Za-z:])[0-9a-fA-F:]{2,45}::[0-9a-fA-F:]{0,45}"
)
MAIL = (
    rf"(?<![\w.+-])(?![\w.+-]{{1,64}}@[^\s/@]{{1,200}}{positions.UNITS})"
    r"[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){0,9}"
)
"""Not `systemd-nspawn@web.service`, which is an instance of a unit."""
_CREDENTIAL = (
    r"(?i)(?<![a-z0-9_.-])((?:\w{1,40}[_.-]){0,3}(?:pass(?:word|wd|phrase)?|secret|token|(?<=['\"])key|api_?key"
    r"|private_?key|access_?key|psk|credentials?|ssid)[0-9]?)"
    r"(['\"]?[=:]\s{0,8})(\S+)"
)
_SSH_KEY = r"\bAAAA[0-9A-Za-z+/=]{30,}(?:[ \t]{1,4}[^\s\"']{1,128})?"
"""With its comment, mostly USER@HOST."""
_KEYS = (
    r"(?<![\w-])eyJ[\w-]{8,}(?:\.[\w-]*){1,4}"  # JSON Web Token
    r"|\b(?:AKIA|ASIA|AROA|AIDA|LTAI)[0-9A-Za-z]{12,}"
    r"|\b(?:gh[pousr]_|github_pat_|glpat-|xox[a-z]-|sk-|hv[sb]\.|ya29\.|AIza|dop_v1_|npm_|pypi-)[\w.-]{16,}"
    r"|\$(?:[0-9][a-z]?|y|gy|argon2\w{1,2})\$[^\s:]{8,}"  # crypt(5)
    r"|-----BEGIN [A-Z ]{1,40}-----[^-]{0,8192}(?:-----END [A-Z ]{1,40}-----)?"
    r"|(?<![\w+/=-])(?!v0000[0-9A-F]{4}d0000)(?=[\w+/-]{0,200}[0-9])(?=[\w+/-]{0,200}[a-z])(?=[\w+/-]{0,200}[A-Z])"
    r"[\w+/-]{40,}={0,2}"
)
"""Keys and tokens that say by their first letters what they are, and long base64, such as WireGuard's."""
_AUTHORITY = r"(?<=://)[^\s/\"'<>]{1,255}"
"""Host, port and user of a URL."""
_EC2 = r"(?<![0-9A-Za-z])(i|vol|ami|eni|subnet|vpc|sg|snap|lt|eipalloc)(-)(?=[a-f]*[0-9])[0-9a-f]{8,17}\b"
"""Ids that Amazon gives."""
_SHORT_UUID = (
    r"(?<![\w-])(?:[0-9A-F]{4}-[0-9A-F]{4}"
    r"|(?=[0-9-]*[a-fA-F])(?:[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){1,3}|(?:[0-9a-fA-F]{4}-){1,3}[0-9a-fA-F]{12}))"
    r"(?![\w-])"
)
"""What VFAT has for a UUID, and one of which a line or a table shows but the beginning or the end."""
_USER_FOLDER = r"(/(?:home|media|run/media|Users)/)([^/\s]+)"
PUBLISHED = ("169.254.169.254", "168.63.129.16", "100.100.100.200", "fd00:ec2::254")
"""Addresses at which clouds serve every guest alike: they tell the cloud, and no machine."""


_SHORTEST_NUMBER = 7
"""Characters of the shortest word that a pattern of numbers matches: 1.2.3.4."""
_SHORTEST_TOKEN = 10
"""Characters of the shortest word that begins a key or a token."""


def _suspected(text: str) -> Iterator[str]:
    """The patterns that the text could match, by cheap signs: compiling all takes longer than a scan has."""
    if len(text) < _SHORTEST_TOKEN and text.isalnum():
        return
    folded = text.lower()
    long = [word for word in text.split() if len(word) >= _SHORTEST_NUMBER]
    yield from positions.suspected(text, folded)
    yield from _spelt(text, long, folded)
    if long:
        yield from _numbered(long, folded)
    if "." in text and _crowded(long, ".", 3):
        yield IPV4
    if ":" in text and ("::" in text or _crowded(long, ":", 3)):
        yield _IPV6
    if any(_longest_hex(word) >= 32 for word in long if len(word) >= 32):
        yield LONG_HEX
    if "/home/" in text or "/media/" in text or "/Users/" in text:
        yield _USER_FOLDER


def _spelt(text: str, words: list[str], folded: str) -> Iterator[str]:
    """Patterns that a word or a sign announces."""
    if ("=" in text or ":" in text) and any(map(folded.__contains__, _SECRETS)):
        yield _CREDENTIAL
    if "AAAA" in text:
        yield _SSH_KEY
    if _has_token(text, words):
        yield _KEYS
    if "://" in text:
        yield _AUTHORITY
    if "iqn." in folded or "nqn." in folded:
        yield _QUALIFIED
    if "enx" in text or "wlx" in text or "wwx" in text:
        yield _MAC_NAME
    if "@" in text:
        yield MAIL


def _numbered(words: list[str], folded: str) -> Iterator[str]:
    """Patterns of numbers in groups, and of long ones."""
    groups = [word.split("-") for word in words if len(word) >= 9] if "-" in folded else []
    dashes, colons = any(len(one) > 4 for one in groups), ":" in folded and _crowded(words, ":", 5)
    long = [word for word in words if len(word) >= 14]
    if dashes or ("_" in folded and _crowded(words, "_", 4)):
        yield UUID
    if colons or dashes:
        yield _OCTETS
    if colons:
        yield _MAC
    if any(map(_is_mac_with_dots, long)):
        yield _MAC_DOTS
    if _storage(folded) or any(map(_is_number_of_storage, long)):
        yield _WWN
    if groups and any(_all_hex(a[-4:]) and _all_hex(b[:4]) for one in groups for a, b in pairwise(one)):
        yield _SHORT_UUID
    if groups and any(len(part) >= 8 and _all_hex(part[:8]) for one in groups for part in one[1:]):
        yield _EC2


def _has_token(text: str, words: list[str]) -> bool:
    long = [word for word in words if len(word) >= _SHORTEST_TOKEN]
    if not long:
        return False
    return (
        any(map(text.__contains__, _TOKEN_STARTS))
        or any(len(word) >= 40 and not (word.islower() or word.isupper()) for word in long)
        or ("$" in text and any(word.count("$") >= 2 for word in long))
    )


def _all_hex(text: str) -> bool:
    return len(text) >= 4 and not text.strip("0123456789abcdefABCDEF")


_ONLY_HEX = bytes(byte if byte in b"0123456789abcdefABCDEF" else 0x20 for byte in range(256))


def _hex_runs(word: str) -> list[bytes]:
    """What stands in a word of hexadecimal digits."""
    return word.encode("ascii", "replace").translate(_ONLY_HEX).split()


def _longest_hex(word: str) -> int:
    return max(map(len, _hex_runs(word)), default=0)


def _is_number_of_storage(word: str) -> bool:
    """Whether a word holds 16 or 32 hexadecimal digits as a WWN has them."""
    if len(word) < 16:
        return False
    return any(len(run) in (16, 32) and run[0] in b"2356" for run in _hex_runs(word))


def _is_mac_with_dots(word: str) -> bool:
    """Whether a word holds four hexadecimal digits between two dots, as `0050.56c0.0008` does."""
    return word.count(".") >= 2 and any(len(part) == 4 and _all_hex(part) for part in word.split(".")[1:-1])


_SECRETS = ("pass", "secret", "token", "key", "psk", "ssid", "credential")
_TOKEN_STARTS = (
    "eyJ", "AKIA", "ASIA", "AROA", "AIDA", "LTAI", "gh", "github_pat_", "glpat-", "xox", "sk-", "hv",
    "ya29.", "AIza", "dop_", "npm_", "pypi-", "-----BEGIN",
)  # fmt: skip


def _storage(folded: str) -> bool:
    return any(map(folded.__contains__, _STORAGE))


_STORAGE = (
    "naa.",
    "naa_",
    "eui.",
    "eui_",
    "wwn-",
    "t10.",
    "t10_",
    "scsi-",
    "nvme-",
    "ata-",
    "dm-uuid-",
)


def _crowded(words: Iterable[str], char: str, times: int) -> bool:
    """Whether one of the words has a character so often inside."""
    return any(word.strip(char).count(char) >= times for word in words if char in word)


def salt_of(text: str = "") -> bytes:
    """What pseudonyms are made with: a new one each time, so that two records cannot be linked, or that of a
    text of the owner's, which costs a guesser some 50 ms a try."""
    if not text:
        return os.urandom(16)
    from hashlib import scrypt

    # the costs that RFC 7914 gives for interactive use: 16 MiB
    return scrypt(
        text.encode("utf-8", "surrogatepass"), salt=b"vaudit pseudonyms 1", n=1 << 14, r=8, p=1, dklen=32
    )


NOBODY = ("root", "nobody", "localhost", "localhost.localdomain", "none", "unknown")
"""Names that every machine has."""
Keep = Callable[[str], bool]
"""Whether a word that is not known is nobody's name all the same."""


class Pseudonyms:
    """Replaces identities in text; the same identity gets the same pseudonym for the same salt."""

    def __init__(
        self,
        salt: bytes,
        host_names: Iterable[str] = (),
        identities: Identities | None = None,
        *,
        is_closed: bool = True,
    ) -> None:
        self._salt = salt if len(salt) <= 64 else blake2b(salt).digest()
        self.own = identities or Identities()
        for name in host_names:
            self.own.add_host(name)
        self._hosts = {each for full in host_names for each in (full, full.split(".")[0]) if len(each) > 2}
        self.is_closed = is_closed
        """Whether what is not known to be no one's name is replaced; not in what its owner keeps."""
        self.masked: dict[str, int] = {}
        """How many identities of each sort were replaced."""
        self._runs: dict[str, str] = {}
        """Words that were looked at, and what stands for them."""
        self._made: set[str] = set()
        """What stands in the place of identities."""
        self._replacements: dict[str, Callable[[re.Match[str]], str]] = {
            _CREDENTIAL: lambda m: m[1] + m[2] + self.mask("secret", m[3], 8),
            _SSH_KEY: lambda m: self.mask("key", m[0], 16),
            _KEYS: lambda m: self.mask("key", m[0], 16),
            _AUTHORITY: lambda m: self.mask("address", m[0], 8),
            _QUALIFIED: lambda m: m[1] + "." + self.mask("storage name", m[0], 12),
            UUID: self._uuid,
            _OCTETS: self._octets,
            _MAC: self._mac,
            _MAC_DOTS: lambda m: self._hidden_mac(m[1], m[0], m[2]),
            _MAC_NAME: lambda m: self._hidden_mac(m[1], m[0][3:], m[2]),
            _WWN: self._wwn,
            MAIL: lambda m: self.mask("mail", m[0], 6) + "@example.invalid",
            IPV4: self._address,
            _IPV6: self._address,
            LONG_HEX: lambda m: self._make(self.hidden("key", m[0], len(m[0]))),
            _SHORT_UUID: lambda m: self.mask("uuid", m[0], 8) if m[0].strip("0-") else m[0],
            _EC2: lambda m: m[1] + m[2] + self.mask("cloud id", m[0], 8),
            _USER_FOLDER: lambda m: m[1] + self.user(m[2]),
            **dict.fromkeys(positions.HOSTS, self._in_place(self.host)),
            **dict.fromkeys(positions.USERS, self._in_place(self.user)),
            **dict.fromkeys(positions.MACHINES, self._in_place(self.place)),
        }

    def text(self, text: str, but: Container[str] = ()) -> str:
        """A text without identities; those that match a pattern in `but` stay."""
        for pattern in _suspected(text):
            if pattern not in but:
                text = re.sub(pattern, self._replacements[pattern], text)
        return self.listed(text)

    def listed(self, text: str) -> str:
        """A text without those identities that are known to be this machine's."""
        return self.own.replaced(text, self.named)

    def named(self, sort: str, name: str) -> str:
        """What stands in the place of one that is known to be this machine's."""
        if sort == "host":
            return self.host(name)
        return self.user(name) if sort == "user" else self.mask(sort, name.casefold(), 8)

    def closed(self, text: str, keep: Keep | None = None) -> str:
        """A text in which every word is known to be nobody's name: any other is replaced, unless `keep` knows
        better of it."""
        return self.words(self.text(text), keep)

    def words(self, text: str, keep: Keep | None = None) -> str:
        """The same of a text in which identities that show themselves are replaced already."""
        if not self.is_closed:
            return text
        return re.sub(RUN, lambda found: self._run(found[0], keep), text)

    def _run(self, run: str, keep: Keep | None) -> str:
        known = self._runs.get(run)
        if known is None:
            known = self._runs[run] = self._masked_run(run)
        if known == run or (keep and keep(run)):
            return run
        self.count("name")
        return known

    def _masked_run(self, run: str) -> str:
        """A word and what is joined to it: from its first unknown part to its last one it is replaced."""
        if run in self._made:
            return run
        span = unknown_span(run, self._made.__contains__)
        if span is None:
            return run
        start, end = span
        return f"{run[:start]}x{self.digits('name', run[start:end].casefold(), 8)}{run[end:]}"

    def host(self, name: str) -> str:
        """A host's name, whatever it is."""
        return self._make("host-" + self.mask("host", name.casefold(), 6))

    def _in_place(self, mask: Callable[[str], str]) -> Callable[[re.Match[str]], str]:
        """What stands for a name that its place makes one; numbers and what everybody has stay."""
        return lambda m: (
            m[0] if m[2].isdigit() or m[2].lower() in NOBODY or m[2] in self._made else m[1] + mask(m[2])
        )

    def own_host(self, name: str) -> str:
        """A name, replaced where it is that of this host and no word that others have too."""
        return self.host(name) if name in self._hosts and not is_known(name) else name

    def place(self, name: str) -> str:
        """A name that people gave, by where it stands."""
        return name if name in self._made else self.mask("name", name.casefold(), 8)

    def release(self, text: str) -> str:
        """A kernel's release: what is no distribution's way to count them is its owner's."""
        return self.words(self.listed(text))

    def user(self, name: str) -> str:
        return self.mask("user", name, 6)

    def identifiers(self, name: str) -> str:
        """One name in a path, without UUIDs, container ids and keys."""
        if len(name) < 32:
            return name
        for pattern in (UUID, LONG_HEX):
            name = re.sub(pattern, self._replacements[pattern], name)
        return name

    def serial(self, text: str) -> str:
        """What is nothing but a serial or UUID: its first three characters stay, they tell VMware and EC2."""
        folded = text.lower()
        if folded in KNOWN_TAGS:
            return text
        known = next((start for start in KNOWN_STARTS if folded.startswith(start)), "")
        if known:
            return self._serial(text, len(known) + 2)  # VMware-42: vCenter gave it, VMware-56: ESX did
        if not text.strip("0- \0"):
            return text
        match = re.fullmatch(UUID, text)
        return self._uuid(match) if match else self._serial(text, 3 if len(text) >= 8 else 0)

    def _serial(self, text: str, kept: int) -> str:
        return text[:kept] + self.mask("serial", text, 12)

    def mask(self, what: str, text: str, length: int) -> str:
        """A pseudonym of `length` hexadecimal digits, marked by an x."""
        return self._make("x" + self.hidden(what, text, length))

    def _make(self, pseudonym: str) -> str:
        """Remembers what stands in the place of an identity, so that it is not taken for one."""
        self._made.add(pseudonym)
        return pseudonym

    def hidden(self, what: str, text: str, length: int) -> str:
        """A pseudonym's hexadecimal digits alone."""
        self.count(what)
        return self.digits(what, text, length)

    def digits(self, what: str, text: str, length: int) -> str:
        """The same, where nothing was replaced yet."""
        message = f"{what}\0{text}".encode("utf-8", "surrogatepass")
        digest = blake2b(message, key=self._salt, digest_size=32).hexdigest()
        return (digest * (length // len(digest) + 1))[:length]

    def count(self, what: str) -> None:
        """One identity more of a sort was replaced."""
        self.masked[what] = self.masked.get(what, 0) + 1

    def _uuid(self, match: re.Match[str]) -> str:
        if not match[0].strip("0-_"):
            return match[0]
        digits = self.hidden("uuid", match[0].lower().replace("_", "-"), 29)
        parts = (match[1] + digits[:5], digits[5:9], digits[9:13], digits[13:17], digits[17:])
        return self._make(match[3].join(parts))

    def _mac(self, match: re.Match[str]) -> str:
        return self._hidden_mac(match[1], match[0], match[2])

    def _octets(self, match: re.Match[str]) -> str:
        return self._hidden_mac(match[1], match[0], match[3])

    def _hidden_mac(self, kept: str, whole: str, tail: str) -> str:
        """The same address gets the same digits in every spelling; separators stay where they are."""
        if whole in self._made:
            return whole
        bare = "".join(char for char in whole.lower() if char in "0123456789abcdef")
        if not bare.strip("0") or not bare.strip("f"):
            return kept + tail
        digits = iter(self.hidden("mac", bare, len(bare)))
        return self._make(kept + "".join(next(digits) if char.isalnum() else char for char in tail))

    def _wwn(self, match: re.Match[str]) -> str:
        start, number = match[1] or match[3] or "", match[2] or match[4]
        if not any(char.isdigit() for char in number) or (match[1] and is_known(number)):
            return match[0]
        return start + self.mask("storage name", number, 12)

    def _address(self, match: re.Match[str]) -> str:
        import ipaddress

        try:
            address = ipaddress.ip_address(match[0])
        except ValueError:
            return match[0]
        if match[0] in PUBLISHED or address.is_loopback or address.is_unspecified or address.is_multicast:
            return match[0]
        if address.version == 4 and not address.is_global and not self.own.missing:
            return match[0]  # a private one of others; this machine's own are in the list
        number = int(self.hidden("address", address.compressed, 8), 16)
        # what is kept for measuring and for documentation: RFC 2544 and RFC 3849
        if address.version == 4:
            return self._make(f"198.{18 + (number >> 16 & 1)}.{number >> 8 & 255}.{number & 255}")
        return self._make(f"2001:db8::{number >> 16 & 0xFFFF:x}:{number & 0xFFFF:x}")
