"""What the checks say: findings, one for each thing that was checked, and the texts that a check has once."""

from __future__ import annotations  # worked out where they are asked for: half a millisecond of a start

from collections.abc import Iterable, Mapping
from typing import Literal

import msgspec

Status = Literal["pass", "fail", "unknown", "skipped", "error"]
Severity = Literal["info", "low", "medium", "high"]
SEVERITIES: tuple[Severity, ...] = ("info", "low", "medium", "high")


class Fix(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What to do about a failed check, by who can do it."""

    provider: str = ""
    """A sentence that the owner can send to the provider as it stands."""
    linux: str = ""
    windows: str = ""


class CheckText(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """What a check says of all its findings. `why`, `fix` and `references` are given where it failed or could
    not be decided; only the title where it passed or was skipped."""

    title: str
    why: str = ""
    fix: Fix = Fix()
    """What to do wherever it failed; empty where that differs: then each finding has its own."""
    references: list[str] = []


class Finding(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The outcome of one check for one subject."""

    check: str
    """Its texts stand in the report's `checks` under this id."""
    status: Status
    severity: Severity
    subject: str = ""
    """The device, benchmark or guest kind that it is about; empty for the machine as a whole."""
    message: str = ""
    """What was seen (pass, fail), or why it cannot be said (unknown, skipped, error)."""
    evidence: list[str] = []
    fix: Fix | msgspec.UnsetType = msgspec.UNSET
    """What to do about this subject, in sentences that speak of it; only where those of other findings of the
    same check differ."""


def shared(
    findings: Iterable[Finding], texts: Mapping[str, CheckText]
) -> tuple[list[Finding], dict[str, CheckText]]:
    """The same with each fix once: at the check where all its findings have the same one, else at each."""
    findings = list(findings)
    fixes: dict[str, set[Fix]] = {}
    for finding in findings:
        if finding.fix is not msgspec.UNSET:
            fixes.setdefault(finding.check, set()).add(finding.fix)
    one: dict[str, Fix] = {check: same.pop() for check, same in fixes.items() if len(same) == 1}
    replace = msgspec.structs.replace
    return (
        [replace(finding, fix=msgspec.UNSET) if finding.check in one else finding for finding in findings],
        {check: replace(text, fix=one.get(check, text.fix)) for check, text in texts.items()},
    )
