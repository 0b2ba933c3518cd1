"""What YABS measures of a disk (masonr/yet-another-bench-script, 1d20bd9), and how far a quick run goes."""

from vaudit.bench.units import MIB, Effort

BLOCKS = (
    ("disk.mixed-4k", 4 << 10),
    ("disk.mixed-64k", 64 << 10),
    ("disk.mixed-512k", 512 << 10),
    ("disk.mixed-1m", MIB),
)
"""The lines of its table, and the bytes of a request."""
SIZE, SECONDS = 2048 * MIB, 30.0
"""Of the file and of each job's transfers; of each of the four runs at most."""
SHORT_SECONDS, SHORT_BYTES = 0.5, 320 * MIB
"""Of one run, and of all four together, in a quick run."""


def seconds(mode: Effort) -> float:
    """Of one run at most."""
    return SECONDS if mode == "full" else SHORT_SECONDS
