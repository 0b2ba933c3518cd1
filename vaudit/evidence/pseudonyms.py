"""Stable pseudonyms for what identifies a machine, its owner and its users.

Kept: vendor and product names, PCI ids, a MAC's first three bytes, the first three characters of a UUID
(`ec2` is how Xen on AWS names itself). Replaced, always alike for one salt: MAC tails, serials, UUID tails,
host and user names, public addresses, e-mail addresses, long keys. Which answer is treated how stands in
masks.py.
"""

import re
from collections.abc import Callable, Container, Iterable, Iterator

try:  # as random.py of the standard library does: hashlib would load OpenSSL for it
    from _blake2 import blake2b
except ImportError:
    from hashlib import blake2b

KNOWN_TAGS = (
    "oraclecloud.com", "7783-7084-3265-9085-8269-3286-77", "amazon ec2", "huaweicloud", "no asset",
    "not specified", "default", "to be filled", "none", "googlecloud-", "vmware-",
)  # fmt: skip
"""What asset tags and serials hold, in lower case, that name a cloud or mean nothing; these stay."""

UUID = r"\b([0-9a-fA-F]{3})([0-9a-fA-F]{5}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12})\b"
_MAC = r"\b((?:[0-9a-fA-F]{2}:){3})((?:[0-9a-fA-F]{2}:){2}[0-9a-fA-F]{2})\b(?!:)"
LONG_HEX = r"\b(?=[01]*[2-9a-fA-F])[0-9a-fA-F]{32,}\b"
"""Container ids and keys; a bit map of zeros and ones is neither."""
_IPV4 = r"\b(?:\d{1,3}\.){3}\d{1,3}\b"
_IPV6 = (
    r"(?<![\w:])(?:[0-9a-fA-F]{1,4}:){3,7}[0-9a-fA-F]{1,4}(?![\w:])"
    r"|(?<![\w:])[0-9a-fA-F:]{2,}::[0-9a-fA-F:]*"
)
_MAIL = r"(?<![\w.+-])[\w.+-]+@[\w-]+(?:\.[\w-]+)*"
_CREDENTIAL = (
    r"(?i)(?<!\w)((?:\w*[_.-])?(?:pass(?:word|wd|phrase)|secret|token|api_?key|private_?key))"
    r"([=:]\s*)(\S+)"
)
_SSH_KEY = r"\bAAAA[0-9A-Za-z+/=]{30,}"
_USER_FOLDER = r"(/(?:home|media|run/media|Users)/)([^/\s]+)"


def _suspected(text: str) -> Iterator[str]:
    """The patterns that the text could match, by cheap signs: compiling all takes longer than a scan has."""
    words, folded = text.split(), text.lower()
    if any(word in folded for word in ("pass", "secret", "token", "key")):
        yield _CREDENTIAL
    if "AAAA" in text:
        yield _SSH_KEY
    if _crowded(words, "-", 4):
        yield UUID
    if _crowded(words, ":", 5):
        yield _MAC
    if "@" in text:
        yield _MAIL
    if _crowded(words, ".", 3):
        yield _IPV4
    if "::" in text or _crowded(words, ":", 3):
        yield _IPV6
    if any(len(word) >= 32 for word in words):
        yield LONG_HEX
    if "/home/" in text or "/media/" in text or "/Users/" in text:
        yield _USER_FOLDER


def _crowded(words: Iterable[str], char: str, times: int) -> bool:
    """Whether one of the words has a character so often inside."""
    return any(word.strip(char).count(char) >= times for word in words)


class Pseudonyms:
    """Replaces identities in text; the same identity gets the same pseudonym for the same salt."""

    def __init__(self, salt: bytes, host_names: Iterable[str] = ()) -> None:
        self._salt = salt if len(salt) <= 64 else blake2b(salt).digest()
        names = {name for full in host_names for name in (full, full.split(".")[0])}
        self._hosts = {name for name in names if len(name) > 2 and name != "localhost"}
        words = "|".join(re.escape(name) for name in sorted(self._hosts, key=len, reverse=True))
        self._host = re.compile(rf"(?<![\w/-])(?:{words})(?![\w-])") if words else None
        self.masked: dict[str, int] = {}
        """How many identities of each sort were replaced."""
        self._replacements: dict[str, Callable[[re.Match[str]], str]] = {
            _CREDENTIAL: lambda m: m[1] + m[2] + self.mask("secret", m[3], 8),
            _SSH_KEY: lambda m: self.mask("key", m[0], 16),
            UUID: self._uuid,
            _MAC: self._mac,
            _MAIL: lambda m: self.mask("mail", m[0], 6) + "@example.invalid",
            _IPV4: self._address,
            _IPV6: self._address,
            LONG_HEX: lambda m: self.hidden("key", m[0], len(m[0])),
            _USER_FOLDER: lambda m: m[1] + self.user(m[2]),
        }

    def text(self, text: str, but: Container[str] = ()) -> str:
        """A text without identities; those that match a pattern in `but` stay."""
        for pattern in _suspected(text):
            if pattern not in but:
                text = re.sub(pattern, self._replacements[pattern], text)
        if self._host:
            text = self._host.sub(lambda m: self.host(m[0]), text)
        return text

    def host(self, name: str) -> str:
        """A host's name, whatever it is."""
        return "host-" + self.mask("host", name, 6)

    def own_host(self, name: str) -> str:
        """A name, replaced where it is that of this host."""
        return self.host(name) if name in self._hosts else name

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
        if any(tag in folded for tag in KNOWN_TAGS):
            return self.text(text)
        if not text.strip("0- \0"):
            return text
        match = re.fullmatch(UUID, text)
        return self._uuid(match) if match else text[:3] + self.mask("serial", text, 12)

    def mask(self, what: str, text: str, length: int) -> str:
        """A pseudonym of `length` hexadecimal digits, marked by an x."""
        return "x" + self.hidden(what, text, length)

    def hidden(self, what: str, text: str, length: int) -> str:
        """A pseudonym's hexadecimal digits alone."""
        self.count(what)
        message = f"{what}\0{text}".encode("utf-8", "surrogatepass")
        digest = blake2b(message, key=self._salt, digest_size=32).hexdigest()
        return (digest * (length // len(digest) + 1))[:length]

    def count(self, what: str) -> None:
        """One identity more of a sort was replaced."""
        self.masked[what] = self.masked.get(what, 0) + 1

    def _uuid(self, match: re.Match[str]) -> str:
        if not match[0].strip("0-"):
            return match[0]
        digits = self.hidden("uuid", match[0].lower(), 29)
        return f"{match[1]}{digits[:5]}-{digits[5:9]}-{digits[9:13]}-{digits[13:17]}-{digits[17:]}"

    def _mac(self, match: re.Match[str]) -> str:
        if match[0] in ("00:00:00:00:00:00", "ff:ff:ff:ff:ff:ff"):
            return match[0]
        digits = self.hidden("mac", match[0].lower(), 6)
        return f"{match[1]}{digits[:2]}:{digits[2:4]}:{digits[4:]}"

    def _address(self, match: re.Match[str]) -> str:
        import ipaddress

        try:
            address = ipaddress.ip_address(match[0])
        except ValueError:
            return match[0]
        if not address.is_global:
            return match[0]
        number = int(self.hidden("address", match[0], 8), 16)
        # the ranges kept for documentation: RFC 5737 and RFC 3849
        return f"192.0.2.{number % 254 + 1}" if address.version == 4 else f"2001:db8::{number & 0xFFFF:x}"
