"""What the checks say: findings, one for each thing that was checked, and the texts that a check has once."""

from __future__ import annotations  # worked out where they are asked for: half a millisecond of a start

from collections.abc import Iterable, Mapping
from typing import Any, Literal

import msgspec

Status = Literal["pass", "fail", "unknown", "skipped", "error"]
Severity = Literal["info", "low", "medium", "high"]
Group = Literal["tuning"]
"""What a check belongs to that is not about faults: tuning is what would make good use of a sound machine."""
STATUSES: tuple[Status, ...] = ("fail", "error", "unknown", "pass", "skipped")
"""The one that matters most first."""
SEVERITIES: tuple[Severity, ...] = ("info", "low", "medium", "high")


class Commands(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """What `Fix.linux` says as commands for a root shell. `make lab-fix` executes those of our own checks."""

    run: tuple[str, ...]
    """A line each, in this order; a line stands alone: no variable or folder of one reaches the next."""
    reboot: bool = False
    """What they change counts from the next start on."""
    renames: bool = False
    """A disk or a network card comes back under another name: the machine can be lost at that start."""
    back: tuple[str, ...] = ()
    """How to go back, as `run` is."""


class Fix(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What to do about a failed check, by who can do it."""

    provider: str = ""
    """A sentence that the owner can send to the provider as it stands."""
    linux: str = ""
    windows: str = ""
    commands: Commands | msgspec.UnsetType = msgspec.UNSET
    """What `linux` says as commands, where there are some. Of a check that a subject's name is put into, a
    subject has none whose name a shell would take for more than a name."""


class CheckText(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """What a check says of all its findings. `why`, `fix` and `references` are given where it failed or could
    not be decided; only the title where it passed or was skipped."""

    title: str
    why: str = ""
    fix: Fix = Fix()
    """What to do wherever it failed; empty where that differs: then each finding has its own."""
    references: list[str] = []
    title_pass: str = ""
    """Its title where it passed; given where one did."""

    def titled(self, status: Status) -> str:
        """The title of a finding; one that passed is titled so."""
        return (self.title_pass or f"Not so: {self.title}") if status == "pass" else self.title


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
    same check differ. A part that is empty here is the same for all: it stands at the check."""
    times: int | msgspec.UnsetType = msgspec.UNSET
    """How many alike findings this one stands for; not given where it is one."""

    group: Group | msgspec.UnsetType = msgspec.UNSET
    """That of the check; not given where it tells of faults."""

    @property
    def is_hint(self) -> bool:
        """Whether it is a hint for tuning, or could not be decided to be one: no fault of the machine's."""
        return self.group == "tuning" and self.status in ("fail", "unknown")

    @property
    def number(self) -> int:
        """How many findings it counts for."""
        return 1 if self.times is msgspec.UNSET else self.times


def shared(
    findings: Iterable[Finding], texts: Mapping[str, CheckText]
) -> tuple[list[Finding], dict[str, CheckText]]:
    """The same with each part of a fix once: at the check where it is the same in all its findings, else at
    each."""
    findings = list(findings)
    fixes: dict[str, set[Fix]] = {}
    for finding in findings:
        if finding.fix is not msgspec.UNSET:
            fixes.setdefault(finding.check, set()).add(finding.fix)
    common = {check: _common(same) for check, same in fixes.items()}
    replace = msgspec.structs.replace
    return (
        [_without(one, common[one.check]) if one.check in common else one for one in findings],
        {check: replace(text, fix=common.get(check, text.fix)) for check, text in texts.items()},
    )


def _common(fixes: set[Fix]) -> Fix:
    """The parts that are the same in all."""
    said = {name: {getattr(fix, name) for fix in fixes} for name in _PARTS}
    return Fix(**{name: same.pop() for name, same in said.items() if len(same) == 1})


def _without(finding: Finding, common: Fix) -> Finding:
    """The finding with what its own fix says that is not the same in all."""
    if finding.fix is msgspec.UNSET:
        return finding
    said: dict[str, Any] = {name: getattr(finding.fix, name) for name in _PARTS}
    own = Fix(**{name: mine for name, mine in said.items() if mine != getattr(common, name)})
    return msgspec.structs.replace(finding, fix=msgspec.UNSET if own == Fix() else own)


def joined(common: Fix, own: Fix | msgspec.UnsetType) -> Fix:
    """What to do about one subject: what its finding says, else what its check says of all."""
    if own is msgspec.UNSET:
        return common
    return Fix(*(getattr(own, name) or getattr(common, name) for name in _PARTS))


SENTENCES = ("provider", "linux", "windows")
"""The parts of a fix that are sentences."""
_PARTS = Fix.__struct_fields__
