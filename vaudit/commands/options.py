"""How options are declared: once, as data on the fields of a command's `Options`.

Importing Typer takes as long as a scan. So a plain command line is read here, and everything else (help,
mistakes, rarer spellings) by the Typer commands that cli.py makes of the same declarations.
"""

from collections.abc import Sequence
from typing import Annotated, Any, Literal

from vaudit.commands import COMMANDS, command
from vaudit.commands.common import USAGE, Stop
from vaudit.output import FORMATS
from vaudit.words import joined

Strings = tuple[str, ...]
"""The type of an option that may be given several times."""


class Option:
    """What an option is for. Its type and default are those of the field.

    `flags` are `--long`, then `-s`; there are none for an argument, which is told by its place.
    """

    def __init__(self, help: str, flags: Strings = (), metavar: str = "", choices: Strings = ()) -> None:
        self.help, self.flags, self.metavar, self.choices = help, flags, metavar, choices


_SUFFIXES = joined([suffix for form in FORMATS.values() for suffix in form.suffixes[:1]], "or")
From = Annotated[
    Strings,
    Option(
        "Scan a record, not this machine: a dump, a root tree, a capture or sosreport, an archive or a "
        "folder of them. May be repeated.",
        ("--from",),
        "PATH",
    ),
]
FormatName = Annotated[
    str,
    Option(
        "; ".join(f"{name}: {form.about}" for name, form in FORMATS.items()) + ".",
        ("--format", "-f"),
        choices=tuple(FORMATS),
    ),
]
Output = Annotated[
    Strings,
    Option(
        f"Also write the report there; {_SUFFIXES} says how. May be repeated.",
        ("--output", "-o"),
        "FILE",
    ),
]
Color = Annotated[
    str, Option("Colours; auto: on a terminal.", ("--color",), choices=("auto", "always", "never"))
]
Verbose = Annotated[bool, Option("Show passes, witnesses and reasons too.", ("--verbose", "-v"))]
Folders = Annotated[
    Strings,
    Option("Checks that add to vaudit's own or override them. May be repeated.", ("--checks",), "DIR"),
]
Promised = Annotated[
    str,
    Option(
        'Hold what you were promised against what is found: "4 vCPU, 8 GB RAM, 160 GB NVMe, 1 Gbit/s, KVM", '
        "or a TOML file.",
        ("--plan",),
        "TEXT",
    ),
]
Disk = Annotated[str, Option("The folder whose disk is measured.", ("--disk",), "DIR")]
Device = Annotated[
    str | None,
    Option("Measure this raw device, not a folder: it is only read. Needs --yes.", ("--device",), "DEV"),
]
Yes = Annotated[bool, Option("Do measure a network file system, or read the raw --device.", ("--yes",))]
BusyOk = Annotated[
    bool,
    Option("Judge the disk although other programs keep the CPUs busy, and say so.", ("--busy-ok",)),
]
DryRun = Annotated[bool, Option("Show what would be measured, and stop.", ("--dry-run",))]
Share = Annotated[
    bool, Option("Leave out who and which machine it is: names, addresses, serials.", ("--share",))
]
Salt = Annotated[
    str,
    Option("Give equal identities equal pseudonyms wherever this text is given.", ("--salt",), "TEXT"),
]
PEER = Option("An iperf3 server to measure the network against. May be repeated.", ("--peer",), "HOST[:PORT]")
Bench = Literal["quick", "full", "off"]
"""How much is measured."""
VERSION = ("--version", "-V")
HELP = ("--help", "-h")
"""Like VERSION known to every command."""


def declared(options: type[Any]) -> dict[str, tuple[Any, Option]]:
    """Type and declaration of each field of a command's Options, by its name."""
    return {name: (hint.__origin__, hint.__metadata__[0]) for name, hint in options.__annotations__.items()}


def plain(words: Sequence[str]) -> tuple[str, Any] | None:
    """The command that a plain command line names, and its Options; None where Typer has to read it."""
    for length in (1, 2):
        name = " ".join(words[:length])
        if name in COMMANDS:
            options = read(command(name).Options, words[length:])
            return None if options is None else (name, options)
    return None


def read(options: type[Any], words: Sequence[str]) -> Any:
    """The Options that the words mean; None where one of them is not plain, or one is missing."""
    fields = declared(options)
    flags = {flag: name for name, (_, option) in fields.items() for flag in option.flags}
    places = [name for name, (_, option) in fields.items() if not option.flags]
    values: dict[str, Any] = {}
    rest = iter(words)
    for word in rest:
        flag, equals, value = word.partition("=") if word[:2] == "--" else (word, "", "")
        if word[:1] != "-":
            name, value = (places.pop(0) if places else ""), word
        else:
            name = flags.get(flag, "")
        if not name:
            return None
        kind = fields[name][0]
        if kind is not bool and word[:1] == "-" and not equals:
            value = next(rest, "-")
        if value[:1] == "-" or (kind is bool and equals):
            return None
        values[name] = _value(kind, value, values.get(name, ()))
        if values[name] is None:
            return None
    required = [name for name in fields if name not in options._field_defaults]
    return options(**values) if all(name in values for name in required) else None


def _value(kind: Any, word: str, before: Strings) -> Any:
    """A word as a field's type has it; None for a number in a spelling that is not plain."""
    if kind is bool:
        return True
    if kind == Strings:
        return (*before, word)
    if kind in (int, float):
        digits = word.replace(".", "", 1) if kind is float else word
        return kind(word) if digits.isascii() and digits.isdigit() and len(digits) < 16 else None
    return word


def checked(options: Any) -> Any:
    """The options, if each value is one of its choices. Raises Stop."""
    for name, (_, option) in declared(type(options)).items():
        value = getattr(options, name)
        if option.choices and value is not None and value not in option.choices:
            wrong = f"{option.flags[0]} {value!r}"
            raise Stop(USAGE, f"{wrong}: choose one of {', '.join(option.choices)}")
    return options
