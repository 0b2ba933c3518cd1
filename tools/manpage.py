"""Writes docs/vaudit.1, the manual page, of the declarations of the commands and their options.

`python -m tools.manpage` writes it anew; a test fails where it is not what this would write.
"""

import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))

from vaudit import __version__  # noqa: E402
from vaudit.cli import ABOUT  # noqa: E402
from vaudit.commands import COMMANDS, command  # noqa: E402
from vaudit.commands.options import HELP, VERSION, Option, Strings, declared  # noqa: E402
from vaudit.commands.settings import PREFIX, known  # noqa: E402
from vaudit.output.text import ascii_only  # noqa: E402

PAGE = ROOT / "docs" / "vaudit.1"
DATE = "2026-11-27"
"""Of the last change in what this file itself says."""
WIDTH = 78
"""Columns of a line of text."""
EXITS = (
    ("0", "Nothing at or above --fail-on failed."),
    ("1", "Findings: a check at or above --fail-on failed; with scan --can, something does not run here."),
    ("2", "Wrong usage, or a configuration that cannot be meant."),
    ("3", "Could not audit, could not write, or a check of yours could not be used. Errors within vaudit end "
          "with 3 too, never with 1."),
    ("129, 130, 143", "Stopped by a lost connection (SIGHUP) while it measured, by Ctrl-C, or by SIGTERM "
                      "while it measured."),
)  # fmt: skip
NAGIOS = (
    ("0", "OK."),
    ("1", "WARNING: a finding at or above --warn."),
    ("2", "CRITICAL: a finding at or above --crit."),
    (
        "3",
        "UNKNOWN: the report is missing, too old, unreadable or damaged, or the plugin was called wrongly.",
    ),
)
VARIABLES = (
    ("VAUDIT_CONFIG", "The configuration file, in place of the usual ones."),
    ("VAUDIT_DEBUG", "Show where an internal error happened."),
    ("NO_COLOR, FORCE_COLOR", "No colours; colours where standard output is no terminal too."),
    ("TERM, COLUMNS", "What the terminal is like, and how wide."),
    ("XDG_CONFIG_HOME, XDG_STATE_HOME", "Where the configuration and what is kept of a user lie."),
    ("COMPUTERNAME, PROCESSOR_ARCHITECTURE", "The host, where it is Windows."),
    ("SSH_CONNECTION, LOGNAME, USER", "For the line that says how to fetch a written page."),
)
FILES = (
    ("$XDG_CONFIG_HOME/vaudit/config.toml, /etc/vaudit/config.toml",
     "The configuration: the user's, else the system's."),
    ("$XDG_CONFIG_HOME/vaudit/checks.d, /etc/vaudit/checks.d", "Folders of checks that add to vaudit's own."),
    ("/var/lib/vaudit, $XDG_STATE_HOME/vaudit",
     "What is kept of root's scans, and of a user's: last.json, history.db, salt, due and lock."),
    ("/etc/systemd/system/vaudit*.service, /etc/systemd/system/vaudit*.timer, /etc/cron.d/vaudit",
     "What vaudit schedule makes for root."),
)  # fmt: skip


def page() -> str:
    """The manual page in man(7)."""
    return "".join(f"{line}\n" for each in _lines() for line in _wrapped(each))


def _wrapped(line: str) -> list[str]:
    """A line of text as lines of at most WIDTH; one that asks for something stays whole."""
    if line[:1] in (".", "'") or len(line) <= WIDTH:
        return [line]
    rows = textwrap.wrap(line, WIDTH, break_long_words=False, break_on_hyphens=False)
    return [f"\\&{row}" if row[:1] in (".", "'") else row for row in rows]


def _lines() -> Iterator[str]:
    yield f'.TH VAUDIT 1 {DATE} "vaudit {__version__}" "User Commands"'
    yield from (".SH NAME", r"vaudit \- audit a machine from inside", ".SH SYNOPSIS")
    for number, name in enumerate(COMMANDS):
        yield from [".br"] * (number > 0)
        yield f".B vaudit {_text(name)}{_synopsis(name)}"
    yield from (".SH DESCRIPTION", _text(ABOUT))
    yield from (".PP", "Each command takes " + _flags(HELP) + " and " + _flags(VERSION) + " too.")
    yield ".SH COMMANDS"
    for name, about in COMMANDS.items():
        yield from (f".SS vaudit {_text(name)}", _text(about))
        for kind, option in declared(command(name).Options).values():
            yield from (".TP", _head(kind, option), _text(_help(option)))
    yield from (".SH EXIT STATUS", *_items(EXITS))
    if "nagios" in COMMANDS:
        yield from (".PP", ".B vaudit nagios", "ends as monitoring plugins do:", *_items(NAGIOS))
    yield from (".SH ENVIRONMENT", *_items(VARIABLES))
    for key, (_, option) in known().items():
        yield from (".TP", rf"\fB{PREFIX}{key.upper()}\fR", f"Sets {_flags(option.flags[:1])}.")
    yield from (".SH FILES", *_items(FILES))
    yield from (".SH EXAMPLES", ".nf", *map(_text, EXAMPLES), ".fi")


EXAMPLES = (
    "vaudit scan",
    "vaudit scan --bench off --format paste",
    "vaudit record -o host.vdump",
    "vaudit scan --from host.vdump -o report.html",
)


def _synopsis(name: str) -> str:
    """What stands behind a command's name."""
    fields = command(name).Options
    said = [r" [\fIOPTION\fR]..."] if any(option.flags for _, option in declared(fields).values()) else []
    for key, (kind, option) in declared(fields).items():
        if not option.flags:
            one = rf"\fI{_text(_metavar(option))}\fR"
            said.append(f" [{one}]" if key in fields._field_defaults else f" {one}")
            said += ["..."] if kind == Strings else []
    return rf"\fR{''.join(said)}"


def _head(kind: Any, option: Option) -> str:
    value = "" if kind is bool else rf"\fI{_text(_metavar(option))}\fR"
    if not option.flags:
        return value
    long = option.flags[0]
    shown = (f"{long}, --no-{long[2:]}", *option.flags[1:]) if kind is bool and option.set else option.flags
    return _flags(shown) + (" " + value if value else "")


def _metavar(option: Option) -> str:
    return "|".join(option.choices) if option.choices else option.metavar


def _help(option: Option) -> str:
    return option.help + (f" The configuration calls it {option.key}." if option.set else "")


def _items(pairs: tuple[tuple[str, str], ...]) -> Iterator[str]:
    for head, body in pairs:
        yield from (".TP", rf"\fB{_text(head)}\fR", _text(body))


def _flags(flags: tuple[str, ...]) -> str:
    return ", ".join(rf"\fB{_text(flag)}\fR" for flag in flags)


def _text(said: str) -> str:
    """Text as man(7) shows it as it is."""
    safe = ascii_only(said).replace("\\", "\\e").replace("-", "\\-")
    return f"\\&{safe}" if safe[:1] in (".", "'") else safe


if __name__ == "__main__":
    PAGE.write_text(page())
