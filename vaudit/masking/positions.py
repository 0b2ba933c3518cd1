"""Where in a text a name stands as a name: there it is one, even if it is a word of the evidence.

A host may be called `virtio`, a user `debian`, a machine `backup`. Such names are not looked for in all texts
(identities.py), but in these places nothing else can stand.
"""

from collections.abc import Iterator

_DATED = r"[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d|\d{4}-\d\d-\d\dT[0-9:.,+Z-]{8,24}"
SYSLOG = rf"(?m)^((?:{_DATED}) )([^\s:\[\]]{{1,255}})(?= [\w./()-]{{1,64}}(?:\[\d{{1,10}}\])?: )"
"""`Aug 22 05:38:32 HOST kernel: `, `2024-08-22T05:38:32+02:00 HOST kernel: ` (RFC 3164, RFC 5424)."""
LOGIN = r"(?m)(^|\s)([\w.-]{1,255})(?= login: )"
"""What getty(8) asks on a console."""
NAMED = (
    r"(?i)((?<![a-z])(?:host[_ -]?name|nodename|fqdn|computer[_ -]?name)"
    r"(?:[ \t]{0,4}[=:][ \t]{0,4}['\"<]?|[ \t]{1,4}(?:is |to )?['\"<]))([\w.-]{1,255})"
)
UNAME = r"\b(Linux )(?!version )([\w.-]{1,255})(?= \d{1,3}\.\d{1,4}\S{0,80} #\d)"
"""What `uname -a` prints."""
HOSTS = (SYSLOG, LOGIN, NAMED, UNAME)
"""Behind each first group stands a host's name."""
LOGGED_IN = (
    r"(?i)((?<![a-z])(?:user(?:name)?(?:[ \t]{0,2}[=:][ \t]{0,2}['\"]?|[ \t]{1,2}['\"])|of user )"
    r"|(?<![a-z])uid=\d{1,10}\()([\w.$-]{1,64})"
)
USERS = (LOGGED_IN,)
_CONTAINER = (
    r"((?<![\w.])lxc\.(?:payload|monitor)[./]|/lxc/|/libvirt/(?:qemu|lxc)/)(?!rootfs\b)([^\s/:]{1,255})"
)
_SCOPE = r"((?<![\w-])machine-)([\w.-]{1,200}?)(?=\.scope)"
_UNITS = (".service", ".scope", ".slice", ".socket", ".mount", ".timer")
UNITS = r"\.(?:service|scope|slice|socket|mount|timer)\b"
_INSTANCE = rf"((?<![\w.+-])[\w.+-]{{1,64}}@)([^\s/@]{{1,200}}?)(?={UNITS})"
MACHINES = (_CONTAINER, _SCOPE, _INSTANCE)
"""Control groups and folders of containers and virtual machines, and units of systemd that are named so."""


def suspected(text: str, folded: str) -> Iterator[str]:
    """The patterns that the text could match, by cheap signs."""
    if ": " in text and any(map(_is_dated, text.split("\n"))):
        yield SYSLOG
    if " login: " in text:
        yield LOGIN
    if any(map(folded.__contains__, _NAMES)):
        yield NAMED
    if " #" in text and text.count("Linux ") > text.count("Linux version "):
        yield UNAME
    if ("user" in folded or "uid=" in folded) and any(map(folded.__contains__, _LOGGED_IN)):
        yield LOGGED_IN
    if "lxc" in text or "libvirt" in text:
        yield _CONTAINER
    if ".scope" in text:
        yield _SCOPE
    if "@" in text and any(map(text.__contains__, _UNITS)):
        yield _INSTANCE


def _is_dated(line: str) -> bool:
    """Whether it begins as SYSLOG has it: `Nov 26 19:15:27 ` or `2026-11-26T19:15:27`."""
    return line[9:10] == line[12:13] == ":" or (line[4:5] == "-" and line[10:11] == "T")


_LOGGED_IN = (
    "user=",
    "user:",
    "user =",
    "user :",
    "user '",
    'user "',
    "user  ",
    "user\t",
    "user \t",
    "username",
    "of user ",
    "uid=",
)
_NAMES = ("hostname", "host_name", "host name", "host-name", "nodename", "fqdn", "computer")
