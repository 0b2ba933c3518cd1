"""The `vaudit` program: starts the right command, and turns every error into one line and an exit code.

Exit code 1 means findings, and is also what Python itself ends with after an error. So nothing of the house
is imported before there is somebody who catches what may go wrong with it.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Sequence

TYPE_CHECKING = False  # typing's own is not imported: see __main__.py

if TYPE_CHECKING:
    from typing import NoReturn


def start(words: Sequence[str]) -> int:
    """Runs what the words say; the exit code. Raises Stop."""
    from vaudit.commands import command
    from vaudit.commands.options import HELP, VERSION
    from vaudit.commands.plainly import checked, plain

    if len(words) == 1 and words[0] in VERSION:
        from vaudit import __version__
        from vaudit.commands.common import write

        write(f"vaudit {__version__}\n")
        return 0
    if words and words[-1] in HELP and (text := _ready_help(words)):
        from vaudit.commands.common import write

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
    code = 3
    end: Callable[[int], NoReturn] = os._exit
    try:
        import gc

        gc.set_threshold(100_000, 50, 50)  # a scan makes many small objects that all live to its end
        from vaudit.commands import common

        end = common.end
        common.ready_streams()
        code = _code(sys.argv[1:])
    except KeyboardInterrupt:
        code = 130
    except SystemExit as stop:  # Click's
        code = 0 if not stop.code else 3
    except BaseException as error:
        _cannot_start(error)
    end(code)


def _code(words: Sequence[str]) -> int:
    """The exit code; what went wrong is said in one line."""
    from vaudit.commands.common import Stop, broken, complain

    if words[:1] == ["nagios"]:  # it has a convention of its own for what goes wrong
        from vaudit.commands.nagios import guarded

        return guarded(lambda: start(words))
    try:
        return start(words)
    except Stop as stop:
        complain(str(stop))
        return stop.code
    except KeyboardInterrupt as stop:
        complain("stopped; nothing is left behind")
        # as shells report a program ended by SIGINT; benchmarks raise a subclass for SIGTERM and SIGHUP
        return int(getattr(stop, "code", 130))
    except Exception as error:
        return broken(error)


def _cannot_start(error: BaseException) -> None:
    """Says so, with nothing but what Python itself has."""
    said = f"vaudit: cannot start: {type(error).__name__}: {error}"
    try:  # noqa: SIM105 - contextlib may be what cannot be imported
        os.write(2, ("".join(char if char.isprintable() else "?" for char in said) + "\n").encode())
    except OSError:
        pass  # there is nobody left to tell


if __name__ == "__main__":
    main()
