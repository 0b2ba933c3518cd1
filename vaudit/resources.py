"""Finds the data folders `checks/` and `reports/`: inside an installed package, beside it in a checkout."""

from pathlib import Path

_PACKAGE = Path(__file__).parent


def folder(name: str) -> Path:
    """The folder `name` that belongs to this vaudit; FileNotFoundError when the installation lacks it."""
    for base in (_PACKAGE, _PACKAGE.parent):
        candidate = base / name
        if candidate.is_dir():
            return candidate
    raise FileNotFoundError(f"vaudit's data folder {name}/ is missing: reinstall vaudit")
