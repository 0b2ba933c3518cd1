"""Checks made ready when the wheel is built, so that a scan reads no TOML and no condition.

The file holds what was read, and a checksum of it and of what it was read from. Where it is not there (in a
checkout), is damaged, or the TOML files beside it are others, those are read.
"""

import os

import msgspec

from vaudit import resources
from vaudit.judge.rules import Checks, Limit, Rule, StrPath, Workload
from vaudit.model.learned import learned

NAME = "checks.json"


class _Ready(msgspec.Struct):
    """Checks without problems: those of the wheel have none, and to learn what a finding is takes longer than
    to read all of this."""

    known: dict[str, Rule]
    limits: dict[str, Limit]
    workloads: list[Workload]


def load(folder: StrPath) -> Checks | None:
    """The checks of a folder as they were made ready; None where that cannot be used."""
    try:
        with open(resources.ready(NAME), "rb") as file:
            checksum, body = file.readline().rstrip(b"\n"), file.read()
        if checksum != resources.made_of(folder, ".toml", body):
            return None
        made = msgspec.json.decode(body, type=learned(_Ready))
    except (OSError, msgspec.MsgspecError):
        return None
    for rule in made.known.values():
        rule.file = f"{folder}/{rule.file}"
    return Checks(made.known, made.limits, workloads=made.workloads)


def content(checks: Checks, folder: StrPath) -> bytes:
    """What the ready file holds for the checks of a folder."""
    known = {
        key: msgspec.structs.replace(rule, file=os.path.relpath(rule.file, folder))
        for key, rule in checks.known.items()
    }
    made = _Ready(known, checks.limits, checks.workloads)
    body = msgspec.json.encode(made, order="deterministic")
    return resources.made_of(folder, ".toml", body) + b"\n" + body
