"""What the terminal is like, and progress on it."""

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

from vaudit.commands.common import printable


def width() -> int:
    """The terminal's columns: COLUMNS, what the terminal says, or 80."""
    told = os.environ.get("COLUMNS", "")
    if told.isascii() and told.isdigit() and int(told[:5]) > 0:
        return int(told[:5])
    try:
        return os.get_terminal_size(sys.stdout.fileno()).columns or 80
    except (OSError, ValueError):
        return 80


def is_terminal() -> bool:
    """Whether somebody looks at standard output."""
    return sys.stdout.isatty()


def colored(choice: str) -> bool:
    """`always` and `never` decide; then NO_COLOR (no-color.org), FORCE_COLOR, and the terminal."""
    if choice != "auto":
        return choice == "always"
    if os.environ.get("NO_COLOR"):
        return False
    return bool(os.environ.get("FORCE_COLOR")) or (is_terminal() and not _is_dumb())


def _is_dumb() -> bool:
    """Whether the terminal understands no escapes."""
    return os.environ.get("TERM") == "dumb"


def fetch(path: str) -> str:
    """What brings a file from this machine to the one where the user sits, on a terminal over SSH (ssh(1),
    SSH_CONNECTION: address and port of either side); empty elsewhere: it names the host."""
    sides = os.environ.get("SSH_CONNECTION", "").split()
    if len(sides) != 4 or not is_terminal():
        return ""
    import shlex

    user = os.environ.get("LOGNAME") or os.environ.get("USER") or "root"
    port = f"-P {sides[3]} " if sides[3] != "22" else ""
    return f"scp {port}{shlex.quote(f'{user}@{os.uname().nodename}:{path}')} ."


@contextmanager
def progress() -> Iterator[Callable[[str], None]]:
    """What shows one line that rewrites itself; it is taken away at the end. Nothing where stderr is no
    terminal, or one that cannot do that."""
    if not sys.stderr.isatty() or _is_dumb():
        yield lambda _line: None
        return

    def show(line: str) -> None:
        with suppress(OSError):  # a terminal that was lost
            sys.stderr.write(f"\r\x1b[K{printable(line)[: width() - 1]}")
            sys.stderr.flush()

    try:
        yield show
    finally:
        show("")
