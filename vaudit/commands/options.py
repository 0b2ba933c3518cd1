"""How options are declared: once, as data on the fields of a command's `Options`."""

from typing import Annotated, Any, Literal

from vaudit.output import FORMATS
from vaudit.words import joined

Strings = tuple[str, ...]
"""The type of an option that may be given several times."""


class Option:
    """What an option is for. Its type and default are those of the field.

    `flags` are `--long`, then `-s`; there are none for an argument, which is told by its place. `set` says
    where the configuration may set it: `always`, `live` (where this machine is scanned, and no record) or
    nowhere.
    """

    def __init__(
        self,
        help: str,
        flags: Strings = (),
        metavar: str = "",
        choices: Strings = (),
        set: Literal["always", "live", ""] = "",
        *,
        key: str = "",
    ) -> None:
        self.help, self.flags, self.metavar, self.choices, self.set = help, flags, metavar, choices, set
        self.own_key = key

    @property
    def key(self) -> str:
        """How the configuration calls it: `busy_ok` is --busy-ok, unless it has a key of its own."""
        return (self.own_key or self.flags[0][2:].replace("-", "_")) if self.set else ""


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
        f"Also write the report there; {_SUFFIXES} says how; - is standard output, in --format. May be "
        "repeated.",
        ("--output", "-o"),
        "FILE",
        set="live",
    ),
]
Prometheus = Annotated[
    str,
    Option(
        "Also write metrics there, for node_exporter's folder of text files; name it NAME.prom.",
        ("--prometheus",),
        "FILE",
        set="live",
    ),
]
Color = Annotated[
    str, Option("Colours; auto: on a terminal.", ("--color",), choices=("auto", "always", "never"))
]
Verbose = Annotated[bool, Option("Show passes, witnesses and reasons too.", ("--verbose", "-v"))]
Folders = Annotated[
    Strings,
    Option(
        "Checks that add to vaudit's own or override them. May be repeated.",
        ("--checks",),
        "DIR",
        set="always",
    ),
]
Promised = Annotated[
    str,
    Option(
        'Hold what you were promised against what is found: "4 vCPU, 8 GB RAM, 160 GB NVMe, 1 Gbit/s, KVM", '
        "or a TOML file.",
        ("--plan",),
        "TEXT",
        set="live",
    ),
]
Places = Annotated[
    Strings,
    Option(
        "Would this Windows start there? kvm (virtio-blk), kvm-scsi, xen, xcp-ng, hyperv, vmware or nvme. "
        "May be repeated.",
        ("--target",),
        "PLACE",
    ),
]
Disk = Annotated[str, Option("The folder whose disk is measured.", ("--disk",), "DIR", set="live")]
Device = Annotated[
    str | None,
    Option(
        "Measure this raw device, not a folder: it is only read. Needs --yes.",
        ("--device",),
        "DEV",
        set="live",
    ),
]
Yes = Annotated[
    bool,
    Option(
        "Do measure a network file system, read the raw --device, or what a disk image names elsewhere.",
        ("--yes",),
        set="live",
    ),
]
BusyOk = Annotated[
    bool,
    Option(
        "Judge the disk although other programs keep the CPUs busy, and say so.", ("--busy-ok",), set="live"
    ),
]
DryRun = Annotated[bool, Option("Show what would be measured, and stop.", ("--dry-run",))]
Share = Annotated[
    bool,
    Option("Leave out who and which machine it is: names, addresses, serials.", ("--share",), set="always"),
]
Salt = Annotated[
    str,
    Option(
        "Give equal identities equal pseudonyms wherever this text is given.",
        ("--salt",),
        "TEXT",
        set="always",
    ),
]
PEER = Option(
    "An iperf3 server to measure the network against. May be repeated.",
    ("--peer",),
    "HOST[:PORT]",
    set="live",
)
State = Annotated[
    str,
    Option(
        "Where reports are kept. [default: /var/lib/vaudit as root, else ~/.local/state/vaudit]",
        ("--state",),
        "DIR",
        set="always",
    ),
]
KeepFor = Annotated[
    str,
    Option("How long reports are kept: 400d, 12w, 2y.", ("--keep-for",), "AGE", set="always", key="keep"),
]
KeepSize = Annotated[
    str,
    Option("How much kept reports may take: 100M, 1G.", ("--keep-size",), "SIZE", set="always", key="size"),
]
Config = Annotated[
    str, Option("Settings, in place of the usual files; /dev/null: none.", ("--config",), "FILE")
]
Bench = Literal["light", "quick", "full", "off"]
"""How much is measured."""
VERSION = ("--version", "-V")
HELP = ("--help", "-h")
"""Like VERSION known to every command."""


def declared(options: type[Any]) -> dict[str, tuple[Any, Option]]:
    """Type and declaration of each field of a command's Options, by its name."""
    return {name: (hint.__origin__, hint.__metadata__[0]) for name, hint in options.__annotations__.items()}
