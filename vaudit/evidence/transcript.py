"""A text in which several commands and what they printed follow each other: a terminal's, a bug report's.

Where one begins is told by a prompt (`# lspci -nnk`, `[root@host ~]$ cat /proc/cpuinfo`), by a heading that
is a command and nothing else, by the fences of Markdown, or by a supportconfig's `#==[ Command ]`. What
stands between two of them lies in a capture where the command's output belongs; what no command introduces,
where the program is known by its words. Prompts of a second machine are left out: its answers are not this
one's.
"""

import re
from collections.abc import Callable, Iterator
from itertools import islice
from typing import NamedTuple

from vaudit.evidence.places import PROGRAMS, as_json

LIMIT = 2 << 20
"""Bytes of a text that are taken apart."""
MAX_SECTIONS = 500
"""Commands and blocks that are looked at: more follow in no report that a person wrote."""
MAX_LINE = 4096
"""Characters of a line that can be a prompt or a heading."""
_PROMPT = re.compile(
    r"[ \t]*(?P<head>(?:\([\w.-]{1,40}\) ?)?(?:\[[^\]\n]{1,100}\]|[\w.~/:@+-]{0,160})"
    r"[ \t]?[\w.~/:@+-]{0,100}[ \t]?)"
    r"(?P<sign>[#$%❯➜])[ \t]+(?P<command>\S.*)"
)
_STAMPED = re.compile(r"[ \t]*\[ *\d")
"""How a line of the kernel log begins, whose `#` is no prompt."""
_HOST = re.compile(r"@([A-Za-z0-9][\w.-]{0,63})|^\[?([A-Za-z][\w.-]{0,63}):~")
_FENCE = re.compile(
    r"[ \t]*(?:```|~~~)\S{0,20}[ \t]*$|[ \t]*\[/?(?:code|quote|spoiler)(?:=[^\]\n]{0,40})?\][ \t]*$"
)
_DECORATED = " \t*_`#:=-|"
_SECTION = re.compile(r"#==\[ (Command|Configuration File|Log File|System File|File|System) \]=+#?$")
_OUTPUT_OF = re.compile(
    r"(?:the )?(?:full |complete )?output (?:of|from) (?:the )?(?:command )?`?", re.IGNORECASE
)
_SUBCOMMANDS = ("status", "info", "dmesg", "capabilities")

_PLACES: dict[str, str] = {
    **{
        name: PROGRAMS[name]
        for name in (
            "lscpu", "lspci", "dmidecode", "dmesg", "lsmod", "lsblk", "lshw", "inxi", "hwinfo", "hostnamectl",
            "systemd-detect-virt", "virt-what", "facter", "ansible", "ohai", "udevadm", "mount", "cpuid",
            "ethtool",
        )
    },
    "journalctl": PROGRAMS["dmesg"],
    "uname": PROGRAMS["uname -a"],
    "xl": PROGRAMS["xl info"],
    "virsh": PROGRAMS["virsh capabilities"],
    "xm": PROGRAMS["xl info"],
    **dict.fromkeys(("cat", "head", "grep", "zgrep"), ""),
}  # fmt: skip
"""The programs that are known, and where in a capture their output lies; of the last, where it is told."""
_BY_SUBCOMMAND = {"xl": "xl", "xm": "xl", "virsh": "virsh"}
"""Programs whose output depends on the word that follows, and the name in PROGRAMS that stands for them."""
_ALONE = tuple(name for name in _PLACES if name not in ("mount", "grep", "head", "ohai", "ansible", "xm"))
"""Those whose name is no word of a sentence, so that it can be a heading without a prompt."""
_WITH_WORDS = ("grep", "zgrep", "head", "ansible", "udevadm", "ohai", "facter", "ethtool")
"""Those whose arguments are words of any kind."""
_IN_JSON = ("lscpu", "lshw", "facter")
_KEYWORDS = {
    "system-manufacturer": "sys_vendor",
    "system-product-name": "product_name",
    "system-version": "product_version",
    "system-family": "product_family",
    "bios-vendor": "bios_vendor",
    "bios-version": "bios_version",
    "baseboard-manufacturer": "board_vendor",
    "baseboard-product-name": "board_name",
    "chassis-manufacturer": "chassis_vendor",
    "chassis-asset-tag": "chassis_asset_tag",
}
"""dmidecode's keywords (dmiopt.c), and the kernel's names of the same fields."""
_DMI = "/sys/class/dmi/id/"
_DMI_ALSO = "/sys/devices/virtual/dmi/id/"
_READ = ("/proc/", "/sys/", "/etc/", "/run/")
_DETECTED = re.compile(r"[a-z][a-z-]{1,16}$")
_WORDS = ("systemd-detect-virt", "virt-what")
_FIELD = re.compile(r"(/(?:sys|proc|run)/[\w/.:-]{1,200}?|[a-z]+_[a-z]+):(.*)")
"""A line of `grep . /sys/class/dmi/id/*`, with the file's name before the value."""

