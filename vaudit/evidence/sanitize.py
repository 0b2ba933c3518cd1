"""Makes a record that can be shared: what identifies is replaced, what is evidence stays.

Kept: vendor and product names, PCI ids, a MAC's first three bytes, the first three characters of a UUID
(`ec2` is how Xen on AWS names itself), container= of an environment. Replaced by stable pseudonyms of one
salt: MAC tails, serials, UUID tails, host and user names, public addresses, e-mail addresses, long keys.
"""

import re
from collections.abc import Callable, Iterable, Iterator

import msgspec

from vaudit.evidence.source import Entry

SERIALS = ("_serial", "/serial", "/wwid", "asset_tag", "/uniqueid", "/vpd_pg80", "/vpd_pg83", "product_uuid")
"""How the names of files end whose whole content is a serial number."""
ANONYMOUS = (
    "/proc/config.gz",
    "/boot/config-",
    "/proc/cpuinfo",
    "/proc/meminfo",
    "/proc/stat",
    "/proc/self/status",
    "/proc/sys/kernel/osrelease",
    "/etc/os-release",
    "/sys/bus/",
    "/sys/devices/system/",
    "/sys/module/",
    "/lib/modules/",
)
"""How the names of kernel files begin that say nothing of their owner; they stay as they are."""
KNOWN_TAGS = (
    r"(?i)OracleCloud\.com|7783-7084-3265-9085-8269-3286-77|Amazon EC2|HUAWEICLOUD|No Asset|Not Specified"
    r"|Default|To Be Filled|None|GoogleCloud-|VMware-"
)
"""Asset tags and serials that name a cloud or mean nothing; they stay as they are."""
PARAMETERS = (
    r"^(xen\S*|kvm\S*|nested\S*|iommu|intel_iommu|amd_iommu|mitigations|nomodule|noapic|nolapic|acpi|noacpi|pci"
    r"|clocksource|tsc|no-kvmclock|nokvm\S*|hv_\S*|virtio\S*|swiotlb|console|init|quiet|ro|rw|tmem|balloon\S*"
    r"|idle|hugepages\S*|transparent_hugepage|elevator|scsi_mod\S*|earlyprintk|reboot|panic|maxcpus|nr_cpus|mem"
    r"|nosmt|nosmap|nosmep|net\.ifnames|psi|zswap\S*|vsyscall|isolcpus|nohz\S*|cgroup\S*|systemd\.unified\S*)$"
)
"""Kernel parameters whose values are kept; of others only the name is."""

_UUID = r"\b([0-9a-fA-F]{3})([0-9a-fA-F]{5}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12})\b"
_MAC = r"\b((?:[0-9a-fA-F]{2}:){3})((?:[0-9a-fA-F]{2}:){2}[0-9a-fA-F]{2})\b(?!:)"
_LONG_HEX = r"\b(?=[01]*[2-9a-fA-F])[0-9a-fA-F]{32,}\b"
"""Container ids and keys; a bit map of zeros and ones is neither."""
_IPV4 = r"\b(?:\d{1,3}\.){3}\d{1,3}\b"
_IPV6 = (
    r"(?<![\w:])(?:[0-9a-fA-F]{1,4}:){3,7}[0-9a-fA-F]{1,4}(?![\w:])"
    r"|(?<![\w:])[0-9a-fA-F:]{2,}::[0-9a-fA-F:]*"
)
_MAIL = r"\b[\w.+-]+@[\w-]+(?:\.[\w-]+)*"
_CREDENTIAL = (
    r"(?i)(?<![a-z0-9])((?:\w+[_.-])?(?:pass(?:word|wd|phrase)|secret|token|api_?key|private_?key))"
    r"([=:]\s*)(\S+)"
)
_SSH_KEY = r"\bAAAA[0-9A-Za-z+/=]{30,}"
_USER_FOLDER = r"(/(?:home|media|run/media|Users)/)([^/\s]+)"


def _suspected(text: str) -> Iterator[str]:
    """The patterns that the text could match, by cheap signs: compiling all takes longer than a scan has."""
    folded, longest = text.lower(), len(max(text.split(), key=len, default=""))
    if any(word in folded for word in ("pass", "secret", "token", "key")):
        yield _CREDENTIAL
    if "AAAA" in text:
        yield _SSH_KEY
    if text.count("-") >= 4:
        yield _UUID
    if text.count(":") >= 5:
        yield _MAC
    if "@" in text:
        yield _MAIL
    if text.count(".") >= 3:
        yield _IPV4
    if text.count(":") >= 2:
        yield _IPV6
    if longest >= 32:
        yield _LONG_HEX
    if "/home/" in text or "/media/" in text or "/Users/" in text:
        yield _USER_FOLDER


