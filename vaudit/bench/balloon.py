"""A balloon: memory that a host asked a guest to give back, as the guest's kernel counts it."""

import mmap

import msgspec

from vaudit import procfs
from vaudit.bench import guards


class Count(msgspec.Struct, frozen=True):
    """One look at what a balloon changes. Bytes; None where the kernel does not count it."""

    total: int | None
    held: int | None
    """Pages that the balloon holds (nr_balloon_pages)."""
    inflated: int | None
    """Ever given to the balloon (balloon_inflate, in pages)."""
    deflated: int | None


def count(meminfo: str, vmstat: str) -> Count:
    """From the text of /proc/meminfo and /proc/vmstat, which counts in pages."""
    counted = procfs.counters(vmstat)

    def pages(name: str) -> int | None:
        return counted[name] * mmap.PAGESIZE if name in counted else None

    return Count(
        procfs.meminfo(meminfo).get("MemTotal"),
        pages("nr_balloon_pages"),
        pages("balloon_inflate"),
        pages("balloon_deflate"),
    )


def look() -> Count:
    """The counters now."""
    return count(guards.text("/proc/meminfo"), guards.text("/proc/vmstat"))


def moved(before: Count, after: Count) -> int | None:
    """Bytes by which a balloon moved between two looks, either way; None where nothing is counted.

    Balloons without counters (Xen, Hyper-V, VMware) show in MemTotal, or not at all.
    """
    pairs = [
        (before.inflated, after.inflated), (before.deflated, after.deflated),
        (before.held, after.held), (before.total, after.total),
    ]  # fmt: skip
    known = [abs(new - old) for old, new in pairs if old is not None and new is not None]
    return max(known) if known else None
