"""What every command needs: how it ends, and how it writes."""

import codecs
import errno
import io
import os
import stat
import sys
from collections.abc import Collection, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, NoReturn

if TYPE_CHECKING:
    from vaudit.model.report import Report

FINDINGS, USAGE, FAILED = 1, 2, 3
STANDARD_OUTPUT = "-"
"""What `-o` calls it."""
FAIL_ON = ("info", "low", "medium", "high", "never")
"""From which severity on a failed check counts."""
MOST_TOLD = 5
"""Checks that cannot be used of which each is told why."""


class Stop(Exception):
    """The command ends here: an exit code, and one line that says what, where and what to do."""

    def __init__(self, code: int, message: str) -> None:
        super().__init__(message)
        self.code = code


def complain(message: str) -> None:
    """One line on stderr, with nothing in it that a terminal could obey."""
    with suppress(OSError):  # a full or broken one: there is nobody left to tell
        print(f"vaudit: {printable(message)}", file=sys.stderr, flush=True)


def broken(error: Exception, what: str = "") -> int:
    """Says what went wrong inside vaudit, and with `what`; the exit code. VAUDIT_DEBUG=1 shows where."""
    if os.environ.get("VAUDIT_DEBUG"):
        import traceback

        traceback.print_exception(error)
    complain(f"{what}{what and ': '}{_said(error)}")
    return FAILED


def _said(error: Exception) -> str:
    if isinstance(error, MemoryError):
        return "there is not enough memory for this; nothing is left behind"
    if isinstance(error, RecursionError):
        return "something here is nested too deeply to be read; nothing is left behind"
    return f"internal error: {type(error).__name__}: {error} (VAUDIT_DEBUG=1 shows where)"


def printable(text: str) -> str:
    """The text with `?` for what a terminal would not print."""
    return "".join(char if char.isprintable() else "?" for char in text)


def write(text: str) -> None:
    """Writes to standard output, without what could steer a terminal. A reader that went away is no error; a
    full disk raises Stop."""
    from vaudit.output import harmless

    put(harmless(text), "text/plain")


def put(text: str, media: str) -> None:
    """Writes text of a media type to standard output as it is. Otherwise as `write`."""
    try:
        _spell(media)
        sys.stdout.write(text)
        sys.stdout.flush()
    except OSError as error:
        lost(error)


def lost(error: OSError) -> None:
    """Standard output took no more: no error where its reader went away, be it a terminal that was lost, and
    else raises Stop. What is still buffered goes nowhere."""
    if not isinstance(error, BrokenPipeError) and not _hung_up(error):
        raise Stop(FAILED, f"standard output could not be written: {error.strerror}") from error
    with suppress(OSError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _hung_up(error: OSError) -> bool:
    """What writing to a terminal ends with that is none any more (tty_io.c, hung_up_tty_write)."""
    if error.errno != errno.EIO:
        return False
    with suppress(OSError, ValueError):
        return stat.S_ISCHR(os.fstat(sys.stdout.fileno()).st_mode)
    return False


DUMP = "text/x-vaudit-dump"
"""The media type of a record."""
_SPELT = {"application/json": ("ascii", "vaudit.json"), "application/jsonl": ("ascii", "vaudit.json"),
          "text/html": ("utf-8", "vaudit.plain"), DUMP: ("utf-8", "vaudit.plain")}  # fmt: skip
"""How what other programs read is written where standard output is not UTF-8: JSON with its own escapes,
which any encoding holds; a page in the encoding that it names; a record in the one that all have."""


def ready_streams() -> None:
    """Makes the standard streams fit to be used, whatever the program was started with: something stands in
    the place of each that was closed (`>&-`), else a file that is opened later would take its number; and
    there is no text that they cannot take."""
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:
            _filled(number)
    # what is written to a closed standard output must fail, so it is one that can only be read
    sys.stdout = sys.stdout or os.fdopen(1, "w", closefd=False)
    sys.stderr = sys.stderr or os.fdopen(2, "w", closefd=False)
    codecs.register_error("vaudit.plain", _in_plain_letters)  # type: ignore[arg-type]
    codecs.register_error("vaudit.json", _as_json)  # type: ignore[arg-type]
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="vaudit.plain")


def _filled(number: int) -> None:
    """Opens what has the lowest number that is free."""
    for path, flags in ((os.devnull, os.O_WRONLY if number == 2 else os.O_RDONLY), ("/", os.O_RDONLY)):
        with suppress(OSError):
            os.open(path, flags)
            return


def _spell(media: str) -> None:
    encoding, errors = _SPELT.get(media, ("", ""))
    out = sys.stdout
    if encoding and isinstance(out, io.TextIOWrapper) and codecs.lookup(out.encoding).name != "utf-8":
        out.reconfigure(encoding=encoding, errors=errors)


def _in_plain_letters(error: UnicodeEncodeError) -> tuple[str, int]:
    """What an encoding lacks, in letters that it has."""
    from vaudit.output.text import ascii_only

    return ascii_only(_lacked(error)), error.end


def _as_json(error: UnicodeEncodeError) -> tuple[str, int]:
    from vaudit.output.json import escaped

    return escaped(_lacked(error)), error.end


def _lacked(error: UnicodeEncodeError) -> str:
    return error.object[error.start : error.end]


def found(report: "Report", fail_on: str, places: Sequence[str] = ()) -> int:
    """FINDINGS when a check failed that is as severe as `fail_on` or more so; else FAILED where it is not
    known whether this machine would start in one of the places that were named."""
    if fail_on == "never":
        return 0
    if report.failed(fail_on):  # type: ignore[arg-type]
        return FINDINGS
    if not places:
        return 0
    from vaudit.facts.asked import starts
    from vaudit.machines import targets

    return FAILED if starts(report.facts, targets(places)) is None else 0


def unusable(report: "Report") -> set[str]:
    """Why checks could not be used: they looked at nothing."""
    return (
        {one.message for one in report.findings if one.status == "error"} if report.summary.error else set()
    )


def told(problems: Collection[str]) -> int:
    """FAILED where checks could not be used, which is said on stderr: somebody relies on them."""
    lines = sorted(problems)
    for line in lines[:MOST_TOLD]:
        complain(f"a check was left out: {line}")
    if len(lines) > MOST_TOLD:
        from vaudit.words import many

        number = many(len(lines) - MOST_TOLD, "more check was", "more checks were")
        complain(f"{number} left out: see `vaudit checks`")
    return FAILED if lines else 0


def end(code: int) -> NoReturn:
    """Ends the process without taking the interpreter apart, which would take a tenth of a scan's time, and
    would complain of what standard output did not take."""
    for stream in (sys.stdout, sys.stderr):
        with suppress(OSError, ValueError):
            stream.flush()
    os._exit(code)


def refuse_unwritable(path: str) -> None:
    """Raises Stop where a file could not be written, before any work is done for it."""
    from vaudit import files

    reason = files.writable(path)
    if reason:
        raise Stop(FAILED, reason)


def unwritten(path: str, error: OSError) -> Stop:
    """Why a file could not be written in the end."""
    return Stop(FAILED, f"{path}: could not be written: {error.strerror}; nothing was changed")
