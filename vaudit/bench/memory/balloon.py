"""A balloon: memory that a host asked a guest to give back, as the guest's kernel counts it."""

import mmap
import re

from vaudit.bench.memory.recording import Balloon
from vaudit.bench.system import counters


def count(meminfo: str, vmstat: str) -> Balloon:
    """From the text of /proc/meminfo (kB) and /proc/vmstat (pages): see proc(5)."""

    def pages(name: str) -> int | None:
        found = re.search(rf"^{name} (\d+)$", vmstat, re.MULTILINE)
        return int(found[1]) * mmap.PAGESIZE if found else None

    total = re.search(r"^MemTotal:\s+(\d+) kB$", meminfo, re.MULTILINE)
    return Balloon(
        int(total[1]) * 1024 if total else None,
        pages("nr_balloon_pages"),
        pages("balloon_inflate"),
        pages("balloon_deflate"),
    )


def look() -> Balloon:
    """The counters now."""
    return count(counters.text("/proc/meminfo"), counters.text("/proc/vmstat"))