_TOLD = re.compile(
    r"(/sys/(?:class|devices/virtual)/dmi/id/[a-z_]{1,40})[`'\"]?"
    r"[ \t]{0,4}(?:->|=>|→|:|=)[ \t]{0,4}(\S.{0,200})"
)
"""How people write such a file and what it holds, in a list or a sentence."""
_OF_HEAD = re.compile(r"==> (/[\w./:-]{1,200}) <==$")
"""How `head` and `tail` name each of several files."""
_NAMED = re.compile(
    r"(sys_vendor|(?:product|board|bios|chassis)_(?:name|vendor|version|family))[ \t]*[:=][ \t]*(\S.*)"
)
"""A file of SMBIOS by its name alone, as a loop over them prints it."""
_CONCLUDED = re.compile(
    r"(?:^Detected|\bFound VM|\bFound container(?! virtualization none))"
    r" virtualization '?([a-z-]{2,20})'?\.?$"
)
"""What systemd prints on the console of a container, which has no kernel log of its own, and what it is told
to print of how it came to that (src/basic/virt.c)."""
_KERNEL_OF_WSL = re.compile(
    r"[Kk]ernel(?: [Vv]ersion)?[ \t]*:[ \t]*(?:Linux )?(\d\S{0,60}-microsoft-\S{1,60})$"
)
"""A kernel's release in a list that no program is known for, where it names who built it."""
_OF_SUSE = (("Manufacturer", "sys_vendor"), ("Hardware", "product_name"))
"""What a supportconfig says under `# Virtualization`, and the kernel's names of the same fields."""

Known = Callable[[str], "str | None"]
"""Where a text's program is known by its words: its place in a capture."""


class Section(NamedTuple):
    """A command, the machine of its prompt, and the lines below it; without one what stands by itself."""

    command: str
    host: str
    lines: list[str]

    @property
    def text(self) -> str:
        return "\n".join(self.lines).strip("\n") + "\n"


def places(text: str, known: Known) -> dict[str, bytes]:
    """What the commands in a text printed, by its place in a capture; of the first machine alone."""
    found: dict[str, bytes] = {}
    ours = ""
    for section in islice(_sections(text), MAX_SECTIONS):
        if section.host:
            ours = ours or section.host
        if section.host in ("", ours):
            for place, content in _placed(section, known):
                if content.strip():
                    found.setdefault(place, content.encode())
    return found


def printed_again(text: str, known: Known) -> set[str]:
    """The places of what several commands of a text printed: the second may be another machine's."""
    found: list[str] = []
    for section in islice(_sections(text), MAX_SECTIONS):
        if section.command:
            found += {place for place, content in _placed(section, known) if content.strip()}
    return {place for place in found if found.count(place) > 1}


def hosts(text: str) -> list[str]:
    """The machines whose prompts stand before commands that are read, in their order."""
    sections = islice(_sections(text), MAX_SECTIONS)
    return list(dict.fromkeys(one.host for one in sections if one.host and _program(one.command)[0]))


# sections


def _sections(text: str) -> Iterator[Section]:
    current, after_mark = Section("", "", []), False
    for line in map(_unquoted, text.split("\n")):
        short = line if len(line) <= MAX_LINE else ""
        begins = None
        if after_mark:  # a supportconfig's second line: `# /usr/bin/lscpu`, `# /proc/cpuinfo`
            named = short.lstrip("# ").rstrip()
            begins, after_mark = Section(f"cat {named}" if named.startswith(_READ) else named, "", []), False
        elif short and (file := _OF_HEAD.match(short)):
            begins = Section(f"cat {file[1]}", current.host, [])
        elif short and _SECTION.match(short):
            begins, after_mark = Section("", "", []), True
        elif short and _FENCE.match(short):
            if current.command and not any(one.strip() for one in current.lines):
                continue  # the heading of what is fenced
            begins = Section("", current.host if current.command else "", [])
        elif short:
            begins = _prompt(short) or _heading(short)
        if begins is None:
            current.lines.append(line)
        else:
            yield current
            current = begins
    yield current


