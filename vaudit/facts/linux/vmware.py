"""What VMware tells its guest: memory that it swapped or took back, limits, and waiting for processors.

open-vm-tools, toolbox/toolboxcmd-stat.c: `stat swap` prints `0 MB`, `stat cpulimit` `2400 MHz`; a limit that
is none is the largest number of 32 bits. Old versions printed MHz behind the balloon too. `stat raw text
resources` prints lines `vm.cpu.used = 123`, microseconds since its session began, which a start, a reset and
a move to another host do (vSphere Guest SDK Programming Guide, "CPU and Memory Statistics", "Session
Information"). Hosts other than ESX answer nothing, nor do those that forbid it.
"""

from vaudit.evidence.source import TOOLS, Source
from vaudit.model.facts import Vmware
from vaudit.procfs import whole

_NONE = (2**32 - 1, 2**31 - 1)
"""What stands for no limit."""
_MIB = 1 << 20


def collect(source: Source) -> Vmware:
    """All of it; where the first question is not answered, none of the others is asked."""
    first, *others = TOOLS
    entry = source.entry("tool", first)
    if entry.status != "read":
        why = {"absent": "vmware-toolbox-cmd is not installed (package open-vm-tools)",
               "unrecorded": "this record does not hold it"}  # fmt: skip
        return Vmware(because=why.get(entry.status, entry.reason), evidence=[entry.id])
    swap, balloon, memory_limit, memory_kept, cpu_limit, cpu_kept = (_told(source, one) for one in TOOLS[:6])
    waited, used = _times(source.tool(others[-1]) or "")
    return Vmware(
        swapped=_bytes(swap),
        ballooned=_bytes(balloon),
        memory_limited=_limited(memory_limit),
        memory_limit=_bytes(_limit(memory_limit)),
        memory_reserved=_bytes(memory_kept),
        cpu_limited=_limited(cpu_limit),
        cpu_limit=_limit(cpu_limit),
        cpu_reserved=cpu_kept,
        contention=None if waited is None or not used else waited / (waited + used),
        waited_seconds=None if waited is None else waited / 1e6,
        evidence=[f"tool:{one}" for one in TOOLS],
    )


def _told(source: Source, question: str) -> int | None:
    number, _, unit = (source.tool(question) or "").strip().partition(" ")
    return whole(number) if unit in ("MB", "MHz") else None


def _bytes(megabytes: int | None) -> int | None:
    return None if megabytes is None else megabytes * _MIB


def _limited(told: int | None) -> bool | None:
    return None if told is None else told not in _NONE


def _limit(told: int | None) -> int | None:
    return None if told in _NONE else told


def _times(text: str) -> tuple[int | None, int | None]:
    """Microseconds of waiting for a processor, and of running; None where that is not told."""
    rows = {
        name.strip(): whole(value.strip())
        for name, _, value in (row.partition("=") for row in text.splitlines())
    }
    return rows.get("vm.cpu.contention.cpu"), rows.get("vm.cpu.used")
