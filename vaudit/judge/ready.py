"""Checks made ready when the wheel is built, so that a scan reads no TOML and no condition.

The file holds what was read, and a checksum of it and of what it was read from. Where it is not there (in a
checkout), is damaged, or the TOML files beside it are others, those are read.
"""

import os

import msgspec

from vaudit import resources
from vaudit.judge.rules import SYSTEMS, Checks, Limit, Rule, StrPath, System, Workload
from vaudit.model.learned import learned

NAME = "checks.json"


class _Ready(msgspec.Struct):
    """Checks without problems: those of the wheel have none, and to learn what a finding is takes longer than
    to read all of this."""

    known: dict[str, Rule]
    limits: dict[str, Limit] = {}
    workloads: list[Workload] = []


def load(folder: StrPath, only: System | None = None) -> Checks | None:
    """The checks of a folder as they were made ready; None where that cannot be used. With `only` those that
    are about other systems alone may be left out, which saves a third of the time."""
    try:
        with open(resources.ready(NAME), "rb", buffering=0) as file:  # which would copy it
            checksum, _, body = file.readall().partition(b"\n")
        if checksum != resources.made_of(folder, ".toml", body):
            return None
        decoder = msgspec.json.Decoder(learned(_Ready))
        general, _, rest = body.partition(b"\n")
        made = decoder.decode(general)
        known = made.known
        for system in SYSTEMS:
            own, _, rest = rest.partition(b"\n")
            if only in (system, None):
                known |= decoder.decode(own).known
    except (OSError, msgspec.MsgspecError):
        return None
    for rule in known.values():
        rule.file = f"{folder}/{rule.file}"
    return Checks(known, made.limits, workloads=made.workloads)


def content(checks: Checks, folder: StrPath) -> bytes:
    """What the ready file holds for the checks of a folder: a line of those about several systems and of all
    else, then one for each system of those about it alone."""
    by_system: dict[str, dict[str, Rule]] = {"": {}, **{system: {} for system in SYSTEMS}}
    for key, rule in sorted(checks.known.items()):
        system = rule.check.systems[0] if len(rule.check.systems) == 1 else ""
        file = os.path.relpath(rule.file, folder)
        by_system[system][key] = msgspec.structs.replace(rule, file=file)
    made = [_Ready(by_system.pop(""), checks.limits, checks.workloads), *map(_Ready, by_system.values())]
    body = b"\n".join(msgspec.json.encode(part, order="deterministic") for part in made)
    return resources.made_of(folder, ".toml", body) + b"\n" + body
