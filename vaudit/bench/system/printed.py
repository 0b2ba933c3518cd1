"""JSON that other programs print, where any part may be missing or of another type."""

from typing import Any

MOST = 1e18
"""No figure of these programs is larger; what is comes from a fault of theirs."""


def table(value: Any) -> dict[str, Any]:
    """An object; empty where it is something else."""
    return value if isinstance(value, dict) else {}


def dig(value: Any, *keys: str) -> Any:
    """What lies under these keys, one below the other; None where one is missing."""
    for key in keys:
        value = table(value).get(key)
    return value


def number(value: Any) -> float:
    """A finite, not negative number, else 0: a figure that is no number is no figure."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return 0.0
    return float(value) if 0 <= value < MOST else 0.0
