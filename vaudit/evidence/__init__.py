"""What a machine is asked and what it answers.

`here` chooses the live source, once: nothing above it asks which system this is.
"""

import sys
from typing import TYPE_CHECKING

from vaudit.evidence.errors import EvidenceError

if TYPE_CHECKING:
    from vaudit.evidence.source import Source


def here() -> "Source":
    """This machine; its `close` ends what it keeps running. EvidenceError where no live scan is possible."""
    if sys.platform.startswith("linux"):
        from vaudit.evidence import cpuid

        child = cpuid.start()  # forked before the process grows: 2 of a scan's 40 ms
        from vaudit.evidence.linux import Machine

        return Machine(child)
    if sys.platform == "win32":
        from vaudit.evidence import windows

        return windows.Machine()
    raise EvidenceError(
        f"a live scan needs Linux or Windows, this is {sys.platform}: name a record by --from"
    )
