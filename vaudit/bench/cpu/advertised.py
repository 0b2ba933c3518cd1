"""What a processor is sold as: the frequency in its name and its caches, as py-cpuinfo reads them.

py-cpuinfo knows how the kernels of many architectures spell this. It also runs whatever bears certain names
on PATH: `file` and `uname` as soon as it is imported, `cat`, `lscpu`, `dmesg` and more when it is asked. So
it works in a worker whose PATH leads nowhere, and is given the texts that it would have let programs print.
"""

import os
from collections.abc import Iterator

from vaudit.bench.cpu.recording import Advertised
from vaudit.bench.system import counters, worker

NOWHERE = "/dev/null/nowhere"
"""No program can ever be here: what lies above is no folder."""
SECONDS = 2.0
"""It takes 0.1 on an idle machine."""
ENOUGH = 1 << 16
"""Characters of /proc/cpuinfo: it says the same of each CPU, and is searched for each word anew."""
_MISLEADING = ("cpu mhz", "cpu mhz dynamic", "clock", "cache size")
"""Keys that py-cpuinfo does not get: where the name tells no frequency it takes that of this moment for the
advertised one, and it takes "cache size" for the third level, which is the second on AMD's processors."""
_CACHE = "/sys/devices/system/cpu/cpu0/cache/index{}/{}"
_KINDS = {"Data": "d", "Instruction": "i", "Unified": ""}
"""In sysfs (kernel, ABI/testing/sysfs-devices-system-cpu) and in what lscpu prints."""


def read() -> Advertised:
    """Of this machine. Raises BenchError where py-cpuinfo fails or takes too long."""
    return understood(counters.text("/proc/cpuinfo"), "\n".join(_caches()))


def understood(cpuinfo: str, lscpu: str) -> Advertised:
    """What py-cpuinfo makes of the text of /proc/cpuinfo, and of one that looks as if lscpu had printed it.
    Raises BenchError."""

    def work(tell: worker.Tell) -> None:
        os.environ["PATH"] = NOWHERE
        tell(worker.result(_asked(_lasting(cpuinfo), lscpu)))

    return worker.results(list(worker.isolate(work, SECONDS, "the package py-cpuinfo")), Advertised)[0]


def _caches() -> Iterator[str]:
    """Those of the first CPU, as lscpu writes them."""
    for index in range(10):
        level, kind, size = (
            counters.text(_CACHE.format(index, name)).strip() for name in ("level", "type", "size")
        )
        if kind in _KINDS:
            yield f"L{level}{_KINDS[kind]} cache: {size}"


def _lasting(cpuinfo: str) -> str:
    lines = cpuinfo[:ENOUGH].splitlines()
    return "\n".join(line for line in lines if line.partition(":")[0].strip().lower() not in _MISLEADING)


def _asked(text: str, caches: str) -> Advertised:
    """In the worker: the texts take the place of py-cpuinfo's own source of data."""
    from cpuinfo import cpuinfo

    class Given(cpuinfo.DataSource):  # type: ignore[misc]
        has_proc_cpuinfo = has_lscpu = staticmethod(lambda: True)
        cat_proc_cpuinfo = staticmethod(lambda: (0, text))
        lscpu = staticmethod(lambda: (0, caches))

    cpuinfo.DataSource = Given
    told = {**cpuinfo._get_cpu_info_from_proc_cpuinfo(), **cpuinfo._get_cpu_info_from_lscpu()}
    hertz = told.get("hz_advertised")
    return Advertised(
        mhz=hertz[0] / 1e6 if hertz else None,
        l1_data=_bytes(told.get("l1_data_cache_size")),
        l2=_bytes(told.get("l2_cache_size")),
        l3=_bytes(told.get("l3_cache_size")),
    )


def _bytes(size: object) -> int | None:
    """py-cpuinfo hands on as text what it does not understand."""
    return size if isinstance(size, int) else None
