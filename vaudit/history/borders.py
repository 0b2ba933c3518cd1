"""The borders by which change over time is judged. Values, units and sources: checks/thresholds.toml."""

from collections.abc import Mapping

import msgspec

from vaudit import toml
from vaudit.resources import folder


class Borders(msgspec.Struct, frozen=True):
    """Named as in checks/thresholds.toml, in the units that stand there."""

    change_z: float
    change_rank_z: float
    change_two_z: float
    change_known_z: float
    change_least: float
    change_side: float
    change_near: float
    pair_history: float
    pair_least: float
    pair_few: float
    lately_scans: float
    lately_least: float


def borders(limits: Mapping[str, float]) -> Borders:
    """The borders among all limits. KeyError for one that is missing: in a broken installation."""
    return Borders(**{name: limits[name] for name in Borders.__struct_fields__})


def shipped() -> Borders:
    """The borders that vaudit comes with, without the checks that stand beside them. OSError where they are
    missing."""
    with open(f"{folder('checks')}/thresholds.toml", "rb") as file:
        table = toml.load(file)
    return borders({name: table[name]["value"] for name in Borders.__struct_fields__})