def _unquoted(line: str) -> str:
    """Without what a mail puts before each line."""
    while line.startswith(">"):
        line = line[1:].removeprefix(" ")
    return line


def _prompt(line: str) -> Section | None:
    """`[root@host ~]# command`; of a bare `#`, which begins comments too, only commands that are known."""
    match = _PROMPT.match(line)
    if not match or _STAMPED.match(line):
        return None
    head, command = match["head"].strip(), match["command"].strip().strip("`")
    named = _HOST.search(head)
    host = (named[1] or named[2]) if named else ""
    known = bool(_program(command)[0])
    if not known and not (host or (match["sign"] == "$" and head) or ("~" in head and len(head) < 40)):
        return None
    if match["sign"] == "#" and not head and not (_is_call(command) or _keyword(command)):
        return None  # `# dmidecode 3.2` is what dmidecode prints
    return Section(command, host, [])


def _heading(line: str) -> Section | None:
    """A line that is a command and nothing else, however it is set: `**lspci -nnk**`, `Output of lscpu:`."""
    told = line.strip(_DECORATED)
    output = _OUTPUT_OF.match(told)
    told = (told[output.end() :] if output else told).strip(_DECORATED)
    name, _ = _program(told)
    if name not in _ALONE or not _is_call(told) or (name in ("cat", "mount") and "/" not in told):
        return None
    return Section(told, "", [])


def _is_call(command: str) -> bool:
    """Whether behind a program's name only options, files and other programs stand."""
    name, arguments = _program(command)
    if not name or name in _WITH_WORDS:
        return bool(name)
    words = arguments.partition("|")[0].partition("2>")[0].split()
    return all(word.startswith(("-", "/")) or word in _SUBCOMMANDS for word in words)


def _program(command: str) -> tuple[str, str]:
    """The program of a command line and its arguments: without sudo, variables and its folder."""
    words = command.split(" ")
    while words and ("=" in words[0] or words[0] in ("sudo", "doas", "env", "-E", "time", "LANG=C", "")):
        words = words[1:]
    if not words:
        return "", ""
    name = words[0].strip("`").rpartition("/")[2]
    arguments = " " + " ".join(words[1:]).strip("`") if words[1:] else ""
    if name in ("sh", "bash") and "/dmi/id" in arguments and "grep" in arguments:
        return "grep", arguments
    return (name, arguments) if name in _PLACES else ("", "")


# places


def _placed(section: Section, known: Known) -> Iterator[tuple[str, str]]:
    name, arguments = _program(section.command)
    text = section.text
    if not name:
        yield from _of_nobody(section, text, known)
        return
    if name in ("grep", "zgrep", "head") or (name == "cat" and any(sign in arguments for sign in "{*")):
        yield from _fields(section, arguments)
    if name in ("cat", "head", "grep", "zgrep"):
        yield from _files(arguments, text, known)
    elif name == "dmidecode" and (keyword := _keyword(arguments)):
        yield f"root{_DMI}{keyword}", text.splitlines()[0] if text.strip() else ""
    elif name in _WORDS:
        yield _PLACES[name], _detected(section.lines, name)
    elif name == "uname":
        words = text.split()
        yield (
            ("root/proc/sys/kernel/osrelease", words[0])
            if " -r" in arguments and words
            else (_PLACES[name], text)
        )
    elif name == "ethtool" and " -i" in arguments:
        yield f"commands/ethtool_-i_{arguments.split()[-1].strip(':')}.txt", text
    elif name in _BY_SUBCOMMAND:
        asked = f"{_BY_SUBCOMMAND[name]} {_subcommand(arguments)}"
        yield from [(PROGRAMS[asked], text)] if asked in PROGRAMS else []
    elif name != "ethtool":
        yield _of_program(name, arguments, text), _with_its_name(name, arguments, text)


def _subcommand(arguments: str) -> str:
    """The first word that is no option: `virsh -r capabilities`."""
    return next((word for word in arguments.split() if not word.startswith("-")), "")


