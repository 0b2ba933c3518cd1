"""A text as a terminal, a page or a mail left it: its marks undone, and of several machines' logs the first.

Mails break lines, pages escape signs, and a thread holds the logs of all who take part in it.
"""

import re

MAX_MACHINES = 8
"""Machines that are named, where a text holds the logs of several."""
_TITLES = re.compile(r"\x1b\][^\x07\x1b\n]{0,400}(?:\x07|\x1b\\)")
"""What a shell writes into the frame of its window."""
_COLOURS = re.compile(r"\x1b(?:\[[0-?]{0,16}[ -/]{0,4}[@-~]|[()][A-Z0-9]|[=>])")
_MARKS = {"&lt;": "<", "&gt;": ">", "&quot;": '"', "&#39;": "'", "&#34;": '"', "&nbsp;": " ", "&amp;": "&"}
_TAG = re.compile(
    r"</?(?:br|p|pre|code|details|summary|b|i|tt|div|span|strong|em|h[1-6])(?: [^<>\n]{0,200})?/?>"
)
_QUOTED = {"=3D": "=", "=20": " ", "=09": "\t", "=2D": "-", "=C2=A0": " "}
"""How a mail writes signs that it may not hold, of those that logs have (RFC 2045, 6.7)."""
_SOFT = re.compile(r"^.{70,75}[^=\n]=$", re.MULTILINE)
_EQUALS, _SOFT_LINES = "=3D", 2
"""How a line looks that was broken there, the sign that every such mail writes so, and how many lines show
without it that it was no accident."""
_BREAK = re.compile(r"(?<!=)=\n")
_HARDWARE, _AT_BOOT = "Hardware name: ", "DMI: "
"""What stands before the name of a machine, in an oops and at boot."""
_WRAPPED = re.compile(r"(?P<first>Hardware name: [^\n]{1,200})\n[ \t>|]*(?P<second>[^\n]{1,200})")
_ENDS = re.compile(r", BIOS\b| hv:|\((?:DT|z/VM|LPAR|KVM)")
"""How such a name ends, by the architecture."""
_PARTED = re.compile(r"^[ \t>|]{0,40}(?:```[^\n]{0,20}|~~~)?$", re.MULTILINE)
"""A line between two logs: empty, or the fence of one."""
_MACHINE = re.compile(rf"(?:Hardware name|\bDMI): (?P<name>[^\n]{{4,200}}?)(?:{_ENDS.pattern})")


def cleaned(text: str) -> str:
    """Without colours, a page's escapes and tags, and the ends of lines of other systems."""
    if "\x1b" in text:
        text = _COLOURS.sub("", _TITLES.sub("", text))
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    if "&lt;" in text or "&gt;" in text or "&quot;" in text or "&#3" in text:
        for mark, sign in _MARKS.items():
            text = text.replace(mark, sign)
    if "=\n" in text:
        text = _unbroken(text)
    if _HARDWARE in text:
        text = _WRAPPED.sub(_joined, text)
    return _TAG.sub("", text) if "</" in text else text


def _unbroken(text: str) -> str:
    """A mail as it was sent, quoted-printable (RFC 2045, 6.7): lines that it broke at 76 characters, and the
    signs that it wrote as numbers; of others nothing, which end in `=` by themselves."""
    if len(_SOFT.findall(text)) < (1 if _EQUALS in text else _SOFT_LINES):
        return text
    text = _BREAK.sub("", text)
    for number, sign in _QUOTED.items():
        text = text.replace(number, sign)
    return text


def _joined(match: re.Match[str]) -> str:
    """The name of the hardware in an oops, which a mail wrapped: it ends in the firmware's version."""
    first, second = match["first"], match["second"]
    told = _ENDS.search(first) or not _ENDS.search(second) or _HARDWARE in second
    return match[0] if told else f"{first.rstrip()} {second}"


def of_first_machine(text: str) -> tuple[str, list[str]]:
    """A text up to where the log of a second machine begins, and the names of all machines in it.

    The kernel names its machine by the same words at boot and in each oops (drivers/firmware/dmi_scan.c);
    what a mail cut short is no other. Where only one is named, that is all of the text and nothing.
    """
    if text.count(_HARDWARE) + text.count(_AT_BOOT) < 2:
        return text, []
    names: list[str] = []
    ended, until = 0, len(text)
    for found in _MACHINE.finditer(text):
        name = found["name"].strip()
        if not any(name.startswith(one) or one.startswith(name) for one in names):
            names.append(name)
            until = _begin(text, ended, found.start()) if len(names) == 2 else until
        if len(names) == 1:
            ended = found.end()
        elif len(names) == MAX_MACHINES:
            break
    return (text[:until], names) if len(names) > 1 else (text, [])


def _begin(text: str, after: int, before: int) -> int:
    """Where the log begins that names its machine at `before`: behind what parts it from that of another one,
    which names its own up to `after`; at its first line, or else at the line of the name."""
    line = text.rfind("\n", after, before)
    boot = text.rfind("Linux version ", after, before)
    parted = [match.start() for match in _PARTED.finditer(text, after, line)] if line > 0 else []
    begins = [at for at in (boot, *parted[-1:]) if at >= 0]
    return text.rfind("\n", 0, min(begins, default=before)) + 1
