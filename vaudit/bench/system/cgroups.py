"""What the control group of this process and all around it allow: memory that is left, CPU time held back."""

import posixpath
from functools import lru_cache
from pathlib import Path

from vaudit.procfs import Mount, counters, mountinfo, whole

NO_LIMIT = 1 << 62
PROC = Path("/proc/self")
_LIMITS = (
    ("memory.max", "memory.current", "inactive_file"),
    ("memory.high", "memory.current", "inactive_file"),
    ("memory.limit_in_bytes", "memory.usage_in_bytes", "total_inactive_file"),
)
"""A limit, what is used, and the line of memory.stat for file pages that the kernel gives up first: from
cgroup-v2.rst, twice, and cgroup-v1/memory.rst. Above memory.high a group is slowed down."""


def groups(controller: str, proc: Path = PROC) -> list[Path]:
    """The folders of the own control group for a controller and of all around it, as far as they are mounted.

    Without a namespace of its own a process is shown its group from the root on (cgroups(7)).
    """
    try:
        mounts = mountinfo((proc / "mountinfo").read_text("utf-8", "surrogateescape"))
        lines = (proc / "cgroup").read_text("utf-8", "surrogateescape").splitlines()
    except OSError:
        return []
    found: list[Path] = []
    for controllers, own in (line.split(":", 2)[1:] for line in lines if line.count(":") >= 2):
        for mount in mounts:
            absolute = posixpath.isabs(own) and posixpath.isabs(mount.root)
            if absolute and _holds(mount, controllers, controller):
                found += _below(mount, own)
    return found


def _below(mount: Mount, own: str) -> list[Path]:
    """A group and all around it in a mount, which may show a part of the hierarchy only."""
    below = posixpath.relpath(own, mount.root)
    if below == ".." or below.startswith("../"):
        return []
    group = Path(mount.point, below)
    return [each for each in (group, *group.parents) if each.is_relative_to(mount.point)]


def _holds(mount: Mount, controllers: str, wanted: str) -> bool:
    if not controllers:
        return mount.kind == "cgroup2"
    named = wanted in controllers.split(",") and wanted in mount.options.split(",")
    return mount.kind == "cgroup" and named


def memory_room(proc: Path = PROC) -> int:
    """Bytes that this process's control group and all around it still allow; NO_LIMIT without limit."""
    return min((_room_in(group) for group in groups("memory", proc)), default=NO_LIMIT)


def _room_in(group: Path) -> int:
    rooms = [NO_LIMIT]
    for limit, used, idle in _LIMITS:
        try:
            told = [(group / name).read_text("ascii", "replace").strip() for name in (limit, used)]
        except OSError:
            continue
        most, taken = map(whole, told)
        if most is None or taken is None:  # the word max
            continue
        rooms.append(max(0, most - max(0, taken - _number(group / "memory.stat", idle))))
    return min(rooms)


def throttled() -> float:
    """Seconds for which a CPU quota held this process's group, or one around it, back so far: cpu.stat's
    throttled_usec (cgroup-v2.rst) or throttled_time in nanoseconds (v1, sched-bwc.rst)."""
    try:
        own = (PROC / "cgroup").read_bytes()
    except OSError:
        return 0.0
    return sum(held_back(file) for file in _quota_files(own))


def held_back(file: Path) -> float:
    """The same from one cpu.stat; 0.0 where it says nothing."""
    return _number(file, "throttled_usec") / 1e6 + _number(file, "throttled_time") / 1e9


@lru_cache(maxsize=1)  # found once, until the process is moved to another group
def _quota_files(_own: bytes) -> tuple[Path, ...]:
    """cpu.stat of each group, where one is."""
    return tuple(group / "cpu.stat" for group in groups("cpu") if (group / "cpu.stat").exists())


def _number(file: Path, name: str) -> int:
    """The number behind a name in a file of `name number` lines; 0 where there is none."""
    try:
        return counters(file.read_text("ascii", "replace")).get(name, 0)
    except OSError:
        return 0