def _of_nobody(section: Section, text: str, known: Known) -> Iterator[tuple[str, str]]:
    """What no program introduces: known by its words, or files of SMBIOS named beside their values."""
    place = known(text) if text.strip() else None
    if place:
        yield place, text
    elif section.command == "Virtualization":
        told = dict(line.split(":", 1) for line in section.lines if ":" in line)
        yield from ((f"root{_DMI}{name}", told.get(key, "").strip()) for key, name in _OF_SUSE)
    for line in section.lines if "_vendor" in text or "product_name" in text else ():
        if named := _NAMED.match(line.strip()) if len(line) <= MAX_LINE else None:
            yield f"root{_DMI}{named[1]}", named[2]
    if " virtualization " in text or "-microsoft-" in text:
        yield from _of_systems(section.lines)
    for line in section.lines if "/dmi/id/" in text else ():
        match = _TOLD.search(line) if len(line) <= MAX_LINE else None
        if match and "No such file" not in match[2]:
            yield f"root{match[1].replace(_DMI_ALSO, _DMI)}", match[2].strip(" \t`'\",")


def _of_systems(lines: list[str]) -> Iterator[tuple[str, str]]:
    for line in lines:
        words = line.strip() if len(line) <= MAX_LINE else ""
        if concluded := _CONCLUDED.search(words):
            yield PROGRAMS["systemd-detect-virt"], concluded[1]
        elif kernel := _KERNEL_OF_WSL.search(words):
            yield "root/proc/sys/kernel/osrelease", kernel[1]


def _with_its_name(name: str, arguments: str, text: str) -> str:
    """What a program printed; one fact that facter was asked for has its name, which facter leaves out."""
    if name != "facter":
        return text
    asked = [word for word in arguments.partition("|")[0].split() if not word.startswith("-")]
    if len(asked) != 1 or text.lstrip().startswith(f"{asked[0]} =>") or '": ' in text:
        return text
    return f"{asked[0]} => {text.lstrip()}"


def _of_program(name: str, arguments: str, text: str) -> str:
    if name == "lspci" and any(word[:1] == "-" and "n" in word for word in arguments.split()):
        return PROGRAMS["lspci -nnk"]
    if name in _IN_JSON and text.lstrip().startswith(("{", "[{")):
        return as_json(name)
    return _PLACES[name]


def _files(arguments: str, text: str, known: Known) -> Iterator[tuple[str, str]]:
    paths = [word for word in arguments.partition("|")[0].split() if word.startswith("/")]
    if len(paths) != 1 or any(sign in paths[0] for sign in "{*"):
        return
    path = paths[0].rstrip(":;")
    if path.startswith(_DMI_ALSO):
        path = _DMI + path.removeprefix(_DMI_ALSO)
    if path.endswith("/ds-identify.log"):
        yield PROGRAMS["ds-identify"], text
    elif path.startswith(_READ):
        line = text.splitlines()[0] if path.startswith(_DMI) and text.strip() else text
        yield f"root{path}", line
    elif place := known(text):
        yield place, text


def _fields(section: Section, arguments: str) -> Iterator[tuple[str, str]]:
    """`grep . /sys/class/dmi/id/*`, with names; `cat /sys/class/dmi/id/{sys_vendor,bios_vendor}`, without."""
    names = re.search(r"/dmi/id/\{([\w,]{1,300})\}", arguments)
    told = [line for line in section.lines if line.strip()]
    if names and arguments.lstrip().startswith("/"):
        listed = names[1].split(",")
        yield from (
            (f"root{_DMI}{name}", line)
            for name, line in zip(listed, told, strict=False)
            if len(told) == len(listed)
        )
        return
    for line in told:
        match = _FIELD.match(line.strip()) if len(line) <= MAX_LINE else None
        if match and match[1].startswith("/"):
            path = match[1].replace(_DMI_ALSO, _DMI)
            yield f"root{path}", match[2]
        elif match and "/dmi/id" in arguments:
            yield f"root{_DMI}{match[1]}", match[2]


def _keyword(arguments: str) -> str:
    words = arguments.replace("=", " ").split()
    asked = next((words[at + 1] for at, word in enumerate(words[:-1]) if word in ("-s", "--string")), "")
    return _KEYWORDS.get(asked, "")


def _detected(lines: list[str], name: str) -> str:
    """The words that such a program prints; its reasons, in sentences, name more than it found."""
    told = [line.strip() for line in lines if _DETECTED.match(line.strip().replace("_", "-"))]
    return "\n".join(told[-1:] if name == "systemd-detect-virt" else told)
