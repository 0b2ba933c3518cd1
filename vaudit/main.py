"""The `vaudit` program: starts the right command, and turns every error into one line and an exit code."""

import gc
import os
import sys
from collections.abc import Sequence
from typing import NoReturn

from vaudit import __version__
from vaudit.commands import command
from vaudit.commands.common import FAILED, Stop, complain, end, ready_streams, write
from vaudit.commands.options import HELP, VERSION, checked, plain


def start(words: Sequence[str]) -> int:
    """Runs what the words say; the exit code. Raises Stop."""
    if len(words) == 1 and words[0] in VERSION:
        write(f"vaudit {__version__}\n")
        return 0
    if words and words[-1] in HELP and (text := _ready_help(words)):
        write(text)
        return 0
    read = plain(words)
    if read is None:
        from vaudit import cli

        asked = cli.read(words)
        if isinstance(asked, int):
            return asked
        read = asked
    name, options = read
    return int(command(name).run(checked(options)))


def _ready_help(words: Sequence[str]) -> str | None:
    from vaudit.commands import helped

    return helped.ready(words)


def main() -> NoReturn:
    """Runs the command line; exits with the documented codes. VAUDIT_DEBUG=1 shows tracebacks."""
    gc.set_threshold(100_000, 50, 50)  # a scan makes many small objects that all live to its end
    ready_streams()
    end(_code(sys.argv[1:]))


def _code(words: Sequence[str]) -> int:
    """The exit code; what went wrong is said in one line."""
    try:
        return start(words)
    except Stop as stop:
        complain(str(stop))
        return stop.code
    except KeyboardInterrupt as stop:
        complain("stopped; nothing is left behind")
        # as shells report a program ended by SIGINT; benchmarks raise a subclass for SIGTERM
        return 130 if type(stop) is KeyboardInterrupt else 143
    except Exception as error:
        if os.environ.get("VAUDIT_DEBUG"):
            raise
        complain(_said(error))
        return FAILED


def _said(error: Exception) -> str:
    if isinstance(error, MemoryError):
        return "there is not enough memory for this; nothing is left behind"
    if isinstance(error, RecursionError):
        return "something here is nested too deeply to be read; nothing is left behind"
    return f"internal error: {type(error).__name__}: {error} (VAUDIT_DEBUG=1 shows where)"


if __name__ == "__main__":
    main()
