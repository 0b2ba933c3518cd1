"""The `vaudit` program: starts the right command, and turns every error into one line and an exit code.

Importing Typer takes as long as a scan. So a plain `vaudit scan …` is read here, and everything else (help,
mistakes, other commands) by Typer; a test holds both to the same meaning.
"""

import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from vaudit import program

_VALUES: dict[str, tuple[str, Any]] = {
    "--bench": ("bench", str),
    "--format": ("format_", str),
    "-f": ("format_", str),
    "--fail-on": ("fail_on", str),
    "--disk": ("disk", Path),
    "--peer": ("peer", str),
    "--color": ("color", str),
}
_LISTS: dict[str, tuple[str, Any]] = {
    "--from": ("from_", str),
    "--output": ("output", Path),
    "-o": ("output", Path),
    "--checks": ("checks", Path),
}
_FLAGS = {"--verbose": "verbose", "-v": "verbose", "--dry-run": "dry_run"}


def plain_scan(words: Sequence[str]) -> dict[str, Any] | None:
    """The options of a `scan` whose every word is plain; None where Typer has to read them."""
    if not words or words[0] != "scan":
        return None
    options: dict[str, Any] = {}
    rest = iter(words[1:])
    for word in rest:
        if word in _FLAGS:
            options[_FLAGS[word]] = True
            continue
        found, value = _VALUES.get(word) or _LISTS.get(word), next(rest, "-")
        if found is None or value.startswith("-"):
            return None
        name, kind = found
        if word in _LISTS:
            options.setdefault(name, []).append(kind(value))
        else:
            options[name] = kind(value)
    return options


def main() -> None:
    """Runs the command line; exits with the documented codes. VAUDIT_DEBUG=1 shows tracebacks."""
    try:
        options = plain_scan(sys.argv[1:])
        if options is not None:
            sys.exit(program.scan(**options))
        from vaudit.cli import app

        app(prog_name="vaudit")
    except program.Stop as stop:
        program.complain(str(stop))
        sys.exit(stop.code)
    except KeyboardInterrupt:
        program.complain("stopped; nothing is left behind")
        sys.exit(program.INTERRUPTED)
    except Exception as error:
        if os.environ.get("VAUDIT_DEBUG"):
            raise
        program.complain(f"internal error: {type(error).__name__}: {error} (VAUDIT_DEBUG=1 shows where)")
        sys.exit(program.FAILED)


if __name__ == "__main__":
    main()