class Sanitizer:
    """Replaces identities in entries; the same identity gets the same pseudonym for the same salt."""

    def __init__(self, salt: bytes, host_names: Iterable[str] = ()) -> None:
        self._salt = salt
        names = sorted({name for full in host_names for name in (full, full.split(".")[0])}, key=len)
        words = [re.escape(name) for name in reversed(names) if len(name) > 2 and name != "localhost"]
        self._host = re.compile(rf"(?<![\w/-])(?:{'|'.join(words)})(?![\w-])") if words else None
        self.masked: dict[str, int] = {}
        self._replacements: dict[str, Callable[[re.Match[str]], str]] = {
            _CREDENTIAL: lambda m: m[1] + m[2] + self._mask("secret", m[3], 8),
            _SSH_KEY: lambda m: self._mask("key", m[0], 16),
            _UUID: self._uuid,
            _MAC: self._mac,
            _MAIL: lambda m: self._mask("mail", m[0], 6) + "@example.invalid",
            _IPV4: self._address,
            _IPV6: self._address,
            _LONG_HEX: lambda m: self._hex("key", m[0], len(m[0])),
            _USER_FOLDER: lambda m: m[1] + self._mask("user", m[2], 6),
        }

    def entry(self, entry: Entry) -> Entry:
        """The same entry without identities. Folder names and registers are evidence and stay."""
        if entry.kind == "recording" and isinstance(entry.data, bytes):
            return msgspec.structs.replace(entry, data=self._json(entry.data))
        if isinstance(entry.data, bytes):
            return msgspec.structs.replace(entry, data=self._content(entry.key, entry.data))
        if isinstance(entry.data, str) and entry.kind == "link":
            return msgspec.structs.replace(entry, data=self._text(entry.data))
        return entry

    def _json(self, data: bytes) -> bytes:
        """Each text in a JSON document by itself, so that no pattern reaches over the end of one."""

        def clean(value: object) -> object:
            if isinstance(value, dict):
                return {key: clean(inner) for key, inner in value.items()}
            if isinstance(value, list):
                return [clean(inner) for inner in value]
            return self._text(value) if isinstance(value, str) else value

        return msgspec.json.encode(clean(msgspec.json.decode(data)))

    def _content(self, key: str, data: bytes) -> bytes:
        if key.endswith(SERIALS) and not re.search(KNOWN_TAGS, data.decode("latin-1")):
            return self._serial(data)
        if key.startswith(ANONYMOUS):
            return data
        if key.endswith("/environ"):
            return b"\0".join(self._variable(item) for item in data.split(b"\0"))
        try:
            text = data.decode("utf-8")
        except UnicodeDecodeError:
            return data
        return (self._cmdline(text) if key == "/proc/cmdline" else self._text(text)).encode()

    def _serial(self, data: bytes) -> bytes:
        """A serial or UUID alone in a file: its first three characters tell VMware and EC2 and stay."""
        text = data.decode("latin-1").strip()
        if not text.strip("0- \0"):
            return data
        match = re.fullmatch(_UUID, text)
        return (self._uuid(match) if match else text[:3] + self._mask("serial", text, 12)).encode() + b"\n"

    def _variable(self, item: bytes) -> bytes:
        name, equals, value = item.partition(b"=")
        if not equals or name in (b"container", b"container_host_variant_id", b"TERM"):
            return item
        return name + b"=" + self._mask("environment", value.decode("latin-1"), 6).encode()

    def _cmdline(self, text: str) -> str:
        """Arguments behind ` -- ` belong to init and go; values of unknown parameters are replaced."""
        kernel, _, _ = text.rstrip("\n").partition(" -- ")
        words = []
        for word in kernel.split():
            name, equals, value = word.partition("=")
            plain = (
                not equals or re.match(PARAMETERS, name) or re.fullmatch(r"[\d,.]{1,8}|on|off|yes|no", value)
            )
            words.append(word if plain else f"{name}={self._mask('parameter', value, 6)}")
        return self._text(" ".join(words)) + "\n"

    def _text(self, text: str) -> str:
        for pattern in _suspected(text):
            text = re.sub(pattern, self._replacements[pattern], text)
        if self._host:
            text = self._host.sub(lambda m: "host-" + self._mask("host", m[0], 6), text)
        return text

    def _uuid(self, match: re.Match[str]) -> str:
        if not match[0].strip("0-"):
            return match[0]
        digits = self._hex("uuid", match[0], 29)
        return f"{match[1]}{digits[:5]}-{digits[5:9]}-{digits[9:13]}-{digits[13:17]}-{digits[17:]}"

    def _mac(self, match: re.Match[str]) -> str:
        if match[0] in ("00:00:00:00:00:00", "ff:ff:ff:ff:ff:ff"):
            return match[0]
        digits = self._hex("mac", match[0].lower(), 6)
        return f"{match[1]}{digits[:2]}:{digits[2:4]}:{digits[4:]}"

    def _address(self, match: re.Match[str]) -> str:
        import ipaddress

        try:
            address = ipaddress.ip_address(match[0])
        except ValueError:
            return match[0]
        if not address.is_global:
            return match[0]
        number = int(self._hex("address", match[0], 8), 16)
        # the ranges kept for documentation: RFC 5737 and RFC 3849
        return f"192.0.2.{number % 254 + 1}" if address.version == 4 else f"2001:db8::{number & 0xFFFF:x}"

    def _mask(self, what: str, text: str, length: int) -> str:
        return "x" + self._hex(what, text, length)

    def _hex(self, what: str, text: str, length: int) -> str:
        import hashlib
        import hmac

        self.masked[what] = self.masked.get(what, 0) + 1
        digest = hmac.new(self._salt, f"{what}\0{text}".encode(), hashlib.sha256).hexdigest()
        return (digest * (length // len(digest) + 1))[:length]
