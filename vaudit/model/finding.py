"""What the checks say."""

from typing import Literal

import msgspec

Status = Literal["pass", "fail", "unknown", "skipped", "error"]
Severity = Literal["info", "low", "medium", "high"]
SEVERITIES: tuple[Severity, ...] = ("info", "low", "medium", "high")


class Fix(msgspec.Struct, frozen=True):
    """What to do about a failed check, by who can do it."""

    provider: str = ""
    """A sentence that the owner can send to the provider as it stands."""
    linux: str = ""
    windows: str = ""


class Finding(msgspec.Struct, frozen=True):
    """The outcome of one check for one subject."""

    check: str
    title: str
    status: Status
    severity: Severity
    subject: str = ""
    """The device, benchmark or guest kind that it is about; empty for the machine as a whole."""
    message: str = ""
    """What was seen (pass, fail), or why it cannot be said (unknown, skipped, error)."""
    why: str = ""
    fix: Fix = Fix()
    references: list[str] = []
    evidence: list[str] = []
