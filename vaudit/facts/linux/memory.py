"""Memory: how much, who can take it back, and what is done to stretch it. All sizes in bytes."""

from vaudit.evidence.source import EntryKind, Source
from vaudit.facts.values import Smbios
from vaudit.model.facts import Balloon, Memory
from vaudit.procfs import counters, hexadecimal, meminfo, size

# include/uapi/linux/virtio_balloon.h
_VIRTIO_BALLOON_BITS = (
    "must-tell-host", "stats", "deflate-on-oom", "free-page-hint", "page-poison", "reporting",
)  # fmt: skip
_VMSTAT, _PAGE = "/proc/vmstat", 4096
_XEN_MEMORY = "/sys/devices/system/xen_memory/xen_memory0"
_MEMINFO, _KSM, _SWAPS = "/proc/meminfo", "/sys/kernel/mm/ksm/run", "/proc/swaps"
_ZSWAP, _HUGE = "/sys/module/zswap/parameters/enabled", "/sys/kernel/mm/transparent_hugepage/enabled"
_SHOWN_BY = {
    **{field: [f"file:{_MEMINFO}"] for field in ("total", "available", "swap", "swap_used")},
    "ksm": [f"file:{_KSM}"],
    "swap_on_zram": [f"file:{_SWAPS}"],
    "zswap": [f"file:{_ZSWAP}"],
    "hugepages": [f"file:{_HUGE}"],
}
MAX_RANGES = 1024
"""Machines have about ten ranges of memory, the largest some dozens; of more the sum is not known."""


def collect(source: Source, smbios: Smbios) -> Memory:
    """What /proc/meminfo, the balloon drivers and the mm knobs say."""
    info = meminfo(source.read(_MEMINFO) or "")
    balloon, seen = _balloon(source, info)
    ksm = source.number(_KSM)
    swaps = source.read(_SWAPS)
    zswap = source.line(_ZSWAP)
    huge = source.line(_HUGE)
    total_swap, free_swap = info.get("SwapTotal"), info.get("SwapFree")
    return Memory(
        total=info.get("MemTotal"),
        available=info.get("MemAvailable"),
        installed=smbios.memory or _memory_map(source),
        balloon=balloon,
        ballooned=True if balloon else _no_balloon(source),
        ksm=None if ksm is None else ksm == 1,
        tmem=_tmem(source),
        swap=total_swap,
        swap_used=None if total_swap is None or free_swap is None else total_swap - free_swap,
        swap_on_zram=None
        if swaps is None or not source.is_whole(_SWAPS)
        else any(line.startswith("/dev/zram") for line in swaps.splitlines()),
        zswap=None if zswap is None else zswap in ("Y", "1"),
        hugepages=huge.partition("[")[2].partition("]")[0] or None if huge else None,
        evidence=[f"file:{_MEMINFO}", *seen],
        shown_by={**_SHOWN_BY, "balloon": seen, "ballooned": seen},
    )


def _memory_map(source: Source) -> int | None:
    """Bytes of System RAM in the firmware's map (Documentation/ABI/testing/sysfs-firmware-memmap)."""
    root, total = "/sys/firmware/memmap", 0
    ranges = source.names(root)
    for number in ranges if len(ranges) <= MAX_RANGES else ():
        if source.line(f"{root}/{number}/type") == "System RAM":
            start, end = (
                hexadecimal(source.line(f"{root}/{number}/{name}") or "") for name in ("start", "end")
            )
            if start is not None and end is not None:
                total += end - start + 1
    return size(total, 1) or None


def _balloon(source: Source, info: dict[str, int]) -> tuple[Balloon | None, list[str]]:
    for device in source.names("/sys/bus/virtio/drivers/virtio_balloon"):
        if device.startswith("virtio"):
            path = f"/sys/bus/virtio/drivers/virtio_balloon/{device}/features"
            bits = source.line(path) or ""
            names = [name for at, name in enumerate(_VIRTIO_BALLOON_BITS) if bits[at : at + 1] == "1"]
            return Balloon("virtio", names, held=_held(source, info)), [f"file:{path}", f"file:{_VMSTAT}"]
    current = source.number(f"{_XEN_MEMORY}/info/current_kb")
    if current is not None:
        target = source.number(f"{_XEN_MEMORY}/target_kb")
        found = Balloon("xen", [], size(current, 1024), size(target, 1024))
        return found, [f"file:{_XEN_MEMORY}/info/current_kb", f"file:{_XEN_MEMORY}/target_kb"]
    if any("-" in name for name in source.names("/sys/bus/vmbus/drivers/hv_balloon")):
        return Balloon("hyperv"), ["dir:/sys/bus/vmbus/drivers/hv_balloon"]
    if source.status("dir", "/sys/module/vmw_balloon") == "read":
        return Balloon("vmware", held=_held(source, info)), ["dir:/sys/module/vmw_balloon", f"file:{_VMSTAT}"]
    return None, []


def _held(source: Source, info: dict[str, int]) -> int | None:
    """What balloons hold now. The kernel counts pages of those that enqueue them with balloon_page_enqueue
    (mm/balloon_compaction.c): virtio and VMware, not Xen and Hyper-V. Newer ones have the sum itself. Only
    kernels with pages of 4 KiB have DirectMap4k in /proc/meminfo (x86, s390)."""
    counted = counters(source.read(_VMSTAT) or "")
    taken, given = counted.get("balloon_inflate"), counted.get("balloon_deflate")
    pages = counted.get("nr_balloon_pages")
    if pages is None and taken is not None and given is not None:
        pages = max(0, taken - given)
    return size(pages, _PAGE) if pages is not None and "DirectMap4k" in info else None


_BALLOONS: tuple[tuple[EntryKind, str], ...] = (
    ("dir", "/sys/bus/virtio/drivers/virtio_balloon"),
    ("file", f"{_XEN_MEMORY}/info/current_kb"),
    ("dir", "/sys/bus/vmbus/drivers/hv_balloon"),
    ("dir", "/sys/module/vmw_balloon"),
)  # fmt: skip
"""Where the balloons of Linux show."""


def _no_balloon(source: Source) -> bool | None:
    """False where every place was looked at; a driver's folder without a device in it is none either."""
    looked = all(source.status(kind, path) in ("read", "absent") for kind, path in _BALLOONS)
    return False if looked else None


def _tmem(source: Source) -> bool | None:
    """Transcendent memory: the module was removed from Linux in 5.3 (drivers/xen/tmem.c)."""
    status = source.status("dir", "/sys/module/tmem")
    return {"read": True, "absent": False}.get(status)
