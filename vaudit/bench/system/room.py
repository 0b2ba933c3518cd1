"""How much memory is free for a benchmark."""

from pathlib import Path

from vaudit.bench.system import cgroups
from vaudit.procfs import meminfo


def free() -> tuple[int, str]:
    """(bytes, "") that are free, or (0, why that is not known): the least of MemAvailable (proc(5)) and of
    what the own control group and all around it still allow."""
    try:
        available = meminfo(Path("/proc/meminfo").read_text("ascii", "replace")).get("MemAvailable")
    except OSError:
        return 0, "/proc/meminfo cannot be read"
    if available is None:
        return 0, "this kernel does not say how much memory is available"
    return min(available, cgroups.memory_room()), ""


def room_for(wanted: int) -> bool:
    """Whether so many bytes, and as many again, are at most half of what is free; also where nobody knows."""
    bytes_free, unknown = free()
    return bool(unknown) or 4 * wanted <= bytes_free
