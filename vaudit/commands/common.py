"""What every command needs: how it ends, and how it writes."""

import os
import sys

FINDINGS, USAGE, FAILED = 1, 2, 3


class Stop(Exception):
    """The command ends here: an exit code, and one line that says what, where and what to do."""

    def __init__(self, code: int, message: str) -> None:
        super().__init__(message)
        self.code = code


def complain(message: str) -> None:
    """One line on stderr, with nothing in it that a terminal could obey."""
    print(f"vaudit: {printable(message)}", file=sys.stderr)


def printable(text: str) -> str:
    """The text with `?` for what a terminal would not print."""
    return "".join(char if char.isprintable() else "?" for char in text)


def write(text: str) -> None:
    """Writes to standard output. A reader that went away is no error; a full disk raises Stop."""
    try:
        sys.stdout.write(text)
        sys.stdout.flush()
    except OSError as error:
        lost(error)


def lost(error: OSError) -> None:
    """Standard output took no more: no error where its reader went away, and else raises Stop. What is still
    buffered goes nowhere, so that the interpreter does not complain at its end."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    if not isinstance(error, BrokenPipeError):
        raise Stop(FAILED, f"standard output could not be written: {error.strerror}") from error


def closed_streams() -> None:
    """Puts something in the place of an output that was closed before the program began (`>&-`): else a file
    that is opened later would take its number. Writing to standard output fails then, as it must."""
    if sys.stdout is None:
        sys.stdout = os.fdopen(os.open(os.devnull, os.O_RDONLY), "w")
    if sys.stderr is None:
        sys.stderr = os.fdopen(os.open(os.devnull, os.O_WRONLY), "w")


def refuse_unwritable(path: str) -> None:
    """Raises Stop where a file could not be written, before any work is done for it."""
    from vaudit import files

    reason = files.writable(path)
    if reason:
        raise Stop(FAILED, reason)


def save(path: str, text: str) -> None:
    """Writes a file whole or not at all. Raises Stop."""
    from vaudit import files

    try:
        files.save(path, text)
    except OSError as error:
        raise unwritten(path, error) from error


def unwritten(path: str, error: OSError) -> Stop:
    """Why a file could not be written in the end."""
    return Stop(FAILED, f"{path}: could not be written: {error.strerror}; nothing was changed")
