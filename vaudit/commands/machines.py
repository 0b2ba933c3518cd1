"""What commands make of machines, records and checks that cannot be used: one line and an exit code."""

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, NamedTuple

from vaudit import machines
from vaudit.commands.common import FAILED, USAGE, Stop, broken, complain

if TYPE_CHECKING:
    from vaudit.evidence.origin import Opener
    from vaudit.evidence.recorder import Recorder
    from vaudit.evidence.source import Source
    from vaudit.judge.rules import Checks


class Refused(NamedTuple):
    """A machine that could not be audited."""

    name: str
    """The record, as it was given or found."""
    reason: str


def needs_linux(what: str, instead: str = "") -> None:
    """Raises Stop on any other system."""
    if not sys.platform.startswith("linux"):
        raise Stop(FAILED, f"{what} needs Linux, this is {sys.platform}{instead and ': '}{instead}")


def needs_measuring(instead: str = "", *, peers: Sequence[str] = (), device: str | None = None) -> None:
    """Raises Stop where nothing can be measured, or not this: on Windows it is a folder's disk alone."""
    if sys.platform != "win32":
        needs_linux("measuring", instead)
    elif peers or device:
        needs_linux("measuring a network" if peers else "measuring a raw device", instead)


@contextmanager
def refusals() -> Iterator[None]:
    """Raises Stop for what cannot be meant, and for a machine or record that cannot be used."""
    from vaudit.evidence.errors import EvidenceError

    try:
        yield
    except machines.UsageError as error:
        raise Stop(USAGE, str(error)) from error
    except EvidenceError as error:
        raise Stop(FAILED, str(error)) from error


@contextmanager
def machine() -> "Iterator[Recorder]":
    """This machine, with a ledger of what is asked of it. Raises Stop where no live scan is possible."""
    with refusals(), machines.machine() as recorder:
        yield recorder


def record_at(path: str, anywhere: bool = False) -> "Recorder":
    """The one record at a path. Raises Stop."""
    with refusals():
        return machines.record_at(path, anywhere)


def openers(paths: Sequence[str], anywhere: bool = False) -> "Iterator[Opener]":
    """What opens each machine at the paths, found as it is asked for; each may raise EvidenceError.
    `anywhere`: a disk image may name files outside of its own folder."""
    from vaudit.evidence.errors import EvidenceError
    from vaudit.evidence.origin import sources

    for path in paths:
        try:
            yield from sources(path, anywhere)
        except EvidenceError as error:
            yield _refusing(error)


def _refusing(error: Exception) -> "Opener":
    def refuse() -> "Source":
        raise error

    return refuse


def opened(openers: "Iterator[Opener]") -> "Iterator[Recorder | Refused]":
    """Each machine; of a record that could not be read that and why, which is said on stderr too."""
    from vaudit.evidence.errors import EvidenceError
    from vaudit.evidence.recorder import Recorder

    for opener in openers:
        try:
            yield Recorder(opener())
        except EvidenceError as error:
            complain(str(error))
            name, _, reason = str(error).partition(": ")
            yield Refused(name, reason)
        except Exception as error:
            what = "a record that cannot be opened"
            broken(error, what)
            yield Refused(what, f"internal error: {type(error).__name__}")


def checks_with(folders: Sequence[str]) -> "Checks":
    """vaudit's checks and those of the system, the user and this call. Raises Stop."""
    with refusals():
        return machines.checks_with(folders)
