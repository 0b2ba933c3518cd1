"""Finds the data folders `checks/` and `reports/`: inside an installed package, beside it in a checkout."""

import os

_PACKAGE = os.path.dirname(__file__)


def folder(name: str) -> str:
    """The folder `name` that belongs to this vaudit; FileNotFoundError when the installation lacks it."""
    for base in (_PACKAGE, os.path.dirname(_PACKAGE)):
        candidate = os.path.join(base, name)
        if os.path.isdir(candidate):
            return candidate
    raise FileNotFoundError(f"vaudit's data folder {name}/ is missing: reinstall vaudit")


def ready(name: str) -> str:
    """The path of what was made of the data when the wheel was built; in a checkout nothing is there."""
    return os.path.join(_PACKAGE, "ready", name)
