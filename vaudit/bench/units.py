"""Small words and sizes that several rooms use."""

from typing import Literal

Effort = Literal["quick", "full"]
"""How much a run may cost: half a minute and 2 GiB, or four minutes and 32 GiB."""
MIB = 1 << 20
"""Bytes."""
BLOCK = 4096
"""Bytes of the smallest request, and of the page of memory that no two of our writes share."""
