"""A balloon: memory that a host asked a guest to give back, as the guest's kernel counts it."""

import mmap

from vaudit import procfs
from vaudit.bench.memory.recording import Balloon
from vaudit.bench.system import counters


def count(meminfo: str, vmstat: str) -> Balloon:
    """From the text of /proc/meminfo and /proc/vmstat, which counts in pages."""
    counted = procfs.counters(vmstat)

    def pages(name: str) -> int | None:
        return counted[name] * mmap.PAGESIZE if name in counted else None

    return Balloon(
        procfs.meminfo(meminfo).get("MemTotal"),
        pages("nr_balloon_pages"),
        pages("balloon_inflate"),
        pages("balloon_deflate"),
    )


def look() -> Balloon:
    """The counters now."""
    return count(counters.text("/proc/meminfo"), counters.text("/proc/vmstat"))
