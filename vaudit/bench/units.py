"""Small words, types and sizes that several rooms use."""

from collections.abc import Callable
from typing import Literal

Effort = Literal["light", "quick", "full"]
"""How much a run may cost: 3 s beside which others hardly lose anything, half a minute and 2 GiB, or four
minutes and 32 GiB."""
MIB = 1 << 20
"""Bytes."""
BLOCK = 4096
"""Bytes of the smallest request, and of the page of memory that no two of our writes share."""
IO_ERROR = "the device reported an I/O error"
SILENT = "the storage stopped answering"
"""How it is said that a disk failed while it was measured."""
Say = Callable[[str], None]
"""Takes a line about what is being done just now."""
Record = Callable[[str, str], None]
"""Takes a command and what it printed, to be kept as evidence."""
