"""The `vaudit` program: starts the right command, and turns every error into one line and an exit code."""

import gc
import os
import sys
from collections.abc import Sequence
from typing import NoReturn

from vaudit import __version__
from vaudit.commands import command
from vaudit.commands.common import FAILED, Stop, closed_streams, complain, write
from vaudit.commands.options import VERSION, checked, plain


def start(words: Sequence[str]) -> int:
    """Runs what the words say; the exit code. Raises Stop."""
    if len(words) == 1 and words[0] in VERSION:
        write(f"vaudit {__version__}\n")
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


def _leave(code: int) -> NoReturn:
    """Ends the process without taking the interpreter apart, which would take a tenth of a scan's time."""
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


def main() -> None:
    """Runs the command line; exits with the documented codes. VAUDIT_DEBUG=1 shows tracebacks."""
    gc.set_threshold(100_000, 50, 50)  # a scan makes many small objects that all live to its end
    closed_streams()
    try:
        _leave(start(sys.argv[1:]))
    except Stop as stop:
        complain(str(stop))
        sys.exit(stop.code)
    except KeyboardInterrupt as stop:
        complain("stopped; nothing is left behind")
        # as shells report a program ended by SIGINT; benchmarks raise a subclass for SIGTERM
        sys.exit(130 if type(stop) is KeyboardInterrupt else 143)
    except Exception as error:
        if os.environ.get("VAUDIT_DEBUG"):
            raise
        complain(f"internal error: {type(error).__name__}: {error} (VAUDIT_DEBUG=1 shows where)")
        sys.exit(FAILED)


if __name__ == "__main__":
    main()
