"""The `vaudit` program: starts the right command, and turns every error into one line and an exit code.

Importing Typer takes as long as a scan. So a plain `vaudit scan …` is read here, and everything else (help,
mistakes, other commands) by Typer; a test holds both to the same meaning.
"""

import gc
import os
import sys
from collections.abc import Sequence
from typing import Any, NoReturn

_VALUES = {
    "--bench": "bench",
    "--format": "format_",
    "-f": "format_",
    "--fail-on": "fail_on",
    "--disk": "disk",
    "--peer": "peer",
    "--color": "color",
}
_LISTS = {"--from": "from_", "--output": "output", "-o": "output", "--checks": "checks"}
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
        value = next(rest, "-")
        if value.startswith("-"):
            return None
        if word in _LISTS:
            options.setdefault(_LISTS[word], []).append(value)
        elif word in _VALUES:
            options[_VALUES[word]] = value
        else:
            return None
    return options


def _import_msgspec_alone() -> None:
    """msgspec asks typing_extensions, where it is installed, for names that `typing` has since Python 3.11.

    That import takes 8 of a scan's 60 ms; a module that is None in sys.modules counts as not installed.
    """
    if "typing_extensions" in sys.modules:
        return
    sys.modules["typing_extensions"] = None  # type: ignore[assignment]
    try:
        import msgspec  # noqa: F401
    finally:
        del sys.modules["typing_extensions"]


def _leave(code: int) -> NoReturn:
    """Ends the process without taking the interpreter apart, which would take a tenth of a scan's time."""
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


def main() -> None:
    """Runs the command line; exits with the documented codes. VAUDIT_DEBUG=1 shows tracebacks."""
    gc.set_threshold(100_000, 50, 50)  # a scan makes many small objects that all live to its end
    _import_msgspec_alone()
    from vaudit import program

    try:
        options = plain_scan(sys.argv[1:])
        if options is not None:
            _leave(program.scan(**options))
        from vaudit.cli import app

        app(prog_name="vaudit")
    except program.Stop as stop:
        program.complain(str(stop))
        sys.exit(stop.code)
    except KeyboardInterrupt as stop:
        program.complain("stopped; nothing is left behind")
        # as shells report a program ended by SIGINT; benchmarks raise a subclass for SIGTERM
        sys.exit(130 if type(stop) is KeyboardInterrupt else 143)
    except Exception as error:
        if os.environ.get("VAUDIT_DEBUG"):
            raise
        program.complain(f"internal error: {type(error).__name__}: {error} (VAUDIT_DEBUG=1 shows where)")
        sys.exit(program.FAILED)


if __name__ == "__main__":
    main()
